"""Net promoter score, satisfaction and effort of what was answered, each with its interval."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri, stdtrit

from vmo_helpers.measures.satisfaction.answers import answers, sums
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.figure import Figure
from vmo_helpers.vocabulary import Instrument
from vmo_helpers.window import Window

Floats = npt.NDArray[np.float64]

CONFIDENCE = 0.95
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
    found = sums(answered)
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
