"""What the sentences of findings share: names in quotation marks, words that go with a count, days in the
portfolio's zone, shares beside a line."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import pandas as pd

from vmo_helpers.style import wording

MOST_SUBJECTS = 100  # findings of one rule; beyond it the first one carries the count
TITLE_LENGTH = 60


def each(frame: pd.DataFrame) -> Iterable[tuple[Any, pd.Series]]:
    """The rows that get a finding of their own, with their index."""
    return frame.head(MOST_SUBJECTS).iterrows()


def quoted(title: object, key: object = "") -> str:
    """A title in quotation marks as it may be shown, cut to a readable length; its key where it has none."""
    named = title if isinstance(title, str) and title else key
    return f"“{wording.clipped(wording.plain(named), TITLE_LENGTH)}”"


def titled(row: pd.Series) -> str:
    """An item's title as it may be shown; its id where it has none."""
    title = row["title"]
    return wording.plain(title if isinstance(title, str) and title.strip() else row["item_id"])


def name(row: pd.Series, column: str = "title", key: str = "item_id") -> str:
    """What a row is called, ``quoted``."""
    return quoted(row[column], row[key])


def number(value: Any) -> float | None:
    """A number for a finding: None where it is not known."""
    return None if value is None or pd.isna(value) or math.isinf(value) else float(value)


def text(value: object) -> str | None:
    """A text for a finding's details: None where there is none."""
    return value if isinstance(value, str) else None


def local_day(stamp: Any, timezone: str) -> str | None:
    """The day of an instant in a zone, ISO 8601; None where it is not known."""
    return None if pd.isna(stamp) else str(stamp.tz_convert(timezone).date())


def by_number(n: int, one: str, many: str) -> str:
    """The word that goes with a count."""
    return one if n == 1 else many


def beside_line(share: float, line: float) -> str:
    """A share in percent that never reads like the line that it misses: 0.7996 beside 0.80 is "79.96 %", not
    "80 %"."""
    for decimals in range(5):
        said = wording.percent(share, decimals=decimals)
        if share == line or said != wording.percent(line, decimals=decimals):
            return said
    return f"just {'under' if share < line else 'over'} {wording.percent(line)}"
