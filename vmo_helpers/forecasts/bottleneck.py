"""Which stage will hurt lead time: departures against what the ages of its items should have given.

All times are weeks, as floats; week w is [w, w + 1). A visit that has not ended has an end of infinity.
Source: docs/measures.md, "Looking ahead".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

BASELINE_WEEKS, GAP_WEEKS = 52, 13
LEAST_BASELINE_WEEKS, LEAST_DEPARTURES = 26, 20
LEAST_AT_RISK = 3
SPANS = range(2, 23)
"""Weeks over which departures are compared with what was expected. A slow change needs the longer ones; over
more than 22 a warning lasts so long that it hits by chance."""
SEEN_WEEKS = max(SPANS)
RUN = 2
"""Weeks in a row that a line must be passed for a warning to begin or to end."""
THETA = 9.5
"""A warning begins at this score: .25 false alarms a stage and year on the benchmark's tuning set."""
OFF = 0.75

_RISE, _IMPACT_WEEKS, _IMPACT_FINISHED = 1.25, 8, 12


@dataclass(frozen=True)
class Hazard:
    """Cumulative hazard of leaving a stage, by age: ``ages`` at which somebody left, what it comes to there.

    Past the last age it goes on at the mean hazard of the upper half of the ages (``slope``, per week).
    """

    ages: Floats
    cumulative: Floats
    slope: float
    departures: int

    def at(self, age: Floats) -> Floats:
        """The cumulative hazard at each age (weeks); 0 at age 0."""
        if not len(self.ages):
            return np.zeros(len(age))
        place = np.searchsorted(self.ages, age, side="right")
        within = np.append(0.0, self.cumulative)[place]
        beyond = self.slope * np.maximum(0.0, age - self.ages[-1])
        return np.asarray(within + beyond, dtype=np.float64)


def hazard(start: Floats, end: Floats, first: float, last: float) -> Hazard:
    """The hazard of leaving, from visits seen within [first, last): Nelson and Aalen's estimate.

    A visit begun earlier enters at the age that it had at ``first`` (left truncation), one that lasts leaves
    at the age that it had at ``last``. Ages with under three items at risk are dropped.
    """
    seen = (start < last) & (end > first)
    entry = np.where(start[seen] < first, first - start[seen], -1.0)
    age = np.minimum(end[seen], last) - start[seen]
    left = end[seen] < last
    ages, departed = np.unique(age[left], return_counts=True)
    at_risk = np.searchsorted(np.sort(entry), ages, side="left") - np.searchsorted(
        np.sort(age), ages, side="left"
    )
    enough = at_risk >= LEAST_AT_RISK
    ages, departed, at_risk = ages[enough], departed[enough], at_risk[enough]
    cumulative = np.cumsum(departed / at_risk)
    if not len(ages):
        return Hazard(ages, cumulative, 0.0, int(left.sum()))
    half = ages[-1] / 2
    below = np.append(0.0, cumulative)[np.searchsorted(ages, half, side="right")]
    slope = (cumulative[-1] - below) / (ages[-1] - half) if ages[-1] > 0 else 0.0
    return Hazard(ages, cumulative, float(slope), int(left.sum()))


def weekly(start: Floats, end: Floats, usual: Hazard, first: int, weeks: int) -> tuple[Floats, Floats]:
    """Departures of each week, and how many the ages of those present should have given."""
    present = (start < first + weeks) & (end > first)
    start, end = start[present], end[present]
    begins = np.maximum(np.floor(start), first).astype(np.int64)
    ends = np.minimum(np.ceil(end), first + weeks).astype(np.int64)
    spans = np.maximum(ends - begins, 1)
    visit = np.repeat(np.arange(len(start)), spans)
    first_row = np.cumsum(spans) - spans
    week = begins[visit] + np.arange(len(visit)) - np.repeat(first_row, spans)
    until = usual.at(np.minimum(week + 1, end[visit]) - start[visit])
    young = np.maximum(begins, start) - start
    before = np.append(0.0, until[:-1])[: len(until)]  # a week begins where the one before it ended
    before[first_row] = usual.at(np.where(young > 0, young, -1.0))
    gives = until - before
    expected = np.bincount(week - first, weights=gives, minlength=weeks)[:weeks]
    left = end < first + weeks
    observed = np.bincount(np.floor(end[left]).astype(np.int64) - first, minlength=weeks)[:weeks]
    return observed.astype(np.float64), expected.astype(np.float64)


