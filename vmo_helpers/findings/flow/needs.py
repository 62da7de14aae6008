"""Work in progress that waits for what it needs."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.flow.saying import NO_START, unrecorded
from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import by_number, quoted, titled
from vmo_helpers.measures import flow
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording


def unfinished_needs(
    needs: pd.DataFrame, items: pd.DataFrame, portfolio: Portfolio, level: str = "item"
) -> list[Finding]:
    """Such as "14 of 50 epics in progress need work that is not finished, 2 of them work that is not begun";
    ``needs`` as ``flow.unfinished_needs`` returns it.

    Where no dependency is on record at all, nothing is known.
    """
    rule, going = Rule("flow.unfinished_need"), int(items["age_days"].notna().sum())
    if not portfolio.has("dependencies"):
        why = "No conclusion on what work needs: no dependencies are on record"
        return [rule.unknown(why, "table dependencies", n=going)]
    if not flow.progress_on_record(items):
        return [unrecorded(rule, "what work needs", NO_START)]
    each = needs[~needs.index.duplicated()]
    count = needs.groupby(level=0).size().reindex(each.index)
    idle = int(needs.loc[needs["needs_status"].ne("in progress"), "item_id"].nunique())
    more = f", {wording.number(idle)} of {by_number(len(each), 'it', 'them')} work that nobody is at"
    return rule.listed(
        each.assign(needs_count=count),
        f"{wording.number(len(each))} of {wording.counted(going, level)} in progress "
        f"{by_number(len(each), 'needs', 'need')} work that is not finished{more if idle else ''}",
        _waits,
        calm=f"No {level} in progress needs work that is not finished",
        value="needs_count",
        unit="items",
        n=going,
        clears_when="what it needs is finished",
    )


def _waits(row: pd.Series) -> str:
    more = f" and {wording.number(row['needs_count'] - 1)} more" if row["needs_count"] > 1 else ""
    need = quoted(row["needs_title"], row["needs_item_id"])
    return f"{titled(row)} needs {need}{more}, which is {row['needs_status']}"
