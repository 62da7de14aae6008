"""What every answer on alignment starts from: goals and links that count, items and their money."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from vmo_helpers.lookup import places
from vmo_helpers.measures.flow.arrays import micro, micros
from vmo_helpers.measures.flow.lives import Status
from vmo_helpers.measures.okr.goals import Goals, day_of, goals
from vmo_helpers.measures.okr.links import ORIGINS, RUNGS, distinct, item_links, stated_links
from vmo_helpers.measures.okr.spend import bookings, bound_spend, item_spend, stream_spend
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.calendar import Calendar
from vmo_helpers.portfolio.hierarchy import Positions, Tree
from vmo_helpers.vocabulary import Ladder, WorkType
from vmo_helpers.window import Window

LEVELS = (Ladder.NONE, Ladder.LINKED, Ladder.KEY_RESULT, Ladder.CONTRIBUTION)
KEPT = [
    "item_id",
    "title",
    "value_stream_id",
    "value_stream",
    "team",
    "work_type",
    "status",
    "started_at",
    "finished_at",
    "planned_cost",
]
SHARE_COLUMNS = ("linked_spend_share", "key_result_spend_share", "contribution_spend_share")


@dataclass(frozen=True)
class Alignment:
    """The work of the review level beside the goals, as of the review's day.

    ``items``: one row per review-level item (see ``aligned_items``). ``stated``: one row per link that
    stands, of items of any level (see ``links.stated_links``). ``links``: one row per review-level item and
    link that counts for it (see ``links.item_links``). ``bound`` and ``streams``: money booked on streams
    alone (see ``spend.bound_spend``, ``spend.stream_spend``). ``total_spend``: all actual spend in the
    window. ``missing``: what the ladder cannot know, in words, by measure.
    """

    portfolio: Portfolio
    window: Window
    goals: Goals
    tree: Tree
    items: pd.DataFrame
    stated: pd.DataFrame
    links: pd.DataFrame
    bound: pd.DataFrame
    streams: pd.DataFrame
    total_spend: float
    missing: dict[str, str]

    @cached_property
    def counted(self) -> pd.DataFrame:
        """The denominator: items in progress of work type feature."""
        return self.items[self.items["counted"]]

    @cached_property
    def counted_links(self) -> pd.DataFrame:
        """The links that count, of the items of the denominator."""
        return self.links[self.items["counted"].to_numpy()[self.links["item"]]]


def read(portfolio: Portfolio, items: pd.DataFrame, window: Window) -> Alignment:
    """The alignment of a portfolio (``known_at`` its day) from ``flow.items(log, window)``.

    Raises ValueError when parents of items or of objectives run in a circle.
    """
    found = goals(portfolio)
    tree = Tree.of(portfolio.work_items["item_id"], portfolio.work_items["parent_id"], what="item")
    stated = stated_links(portfolio, found)
    links = item_links(items["item_id"], stated, tree)
    aligned = aligned_items(
        portfolio, items, window, found, links, item_spend(portfolio, window, tree, items["item_id"])
    )
    bound = bound_spend(portfolio, window, found)
    return Alignment(
        portfolio,
        window,
        found,
        tree,
        aligned,
        stated,
        links,
        bound,
        stream_spend(portfolio, window, bound),
        float(bookings(portfolio, window)["amount"].sum()),
        _missing(portfolio, found, aligned),
    )


def aligned_items(
    portfolio: Portfolio,
    items: pd.DataFrame,
    window: Window,
    found: Goals,
    links: pd.DataFrame,
    money: pd.DataFrame,
) -> pd.DataFrame:
    """One row an item of the review level: what it serves, how firmly, and what it costs.

    Keeps some columns of ``flow.items`` and adds, beside excluded_because:

    - counted: in the denominator, that is in progress and of work type feature;
    - delivered: delivered_at, else the finish, lies in the window; delivered_on is that instant;
    - rung and level: L0–L3; top_three: a link of any kind under rank 1–3;
    - origin: own, inherited or from_child, of the nearest link of the level reached;
    - objectives and key_results: ids joined by ";"; links: how many goals it serves;
    - spend and spend_once: see ``spend.item_spend``; sums add the latter;
    - wip_days: time in progress inside the window;
    - …_spend_share: which share of its spend goes to links of at least each rung, and to the top three.
    """
    place, n = links["item"].to_numpy(), len(items)
    rung = np.zeros(n, dtype=np.int64)
    np.maximum.at(rung, place, links["rung"].to_numpy())
    top = links["top_three"].to_numpy(dtype=bool)
    share, goal_rung = links["spend_share"].to_numpy(), links["goal_rung"].to_numpy()
    in_progress = items["status"].eq(Status.IN_PROGRESS).to_numpy()
    feature = items["work_type"].eq(WorkType.FEATURE).to_numpy()
    because = np.where(in_progress, np.where(feature, "", "work type "), "not in progress: ")
    rest = (
        items["work_type"]
        .where(in_progress, items["status"])
        .astype("str")
        .where(~(in_progress & feature), "")
    )
    standing = links["stands"].to_numpy()
    by_rung = {
        column: np.bincount(place, share * (goal_rung >= least), minlength=n)
        for column, least in zip(SHARE_COLUMNS, RUNGS, strict=True)
    }
    return items[KEPT].assign(
        counted=in_progress & feature,
        excluded_because=(pd.Series(because, index=items.index, dtype="str") + rest).replace("", None),
        delivered_on=items["lead_time_end_at"].where(items["lead_time_end_at"].notna(), items["finished_at"]),
        delivered=window.holds(items["lead_time_end_at"]),
        rung=rung,
        level=pd.array([str(level) for level in LEVELS], dtype="str").take(rung),
        top_three=np.bincount(place, top, minlength=n) > 0,
        origin=_nearest_origin(place, links, rung, n),
        objectives=_joined(place, links["objective"].to_numpy(), found.objectives["objective_id"], n),
        key_results=_joined(place, links["result"].to_numpy(), found.key_results["kr_id"], n),
        links=np.bincount(place, standing, minlength=n).astype(np.int64),
        spend=money["spend"].array,
        spend_once=money["spend_once"].array,
        wip_days=_wip_days(portfolio, items, window),
        **by_rung,
        top_three_spend_share=np.bincount(place, share * top, minlength=n),
    )


def _wip_days(portfolio: Portfolio, items: pd.DataFrame, window: Window) -> npt.NDArray[np.float64]:
    """Days between start and end, as far as they lie in the window; NaN without a start.

    The end is the finish, the cancellation, else as-of.
    """
    start = np.maximum(micros(items["started_at"]), micro(window.start))
    end = np.minimum(micros(items["finished_at"].fillna(items["cancelled_at"])), micro(window.end))
    days = np.where(items["started_at"].notna(), 0.0, np.nan)
    some = end > start
    days[some] = Calendar.of(portfolio.settings).days(start[some], end[some])
    return days


def _nearest_origin(
    place: Positions, links: pd.DataFrame, rung: Positions, n: int
) -> pd.api.extensions.ExtensionArray:
    words = [str(origin) for origin in ORIGINS]
    at_level = links["rung"].to_numpy() == rung[place]
    code = places(links["origin"], pd.Series(words, dtype="str"))
    best = np.full(n, len(words), dtype=np.int64)
    np.minimum.at(best, place[at_level], code[at_level])
    return pd.array([*words, None], dtype="str").take(best)


def _joined(place: Positions, word: Positions, words: pd.Series, n: int) -> pd.api.extensions.ExtensionArray:
    """The distinct words of each item in the order of their table, joined by ";".

    Missing where there are none (word −1).
    """
    size = max(len(words), 1)
    pairs = distinct(place[word >= 0] * size + word[word >= 0])
    offsets = np.concatenate([[0], np.cumsum(np.bincount(pairs // size, minlength=n))]).astype(np.int32)
    lists = pa.ListArray.from_arrays(
        pa.array(offsets), pa.array(words.array.take(pairs % size), type=pa.string(), from_pandas=True)
    )
    return pd.Series(pc.binary_join(lists, ";").to_pandas(), dtype="str").replace("", None).array


def _missing(portfolio: Portfolio, found: Goals, items: pd.DataFrame) -> dict[str, str]:
    """Why a rung cannot be told, by ``linked``, ``top_three`` and ``key_result``.

    What is absent is unknown, never "not aligned".
    """
    day = day_of(portfolio)
    said: str | None = None
    if not len(items) or not items["counted"].any():
        said = f"n/a: no {portfolio.settings.review_level} of work type feature is in progress"
    elif not portfolio.has("objectives"):
        said = "there are no objectives"
    elif not len(found.current):
        said = f"no objective's period holds {day:%Y-%m-%d}"
    elif not portfolio.has("links") and portfolio.work_items["goal"].isna().all():
        said = "there are no links between items and goals"
    if said:
        return {"linked": said, "top_three": said, "key_result": said}
    missing = {}
    if not found.current["ranked"].any():
        missing["top_three"] = missing["key_result"] = "no objective that holds the day has rank 1, 2 or 3"
    elif not found.current_key_results["top_three"].any():
        missing["key_result"] = "no key result stands under a top-three objective"
    return missing
