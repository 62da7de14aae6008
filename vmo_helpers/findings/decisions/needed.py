"""Late work that needs other work first: the decision is about what it needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from vmo_helpers.findings.decisions.asking import ASKING
from vmo_helpers.findings.saying import by_number, quoted
from vmo_helpers.style import wording

RULE = "flow.unfinished_need"
_CAN_BE_FINISHED = ("in progress", "not begun")
_WITHOUT = "what needs it stays unfinished, too"


def first_needs(needs: pd.DataFrame) -> dict[str, str]:
    """By item what it needs first: the end of its chain of unfinished needs, an item's first need leading.

    ``needs`` as ``flow.unfinished_needs`` returns it. What is cancelled or not on record cannot be finished;
    items that need each other in a circle have no first.
    """
    open_ = needs[needs["needs_status"].isin(_CAN_BE_FINISHED)].drop_duplicates("item_id")
    nearest = dict(zip(open_["item_id"], open_["needs_item_id"], strict=True))
    found = {}
    for item, need in nearest.items():
        seen = {item}
        while need in nearest and need not in seen:
            seen.add(need)
            need = nearest[need]
        if need not in seen:
            found[item] = need
    return found


def asked_of_needs(
    about: Mapping[str, list[dict[Any, Any]]],
    findings: pd.DataFrame,
    needs: pd.DataFrame,
    names: Mapping[str, str],
    taken: Collection[str],
) -> dict[str, tuple[list[str], dict[Any, Any]]]:
    """By what is needed first: the late items that need it, and the finding that asks for it in their place.

    ``about`` are the loud findings by subject, each subject's in the order in which their rules speak. An
    item is late where its first finding asks to finish or deliver it (``Asking.after_need``). Subjects in
    ``taken`` are asked about, or decided, on their own.
    """
    told = {row["subject"]: row for row in findings[findings["rule"].eq(RULE)].to_dict("records")}
    waiting: dict[str, list[str]] = {}
    for item, need in first_needs(needs).items():
        first = about[item][0]["rule"] if about.get(item) else None
        if first in ASKING and ASKING[first].after_need and item in told and not {item, need} & {*taken}:
            waiting.setdefault(need, []).append(item)
    found = {}
    for need, items in waiting.items():
        several = wording.listed([quoted(names.get(item), item) for item in items], most=2)
        name, verb = quoted(names.get(need), need), by_number(len(items), "needs", "need")
        finding = {
            **told[items[0]],
            "sentence": "; ".join(str(about[item][0]["sentence"]) for item in items[:2]),
            "details": {"ask": f"Finish {name} first: {several} {verb} it", "without": _WITHOUT},
        }
        found[need] = (items, finding)
    return found
