"""Whole or not at all: killed at any moment, two at once, a full disk, a folder that cannot be written, an
interrupt."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.review import small
from vmo_helpers.cli.main import main
from vmo_helpers.review.shelf import shelf as shelf_module
from vmo_helpers.review.shelf.shelf import LOCK, Shelf

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills, mounts and limits as Linux has them")

# Runs `vmo` and sends it a signal at the n-th step of its publication, which begins when the manifest is
# opened to be
# written. A step is whatever Python tells its audit hooks of: files opened (to be synced, too), renamed,
# removed.
_AT_A_STEP = """
import os, sys
step, number, counted = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
seen = [0, False]
def watch(event, arguments):
    calls = ("rename", "mkdir", "remove", "rmdir", "chmod", "listdir", "scandir")
    if event == "open" or event in ["os." + call for call in calls]:
        seen[1] = seen[1] or event == "open" and str(arguments[0]).endswith("/review/manifest.json")
        seen[0] += seen[1]
        if seen[1] and seen[0] == step:
            os.kill(os.getpid(), number)
sys.addaudithook(watch)
from vmo_helpers.cli import main
status = main(sys.argv[4:])
with open(counted, "w") as file:
    file.write(str(seen[0]))
sys.exit(status)
"""


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with data, one notebook, and a shelf on which one review stands."""
    folder = tmp_path_factory.mktemp("faults") / "place"
    small.portfolio(folder / "data")
    small.notebook(folder / "nb", "demo")
    run = _vmo(folder, "--as-of", "2026-02-01")
    assert run.returncode == 0, run.stderr
    return folder


