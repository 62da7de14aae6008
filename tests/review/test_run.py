"""Papermill made strict: what a notebook may be given, and when it counts as done."""

import json
from pathlib import Path

import pytest

from tests.review import small
from vmo_helpers.review import plan
from vmo_helpers.review.errors import Refused
from vmo_helpers.review.plan import Notebook
from vmo_helpers.review.running.run import check_parameters, declared_parameters, incomplete


def _notebook(folder: Path, parameters: str, tags: tuple[str, ...] = ("parameters",)) -> Notebook:
    return Notebook("one", small.bare(folder, "one", parameters, "1 + 1", tags=tags))


def test_parameters_are_read_as_python_reads_them(tmp_path: Path) -> None:
    cell = 'a: str | None = "x = y"  # b = 3\nday = "2026-10-31"\nshares = {"k": [1, -2.5]}\nnothing = None\n'
    declared = declared_parameters(_notebook(tmp_path, cell))
    assert declared == {"a": "x = y", "day": "2026-10-31", "shares": {"k": [1, -2.5]}, "nothing": None}


def test_a_notebook_without_the_tag_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no cell tagged 'parameters'"):
        check_parameters(_notebook(tmp_path, "a = 1", tags=()), ["a"])


@pytest.mark.parametrize(
    "cell",
    [
        "import os",
        "a = os.environ",
        "a = b = 1",
        "a, b = 1, 2",
        "a.b = 1",
        "a: int",
        "print(1)",
        "a = ",
        "a = f'{1}'",
    ],
)
def test_a_parameters_cell_that_does_more_than_name_literals_is_refused(tmp_path: Path, cell: str) -> None:
    with pytest.raises(Refused, match="may only give names literal values"):
        declared_parameters(_notebook(tmp_path, cell))


def test_an_unknown_parameter_is_refused_with_the_nearest_known(tmp_path: Path) -> None:
    with pytest.raises(
        Refused, match=r"knows no parameter 'as_off'; did you mean 'as_of'\? \(known: as_of, data\)"
    ):
        check_parameters(_notebook(tmp_path, 'data = "x"\nas_of = None'), ["data", "as_off"])


@pytest.mark.parametrize("name", ["x; import os", "class", "a b", "", "1a", "a=1\nimport os"])
def test_a_parameter_name_that_would_be_code_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused, match="is no name for a parameter"):
        check_parameters(_notebook(tmp_path, "a = 1"), [name])


def _executed(tmp_path: Path, states: list[dict[str, object]]) -> object:
    import nbformat

    cells = []
    for state in states:
        cell = nbformat.v4.new_code_cell("work()")
        cell.execution_count = state.get("count", 1)
        cell.metadata["papermill"] = {
            "status": state.get("status", "completed"),
            "exception": state.get("exception", False),
        }
        if "error" in state:
            cell.outputs = [nbformat.v4.new_output("error", ename=state["error"], evalue="0", traceback=[])]
        cells.append(cell)
    return nbformat.v4.new_notebook(cells=cells)


def test_a_notebook_counts_as_done_when_every_cell_completed(tmp_path: Path) -> None:
    assert incomplete(_executed(tmp_path, [{}, {}])) is None


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ({"status": "pending"}, "was not completed"),
        ({"count": None}, "was not completed"),
        ({"exception": True}, "was not completed"),
        ({"error": "SystemExit"}, "ended the notebook with SystemExit"),
    ],
)
def test_one_cell_that_did_not_complete_is_enough(tmp_path: Path, state: dict[str, object], why: str) -> None:
    assert why in str(incomplete(_executed(tmp_path, [{}, state, {}])))


def test_the_closing_notebook_runs_last_and_is_the_index(tmp_path: Path) -> None:
    for name in ("portfolio_review", "my_own", "okr_alignment", "flow_analysis"):
        small.bare(tmp_path, name, "a = 1")
    notebooks = plan.available(tmp_path)
    assert [notebook.name for notebook in notebooks] == [
        "flow_analysis",
        "okr_alignment",
        "my_own",
        "portfolio_review",
    ]
    assert notebooks[-1].page == "index.html"


def test_an_unknown_notebook_is_refused_with_the_nearest_known(tmp_path: Path) -> None:
    small.bare(tmp_path, "flow_analysis", "a = 1")
    with pytest.raises(Refused, match="did you mean 'flow_analysis'"):
        plan.choose(["flow_analisis"], tmp_path)


def test_a_file_that_is_no_notebook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.ipynb").write_text(json.dumps({"cells": 1})[:-1])
    with pytest.raises(Refused, match=r"broken\.ipynb cannot be read as a notebook"):
        plan.imports(plan.choose([], tmp_path))


def test_what_the_cells_import_is_known_without_running_them(tmp_path: Path) -> None:
    cells = [
        "a = 1",
        "from vmo_helpers import charts, open_review\nimport pandas as pd",
        "%matplotlib inline",
        "from os.path import join",
    ]
    cells += ["charts.flow.kanban(pandas.DataFrame())"]
    small.bare(tmp_path, "one", *cells)
    names = plan.imports(plan.available(tmp_path))
    assert names == [
        "vmo_helpers.charts",
        "vmo_helpers.open_review",
        "pandas",
        "os.path",
        "vmo_helpers.charts.flow",
    ]
