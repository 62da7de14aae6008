"""Which work grew since it was begun."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import MOST_SUBJECTS, by_number, titled
from vmo_helpers.forecasts.scope import LEAST_PARTS
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds


def scope_growth(table: pd.DataFrame, limits: Thresholds, level: str = "item") -> Finding:
    """ "5 of 37 epics that began with three parts or more have grown by 20 % or more since: Kiosk 60 % …".

    ``table`` as ``forecasts.scope_growth`` returns it. Without parts on record: unknown.
    """
    rule = Rule.by("forecast.scope_growth", limits, "scope_growth_share")
    known = table[table["grown_share"].notna()]
    if known.empty:
        why = f"no {level} in progress had {LEAST_PARTS} parts when it began"
        return rule.unknown(f"No conclusion on growth by {level}: {why}", "items below the review level")
    found = known[known["grown_share"].ge(limits.scope_growth_share)]
    count, line = wording.counted(len(known), level), wording.percent(limits.scope_growth_share)
    added = wording.counted(known["added_since"].sum(), "part")
    if found.empty:
        calm = f"None of {count} in progress took on {line} more parts since it began: {added} came in all"
        return rule.note(calm, value=0, unit="items", n=len(known))
    names = wording.listed(
        [f"{titled(row)} {wording.percent(row['grown_share'])}" for _, row in found.iterrows()], most=2
    )
    return rule.warning(
        f"{wording.number(len(found))} of {count} that began with {wording.small(LEAST_PARTS)} parts or more "
        f"{by_number(len(found), 'has', 'have')} grown by {line} or more since: {names}",
        value=len(found),
        unit="items",
        n=len(known),
        rows=found,
        clears_when="they are finished, or what came later is taken out",
        details={"subjects": found["item_id"].head(MOST_SUBJECTS).tolist()},
    )
