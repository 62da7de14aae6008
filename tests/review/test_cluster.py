"""Portfolios on the workers of Dask: a real scheduler, real workers, one of them killed while it works."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.review import many, small
from vmo_helpers.review.fleet import cluster, listing, parcel
from vmo_helpers.review.fleet.cluster import Errand, unlike
from vmo_helpers.review.fleet.told import Status
from vmo_helpers.review.forms import NONE, Forms
from vmo_helpers.review.shelf import manifest
from vmo_helpers.review.shelf.shelf import Shelf

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills as Linux has them")


def _dask(*arguments: str | Path) -> subprocess.Popen[bytes]:
    root = str(Path(__file__).parents[2])
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *map(str, arguments)],
        env=small.environment(PYTHONPATH=os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.fixture(scope="module")
def scheduler(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler's address, and the processes of its two workers."""
    pytest.importorskip("distributed")
    folder = tmp_path_factory.mktemp("dask")
    found = folder / "scheduler.json"
    here = ["--host", "127.0.0.1", "--no-dashboard"]
    processes = [_dask("scheduler", "--port", "0", *here, "--scheduler-file", found)]
    try:
        until = time.monotonic() + 60
        while not found.exists() or not found.read_text():
            assert time.monotonic() < until
            time.sleep(0.05)
        address = json.loads(found.read_text())["address"]
        usual = ["--nthreads", "1", "--no-nanny", *here, "--local-directory", str(folder)]
        processes += [_dask("worker", address, *usual) for _ in range(2)]
        yield address, processes[1:]
    finally:
        for process in processes[::-1]:
            process.kill()
            process.wait()


@pytest.mark.deep
def test_a_portfolio_whose_worker_is_killed_is_made_by_another_and_each_is_made_once(
    scheduler: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, (address, workers) = many.place(tmp_path, *many.GOOD), scheduler
    killer = threading.Thread(target=lambda: (many.under_way(place), workers[0].kill()))
    killer.start()
    run = _cluster(place, address)
    assert run.status == 0, run.err
    killer.join()
    assert workers[0].wait(timeout=10) == -signal.SIGKILL
    assert {many.row(run.out, id)[2] for id in many.GOOD} <= {"done", "unchanged"}
    assert len(small.reviews(place / "shelf")) == 2
    assert not list(place.glob("shelf/.seen-*"))
    mine = manifest.versions()
    monkeypatch.setattr(manifest, "versions", lambda: {**mine, "python": "2.7"})
    other = _cluster(place, address)
    assert other.status == 2
    assert f"has other versions than this command: python 2.7 here and {mine['python']} there" in other.err


def _cluster(place: Path, address: str) -> many.Ran:
    return many.vmo(place, "--scheduler", address, workers=None)


def test_a_worker_that_does_not_see_the_shelf_returns_the_folder_that_it_would_have_made_there(
    tmp_path: Path,
) -> None:
    place = many.place(tmp_path, "north")
    assert many.vmo(place, "--as-of", "2026-03-01").status == 0
    shelf = Shelf(place / "shelf")
    (before,) = shelf.reviews()
    (one,) = listing.read(place / "all.toml")
    asked = replace(one.wanted, request=replace(one.wanted.request, as_of="2026-04-01"))
    errand = Errand(cluster._absolute(replace(one, wanted=asked)), manifest.versions(), ".seen-nowhere")
    first = cluster._answered(errand)
    assert first.apart and first.told.name == "Portfolio north"
    errand = replace(errand, past=parcel.past(shelf, first.told.name, (), NONE))
    answer = cluster._answered(errand)
    assert answer.told.status is Status.DONE and answer.folder is not None
    assert len(small.reviews(place / "shelf")) == 1, "the client alone publishes"
    told = parcel.published(answer.told, answer.folder, shelf)
    assert told.status is Status.DONE
    assert parcel.published(answer.told, answer.folder, shelf).status is Status.UNCHANGED, "it is there once"
    review = shelf.review(str(told.review))
    assert review is not None and review.is_as_written()
    assert review.manifest["parameters"]["previous"] == before.name
    here = many.vmo(place, "--as-of", "2026-04-01")
    assert many.row(here.out, "north")[2] == "unchanged", (
        "it is the very review that would have been made here"
    )
    errand = replace(errand, past=parcel.past(shelf, "Portfolio north", (), Forms(email=True)))
    last = cluster._answered(errand)
    assert (last.told.status, last.folder) == (Status.UNCHANGED, None)


def test_versions_that_differ_are_named_and_a_worker_that_has_others_refuses(tmp_path: Path) -> None:
    ours: dict[str, Any] = {
        "program": {"sha256": "a" * 64},
        "python": "3.11.7",
        "libraries": {"pandas": "3.0.0"},
    }
    assert unlike(ours, ours) == ""
    theirs = {**ours, "program": {"sha256": "b" * 64}, "libraries": {"pandas": "3.0.1"}}
    assert (
        unlike(ours, theirs) == "program aaaaaaaa here and bbbbbbbb there, pandas 3.0.0 here and 3.0.1 there"
    )
    (one,) = listing.read(many.place(tmp_path, "north") / "all.toml")
    told = cluster._answered(Errand(one, ours, ".seen")).told
    assert told.status is Status.REFUSED
    assert (told.message or "").startswith("its worker has other versions than the command: program aaaaaaaa")


def test_no_scheduler_is_a_sentence_and_its_workers_are_not_this_machines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = many.place(tmp_path, "north")
    both = many.vmo(place, "--scheduler", "tcp://127.0.0.1:1")
    assert both.status == 2
    assert both.err.startswith("vmo: --workers are those of this machine")
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "WORKER_SECONDS", 1)
    none = _cluster(place, "tcp://127.0.0.1:1")
    assert (none.status, none.err) == (2, "vmo: --scheduler tcp://127.0.0.1:1: no scheduler answers there\n")
    assert not (place / "shelf").exists()
