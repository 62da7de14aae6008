"""Where rows stand: names left of the marks where there is room, above them on a telephone.

Rows stand on a pixel scale, so that bars, dots, intervals and words of one row meet exactly, and the height
follows the number of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Self

import altair as alt
import numpy as np
import numpy.typing as npt
import pandas as pd

from vmo_helpers.charts.canvas import narrow, said, text_px
from vmo_helpers.charts.tones import HEAD, axis_words

MOST_ROWS = 14
SIGN = 20
"""Pixels that a sign takes at the right edge."""
LEAST_PLOT = 240.0
"""Pixels that the marks need beside their names."""
_WIDEST_LABEL = 290.0


@dataclass(frozen=True)
class Layout:
    """Rows of a chart, laid out: ``frame`` has row (its centre, in pixels), label, note, brief, reach (0–1)
    and tone."""

    frame: pd.DataFrame
    domain: tuple[float, float]
    step: int
    gutter: float
    margin: float
    pad: float
    notes: Literal["after", "column"]
    left_out: int
    top: float
    below: float

    @classmethod
    def of(
        cls,
        frame: pd.DataFrame,
        labels: Any,
        notes: list[str],
        briefs: list[str] | None,
        reach: pd.Series | npt.NDArray[np.float64],
        domain: tuple[float, float],
        *,
        step: int = 38,
        pad: float = 0,
        column: bool = False,
        most: int = MOST_ROWS,
        total: int | None = None,
        top: float = 0,
        below: float = 4,
    ) -> Self:
        """Lay out the first ``most`` rows of a frame that the measure has sorted, of ``total`` (by default
        those of the frame).

        ``notes`` stand at the marks' ends (or, with ``column``, at the right edge), ``briefs`` on a narrow
        page; ``reach`` is the value where a row's mark ends. ``top`` pixels stay free above the rows; on a
        narrow page a row's mark stands ``below`` pixels under the row's middle, its name above it.
        """
        shown = frame.head(most).reset_index(drop=True)
        names = said(labels[: len(shown)], 60)
        notes, briefs = notes[: len(shown)], (briefs or notes)[: len(shown)]
        heads = (
            shown["tone"].eq(HEAD).to_numpy() if "tone" in shown.columns else np.zeros(len(shown), dtype=bool)
        )
        wide_label, wide_note = np.where(heads, 0, text_px(names)), text_px(notes)
        share = np.nan_to_num(
            (np.asarray(reach, dtype=float)[: len(shown)] - domain[0]) / (domain[1] - domain[0])
        )
        if "sign" in shown.columns:
            wide_note = wide_note + SIGN
        free = np.zeros(len(shown)) if column else (1 - share) * 240
        shown = shown.assign(
            row=top + (np.arange(len(shown)) + 0.5) * step,
            label=names,
            note=notes,
            brief=briefs,
            reach=np.round(share, 4),
            room=(text_px(briefs) + 12 + (SIGN if "sign" in shown.columns else 0)).round(),
        )
        if "tone" not in shown.columns:
            shown["tone"] = "plain"
        return cls(
            shown,
            domain,
            step,
            float(min(wide_label.max(), _WIDEST_LABEL) + 16),
            float(max(16.0, (wide_note - free).max() + 20)),
            pad,
            "column" if column else "after",
            (total or len(frame)) - len(shown),
            top,
            below,
        )

    @property
    def height(self) -> float:
        """Height of all rows, in pixels."""
        return self.top + len(self.frame) * self.step + (22 if self.left_out else 0)

    @property
    def scale(self) -> alt.Scale:
        """The one scale of all marks: it leaves room for names and notes where the page is wide."""
        pad = self.pad
        return alt.Scale(
            domain=list(self.domain),
            nice=False,
            zero=False,
            range=[
                self.pick(f"{pad:.0f}", f"{self.gutter + pad:.0f}"),
                self.pick(f"width - {pad:.0f}", f"width - {self.margin + pad:.0f}"),
            ],
        )

    def x(
        self, field: str, title: str, unit: str = "count", currency: str = "", *, grid: bool = False
    ) -> alt.X:
        """The x encoding of a field on the shared scale, with ticks that thin out and the unit in the
        title."""
        words, money = axis_words(unit, max(abs(end) for end in self.domain), currency)
        whole: dict[str, Any] = {"tickMinStep": 1} if unit == "count" else {}
        axis = alt.Axis(
            title=f"{title} ({money})" if money else title,
            labelExpr=words,
            grid=grid,
            titleAnchor="start",
            titlePadding=8,
            offset=4,
            labelFlush=False,
            tickCount=self.pick("3", "5"),
            titleX=self.pick("0", f"{self.gutter + self.pad:.0f}"),
            titleAlign="left",
            **whole,
        )
        return alt.X(f"{field}:Q", scale=self.scale, axis=axis)

    @property
    def y(self) -> alt.Y:
        """The y encoding of the rows' centres."""
        return alt.Y(
            "row:Q",
            axis=None,
            scale=alt.Scale(domain=[0, self.height], range=[0, self.height], nice=False, zero=False),
        )

    @property
    def base(self) -> alt.Chart:
        """A chart of the rows."""
        return alt.Chart(self.frame)

    @property
    def when(self) -> str:
        """True where names beside the marks would leave the marks too little room."""
        return f"width < {max(440.0, self.gutter + self.margin + LEAST_PLOT):.0f}"

    def pick(self, then: str | float, otherwise: str | float) -> alt.ExprRef:
        """One of two Vega expressions, by whether names stand above the marks or beside them."""
        return narrow(then, otherwise, self.when)

    @property
    def drop(self) -> alt.ExprRef:
        """How far below a row's centre its mark stands: below its name on a narrow page."""
        return self.pick(f"{self.below:.0f}", "0")

    @property
    def lift(self) -> alt.ExprRef:
        """How far above a row's centre its name stands on a narrow page."""
        return self.pick(f"{8 - self.step / 2:.0f}", "0")
