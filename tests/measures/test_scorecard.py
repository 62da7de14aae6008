"""The office's own scorecard: each state of a flag at its line and beside it, and what is read of a shelf."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from decisions_small import decision, portfolio, window

from vmo_helpers import told_before
from vmo_helpers.measures import decisions, transition
from vmo_helpers.measures.outcomes import FEW, MOVED, STILL, WORSE
from vmo_helpers.measures.transition.axes import _quick
from vmo_helpers.notebook.told import AXES, ITEMS
from vmo_helpers.results.figure import by_key

TODAY, ZONE = "2026-10-31", "Europe/Berlin"
BOARD = {"label": "watermelon", "tier": "board", "inside": "red"}
RED = {"label": "watermelon", "tier": "red", "inside": "red"}
GREEN = {"label": "sound", "tier": "none", "inside": "green"}
OPEN = {"label": "open_inside", "tier": "none", "inside": "open"}
Row = dict[str, Any]


def look(day: str, state: Row, item: str = "E-1", due: str | None = None) -> Row:
    return {"day": day, "item_id": item, "title": item, "due": due, "money": 100.0, **state}


def table(*rows: Row) -> pd.DataFrame:
    frame = pd.DataFrame(
        list(rows), columns=["day", "item_id", "title", "label", "inside", "tier", "due", "money"]
    )
    days = {name: pd.to_datetime(frame[name]).astype("datetime64[us]") for name in ("day", "due")}
    return frame.assign(**days).astype({"money": "float64"})


def flags(*rows: Row, decided: tuple[Row, ...] = ()) -> pd.DataFrame:
    """Looks of earlier reviews and, where its day is ``TODAY``, of this one."""
    every = table(*rows)
    now = every["day"].eq(pd.Timestamp(TODAY))
    states = decisions.states(portfolio(*decided))
    return transition.flags(every[~now], every[now], states, TODAY, ZONE)


def axes(**shares: float | None) -> pd.DataFrame:
    rows = [(axis, share, None if share is None else "evidence") for axis, share in shares.items()]
    return pd.DataFrame(rows, columns=["axis", "value", "basis"])


def card(
    flagged: pd.DataFrame,
    *decided: Row,
    asks: pd.DataFrame | None = None,
    verdicts: tuple[str, ...] | None = None,
) -> pd.DataFrame:
    made = portfolio(*decided)
    states = decisions.states(made)
    return transition.scorecard(
        table(look("2026-01-31", BOARD)),
        flagged,
        told_before(None).asks if asks is None else asks,
        states,
        decisions.effects(made, states) if verdicts is None else pd.DataFrame({"verdict": verdicts}),
        decisions.figures(states, window(), 5),
        pd.DataFrame({"items": [4], "reported_share": [0.75]}),
    ).set_index("key")


def test_decisions_moved_are_a_share_of_those_whose_metric_has_enough_readings() -> None:
    line = card(flags(), verdicts=(MOVED, STILL, WORSE, FEW, FEW)).loc["vmo.decisions_moved_share"]
    assert (line["value"], line["n"]) == (pytest.approx(1 / 3), 3)
    few = card(flags(), verdicts=(FEW,)).loc["vmo.decisions_moved_share"]
    assert pd.isna(few["value"]) and few["n"] == 0


class TestAFlag:
    @pytest.mark.parametrize(
        ("looks", "state"),
        [
            # red on the due day, or on the last of 182 days
            ([look("2026-03-31", BOARD, due="2026-06-30"), look("2026-06-30", RED)], "confirmed"),
            ([look("2026-03-31", BOARD, due="2026-06-30"), look("2026-06-29", RED)], "open"),
            ([look("2026-03-31", BOARD), look("2026-09-29", RED)], "confirmed"),
            ([look("2026-03-31", BOARD), look("2026-09-28", RED)], "open"),
            # a due day that was over when it was told of settles nothing; a far one does not wait
            ([look("2026-03-31", BOARD, due="2026-03-31"), look("2026-06-30", RED)], "open"),
            ([look("2026-03-31", BOARD, due="2028-01-01"), look("2026-09-30", BOARD)], "confirmed"),
            # green twice running
            ([look("2026-03-31", BOARD), look("2026-04-30", GREEN), look("2026-05-31", GREEN)], "wrong"),
            ([look("2026-03-31", BOARD), look("2026-04-30", GREEN), look(TODAY, GREEN)], "wrong"),
            ([look("2026-03-31", BOARD), look("2026-04-30", GREEN)], "open"),
            (
                [
                    look("2026-03-31", BOARD),
                    look("2026-04-30", GREEN),
                    look("2026-05-31", OPEN),
                    look("2026-06-30", GREEN),
                ],
                "open",
            ),
            # what is neither red nor green on the day settles nothing; what is red later does
            ([look("2026-03-31", BOARD, due="2026-06-30"), look("2026-07-31", OPEN)], "open"),
            (
                [look("2026-03-31", BOARD, due="2026-06-30"), look("2026-07-31", OPEN), look(TODAY, RED)],
                "confirmed",
            ),
        ],
    )
    def test_is_settled_by_what_later_reviews_saw(self, looks: list[Row], state: str) -> None:
        found = flags(*looks)
        assert found["state"].tolist() == [state]
        assert found["settled_on"].notna().tolist() == [state != "open"]

    def test_that_is_raised_today_alone_is_none_yet(self) -> None:
        assert flags(look(TODAY, BOARD)).empty
        assert flags(look("2026-03-31", RED), look("2026-04-30", GREEN)).empty

    def test_that_proved_wrong_may_be_told_again(self) -> None:
        months = ("2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30")
        again = flags(
            *(look(day, state) for day, state in zip(months, (BOARD, GREEN, GREEN, BOARD), strict=True))
        )
        assert again["state"].tolist() == ["wrong", "open"]
        assert again["flagged_on"].dt.strftime("%Y-%m-%d").tolist() == [months[0], months[3]]

    @pytest.mark.parametrize(
        ("cells", "acted"),
        [
            ({"item_id": "E-1", "outcome": "stop", "decided_at": "2026-03-31T00:30:00+02:00"}, True),
            (
                {"finding_id": "watermelon.watermelon:E-1", "outcome": "fund", "decided_at": "2026-05-01"},
                True,
            ),
            ({"item_id": "E-1", "outcome": "stop", "decided_at": "2026-03-30T23:30:00+02:00"}, False),
            ({"item_id": "E-1", "outcome": "continue", "decided_at": "2026-05-01"}, False),
            ({"item_id": "E-1"}, False),
        ],
    )
    def test_is_acted_on_by_a_decision_since(self, cells: Row, acted: bool) -> None:
        asked = decision(asked="2026-03-01T10:00:00Z", **cells)
        assert flags(look("2026-03-31", BOARD), decided=(asked,))["acted_on"].tolist() == [acted]


class TestTheCard:
    def _settled(self, count: int) -> pd.DataFrame:
        rows = [look("2026-03-31", BOARD, f"E-{n}") for n in range(count)]
        wrong = [look(day, GREEN, "E-0") for day in ("2026-04-30", "2026-05-31")]
        return flags(*rows, *wrong, *(look(TODAY, RED, f"E-{n}") for n in range(1, count)))

    def test_says_nothing_of_four_settled_flags_but_that_they_are_few(self) -> None:
        few = card(self._settled(4))
        assert few.loc[["vmo.flags_confirmed", "vmo.flags_wrong", "vmo.flagged_money"], "value"].isna().all()
        assert few.loc["vmo.flags_open", "value"] == 0
        assert few.loc["vmo.flags_wrong", "why"] == "4 settled, 5 are needed"

    def test_counts_five(self) -> None:
        told = card(self._settled(5))
        assert told.loc["vmo.flags_confirmed", ["value", "n"]].tolist() == [4, 5]
        assert told.loc["vmo.flags_wrong", "value"] == 1
        assert told.loc["vmo.reported_share", "value"] == 0.75

    def test_its_money_is_of_what_was_acted_on_and_of_waiting_that_ended(self) -> None:
        flagged = self._settled(5).assign(acted_on=[True, True, False, False, True])
        asks = pd.DataFrame(
            {
                "day": pd.to_datetime(["2026-08-31", "2026-09-30", "2026-09-30", "2026-09-30"]),
                "decision_id": ["D-1", "D-1", "D-2", None],
                "cost_per_month": [50.0, 40.0, 9.0, 7.0],
                "counted_above": [None, 10.0, None, None],
            }
        )
        done = decision(decided_at="2026-10-05T10:00:00Z", due="2026-10-20", done_at="2026-10-10T10:00:00Z")
        told = card(flagged, done, decision("D-2"), asks=asks)
        assert told.loc["vmo.flagged_money", ["value", "n"]].tolist() == [200, 2]  # E-0 was wrong
        assert told.loc["vmo.waiting_ended_per_month", ["value", "n"]].tolist() == [30, 1]
        assert told.loc["vmo.decisions_carried_through_share", "value"] == 1.0

    def test_its_figures_say_why_they_are_unknown(self) -> None:
        none = card(flags(), decision())
        figures = by_key(transition.scorecard_figures(none.reset_index(), window()))
        assert list(figures) == [
            f"vmo.{name}"
            for name in ("flags_confirmed", "flags_wrong", "flags_open", "decisions_carried_through_share")
        ]
        assert figures["vmo.decisions_carried_through_share"].why == "no decision that was taken is due yet"


class TestTheShelf:
    def _review(
        self,
        shelf: Path,
        name: str,
        before: str | None,
        text: str,
        digest: str | None = None,
        stem: str = ITEMS,
    ) -> Path:
        folder = shelf / name
        file = f"{stem}.csv"
        (folder / file).parent.mkdir(parents=True)
        (folder / file).write_text(text)
        output = {file: digest or hashlib.sha256(text.encode()).hexdigest()}
        said = {"as_of_day": name[:10], "parameters": {"previous": before}, "output": output}
        (folder / "manifest.json").write_text(json.dumps(said))
        return folder

    HEAD = "item_id,title,label,inside,tier,due,money\n"

    def test_is_read_from_the_review_before_back_to_the_first(self, tmp_path: Path) -> None:
        first = self._review(tmp_path, "2026-08-31-a", None, self.HEAD + "NA,,watermelon,red,board,,\n")
        last = self._review(
            tmp_path, "2026-09-30-b", first.name, self.HEAD + "NA,T,sound,green,none,2026-12-31,5\n"
        )
        told = told_before(last).items
        assert told["day"].dt.strftime("%Y-%m-%d").tolist() == ["2026-08-31", "2026-09-30"]
        assert told["item_id"].tolist() == ["NA", "NA"]
        assert told["money"].isna().tolist() == [True, False]
        assert told["due"].notna().tolist() == [False, True]

    @pytest.mark.parametrize(("text", "digest"), [("x", "0" * 64), ("item_id\nE-1\n", None)])
    def test_what_is_not_as_it_was_written_or_has_other_columns_tells_nothing(
        self, tmp_path: Path, text: str, digest: str | None
    ) -> None:
        assert told_before(self._review(tmp_path, "2026-09-30-b", None, text, digest)).items.empty

    @pytest.mark.parametrize("before", ["../elsewhere", "2026-09-30-b", "gone"])
    def test_a_way_back_that_leads_nowhere_ends(self, tmp_path: Path, before: str) -> None:
        text = self.HEAD + "E-1,,watermelon,red,board,,\n"
        told = told_before(self._review(tmp_path, "2026-09-30-b", before, text))
        assert told.items["item_id"].eq("E-1").all()
        assert told_before(None).items.empty
        assert told_before(tmp_path).asks.empty

    def test_the_axes_of_each_review_are_read_with_their_basis(self, tmp_path: Path) -> None:
        head = "axis,title,value,basis,first\n"
        text = head + "impact,I,0.8,evidence,\ngovernance,G,,,\n"
        first = self._review(tmp_path, "2026-04-30-a", None, text, stem=AXES)
        last = self._review(
            tmp_path, "2026-07-31-b", first.name, head + "impact,I,0.5,assessed,\n", stem=AXES
        )
        now = axes(impact=0.45, governance=0.6)
        lines = transition.over_reviews(now, told_before(last).axes, window())
        assert lines[["axis", "value"]].to_numpy().tolist() == [
            ["governance", 0.6],
            ["impact", 0.8],
            ["impact", 0.45],
        ]
        assert lines["since"].isna().tolist() == [True, False, False]
        assert lines["day"].iloc[-1] == pd.Timestamp(window().end_day)

    def test_without_a_shelf_each_axis_stands_alone(self) -> None:
        lines = transition.over_reviews(axes(impact=0.45, tracking=None), told_before(None).axes, window())
        assert lines[["axis", "value"]].to_numpy().tolist() == [["impact", 0.45]]
        assert lines["since"].isna().all()


@pytest.mark.parametrize(
    ("latency", "share"),
    [
        ([(30, False), (30.1, False)], 1 / 2),  # thirty days are in time
        ([(30, False), (30, True)], 1),  # one that is open for thirty days is not late yet
        ([(30, False), (30.1, True)], 1 / 2),
        ([(10, True)], float("nan")),
    ],
)
def test_decisions_are_quick_up_to_their_line_and_the_open_count_once_they_are_over_it(
    latency: list[tuple[float, bool]], share: float
) -> None:
    frame = pd.DataFrame(latency, columns=["latency_days", "open"])
    frame = frame.assign(asked_at=pd.Timestamp("2026-03-01", tz="UTC"))
    assert _quick(frame, window(), 30) == pytest.approx(share, nan_ok=True)
    early = frame.assign(asked_at=window().start - pd.Timedelta(1, "s"))
    assert pd.isna(_quick(early, window(), 30))
