"""What customers answer: net promoter score, satisfaction and effort, each by its own scale."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.figure import Figure
from vmo_helpers.vocabulary import Instrument
from vmo_helpers.window import Window

Floats = npt.NDArray[np.float64]

CONFIDENCE = 0.95
LATEST = pd.Timedelta(days=91)  # a quarter: one wave of a survey that is asked each quarter
SCALES = {Instrument.NPS: (0.0, 10.0), Instrument.CSAT: (1.0, 5.0), Instrument.CES: (1.0, 7.0)}
OLD_EFFORT_SCALE = (1.0, 5.0)  # "how much effort did it take?": there, little is good
WIDEST_BOXES = 10  # beyond, a scale has no boxes: its upper two fifths stand for two of five
EVERYBODY = "all"
_KEYS = ["subject", "instrument", "scale_min", "scale_max", "high_is_good"]

NPS_DEFINITION = (
    "% promoters (9–10) − % detractors (0–6) of all answers in the window, as points from −100 to 100; "
    "95 % by the adjusted Wald interval "
    "(three answers added, ¾ to promoters and ¾ to detractors)"
)

DEFINITIONS = {
    Instrument.NPS: NPS_DEFINITION,
    Instrument.CSAT: "share of all answers in the window in the two best boxes of the scale; 95 % by "
    "Wilson's interval",
    Instrument.CES: "mean of all answers in the window, on the scale and in the direction as asked; 95 % by "
    "Student's t",
}
NAMES = {Instrument.NPS: "net promoters", Instrument.CSAT: "satisfaction", Instrument.CES: "effort"}
UNITS = {Instrument.NPS: "score", Instrument.CSAT: "share", Instrument.CES: "number"}


def net_promoter(promoters: Floats, detractors: Floats, n: Floats) -> tuple[Floats, Floats, Floats]:
    """Net promoter score (−1 to 1) with its 95 % adjusted Wald interval; NaN for no answer.

    Three answers are added, ¾ to promoters and ¾ to detractors. Rocks, The American Statistician 70 (2016).
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        score = (promoters - detractors) / n
    up, down = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
    half = ndtri((1 + CONFIDENCE) / 2) * np.sqrt((up + down - (up - down) ** 2) / (n + 3))
    blank = np.where(n > 0, 0.0, np.nan)
    return score, np.maximum(up - down - half, -1) + blank, np.minimum(up - down + half, 1) + blank


