"""What every notebook begins with: the data as known at the review's instant, the window, the thresholds, the deck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from vmo_helpers import sources
from vmo_helpers.deck import Deck
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.window import Window, instant, review_window


@dataclass(frozen=True)
class Review:
    """What a notebook works with. ``portfolio`` is as known at ``window.end``, of the chosen streams."""

    portfolio: Portfolio
    window: Window
    thresholds: Thresholds
    deck: Deck


def open_review(
    notebook: str,
    data: str | Path,
    *,
    config: str | Path | None = None,
    as_of: str | None = None,
    from_day: str | None = None,
    streams: Sequence[str] = (),
    thresholds: Mapping[str, object] | None = None,
    lenient: bool = False,
    results: str | Path | None = None,
    previous: str | Path | None = None,
) -> Review:
    """Load the data, fix the instant and the window, open the deck of the named notebook.

    ``as_of``: a day (its end in the portfolio's zone) or an instant; None: the latest fact in the data. ``from_day``:
    None: 364 days before. ``thresholds`` override those of ``portfolio.toml``. ``results``: the folder for figures,
    findings and tables. ``previous``: the folder of the review before. Raises InputProblems for data that cannot be used,
    ValueError for a parameter that cannot.
    """
    whole = sources.load(data, config, lenient)
    settings = whole.settings
    limits = Thresholds().with_overrides(settings.thresholds).with_overrides(thresholds or {})
    end: pd.Timestamp = sources.latest_fact(whole).at if as_of is None else instant(str(as_of), settings.timezone, end_of_day=True)
    window = review_window(end, from_day, settings.timezone)
    chosen = sources.in_streams(whole, list(streams)) if streams else whole
    portfolio = chosen.known_at(window.end)
    deck = Deck(notebook, portfolio, window, limits, streams=list(streams), results=results, previous=previous)
    return Review(portfolio, window, limits, deck)
