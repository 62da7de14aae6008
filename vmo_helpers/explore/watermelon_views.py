"""The matrix of outside × inside, of what was chosen; a click on a cell leaves its items."""

from __future__ import annotations

from typing import Any

import pandas as pd

from vmo_helpers import charts, findings, measures
from vmo_helpers.charts.selection import PICKED, clickable
from vmo_helpers.deck.specs import spec_of
from vmo_helpers.explore.scene import Scene
from vmo_helpers.explore.view import Rows, Selection, View, points, said
from vmo_helpers.measures.status import BAD_ROW
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import Outside

_SHOWN = ["item_id", "title", "reported", "label", "attainment", "p_value", "money"]
_GOOD_ROWS = [str(Outside.GREEN), str(Outside.NOT_REPORTED)]


def matrix(scene: Scene) -> View:
    """Reported against inside; the watermelons first among the rows."""
    limits, level = scene.limits, scene.level
    items = scene.statuses
    flags = findings.watermelon.watermelons(scene.portfolio, items, scene.tested, scene.inside, limits, level)
    sentence, severity = said(flags)
    cells = measures.status.matrix(items)
    chart = charts.watermelon.outside_inside(
        cells, alt=sentence, currency=scene.currency, unit=wording.plural(level)
    )
    row = items["outside"].where(items["outside"].isin(_GOOD_ROWS), BAD_ROW)
    order = items.assign(_row=row).sort_values(["suspicion", "money"], ascending=False, kind="stable")
    spec = spec_of(chart)
    spec = clickable(spec, "rect", ["tip0", "tip1"]) if len(items) else spec
    meant = _meant(spec, cells) if len(items) else {}

    def pick(selection: Selection) -> Rows:
        chosen = [meant[one["tip0"], one["tip1"]] for one in points(selection.get(PICKED, {}))]
        inside = pd.MultiIndex.from_frame(order[["_row", "inside"]]).isin([key for key, _ in chosen])
        return Rows(order.loc[inside, _SHOWN], wording.listed([words for _, words in chosen]))

    note = "What was reported, against what customers and the business show. Click a cell for its items."
    return View(sentence, severity, note, spec, order[_SHOWN], level, pick, wide=True)


def _meant(spec: dict[str, Any], cells: pd.DataFrame) -> dict[tuple[str, str], tuple[tuple[str, str], str]]:
    """What the chart's words of a cell stand for: its outside and inside, and how to say them. The chart
    draws the rows in which something stands, in the order of the frame."""
    layer = next(layer for layer in spec["layer"] if layer.get("name") == "choices")
    drawn = spec["datasets"][layer["data"]["name"]]
    there = cells.groupby("outside")["items"].transform("sum").gt(0)
    keys = list(zip(cells.loc[there, "outside"], cells.loc[there, "inside"], strict=True))
    return {
        (one["tip0"], one["tip1"]): (
            key,
            f"reported {one['tip0']}, {one['tip1']}"
            if key[0] != Outside.NOT_REPORTED
            else f"not reported, {one['tip1']}",
        )
        for one, key in zip(drawn, keys, strict=True)
    }
