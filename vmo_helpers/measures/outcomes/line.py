"""One benefit's story for a chart: what was seen, what was planned, what noise alone would do."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.measures.flow.arrays import NEVER, instants, micro
from vmo_helpers.measures.outcomes.attainment import SMALLEST_PLAN, before_effect
from vmo_helpers.measures.outcomes.inside import Inside
from vmo_helpers.measures.outcomes.plan import Floats, Ints, planned_share
from vmo_helpers.measures.outcomes.sparse import FEWEST

NOISE_WIDTH = (
    1.645  # standard deviations on either side: nine of ten readings of a benefit on plan lie between
)


def outcome_line(inside: Inside, benefit_id: str, *, attainment_line: float) -> pd.DataFrame:
    """One row an observation of a benefit's metric, by time; no row without a test.

    Index: its row in ``observations``.

    Columns
        at: when
        value (metric's unit): what was seen
        plan (metric's unit): the level that the plan asks for
        needed (metric's unit): the level at ``attainment_line`` of the plan
        band_low, band_high (metric's unit): plan ± the noise of single readings from before the effect, 90 %;
            missing under 4 such readings
        counted: at ≥ 25 % of plan; such readings make the test
    """
    test = _place(inside, benefit_id)
    mine = np.flatnonzero(inside.observed.test == test)
    share = inside.observed.planned[mine]
    row = inside.frame.iloc[test] if test >= 0 else None
    baseline, change = (
        (0.0, 1.0) if row is None else (float(row["baseline"]), float(row["target"] - row["baseline"]))
    )
    before = before_effect(inside.observed, inside.tests)
    count = before.count[test] if test >= 0 else 0
    spread = (
        np.sqrt(before.squares[test] / max(count - 1, 1)) * before.scale[test] if count >= FEWEST else np.nan
    )
    plan = baseline + share * change
    return pd.DataFrame(
        {
            "at": instants(inside.observed.at[mine]),
            "value": inside.values[mine],
            "plan": plan,
            "needed": baseline + attainment_line * share * change,
            "band_low": plan - NOISE_WIDTH * spread * abs(change),
            "band_high": plan + NOISE_WIDTH * spread * abs(change),
            "counted": share >= SMALLEST_PLAN,
        },
        index=pd.Index(inside.rows[mine], name="row"),
    )


def plan_line(inside: Inside, benefit_id: str, as_of: pd.Timestamp, *, points: int = 60) -> pd.DataFrame:
    """One row a point of the plan alone, also where nothing was observed.

    It runs from the first observation, or the start, to ``as_of`` or due. No row without an assessable test.

    Columns
        at: when
        plan (metric's unit): the level that it asks for
        today (metric's unit): the level that today's plan asks for; missing where it is the same or none
    """
    test = _place(inside, benefit_id)
    if test < 0 or not inside.assessable[test]:
        empty = np.zeros(0)
        return pd.DataFrame({"at": instants(empty.astype(np.int64)), "plan": empty, "today": empty})
    row = inside.frame.iloc[test]
    mine = inside.observed.at[inside.observed.test == test]
    start = min(int(mine[0]) if len(mine) else NEVER, micro(row["start_at"]))
    other = inside.today if inside.today is not None and pd.notna(row["moved_at"]) else None
    other = other if other is not None and other.assessable[test] else None
    plans = [inside.plans, *([other.plans] if other else [])]
    end = max(micro(as_of), *(int(plan.due_at[test]) for plan in plans))
    corners = [int(at[test]) for plan in plans for at in (plan.effect_at, plan.due_at)]
    at = np.unique(
        np.r_[
            np.linspace(start, end, points).astype(np.int64),
            [corner for corner in corners if start <= corner <= end],
        ]
    )
    return pd.DataFrame(
        {
            "at": instants(at),
            "plan": _levels_of(inside, test, at),
            "today": _levels_of(other, test, at) if other else np.full(len(at), np.nan),
        }
    )


def _levels_of(inside: Inside, test: int, at: Ints) -> Floats:
    """The level that a plan asks for at some instants."""
    row = inside.frame.iloc[test]
    share = planned_share(inside.plans, np.full(len(at), test), at)
    return float(row["baseline"]) + share * float(row["target"] - row["baseline"])


def marks(inside: Inside, benefit_id: str, clocks: pd.DataFrame) -> pd.DataFrame:
    """One row a mark of the benefit's item that has come or is planned, by time.

    Columns
        mark: the start (delivery, finish or planned end), effect (start + lag), due, moved (the plan was
            changed and nobody decided it), adopted or realised
        at: when; adopted and realised as ``three_clocks`` has them
    """
    test = _place(inside, benefit_id)
    if test < 0:
        return pd.DataFrame({"mark": pd.array([], dtype="str"), "at": instants(np.zeros(0, dtype=np.int64))})
    row = inside.frame.iloc[test]
    clock = clocks[clocks["item_id"].eq(row["item_id"])]
    due = instants(inside.plans.due_at[[test]]) if inside.assessable[test] else instants(np.array([NEVER]))
    at = pd.Series(
        {
            str(row["start_from"]): row["start_at"],
            "effect": row["effect_at"],
            "due": due[0],
            "moved": row["moved_at"],
            "adopted": clock["adopted_at"].iloc[0] if len(clock) else pd.NaT,
            "realised": clock["realised_at"].iloc[0] if len(clock) else pd.NaT,
        },
        dtype="datetime64[us, UTC]",
    )
    return at.dropna().sort_values(kind="stable").rename("at").rename_axis("mark").reset_index()


def _place(inside: Inside, benefit_id: str) -> int:
    places = np.flatnonzero(inside.frame["benefit_id"].eq(benefit_id).to_numpy(dtype=bool))
    return int(places[0]) if len(places) else -1
