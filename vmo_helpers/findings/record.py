"""What must be on record before a rule may say that all is well: one row a rule that can be good."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from vmo_helpers.findings.rule import Rule
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.finding import Finding
from vmo_helpers.vocabulary import Severity

_Found = TypeVar("_Found")


@dataclass(frozen=True)
class Record:
    """``rule`` speaks ``about`` something, and only where each of ``needs`` is on record.

    A need is a table with rows, a column of it with a value (``table.column``), or either of several, joined
    by " or ".
    """

    rule: str
    about: str
    needs: tuple[str, ...]

    def lacks(self, portfolio: Portfolio) -> tuple[str, ...]:
        """The needs that the portfolio does not meet."""
        return tuple(need for need in self.needs if not any(_there(portfolio, one) for one in either(need)))


def either(need: str) -> list[str]:
    """The tables and columns of which a need asks for one."""
    return need.split(" or ")


STARTS = "transitions or work_items.started_at"
ENDS = "transitions or work_items.finished_at or work_items.delivered_at"
STREAM = "work_items.value_stream_id"
GREEN = "status_reports.overall or work_items.planned_end"
PARTS = " or ".join(
    f"status_reports.{part}" for part in ("schedule", "budget", "scope", "quality", "benefits")
)
TEST = (
    "metrics",
    *(f"benefits.{column}" for column in ("metric_id", "baseline", "target", "due", "lag_days")),
)
MONEY = tuple(f"benefits.{column}" for column in ("planned_value", "due", "lag_days"))
LINKS = "links or work_items.goal"
VALUES = "checkins.value or observations"

RECORD = {
    row.rule: row
    for row in (
        Record("flow.started_not_finished", "what gets finished", (STARTS, ENDS)),
        Record("flow.nothing_finished", "streams", (STREAM, STARTS, ENDS)),
        Record("flow.throughput", "throughput", (ENDS,)),
        Record("flow.stalled_item", "stalled work", (STARTS, ENDS)),
        Record(
            "flow.lead_time", "lead time to value", (ENDS, "work_items.requested_at or work_items.created_at")
        ),
        Record("flow.cycle_time", "cycle time", (STARTS, ENDS)),
        Record("flow.before_after", "what changed", (ENDS,)),
        Record("flow.local_optimum", "local gains", ("transitions", "states")),
        Record("flow.wip_limit", "limits", (STARTS, "states.wip_limit or value_streams.wip_limit")),
        Record("flow.blocked", "blocked work", (STARTS, "blockers")),
        Record("flow.unfinished_need", "what work needs", (STARTS, "dependencies")),
        Record("flow.rework", "rework", ("transitions", "states")),
        Record("flow.reopened", "reopened work", ("transitions", "states")),
        Record("flow.hand_offs", "hand-offs", ("transitions", "states.function")),
        Record("flow.slow_decision", "decisions", ("decisions",)),
        Record("flow.release_rhythm", "undelivered work", (STARTS,)),
        Record("flow.delivery_gap", "rhythm", (STREAM, ENDS)),
        Record(
            "flow.predictability",
            "predictability",
            ("pi_objectives.planned_value", "pi_objectives.actual_value"),
        ),
        Record("watermelon.watermelon", "the inside of greens", (GREEN, *TEST, "observations")),
        Record("watermelon.watch", "greens to watch", (GREEN, *TEST, "observations")),
        Record("watermelon.open_inside", "what is open", (GREEN, *TEST, "observations")),
        Record("watermelon.moved_goalposts", "moved goalposts", (*TEST, "plan_changes")),
        Record("watermelon.unknown_inside", "what can be tested", (GREEN, *TEST)),
        Record(
            "watermelon.delivery_contradicts",
            "delivery against reports",
            ("status_reports.overall", "work_items.planned_end"),
        ),
        Record(
            "watermelon.shrunk",
            "what shrank",
            (
                ENDS,
                "work_items.planned_cost or work_items.scope_planned",
                "spend or work_items.scope_delivered",
            ),
        ),
        Record(
            "watermelon.thrift",
            "thrift",
            (
                ENDS,
                "work_items.planned_cost or work_items.scope_planned",
                "spend or work_items.scope_delivered",
                *TEST,
                "observations",
            ),
        ),
        Record("watermelon.self_contradicting", "contradictions", ("status_reports.overall", PARTS)),
        Record("watermelon.stale", "old news", ("status_reports or observations",)),
        Record(
            "watermelon.opinion_only",
            "value by opinion",
            ("pi_objectives.item_id", "pi_objectives.actual_value", *TEST, "observations"),
        ),
        Record(
            "watermelon.frozen",
            "frozen goals",
            ("transitions", "metrics or key_results", "observations or checkins"),
        ),
        Record("watermelon.plan_aged", "old plans", (STARTS, "work_items.baselined_at")),
        Record("watermelon.coverage", "coverage", ("status_reports", *TEST)),
        Record("watermelon.vanity_metric", "vanity metrics", ("metrics.kind",)),
        Record(
            "watermelon.fake_agility", "fake agility", ("budgets or transitions or work_items.parent_id",)
        ),
        Record("watermelon.usage_drop", "usage", ("metrics.kind", "observations")),
        Record("watermelon.satisfaction_drop", "satisfaction", ("surveys",)),
        Record("okr.alignment", "alignment", (STARTS, "objectives.rank", LINKS)),
        Record("okr.unaligned_spend", "spend without a goal", (STARTS, "objectives", LINKS, "spend")),
        Record("okr.orphan_items", "work without a goal", (STARTS, "objectives", LINKS)),
        Record("okr.goals_without_work", "goals without work", (STARTS, "objectives", LINKS)),
        Record("okr.line_of_sight", "the line of sight", (STARTS, "objectives", "key_results", LINKS)),
        Record("okr.starvation", "starving goals", (STARTS, "objectives.weight", LINKS)),
        Record("okr.over_promised", "what is promised", ("key_results.target", "links.expected_delta")),
        Record("okr.over_mapped_item", "over-mapping", (STARTS, "key_results", LINKS)),
        Record("okr.pulled", "what teams pull", (STARTS, "objectives.weight", LINKS, "work_items.team")),
        Record("okr.conflicting_goals", "goals at odds", ("key_results.metric_id",)),
        Record("okr.key_results", "key results", ("key_results", VALUES)),
        Record("okr.objective", "an objective", ("objectives", "key_results", VALUES)),
        Record("okr.late_edit", "changed goals", ("objectives or key_results", "plan_changes")),
        Record("value.realisation", "realised benefits", (*MONEY, "realisations")),
        Record("value.benefit_shortfall", "shortfalls", (*MONEY, "realisations")),
        Record("value.vanished_shortfall", "plans that moved", (*MONEY, "realisations", "plan_changes")),
        Record("value.not_measured", "what is measured", (*MONEY, "realisations")),
        Record("value.claimed_twice", "claims on metrics", ("benefits.metric_id", "benefits.due")),
        Record(
            "value.business_value",
            "business value",
            ("pi_objectives.planned_value", "pi_objectives.actual_value", "surveys"),
        ),
        Record("funding.value_streams", "what money funds", ("budgets.funding_type",)),
        Record("funding.project_funded", "streams funded by projects", ("budgets.funding_type",)),
        Record("funding.guardrail", "guardrails", ("spend", "work_items")),
        Record("funding.over_budget", "budgets", ("budgets", "spend")),
        Record("funding.persistent_teams", "teams that stay", ("teams.value_stream_id", "spend")),
        Record("funding.unstable_team", "new teams", ("teams.value_stream_id", "spend")),
        Record("transition.rebadged", "the office's name", ("work_items",)),
        Record("forecast.late_items", "late work", (STARTS, ENDS)),
        Record("decisions.carried_through", "past decisions", ("decisions",)),
        Record("decisions.kept", "what was kept", ("decisions",)),
        Record("decisions.conclusion", "the portfolio", ()),
    )
}


def borne_out(found: _Found, portfolio: Portfolio) -> _Found:
    """What a rule found; a good finding whose record is not there becomes unknown, and names what is missing.

    Anything but findings is handed back as it is. A rule without a row in ``RECORD`` is taken at its word.
    """
    if isinstance(found, list):
        return [borne_out(one, portfolio) for one in found]  # type: ignore[return-value]
    if not isinstance(found, Finding) or found.severity is not Severity.GOOD or found.rule not in RECORD:
        return found
    record = RECORD[found.rule]
    missing = record.lacks(portfolio)
    if not missing:
        return found
    sentence = f"No conclusion on {record.about}: {_said(missing[0])} on record"
    unknown = Rule(found.rule).unknown(
        sentence, *missing, subject=found.subject, clears_when="it is on record"
    )
    return replace(unknown, n=found.n)  # type: ignore[return-value]


def _said(need: str) -> str:
    """Such as "the table transitions is not", "neither rank of objectives nor the table links is"."""
    parts = [one.partition(".")[::2] for one in either(need)]
    words = [f"{column} of {table}" if column else f"the table {table}" for table, column in parts]
    return f"neither {' nor '.join(words)} is" if len(words) > 1 else f"{words[0]} is not"


def _there(portfolio: Portfolio, need: str) -> bool:
    table, _, column = need.partition(".")
    frame = portfolio.tables[table]
    return bool(frame[column].notna().any()) if column else len(frame) > 0
