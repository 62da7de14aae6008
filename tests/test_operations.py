"""The recipes of docs/operations.md work as they are written: the cron line and the papermill line are run,
the others read."""

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.review import small
from vmo_helpers.cli.main import parser

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
posix = pytest.mark.skipif(os.name == "nt", reason="cron and sh are not there")


def _block(holding: str) -> str:
    (found,) = [text for _, text in BLOCKS if holding in text]
    return str(found)


def _unit(holding: str) -> configparser.ConfigParser:
    read = configparser.ConfigParser(interpolation=None)
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read_string(_block(holding))
    return read


def _understood(command: str) -> Any:
    """What `vmo` makes of a command line, whose first word is the program."""
    return parser().parse_args(shlex.split(command)[1:])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with the folder that the cron line speaks of, and a ``date`` that stands still at the day in
    ``today``."""
    folder = tmp_path / "vmo"
    (folder / ".venv" / "bin").mkdir(parents=True)
    shutil.copytree(ROOT / "tests" / "golden" / "small", folder / "data")
    date = shutil.which("date")
    for path, line in (
        (folder / ".venv" / "bin" / "vmo", f'exec {shlex.quote(sys.executable)} -m vmo_helpers "$@"'),
        (tmp_path / "bin" / "date", f'exec {date} -d "$(cat "$HOME/today") $2" "$3"'),
    ):
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{line}\n")
        path.chmod(0o755)
    return tmp_path


@posix
@pytest.mark.deep
@pytest.mark.slow
def test_the_cron_line_makes_a_review_two_days_before_the_first_monday_and_on_no_other_saturday(
    home: Path,
) -> None:
    """As cron runs it: the line ends at a bare %, an escaped one loses its backslash, hardly anything is in
    the environment."""
    line = _block("* * 6  cd").strip()
    *when, command = line.split(maxsplit=5)
    assert when == ["0", "6", "*", "*", "6"]
    assert re.search(r"(?<!\\)%", command) is None
    environment = {
        "HOME": str(home),
        "PATH": f"{home / 'bin'}:/usr/bin:/bin",
        "SHELL": "/bin/sh",
        "PYTHONPATH": str(ROOT),
    }
    shell = ["/bin/sh", "-c", command.replace("\\%", "%")]
    for today, made in (("2026-11-07", 0), ("2026-10-24", 0), ("2026-10-31", 1)):
        (home / "today").write_text(today)
        run = subprocess.run(
            shell, cwd=home, env=environment, capture_output=True, text=True, timeout=600, check=False
        )
        assert run.returncode == (0 if made else 1), run.stderr
        assert run.stderr == ""
        shelf = home / "vmo" / "reviews"
        assert len(small.reviews(shelf) if shelf.exists() else []) == made
    (review,) = small.reviews(home / "vmo" / "reviews")
    assert json.loads((review / "manifest.json").read_text())["exit_status"] == 0
    assert (review / "review.eml").is_file() and (review / "index.html").is_file()


@posix
@pytest.mark.slow
def test_the_papermill_line_runs_a_notebook_to_its_end(tmp_path: Path) -> None:
    line = _block("/papermill").strip()
    shutil.copytree(
        ROOT / "notebooks", tmp_path / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints")
    )
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sample").symlink_to(ROOT / "data" / "sample")
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    environment = small.environment(PYTHONPATH=str(ROOT), IPYTHONDIR=str(tmp_path / "ipython"))
    run = subprocess.run(
        ["/bin/sh", "-c", line],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    cells = json.loads((tmp_path / "notebooks" / "out.ipynb").read_text())["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code" and "".join(cell["source"]).strip()]
    assert len(code) > 10
    assert all(cell["metadata"]["papermill"]["status"] == "completed" for cell in code)
    assert '"2026-10-31"' in "".join("".join(cell["source"]) for cell in code)
    assert "notebooks/out.ipynb" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines(), (
        "what it leaves is not committed"
    )
    assert line in (ROOT / "README.md").read_text(encoding="utf-8"), "the README says the same"


def test_the_systemd_units_say_what_vmo_understands() -> None:
    service, timer = _unit("[Service]"), _unit("[Timer]")
    given = _understood(service["Service"]["ExecStart"])
    assert (given.command, given.data, given.out, given.email) == ("review", "data", "reviews", True)
    assert service["Service"]["Type"] == "oneshot"
    condition = shlex.split(service["Service"]["ExecCondition"].replace("%%", "%"))
    assert condition[:2] == ["/bin/sh", "-c"]
    assert condition[2].replace('"+2 days"', "'+2 days'") in _block("* * 6  cd").replace("\\%", "%"), (
        "the same condition as cron's"
    )
    assert timer["Timer"]["OnCalendar"].startswith("Sat ")
    assert timer["Install"]["WantedBy"] == "timers.target"


def test_the_workflow_is_one_and_runs_what_make_knows() -> None:
    workflow = yaml.safe_load(_block("make review DATA"))
    assert workflow[True]["schedule"] == [{"cron": "0 6 * * 6"}]  # YAML 1.1 reads the key "on" as true
    steps = workflow["jobs"]["review"]["steps"]
    (make,) = [step["run"] for step in steps if step.get("run", "").startswith("make ")]
    assert re.search(rf"^{make.split()[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    ids = {step["id"] for step in steps if "id" in step}
    assert set(re.findall(r"steps\.(\w+)\.", json.dumps(steps))) <= ids


def test_every_vmo_command_of_the_document_is_understood() -> None:
    spoken = re.findall(r"`(vmo [a-z]+ [^`]*)`", TEXT)
    assert len(spoken) >= 4
    for command in spoken:
        assert _understood(command).command == command.split()[1]
