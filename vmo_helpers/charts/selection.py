"""What can be selected in a chart on the screen: an interval by a brush, marks by a click."""

from __future__ import annotations

from typing import Any

import altair as alt

from vmo_helpers.charts import theme

PICKED = "picked"
"""The name of the selection that filters the rows."""


def brushed(spec: dict[str, Any], layer: str, channels: list[str]) -> dict[str, Any]:
    """The specification with a brush over the named layer; its selection filters the rows."""
    shade = alt.BrushConfig(fill=theme.ACCENT, fillOpacity=0.08)
    brush = alt.selection_interval(name=PICKED, encodings=channels, mark=shade)  # type: ignore[arg-type]
    return _with(spec, brush, layer)


def clickable(spec: dict[str, Any], mark: str, fields: list[str]) -> dict[str, Any]:
    """The specification in which the marks of the first layer of a kind can be clicked (with Shift, several);
    the others pale."""
    click = alt.selection_point(name=PICKED, fields=fields)
    place, layer = next(
        (place, layer) for place, layer in enumerate(spec["layer"]) if layer["mark"]["type"] == mark
    )
    picked = {"condition": {"param": PICKED, "value": 1}, "value": 0.35}
    rim = {"condition": {"param": PICKED, "empty": False, "value": theme.INK}, "value": None}
    chosen = {
        **layer,
        "name": "choices",
        "encoding": {**layer["encoding"], "opacity": picked, "stroke": rim},
        "mark": {**layer["mark"], "cursor": "pointer"},
    }
    layers = [*spec["layer"][:place], chosen, *spec["layer"][place + 1 :]]
    return _with({**spec, "layer": layers}, click, "choices")


def _with(spec: dict[str, Any], selection: alt.Parameter, layer: str) -> dict[str, Any]:
    made: dict[str, Any] = selection.param.to_dict(validate=False)  # type: ignore[union-attr]
    return {**spec, "params": [*spec.get("params", []), {**made, "views": [layer]}]}
