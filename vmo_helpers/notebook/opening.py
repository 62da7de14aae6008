"""What every notebook begins with: the data as known at the review's instant, the window, the thresholds, the
deck."""

from __future__ import annotations

import inspect
import os
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from vmo_helpers import sources
from vmo_helpers.deck import Deck
from vmo_helpers.findings.record import borne_out
from vmo_helpers.notebook import prepared
from vmo_helpers.notebook.lost import Lost, lost_among, reason
from vmo_helpers.notebook.mode import unattended
from vmo_helpers.notebook.supply import known_of, supplied
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.request.asked import Request
from vmo_helpers.request.settled import Settled, settle
from vmo_helpers.results.figure import Figure
from vmo_helpers.results.finding import Finding, headline, loud, title_finding
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.window import Window

_Made = TypeVar("_Made")

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample"


@dataclass(frozen=True)
class Review:
    """What a notebook works with. ``portfolio`` is as known at ``window.end``, of the chosen streams; all
    that was read and asked for is in ``settled``.

    A notebook's cells are three verbs: ``measure``, ``judge`` and ``slide``. Each calls the function named
    first with what the cell hands over, and adds what the review knows (``known``) by the names of the
    function's parameters. So a cell says what its question is about, and nothing else.
    """

    portfolio: Portfolio
    window: Window
    thresholds: Thresholds
    deck: Deck
    notebook: str
    settled: Settled

    @property
    def known(self) -> dict[str, Any]:
        """What no cell need say, by the name that parameters have for it. Each threshold is among it, too."""
        return known_of(self.portfolio, self.window, self.thresholds)

    def earlier(self, day: str) -> Review:
        """The same data as they were known at the end of an earlier day, over a window of equal length."""
        window = self.window.until(day)
        return replace(self, portfolio=self.portfolio.known_at(window.end), window=window)

    def measure(self, measure: Callable[..., _Made], *frames: Any, **more: Any) -> _Made:
        """What a measure returns: ``review.measure(flow.wait_pareto, log, items)``. Raises TypeError that
        says what is lacking; under an unattended run a failure is ``Lost`` instead, and so is what is made of
        it. What was prepared for several notebooks is not computed again."""
        there = [] if more else prepared.made(measure, frames, self.portfolio, self.window, self.thresholds)
        return there[0] if there else self._made(measure, frames, more)

    def judge(self, rule: Callable[..., _Made], *frames: Any, **more: Any) -> _Made:
        """What a rule finds: ``review.judge(findings.flow.wait_queue, waits)``. It is written down when a
        slide shows it, or ``findings`` names it. What is good stays good only where the record for it is
        there (``findings.record``)."""
        return borne_out(self._made(rule, frames, more), self.portfolio)

    def slide(
        self,
        findings: Finding | Sequence[Finding],
        chart: Callable[..., Any] | None = None,
        *frames: Any,
        data: pd.DataFrame | None = None,
        table: pd.DataFrame | None = None,
        id: str | None = None,
        read: str | None = None,
        definition: str | None = None,
        figures: Sequence[str] | None = None,
        caption: str | None = None,
        **more: Any,
    ) -> None:
        """One slide: its title is the loudest finding, its chart is drawn of the frames.

        The chart's alt text is the title. What the title's finding judged by is the chart's to ask for by
        name: its ``value``, its ``subject``, ``alarm_after_days`` (its threshold), whatever stands in its
        ``details``; and whom the findings raise (``loud``). ``data`` are the rows behind the chart, by
        default the first frame; ``table`` stands below. How to read it, the definition and the figures beside
        it are the slide's legend (``vmo_helpers/deck/legends``), in words that the finding says, too;
        ``read``, ``definition``, ``figures`` and ``caption`` say others. Under an unattended run a slide that
        fails says so and why, and the others stand.
        """

        def shown() -> None:
            drawn, rows = None, data
            if chart is not None:
                known = {**self.known, "alt": headline(findings)}
                drawn = supplied(chart, frames, more, known, told(findings))
                rows = frames[0] if data is None and frames else data
            elif frames or more:
                raise TypeError("a slide without a chart takes table=…, and no frames or other words")
            self.deck.slide(
                findings,
                drawn,
                data=rows,
                table=table,
                id=id,
                read=read,
                definition=definition,
                figures=figures,
                caption=caption,
                words={**told(findings), **more},
            )

        self._shown(shown, findings, frames, data, table, more, id=id, by=chart)

    def figures(self, figures: Iterable[Figure]) -> None:
        """Writes headline numbers down; a slide or a tile names them by key."""
        self._shown(lambda: self.deck.figures(figures), figures, id="figures")

    def findings(self, *judged: Finding | Sequence[Finding], slide: str | None = None) -> None:
        """Writes findings down that no slide shows; ``slide`` is the one that answers why."""
        self._shown(lambda: self.deck.findings(_flat(judged), slide=slide), judged, id="findings")

    def cite(self, entries: Mapping[str, Mapping[str, Any]]) -> None:
        """Figures of other notebooks, that tiles and slides may name; they are not written again."""
        self.deck.cite(entries)

    def table(self, name: str, frame: pd.DataFrame) -> None:
        """Leaves a frame among the review's tables, as ``tables/<notebook>/<name>.csv``; shows nothing."""
        self._shown(lambda: self.deck.table(name, frame), frame, id=f"{name}_table")

    def opening(self, *judged: Finding | Sequence[Finding], **more: Any) -> None:
        """The title page: the two loudest findings as one sentence, four figures (``tiles``), a ``lede``; as
        ``Deck.opening``. A list speaks by its loudest, as on its slide; what was lost is not there."""
        there = [title_finding(one) for one in judged if lost_among([one]) is None]
        self._shown(lambda: self.deck.opening(there, **more), more, id="opening")

    def _made(self, function: Callable[..., _Made], frames: Sequence[Any], more: Mapping[str, Any]) -> _Made:
        """What the function returns; under an unattended run, where it fails or is handed what is lost,
        ``Lost``."""
        if (lost := lost_among(frames, more)) is not None:
            return lost  # type: ignore[return-value]
        try:
            return supplied(function, frames, more, self.known)
        except Exception as error:  # noqa: BLE001 - raised again where somebody looks
            return _lost(error, function)  # type: ignore[return-value]

    def _shown(
        self, show: Callable[[], None], *given: object, id: str | None, by: Callable[..., Any] | None = None
    ) -> None:
        """Shows a part of the deck; what of it was lost on the way here, or fails now, is shown as lost."""
        if (lost := lost_among(given)) is None:
            try:
                return show()
            except Exception as error:  # noqa: BLE001 - as above
                lost = _lost(error, by)
        findings = [finding for finding in _flat(given[:1]) if isinstance(finding, Finding)]
        return self.deck.lose(findings, lost.why, id)

    def appendix(self) -> None:
        """Slides after this call stand in the appendix."""
        self.deck.appendix()

    def close(self) -> None:
        """Says what was there, what was missing and which thresholds judged; writes the results."""
        self.deck.close()


