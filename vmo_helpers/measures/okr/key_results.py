"""The key results of the day with their verdicts, and what they add up to per objective."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.measures.okr.goals import Goals
from vmo_helpers.measures.okr.progress import HELD, expected, lacking, overdue_days, score, stale, values
from vmo_helpers.measures.okr.projection import projection
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.vocabulary import Commitment, KeyResultType, Verdict

NEEDED = {Commitment.COMMITTED: 1.0, Commitment.ASPIRATIONAL: 0.7}
ROUNDING = 1e-9  # 0.14 ÷ 0.2 is 0.7 to a person
WORST_FIRST = tuple(Verdict)
AT_RISK = (Verdict.MISSED, Verdict.WILL_MISS, Verdict.AT_RISK)
_DONE_FOR_GOOD = (KeyResultType.BINARY, KeyResultType.MILESTONE)  # once done, nothing is left to check in


def key_results(portfolio: Portfolio, goals: Goals) -> pd.DataFrame:
    """One row per key result whose objective's period holds the day (index = row of the file).

    Adds: ``value`` (the newest of check-ins and observations), ``last_checkin`` (its instant), ``progress``
    (unclamped; NaN: not measured, and ``not_measured_because`` says why), ``expected``, ``gap`` (progress −
    expected), ``confidence`` and ``reported`` (of the newest check-in that gives one), ``overdue_days``,
    ``stale``, the columns of ``projection``, ``needed`` (committed 1.0, aspirational 0.7) and ``verdict``:

    - not_measured: no progress can be formed;
    - achieved or missed once its period is over, by its newest value;
    - with a projection: will_miss when the whole interval ends below what is needed, at_risk when the line
      itself
      does, or when a maintain or range goal is out of its bounds today; else achieved where the score is
      reached, else on_track;
    - without: achieved where the score is reached (a maintain or range goal never is before its end), else
      too_early;
    - stale, whatever the above would say, when the value is: neither good nor bad is known. A done yes/no or
      milestone
      is never stale.
    """
    as_of, timezone = portfolio.as_of, portfolio.settings.timezone
    assert as_of is not None
    frame = goals.current_key_results
    every = values(portfolio, goals)
    newest = every.drop_duplicates("kr_id", keep="last").set_index("kr_id").reindex(frame["kr_id"])
    value = newest["value"].to_numpy(dtype=np.float64)
    last = pd.Series(newest["at"].array, index=frame.index)
    progress = score(frame, value)
    plan = expected(portfolio, frame)
    overdue = overdue_days(frame, last, as_of, timezone)
    said = portfolio.checkins.sort_values("at", kind="stable")
    ahead = projection(frame, every, as_of, timezone).drop(columns="kr_id")
    found = frame.assign(
        value=value,
        last_checkin=last,
        progress=progress,
        expected=plan,
        gap=progress - plan,
        not_measured_because=lacking(frame, value),
        confidence=_newest(said, "confidence", frame),
        reported=_newest(said, "status", frame),
        overdue_days=overdue,
        stale=stale(frame, overdue)
        & ~np.isnan(progress)
        & ~(frame["type"].isin(_DONE_FOR_GOOD) & (progress >= 1.0)),
        needed=frame["commitment"].map(NEEDED).astype("float64"),
    ).join(ahead)
    return found.assign(verdict=_verdict(found))


def _newest(checkins: pd.DataFrame, column: str, frame: pd.DataFrame) -> pd.Series:
    given = (
        checkins[checkins[column].notna()].drop_duplicates("kr_id", keep="last").set_index("kr_id")[column]
    )
    return given.reindex(frame["kr_id"]).set_axis(frame.index)


def _verdict(frame: pd.DataFrame) -> pd.Series:
    progress, needed = frame["progress"], frame["needed"] - ROUNDING
    held = frame["type"].isin(HELD)
    over = frame["time_gone_share"].ge(1.0)
    known = frame["projected"].notna()
    reached = progress.ge(needed)
    said = pd.Series(str(Verdict.TOO_EARLY), index=frame.index, dtype="str")
    said = said.mask(reached & ~held, str(Verdict.ACHIEVED))
    said = said.mask(known, str(Verdict.ON_TRACK)).mask(known & reached & ~held, str(Verdict.ACHIEVED))
    said = said.mask(known & (frame["projected"].lt(needed) | held & ~reached), str(Verdict.AT_RISK))
    said = said.mask(known & frame["projected_high"].lt(needed), str(Verdict.WILL_MISS))
    said = said.mask(over, str(Verdict.MISSED)).mask(over & reached, str(Verdict.ACHIEVED))
    return said.mask(frame["stale"], str(Verdict.STALE)).mask(progress.isna(), str(Verdict.NOT_MEASURED))


def objective_status(goals: Goals, key_results: pd.DataFrame) -> pd.DataFrame:
    """One row per objective that holds the day: the worst verdict beside the distribution, never an average
    of statuses.

    Counts the key results under it, its descendants' included: a column per verdict, ``key_results``,
    ``measured``, ``worst`` (in the order missed, will miss, at risk, stale, not measured, too early, on
    track, achieved; not measured where it has no key result) and ``score``: the mean progress, each clamped
    to 0–1, of the ``measured`` ones, weighted (an empty weight is 1; NaN when none is measured).
    """
    tree, current = goals.tree, goals.current
    words = [str(word) for word in WORST_FIRST]
    place = tree.place(key_results["objective_id"])
    weight = key_results["weight"].fillna(1.0).to_numpy(dtype=np.float64)
    progress = key_results["progress"].clip(0.0, 1.0).to_numpy(dtype=np.float64)
    measured = ~np.isnan(progress)

    def under(amount: np.ndarray) -> np.ndarray:
        return tree.sums(np.bincount(place, amount, minlength=len(tree.names)).astype(np.float64))

    counts = {
        word: under(key_results["verdict"].eq(word).to_numpy(dtype=np.float64)).astype(np.int64)
        for word in words
    }
    total = under(np.ones(len(key_results))).astype(np.int64)
    table = (
        np.column_stack([counts[word] for word in words])
        if len(tree.names)
        else np.zeros((0, len(words)), dtype=np.int64)
    )
    worst = np.where(total > 0, np.argmax(table > 0, axis=1), words.index(Verdict.NOT_MEASURED))
    weighed = under(weight * measured)
    sums = under(np.where(measured, weight * progress, 0.0))
    frame = pd.DataFrame(
        {
            "key_results": total,
            "measured": under(measured.astype(np.float64)).astype(np.int64),
            "score": np.divide(sums, weighed, out=np.full(len(sums), np.nan), where=weighed > 0),
            "worst": pd.array(words, dtype="str").take(worst),
            **counts,
        },
        index=pd.Index(tree.names),
    )
    kept = current[["objective_id", "title", "rank", "weight", "level", "parent_id"]]
    return kept.join(frame, on="objective_id")
