"""How much could be known: measurement and reporting by stream and team, gaps, and rows that lead nowhere."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from vmo_helpers.lookup import among, places
from vmo_helpers.measures.flow.arrays import NEVER, Flags
from vmo_helpers.measures.flow.items import stream_names
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.measures.outcomes import NO_CHANGE, NO_SENSE, Inside
from vmo_helpers.measures.status.items import NO_REPORT
from vmo_helpers.measures.status.signs import outcome_age
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.vocabulary import Label

EVERYTHING = "portfolio"
NOBODY = "none named"
SHARES = (
    "outcome_metric_share",
    "baseline_share",
    "target_share",
    "dates_share",
    "owner_share",
    "fresh_share",
    "assessable_share",
    "reported_share",
)


def coverage(
    portfolio: Portfolio,
    log: FlowLog,
    inside: Inside,
    *,
    stale_rhythms: float,
    by: Literal["value_stream_id", "team"],
) -> pd.DataFrame:
    """One row a value stream (or team), the portfolio as a whole first: what its items have.

    Items of the review level that were started (or delivered) and not cancelled.

    Columns
        subject, name: key and name of the stream or team
        items (items): how many
        outcome_metric_share, baseline_share, target_share (share 0–1): any of its benefits has it
        dates_share, owner_share (share 0–1): any of its benefits has due and lag, and an owner
        fresh_share (share 0–1): its outcome data are not older than ``stale_rhythms`` of their rhythms
        assessable_share (share 0–1): a test of it lacks nothing
        reported_share (share 0–1): it has a status report at all
    """
    has = _has(portfolio, log, inside, stale_rhythms)
    begun = (
        (log.lives.started < NEVER)
        | (log.lives.finished < NEVER)
        | log.work["delivered_at"].notna().to_numpy()
    )
    counted = begun & (log.lives.cancelled == NEVER)
    work = log.work[counted]
    subject = work[by].fillna(NOBODY)
    found = has[counted]
    grouped = found.groupby(subject.array, sort=True)
    frame: pd.DataFrame = pd.concat([found.mean().to_frame(EVERYTHING).T, grouped.mean()])
    frame.insert(0, "items", [len(found), *grouped.size()])
    frame.insert(0, "subject", frame.index.astype("str"))
    names = (
        stream_names(frame["subject"], portfolio.value_streams)
        if by == "value_stream_id"
        else frame["subject"]
    )
    frame.insert(1, "name", names)
    return frame.reset_index(drop=True)


def missing_elements(items: pd.DataFrame, label: Label = Label.UNKNOWN_INSIDE) -> pd.DataFrame:
    """One row a missing element of the items with a label, most items first.

    "3 more observations" and the like are one element, "more observations". An item may lack several.

    Columns
        element: what is missing
        items (items): that lack it
        money (portfolio's currency): at stake with them
        item_ids: joined by a comma
    """
    chosen = items[items["label"].eq(label)]
    parts = chosen[["item_id", "money"]].assign(element=chosen["missing"].str.split("; ")).explode("element")
    parts = parts[parts["element"].notna() & parts["element"].ne(NO_REPORT)]
    parts = parts.assign(
        element=parts["element"].str.replace(r"^\d+ (more observation)s?$", r"\1s", regex=True)
    )
    grouped = parts.groupby("element", sort=True)
    frame = grouped.agg(
        items=("item_id", "nunique"), money=("money", "sum"), item_ids=("item_id", ", ".join)
    ).reset_index()
    return frame.sort_values(["items", "money"], ascending=False, kind="stable", ignore_index=True)


def loose_ends(portfolio: Portfolio, log: FlowLog, inside: Inside) -> pd.DataFrame:
    """One row a fact that leads nowhere or contradicts itself.

    Metrics of no item, stream, benefit or key result; targets that equal the baseline or go against the
    metric's direction. Benefits due on or before their effect can show; observations of one instant. Benefits
    and reports of items below or above the review level.

    Columns
        kind: what is odd
        table, subject, row: where it stands, by key and by row
        rule: what is done about it
    """
    metrics, benefits = portfolio.metrics, portfolio.benefits
    used = pd.concat([benefits["metric_id"], portfolio.key_results["metric_id"]]).dropna()
    lone = metrics["item_id"].isna() & metrics["value_stream_id"].isna() & ~metrics["metric_id"].isin(used)
    missing = inside.frame["missing"].fillna("")
    off_level = places(benefits["item_id"], log.work["item_id"]) < 0
    reports = portfolio.status_reports
    parts = [
        _ends(
            "metric of no item", "metrics", metrics.loc[lone, "metric_id"], "shown nowhere, judged nowhere"
        ),
        _ends(
            "target equals baseline",
            "benefits",
            inside.frame.loc[missing.str.contains(NO_CHANGE), "benefit_id"],
            "not assessable",
        ),
        _ends(
            "target against the metric's direction",
            "benefits",
            inside.frame.loc[missing.str.contains(NO_SENSE), "benefit_id"],
            "not assessable",
        ),
        _ends(
            "due before its effect can show",
            "benefits",
            inside.frame.loc[inside.frame["stepped"], "benefit_id"],
            "planned in full from start + lag on",
        ),
        _ends(
            "several observations of one instant",
            "observations",
            _repeated(portfolio),
            "their mean counts as one",
        ),
        _ends(
            "benefit of an item of another level",
            "benefits",
            benefits.loc[off_level, "benefit_id"],
            "not judged",
        ),
        _ends(
            "report on an item of another level",
            "status_reports",
            reports.loc[places(reports["item_id"], log.work["item_id"]) < 0, "item_id"],
            "not judged",
        ),
    ]
    return pd.concat(parts, ignore_index=True)


def _has(portfolio: Portfolio, log: FlowLog, inside: Inside, stale_rhythms: float) -> pd.DataFrame:
    frame = inside.frame
    flags: dict[str, Flags] = {
        "outcome_metric_share": inside.metric >= 0,
        "baseline_share": frame["baseline"].notna().to_numpy(),
        "target_share": frame["target"].notna().to_numpy(),
        "dates_share": (frame["due"].notna() & frame["lag_days"].notna()).to_numpy(),
        "owner_share": frame["owner"].notna().to_numpy(),
        "assessable_share": inside.assessable,
    }
    counts = {name: np.bincount(inside.item[flag], minlength=log.items) > 0 for name, flag in flags.items()}
    counts["fresh_share"] = (
        outcome_age(portfolio, inside, log)["outcome_rhythms"].le(stale_rhythms).to_numpy()
    )
    counts["reported_share"] = among(log.work["item_id"], portfolio.status_reports["item_id"])
    return pd.DataFrame({name: counts[name].astype(np.float64) for name in SHARES}, index=log.work.index)


def _repeated(portfolio: Portfolio) -> pd.Series:
    table = portfolio.observations
    again = table.duplicated(["metric_id", "at", "segment"])
    repeated: pd.Series = table.loc[again, "metric_id"]
    return repeated


def _ends(kind: str, table: str, subjects: pd.Series, rule: str) -> pd.DataFrame:
    return pd.DataFrame(
        {"kind": kind, "table": table, "subject": subjects.array, "row": subjects.index, "rule": rule}
    )
