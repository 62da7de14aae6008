"""The board of an import: a press chooses a class, the board redraws, and the map is written."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.importing.sheets import run, table, text
from vmo_helpers import explore
from vmo_helpers.contract.problems import InputProblems
from vmo_helpers.explore import look, map_views

ROOT = Path(__file__).parents[2]
ROWS = [
    ["Key", "Title", "Idea", "Legal", "</script>", "Live"],
    ["A", "One", "2026-01-05", "2026-01-07", "2026-01-09", "2026-02-02"],
    ["B", "Two", "2026-01-06", "2026-01-08", None, None],
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert run(text(tmp_path / "Epics.csv", ROWS), tmp_path / "mine", "--propose-map") == 0
    return tmp_path / "mine"


def test_the_board_has_states_in_order_with_class_count_and_mark(folder: Path) -> None:
    columns = map_views.board(folder).columns
    assert [(one.name, one.state_class, one.items) for one in columns] == [
        ("Idea", "backlog", 2),
        ("Legal", "active", 2),
        ("</script>", "active", 1),
        ("Live", "done", 1),
    ]
    drawn = look.board(columns)
    assert "</script>" not in drawn.replace("&lt;/script&gt;", "")
    assert drawn.count("a guess") == 4 and "2 items" in drawn and "1 item<" in drawn


def test_a_choice_takes_the_mark_away_and_is_what_the_next_import_reads(folder: Path, tmp_path: Path) -> None:
    chosen = map_views.board(folder).chosen("Legal", "wait")
    assert [(one.state_class, one.guess) for one in chosen.columns][1] == ("wait", "")
    before = (folder / "states.csv").read_bytes()
    map_views.write(chosen)
    assert (folder / "states.csv").read_bytes() == before  # the tables follow with the next import
    assert map_views.board(folder).columns[1].state_class == "wait"
    assert run(tmp_path / "Epics.csv", folder) == 0
    legal = table(folder, "states")[1]
    assert (legal["state"], legal["class"], legal["guessed"]) == ("Legal", "wait", "")
    assert not [file for file in folder.iterdir() if file.name.startswith(".")]


def test_a_folder_without_a_map_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(InputProblems, match="where `vmo import … --propose-map` wrote it"):
        map_views.board(tmp_path)


def test_in_a_deck_nothing_is_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    explore.board(folder)
    assert capsys.readouterr().out == ""


PRESSES = """
import sys
from vmo_helpers.explore.map_panel import MapPanel
panel = MapPanel(sys.argv[1])
first = panel.drawn.value
panel.choices["Legal"].value = "wait"
assert panel.drawn.value != first and panel.drawn.value.count("a guess") == 3
panel.right.click()
assert "a guess" not in panel.drawn.value
panel.save.click()
assert "Written to" in panel.said.value
"""


def test_a_press_redraws_the_board_and_a_button_writes_the_map(folder: Path) -> None:
    python = Path(os.environ.get("VMO_LAB", ROOT / ".venv-lab")) / "bin" / "python"
    if not python.exists():
        pytest.skip("there is no environment with ipywidgets (make test sets it up; VMO_LAB names another)")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([python, "-c", PRESSES, str(folder)], check=True, env=environment, cwd=ROOT)
    assert [one.guess for one in map_views.board(folder).columns] == [""] * 4
