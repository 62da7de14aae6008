"""What the findings of reported status share: names, the count first and then each item, days in the
portfolio's zone."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pandas as pd

from vmo_helpers.results.finding import Evidence, Finding
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import Severity

PORTFOLIO = "portfolio"
MOST_SUBJECTS = 100  # findings of one rule; beyond it the first one carries the count
TITLE_LENGTH = 60


def name(row: pd.Series, column: str = "title", key: str = "item_id") -> str:
    """A title in quotation marks as it may be shown, cut to a readable length; the key where there is
    none."""
    title = row[column]
    named = title if isinstance(title, str) and title else row[key]
    return f"“{wording.clipped(wording.plain(named), TITLE_LENGTH)}”"


def number(value: Any) -> float | None:
    """A number for a finding: None where it is not known."""
    return None if value is None or pd.isna(value) or math.isinf(value) else float(value)


def local_day(stamp: Any, timezone: str) -> str | None:
    """The day of an instant in a zone, ISO 8601; None where it is not known."""
    return None if pd.isna(stamp) else str(stamp.tz_convert(timezone).date())


def by_number(n: int, one: str, many: str) -> str:
    """The word that goes with a count."""
    return one if n == 1 else many


def unknown(rule: str, sentence: str, *missing: str, n: int = 0) -> Finding:
    """A finding that says what cannot be said, and what is missing for it."""
    return Finding(
        rule,
        PORTFOLIO,
        Severity.UNKNOWN,
        sentence,
        n=n,
        missing=missing,
        clears_when="that is known" if missing else "",
    )


def listed(
    rule: str,
    found: pd.DataFrame,
    sentence: str,
    each: Callable[[pd.Series], str],
    *,
    severity: Severity,
    n: int,
    calm: str,
    clears_when: str,
    value: str | None = None,
    unit: str = "number",
    threshold: float | None = None,
    threshold_name: str | None = None,
    table: str = "work_items",
    key: str = "item_id",
) -> list[Finding]:
    """The count with its rows, then one finding a row, in the order of the frame; ``calm`` is said when there
    is none."""
    if found.empty:
        note = Finding(
            rule,
            PORTFOLIO,
            Severity.GOOD,
            calm,
            value=0.0,
            unit="items",
            threshold=threshold,
            threshold_name=threshold_name,
            n=n,
        )
        return [note]
    money = found["money"] if "money" in found.columns else pd.Series(index=found.index, dtype="float64")
    first = Finding(
        rule,
        PORTFOLIO,
        severity,
        sentence,
        value=float(len(found)),
        unit="items",
        threshold=threshold,
        threshold_name=threshold_name,
        n=n,
        evidence=(Evidence.of(table, found),),
        money=number(money.sum(min_count=1)),
        clears_when=clears_when,
        details={"subjects": found[key].tolist()[:MOST_SUBJECTS]},
    )
    return [
        first,
        *[
            Finding(
                rule,
                str(row[key]),
                severity,
                each(row),
                value=None if value is None else number(row[value]),
                unit=unit,
                threshold=threshold,
                threshold_name=threshold_name,
                n=1,
                evidence=(Evidence.of(table, pd.Index([index])),),
                money=number(amount),
                clears_when=clears_when,
            )
            for (index, row), amount in zip(found.head(MOST_SUBJECTS).iterrows(), money, strict=False)
        ],
    ]
