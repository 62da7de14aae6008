"""What each headline number is called, which way is better, and the words of its change. One row of
``HEADLINES`` a figure.

The keys are those of ``figures.json``. A key without a row still works: it is called by its own words and no
direction is taken to be better.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Better(StrEnum):
    """The direction in which a figure improves."""

    LOWER = "lower"
    HIGHER = "higher"
    NEITHER = "neither"


@dataclass(frozen=True)
class Headline:
    """``label`` names the figure, ``note`` says in a line what it tells; ``rise`` and ``fall`` are the words
    of a change.

    Where rise or fall are words that judge by themselves (slower, older), ``judges`` is True and no "better"
    or "worse" is added. ``of`` names the figure that this one is a part of: "7 of 22".
    """

    label: str
    better: Better = Better.NEITHER
    note: str = ""
    rise: str = ""
    fall: str = ""
    judges: bool = False
    of: str | None = None


_LOW, _HIGH = Better.LOWER, Better.HIGHER


def _count(label: str, better: Better = Better.NEITHER, note: str = "", of: str | None = None) -> Headline:
    return Headline(label, better, note, "more", "fewer", of=of)


def _slower(label: str, note: str = "") -> Headline:
    return Headline(label, _LOW, note, "slower", "faster", judges=True)


HEADLINES: dict[str, Headline] = {
    "flow.items": _count("Items known"),
    "flow.finished": _count("Finished", note="in the window"),
    "flow.started": _count("Started", note="in the window"),
    "flow.started_unfinished": _count(
        "Started, not finished", _LOW, "of those started, given up ones included", of="flow.started"
    ),
    "flow.wip": _count("In progress", _LOW, "started, neither finished nor cancelled"),
    "flow.lead_time_p50_days": _slower(
        "Lead time to value, median", "of what was delivered, half reached the customer within this"
    ),
    "flow.lead_time_p85_days": _slower(
        "Lead time to value", "of what was delivered, 85 % reached the customer within this"
    ),
    "flow.cycle_time_p50_days": _slower("Cycle time, median", "half of the work finished within this"),
    "flow.cycle_time_p85_days": _slower("Cycle time", "85 % of the work finished within this"),
    "flow.flow_efficiency": Headline(
        "Flow efficiency", _HIGH, "share of the time in which somebody works on it"
    ),
    "flow.flow_efficiency_median": Headline("Flow efficiency, median item", _HIGH),
    "flow.throughput_per_week": Headline("Throughput", _HIGH, "finished in a whole week", "more", "less"),
    "flow.age_p85_days": Headline(
        "Age of work in progress", _LOW, "85 % of open work is younger", "older", "younger", judges=True
    ),
    "flow.reopened_items": _count("Reopened", _LOW, "of the finished", of="flow.finished"),
    "flow.wait_days": Headline("Days waited", _LOW, "by all items in the window", "more", "less"),
    "watermelon.green": _count("Green", note="as reported, else by delivery facts"),
    "watermelon.count": _count("Watermelons", _LOW, "green outside, red inside", of="watermelon.green"),
    "watermelon.board": _count("Watermelons for the board", _LOW, "red inside now and a month ago"),
    "watermelon.watch": _count("Greens to watch", _LOW),
    "watermelon.open_inside": _count(
        "Greens open inside", _LOW, "shown neither red nor sound", of="watermelon.green"
    ),
    "watermelon.moved_goalposts": _count("Moved goalposts", _LOW, "better by today's plan than by the first"),
    "watermelon.unknown_inside": _count(
        "Greens that cannot be tested", _LOW, "no outcome, target or date", of="watermelon.green"
    ),
    "watermelon.not_yet_due": _count("Greens not yet due"),
    "watermelon.shrunk": _count("Shrunk", _LOW, "delivered well under plan"),
    "watermelon.self_contradicting": _count(
        "Contradict themselves", _LOW, "green over an amber or red rating"
    ),
    "watermelon.vanity_metrics": _count("Vanity metrics", _LOW),
    "okr.top_three_share": Headline("Serve a top-three goal", _HIGH, "of the work in progress"),
    "okr.items_short": _count("Items short of the line", _LOW),
    "okr.linked_share": Headline("Linked to a goal", _HIGH),
    "okr.key_result_share": Headline("Linked to a top-three key result", _HIGH),
    "okr.contribution_share": Headline("With a stated contribution", _HIGH),
    "okr.moved_share": Headline("Moved their key result", _HIGH, "of the delivered"),
    "okr.orphan_items": _count("Items that serve no goal", _LOW),
    "okr.goals_without_work": _count("Goals without work", _LOW),
    "okr.effective_goals": Headline(
        "Effective goals", note="how many goals the links really spread over", rise="more", fall="fewer"
    ),
    "okr.key_results_at_risk": _count("Key results at risk", _LOW),
    "okr.stale_key_results": _count("Stale key results", _LOW, "without a check-in when one was due"),
    "forecast.open_items": _count("Open", note="ideas are apart"),
    "forecast.items_in_12_weeks_p85": _count(
        "Finished in twelve weeks", _HIGH, "at least so many, with 85 %"
    ),
    "forecast.done_p50_days": _slower("All that is open is done, median", "a ceiling over the streams"),
    "forecast.done_p85_days": _slower("All that is open is done, 85 %", "a ceiling over the streams"),
    "forecast.coverage_85": Headline(
        "Forecasts that held in the back-test", note="remade over the record; 85 % is wanted"
    ),
    "forecast.kept_share": Headline(
        "Forecasts that held at month ends", _HIGH, "replayed: what each would have said"
    ),
    "forecast.late_items": _count("Later than expected", _LOW, "in progress for longer than 85 % of work"),
    "forecast.stages_watched": _count("Stages watched", _HIGH),
    "forecast.warnings": _count("Warnings", _LOW, "stages that let too few out"),
    "forecast.warnings_followed_share": Headline(
        "Warnings that were followed", _HIGH, "by longer lead times within 26 weeks"
    ),
    "sequence.items": _count("In order of work"),
    "sequence.cost": Headline("Cost of waiting in this order", _LOW, rise="more", fall="less"),
    "sequence.gap": Headline("May yet be saved", _LOW, "proven: no order saves more"),
    "sequence.saved_against_cd3": Headline(
        "Saved against cost of delay ÷ length", _HIGH, rise="more", fall="less"
    ),
    "sequence.saved_against_wsjf": Headline("Saved against WSJF", _HIGH, rise="more", fall="less"),
    "sequence.probability_best": Headline("Chance to be the best order", _HIGH),
    "decisions.open": _count("Decisions open", _LOW, "asked for and not decided"),
    "decisions.late": _count("Decisions not carried through", _LOW, "decided, due and not done"),
    "decisions.carried_through_share": Headline("Decisions carried through", _HIGH, "of those that are due"),
    "decisions.delay_p50_days": _slower("Delay of decision, median", "from the question to the decision"),
    "value.benefit_realisation": Headline("Benefits realised", _HIGH, "of what was planned to date"),
    "value.benefit_realisation_first_plan": Headline("Realised of the first plan", _HIGH),
    "value.benefit_realisation_in_full": Headline("Realised of the plan in full", _HIGH),
    "value.cashable_realisation": Headline("Cash realised", _HIGH, "revenue and cost alone"),
    "value.unmeasured_benefits": _count("Benefits not measured", _LOW, "due a value, and none on record"),
    "value.business_value_delivered": Headline("Business value delivered", _HIGH, "of what was planned"),
    "value.business_value_team_mean": Headline("Business value, mean of the teams", _HIGH),
    "value.adopted_items": _count("Adopted", _HIGH, "of the deployed"),
    "value.realised_items": _count("Realised their outcome", _HIGH, "of the adopted"),
    "value.deployed_to_adopted_p50_days": _slower("Deployed to adopted, median"),
    "value.adopted_to_realised_p50_days": _slower("Adopted to realised, median"),
    "value.nps": Headline("Net promoter score", _HIGH),
    "value.csat": Headline("Customer satisfaction", _HIGH, "share of the two best answers"),
    "value.ces": Headline("Customer effort", note="on the scale as asked"),
    "value.benefit_at_risk": Headline("Benefit at risk", _LOW, rise="more", fall="less"),
    "value.benefit_at_risk_assumed": Headline("At risk by assumption", _LOW, rise="more", fall="less"),
    "value.risk_exposure": Headline("Risk without a benefit", _LOW, rise="more", fall="less"),
    "value.return": Headline(
        "Back for each one spent", _HIGH, "life to date, not discounted", "more", "less"
    ),
    "value.return_on_all_spend": Headline("Back for each one of all spend", _HIGH, "", "more", "less"),
    "value.rank_stability": Headline("Same five lead", _HIGH, "when the weights move"),
    "value.scored_items": _count("Items scored"),
    "funding.value_stream_share": Headline(
        "Money that funds value streams", _HIGH, "the rest funds projects"
    ),
    "funding.annual_share": Headline("Money fixed for a year", _LOW),
    "funding.bound_share": Headline("Money bound to a key result", _HIGH),
    "funding.unaligned_spend": Headline("Spend that serves no goal", _LOW, rise="more", fall="less"),
    "funding.persistent_team_share": Headline("Spend by teams that stay", _HIGH),
    "funding.guardrail_breaches": _count("Guardrails broken", _LOW),
    "transition.governance": Headline("Enablement", _HIGH, "0 as a PMO, 100 % as a VMO"),
    "transition.tracking": Headline("Outcome tracking", _HIGH, "0 as a PMO, 100 % as a VMO"),
    "transition.optimisation": Headline("Value optimisation", _HIGH, "0 as a PMO, 100 % as a VMO"),
    "transition.impact": Headline("Impact", _HIGH, "0 as a PMO, 100 % as a VMO"),
    "vmo.flags_confirmed": _count("Flags confirmed", note="told to the board, and still red when due"),
    "vmo.flags_wrong": _count("Flags that were wrong", _LOW, "told to the board, and green since"),
    "vmo.flags_open": _count("Flags open", note="told to the board, and not settled yet"),
    "vmo.decisions_carried_through_share": Headline(
        "Decisions carried through", _HIGH, "of those that are due"
    ),
}
_WEIGHED = {"_by_spend": "by spend", "_by_planned_cost": "by planned cost"}


def headline_of(key: str) -> Headline:
    """The row of a figure; a weighed variant (``…_by_spend``) follows its count, an unknown key its own
    words."""
    if key in HEADLINES:
        return HEADLINES[key]
    for suffix, words in _WEIGHED.items():
        if key.endswith(suffix) and (row := HEADLINES.get(key.removesuffix(suffix))):
            return Headline(f"{row.label}, {words}", row.better, row.note, row.rise, row.fall, row.judges)
    name = key.rpartition(".")[2].replace("_", " ")
    return Headline(name[:1].upper() + name[1:])
