"""What customers answer worse than before, beyond chance."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr, stdtr

from vmo_helpers.measures.satisfaction.answers import KEYS, sums
from vmo_helpers.measures.satisfaction.scores import satisfaction
from vmo_helpers.vocabulary import Instrument

LATEST = pd.Timedelta(days=91)  # a quarter: one wave of a survey that is asked each quarter


def drops(
    now: pd.DataFrame, before: pd.DataFrame, *, satisfaction_drop_p: float, smallest_n_answers: int
) -> pd.DataFrame:
    """One row a subject and instrument answered in both windows: is it worse beyond chance?

    ``now`` and ``before`` are frames of ``answers``. Of each the last 91 days that hold answers are compared:
    a mean over a year would hide where customers stand today. Net promoter and top two boxes are tested by
    the adjusted Wald test of two proportions, effort by Welch's t.

    Columns
        subject, instrument: as in ``answers``
        scale_min, scale_max, high_is_good: the scale, the same in both
        at, at_before: the last answer of each
        n, n_before: answers in those days
        score, score_before (as unit): as in ``satisfaction``
        unit: score, share or number
        change (as unit): score − score_before
        place, place_before (share 0–1): where the score lies on its scale, from the worst to the best
        p_value: one-sided, for "worse"
        dropped: p_value under ``satisfaction_drop_p``; missing where it is not, and one side has under
            ``smallest_n_answers``: so few would not have shown it
    """
    now, before = _latest(now), _latest(before)
    both = sums(now).merge(sums(before), on=KEYS, suffixes=("", "_before"))
    nps, csat = (
        both["instrument"].eq(Instrument.NPS).to_numpy(),
        both["instrument"].eq(Instrument.CSAT).to_numpy(),
    )
    score, spread = _adjusted(both, "", nps)
    score_before, spread_before = _adjusted(both, "_before", nps)
    better = np.where(both["high_is_good"], 1.0, -1.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (score - score_before) / np.sqrt(spread + spread_before)
        one, two = both["sd"] ** 2 / both["n"], both["sd_before"] ** 2 / both["n_before"]
        t = better * (both["mean"] - both["mean_before"]) / np.sqrt(one + two)
        degrees = (one + two) ** 2 / (one**2 / (both["n"] - 1) + two**2 / (both["n_before"] - 1))
    p = np.where(nps | csat, ndtr(z), stdtr(np.maximum(degrees.fillna(1.0), 1.0), t))
    fell = np.less(p, satisfaction_drop_p, where=~np.isnan(p), out=np.zeros(len(p), dtype=bool))
    few = both[["n", "n_before"]].lt(smallest_n_answers).any(axis=1).to_numpy()
    shown = satisfaction(now).merge(satisfaction(before), on=KEYS, suffixes=("", "_before"))
    for frame, name in ((now, "at"), (before, "at_before")):
        shown = shown.merge(frame.groupby(KEYS, as_index=False).agg(**{name: ("at", "max")}), on=KEYS)
    return shown[[*KEYS, "at", "at_before", "n", "n_before", "score", "score_before", "unit"]].assign(
        change=shown["score"] - shown["score_before"],
        place=_place(shown, "score"),
        place_before=_place(shown, "score_before"),
        p_value=p,
        dropped=pd.arrays.BooleanArray(fell, few & ~fell),
    )


def _latest(answered: pd.DataFrame) -> pd.DataFrame:
    """The answers of the last 91 days before the last answer to each instrument about each subject."""
    last = answered.groupby(KEYS)["at"].transform("max")
    return answered[answered["at"] > last - LATEST]


def _adjusted(both: pd.DataFrame, suffix: str, nps: npt.NDArray[np.bool_]) -> tuple[Any, Any]:
    """Score and variance with the answers added that keep small samples honest.

    Source for a share: Agresti and Caffo.
    """
    n, promoters, detractors, top = (
        both[name + suffix].to_numpy() for name in ("n", "promoters", "detractors", "top_two")
    )
    up, down = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
    share = (top + 1) / (n + 2)
    return np.where(nps, up - down, share), np.where(
        nps, (up + down - (up - down) ** 2) / (n + 3), share * (1 - share) / (n + 2)
    )


def _place(shown: pd.DataFrame, score: str) -> pd.Series:
    """Where a score lies between the worst and the best of its scale: net promoters have one of their own."""
    effort = (shown[score] - shown["scale_min"]) / (shown["scale_max"] - shown["scale_min"])
    effort = effort.where(shown["high_is_good"].astype(bool), 1 - effort)
    nps = shown["unit"].eq("score")
    return effort.where(shown["unit"].eq("number"), shown[score]).mask(nps, (shown[score] + 100) / 200)
