"""The VMO's own scorecard: were its flags right, its decisions carried through, and what came of both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any

import pandas as pd

from vmo_helpers.measures.outcomes import FEW, MOVED
from vmo_helpers.results.figure import Figure
from vmo_helpers.vocabulary import DecisionOutcome, DecisionState, Inside, Label, Tier
from vmo_helpers.window import Window

SETTLES_DAYS = 182
"""Half a year after it was told a flag is held against what came, where no due day comes first."""
FEWEST_SETTLED = 5
GREENS = 2  # reviews running
NO_SHELF = "no earlier review on the shelf told of any item"
_LOOK = ["day", "item_id", "title", "label", "inside", "tier", "due", "money"]
FLAGS = ["item_id", "title", "flagged_on", "settles_on", "state", "settled_on", "acted_on", "money"]
CARD = ["key", "title", "value", "unit", "n", "definition", "why"]
FIGURES = ("vmo.flags_confirmed", "vmo.flags_wrong", "vmo.flags_open", "vmo.decisions_carried_through_share")


class FlagState(StrEnum):
    """What became of an item that the board was told of.

    ``CONFIRMED``: still red inside when it was due; ``WRONG``: green in two later reviews running.
    """

    CONFIRMED = "confirmed"
    WRONG = "wrong"
    OPEN = "open"


def flags(
    told: pd.DataFrame, items: pd.DataFrame, states: pd.DataFrame, day: str, timezone: str
) -> pd.DataFrame:
    """One row a flag: a green item that an earlier review told the board was red inside, the oldest first.

    ``told``: a row an item and an earlier review, as ``told_before`` reads them; ``items`` as
    ``status.items``, ``states`` as ``decisions.states``. A flag is held against what came from its due day
    on, where that lies ahead, at the latest after 182 days. The first of these settles it:

    - confirmed: the first review from that day on in which it is red inside;
    - wrong: green inside in two later reviews running.

    Until then it is open. An item that proved wrong may be told of again: that is another flag.

    Columns
        item_id, title: key and title of the item
        flagged_on: day of the review that told of it first
        settles_on: the day from which on it can be confirmed
        state: confirmed, wrong or open
        settled_on: day of the review that settled it; missing of an open one
        acted_on: a decision on it was taken since, other than to continue
        money (portfolio's currency): at stake when it was told; missing where unknown
    """
    now = items[_LOOK[1:]].assign(day=pd.Timestamp(day))[_LOOK]
    looks = pd.concat([told[_LOOK], now]) if len(told) else told[_LOOK]
    board = looks["label"].eq(Label.WATERMELON) & looks["tier"].eq(Tier.BOARD)
    raised = looks.assign(raised=board & looks["day"].lt(pd.Timestamp(day)))
    raised = raised[raised["item_id"].isin(raised.loc[raised["raised"], "item_id"])]
    rows = [
        flag
        for _, seen in raised.sort_values("day", kind="stable").groupby("item_id", sort=True)
        for flag in _flags(seen.to_dict("records"))
    ]
    found = pd.DataFrame(rows, columns=FLAGS)
    found["acted_on"] = [_acted(flag, states, timezone) for flag in rows]
    kinds = dict.fromkeys(("flagged_on", "settles_on", "settled_on"), "datetime64[us]")
    words = dict.fromkeys(("item_id", "title", "state"), "str")
    found = found.astype({**kinds, **words, "money": "float64", "acted_on": "bool"})
    return found.sort_values(["flagged_on", "item_id"], kind="stable", ignore_index=True)


def _flags(looks: list[dict[Any, Any]]) -> list[dict[str, Any]]:
    """The flags of one item, of its looks from the first review to this one."""
    found: list[dict[str, Any]] = []
    flag: dict[str, Any] | None = None
    greens = 0
    for look in looks:
        if flag is None:
            flag, greens = (_begun(look), 0) if look["raised"] else (None, 0)
            continue
        greens = greens + 1 if look["inside"] == Inside.GREEN else 0
        if greens == GREENS:
            found.append({**flag, "state": str(FlagState.WRONG), "settled_on": look["day"]})
            flag = None
        elif look["inside"] == Inside.RED and look["day"] >= flag["settles_on"]:
            return [*found, {**flag, "state": str(FlagState.CONFIRMED), "settled_on": look["day"]}]
    return found if flag is None else [*found, flag]


def _begun(look: dict[Any, Any]) -> dict[str, Any]:
    later = look["day"] + pd.Timedelta(SETTLES_DAYS, "D")
    ahead = pd.notna(look["due"]) and look["due"] > look["day"]
    return {
        "item_id": look["item_id"],
        "title": look["title"],
        "flagged_on": look["day"],
        "settles_on": min(look["due"], later) if ahead else later,
        "state": str(FlagState.OPEN),
        "settled_on": pd.NaT,
        "money": look["money"],
    }


def _acted(flag: dict[str, Any], states: pd.DataFrame, timezone: str) -> bool:
    """A decision on the item, or on a finding about it, was taken on the day of the flag or later."""
    item = flag["item_id"]
    about = states["item_id"].eq(item) | states["finding_id"].fillna("").str.endswith(f":{item}")
    taken = states.loc[about.fillna(False) & states["outcome"].ne(DecisionOutcome.CONTINUE), "decided_at"]
    days = taken.dropna().dt.tz_convert(timezone).dt.tz_localize(None).dt.normalize()
    return bool(days.ge(flag["flagged_on"]).any())


def scorecard(
    told: pd.DataFrame,
    flags: pd.DataFrame,
    asks: pd.DataFrame,
    states: pd.DataFrame,
    effects: pd.DataFrame,
    decided: Sequence[Figure],
    covered: pd.DataFrame,
) -> pd.DataFrame:
    """One row a line of the card. Its amounts stand beside each other, and are never added up.

    ``told`` and ``asks`` as ``told_before`` reads them, ``flags`` as above, ``states``, ``effects`` and
    ``decided`` as ``decisions.states``, ``.effects`` and ``.figures``, ``covered`` as ``status.coverage``
    return them. Of fewer than five settled flags nothing is said but how many are open.

    Columns
        key: its name; the first four are figures
        title: in words
        value (as unit): missing where it is not known
        unit: of the value
        n: how many flags, decisions or items it rests on
        definition: what is counted
        why: what is missing; empty where the value is known
    """
    few = NO_SHELF if told.empty else ""
    lines = [
        *_of_flags(flags, few),
        *_of_decisions(decided, effects),
        _reported(covered),
        *_of_money(flags, _ended(asks, states), few),
    ]
    frame = pd.DataFrame(lines, columns=CARD)
    frame = frame.assign(why=frame["why"].where(frame["value"].isna()))
    texts = dict.fromkeys(("key", "title", "unit", "definition", "why"), "str")
    return frame.astype({"value": "float64", "n": "int64", **texts})


_Line = tuple[str, str, float | None, str, int, str, str]


def _settled(flags: pd.DataFrame, none: str) -> tuple[int, str]:
    """How many flags are settled, and why nothing is said of them; empty where they are enough."""
    settled = int(flags["state"].ne(FlagState.OPEN).sum())
    few = "" if settled >= FEWEST_SETTLED else f"{settled} settled, {FEWEST_SETTLED} are needed"
    return settled, none or few


def _of_flags(flags: pd.DataFrame, none: str) -> Iterator[_Line]:
    settled, why = _settled(flags, none)
    confirmed, wrong, left = (float(flags["state"].eq(word).sum()) for word in FlagState)
    for key, title, value, definition in (
        (FIGURES[0], "confirmed", confirmed, f"still red inside when due, or {SETTLES_DAYS} days on"),
        (FIGURES[1], "wrong", wrong, "green inside in two later reviews running"),
    ):
        yield (
            key,
            f"Flags to the board that were {title}",
            None if why else value,
            "number",
            settled,
            f"{definition}, of the settled ones",
            why,
        )
    yield (
        FIGURES[2],
        "Flags to the board that are open",
        None if none else left,
        "number",
        len(flags),
        "told by an earlier review, neither confirmed nor wrong",
        none,
    )


def _of_decisions(decided: Sequence[Figure], effects: pd.DataFrame) -> Iterator[_Line]:
    by_key = {figure.key: figure for figure in decided}
    for key, title, name in (
        (FIGURES[3], "Decisions carried through", "carried_through_share"),
        ("vmo.decision_delay_p50_days", "Delay of decision, median", "delay_p50_days"),
    ):
        figure = by_key[f"decisions.{name}"]
        yield key, title, figure.value, figure.unit, figure.n, figure.definition, figure.why or ""
    tested = effects[effects["verdict"].ne(FEW)]
    yield (
        "vmo.decisions_moved_share",
        "Decisions that moved their metric",
        float(tested["verdict"].eq(MOVED).mean()) if len(tested) else None,
        "share",
        len(tested),
        "moved the wanted way since it was done, of those with a metric and enough readings",
        "no decision that is done has a metric with enough readings",
    )


def _reported(covered: pd.DataFrame) -> _Line:
    items = int(covered["items"].iloc[0])
    return (
        "vmo.reported_share",
        "Items with a status report",
        float(covered["reported_share"].iloc[0]) if items else None,
        "share",
        items,
        "of the items that were started and not cancelled",
        "no item was started",
    )


def _of_money(flags: pd.DataFrame, ended: pd.Series, none: str) -> Iterator[_Line]:
    _, why = _settled(flags, none)
    acted = flags[flags["state"].eq(FlagState.CONFIRMED) & flags["acted_on"]]
    yield (
        "vmo.flagged_money",
        "At stake in flags confirmed and acted on",
        None if why else float(acted["money"].sum()),
        "money",
        len(acted),
        "at stake when the board was told, of those on which a decision was taken since",
        why,
    )
    yield (
        "vmo.waiting_ended_per_month",
        "Cost of waiting a month that has ended",
        float(ended.sum()) if len(ended) else None,
        "money",
        len(ended),
        "as last told of decisions that were open then and are carried through now",
        none or "no decision that an earlier review priced is carried through",
    )


def _ended(asks: pd.DataFrame, states: pd.DataFrame) -> pd.Series:
    """What waiting for each decision cost a month when it was last told, of those carried through since."""
    done = states.loc[states["state"].eq(DecisionState.CARRIED_THROUGH), "decision_id"]
    priced = asks[asks["decision_id"].isin(done) & asks["cost_per_month"].notna()]
    last = priced.sort_values("day", kind="stable").groupby("decision_id").tail(1)
    cost: pd.Series = last["cost_per_month"] - last["counted_above"].fillna(0.0)
    return cost


def scorecard_figures(scorecard: pd.DataFrame, window: Window) -> list[Figure]:
    """The first four lines of the card as figures; unknown ones say why."""
    return [
        Figure(
            row["key"],
            None if pd.isna(row["value"]) else row["value"],
            row["unit"],
            row["n"],
            window,
            row["definition"],
            why=row["why"] if pd.isna(row["value"]) else None,
        )
        for row in scorecard[scorecard["key"].isin(FIGURES)].to_dict("records")
    ]