@pytest.fixture
def place(made_once: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    return Path(shutil.copytree(made_once, tmp_path / "place"))


def _arguments(place: Path, *more: str) -> list[str]:
    return [
        "review",
        str(place / "data"),
        "--out",
        str(place / "shelf"),
        "--notebook-folder",
        str(place / "nb"),
        "--quiet",
        *more,
    ]


def _vmo(place: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return small.vmo(*_arguments(place, *more))


def _start(place: Path, *more: str) -> subprocess.Popen[str]:
    command = small.command(*_arguments(place, *more))
    return subprocess.Popen(
        command, env=small.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def _at_a_step(place: Path, step: int, number: int, *more: str) -> subprocess.CompletedProcess[str]:
    driver = [sys.executable, "-c", _AT_A_STEP, str(step), str(int(number)), str(place / "counted")]
    whole = [*driver, *_arguments(place, *more)]
    return subprocess.run(
        whole, env=small.environment(), capture_output=True, text=True, timeout=300, check=False
    )


def _paragraph(said: str) -> str:
    assert said.startswith("vmo: ")
    assert "Traceback" not in said
    assert said.count("\n") <= 2
    return said


def _leftovers(shelf: Path) -> list[str]:
    return [path.name for path in shelf.iterdir() if path.name.startswith(".") and path.name != LOCK]


def _whole(shelf: Path, before: dict[str, bytes]) -> None:
    """Every review that stood stands unchanged; every other one is whole; the index speaks of reviews that
    are there."""
    now = small.content(shelf)
    for name, text in before.items():
        assert name == "index.html" or now.get(name) == text, name
    for folder in small.reviews(shelf):
        review = Shelf(shelf).review(folder.name)
        assert review is not None, folder.name
        assert review.is_as_written()
        assert set(review.manifest["output"]) <= set(small.content(folder))
    index = (shelf / "index.html").read_text()
    assert index.rstrip().endswith("</html>")
    assert any(folder.name in index for folder in small.reviews(shelf))


class _Pace:
    """How long a run takes. The machine may have less to do later: a run that ends before the moment of its
    kill sets the pace anew, so that the next attempt is killed in time."""

    def __init__(self, measured: Callable[[], subprocess.CompletedProcess[str]]) -> None:
        started = time.monotonic()
        run = measured()
        assert run.returncode == 0, run.stderr
        self._seconds = time.monotonic() - started

    def killed(
        self, run: subprocess.Popen[Any], share: float, kill: Callable[[subprocess.Popen[Any]], None]
    ) -> bool:
        """Whether a run that begins now was still under way after that share of its time, and is killed."""
        started = time.monotonic()
        with contextlib.suppress(subprocess.TimeoutExpired):
            run.wait(self._seconds * share)
        if run.poll() is None:
            kill(run)
        run.communicate()
        if run.returncode == -signal.SIGKILL:
            return True
        assert run.returncode == 0
        self._seconds = time.monotonic() - started
        return False


def _kill_group(run: subprocess.Popen[Any]) -> None:
    os.killpg(run.pid, signal.SIGKILL)


@pytest.mark.slow
def test_killed_at_any_moment_every_review_stands_and_the_next_run_works(place: Path) -> None:
    """Five moments spread over a measured run, four more over its publication step by step."""
    pace = _Pace(lambda: _vmo(place, "--as-of", "2026-02-02"))
    assert _at_a_step(place, 0, 0, "--as-of", "2026-02-03").returncode == 0
    steps = int((place / "counted").read_text())
    assert steps >= 20
    days = iter(f"2026-0{month}-{day:02d}" for month in (4, 5) for day in range(1, 29))
    for moment in range(5):
        killed = False
        while not killed:
            before = small.content(place / "shelf")
            run = _start(place, "--as-of", next(days))
            killed = pace.killed(run, moment / 5, subprocess.Popen.kill)
            _whole(place / "shelf", before)
    for moment in range(4):
        before = small.content(place / "shelf")
        step = 1 + (steps - 1) * moment // 3
        assert _at_a_step(place, step, signal.SIGKILL, "--as-of", next(days)).returncode == -signal.SIGKILL, (
            step
        )
        _whole(place / "shelf", before)
    assert _vmo(place, "--as-of", "2026-06-30").returncode == 0
    assert _leftovers(place / "shelf") == []
    index = (place / "shelf" / "index.html").read_text()
    assert all(folder.name in index for folder in small.reviews(place / "shelf"))


@pytest.mark.deep
@pytest.mark.slow
def test_killed_with_all_it_started_while_the_programs_own_notebooks_and_forms_are_made(
    tmp_path: Path,
) -> None:
    """Three moments of the first half of a measured run (later ones are faster), each kill sent to the whole
    process group."""
    data, shelf = Path(__file__).parents[1] / "golden" / "small", tmp_path / "shelf"
    two = ("watermelon_metrics", "portfolio_review")
    arguments = ["review", data, "--out", shelf, "--notebook", *two, "--email", "--quiet", "--as-of"]
    pace = _Pace(lambda: small.vmo(*arguments, "2026-09-30"))
    days = iter(f"2026-10-{day:02d}" for day in range(1, 31))
    for moment in range(1, 4):
        killed = False
        while not killed:
            before = small.content(shelf)
            run = subprocess.Popen(
                small.command(*arguments, next(days)),
                env=small.environment(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            killed = pace.killed(run, moment / 8, _kill_group)
            _whole(shelf, before)
    last = small.vmo(*arguments, "2026-10-31")
    assert last.returncode == 0, last.stderr
    assert (small.reviews(shelf)[-1] / "review.eml").is_file()
    assert _leftovers(shelf) == []


def test_two_runs_onto_one_shelf_at_once_both_end_well(place: Path) -> None:
    """Two of the same make one review; a third of another day makes another."""
    runs = [_start(place, "--as-of", day) for day in ("2026-03-01", "2026-03-01", "2026-03-02")]
    said = [run.communicate(timeout=300) for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0], said
    days = [review.manifest["as_of_day"] for review in Shelf(place / "shelf").reviews()]
    assert days == ["2026-02-01", "2026-03-01", "2026-03-02"]
    assert sum("it was there already" in out for out, _ in said) == 1
    assert _leftovers(place / "shelf") == []
    index = (place / "shelf" / "index.html").read_text()
    assert all(folder.name in index for folder in small.reviews(place / "shelf"))


@pytest.mark.slow
def test_what_goes_wrong_in_one_notebook_leaves_the_others_decks(place: Path) -> None:
    """And names the one that failed, with its last good deck; tried again in vain nothing is added, mended it
    is."""
    standing = small.content(place / "shelf")
    good = small.reviews(place / "shelf")[0].name
    mend = small.notebook(place / "nb", "demo", "import sys; sys.exit(0)")
    small.notebook(place / "nb", "dies", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    small.notebook(place / "nb", "fine")
    small.notebook(place / "nb", "slow", "import time; time.sleep(600)")
    run = _vmo(place, "--as-of", "2026-03-01", "--timeout", "8")
    assert run.returncode == 3, run.stderr
    failed = next(path for path in small.reviews(place / "shelf") if path.name != good)
    manifest = json.loads((failed / "manifest.json").read_text())
    assert manifest["exit_status"] == 3
    why = {name: state.get("why", state["status"]) for name, state in manifest["outcome"].items()}
    assert why == {
        "demo": "the cell “import sys; sys.exit(0)” ended the notebook with SystemExit: 0",
        "dies": "the kernel died in the cell “import os, signal; os.kill(os.getpid(), signal.SIGKILL)”",
        "fine": "done",
        "slow": "the cell “import time; time.sleep(600)” ran longer than 8 s",
    }
    kept = {path.name for path in (failed / "notebooks").iterdir()}
    assert kept == {"demo.failed.ipynb", "dies.failed.ipynb", "fine.ipynb", "slow.failed.ipynb"}
    assert {path.name for path in failed.glob("*.html")} == {"fine.html", "index.html"}
    assert set(json.loads((failed / "figures.json").read_text())) == {"fine.items"}
    index = (failed / "index.html").read_text()
    assert f"../{good}/demo.html" in index
    assert "1 February 2026" in index
    assert "demo FAILED" in run.stdout
    assert f"{good}/demo.html is the last good one, as of 2026-02-01" in run.stdout
    assert {name: small.content(place / "shelf")[name] for name in standing if name != "index.html"} == {
        name: text for name, text in standing.items() if name != "index.html"
    }

    for name in ("dies", "slow"):
        (place / "nb" / f"{name}.ipynb").unlink()
    assert _vmo(place, "--as-of", "2026-03-01").returncode == 3
    before = small.content(place / "shelf")
    assert _vmo(place, "--as-of", "2026-03-01").returncode == 3
    assert small.content(place / "shelf") == before, "the same failure again is no news"
    mend.unlink()
    small.notebook(place / "nb", "demo")
    assert _vmo(place, "--as-of", "2026-03-01").returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_leaves_nothing_half_written(place: Path, number: signal.Signals) -> None:
    mark = place / "mark"
    small.notebook(
        place / "nb", "demo", f"import pathlib, time; pathlib.Path({str(mark)!r}).touch(); time.sleep(600)"
    )
    before = small.content(place / "shelf")
    run = _start(place, "--as-of", "2026-03-01")
    deadline = time.monotonic() + 300
    while not mark.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    run.send_signal(number)
    out, said = run.communicate(timeout=300)
    assert (run.returncode, out) == (130, "")
    assert "Interrupted" in _paragraph(said)
    assert small.content(place / "shelf") == before
    assert _leftovers(place / "shelf") == []


def test_an_interrupt_during_publication_waits_until_it_is_done(place: Path) -> None:
    run = _at_a_step(place, 3, signal.SIGINT, "--as-of", "2026-03-01")
    assert run.returncode == 130, run.stderr
    newest = small.reviews(place / "shelf")[-1]
    assert newest.name.startswith("2026-03-01-")
    assert newest.name in (place / "shelf" / "index.html").read_text()
    assert _leftovers(place / "shelf") == []


def test_a_locked_shelf_is_waited_for_and_then_told_of(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shelf_module, "LOCK_WAIT_SECONDS", 0.1)
    before = small.content(place / "shelf")
    with Shelf(place / "shelf").locked():
        assert main(_arguments(place, "--as-of", "2026-03-01")) == 4
    assert f"process {os.getpid()} has been putting a review on it" in _paragraph(capsys.readouterr().err)
    assert small.content(place / "shelf") == before
    assert _leftovers(place / "shelf") == []


def _mounted(where: Path, options: str) -> Callable[[], None]:
    """A small file system at a folder; skips where this user may not mount one. Returns what takes it away
    again."""
    where.mkdir(exist_ok=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(where)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("this user may not mount a file system")

    def unmount() -> None:
        subprocess.run(["umount", "-l", str(where)], check=True)

    return unmount


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A folder that nobody can write to: by its mode, or, for root whom no mode stops, by its mount."""
    folder = tmp_path / "read-only"
    folder.mkdir()
    if os.geteuid() == 0:
        unmount = _mounted(folder, "ro")
        yield folder
        unmount()
    else:
        folder.chmod(0o500)
        yield folder
        folder.chmod(0o700)


def test_a_read_only_folder_is_refused_in_one_paragraph(tmp_path: Path, read_only: Path) -> None:
    small.portfolio(tmp_path / "data")
    small.notebook(tmp_path / "nb", "demo")
    run = small.vmo(
        "review",
        tmp_path / "data",
        "--out",
        read_only / "shelf",
        "--notebook-folder",
        tmp_path / "nb",
        "--quiet",
    )
    assert (run.returncode, run.stdout) == (4, "")
    assert "cannot be written to" in _paragraph(run.stderr)
    made = small.vmo("init", read_only / "mine")
    assert (made.returncode, made.stdout) == (4, "")
    assert "cannot be written" in _paragraph(made.stderr)
    assert list(read_only.iterdir()) == []


def test_a_full_disk_is_told_of_and_changes_nothing(place: Path) -> None:
    """With room for a twentieth, a half and nine tenths of a review."""
    unmount = _mounted(place / "disk", "size=2m")
    disk = place / "disk"
    try:
        shutil.copytree(place / "shelf", disk, dirs_exist_ok=True)
        shutil.rmtree(place / "shelf")
        (place / "shelf").symlink_to(disk)
        size = os.statvfs(disk)
        needed = (size.f_blocks - size.f_bavail) * size.f_frsize
        for share in (0.05, 0.5, 0.9):
            (disk / "filler").write_bytes(bytes(size.f_bavail * size.f_frsize - int(share * needed)))
            before = small.content(disk)
            run = _vmo(place, "--as-of", "2026-03-01")
            assert (run.returncode, run.stdout) == (4, ""), run.stderr
            assert "No space left on device" in _paragraph(run.stderr)
            assert small.content(disk) == before
            assert _leftovers(disk) == []
            (disk / "filler").unlink()
        assert _vmo(place, "--as-of", "2026-03-01").returncode == 0
    finally:
        unmount()


def test_a_limit_on_the_size_of_files_is_a_refusal_to_write(place: Path) -> None:
    import resource

    before = small.content(place / "shelf")
    run = small.vmo(
        *_arguments(place, "--as-of", "2026-03-01"),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
        env=small.environment(PYTHONDONTWRITEBYTECODE="1"),
    )
    assert (run.returncode, run.stdout) == (4, ""), run.stderr
    assert "File too large" in _paragraph(run.stderr)
    assert small.content(place / "shelf") == before


def test_a_cell_that_meets_a_full_disk_is_the_disks_fault(place: Path) -> None:
    small.notebook(place / "nb", "demo", "raise OSError(28, 'No space left on device')")
    before = small.content(place / "shelf")
    run = _vmo(place, "--as-of", "2026-03-01")
    assert (run.returncode, run.stdout) == (4, "")
    assert "No space left on device" in _paragraph(run.stderr)
    assert small.content(place / "shelf") == before


def test_a_damaged_review_is_made_anew_beside_it(place: Path) -> None:
    (standing,) = small.reviews(place / "shelf")
    (standing / "figures.json").write_text("{}")
    run = _vmo(place, "--as-of", "2026-02-01")
    assert run.returncode == 0
    assert "it was there already" not in run.stdout
    assert len(small.reviews(place / "shelf")) == 2
    assert (standing / "figures.json").read_text() == "{}"


def test_a_deck_that_cannot_be_drawn_fails_alone(place: Path) -> None:
    small.bare(place / "nb", "no_deck", small.PARAMETERS, "1 + 1")
    run = _vmo(place, "--as-of", "2026-03-01")
    assert run.returncode == 3
    newest = small.reviews(place / "shelf")[-1]
    assert "no_deck FAILED: its page cannot be drawn" in run.stdout
    assert {path.name for path in newest.glob("*.html")} == {"demo.html", "index.html"}
    assert (newest / "notebooks" / "no_deck.failed.ipynb").exists()


def test_two_notebooks_that_contradict_each_other_do_not_both_stand(place: Path) -> None:
    otherwise = small.SAY.format(name="demo").replace("len(", "1 + len(")
    small.bare(place / "nb", "other", small.PARAMETERS, small.OPEN.format(name="other"), otherwise)
    run = _vmo(place, "--as-of", "2026-03-01")
    assert run.returncode == 3
    assert (
        "other FAILED: it reports 'demo.items' otherwise than another notebook of this review does"
        in run.stdout
    )
