"""The words of the contract and of the results, each in one place.

Input words (``StateClass``, ``Rag`` …) are matched without case and surrounding blanks; ``ALIASES`` maps the
usual synonyms. Result words (``Outside``, ``Label``, ``Tier`` …) are what figures, findings and tables say.
No other module spells one of these words as a literal.
"""

from __future__ import annotations

import re
from enum import StrEnum

ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:?\d{2}(:?\d{2}(\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?")
"""A day or an instant as it is asked for. Pandas alone would take 03.04.2026 for the 4th of March, and "now"
for the clock."""
NO_DAY = "is neither a day (2026-10-31) nor an ISO 8601 instant (2026-10-31T18:00:00+01:00)"

PORTFOLIO_FILE, TABLE_LIMIT = "portfolio.toml", "VMO_MAX_TABLE_SIZE"  # a file; an environment variable
WINDOW_DAYS = 364  # how long a window is that nobody chose: 52 whole weeks


class StateClass(StrEnum):
    """What a board state means for time: only ``active`` is work, ``active`` and ``wait`` are in progress."""

    BACKLOG = "backlog"
    ACTIVE = "active"
    WAIT = "wait"
    DONE = "done"
    CANCELLED = "cancelled"


class WorkType(StrEnum):
    FEATURE = "feature"
    ENABLER = "enabler"
    DEFECT = "defect"
    RISK = "risk"
    DEBT = "debt"
    COMPLIANCE = "compliance"
    RUN = "run"


class Horizon(StrEnum):
    EVALUATING = "evaluating"
    EMERGING = "emerging"
    INVESTING = "investing"
    EXTRACTING = "extracting"
    RETIRING = "retiring"


class Urgency(StrEnum):
    LINEAR = "linear"
    FIXED_DATE = "fixed_date"
    DECAYING = "decaying"
    LATE_PENALTY = "late_penalty"


class Layer(StrEnum):
    TEAM = "team"
    SYSTEM = "system"
    CUSTOMER = "customer"


class PortfolioStage(StrEnum):
    FUNNEL = "funnel"
    REVIEWING = "reviewing"
    ANALYZING = "analyzing"
    READY = "ready"
    IMPLEMENTING = "implementing"
    DONE = "done"


class StreamType(StrEnum):
    OPERATIONAL = "operational"
    DEVELOPMENT = "development"


class FundingType(StrEnum):
    PROJECT = "project"
    VALUE_STREAM = "value_stream"


class BudgetSource(StrEnum):
    ANNUAL = "annual"
    PARTICIPATORY = "participatory"
    ROLLING = "rolling"


class SpendKind(StrEnum):
    ACTUAL = "actual"
    FORECAST = "forecast"


class Rag(StrEnum):
    """A reported status; ``outside`` folds green_amber into amber and amber_red into red."""

    GREEN = "green"
    GREEN_AMBER = "green_amber"
    AMBER = "amber"
    AMBER_RED = "amber_red"
    RED = "red"


class Direction(StrEnum):
    INCREASE = "increase"
    DECREASE = "decrease"
    MAINTAIN = "maintain"


class MetricKind(StrEnum):
    OUTCOME = "outcome"
    BEHAVIOUR = "behaviour"
    OUTPUT = "output"
    ACTIVITY = "activity"


class Timing(StrEnum):
    LEADING = "leading"
    LAGGING = "lagging"


class Instrument(StrEnum):
    NPS = "nps"
    CSAT = "csat"
    CES = "ces"


class DeltaType(StrEnum):
    ABSOLUTE = "absolute"
    POINTS = "points"
    RELATIVE = "relative"


class ValueType(StrEnum):
    REVENUE = "revenue"
    COST = "cost"
    RISK = "risk"
    COMPLIANCE = "compliance"
    CUSTOMER = "customer"


class ValueBasis(StrEnum):
    """Whether a benefit's planned value comes once, or in every year until ``value_until``."""

    ONE_OFF = "one_off"
    YEARLY = "yearly"


class Office(StrEnum):
    """What the office that reviews the portfolio calls itself."""

    PMO = "pmo"
    VMO = "vmo"


class BenefitState(StrEnum):
    """Where a benefit is in its life. ``NOT_MEASURED``: due a value, and none is on record; ``UNKNOWN``: it
    has no plan."""

    PROJECTED = "projected"
    AWAITED = "awaited"
    REALISING = "realising"
    SUSTAINED = "sustained"
    ENDED = "ended"
    NOT_MEASURED = "not_measured"
    UNKNOWN = "unknown"


class Recommendation(StrEnum):
    """What the value ahead of an item says against what it still costs. ``CANNOT_SAY``: something is
    missing."""

    STOP = "stop"
    PIVOT = "pivot"
    FUND = "fund"
    CONTINUE = "continue"
    CANNOT_SAY = "cannot_say"


BY_DELAY, BY_SPEND = "cost of delay", "spend of the last three months"
"""What a month of waiting for a decision is priced by."""


class Roam(StrEnum):
    RESOLVED = "resolved"
    OWNED = "owned"
    ACCEPTED = "accepted"
    MITIGATED = "mitigated"


class ObjectiveLevel(StrEnum):
    ENTERPRISE = "enterprise"
    PORTFOLIO = "portfolio"
    VALUE_STREAM = "value_stream"
    TEAM = "team"


class KeyResultType(StrEnum):
    INCREASE = "increase"
    DECREASE = "decrease"
    REACH = "reach"
    MAINTAIN_ABOVE = "maintain_above"
    MAINTAIN_BELOW = "maintain_below"
    RANGE = "range"
    BINARY = "binary"
    MILESTONE = "milestone"


class Commitment(StrEnum):
    COMMITTED = "committed"
    ASPIRATIONAL = "aspirational"


class GoalType(StrEnum):
    OBJECTIVE = "objective"
    KEY_RESULT = "key_result"


class ShiftSubject(StrEnum):
    """What a shift of the market is about."""

    STREAM = "stream"
    OBJECTIVE = "objective"
    METRIC = "metric"
    ITEM = "item"


class DecisionOutcome(StrEnum):
    CONTINUE = "continue"
    PIVOT = "pivot"
    STOP = "stop"
    FUND = "fund"
    FREE = "free"
    FREEZE = "freeze"
    OTHER = "other"


class DecisionState(StrEnum):
    """What became of a decision that was asked for. ``UNDER_WAY``: taken, and neither done nor due;
    ``NOT_KEPT``: done, and the facts since say otherwise."""

    OPEN = "open"
    UNDER_WAY = "under_way"
    LATE = "late"
    CARRIED_THROUGH = "carried_through"
    NOT_KEPT = "not_kept"


class ChangeState(StrEnum):
    """A finding beside the review before. ``FIRST``: nothing to compare with; ``UNSAID``: was raised,
    evidence is now missing; ``KNOWN``: the other way round; ``UNSEEN``: was raised, its notebook did not run
    this time; ``REACHED``, ``MISSED``: what it spoke of has ended."""

    NEW = "new"
    KNOWN = "known_again"
    WORSE = "worse"
    BETTER = "better"
    STILL = "still"
    CLEARED = "cleared"
    REACHED = "ended_reached"
    MISSED = "ended_missed"
    FIRST = "first"
    UNSAID = "unsaid"
    UNSEEN = "unseen"


class Severity(StrEnum):
    """How loudly a finding speaks. ``UNKNOWN`` is evidence that is missing: never calm, never an alarm."""

    ALARM = "alarm"
    WARNING = "warning"
    GOOD = "good"
    NOTE = "note"
    UNKNOWN = "unknown"


class Outside(StrEnum):
    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    NOT_REPORTED = "not_reported"


class Inside(StrEnum):
    """What the outcome shows. ``RED``: that it falls short; ``GREEN``: that it does not; ``OPEN``: neither,
    though it was tested."""

    RED = "red"
    GREEN = "green"
    OPEN = "open"
    NOT_YET_DUE = "not_yet_due"
    UNKNOWN = "unknown"


class Label(StrEnum):
    WATERMELON = "watermelon"
    SOUND = "sound"
    OPEN_INSIDE = "open_inside"
    GREEN_UNPROVEN = "green_unproven"
    UNKNOWN_INSIDE = "unknown_inside"
    RED_THROUGH = "red_through"
    BETTER_INSIDE = "better_inside"
    RED_OPEN = "red_open"
    RED_UNPROVEN = "red_unproven"
    RED_UNKNOWN = "red_unknown"
    NOT_REPORTED = "not_reported"


GREEN_BY_SHRINKING = (Label.WATERMELON, Label.UNKNOWN_INSIDE)
"""Of what shrank, these are green because it did: sound and shrunk is thrift."""


class Suffix(StrEnum):
    """What is said of an item beside its label; an item may have several."""

    SHRUNK = "shrunk"
    SELF_CONTRADICTING = "self-contradicting"
    STALE = "stale"
    OPINION_ONLY = "opinion-only"
    FROZEN = "frozen"
    PLAN_AGED = "plan-aged"
    MOVED_GOALPOSTS = "moved-goalposts"
    RE_PLANNED = "re-planned"


class Tier(StrEnum):
    NONE = "none"
    WATCH = "watch"
    RED = "red"
    BOARD = "board"


class Ladder(StrEnum):
    """How firmly an item is tied to the goals; each rung includes the ones below it."""

    NONE = "L0"
    LINKED = "L1"
    KEY_RESULT = "L2"
    CONTRIBUTION = "L3"
    MOVED = "L4"


class LinkOrigin(StrEnum):
    """Whose link it is that counts for an item."""

    OWN = "own"
    INHERITED = "inherited"
    FROM_CHILD = "from_child"


class Verdict(StrEnum):
    """What is to be expected of a key result. ``MISSED``: its period is over; ``STALE``, ``TOO_EARLY``,
    ``NOT_MEASURED``: not known; ``NO_END``: its period never ends, ``NO_BEGIN``: nobody says when it
    began, so no pace is asked for."""

    MISSED = "missed"
    WILL_MISS = "will_miss"
    AT_RISK = "at_risk"
    STALE = "stale"
    NOT_MEASURED = "not_measured"
    NO_END = "no_end"
    NO_BEGIN = "no_begin"
    TOO_EARLY = "too_early"
    ON_TRACK = "on_track"
    ACHIEVED = "achieved"


class Moved(StrEnum):
    """Whether a key result moved since a delivery, beyond its noise. ``UNKNOWN``: too few values to tell."""

    MOVED = "moved"
    NOT_MOVED = "not_moved"
    UNKNOWN = "unknown"


# Synonyms per vocabulary: the folded word (lower case, inner blanks and dashes as one "_") → the contract's
# word.

ALIASES: dict[type[StrEnum], dict[str, str]] = {
    StateClass: {
        **dict.fromkeys(("proposed", "to_do", "todo", "new"), "backlog"),
        **dict.fromkeys(("in_progress", "doing"), "active"),
        **dict.fromkeys(("waiting", "queue", "queued", "blocked", "on_hold"), "wait"),
        **dict.fromkeys(("completed", "complete", "closed", "finished"), "done"),
        **dict.fromkeys(("removed", "canceled", "discarded"), "cancelled"),
    },
    Rag: {
        **dict.fromkeys(("g", "on_track", "ontrack", "ok", "🟢", "grün", "vert", "verte", "verde"), "green"),
        **dict.fromkeys(("a", "y", "yellow", "at_risk", "🟡", "🟠", "orange", "gelb", "jaune"), "amber"),
        **dict.fromkeys(("ambre", "amarillo", "ámbar", "naranja"), "amber"),
        **dict.fromkeys(("r", "off_track", "offtrack", "critical", "🔴", "rot"), "red"),
        **dict.fromkeys(("rouge", "rojo", "roja"), "red"),
        **dict.fromkeys(("g/a", "ga", "green/amber", "amber/green", "amber_green"), "green_amber"),
        **dict.fromkeys(("a/r", "ar", "amber/red", "red/amber", "red_amber"), "amber_red"),
    },
    WorkType: {
        "story": "feature",
        "business": "feature",
        "bug": "defect",
        "tech_debt": "debt",
        "technical_debt": "debt",
        "regulatory": "compliance",
        "operations": "run",
        "bau": "run",
        "incident": "run",
    },
    MetricKind: {"behavior": "behaviour"},
    Direction: {"up": "increase", "down": "decrease", "hold": "maintain", "keep": "maintain"},
    KeyResultType: {
        "up": "increase",
        "down": "decrease",
        "boolean": "binary",
        "yes/no": "binary",
        "yes_no": "binary",
        "milestones": "milestone",
        "stay_above": "maintain_above",
        "stay_below": "maintain_below",
    },
    GoalType: {"kr": "key_result", "keyresult": "key_result", "o": "objective"},
    Commitment: {"commit": "committed", "stretch": "aspirational", "moonshot": "aspirational"},
    Timing: {"lead": "leading", "lag": "lagging"},
    DeltaType: {"abs": "absolute", "pct": "relative", "percent": "relative", "%": "relative", "pp": "points"},
    SpendKind: {"actuals": "actual", "fcst": "forecast", "plan": "forecast"},
    PortfolioStage: {"analysing": "analyzing", "backlog": "ready", "implementation": "implementing"},
    DecisionOutcome: {"kill": "stop", "persevere": "continue"},
}
