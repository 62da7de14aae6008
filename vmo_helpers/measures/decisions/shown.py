"""Decisions as a reader wants them: a row each for the table, a way in days each for the chart."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.measures.decisions.kept import NOT_KEPT
from vmo_helpers.vocabulary import DecisionState

_ORDER = [
    str(word)
    for word in (
        DecisionState.NOT_KEPT,
        DecisionState.LATE,
        DecisionState.UNDER_WAY,
        DecisionState.OPEN,
        DecisionState.CARRIED_THROUGH,
    )
]
NO_METRIC, NOT_DECIDED, NOT_DONE = "no metric named", "not decided yet", "not done yet"


def summary(states: pd.DataFrame, effects: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """One row a decision: those not kept and late ones first, then under way, open, carried through.

    Among them the newest comes first. Frames as ``states``, ``effects`` and ``kept`` return them. Index: its
    row in ``decisions``.

    Columns
        decision, question: its key and what was asked
        outcome: what was decided
        decision_state: not_kept, late, under_way, open or carried_through
        took_days (days): elapsed from the question to the decision, of an open one so far
        owner: as in ``decisions``
        effect: did its metric move, in words
        facts: what it was held against since it was done, in words
    """
    frame = pd.DataFrame(
        {
            "decision": states["decision_id"],
            "question": states["question"],
            "outcome": states["outcome"],
            "decision_state": _state(states, held),
            "took_days": states["delay_days"],
            "owner": states["owner"],
            "effect": _effect(states, effects),
            "facts": held["facts"].reindex(states.index),
        },
        index=states.index,
    )
    place = pd.Categorical(frame["decision_state"], _ORDER)
    return frame.assign(place=place).sort_values("place", kind="stable").drop(columns="place")


def journeys(states: pd.DataFrame, effects: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """One row a decision that was taken on a known day, the longest first.

    All days are elapsed, from the question on. A due day counts to its end. Index: its row in ``decisions``.

    Columns
        decision_id, question: its key and what was asked
        state: not_kept, carried_through, late or under_way
        decided_days (days): to the decision
        end_days (days): to the deed, of a late one so far, else to the decision
        due_days (days): to its due day; missing without one
        effect: did its metric move, in words
        facts: what it was held against since it was done, in words
    """
    taken = states[states["decided_at"].notna()]
    asked = taken["asked_at"]
    due = (taken["due"].dt.tz_localize("UTC") + pd.Timedelta(1, "D") - asked).dt.total_seconds() / 86_400
    done = (taken["done_at"] - asked).dt.total_seconds() / 86_400
    so_far = (due + taken["late_days"]).where(taken["state"].eq(str(DecisionState.LATE)))
    end = done.fillna(so_far).fillna(taken["delay_days"])
    frame = taken[["decision_id", "question", "state"]].assign(
        state=_state(taken, held),
        decided_days=taken["delay_days"],
        end_days=end,
        due_days=due,
        effect=_effect(taken, effects),
        facts=held["facts"].reindex(taken.index),
    )
    return frame.sort_values("end_days", ascending=False, kind="stable")


def _state(states: pd.DataFrame, held: pd.DataFrame) -> pd.Series:
    """The state of each decision; of those that are done also whether they were not kept."""
    broken = states.index.isin(held.index[held["kept"].eq(NOT_KEPT)])
    return states["state"].mask(broken, str(DecisionState.NOT_KEPT))


def _effect(states: pd.DataFrame, effects: pd.DataFrame) -> pd.Series:
    """Whether the metric of each decision that is done moved, in the words of ``outcomes.moved``."""
    verdict = dict(zip(effects["decision_id"], effects["verdict"], strict=True))
    said = states["decision_id"].map(verdict).astype("object").fillna(NO_METRIC)
    said = said.mask(states["effect_metric_id"].notna() & states["done_at"].isna(), NOT_DONE)
    return said.mask(states["state"].eq(str(DecisionState.OPEN)), NOT_DECIDED)
