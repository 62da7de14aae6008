"""How much will be finished, and by when: promises by the ``models`` of weekly counts, and their test on the
past.

Histories and weights are those of ``models``. Source: docs/measures.md, "Looking ahead".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import special

from vmo_helpers.forecasts.models import Floats, Model, Weights, discounted, over_dispersed, totals

PROMISE = 0.85
HISTORY_WEEKS, LEAST_WEEKS, LEAST_WITH_A_FINISH = 52, 10, 5
HORIZON, FARTHEST = 12, 104
TRIALS = 10_000
FIRST_ORIGIN, BETWEEN_ORIGINS, LEAST_ORIGINS = 26, 4, 8
KEPT_LINE = 0.80
"""A model whose promises were kept less often than this hands over to the discounted one, where that lost
less."""

_Z95 = 1.959963984540054


def too_few(history: Floats) -> str | None:
    """Why a history says too little, in words; None where it is long enough."""
    finishing = int((history > 0).sum())
    if len(history) >= LEAST_WEEKS and finishing >= LEAST_WITH_A_FINISH:
        return None
    return (
        f"too few to say: {finishing} of {len(history)} {'week' if len(history) == 1 else 'weeks'} "
        f"had a finish; a forecast needs {LEAST_WEEKS} "
        f"weeks on record, {LEAST_WITH_A_FINISH} of them with a finish"
    )


def at_least(total: Floats, share: float = PROMISE) -> int:
    """With that probability at least so many: the lower percentile of the total of each trial."""
    return int(np.quantile(total, 1 - share, method="lower"))


def by_week(paths: Floats, open_items: int, share: float = PROMISE) -> int | None:
    """The first week (1 …) by whose end all are done with that probability; None: not in these weeks."""
    return reached(done_by(paths, open_items), share)


def reached(chances: Floats, share: float = PROMISE) -> int | None:
    """The first week (1 …) by whose end the chance is that large; None: not in these weeks."""
    weeks = np.flatnonzero(chances >= share - 1e-12)
    return int(weeks[0]) + 1 if len(weeks) else None


def done_by(paths: Floats, open_items: int) -> Floats:
    """The probability that so many are done by the end of each week."""
    return np.asarray((paths.cumsum(axis=1) >= open_items).mean(axis=0), dtype=np.float64)


def growing(
    paths: Floats,
    created: Floats,
    finished: Floats,
    rng: np.random.Generator,
    worked: Weights = None,
    ahead: Weights = None,
) -> Floats:
    """Finishes less what is added (trials × weeks), so that ``by_week`` asks when scope is caught up.

    ``created``, ``finished``: past weekly counts, as long as each other. Additions are drawn by
    ``over_dispersed`` and put in step with the finishes by the rank correlation of the weekly pairs (0 under
    26 weeks).
    """
    trials, weeks = paths.shape
    added = over_dispersed(created, weeks, trials, rng, worked, ahead)
    tied = rank_correlation(created, finished) if len(created) >= FIRST_ORIGIN else 0.0
    # the copula of two normals: a trial with many finishes gets many additions as far as the two go together
    mine = _ranks(paths.sum(axis=1) + rng.random(trials) * 0.5)
    score = tied * special.ndtri(mine) + math.sqrt(1 - tied * tied) * rng.standard_normal(trials)
    in_order = np.argsort(added.sum(axis=1), kind="stable")
    placed = np.empty(trials, dtype=np.int64)
    placed[np.argsort(score, kind="stable")] = in_order
    return paths - added[placed]


def rank_correlation(one: Floats, other: Floats) -> float:
    """Spearman's correlation, ties shared; 0 where either does not vary."""
    a, b = _shared_ranks(one), _shared_ranks(other)
    if not a.std() or not b.std():
        return 0.0
    return float(np.clip(np.corrcoef(a, b)[0, 1], -1, 1))


@dataclass(frozen=True)
class Kept:
    """How often "85 %: at least k" held on this portfolio's own past: ``kept`` of ``origins``, Wilson's 95 %.

    ``share``, ``low`` and ``high`` are NaN under the fewest origins. Origins overlap, so the limits are
    narrower than they should be.
    """

    kept: int
    origins: int

    @property
    def share(self) -> float:
        return self.kept / self.origins if self.origins >= LEAST_ORIGINS else math.nan

    @property
    def limits(self) -> tuple[float, float]:
        return wilson(self.kept, self.origins) if self.origins >= LEAST_ORIGINS else (math.nan, math.nan)


