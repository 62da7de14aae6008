"""Did it move? Segmented regression with AR(1) errors, all series at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from vmo_helpers.measures.flow.arrays import NEVER, Ints, micros, texts
from vmo_helpers.measures.outcomes.inside import STARTS, Inside
from vmo_helpers.measures.outcomes.plan import DAY, Bools, Floats
from vmo_helpers.vocabulary import Direction

FEWEST_BEFORE, FEWEST_AFTER = 8, 3
LEVEL = 0.05  # two-sided
POWER = 0.80  # with which the smallest effect would have been seen
POWER_LOST = (
    0.2  # standard errors more, for the error that the power rests on is an estimate itself (simulated)
)
CURVED_LEVEL = 0.05  # two-sided
MOVED, WORSE, STILL, FEW = "moved", "moved the other way", "no move seen", "not enough data"
CURVED = "not a straight trend before"
VERDICTS = (MOVED, WORSE, STILL, FEW, CURVED)
_LARGEST_RHO = 0.9
_RHO_BIAS = 3  # beyond the terms: with it at most 10 in 100 false moves of 16 to 24 readings, up to rho .7


def moved(subject: Ints, at: Ints, value: Floats, turn: Ints, wanted: Floats) -> pd.DataFrame:
    """One row a subject: did its series move at the turn?

    ``subject`` (0 … n − 1), ``at`` (µs) and ``value`` are one entry an observation, by subject, then by time.
    ``turn`` (µs) and ``wanted`` (+1 up, −1 down) are one entry a subject. An observation in the instant of
    the turn counts as after.

    Level, trend and their changes at the turn are fitted by generalised least squares with AR(1) errors
    (Prais–Winsten). ρ is that of the residuals, corrected for its bias: (r + (k + 3) ÷ n) ÷ (1 − (k + 2) ÷
    n), k = 4. The effect is the mean distance after the turn from what the trend before it would have given.
    Student t with n − k degrees. Under 8 observations before or 3 after: not enough data. A move is
    "consistent with" what was delivered, never "because of" it.

    The trend before was not straight where a square of time improves the fit there (two-sided p < .05).
    It counts only where the effect is lost once the whole follows one.

    Columns
        before, after: observations on each side
        effect (metric's unit): missing without enough data, as all that follows but the verdict
        low, high (metric's unit): its 95 % interval
        p_value: two-sided, of no effect
        smallest_visible (metric's unit): the effect that such a series would have shown in four of five cases
        autocorrelation: ρ
        verdict: moved, moved the other way, no move seen, not enough data, not a straight trend
            before
    """
    subjects = len(turn)
    late = at >= turn[subject]
    before, after = (np.bincount(subject[part], minlength=subjects) for part in (~late, late))
    enough = (before >= FEWEST_BEFORE) & (after >= FEWEST_AFTER)
    figures = np.full((5, subjects), np.nan)
    curved = np.zeros(subjects, dtype=bool)
    if enough.any():
        figures[:, enough] = _effects(subject, at, value, turn, enough)
        bends = _bend(subject[~late], at[~late], value[~late], turn, enough)[4] < CURVED_LEVEL
        curved[enough] = bends & (_effects(subject, at, value, turn, enough, bent=True)[4] >= LEVEL)
    effect, error, degrees, rho, p = figures
    width = stdtrit(degrees, 1 - LEVEL / 2)
    seen = p < LEVEL
    code = np.select([~enough, curved, seen & (effect * wanted > 0), seen], [3, 4, 0, 1], 2)
    return pd.DataFrame(
        {
            "before": before,
            "after": after,
            "effect": effect,
            "low": effect - width * error,
            "high": effect + width * error,
            "p_value": p,
            "smallest_visible": (width + stdtrit(degrees, POWER) + POWER_LOST) * error,
            "autocorrelation": rho,
            "verdict": texts(code, list(VERDICTS)),
        }
    )


def moves(inside: Inside) -> pd.DataFrame:
    """One row a benefit whose metric and start are known.

    Index: its row in ``benefits``. The turn is start + lag (start alone without a lag): before it no effect
    could show. Only a delivery or a finish is a start here. Seasonal metrics are without their season.

    Columns
        benefit_id, item_id: key of the benefit and of its item
        metric_id, metric, unit: its metric
        outcome_class: customer, behaviour or business
        the columns of ``moved``
        share (share, of either sign): effect ÷ planned change
    """
    frame = inside.frame
    begun = frame["start_from"].isin(STARTS[:2]).to_numpy()
    start = micros(frame["start_at"])
    lag = np.nan_to_num(frame["lag_days"].to_numpy(dtype=np.float64)) * DAY
    turn = np.where(begun, np.where(begun, start, 0) + lag.astype(np.int64), NEVER)
    test, at, value = inside.everything()
    wanted = np.where(frame["direction"].eq(Direction.DECREASE), -1.0, 1.0)
    found = moved(test, at, value, turn, wanted)
    change = (frame["target"] - frame["baseline"]).to_numpy(dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(change == 0, np.nan, found["effect"].to_numpy() / change)
    kept = frame[["benefit_id", "item_id", "metric_id", "metric", "unit", "outcome_class"]]
    columns: dict[str, Any] = {name: found[name].array for name in found.columns}
    return kept.assign(**columns, share=share)[begun & frame["unit"].notna().to_numpy()]


def _effects(
    subject: Ints, at: Ints, value: Floats, turn: Ints, enough: Bools, *, bent: bool = False
) -> Floats:
    """Effect, its standard error, degrees of freedom, ρ and p of the subjects with enough observations.

    ``bent``: beside a square of time.
    """
    there, y, t = _laid_out(subject, at, value, turn, enough)
    late = there & (t >= 0)
    x = np.stack([there, t, late, t * late, *([t * t] if bent else [])], axis=2).astype(np.float64)
    contrast = np.zeros((len(y), x.shape[2]))
    contrast[:, 2] = 1
    contrast[:, 3] = np.sum(t * late, axis=1) / late.sum(axis=1)
    return _contrast(x, y, there, contrast)


def _bend(subject: Ints, at: Ints, value: Floats, turn: Ints, enough: Bools) -> Floats:
    """The square of time before the turn, as ``_effects`` gives the effect."""
    there, y, t = _laid_out(subject, at, value, turn, enough)
    contrast = np.tile([0.0, 0.0, 1.0], (len(y), 1))
    return _contrast(np.stack([there, t, t * t], axis=2).astype(np.float64), y, there, contrast)


def _laid_out(
    subject: Ints, at: Ints, value: Floats, turn: Ints, enough: Bools
) -> tuple[Bools, Floats, Floats]:
    """Series × readings: where there is one, its value around the mean, its time from the turn (≤ 1)."""
    fresh = np.cumsum(enough) - 1
    kept = enough[subject]
    owner, day = fresh[subject[kept]], (at[kept] - turn[subject[kept]]) / DAY
    size = np.bincount(owner)
    column = np.arange(len(owner)) - np.repeat(np.cumsum(size) - size, size)
    shape = (len(size), int(size.max()))
    there, y, t = np.zeros(shape, dtype=bool), np.zeros(shape), np.zeros(shape)
    there[owner, column] = True
    centre = np.bincount(owner, value[kept]) / size  # large levels would cost digits
    y[owner, column] = value[kept] - centre[owner]
    t[owner, column] = day
    return there, y, t / np.maximum(np.abs(t).max(axis=1, keepdims=True), 1e-9)


def _contrast(x: Floats, y: Floats, there: Bools, contrast: Floats) -> Floats:
    """A contrast of the terms by Prais and Winsten: value, standard error, degrees of freedom, ρ and p."""
    size, terms = there.sum(axis=1), x.shape[2]
    plain = _solve(x, y)
    r = (y - np.einsum("snk,sk->sn", x, plain)) * there
    raw = np.sum(r[:, 1:] * r[:, :-1], axis=1) / np.maximum(np.sum(r * r, axis=1), 1e-300)
    unbiased = (raw + (terms + _RHO_BIAS) / size) / np.maximum(1 - (terms + 2) / size, 0.1)
    rho = np.clip(unbiased, -0.3, _LARGEST_RHO)
    first = np.sqrt(1 - rho**2)
    xs, ys = x.copy(), y.copy()
    xs[:, 1:] -= rho[:, None, None] * x[:, :-1]
    ys[:, 1:] -= rho[:, None] * y[:, :-1]
    xs[:, 0] *= first[:, None]
    ys[:, 0] *= first
    xs, ys = xs * there[:, :, None], ys * there
    fit = _solve(xs, ys)
    rest = (ys - np.einsum("snk,sk->sn", xs, fit)) * there
    degrees = (size - terms).astype(np.float64)
    variance = np.sum(rest * rest, axis=1) / degrees
    gram = np.einsum("snk,snl->skl", xs, xs)
    spread = np.einsum(
        "sk,sk->s", contrast, np.linalg.solve(gram + _nudge(gram), contrast[:, :, None])[:, :, 0]
    )
    effect = np.sum(contrast * fit, axis=1)
    # a series without any noise: the smallest number that still divides
    error = np.sqrt(np.maximum(variance * spread, 1e-300))
    return np.stack([effect, error, degrees, rho, 2 * stdtr(degrees, -np.abs(effect / error))])


def _solve(x: Floats, y: Floats) -> Floats:
    gram = np.einsum("snk,snl->skl", x, x)
    solution: Floats = np.linalg.solve(gram + _nudge(gram), np.einsum("snk,sn->sk", x, y)[:, :, None])[
        :, :, 0
    ]
    return solution


def _nudge(gram: Floats) -> Floats:
    """So little on the diagonal that only a design without rank notices.

    Three readings within one hour after the turn make such a design.
    """
    trace = np.trace(gram, axis1=1, axis2=2)
    nudge: Floats = 1e-12 * trace[:, None, None] * np.eye(gram.shape[1])
    return nudge


def moves_table(moves: pd.DataFrame) -> pd.DataFrame:
    """One row a row of ``moves``, with what a reader needs of it.

    Columns
        metric, item_id: what was measured, and of which item
        before, after, effect, low, high (metric's unit): as in ``moved``
        verdict: as in ``moved``
        share (share, of either sign): effect ÷ planned change
    """
    kept = ["metric", "item_id", "before", "after", "effect", "low", "high", "verdict", "share"]
    return moves[kept]
