"""The order of the sample's waiting work with and without its shifts: every order of each stream is tried,
from the raw files, with nothing of vmo_helpers."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
from independent_sample import AS_OF, DAY, ZONE, Sample

WEEK = 7 * DAY


def moved(sample: Sample) -> list[str]:
    """What stands three places or more away from where it stood without the shifts."""
    work = _work(sample)
    waits = work[work["waits"] & work["weeks_likely"].gt(0) & work["cost_of_delay_per_week"].gt(0)].copy()
    factor = pd.Series(1.0, index=waits.index)
    for shift in sample.table("shifts").itertuples():
        column = {"item": waits.index.to_series(), "stream": waits["value_stream_id"]}[shift.subject_type]
        factor = factor.where(column.ne(shift.subject_id), factor * shift.factor)
    now, before = (_places(sample, work, waits, by) for by in (factor, factor * 0 + 1))
    return waits.index[(now - before).abs().ge(3)].tolist()


def grown(sample: Sample) -> list[str]:
    """What is in progress and has a fifth more features than the three or more that it began with."""
    features = sample.table("work_items").query("level == 'feature'")
    created = pd.to_datetime(features["created_at"], utc=True, format="ISO8601")
    going = sample.items[sample.items["wip"]]
    later = created.gt(features["parent_id"].map(going["started"]))
    counts = later.groupby(features["parent_id"]).agg(["sum", "size"]).reindex(going.index).fillna(0)
    first = counts["size"] - counts["sum"]
    return going.index[first.ge(3) & counts["sum"].ge(0.2 * first) & counts["sum"].gt(0)].tolist()


def _work(sample: Sample) -> pd.DataFrame:
    states = sample.table("states").drop_duplicates("state").set_index("state")
    work = sample.items.copy()
    ready = work["state"].map(states["portfolio_stage"]).eq("ready") & work["wip"]
    work["waits"] = (work["state_class"].eq("backlog") & work["started"].isna()) | ready
    going = work["wip"] & ~ready
    likely = work["weeks_likely"].fillna(work.loc[going, "weeks_likely"].median())
    work["holds"] = (likely - (AS_OF - work["started"]) / WEEK).clip(lower=1).where(going)
    return work


def _places(sample: Sample, work: pd.DataFrame, waits: pd.DataFrame, factor: pd.Series) -> pd.Series:
    streams = sample.table("value_streams").set_index("value_stream_id")["wip_limit"]
    needs = sample.table("dependencies").set_index("item_id")["needs_item_id"]
    starts: dict[str, float] = {}
    for stream, mine in waits.groupby("value_stream_id"):
        held = sorted(work.loc[work["value_stream_id"].eq(stream), "holds"].dropna())
        places = int(streams[stream])
        free = ([0.0] * places + held)[-places:]
        ready = needs.reindex(mine.index).map(work["holds"]).fillna(0.0)
        tried = [_tried(mine, order, free, ready, factor) for order in permutations(mine.index)]
        starts |= min(tried, key=lambda one: one[0])[1]
    ratio = waits["cost_of_delay_per_week"] / waits["weeks_likely"]
    table = waits.assign(start=pd.Series(starts).round(6), ratio=-ratio)
    ordered = table.sort_values(["start", "ratio"]).index
    return pd.Series(np.arange(len(ordered)), index=ordered).reindex(waits.index)


def _tried(
    mine: pd.DataFrame, order: tuple[str, ...], free: list[float], ready: pd.Series, factor: pd.Series
) -> tuple[float, dict[str, float]]:
    """What an order costs, and when each starts."""
    free, cost, starts = sorted(free), 0.0, {}
    for key in order:
        item = mine.loc[key]
        at = max(free[0], ready[key])
        taken = max(place for place in free if place <= at)
        done = at + item["weeks_likely"]
        free = sorted([*(place for n, place in enumerate(free) if n != free.index(taken)), done])
        starts[key] = at
        value = item["cost_of_delay_per_week"] * factor[key]
        if item["urgency"] == "fixed_date":
            due = ((item["needed_by"] + DAY).tz_localize(ZONE).tz_convert("UTC") - AS_OF) / WEEK
            late = np.nan_to_num(item["late_cost"])
            cost += value * max(0.0, done - due) + late * (done > due)
        else:
            cost += value * done
    return cost, starts
