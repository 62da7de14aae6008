"""Upright reference lines with their words above the plot, one line of text each, so that no word covers a
mark."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from vmo_helpers.charts import theme
from vmo_helpers.charts.canvas import haloed, text_px
from vmo_helpers.style import wording

_PALER = alt.ColorValue(theme.MUTED, condition=[{"test": "datum.pale", "value": theme.FAINT}])

LINE = 18  # pixels of one line of words


def percentile_words(
    quantile: float, length: float, *, before: bool = False, day_unit: str = "days"
) -> tuple[str, str]:
    """A percentile as a sentence and, for a narrow page, as a tag: "85 % took less than 148 days", "85 %: 148
    days".

    ``before``: that of the window before, "85 % in the window before: 130 days", "before: 130 days".
    """
    share = "half" if abs(quantile - 0.5) < 1e-9 else wording.percent(quantile)
    took = wording.days(length, day_unit)
    if before:
        return f"{share} in the window before: {took}", f"before: {took}"
    return f"{share} took less than {took}", f"{share}: {took}"


def uprights(
    texts: Sequence[str],
    briefs: Sequence[str],
    values: Sequence[float],
    domain: Sequence[float],
    *,
    x: alt.X,
    bottom: float,
    left: float = 0,
    right: float = 0,
    pad: float = 0,
    tight: float | None = None,
    top: float = 0,
    when: str = theme.NARROW,
    pale: Sequence[bool] | None = None,
) -> tuple[list[alt.Chart], float]:
    """Upright lines at values of the encoding ``x`` (of the field ``value``), and how high their words above
    the plot are.

    The plot of ``x`` and ``domain`` lies between ``left`` and ``right`` pixels of its edges, ``pad`` pixels
    on a narrow page (``tight`` pixels at the right, where they are others). Each line's words stand in a row
    of their own, the leftmost line's highest, on the side where there is room, beginning ``top`` pixels from
    the top. ``pale``: those of the window before.
    """
    if not len(texts):
        return [], 0.0
    place = (np.asarray(values, dtype=float) - domain[0]) / (domain[1] - domain[0])
    order = np.argsort(np.argsort(place, kind="stable"), kind="stable")
    frame = pd.DataFrame(
        {
            "text": list(texts),
            "brief": list(briefs),
            "value": np.round(values, 4),
            "share": place.round(4),
            "at": top + order * LINE + LINE / 2,
            "from": top + order * LINE + LINE - 2.0,
            "need": text_px(list(texts)).round(),
            "tight": text_px(list(briefs)).round(),
            "pale": [False] * len(texts) if pale is None else list(pale),
        }
    )
    at = f"({_x(left, right, pad, when, 2 * pad if tight is None else pad + tight)})"
    need = f"({when} ? datum.tight : datum.need)"
    room = f"(width - {at} >= {need} + 12)"
    base = alt.Chart(frame)
    rules = base.mark_rule(y=alt.ExprRef("datum.from"), y2=bottom, aria=False).encode(x, color=_PALER)
    words = base.mark_text(
        color=theme.MUTED,
        align=alt.ExprRef(f"{room} ? 'left' : 'right'"),
        baseline="middle",
        x=alt.ExprRef(f"{room} ? {at} + 6 : max({at} - 6, min(width, {need}))"),
        y=alt.ExprRef("datum.at"),
        text=alt.ExprRef(f"{when} ? datum.brief : datum.text"),
    )
    return [rules, *haloed(words)], len(texts) * LINE + 4.0


def _x(left: float, right: float, pad: float, when: str, taken: float) -> str:
    wide = f"{left:.0f} + datum.share * (width - {left + right:.0f})"
    return f"{when} ? {pad:.0f} + datum.share * (width - {taken:.0f}) : {wide}"
