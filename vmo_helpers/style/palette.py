"""Ink, one accent, one alarm: the few colours and marks that charts and pages share. Plain constants, nothing
imported.

Grey is the default; ``ACCENT`` is for what a title speaks of, ``ALARM`` for what needs a decision. Every
colour that draws a mark has a contrast of at least 3:1 on white, every colour that sets text 4.5:1 (WCAG 2.2
AA); a status is always word + sign + colour, never colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from vmo_helpers.vocabulary import ChangeState, DecisionState, Inside, Label, Outside, Rag, Severity, Tier

INK = "#1c1e21"
MUTED = "#5c6066"  # text of second rank
GREY = "#878d96"  # marks that are there but not spoken of
FAINT = "#c3c7cc"  # bars and areas behind the one that matters; needs a label beside it
GRID = "#e8eaed"
WASH = "#f4f5f6"  # background of a cell
PAPER = "#ffffff"

ACCENT = "#0072B2"
ALARM = "#D55E00"
ALARM_TEXT = "#B34F00"  # the alarm's hue, dark enough for 13-pixel text
ALARM_WASH = "#fdeee3"
GOOD = "#009E73"
GOOD_TEXT = "#00795c"
AMBER = "#A97100"
AMBER_TEXT = "#8A5C00"

# The stack of the page; charts use the same, so that text in a chart is the text around it.
FONT = (
    "'Segoe UI', -apple-system, BlinkMacSystemFont, Roboto, 'Helvetica Neue', Arial, 'Liberation "
    "Sans', sans-serif"
)

# Value streams in their order; alarm orange is left out, so that a stream never looks like an alarm.
STREAMS = ("#0072B2", "#009E73", "#CC79A7", "#7A5195", "#8C6D1F", "#4E6E81", "#A8485F", "#3F7D20")


def stream_colours(ids: Iterable[str]) -> dict[str, str]:
    """Stream → colour by the order of the streams in their table, so that a stream looks the same in every
    deck.

    Beyond eight streams every further one is grey: more hues than that cannot be told apart, labels must do
    it.
    """
    return {
        name: STREAMS[place] if place < len(STREAMS) else GREY
        for place, name in enumerate(dict.fromkeys(ids))
    }


@dataclass(frozen=True)
class Mark:
    """How a status looks: the word a person reads, a sign for text, a Vega shape for dots, colours for mark
    and text."""

    word: str
    sign: str
    shape: str
    colour: str
    text: str

    @property
    def tone(self) -> str:
        """The class of its text on a page: ``bad``, ``careful``, ``good`` or none."""
        return {ALARM: "bad", AMBER: "careful", GOOD: "good"}.get(self.colour, "")


_CROSS = "M-1,-0.6L-0.6,-1L0,-0.4L0.6,-1L1,-0.6L0.4,0L1,0.6L0.6,1L0,0.4L-0.6,1L-1,0.6L-0.4,0Z"

_FINE = ("✓", "circle", GOOD, GOOD_TEXT)
_CAREFUL = ("◆", "diamond", AMBER, AMBER_TEXT)
_BAD = ("✕", _CROSS, ALARM, ALARM_TEXT)
_LATER = ("…", "triangle-right", GREY, MUTED)
_UNKNOWN = ("?", "square", GREY, MUTED)

SEVERITY: dict[Severity, Mark] = {
    Severity.ALARM: Mark("Needs a decision", *_BAD),
    Severity.WARNING: Mark("Watch", *_CAREFUL),
    Severity.GOOD: Mark("Holds", *_FINE),
    Severity.NOTE: Mark("For your information", "•", "circle", GREY, MUTED),
    Severity.UNKNOWN: Mark("Cannot be said", *_UNKNOWN),
}
RAG: dict[Rag, Mark] = {
    Rag.GREEN: Mark("green", *_FINE),
    Rag.GREEN_AMBER: Mark("green to amber", *_CAREFUL),
    Rag.AMBER: Mark("amber", *_CAREFUL),
    Rag.AMBER_RED: Mark("amber to red", *_CAREFUL),
    Rag.RED: Mark("red", *_BAD),
}
OUTSIDE: dict[Outside, Mark] = {
    Outside.GREEN: Mark("reported green", *_FINE),
    Outside.AMBER: Mark("reported amber", *_CAREFUL),
    Outside.RED: Mark("reported red", *_BAD),
    Outside.NOT_REPORTED: Mark("not reported", *_UNKNOWN),
}
INSIDE: dict[Inside, Mark] = {
    Inside.GREEN: Mark("sound inside", *_FINE),
    Inside.RED: Mark("red inside", *_BAD),
    Inside.OPEN: Mark("open", *_CAREFUL),
    Inside.NOT_YET_DUE: Mark("not yet due", *_LATER),
    Inside.UNKNOWN: Mark("cannot be tested", *_UNKNOWN),
}
LABEL: dict[Label, Mark] = {
    Label.WATERMELON: Mark("watermelon", *_BAD),
    Label.SOUND: Mark("sound", *_FINE),
    Label.OPEN_INSIDE: Mark("open inside", *_CAREFUL),
    Label.GREEN_UNPROVEN: Mark("green, unproven", *_LATER),
    Label.UNKNOWN_INSIDE: Mark("unknown inside", *_UNKNOWN),
    Label.RED_THROUGH: Mark("red through and through", *_BAD),
    Label.BETTER_INSIDE: Mark("better than reported", *_FINE),
    Label.RED_OPEN: Mark("red, open inside", *_CAREFUL),
    Label.RED_UNPROVEN: Mark("red, unproven", *_LATER),
    Label.RED_UNKNOWN: Mark("red, unknown inside", *_UNKNOWN),
    Label.NOT_REPORTED: Mark("not reported", *_UNKNOWN),
}
TIER: dict[Tier, Mark] = {
    Tier.NONE: Mark("no sign", "–", "circle", GREY, MUTED),
    Tier.WATCH: Mark("watch", *_CAREFUL),
    Tier.RED: Mark("red", *_BAD),
    Tier.BOARD: Mark("for the board", "✕✕", _CROSS, ALARM, ALARM_TEXT),
}
CHANGE: dict[ChangeState, Mark] = {
    ChangeState.NEW: Mark("new", "✕", *_BAD[1:]),
    ChangeState.KNOWN: Mark("known again", *_UNKNOWN),
    ChangeState.WORSE: Mark("worse", "✕", *_BAD[1:]),
    ChangeState.BETTER: Mark("better", *_FINE),
    ChangeState.REACHED: Mark("ended: reached", *_FINE),
    ChangeState.MISSED: Mark("ended: missed", "✕", *_BAD[1:]),
    ChangeState.STILL: Mark("still", "•", "circle", GREY, MUTED),
    ChangeState.CLEARED: Mark("cleared", *_FINE),
    ChangeState.FIRST: Mark("first look", "•", "circle", GREY, MUTED),
    ChangeState.UNSAID: Mark("cannot be said any more", *_UNKNOWN),
    ChangeState.UNSEEN: Mark("not looked at this time", *_UNKNOWN),
}
DECISION: dict[DecisionState, Mark] = {
    DecisionState.OPEN: Mark("open", *_LATER),
    DecisionState.UNDER_WAY: Mark("under way", "▸", "triangle-right", GREY, MUTED),
    DecisionState.LATE: Mark("late", *_BAD),
    DecisionState.CARRIED_THROUGH: Mark("carried through", *_FINE),
    DecisionState.NOT_KEPT: Mark("done, and not kept", *_BAD),
}

SIGNS = {
    "against": ("✕", "bad", "against"),
    "for": ("✓", "good", "for"),
    "silent": ("–", "muted", "neither"),
    "unknown": ("?", "careful", "unknown"),
}
"""Sign, tone and word of what a family says of a place."""


def mark(word: Severity | Rag | Outside | Inside | Label | Tier) -> Mark:
    """The mark of a status word of the vocabulary; KeyError for a word that is no status."""
    for words in (SEVERITY, RAG, OUTSIDE, INSIDE, LABEL, TIER):
        if isinstance(word, type(next(iter(words)))):
            return words[word]  # type: ignore[index]
    raise KeyError(word)
