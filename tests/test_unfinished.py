"""Files that are still being written: read once more a little later, then refused by name."""

from collections.abc import Callable
from pathlib import Path

import pytest

from vmo_helpers.contract.problems import InputProblems, Problem
from vmo_helpers.sources import unfinished
from vmo_helpers.sources.unfinished import read_when_written

WHOLE = "item_id,title,level\nA,First,epic\nB,Second,epic\n"


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that were waited; what happens meanwhile is put in by a test."""
    found: list[float] = []
    monkeypatch.setattr(unfinished.time, "sleep", found.append)
    return found


def _table(folder: Path, text: str = WHOLE) -> Path:
    path = folder / "work_items.csv"
    path.write_text(text, encoding="utf-8")
    return path


def _reading(path: Path, *meanwhile: Callable[[], object]) -> tuple[Callable[[], str], list[str]]:
    """A reader that has read so often as its list is long; something happens while it reads."""
    seen: list[str] = []

    def read() -> str:
        seen.append(path.read_text())
        if len(seen) <= len(meanwhile):
            meanwhile[len(seen) - 1]()
        return seen[-1]

    return read, seen


def test_what_nobody_writes_to_is_read_once(tmp_path: Path, waited: list[float]) -> None:
    read, seen = _reading(path := _table(tmp_path))
    for where in (tmp_path, path, "postgresql://db/x"):
        assert read_when_written(str(where), read) == WHOLE
    assert (len(seen), waited) == (3, [])


@pytest.mark.parametrize("last", ["C,Third,epic", "C,Third,epic\n", '"C",Third,"epic"', "C;x,Third,epic\n"])
def test_a_last_line_that_is_whole_needs_no_line_end(tmp_path: Path, waited: list[float], last: str) -> None:
    read, _ = _reading(_table(tmp_path, WHOLE + last))
    read_when_written(str(tmp_path), read)
    assert waited == []


def test_a_file_that_moves_while_it_is_read_is_read_again(tmp_path: Path, waited: list[float]) -> None:
    path = _table(tmp_path, "item_id,title,level\nA,Fi")
    read, seen = _reading(path, lambda: _table(tmp_path))
    assert read_when_written(str(tmp_path), read) == WHOLE
    assert (len(seen), waited) == (2, [5.0])


def test_a_table_that_comes_while_others_are_read_is_read_too(tmp_path: Path, waited: list[float]) -> None:
    path = _table(tmp_path)
    read, _ = _reading(path, lambda: (tmp_path / "states.csv").write_text("state,class\n"))
    read_when_written(str(tmp_path), read)
    assert waited == [5.0]


def test_a_file_that_still_moves_is_refused_by_name(tmp_path: Path, waited: list[float]) -> None:
    path = _table(tmp_path)
    grown = [lambda more=more: _table(tmp_path, WHOLE + more) for more in ("C,x,y\n", "C,x,y\nD,x,y\n")]  # type: ignore[misc]
    read, _ = _reading(path, *grown)
    with pytest.raises(InputProblems) as refused:
        read_when_written(str(tmp_path), read)
    assert str(refused.value).endswith("work_items.csv: is still being written: it changed while it was read")
    assert waited == [5.0]


def test_half_a_line_that_stays_is_named_beside_what_the_reader_says(
    tmp_path: Path, waited: list[float]
) -> None:
    _table(tmp_path, f"{WHOLE}C,Thi")

    def read() -> str:
        raise InputProblems([Problem("work_items", "row 4 is ragged", source="work_items.csv")], "place")

    with pytest.raises(InputProblems) as refused:
        read_when_written(str(tmp_path), read)
    first, second = refused.value.problems
    assert str(first) == (
        "work_items.csv: may still be being written: its last line has 2 of 3 cells and no line end"
    )
    assert second.what == "row 4 is ragged"
    assert waited == [5.0]


@pytest.mark.parametrize("content", [b"", b"\n", bytes(range(256)), b"\xff\xfea", b"a,b\n\x00,", b"one line"])
def test_what_is_no_table_is_left_to_the_reader(tmp_path: Path, waited: list[float], content: bytes) -> None:
    (tmp_path / "work_items.csv").write_bytes(content)
    assert read_when_written(str(tmp_path), lambda: 1) == 1
