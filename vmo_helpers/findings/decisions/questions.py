"""What leaders might ask, made from what was found: of value, of customers and of the system, never of
utilisation or dates."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pandas as pd

from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import by_number
from vmo_helpers.results.finding import PORTFOLIO, Finding, shown_at
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import ChangeState, Severity

MOST = 6
_RAISED = (ChangeState.NEW, ChangeState.KNOWN, ChangeState.WORSE, ChangeState.BETTER, ChangeState.STILL)
COLUMNS = ["question", "because", "_deck", "_slide"]


@dataclass(frozen=True)
class Question:
    """What a finding of this rule leads a leader to ask; {name} is its subject. ``whole``: of the portfolio's
    own finding;
    ``unknown``: also where that finding cannot be said."""

    rule: str
    words: str
    whole: bool = True
    unknown: bool = False


QUESTIONS = (
    Question(
        "watermelon.watermelon", "What would have to be true for these to be reported as what they are?"
    ),
    Question(
        "okr.starvation", "If {name} matters as much as its weight says, where is its money?", whole=False
    ),
    Question("flow.local_optimum", "What did customers gain from the days that {name} saved?", whole=False),
    Question("watermelon.satisfaction_drop", "What do customers tell us that our reports do not?"),
    Question("okr.key_results", "Which of these key results do we give up, so that the others are reached?"),
    Question("flow.queue_after_done", "What holds finished work back from the people who asked for it?"),
    Question(
        "watermelon.unknown_inside", "What would convince us that these greens are green?", unknown=True
    ),
    Question("flow.nothing_finished", "What would {name} have to leave, to finish one thing?", whole=False),
    Question(
        "value.benefit_realisation", "Which benefit do we no longer believe in, and what is it still costing?"
    ),
    Question("okr.orphan_items", "Why do we still pay for work that serves none of our goals?"),
    Question("watermelon.opinion_only", "What did we score as value that customers cannot be seen to use?"),
    Question("watermelon.fake_agility", "What would we fund differently if we decided every quarter?"),
    Question("flow.slow_decision", "Which decision waits for us, and what work waits for it?"),
    Question("watermelon.vanity_metric", "Which decision did we last take because of one of these numbers?"),
    Question("flow.cumulative_flow", "What do we stop, so that what is begun is finished?"),
)
_LOUD = {str(Severity.ALARM): 0, str(Severity.WARNING): 1, str(Severity.UNKNOWN): 2}


def questions(
    findings: pd.DataFrame, changes: pd.DataFrame, states: pd.DataFrame, asked: Collection[str]
) -> pd.DataFrame:
    """At most six: question, because (the finding's sentence) and the slide that shows it (``_deck``,
    ``_slide``); in the order of ``QUESTIONS``, one a rule.

    First of all why a decision is not carried through, and why something comes back each time; ``asked`` are
    the findings that a decision is asked for already, of which nothing more is asked. ``states`` and
    ``changes`` as the measures return them.
    """
    rows: list[dict[Any, Any]] = []
    late = states[states["state"].eq("late")].sort_values("late_days", ascending=False, kind="stable")
    if len(late):
        first = late.iloc[0]
        rows.append(
            {
                "question": "What keeps us from what we decided: "
                f"“{wording.clipped(wording.plain(first['question']).rstrip('?'), 80)}”?",
                "because": f"Due on {wording.day(first['due'], year=True)} and not done",
                **shown_at("", "decided"),
            }
        )
    back = changes[changes["spells"].ge(2) & changes["state"].isin([str(state) for state in _RAISED])]
    if len(back):
        again = back.sort_values(["spells", "money"], ascending=False, kind="stable").iloc[0]
        rows.append(
            {
                "question": "What did we do the last time that this went away, and why did it come back?",
                "because": again["sentence"],
                **shown_at(again["deck"], again["slide"]),
            }
        )
    rows += [row for question in QUESTIONS if (row := _of(question, findings, asked))]
    return pd.DataFrame(rows[:MOST], columns=COLUMNS)


def questions_asked(found: pd.DataFrame) -> Finding:
    """The slide's finding: how many questions there are."""
    rule = Rule("decisions.questions")
    if found.empty:
        return rule.note("Nothing was found that a leader would have to ask about")
    count = wording.small(len(found)).capitalize()
    return rule.note(
        f"{count} {by_number(len(found), 'question', 'questions')} that only leaders can ask", n=len(found)
    )


def _of(question: Question, findings: pd.DataFrame, asked: Collection[str]) -> dict[Any, Any] | None:
    """The question of one rule, from its loudest finding; None where it raised none, or a decision on it is
    asked for already."""
    loud = [word for word in _LOUD if question.unknown or word != str(Severity.UNKNOWN)]
    mine = findings[
        findings["rule"].eq(question.rule)
        & findings["severity"].isin(loud)
        & ~findings["id"].isin(list(asked))
    ]
    mine = mine[mine["subject"].eq(PORTFOLIO)] if question.whole else mine[mine["subject"].ne(PORTFOLIO)]
    if mine.empty:
        return None
    row = mine.loc[mine["severity"].map(_LOUD).sort_values(kind="stable").index[0]]
    sentence = str(row["sentence"])
    name = (
        sentence[: sentence.index("”") + 1]
        if sentence.startswith("“")
        else _first_words(sentence, str(row["subject"]))
    )
    return {
        "question": question.words.format(name=name),
        "because": sentence,
        **shown_at(row["deck"], row["slide"]),
    }


def _first_words(sentence: str, subject: str) -> str:
    """The subject as the sentence names it: what stands before its verb, else its id."""
    if subject in sentence:
        return subject
    for verb in (" finished ", " fell ", " delivered ", ": "):
        head, found, _ = sentence.partition(verb)
        if found and len(head) <= 60:
            return head
    return subject
