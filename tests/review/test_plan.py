"""Which notebooks of a folder are those of a review."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vmo_helpers.review import plan
from vmo_helpers.review.errors import Refused

TAGGED = {"cell_type": "code", "source": ["data = None"], "metadata": {"tags": ["parameters"]}}
PLAIN = {"cell_type": "code", "source": ["1 + 1"], "metadata": {}}


def _write(folder: Path, name: str, cell: dict[str, Any], **metadata: Any) -> None:
    text = json.dumps({"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})
    (folder / f"{name}.ipynb").write_text(text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    _write(tmp_path, "flow_analysis", PLAIN)  # it has a row, and a run says what is wrong with it
    _write(tmp_path, "mine", TAGGED)
    _write(tmp_path, "out", TAGGED, papermill={"output_path": "out.ipynb"})
    _write(tmp_path, "Untitled", PLAIN)
    return tmp_path


def test_what_papermill_wrote_and_what_has_no_parameters_is_left_aside(folder: Path) -> None:
    assert [one.name for one in plan.choose((), folder)] == ["flow_analysis", "mine"]
    assert plan.left_aside(folder) == ["Untitled.ipynb", "out.ipynb"]


def test_who_names_it_gets_it(folder: Path) -> None:
    assert [one.name for one in plan.choose(("out",), folder)] == ["out"]


def test_a_folder_of_none_is_told_what_is_wrong_with_them(tmp_path: Path) -> None:
    _write(tmp_path, "Untitled", PLAIN)
    assert [one.name for one in plan.choose((), tmp_path)] == ["Untitled"]


def test_a_broken_file_is_named(folder: Path) -> None:
    (folder / "broken.ipynb").write_text("{")
    with pytest.raises(Refused, match=r"broken\.ipynb cannot be read as a notebook"):
        plan.choose((), folder)
