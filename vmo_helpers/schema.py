"""The contract's tables, declared: one row of ``TABLES`` a table, one ``Column`` a column.

``docs/data.md`` explains them to a reader; ``tables.py`` holds frames to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from vmo_helpers import vocabulary as v


class Kind(Enum):
    """What a column's cells are, and the dtype that they have inside the program."""

    KEY = "key"  # str; digits stay digits, "007" stays "007"
    TEXT = "text"  # str
    NAME = "name"  # category: a name that a log repeats from row to row, so that a million rows carry a few names
    WORD = "word"  # str out of a vocabulary
    NUMBER = "number"  # float64
    SHARE = "share"  # float64, 0–1
    WHOLE = "whole"  # float64 that holds whole numbers or NaN
    FLAG = "flag"  # boolean (nullable)
    INSTANT = "instant"  # datetime64[us, UTC]
    DAY = "day"  # datetime64[us], midnight, a day in the portfolio's zone

    @property
    def dtype(self) -> str:
        return _DTYPES[self]


_DTYPES = {
    Kind.KEY: "str",
    Kind.TEXT: "str",
    Kind.NAME: "category",
    Kind.WORD: "str",
    Kind.NUMBER: "float64",
    Kind.SHARE: "float64",
    Kind.WHOLE: "float64",
    Kind.FLAG: "boolean",
    Kind.INSTANT: "datetime64[us, UTC]",
    Kind.DAY: "datetime64[us]",
}


@dataclass(frozen=True)
class Column:
    """One column. ``required``: it must exist when the table is there. ``filled``: every row must have a value.

    ``words``: the vocabulary. ``default``: what an empty cell means. ``refers``: the table whose key a value must be.
    ``low``/``high``: inclusive bounds. ``later``: the event of this column may lie after as-of and is then masked.
    ``derived``: an empty cell is filled from other cells on reading, and only then must every row have a value.
    """

    name: str
    kind: Kind
    required: bool = False
    filled: bool = False
    words: type[StrEnum] | None = None
    default: str | float | bool | None = None
    refers: str | None = None
    low: float | None = None
    high: float | None = None
    later: bool = False
    derived: bool = False


