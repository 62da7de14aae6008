"""Static pictures, compiled charts, the shared scripts, and the cache that keeps them."""

import json
import multiprocessing
from pathlib import Path
from typing import Any

import altair as alt
import pytest

from tests.review import demo
from vmo_helpers.deck.specs import spec_of
from vmo_helpers.review.pages import stills
from vmo_helpers.review.pages.sparkline import sparkline
from vmo_helpers.style import bundle


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "vmo-workbook"


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    return spec_of(demo.wait_pareto()[1])


class TestACachedText:
    def test_is_made_once(self, cache: Path) -> None:
        made: list[int] = []
        for _ in range(3):
            assert (
                bundle.cached("a.svg", lambda: made.append(1) or "text\nof two lines") == "text\nof two lines"
            )
        assert made == [1]
        assert [path.name for path in cache.iterdir()] == ["a.svg"]

    def test_that_was_damaged_is_made_again(self, cache: Path) -> None:
        bundle.cached("a.svg", lambda: "whole")
        for damage in (b"", b"who", b"\xff\xfe", b"whole\n" + b"0" * 64):
            (cache / "a.svg").write_bytes(damage)
            assert bundle.cached("a.svg", lambda: "whole") == "whole"
        assert (cache / "a.svg").read_text().startswith("whole\n")

    def test_is_simply_made_where_nothing_can_be_kept(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "file").write_text("not a folder")
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
        assert bundle.cached("a.svg", lambda: "text") == "text"

    def test_is_whole_whoever_else_writes_it(self, cache: Path) -> None:
        with multiprocessing.get_context("spawn").Pool(2) as pool:
            texts = pool.map(_cached, range(8))
        assert texts == ["x" * 100_000] * 8
        assert [path.name for path in cache.iterdir()] == ["a.svg"]

    def test_makes_room_by_dropping_the_oldest_half(
        self, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bundle, "MOST_FILES", 4)
        for place in range(6):
            bundle.cached(f"{place}.svg", lambda: "text")
        names = {path.name for path in cache.iterdir()}
        assert len(names) <= 5 and "5.svg" in names


def _cached(_: int) -> str:
    return bundle.cached("a.svg", lambda: "x" * 100_000)


class TestAPicture:
    def test_is_laid_out_for_its_width(self, spec: dict[str, Any]) -> None:
        for width in (stills.WIDE, stills.NARROW):
            svg = stills.still(spec, width)
            assert svg is not None
            assert abs(stills.size(svg)[0] - width) <= 12
            assert "aria-label" not in svg

    def test_has_no_number_finer_than_a_hundredth_of_a_pixel_and_its_texts_untouched(
        self, cache: Path
    ) -> None:
        texts = {
            "config": {},
            "data": {"values": [{"t": 'pi is 3.14159265 <d="1.23456">', "v": 1 / 3}]},
            "mark": "text",
            "width": 300,
            "encoding": {"text": {"field": "t"}, "x": {"field": "v", "type": "quantitative"}},
            "description": "…",
        }
        svg = stills.still(texts, 300)
        assert svg is not None
        assert "pi is 3.14159265 &lt;d=" in svg and "1.23456" in svg
        assert "333333" not in svg

    def test_of_a_broken_specification_is_none(self, cache: Path) -> None:
        assert stills.still({"mark": {"type": []}, "description": "…"}, 300) is None
        assert stills.compiled({"layer": [{"mark": "no such mark"}], "description": "…"}) is None

    def test_cannot_reach_out(self, cache: Path) -> None:
        afar = {
            "data": {"url": "https://example.org/a.csv"},
            "mark": "bar",
            "encoding": {"x": {"field": "a", "type": "quantitative"}},
        }
        svg = stills.still(afar, 300)
        assert svg is None or "example.org" not in svg

    def test_and_its_chart_are_the_same_from_run_to_run(self, cache: Path, spec: dict[str, Any]) -> None:
        first = (stills.still(spec, 720), stills.compiled(spec))
        for path in cache.iterdir():
            path.unlink()
        assert (stills.still(spec, 720), stills.compiled(spec)) == first
        assert json.loads(first[1] or "")["$schema"].partition("/schema/")[2] == "vega/v6.json"


def test_the_shared_scripts_can_stand_in_a_page() -> None:
    source = bundle.scripts()
    lower = source.lower()
    assert "\r" not in source
    assert "</script" not in lower and "<!--" not in lower
    assert "vegaEmbed" in source


class TestASparkline:
    def test_places_points_by_their_days_and_says_both_ends(self) -> None:
        line = sparkline(
            {"days": ["2026-01-01", "2026-01-02", "2026-03-02"], "values": [0.0, 5.0, 10.0]}, "bad"
        )
        assert line is not None
        assert (line["from"], line["to"]) == ("Jan 26", "Mar 26")
        points = line["svg"].partition('points="')[2].partition('"')[0].split()
        assert points[0] == "5.0,35.0" and points[-1] == "171.0,5.0"
        assert float(points[1].split(",")[0]) < 10

    def test_of_one_point_is_none_and_of_equal_points_is_level(self) -> None:
        assert sparkline({"days": ["2026-01-01"], "values": [1.0]}, "") is None
        level = sparkline({"days": ["2026-01-01", "2026-02-01"], "values": [1.0, 1.0]}, "")
        assert level is not None and "5.0,20.0 171.0,20.0" in level["svg"]


def test_a_picture_holds_what_is_seen_and_its_font_once(cache: Path) -> None:
    rows = alt.Data(values=[{"x": place, "y": place} for place in range(5)])
    hidden = alt.Chart(rows).mark_rule(opacity=0).encode(x="x:Q", tooltip="y:Q")
    words = alt.Chart(rows).mark_text().encode(x="x:Q", y="y:Q", text="y:Q")
    svg = stills.still((hidden + words).to_dict(), 300)
    assert svg is not None
    assert svg.count("font-family") == 1
    assert all(word not in svg for word in (' opacity="0"', "role=", "pointer-events"))
    assert svg.count("<text") >= 5
    assert stills.size(svg)[0] >= 200
