"""Judgement on funding: projects or streams, guardrails, budgets, teams that stay, rounds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import by_number, quoted
from vmo_helpers.lazy import says_what_it_expects
from vmo_helpers.measures import funding
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import FundingType, Severity

_BEYOND = 0.05
__all__ = [
    "guardrails",
    "over_budget",
    "persistent_teams",
    "project_funded",
    "rounds",
    "unstable_teams",
    "value_streams",
]


def value_streams(budgets: pd.DataFrame, quarters: pd.DataFrame, limits: Thresholds) -> Finding:
    """ "58 % of the window's money funds value streams; by quarter 36 % (2025 Q1) to 63 % (2026 Q1) to 55 %
    (2026 Q4)": a quarter between is told where it lies outside of both by five points or more.

    ``budgets`` and ``quarters`` as ``funding`` returns them. Warning: projects get more than
    ``project_funding_share``.
    """
    rule = Rule.by("funding.value_streams", limits, "project_funding_share")
    share = funding.value_stream_share(budgets)
    if not wording.known(share):
        why = "no budget of the window says whether it funds a project or a value stream"
        return rule.unknown(f"No conclusion on what money funds: {why}", "budgets with a funding_type")
    by_quarter = _by_quarter(quarters[["quarter", "value_stream_share"]].dropna())
    much = 1 - share > limits.project_funding_share + 1e-12
    typed = budgets[budgets["funding_type"].notna()]
    return rule.finds(
        Severity.WARNING if much else Severity.GOOD,
        f"{wording.percent(share)} of the window's money funds value streams{by_quarter}",
        value=1 - share,
        unit="share",
        n=len(typed),
        rows=typed,
        table="budgets",
        clears_when=f"at most {wording.percent(limits.project_funding_share)} funds projects" if much else "",
    )


def _by_quarter(known: pd.DataFrame) -> str:
    """The first and the last of the quarters, and the one between that lies furthest outside of the two."""
    if len(known) < 2:
        return ""
    shares = known["value_stream_share"]
    low, high = sorted((float(shares.iloc[0]), float(shares.iloc[-1])))
    beyond = np.maximum(low - shares.to_numpy(), shares.to_numpy() - high)
    told = [0, int(beyond.argmax()), len(known) - 1] if beyond.max() >= _BEYOND else [0, len(known) - 1]
    said = [
        f"{wording.percent(row['value_stream_share'])} ({row['quarter']})"
        for row in known.iloc[told].to_dict("records")
    ]
    return f"; by quarter {' to '.join(said)}"


def project_funded(budgets: pd.DataFrame, streams: pd.DataFrame, limits: Thresholds) -> list[Finding]:
    """ "3 streams get most of their money by the project", then each."""
    rule = Rule.by("funding.project_funded", limits, "project_funded_share")
    typed = budgets[budgets["funding_type"].notna()]
    if typed.empty:
        why = "no budget of the window says whether it funds a project or a value stream"
        return [
            rule.unknown(f"No conclusion on streams funded by projects: {why}", "budgets with a funding_type")
        ]
    projects = typed["in_window"].where(typed["funding_type"].eq(FundingType.PROJECT), 0.0)
    by = typed["value_stream_id"]
    found = pd.DataFrame(
        {"money": projects.groupby(by).sum(), "whole": typed["in_window"].groupby(by).sum()}
    ).reset_index()
    found = found.assign(share=found["money"] / found["whole"]).merge(
        streams[["value_stream_id", "value_stream"]], on="value_stream_id", how="left"
    )
    most = found[found["share"].gt(limits.project_funded_share)].sort_values(
        "money", ascending=False, kind="stable"
    )
    most.index = pd.Index([typed.index[by.eq(stream)][0] for stream in most["value_stream_id"]])
    return rule.listed(
        most,
        f"{wording.counted(len(most), 'stream')} {by_number(len(most), 'gets', 'get')} most of "
        f"{by_number(len(most), 'its', 'their')} money by the project",
        lambda row: f"{_named(row)} gets {wording.percent(row['share'])} of its money by the project",
        calm=f"No stream gets most of its money by the project ({wording.counted(len(found), 'stream')})",
        key="value_stream_id",
        value="share",
        unit="share",
        table="budgets",
        n=len(found),
        clears_when=f"at most {wording.percent(limits.project_funded_share)} of its money funds projects",
    )


def guardrails(guarded: pd.DataFrame, limits: Thresholds) -> list[Finding]:
    """ "2 of 5 guardrails are broken", then each: ``guarded`` as ``funding.guardrails`` returns it."""
    rule = Rule.by("funding.guardrail", limits, "guardrail_tolerance")
    judged = guarded[guarded["breached"].notna()]
    if judged.empty:
        named = guarded["target_share"].notna().any()
        why = "no spend has a known horizon" if named else "portfolio.toml names no [guardrails]"
        return [rule.unknown(f"No conclusion on guardrails: {why}", why)]
    broken = judged[judged["breached"].astype(bool)].sort_values(
        "off_share", key=abs, ascending=False, kind="stable"
    )
    n, points = len(judged), wording.points(limits.guardrail_tolerance)
    if broken.empty:
        return [
            rule.good(f"Spend keeps within {points} of all {wording.counted(n, 'guardrail')}", value=0, n=n)
        ]
    are = by_number(len(broken), "is", "are")
    return [
        rule.warning(
            f"{wording.number(len(broken))} of {wording.counted(n, 'guardrail')} {are} broken",
            value=len(broken),
            n=n,
            clears_when=f"each share of the spend is within {points} of its target",
            details={"subjects": broken["name"].tolist()},
        ),
        *(
            rule.warning(
                f"{str(row['name']).capitalize()} takes {wording.percent(row['share'])} of the spend, "
                f"{wording.percent(row['target_share'])} wanted",
                subject=row["name"] if row["basis"] == "horizon" else f"work_type:{row['name']}",
                value=row["off_share"],
                unit="share",
                n=1,
                money=None if pd.isna(row["spend"]) else row["spend"],
                clears_when=f"its share is within {points} of its target",
            )
            for _, row in broken.iterrows()
        ),
    ]


def over_budget(streams: pd.DataFrame, limits: Thresholds, currency: str = "") -> list[Finding]:
    """ "1 of 7 streams spends over its budget to date", then each: ``streams`` as ``funding.streams``."""
    rule = Rule.by("funding.over_budget", limits, "over_budget_ratio")
    known = streams[streams["spent_share"].notna() & streams["value_stream_id"].notna()]
    if known.empty:
        why = "no stream has both a budget and spend in the window"
        return [rule.unknown(f"No conclusion on budgets: {why}", "budgets and spend of the same streams")]
    over = known[known["spent_share"].gt(limits.over_budget_ratio)].sort_values(
        "spent_share", ascending=False, kind="stable"
    )
    n, line = wording.counted(len(known), "stream"), wording.percent(limits.over_budget_ratio)
    spent, given = float(known["spend"].sum()), float(known["budget"].sum())
    whole = f"; all together {wording.percent(spent / given)}" if len(known) > 1 and given > 0 else ""
    if over.empty:
        return [rule.good(f"None of {n} spends over {line} of its budget to date", value=0, n=len(known))]
    return [
        rule.warning(
            f"{wording.number(len(over))} of {n} {by_number(len(over), 'spends', 'spend')} over {line} of "
            f"{by_number(len(over), 'its', 'their')} budget to date{whole}",
            value=len(over),
            n=len(known),
            money=float((over["spend"] - over["budget"]).sum()),
            clears_when=f"it is at most {line}",
            details={"subjects": over["value_stream_id"].tolist()},
        ),
        *(
            rule.warning(
                f"{_named(row)} spent {wording.percent(row['spent_share'])} of its budget to date, "
                f"{wording.money(row['spend'] - row['budget'], currency)} too much",
                subject=row["value_stream_id"],
                value=row["spent_share"],
                unit="share",
                n=1,
                money=row["spend"] - row["budget"],
                clears_when=f"it is at most {line}",
            )
            for _, row in over.iterrows()
        ),
    ]


def persistent_teams(teams: pd.DataFrame, limits: Thresholds) -> Finding:
    """ "80 % of spend goes to teams that stay": ``teams`` as ``funding.persistence`` returns it."""
    rule = Rule.by("funding.persistent_teams", limits, "persistent_team_share")
    known = teams[teams["lasting_spend"].notna()]
    spend = float(known["spend"].sum())
    if not spend > 0:
        why = "no spend in the window is of a team that the table teams knows"
        return rule.unknown(
            f"No conclusion on teams that stay: {why}", "teams, and spend of items with a team"
        )
    share = float(known["lasting_spend"].sum()) / spend
    under = share < limits.persistent_team_share
    said = wording.percent_beside(share, limits.persistent_team_share)
    return rule.finds(
        Severity.WARNING if under else Severity.GOOD,
        f"{said} of spend goes to teams that have been on one stream for a year",
        value=share,
        unit="share",
        n=len(known),
        clears_when=f"at least {wording.percent(limits.persistent_team_share)} does" if under else "",
    )


def unstable_teams(teams: pd.DataFrame) -> list[Finding]:
    """ "3 of 15 teams are new on their stream", then each, most money first."""
    rule = Rule("funding.unstable_team", float(funding.LONG_ON_A_STREAM))
    known = teams[teams["value_stream_id"].notna() & teams["team"].notna()]
    if known.empty:
        why = "the table teams knows none that money went to"
        return [rule.unknown(f"No conclusion on new teams: {why}", "teams")]
    fresh = known[known["on_stream_days"].lt(funding.LONG_ON_A_STREAM)]
    n = wording.counted(len(known), "team")
    if fresh.empty:
        return [rule.good(f"No team came to its stream less than a year ago ({n})", value=0, n=len(known))]
    are = by_number(len(fresh), "has", "have")
    return [
        rule.warning(
            f"{wording.number(len(fresh))} of {n} {are} been on one stream for less than a year",
            value=len(fresh),
            n=len(known),
            money=float(fresh["spend"].sum()),
            clears_when="each stays for a year",
            details={"subjects": fresh["team"].tolist()},
        ),
        *(
            rule.warning(
                f"{quoted(row['team'])} has been on its stream for {wording.days(row['on_stream_days'])}",
                subject=row["team"],
                value=row["on_stream_days"],
                unit="days",
                n=1,
                money=row["spend"],
                clears_when="it stays for a year",
            )
            for _, row in fresh.iterrows()
        ),
    ]


def rounds(fit: pd.DataFrame, currency: str = "") -> Finding:
    """ "3 rounds gave EUR 3.8 M; in PB 2026-1 money did not follow the value score"."""
    rule = Rule("funding.rounds")
    if fit.empty:
        return rule.unknown(
            "No conclusion on participatory rounds: no budget names a round", "budgets with a round"
        )
    last = fit[fit["tau_score"].notna()].tail(1)
    follows = ""
    if len(last):
        row = last.iloc[0]
        how = (
            "followed"
            if row["tau_score"] > 0
            else "ran against"
            if row["tau_score"] < 0
            else "did not follow"
        )
        of = wording.counted(row["n_score"], "stream")
        follows = f"; in {wording.plain(row['round'])} money {how} the value score of {of}"
        if pd.isna(row["p_score"]):
            follows = f"; whether money follows value cannot be told by {of}"
    given = fit["amount"].sum()
    return rule.note(
        f"{wording.counted(len(fit), 'round')} gave {wording.money(float(given), currency)}{follows}",
        value=None if last.empty else float(last["tau_score"].iloc[0]),
        n=len(fit),
        clears_when="never: it says where money went",
    )


def _named(row: pd.Series) -> str:
    known = isinstance(row["value_stream"], str)
    return wording.plain(row["value_stream"] if known else row["value_stream_id"])


says_what_it_expects(__name__)
