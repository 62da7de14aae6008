"""Panels of a portfolio with a working calendar: what they draw, say and list names its unit of time."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.charts.test_each_unit_of_time import ELAPSED, WORKING, words
from vmo_helpers.deck import deck
from vmo_helpers.explore import compare_views, flow_views, limit_views, look, numbers_flow
from vmo_helpers.explore.explain import explained
from vmo_helpers.explore.scene import Scene, Source
from vmo_helpers.explore.view import View
from vmo_helpers.notebook.opening import open_review

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
OWN_NAMES = re.compile(r"hold for seven days|Days waited")  # of an item, and of a figure beside its value


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    folder = Path(shutil.copytree(SAMPLE, tmp_path_factory.mktemp("worked") / "sample"))
    settings = folder / "portfolio.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f'{text}\n[calendar]\nworking_days = ["mon", "tue", "wed", "thu", "fri"]\n', "utf-8")
    with pytest.MonkeyPatch.context() as quiet:
        quiet.setattr(deck, "_display", lambda _: None)
        source = Source.of(open_review("flow_analysis", str(folder)))
    return source.scene(source.opened)


def told(view: View, scene: Scene) -> list[str]:
    """All that a panel shows: its sentence, its note, the chart, the headings of its rows."""
    return [view.sentence, view.note, *words(view.spec), look.rows(view.rows, scene, "row")]


VIEWS = {**flow_views.VIEWS, "Two streams": lambda scene: compare_views.compared(scene, "VS-C2S", "VS-PAY")}


@pytest.mark.parametrize("name", VIEWS)
def test_a_panel_of_the_log_speaks_of_working_days_alone(worked: Scene, scene: Scene, name: str) -> None:
    texts = told(VIEWS[name](worked), worked)
    unsaid = [text for text in texts if ELAPSED.search(OWN_NAMES.sub("", text))]
    assert unsaid == []
    assert any(WORKING.search(text) for text in texts)
    assert not any(WORKING.search(text) for text in told(VIEWS[name](scene), scene))


def test_a_selection_says_its_span_in_working_days(worked: Scene) -> None:
    ages = flow_views.ages(worked).chosen({"picked": {"age": [100, 300]}})
    leads = flow_views.lead_times(worked).chosen({"picked": {"days": [100, 300]}})
    assert (ages.words, leads.words) == ("100 to 300 working days old", "100 to 300 working days")


def test_two_streams_are_drawn_with_their_lengths_of_time(worked: Scene, scene: Scene) -> None:
    drawn = [[*words(VIEWS["Two streams"](one).spec)] for one in (worked, scene)]
    rows = [sum(text.endswith(": Click-to-Ship") for text in one) for one in drawn]
    assert rows[0] == rows[1] > 0


def test_what_a_limit_would_do_is_in_elapsed_days_as_the_law_is(worked: Scene) -> None:
    texts = told(limit_views.what_if(worked, 5), worked)
    assert any(ELAPSED.search(text) for text in texts)
    assert not any(WORKING.search(text) for text in texts)


@pytest.mark.parametrize("key", ["flow.lead_time_p85_days", "flow.age_p85_days"])
def test_a_number_is_explained_in_working_days(worked: Scene, key: str) -> None:
    figure = next(one for one in numbers_flow.figures(worked) if one.key == key)
    found = explained(figure, numbers_flow.RECIPES[key], worked)
    assert found.working is not None
    assert re.search(r"between [\d.]+ working days and [\d.]+ working days", found.working.words)
    assert "working days" in look.rows(found.rows, worked, "item")


def test_a_sum_of_waits_is_one_of_working_days(worked: Scene, scene: Scene) -> None:
    said = []
    for one in (worked, scene):
        figure = next(figure for figure in numbers_flow.figures(one) if figure.key == "flow.wait_days")
        found = explained(figure, numbers_flow.RECIPES["flow.wait_days"], one)
        assert found.working is not None
        said.append(found.working.words)
    assert said[0].startswith("the sum of wait working days over ")
    assert said[1].startswith("the sum of wait days over ")
