"""A run over many portfolios that is killed, or a process of it: nothing outlives it, is lost, or is there
twice."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.review import killing, many, small
from tests.review.test_fleet import _no_nursery_is_left  # noqa: F401 - it holds for this module, too
from vmo_helpers.cli.main import main
from vmo_helpers.review.running import claims
from vmo_helpers.review.running.claims import CLAIM
from vmo_helpers.review.shelf.folders import OWNER

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills and forks as Linux has them")

ONCE = """
import os, pathlib, time
mark = pathlib.Path({mark!r})
try:
    mark.touch(exist_ok=False)
except FileExistsError:
    pass
else:
    mark.with_suffix(".pid").write_text(f"{{os.getpid()}}.")
    time.sleep(600)
"""
"""The first kernel that comes here says who it is, and stays; those after it go on."""
VICTIMS = ("kernel", "server", "worker", "portfolio", "nursery")


def _begun(tmp_path: Path) -> tuple[Path, subprocess.Popen[str], psutil.Process]:
    """A run of two portfolios, and the kernel in which one of them stays."""
    place = many.place(tmp_path, *many.GOOD)
    (tmp_path / "tmp").mkdir()
    small.notebook(tmp_path / "nb", "demo", ONCE.format(mark=str(tmp_path / "mark")))
    run = subprocess.Popen(
        small.command(*many.arguments(place)),
        env=small.environment(TMPDIR=str(tmp_path / "tmp")),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    told, until = tmp_path / "mark.pid", time.monotonic() + 120
    while not (told.exists() and told.read_text().endswith(".")):
        assert time.monotonic() < until and run.poll() is None
        time.sleep(0.02)
    return place, run, psutil.Process(int(told.read_text().rstrip(".")))


def _named(kernel: psutil.Process) -> dict[str, psutil.Process]:
    server = kernel.parent()
    assert server is not None
    portfolio = server.parent()
    assert portfolio is not None
    nursery = portfolio.parent()
    assert nursery is not None
    worker = portfolio.children()[-1]  # the server stands first, then what keeps the claim
    assert worker.pid != server.pid
    return dict(zip(VICTIMS, (kernel, server, worker, portfolio, nursery), strict=True))


def test_nothing_outlives_a_run_that_is_killed_and_its_folders_are_swept(tmp_path: Path) -> None:
    place, run, kernel = _begun(tmp_path)
    family = psutil.Process(run.pid).children(recursive=True)
    assert {one.pid for one in _named(kernel).values()} <= {one.pid for one in family}
    run.kill()
    run.communicate()
    _, alive = psutil.wait_procs(family, timeout=20)
    assert alive == []
    again = killing.command(place)
    assert again.returncode == 0, again.stderr
    assert killing.left(place) == []
    assert len(small.reviews(place / "shelf")) == len(many.GOOD)


@pytest.mark.slow
@pytest.mark.parametrize("victim", VICTIMS)
def test_what_is_killed_of_a_run_is_done_once_more(tmp_path: Path, victim: str) -> None:
    place, run, kernel = _begun(tmp_path)
    _named(kernel)[victim].send_signal(signal.SIGKILL)
    said, why = run.communicate(timeout=120)
    assert (run.returncode, "Traceback" in why) == (0, False), why
    assert [many.row(said, id)[2] for id in many.GOOD] == ["done", "done"]
    assert len(small.reviews(place / "shelf")) == len(many.GOOD)
    assert killing.left(place) == []


@pytest.mark.deep
@pytest.mark.slow
def test_killed_at_random_instants_the_same_command_makes_the_shelf_of_an_undisturbed_run(
    tmp_path: Path,
) -> None:
    place, chosen = killing.Place(tmp_path / "place"), random.Random(3)
    found = list(place.kills(10, chosen))
    assert [wrong for one in found for wrong in one.wrong] == []
    assert len({one.kind for one in found}) > 2


def test_the_claim_of_one_that_was_killed_when_its_review_stood_is_swept(tmp_path: Path) -> None:
    place = many.place(tmp_path, *many.GOOD)
    assert many.vmo(place).status == 0
    (name, other) = (folder.name for folder in small.reviews(place / "shelf"))
    for forsaken in (name, other):
        (claim := place / "shelf" / f"{CLAIM}{forsaken}").mkdir()
        (claim / "owner.json").write_text(json.dumps(claims._here(process=False)))
        (claim / OWNER).touch()
        before = small.content(place / "shelf")
        if forsaken == name:
            run = many.vmo(place)
            assert [many.row(run.out, id)[2] for id in many.GOOD] == ["unchanged", "unchanged"]
        else:
            again = ["review", str(place / "north"), "--out", str(place / "shelf"), "--quiet"]
            assert main([*again, "--notebook-folder", str(place / "nb")]) == 0
        assert not claim.exists()
        assert len(small.reviews(place / "shelf")) == len(many.GOOD)
        assert small.content(place / "shelf").keys() == before.keys()
