"""Colours of marks and words by the tone of their row, and how an axis says its unit."""

from __future__ import annotations

import altair as alt

from vmo_helpers.charts import theme

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