def _flat(judged: Sequence[Any]) -> list[Any]:
    """Findings one by one, of which some come in lists."""
    every = [one if isinstance(one, (list, tuple)) else [one] for one in judged]
    return [finding for some in every for finding in some]


def _lost(error: Exception, function: Callable[..., Any] | None) -> Lost:
    """What stands for the result of a function that failed; raised again where somebody looks, or where it is
    the system that refused."""
    if isinstance(error, OSError) or not unattended():
        raise error
    traceback.print_exception(error)
    return Lost(reason(error, function))


def told(findings: Finding | Sequence[Finding]) -> dict[str, Any]:
    """What a slide's findings tell the chart below them, by the names that charts have for it."""
    finding = title_finding(findings)
    return {
        **finding.details,
        "loud": loud(findings),
        "value": finding.value,
        "subject": finding.subject,
        "alarm_after_days": finding.threshold,
    }


def open_review(
    notebook: str,
    data: str | Path | None = None,
    *,
    results: str | Path | None = None,
    previous: str | Path | None = None,
    **asked: Any,
) -> Review:
    """Load the data, fix the instant and the window, open the deck of the named notebook.

    ``data`` None: the place that the environment variable VMO_DATA names, else the sample of this checkout.
    ``asked`` are the other parameters of a review, each as ``request.asked`` defines it and ``settle`` takes
    it. ``results``: the folder for figures, findings and tables. ``previous``: the folder of the review
    before. Raises InputProblems for data that cannot be used, ValueError for a parameter that cannot be,
    TypeError for one that is none.
    """
    request = Request.of(place(data), **asked)
    settled = settle(request, sources.load(request.data, request.config, request.lenient))
    portfolio, window, limits = prepared.known(settled), settled.window, settled.thresholds
    deck = Deck(
        notebook, portfolio, window, limits, streams=request.streams, results=results, previous=previous
    )
    return Review(portfolio, window, limits, deck, notebook, settled)


def _in_full(opens: Callable[..., Review]) -> inspect.Signature:
    """Its parameters with those of a review by their names, as JupyterLab shows them."""
    own = inspect.signature(opens)
    asked = [
        inspect.Parameter(one.name, inspect.Parameter.KEYWORD_ONLY, default=one.default)
        for one in fields(Request)
        if one.name != "data"
    ]
    named = [one for one in own.parameters.values() if one.kind is not inspect.Parameter.VAR_KEYWORD]
    return own.replace(parameters=[*named, *asked])


open_review.__signature__ = _in_full(open_review)  # type: ignore[attr-defined]


def place(data: str | Path | None) -> str:
    """Where the data are: as given, else as VMO_DATA says (``make lab DATA=…`` sets it), else the sample."""
    return str(data or os.environ.get("VMO_DATA") or SAMPLE)
