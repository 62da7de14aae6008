"""The key results of the day with their verdicts, and what they add up to per objective."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from vmo_helpers.measures.okr.goals import Goals, day_of
from vmo_helpers.measures.okr.progress import (
    HELD,
    NO_END,
    expected,
    lacking,
    overdue_days,
    score,
    stale,
    values,
)
from vmo_helpers.measures.okr.projection import projection
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.vocabulary import Commitment, KeyResultType, Verdict

NEEDED = {Commitment.COMMITTED: 1.0, Commitment.ASPIRATIONAL: 0.7}
ROUNDING = 1e-9  # 0.14 ÷ 0.2 is 0.7 to a person
WORST_FIRST = tuple(Verdict)
AT_RISK = (Verdict.MISSED, Verdict.WILL_MISS, Verdict.AT_RISK)
_DONE_FOR_GOOD = (KeyResultType.BINARY, KeyResultType.MILESTONE)  # once done, nothing is left to check in


def key_results(portfolio: Portfolio, goals: Goals) -> pd.DataFrame:
    """One row a key result whose objective's period holds the day.

    Index: its row in the file. The verdict is, in this order:

    - not_measured: no progress can be formed;
    - stale: the value is, so neither good nor bad is known; a done yes/no or milestone is never stale;
    - achieved or missed once its period is over, by its newest value;
    - with a projection: will_miss when the whole interval ends below what is needed;
    - at_risk when the line itself does, or when a maintain or range goal is out of its bounds today;
    - else achieved where the score is reached, else on_track;
    - without one: achieved where the score is reached, else no_end or no_begin where its period has none,
      else too_early. No pace is asked for without both. A maintain or range goal is never achieved before
      its end.

    Columns
        kr_id, objective_id, title, type, from, to: as in ``key_results``; without a title its key
        baseline, target, low, high (metric's unit): as in ``key_results``
        metric_id, commitment, weight, owner, department: as in ``key_results``
        cadence_days (days): as in ``key_results``
        objective_title: of its objective
        holds: True
        top_three, top_three_id: whether it stands under rank 1–3, and under which objective
        top_level_id, enterprise_id: the highest objective above it, and the nearest of level enterprise
        value (metric's unit): the newest of check-ins and observations
        last_checkin: its instant
        progress: 0 at the baseline, 1 at the target, unclamped; NaN: not measured
        expected: the progress that the plan asks for by now
        gap: progress − expected
        not_measured_because: in words; missing where it is measured
        confidence: of the newest check-in that gives one
        reported: status of the newest check-in that gives one
        overdue_days (days): since the next value was due; negative before that
        stale: overdue by more than its grace
        needed: score asked for; committed 1.0, aspirational 0.7
        values_in_period: how many the projection rests on
        time_gone_share (share 0–1): of its period; NaN without an end
        slope_per_day (metric's unit): of the straight line
        projected_value (metric's unit): of the line on the last day
        projected_value_low, projected_value_high (metric's unit): its 80 % prediction interval
        projected, projected_low, projected_high: the same as progress
        verdict: one of the above
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


def ended(portfolio: Portfolio, goals: Goals) -> dict[str, str]:
    """What became of each key result whose last day is over, by its id: reached or missed.

    Its newest value judges; where no progress is known, it is left out.
    """
    over = goals.key_results.assign(holds=goals.key_results["to"].lt(day_of(portfolio)))
    found = key_results(portfolio, replace(goals, key_results=over)).dropna(subset=["progress"])
    reached = found["progress"].ge(found["needed"] - ROUNDING).map({True: "reached", False: "missed"})
    return dict(zip(found["kr_id"], reached, strict=True))


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
    said = said.mask(frame["from"].isna(), str(Verdict.NO_BEGIN))
    said = said.mask(frame["to"].eq(NO_END), str(Verdict.NO_END))
    said = said.mask(reached & ~held, str(Verdict.ACHIEVED))
    said = said.mask(known, str(Verdict.ON_TRACK)).mask(known & reached & ~held, str(Verdict.ACHIEVED))
    said = said.mask(known & (frame["projected"].lt(needed) | held & ~reached), str(Verdict.AT_RISK))
    said = said.mask(known & frame["projected_high"].lt(needed), str(Verdict.WILL_MISS))
    said = said.mask(over, str(Verdict.MISSED)).mask(over & reached, str(Verdict.ACHIEVED))
    return said.mask(frame["stale"], str(Verdict.STALE)).mask(progress.isna(), str(Verdict.NOT_MEASURED))


def objective_status(goals: Goals, key_results: pd.DataFrame) -> pd.DataFrame:
    """One row an objective that holds the day: the worst verdict beside the distribution.

    Counted are the key results under it, its descendants' included. Statuses are never averaged.

    Columns
        objective_id, title: key and title of the objective
        rank, weight, level, parent_id: as in ``objectives``
        key_results: how many are under it
        measured: of them with a progress
        score (share 0–1): weighted mean of the measured ones' progress, each clamped to 0–1; NaN when there
            is none
        worst: the first of the verdicts below that any has; not_measured without a key result
        missed, will_miss, at_risk, stale: key results of that verdict
        not_measured, no_end, no_begin, too_early, on_track, achieved: likewise
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


def objectives_table(status: pd.DataFrame) -> pd.DataFrame:
    """One row an objective, for a slide: ``status`` as ``objective_status`` returns it.

    Columns
        objective_id, title, level, rank: key, title, level and rank of the objective
        key_results, measured: how many are under it, and of them with a progress
        mean_progress (share 0–1): ``score`` of ``objective_status``
        worst: the worst verdict of any of them
    """
    table = status.rename(columns={"score": "mean_progress"})
    return table[
        ["objective_id", "title", "level", "rank", "key_results", "measured", "mean_progress", "worst"]
    ]
