"""Charts of labelled rows: the words and marks of rows that are laid out; no name is ever turned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from vmo_helpers.charts import theme
from vmo_helpers.charts.canvas import SIZE, haloed, said_of
from vmo_helpers.charts.keys import Entry, key
from vmo_helpers.charts.layout import LEAST_PLOT, SIGN, Layout
from vmo_helpers.charts.tones import HEAD, text_tone, tone

_BAR = 20


@dataclass(frozen=True)
class Rows(Layout):
    """Rows with all that is drawn in them."""

    def key(self, entries: Sequence[Entry]) -> list[alt.Chart]:
        """The chart's key above its rows; ``top`` must hold ``key_height``."""
        return key(entries, left=self.gutter + self.pad, room=self.margin + LEAST_PLOT, when=self.when)

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
            edge = alt.ExprRef(f"width - {SIGN if signed else 0}")
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
                x=alt.ExprRef(f"width - {SIGN / 2 - 2:.0f}"),
                yOffset=self.lift,
            )
            layers.append(signs.encode(self.y, text=alt.Text("sign:N"), color=text_tone()))
        if self.left_out:
            rest = pd.DataFrame(
                {
                    "row": [self.height - 8],
                    "text": [said_of(len(self.frame), len(self.frame) + self.left_out)],
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

    def breaks(self, value: float, where: str) -> alt.Chart:
        """A gap in the bars of the rows ``where`` an expression holds: they go on beyond what is drawn."""
        cut = self.base.transform_filter(where).mark_text(
            text="//", color=theme.PAPER, fontSize=16, fontWeight=700, yOffset=self.drop, aria=False
        )
        drawn: alt.Chart = cut.encode(alt.XDatum(value, scale=self.scale), self.y)
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
