"""The inside of an item: each benefit with its metric is one test of what customers and the business show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from vmo_helpers.lookup import places
from vmo_helpers.measures.flow.arrays import NEVER, instants, micros, texts
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.measures.outcomes.attainment import Exposed, Observed, attainment
from vmo_helpers.measures.outcomes.counts import Counts
from vmo_helpers.measures.outcomes.goalposts import DECIDED_WITHIN_DAYS, PLANNED, Goalposts, goalposts
from vmo_helpers.measures.outcomes.lacking import ELEMENTS, bits_of, names_of
from vmo_helpers.measures.outcomes.plan import DAY, Bools, Floats, Ints, Plans, planned_share
from vmo_helpers.measures.outcomes.season import seasonal_part
from vmo_helpers.measures.outcomes.series import Series, series
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.calendar import day_starts
from vmo_helpers.vocabulary import DeltaType, Direction, MetricKind, ValueType

CLASSES = ("customer", "behaviour", "business")
CUSTOMER, BEHAVIOUR, BUSINESS = range(3)
STARTS = ("delivery", "finish", "planned end")


@dataclass(frozen=True)
class Inside:
    """All tests of a portfolio, computed once and read by all that judges outcomes. Build it by ``read``.

    ``frame``: one row a benefit of the review level whose metric is not an output or activity. Index: its row
    in ``benefits``. Its columns are those of ``tests`` from benefit_id to missing.

    ``item`` is the place of each test's item in ``work``; ``outcome_class`` its place in ``CLASSES``.
    ``rows`` are the rows of ``observations`` behind ``observed``, ``values`` what stands there.
    ``line`` is the attainment that is tested. ``today``: the same tests by today's plan, where any was moved.
    """

    work: pd.DataFrame
    frame: pd.DataFrame
    item: Ints
    metric: Ints  # place in ``portfolio.metrics``, −1 without one
    season: Floats  # µs
    outcome_class: Ints
    lacks: Ints  # bits of ``ELEMENTS``
    assessable: Bools
    plans: Plans
    observed: Observed
    exposed: Exposed
    counts: Counts
    assumed: Bools  # the plan is a ramp that nobody stated
    rows: Ints
    values: Floats
    series: Series
    line: float
    today: Inside | None = None

    @property
    def tests(self) -> int:
        return len(self.frame)

    @cached_property
    def firm(self) -> Exposed:
        """The tests without readings that rest on an assumed ramp."""
        return attainment(self.observed, self.tests, self.line, counts=self.counts, assumed=self.assumed)

    @cached_property
    def year(self) -> Exposed:
        """The tests by the readings of the latest year, for what the present alone leaves open."""
        return attainment(self.observed, self.tests, self.line, counts=self.counts, year=True)

    def everything(self, *, seasonal: bool = False) -> tuple[Ints, Ints, Floats]:
        """All observations of every test with a metric, assessable or not: test, instant, value.

        The value is without the season unless asked for.
        """
        test, place = self.series.taken(self.metric)
        at, value = self.series.at[place], self.series.value[place]
        if seasonal:
            return test, at, value
        start = micros(self.frame["start_at"])
        part, _ = seasonal_part(test, at, value, start, self.season)
        return test, at, value - part


def read(
    portfolio: Portfolio,
    log: FlowLog,
    *,
    attainment_line: float,
    decided_within_days: float = DECIDED_WITHIN_DAYS,
) -> Inside:
    """The tests of the portfolio as of its as-of.

    Under ``attainment_line`` a test may be red (0.80). A metric's kind behaviour makes a test of behaviour,
    else value_type customer one of customers, else it is one of the business. Metrics of kind output and
    activity never count.

    Baseline, target, due and lag are those of the first plan (``goalposts``), unless a decision on the item
    was taken within ``decided_within_days`` of the change.

    A test can lack its metric, baseline, target, due date, lag or start. Its target can equal the baseline or
    go against the metric's direction. Then it is not assessable, and ``missing`` names what it lacks. Start =
    delivered_at, else the finish, else planned_end (end of that day).
    """
    posts = goalposts(portfolio, within_days=decided_within_days)
    found = _read(portfolio, log, posts, posts.plan, attainment_line)
    if (posts.moved_at == NEVER).all():
        return found
    return replace(
        found, today=_read(portfolio, log, posts, portfolio.benefits[list(PLANNED)], attainment_line)
    )


def _read(portfolio: Portfolio, log: FlowLog, posts: Goalposts, plan: pd.DataFrame, line: float) -> Inside:
    frame, item = _benefits(portfolio, log, posts, plan)
    kind = np.select(
        [frame["kind"].eq(MetricKind.BEHAVIOUR), frame["value_type"].eq(ValueType.CUSTOMER)],
        [BEHAVIOUR, CUSTOMER],
        BUSINESS,
    )
    start, start_from = starts(log, item, portfolio.settings.timezone)
    lag = frame["lag_days"].to_numpy(dtype=np.float64)
    due = day_ends(frame["due"], portfolio.settings.timezone)
    baseline, target = (
        frame["baseline"].to_numpy(dtype=np.float64),
        frame["target"].to_numpy(dtype=np.float64),
    )
    metric = places(frame["metric_id"], portfolio.metrics["metric_id"])
    change = target - baseline
    against = (frame["direction"].eq(Direction.INCREASE) & (change < 0)) | (
        frame["direction"].eq(Direction.DECREASE) & (change > 0)
    )
    lacks = [
        metric < 0,
        np.isnan(baseline),
        np.isnan(target),
        due == NEVER,
        np.isnan(lag),
        change == 0,
        against.to_numpy(),
        start == NEVER,
    ]
    bits = bits_of(lacks)
    assessable = bits == 0
    # placeholders keep the arrays whole; a test that is not assessable is never read
    begin = np.where(assessable, start, 0)
    effect = begin + np.where(assessable, lag * DAY, 0).astype(np.int64)
    plans = plans_of(
        portfolio, frame, effect, np.where(assessable, due, 0), baseline, np.where(assessable, change, 1.0)
    )
    all_series = series(portfolio)
    season = frame["season_days"].to_numpy(dtype=np.float64) * DAY
    test, place = all_series.taken(np.where(assessable, metric, -1))
    at, value = all_series.at[place], all_series.value[place]
    part, seasonal = seasonal_part(test, at, value, begin, np.where(assessable, season, np.nan))
    progress = (value - part - baseline[test]) / change[test]
    observed = Observed(test, at, progress, planned_share(plans, test, at))
    kept: dict[str, Any] = {
        name: frame[name] for name in frame.columns if name not in ("kind", "value_type", "season_days")
    }
    frame = pd.DataFrame(
        {
            **kept,
            "outcome_class": texts(kind, list(CLASSES)),
            "start_at": instants(start),
            "start_from": texts(np.where(start == NEVER, -1, start_from), list(STARTS)),
            "effect_at": instants(np.where(assessable, effect, NEVER)),
            "stepped": assessable & plans.stepped & ~plans.phased,
            "phased": plans.phased,
            "seasonal": seasonal,
            "missing": names_of(bits, ELEMENTS),
        },
        index=frame.index,
    )
    counts = Counts.of(test, value, baseline, target, assessable & ~seasonal)
    exposed = attainment(observed, len(frame), line, counts=counts)
    assumed = ~plans.stepped & ~plans.phased
    return Inside(
        log.work,
        frame,
        item,
        metric,
        season,
        kind,
        bits,
        assessable,
        plans,
        observed,
        exposed,
        counts,
        assumed,
        all_series.row[place],
        value,
        all_series,
        line,
    )


def day_ends(days: pd.Series, timezone: str) -> Ints:
    """The last microsecond of each day in a zone; ``NEVER`` where the day is missing."""
    known = days.notna().to_numpy()
    number = days.to_numpy().astype("datetime64[D]").astype(np.int64)
    ends = np.full(len(days), NEVER)
    if known.any():
        first, last = int(number[known].min()), int(number[known].max())
        ends[known] = day_starts(first, last, timezone)[number[known] - first + 1] - 1
    return ends


def _benefits(
    portfolio: Portfolio, log: FlowLog, posts: Goalposts, plan: pd.DataFrame
) -> tuple[pd.DataFrame, Ints]:
    table = portfolio.benefits.assign(**{name: plan[name] for name in plan.columns})
    item = places(table["item_id"], log.work["item_id"])
    metrics = portfolio.metrics
    place = places(table["metric_id"], metrics["metric_id"])
    known = place >= 0

    def of_metric(name: str) -> Any:
        return metrics[name].array.take(place, allow_fill=True)

    frame = pd.DataFrame(
        {
            **{name: table[name] for name in ("benefit_id", "item_id", "metric_id")},
            **{column: of_metric(column) for column in ("unit", "direction", "kind")},
            "metric": of_metric("name"),
            "season_days": np.where(
                known, np.append(metrics["season_days"].to_numpy(dtype=np.float64), np.nan)[place], np.nan
            ),
            "baseline": table["baseline"],
            "target": levels(table),
            **{name: table[name] for name in ("due", "lag_days", "planned_value", "owner", "value_type")},
            "moved_at": instants(posts.moved_at),
            "replanned_at": instants(posts.replanned_at),
        },
        index=table.index,
    )
    counts = (item >= 0) & ~frame["kind"].isin([MetricKind.OUTPUT, MetricKind.ACTIVITY]).to_numpy()
    return frame[counts], item[counts]


def levels(benefits: pd.DataFrame) -> pd.Series:
    """The target as a level: points are added to the baseline, a relative change multiplies it."""
    target, baseline, delta = benefits["target"], benefits["baseline"], benefits["delta_type"]
    if not delta.isin([DeltaType.POINTS, DeltaType.RELATIVE]).any():
        return target
    level = target.where(delta.ne(DeltaType.POINTS), baseline + target)
    return level.where(delta.ne(DeltaType.RELATIVE), baseline * (1 + target))


def starts(log: FlowLog, item: Ints, timezone: str) -> tuple[Ints, Ints]:
    """When each test's item was delivered, else finished, else is planned to end; and which of the three."""
    candidates = np.stack(
        [micros(log.work["delivered_at"]), log.lives.finished, day_ends(log.work["planned_end"], timezone)]
    )
    which = np.argmax(candidates < NEVER, axis=0)
    return candidates[which, np.arange(candidates.shape[1])][item], which[item]