def wilson(successes: Floats, n: Floats) -> tuple[Floats, Floats, Floats]:
    """A share with its 95 % Wilson interval; NaN for no answer. Wilson, J. Am. Stat. Assoc. 22 (1927)."""
    z = ndtri((1 + CONFIDENCE) / 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = successes / n
        middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return share, middle - half, middle + half


def answers(portfolio: Portfolio, window: Window, *, by: str | None = None) -> pd.DataFrame:
    """One row a row of ``surveys`` in the window: the subject, and what its scale makes of it.

    Index: that row. ``by``: value_stream_id (an item's answers count for its stream), item_id, or None for
    everybody. Empty cells of a scale are filled by the instrument's usual one; effort on 1–5 is good when
    low.

    Columns
        subject: id of what ``by`` names; "all" for everybody
        instrument: nps, csat or ces
        at: when
        score: on the scale as asked
        count: answers that the row stands for
        scale_min, scale_max, high_is_good: the scale
        good: the score turned so that high is good
        promoter, detractor: 9–10 and 0–6 of ten, or the same share of another scale
        top_two: in the two best boxes
    """
    table = portfolio.surveys
    table = table[window.holds(table["at"])]
    usual = table["instrument"].map({str(name): scale for name, scale in SCALES.items()})
    low = table["scale_min"].fillna(usual.str[0].astype("float64"))
    high = table["scale_max"].fillna(usual.str[1].astype("float64"))
    old_effort = (
        table["instrument"].eq(Instrument.CES) & low.eq(OLD_EFFORT_SCALE[0]) & high.eq(OLD_EFFORT_SCALE[1])
    )
    high_is_good = table["high_is_good"].fillna(~old_effort).astype(bool)
    good = table["score"].where(high_is_good, low + high - table["score"])
    place = (good - low) / (high - low)
    ten = high.eq(10)
    return pd.DataFrame(
        {
            "subject": _subjects(portfolio, table, by),
            "instrument": table["instrument"],
            "at": table["at"],
            "score": table["score"],
            "count": table["count"].fillna(1.0),
            "scale_min": low,
            "scale_max": high,
            "high_is_good": high_is_good,
            "good": good,
            "promoter": (ten & good.ge(9)) | (~ten & place.ge(0.9)),
            "detractor": (ten & good.le(6)) | (~ten & place.le(0.6)),
            "top_two": (good >= high - 1).where(high - low <= WIDEST_BOXES, place.ge(0.6)),
        }
    ).dropna(subset=["subject"])


def satisfaction(answered: pd.DataFrame) -> pd.DataFrame:
    """One row a subject and instrument, on one scale.

    Net promoter: points from −100 to 100 with the adjusted Wald interval. Satisfaction: share of the two best
    boxes with Wilson's. Effort: mean on its own scale and direction with a t interval, empty under 2 answers.

    Columns
        subject, instrument: as in ``answers``
        n: answers
        score, low, high (as unit): the value and its 95 % interval
        unit: score, share or number
        mean: on the scale as asked
        sd: standard deviation on that scale; missing under 2 answers
        scale_min, scale_max, high_is_good: the scale
        method: what was done, in words
    """
    found = _sums(answered)
    n, mean = found["n"].to_numpy(), found["mean"].to_numpy()
    score, low, high = net_promoter(found["promoters"].to_numpy(), found["detractors"].to_numpy(), n)
    share, share_low, share_high = wilson(found["top_two"].to_numpy(), n)
    degrees = np.maximum(n - 1, 1)
    half = np.where(
        n >= 2,
        stdtrit(degrees, (1 + CONFIDENCE) / 2) * found["sd"].to_numpy() / np.sqrt(np.maximum(n, 1)),
        np.nan,
    )
    nps, csat = (
        found["instrument"].eq(Instrument.NPS).to_numpy(),
        found["instrument"].eq(Instrument.CSAT).to_numpy(),
    )
    return found.assign(
        score=np.select([nps, csat], [100 * score, share], mean),
        low=np.select([nps, csat], [100 * low, share_low], mean - half),
        high=np.select([nps, csat], [100 * high, share_high], mean + half),
        unit=np.select([nps, csat], ["score", "share"], "number"),
        method=_methods(found),
    )[
        [
            "subject",
            "instrument",
            "n",
            "score",
            "low",
            "high",
            "unit",
            "mean",
            "sd",
            "scale_min",
            "scale_max",
            "high_is_good",
            "method",
        ]
    ]


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
    keys, now, before = _KEYS, _latest(now), _latest(before)
    both = _sums(now).merge(_sums(before), on=keys, suffixes=("", "_before"))
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
    shown = satisfaction(now).merge(satisfaction(before), on=keys, suffixes=("", "_before"))
    for frame, name in ((now, "at"), (before, "at_before")):
        shown = shown.merge(frame.groupby(_KEYS, as_index=False).agg(**{name: ("at", "max")}), on=keys)
    return shown[[*keys, "at", "at_before", "n", "n_before", "score", "score_before", "unit"]].assign(
        change=shown["score"] - shown["score_before"],
        place=_place(shown, "score"),
        place_before=_place(shown, "score_before"),
        p_value=p,
        dropped=pd.arrays.BooleanArray(fell, few & ~fell),
    )


def figures(portfolio: Portfolio, window: Window) -> list[Figure]:
    """``value.nps``, ``value.csat`` and ``value.ces``: the portfolio's answers in the window.

    Of an instrument that was asked on several scales the one with most answers speaks; scales are not pooled.
    """
    found = satisfaction(answers(portfolio, window))
    return [_figure(found[found["instrument"].eq(str(one))], one, window) for one in DEFINITIONS]


def _figure(asked: pd.DataFrame, instrument: Instrument, window: Window) -> Figure:
    key, definition = f"value.{instrument}", DEFINITIONS[instrument]
    if len(asked) == 0:
        why = f"no answer to a survey of {NAMES[instrument]} in the window"
        return Figure(key, None, UNITS[instrument], 0, window, definition, why=why)
    largest = asked.sort_values("n", ascending=False, kind="stable").iloc[0]
    if len(asked) > 1 or instrument == Instrument.CES:
        definition = f"{definition}; {largest['method'].partition('; ')[2]}"
    low, high = (float(largest[name]) if np.isfinite(largest[name]) else None for name in ("low", "high"))
    score, n = float(largest["score"]), int(largest["n"])
    return Figure(key, score, UNITS[instrument], n, window, definition, low, high)


def _subjects(portfolio: Portfolio, table: pd.DataFrame, by: str | None) -> pd.Series:
    if by is None:
        return pd.Series(EVERYBODY, index=table.index, dtype="str")
    if by != "value_stream_id":
        return table[by]
    work = portfolio.work_items
    return table["value_stream_id"].fillna(
        table["item_id"].map(pd.Series(work["value_stream_id"].array, index=work["item_id"].array))
    )


def _latest(answered: pd.DataFrame) -> pd.DataFrame:
    """The answers of the last 91 days before the last answer to each instrument about each subject."""
    last = answered.groupby(_KEYS)["at"].transform("max")
    return answered[answered["at"] > last - LATEST]


def _sums(answered: pd.DataFrame) -> pd.DataFrame:
    weight = answered["count"]
    weighed = answered[_KEYS].assign(
        n=weight,
        total=weight * answered["score"],
        squares=weight * answered["score"] ** 2,
        promoters=weight * answered["promoter"],
        detractors=weight * answered["detractor"],
        top_two=weight * answered["top_two"],
    )
    found = weighed.groupby(_KEYS, sort=True, as_index=False).sum()
    found = found[found["n"] > 0].reset_index(drop=True)
    mean = found["total"] / found["n"]
    variance = (found["squares"] - found["n"] * mean**2).clip(lower=0) / (found["n"] - 1).where(
        found["n"] > 1
    )
    return found.drop(columns=["total", "squares"]).assign(mean=mean, sd=np.sqrt(variance))


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


def _methods(found: pd.DataFrame) -> pd.Series:
    scale = (
        found["scale_min"].map("{:g}".format).astype("str")
        + "–"
        + found["scale_max"].map("{:g}".format).astype("str")
    )
    direction = found["high_is_good"].map({True: "high is good", False: "low is good"}).astype("str")
    what = {
        str(Instrument.NPS): "% promoters − % detractors, adjusted Wald",
        str(Instrument.CSAT): "share of the two best boxes, Wilson",
        str(Instrument.CES): "mean on its own scale, t interval",
    }
    return found["instrument"].map(what).astype("str") + "; scale " + scale + ", " + direction
