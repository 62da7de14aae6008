"""Time by stage: what each one takes from idea to a user's hands, and whether a gain reaches customers."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from vmo_helpers.measures.flow.arrays import NEVER, Flags, Floats, Ints, instants, micro, micros, texts
from vmo_helpers.measures.flow.items import items as item_table
from vmo_helpers.measures.flow.items import lead_time_to_value
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.measures.flow.quantiles import SMALL_N, TAIL, SmallN, by_group, change
from vmo_helpers.measures.flow.record import Kind, no_comparison, record
from vmo_helpers.portfolio.board import ACTIVE, WAIT
from vmo_helpers.vocabulary import Layer
from vmo_helpers.window import Window

By = Literal["state", "portfolio_stage"]
BEFORE_BOARD = "before the board"
NO_LOG = "no state"
LEAD_TIME = "lead time to value, 85th percentile"


def stage_times(
    log: FlowLog, items: pd.DataFrame, window: Window, by: By = "state", small: SmallN = SMALL_N
) -> pd.DataFrame:
    """One row a stage where work is done or waits, in board order.

    The time of a stage is all that an item spent there, in however many visits. Counted are the items that
    left it for the last time in the window. ``by="portfolio_stage"`` groups states; those without a stage
    stand for themselves.

    Columns
        stage: the state, or its portfolio stage
        position: of its first state on the board
        state_class: of its first state
        items (items): left it for the last time in the window
        p50_days, p85_days, mean_days (days): time of an item there; missing where too few
    """
    log = log.seen_from(window)
    table = _stage_table(log, by)
    stage, _, days = _stage_samples(log, items, window, by)
    names = len(table)
    return table.assign(
        items=np.bincount(stage, minlength=names),
        p50_days=by_group(days, stage, names, 0.5, small),
        p85_days=by_group(days, stage, names, TAIL, small),
        mean_days=np.bincount(stage, weights=days, minlength=names)
        / np.maximum(np.bincount(stage, minlength=names), 1),
    ).pipe(lambda frame: frame.assign(mean_days=frame["mean_days"].where(frame["items"] >= small.middle)))


def local_against_system(
    log: FlowLog, items: pd.DataFrame, window: Window, by: By = "state", small: SmallN = SMALL_N
) -> pd.DataFrame:
    """One row a stage and, last, one for the system: this window against the one before it.

    The window before is of equal length and as it stood then. A stage is told by its median, the system by
    the 85th percentile of lead time to value.

    Columns
        name: the stage, or what the customer gets
        position, state_class: of the stage's first state; missing for the system
        before_days, after_days (days): in each window; missing where too few
        change_days (days): after − before
        low, high (days): 95 % bootstrap interval with a fixed seed; missing where either side is too small
        n_before, n_after (items): how many each side rests on
        why: in words why the windows cannot be compared; missing where they can
        system: True in the last row
    """
    before = window.before
    then = log.seen_from(before)
    earlier = item_table(then, before)
    earlier = earlier[earlier.index.isin(items.index)]
    table = _stage_table(log, by)
    samples = [
        _stage_samples(part, chosen, span, by)
        for part, chosen, span in ((then, earlier, before), (log, items, window))
    ]
    (stage_then, _, days_then), (stage_now, _, days_now) = samples
    told = record(log, items, window)
    of_stages, of_leads = (no_comparison(told, kind) for kind in (Kind.CYCLE_TIME, Kind.LEAD_TIME))
    rows = [
        change(
            days_then[stage_then == place],
            days_now[stage_now == place],
            0.5,
            seed=2 * place,
            small=small,
            why=of_stages,
        )
        for place in range(len(table))
    ]
    lead_then, lead_now = (
        lead_time_to_value(part, span)["lead_time_days"]
        for part, span in ((earlier, before), (items, window))
    )
    rows.append(change(lead_then, lead_now, TAIL, seed=1, small=small, why=of_leads))
    whole = pd.DataFrame({"stage": [LEAD_TIME], "position": [np.nan], "state_class": [None]})
    names = pd.concat([table, whole.astype({"state_class": "str"})], ignore_index=True).rename(
        columns={"stage": "name"}
    )
    moved = pd.DataFrame(rows).rename(
        columns={"before": "before_days", "after": "after_days", "change": "change_days"}
    )
    return pd.concat([names, moved], axis=1).assign(system=np.arange(len(rows)) == len(table))


def concept_to_customer(log: FlowLog, items: pd.DataFrame, window: Window) -> pd.DataFrame:
    """One row an item delivered in the window, by delivery.

    The clock starts with the first visit to a state that has a portfolio_stage, else at created_at.

    Columns
        item_id, title: key and title of the item
        value_stream_id, value_stream: key of its value stream, and the stream's name
        entered_at: when the clock starts
        entered_stage: False where created_at stood in
        delivered_at: as in ``work_items``, else the finish
        concept_days (days): entered_at to delivered_at; missing where it cannot be told
        excluded_because: begun after it was delivered, or on no known day
    """
    log = log.seen_from(window)
    entered, staged = _entry(log)
    end = micros(items["lead_time_end_at"])
    place = log.places(items)
    begun = np.where(place >= 0, np.append(entered, NEVER)[place], NEVER)
    chosen = (end >= micro(window.start)) & (end <= micro(window.end))
    known = chosen & (begun < NEVER) & (begun <= end)
    days = np.full(len(items), np.nan)
    days[known] = log.calendar.days(begun[known], end[known])
    frame = items[["item_id", "title", "value_stream_id", "value_stream"]].assign(
        entered_at=instants(begun),
        entered_stage=np.append(staged, False)[place],
        delivered_at=items["lead_time_end_at"],
        concept_days=days,
        excluded_because=texts(np.where(known, -1, 0), ["begun after it was delivered, or on no known day"]),
    )
    return frame[chosen].sort_values("delivered_at", kind="stable")


def concept_stages(log: FlowLog, items: pd.DataFrame, window: Window) -> pd.DataFrame:
    """One row a stage, in board order: the time of ``concept_to_customer``, split.

    A stage is the portfolio_stage where the state has one, else the state. Time before the first transition
    is "before the board", that of items without a known state "no state". Days add up to the total.

    Columns
        stage: its name
        order: 0, 1, … in board order
        days (days): of all items delivered in the window
        share (share 0–1): of the total
        items (items): that spent time there
        mean_days (days): days ÷ all items delivered in the window
    """
    log = log.seen_from(window)
    concepts = concept_to_customer(log, items, window)
    concepts = concepts[concepts["concept_days"].notna()]
    place = log.places(concepts)
    entry, end = np.full(log.items, NEVER), np.full(log.items, NEVER)
    entry[place], end[place] = micros(concepts["entered_at"]), micros(concepts["delivered_at"])
    table = _stage_table(log, "portfolio_stage", everything=True)
    mine = entry[log.item] < NEVER
    low = np.maximum(log.start, entry[log.item])[mine]
    high = np.maximum(low, np.minimum(log.end, end[log.item])[mine])
    stage, who, days = (
        _stage_of_visit(log, table, "portfolio_stage")[mine],
        log.item[mine],
        log.calendar.days(low, high),
    )
    named = np.bincount(stage, weights=days, minlength=len(table))
    spent = np.bincount(who, weights=days, minlength=log.items)[place]
    rest = concepts["concept_days"].to_numpy() - spent
    logged = log.lives.has_log[place]
    seen = np.unique(np.stack([stage[days > 0], who[days > 0]]), axis=1)[0] if len(days) else stage
    frame = pd.DataFrame(
        {
            "stage": [BEFORE_BOARD, *table["stage"], NO_LOG],
            "days": [rest[logged].sum(), *named, rest[~logged].sum()],
            "items": [
                int((rest[logged] > 1e-9).sum()),
                *np.bincount(seen, minlength=len(table)),
                int((~logged).sum()),
            ],
        }
    )
    frame = frame[frame["days"] > 1e-9].reset_index(drop=True)
    total = frame["days"].sum()
    frame = frame.assign(
        order=np.arange(len(frame)),
        share=frame["days"] / total,
        mean_days=frame["days"] / max(len(concepts), 1),
    )
    return frame.astype({"stage": "str"})[["stage", "order", "days", "share", "items", "mean_days"]]


def queue_after_done(log: FlowLog, items: pd.DataFrame, window: Window) -> pd.DataFrame:
    """One row an item delivered in the window, longest queue first.

    Time from the last leaving of layer team to delivery. The team's last visit is the last one to a working
    or waiting state of layer team. What was delivered while still there waited 0 days. Missing where no state
    of the board has another layer, or the item has no such visit.

    Columns
        item_id, title: key and title of the item
        value_stream_id, value_stream: key of its value stream, and the stream's name
        left_team_at: end of the team's last visit
        delivered_at: as in ``work_items``, else the finish
        queue_days (days): left_team_at to delivered_at; missing where that is unknown
        lead_time_days (days): as in ``items``
    """
    log = log.seen_from(window)
    rows = log.board.rows
    team = rows["layer"].fillna(str(Layer.TEAM)).eq(str(Layer.TEAM)).to_numpy()
    delivered = items[window.holds(items["lead_time_end_at"])]
    place, end = log.places(delivered), micros(delivered["lead_time_end_at"])
    left = np.full(log.items, NEVER)
    if not team.all() and len(log.item):
        at = np.full(log.items, NEVER)
        at[place] = end
        works = np.flatnonzero(
            team[log.state] & np.isin(log.state_class, (ACTIVE, WAIT)) & (log.start < at[log.item])
        )
        left[log.item[works]] = np.minimum(
            log.end[works], at[log.item[works]]
        )  # visits stand in order: the last one is kept
    last = left[place]
    known = last < NEVER
    days = np.full(len(delivered), np.nan)
    days[known] = log.calendar.days(last[known], end[known])
    kept = ["item_id", "title", "value_stream_id", "value_stream"]
    return (
        delivered[kept]
        .assign(
            left_team_at=instants(last),
            delivered_at=delivered["lead_time_end_at"],
            queue_days=days,
            lead_time_days=delivered["lead_time_days"],
        )
        .sort_values("queue_days", ascending=False, kind="stable")
    )


def age_at_leaving(
    log: FlowLog, items: pd.DataFrame, window: Window, small: SmallN = SMALL_N
) -> pd.DataFrame:
    """One row a state of work or waiting: the age at which items left it for the last time.

    Counted are items that finished in the window. These are the pace lines of an ageing chart (Vacanti).

    Columns
        state: its name
        position: its place on the board
        items (items): that left it
        p50_days, p85_days (days): their age; missing where too few
    """
    log = log.seen_from(window)
    columns = log.board.columns
    mine = log.among(items.loc[items["finished_in_window"] & items["started_at"].notna(), ["item_id"]])
    column = log.board.column[log.state]
    key = column * max(log.items, 1) + log.item
    chosen = np.flatnonzero(mine[log.item] & np.isin(log.state_class, (ACTIVE, WAIT)))
    last = np.zeros(len(columns) * max(log.items, 1), dtype=np.int64)
    last[key[chosen]] = chosen
    final = chosen[last[key[chosen]] == chosen]
    age = log.calendar.days(log.lives.started[log.item[final]], log.end[final])
    where, count = column[final], len(columns)
    frame = pd.DataFrame(
        {
            "state": columns["label"],
            "position": columns["position"],
            "items": np.bincount(where, minlength=count),
            "p50_days": by_group(age, where, count, 0.5, small),
            "p85_days": by_group(age, where, count, TAIL, small),
        }
    )
    return frame[columns["code"].isin([ACTIVE, WAIT])].reset_index(drop=True)


def _stage_table(log: FlowLog, by: By, *, everything: bool = False) -> pd.DataFrame:
    """The stages in board order: stage, position, state_class (of its first state).

    With ``everything`` also those where nothing is done or waits.
    """
    columns = log.board.columns
    name = columns["label"] if by == "state" else columns["portfolio_stage"].fillna(columns["label"])
    frame = columns[["position", "state_class", "code"]].assign(stage=name)
    if not everything:
        frame = frame[frame["code"].isin([ACTIVE, WAIT])]
    return frame.drop_duplicates("stage").reset_index(drop=True)[["stage", "position", "state_class"]]


def _stage_of_visit(log: FlowLog, table: pd.DataFrame, by: By) -> Ints:
    """The place of each visit's stage in the table, −1 where it is not there."""
    columns = log.board.columns
    name = columns["label"] if by == "state" else columns["portfolio_stage"].fillna(columns["label"])
    place = pd.Index(table["stage"]).get_indexer(pd.Index(name))
    return np.asarray(place, dtype=np.int64)[log.board.column][log.state]


