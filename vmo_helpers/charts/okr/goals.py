"""Where the work goes, goal by goal: intent against money, each item on its goals, who pulls where."""

from __future__ import annotations

from collections.abc import Collection

import altair
import numpy as np
import pandas as pd

from vmo_helpers.charts import theme
from vmo_helpers.charts.canvas import blank, canvas, cut, described, needs, rounded, said, with_tips
from vmo_helpers.charts.grid import Grid, stair_letters
from vmo_helpers.charts.intervals import dumbbells
from vmo_helpers.charts.keys import Entry, key, key_height
from vmo_helpers.charts.ranked import ranked_bars
from vmo_helpers.style import wording

_RUNGS = {
    1: Entry("bar", "linked", theme.FAINT),
    2: Entry("bar", "to a key result of the top three", "#86b6d6"),
    3: Entry("bar", "with an expected delta and a date", theme.ACCENT),
}
_MOST_TEAMS, _MOST_GOALS = 16, 12


def goal_balance(
    frame: pd.DataFrame, *, alt: str, against: str = "spend_share", loud: Collection[str] = ()
) -> altair.LayerChart:
    """Each goal's share of intent (hollow) and of the money or the work (full): the distance is what starves
    or swells.

    ``frame``: one row a goal (objective_id, title, intent_share, spend_share, wip_share). ``against``:
    spend_share or wip_share. The goals ``loud`` (by objective_id) are in the alarm colour.
    """
    described(alt)
    needs(frame, "objective_id", "title", "intent_share", "spend_share", "wip_share")
    shown = frame[frame[["intent_share", against]].notna().any(axis=1)]
    if shown.empty:
        return blank("no goal has a weight, no money or work is known", alt)
    word = "spend" if against == "spend_share" else "work in progress"
    wants = [
        f"{wording.percent(share)} wanted" if wording.known(share) else "no weight"
        for share in shown["intent_share"]
    ]
    gets = [_share(share) for share in shown[against]]
    notes = [f"{want} · {given} of {word}" for want, given in zip(wants, gets, strict=True)]
    briefs = [
        f"{_share(wanted)} → {given}" for wanted, given in zip(shown["intent_share"], gets, strict=True)
    ]
    work = [wording.percent(share) for share in shown["wip_share"]]
    return dumbbells(
        shown,
        shown["title"],
        before="intent_share",
        after=against,
        named=("share of intent", f"share of {word}"),
        say=wording.percent,
        notes=notes,
        briefs=briefs,
        subject="Goal",
        title="share of all goals",
        unit="share",
        tones=["alarm" if goal in loud else "strong" for goal in shown["objective_id"]],
        tips={"Share of work in progress": work},
        alt_text=alt,
    )


def _share(share: float) -> str:
    return wording.percent(share) if wording.known(share) else "?"


def goal_spread(frame: pd.DataFrame, *, alt: str, effective: float | None = None) -> altair.LayerChart:
    """How the links spread over the goals; ``effective`` is the number of goals that they amount to.

    ``frame``: one row a goal (title, links, link_share), sorted by the measure.
    """
    described(alt)
    needs(frame, "title", "links", "link_share")
    if frame.empty or not frame["links"].any():
        return blank("no item in progress is linked to a goal", alt)
    shares = [wording.percent(share) for share in frame["link_share"]]
    counts = [wording.counted(n, "link") for n in frame["links"]]
    more = (
        f"; they amount to {wording.number(round(effective, 1))} of {len(frame)} goals"
        if effective is not None and wording.known(effective)
        else ""
    )
    return ranked_bars(
        frame,
        frame["title"],
        frame["link_share"],
        subject="Goal",
        notes=[f"{share} · {count}" for share, count in zip(shares, counts, strict=True)],
        briefs=shares,
        tips={"Share of links": shares, "Links": counts},
        title=f"share of links{more}",
        unit="share",
        tones=["accent"] + ["plain"] * (len(frame) - 1),
        alt_text=alt,
    )


def item_goals(
    frame: pd.DataFrame, goals: pd.DataFrame, *, alt: str, unit: str = "items", most: int = 12
) -> altair.LayerChart:
    """Items as columns, the costliest left, goals as rows: a cell where an item serves a goal, darker the
    firmer it is tied.

    ``frame``: one row a served pair (item_id, title, order, objective_id, goal, goal_order, spend_share,
    rung, key_results).
    ``goals``: one row a goal in the order of goal_order (objective_id, title, link_share). An empty column is
    an item without a goal.
    """
    described(alt)
    needs(frame, "item_id", "title", "order", "objective_id", "goal", "spend_share", "rung", "key_results")
    needs(goals, "objective_id", "title", "link_share")
    if frame.empty or goals.empty:
        return blank("no item in progress is linked to a goal", alt)
    shown, left_out = cut(goals.reset_index(drop=True), most)
    columns = int(frame["order"].max()) + 1
    shares = [f"{wording.percent(share)} of links" for share in shown["link_share"]]
    briefs = [wording.percent(share) for share in shown["link_share"]]
    grid = Grid.of(shown["title"], [""] * columns, notes=shares, note_briefs=briefs, step=40, most=most)
    place = dict(zip(shown["objective_id"], range(len(shown)), strict=True))
    rung = frame["rung"].clip(1, 3).astype(int)
    cells = pd.DataFrame(
        {
            "row": frame["objective_id"].map(place),
            "column": frame["order"],
            "colour": rung.map({step: look.colour for step, look in _RUNGS.items()}),
        }
    )
    cells, tooltip = with_tips(
        cells,
        {
            "Item": said(frame["title"]),
            "Goal": said(frame["goal"]),
            "How firmly": rung.map({step: look.text for step, look in _RUNGS.items()}).tolist(),
            "Of its money": [wording.percent(share) for share in frame["spend_share"]],
            "Key results": [wording.number(n) for n in frame["key_results"]],
        },
    )
    backs = pd.DataFrame({"row": range(len(shown)), "column": 0, "width": columns, "colour": theme.WASH})
    rungs = key(list(_RUNGS.values()), y=grid.height + 26, left=grid.rows.gutter, when=grid.rows.when)
    layers = [
        grid.cells(backs, tooltip=[], gap=0),
        grid.cells(cells, tooltip=tooltip, gap=1.5),
        *rungs,
        _columns_said(grid, columns, frame.loc[frame["item_id"].eq(""), "title"], unit),
    ]
    height = grid.height + 26 + key_height(list(_RUNGS.values()))
    return canvas(*layers, *grid.rows.words(), height=height, alt_text=alt, left_out=left_out)


