"""What is said of the changes since the review before, and of those worth a leader's minute."""

import pandas as pd
import pytest
from test_changes import found

from vmo_helpers.findings import changes
from vmo_helpers.findings.changes.since import _balanced
from vmo_helpers.results.change import Change, Tone
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import ChangeState, Severity

LIMITS = Thresholds()


@pytest.mark.parametrize(
    ("tones", "sentence", "severity"),
    [
        ((Tone.NEUTRAL,), "none of 1 leading figure moved for better or worse", Severity.NOTE),
        ((Tone.GOOD, Tone.NEUTRAL), "1 of 2 leading figures got better, none worse", Severity.NOTE),
        ((Tone.BAD, Tone.NEUTRAL), "1 of 2 leading figures got worse, none better", Severity.WARNING),
        ((Tone.BAD, Tone.GOOD), "1 of 2 leading figures got worse, 1 better", Severity.NOTE),
    ],
)
def test_figures_are_better_worse_or_neither(
    tones: tuple[Tone, ...], sentence: str, severity: Severity
) -> None:
    rows = [{"figure": "F", "now": "2", "against_last_time": Change("1 more", tone)} for tone in tones]
    told = changes.moved(pd.DataFrame(rows), "2026-09-30", "2026-10-31")
    assert (told.sentence, told.severity) == (f"Since 30 September {sentence}", severity)


@pytest.mark.parametrize(
    ("past", "now", "change", "before"),
    [
        (("-",), "a", "✕ new", "not raised last time"),
        (("u",), "a", "? known again", "could not be computed last time"),
        (("a", "-"), "a", "✕ new, comes and goes", "raised in 2 of 3 reviews"),
    ],
)
def test_what_is_worth_a_minute_says_what_was_said_before(
    past: tuple[str, ...], now: str, change: str, before: str
) -> None:
    row = changes.told(found(*past, now=now), LIMITS, "2026-10-31").iloc[0]
    assert (row["change"], row["before"]) == (change, before)


@pytest.mark.parametrize(
    ("known", "sentence"),
    [
        (0, "None of 3 leading figures is known"),
        (1, "1 of 3 leading figures is known"),
        (2, "2 of 3 leading figures are known"),
        (3, "3 leading figures to start from"),
    ],
)
def test_without_a_review_before_it_is_said_how_many_figures_are_known(known: int, sentence: str) -> None:
    rows = [{"figure": "F", "now": "2" if n < known else wording.UNKNOWN} for n in range(3)]
    told = changes.moved(pd.DataFrame(rows), None, "2026-10-31")
    assert (told.sentence, told.severity, told.n) == (sentence, Severity.NOTE, 3)


@pytest.mark.parametrize(
    ("new", "cleared", "told"), [(9, 0, (8, 0)), (9, 1, (7, 1)), (9, 4, (5, 3)), (4, 9, (4, 4))]
)
def test_eight_changes_are_told_and_five_of_one_kind_while_others_wait(
    new: int, cleared: int, told: tuple[int, int]
) -> None:
    words = {ChangeState.NEW: "✕ new", ChangeState.CLEARED: "✓ cleared"}
    states = [ChangeState.NEW] * new + [ChangeState.CLEARED] * cleared
    found = [row["change"] for row in _balanced([((), state, {"change": words[state]}) for state in states])]
    assert (found.count("✕ new"), found.count("✓ cleared")) == told
