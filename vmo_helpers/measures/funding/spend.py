"""What money goes to: guardrails, streams against their budgets, teams that last."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.lookup import places
from vmo_helpers.measures.flow.items import stream_names
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.budgets import falling
from vmo_helpers.portfolio.hierarchy import Tree
from vmo_helpers.portfolio.streams import stream_of
from vmo_helpers.vocabulary import Horizon, SpendKind, WorkType
from vmo_helpers.window import Window

LONG_ON_A_STREAM = 365  # days
HORIZON, WORK_TYPE = "horizon", "work_type"


def booked(portfolio: Portfolio, window: Window) -> pd.DataFrame:
    """One row a row of actual spend of a month whose first day lies in the window; index as in ``spend``.

    Columns
        the columns of ``spend``
    """
    spend = portfolio.spend
    held = spend["period"].ge(window.first_day) & spend["period"].le(window.last_day)
    return spend[held & spend["kind"].eq(SpendKind.ACTUAL)]


def of_item(portfolio: Portfolio, item_ids: pd.Series, column: str) -> pd.Series:
    """A column of each item, else of its nearest ancestor that has it; missing where none has."""
    work = portfolio.work_items
    tree = Tree.of(work["item_id"], work["parent_id"], what="item")
    nearest = np.append(tree.reached(work[column].notna().to_numpy(dtype=bool)), -1)[tree.place(item_ids)]
    return pd.Series(work[column].array.take(nearest, allow_fill=True), item_ids.index, dtype="str")


def guardrails(portfolio: Portfolio, window: Window, *, guardrail_tolerance: float) -> pd.DataFrame:
    """One row a horizon and a work type with spend, a budget or a target; those with a target come first.

    Actual spend in the window by the horizon (work type) of its item or the nearest ancestor that has one.
    Only what the portfolio names under ``[guardrails]`` is judged: off by more than the tolerance.

    Columns
        basis: horizon or work_type
        name: of the horizon or work type
        spend (portfolio's currency): in the window
        share (share 0–1): of the spend whose horizon (work type) is known; missing without any
        budgeted_share (share 0–1): of the budgets' money in the window with a horizon; missing for work types
        target_share (share 0–1): as ``portfolio.toml`` says; missing where it says none
        off_share (share, of either sign): share − target_share
        breached: beyond the tolerance; missing where nothing is judged
    """
    spend, settings = booked(portfolio, window), portfolio.settings
    table = portfolio.budgets
    held = falling(table, window.first_day, window.last_day).groupby(table["horizon"]).sum()
    frames = []
    for basis, names, targets, budgeted in (
        (HORIZON, Horizon, settings.guardrails, held),
        (WORK_TYPE, WorkType, settings.work_type_guardrails, held[:0]),
    ):
        known = of_item(portfolio, spend["item_id"], basis)
        every = pd.Index([str(name) for name in names])
        money = spend["amount"].groupby(known).sum().reindex(every)
        total, planned = float(money.sum()), budgeted.reindex(every)
        share = money.fillna(0.0) / total if total > 0 else pd.Series(np.nan, every)
        target = pd.Series(dict(targets), dtype="float64").reindex(every)
        off = share - target
        judged = off.notna()
        breached = pd.Series(off.abs().gt(guardrail_tolerance + 1e-12), dtype="boolean").where(judged)
        frame = pd.DataFrame(
            {
                "basis": basis,
                "name": every,
                "spend": money.array,
                "share": share.array,
                "budgeted_share": (planned / planned.sum()).array if planned.sum() > 0 else np.nan,
                "target_share": target.array,
                "off_share": off.array,
                "breached": breached.array,
            }
        )
        frames.append(frame[frame[["spend", "budgeted_share", "target_share"]].notna().any(axis=1)])
    found = pd.concat(frames, ignore_index=True)
    return found.sort_values("target_share", key=pd.isna, kind="stable", ignore_index=True)


def streams(portfolio: Portfolio, window: Window) -> pd.DataFrame:
    """One row a value stream with a budget or spend, largest budget first.

    Spend of an item is its stream's, else its nearest ancestor's. For a month with any actual row of the
    stream the actual holds, a forecast only for months after the last of them. What belongs to no stream is a
    row of its own, so that the rows add up to the portfolio.

    Columns
        value_stream_id, value_stream: key and name; missing for what belongs to no stream
        budget (portfolio's currency): that falls in the window, by days
        spend (portfolio's currency): actual, in the window
        spent_share (share, over 1 possible): spend ÷ budget; missing without a budget
        forecast (portfolio's currency): newest, of the months to come that a budget of the window covers
        estimate_at_completion (portfolio's currency): spend + forecast
        budget_at_completion (portfolio's currency): of those budgets, from the window's start to their end
        over_share (share, of either sign): estimate at completion ÷ budget at completion − 1; missing where
            the budget runs on and no forecast is on record
    """
    # of a sheet with a column a month several rows bear the number of one
    table, spend = (one.reset_index(drop=True) for one in (portfolio.budgets, portfolio.spend))
    work = portfolio.work_items
    own = pd.Series(stream_of(work).array, index=work["item_id"].array, dtype="str")
    stream = spend["value_stream_id"].fillna(spend["item_id"].map(own).astype("str"))
    running = table["to"].ge(window.first_day) & table["from"].le(window.last_day)
    falls = falling(table, window.first_day, window.last_day)
    last_budget = table.loc[running, "to"].groupby(table["value_stream_id"]).max()
    far = table["to"].max() if len(table) else window.last_day
    whole = falling(table, window.first_day, max(far, window.last_day)).where(running)
    actual = spend["kind"].eq(SpendKind.ACTUAL)
    known = stream.fillna("")
    last_actual = spend.loc[actual, "period"].groupby(known[actual]).max()
    ahead = ~actual & spend["period"].gt(
        _of_each(last_actual, known).fillna(window.first_day - pd.Timedelta(1, "D"))
    )
    end = _of_each(last_budget, known)
    ahead &= end.isna() | spend["period"].le(end)
    inside = actual & spend["period"].between(window.first_day, window.last_day)
    by = table["value_stream_id"]
    frame = pd.DataFrame(
        {
            "budget": falls[falls.gt(0)].groupby(by).sum(),
            "spend": spend.loc[inside, "amount"].groupby(known[inside]).sum(),
            "forecast": spend.loc[ahead, "amount"].groupby(known[ahead]).sum(),
            "budget_at_completion": whole[whole.notna()].groupby(by).sum(),
        }
    ).dropna(how="all")
    ids = pd.Series(frame.index, dtype="str").mask(frame.index == "")
    frame = frame.reset_index(drop=True)
    estimate = frame[["spend", "forecast"]].sum(axis=1, min_count=1)
    to_come = frame["budget_at_completion"].gt(frame["budget"].fillna(0.0) * (1 + 1e-9))
    over = estimate / frame["budget_at_completion"] - 1
    found = pd.DataFrame(
        {
            "value_stream_id": ids,
            "value_stream": stream_names(ids, portfolio.value_streams),
            "budget": frame["budget"],
            "spend": frame["spend"],
            "spent_share": frame["spend"] / frame["budget"],
            "forecast": frame["forecast"],
            "estimate_at_completion": estimate,
            "budget_at_completion": frame["budget_at_completion"],
            "over_share": over.mask(to_come & frame["forecast"].isna()),
        }
    )
    return found.sort_values(["budget", "value_stream_id"], ascending=[False, True], ignore_index=True)


def _of_each(days: pd.Series, keys: pd.Series) -> pd.Series:
    """The day of each key; missing where it has none."""
    return pd.Series(days.reindex(keys).array, keys.index)


def persistence(portfolio: Portfolio, window: Window) -> pd.DataFrame:
    """One row a team that money of the window went to, and one for the rest, most money first.

    Each row of spend is looked at on its month's last day. Its team lasts where it had been on one stream for
    365 days or longer without a gap. The team is the item's, else that of its nearest ancestor that has one.

    Columns
        team: its name; missing for money whose team is not known
        value_stream_id: where it is at the window's end; missing where ``teams`` does not say
        since: since when it has been there without a gap; missing where it always was, or is unknown
        on_stream_days (days): from then to the window's end; missing where it always was there, or is unknown
        spend (portfolio's currency): in the window
        lasting_spend (portfolio's currency): of it, while the team had been on its stream for a year; missing
            where nothing is known of the team
    """
    spend = booked(portfolio, window)
    team = of_item(portfolio, spend["item_id"], "team")
    months = spend.assign(team=team.fillna(""), on=spend["period"] + pd.offsets.MonthEnd(0))
    paid = months.groupby(["team", "on"], sort=True)["amount"].sum().reset_index()
    stays = _stays(portfolio)
    pairs = paid.reset_index(names="row").merge(stays, on="team")
    there = pairs["begins"].le(pairs["on"]) & pairs["ends"].ge(pairs["on"])
    long = there & (pairs["on"] - pairs["begins"]).dt.days.ge(LONG_ON_A_STREAM)
    lasting = np.bincount(pairs["row"][long], minlength=len(paid)) > 0
    known = paid["team"].isin(stays["team"])
    paid = paid.assign(lasting_spend=paid["amount"].where(lasting, 0.0).where(known))
    sums = paid.groupby("team", sort=True)[["amount", "lasting_spend"]].sum(min_count=1).reset_index()
    now = stays[stays["begins"].le(window.last_day) & stays["ends"].ge(window.last_day)]
    at = places(sums["team"], now["team"])
    since = pd.Series(now["begins"].array.take(at, allow_fill=True), sums.index)
    found = pd.DataFrame(
        {
            "team": sums["team"].mask(sums["team"].eq("")),
            "value_stream_id": now["value_stream_id"].array.take(at, allow_fill=True),
            "since": since.mask(since.le(ALWAYS)),
            "on_stream_days": (window.last_day - since.mask(since.le(ALWAYS))).dt.days,
            "spend": sums["amount"],
            "lasting_spend": sums["lasting_spend"],
        }
    )
    return found.sort_values(["spend", "team"], ascending=[False, True], ignore_index=True)


ALWAYS, FOREVER = pd.Timestamp("1800-01-01"), pd.Timestamp("2200-12-31")


def _stays(portfolio: Portfolio) -> pd.DataFrame:
    """Unbroken stretches of a team on one stream: each row begins on the day after the one before ends."""
    rows = portfolio.teams[portfolio.teams["value_stream_id"].notna()]
    rows = rows.assign(begins=rows["from"].fillna(ALWAYS), ends=rows["to"].fillna(FOREVER))
    rows = rows.sort_values(["team", "value_stream_id", "begins"], kind="stable")
    same = rows["team"].eq(rows["team"].shift()) & rows["value_stream_id"].eq(rows["value_stream_id"].shift())
    joined = same & (rows["begins"] - rows["ends"].shift()).dt.days.le(1)
    stretch = (~joined).cumsum()
    return rows.groupby(stretch, sort=True).agg(
        team=("team", "first"),
        value_stream_id=("value_stream_id", "first"),
        begins=("begins", "min"),
        ends=("ends", "max"),
    )
