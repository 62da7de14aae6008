"""How long each decision took: from the question to the decision, and from there to the deed."""

from __future__ import annotations

from typing import Any

import altair
import numpy as np
import pandas as pd

from vmo_helpers.charts import theme
from vmo_helpers.charts.canvas import blank, canvas, described, needs, said, with_tips
from vmo_helpers.charts.keys import Entry, key_height
from vmo_helpers.charts.rows import Rows
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import DecisionState

_KEY = [
    Entry("bar", "until it was decided", theme.GREY),
    Entry("bar", "until it was done", theme.ACCENT),
    Entry("bar", "decided and late, or done and not kept", theme.ALARM),
    Entry("upright", "due", theme.INK),
]
_BAD = [str(DecisionState.LATE), str(DecisionState.NOT_KEPT)]
_MOST = 12
_TELLING = {
    "moved": "metric moved",
    "moved the other way": "metric fell back",
    "no move seen": "no move seen",
}
"""What a metric says of a decision that is worth a word beside its bar."""


def journeys(frame: pd.DataFrame, *, alt: str) -> altair.LayerChart:
    """Each decision that was taken, from its question on: grey until it was decided, then until it was done,
    or so far where it is late.

    ``frame``: one row a decision (question, state, decided_days, end_days, due_days, effect, facts), sorted
    by the measure.
    """
    described(alt)
    needs(frame, "question", "state", "decided_days", "end_days", "due_days", "effect", "facts")
    if frame.empty:
        return blank("no decision that was asked for has been taken", alt)
    marks = [theme.DECISION[DecisionState(state)] for state in frame["state"]]
    ready = pd.DataFrame(
        {
            "zero": 0.0,
            "decided": frame["decided_days"].round(2).to_numpy(),
            "end": frame["end_days"].round(2).to_numpy(),
            "due": frame["due_days"].round(2).to_numpy(),
            "tone": np.where(frame["state"].isin(_BAD), "alarm", "plain"),
            "sign": [look.sign for look in marks],
        }
    )
    words = [_word(row) for row in frame.to_dict("records")]
    effects = [str(effect) for effect in frame["effect"]]
    notes = [
        f"{word}; {_TELLING[effect]}" if effect in _TELLING else word
        for word, effect in zip(words, effects, strict=True)
    ]
    ready, tooltip = with_tips(
        ready,
        {
            "Decision": said(frame["question"], 200),
            "Decided after": [wording.days(days) for days in frame["decided_days"]],
            "State": [look.word for look in marks],
            "In all": [wording.days(days) for days in frame["end_days"]],
            "Its metric": effects,
            "Since it was done": [fact if wording.known(fact) else "" for fact in frame["facts"]],
        },
    )
    top = max(1.0, float(np.nanmax(ready[["end", "due"]].to_numpy(dtype=float))))
    rows = Rows.of(
        ready,
        said(frame["question"], 44),
        notes,
        words,
        ready["end"],
        (0.0, top * 1.02),
        step=34,
        column=True,
        most=_MOST,
        top=key_height(_KEY) + 4,
    )
    x = rows.x("zero", "days since it was asked for", "days")
    late = rows.x("decided", "days since it was asked for", "days")
    return canvas(
        *rows.key(_KEY),
        rows.bars(x, "decided", tooltip=tooltip, size=12).encode(color=altair.ColorValue(theme.GREY)),
        rows.bars(late, "end", tooltip=tooltip, plain=theme.ACCENT, size=12),
        rows.ticks(rows.x("due", "days since it was asked for", "days"), tooltip=tooltip),
        *rows.words(),
        height=rows.height,
        alt_text=alt,
    )


def _word(row: dict[Any, Any]) -> str:
    """What became of a decision, in a few words."""
    if row["state"] == str(DecisionState.LATE):
        return f"late by {wording.days(row['end_days'] - row['due_days'])}"
    if row["state"] == str(DecisionState.NOT_KEPT):
        return "done, and not kept"
    if row["state"] == str(DecisionState.CARRIED_THROUGH):
        return f"done in {wording.days(row['end_days'])}"
    return "under way"
