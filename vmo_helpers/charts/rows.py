"""Charts of labelled rows: the names left of the marks where there is room, above them on a telephone; no
name is ever turned.

Rows stand on a pixel scale, so that bars, dots, intervals and words of one row meet exactly, and the height
follows the number of rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt
import numpy as np
import numpy.typing as npt
import pandas as pd

from vmo_helpers.charts import theme
from vmo_helpers.charts.canvas import SIZE, haloed, narrow, said, text_px
from vmo_helpers.charts.keys import Entry, key
from vmo_helpers.style import wording

MOST_ROWS = 14
_WIDEST_LABEL = 290.0
_SIGN = 20
_LEAST_PLOT = 240.0  # pixels that the marks need beside their names
_BAR = 20
HEAD = "head"
"""The tone of a row that is a heading."""
_TONES = {
    "alarm": theme.ALARM,
    "amber": theme.AMBER,
    "accent": theme.ACCENT,
    "good": theme.GOOD,
    "strong": theme.GREY,
    "plain": theme.FAINT,
}
_TEXT_TONES = {
    "alarm": theme.ALARM_TEXT,
    "amber": theme.AMBER_TEXT,
    "accent": theme.ACCENT,
    "good": theme.GOOD_TEXT,
}
_UNITS = {
    "days": "format(datum.value, ',.3~f')",
    "count": "format(datum.value, ',.3~f')",
    "share": "format(datum.value * 100, ',.1~f') + ' %'",
    "points": "datum.value === 0 ? '0' : format(datum.value * 100, '+,.3~f')",
    "signed": "datum.value === 0 ? '0' : format(datum.value, '+,.3~f')",
}


def tone(plain: str) -> alt.ColorValue:
    """The colour of a mark by its row's ``tone`` (alarm, amber, accent, good, strong, plain); ``plain`` is
    the colour of the rest."""
    return alt.ColorValue(
        plain,
        condition=[
            {"test": f"datum.tone === '{word}'", "value": colour}
            for word, colour in _TONES.items()
            if word != "plain"
        ],
    )


def text_tone(plain: str = theme.INK) -> alt.ColorValue:
    """As ``tone``, in the shades that are dark enough for text."""
    return alt.ColorValue(
        plain,
        condition=[
            {"test": f"datum.tone === '{word}'", "value": colour} for word, colour in _TEXT_TONES.items()
        ],
    )


def axis_words(unit: str, largest: float, currency: str = "") -> tuple[str, str]:
    """The label expression of an axis in ``unit`` and what its title says the unit is."""
    if unit != "money":
        return _UNITS[unit], ""
    scale, name = next(
        ((s, n) for s, n in ((1e9, "bn"), (1e6, "M"), (1e3, "k")) if abs(largest) >= s), (1.0, "")
    )
    return f"format(datum.value / {scale:.0f}, ',.3~f')", f"{currency} {name}".strip()


@dataclass(frozen=True)
class Rows:
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
        labels: object,
        notes: list[str],
        briefs: list[str] | None,
        reach: pd.Series | npt.NDArray[np.float64],
        domain: tuple[float, float],
        *,
        step: int = 38,
        pad: float = 0,
        column: bool = False,
        most: int = MOST_ROWS,
        top: float = 0,
        below: float = 4,
    ) -> Rows:
        """Lay out the first ``most`` rows of a frame that the measure has sorted.

        ``notes`` stand at the marks' ends (or, with ``column``, at the right edge), ``briefs`` on a narrow
        page; ``reach`` is the value where a row's mark ends. ``top`` pixels stay free above the rows; on a
        narrow page a row's mark stands ``below`` pixels under the row's middle, its name above it.
        """
        shown = frame.head(most).reset_index(drop=True)
        names = said(labels, 60)[: len(shown)]
        notes, briefs = notes[: len(shown)], (briefs or notes)[: len(shown)]
        heads = (
            shown["tone"].eq(HEAD).to_numpy() if "tone" in shown.columns else np.zeros(len(shown), dtype=bool)
        )
        wide_label, wide_note = np.where(heads, 0, text_px(names)), text_px(notes)
        share = np.nan_to_num(
            (np.asarray(reach, dtype=float)[: len(shown)] - domain[0]) / (domain[1] - domain[0])
        )
        if "sign" in shown.columns:
            wide_note = wide_note + _SIGN
        free = np.zeros(len(shown)) if column else (1 - share) * 240
        shown = shown.assign(
            row=top + (np.arange(len(shown)) + 0.5) * step,
            label=names,
            note=notes,
            brief=briefs,
            reach=np.round(share, 4),
            room=(text_px(briefs) + 12 + (_SIGN if "sign" in shown.columns else 0)).round(),
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
            len(frame) - len(shown),
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
        return f"width < {max(440.0, self.gutter + self.margin + _LEAST_PLOT):.0f}"

    def pick(self, then: str | float, otherwise: str | float) -> alt.ExprRef:
        """One of two Vega expressions, by whether names stand above the marks or beside them."""
        return narrow(then, otherwise, self.when)

    def key(self, entries: Sequence[Entry]) -> list[alt.Chart]:
        """The chart's key above its rows; ``top`` must hold ``key_height``."""
        return key(entries, left=self.gutter + self.pad, room=self.margin + _LEAST_PLOT, when=self.when)

    @property
    def drop(self) -> alt.ExprRef:
        """How far below a row's centre its mark stands: below its name on a narrow page."""
        return self.pick(f"{self.below:.0f}", "0")

    @property
    def lift(self) -> alt.ExprRef:
        """How far above a row's centre its name stands on a narrow page."""
        return self.pick(f"{8 - self.step / 2:.0f}", "0")

    def words(self, *, halo: bool = False) -> list[alt.Chart]:
        """Names, notes and signs (``sign``) of the rows, how many rows were left out; with a ``halo`` where
        lines pass behind."""
        above = f"({self.when} || datum.tone === '{HEAD}')"  # a heading spans its line
        labels = self.base.mark_text(
            align=alt.ExprRef(f"{above} ? 'left' : 'right'"),
            baseline="middle",
            x=alt.ExprRef(f"{above} ? 0 : {self.gutter - 14:.0f}"),
            yOffset=self.lift,
            limit=alt.ExprRef(f"{above} ? width - datum.room : {self.gutter - 15:.0f}"),
            fontSize=SIZE,
            fontWeight=alt.ExprRef(f"datum.tone === '{HEAD}' ? 600 : 400"),
        ).encode(self.y, text=alt.Text("label:N"))
        brief = self.pick("datum.brief", "datum.note")
        if self.notes == "column":
            signed = "sign" in self.frame.columns
            edge = alt.ExprRef(f"width - {_SIGN if signed else 0}")
            notes = self.base.mark_text(
                align="right", baseline="middle", x=edge, yOffset=self.lift, text=brief
            ).encode(self.y)
        else:
            # one text for both: at the right edge above the bar on a narrow page, else just behind the mark's
            # end
            left, taken = self.gutter + self.pad, self.gutter + self.margin + 2 * self.pad
            notes = self.base.mark_text(
                align=self.pick("'right'", "'left'"),
                baseline="middle",
                yOffset=self.lift,
                text=brief,
                x=self.pick("width", f"{left + 8:.0f} + datum.reach * (width - {taken:.0f})"),
            ).encode(self.y)
        layers = [labels, notes.encode(color=text_tone())]
        if (
            "sign" in self.frame.columns
        ):  # by itself: few fonts have these signs, and a fallback is to change no other letter
            signs = self.base.mark_text(
                align="center",
                baseline="middle",
                x=alt.ExprRef(f"width - {_SIGN / 2 - 2:.0f}"),
                yOffset=self.lift,
            )
            layers.append(signs.encode(self.y, text=alt.Text("sign:N"), color=text_tone()))
        if self.left_out:
            rest = pd.DataFrame(
                {
                    "row": [self.height - 8],
                    "text": [f"and {wording.number(self.left_out)} more, in the table"],
                }
            )
            layers.append(
                alt.Chart(rest)
                .mark_text(
                    align="left", baseline="middle", x=self.pick("0", f"{self.gutter:.0f}"), color=theme.MUTED
                )
                .encode(self.y, text=alt.Text("text:N"))
            )
        return [layer for words in layers for layer in haloed(words)] if halo else layers

    def bars(
        self,
        x: alt.X,
        x2: str | None = None,
        *,
        tooltip: list[alt.Tooltip],
        plain: str = theme.FAINT,
        size: int = _BAR,
    ) -> alt.Chart:
        """One bar a row, from zero (or from the field ``x2``), coloured by its tone."""
        end = alt.X2(x2) if x2 else alt.X2Datum(0)
        round_end = 0 if x2 else 2
        bars = self.base.mark_bar(
            orient="horizontal", size=self.pick("12", size), yOffset=self.drop, cornerRadiusEnd=round_end
        )
        drawn: alt.Chart = bars.encode(x, end, self.y, color=tone(plain), tooltip=tooltip)
        return drawn

    def ticks(self, x: alt.X, *, tooltip: list[alt.Tooltip]) -> alt.Chart:
        """An upright mark a row, for a limit or a target; rows without one have none."""
        field = str(x.shorthand).removesuffix(":Q")
        marks = self.base.transform_filter(f"isValid(datum.{field})").mark_tick(
            orient="vertical",
            thickness=2.5,
            size=self.pick("14", "30"),
            color=theme.INK,
            opacity=1,
            yOffset=self.drop,
        )
        drawn: alt.Chart = marks.encode(x, self.y, tooltip=tooltip)
        return drawn

    def dots(
        self,
        x: alt.X,
        *,
        tooltip: list[alt.Tooltip],
        plain: str = theme.GREY,
        size: int = 90,
        hollow: bool = False,
    ) -> alt.Chart:
        """One dot a row; hollow for what was planned or came before."""
        look: dict[str, Any] = {"fill": theme.PAPER, "strokeWidth": 2} if hollow else {}
        paint: dict[str, Any] = {"stroke" if hollow else "color": tone(plain)}
        dots = self.base.mark_point(filled=True, size=size, yOffset=self.drop, opacity=1, **look)
        drawn: alt.Chart = dots.encode(x, self.y, tooltip=tooltip, **paint)
        return drawn

    def spans(self, x: alt.X, x2: str, *, colour: str = theme.FAINT, width: float = 3) -> alt.Chart:
        """One line a row from the field of ``x`` to ``x2``: an interval, or what lies between two dots."""
        lines = self.base.mark_rule(
            strokeDash=[1, 0], strokeWidth=width, color=colour, yOffset=self.drop, strokeCap="round"
        )
        drawn: alt.Chart = lines.encode(x, alt.X2(x2), self.y)
        return drawn

    def floors(self) -> alt.Chart:
        """A hairline between the rows, so that a dot belongs to one row alone."""
        edges = pd.DataFrame({"row": self.frame["row"].iloc[1:] - self.step / 2})
        lines = alt.Chart(edges).mark_rule(color=theme.GRID, strokeDash=[1, 0], x=0, x2="width", aria=False)
        drawn: alt.Chart = lines.encode(self.y)
        return drawn

    def line(self, value: float, *, colour: str = theme.MUTED, dash: bool = True) -> alt.Chart:
        """A vertical reference line through all rows, at zero or at a limit."""
        frame = pd.DataFrame({"value": [value]})
        rule = alt.Chart(frame).mark_rule(
            color=colour,
            strokeDash=[4, 4] if dash else [1, 0],
            y=self.top,
            y2=self.top + len(self.frame) * self.step,
        )
        drawn: alt.Chart = rule.encode(alt.X("value:Q", scale=self.scale))
        return drawn
