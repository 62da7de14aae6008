"""What work waits for: by state, function, gate, owner or reason, with the money that stands there."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtrit

from vmo_helpers.lookup import Codes
from vmo_helpers.measures.flow.arrays import Flags, Floats, Ints, in_blocks, micro
from vmo_helpers.measures.flow.log import OUTSIDE, WAITED, WORKED, FlowLog
from vmo_helpers.portfolio.board import WAIT
from vmo_helpers.portfolio.calendar import DAY_US
from vmo_helpers.window import Window

Cause = Literal["state", "function", "gate", "owner", "reason"]
CONFIDENCE = 0.95
COST_OF_DELAY = "cost of delay"
PLANNED_COST = "planned cost standing"
NOTHING = {
    "function": "no function named",
    "gate": "no gate",
    "owner": "no owner named",
    "reason": "no blocker",
}
BLOCKED = "blocked"


def wait_pareto(log: FlowLog, items: pd.DataFrame, window: Window, by: Cause = "state") -> pd.DataFrame:
    """One row a cause of waiting, longest first.

    Wait days are inside the window, of the given items whatever became of them. They are time in a wait
    state, or under a blocker whatever the state, between an item's start and its end. Nothing counts twice.
    Time under a blocker in a state that is no wait state goes by that state, as "Coding, blocked".
    ``by="reason"`` splits by blocker instead.

    Where at least half of the waiting days are of items with a cost of delay, money is Σ wait weeks ×
    cost_of_delay_per_week. Else it is the planned cost that stands there on an average day of the window.
    Weeks are elapsed ones.

    Columns
        cause: the state, or what ``by`` names
        wait_days (days): in the window
        share (share 0–1): of all waiting
        share_of_time (share 0–1): of work and waiting
        items (items): that waited there
        waiting_now (items): that wait there at as-of
        owner: who answers for it; missing where nobody is named
        money (portfolio's currency): what the waiting costs; missing where neither basis is known
        money_basis: "cost of delay" or "planned cost standing"
    """
    log = log.seen_from(window)
    mine = log.among(items)
    part, kind = log.pieces, log.piece_kind
    start, end = micro(window.start), micro(window.end)
    days = log.days_within(start, end)
    chosen = np.flatnonzero((kind == WAITED) & mine[part.item] & (part.start <= end) & (part.end > start))
    cause, names = _causes(log, chosen, by)
    who, spent = part.item[chosen], days[chosen]
    total = float(np.sum(spent))
    in_progress = float(np.sum(days[((kind == WORKED) | (kind == WAITED)) & mine[part.item]]))
    waited = np.bincount(cause, weights=spent, minlength=len(names))
    now = part.end[chosen] > micro(log.as_of)
    amount, basis = _money(log, who, chosen, cause, len(names), start, end)
    frame = pd.DataFrame(
        {
            "cause": pd.array(names, dtype="str"),
            "wait_days": waited,
            "share": waited / total if total else np.nan,
            "share_of_time": waited / in_progress if in_progress else np.nan,
            "items": _distinct(cause[spent > 0], who[spent > 0], len(names), log.items),
            "waiting_now": np.bincount(cause[now], minlength=len(names)),
            "owner": _owners(log, chosen, cause, names),
            "money": amount,
            "money_basis": pd.array([basis] * len(names), dtype="str"),
        }
    )
    frame = frame[(frame["wait_days"] > 0) | (frame["waiting_now"] > 0)]
    return frame.sort_values("wait_days", ascending=False, kind="stable", ignore_index=True)


def wait_days(log: FlowLog, window: Window) -> tuple[float, int]:
    """All wait days inside the window, and of how many items."""
    days = wait_days_by_item(log.seen_from(window), window)
    return float(days.sum()), int(np.count_nonzero(days))


def wait_days_by_item(log: FlowLog, window: Window) -> Floats:
    """Wait days inside the window of each item of the log."""
    part, kind = log.pieces, log.piece_kind
    start, end = micro(window.start), micro(window.end)
    waited = [
        some.start
        + np.flatnonzero((kind[some] == WAITED) & (part.end[some] > start) & (part.start[some] < end)).astype(
            np.int32
        )
        for some in in_blocks(len(kind))
    ]
    place = np.concatenate([np.empty(0, dtype=np.int32), *waited])
    days = log.days_within(start, end, place)
    return np.asarray(np.bincount(part.item[place], weights=days, minlength=log.items), dtype=np.float64)


def if_halved(log: FlowLog, items: pd.DataFrame, window: Window) -> pd.DataFrame:
    """One row a queue (state), most gained first: flow efficiency with half of its days.

    Over the items of the headline flow efficiency: finished in the window with work or waiting between start
    and finish. Halving a queue takes half of its days from the denominator and leaves the rest as it is.

    Columns
        cause: the state
        wait_days (days): of those items there
        flow_efficiency (share 0–1): pooled, as it is
        flow_efficiency_if_halved (share 0–1): with half of the queue's days
        gain_share (share 0–1): the difference of the two
        days_saved_per_item (days): half of the queue's days ÷ items
        days_saved_low, days_saved_high (days): its 95 % interval by Student's t; missing for one item
    """
    log = log.seen_from(window)
    counted = items.loc[items["finished_in_window"] & items["flow_efficiency"].notna(), ["item_id"]]
    mine = log.among(counted)
    chosen = np.flatnonzero((log.piece_kind == WAITED) & mine[log.pieces.item])
    cause, names = _causes(log, chosen, "state")
    days, n = log.days_of(chosen), len(counted)
    waited = np.bincount(cause, weights=days, minlength=len(names))
    each = pd.Series(days).groupby([cause, log.pieces.item[chosen]]).sum()
    squares = each.pow(2).groupby(level=0).sum().reindex(range(len(names)), fill_value=0.0).to_numpy()
    active = float(np.sum(log.days_of(np.flatnonzero((log.piece_kind == WORKED) & mine[log.pieces.item]))))
    total = active + waited.sum()
    now = active / total if total else np.nan
    halved = np.divide(
        active, total - waited / 2, out=np.full(len(names), np.nan), where=total - waited / 2 > 0
    )
    saved = waited / 2 / max(n, 1)
    spread = np.sqrt(np.maximum(squares / 4 - n * saved**2, 0) / (n - 1) / n) if n > 1 else np.nan
    half = spread * stdtrit(max(n - 1, 1), (1 + CONFIDENCE) / 2)
    frame = pd.DataFrame(
        {
            "cause": pd.array(names, dtype="str"),
            "wait_days": waited,
            "flow_efficiency": now,
            "flow_efficiency_if_halved": halved,
            "gain_share": halved - now,
            "days_saved_per_item": saved,
            "days_saved_low": np.maximum(saved - half, 0),
            "days_saved_high": saved + half,
        }
    )
    return frame[frame["wait_days"] > 0].sort_values(
        "wait_days", ascending=False, kind="stable", ignore_index=True
    )


def blockers(log: FlowLog, items: pd.DataFrame, window: Window) -> pd.DataFrame:
    """One row a reason, longest first.

    Days are under a blocker between an item's start and end, inside the window. An instant under two blockers
    belongs to the one that opened first, so the days of all reasons add up to the time blocked.

    Columns
        reason: as given
        blocked_days (days): in the window
        share (share 0–1): of work and waiting in the window
        blocks: how many blockers
        items (items): how many were blocked
        open_now: how many are open at the window's end
    """
    log = log.seen_from(window)
    mine = log.among(items)
    part, kind = log.pieces, log.piece_kind
    days = log.days_within(micro(window.start), micro(window.end))
    in_progress = float(days[((kind == WORKED) | (kind == WAITED)) & mine[part.item]].sum())
    chosen = np.flatnonzero((part.block >= 0) & (kind != OUTSIDE) & mine[part.item] & (days > 0))
    cause, names = _causes(log, chosen, "reason")
    blocked = np.bincount(cause, weights=days[chosen], minlength=len(names))
    now = part.end[chosen] > log.now
    frame = pd.DataFrame(
        {
            "reason": pd.array(names, dtype="str"),
            "blocked_days": blocked,
            "share": blocked / in_progress if in_progress else np.nan,
            "blocks": _distinct(cause, part.block[chosen], len(names), len(log.blocks.item)),
            "items": _distinct(cause, part.item[chosen], len(names), log.items),
            "open_now": np.bincount(cause[now], minlength=len(names)),
        }
    )
    return frame[frame["blocks"] > 0].sort_values(
        "blocked_days", ascending=False, kind="stable", ignore_index=True
    )


def gates(pareto: pd.DataFrame) -> pd.DataFrame:
    """One row a gate of ``wait_pareto`` by "gate": neither no gate, nor time under a blocker.

    Columns
        the columns of ``flow.wait_pareto``
    """
    return pareto[~pareto["cause"].isin([NOTHING["gate"], BLOCKED])]


def _causes(log: FlowLog, chosen: Ints, by: Cause) -> tuple[Ints, list[str]]:
    """The cause of each chosen piece as a code, and the names."""
    part = log.pieces
    rows, state = log.board.rows, part.of_visit(log.state, chosen)
    if by == "reason":
        block = part.block[chosen]
        reason = np.where(block >= 0, np.append(log.blocks.reason, -1)[block], -2)
        names = [NOTHING["reason"], "no reason given", *log.blocks.reasons]
        return reason + 2, names
    labels = log.board.columns["label"].to_numpy(dtype=object)[log.board.column]
    if by == "function":
        labels = rows["function"].fillna(NOTHING["function"]).to_numpy(dtype=object)
    elif by == "owner":
        labels = rows["owner"].fillna(NOTHING["owner"]).to_numpy(dtype=object)
    elif by == "gate":
        gate = rows["is_gate"].fillna(False).to_numpy(dtype=bool)
        labels = np.where(gate, labels, NOTHING["gate"])
    waits = log.board.state_class == WAIT
    blocked = [f"{label}, {BLOCKED}" if by == "state" else BLOCKED for label in labels]
    code, unique = pd.factorize(np.concatenate([labels, np.array(blocked, dtype=object)]))
    place = np.where(waits[state], state, state + len(rows))
    return np.asarray(code, dtype=np.int64)[place], [str(name) for name in unique]


def _distinct(group: Ints, member: Codes, groups: int, members: int) -> Ints:
    """How many different members each group has."""
    seen: npt.NDArray[np.bool_] = np.zeros(groups * max(members, 1), dtype=bool)
    seen[group * max(members, 1) + member] = True
    return np.asarray(np.count_nonzero(seen.reshape(groups, max(members, 1)), axis=1), dtype=np.int64)


def _owners(log: FlowLog, chosen: Ints, cause: Ints, names: list[str]) -> object:
    """The one owner of each cause's states; missing where there are several, or a state without one."""
    owner, people = pd.factorize(log.board.rows["owner"])
    seen: Flags = np.zeros((len(names), len(people) + 1), dtype=bool)
    seen[cause, owner[log.pieces.of_visit(log.state, chosen)]] = True
    single = (seen[:, :-1].sum(axis=1) == 1) & ~seen[:, -1]  # the last column: states without an owner
    place = np.where(single, seen[:, :-1].argmax(axis=1), -1) if len(people) else np.full(len(names), -1)
    return pd.array([str(person) for person in people], dtype="str").take(place, allow_fill=True)


def _money(
    log: FlowLog, who: Codes, chosen: Ints, cause: Ints, causes: int, start: int, end: int
) -> tuple[Floats, str | None]:
    """Money per cause and what it is; NaN where nothing is known."""
    low = np.clip(log.pieces.start[chosen], start, end)
    spent = np.maximum(low, np.minimum(log.pieces.end[chosen], end)) - low  # microseconds: half is exact
    days = spent / DAY_US
    length = max((end - start) / DAY_US, 1e-9)
    for column, basis, per in (
        ("cost_of_delay_per_week", COST_OF_DELAY, 7.0),
        ("planned_cost", PLANNED_COST, length),
    ):
        price = log.item_column(column).to_numpy(dtype=np.float64)[who]
        known = ~np.isnan(price)
        if not known.any() or (basis == COST_OF_DELAY and 2 * int(spent[known].sum()) < int(spent.sum())):
            continue
        amount = np.bincount(cause[known], weights=(days * price)[known] / per, minlength=causes)
        priced, waited = (
            np.bincount(cause[some], weights=days[some], minlength=causes) > 0
            for some in (known, slice(None))
        )
        said = priced | ~waited & (
            np.bincount(cause[known], minlength=causes) > 0
        )  # what only passed through prices nobody's wait
        return np.where(said, amount, np.nan), basis
    return np.full(causes, np.nan), None
