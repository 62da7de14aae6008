"""Notebooks read like an essay: no logic, no outputs, short cells, one parameters cell whose defaults run on
the sample."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from vmo_helpers.deck.legends import LEGENDS
from vmo_helpers.results.parts import PART_MIME, Part
from vmo_helpers.review.pages.executed import read
from vmo_helpers.review.plan import FORMAT

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LOGIC = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.If,
    ast.For,
    ast.While,
    ast.Try,
    ast.With,
    ast.Lambda,
    ast.ListComp,
    ast.DictComp,
    ast.SetComp,
    ast.GeneratorExp,
    ast.IfExp,
)
RENEW = "looked at as it is kept executed: `make golden` after a change of notebooks or legends"
LONGEST_CELL = 8
LONGEST_LINE = 100


def _cells(path: Path, kind: str) -> list[dict[str, Any]]:
    return [
        cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == kind
    ]


def _is_parameters(cell: dict[str, Any]) -> bool:
    return "parameters" in cell["metadata"].get("tags", [])


def _source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def _assigned(cell: dict[str, Any], value: type[ast.AST] = ast.AST) -> set[str]:
    """The names that a cell gives to values of a kind."""
    return {
        name.id
        for one in ast.walk(ast.parse(_source(cell)))
        if isinstance(one, ast.Assign) and isinstance(one.value, value)
        for target in one.targets
        for name in ast.walk(target)
        if isinstance(name, ast.Name)
    }


def _slides(path: Path) -> list[dict[str, Any]]:
    """The slides of a notebook, as they are kept executed."""
    bundles = [
        output.get("data", {})
        for cell in _cells(ROOT / "tests" / "golden" / path.name, "code")
        for output in cell["outputs"]
    ]
    parts = [bundle[PART_MIME] for bundle in bundles if PART_MIME in bundle]
    return [part for part in parts if part["part"] == Part.SLIDE]


def test_every_legend_is_of_a_slide() -> None:
    shown = [slide for path in NOTEBOOKS for slide in _slides(path)]
    named = {slide["id"] for slide in shown} | {
        entry["rule"] for slide in shown for entry in slide["findings"]
    }
    assert set(LEGENDS) - named == set(), RENEW


def test_there_are_notebooks() -> None:
    assert "flow_analysis.ipynb" in {path.name for path in NOTEBOOKS}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
class TestANotebook:
    def test_holds_no_logic(self, path: Path) -> None:
        trees = [ast.parse(_source(cell)) for cell in _cells(path, "code")]
        assert [
            type(node).__name__ for tree in trees for node in ast.walk(tree) if isinstance(node, LOGIC)
        ] == []

    def test_has_short_cells(self, path: Path) -> None:
        """But for the one that names the parameters, which has a line each."""
        cells = [_source(cell) for cell in _cells(path, "code") if not _is_parameters(cell)]
        assert [cell for cell in cells if len(cell.splitlines()) > LONGEST_CELL] == []

    def test_has_short_lines(self, path: Path) -> None:
        lines = [line for cell in _cells(path, "code") for line in _source(cell).splitlines()]
        assert [line for line in lines if len(line) > LONGEST_LINE] == []

    def test_asks_a_question_before_each_slide(self, path: Path) -> None:
        slides = read(ROOT / "tests" / "golden" / path.name).slides
        assert [slide.says["id"] for slide in slides if not slide.question.endswith("?")] == []

    def test_tells_its_analyst_how_to_read_each_answer(self, path: Path) -> None:
        """Beside the question, in the notebook alone: the page has it in the legend."""
        told = [cell for cell in _cells(path, "markdown") if "analyst" in cell["metadata"].get("tags", [])]
        questions = [cell for cell in _cells(path, "markdown") if _source(cell).splitlines()[0].endswith("?")]
        assert [_source(cell) for cell in questions if cell not in told] == []

    def test_carries_no_output(self, path: Path) -> None:
        assert all(not cell["outputs"] and cell["execution_count"] is None for cell in _cells(path, "code"))

    def test_is_the_one_that_is_kept_executed(self, path: Path) -> None:
        """``make golden`` renews what is kept; papermill puts one cell of parameters into it."""
        kept = _cells(ROOT / "tests" / "golden" / path.name, "code")
        kept = [cell for cell in kept if "injected-parameters" not in cell["metadata"].get("tags", [])]
        assert [_source(cell) for cell in kept] == [_source(cell) for cell in _cells(path, "code")], RENEW

    def test_has_one_parameters_cell_of_literals(self, path: Path) -> None:
        tagged = [cell for cell in _cells(path, "code") if _is_parameters(cell)]
        assert len(tagged) == 1
        for statement in ast.parse(_source(tagged[0])).body:
            assert isinstance(statement, ast.Assign | ast.AnnAssign)
            assert statement.value is not None
            ast.literal_eval(statement.value)

    def test_calls_nothing_that_it_measures_by_the_name_of_a_parameter(self, path: Path) -> None:
        """The cell that opens the review could not be run again."""
        cells = _cells(path, "code")
        asked = {name for cell in cells if _is_parameters(cell) for name in _assigned(cell)}
        made = {name for cell in cells if not _is_parameters(cell) for name in _assigned(cell, ast.Call)}
        assert asked & made == set()

    def test_says_of_each_slide_how_to_read_it_and_what_its_table_lists(self, path: Path) -> None:
        slides = _slides(path)
        assert slides
        assert [slide["id"] for slide in slides if not slide["read"]] == []
        assert [slide["id"] for slide in slides if slide["table"] and not slide.get("caption")] == []

    def test_types_no_conclusion_by_hand(self, path: Path) -> None:
        """A title in a notebook is a question or a noun; what is true comes from findings."""
        headings = [
            line
            for cell in _cells(path, "markdown")
            for line in _source(cell).splitlines()
            if line.startswith("#")
        ]
        assert headings
        assert not [
            line for line in headings if any(character.isdigit() for character in line) or "%" in line
        ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_of_the_format_that_runs_are_prepared_for(path: Path) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == FORMAT
