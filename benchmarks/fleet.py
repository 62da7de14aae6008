"""`make bench`: many portfolios in one run, beside the papermill command line one notebook after another.

`python benchmarks/fleet.py [part …]` runs some; `kills` and `schedulers` run only when they are named.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import psutil  # noqa: E402

from benchmarks.measuring import Line, judged, python  # noqa: E402
from tests.review import killing, small  # noqa: E402
from vmo_helpers.review import plan  # noqa: E402
from vmo_helpers.sample import write_sample  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results" / "fleet.json"
PORTFOLIOS = 50
BY_PAPERMILL = 2
"""Portfolios that papermill runs: one by one it would take an hour for all of them."""
SMALL, SMALL_DECKS = 100, 5
KILLS, TWICE = 100, 20
SEARCH = {"PYTHONPATH": str(ROOT)}
NOTEBOOKS = plan.available(plan.notebook_folder())


@dataclass(frozen=True)
class Ran:
    """One command: its wall seconds, and the memory of its own process at each portfolio's end."""

    seconds: float
    parent_mb: tuple[float, ...]


@cache
def _folder() -> Path:
    """50 portfolios: the sample with other seeds. Made once a run of this program."""
    folder = Path(tempfile.mkdtemp(prefix="vmo-bench-fleet-"))
    for seed in range(1, PORTFOLIOS + 1):
        write_sample(folder / f"p{seed:02}", seed=seed)
        about = folder / f"p{seed:02}" / "portfolio.toml"
        lines = about.read_text(encoding="utf-8").splitlines()
        named = [f'name = "Portfolio {seed:02}"' if line.startswith("name") else line for line in lines]
        about.write_text("\n".join(named) + "\n", encoding="utf-8")
    _listed(folder, [f"p{seed:02}" for seed in range(1, PORTFOLIOS + 1)])
    return folder


def _listed(folder: Path, names: list[str], more: str = "") -> None:
    text = f'[defaults]\nshelf = "shelf"\n{more}'
    text += "".join(f'[[portfolio]]\nid = "{name}"\ndata = "{name}"\n' for name in names)
    (folder / "all.toml").write_text(text, encoding="utf-8")


def _command(folder: Path) -> list[str]:
    return [python(), "-m", "vmo_helpers", "review", "--all", str(folder / "all.toml")]


