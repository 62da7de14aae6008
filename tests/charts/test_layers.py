"""Layers that are put together without copies are those that Altair puts together with them."""

import altair as alt
import pandas as pd
import pytest

from vmo_helpers.charts.layers import layered

ROWS, OTHERS = pd.DataFrame({"x": [1, 2]}), pd.DataFrame({"x": [3]})
BARS = alt.Chart(ROWS).mark_bar().encode(alt.X("x:Q"))
WORDS = alt.Chart(ROWS).mark_text().encode(alt.X("x:Q"), text=alt.Text("x:Q"))
LINE = alt.Chart(OTHERS).mark_rule().encode(alt.X("x:Q"))
CHOSEN = alt.selection_point(name="chosen", fields=["x"])


@pytest.mark.parametrize(
    "layers",
    [
        [BARS, WORDS],
        [BARS, LINE],
        [BARS],
        [WORDS.add_params(CHOSEN), LINE],
        [BARS.properties(width=90), LINE],
        [alt.layer(BARS, WORDS), LINE],
    ],
    ids=["one frame", "two frames", "one layer", "a parameter", "a size", "layers in layers"],
)
def test_the_specification_is_altairs(layers: list[alt.Chart]) -> None:
    ours = layered(layers, height=80, description="a chart of two layers")
    assert ours.to_dict() == alt.LayerChart(layer=layers, height=80, description=ours.description).to_dict()


def test_a_layer_keeps_its_frame() -> None:
    layered([BARS, WORDS])
    assert BARS.data is ROWS and WORDS.data is ROWS