def score(observed: Floats, expected: Floats) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Of each week the largest O ln(O ÷ E) − (O − E) over its last 2–22 weeks where O < E, and that span.

    It is the log-likelihood ratio of "fewer leave than their ages say" for Poisson counts; 0 where as many
    leave as should.
    """
    weeks = len(observed)
    best, span = np.zeros(weeks), np.zeros(weeks, dtype=np.int64)
    o_sum, e_sum = (np.append(0.0, np.cumsum(one)) for one in (observed, expected))
    for m in SPANS:
        if m > weeks:
            break
        o, e = o_sum[m:] - o_sum[:-m], e_sum[m:] - e_sum[:-m]
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(o > 0, o * np.log(o / e), 0.0) - (o - e)
        ratio = np.where((o < e) & (e > 0), ratio, 0.0)
        better = ratio > best[m - 1 :]
        best[m - 1 :] = np.where(better, ratio, best[m - 1 :])
        span[m - 1 :] = np.where(better, m, span[m - 1 :])
    return best, span


def standing(scores: Floats, theta: float = THETA) -> Flags:
    """In which weeks a warning stands: on after two weeks at the line, off after two under ¾ of it."""
    on = np.zeros(len(scores), dtype=bool)
    stands, above, below = False, 0, 0
    for week, one in enumerate(scores):
        above = above + 1 if one >= theta else 0
        below = below + 1 if one < OFF * theta else 0
        stands = (stands and below < RUN) or above >= RUN
        on[week] = stands
    return on


def onsets(on: Flags) -> npt.NDArray[np.int64]:
    """The weeks in which a warning begins."""
    return np.flatnonzero(on & ~np.append(False, on[:-1]))


def watched(usual: Hazard, weeks: float) -> str | None:
    """Why a stage with this baseline is not watched, in words; None where it is."""
    if weeks < LEAST_BASELINE_WEEKS:
        return f"its baseline has {weeks:.0f} whole weeks; a warning needs {LEAST_BASELINE_WEEKS}"
    if usual.departures < LEAST_DEPARTURES:
        return f"{usual.departures} items left it in its baseline; a warning needs {LEAST_DEPARTURES}"
    return None


def hurt(finished: Floats, lead: Floats, baseline: tuple[float, float], first: int, weeks: int) -> Flags:
    """In which weeks lead time was hurt: the 85th percentile of eight weeks, two running, over its baseline.

    At least 12 finished in these weeks; ≥ 1.25 × the median of what finished in ``baseline``, and ≥ its
    97.5th percentile of such eight-week percentiles. Arrays: when each item finished, and its lead time.
    """
    order = np.argsort(finished, kind="stable")
    finished, lead = finished[order], lead[order]

    def percentile(end: float) -> float:
        a, b = np.searchsorted(finished, [end - _IMPACT_WEEKS, end])
        return float(np.quantile(lead[a:b], 0.85)) if b - a >= _IMPACT_FINISHED else np.nan

    low, high = baseline
    usual = lead[slice(*np.searchsorted(finished, [low, high]))]
    past = np.array([percentile(end) for end in np.arange(low + _IMPACT_WEEKS, high + 1)])
    past = past[np.isfinite(past)]
    if not len(past) or not len(usual):
        return np.zeros(weeks, dtype=bool)
    line = max(_RISE * float(np.median(usual)), float(np.quantile(past, 0.975)))
    over = np.array([percentile(week + 1) for week in range(first - 1, first + weeks)]) >= line
    return np.asarray(over[1:] & over[:-1])
