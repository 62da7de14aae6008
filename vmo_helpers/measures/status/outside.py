"""The outside of an item: what was reported last, since when, and whether that report still says anything."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.lookup import places
from vmo_helpers.measures.flow.arrays import NEVER, Floats, Ints, instants, micro, micros, texts
from vmo_helpers.measures.outcomes.plan import DAY
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.vocabulary import Outside, Rag

PARTS = ("schedule", "budget", "scope", "quality", "benefits")
COLOURS = (str(Outside.GREEN), str(Outside.AMBER), str(Outside.RED))
# each rating in the order of ``Rag``: the colour that it is folded to, and how far it stands from green (0–1)
_COLOUR = np.array([0, 1, 1, 2, 2])
_BADNESS = np.array([0.0, 0.25, 0.5, 0.75, 1.0])


def reports(portfolio: Portfolio, item_ids: pd.Series) -> pd.DataFrame:
    """One row an item, in the order of ``item_ids``: its newest report and what came before it.

    Index as ``item_ids``.

    Columns
        reported: the word as given
        outside: folded; green_amber counts as amber, amber_red as red; missing without a report
        reported_at: when
        reported_since: the first report of the unbroken run of this folded colour
        reports: how many
        rhythm_days (days): median gap between its reports; with one report the median of the portfolio's
            items; missing when no item has two
        age_days (days): of the newest report
        contradiction (share 0–1): 1 − Π (1 − distance from green) over the sub-ratings of a newest report
            that is green. 0 for another colour; missing for a green one without any sub-rating
        worst_part: the sub-rating furthest from green
        row: of ``status_reports``; −1 without a report
    """
    table = portfolio.status_reports
    item = places(table["item_id"], item_ids)
    at = micros(table["at"])
    order = np.lexsort((at, item))
    order = order[item[order] >= 0]
    item, at = item[order], at[order]
    size = len(item_ids)
    word = _codes(table["overall"])[order]
    colour = np.append(_COLOUR, -1)[word]
    last = np.full(size, -1)
    last[item] = np.arange(len(item))
    fresh = (
        np.r_[True, (item[1:] != item[:-1]) | (colour[1:] != colour[:-1])]
        if len(item)
        else np.zeros(0, dtype=bool)
    )
    begin = np.maximum.accumulate(np.where(fresh, np.arange(len(item)), 0))
    found = last >= 0
    pick = last[found]
    parts = np.stack([_codes(table[part])[order[pick]] for part in PARTS])
    badness = np.append(_BADNESS, 0.0)[parts]
    is_green = colour[pick] == 0
    now = micro(portfolio.as_of) if portfolio.as_of is not None else 0
    since, worst, row, said, shown = (np.full(size, -1) for _ in range(5))
    age, contradiction = np.full((2, size), np.nan)
    since[found], said[found], shown[found] = begin[pick], word[pick], colour[pick]
    age[found] = (now - at[pick]) / DAY
    apart = np.where((parts >= 0).any(axis=0), 1 - np.prod(1 - badness, axis=0), np.nan)
    contradiction[found] = np.where(is_green, apart, 0.0)
    worst[found] = np.where(is_green & (badness > 0).any(axis=0), badness.argmax(axis=0), -1)
    row[found] = np.asarray(table.index, dtype=np.int64)[order][pick]
    when = np.append(at, NEVER)
    return pd.DataFrame(
        {
            "reported": texts(said, [str(rag) for rag in Rag]),
            "outside": texts(shown, list(COLOURS)),
            "reported_at": instants(when[last]),
            "reported_since": instants(when[since]),
            "reports": np.bincount(item, minlength=size),
            "rhythm_days": rhythm_days(item, at, size),
            "age_days": age,
            "contradiction": contradiction,
            "worst_part": texts(worst, list(PARTS)),
            "row": row,
        },
        index=item_ids.index,
    )


def rhythm_days(owner: Ints, at: Ints, owners: int) -> Floats:
    """The median gap (days) between the readings of each owner; with but one, the median of the others'.

    ``owner`` and ``at`` (µs) are sorted by owner, then by time. NaN without a reading, and where nobody has
    two.
    """
    rhythm = np.full(owners, np.nan)
    if len(owner) == 0:
        return rhythm
    same = owner[1:] == owner[:-1]
    gaps = pd.Series(np.diff(at)[same] / DAY).groupby(owner[1:][same]).median()
    rhythm[gaps.index.to_numpy(dtype=np.int64)] = gaps.to_numpy()
    once = np.setdiff1d(np.unique(owner), gaps.index.to_numpy(dtype=np.int64))
    if len(gaps):
        rhythm[once] = float(gaps.median())
    return rhythm


def _codes(words: pd.Series) -> Ints:
    """Ratings as their place in ``Rag``, −1 where there is none."""
    return places(words, pd.Series([str(rag) for rag in Rag], dtype="str"))
