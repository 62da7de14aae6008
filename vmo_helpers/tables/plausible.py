"""What is possible and yet hard to believe, or only guessed: counted warnings, never errors."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.contract.cells.instants import LAST
from vmo_helpers.contract.problems import agreeing, counted
from vmo_helpers.contract.schema import TABLES, Column, Kind
from vmo_helpers.portfolio import Settings
from vmo_helpers.tables.inspection import Draft, Inspection
from vmo_helpers.tables.keys import leads_to
from vmo_helpers.vocabulary import Urgency, ValueBasis

FIRST_YEAR, LAST_YEAR = 1950, 2100

# within a row: what should not come after what
ORDERED = {
    "work_items": (
        ("baselined_at", "planned_end"),
        ("requested_at", "delivered_at"),
        ("created_at", "delivered_at"),
        ("created_at", "started_at"),
        ("started_at", "finished_at"),
        ("weeks_low", "weeks_likely"),
        ("weeks_likely", "weeks_high"),
        ("weeks_low", "weeks_high"),
    ),
    "blockers": (("from_at", "to_at"),),
    "teams": (("from", "to"),),
    "budgets": (("from", "to"),),
    "pi_objectives": (("from", "to"),),
    "risks": (("opened_at", "closed_at"),),
    "objectives": (("from", "to"),),
    "key_results": (("from", "to"), ("low", "high")),
    "links": (("linked_at", "removed_at"),),
    "decisions": (("asked_at", "decided_at"), ("decided_at", "done_at")),
    "surveys": (("scale_min", "scale_max"),),
}
# rows that should not be dated before the item that they are about was created
SINCE_CREATION = {"transitions": "at", "status_reports": "at", "blockers": "from_at"}


def implausible(drafts: dict[str, Draft], settings: Settings, inspection: Inspection) -> None:
    """Dates of another century, dates in an implausible order, facts recorded before they happened."""
    for name, draft in drafts.items():
        if not len(draft):
            continue
        for column in draft.table.columns:
            if column.kind in (Kind.INSTANT, Kind.DAY) and column.name in draft.given:
                _other_century(draft, column, inspection)
        for first, second in ORDERED.get(name, ()):
            if {first, second} <= draft.given:
                _out_of_order(draft, first, second, settings.timezone, inspection)
        _money(draft, drafts["value_streams"], inspection)
        if name == "states":
            _guessed(draft, inspection)
        if name == "links":
            _always_linked(draft, inspection)
        if name == "objectives":
            _begun(draft, inspection)
        if name == "work_items" and "urgency" in draft.given:
            _undated(draft, inspection)
        if {"at", "recorded_at"} <= draft.given:
            _out_of_order(draft, "at", "recorded_at", settings.timezone, inspection)
        if (
            name in SINCE_CREATION
            and len(drafts["work_items"])
            and "created_at" in drafts["work_items"].given
        ):
            _before_creation(draft, SINCE_CREATION[name], drafts["work_items"], inspection)


def _always_linked(draft: Draft, inspection: Inspection) -> None:
    """Links of which nobody says since when they hold."""
    inspection.warn(
        draft,
        draft.frame["linked_at"].isna().to_numpy(),
        lambda count: (
            f"{counted(count, 'link')} {agreeing(count, 'does', 'do')} not say since when "
            f"{agreeing(count, 'it holds', 'they hold')} (linked_at): taken as always there"
        ),
        "assumed",
    )


def _begun(draft: Draft, inspection: Inspection) -> None:
    """Objectives of which nobody says when they began."""
    inspection.warn(
        draft,
        draft.frame["from"].isna().to_numpy(),
        lambda count: (
            f"{counted(count, 'objective')} {agreeing(count, 'does', 'do')} not say when "
            f"{agreeing(count, 'it began', 'they began')} (from): taken as begun; no pace is asked of key "
            "results without a from of their own"
        ),
        "assumed",
    )


def _undated(draft: Draft, inspection: Inspection) -> None:
    """An urgency that speaks of a date, without one: what waiting costs cannot be said."""
    dated = draft.frame["urgency"].isin([str(Urgency.FIXED_DATE), str(Urgency.LATE_PENALTY)])
    inspection.warn(
        draft,
        (dated & draft.frame["needed_by"].isna()).to_numpy(),
        lambda count: (
            f"{counted(count, 'row')} of work_items {agreeing(count, 'has', 'have')} the urgency "
            f"fixed_date or "
            "late_penalty without needed_by: what waiting costs is unknown"
        ),
    )


def _money(draft: Draft, streams: Draft, inspection: Inspection) -> None:
    """A yearly benefit that never ends, and budgets that look like the same money twice."""
    frame = draft.frame
    if draft.name == "benefits":
        endless = (frame["value_basis"].eq(ValueBasis.YEARLY) & frame["value_until"].isna()).to_numpy()
        inspection.warn(
            draft,
            endless,
            lambda count: (
                f"{counted(count, 'row')} of benefits {agreeing(count, 'is', 'are')} yearly without a "
                "value_until: what it is worth in full is unknown"
            ),
        )
    if draft.name == "budgets":
        _twice(draft, frame.duplicated(_SAME_MONEY, keep=False), "the same but for budget_id", inspection)
        _twice(draft, _sum_of_children(frame, streams.frame), "the sum of its streams' below", inspection)


def _guessed(draft: Draft, inspection: Inspection) -> None:
    inspection.warn(
        draft,
        draft.frame["guessed"].notna().to_numpy(),
        lambda count: (
            f"The class of {counted(count, 'state')} was guessed, which every figure of flow rests on: "
            "`vmo check` lists what was guessed"
        ),
    )


_SAME_MONEY = [
    "value_stream_id",
    "from",
    "to",
    "amount",
    "funding_type",
    "source",
    "horizon",
    "kr_id",
    "round",
    "allocated_by",
]


def _twice(draft: Draft, rows: pd.Series, what: str, inspection: Inspection) -> None:
    inspection.warn(
        draft,
        rows.to_numpy(dtype=bool),
        lambda count: (
            f"{counted(count, 'row')} of budgets {agreeing(count, 'is', 'are')} {what}: "
            "rows are added up, so that the same money would count twice"
        ),
    )


def _sum_of_children(budgets: pd.DataFrame, streams: pd.DataFrame) -> pd.Series:
    """Budgets of a stream that hold, over the same days, just what all streams below it hold together."""
    parent = streams.dropna(subset=["parent_id"]).drop_duplicates("value_stream_id")
    period = ["value_stream_id", "from", "to"]
    below = budgets.assign(
        value_stream_id=budgets["value_stream_id"].map(
            pd.Series(parent["parent_id"].array, index=parent["value_stream_id"].array, dtype="str")
        )
    )
    sums = below.groupby(period, sort=False)["amount"].sum().rename("below").reset_index()
    found = budgets[period].merge(sums, on=period, how="left")["below"].to_numpy()
    return budgets["amount"].gt(0) & np.isclose(budgets["amount"], found, rtol=1e-9, atol=0.005)


def _other_century(draft: Draft, column: Column, inspection: Inspection) -> None:
    values = draft.frame[column.name].to_numpy(dtype="datetime64[us]")
    low, high = np.datetime64(f"{FIRST_YEAR}-01-01", "us"), np.datetime64(f"{LAST_YEAR + 1}-01-01", "us")
    odd = (values < low) | ((values >= high) & (values != LAST))  # the last is "no end", told elsewhere
    where = f"{draft.name}.{column.name}"
    end = f"before {FIRST_YEAR} or after {LAST_YEAR}"
    inspection.warn(
        draft,
        odd,
        lambda count: f"{counted(count, 'date')} of {where} {agreeing(count, 'lies', 'lie')} {end}",
    )


def _out_of_order(draft: Draft, first: str, second: str, timezone: str, inspection: Inspection) -> None:
    before, after = draft.frame[first], draft.frame[second]
    if isinstance(before.dtype, pd.DatetimeTZDtype) and not isinstance(after.dtype, pd.DatetimeTZDtype):
        before = before.dt.tz_convert(timezone).dt.tz_localize(None).dt.normalize()
    odd = after.lt(before).to_numpy(dtype=bool)
    inspection.warn(
        draft,
        odd,
        lambda count: (
            f"{counted(count, 'row')} of {draft.name} {agreeing(count, 'has', 'have')} {second} before "
            f"{first}"
        ),
    )


def _before_creation(draft: Draft, dated: str, items: Draft, inspection: Inspection) -> None:
    column = TABLES[draft.name].column("item_id")
    if column is None or not {"item_id", dated} <= draft.given:
        return
    item = leads_to(draft, column, items, inspection)
    created = items.frame["created_at"].to_numpy(dtype="datetime64[us]")
    at = draft.frame[dated].to_numpy(dtype="datetime64[us]")
    odd = (item >= 0) & (at < created[item])
    inspection.warn(
        draft,
        odd,
        lambda count: (
            f"{counted(count, 'row')} of {draft.name} {agreeing(count, 'is', 'are')} dated before "
            f"{agreeing(count, 'its', 'their')} "
            "item was created"
        ),
    )
