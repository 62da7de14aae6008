"""All checks that look at more than one cell."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import numpy as np
import pandas as pd

from vmo_helpers.contract.problems import counted
from vmo_helpers.lookup import among, places
from vmo_helpers.portfolio import Settings
from vmo_helpers.tables import boards, plausible
from vmo_helpers.tables.inspection import Draft, Inspection
from vmo_helpers.tables.keys import dependencies, near_key, parents, references, unique_keys
from vmo_helpers.vocabulary import GoalType, ShiftSubject

CYCLIC = ("work_items", "objectives", "value_streams")


def relations(
    drafts: dict[str, Draft], settings: Settings, inspection: Inspection, *, unread: Iterable[str] = ()
) -> None:
    """Keys, references, cycles, states that hold, goals, money that belongs somewhere; then what is merely
    implausible."""
    blind = frozenset(unread)
    for draft in drafts.values():
        if len(draft):
            unique_keys(draft, drafts, inspection)
            for column in draft.table.columns:
                if column.refers is not None and column.refers not in blind:
                    references(draft, column, drafts[column.refers], inspection)
    for name in CYCLIC:
        parents(drafts[name], inspection)
    dependencies(drafts["dependencies"], inspection)
    if not blind & {"objectives", "key_results", "benefits"}:
        goals(drafts, inspection)
    shifts_hold(drafts, blind, inspection)
    spend_belongs_somewhere(drafts["spend"], inspection)
    one_currency(drafts, settings, inspection)
    boards.states_hold(drafts, settings, inspection)
    boards.origins_agree(drafts, inspection)
    plausible.implausible(drafts, settings, inspection)


def goals(drafts: dict[str, Draft], inspection: Inspection) -> None:
    """Goals live in several tables: a link's by its goal_type, a target's a benefit or key result, an item's
    any goal."""
    of = {name: drafts[name] for name in ("objectives", "key_results", "benefits")}
    links = drafts["links"]
    for word, name in ((GoalType.OBJECTIVE, "objectives"), (GoalType.KEY_RESULT, "key_results")):
        of_type = links.frame["goal_type"].eq(word.value).to_numpy(dtype=bool)
        _led(links, "goal_id", of_type, [of[name]], name, inspection)
    everything = np.ones(len(drafts["targets"]), dtype=bool)
    _led(
        drafts["targets"],
        "goal_id",
        everything,
        [of["benefits"], of["key_results"]],
        "benefits or key_results",
        inspection,
    )
    everything = np.ones(len(drafts["work_items"]), dtype=bool)
    _led(
        drafts["work_items"],
        "goal",
        everything,
        [of["objectives"], of["key_results"]],
        "objectives or key_results",
        inspection,
    )


_SHIFTED = {
    ShiftSubject.STREAM: "value_streams",
    ShiftSubject.OBJECTIVE: "objectives",
    ShiftSubject.METRIC: "metrics",
    ShiftSubject.ITEM: "work_items",
}
MOST_SHIFT = 1000.0


def shifts_hold(drafts: dict[str, Draft], blind: frozenset[str], inspection: Inspection) -> None:
    """A shift of the market leads to what it is about, and multiplies by more than nothing."""
    shifts = drafts["shifts"]
    if not len(shifts):
        return
    factor = shifts.frame["factor"]
    wrong = (factor.notna() & ~(factor.gt(0) & factor.le(MOST_SHIFT))).to_numpy(dtype=bool)
    inspection.cells(
        shifts,
        "factor",
        wrong,
        f"expected a factor over 0 and up to {MOST_SHIFT:,.0f}: 1.5 makes waiting half as dear again, 0.5 "
        "half as dear",
    )
    for word, name in _SHIFTED.items():
        if name not in blind:
            of_type = shifts.frame["subject_type"].eq(word.value).to_numpy(dtype=bool)
            _led(shifts, "subject_id", of_type, [drafts[name]], name, inspection)


def _led(
    draft: Draft, column: str, judged: np.ndarray, homes: list[Draft], names: str, inspection: Inspection
) -> None:
    if not len(draft) or not any(home.held for home in homes) or column not in draft.given:
        return
    every = pd.concat([home.frame[home.table.key[0]] for home in homes], ignore_index=True)
    child = draft.frame[column]
    lost = judged & child.notna().to_numpy() & (places(child, every) < 0)
    declared = draft.table.column(column)
    inspection.cells(
        draft,
        column,
        lost,
        f"leads to no row of {names}",
        hint=near_key(child, every),
        spared=declared is not None and not declared.filled,
    )


def spend_belongs_somewhere(spend: Draft, inspection: Inspection) -> None:
    """Money names an item or a value stream, and the first day of its month."""
    frame = spend.frame
    if not len(frame):
        return
    nowhere = (frame["item_id"].isna() & frame["value_stream_id"].isna()).to_numpy()
    inspection.cells(
        spend, "item_id", nowhere, "names neither an item nor a value stream: expected one of the two"
    )
    day = frame["period"].dt.day
    inspection.cells(
        spend, "period", (day.notna() & day.ne(1)).to_numpy(), "expected the first day of a month"
    )


def one_currency(drafts: dict[str, Draft], settings: Settings, inspection: Inspection) -> None:
    """Money is in the portfolio's currency: a rate of exchange is a judgement that belongs to finance."""
    for draft in drafts.values():
        if not len(draft) or "currency" not in draft.given:
            continue
        stated = draft.frame["currency"]
        other = (stated.notna() & stated.str.upper().ne(settings.currency.upper())).to_numpy(dtype=bool)
        inspection.cells(
            draft,
            "currency",
            other,
            f"expected {settings.currency}, the portfolio's one currency: amounts are not converted",
        )


def _lost_what(table: str, column: str, parent: str, count: int) -> str:
    return (
        f"{counted(count, 'row')} of {table} lost {column}, which led to a row of {parent} that was left out"
    )


def left_behind(drafts: dict[str, Draft], gone: dict[str, pd.Index], inspection: Inspection) -> None:
    """Empties the references that a row can do without where the row they led to was left out, and says
    so."""
    optional = [
        (draft, column.name, column.refers)
        for draft in drafts.values()
        for column in draft.table.columns
        # a row of states without its stream would hold for all: it goes with it
        if column.refers is not None and not column.filled and draft.name != "states"
    ]
    optional += [(drafts["work_items"], "goal", name) for name in ("objectives", "key_results")]
    for draft, column, parent in optional:
        if parent not in gone or not len(draft):
            continue
        lost = among(draft.frame[column], gone[parent])
        if lost.any():
            inspection.warn(draft, lost, partial(_lost_what, draft.name, column, parent), "left_out")
            draft.frame = draft.frame.assign(**{column: draft.frame[column].mask(lost)})