def _columns_said(grid: Grid, columns: int, rest: pd.Series, unit: str) -> altair.Chart:
    """How many items the columns are; ``rest``: the title of the last one where it stands for all others
    ("and 360 more")."""
    count = columns if rest.empty else columns - 1
    words = f"{count} {unit} in progress, the costliest left"
    if not rest.empty:  # a telephone is sixty letters wide
        words = f"{count} {unit} in progress, costliest left; last: {rest.iloc[0]}"
    line = altair.Chart(pd.DataFrame({"text": [words]})).mark_text(
        align="left",
        baseline="middle",
        x=grid.rows.pick("0", f"{grid.rows.gutter:.0f}"),
        y=grid.height + 14,
        color=theme.MUTED,
    )
    drawn: altair.Chart = line.encode(text=altair.Text("text:N"))
    return drawn


def contributions(frame: pd.DataFrame, *, alt: str, most: int = 12) -> altair.LayerChart:
    """Who contributes most to which key result: each item's share × promised delta, of the whole way from
    baseline to target.

    ``frame``: one row an item and key result (title, key_result, contribution, promised_share, due), sorted
    by the measure.
    """
    described(alt)
    needs(frame, "title", "key_result", "contribution", "promised_share", "due")
    known = frame[frame["contribution"].notna()].sort_values("contribution", ascending=False, kind="stable")
    if known.empty:
        return blank("no link states an expected delta", alt)
    parts = [wording.percent(part) for part in known["contribution"]]
    goals = said(known["key_result"], 30)
    return ranked_bars(
        known,
        known["title"],
        known["contribution"],
        subject="Item",
        notes=[f"{part} of: {goal}" for part, goal in zip(parts, goals, strict=True)],
        briefs=parts,
        tips={
            "Key result": said(known["key_result"], 120),
            "Contribution": parts,
            "Promised": [wording.percent(part) for part in known["promised_share"]],
            "Due": [wording.day(day.date(), year=True) if pd.notna(day) else "–" for day in known["due"]],
        },
        title="share of the way from baseline to target",
        unit="share",
        alt_text=alt,
        most=most,
    )


def pulled_against_wanted(frame: pd.DataFrame, *, alt: str, loud: Collection[str] = ()) -> altair.LayerChart:
    """What each team started beside what is wanted: a cell a goal, with the share of the team's starts.

    ``frame``: one row a team and goal (team, objective_id, title, wanted_share, started_share, gap, n), goals
    in order within each team; two goals may bear the same title. The cells ``loud`` ("team|objective_id", or
    "team|no goal") are tinted.
    """
    described(alt)
    needs(frame, "team", "objective_id", "title", "wanted_share", "started_share", "gap", "n")
    known = frame[frame["started_share"].notna()]
    if known.empty:
        return blank("nothing was started in this window", alt)
    goals = known.drop_duplicates("objective_id")[["objective_id", "title"]]
    if len(goals) > _MOST_GOALS:  # work without a goal is not what is left out
        goals = goals.sort_values("objective_id", key=lambda ids: ids.ne(""), kind="stable")
    goals, left_out = cut(goals, _MOST_GOALS)
    known = known[known["objective_id"].isin(goals["objective_id"])]
    every = list(dict.fromkeys(known["team"]))
    teams = every[:_MOST_TEAMS]
    heads = said(goals["title"], 60)
    grid = Grid.of(
        ["no team" if team == "" else team for team in teams],
        heads,
        said(goals["title"], stair_letters(heads)),
        step=36,
        most=_MOST_TEAMS,
        total=len(every),
    )
    pulls = known["team"] + "|" + known["objective_id"].replace("", "no goal")
    cells = pd.DataFrame(
        {
            "row": known["team"].map({team: place for place, team in enumerate(teams)}),
            "column": known["objective_id"].map(
                {goal: place for place, goal in enumerate(goals["objective_id"])}
            ),
            "colour": np.where(pulls.isin(list(loud)), theme.ALARM_WASH, theme.WASH),
            "ink": np.where(rounded(known["started_share"]) == 0, theme.MUTED, theme.INK),
            "text": [wording.percent(share) for share in known["started_share"]],
        }
    )
    cells["brief"] = [text.removesuffix(" %") for text in cells["text"]]
    cells, tooltip = with_tips(
        cells,
        {
            "Team": said(known["team"].replace("", "no team")),
            "Goal": said(known["title"]),
            "Started for it": cells["text"].tolist(),
            "Wanted": [wording.percent(share) for share in known["wanted_share"]],
            "Items started": [wording.number(n) for n in known["n"]],
        },
    )
    return canvas(
        grid.cells(cells, tooltip=tooltip),
        grid.words(cells),
        *grid.stairs(),
        *grid.rows.words(),
        height=grid.height,
        alt_text=alt,
        left_out=left_out,
    )
