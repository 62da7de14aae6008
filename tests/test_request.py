"""One place for a parameter: what ``Request`` defines is what the command, a notebook and a panel ask for."""

import inspect
import shlex
from pathlib import Path

import pytest

from tests.review import small
from vmo_helpers import sources
from vmo_helpers.cli.asking import request_of
from vmo_helpers.cli.main import main, parser
from vmo_helpers.notebook.opening import open_review
from vmo_helpers.request.asked import PARAMETERS, Request
from vmo_helpers.request.settled import settle
from vmo_helpers.review.plan import available, notebook_folder
from vmo_helpers.review.running.run import declared_parameters

ROOT = Path(__file__).parents[1]
EVERYTHING = Request(
    data="/data",
    config="/p.toml",
    as_of="2026-10-31",
    from_day="2026-01-01T06:00:00Z",
    streams=("S1", "S2"),
    level="feature",
    thresholds=(("okr_alignment_share", 0.7), ("stalled_percentile", 0.9)),
    lenient=True,
)


def test_the_example_asks_for_everything() -> None:
    assert EVERYTHING.said().keys() == PARAMETERS.keys()


class TestEveryParameter:
    @pytest.mark.parametrize("name", PARAMETERS)
    def test_is_one_of_every_notebook_and_of_open_review(self, name: str) -> None:
        assert name in inspect.signature(open_review).parameters
        for notebook in available(notebook_folder()):
            assert name in declared_parameters(notebook), notebook.name

    def test_survives_the_command_line_the_notebook_and_the_pipe(self) -> None:
        given = parser().parse_args(["review", *EVERYTHING.words()])
        assert request_of(given) == EVERYTHING
        assert Request.of(**EVERYTHING.parameters()) == EVERYTHING
        assert request_of(parser().parse_args(["review", "/data"])) == Request("/data")

    def test_stands_in_its_definition_and_nowhere_on_its_way(self) -> None:
        """``level`` in the code: what it is, what it does, and the panel's own control for it."""
        on_the_way = [
            path
            for room in ("cli", "review", "notebook")
            for path in sorted((ROOT / "vmo_helpers" / room).rglob("*.py"))
            for option in ("request.level", "given.level", "asked.level", '"--level"', "level=level")
            if option in path.read_text(encoding="utf-8")
        ]
        assert on_the_way == []


class TestSettled:
    @pytest.fixture
    def data(self, tmp_path: Path) -> Path:
        return small.portfolio(tmp_path / "data")

    @pytest.mark.parametrize(
        ("asked", "option", "said"),
        [
            ({"as_of": "03.04.2026"}, "--as-of", "'03.04.2026' is neither a day"),
            ({"as_of": "now"}, "--as-of", "'now' is neither a day"),
            ({"as_of": "2026-02-30"}, "--as-of", "'2026-02-30' is neither a day"),
            ({"from_day": "soon"}, "--from", "'soon' is neither a day"),
            ({"level": "saga"}, "--level:", "no item has the level 'saga'"),
        ],
    )
    def test_the_same_is_refused_in_a_notebook_and_by_the_command(
        self,
        data: Path,
        asked: dict[str, str],
        option: str,
        said: str,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        (name,) = asked
        with pytest.raises(ValueError) as refused:
            open_review("demo", data, **asked)
        assert str(refused.value).startswith(f"{name}{option[len(option.rstrip(':')) :]} {said}")
        small.notebook(tmp_path / "nb", "demo", parameters=f"{small.PARAMETERS}level = None\n")
        words = Request(str(data), **asked).words()
        folders = ["--out", str(tmp_path / "shelf"), "--notebook-folder", str(tmp_path / "nb"), "--quiet"]
        assert main(["review", *words, *folders]) == 2
        assert f"vmo: {option} {said}" in capsys.readouterr().err

    def test_a_parameter_that_is_none_is_named_with_the_nearest(self, data: Path) -> None:
        with pytest.raises(TypeError, match="a review has no parameter 'stream'; did you mean 'streams'"):
            open_review("demo", data, stream=["S1"])

    def test_the_days_that_were_settled_settle_the_same_window(self, data: Path) -> None:
        read = sources.load(data)
        for asked in (
            Request(str(data)),
            Request(str(data), as_of="2026-03-04", from_day="2026-02-01T10:00:00Z"),
        ):
            once = settle(asked, read)
            again = settle(once.request, read)
            assert again.window == once.window and again.fact is None
            assert Request.of(**{**asked.parameters(), **once.days}) != asked

    def test_what_is_as_usual_is_not_said_again(self, data: Path) -> None:
        request = settle(Request(str(data), as_of="2026-03-04"), sources.load(data)).request
        assert shlex.join(request.words()) == f"{data} --as-of 2026-03-04"


def test_a_notebook_need_not_know_what_nobody_asked_for(tmp_path: Path) -> None:
    data = small.portfolio(tmp_path / "data")
    without = small.PARAMETERS.replace("lenient = False\n", "").replace("thresholds = {}\n", "")
    small.bare(
        tmp_path / "nb",
        "demo",
        without,
        "lenient, thresholds = False, {}\n" + small.OPEN.format(name="demo"),
        small.SAY.format(name="demo"),
    )
    folders = ["--out", str(tmp_path / "shelf"), "--notebook-folder", str(tmp_path / "nb"), "--quiet"]
    assert main(["review", str(data), *folders]) == 0
    assert main(["review", str(data), *folders, "--lenient"]) == 2
