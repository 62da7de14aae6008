"""The rules of OKR alignment and of reported status on a few rows each, at their lines and beside them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import pandas as pd
from okr_small import YEAR, aligned, checkins, epic, key_result, link, objective, portfolio
from outcomes_small import benefit
from planted import ALARM, GOOD, LIMITS, Case, Found
from test_okr_findings import booked, judged
from test_outcomes_goalposts import LOWERED, change, decision, judged_items

from vmo_helpers.findings import Finding
from vmo_helpers.findings import okr as findings
from vmo_helpers.findings import watermelon as judge
from vmo_helpers.measures import okr
from vmo_helpers.measures.okr.sight import STEPS
from vmo_helpers.vocabulary import Moved, Severity, Verdict


@cache
def served(tied: int, of: int, paid_apart: float = 0.0) -> okr.Alignment:
    """So many of the epics in progress serve the top goal; of 100 spent so much went to an epic without."""
    work = [epic(f"E{n}") for n in range(of)]
    paid = [("E0", 100 - paid_apart), (f"E{of - 1}", paid_apart)]
    return aligned(
        work_items=work,
        key_results=[key_result("K1")],
        links=[link(f"E{n}", "O1") for n in range(tied)],
        spend=[booked(item, amount) for item, amount in paid if amount and paid_apart],
    )


def tied(tied: int, of: int, paid_apart: float = 0.0) -> Finding:
    return judged(served(tied, of, paid_apart))


def orphans(tied: int, of: int) -> list[Finding]:
    read = served(tied, of)
    return findings.orphan_items(read, okr.orphan_items(read), LIMITS)


def unaligned(lost: float, total: float = 100.0, untraced: float = 0.0) -> Finding:
    frame = pd.DataFrame({"part": ["O1", "no_goal", "not_traceable"], "judged": [True, True, False]})
    frame = frame.assign(amount=[total - lost, lost, untraced])
    return findings.unaligned_spend(served(3, 5), frame, LIMITS)


def starving(gap: float, linked: float = 0.5) -> list[Finding]:
    frame = pd.DataFrame(
        {
            "objective_id": ["O1", "O2"],
            "title": ["Growth", "Trust"],
            "intent_share": [0.3, 0.7],
            "spend_share": [0.3 - gap, linked - 0.3 + gap],
            "spend_gap": [gap, 0.0],
            "spend": [9.0, 1.0],
            "items": [3, 1],
        }
    )
    return findings.starvation(served(3, 5), frame, LIMITS)


def spread(*links: int) -> Finding:
    frame = pd.DataFrame({"links": links, "objective_id": [f"O{n}" for n in range(len(links))]})
    frame = frame.assign(title=frame["objective_id"], link_share=frame["links"] / sum(links))
    return findings.over_mapping(served(3, 5), frame, LIMITS)


def promised(share: float) -> list[Finding]:
    row = {"kr_id": ["K1"], "title": ["Kept"], "promised_share": [share], "promising_items": [3]}
    return findings.over_promised(pd.DataFrame(row, index=[2]), LIMITS)


def claims(count: int) -> list[Finding]:
    keys = [f"K{n}" for n in range(count)]
    goals, links = [key_result(key) for key in keys], [link("E1", key) for key in keys]
    return findings.over_mapped_items(aligned(key_results=goals, links=links), LIMITS)


def pulled(gap: float, started: float, objective_id: str = "O1", n: int = 5) -> list[Finding]:
    frame = pd.DataFrame({"team": ["Till"], "objective_id": [objective_id], "title": ["Growth"], "n": [n]})
    frame = frame.assign(gap=gap, started_share=started, wanted_share=0.3)
    return findings.pulled_against_wanted(served(3, 5), frame, LIMITS)


def goal_work(objectives: list[bool], results: list[bool]) -> list[Finding]:
    """Goals of either kind, of each whether it is without work."""
    rows = [
        {"goal_type": kind, "goal_id": f"{kind}{n}", "title": "Goal", "without_work": idle}
        for kind, every in (("objective", objectives), ("key_result", results))
        for n, idle in enumerate(every)
    ]
    frame = pd.DataFrame(rows, index=range(2, len(rows) + 2)).assign(finished_items=0)
    return findings.goals_without_work(served(3, 5), frame)


def in_sight(share: float) -> Finding:
    frame = pd.DataFrame({"step": STEPS, "share": [0.9, 0.9, 0.9, share]})
    return findings.line_of_sight(served(3, 5), frame, LIMITS)


def siloed(*departments: str) -> list[Finding]:
    teams = [{"team": f"T{n}", "department": name} for n, name in enumerate(departments)]
    work = [epic(f"E{n}", team=f"T{n}") for n in range(len(teams))]
    links = [link(row["item_id"], "K1") for row in work]
    read = aligned(work_items=work, teams=teams, key_results=[key_result("K1")], links=links)
    return findings.siloed_goals(okr.served_by(read))


def at_odds(second: str, metric_id: str = "M1") -> list[Finding]:
    named = {"unit": "%", "direction": "increase", "kind": "outcome"}
    read = aligned(
        links=[link("E1", "K1")],
        metrics=[{"metric_id": key, "name": f"Metric {key}", **named} for key in ("M1", "M2")],
        key_results=[
            key_result("K1", metric_id="M1"),
            key_result("K2", metric_id=metric_id, type=second, baseline=5, target=9 if "in" in second else 1),
        ],
    )
    return findings.conflicting_goals(read, okr.conflicting(read.goals))


def heading(*values: float, day: str = "2026-10-31", **goal: Any) -> list[Finding]:
    """The key result from 0 to 10 by New Year, or as the goal says, with a value on the first of each of the
    last months."""
    first = pd.Timestamp(day).month - len(values) + 1
    dates = [(f"2026-{first + n:02d}-01T09:00", value) for n, value in enumerate(values)]
    goals = [objective("O1", 1, **{**YEAR, **{key: goal[key] for key in ("to",) if key in goal}})]
    results = [key_result("K1", **goal)]
    known = portfolio(day, objectives=goals, key_results=results, checkins=checkins("K1", *dates))
    return findings.key_results(okr.key_results(known, okr.goals(known)))


def ended(value: float) -> list[Finding]:
    """On the last day of the quarter, which is over with it."""
    return heading(value, value, value, day="2026-09-30", to="2026-09-30")


def verdicts(*said: Verdict) -> list[Finding]:
    """Key results of these verdicts."""
    n = len(said)
    frame = pd.DataFrame({"kr_id": [f"K{i}" for i in range(n)], "title": "Result", "verdict": list(said)})
    frame = frame.assign(progress=0.4, needed=1.0, expected=0.5, overdue_days=9.0, values_in_period=5)
    frame = frame.assign(projected=0.6, projected_low=0.5, projected_high=0.7, not_measured_because=None)
    return findings.key_results(frame.set_axis(range(2, n + 2)))


def objective_of(worst: Verdict) -> list[Finding]:
    row = {"objective_id": "O1", "title": "Growth", "key_results": 1, "measured": 1, "score": 0.5}
    frame = pd.DataFrame([{**row, "worst": str(worst), **{str(verdict): 0 for verdict in Verdict}}])
    return findings.objectives(frame.set_axis([2]))


def moved(*said: Moved) -> Finding:
    read = aligned(key_results=[key_result("K1")], links=[link("E1", "K1")])
    frame = pd.DataFrame({"moved": list(said), "key_results": 1}, index=range(2, len(said) + 2))
    return findings.moved(read, frame)


def edited(day: str) -> list[Finding]:
    change = {"table": "key_results", "key": "K1", "column": "target", "old_value": "97", "changed_at": day}
    quarter = {"from": "2026-07-01", "to": "2026-09-30"}
    read = aligned(
        key_results=[key_result("K1", target=96, **quarter)], plan_changes=[change], links=[link("E1", "O1")]
    )
    return findings.late_edits(read, okr.late_edits(read.portfolio, read.goals))


def covered(testable: float, reported: float, items: int = 9) -> Finding:
    row = {"name": "all", "items": items, "assessable_share": testable, "reported_share": reported}
    return judge.coverage(pd.DataFrame([row]), LIMITS)


def sign(name: str, value: float) -> Iterable[Finding]:
    frame = pd.DataFrame({"sign": [name], "value": [value], "unit": ["share"], "n": [9]})
    return judge.fake_agility(frame, LIMITS)


def fell(p_value: float, dropped: bool) -> Found:
    row = {"subject": "VS", "instrument": "nps", "unit": "score", "score": 3.0, "score_before": 9.0}
    row |= {"at_before": pd.Timestamp("2025-10-29T12:00Z")}
    frame = pd.DataFrame([{**row, "change": -6.0, "n": 40, "p_value": p_value, "dropped": dropped}])
    return judge.satisfaction_drops(portfolio("2026-10-31"), frame, LIMITS)


def lowered(*decided: str) -> list[Finding]:
    """A target that was lowered on 1 July, and when somebody decided it."""
    made, items = judged_items(
        [change("target", 100)], decisions=[decision(day) for day in decided], **LOWERED
    )
    return judge.moved_goalposts(made, items.reset_index(drop=True), LIMITS)


def at_target(today: float) -> list[Finding]:
    """A target that is another one today, which nobody decided."""
    made, items = judged_items([change("target", 100)], benefits=[benefit(target=today)])
    return judge.moved_goalposts(made, items.reset_index(drop=True), LIMITS)


CASES = [
    Case("okr.alignment", tied, planted=[(3, 4)], near=[(4, 5), (5, 5), (4, 5, 20.0)]),
    Case("okr.alignment", tied, planted=[(4, 5, 20.001)], near=[(4, 5, 20.0), (5, 5, 50.0)]),
    Case("okr.alignment", tied, planted=[(3, 4)], near=[(4, 5), (4, 5, 50.0)], loud=ALARM),
    Case("okr.orphan_items", orphans, planted=[(5, 6)], near=[(5, 5), (1, 1)]),
    Case("okr.orphan_items", orphans, planted=[(3, 4)], near=[(4, 5), (8, 10)], loud=ALARM),
    Case("okr.orphan_item", orphans, planted=[(5, 6)], near=[(5, 5), (1, 1)]),
    Case("okr.unaligned_spend", unaligned, planted=[(0.001,)], near=[(0.0,), (9e-5,), (0.0, 100.0, 50.0)]),
    Case("okr.unaligned_spend", unaligned, planted=[(20.0,)], near=[(19.99,), (1.0,)], loud=ALARM),
    Case(
        "okr.starvation",
        starving,
        planted=[(0.15,), (0.15 - 1e-12,)],
        near=[(0.1499,), (-0.15,), (0.3, 0.499)],
    ),
    Case("okr.effective_goals", spread, planted=[(9, 1, 0), (1, 0, 0)], near=[(9, 0), (9,), (9, 5, 0)]),
    Case("okr.over_promised", promised, planted=[(1.5001,)], near=[(1.5,), (1.5 + 1e-12,), (float("nan"),)]),
    Case("okr.over_mapped_item", claims, planted=[(4,)], near=[(3,), (1,)]),
    Case(
        "okr.pulled",
        pulled,
        planted=[(0.25, 0.55), (float("nan"), 0.25, "")],
        near=[(0.2499, 0.5499), (float("nan"), 0.2499, ""), (0.25, 0.55, "O1", 4)],
    ),
    Case(
        "okr.goals_without_work",
        goal_work,
        planted=[([True, False], [False]), ([False], [True])],
        near=[([False, False], [False]), ([False], [])],
    ),
    Case(
        "okr.objective_without_work",
        goal_work,
        planted=[([True, False], [False])],
        near=[([False], [True]), ([False], [])],
    ),
    Case("okr.line_of_sight", in_sight, planted=[(0.7999,)], near=[(0.8,), (1.0,)]),
    Case("okr.line_of_sight", in_sight, planted=[(0.8,)], near=[(0.7999,), (0.5,)], loud=GOOD),
    Case(
        "okr.siloed_goal",
        siloed,
        planted=[("Stores",), ("Stores", "Stores")],
        near=[("Stores", "Web"), ("Stores", "Web", "Web")],
        loud=frozenset({Severity.NOTE}),
    ),
    Case("okr.conflicting_goals", at_odds, planted=[("decrease",)], near=[("increase",), ("decrease", "M2")]),
    Case(
        "okr.key_results",
        verdicts,
        planted=[(Verdict.MISSED,), (Verdict.AT_RISK,), (Verdict.ON_TRACK, Verdict.STALE)],
        near=[(Verdict.ON_TRACK, Verdict.ACHIEVED), (Verdict.TOO_EARLY,), (Verdict.NOT_MEASURED,)],
    ),
    Case(
        "okr.key_results",
        verdicts,
        planted=[(Verdict.MISSED,), (Verdict.WILL_MISS,)],
        near=[(Verdict.AT_RISK,), (Verdict.ON_TRACK, Verdict.STALE)],
        loud=ALARM,
    ),
    Case("okr.key_result_missed", ended, planted=[(9.99,)], near=[(10.0,), (11.0,)]),
    Case(
        "okr.key_result_will_miss",
        heading,
        planted=[(1.0, 1.1, 1.0, 1.2, 1.1)],
        near=[(1, 4, 2, 6, 4, 7.5), (2, 3, 4, 5, 6, 7, 8, 9), (1.0, 1.1)],
    ),
    Case(
        "okr.key_result_at_risk",
        heading,
        planted=[(1, 4, 2, 6, 4, 7.5)],
        near=[(1.0, 1.1, 1.0, 1.2, 1.1), (2, 3, 4, 5, 6, 7, 8, 9), (1.0, 9.0)],
    ),
    Case(
        "okr.objective",
        objective_of,
        planted=[(Verdict.MISSED,), (Verdict.WILL_MISS,), (Verdict.AT_RISK,)],
        near=[(Verdict.STALE,), (Verdict.TOO_EARLY,), (Verdict.ON_TRACK,), (Verdict.ACHIEVED,)],
    ),
    Case(
        "okr.moved",
        moved,
        planted=[(Moved.NOT_MOVED,), (Moved.NOT_MOVED, Moved.UNKNOWN)],
        near=[(Moved.MOVED, Moved.NOT_MOVED), (Moved.UNKNOWN,)],
    ),
    Case(
        "okr.late_edit",
        edited,
        planted=[("2026-10-01T09:00",)],
        near=[("2026-09-30T21:59",), ("2026-08-01",)],
    ),
    Case(
        "watermelon.moved_goalposts",
        lowered,
        planted=[(), ("2025-08-02",)],
        near=[("2025-07-31",), ("2025-06-01",)],
    ),
    Case("watermelon.moved_goalposts", at_target, planted=[(12,)], near=[(100,), (200,)]),
    Case("watermelon.coverage", covered, planted=[(0.7999, 1), (1, 0.7999)], near=[(0.8, 0.8), (0, 0, 0)]),
    Case("watermelon.coverage", covered, [(0.8, 0.8)], [(0.7999, 1), (1, 0.7999)], loud=GOOD),
    *(
        Case(
            "watermelon.fake_agility",
            sign,
            planted=[(name, limit + 0.001)],
            near=[(name, limit), (name, limit - 0.001)],
        )
        for name, limit in judge.sign_limits(LIMITS).items()
    ),
    Case("watermelon.satisfaction_drop", fell, [(0.01, True)], [(0.01, False), (0.05, False)]),
]
