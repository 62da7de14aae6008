"""What a column of dates in a sheet of items says, by the words of its header: when an item was created,
asked for or delivered, or when it is planned to end. What is none of these may be a state of a board."""

from __future__ import annotations

from collections.abc import Sequence

NO_COLUMN = "no column"
"""A date that is neither a column of the contract nor a state: a last update, a planned start."""

_BARE = {
    "created_at": {"created", "registered", "recorded", "logged", "entered"},
    "requested_at": {"requested", "requested for"},
    "delivered_at": {
        *("delivered", "went live", "gone live", "go live", "golive", "rolled out", "handed over"),
        *("put in production", "put in service", "put in use"),
    },
}
"""Column → what a header says of it, whatever stands beside it."""
_MARKED = {
    "created_at": {"raised", "captured"},
    "requested_at": {"request", "received", "submitted", "order", "ordered"},
    "delivered_at": {
        *("delivery", "live", "released", "release", "launched", "launch", "deployed", "deployment"),
        *("shipped", "production", "in production", "in service", "in use", "put production"),
    },
}
"""The same, where the header says that it is a date: "Released" alone is a state, "Released on" is none."""
_MARKS = frozenset({"date", "at", "since"})
_FILL = _MARKS | {"first", "value", "was", "customer"}
_PLANS = frozenset({"planned", "scheduled", "estimated"})
_SURE_PLANS = frozenset({"target", "objective", "expected", "forecast", "due", "eta", "plan", "baseline"})
_STARTS = frozenset({"start", "started", "begin"})
_ENDS = frozenset({"end", "finished", "done", "completed", "completion", "closed", "resolved"}) | {
    word for words in (_BARE, _MARKED) for one in words["delivered_at"] for word in one.split()
}
_NEVER = frozenset({"last", "next", "date"})
_UPDATED = frozenset({"updated", "put à jour", "put a jour"})


def date_meant(words: Sequence[str]) -> str | None:
    """The column of work_items that a header of these words means, of those of asking, creation, delivery and
    planned end; NO_COLUMN for a date that is no state either; None for a header that may be a state.

    A planned date is never a state, whatever is planned: a start has no column, what ends has planned_end.
    """
    marked = bool(_MARKS & {*words})
    content = [word for word in words if word not in _FILL]
    said, plans = " ".join(content), {*content} & (_PLANS | _SURE_PLANS)
    rest = {*content} - plans
    if plans & _SURE_PLANS or (plans and (marked or rest & (_STARTS | _ENDS))):
        ends = rest <= _ENDS and "baseline" not in plans and (marked or rest or plans & {"due", "eta"})
        return "planned_end" if ends else NO_COLUMN
    for column in _BARE:
        if said in _BARE[column] or (marked and said in _MARKED[column]):
            return column
    never = _NEVER & {*words[:1]} or _UPDATED & {said, *content} or (marked and not content)
    return NO_COLUMN if never else None
