"""Time by stage: what each one takes, whether a gain there reaches customers, how old work leaves it."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from vmo_helpers.measures.flow.arrays import Floats, Ints, micro
from vmo_helpers.measures.flow.items import items as item_table
from vmo_helpers.measures.flow.items import lead_time_to_value
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.measures.flow.quantiles import SMALL_N, TAIL, SmallN, by_group, change
from vmo_helpers.measures.flow.record import Kind, no_comparison, record
from vmo_helpers.portfolio.board import ACTIVE, WAIT
from vmo_helpers.window import Window

By = Literal["state", "portfolio_stage"]
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
    table = stage_table(log, by)
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
    table = stage_table(log, by)
    samples = [
        _stage_samples(part, chosen, span, by)
        for part, chosen, span in ((then, earlier, before), (log, items, window))
    ]
    (stage_then, _, days_then), (stage_now, _, days_now) = samples
    recorded = record(log, items, window)
    of_stages, of_leads = (no_comparison(recorded, kind) for kind in (Kind.CYCLE_TIME, Kind.LEAD_TIME))
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


def stage_table(log: FlowLog, by: By, *, everything: bool = False) -> pd.DataFrame:
    """The stages in board order: stage, position, state_class (of its first state).

    With ``everything`` also those where nothing is done or waits.
    """
    columns = log.board.columns
    name = columns["label"] if by == "state" else columns["portfolio_stage"].fillna(columns["label"])
    frame = columns[["position", "state_class", "code"]].assign(stage=name)
    if not everything:
        frame = frame[frame["code"].isin([ACTIVE, WAIT])]
    return frame.drop_duplicates("stage").reset_index(drop=True)[["stage", "position", "state_class"]]


def stage_of_visit(log: FlowLog, table: pd.DataFrame, by: By) -> Ints:
    """The place of each visit's stage in the table, −1 where it is not there."""
    columns = log.board.columns
    name = columns["label"] if by == "state" else columns["portfolio_stage"].fillna(columns["label"])
    place = pd.Index(table["stage"]).get_indexer(pd.Index(name))
    return np.asarray(place, dtype=np.int64)[log.board.column][log.state]


def _stage_samples(log: FlowLog, items: pd.DataFrame, window: Window, by: By) -> tuple[Ints, Ints, Floats]:
    """Stage, item and days of each item's whole time in a stage that it left for good in the window."""
    log = log.seen_from(window)
    table = stage_table(log, by)
    stage = stage_of_visit(log, table, by)
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
