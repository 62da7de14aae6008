"""What the raw CSV files of a sample say, computed with pandas alone and nothing of vmo_helpers: reading,
flow, the inside test."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

ZONE = "Europe/Berlin"
AS_OF = pd.Timestamp("2026-11-01", tz=ZONE).tz_convert("UTC")  # the end of 31 October
MONTH_BEFORE = pd.Timestamp("2026-10-01", tz=ZONE).tz_convert("UTC")
WINDOW = pd.Timestamp("2025-11-01", tz=ZONE).tz_convert("UTC")
DAY = pd.Timedelta(days=1)
DAYS = {"due", "planned_end", "from", "to", "period", "needed_by"}


def instants(cells: pd.Series) -> pd.Series:
    """ISO 8601 text of any mixture of offsets, bare days and blanks as UTC."""
    text = cells.astype("str").where(cells.notna())
    bare = text.str.len().le(10).fillna(False)
    whole = pd.to_datetime(text.where(~bare), utc=True, format="ISO8601").astype("datetime64[us, UTC]")
    days = (
        pd.to_datetime(text.where(bare))
        .dt.tz_localize(ZONE)
        .dt.tz_convert("UTC")
        .astype("datetime64[us, UTC]")
    )
    return whole.fillna(days)


def local_day(days: pd.Series) -> pd.Series:
    """Days of the portfolio's zone as the UTC instants at which they begin."""
    return days.dt.tz_localize(ZONE).dt.tz_convert("UTC")


class Sample:
    """A folder of CSV files: ``sample.table("links")`` has its instants as UTC, ``sample.items`` is one row
    an epic."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.truth: dict[str, Any] = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        self.cases: dict[str, dict[str, Any]] = {case["rule"]: case for case in self.truth["cases"]}
        self._read: dict[str, pd.DataFrame] = {}

    def table(self, name: str) -> pd.DataFrame:
        if name not in self._read:
            found = pd.read_csv(self.folder / f"{name}.csv", dtype={"goal": "str", "finding_id": "str"})
            for column in found.columns:
                if column == "at" or column.endswith("_at"):
                    found[column] = instants(found[column])
                elif column in DAYS:
                    found[column] = pd.to_datetime(found[column])
            self._read[name] = found
        return self._read[name]

    def truth_of(self, column: str) -> pd.Series:
        """One column of the truth of the items, by item."""
        return pd.DataFrame(self.truth["items"]).set_index("item_id")[column]

    @cached_property
    def epic_of(self) -> pd.Series:
        """The epic of every item, a feature's being its parent."""
        items = self.table("work_items").set_index("item_id")
        return items["parent_id"].fillna(items.index.to_series())

    @cached_property
    def visits(self) -> pd.DataFrame:
        """One row a visit of an epic to a state."""
        items = self.table("work_items").query("level == 'epic'")
        board = self.table("states").query("level == 'epic' and value_stream_id.isna()").set_index("state")
        moves = self.table("transitions")
        moves = moves[moves["item_id"].isin(items["item_id"])].copy()
        moves["seq"] = moves["seq"].fillna(0)
        moves = moves.sort_values(["item_id", "at", "seq"], kind="stable")
        moves["until"] = moves.groupby("item_id")["at"].shift(-1).fillna(AS_OF)
        visits = moves.join(board[["class", "position", "layer", "is_gate", "function"]], on="to_state")
        return visits.assign(days=(visits["until"] - visits["at"]) / DAY)

    @cached_property
    def items(self) -> pd.DataFrame:
        """One row an epic: started, finished, state, age, cycle time as the definitions say."""
        items = self.table("work_items").query("level == 'epic'").set_index("item_id").copy()
        visits = self.visits
        begun = visits[visits["class"].isin(["active", "wait"])].groupby("item_id")["at"].min()
        items["started"] = begun.reindex(items.index).fillna(items["started_at"])
        last = visits.groupby("item_id").tail(1).set_index("item_id")
        items["state"], items["state_class"] = last["to_state"], last["class"]
        other = visits[visits["class"] != "done"].groupby("item_id")["at"].max()
        done = visits[visits["class"] == "done"].join(other.rename("other"), on="item_id")
        finished = done[done["at"] >= done["other"]].groupby("item_id")["at"].min().reindex(items.index)
        items["finished"] = finished.where(items["state_class"] == "done")
        items["wip"] = items["started"].notna() & ~items["state_class"].isin(["done", "cancelled"])
        items["age"] = ((AS_OF - items["started"]) / DAY).where(items["wip"])
        items["cycle"] = (items["finished"] - items["started"]) / DAY
        items["delivered"] = items["delivered_at"].notna() | items["finished"].notna()
        return items

    @cached_property
    def observations(self) -> pd.DataFrame:
        """Readings of all segments together."""
        seen = self.table("observations")
        return seen[seen["segment"].isna()]


