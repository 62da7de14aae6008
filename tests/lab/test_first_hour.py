"""docs/first-hour.md, walked from end to end as it is written: each command, each table, and what is said to
come out."""

from __future__ import annotations

import csv
import os
import re
import shutil
import signal
import subprocess
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.lab import jupyter
from tests.review import small
from vmo_helpers.cli.coverage import usable
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.sources import load

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "first-hour.md").read_text(encoding="utf-8")
FENCES = re.findall(r"^```(\w+)\n(.*?)^```", DOCUMENT, flags=re.M | re.S)
COMMANDS = [text for kind, text in FENCES if kind == "sh"]
SAID = [(one[1], other[1]) for one, other in pairwise(FENCES) if (one[0], other[0]) == ("sh", "text")]
SET_UP, LAB = COMMANDS[0], COMMANDS[-1]


def _tables() -> dict[str, list[list[str]]]:
    """The tables that the document fills, by file."""
    found = {}
    for name, body in re.findall(r"^`(\w+\.csv)`:.*?\n\n((?:\|.*\n)+)", DOCUMENT, flags=re.M):
        rows = [[cell.strip() for cell in line.strip("|\n ").split("|")] for line in body.splitlines()]
        found[name] = [rows[0], *rows[2:]]
    return found


def _saved_by_a_spreadsheet(path: Path, rows: list[list[str]]) -> None:
    """As one with a German locale saves: every column of the header, semicolons, a byte-order mark, CR LF."""
    header = path.read_text(encoding="utf-8").strip().split(",")
    assert set(rows[0]) <= set(header), f"{path.name} has no such column"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(header)
        writer.writerows(
            [[dict(zip(rows[0], row, strict=True)).get(name, "") for name in header] for row in rows[1:]]
        )


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout of nobody: the repository's files, its environments, and notebooks that may be written
    to."""
    folder = tmp_path_factory.mktemp("hour")
    for name in ("Makefile", "pyproject.toml", "constraints.txt", "data", "tests", "vmo_helpers", "docs"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    for name, marks in ((".venv", (".review", ".dev")), (".venv-lab", (".lab",))):
        if (ROOT / name).is_dir():
            made = folder / name
            made.mkdir()
            for part in (ROOT / name).iterdir():
                if not part.name.startswith("."):
                    (made / part.name).symlink_to(part)
            for mark in marks:
                (made / mark).touch()
    return folder


def _run(command: str, folder: Path, **more: str) -> str:
    environment = {
        **os.environ,
        **more,
        "PATH": f"{folder / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }
    done = subprocess.run(
        ["sh", "-euc", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_document_has_the_steps_that_it_promises() -> None:
    assert SET_UP == "make review\n. .venv/bin/activate\n"
    assert [command.strip() for command in COMMANDS[1:]] == [
        "vmo init mine",
        "vmo check mine",
        "vmo review mine",
        "make lab DATA=mine",
    ]
    assert [command for command, _ in SAID] == COMMANDS[1:4]
    assert list(_tables()) == ["work_items.csv", "states.csv", "transitions.csv"]


@pytest.mark.parametrize("name", ["work_items", "states", "transitions"])
def test_the_columns_that_the_document_asks_for_are_those_that_the_program_asks_for(name: str) -> None:
    asked = re.search(
        rf"^`{name}\.csv`:.* Columns that must be there: (.*?)\. Filled in every row: (.*?)\.$",
        DOCUMENT,
        flags=re.M,
    )
    assert asked is not None
    there, filled = (re.findall(r"`(\w+)`", part) for part in asked.groups())
    columns = TABLES[name].columns
    assert there == [column.name for column in columns if column.required]
    assert filled == [column.name for column in columns if column.filled]


def test_the_tables_are_accepted_with_the_columns_asked_for_and_no_others(tmp_path: Path) -> None:
    for name, (header, *rows) in _tables().items():
        more = [
            column.name
            for column in TABLES[name.removesuffix(".csv")].columns
            if column.required and column.name not in header
        ]
        lines = [[*header, *more], *([*row, *("" for _ in more)] for row in rows)]
        (tmp_path / name).write_text("\n".join(map(",".join, lines)) + "\n", encoding="utf-8")
    portfolio = load(tmp_path)
    assert usable(portfolio)["flow_analysis"] and len(portfolio.work_items) == 6


@pytest.mark.slow
class TestTheFirstHour:
    """The steps in their order; each needs the one before."""

    def test_sets_up(self, here: Path) -> None:
        """On three items: the sample's review is made elsewhere."""
        assert "index.html" in _run(SET_UP, here, DATA=str(small.portfolio(here / "three")))

    @pytest.mark.parametrize(("command", "said"), SAID, ids=[command.split()[1] for command, _ in SAID])
    def test_says_what_the_document_says(self, here: Path, command: str, said: str) -> None:
        told = _run(command, here).splitlines()
        for line in said.splitlines():
            assert any(one.startswith(line) for one in told), f"{line!r} is not among\n" + "\n".join(told)
        if "init" in command:
            for name, rows in _tables().items():
                _saved_by_a_spreadsheet(here / "mine" / name, rows)

    def test_left_a_review_that_knows_the_six_epics(self, here: Path) -> None:
        (review,) = (here / "reviews").glob("2026-06-29-*")
        text = (review / "flow_analysis.html").read_text(encoding="utf-8")
        assert "Waiting for release" in text

    @pytest.mark.browser
    @pytest.mark.deep
    def test_opens_the_notebooks_on_it(self, here: Path, lab_browser: Any, tmp_path: Path) -> None:
        if jupyter.command() is None:
            pytest.skip("there is no JupyterLab in .venv-lab (make test sets it up)")
        with (
            _made_lab(here, tmp_path) as server,
            jupyter.opened(lab_browser, server, "flow_analysis") as book,
        ):
            book.run_all()
            panel = book.panel("explore.flow(review)")
            panel.locator(".vmo-right td", has_text="Store pick-up").wait_for(timeout=jupyter.RUN_MS)
            assert book.errors() == []


class _made_lab:
    """``make lab`` as the document says, ended with the block: port and token come by the options that make
    hands on."""

    def __init__(self, here: Path, folder: Path) -> None:
        self._here, self._folder = here, folder

    def __enter__(self) -> jupyter.Server:
        server, options = jupyter.settings(self._folder)
        environment = {**jupyter.environment(self._folder), "LAB_OPTIONS": " ".join(options)}
        with server.log.open("w", encoding="utf-8") as log:
            command = ["sh", "-euc", LAB]
            self._process = subprocess.Popen(
                command, cwd=self._here, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        jupyter.wait_for(server, self._process)
        return server

    def __exit__(self, *reason: object) -> None:
        os.killpg(self._process.pid, signal.SIGTERM)
        until = time.monotonic() + 30
        while self._process.poll() is None and time.monotonic() < until:
            time.sleep(0.1)
