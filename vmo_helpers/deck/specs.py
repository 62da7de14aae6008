"""A chart as a specification that is the same from run to run and can neither fetch nor lead anywhere."""

from __future__ import annotations

import hashlib
import json
import math
import re
from typing import Any

import altair as alt
import pandas as pd

from vmo_helpers.style.wording import plain

# Altair numbers views and parameters over the whole process; a page's bytes must not depend on what was drawn
# before.
_COUNTED = re.compile(r"\b(view|param)_(\d+)\b")
_ESCAPED_CONTROL = re.compile(r"(?<!\\)((?:\\\\)*)\\u00([01][0-9a-f])")
_LEADS_AWAY = ("href", "url")


def spec_of(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """The Vega-Lite specification of a chart; ValueError when it lacks an alt text or would load something.

    Links are taken out (a ``javascript:`` address in the data must not run), names that Altair counts are
    counted anew, control characters in the data become visible.
    """
    rows = _Rows()
    with alt.data_transformers.enable(rows.register()):
        raw: dict[str, Any] = chart.to_dict(validate=False)
    if not str(raw.get("description", "")).split():
        raise ValueError("a chart needs an alt text: wrap it in theme.describe(chart, alt)")
    datasets = {**raw.pop("datasets", {}), **rows.datasets}
    names: dict[str, str] = {}
    seen = {"view": 0, "param": 0}

    def renamed(match: re.Match[str]) -> str:
        kind = match[1]
        if match[0] not in names:
            seen[kind] += 1
            names[match[0]] = f"{kind}_{seen[kind]}"
        return names[match[0]]

    spec: dict[str, Any] = _read(_COUNTED.sub(renamed, _written(_without_links(raw))))
    if spec.get("width") == "container" and spec.get("height") != "container":
        spec.setdefault(
            "autosize", {"type": "fit-x", "contains": "padding"}
        )  # the default also fits heights, and complains
    if datasets:
        spec["datasets"] = _read(_written(datasets))
    return spec


class _Rows:
    """The rows of one chart's frames, each frame written once however many of the chart's layers draw it.

    Altair's own way cleans and writes a frame anew for every layer, which was a third of the time of a whole
    deck.
    """

    def __init__(self) -> None:
        self.datasets: dict[str, list[dict[str, Any]]] = {}
        self._names: dict[int, str] = {}  # by identity: the chart holds its frames while it is written

    def register(self) -> str:
        """Make these rows what Altair asks for a frame's data; returns the name to enable."""
        alt.data_transformers.register("vmo", self._named)
        return "vmo"

    def _named(self, data: Any) -> Any:
        if not isinstance(data, pd.DataFrame):
            return data if isinstance(data, dict) else alt.to_values(data)
        if id(data) not in self._names:
            records = _records(data)
            digest = hashlib.sha256(_written(records).encode()).hexdigest()[:32]
            self._names[id(data)] = f"data-{digest}"
            self.datasets[f"data-{digest}"] = records
        return {"name": self._names[id(data)]}


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """One mapping a row, values as JSON has them: what is not known and what is not finite is null, an
    instant ISO 8601."""
    names = [str(name) for name in frame.columns]
    columns = [_values(frame.iloc[:, place]) for place in range(len(names))]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _values(column: pd.Series) -> list[Any]:
    kind = column.dtype
    if kind.kind == "f" or kind.kind in "iub":
        values = column.tolist()
        return (
            [value if value is not None and math.isfinite(value) else None for value in values]
            if kind.kind == "f"
            else values
        )
    if kind.kind == "M":
        return [None if value is pd.NaT else value.isoformat() for value in column]
    known = column.notna().to_numpy()
    values = column.tolist()
    return (
        values
        if known.all()
        else [value if there else None for value, there in zip(values, known, strict=True)]
    )


def alt_text(spec: dict[str, Any]) -> str:
    """The chart's takeaway for who cannot see it."""
    return plain(str(spec["description"]))


def _without_links(part: Any) -> Any:
    if isinstance(part, dict):
        if isinstance(part.get("data"), dict) and "url" in part["data"]:
            raise ValueError(
                "a chart must carry its data; an address to load them from cannot work without a network"
            )
        return {key: _without_links(value) for key, value in part.items() if key not in _LEADS_AWAY}
    if isinstance(part, list):
        return [_without_links(value) for value in part]
    return part


def _written(part: Any) -> str:
    text = json.dumps(part, ensure_ascii=False, default=str)
    if text.isascii() and "\\u00" not in text:
        return text
    # JSON writes control characters below 0x20 as an escape; the others stand as they are.
    return plain(_ESCAPED_CONTROL.sub(lambda match: match[1] + plain(chr(int(match[2], 16))), text))


def _read(text: str) -> Any:
    return json.loads(text, parse_constant=_nothing)


def _nothing(_: str) -> None:
    """NaN and infinities have no place in JSON: a point that is not known is not drawn."""
