"""The docstrings of measures are plain: the first line is a sentence, and no sentence is long."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOM = Path(__file__).parents[2] / "vmo_helpers" / "measures"
MODULES = sorted(ROOM.rglob("*.py"))
MOST_WORDS = 25
CODE = re.compile(r"``[^`]*``")
PARTS = re.compile(r"\n\s*\n(?:Columns\n)?|\n\s*- |\n {4}(?! )")  # paragraphs, points of a list, columns
ENDS = re.compile(r"(?<=[.!?])[)\"]*\s+")
WORD = re.compile(
    r"[^\w\s]*[A-Za-z]+(?:[’'\-–][A-Za-z]+)*[^\w\s]*"
)  # neither a number nor the name of a column


def docstrings(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and (
            said := ast.get_docstring(node)
        ):
            yield said


def words(sentence: str) -> int:
    """Words of prose: signs, numbers, what has a digit, names of columns and code are none."""
    return sum(WORD.fullmatch(part) is not None for part in CODE.sub(" ", sentence).split())


def sentences(said: str) -> list[str]:
    return [" ".join(one.split()) for part in PARTS.split(said) for one in ENDS.split(part)]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOM)))
def test_a_docstring_begins_with_one_line_that_is_a_sentence(module: Path) -> None:
    firsts = [said.splitlines()[0] for said in docstrings(module)]
    assert [line for line in firsts if not line.endswith((".", "?", "!"))] == []


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOM)))
def test_no_sentence_of_a_docstring_is_long(module: Path) -> None:
    every = [one for said in docstrings(module) for one in sentences(said)]
    assert [one for one in every if words(one) > MOST_WORDS] == []


def test_formulas_columns_and_code_are_no_words() -> None:
    assert words("``items`` has item_id, 95 % of Σp² and a p-value, so few words.") == 8
    assert sentences('One row.\n\nColumns\n    a: b\n        c\n    d: e. F? "G"') == [
        "One row.",
        "a: b c",
        "d: e.",
        "F?",
        '"G"',
    ]
