"""The order in which waiting work costs least, over uncertain lengths and values, beside the usual rules."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from vmo_helpers.forecasts import sequence
from vmo_helpers.forecasts.bounds import bound
from vmo_helpers.forecasts.sequence import Floats, Ints, Plan, Work
from vmo_helpers.forecasts.waiting import to_order
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.window import Window

SCENARIOS, SEED = 10_000, 1
TIE = (0.35, 0.65)
WSJF = ("user_value", "time_criticality", "risk_reduction")
OURS, FIRST_COME, VALUE_FIRST, CD3, BY_WSJF = (
    "this order",
    "first come",
    "value first",
    "cost of delay ÷ length",
    "WSJF",
)

_LENGTH_CV, _VALUE_CV, _COMMON = 0.5, 0.6, 0.15
_TENTH_TO_NINETIETH = 2.563


@dataclass(frozen=True)
class Order:
    """Waiting work in its best order. ``items``: one row an item, in the order in which they were created.

    ``plans``: by rule, ours first; ``costs``: of each in every scenario; ``near``: of other orders that are
    nearly as cheap. ``least``: no order costs less, at likely lengths and values. ``left_out``: what cannot
    be put in order, and why. ``today``: as-of. ``unshifted``: the best order at the costs of delay before the
    market shifted any of them, None where it did not. ``shifts``: how many are on record.
    """

    items: pd.DataFrame
    work: Work | None
    plans: dict[str, Plan]
    costs: dict[str, Floats]
    near: tuple[Floats, ...]
    least: float
    left_out: pd.DataFrame
    today: pd.Timestamp
    unshifted: Plan | None = None
    shifts: int = 0

    @property
    def best(self) -> Plan:
        return self.plans[OURS]

    @property
    def probability_best(self) -> float:
        """The share of scenarios in which no other plan, of a rule or near, is cheaper."""
        others = [*self.near, *(cost for rule, cost in self.costs.items() if rule != OURS)]
        return float(np.mean(self.costs[OURS] <= np.min(others, axis=0) + 1e-9)) if others else 1.0

    def beats(self, rule: str) -> float:
        """How probably ours is cheaper than the order of a rule; the same cost counts half."""
        ours, other = self.costs[OURS], self.costs[rule]
        return float(np.mean(ours < other) + np.mean(ours == other) / 2)


def best_order(portfolio: Portfolio, items: pd.DataFrame, window: Window) -> Order:
    """The cheapest order of what waits, as ``flow.items`` knows it at the window's end.

    Put in order is what stands in backlog or ready with a cost of delay and a likely length; what is in
    progress holds its place of its stream for the rest of its length, a week at least. A stream has as many
    places as its ``wip_limit``, one without. Plans that are nearly the cheapest are ranked by expected cost
    over 10,000 seeded scenarios of lengths and values. Costs of delay are as the market has shifted them.
    """
    waits, left_out, work = to_order(portfolio, items, window)
    shifts = len(portfolio.shifts)
    if not len(waits):
        return Order(waits, None, {}, {}, (), 0.0, left_out, window.end, shifts=shifts)
    weeks, value = scenarios(work, waits)
    priced = _priced(work, weeks, value)
    plans = {
        OURS: priced[0][1],
        FIRST_COME: sequence.first_come(work),
        VALUE_FIRST: sequence.value_first(work),
        CD3: sequence.cd3(work),
    }
    scores = _wsjf(portfolio, waits)
    if scores is not None:
        plans[BY_WSJF] = sequence.by_priority(work, scores / work.weeks)
    costs = {name: costs_of(work, plan, weeks, value) for name, plan in plans.items()}
    near = tuple(cost for cost, _ in priced[1:])
    before = _unshifted(work, waits["shift_factor"].to_numpy(dtype=np.float64), weeks, value)
    return Order(waits, work, plans, costs, near, bound(work), left_out, window.end, before, shifts)


def _priced(work: Work, weeks: Floats, value: Floats) -> list[tuple[Floats, Plan]]:
    """The plans that the search leaves with their costs in every scenario, the least mean first."""
    found = [(costs_of(work, plan, weeks, value), plan) for plan in sequence.search(work, seed=SEED)]
    best = int(np.argmin([cost.mean() for cost, _ in found]))
    return [found[best], *found[:best], *found[best + 1 :]]


def _unshifted(work: Work, factor: Floats, weeks: Floats, value: Floats) -> Plan | None:
    """The best plan had the market shifted nothing, over the same scenarios; None where it did not."""
    if (factor == 1).all():
        return None
    return _priced(replace(work, per_week=work.per_week / factor), weeks, value / factor)[0][1]


def order_table(order: Order) -> pd.DataFrame:
    """One row an item, first to start first.

    Columns
        place: 1, 2, …
        item_id, title: key and title of the item
        value_stream: name of its stream
        starts, done: the days by likely lengths
        start_weeks, done_weeks (weeks): the same, from as-of
        weeks (weeks): its likely length
        urgency, needed_by: as in ``work_items``
        cost_of_delay_per_week (portfolio's currency): as in ``work_items``, times ``shift_factor``
        shift_factor (number): what the market multiplied it by, 1 where it did not
        unshifted_place: its place in the best order had the market shifted nothing
        wait_cost (portfolio's currency): until it is done, at likely lengths and values
        first_come_place, cd3_place: its place by these rules
    """
    found = order.items.assign(place=0, start_weeks=np.nan, done_weeks=np.nan, wait_cost=np.nan)
    found = found.assign(first_come_place=0, cd3_place=0, unshifted_place=0)
    if order.work is not None:
        place = {rule: _places(order.plans[rule], order.work) for rule in (OURS, FIRST_COME, CD3)}
        plan, who = order.best, np.arange(len(found))
        found["place"], found["start_weeks"], found["done_weeks"] = place[OURS], plan.start, plan.done
        before = order.best if order.unshifted is None else order.unshifted
        found["unshifted_place"] = _places(before, order.work)
        found["first_come_place"], found["cd3_place"] = place[FIRST_COME], place[CD3]
        found["wait_cost"] = [
            float(order.work.cost(plan.done[one : one + 1], who[one : one + 1])) for one in who
        ]
    today = order.today.tz_convert(None).normalize()
    for name, weeks in (("starts", found["start_weeks"]), ("done", found["done_weeks"])):
        found[name] = (today + pd.to_timedelta(np.floor(weeks * 7), unit="D")).astype("datetime64[us]")
    kept = [
        "place",
        "item_id",
        "title",
        "value_stream",
        "starts",
        "done",
        "start_weeks",
        "done_weeks",
        "weeks",
    ]
    kept += ["urgency", "needed_by", "cost_of_delay_per_week", "shift_factor", "unshifted_place", "wait_cost"]
    kept += ["first_come_place", "cd3_place"]
    return found.sort_values("place", kind="stable")[kept]


def rules_table(order: Order) -> pd.DataFrame:
    """One row a rule, ours first: what its order is expected to cost.

    Columns
        rule: this order, first come, value first, cost of delay ÷ length (CD3), WSJF
        expected_cost (portfolio's currency): mean over the scenarios
        likely_cost (portfolio's currency): at likely lengths and values
        regret_cost (portfolio's currency): expected, over the cheapest of all in each scenario
        beaten_chance (share 0–1): how probably this order is cheaper; missing in its own row
        tie: in 35 to 65 % of the scenarios one is cheaper, in the others the other
    """
    least = np.min([*order.costs.values(), *order.near], axis=0) if order.costs else np.zeros(0)
    rows = []
    for rule, cost in order.costs.items():
        beats = np.nan if rule == OURS else order.beats(rule)
        rows.append(
            {
                "rule": rule,
                "expected_cost": float(cost.mean()),
                "likely_cost": order.plans[rule].cost,
                "regret_cost": float((cost - least).mean()),
                "beaten_chance": beats,
                "tie": bool(TIE[0] <= beats <= TIE[1]),
            }
        )
    columns = ["rule", "expected_cost", "likely_cost", "regret_cost", "beaten_chance", "tie"]
    return pd.DataFrame(rows, columns=columns).astype({"rule": "str", "tie": "bool"})


def _places(plan: Plan, work: Work) -> Ints:
    """The place of each item by its start. What starts at once stands by cost of delay ÷ length: which of
    them a search names first means nothing."""
    order = np.lexsort((np.arange(len(work)), -work.per_week / work.weeks, np.round(plan.start, 6)))
    place = np.empty(len(work), dtype=np.int64)
    place[order] = np.arange(1, len(work) + 1)
    return place


def scenarios(work: Work, waits: pd.DataFrame) -> tuple[Floats, Floats]:
    """Lengths and costs of delay (scenarios × items): lognormal about the likely, with a factor of the
    whole."""
    rng = np.random.default_rng(SEED)
    low, high = (waits[name].to_numpy(dtype=np.float64) for name in ("weeks_low", "weeks_high"))
    told = (low > 0) & (high >= low)
    ratio = np.divide(high, low, out=np.ones(len(low)), where=told)
    spread = np.where(told, np.log(ratio) / _TENTH_TO_NINETIETH, np.sqrt(np.log1p(_LENGTH_CV**2)))
    shape = (SCENARIOS, len(work))
    common = rng.normal(0, _COMMON, (SCENARIOS, 1))
    weeks = work.weeks * np.exp(spread * rng.standard_normal(shape) + common)
    wide = np.sqrt(np.log1p(_VALUE_CV**2))
    value = work.per_week * np.exp(wide * rng.standard_normal(shape) - wide**2 / 2)
    return weeks, value


def costs_of(work: Work, plan: Plan, weeks: Floats, value: Floats) -> Floats:
    """What a plan costs in each scenario."""
    shape = weeks.shape
    order, stream = np.broadcast_to(plan.order, shape), np.broadcast_to(plan.stream, shape)
    return work.cost(sequence.planned(work, order, stream, weeks)[1], per_week=value)


def cost_by_item(work: Work, plan: Plan, weeks: Floats, value: Floats) -> Floats:
    """What waiting for each item costs (scenarios × items); ``costs_of`` is their sum."""
    shape = weeks.shape
    order, stream = np.broadcast_to(plan.order, shape), np.broadcast_to(plan.stream, shape)
    done, who = sequence.planned(work, order, stream, weeks)[1], np.arange(len(work))
    each = [work.cost(done[:, n : n + 1], who[n : n + 1], per_week=value[:, n : n + 1]) for n in who]
    return np.column_stack(each)


def _wsjf(portfolio: Portfolio, waits: pd.DataFrame) -> Floats | None:
    """The sum of the three scores of each item; None where any lacks one."""
    scores = portfolio.criteria_scores
    wide = scores[scores["criterion"].isin(WSJF)].pivot_table(
        index="item_id", columns="criterion", values="score"
    )
    found = wide.reindex(index=waits["item_id"], columns=list(WSJF))
    return None if found.isna().to_numpy().any() else found.sum(axis=1).to_numpy(dtype=np.float64)