@dataclass(frozen=True)
class Table:
    """One table. ``adds_up``: rows with the same key are added, not refused, where they carry no recorded_at.

    ``known_from`` is the column of the instant (or day) from which a row is known at all; a review as of an earlier
    instant does not see the row.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    adds_up: bool = False
    known_from: str | None = None

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def _key(name: str, *, refers: str | None = None) -> Column:
    return Column(name, Kind.KEY, required=True, filled=True, refers=refers)


def _ref(name: str, refers: str | None = None) -> Column:
    return Column(name, Kind.KEY, refers=refers)


def _text(name: str, *, required: bool = False, filled: bool = False, default: str | None = None) -> Column:
    return Column(name, Kind.TEXT, required=required or filled, filled=filled, default=default)


def _word(name: str, words: type[StrEnum], *, required: bool = False, filled: bool = False, default: str | None = None) -> Column:
    return Column(name, Kind.WORD, required=required or filled, filled=filled, words=words, default=default)


def _number(
    name: str,
    *,
    required: bool = False,
    filled: bool = False,
    low: float | None = None,
    high: float | None = None,
    default: float | None = None,
) -> Column:
    return Column(name, Kind.NUMBER, required=required or filled, filled=filled, low=low, high=high, default=default)


def _share(name: str) -> Column:
    return Column(name, Kind.SHARE, low=0.0, high=1.0)


def _whole(name: str, *, low: float | None = None, high: float | None = None, default: float | None = None) -> Column:
    return Column(name, Kind.WHOLE, low=low, high=high, default=default)


def _flag(name: str, *, filled: bool = False, default: bool | None = None) -> Column:
    return Column(name, Kind.FLAG, required=filled, filled=filled, default=default)


def _at(name: str, *, required: bool = False, filled: bool = False, later: bool = False) -> Column:
    return Column(name, Kind.INSTANT, required=required or filled, filled=filled, later=later)


def _day(name: str, *, required: bool = False, filled: bool = False) -> Column:
    return Column(name, Kind.DAY, required=required or filled, filled=filled)


# A table is to be read at a glance, not one column a line.
# fmt: off
_TABLES = (
    Table("work_items", ("item_id",), (
        _key("item_id"), _text("title", required=True), Column("level", Kind.TEXT, required=True), _at("created_at", required=True),
        _ref("parent_id", "work_items"), _ref("value_stream_id", "value_streams"), _text("team"),
        _word("work_type", v.WorkType, default="feature"), _word("horizon", v.Horizon),
        _at("requested_at", later=True), _at("baselined_at", later=True), _day("planned_end"), _at("delivered_at", later=True),
        _number("planned_cost", low=0), _number("scope_planned", low=0), _number("scope_delivered", low=0),
        _number("cost_of_delay_per_week"), _number("weeks_low", low=0), _number("weeks_likely", low=0), _number("weeks_high", low=0),
        _word("urgency", v.Urgency, default="linear"), _day("needed_by"), _text("release"), _ref("goal"),
        _at("started_at", later=True), _at("finished_at", later=True), _at("cancelled_at", later=True),
    ), known_from="created_at"),
    Table("transitions", ("item_id", "at", "seq"), (
        _key("item_id", refers="work_items"), _at("at", filled=True),
        Column("to_state", Kind.NAME, required=True, filled=True, refers="states"),
        Column("from_state", Kind.NAME), _whole("seq"), _at("recorded_at"),
    ), known_from="at"),
    Table("states", ("state", "level", "work_type", "value_stream_id"), (
        _key("state"), _text("level"), _word("work_type", v.WorkType), _ref("value_stream_id", "value_streams"),
        _word("class", v.StateClass, filled=True), _number("position"), _word("layer", v.Layer, default="team"),
        _flag("is_gate", default=False), _text("function"), _text("owner"), _number("wip_limit", low=0),
        _word("portfolio_stage", v.PortfolioStage),
    )),
    Table("blockers", ("item_id", "from_at"), (
        _key("item_id", refers="work_items"), _at("from_at", filled=True), _at("to_at", later=True), _text("reason"),
    ), known_from="from_at"),
    Table("dependencies", ("item_id", "needs_item_id"), (
        _key("item_id", refers="work_items"), _key("needs_item_id", refers="work_items"),
    )),
    Table("value_streams", ("value_stream_id",), (
        _key("value_stream_id"), _text("name", required=True), _word("type", v.StreamType), _ref("parent_id", "value_streams"),
        _text("owner"), _number("people", low=0), _number("wip_limit", low=0),
    )),
    Table("teams", ("team", "from"), (
        _key("team"), _text("department"), _ref("value_stream_id", "value_streams"), _day("from"), _day("to"),
    ), known_from="from"),
    Table("plan_changes", ("table", "key", "column", "changed_at"), (
        _key("table"), _key("key"), _key("column"), _at("changed_at", filled=True), _text("old_value", required=True), _text("reason"),
    )),
    Table("budgets", ("budget_id",), (
        _key("budget_id"), _key("value_stream_id", refers="value_streams"), _day("from", filled=True), _day("to", filled=True),
        _number("amount", filled=True), _word("funding_type", v.FundingType), _word("source", v.BudgetSource),
        _word("horizon", v.Horizon), _ref("kr_id", "key_results"), _text("round"), _text("allocated_by"),
    )),
    Table("spend", ("period", "item_id", "value_stream_id", "kind", "line"), (
        _day("period", filled=True), _number("amount", filled=True), _ref("item_id", "work_items"),
        _ref("value_stream_id", "value_streams"), _word("kind", v.SpendKind, default="actual"), _text("line"), _at("recorded_at"),
    ), adds_up=True, known_from="period"),
    Table("status_reports", ("item_id", "at"), (
        _key("item_id", refers="work_items"), _at("at", filled=True), _word("overall", v.Rag, filled=True),
        _word("schedule", v.Rag), _word("budget", v.Rag), _word("scope", v.Rag), _word("quality", v.Rag), _word("benefits", v.Rag),
        _text("author"), _text("comment"), _at("recorded_at"),
    ), known_from="at"),
    Table("metrics", ("metric_id",), (
        _key("metric_id"), _text("name", required=True), _text("unit", required=True), _word("direction", v.Direction, filled=True),
        _word("kind", v.MetricKind, filled=True), _word("timing", v.Timing), _number("cadence_days", low=0), _number("season_days", low=0),
        _flag("banned", default=False),
        _ref("replaces", "metrics"), _ref("item_id", "work_items"), _ref("value_stream_id", "value_streams"),
    )),
    Table("observations", ("metric_id", "at", "segment"), (
        _key("metric_id", refers="metrics"), _at("at", filled=True), _number("value", filled=True), _number("n", low=0),
        _text("segment", default="all"), _text("source"), _at("recorded_at"),
    ), known_from="at"),
    Table("surveys", (), (
        Column("survey_id", Kind.KEY, required=True), _at("at", filled=True), _word("instrument", v.Instrument, filled=True),
        _number("score", filled=True), _number("count", low=0, default=1.0), _number("scale_min"), _number("scale_max"),
        _flag("high_is_good"),
        _ref("item_id", "work_items"), _ref("value_stream_id", "value_streams"),
    ), adds_up=True, known_from="at"),
    Table("benefits", ("benefit_id",), (
        _key("benefit_id"), _key("item_id", refers="work_items"), Column("metric_id", Kind.KEY, required=True, refers="metrics"),
        _number("baseline", required=True), _number("target", required=True), _day("due", required=True),
        _word("delta_type", v.DeltaType, default="absolute"), _number("lag_days", low=0), _number("planned_value"),
        _word("value_type", v.ValueType), _text("owner"), _text("attribution"),
    )),
    Table("targets", ("goal_id", "at"), (_key("goal_id"), _at("at", filled=True), _number("value", filled=True))),
    Table("realisations", ("benefit_id", "at"), (
        _key("benefit_id", refers="benefits"), _at("at", filled=True), _number("value", filled=True), _at("recorded_at"),
    ), known_from="at"),
    Table("pi_objectives", ("pi", "team", "objective"), (
        _key("pi"), _key("team"), _key("objective"), _number("planned_value", filled=True, low=0), _flag("committed", filled=True),
        _number("actual_value", low=0), _ref("item_id", "work_items"), _day("from"), _day("to"),
    )),
    Table("criteria_scores", ("item_id", "criterion"), (
        _key("item_id", refers="work_items"), _key("criterion"), _number("score", filled=True, low=1, high=10), _at("recorded_at"),
    )),
    Table("risks", ("risk_id",), (
        _key("risk_id"), _key("item_id", refers="work_items"), Column("probability", Kind.SHARE, required=True, filled=True, low=0, high=1),
        _number("impact", filled=True), _word("roam", v.Roam), _at("opened_at"), _at("closed_at", later=True),
    ), known_from="opened_at"),
    Table("objectives", ("objective_id",), (
        _key("objective_id"), _text("title", required=True), _day("from", filled=True), _day("to", filled=True), _whole("rank", low=1),
        _number("weight", low=0), _word("level", v.ObjectiveLevel), _ref("parent_id", "objectives"), _text("owner"),
    )),
    Table("key_results", ("kr_id",), (
        _key("kr_id"), _key("objective_id", refers="objectives"), _text("title", required=True),
        Column("type", Kind.WORD, filled=True, words=v.KeyResultType, derived=True),
        Column("from", Kind.DAY, filled=True, derived=True), Column("to", Kind.DAY, filled=True, derived=True),
        _number("baseline"), _number("target"), _number("low"), _number("high"),
        _ref("metric_id", "metrics"), _word("commitment", v.Commitment, default="committed"), _number("weight", low=0, default=1.0),
        _text("owner"), _text("department"), _number("cadence_days", low=0),
    )),
    Table("checkins", ("kr_id", "at"), (
        _key("kr_id", refers="key_results"), _at("at", filled=True), _number("value"), _share("confidence"), _text("status"),
        _text("comment"), _at("recorded_at"),
    ), known_from="at"),
    Table("links", ("item_id", "goal_type", "goal_id", "linked_at"), (
        _key("item_id", refers="work_items"), _word("goal_type", v.GoalType, filled=True), _key("goal_id"), _share("share"),
        _number("expected_delta"), _day("due"), _text("statement"), _at("linked_at"), _at("removed_at", later=True),
    ), known_from="linked_at"),
    Table("decisions", ("decision_id",), (
        _key("decision_id"), _at("asked_at", filled=True), _text("question", filled=True), _ref("finding_id"),
        _ref("item_id", "work_items"), _text("deck"), _word("outcome", v.DecisionOutcome), _at("decided_at", later=True),
        _text("decided_by"), _text("owner"), _day("due"), _ref("effect_metric_id", "metrics"), _at("done_at", later=True),
    ), known_from="asked_at"),
)
# fmt: on

TABLES: dict[str, Table] = {table.name: table for table in _TABLES}
