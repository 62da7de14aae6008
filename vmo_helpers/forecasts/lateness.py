"""Which items are later than expected, and which will be: the chance of each, given its age."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.measures.flow.expectation import service_level_expectation, survival_curve
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.measures.flow.quantiles import SMALL_N, TAIL, SmallN
from vmo_helpers.window import Window

LEAST_AT_RISK = 5


def items_late(
    log: FlowLog,
    items: pd.DataFrame,
    window: Window,
    stalled_percentile: float = TAIL,
    small: SmallN = SMALL_N,
) -> pd.DataFrame:
    """One row an item in progress, the likeliest to be late first.

    Expected: the age by which ``stalled_percentile`` of the items finish, with unfinished work counted. An
    item of that age or older is later than expected already. Of another the chance to be is S(expected) ÷
    S(age), S the share open at an age by Kaplan and Meier.

    Columns
        item_id, title: key and title of the item
        value_stream_id, value_stream: key of its value stream, and the stream's name
        state: where it stands
        age_days (days): as-of − start
        expected_days (days): the age that is expected; missing where it cannot be said
        late: already later; missing where it cannot be said
        late_chance (share 0–1): that it will be later than expected, 1 where it is; missing where under five
            items were seen at its age
        why: why it cannot be said; missing where it can
    """
    kept = ["item_id", "title", "value_stream_id", "value_stream", "state", "age_days"]
    found = items.loc[items["age_days"].notna(), kept]
    told = service_level_expectation(log, items, window, (stalled_percentile,), small).iloc[0]
    age, expected = found["age_days"].to_numpy(dtype=np.float64), float(told["days"])
    if not np.isfinite(expected):
        late = pd.array([None] * len(found), dtype="boolean")
        found = found.assign(expected_days=np.nan, late=late, late_chance=np.nan, why=str(told["why"]))
    else:
        curve = survival_curve(log, items, window)
        chance = _share_open(curve, np.full(len(age), expected)) / _share_open(curve, age)
        seen = _at_risk(curve, age) >= LEAST_AT_RISK
        chance = np.where(age >= expected, 1.0, np.where(seen, chance, np.nan))
        thin = f"under {LEAST_AT_RISK} items were seen at its age"
        why = pd.array([thin if unknown else None for unknown in np.isnan(chance)], dtype="str")
        found = found.assign(expected_days=expected, late=age >= expected, late_chance=chance, why=why)
    found = found.astype({"late": "boolean", "why": "str"})
    return found.sort_values(["late_chance", "age_days"], ascending=False, kind="stable")


def _share_open(curve: pd.DataFrame, age: np.ndarray) -> np.ndarray:
    """S(age): the share that is older than that when it finishes."""
    share = np.append(1.0, 1 - curve["finished_share"].to_numpy(dtype=np.float64))
    return share[np.searchsorted(curve["days"].to_numpy(), age, side="right")]


def _at_risk(curve: pd.DataFrame, age: np.ndarray) -> np.ndarray:
    """How many were seen at the last age, no higher than this, at which something finished."""
    seen = np.append(np.inf, curve["at_risk"].to_numpy(dtype=np.float64))
    return seen[np.searchsorted(curve["days"].to_numpy(), age, side="right")]
