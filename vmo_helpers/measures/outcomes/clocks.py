"""Three clocks of done, and usage that drops."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.measures.flow.arrays import NEVER, instants, micros
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.measures.outcomes.inside import BEHAVIOUR, CLASSES, Inside
from vmo_helpers.measures.outcomes.plan import DAY, Bools, Floats, Ints
from vmo_helpers.measures.outcomes.season import seasonal_part
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.vocabulary import Direction, MetricKind
from vmo_helpers.vocabulary import Inside as Word

REACHED, WORDS = "reached", ("missed", "behind", "on plan", "not yet due", "not measured")
FEWEST_FOR_A_BAND = 8
BAND_LENGTH = 24  # observations that the band looks back on
BAND_WIDTH = 2.0  # standard deviations


def three_clocks(
    inside: Inside, log: FlowLog, tested: pd.DataFrame, *, adoption_hold_observations: int
) -> pd.DataFrame:
    """One row an item of the review level: delivered, adopted, realised.

    ``tested`` as ``outcomes.tests`` returns it. A target that equals the baseline measures nothing. Where
    several tests speak of an item, the worst known word is its own. Index: its row in ``work_items``.

    Columns
        item_id, title: key and title of the item
        deployed_at: delivered_at, else the finish
        adopted_at: the first observation since then with which a behaviour metric of it stands at target and
            stays there for so many observations
        realised_at: likewise, an outcome metric
        adoption_days, realisation_days (days): elapsed, from deployment
        adoption_known, realisation_known: such a metric with a target was read since deployment; where none
            was, that nothing came says nothing
        adoption, realisation: reached; else missed (behind, and due is past), behind, on plan, not yet due or
            not measured
    """
    delivered = micros(log.work["delivered_at"])
    deployed = np.where(delivered < NEVER, delivered, log.lives.finished)
    test, at, value = inside.everything(seasonal=True)
    frame = inside.frame
    up = np.where(frame["direction"].eq(Direction.DECREASE), -1.0, 1.0)
    target = frame["target"].to_numpy(dtype=np.float64)
    reached = (value - target[test]) * up[test] >= 0
    after = at >= deployed[inside.item[test]]
    telling = after & (frame["target"].notna() & frame["target"].ne(frame["baseline"])).to_numpy()[test]
    held = reached & telling
    longest = int(np.bincount(test).max()) if len(test) else 0
    hold = min(adoption_hold_observations, longest + 1)  # no series is longer, so none is held for so long
    for ahead in range(1, hold):
        same = np.r_[test[ahead:] == test[:-ahead], np.zeros(min(ahead, len(test)), dtype=bool)]
        held &= same & np.r_[reached[ahead:], np.zeros(min(ahead, len(test)), dtype=bool)]
    behaviour = inside.outcome_class == BEHAVIOUR
    adopted, realised = (
        _earliest(inside.item, test, at, held & kind[test], len(log.work)) for kind in (behaviour, ~behaviour)
    )
    use, outcome = (
        np.bincount(inside.item[test[telling & kind[test]]], minlength=len(log.work)) > 0
        for kind in (behaviour, ~behaviour)
    )
    return pd.DataFrame(
        {
            "item_id": log.work["item_id"],
            "title": log.work["title"],
            "deployed_at": instants(deployed),
            "adopted_at": instants(adopted),
            "realised_at": instants(realised),
            "adoption_days": _days(deployed, adopted),
            "realisation_days": _days(deployed, realised),
            "adoption_known": use,
            "realisation_known": outcome,
            "adoption": _words(log, tested, adopted, behaviour=True),
            "realisation": _words(log, tested, realised, behaviour=False),
        },
        index=log.work.index,
    )


def _words(log: FlowLog, tested: pd.DataFrame, reached: Ints, *, behaviour: bool) -> pd.Series:
    """What is known of each item where it is not reached, the worst of its tests first."""
    mine = tested[tested["outcome_class"].eq(CLASSES[BEHAVIOUR]) == behaviour]
    red, past = mine["inside"].eq(Word.RED), mine["days_to_due"].lt(0)
    place = np.select(
        [red & past, red, mine["inside"].eq(Word.GREEN), mine["inside"].eq(Word.NOT_YET_DUE)], [0, 1, 2, 3], 4
    )
    worst = pd.Series(place, index=mine["item_id"]).groupby(level=0).min()
    found = log.work["item_id"].map(worst).fillna(len(WORDS) - 1).astype("int64")
    words = pd.Series(np.array(WORDS)[found], index=log.work.index, dtype="str")
    return words.mask(pd.Series(reached < NEVER, index=log.work.index), REACHED)


def usage_drops(portfolio: Portfolio, inside: Inside, *, usage_drop_observations: int) -> pd.DataFrame:
    """One row a behaviour metric with observations, those that dropped first.

    Index: its row in ``metrics``. The band is the mean ± 2 standard deviations of up to 24 observations ahead
    of the latest ``usage_drop_observations``. It is without the season where a full one is known. Dropped:
    each of those latest lies below it (above, where less is better).

    Columns
        metric_id, metric, unit: the metric
        item_id: whose it is
        level, low (metric's unit): the band's middle, and its end
        last_value (metric's unit): the newest
        last_at: its instant
        dropped: True or False; missing under 8 observations for a band
        since: the first of the readings beyond it
    """
    observations, metrics = usage_drop_observations, portfolio.metrics
    kind = metrics["kind"].eq(MetricKind.BEHAVIOUR).to_numpy()
    owner, place = inside.series.taken(np.where(kind, np.arange(len(metrics)), -1))
    at, value = inside.series.at[place], inside.series.value[place].copy()
    size = np.bincount(owner, minlength=len(metrics))
    fromlast = np.repeat(np.cumsum(size), size) - np.arange(len(owner)) - 1
    latest = fromlast < observations
    turn = np.full(len(metrics), NEVER)
    np.minimum.at(turn, owner[latest], at[latest])
    part, _ = seasonal_part(owner, at, value, turn, metrics["season_days"].to_numpy(dtype=np.float64) * DAY)
    value = value - part
    sign = np.where(metrics["direction"].eq(Direction.DECREASE), -1.0, 1.0)
    band = ~latest & (fromlast < observations + BAND_LENGTH)
    n = np.bincount(owner[band], minlength=len(metrics))
    level = np.bincount(owner[band], value[band], len(metrics)) / np.maximum(n, 1)
    spread = np.sqrt(
        np.bincount(owner[band], (value[band] - level[owner[band]]) ** 2, len(metrics)) / np.maximum(n - 1, 1)
    )
    edge = level - sign * BAND_WIDTH * spread
    beyond = (value - edge[owner]) * sign[owner] < 0
    dropped = np.bincount(owner[latest & beyond], minlength=len(metrics)) == observations
    known = (n >= FEWEST_FOR_A_BAND) & (size >= observations)
    last = np.full(len(metrics), -1)
    last[owner] = np.arange(len(owner))
    seen = size > 0
    frame = pd.DataFrame(
        {
            "metric_id": metrics["metric_id"],
            "metric": metrics["name"],
            "unit": metrics["unit"],
            "item_id": _items_of(portfolio),
            "level": np.where(known, level, np.nan),
            "low": np.where(known, edge, np.nan),
            "last_value": np.append(inside.series.value[place], np.nan)[last],
            "last_at": instants(np.append(at, NEVER)[last]),
            "dropped": pd.arrays.BooleanArray(dropped, ~known),
            "since": instants(np.where(known & dropped, turn, NEVER)),
        },
        index=metrics.index,
    )
    frame = frame[kind & seen]
    fell = frame["dropped"].fillna(False).to_numpy(dtype=bool)
    return frame.iloc[np.argsort(~fell, kind="stable")]


def _items_of(portfolio: Portfolio) -> pd.Series:
    """The item that each metric is reported on; else that of the first benefit that uses it."""
    first = (
        portfolio.benefits.dropna(subset=["metric_id"])
        .drop_duplicates("metric_id")
        .set_index("metric_id")["item_id"]
    )
    return portfolio.metrics["item_id"].fillna(portfolio.metrics["metric_id"].map(first).astype("str"))


def _earliest(item: Ints, test: Ints, at: Ints, wanted: Bools, size: int) -> Ints:
    first = np.full(size, NEVER)
    np.minimum.at(first, item[test[wanted]], at[wanted])
    return first


def _days(start: Ints, end: Ints) -> Floats:
    known = (start < NEVER) & (end < NEVER)
    return np.where(known, (np.where(known, end, 0) - np.where(known, start, 0)) / DAY, np.nan)
