"""Every number that judges, with its reason. A portfolio overrides any of them under ``[thresholds]``; a run
by ``--threshold``."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any


def _because(default: float, reason: str, low: float, high: float, kind: str) -> Any:
    return field(default=default, metadata={"reason": reason, "low": low, "high": high, "kind": kind})


def _share(default: float, reason: str) -> Any:
    """Of a whole, a percentile, or how sure a sign is."""
    return _because(default, reason, 0, 1, "a share")


def _chance(default: float, reason: str) -> Any:
    """A p-value or a rate of false alarms."""
    return _because(default, reason, 0, 1, "a probability")


def _days(default: float, reason: str) -> Any:
    """Up to a century."""
    return _because(default, reason, 0, 36_500, "days")


def _count(default: int, reason: str) -> Any:
    """Of what there must be at least one of."""
    return _because(default, reason, 1, 1_000_000, "a whole number")


def _times(default: float, reason: str) -> Any:
    """As many times as what was agreed, planned or usual: under 1 what keeps to it would be judged."""
    return _because(default, reason, 1, 100, "a multiple")


@dataclass(frozen=True)
class Thresholds:
    """The numbers that findings judge by. ``reason(name)`` tells why each is what it is."""

    smallest_n_percentile: int = _count(5, "under 5 items the median is a single item's story")
    smallest_n_tail: int = _count(
        10, "under 10 items the 85th percentile is the slowest item or the one before it"
    )
    smallest_n_answers: int = _count(
        30, "under 30 answers a score says little of customers who did not answer"
    )
    stalled_percentile: float = _share(
        0.85, "the service level expectation that teams most often publish (Kanban Guide)"
    )
    flow_efficiency_alarm: float = _share(
        0.15, "knowledge work without deliberate flow management is usually measured at 5–15 %"
    )
    wait_queue_share: float = _share(
        0.25, "a queue that holds a quarter of all waiting is worth freeing before any other"
    )
    finished_share_alarm: float = _share(
        0.50, "fewer than one finished for two started: work in progress grows without end"
    )
    okr_alignment_share: float = _share(
        0.80, "the VMO's promise: four of five items in progress serve a top-three goal"
    )

    # reported status against outcomes (docs/measures.md, "Reported status and the watermelon")
    attainment_line: float = _share(
        0.80, "a benefit that reaches four fifths of its plan is usually accepted as reached"
    )
    watermelon_red_p: float = _chance(
        0.05, "one false alarm in twenty tests of a healthy item at most, before items are compared"
    )
    watermelon_watch_p: float = _chance(
        0.20, "worth a look, not a word to the board: one in five such would be chance"
    )
    board_false_discovery_rate: float = _chance(
        0.10, "of ten items shown to a board at most one may be chance; asked twice"
    )
    delivery_late_days: float = _days(
        182, "half a year after the first planned end is late by any plan's own tolerance"
    )
    delivery_cost_share: float = _times(
        1.10, "ten per cent over the first budget is the usual tolerance of a project board"
    )
    shrunk_cost_share: float = _share(
        0.75, "a quarter of the first budget unspent is more than thrift: something was left out"
    )
    shrunk_scope_share: float = _share(
        0.75, "a quarter of the scope not delivered is another item than the one approved"
    )
    stale_rhythms: float = _times(
        2.0, "one report may slip; twice the usual rhythm means that two did not come"
    )
    opinion_value_share: float = _share(
        0.80, "SAFe calls 80–100 % of planned business value achieved a predictable train"
    )
    frozen_days: float = _days(42, "six weeks of work, three sprints, without one look at the goal")
    decided_within_days: float = _days(
        31, "a decision a month before or after a plan was changed is the decision to change it"
    )
    plan_aged_days: float = _days(
        270, "a plan of three quarters ago that nothing has changed since was not looked at"
    )
    suspicion_shrunk: float = _share(
        0.90, "how far an item shrank was the strongest sign of a poor outcome on closed real projects"
    )
    suspicion_contradiction: float = _share(
        0.80, "a sub-rating is the reporter's own word against the overall colour"
    )
    suspicion_weak_measurement: float = _share(
        0.15, "what nobody measures fails a little more often; a hint, no evidence"
    )
    satisfaction_drop_p: float = _chance(
        0.05, "a fall that chance alone would show once in twenty comparisons"
    )
    usage_drop_observations: int = _count(
        3, "one low reading is noise, three in a row below the band are a change"
    )
    adoption_hold_observations: int = _count(2, "one reading at target may be luck; the next one tells")
    project_funding_share: float = _share(
        0.33, "where a third of the money comes by the project, teams are formed and dissolved by it"
    )
    annual_cadence_share: float = _share(
        0.33, "a third of the money fixed once a year means that priorities are, too"
    )
    large_batch_items: float = _count(
        10, "an item of more than ten parts is a programme: it cannot be finished within a quarter"
    )
    approval_wait_share: float = _share(
        0.25, "a quarter of all waiting spent before gates: approval, not work, sets the pace"
    )
    upfront_time_share: float = _share(0.50, "more time before the work starts than in it")
    coverage_share: float = _share(0.80, "four of five, as for alignment: under it a green says little")

    # how work flows: docs/measures.md, "Flow"
    wait_queue_alarm: float = _share(
        0.50, "half of all waiting in one place: whatever else gets better, customers hardly notice"
    )
    wip_over_alarm: float = _times(1.5, "half as much again as agreed is no slip: nobody stops starting")
    wip_growth_share: float = _share(
        0.25, "a quarter more work in progress is a quarter more waiting, by Little's law"
    )
    overdue_days: float = _days(
        548, "a year and a half after its start, work that reached nobody outlived the plan that asked for it"
    )
    rework_moves: int = _count(
        3, "back once or twice is learning; three times, and what comes in is not ready"
    )
    reopened_share: float = _share(0.05, "one in twenty finished items that comes back was not finished")
    hand_offs_many: int = _count(
        10, "ten changes of hands are two rounds through five functions, and each one queues"
    )
    queue_after_done_days: float = _days(
        120, "a third of a year between a team's done and a user: what was learnt comes too late"
    )
    delivery_gap_days: float = _days(183, "under two deliveries a year is a drop, not a stream")
    littles_law_gap: float = _share(
        0.25, "a quarter off: the window is not steady, its averages do not carry over"
    )
    predictability_low: float = _share(
        0.80, "SAFe calls 80–100 % of planned business value achieved predictable"
    )
    decision_days: float = _days(
        31, "a decision that takes longer than the longest month holds work up longer than most queues"
    )

    # OKR alignment (docs/measures.md, "OKR alignment")
    okr_starvation_points: float = _share(
        0.15, "fifteen points less of the money than of the intent is a decision nobody took"
    )
    okr_linked_share: float = _share(
        0.50, "where most of the money is linked to nothing, a goal may get more of it than is on record"
    )
    okr_unaligned_share: float = _share(
        0.20, "what four of five promise leaves: more than a fifth of the money for no goal breaks it"
    )
    okr_effective_goals_share: float = _share(
        0.50, "links that spread over fewer than half of the goals say what is really wanted"
    )
    okr_over_promised: float = _times(
        1.5, "half as much again as there is to win: deltas were added up by nobody"
    )
    okr_key_results_per_item: int = _count(
        3, "an item that claims more than three key results was not chosen for any"
    )
    okr_pulled_points: float = _share(0.25, "a quarter of what a team starts goes elsewhere than intended")
    okr_line_of_sight_share: float = _share(
        0.80, "four of five, as for alignment: the rest cannot say what it is for"
    )

    # value, funding and the move (docs/measures.md, "Value")
    stop_ratio: float = _share(
        0.50, "half of what is still to be spent: no plan error explains that little value ahead"
    )
    benefit_realisation_alarm: float = _share(
        0.80, "four fifths of what was planned by now is usually accepted as reached"
    )
    benefit_shortfall_share: float = _share(
        0.50, "half of the money of a benefit that is due in full is no delay any more"
    )
    project_funded_share: float = _share(
        0.50, "over half of a stream's money by the project: it is no stream yet"
    )
    return_low: float = _because(
        0.30,
        "under a third back for each one spent, an item or stream lives on promises",
        0,
        100,
        "a multiple",
    )
    at_risk_share: float = _share(0.50, "half of all benefit at risk in two places: there, not everywhere")
    guardrail_tolerance: float = _share(0.05, "five points: less is within what a year's plan can foresee")
    over_budget_ratio: float = _times(
        1.10, "ten per cent over the budget to date is the usual tolerance of a portfolio board"
    )
    persistent_team_share: float = _share(
        0.80, "four of five: teams that stay learn; the fifth may be new for good reasons"
    )
    rank_stability_share: float = _share(
        0.50, "where half of the draws change the top five, the weights decide and not the items"
    )
    decision_quick_days: float = _days(
        14, "a fortnight is one sprint: a decision that takes longer stops work"
    )
    transition_axis_low: float = _share(0.50, "half of the way: under it the axis is nearer to a PMO")
    transition_axis_move: float = _share(
        0.10, "ten points: with some tens of items and a dozen decisions a smaller step is one or two of them"
    )

    # looking ahead (docs/measures.md, "Looking ahead")
    forecast_history_weeks: int = _count(
        52, "a year holds one of each season, and is short enough to be the present"
    )
    forecast_kept_share: float = _share(
        0.80, "five points under what was promised: below it promises of 85 % are too bold"
    )

    warning_score: float = _because(
        9.5, "a quarter of a false alarm a stage and year on the benchmark's tuning set", 0.1, 1000, "a score"
    )

    scope_growth_share: float = _share(
        0.20, "a fifth more work turned promises of 85 % into promises of 38 % (docs/measures.md)"
    )
    market_moved_places: int = _count(
        3, "a place or two is within the doubt of estimates; three change what is begun next"
    )

    # decisions and what changed (docs/measures.md, "Decisions")
    carried_through_share: float = _share(
        0.80, "where one decision in five is not carried out, asking for the next is no use"
    )
    comes_and_goes_spells: int = _count(
        2, "raised, cleared and raised again: what cleared it was not its cause"
    )
    sureness_counted: float = _share(
        0.90, "dates and amounts in the data: sure but for what was not written down"
    )
    sureness_projected: float = _share(
        0.70, "a straight line through the past holds until something is done about it"
    )
    sureness_unsupported: float = _share(
        0.50, "somebody asks for it, and no finding of this review speaks for or against"
    )

    def with_overrides(self, overrides: Mapping[str, object]) -> Thresholds:
        """A copy with the given fields replaced.

        Raises ValueError that names every unknown field with the nearest known, and every value that is none
        of its threshold's.
        """
        known = {f.name for f in fields(self)}
        problems = []
        values: dict[str, float] = {}
        for name, value in overrides.items():
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                problems.append(
                    f"threshold {name!r} is not known" + (f"; did you mean {near[0]!r}?" if near else "")
                )
            elif isinstance(value, bool) or not isinstance(value, (int, float)):
                problems.append(f"threshold {name!r} must be a number, not {value!r}")
            elif wrong := self.wrong(name, value):
                problems.append(f"threshold {name!r} must be {wrong}")
            else:
                values[name] = int(value) if self._told(name)["kind"] == "a whole number" else value
        if problems:
            raise ValueError("; ".join(problems))
        return replace(self, **values)  # type: ignore[arg-type]

    def as_dict(self) -> dict[str, float]:
        return dict(vars(self))

    @classmethod
    def reason(cls, name: str) -> str:
        return str(cls._told(name)["reason"])

    @classmethod
    def bounds(cls, name: str) -> tuple[float, float]:
        """The least and the greatest value that a threshold can have."""
        told = cls._told(name)
        return told["low"], told["high"]

    @classmethod
    def wrong(cls, name: str, value: float) -> str:
        """What a value should have been, "a share from 0 to 1, not 80; did you mean 0.8?"; empty for one that
        can be."""
        low, high = cls.bounds(name)
        kind = cls._told(name)["kind"]
        if low <= value <= high and (kind != "a whole number" or float(value).is_integer()):
            return ""
        percent = high == 1 and 1 < value <= 100
        expected = f"{kind} from {low:g} to {high:,.0f}, not {value:,.15g}"
        return expected + (f"; did you mean {value / 100:g}?" if percent else "")

    @classmethod
    def _told(cls, name: str) -> Mapping[str, Any]:
        return next(f.metadata for f in fields(cls) if f.name == name)
