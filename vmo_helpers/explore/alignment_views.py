"""The ladder of alignment, of what was chosen, and what it would be if some items were linked to a goal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from vmo_helpers import charts, findings, measures
from vmo_helpers.charts.selection import PICKED, clickable
from vmo_helpers.deck.specs import spec_of
from vmo_helpers.explore.scene import Scene
from vmo_helpers.explore.view import Rows, Selection, View, points
from vmo_helpers.measures.okr import Alignment, Rung
from vmo_helpers.measures.okr.ladder import LEVEL, TITLE, reaches
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import GoalType, Moved, Severity

_SHOWN = ["item_id", "title", "level", "top_three", "planned_cost"]
_DELTA = 1.0  # that an expected delta is stated is what the ladder asks; how large it is, it does not


def ladder(scene: Scene) -> View:
    """How firmly the work is tied to goals; a click on a rung leaves the items that stand on it or above."""
    aligned, moved = scene.alignment, scene.moved
    rungs = measures.okr.ladder(aligned, moved)
    tagged = findings.okr.alignment(aligned, rungs, scene.limits)
    chart = charts.okr.ladder(
        rungs,
        alt=tagged.sentence,
        money_basis=tagged.details["money_basis"],
        okr_alignment_share=scene.limits.okr_alignment_share,
        unit=wording.plural(scene.level),
        day_unit=scene.day_unit,
    )
    rows = aligned.counted.sort_values(
        ["rung", "top_three", "planned_cost"], ascending=[True, True, False], kind="stable"
    )
    known = bool(rungs["share"].notna().any())
    spec = spec_of(chart)
    spec = clickable(spec, "bar", ["tip0"]) if known else spec
    named = {f"{LEVEL[rung]}  {TITLE[rung]}": rung for rung in Rung}

    def pick(selection: Selection) -> Rows:
        chosen = [named[one["tip0"]] for one in points(selection.get(PICKED, {}))]
        on = pd.Series(False, index=rows.index)
        for rung in chosen:
            if rung is not Rung.MOVED:
                on |= reaches(rows, rung)
        words = wording.listed([TITLE[rung] for rung in chosen])
        if Rung.MOVED in chosen:
            return Rows(
                moved.loc[
                    moved["moved"].eq(Moved.MOVED), ["item_id", "title", "delivered_on", "kr_id", "because"]
                ],
                words,
            )
        return Rows(rows.loc[on, _SHOWN], words)

    note = (
        f"{wording.counted(len(rows), scene.level)} in progress, the least tied first. Click a rung "
        "for what stands on it or above."
    )
    return View(
        tagged.sentence, tagged.severity, note, spec, rows[_SHOWN], f"{scene.level} in progress", pick
    )


@dataclass(frozen=True)
class Link:
    """A link that nobody has made yet. ``firm``: it states an expected delta and a date."""

    goal_type: GoalType
    goal_id: str
    firm: bool = True


def goals(scene: Scene) -> dict[str, tuple[GoalType, str]]:
    """What items could be linked to, of the day: words → kind and id; key results of the top three first."""
    found = scene.alignment.goals
    results = found.current_key_results.sort_values("top_three", ascending=False, kind="stable")
    objectives = found.current.sort_values("top_three", ascending=False, kind="stable")
    words = {
        f"{'★ ' if top else ''}{wording.clipped(wording.plain(title), 70)} ({name})": (
            GoalType.KEY_RESULT,
            str(name),
        )
        for name, title, top in zip(results["kr_id"], results["title"], results["top_three"], strict=True)
    }
    return words | {
        f"{'★ ' if top else ''}Objective: {wording.clipped(wording.plain(title), 60)} ({name})": (
            GoalType.OBJECTIVE,
            str(name),
        )
        for name, title, top in zip(
            objectives["objective_id"], objectives["title"], objectives["top_three"], strict=True
        )
    }


def unmapped(scene: Scene) -> pd.DataFrame:
    """Items of the denominator that serve no top-three goal, the costliest first: item_id, title, level,
    planned_cost."""
    items = scene.alignment.counted
    found = items.loc[~items["top_three"], ["item_id", "title", "level", "planned_cost"]]
    return found.sort_values("planned_cost", ascending=False, kind="stable", na_position="last")


def if_linked(scene: Scene, items: Sequence[str], link: Link) -> View:
    """The ladder as it would stand had these items the link; the rows say how each rung would move."""
    before = measures.okr.ladder(scene.alignment, scene.moved)
    aligned = linked(scene, items, link) if items else scene.alignment
    after = measures.okr.ladder(aligned, scene.moved)
    told = findings.okr.alignment(aligned, after, scene.limits)
    rows = rungs_moved(before, after)
    chart = charts.okr.ladder(
        after,
        alt=told.sentence,
        money_basis=told.details["money_basis"],
        okr_alignment_share=scene.limits.okr_alignment_share,
        unit=wording.plural(scene.level),
        day_unit=scene.day_unit,
    )
    sentence = (
        f"If so: {told.sentence}"
        if items
        else "Choose items and a goal: the ladder shows what the links would change"
    )
    note = (
        "A link is a promise, no contribution: it counts here as if it were made today; the last rung "
        "waits for what is delivered."
    )
    return View(
        sentence,
        told.severity if items else Severity.NOTE,
        note,
        spec_of(chart),
        rows,
        "rung",
        lambda _: Rows(rows),
    )


def linked(scene: Scene, items: Sequence[str], link: Link) -> Alignment:
    """The alignment of the scene's portfolio with one more link for each of these items, made at the review's
    instant."""
    portfolio = scene.portfolio
    links = portfolio.links
    first = int(links.index.max()) + 1 if len(links) else 2
    made = pd.DataFrame(
        {
            "item_id": list(items),
            "goal_type": str(link.goal_type),
            "goal_id": link.goal_id,
            "expected_delta": _DELTA if link.firm else float("nan"),
            "due": pd.Timestamp(scene.window.end_day) if link.firm else pd.NaT,
            "linked_at": scene.window.end,
        },
        index=range(first, first + len(items)),
    )
    kinds = {name: kind for name, kind in links.dtypes.items() if name in made.columns}
    every = pd.concat(
        [links, made.astype(kinds).reindex(columns=links.columns).astype(links.dtypes.to_dict())]
    )
    changed: Portfolio = replace(portfolio, tables={**portfolio.tables, "links": every})
    return measures.okr.read(changed, scene.items, scene.window)


def rungs_moved(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """One row a rung, counted in items: step, now_share, then_share, items_more."""
    one, other = (frame[frame["basis"].eq("count")].set_index("rung") for frame in (before, after))
    return pd.DataFrame(
        {
            "step": [f"{level}  {title}" for level, title in zip(one["level"], one["title"], strict=True)],
            "now_share": one["share"].to_numpy(),
            "then_share": other["share"].reindex(one.index).to_numpy(),
            "items_more": (other["amount"].reindex(one.index) - one["amount"]).to_numpy(),
        }
    )
