"""Two value streams side by side: what the panel says of their difference."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest

from vmo_helpers import measures
from vmo_helpers.explore import compare_views, flow_views
from vmo_helpers.explore.scene import Scene, Source
from vmo_helpers.results.figure import Figure

SOONER, LATER, SHORT = "VS-C2S", "VS-PAY", "VS-STO"


def _figure(scene: Scene, low: float | None, high: float | None) -> Figure:
    value = None if low is None or high is None else (low + high) / 2
    why = "too few" if value is None else None
    return Figure("flow.lead_time_p50_days", value, "days", 9, scene.window, "", low, high, why)


class TestTwoStreams:
    def test_show_the_figures_that_each_has_alone(self, source: Source, scene: Scene) -> None:
        view = compare_views.compared(scene, SOONER, LATER)
        rows = view.rows.set_index("figure")
        for name, stream in (("Click-to-Ship", SOONER), ("Payments & Fraud", LATER)):
            alone = source.scene(replace(scene.choice, streams=(stream,)))
            finished = int(alone.items["finished_in_window"].sum())
            assert rows.loc["Finished", name] == str(finished)
        assert "186 days in Click-to-Ship (n = 14) and 209 days in Payments & Fraud (n = 11)" in view.sentence

    def test_do_not_depend_on_the_streams_that_are_chosen_elsewhere(
        self, source: Source, scene: Scene
    ) -> None:
        narrow = source.scene(replace(scene.choice, streams=(LATER,)))
        ours, theirs = (compare_views.compared(one, SOONER, LATER) for one in (scene, narrow))
        assert ours.sentence == theirs.sentence and ours.rows.equals(theirs.rows)

    def test_with_too_little_on_record_lead_to_no_conclusion(self, scene: Scene) -> None:
        view = compare_views.compared(scene, SOONER, SHORT)
        assert view.sentence.startswith("No comparison: too little reached customers of Store Experience")
        assert str(view.severity) == "unknown"

    @pytest.mark.parametrize(
        ("first", "second", "apart"),
        [
            ((10, 20), (20.1, 30), True),
            ((20.1, 30), (10, 20), True),
            ((10, 20), (20, 30), False),
            ((10, 30), (15, 20), False),
            ((10, 20), (None, None), None),
        ],
    )
    def test_differ_only_where_the_intervals_lie_apart(
        self, scene: Scene, first: tuple[float, float], second: tuple[float, float], apart: bool | None
    ) -> None:
        rows = compare_views.side_by_side([_figure(scene, *first)], [_figure(scene, *second)])
        found = rows["apart"].iloc[0]
        assert found is apart if apart is not None else pd.isna(found)

    def test_one_stream_is_not_compared_with_itself(self, scene: Scene) -> None:
        with pytest.raises(ValueError, match="two different value streams"):
            compare_views.compared(scene, SOONER, SOONER)


def test_one_stream_is_held_against_the_line_of_all(source: Source, scene: Scene) -> None:
    one = source.scene(replace(scene.choice, streams=(SHORT,)))
    assert one.narrowed and not scene.narrowed and one.reference.choice == scene.choice
    lines = measures.flow.service_level_expectation(
        scene.log, scene.items, scene.window, [0.5, 0.85], scene.small
    )["days"]
    half, most = (f"{round(length)} days" for length in lines)
    assert f"Of all streams: 50 % within {half} and 85 % within {most}" in flow_views.ages(one).note
    assert "Of all streams" not in flow_views.ages(scene).note
    assert "Of all streams: 50 % within 201 days and 85 % within 314 days" in flow_views.lead_times(one).note
    drawn = json.dumps(flow_views.ages(one).spec, ensure_ascii=False)
    assert f"85 % took less than {most}" in drawn, "where its own line is not known, that of all is drawn"
