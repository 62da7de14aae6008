"""A deck with invented numbers that uses everything a deck can do, as an executed notebook; and one full of
hostile text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from vmo_helpers.charts import theme
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.deck import Deck
from vmo_helpers.findings import Evidence, Finding
from vmo_helpers.portfolio import Note, Portfolio, Settings
from vmo_helpers.results.figure import Figure
from vmo_helpers.style.wording import money, percent
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Label, Severity
from vmo_helpers.window import Window, day_end, day_start

WINDOW = Window(
    day_start("2025-11-01", "Europe/Berlin"), day_end("2026-10-31", "Europe/Berlin"), "Europe/Berlin"
)

HOSTILE = (
    "</script><script>window.__xss=1</script>",
    '<img src=x onerror="window.__xss=2">',
    "javascript:window.__xss=3",
    "{{ 7*7 }} {% raw %} ${7*7} {{constructor}}",
    "\u202eevil reversed\u202c and on",
    "مشروع جديد للمدفوعات",
    "emoji 🚀👩‍👩‍👧‍👦 and &amp; <b>bold</b>",
    '=HYPERLINK("http://evil")',
    "bell\x07 escape\x1b[31m nul\x00",
    "long " + "x" * 10_000,
)


class Recorder:
    """An executed notebook in the making: markdown, then what a deck shows."""

    def __init__(self, title: str) -> None:
        self.cells: list[dict[str, Any]] = []
        self.ask(f"# {title}\n\nRun all cells; every number below follows from the parameters.")

    def ask(self, markdown: str) -> None:
        self.cells.append({"cell_type": "markdown", "metadata": {}, "source": markdown})
        self.cells.append(
            {"cell_type": "code", "metadata": {}, "source": "…", "execution_count": 1, "outputs": []}
        )

    def show(self, bundle: dict[str, Any]) -> None:
        kept = json.loads(json.dumps(bundle))
        self.cells[-1]["outputs"].append({"output_type": "display_data", "data": kept, "metadata": {}})

    @property
    def notebook(self) -> dict[str, Any]:
        return {"cells": self.cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def portfolio(notes: tuple[Note, ...] = (), name: str = "Northwind Retail") -> Portfolio:
    """Empty frames but for work items and transitions: enough for a deck to say what was there."""
    tables = {
        table: pd.DataFrame({"item_id": ["E-1"]})
        if table in ("work_items", "transitions", "states")
        else pd.DataFrame()
        for table in TABLES
    }
    return Portfolio(
        tables,
        Settings(name=name, timezone="Europe/Berlin"),
        WINDOW.end,
        notes,
        ({"name": "work_items.csv", "rows": 1},),
    )


def finding(rule: str, sentence: str, severity: Severity = Severity.WARNING, **more: Any) -> Finding:
    return Finding(rule, "portfolio", severity, sentence, **more)


def started_finished() -> tuple[pd.DataFrame, alt.TopLevelMixin]:
    rng = np.random.default_rng(4)
    weeks = pd.date_range("2025-11-03", "2026-10-26", freq="W-MON")
    frame = pd.DataFrame(
        {
            "day": weeks,
            "started": rng.poisson(1.45, len(weeks)).cumsum(),
            "finished": rng.poisson(0.9, len(weeks)).cumsum(),
        }
    )
    long = frame.melt("day", var_name="what", value_name="items")
    scale = alt.Scale(domain=["started", "finished"], range=[theme.ALARM, theme.ACCENT])
    base = alt.Chart(long).encode(
        alt.X("day:T", title=None, axis=alt.Axis(format="%b %y")), alt.Y("items:Q", title="epics, cumulative")
    )
    line = base.mark_line(interpolate="step-after").encode(alt.Color("what:N", legend=None, scale=scale))
    last = (
        long.groupby("what", sort=False)
        .tail(1)
        .assign(text=lambda rows: rows["what"] + " " + rows["items"].astype(str))
    )
    label = (
        alt.Chart(last)
        .mark_text(align="right", dx=-4, dy=-12, fontWeight=600)
        .encode(x="day:T", y="items:Q", text="text:N", color=alt.Color("what:N", legend=None, scale=scale))
    )
    gap = (
        alt.Chart(frame)
        .mark_area(color=theme.ALARM, opacity=0.07, interpolate="step-after")
        .encode(x="day:T", y="finished:Q", y2="started:Q")
    )
    chart = alt.layer(gap, line, label).properties(width="container", height=304)
    return frame, theme.describe(
        chart,
        "Started epics rise to 83, finished ones only to 48: the gap, work in progress, has grown since May.",
    )


def wait_pareto() -> tuple[pd.DataFrame, alt.TopLevelMixin]:
    frame = pd.DataFrame(
        {
            "cause": [
                "Integration test queue",
                "Legal review",
                "Ready, not started",
                "Architecture board",
                "Release window",
                "Security",
            ],
            "wait_days": [4120.0, 1530.4, 1120, 610, 420, 300],
            "planned_cost": [9.1e6, 2.8e6, 2.2e6, 1.1e6, 9e5, 5e5],
        }
    )
    frame["share"] = frame["wait_days"] / frame["wait_days"].sum()
    pairs = zip(frame["share"], frame["planned_cost"], strict=True)
    shown = frame.assign(
        text=[f"{percent(share)} · {money(cost, 'EUR')}" for share, cost in pairs], hot=frame.index == 0
    )
    base = alt.Chart(shown).encode(alt.Y("cause:N", sort=None, title=None, axis=None))
    bar = base.mark_bar(height=12, yOffset=10).encode(
        alt.X("wait_days:Q", title="days waited", axis=alt.Axis(grid=True)),
        color=alt.condition("datum.hot", alt.value(theme.ALARM), alt.value(theme.FAINT)),
        tooltip=["cause:N", "wait_days:Q"],
    )
    name = base.mark_text(align="left", dy=-7).encode(x=alt.value(0), text="cause:N")
    value = base.mark_text(align="right", dy=-7, color=theme.MUTED).encode(
        x=alt.value("width"), text="text:N"
    )
    chart = alt.layer(bar, name, value).properties(width="container", height=alt.Step(44))
    return frame, theme.describe(
        chart,
        "Half of all waiting, 4,120 days, is for the integration test queue; legal review follows with 19 %.",
    )


def aging() -> tuple[pd.DataFrame, alt.TopLevelMixin]:
    rng = np.random.default_rng(8)
    states = ["Analysing", "Legal review", "Building", "Integration queue", "Release test"]
    rows = [
        (f"E-{100 + i * 20 + k}", f"Epic {i}-{k}", state, float(rng.lognormal(4.2 + 0.18 * i, 0.55)))
        for i, state in enumerate(states)
        for k in range([6, 5, 13, 11, 4][i])
    ]
    frame = pd.DataFrame(rows, columns=["item_id", "title", "state", "age_days"])
    shown = frame.assign(old=frame["age_days"] > 148, shift=rng.uniform(-0.3, 0.3, len(frame)))
    dots = (
        alt.Chart(shown)
        .mark_circle()
        .encode(
            alt.X("state:N", sort=states, title=None, axis=alt.Axis(labelAngle=0, labelLimit=80)),
            alt.XOffset("shift:Q", scale=alt.Scale(domain=[-0.6, 0.6])),
            alt.Y("age_days:Q", title="days since the work began"),
            tooltip=["item_id:N", "title:N", "age_days:Q"],
            color=alt.condition("datum.old", alt.value(theme.ALARM), alt.value(theme.GREY)),
        )
    )
    rule = alt.Chart(pd.DataFrame({"age_days": [148], "text": ["85 % took less than 148 days"]}))
    chart = alt.layer(rule.mark_rule().encode(y="age_days:Q"), dots).properties(width="container", height=320)
    return frame.sort_values("age_days", ascending=False), theme.describe(
        chart, "Eleven of 39 open epics are older than 148 days, most of them in building."
    )


def figures() -> list[Figure]:
    return [
        Figure(
            "flow.lead_time_p85_days",
            212.3,
            "days",
            41,
            WINDOW,
            "From request to delivery, 85th percentile, elapsed days",
        ),
        Figure(
            "flow.flow_efficiency",
            0.2312,
            "share",
            41,
            WINDOW,
            "Active ÷ (active + wait), pooled over the finished",
            low=0.19,
            high=0.27,
        ),
        Figure(
            "flow.started_unfinished",
            35,
            "items",
            83,
            WINDOW,
            "Started in the window and not finished by its end",
        ),
        Figure("flow.started", 83, "items", 83, WINDOW, "Started in the window"),
        Figure(
            "value.nps", None, "score", 0, WINDOW, "Promoters less detractors", why="no survey since June"
        ),
    ]


def executed(results: Path | None = None, previous: Path | None = None) -> dict[str, Any]:
    """The flow deck of the demonstration."""
    record = Recorder("Flow analysis")
    notes = (
        Note(
            "left_out",
            "transitions",
            "3 rows were left out: the state “Parked” is unknown.",
            3,
            (17, 204, 1180),
        ),
        Note("ignored", "status_reports", "12 reports dated after 31 October were not used.", 12),
    )
    deck = Deck(
        "flow_analysis",
        portfolio(notes),
        WINDOW,
        Thresholds(),
        streams=["Click-to-Ship", "Store"],
        results=results,
        previous=previous,
        show=record.show,
    )
    queue = finding(
        "flow.wait_queue",
        "50 % of all waiting is for one queue: integration test",
        Severity.ALARM,
        value=0.503,
        unit="share",
        threshold=0.25,
        threshold_name="wait_queue_share",
        n=41,
        money=9.1e6,
        clears_when="the queue holds under a quarter of all waiting",
        evidence=(Evidence("transitions", tuple(range(12, 48)), 1204),),
        details={
            "ask": "Free the integration test queue: two release engineers, until it holds under 8 epics",
            "owner": "Release platform",
        },
    )
    unfinished = finding(
        "flow.started_unfinished",
        "83 epics were started and 48 finished in a year: 35 are open",
        Severity.ALARM,
        value=35,
        unit="items",
        n=83,
        money=2.75e6,
        clears_when="one is finished for each one started",
        details={"ask": "Start nothing new until the 35 open epics are under 20", "owner": "Portfolio board"},
    )
    old = finding(
        "flow.stalled_items",
        "11 epics are older than 85 % of everything that was ever finished",
        Severity.WARNING,
        value=11,
        unit="items",
        n=39,
        threshold=0.85,
        threshold_name="stalled_percentile",
        clears_when="they are finished, or stopped",
    )
    record.ask("## What should be decided today?")
    deck.figures(figures())
    days = pd.date_range("2025-11-30", "2026-10-31", freq="ME")
    trends = {
        "flow.lead_time_p85_days": pd.Series(
            [171, 168, 180, 177, 190, 188, 194, 190, 197, 201, 205, 212.3], days
        ),
        "flow.flow_efficiency": pd.Series(
            [0.29, 0.28, 0.28, 0.27, 0.26, 0.27, 0.25, 0.25, 0.24, 0.24, 0.23, 0.2312], days
        ),
        "flow.started_unfinished": pd.Series([4, 6, 9, 11, 15, 18, 20, 24, 27, 29, 33, 35], days),
    }
    deck.opening(
        [queue, unfinished, old],
        ["flow.lead_time_p85_days", "flow.flow_efficiency", "flow.started_unfinished", "value.nps"],
        lede="Two decisions are asked for today. Together they stop EUR 555 k a month of waiting and of "
        "work that nobody uses.",
        trends=trends,
    )
    record.ask("## Do we finish what we start?")
    frame, chart = started_finished()
    deck.slide(
        unfinished,
        chart,
        data=frame,
        figures=["flow.started_unfinished"],
        definition="Started: first entered an active or waiting state; all streams; 83 started",
        read="Each step is one epic begun or finished. The gap is work in progress; it has grown since May.",
    )
    prose = (
        "Wait days **inside the window**, of finished and open items alike. See [the "
        "guide](https://example.org) or [not](javascript:x)."
    )
    record.ask(f"## What does work wait for?\n\n{prose}")
    frame, chart = wait_pareto()
    deck.slide(
        queue,
        chart,
        data=frame,
        read="Days that epics spent waiting, by what they waited for, with the money tied up on an "
        "average day.",
        figures=["flow.flow_efficiency"],
    )
    record.ask("## Which items are older than we promised?")
    frame, chart = aging()
    deck.slide(
        old,
        chart,
        data=frame,
        table=frame.assign(planned_cost=410_000.0, label=str(Label.WATERMELON)),
        figures=["flow.lead_time_p85_days"],
        read="Each dot is an open epic in its present state. Swarm on the ones above the line, or stop them.",
    )
    record.ask("## Do customers notice?")
    deck.slide(
        finding(
            "flow.nps", "No conclusion: 4 answers since June", Severity.UNKNOWN, n=4, missing=("surveys",)
        ),
        read="Ten answers are needed.",
    )
    deck.appendix()
    record.ask("## How even is the flow?")
    frame, chart = started_finished()
    deck.slide(
        finding("flow.evenness", "Starts come in bursts at quarter ends", Severity.NOTE),
        chart,
        data=frame,
        definition="Weeks in Europe/Berlin",
    )
    record.ask("## What do we stand on?")
    deck.close()
    return record.notebook


def hostile() -> dict[str, Any]:
    """A deck whose every name, title and cell tries to break out."""
    record = Recorder(HOSTILE[0])
    deck = Deck(
        "flow_analysis",
        portfolio((Note("left_out", "work_items", HOSTILE[1]),), HOSTILE[0]),
        WINDOW,
        Thresholds(),
        streams=HOSTILE,
        show=record.show,
    )
    record.ask(
        f"## {HOSTILE[1]}\n\n{HOSTILE[0]} [link](javascript:alert(1)) ![i](http://example.org/x.png) "
        "<b>bold</b>"
    )
    frame = pd.DataFrame(
        {
            "title": HOSTILE,
            "=cmd|' /C calc'!A0": range(len(HOSTILE)),
            "age_days": np.arange(len(HOSTILE)) * 3.0,
        }
    )
    every = [
        finding(
            f"flow.hostile_{place}",
            text,
            details={"ask": text, "owner": text},
            missing=(text,),
            clears_when=text,
        )
        for place, text in enumerate(HOSTILE)
    ]
    deck.opening(every, lede=HOSTILE[3])
    chart = (
        alt.Chart(frame.assign(title=frame["title"].str.slice(0, 60), link=frame["title"]))
        .mark_bar()
        .encode(
            alt.Y("title:N", title=HOSTILE[0]),
            alt.X("age_days:Q", title=HOSTILE[3]),
            tooltip=["title:N"],
            href="link:N",
        )
    )
    for place, one in enumerate(every[:5]):
        drawn = theme.describe(chart.properties(width="container"), f"Bars of hostile names {HOSTILE[place]}")
        deck.slide(one, drawn, data=frame, table=frame, read=HOSTILE[place], definition=HOSTILE[1])
    deck.appendix()
    for one in every[5:]:
        deck.slide(one, read=one.sentence)
    deck.close()
    return record.notebook


def empty() -> dict[str, Any]:
    """A portfolio without an item: every conclusion is unknown."""
    record = Recorder("Flow analysis")
    tables = {table: pd.DataFrame() for table in TABLES}
    deck = Deck(
        "flow_analysis",
        Portfolio(tables, Settings(name="Nothing yet"), WINDOW.end),
        WINDOW,
        Thresholds(),
        show=record.show,
    )
    record.ask("## Is there anything to see?")
    deck.figures(
        [
            Figure("flow.wip", 0, "items", 0, WINDOW, "In progress"),
            Figure(
                "flow.lead_time_p85_days",
                None,
                "days",
                0,
                WINDOW,
                "85th percentile",
                why="nothing was delivered",
            ),
        ]
    )
    unknown = finding(
        "flow.empty", "No conclusion: there are no items", Severity.UNKNOWN, missing=("work_items",)
    )
    deck.opening(unknown, ["flow.wip", "flow.lead_time_p85_days"])
    frame = pd.DataFrame({"day": pd.to_datetime([]), "items": pd.Series([], dtype="float64")})
    chart = (
        alt.Chart(frame).mark_line().encode(x="day:T", y="items:Q").properties(width="container", height=200)
    )
    deck.slide(unknown, theme.describe(chart, "There are no items to draw."), data=frame)
    deck.close()
    return record.notebook
