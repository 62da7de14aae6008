"""The rules of value, funding and the move on a few rows each, at their lines and beside them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from planted import LIMITS, Case

from vmo_helpers.findings import Finding, funding, transition, value
from vmo_helpers.measures.funding import LONG_ON_A_STREAM
from vmo_helpers.measures.transition import AXES, EVIDENCE
from vmo_helpers.measures.value import Framework
from vmo_helpers.portfolio import Settings
from vmo_helpers.results.figure import Figure
from vmo_helpers.tables import portfolio_of
from vmo_helpers.vocabulary import Severity
from vmo_helpers.window import Window

WINDOW = Window(pd.Timestamp("2025-11-01", tz="UTC"), pd.Timestamp("2026-10-31", tz="UTC"))


def benefits(*rows: tuple[float, float | None, float], **more: Any) -> pd.DataFrame:
    """Benefits due in full: planned by now, realised (None: not measured), planned by the first plan."""
    frame = pd.DataFrame(
        rows, columns=["planned_to_date", "realised", "first_planned_to_date"], dtype="float64"
    )
    keys = [f"B{place}" for place in range(len(frame))]
    given: dict[str, Any] = {
        "benefit_id": keys,
        "title": keys,
        "metric_id": keys,
        "planned_value": frame["planned_to_date"],
        "planned_share": 1.0,
        "first_planned_share": 1.0,
        "unagreed": False,
        "effect_at": pd.Timestamp("2026-01-01", tz="UTC"),
        "ends_on": pd.Timestamp("2026-06-30"),
        "due_a_value": True,
        "measured": frame["realised"].notna(),
        "replanned": True,
    }
    return frame.assign(**{**given, **more}).set_index(pd.RangeIndex(2, len(frame) + 2))


def realised(*rows: tuple[float, float | None, float]) -> Finding:
    return value.realisation(benefits(*rows), LIMITS, "EUR")


def vanished(now: float, came: float, first: float, replanned: bool = True) -> list[Finding]:
    return value.vanished_shortfalls(
        benefits((now, came, first), (9, 9, 9), replanned=[replanned, True]), LIMITS
    )


def unmeasured(*came: float | None) -> list[Finding]:
    return value.not_measured(benefits(*[(9, one, 9) for one in came]))


def claims(*shares: float) -> list[Finding]:
    made = benefits(*[(9, 9, 9) for _ in shares])
    over = [(made["benefit_id"].str.cat(sep="; "), sum(shares))] if sum(shares) > 1 else []
    frame = pd.DataFrame(over, columns=["benefits", "claimed"]).assign(metric_id="M", planned_value=9.0)
    return value.claimed_twice(frame, made)


def returns(*pairs: tuple[float, float]) -> list[Finding]:
    """Streams of one item each: what it realised, and what it cost."""
    frame = pd.DataFrame(pairs, columns=["realised", "spent"], dtype="float64")
    keys = [f"S{place}" for place in range(len(frame))]
    frame = frame.assign(value_stream_id=keys, value_stream=keys, items=1)
    share = frame["realised"] / frame["spent"]
    streams = frame.assign(returned=frame["realised"], spent_on_them=frame["spent"], **{"return": share})
    return value.low_returns(streams, frame, LIMITS, "EUR")


def risked(at_risk: float, left: float = 100.0) -> Finding:
    money = pd.DataFrame(
        {"at_risk": [at_risk], "left_tested": [left], "at_risk_assumed": [np.nan], "unpriced": [0]}
    )
    return value.at_risk(money.assign(value_stream_id="S"), money, LIMITS)


def advice(*verdicts: str) -> list[Finding]:
    frame = pd.DataFrame({"verdict": verdicts, "item_id": [f"E{place}" for place in range(len(verdicts))]})
    given = {"ratio": 0.2, "p_value": 0.01, "cost_per_month": 5.0, "cost_to_go": 9.0, "ahead": 2.0}
    return value.recommendations(
        frame.assign(title="Trial", because="two numbers", changes_when="it turns", **given), LIMITS
    )


def figure(key: str, share: float | None, n: int = 9, unit: str = "share") -> Figure:
    return Figure(key, share, unit, n, WINDOW, "as counted", why=None if share is not None else "too few")


def served(share: float, *dropped: bool | None) -> Finding:
    drops = pd.DataFrame({"dropped": pd.Series(dropped, dtype="boolean")})
    return value.business_value([figure("value.business_value_delivered", share)], drops, LIMITS)


def ranked(share: float | None) -> Finding:
    numbers = [figure("value.rank_stability", share), figure("value.scored_items", 9.0, unit="items")]
    return value.rank_stability(numbers, Framework({"roi": 1.0}, [], []), LIMITS)


def funded(projects: float) -> Finding:
    rows = {"funding_type": ["project", "value_stream"], "in_window": [projects, 1 - projects]}
    made = pd.DataFrame(rows, index=[2, 3])
    return funding.value_streams(made, pd.DataFrame({"value_stream_share": [], "quarter": []}), LIMITS)


def project_funded(share: float) -> list[Finding]:
    rows = {
        "funding_type": ["project", "value_stream"],
        "in_window": [share, 1 - share],
        "value_stream_id": "S",
    }
    named = pd.DataFrame({"value_stream_id": ["S"], "value_stream": ["Stores"]})
    return funding.project_funded(pd.DataFrame(rows, index=[2, 3]), named, LIMITS)


def staying(share: float) -> Finding:
    return funding.persistent_teams(pd.DataFrame({"spend": [100.0], "lasting_spend": [100 * share]}), LIMITS)


def fresh(days: float) -> list[Finding]:
    row = {"team": ["Till"], "value_stream_id": ["S"], "on_stream_days": [days], "spend": [9.0]}
    return funding.unstable_teams(pd.DataFrame(row))


def weakest(*shares: float) -> Finding:
    return transition.weakest_axis(axes(*shares), LIMITS)


def heading(*lines: tuple[float, ...]) -> Finding:
    """Each line one axis, review by review."""
    rows = [
        (axis, pd.Timestamp("2026-01-31") + pd.offsets.MonthEnd(place), value, line[0])
        for axis, line in zip(AXES, lines, strict=False)
        for place, value in enumerate(line)
    ]
    frame = pd.DataFrame(rows, columns=["axis", "day", "value", "since"])
    return transition.over_reviews(frame, LIMITS)


def axes(*shares: float) -> pd.DataFrame:
    return pd.DataFrame({"axis": AXES[: len(shares)], "value": shares, "basis": EVIDENCE})


def rebadged(office: str, low: int, projects: float = 0.2, read: float = 0.5) -> Finding:
    made = portfolio_of({}, Settings(office=office))
    signs = pd.DataFrame({"sign": ["project_funding"], "value": [projects]})
    shares = [0.4] * low + [0.9] * (4 - low)
    return transition.rebadged(made, axes(*shares), signs, read, LIMITS)


def flagged(confirmed: float | None, wrong: float | None, n: int, left: float | None = 2.0) -> Finding:
    values = {"confirmed": confirmed, "wrong": wrong, "open": left}
    rows = [(f"vmo.flags_{word}", value, n) for word, value in values.items()]
    return transition.flags(pd.DataFrame(rows, columns=["key", "value", "n"]), LIMITS)


ALARM = frozenset({Severity.ALARM})
CASES = [
    Case(
        "value.realisation",
        realised,
        [((100, 79, 100),), ((100, 79, 100), (100, None, 100))],
        [((100, 80, 100),), ((100, 95, 100),)],
    ),
    Case(
        "value.vanished_shortfall",
        vanished,
        [(50, 45, 100), (50, 40, 100)],
        [(50, 45, 50), (50, 45, 100, False), (50, 39, 100), (50, 80, 100)],
    ),
    Case(
        "value.not_measured",
        unmeasured,
        [(9, None), (None,)],
        [(9, 9), (0.0,)],
        frozenset({Severity.UNKNOWN}),
    ),
    Case("value.claimed_twice", claims, [(0.7, 0.31)], [(0.7, 0.3), (1.0,)]),
    Case(
        "value.return",
        returns,
        [((29, 100), (90, 300)), ((28, 100),)],
        [((30, 100),), ((50, 100), (31, 100))],
    ),
    Case("value.low_return", returns, [((29, 100), (90, 100))], [((30, 100), (90, 100)), ((31, 100),)]),
    Case("value.at_risk", risked, [(50.0,), (80.0,)], [(49.0,), (0.5,)]),
    Case(
        "value.recommendations",
        advice,
        [("stop", "continue"), ("fund",)],
        [("continue",), ("continue", "cannot_say")],
    ),
    Case("value.stop", advice, [("stop",)], [("pivot",), ("cannot_say", "continue")], ALARM),
    Case("value.pivot", advice, [("pivot",)], [("stop",), ("continue",)]),
    Case("value.fund", advice, [("fund",)], [("continue",), ("stop", "cannot_say")]),
    Case(
        "value.business_value",
        served,
        [(0.79, False), (0.95, True)],
        [(0.8, False), (0.95, False), (0.95, None)],
    ),
    Case("value.rank_stability", ranked, [(0.49,)], [(0.5,), (None,)]),
    Case("funding.value_streams", funded, [(0.34,)], [(0.33,), (0.1,)]),
    Case("funding.project_funded", project_funded, [(0.51,)], [(0.5,), (0.2,)]),
    Case("funding.persistent_teams", staying, [(0.79,)], [(0.8,), (1.0,)]),
    Case("funding.unstable_team", fresh, [(LONG_ON_A_STREAM - 1,)], [(LONG_ON_A_STREAM,), (400,)]),
    Case("transition.weakest_axis", weakest, [(0.5, 0.9), (0.1,)], [(0.51, 0.9), (0.6, 0.7, 0.8)]),
    Case(
        "transition.over_reviews",
        heading,
        [((0.6, 0.7, 0.5),), ((0.2, 0.9), (0.5, 0.4))],
        [((0.6, 0.5, 0.51),), ((0.2, 0.9), (0.5, 0.41)), ((0.5, 0.6),)],
    ),
    Case("transition.flags", flagged, [(8, 1, 9), (4, 1, 5)], [(9, 1, 10), (5, 0, 5), (None, None, 4)]),
    Case(
        "transition.rebadged",
        rebadged,
        [("vmo", 3), ("vmo", 2, 0.51, 0.0)],
        [("vmo", 2), ("pmo", 3), ("vmo", 2, 0.51, 0.1), ("vmo", 2, 0.5, 0.0)],
        ALARM,
    ),
]
