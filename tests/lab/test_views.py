"""What panels compute: the rows of a selection, the effect of a limit and of links, numbers that their rows
give again."""

import json
import math
import os
import re
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from vmo_helpers import explore, findings, measures
from vmo_helpers.explore import (
    alignment_views,
    flow_views,
    limit_views,
    numbers_ahead,
    numbers_flow,
    numbers_okr,
    numbers_value,
    numbers_watermelon,
    reproduce,
    watermelon_views,
)
from vmo_helpers.explore.explain import explained
from vmo_helpers.explore.scene import Scene, Source
from vmo_helpers.explore.view import View
from vmo_helpers.notebook import opening
from vmo_helpers.vocabulary import GoalType

ROOT = Path(__file__).parents[2]
VIEWS = {**flow_views.VIEWS, "Matrix": watermelon_views.matrix, "Ladder": alignment_views.ladder}
NOT_IN_THE_SAMPLE = {
    "forecast.done_p50_days": "three streams finished too little",
    "forecast.done_p85_days": "three streams finished too little",
    "forecast.warnings_followed_share": "no stage warned for long enough",
    "sequence.saved_against_wsjf": "no item has the three scores",
}
NUMBERS = (numbers_flow, numbers_watermelon, numbers_okr, numbers_value, numbers_ahead)


def _ids(frame: pd.DataFrame) -> set[str]:
    return set(frame["item_id"])


def _point(**fields: Any) -> dict[str, Any]:
    return {"picked": {"vlPoint": {"or": [fields]}}}