def _stage_samples(log: FlowLog, items: pd.DataFrame, window: Window, by: By) -> tuple[Ints, Ints, Floats]:
    """Stage, item and days of each item's whole time in a stage that it left for good in the window."""
    log = log.seen_from(window)
    table = _stage_table(log, by)
    stage = _stage_of_visit(log, table, by)
    mine = log.among(items)
    chosen = np.flatnonzero((stage >= 0) & mine[log.item] & np.isin(log.state_class, (ACTIVE, WAIT)))
    size = max(log.items, 1)
    key = stage[chosen] * size + log.item[chosen]
    days = np.bincount(
        key,
        weights=log.calendar.days(log.start[chosen], np.minimum(log.end[chosen], log.now)),
        minlength=len(table) * size,
    )
    left = np.zeros(len(table) * size, dtype=np.int64)
    left[key] = log.end[chosen]  # visits stand in order: the last leaving is kept
    counted = np.flatnonzero((left >= max(micro(window.start), 1)) & (left <= micro(window.end)))
    stage_of, who = np.asarray(counted // size, dtype=np.int64), np.asarray(counted % size, dtype=np.int64)
    return stage_of, who, np.asarray(days[counted], dtype=np.float64)


def _entry(log: FlowLog) -> tuple[Ints, Flags]:
    """When each item came to its first portfolio stage, else its creation; and whether a stage was known."""
    entry = micros(log.told("created_at"))
    stage = np.flatnonzero(log.board.rows["portfolio_stage"].notna().to_numpy()[log.state])[::-1]
    staged = np.zeros(log.items, dtype=bool)
    entry[log.item[stage]], staged[log.item[stage]] = (
        log.start[stage],
        True,
    )  # in reverse: the first visit is written last
    return entry, staged