def wilson(kept: int, of: int) -> tuple[float, float]:
    """The 95 % limits of a share. Source: Wilson 1927."""
    share, z2 = kept / of, _Z95**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z95 / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return middle - half, middle + half


def promised(
    record: Floats,
    model: Model,
    horizon: int,
    seed: int,
    history_weeks: int = HISTORY_WEEKS,
    worked: Weights = None,
) -> npt.NDArray[np.int64]:
    """One row an origin (week, promise, actual): what would have been said then, and what came.

    ``record``: all weeks, oldest first, ``worked`` of each. An origin knows the weeks before it alone, the
    last ``history_weeks`` of them; the weeks that it promises begin with its own.
    """
    rows = []
    for origin in range(FIRST_ORIGIN, len(record) - horizon + 1, BETWEEN_ORIGINS):
        behind, coming = slice(max(0, origin - history_weeks), origin), slice(origin, origin + horizon)
        past = record[behind]
        if too_few(past) is None:
            weights = () if worked is None else (worked[behind].tobytes(), worked[coming].tobytes())
            said = _promise(model, past.tobytes(), weights, horizon, (seed, origin))
            rows.append((origin, said, int(record[coming].sum())))
    return np.array(rows, dtype=np.int64).reshape(-1, 3)


@lru_cache(maxsize=4096)
def _promise(
    model: Model, past: bytes, weights: tuple[bytes, ...], horizon: int, seed: tuple[int, int]
) -> int:
    """What one history promises. Kept, for the forecasts of twelve month ends are tested on the same past;
    histories and weights come as the bytes of their numbers."""
    given = [np.frombuffer(one, dtype=np.float64) for one in weights]
    draw, rng = totals if model is over_dispersed else model, np.random.default_rng(seed)
    drawn = draw(np.frombuffer(past, dtype=np.float64), horizon, TRIALS, rng, *given)
    return at_least(drawn if drawn.ndim == 1 else drawn.sum(axis=1))


def kept(said: npt.NDArray[np.int64]) -> Kept:
    """How many of the promises of ``promised`` were kept."""
    return Kept(int((said[:, 2] >= said[:, 1]).sum()), len(said))


def loss(said: npt.NDArray[np.int64]) -> float:
    """The pinball loss of the promises of ``promised``: a proper score, so neither bold nor timid ones win.

    A promise that is not kept costs .85 an item that lacks, one that is kept .15 an item that came beyond it.
    Source: Koenker and Bassett 1978; Gneiting 2011.
    """
    over = (said[:, 2] - said[:, 1]).astype(np.float64)
    return float(np.where(over < 0, -PROMISE * over, (1 - PROMISE) * over).sum())


@dataclass(frozen=True)
class Tested:
    """The model that a portfolio's own past speaks for, and how both did on it; the second is asked only
    where the first fell short."""

    model: Model
    over_dispersed: Kept
    discounted: Kept | None = None

    @property
    def name(self) -> str:
        """What the documents call the model."""
        return "discounted" if self.model is discounted else "over-dispersed"

    @property
    def chosen(self) -> Kept:
        return self.discounted if self.discounted and self.model is discounted else self.over_dispersed

    @property
    def other(self) -> Kept | None:
        """The model that was asked, too, and does not speak."""
        return self.over_dispersed if self.model is discounted else self.discounted


def tested(
    record: Floats,
    horizon: int = HORIZON,
    seed: int = 1,
    history_weeks: int = HISTORY_WEEKS,
    kept_line: float = KEPT_LINE,
    worked: Weights = None,
) -> Tested:
    """The over-dispersed model, unless fewer than ``kept_line`` of at least eight promises were kept, and the
    discounted one lost less on the same origins."""
    first = promised(record, over_dispersed, horizon, seed, history_weeks, worked)
    usual = kept(first)
    if usual.origins < LEAST_ORIGINS or usual.share >= kept_line:
        return Tested(over_dispersed, usual)
    second = promised(record, discounted, horizon, seed, history_weeks, worked)
    better = loss(second) < loss(first)
    return Tested(discounted if better else over_dispersed, usual, kept(second))


def _ranks(values: Floats) -> Floats:
    """Ranks within (0, 1)."""
    rank = np.empty(len(values))
    rank[np.argsort(values, kind="stable")] = np.arange(len(values))
    return (rank + 0.5) / len(values)


def _shared_ranks(values: Floats) -> Floats:
    _, inverse, count = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((count.cumsum() - (count - 1) / 2)[inverse], dtype=np.float64)
