"""The deck: a notebook calls it with findings, charts and frames; each call displays parts and keeps figures
and findings."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd

from vmo_helpers.charts import theme
from vmo_helpers.deck import brief, cells, lab, payloads
from vmo_helpers.deck.contents import Contents
from vmo_helpers.deck.legends import legend_of
from vmo_helpers.deck.results import Previous, Results, plain_json
from vmo_helpers.deck.specs import alt_text, spec_of
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.calendar import Calendar
from vmo_helpers.results.figure import Figure
from vmo_helpers.results.finding import Finding, conclusion, title_finding
from vmo_helpers.results.headlines import headline_of
from vmo_helpers.results.parts import CHART_MIME, MOST_TILES, PART_MIME, Part
from vmo_helpers.style.wording import plain
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity
from vmo_helpers.window import Window


class Deck:
    """One deck of one notebook.

    The order of a notebook: figures and findings as they are measured, ``opening`` anywhere after the figures
    that its tiles name (the page puts it first), slides, ``appendix()``, more slides, ``close()``.
    """

    def __init__(
        self,
        notebook: str,
        portfolio: Portfolio,
        window: Window,
        thresholds: Thresholds,
        *,
        streams: Sequence[str] = (),
        results: str | Path | None = None,
        previous: str | Path | None = None,
        show: Callable[[dict[str, Any]], None] | None = None,
    ) -> None:
        self._portfolio, self._window, self._limits = portfolio, window, thresholds
        self._results = Results(results, notebook)
        self._previous = Previous(previous)
        self._show = show or _display
        self._currency, self._level = portfolio.settings.currency, portfolio.settings.review_level
        self._day_unit = Calendar.of(portfolio.settings).day_unit
        self._contents = Contents(self._previous, window.end_day)
        self._closed = False
        part = payloads.review(notebook, portfolio, window, streams, self._previous)
        self._emit(part, lab.review(part))

    def figures(self, figures: Iterable[Figure]) -> None:
        """Registers headline numbers for ``figures.json``; tiles and slides name them by key."""
        entries = self._contents.measured(figures)
        self._emit({"part": Part.FIGURES, "figures": entries}, lab.figures(entries, self._currency))

    def cite(self, entries: Mapping[str, Mapping[str, Any]]) -> None:
        """Figures of other decks, as in ``figures.json``: tiles and slides may name them; they are not
        written again."""
        self._contents.cite(entries)

    def findings(self, findings: Finding | Iterable[Finding], *, slide: str | None = None) -> None:
        """Registers findings that no slide carries, for ``findings.json``; none at all is nothing to
        register.

        ``slide`` is the id of the slide that answers why, where its own findings do not tell.
        """
        every = [findings] if isinstance(findings, Finding) else list(findings)
        entries = self._contents.found(every, on=slide)
        self._emit({"part": Part.FINDINGS, "findings": entries}, lab.findings(entries))

    def opening(
        self,
        findings: Finding | Iterable[Finding],
        tiles: Sequence[str] = (),
        *,
        lede: str = "",
        trends: Mapping[str, pd.Series] | None = None,
        targets: Mapping[str, float] | None = None,
        decisions: pd.DataFrame | None = None,
        rule: str = "",
        unseen: Iterable[Finding] = (),
        place: Mapping[str, Any] | None = None,
        grounds: pd.DataFrame | None = None,
    ) -> None:
        """The title page: the loudest findings as the deck's conclusion, at most four figures, and what is
        asked of the reader.

        ``tiles`` are keys of registered figures; ``trends`` gives a figure's past (a Series by day) for the
        line in its tile, ``targets`` the value that it is to reach. What is asked are the alarms and warnings
        among the findings.

        The executive page gives ``decisions`` instead (as ``findings.decisions.asks`` ranks them) with the
        ``rule`` of their
        order: they stand before the tiles. ``unseen`` are findings of what this review could not look at.
        ``place`` are the details of the title's finding: where they have ``families`` of sign, these stand
        under the title, with what would change them. ``grounds`` are the findings, a row each, by which asks
        and signs answer "why?" on the page itself: it is read where the other decks are not.
        """
        every = _several(findings)
        if len(tiles) > MOST_TILES:
            raise ValueError(f"{len(tiles)} tiles are too many to be read at a glance; at most {MOST_TILES}")
        entries = self._contents.found(every)
        asked = (
            None
            if decisions is None
            else brief.decisions(decisions, self._currency, self._window.end_day, self._window.timezone)
        )
        asks = payloads.asks(every) if asked is None else asked
        count = len(asks) if decisions is None else len(decisions)
        missing = list(unseen)
        past, marks = trends or {}, targets or {}
        part = {
            "part": Part.OPENING,
            "title": plain(conclusion(every)),
            "severity": payloads.loudest(every),
            "lede": plain(lede),
            "tiles": [
                payloads.tile(
                    self._contents.figure(key),
                    key,
                    self._contents.whole(key),
                    self._currency,
                    past.get(key),
                    marks.get(key),
                )
                for key in tiles
            ],
            "asks": asks[: payloads.MOST_ASKS],
            "more_asks": max(0, count - payloads.MOST_ASKS),
            "findings": [*entries, *self._contents.found(missing)],
        }
        if asked is not None:
            part |= {"decides": True, "rule": plain(rule), "unseen": brief.notices(missing)}
            part["next_asks"] = brief.next_ones(decisions)
            part["families"] = brief.families(place or {})
            part["change"] = plain(every[0].clears_when) if part["families"] else ""
            part["since"] = every[0].details.get("since")
            part["grounds"] = brief.grounds([*asked, *brief.families(place or {})], grounds)
        part = plain_json(part)
        self._emit(part, lab.opening(part))

    def slide(
        self,
        findings: Finding | Iterable[Finding],
        chart: alt.TopLevelMixin | None = None,
        *,
        data: pd.DataFrame | None = None,
        table: pd.DataFrame | None = None,
        read: str | None = None,
        definition: str | None = None,
        figures: Sequence[str] | None = None,
        id: str | None = None,
        caption: str | None = None,
        words: Mapping[str, object] | None = None,
    ) -> None:
        """One conclusion (the loudest finding's sentence), at most one chart with the rows behind it, at most
        one table.

        ``read`` says how to read the chart, ``definition`` what is counted: clock, averaging, window, n in
        one line. ``figures`` are keys of registered figures: their change since the review before stands
        beside the definition, and without a ``definition`` the first one's own is shown, with its n and its
        window. ``caption`` stands over the table, and one without rows is then not shown. What is not given
        of these is the slide's legend's; its figures are those that are registered. ``words`` are what a
        legend says of this slide alone.

        A slide that concludes nothing and draws nothing stands behind the others.

        ``data`` and ``table`` also go to ``tables/<notebook>/<id>.csv`` and ``…_table.csv`` (``.parquet``
        where they are long). ``id`` is the
        slide's anchor; by default the name of the finding's rule.
        """
        every = _several(findings)
        speaks = title_finding(every)
        name = self._contents.slide_name(id, speaks.rule)
        if chart is not None and data is None:
            raise ValueError(f"slide {name!r}: a chart needs the rows behind it (data=…)")
        legend = legend_of(name, speaks.rule).filled(self._limits, self._level, words or {}, self._day_unit)
        read = legend.read if read is None else read
        definition = legend.definition if definition is None else definition
        caption = legend.caption if caption is None else caption
        keys = [key for key in legend.figures if self._contents.has(key)] if figures is None else figures
        spec = None if chart is None else spec_of(chart)
        severity = payloads.loudest(every)
        nothing = bool((spec or {}).pop("usermeta", {}).get("blank")) and severity is Severity.UNKNOWN
        known = [(key, self._contents.figure(key)) for key in keys]
        listed = self._rows(f"{name}_table", table)
        if caption and listed is not None and not listed["total"]:
            listed = None
        part = plain_json(
            {
                "part": Part.SLIDE,
                "id": name,
                "appendix": self._contents.in_appendix,
                "title": plain(speaks.sentence),
                "severity": severity,
                **({"says_nothing": True} if nothing else {}),
                "read": plain(read),
                "definition": plain(payloads.defined(definition, known[0][1] if known else None, every)),
                "changes": [
                    {"label": headline_of(key).label, **moved}
                    for key, entry in known
                    if (moved := payloads.change_of(entry, key, self._currency)) is not None
                ],
                "chart": spec is not None,
                "behind": self._rows(name, data),
                "table": listed,
                **({"caption": plain(caption)} if caption else {}),
                "findings": self._contents.found(every, on=name),
            }
        )
        self._contents.add(name)
        self._emit(part, lab.slide(part))
        if spec is not None:
            drawn = {"part": str(Part.CHART), "slide": name, "fluid": spec.get("width") == "container"}
            self._show({PART_MIME: drawn, CHART_MIME: theme.for_lab(spec), "text/plain": alt_text(spec)})
        if below := lab.below(part):
            self._show({"text/html": below, "text/plain": part["definition"]})

    def lose(self, findings: Sequence[Finding], why: str, id: str | None = None) -> None:
        """In place of a slide that could not be made: what it concludes, where that is known, and why it is
        not there. ``id`` may be that of a part that is no slide."""
        rule = title_finding(findings).rule.rpartition(".")[2] if findings else "slide"
        name, contents = self._contents.free_name(id or rule), self._contents
        part = plain_json(payloads.lost(name, contents.in_appendix, findings, why, contents.found(findings)))
        contents.add(name)
        self._emit(part, lab.slide(part))

    def appendix(self) -> None:
        """Slides after this call go to the appendix."""
        self._contents.in_appendix = True

    def table(self, name: str, frame: pd.DataFrame) -> None:
        """Writes ``tables/<notebook>/<name>.csv`` (``.parquet`` where it is long) into the results folder;
        shows nothing."""
        self._results.table(name, frame)

    def close(self) -> None:
        """Says what was there and what was missing, which thresholds judged; writes figures and findings to
        the results folder."""
        if self._closed:
            raise ValueError("the deck is closed already")
        self._closed = True
        missing = self._contents.missing
        part = plain_json(payloads.closing(self._results.notebook, self._portfolio, self._limits, missing))
        self._emit(part, lab.closing(part))
        deck = {"deck": self._results.notebook}
        places = [{**entry, **deck, "slide": slide} for entry, slide in self._contents.places()]
        self._results.close(self._contents.figures, places)

    def _rows(self, name: str, frame: pd.DataFrame | None) -> dict[str, Any] | None:
        if frame is None:
            return None
        self._results.table(
            name, frame.loc[:, [column for column in frame.columns if not str(column).startswith("_")]]
        )
        return cells.table(
            frame,
            name=name,
            timezone=self._window.timezone,
            currency=self._currency,
            day_unit=self._day_unit,
            file=self._results.file_of(name, len(frame)),
        )

    def _emit(self, part: dict[str, Any], html: str) -> None:
        self._show({PART_MIME: plain_json(part), "text/html": html, "text/plain": str(part["part"])})


def _several(findings: Finding | Iterable[Finding]) -> list[Finding]:
    every = [findings] if isinstance(findings, Finding) else list(findings)
    if not every:
        raise ValueError("a slide needs a finding; a rule that finds nothing says so in a NOTE")
    return every


def _display(bundle: dict[str, Any]) -> None:
    """Shows a part where IPython runs the code; a plain script shows nothing."""
    if "IPython" not in sys.modules or sys.modules["IPython"].get_ipython() is None:
        return
    from IPython.display import display

    display(bundle, raw=True)
