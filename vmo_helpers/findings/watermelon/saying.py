"""What the findings of reported status share: what cannot be said, an interval, a suffix."""

from __future__ import annotations

from typing import Any

import pandas as pd

from vmo_helpers.findings.rule import Rule
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import Suffix


def untold(rule: Rule, about: str, why: str, *missing: str, **facts: Any) -> Finding:
    """Such as "No conclusion on usage: no behaviour metric has enough readings": it clears when that is
    known."""
    sentence = f"No conclusion on {about}: {why}"
    return rule.unknown(sentence, *missing, clears_when="that is known", **facts)


def spread(row: pd.Series) -> str:
    """The interval of an attainment, in words."""
    return wording.between(row["low"], row["high"], wording.percent)


def marked(items: pd.DataFrame, suffix: Suffix, most: str = "") -> pd.DataFrame:
    """The items that bear a suffix, those with ``most`` first."""
    found = items[(";" + items["suffixes"] + ";").str.contains(f";{suffix};", regex=False)]
    return found.sort_values(most, ascending=False, kind="stable") if most else found
