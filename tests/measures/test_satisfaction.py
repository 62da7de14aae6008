"""Net promoter score, satisfaction and effort with intervals that hold, by each instrument's own scale."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_ind

from vmo_helpers.measures import satisfaction as s
from vmo_helpers.portfolio import Portfolio, Settings
from vmo_helpers.tables import portfolio_of
from vmo_helpers.window import Window

LINES = {"satisfaction_drop_p": 0.05, "smallest_n_answers": 30}
YEAR = Window(pd.Timestamp("2025-01-01", tz="UTC"), pd.Timestamp("2025-12-31", tz="UTC"))


def asked(*surveys: dict[str, Any]) -> Portfolio:
    items = [
        {
            "item_id": "E1",
            "title": "Epic",
            "level": "epic",
            "created_at": "2024-01-01",
            "value_stream_id": "S1",
        }
    ]
    streams = [{"value_stream_id": "S1", "name": "Stream"}]
    rows = [{"survey_id": None, "at": "2025-06-01", **row} for row in surveys]
    return portfolio_of(
        {"work_items": items, "value_streams": streams, "surveys": rows}, Settings(review_level="epic")
    )


def only(*surveys: dict[str, Any]) -> pd.Series:
    return s.satisfaction(s.answers(asked(*surveys), YEAR)).iloc[0]


def test_six_promoters_and_two_detractors_of_ten_are_forty_points() -> None:
    found = only(
        *(
            {"instrument": "nps", "score": score, "count": n}
            for score, n in ((9, 4), (10, 2), (7, 2), (6, 1), (0, 1))
        )
    )
    assert (found["score"], found["n"], found["unit"]) == (40, 10, "score")
    assert -100 <= found["low"] < 40 < found["high"] <= 100


@pytest.mark.parametrize("n", [10, 20, 50, 200])
@pytest.mark.parametrize("shares", [(0.5, 0.2), (0.7, 0.1), (0.3, 0.3), (0.15, 0.6), (0.9, 0.02)])
def test_the_net_promoter_interval_holds_from_ten_answers_on(n: int, shares: tuple[float, float]) -> None:
    up, down = shares
    drawn = np.random.default_rng(n).multinomial(n, [up, down, 1 - up - down], size=4000)
    _, low, high = s.net_promoter(
        drawn[:, 0].astype(float), drawn[:, 1].astype(float), np.full(4000, float(n))
    )
    assert ((low <= up - down) & (up - down <= high)).mean() >= 0.93


def test_the_net_promoter_interval_by_hand() -> None:
    """With the three added 6.75 of 13 promote and 2.75 detract: s ± z √((9.5 ÷ 13 − s²) ÷ 13), s = 4 ÷ 13."""
    score, low, high = s.net_promoter(np.array([6.0]), np.array([2.0]), np.array([10.0]))
    share = 4 / 13
    half = 1.959963984540054 * np.sqrt((9.5 / 13 - share**2) / 13)
    assert (score[0], low[0], high[0]) == pytest.approx((0.4, share - half, share + half))


def test_satisfaction_is_the_share_of_the_two_best_boxes_with_wilson_s_interval() -> None:
    found = only(
        {"instrument": "csat", "score": 5, "count": 5},
        {"instrument": "csat", "score": 4, "count": 3},
        {"instrument": "csat", "score": 2, "count": 2},
    )
    assert found["score"] == 0.8
    assert found["mean"] == pytest.approx(4.1)
    assert (found["low"], found["high"]) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))


def test_effort_keeps_its_own_scale_and_direction_and_says_so() -> None:
    seven = only({"instrument": "ces", "score": 6, "count": 4}, {"instrument": "ces", "score": 4, "count": 4})
    assert seven["score"] == 5 and "1–7, high is good" in seven["method"]
    five = only({"instrument": "ces", "score": 2, "scale_min": 1, "scale_max": 5})
    assert five["score"] == 2 and "1–5, low is good" in five["method"]
    assert np.isnan(five["low"])


def test_a_scale_that_is_turned_around_is_turned_back_for_boxes() -> None:
    assert only({"instrument": "csat", "score": 1, "high_is_good": False})["score"] == 1
    assert only({"instrument": "csat", "score": 1})["score"] == 0


def test_other_scales_keep_their_proportions() -> None:
    hundred = only(
        {"instrument": "csat", "score": 60, "scale_min": 0, "scale_max": 100},
        {"instrument": "csat", "score": 59, "scale_min": 0, "scale_max": 100},
    )
    assert hundred["score"] == 0.5
    five = only(*({"instrument": "nps", "score": k, "scale_min": 1, "scale_max": 5} for k in (5, 4, 3)))
    assert five["score"] == 0


def test_answers_on_an_item_count_for_its_stream() -> None:
    made = asked(
        {"instrument": "nps", "score": 10, "item_id": "E1"},
        {"instrument": "nps", "score": 0, "value_stream_id": "S1"},
    )
    found = s.satisfaction(s.answers(made, YEAR, by="value_stream_id"))
    assert found[["subject", "n", "score"]].iloc[0].tolist() == ["S1", 2, 0]


def test_only_a_fall_beyond_chance_is_a_drop() -> None:
    def waves(before: tuple[int, int], now: tuple[int, int]) -> pd.Series:
        rows = []
        for at, (good, bad) in (("2024-06-01", before), ("2025-06-01", now)):
            rows += [
                {"instrument": "nps", "score": 10, "count": good, "at": at},
                {"instrument": "nps", "score": 3, "count": bad, "at": at},
            ]
        made = asked(*rows)
        return s.drops(s.answers(made, YEAR), s.answers(made, YEAR.before), **LINES).iloc[0]

    assert waves((700, 300), (600, 400))["dropped"]
    assert not waves((600, 400), (700, 300))["dropped"]
    assert not waves((15, 15), (15, 15))["dropped"]
    assert waves((15, 14), (15, 15))["dropped"] is pd.NA  # so few would not have shown it
    assert waves((15, 15), (14, 15))["dropped"] is pd.NA
    assert waves((10, 0), (0, 10))["dropped"]  # and where so few do show it, it is shown


def test_less_effort_is_no_drop_where_low_is_good() -> None:
    scale = {"instrument": "ces", "scale_min": 1, "scale_max": 5}

    def change(before: float, now: float) -> bool:
        rows = []
        for at, level in (("2024-06-01", before), ("2025-06-01", now)):
            rows += [{**scale, "score": level + side, "count": 50, "at": at} for side in (-1, 1)]
        made = asked(*rows)
        return bool(s.drops(s.answers(made, YEAR), s.answers(made, YEAR.before), **LINES)["dropped"].iloc[0])

    assert change(2, 3)
    assert not change(3, 2)


def test_effort_is_tested_by_welch_with_the_degrees_of_freedom_of_both_sides() -> None:
    waves = {"2024-06-01": [2, 6, 6, 7], "2025-06-01": [1, 4, 4, 5, 5, 6]}
    rows = [{"instrument": "ces", "score": k, "at": at} for at, scores in waves.items() for k in scores]
    made = asked(*rows)
    found = s.drops(s.answers(made, YEAR), s.answers(made, YEAR.before), **LINES).iloc[0]
    before, now = waves.values()
    assert found["p_value"] == pytest.approx(
        ttest_ind(now, before, equal_var=False, alternative="less").pvalue
    )


def test_without_an_answer_the_score_is_unknown() -> None:
    figure = s.figures(asked({"instrument": "csat", "score": 5}), YEAR)[0]
    assert (figure.key, figure.value, figure.n) == ("value.nps", None, 0)
    assert figure.why
    known = s.figures(asked({"instrument": "nps", "score": 10}), YEAR)[0]
    assert (known.value, known.n) == (100, 1)
