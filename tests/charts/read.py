"""What a chart's specification says, read the way a reader of the chart would: its numbers, its words, its
parts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import vl_convert

Spec = dict[str, Any]
Case = tuple[Callable[..., Any], pd.DataFrame, dict[str, Any]]
"""A chart, a frame that it draws, and what else it is given."""


def spec_of(case: Case, frame: pd.DataFrame | None = None, **more: Any) -> Spec:
    """The specification of a case, or of its chart over another frame."""
    chart, own, given = case
    made: Spec = chart(own if frame is None else frame, **{**given, **more}).to_dict()
    return made


def layers(spec: Spec) -> Iterator[Spec]:
    """Every unit of a specification, with the rows that it draws under "rows"."""
    for layer in spec.get("layer", [spec]):
        if "layer" in layer:
            yield from layers({**layer, "datasets": spec.get("datasets", {})})
            continue
        data = layer.get("data", spec.get("data", {}))
        yield {**layer, "rows": spec.get("datasets", {}).get(data.get("name", ""), data.get("values", []))}


def of_type(spec: Spec, kind: str) -> list[Spec]:
    return [layer for layer in layers(spec) if layer["mark"]["type"] == kind]


def texts(spec: Spec) -> list[str]:
    """All words that stand in the data of text marks."""
    return [
        str(value)
        for layer in of_type(spec, "text")
        for row in layer["rows"]
        for value in row.values()
        if isinstance(value, str)
    ]


def values(spec: Spec, kind: str, field: str) -> list[Any]:
    """The values of a field in all layers of a mark type that draw it."""
    return [row[field] for layer in of_type(spec, kind) for row in layer["rows"] if field in row]


def walk(node: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield key, value
            yield from walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from walk(value)


def drawn(spec: Spec, width: int) -> str:
    """The chart as SVG at a width in pixels."""
    return str(vl_convert.vegalite_to_svg({**json.loads(json.dumps(spec)), "width": width}))
