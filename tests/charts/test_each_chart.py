"""What holds of every chart of value, funding, transition and what is ahead: drawn at both widths, calm over
nothing, clear about columns that are not there."""

import pandas as pd
import pytest

from tests.charts import read, test_forecast, test_value_charts

ALT = test_forecast.ALT

CHARTS = {**test_forecast.CHARTS, **test_value_charts.CHARTS}


def test_no_two_charts_share_a_name() -> None:
    assert len(CHARTS) == len(test_forecast.CHARTS) + len(test_value_charts.CHARTS)


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("width", [330, 900])
def test_each_is_drawn_on_a_telephone_and_on_a_wall(name: str, width: int) -> None:
    drawn = read.drawn(read.spec_of(CHARTS[name], alt=ALT), width)
    assert "<svg" in drawn and "NaN" not in drawn and "<script" not in drawn


@pytest.mark.parametrize("name", CHARTS)
def test_each_says_calmly_that_there_is_nothing_to_draw(name: str) -> None:
    nothing = read.spec_of(CHARTS[name], CHARTS[name][1].head(0), alt=ALT)
    assert any("Nothing to draw" in text for text in read.texts(nothing))


@pytest.mark.parametrize("name", CHARTS)
def test_each_names_the_columns_that_it_lacks(name: str) -> None:
    with pytest.raises(ValueError, match=rf"{CHARTS[name][0].__name__} draws the columns .* lacks"):
        read.spec_of(CHARTS[name], pd.DataFrame({"other": [1]}), alt=ALT)