def expectation(items: pd.DataFrame, quantile: float) -> float:
    """Kaplan–Meier quantile of cycle time: entering at the window's start, censored at the end of the
    data."""
    begun = items[items["started"].notna() & (items["finished"].isna() | (items["finished"] >= WINDOW))]
    begun = begun[begun["state_class"] != "cancelled"]
    entry = ((WINDOW - begun["started"]) / DAY).clip(lower=0).to_numpy()
    end = begun["cycle"].fillna(begun["age"]).to_numpy()
    surviving = 1.0
    for at in np.sort(end[begun["finished"].notna().to_numpy()]):
        surviving *= 1 - 1 / ((entry < at) & (end >= at)).sum()
        if surviving <= 1 - quantile:
            return float(at)
    return float("inf")


@dataclass
class Verdict:
    """The inside test of one benefit: not_assessable, not_yet_due, too_few, red, watch or green."""

    word: str
    p: float = np.nan
    attainment: float = np.nan
    firm: float = np.nan  # p by readings after due alone, where the ramp up to it is assumed


def inside(sample: Sample, benefit: pd.Series, as_of: pd.Timestamp) -> Verdict:
    """Straight from the definition: plan, baseline, regression through the origin, widened by
    autocorrelation."""
    needed = benefit[["metric_id", "baseline", "target", "due", "lag_days"]]
    item = sample.items.loc[benefit["item_id"]]
    starts = [t for t in (item["delivered_at"], item["finished"]) if pd.notna(t)]
    if pd.notna(item["planned_end"]):
        starts.append(item["planned_end"].tz_localize(ZONE).tz_convert("UTC"))
    if needed.isna().any() or benefit["baseline"] == benefit["target"] or not starts:
        return Verdict("not_assessable")
    start = starts[0]
    due = (benefit["due"] + DAY).tz_localize(ZONE).tz_convert("UTC")  # the end of the day
    effect, way = start + benefit["lag_days"] * DAY, benefit["target"] - benefit["baseline"]
    phased = sample.table("targets").query("goal_id == @benefit.benefit_id").sort_values("at")

    def plan(at: pd.Timestamp) -> float:
        if len(phased):
            known = phased[phased["at"] <= at]
            return float((known["value"].iloc[-1] - benefit["baseline"]) / way) if len(known) else 0.0
        return float(at >= effect) if due <= effect else float(np.clip((at - effect) / (due - effect), 0, 1))

    seen = sample.observations
    seen = seen[
        (seen["metric_id"] == benefit["metric_id"]) & (seen["at"] <= as_of) & ~(seen["recorded_at"] > as_of)
    ]
    seen = seen.sort_values(["at", "recorded_at"]).groupby("at").tail(1)
    season = sample.table("metrics").set_index("metric_id").loc[benefit["metric_id"], "season_days"]
    x = np.array([plan(at) for at in seen["at"]])
    y, before = _progress(seen, x, benefit["baseline"], way, start, season)
    counted = np.flatnonzero(x >= 0.25)
    if plan(as_of) < 0.25 or (due > as_of and len(counted) < 4):
        return Verdict("not_yet_due")
    if len(counted) < 4:
        return Verdict("too_few")
    p, slope = _regression(x[counted[-5:]], y[counted[-5:]], before)
    after = counted if len(phased) or due <= effect else counted[x[counted] >= 1]
    firm = _regression(x[after[-5:]], y[after[-5:]], before, lent=4)[0] if len(after) >= 2 else np.nan
    return Verdict("red" if p < 0.05 else "watch" if p < 0.2 else "green", p, slope, firm)


def _progress(
    seen: pd.DataFrame, x: np.ndarray, baseline: float, way: float, start: pd.Timestamp, season: float
) -> tuple[Any, Any]:
    """Progress of each reading, and the residuals before any effect (against the season before where there is
    one)."""
    value = seen["value"].to_numpy()
    if pd.notna(season) and seen["at"].min() <= start - season * DAY:
        whole = pd.Series(value, index=seen["at"])
        near = whole.index.get_indexer(whole.index - season * DAY, method="nearest")
        old = whole.index <= whole.index.min() + season * DAY - DAY
        y = (value - value[near]) / way
        return y, y[(x == 0) & ~old]
    y = (value - baseline) / way
    before = y[x == 0]
    if len(before) >= 4 and abs(before.mean()) > 2 * np.sqrt(2 * before.var(ddof=1) / len(before)):
        return y - before.mean(), before - before.mean()
    return y, before


def _regression(x: np.ndarray, y: np.ndarray, before: np.ndarray, lent: int = 0) -> tuple[float, float]:
    """One-sided p of an attainment under 80 %, and the attainment; noise from before lends degrees."""
    lent = min(lent, len(before) - 1) if len(before) >= 4 else 0
    slope = float(x @ y / (x @ x))
    rest = y - slope * x
    calm = before.var(ddof=1) if lent else 0.0
    spread = max(0.03, float(np.sqrt((rest @ rest + lent * calm) / (len(x) - 1 + lent))))
    series = np.concatenate([before, rest])
    centred = series - series.mean()
    rho = float(np.clip(centred[1:] @ centred[:-1] / (centred @ centred) + 1.5 / len(series), 0, 0.8))
    v = 2 * before.var(ddof=1) / len(before) if len(before) >= 4 else 0.02
    se = np.sqrt(spread**2 / (x @ x) * (1 + rho) / (1 - rho) + v * (x.sum() / (x @ x)) ** 2)
    return float(stats.t.cdf((slope - 0.8) / se, len(x) - 1 + lent)), slope
