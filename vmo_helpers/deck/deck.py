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
from vmo_helpers.deck.legends import legend_of
from vmo_helpers.deck.results import Previous, Results, plain_json
from vmo_helpers.deck.specs import alt_text, spec_of
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.figure import Figure
from vmo_helpers.results.finding import Finding, conclusion, title_finding
from vmo_helpers.results.headlines import headline_of
from vmo_helpers.results.parts import CHART_MIME, MOST_SLIDES, MOST_TILES, PART_MIME, Part, checked_name
from vmo_helpers.style.wording import plain
from vmo_helpers.thresholds import Thresholds
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
        self._figures: dict[str, dict[str, Any]] = {}
        self._cited: dict[str, dict[str, Any]] = {}
        self._findings: dict[str, Finding] = {}
        self._slides: dict[str, bool] = {}
        self._shown: dict[str, str] = {}
        self._in_appendix = self._closed = False
        part = payloads.review(notebook, portfolio, window, streams, self._previous)
        self._emit(part, lab.review(part))

    def figures(self, figures: Iterable[Figure]) -> None:
        """Registers headline numbers for ``figures.json``; tiles and slides name them by key."""
        entries = {
            figure.key: plain_json(payloads.figure_entry(figure, self._previous)) for figure in figures
        }
        twice = sorted(entries.keys() & self._figures.keys())
        if twice:
            raise ValueError(f"figures registered twice: {', '.join(twice)}")
        self._figures |= entries
        self._emit({"part": Part.FIGURES, "figures": entries}, lab.figures(entries, self._currency))

    def cite(self, entries: Mapping[str, Mapping[str, Any]]) -> None:
        """Figures of other decks, as in ``figures.json``: tiles and slides may name them; they are not
        written again."""
        self._cited |= {
            key: plain_json({"previous": None, "low": None, "high": None, **entry})
            for key, entry in entries.items()
        }

    def findings(self, findings: Finding | Iterable[Finding], *, slide: str | None = None) -> None:
        """Registers findings that no slide carries, for ``findings.json``; none at all is nothing to
        register.

        ``slide`` is the id of the slide that answers why, where its own findings do not tell.
        """
        every = [findings] if isinstance(findings, Finding) else list(findings)
        entries = self._register(every)
        if slide is not None:
            self._shown |= {finding.id: slide for finding in every}
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
        under the title, with what would change them.
        """
        every = _several(findings)
        if len(tiles) > MOST_TILES:
            raise ValueError(f"{len(tiles)} tiles are too many to be read at a glance; at most {MOST_TILES}")
        entries = self._register(every)
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
                    self._figure(key), key, self._whole(key), self._currency, past.get(key), marks.get(key)
                )
                for key in tiles
            ],
            "asks": asks[: payloads.MOST_ASKS],
            "more_asks": max(0, count - payloads.MOST_ASKS),
            "findings": [*entries, *self._register(missing)],
        }
        if asked is not None:
            part |= {"decides": True, "rule": plain(rule), "unseen": brief.notices(missing)}
            part["next_asks"] = brief.next_ones(decisions)
            part["families"] = brief.families(place or {})
            part["change"] = plain(every[0].clears_when) if part["families"] else ""
            part["since"] = every[0].details.get("since")
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

        ``data`` and ``table`` also go to ``tables/<notebook>/<id>.csv`` and ``…_table.csv`` (``.parquet``
        where they are long). ``id`` is the
        slide's anchor; by default the name of the finding's rule.
        """
        every = _several(findings)
        speaks = title_finding(every)
        name = self._slide_name(id, every)
        if chart is not None and data is None:
            raise ValueError(f"slide {name!r}: a chart needs the rows behind it (data=…)")
        legend = legend_of(name, speaks.rule).filled(self._limits, self._level, words or {})
        read = legend.read if read is None else read
        definition = legend.definition if definition is None else definition
        caption = legend.caption if caption is None else caption
        keys = [key for key in legend.figures if self._has(key)] if figures is None else figures
        spec = None if chart is None else spec_of(chart)
        known = [(key, self._figure(key)) for key in keys]
        listed = self._rows(f"{name}_table", table)
        if caption and listed is not None and not listed["total"]:
            listed = None
        part = plain_json(
            {
                "part": Part.SLIDE,
                "id": name,
                "appendix": self._in_appendix,
                "title": plain(speaks.sentence),
                "severity": payloads.loudest(every),
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
                "findings": self._register(every),
            }
        )
        self._slides[name] = self._in_appendix
        self._shown |= {finding.id: name for finding in every}
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
        name = self._free_name(id or rule)
        part = plain_json(payloads.lost(name, self._in_appendix, findings, why, self._register(findings)))
        self._slides[name] = self._in_appendix
        self._emit(part, lab.slide(part))

    def appendix(self) -> None:
        """Slides after this call go to the appendix."""
        self._in_appendix = True

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
        missing = [what for finding in self._findings.values() for what in finding.missing]
        part = plain_json(payloads.closing(self._results.notebook, self._portfolio, self._limits, missing))
        self._emit(part, lab.closing(part))
        self._results.close(dict(sorted(self._figures.items())), self._places())

    def _slide_name(self, given: str | None, findings: Sequence[Finding]) -> str:
        if given is not None:
            name = checked_name(given, "the slide's id")
            if name in self._slides:
                raise ValueError(f"two slides are called {name!r}")
        else:
            name = self._free_name(title_finding(findings).rule.rpartition(".")[2])
        if not self._in_appendix and sum(not hidden for hidden in self._slides.values()) == MOST_SLIDES:
            raise ValueError(
                f"slide {name!r} is one too many: a deck has at most {MOST_SLIDES}; the rest follows "
                "deck.appendix()"
            )
        return name

    def _free_name(self, wanted: str) -> str:
        """The name, with a number where a slide bears it already."""
        name, count = wanted, 1
        while name in self._slides:
            count += 1
            name = f"{wanted}_{count}"
        return checked_name(name, "the slide's id")

    def _has(self, key: str) -> bool:
        return key in self._figures or key in self._cited

    def _figure(self, key: str) -> dict[str, Any]:
        entry = self._figures.get(key) or self._cited.get(key)
        if entry is None:
            raise ValueError(f"figure {key!r} is not registered; call deck.figures(…) before it is named")
        return entry

    def _whole(self, key: str) -> dict[str, Any] | None:
        """The figure that this one is a part of."""
        of = headline_of(key).of or ""
        return self._figures.get(of) or self._cited.get(of)

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
            file=self._results.file_of(name, len(frame)),
        )

    def _register(self, findings: Sequence[Finding]) -> list[dict[str, Any]]:
        self._findings |= {finding.id: finding for finding in findings}
        return [self._entry(finding) for finding in findings]

    def _entry(self, finding: Finding) -> dict[str, Any]:
        entry: dict[str, Any] = plain_json(
            payloads.finding_entry(finding, self._previous, self._window.end_day)
        )
        return entry

    def _places(self) -> list[dict[str, Any]]:
        """Each finding's entry with the way to it: this deck, and the slide that shows it, else another of
        its rule."""
        there = {id: slide for id, slide in self._shown.items() if slide in self._slides}
        of_rule: dict[str, str] = {}
        for id, slide in there.items():
            of_rule.setdefault(id.partition(":")[0], slide)
        return [
            {
                **self._entry(finding),
                "deck": self._results.notebook,
                "slide": there.get(id) or of_rule.get(finding.rule),
            }
            for id, finding in sorted(self._findings.items())
        ]

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
