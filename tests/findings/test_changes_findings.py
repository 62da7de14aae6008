"""What is said of the changes since the review before, and of those worth a leader's minute."""

import pandas as pd
import pytest
from test_changes import found

from vmo_helpers.findings import changes
from vmo_helpers.results.headlines import Change, Tone
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity

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
