"""What every notebook begins with: the data as known at the review's instant, the window, the thresholds, the
deck."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from vmo_helpers import sources
from vmo_helpers.deck import Deck
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.window import Window, instant, review_window

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample"


@dataclass(frozen=True)
class Asked:
    """What a notebook was asked for, as it was given; ``data`` is the place that was read."""

    notebook: str
    data: str
    config: str | None = None
    as_of: str | None = None
    from_day: str | None = None
    streams: tuple[str, ...] = ()
    level: str | None = None
    thresholds: tuple[tuple[str, float], ...] = ()
    lenient: bool = False


@dataclass(frozen=True)
class Review:
    """What a notebook works with. ``portfolio`` is as known at ``window.end``, of the chosen streams;
    ``whole`` is all that was read."""

    portfolio: Portfolio
    window: Window
    thresholds: Thresholds
    deck: Deck
    asked: Asked
    whole: Portfolio


def open_review(
    notebook: str,
    data: str | Path | None = None,
    *,
    config: str | Path | None = None,
    as_of: str | None = None,
    from_day: str | None = None,
    streams: Sequence[str] = (),
    level: str | None = None,
    thresholds: Mapping[str, object] | None = None,
    lenient: bool = False,
    results: str | Path | None = None,
    previous: str | Path | None = None,
) -> Review:
    """Load the data, fix the instant and the window, open the deck of the named notebook.

    ``data`` None: the place that the environment variable VMO_DATA names, else the sample of this checkout.
    ``as_of``: a day (its end in the portfolio's zone) or an instant; None: the latest fact in the data.
    ``from_day``: None: 364 days before. ``level`` None: the portfolio's review level. ``thresholds`` override
    those of ``portfolio.toml``. ``results``: the folder for figures, findings and tables. ``previous``: the
    folder of the review before. Raises InputProblems for data that cannot be used, ValueError for a parameter
    that cannot.
    """
    where = place(data)
    whole = sources.load(where, config, lenient)
    whole = whole if level is None else whole.at_level(str(level))
    settings = whole.settings
    limits = Thresholds().with_overrides(settings.thresholds).with_overrides(thresholds or {})
    end: pd.Timestamp = (
        sources.latest_fact(whole).at
        if as_of is None
        else instant(str(as_of), settings.timezone, end_of_day=True)
    )
    window = review_window(end, from_day, settings.timezone)
    chosen = sources.in_streams(whole, list(streams)) if streams else whole
    portfolio = chosen.known_at(window.end)
    deck = Deck(
        notebook, portfolio, window, limits, streams=list(streams), results=results, previous=previous
    )
    asked = Asked(
        notebook,
        where,
        None if config is None else str(config),
        as_of,
        from_day,
        tuple(streams),
        level,
        given(thresholds),
        lenient,
    )
    return Review(portfolio, window, limits, deck, asked, whole)


def place(data: str | Path | None) -> str:
    """Where the data are: as given, else as VMO_DATA says (``make lab DATA=…`` sets it), else the sample."""
    return str(data or os.environ.get("VMO_DATA") or SAMPLE)


def given(thresholds: Mapping[str, object] | None) -> tuple[tuple[str, float], ...]:
    """Thresholds that were set apart from the portfolio's own, by name."""
    return tuple((name, float(str(value))) for name, value in sorted((thresholds or {}).items()))
