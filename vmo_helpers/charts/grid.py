"""Grids of cells: a table that is read at a glance, each cell with its words, colour beside them."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np
import pandas as pd

from vmo_helpers.charts import theme
from vmo_helpers.charts.canvas import SIZE, haloed, said, text_px
from vmo_helpers.charts.rows import Rows
from vmo_helpers.style import wording

_LEADING = 15
NAME = 20  # pixels that a row's name takes above its cells on a narrow page


@dataclass(frozen=True)
class Grid:
    """Rows of cells side by side: ``rows`` lays out names and heights, ``columns`` are the words above."""

    rows: Rows
    columns: tuple[str, ...]
    briefs: tuple[str, ...]

    @classmethod
    def of(
        cls,
        labels: object,
        columns: Sequence[str],
        briefs: Sequence[str] | None = None,
        *,
        notes: list[str] | None = None,
        note_briefs: list[str] | None = None,
        tones: Sequence[str] | None = None,
        step: int = 34,
        most: int = 16,
        total: int | None = None,
    ) -> Grid:
        """A grid of so many equal columns, with a name and, at the right, an optional note a row."""
        names = said(labels)
        frame = pd.DataFrame({"tone": list(tones) if tones is not None else ["plain"] * len(names)})
        words = notes or [""] * len(names)
        rows = Rows.of(
            frame,
            names,
            words,
            note_briefs,
            np.zeros(len(names)),
            (0.0, float(len(columns))),
            step=step,
            column=True,
            most=most,
            total=total,
            top=_head(columns),
        )
        return cls(rows, tuple(columns), tuple(briefs or columns))

    @property
    def height(self) -> float:
        """Height of the grid, in pixels."""
        return self.rows.height

    def x(self, field: str) -> alt.X:
        """The x encoding of a place in the grid: cell n lies from n to n + 1."""
        return alt.X(f"{field}:Q", scale=self.rows.scale, axis=None)

    def cells(self, frame: pd.DataFrame, *, tooltip: list[alt.Tooltip], gap: float = 3) -> alt.Chart:
        """Rectangles of a frame with row and column (places from 0) and colour; below the row's name on a
        narrow page."""
        step = self.rows.step
        marks = alt.Chart(self.placed(frame)).mark_rect(
            y=alt.ExprRef(f"datum.centre + ({self.rows.when} ? {NAME - step / 2:.1f} : {2 - step / 2:.1f})"),
            y2=alt.ExprRef(f"datum.centre + {step / 2 - 2:.1f}"),
            xOffset=gap / 2,
            x2Offset=-gap / 2,
            aria=False,
        )
        drawn: alt.Chart = marks.encode(
            self.x("left"), alt.X2("right"), color=alt.Color("colour:N", scale=None), tooltip=tooltip
        )
        return drawn

    def words(
        self, frame: pd.DataFrame, *, size: int = SIZE, small: int = 11, shift: float = 0, bold: bool = False
    ) -> alt.Chart:
        """Words in the middle of cells of a frame with row, column, text, brief and ink, ``shift`` pixels
        below the middle."""
        half = NAME / 2 - 1
        marks = alt.Chart(self.placed(frame)).mark_text(
            baseline="middle",
            y=alt.ExprRef(f"datum.centre + {shift} + ({self.rows.when} ? {half} : 0)"),
            text=self.rows.pick("datum.brief", "datum.text"),
            fontSize=self.rows.pick(small, size),
            fontWeight="bold" if bold else "normal",
            aria=False,
        )
        drawn: alt.Chart = marks.encode(self.x("middle"), color=alt.Color("ink:N", scale=None))
        return drawn

    def placed(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame with the pixels of its rows and the edges of its columns; rows that are not shown are
        dropped."""
        left = frame["column"].astype(float)
        width = frame["width"] if "width" in frame.columns else 1.0
        placed = frame.assign(
            centre=frame["row"].map(self.rows.frame["row"]), left=left, right=left + width, middle=left + 0.5
        )
        return placed[placed["centre"].notna()].drop(columns=["row", "column"])

    def header(self, pad: alt.ExprRef | None = None) -> alt.Chart:
        """The words above the columns: broken into lines, or the shorter ones on a narrow page; ``pad``
        aligns them left."""
        wrapped = ["\n".join(lines) for lines in _wrapped(self.columns, _letters(len(self.columns)))]
        frame = pd.DataFrame(
            {
                "text": wrapped,
                "brief": self.briefs,
                "at": np.arange(len(self.columns)) + (0.0 if pad else 0.5),
            }
        )
        words = alt.Chart(frame).mark_text(
            align="left" if pad else "center",
            xOffset=pad or 0,
            baseline="line-bottom",
            y=alt.ExprRef(
                f"{self.rows.top - 6} - ({self.rows.when} ? 0 : (length(split(datum.text, '\\n')) - 1) * "
                f"{_LEADING})"
            ),
            text=self.rows.pick("datum.brief", "datum.text"),
            fontSize=self.rows.pick("10.5", "12"),
            lineBreak="\n",
            lineHeight=_LEADING,
            color=theme.MUTED,
        )
        drawn: alt.Chart = words.encode(self.x("at"))
        return drawn

    def stairs(self) -> list[alt.Chart]:
        """As ``header``, but on a narrow page the words stand in up to three lines by turns, each with a line
        down to its column: so each has the room of three columns. Their width is ``stair_letters``."""
        steps, count = _steps(self.columns), len(self.columns)
        place = np.arange(count)
        frame = pd.DataFrame(
            {
                "brief": self.briefs,
                "at": place + 0.5,
                "middle": ((place + 0.5) / count).round(4),
                "level": self.rows.top - 6 - (steps - 1 - place % steps) * _LEADING,
                "half": (text_px(list(self.briefs), 10.5) / 2).round(1),
            }
        )
        base, middle, level = alt.Chart(frame), "datum.middle * width", alt.ExprRef("datum.level")
        lines = base.mark_rule(
            strokeDash=[1, 0], y=level, y2=round(self.rows.top), opacity=self.rows.pick("1", "0"), aria=False
        ).encode(self.x("at"), color=alt.ColorValue(theme.FAINT))
        words = base.mark_text(
            baseline="line-bottom",
            x=alt.ExprRef(f"clamp({middle}, datum.half, width - datum.half)"),
            y=level,
            text=self.rows.pick("datum.brief", "''"),
            fontSize=10.5,
        ).encode(color=alt.ColorValue(theme.MUTED))
        wide = self.header()
        wide.data = wide.data.assign(brief="")
        return [lines, *haloed(words), wide]


def stair_letters(columns: Sequence[str]) -> int:
    """Letters that a column's words may have in ``Grid.stairs`` on a page 350 pixels wide."""
    return max(5, round(_steps(columns) * 350 / max(len(columns), 1) / 6.2))


def _steps(columns: Sequence[str]) -> int:
    return max(len(lines) for lines in _wrapped(columns, _letters(len(columns))))


def _letters(columns: int) -> int:
    """Letters of a header's line: a wide page gives each column its part of about 600 pixels."""
    return max(7, round(600 / max(columns, 1) / 6.6))


def _head(columns: Sequence[str]) -> float:
    """Pixels that the words above the columns take."""
    if not any(columns):
        return 4.0
    return max(len(lines) for lines in _wrapped(columns, _letters(len(columns)))) * _LEADING + 10.0


def _wrapped(words: Sequence[str], letters: int) -> list[list[str]]:
    """Each text in at most three lines of so many letters."""
    return [
        [
            wording.clipped(line, letters)
            for line in textwrap.wrap(text, letters, max_lines=3, placeholder="…")
        ]
        or [""]
        for text in words
    ]