class TestASelection:
    @pytest.mark.parametrize("name", VIEWS)
    def test_of_nothing_leaves_every_row(self, scene: Scene, name: str) -> None:
        view = VIEWS[name](scene)
        assert len(view.rows) > 10
        assert view.chosen({}).frame.equals(view.rows)
        assert view.chosen({"picked": {}, "stream": {}}).frame.equals(view.rows)

    def test_of_ages_leaves_the_items_of_those_ages(self, scene: Scene) -> None:
        chosen = flow_views.ages(scene).chosen({"picked": {"age": [400.04, 600]}})
        age = scene.items.set_index("item_id")["age_days"]
        assert _ids(chosen.frame) == set(age[age.round(1).between(400.04, 600)].index)
        assert 0 < len(chosen.frame) < age.notna().sum()
        assert chosen.words == "400 to 600 days old"

    def test_of_a_stream_leaves_its_items(self, scene: Scene) -> None:
        chosen = flow_views.ages(scene).chosen({"stream": {"vlPoint": {"or": [{"stream": "Marketplace"}]}}})
        items = scene.items[scene.items["age_days"].notna()]
        assert _ids(chosen.frame) == _ids(items[items["value_stream"].eq("Marketplace")])
        assert len(chosen.frame) > 0

    def test_of_days_and_lengths_leaves_what_lies_in_both(self, scene: Scene) -> None:
        """The chart writes wall-clock time of the portfolio's zone as if it were UTC."""
        first, last = (pd.Timestamp(day).value // 10**6 for day in ("2026-03-01", "2026-06-30"))
        chosen = flow_views.lead_times(scene).chosen({"picked": {"day": [first, last], "days": [300, 100]}})
        leads = measures.flow.lead_time_to_value(scene.items, scene.window)
        inside = leads["lead_time_end_at"].between(
            pd.Timestamp("2026-03-01", tz="Europe/Berlin"), pd.Timestamp("2026-06-30", tz="Europe/Berlin")
        )
        assert _ids(chosen.frame) == _ids(leads[inside & leads["lead_time_days"].between(100, 300)])
        assert 0 < len(chosen.frame) < len(leads)

    def test_of_a_queue_leaves_what_stands_in_it(self, scene: Scene) -> None:
        chosen = flow_views.queues(scene).chosen(_point(tip0="Integration test queue"))
        items = scene.items
        assert _ids(chosen.frame) == _ids(
            items[items["age_days"].notna() & items["state"].eq("Integration test queue")]
        )
        assert len(chosen.frame) == 13

    def test_of_a_cell_leaves_the_items_that_it_counts(self, scene: Scene) -> None:
        view = watermelon_views.matrix(scene)
        layer = next(layer for layer in view.spec["layer"] if layer.get("name") == "choices")
        drawn = view.spec["datasets"][layer["data"]["name"]]
        assert len(drawn) == 15
        for cell in drawn:
            chosen = view.chosen(_point(tip0=cell["tip0"], tip1=cell["tip1"]))
            assert len(chosen.frame) == int(cell["tip3"].replace(",", ""))
            assert not chosen.frame.duplicated("item_id").any()
        assert set(view.chosen(_point(tip0="green", tip1="red inside")).frame["label"]) == {"watermelon"}

    @pytest.mark.parametrize(
        ("rung", "key"),
        [
            ("L1  linked to a goal", "okr.linked_share"),
            ("L2  serves a top-three key result", "okr.key_result_share"),
        ],
    )
    def test_of_a_rung_leaves_as_many_as_its_share_says(self, scene: Scene, rung: str, key: str) -> None:
        view = alignment_views.ladder(scene)
        share = next(figure.value for figure in numbers_okr.figures(scene) if figure.key == key)
        assert share is not None
        assert len(view.chosen(_point(tip0=rung)).frame) == round(share * len(view.rows))

    def test_of_the_last_rung_leaves_what_moved(self, scene: Scene) -> None:
        moved = alignment_views.ladder(scene).chosen(_point(tip0="L4  moved its key result")).frame
        assert len(moved) == 4


class TestAChoice:
    def test_of_a_stream_is_what_a_review_of_it_says(self, source: Source) -> None:
        scene = source.scene(replace(source.opened, streams=("VS-PAY",)))
        assert set(scene.items["value_stream_id"]) == {"VS-PAY"}
        assert _ids(flow_views.ages(scene).rows) < _ids(flow_views.ages(source.scene(source.opened)).rows)

    def test_of_a_percentile_moves_the_line(self, source: Source) -> None:
        calm = flow_views.ages(source.scene(source.opened))
        strict = flow_views.ages(source.scene(source.opened.with_threshold("stalled_percentile", 0.5)))
        assert "85 %" in calm.sentence and "50 %" in strict.sentence
        assert int(strict.sentence.split()[0]) > int(calm.sentence.split()[0])

    def test_of_an_earlier_day_knows_no_later_fact(self, source: Source) -> None:
        scene = source.scene(replace(source.opened, as_of="2026-06-30"))
        assert scene.window.end_day == "2026-06-30"
        assert scene.items["finished_at"].max() <= scene.window.end
        assert len(scene.items) < len(source.scene(source.opened).items)

    def test_of_a_level_counts_its_items(self, source: Source) -> None:
        assert len(source.scene(replace(source.opened, level="feature")).items) == 602

    @pytest.mark.parametrize(
        ("choice", "message"),
        [
            ({"level": "saga"}, "no item has the level 'saga'"),
            ({"from_day": "2027-01-01"}, "after its end"),
            ({"thresholds": (("stalled_percentil", 1.0),)}, "did you mean"),
        ],
    )
    def test_that_cannot_be_says_why(self, source: Source, choice: dict[str, Any], message: str) -> None:
        with pytest.raises(ValueError, match=message):
            source.scene(replace(source.opened, **choice))

    def test_that_changes_a_threshold_reads_nothing_anew(self, source: Source) -> None:
        one, other = (
            source.scene(source.opened),
            source.scene(source.opened.with_threshold("okr_alignment_share", 0.5)),
        )
        assert one.log is other.log and one.items is other.items and one.alignment is other.alignment


class TestANumber:
    @pytest.mark.parametrize("numbers", NUMBERS, ids=lambda module: module.__name__.rpartition("_")[2])
    def test_comes_from_the_rows_shown_behind_it(self, scene: Scene, numbers: Any) -> None:
        made = numbers.figures(scene)
        assert {one.key for one in made} - numbers.RECIPES.keys() == set(), f"a Recipe in {numbers.__name__}"
        for figure in made:
            found = explained(figure, numbers.RECIPES[figure.key], scene)
            if figure.value is None and figure.key in NOT_IN_THE_SAMPLE:
                continue
            assert figure.value is not None
            assert found.working is not None
            assert math.isclose(found.working.value, figure.value, rel_tol=1e-9), figure.key
            assert found.working.words

    @pytest.mark.parametrize("numbers", NUMBERS, ids=lambda module: module.__name__.rpartition("_")[2])
    def test_that_is_unknown_says_why_and_shows_no_sum(self, source: Source, numbers: Any) -> None:
        scene = source.scene(replace(source.opened, as_of="2024-10-05", from_day="2024-10-04"))
        unknown = [figure for figure in numbers.figures(scene) if figure.value is None]
        assert unknown
        assert all(
            explained(figure, numbers.RECIPES[figure.key], scene).working is None and figure.why
            for figure in unknown
        )

    def test_names_what_it_leaves_out(self, scene: Scene) -> None:
        share = next(figure for figure in numbers_okr.figures(scene) if figure.key == "okr.top_three_share")
        left = explained(share, numbers_okr.RECIPES[share.key], scene).excluded
        assert len(left) == 5
        assert left["excluded_because"].str.startswith("work type").all()
        assert not _ids(left) & _ids(scene.alignment.counted)


class TestALimit:
    def test_is_work_in_progress_over_departures(self, scene: Scene) -> None:
        found = limit_views.effect(scene, 20)
        law = measures.flow.littles_law(scene.log, scene.window).iloc[0]
        assert found.days_then == pytest.approx(20 / (law["departures"] / law["days"]))
        assert found.days == pytest.approx(law["mean_wip"] / law["throughput_per_day"])

    def test_stops_at_the_time_that_is_worked_on_an_item(self, scene: Scene) -> None:
        finished = scene.items.loc[scene.items["finished_in_window"], "active_days"]
        free, stopped = limit_views.effect(scene, 20), limit_views.effect(scene, 1)
        assert (free.stopped, stopped.stopped) == (False, True)
        assert stopped.days_then == stopped.working == pytest.approx(finished.mean())
        assert "so long is worked on each" in limit_views.what_if(scene, 1).sentence
        assert "so long is worked on each" not in limit_views.what_if(scene, 20).sentence

    def test_names_the_conditions_that_the_window_broke(self, scene: Scene) -> None:
        view = limit_views.what_if(scene, 20)
        broken = view.rows.loc[~view.rows["held"], "condition"].tolist()
        told = findings.flow.littles_law(measures.flow.littles_law(scene.log, scene.window), scene.limits)
        assert broken == told.details["conditions_that_fail"]
        assert f"{len(broken)} conditions of the law did not hold" in view.note

    def test_of_a_stream_from_which_nothing_left_is_unknown(self, source: Source) -> None:
        view = limit_views.what_if(
            source.scene(replace(source.opened, as_of="2024-10-05", from_day="2024-10-04")), 5
        )
        assert view.sentence.startswith("No conclusion")


class TestALink:
    def test_lifts_its_items_to_the_rung_that_it_deserves(self, scene: Scene) -> None:
        items = alignment_views.unmapped(scene)["item_id"].head(5).tolist()
        top = next(
            goal
            for words, goal in alignment_views.goals(scene).items()
            if words.startswith("★") and goal[0] is GoalType.KEY_RESULT
        )
        firm = alignment_views.if_linked(scene, items, alignment_views.Link(*top)).rows.set_index("step")[
            "items_more"
        ]
        loose = alignment_views.if_linked(
            scene, items, alignment_views.Link(*top, firm=False)
        ).rows.set_index("step")["items_more"]
        assert firm["L1  serves a top-three goal"] == firm["L2  serves a top-three key result"] == 5
        assert (
            firm["L3  with an expected delta and a date"],
            loose["L3  with an expected delta and a date"],
        ) == (5, 0)

    def test_changes_nothing_but_what_is_shown(self, scene: Scene) -> None:
        before = scene.portfolio.links.copy()
        view = alignment_views.if_linked(scene, [], alignment_views.Link(GoalType.KEY_RESULT, "KR-01"))
        assert view.rows["items_more"].eq(0).all()
        alignment_views.if_linked(scene, ["E-103"], alignment_views.Link(GoalType.KEY_RESULT, "KR-01"))
        assert scene.portfolio.links.equals(before)


def _has_no_panel(executed: Path) -> None:
    """The cells of the panels ran and left nothing, no widget either."""
    notebook = json.loads(executed.read_text(encoding="utf-8"))
    panels = [cell for cell in notebook["cells"] if "".join(cell["source"]).startswith("explore.")]
    assert len(panels) >= 2
    assert [(cell["outputs"], bool(cell["execution_count"])) for cell in panels] == [([], True)] * len(panels)
    assert "widgets" not in notebook["metadata"]


class TestTheLines:
    @pytest.mark.slow
    @pytest.mark.parametrize("program", ["vmo", pytest.param("papermill", marks=pytest.mark.deep)])
    def test_make_the_view_again(self, source: Source, program: str, tmp_path: Path) -> None:
        """Also started from JupyterLab, where no panel leaves an output in what nobody watches."""
        chosen = source.scene(
            replace(
                source.opened,
                streams=("VS-C2S", "VS-PAY"),
                as_of="2026-09-30",
                from_day="2026-01-01",
                thresholds=(("stalled_percentile", 0.7),),
            )
        )
        text = reproduce.command_lines(chosen, ROOT / "notebooks")
        line = next(line for line in text.splitlines() if line.startswith(program))
        words = shlex.split(line)
        results = (
            ["-p", "results", str(tmp_path)]
            if program == "papermill"
            else ["--out", str(tmp_path), "--quiet"]
        )
        module = {"vmo": "vmo_helpers", "papermill": "papermill"}[program]
        inherited = {name: value for name, value in os.environ.items() if name != "VMO_MODE"}
        subprocess.run(
            [sys.executable, "-m", module, *words[1:], *results],
            cwd=tmp_path,
            env=inherited | {"JPY_SESSION_NAME": "flow_analysis.ipynb"},
            check=True,
            capture_output=True,
        )
        place = next(tmp_path.rglob("findings.json"), tmp_path / "findings" / "flow_analysis.json")
        every = json.loads(place.read_text(encoding="utf-8"))
        told = {finding["sentence"] for finding in every if finding["subject"] == "portfolio"}
        assert flow_views.ages(chosen).sentence in told
        assert flow_views.lead_times(chosen).sentence in told
        (executed,) = tmp_path.rglob("*.ipynb")
        _has_no_panel(executed)

    def test_leave_out_what_is_as_usual(self, scene: Scene) -> None:
        line = reproduce.review_line(scene)
        assert shlex.split(line)[:2] == ["vmo", "review"]
        assert not any(
            option in line
            for option in ("--stream", "--level", "--threshold", "--from", "--lenient", "--config")
        )


def _marks(view: View) -> int:
    return max(len(rows) for rows in view.spec["datasets"].values())


@pytest.mark.deep
@pytest.mark.slow
def test_a_hundred_thousand_items_ship_no_row_that_no_chart_shows(
    hundred_thousand: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vmo_helpers.deck import deck
    from vmo_helpers.notebook.opening import open_review

    monkeypatch.setattr(deck, "_display", lambda _: None)
    source = Source.of(open_review("flow_analysis", hundred_thousand))
    scene = source.scene(source.opened)
    assert len(scene.items) == 100_000
    for make in VIEWS.values():
        view = make(scene)
        assert _marks(view) <= 1800  # 60 spans of time by 30 steps of length
        assert len(json.dumps(view.spec)) < 500_000
    every = flow_views.ages(scene)
    assert len(every.rows) > 10_000
    assert len(every.chosen({"picked": {"age": [0, 100]}}).frame) > 600, (
        "the rows of a selection are all of them, not the drawn ones"
    )


class TestADeck:
    def test_imports_no_widget_and_shows_nothing(self) -> None:
        code = (
            "import sys\nfrom vmo_helpers import explore\nfor name in explore.__all__: getattr(explore, "
            "name)(None)\n"
            "print([name for name in ('ipywidgets', 'anywidget', 'pandas', 'altair') if name in sys.modules])"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert (done.stdout, done.stderr) == ("[]\n", "")


def test_without_widgets_a_person_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VMO_MODE", "explore")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    explore.flow(None)  # type: ignore[arg-type]
    assert "pip install 'vmo-workbook[lab]'" in capsys.readouterr().out


NOTEBOOKS = ("flow_analysis", "watermelon_metrics", "okr_alignment")


@pytest.fixture(scope="module")
def review(latest: Path) -> Path:
    """Started as from a cell of JupyterLab."""
    return latest


@pytest.mark.slow
class TestAReview:
    """The cells of the panels, run by programs that nobody watches."""

    @pytest.mark.parametrize("name", NOTEBOOKS)
    def test_has_no_output_from_a_panel(self, review: Path, name: str) -> None:
        _has_no_panel(review / "notebooks" / f"{name}.ipynb")

    @pytest.mark.parametrize("name", NOTEBOOKS)
    def test_shows_no_widget_no_error_and_no_empty_box_on_the_page(self, review: Path, name: str) -> None:
        page = (review / f"{name}.html").read_text(encoding="utf-8")
        assert not re.search(r"vmo-explore|jupyter-widgets|widget-view|anywidget|explore\.|Traceback", page)
        assert "application/vnd.jupyter.widget" not in page


def test_data_left_open_are_those_of_make_lab_else_the_sample(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("VMO_DATA", raising=False)
    assert Path(opening.place(None)) == ROOT / "data" / "sample"
    monkeypatch.setenv("VMO_DATA", str(tmp_path))
    assert opening.place(None) == str(tmp_path)
    assert opening.place("mine") == "mine"


def test_a_level_that_no_item_has_is_refused_before_any_work(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "vmo_helpers",
        "review",
        "data/sample",
        "--out",
        str(tmp_path / "shelf"),
        "--level",
        "saga",
        "--quiet",
    ]
    done = subprocess.run([*command, "--notebook", "flow_analysis"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert "no item has the level 'saga'; the levels are epic, feature" in done.stderr
    assert not (tmp_path / "shelf").exists() or not list((tmp_path / "shelf").iterdir())
