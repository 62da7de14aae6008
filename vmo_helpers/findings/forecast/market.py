"""What moved with the market: shifts of the cost of delay, and the places that they changed."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import MOST_SUBJECTS, each, titled
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity

_A_MONTH = 30.44 / 7
_CLEARED = "its cost of delay is estimated anew, and the shift taken out"


def market(
    table: pd.DataFrame, waiting: pd.DataFrame, limits: Thresholds, currency: str = "", level: str = "item"
) -> list[Finding]:
    """ "The market moved 2 of 14 waiting epics 3 places or more: Shop from 9 to 3 …; a month of waiting costs
    EUR 40 k more", then each that moved so far: warnings, for an order set before is not the best one.

    ``table`` as ``forecasts.market_table`` returns it, ``waiting`` as ``order_table``.
    """
    rule = Rule.by("sequence.market", limits, "market_moved_places")
    one = Rule.by("sequence.moved", limits, "market_moved_places")
    n, shifted = len(waiting), table[table["why"].notna()]
    if shifted.empty:
        return [
            rule.note("No shift of the market on record reaches waiting work", value=0, unit="items", n=n)
        ]
    far = (table["unshifted_place"] - table["place"]).abs().ge(limits.market_moved_places)
    moved = table[far]
    added = float(table["added_per_week"].sum()) * _A_MONTH
    count, places = (
        wording.counted(n, f"waiting {level}"),
        wording.counted(limits.market_moved_places, "place"),
    )
    more = (
        f"a month of waiting costs {wording.money(abs(added), currency)} {'more' if added >= 0 else 'less'}"
    )
    if moved.empty:
        said = (
            f"The market shifted the cost of delay of {wording.number(len(shifted))} of {count}: "
            f"none moves {places} or more; {more}"
        )
    else:
        names = wording.listed([f"{titled(row)} from {_places(row)}" for _, row in each(moved)], most=3)
        said = f"The market moved {wording.number(len(moved))} of {count} {places} or more: {names}; {more}"
    whole = rule.finds(
        Severity.NOTE if moved.empty else Severity.WARNING,
        said,
        value=len(moved),
        unit="items",
        n=n,
        money=added,
        rows=moved,
        clears_when="" if moved.empty else _CLEARED,
        details={"subjects": moved["item_id"].head(MOST_SUBJECTS).tolist(), "shifted": len(shifted)},
    )
    return [whole, *(_moved(one, row) for _, row in each(moved))]


def _places(row: pd.Series) -> str:
    return f"{wording.number(row['unshifted_place'])} to {wording.number(row['place'])}"


def _moved(rule: Rule, row: pd.Series) -> Finding:
    steps = int(row["unshifted_place"] - row["place"])
    if isinstance(row["why"], str):
        times = wording.number(round(float(row["shift_factor"]), 2))
        day = wording.day(row["shifted_on"].date(), year=True)
        why = f"since {day} its delay costs {times} times as much ({wording.plain(row['why'])})"
    else:
        why = "others moved past it with the market"
    return rule.warning(
        f"{titled(row)} moves from place {_places(row)}: {why}",
        subject=row["item_id"],
        value=steps,
        unit="number",
        n=1,
        row=row.name,
        clears_when=_CLEARED,
    )
