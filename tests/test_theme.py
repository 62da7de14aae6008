"""Colours that can be read, marks that speak without colour, charts with an alt text."""

import altair as alt
import pandas as pd
import pytest

from vmo_helpers.charts import theme
from vmo_helpers.style import palette
from vmo_helpers.vocabulary import Inside, Label, Outside, Rag, Severity, Tier

VOCABULARIES = {
    Severity: palette.SEVERITY,
    Rag: palette.RAG,
    Outside: palette.OUTSIDE,
    Inside: palette.INSIDE,
    Label: palette.LABEL,
    Tier: palette.TIER,
}


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(colour: str, ground: str = "#ffffff") -> float:
    light, dark = sorted((_luminance(colour), _luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    "colour",
    [palette.INK, palette.MUTED, palette.ALARM_TEXT, palette.GOOD_TEXT, palette.AMBER_TEXT, palette.ACCENT],
)
def test_text_colours_can_be_read_on_white(colour: str) -> None:
    assert contrast(colour) >= 4.5


@pytest.mark.parametrize(
    "colour", [palette.ACCENT, palette.ALARM, palette.GOOD, palette.AMBER, palette.GREY, *palette.STREAMS]
)
def test_marks_can_be_seen_on_white(colour: str) -> None:
    assert contrast(colour) >= 3


@pytest.mark.parametrize("words", VOCABULARIES, ids=lambda words: words.__name__)
def test_every_status_has_a_word_a_sign_and_a_shape(words: type) -> None:
    for word in words:
        mark = theme.mark(word)
        assert mark.word and mark.sign and mark.shape
        assert contrast(mark.text) >= 4.5


@pytest.mark.parametrize("words", VOCABULARIES, ids=lambda words: words.__name__)
def test_two_statuses_of_one_vocabulary_never_differ_by_colour_alone(words: type) -> None:
    marks = list(VOCABULARIES[words].values())
    assert len({mark.word for mark in marks}) == len(marks)


def test_streams_keep_their_colour_whatever_is_drawn_beside_them() -> None:
    every = theme.stream_colours(["checkout", "store", "data"])
    assert theme.stream_colours(["checkout", "store"]).items() <= every.items()
    assert palette.ALARM not in palette.STREAMS
    assert theme.stream_colours([str(place) for place in range(12)])["11"] == palette.GREY


def test_an_alt_text_is_a_sentence() -> None:
    chart = alt.Chart(pd.DataFrame({"a": [1]})).mark_bar().encode(x="a:Q")
    described = theme.describe(chart, "Half of all waiting\n is for one queue")
    assert described.to_dict()["description"] == "Half of all waiting is for one queue"
    assert "description" not in chart.to_dict()
    for empty in ("", "  ", "Wait Pareto"):
        with pytest.raises(ValueError, match="alt text"):
            theme.describe(chart, empty)


def test_charts_are_drawn_by_jupyterlab_from_its_own_files() -> None:
    chart = theme.describe(alt.Chart(pd.DataFrame({"a": [1]})).mark_bar().encode(x="a:Q"), "One bar of one")
    bundle = chart._repr_mimebundle_()
    assert set(bundle) == {"application/vnd.vegalite.v5+json", "text/plain"}
    assert bundle["application/vnd.vegalite.v5+json"]["config"]["background"] == palette.PAPER
