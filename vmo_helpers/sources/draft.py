"""A draft of the table ``states`` from nothing but the moves: each class is a guess and is marked as one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.sources.guesses import BY_HISTORY, BY_NAME, class_by_name, half_done
from vmo_helpers.vocabulary import StateClass

STAYS = 0.9
"""A state at the end of the order in which this share of its items stays ends the work."""


def states_draft(transitions: pd.DataFrame) -> pd.DataFrame:
    """One row a state that the moves name, in the usual order of visits.

    The class is what the name says (``guesses.class_by_name``). Of names that say nothing, the first in which
    most items begin is backlog, unless a name says backlog. At the end of the order those are done in which
    nine items of ten stay. All others are active.

    Order: first visits, each pair of states by the majority of the items that visit both. Those whose name
    says cancelled stand last. Source: Borda's count, made locally optimal (Dwork et al. 2001, "local
    Kemenization").

    Columns
        state: as ``to_state`` or ``from_state`` writes it
        class: the guess
        position: 1, 2, 3 …
        items (items): that were in it at some time
        guessed: why the class was guessed so
    """
    visits = first_visits(transitions)
    names = visits["state"].drop_duplicates()
    by_name = {name: class_by_name(name) for name in names}
    order = _in_order(visits, by_name)
    items = passes(visits)
    classes = {name: by_name[name] or StateClass.ACTIVE for name in order}
    going = [name for name in order if by_name[name] is not StateClass.CANCELLED]
    for name in reversed(going):
        if (by_name[name] is None or half_done(name)) and _share(visits, "last", name) >= STAYS:
            classes[name] = StateClass.DONE
        elif by_name[name] is not StateClass.DONE:
            break
    begins = StateClass.BACKLOG not in by_name.values() and going and by_name[going[0]] is None
    if begins and classes[going[0]] is StateClass.ACTIVE and _share(visits, "begins", going[0]) > 0.5:
        classes[going[0]] = StateClass.BACKLOG
    why = [BY_NAME if by_name[name] == classes[name] else BY_HISTORY for name in order]
    return pd.DataFrame(
        {
            "state": pd.array(order, dtype="str"),
            "class": pd.array([str(classes[name]) for name in order], dtype="str"),
            "position": np.arange(1, len(order) + 1),
            "items": [int(items[name]) for name in order],
            "guessed": pd.array(why, dtype="str"),
        }
    )


def first_visits(transitions: pd.DataFrame) -> pd.DataFrame:
    """One row an item and a state that it was in, in the order in which it came there first.

    The state that an item's first move left counts as its first. Moves of one instant stand in order of seq,
    then of rows.

    Columns
        item_id, state: which
        begins, last: the item began in it; it is there now
    """
    moves = transitions.reset_index(drop=True)
    moves = moves.sort_values(["item_id", "at", "seq"], kind="stable", na_position="last")
    first = moves.drop_duplicates("item_id").dropna(subset=["from_state"])
    visits = pd.concat(
        [
            pd.DataFrame({"item_id": first["item_id"], "state": first["from_state"].astype("str")}),
            pd.DataFrame({"item_id": moves["item_id"], "state": moves["to_state"].astype("str")}),
        ],
        ignore_index=True,
    ).sort_values("item_id", kind="stable", ignore_index=True)
    visits["begins"] = ~visits["item_id"].duplicated()
    now = visits.drop_duplicates("item_id", keep="last").set_index("item_id")["state"]
    visits = visits.drop_duplicates(["item_id", "state"], ignore_index=True)
    visits["last"] = visits["state"].to_numpy() == visits["item_id"].map(now).to_numpy()
    return visits


def passes(visits: pd.DataFrame) -> pd.Series:
    """State → how many items were in it at some time."""
    return visits.groupby("state", sort=False)["item_id"].size()


def _share(visits: pd.DataFrame, flag: str, state: str) -> float:
    """The share of the items of a state of which a flag holds."""
    return float(visits.loc[visits["state"].eq(state), flag].mean())


def _in_order(visits: pd.DataFrame, by_name: dict[str, StateClass | None]) -> list[str]:
    """The states in the usual order of first visits."""
    names = list(by_name)
    ahead = _ahead(visits, names)
    against = ahead + ahead.T
    lead = np.divide(ahead - ahead.T, against, out=np.zeros_like(ahead), where=against > 0)
    met = np.maximum((against > 0).sum(axis=1), 1)
    order = sorted(range(len(names)), key=lambda place: -lead[place].sum() / met[place])
    for last in range(1, len(order)):  # each is taken forward past those that most items visit after it
        place = last
        while place and lead[order[place], order[place - 1]] > 0:
            order[place - 1], order[place] = order[place], order[place - 1]
            place -= 1
    return sorted(
        (names[place] for place in order), key=lambda name: by_name[name] is StateClass.CANCELLED
    )  # a stable one


def _ahead(visits: pd.DataFrame, names: list[str]) -> np.ndarray:
    """For each pair of states how many items came to the first before the second."""
    item = np.unique(visits["item_id"].to_numpy(dtype=object), return_inverse=True)[1]
    state = pd.Index(names).get_indexer(pd.Index(visits["state"]))
    result = np.zeros((len(names), len(names)))
    for step in range(1, len(names)):  # the step-th next visit of the same item
        if len(item) <= step or not (same := item[step:] == item[:-step]).any():
            break
        np.add.at(result, (state[:-step][same], state[step:][same]), 1)
    return result
