"""States that hold: for every item that enters a state exactly one row of ``states`` must say what the state
means."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from vmo_helpers.contract.problems import agreeing, counted
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.lookup import Short, grouped
from vmo_helpers.portfolio import Settings
from vmo_helpers.portfolio.board import QUALIFIERS, kinds_of, resolve
from vmo_helpers.tables.inspection import Draft, Inspection
from vmo_helpers.tables.keys import leads_to


def states_hold(drafts: dict[str, Draft], settings: Settings, inspection: Inspection) -> None:
    """A tie between two rows of states is refused, and so is a state that no row explains for an item of the
    review level."""
    moves, states, items = drafts["transitions"], drafts["states"], drafts["work_items"]
    qualified = states.frame[list(QUALIFIERS)].notna().to_numpy().any()
    if (
        not len(moves)
        or not len(states)
        or not len(items)
        or not qualified
        or not {"item_id", "to_state"} <= moves.given
    ):
        return
    item, state = (
        _place_of(moves, "item_id", drafts, inspection),
        _place_of(moves, "to_state", drafts, inspection),
    )
    kind, kinds = kinds_of(items.frame, states.frame)
    whole = (item >= 0) & (state >= 0)
    number = np.where(whole, kind[item] * len(states) + state, -1)
    seen = np.zeros(len(kinds) * len(states), dtype=bool)
    seen[number[whole]] = True
    present = np.flatnonzero(seen)
    combinations = kinds.iloc[present // len(states)].assign(
        state=states.frame["state"].array.take(present % len(states))
    )
    found = resolve(states.frame, combinations.reset_index(drop=True))
    _refuse_ties(states, found, combinations, inspection)
    nowhere = np.zeros(len(moves), dtype=bool)
    unexplained = found["place"].lt(0).to_numpy()
    if unexplained.any():
        nowhere[whole] = unexplained[np.searchsorted(present, number[whole])]
        reviewed = np.zeros(len(moves), dtype=bool)
        reviewed[whole] = items.frame["level"].eq(settings.review_level).to_numpy(dtype=bool)[item[whole]]
        inspection.cells(
            moves,
            "to_state",
            nowhere & reviewed,
            "no row of states holds for this item's level, work_type and value stream",
        )
        inspection.warn(
            moves,
            nowhere & ~reviewed,
            lambda count: (
                f"{counted(count, 'row')} of transitions, not of the reviewed level, "
                f"{agreeing(count, 'enters', 'enter')} a state that "
                "no row of states explains for it"
            ),
        )


def _refuse_ties(
    states: Draft, found: pd.DataFrame, combinations: pd.DataFrame, inspection: Inspection
) -> None:
    ties = found[found["tie"].ge(0)]
    mask = np.zeros(len(states), dtype=bool)
    mask[ties["tie"]] = True
    by_place = ties.drop_duplicates("tie").set_index("tie")["place"]

    def hint(position: int) -> str:
        return f"says as much as row {states.rows[int(by_place[position])]} of an item that both fit"

    what = "two rows hold for the same item: expected one with more matching columns than all others"
    inspection.cells(states, "state", mask, what, hint=hint)


def _place_of(draft: Draft, name: str, drafts: dict[str, Draft], inspection: Inspection) -> Short:
    column = TABLES[draft.name].column(name)
    assert column is not None and column.refers is not None
    return leads_to(draft, column, drafts[column.refers], inspection)


def origins_agree(drafts: dict[str, Draft], inspection: Inspection) -> None:
    """A counted warning where from_state is not the state that the item was in; the order of entries
    holds."""
    moves = drafts["transitions"]
    if not len(moves) or "from_state" not in moves.given or moves.frame["from_state"].isna().all():
        return
    if moves.frame["recorded_at"].notna().any() or not len(drafts["work_items"]) or not len(drafts["states"]):
        return  # of several versions only as-of tells which one holds
    item, state = (
        _place_of(moves, "item_id", drafts, inspection),
        _place_of(moves, "to_state", drafts, inspection),
    )
    column = TABLES["transitions"].column("from_state")
    assert column is not None
    origin = leads_to(moves, column, drafts["states"], inspection)
    order = _order(item, moves.frame)
    if order is not None:
        item, state, origin = item[order], state[order], origin[order]
    stated = moves.frame["from_state"].notna().to_numpy()
    stated = stated if order is None else stated[order]
    differs = np.zeros(len(moves), dtype=bool)
    differs[1:] = stated[1:] & (item[1:] == item[:-1]) & (item[1:] >= 0) & (origin[1:] != state[:-1])
    if order is not None:
        unsorted = np.zeros(len(moves), dtype=bool)
        unsorted[order] = differs
        differs = unsorted
    inspection.warn(
        moves,
        differs,
        lambda count: (
            f"{counted(count, 'row')} of transitions {agreeing(count, 'names', 'name')} another "
            "from_state than the state that the item "
            f"was in; {agreeing(count, 'the entry holds', 'the entries hold')}"
        ),
    )


def _order(item: Short, frame: pd.DataFrame) -> npt.NDArray[np.int64] | None:
    """Rows by item, time, seq, row; None when they stand in that order."""
    at = frame["at"].to_numpy(dtype="datetime64[us]").view(np.int64)
    seq = frame["seq"].fillna(-np.inf).to_numpy()
    same = item[1:] == item[:-1]
    later = (at[1:] > at[:-1]) | ((at[1:] == at[:-1]) & (seq[1:] >= seq[:-1]))
    if bool((later | ~same).all()) and grouped(item, same):
        return None
    return np.lexsort((seq, at, item))
