"""What changed since the last review: new, still, cleared, and what a failed notebook does not clear."""

import pandas as pd
import pytest

from vmo_helpers.measures import changes

DAYS = ["2026-05-31", "2026-06-30", "2026-07-31", "2026-08-31", "2026-09-30"]
FLOW = "flow_analysis"


def found(
    *past: str,
    now: str | None,
    done: tuple[str, ...] = (FLOW,),
    failed: tuple[int, ...] = (),
    rule: str = "flow.x",
    ended: dict[str, str] | None = None,
) -> pd.DataFrame:
    """One finding over earlier reviews (a: alarm, w: warning, u: unknown, -: not said), the newest last, and
    now."""
    words = {"a": "alarm", "w": "warning", "u": "unknown", "-": None}
    days = DAYS[-len(past) :] if past else []
    reviews = pd.DataFrame(
        {"day": days, "done": [[] if place in failed else [FLOW] for place in range(len(past))]},
        columns=["day", "done"],
    )
    severity = [words[sign] for sign in past]
    row = {
        "id": f"{rule}:E-1",
        "rule": rule,
        "subject": "E-1",
        "sentence": "It stands",
        "money": None,
        "deck": FLOW,
    }
    told = pd.DataFrame(
        [{**row, "severity": severity}] if {"a", "w", "u"} & set(past) else [], columns=[*row, "severity"]
    )
    here = (
        [{**row, "sentence": "It stands now", "severity": words[now], "slide": "x"}]
        if now and now != "-"
        else []
    )
    return changes.findings(
        pd.DataFrame(here, columns=[*row, "severity", "slide"]),
        told,
        reviews,
        frozenset(done),
        "2026-10-31",
        ended,
    )


@pytest.mark.parametrize(
    ("past", "now", "state"),
    [
        ("", "a", "first"),
        ("-", "a", "new"),
        ("a", "a", "still"),
        ("w", "a", "worse"),
        ("a", "w", "better"),
        ("a", None, "cleared"),
        ("a", "u", "unsaid"),
        ("u", "w", "known_again"),
        ("au", "a", "known_again"),
        ("a-", "w", "new"),
    ],
)
def test_a_finding_is_compared_with_the_last_review(past: str, now: str | None, state: str) -> None:
    assert found(*past, now=now)["state"].tolist() == [state]


@pytest.mark.parametrize(("word", "state"), [("reached", "ended_reached"), ("missed", "ended_missed")])
def test_what_left_its_period_has_ended_and_is_not_cleared(word: str, state: str) -> None:
    risk = "okr.key_result_at_risk"
    assert found("a", now=None, rule=risk, ended={"E-1": word})["state"].tolist() == [state]
    assert found("a", now=None, rule=risk, ended={"E-2": word})["state"].tolist() == ["cleared"]
    assert found("a", now=None, ended={"E-1": word})["state"].tolist() == ["cleared"]
    missed = found("-", now="a", rule="okr.key_result_missed", ended={"E-1": "missed"})
    assert missed["state"].tolist() == ["ended_missed"]


@pytest.mark.parametrize(("past", "now"), [("", None), ("-", None), ("a-", None), ("", "u"), ("a-", "u")])
def test_what_is_not_raised_and_was_not_has_no_row(past: str, now: str | None) -> None:
    assert found(*past, now=now).empty


def test_a_notebook_that_does_not_run_now_clears_nothing() -> None:
    assert found("a", now=None, done=())["state"].tolist() == ["unseen"]


def test_a_review_in_which_the_notebook_failed_says_nothing_of_its_findings() -> None:
    assert found("a", "-", now="a", failed=(1,))["state"].tolist() == ["still"]
    assert found("-", "-", now="a", failed=(1,))["state"].tolist() == ["new"]
    assert found("a", "-", now=None, failed=(1,))["state"].tolist() == ["cleared"]
    assert found("-", now="a", failed=(0,))["state"].tolist() == ["first"]
    assert found("a", "-", "a", now="a", failed=(1,))["spells"].tolist() == [1]


@pytest.mark.parametrize(
    ("past", "now", "spells", "raised", "since"),
    [
        ("aaaaa", "a", 1, 6, "2026-05-31"),
        ("a-a-a", "a", 3, 4, "2026-09-30"),
        ("a-w--", "a", 3, 3, "2026-10-31"),
        ("--a-a", None, 2, 2, "2026-09-30"),
        ("-----", "a", 1, 1, "2026-10-31"),
    ],
)
def test_what_comes_and_goes_is_counted_in_spells(
    past: str, now: str | None, spells: int, raised: int, since: str
) -> None:
    row = found(*past, now=now).iloc[0]
    assert (row["spells"], row["raised"], row["since"]) == (spells, raised, since)


def test_the_words_are_this_reviews_and_of_a_cleared_one_the_last_that_raised_it() -> None:
    assert found("a", now="w")["sentence"].tolist() == ["It stands now"]
    assert found("a", now=None)["sentence"].tolist() == ["It stands"]


def test_a_figure_stands_beside_its_newest_known_value() -> None:
    begins = ["2025-08-01", "2025-09-01", "2025-10-01"]
    reviews = pd.DataFrame({"day": DAYS[-3:], "from": begins, "done": [[FLOW]] * 3})
    past = pd.DataFrame({"key": ["flow.wip", "okr.gone"], "values": [[3.0, 5.0, None], [1.0, 1.0, 1.0]]})
    now = pd.DataFrame({"key": ["flow.wip", "okr.new"], "unit": "items", "value": [7.0, 1.0], "n": [7, 1]})
    shown = changes.figures(now, past, reviews).set_index("key")
    assert shown.loc["flow.wip", ["value", "before", "before_day"]].tolist() == [7.0, 5.0, "2026-08-31"]
    assert pd.isna(shown.loc["okr.new", "before"])
    assert shown["no_comparison"].isna().all()
    for line, words in (("2025-09-01", None), ("2025-09-02", "no comparison: records begin on 1 May 2025")):
        short = now.assign(comparable_from=line, record_begins="2025-05-01")
        why = changes.figures(short, past, reviews).set_index("key")["no_comparison"]
        assert (None if pd.isna(why["flow.wip"]) else why["flow.wip"]) == words
    line = changes.trend("flow.wip", now, past, reviews, "2026-10-31")
    assert line.index.tolist() == [*DAYS[-3:], "2026-10-31"]
    assert line.tolist()[:2] == [3.0, 5.0]
    assert line.iloc[-1] == 7.0
    assert pd.isna(line.iloc[2])
