"""The notebooks of a review, one row each: all that the program knows of a notebook beside the file itself.

A notebook without a row runs as well: after those that have one, under a title made of its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

INDEX = "index.html"
"""The page of a review as a whole."""


@dataclass(frozen=True)
class Entry:
    """One notebook. ``name`` is that of its file without ``.ipynb``, ``title`` what a reader calls its deck.

    - ``least``: without these tables it has nothing to say; ``better``: with these it says more.
    - ``topic``: what the keys of its figures begin with, as in ``flow.wip``.
    - ``tiles``: its figures on the executive page, and their units.
    - ``followed``: its figures that a leader follows from review to review, the outcome first.
    - ``closes``: it is made from what the others found, after them, and its page is the review's index.
    - ``own``: what its own figures and rules begin with. Summed up again, a review is read without them.
    """

    name: str
    title: str
    least: tuple[str, ...] = ()
    better: tuple[str, ...] = ()
    topic: str = ""
    tiles: Mapping[str, str] = field(default_factory=dict)
    followed: tuple[str, ...] = ()
    closes: bool = False
    own: tuple[str, ...] = ()

    @property
    def page(self) -> str:
        """The file of its page in the folder of a review."""
        return INDEX if self.closes else f"{self.name}.html"


ENTRIES = (
    Entry(
        "flow_analysis",
        "Flow",
        least=("work_items", "transitions", "states"),
        better=("value_streams", "blockers", "dependencies", "spend", "teams"),
        topic="flow",
        tiles={"flow.lead_time_p85_days": "days"},
        followed=("flow.lead_time_p85_days", "flow.flow_efficiency", "flow.wip", "flow.throughput_per_week"),
    ),
    Entry(
        "watermelon_metrics",
        "Watermelons",
        least=("work_items",),
        better=(
            "status_reports",
            "benefits",
            "metrics",
            "observations",
            "targets",
            "transitions",
            "states",
            "spend",
            "surveys",
            "pi_objectives",
            "checkins",
            "links",
            "plan_changes",
        ),
        topic="watermelon",
        tiles={"watermelon.count": "items"},
        followed=("watermelon.count",),
    ),
    Entry(
        "okr_alignment",
        "OKR alignment",
        least=("work_items", "objectives", "links"),
        better=(
            "key_results",
            "checkins",
            "metrics",
            "observations",
            "budgets",
            "spend",
            "transitions",
            "states",
            "teams",
        ),
        topic="okr",
        tiles={"okr.top_three_share": "share"},
        followed=("okr.top_three_share",),
    ),
    Entry(
        "value_and_funding",
        "Value and funding",
        least=("work_items",),
        better=(
            "benefits",
            "realisations",
            "metrics",
            "observations",
            "targets",
            "plan_changes",
            "budgets",
            "spend",
            "criteria_scores",
            "risks",
            "teams",
            "links",
            "objectives",
            "key_results",
            "surveys",
            "pi_objectives",
            "decisions",
            "transitions",
            "states",
        ),
        topic="value",
        tiles={"value.benefit_realisation": "share"},
        followed=("value.benefit_realisation", "value.return", "value.nps"),
    ),
    Entry(
        "looking_ahead",
        "Looking ahead",
        least=("work_items", "transitions", "states"),
        better=("value_streams", "dependencies", "criteria_scores", "shifts"),
        topic="forecast",
        followed=("forecast.kept_share",),
    ),
    Entry(
        "portfolio_review",
        "Portfolio review",
        better=("decisions",),
        closes=True,
        own=("decisions.", "changes.", "places.", "value.late_decision"),
    ),
)
"""In the order of a review; those that close come last whatever their place."""


def entry(notebook: str) -> Entry:
    """The row of a notebook; one that says its name alone where it has none."""
    known = (one for one in ENTRIES if one.name == notebook)
    return next(known, Entry(notebook, notebook.replace("_", " ").capitalize()))


def listed(notebook: str) -> bool:
    """Whether a notebook has a row."""
    return any(one.name == notebook for one in ENTRIES)


def title(notebook: str) -> str:
    """What a reader calls the deck of a notebook."""
    return entry(notebook).title


def place(notebook: str) -> tuple[bool, int, str]:
    """Sorted by it, notebooks stand in the order of a review: rows first, then others by name, closing ones
    last."""
    names = [one.name for one in ENTRIES]
    at = names.index(notebook) if notebook in names else len(names)
    return entry(notebook).closes, at, notebook


def tiles() -> dict[str, Entry]:
    """The figures of the executive page's tiles, in their order, each with the notebook that reports it."""
    return {key: one for one in ENTRIES for key in one.tiles}


def followed() -> tuple[str, ...]:
    """The figures that a leader follows from review to review, in their order."""
    return tuple(key for one in ENTRIES for key in one.followed)


def own() -> tuple[str, ...]:
    """What the figures and rules begin with that are about a review, and not about the portfolio."""
    return tuple(start for one in ENTRIES for start in one.own)


def missing(notebook: str, present: frozenset[str]) -> list[str]:
    """The tables that the notebook would use and does not have, the indispensable ones first; none for an
    unknown notebook."""
    one = entry(notebook)
    return [table for table in one.least + one.better if table not in present]
