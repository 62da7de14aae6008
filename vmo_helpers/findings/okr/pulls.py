"""Who pulls where: teams against intent, departments that keep a goal to themselves, goals at odds."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.okr.saying import feature_items
from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import by_number, each, name, quoted
from vmo_helpers.measures.okr import Alignment
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds


def pulled_against_wanted(alignment: Alignment, pulled: pd.DataFrame, limits: Thresholds) -> list[Finding]:
    """ "Checkout started 70 % for Growth, wanted 35 %": each team and goal ``okr_pulled_points`` above
    intent, from 5 starts on (``smallest_n_percentile``).

    ``pulled`` as ``okr.pulled_against_wanted`` returns it. Work for no goal counts against an intent of
    nothing.
    """
    rule, line = Rule.by("okr.pulled", limits, "okr_pulled_points"), limits.okr_pulled_points
    enough = pulled[pulled["n"].ge(limits.smallest_n_percentile) & pulled["team"].ne("")]
    why = alignment.missing.get("linked")
    if not why and pulled["wanted_share"].isna().all():
        why = "no objective that holds the day bears a weight"
    elif not why and enough.empty:
        least = wording.number(limits.smallest_n_percentile)
        why = f"no team started {least} {wording.plural(feature_items(alignment))} in the window"
    if why:
        return [rule.unknown(f"No conclusion on what teams pull: {why}", why)]
    gap = enough["gap"].where(enough["objective_id"].ne(""), enough["started_share"])
    strong = enough.assign(gap=gap)[gap.ge(line - 1e-9)].sort_values(
        ["gap", "team"], ascending=[False, True], kind="stable"
    )
    if strong.empty:
        calm = f"No team started {wording.points(line)} more for a goal than is wanted"
        return [rule.good(calm, n=enough["team"].nunique(), value=gap.max(), unit="share")]
    return [
        rule.warning(
            f"{wording.plain(row['team'])} started {wording.percent(row['started_share'])} for "
            + (
                f"{name(row, key='objective_id')}, wanted {wording.percent(row['wanted_share'])}"
                if row["objective_id"]
                else "no goal"
            ),
            subject=f"{row['team']}|{row['objective_id'] or 'no goal'}",
            value=row["gap"],
            unit="share",
            n=row["n"],
            clears_when="what is started next follows the weights",
        )
        for _, row in each(strong)
    ]


def siloed_goals(served: pd.DataFrame) -> list[Finding]:
    """ "6 of 21 key results in work are served by one department alone", then each of them.

    ``served`` as ``okr.served_by`` returns it.
    """
    rule, known = Rule("okr.siloed_goals"), served[served["siloed"].notna()]
    if known.empty:
        return [
            rule.unknown(
                "No conclusion on siloed goals: no department is known of the teams that serve a key result",
                "teams.department",
                n=len(served),
                clears_when="teams name their department",
            )
        ]
    alone = known[known["siloed"].astype(bool)]
    first = rule.note(
        f"{wording.number(len(alone))} of {wording.counted(len(known), 'key result')} in work "
        f"{by_number(len(alone), 'is', 'are')} served by one department alone",
        value=len(alone),
        n=len(known),
        rows=alone if len(alone) else None,
        table="key_results",
        clears_when="teams of other departments that the result needs take part" if len(alone) else "",
    )
    return [
        first,
        *(
            Rule("okr.siloed_goal").note(
                f"{name(row, key='kr_id')} is served by {wording.plain(row['department'])} alone",
                subject=row["kr_id"],
                value=row["teams"],
                n=row["items"],
                row=index,
                table="key_results",
                clears_when="another department takes part",
                details={"teams": int(row["teams"]), "items": int(row["items"])},
            )
            for index, row in each(alone)
        ),
    ]


def conflicting_goals(alignment: Alignment, pairs: pd.DataFrame) -> list[Finding]:
    """ "Two goals want Free returns to go both ways": each pair. ``pairs`` as ``okr.conflicting`` returns
    it."""
    rule, results = Rule("okr.conflicting_goals"), alignment.goals.current_key_results
    named = int(results["metric_id"].notna().sum())
    if pairs.empty and named < 2:
        return [
            rule.unknown(
                "No conclusion on goals at odds: fewer than 2 key results name a metric",
                "metric_id of key_results",
                n=named,
                clears_when="key results name their metric",
            )
        ]
    if pairs.empty:
        calm = f"No two of {wording.counted(named, 'key result')} want one metric to go both ways"
        return [rule.good(calm, value=0, n=named)]
    metrics = alignment.portfolio.metrics.set_index("metric_id")["name"]
    return [
        rule.warning(
            f"{name(row, key='kr_id')} and {name(row, 'other_title', 'other_kr_id')} pull "
            f"{quoted(metrics.get(row['metric_id']), row['metric_id'])} both ways",
            subject=f"{row['kr_id']}|{row['other_kr_id']}",
            n=2,
            rows=results[results["kr_id"].isin([row["kr_id"], row["other_kr_id"]])],
            table="key_results",
            clears_when="one of the two gives way, or they name different metrics",
            details={"metric_id": str(row["metric_id"]), "because": str(row["because"])},
        )
        for _, row in each(pairs)
    ]
