"""Who pulls where: teams against intent, departments that keep a goal to themselves, goals at odds."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.okr.saying import MOST_SUBJECTS, PORTFOLIO, feature_items, name, unknown
from vmo_helpers.measures.okr import Alignment
from vmo_helpers.results.finding import Evidence, Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity


def pulled_against_wanted(read: Alignment, pulled: pd.DataFrame, limits: Thresholds) -> list[Finding]:
    """ "Checkout started 70 % for Growth, wanted 35 %": each team and goal ``okr_pulled_points`` above
    intent, from 5 starts on (``smallest_n_percentile``).

    ``pulled`` as ``okr.pulled_against_wanted`` returns it. Work for no goal counts against an intent of
    nothing.
    """
    rule, line = "okr.pulled", limits.okr_pulled_points
    enough = pulled[pulled["n"].ge(limits.smallest_n_percentile) & pulled["team"].ne("")]
    why = read.missing.get("linked") or (
        "" if pulled["wanted_share"].notna().any() else "no objective that holds the day bears a weight"
    )
    if why or enough.empty:
        why = (
            why
            or f"no team started {wording.number(limits.smallest_n_percentile)} {feature_items(read)}s "
            "in the window"
        )
        return [unknown(rule, f"No conclusion on what teams pull: {why}", missing=(why,))]
    gap = enough["gap"].where(enough["objective_id"].ne(""), enough["started_share"])
    strong = enough.assign(gap=gap)[gap.ge(line - 1e-9)].sort_values(
        ["gap", "team"], ascending=[False, True], kind="stable"
    )
    if strong.empty:
        return [
            Finding(
                rule,
                PORTFOLIO,
                Severity.GOOD,
                f"No team started {wording.points(line)} more for a goal than is wanted",
                n=enough["team"].nunique(),
                value=float(gap.max()),
                unit="share",
                threshold=line,
                threshold_name="okr_pulled_points",
            )
        ]
    return [
        Finding(
            rule,
            f"{row['team']}|{row['objective_id'] or 'no goal'}",
            Severity.WARNING,
            f"{wording.plain(row['team'])} started {wording.percent(row['started_share'])} for {_goal(row)}"
            + (f", wanted {wording.percent(row['wanted_share'])}" if row["objective_id"] else ""),
            value=float(row["gap"]),
            unit="share",
            threshold=line,
            threshold_name="okr_pulled_points",
            n=int(row["n"]),
            clears_when="what is started next follows the weights",
        )
        for _, row in strong.head(MOST_SUBJECTS).iterrows()
    ]


def _goal(row: pd.Series) -> str:
    return name(row["title"], row["objective_id"]) if row["objective_id"] else "no goal"


def siloed_goals(served: pd.DataFrame) -> list[Finding]:
    """ "6 of 21 key results in work are served by one department alone", then each of them.

    ``served`` as ``okr.served_by`` returns it.
    """
    rule = "okr.siloed_goal"
    known = served[served["siloed"].notna()]
    if known.empty:
        return [
            unknown(
                "okr.siloed_goals",
                "No conclusion on siloed goals: no department is known of the teams that serve a key result",
                n=len(served),
                missing=("teams.department",),
                clears_when="teams name their department",
            )
        ]
    alone = known[known["siloed"].astype(bool)]
    first = Finding(
        "okr.siloed_goals",
        PORTFOLIO,
        Severity.NOTE,
        f"{wording.number(len(alone))} of {wording.counted(len(known), 'key result')} in work "
        f"{'is' if len(alone) == 1 else 'are'} served by one department alone",
        value=float(len(alone)),
        unit="number",
        n=len(known),
        evidence=(Evidence.of("key_results", alone),) if len(alone) else (),
        clears_when="teams of other departments that the result needs take part" if len(alone) else "",
    )
    return [
        first,
        *[
            Finding(
                rule,
                str(row["kr_id"]),
                Severity.NOTE,
                f"{name(row['title'], row['kr_id'])} is served by {wording.plain(row['department'])} alone",
                value=float(row["teams"]),
                n=int(row["items"]),
                evidence=(Evidence.of("key_results", alone.loc[[index]]),),
                clears_when="another department takes part",
                details={"teams": int(row["teams"]), "items": int(row["items"])},
            )
            for index, row in alone.head(MOST_SUBJECTS).iterrows()
        ],
    ]


def conflicting_goals(read: Alignment, pairs: pd.DataFrame) -> list[Finding]:
    """ "Two goals want Free returns to go both ways": each pair. ``pairs`` as ``okr.conflicting`` returns
    it."""
    rule = "okr.conflicting_goals"
    results = read.goals.current_key_results
    named = int(results["metric_id"].notna().sum())
    if pairs.empty:
        if named < 2:
            return [
                unknown(
                    rule,
                    "No conclusion on goals at odds: fewer than 2 key results name a metric",
                    n=named,
                    missing=("metric_id of key_results",),
                    clears_when="key results name their metric",
                )
            ]
        return [
            Finding(
                rule,
                PORTFOLIO,
                Severity.GOOD,
                f"No two of {wording.counted(named, 'key result')} want one metric to go both ways",
                value=0.0,
                n=named,
            )
        ]
    metrics = read.portfolio.metrics.set_index("metric_id")["name"]
    rows = results.reset_index().set_index("kr_id")["row"]
    return [
        Finding(
            rule,
            f"{row['kr_id']}|{row['other_kr_id']}",
            Severity.WARNING,
            f"{name(row['title'], row['kr_id'])} and {name(row['other_title'], row['other_kr_id'])} pull "
            f"{name(metrics.get(row['metric_id']), row['metric_id'])} both ways",
            n=2,
            evidence=(
                Evidence(
                    "key_results", tuple(sorted((int(rows[row["kr_id"]]), int(rows[row["other_kr_id"]])))), 2
                ),
            ),
            clears_when="one of the two gives way, or they name different metrics",
            details={"metric_id": str(row["metric_id"]), "because": str(row["because"])},
        )
        for _, row in pairs.head(MOST_SUBJECTS).iterrows()
    ]