def plans_of(
    portfolio: Portfolio, frame: pd.DataFrame, effect: Ints, due: Ints, baseline: Floats, change: Floats
) -> Plans:
    """The plan of each benefit of ``frame`` between two instants; phased targets where its baseline is known.

    ``moved_at``: since when its plan is another than the one that it is measured by; missing for today's.
    """
    targets = portfolio.targets
    test = places(targets["goal_id"], frame["benefit_id"])
    at, level = micros(targets["at"]), targets["value"].to_numpy(dtype=np.float64)
    kept = np.flatnonzero((test >= 0) & (at < NEVER) & np.isfinite(level))
    kept = kept[np.isfinite(baseline[test[kept]])]
    kept = kept[np.lexsort((at[kept], test[kept]))]
    test, at, level = test[kept], at[kept], level[kept]
    first = np.r_[0, np.cumsum(np.bincount(test, minlength=len(frame)))].astype(np.int64)
    share = (level - baseline[test]) / change[test]
    today = portfolio.benefits.loc[frame.index]
    start = today["baseline"].to_numpy(dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        shape = (level - start[test]) / (levels(today).to_numpy(dtype=np.float64) - start)[test]
    # phased targets have no versions: those that follow a target that was moved lead, in shape, to the first
    last = np.append(first[1:], 0)[test] - 1
    follow = np.abs(shape[last] - 1) < np.abs(share[last] - 1)
    moved = frame["moved_at"].notna().to_numpy()[test]
    at = np.where(moved, np.minimum(at, due[test]), at)
    return Plans(effect, due, first, at, np.where(moved & follow, shape, share))