def _run(folder: Path, *, wanted: int = 0) -> Ran:
    """The command to its end; one that ends with another status raises what it said."""
    started = time.perf_counter()
    process = subprocess.Popen(
        _command(folder),
        env={**os.environ, **SEARCH},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    about, memory, said = psutil.Process(process.pid), [], []
    for line in process.stderr:
        said.append(line)
        memory.append(about.memory_info().rss / 1e6)
    if process.wait() != wanted:
        raise RuntimeError(f"it ended with status {process.returncode}:\n{''.join(said)}")
    return Ran(time.perf_counter() - started, tuple(memory))


@cache
def _first() -> Ran:
    return _run(_folder())


def beside_papermill() -> list[Line]:
    """All notebooks of 50 portfolios, two at once; papermill's command line on some of them, one by one."""
    ours = _first().seconds / PORTFOLIOS
    out, started = _folder() / "out.ipynb", time.perf_counter()
    for seed in range(1, BY_PAPERMILL + 1):
        for notebook in NOTEBOOKS:
            command = [python(), "-m", "papermill", str(notebook.path), str(out), "--no-progress-bar"]
            given = ["-p", "data", str(_folder() / f"p{seed:02}"), "-p", "as_of", "2026-10-31"]
            folder, environment = notebook.path.parent, {**os.environ, **SEARCH}
            subprocess.run(
                [*command, *given], check=True, cwd=folder, env=environment, stderr=subprocess.DEVNULL
            )
    theirs = (time.perf_counter() - started) / BY_PAPERMILL
    return [
        Line("seconds a portfolio, 50 of them", ours),
        Line(f"seconds a portfolio by papermill, {BY_PAPERMILL} of them", theirs),
        Line("times as fast", theirs / ours, 8.0),
    ]


def unchanged() -> list[Line]:
    """The same 50 again, and once more when a row of one has come."""
    _first()
    shelf, before = _folder() / "shelf", len(small.reviews(_folder() / "shelf"))
    again = _run(_folder()).seconds
    with (_folder() / "p07" / "value_streams.csv").open("a", encoding="utf-8") as table:
        table.write("VS-NEW,New Ventures,operational,Head of New Ventures,5,2\n")
    made_again = len(small.reviews(shelf)) - before
    one = _run(_folder()).seconds
    return [
        Line("seconds, 50 that are unchanged", again, 10.0, at_least=False),
        Line("reviews made where none had changed", made_again, 0.0, at_least=False),
        Line("seconds, one of 50 changed", one),
        Line("reviews made where one had changed", len(small.reviews(shelf)) - before, 1.0, at_least=False),
    ]


def memory() -> list[Line]:
    """500 decks of small portfolios in one command: its own memory, and what it leaves behind."""
    with _small(SMALL, SMALL_DECKS) as folder:
        before = _left()
        ran = _run(folder)
        after_50 = ran.parent_mb[50 // SMALL_DECKS - 1]
        return [
            Line("MB of the parent after 50 decks", after_50),
            Line("× that after 500 decks", ran.parent_mb[-1] / after_50, 1.10, at_least=False),
            Line("processes and temporary folders left", len(_left() - before), 0.0, at_least=False),
        ]


def kills() -> list[Line]:
    """A process of the run (the command, a portfolio, a worker, a kernel …) killed at 100 random instants,
    then the same command. Each kill is printed."""
    with tempfile.TemporaryDirectory(prefix="vmo-kills-") as made:
        found = []
        for one in killing.Place(Path(made) / "place").kills(KILLS, random.Random(0)):
            print(
                f"    {one.kind:<16}{one.after:6.2f} s  status {one.status:3}  {'; '.join(one.wrong)}",
                flush=True,
            )
            found.append(one)
    several = [Line(f"of them {kind}", sum(one.kind == kind for one in found)) for kind in killing.KINDS]
    return [
        Line(
            f"of {KILLS} kills, shelf or folders unlike an undisturbed run's",
            sum(map(bool, (one.wrong for one in found))),
            0.0,
            at_least=False,
        ),
        *several,
    ]


def schedulers() -> list[Line]:
    """Two such commands on one shelf, 20 times, the second up to two seconds later."""
    wrong, chosen = 0, random.Random(0)
    with tempfile.TemporaryDirectory(prefix="vmo-kills-") as made:
        place = killing.Place(Path(made) / "place")
        for _ in range(TWICE):
            found = place.two_at_once(chosen.uniform(0, 2))
            print(f"    {'; '.join(found) or 'well'}", flush=True)
            wrong += bool(found)
    return [Line(f"times of {TWICE} that one failed or a review was doubled", wrong, 0.0, at_least=False)]


@contextmanager
def _small(portfolios: int, decks: int) -> Iterator[Path]:
    """Portfolios of three items, and notebooks of a few cells."""
    with tempfile.TemporaryDirectory(prefix="vmo-bench-fleet-") as made:
        folder, names = Path(made), [f"q{number}" for number in range(portfolios)]
        for name in names:
            about = small.portfolio(folder / name) / "portfolio.toml"
            about.write_text(about.read_text().replace("Three items", name))
        for number in range(decks):
            small.notebook(folder / "nb", f"deck{number}")
        _listed(folder, names, 'notebook_folder = "nb"\n')
        yield folder


def _left() -> set[str]:
    ours = {str(path) for path in Path(tempfile.gettempdir()).glob("vmo-[0-9]*")}
    running = psutil.process_iter(["pid", "cmdline"])
    return ours | {str(one.pid) for one in running if "vmo_helpers" in " ".join(one.info["cmdline"] or ())}


PARTS = {
    "papermill": ("50 portfolios, all notebooks", beside_papermill),
    "unchanged": ("the same again", unchanged),
    "memory": ("500 decks in one command", memory),
    "kills": ("killed at 100 random instants, then the same command", kills),
    "schedulers": ("two commands on one shelf", schedulers),
}
USUAL = ("papermill", "unchanged", "memory")


if __name__ == "__main__":
    sys.exit(judged(sys.argv[1:] or USUAL, PARTS, RESULTS, {}))
