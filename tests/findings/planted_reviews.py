"""The rules of decisions and of what changed on a few rows each, at their lines and just beside them."""

from __future__ import annotations

from typing import Any

import pandas as pd
from decisions_small import NONE_HELD, decision, portfolio
from planted import ALARM, LIMITS, Case
from test_changes import found
from test_decision_findings import TAKEN, asks, finding
from test_places import BROKEN, DROP, STARVED, STUCK, failing

from vmo_helpers.findings import Finding
from vmo_helpers.findings import changes as of_changes
from vmo_helpers.findings import decisions as judged
from vmo_helpers.measures import decisions
from vmo_helpers.results.change import Change, Tone
from vmo_helpers.vocabulary import Severity

LEAD, MELONS, TOP = "flow.lead_time_p85_days", "watermelon.count", "okr.top_three_share"
BENEFITS = "value.benefit_realisation"


def concluded(**values: tuple[float, float | None]) -> Finding:
    keys = {"lead": LEAD, "melons": MELONS, "top": TOP, "benefits": BENEFITS}
    rows = [
        {"key": keys[name], "unit": "days", "value": now, "before": before}
        for name, (now, before) in values.items()
    ]
    return judged.conclusion(pd.DataFrame(rows, columns=["key", "unit", "value", "before"]), LIMITS, "epic")


def asked(*rows: dict[str, Any]) -> list[Finding]:
    return judged.asked(asks(list(rows)), "EUR")


def past(*rows: dict[str, Any]) -> list[Finding]:
    return judged.past(decisions.states(portfolio(*rows)), NONE_HELD, LIMITS)


def since(*reviews: str, now: str | None) -> list[Finding]:
    return of_changes.since_last(found(*reviews, now=now), "2026-09-30", "2026-10-31")


def back(*reviews: str, now: str | None) -> list[Finding]:
    return of_changes.comes_and_goes(found(*reviews, now=now), LIMITS)


def kept(*words: str) -> list[Finding]:
    frame = pd.DataFrame({"kept": words}, index=pd.RangeIndex(2, len(words) + 2)).assign(
        decision_id="D-1", question="Freeze it?", facts="2 items started there since", place="S"
    )
    return judged.kept(frame.assign(done_at=pd.Timestamp("2026-06-30T10:00:00Z")))


def figures(*tones: Tone) -> Finding:
    rows = [{"figure": "F", "now": "2", "against_last_time": Change("1 more", tone)} for tone in tones]
    return of_changes.moved(pd.DataFrame(rows), "2026-09-30", "2026-10-31")


def ran(status: str) -> list[Finding]:
    row = {
        "name": "flow_analysis",
        "status": status,
        "why": "it stopped",
        "last_good": None,
        "last_day": None,
    }
    return of_changes.not_seen(pd.DataFrame([row]), {"flow_analysis": "flow"})


BROKEN_NOTE = {**BROKEN, "severity": "note"}
ASK, NOTED, WHOLE = (
    finding("flow.blocked", "E-1"),
    finding("flow.blocked", "E-1", "note"),
    finding("flow.blocked", "portfolio"),
)
OTHER = finding("flow.hand_offs", "E-1")
LATE = decision(**TAKEN, due="2026-10-30")
TODAY = decision(**TAKEN, due="2026-10-31")
DONE = decision(**TAKEN, due="2026-10-01", done_at="2026-10-04T09:00:00Z")
UNKNOWN = frozenset({Severity.UNKNOWN})
CASES = [
    Case(
        "places.fails",
        lambda *rows: failing(*rows, tested=0),
        planted=[(DROP, STARVED, STUCK), (DROP, STARVED, STUCK, BROKEN)],
        near=[(DROP, STARVED), (DROP, STARVED, BROKEN_NOTE), ()],
        loud=ALARM,
    ),
    Case(
        "places.mixed",
        lambda finished: failing(DROP, STARVED, BROKEN, tested=0, started=5, finished=finished),
        planted=[(3,), (5,)],
        near=[(2,), (0,)],
    ),
    Case(
        "decisions.conclusion",
        lambda values: concluded(**values),
        planted=[
            ({"melons": (1.0, None)},),
            ({"lead": (289.5, 289.0)},),
            ({"top": (0.7999, None)},),
            ({"benefits": (0.9999, None)},),
        ],
        near=[
            ({"melons": (0.0, 7.0)},),
            ({"lead": (289.4, 289.0)},),
            ({"lead": (280.0, 289.0)},),
            ({"top": (0.8, None)},),
            ({"benefits": (1.0, None)},),
            ({},),
        ],
    ),
    Case(
        "decisions.conclusion",
        lambda values: concluded(**values),
        planted=[({"melons": (1.0, None), "top": (0.7999, None)},)],
        near=[({"melons": (1.0, None), "top": (0.8, None)},), ({"melons": (9.0, None)},)],
        loud=ALARM,
    ),
    Case("decisions.asked", asked, planted=[(ASK,)], near=[(), (NOTED,), (WHOLE,), (OTHER,)]),
    Case("decisions.ask", asked, planted=[(ASK,)], near=[(), (NOTED,), (WHOLE,), (OTHER,)]),
    Case("decisions.carried_through", past, planted=[(LATE,)], near=[(TODAY,), (DONE,), (decision(),)]),
    Case("value.late_decision", past, planted=[(LATE,)], near=[(TODAY,), (DONE,)]),
    *(
        Case(rule, kept, planted=[("not kept",), ("kept", "not kept")], near=[("kept",), ("cannot be seen",)])
        for rule in ("decisions.kept", "decisions.not_kept")
    ),
    Case(
        "changes.since_last",
        lambda before, now: since(*before, now=now),
        planted=[(["-"], "a"), (["a", "-"], "a")],
        near=[(["-"], "w"), (["a"], "a"), (["a"], None), (["-"], "u")],
    ),
    Case(
        "changes.comes_and_goes",
        lambda before, now: back(*before, now=now),
        planted=[(["a", "-"], "a")],
        near=[(["a", "a"], "a"), (["-", "-"], "a"), (["a", "-"], None)],
    ),
    Case(
        "changes.figures",
        figures,
        planted=[(Tone.BAD,), (Tone.BAD, Tone.BAD, Tone.GOOD)],
        near=[(Tone.BAD, Tone.GOOD), (Tone.GOOD,), (Tone.NEUTRAL,)],
    ),
    Case(
        "changes.not_seen",
        ran,
        planted=[("failed",)],
        near=[("done",)],
        loud=UNKNOWN,
        fewer="a notebook ran to its end or it did not",
    ),
]
