"""Whatever goes wrong with one portfolio of many: the others' decks stand, and one sentence names it."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.review import killing, many, small
from tests.review.test_faults import _mounted, read_only  # noqa: F401 - a fixture
from tests.review.test_fleet import _no_nursery_is_left  # noqa: F401 - it holds for this module, too
from vmo_helpers.review.shelf.shelf import Shelf

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="mounts and limits as Linux has them")

TOO_MUCH = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (1 << 33, 1 << 33))
kept = bytearray(1 << 34)
"""
AT_ITS_END = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
"""As the system ends a kernel that took all memory."""


def _listed(id: str, more: str = "") -> str:
    return f'[[portfolio]]\nid = "{id}"\ndata = "{id}"\n{more}'


def _good(place: Path, run: many.Ran) -> None:
    """Those with which nothing is wrong are done, and their decks are there as they were written."""
    for id in many.GOOD:
        row = many.row(run.out, id)
        assert (row[2], row[3]) == ("done", "1"), run.err
        assert Path(row[5]).is_file()
    assert all(review.is_as_written() for review in Shelf(place / "shelf").reviews())
    assert "Traceback" not in run.err


def _said(run: many.Ran, id: str) -> str:
    """The one line that names a portfolio while the run goes on."""
    (line,) = [line for line in run.err.splitlines() if line.startswith(f"  ✗ {id}: ")]
    return line.removeprefix(f"  ✗ {id}: ")


@pytest.mark.slow
def test_what_is_wrong_with_data_or_a_kernel_costs_its_portfolio_alone(tmp_path: Path) -> None:
    hungry = 'notebook_folder = "hungry"\n'
    bad = dict.fromkeys(("parquet", "half", "toml", "nowhere"), "") | {"memory": hungry}
    bad["killed"] = 'notebook_folder = "killed_nb"\n'
    place = many.place(tmp_path, *many.GOOD, more="".join(_listed(*one) for one in bad.items()))
    for id in set(bad) - {"nowhere"}:
        many.portfolio(place, id)
    (place / "parquet" / "work_items.csv").unlink()
    (place / "parquet" / "work_items.parquet").write_bytes(b"PAR1" + bytes(range(256)) + b"PAR1")
    items = place / "half" / "work_items.csv"
    items.write_text(items.read_text().rstrip("\n").rpartition(",")[0])
    (place / "toml" / "portfolio.toml").write_text('[portfolio\nname = "unclosed\n')
    small.notebook(place / "hungry", "demo", TOO_MUCH)
    small.notebook(place / "killed_nb", "demo", AT_ITS_END)

    run = many.vmo(place)
    assert run.status == 2, run.err
    _good(place, run)
    statuses = {id: many.row(run.out, id)[2] for id in bad}
    assert statuses == dict.fromkeys(("parquet", "half", "toml", "nowhere"), "refused") | {
        "memory": "incomplete",
        "killed": "incomplete",
    }
    said = {id: _said(run, id) for id in bad}
    assert "MemoryError" in said["memory"]
    assert "the kernel died in the cell “import os, signal”" in said["killed"]
    assert all(line.startswith("refused: ") for id, line in said.items() if statuses[id] == "refused")
    record = many.record(place)
    assert "work_items.parquet" in record["parquet"]["message"]
    assert "work_items.csv" in record["half"]["message"]
    assert "may still be being written" in record["half"]["message"]
    assert "portfolio.toml" in record["toml"]["message"]
    assert "nowhere" in record["nowhere"]["message"]


def test_a_shelf_that_is_read_only_or_full_costs_its_portfolios_alone(
    tmp_path: Path,
    read_only: Path,  # noqa: F811
) -> None:
    more = _listed("sealed", f'shelf = "{read_only}/shelf"\n') + _listed("full", 'shelf = "disk/shelf"\n')
    place = many.place(tmp_path, *many.GOOD, more=more)
    for id in ("sealed", "full"):
        many.portfolio(place, id)
    unmount = _mounted(place / "disk", "size=1m")
    try:
        size = os.statvfs(place / "disk")
        (place / "disk" / "filler").write_bytes(bytes(size.f_bavail * size.f_frsize - 32_768))
        run = many.vmo(place)
        assert run.status == 4, run.err
        _good(place, run)
        assert [" ".join(many.row(run.out, id)[2:4]) for id in ("sealed", "full")] == ["not written"] * 2
        assert "cannot be written" in _said(run, "sealed")
        assert "No space left on device" in _said(run, "full")
        kept = small.content(place / "disk")
        assert not [name for name in kept if name.endswith((".html", "manifest.json"))]
        (place / "disk" / "filler").unlink()
        assert many.row(many.vmo(place).out, "full")[2] == "done"
    finally:
        unmount()


@pytest.mark.parametrize("seconds", [2, pytest.param(30, marks=(pytest.mark.deep, pytest.mark.slow))])
def test_a_share_that_is_gone_for_a_while_costs_its_portfolio_and_the_same_command_makes_it(
    tmp_path: Path, seconds: int
) -> None:
    """It goes while a notebook runs, and comes back."""
    share, behind = tmp_path / "share", tmp_path / "behind"
    more = _listed("far", 'shelf = "share"\nnotebook_folder = "far_nb"\n')
    place = many.place(tmp_path, *many.GOOD, more=more)
    many.portfolio(place, "far")
    mark = place / "mark"
    waits = f"""
import pathlib, time
mark = pathlib.Path({str(mark)!r})
if not mark.exists():
    mark.touch()
    while not mark.with_suffix(".gone").exists():
        time.sleep(0.02)
"""
    small.notebook(place / "far_nb", "demo", waits)
    behind.mkdir()
    _bound(behind, share)
    (place / "tmp").mkdir()
    run = subprocess.Popen(
        small.command(*many.arguments(place)),
        env=small.environment(TMPDIR=str(place / "tmp")),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until = time.monotonic() + 120
        while not mark.exists():
            assert time.monotonic() < until and run.poll() is None
            time.sleep(0.02)
        subprocess.run(["umount", "-l", str(share)], check=True)
        mark.with_suffix(".gone").touch()
        time.sleep(seconds)
        _bound(behind, share)
        out, err = run.communicate(timeout=300)
        ran = many.Ran(run.returncode, out, err)
        assert ran.status in (0, 4), ran.err
        _good(place, ran)
        if ran.status:
            assert " ".join(many.row(out, "far")[2:4]) == "not written"
            assert _said(ran, "far").startswith("not written: ")
        again = killing.command(place)
        assert again.returncode == 0, again.stderr
        assert len(small.reviews(share)) == 1
        assert killing.left(place) == []
        assert [path.name for path in share.iterdir() if path.name.startswith(".")] == [".lock"]
    finally:
        subprocess.run(["umount", "-l", str(share)], check=False)


def _bound(behind: Path, share: Path) -> None:
    """Mount the one folder at the other, as a share is; skips where this user may not."""
    shutil.rmtree(share, ignore_errors=True)
    share.mkdir()
    made = subprocess.run(["mount", "--bind", str(behind), str(share)], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("this user may not mount a file system")
