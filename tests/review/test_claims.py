"""A claim on a review: one run has it, the others wait for it or go on, and none is kept by the dead."""

import json
import os
import time
from pathlib import Path

import pytest

from vmo_helpers.review.running import claims
from vmo_helpers.review.running.claims import CLAIM, Claimed, claimed
from vmo_helpers.review.shelf import locks
from vmo_helpers.review.shelf.folders import OWNER
from vmo_helpers.review.shelf.shelf import Shelf

NAME = "2026-10-31-0123abcd"
ELSEWHERE = {"host": "elsewhere", "machine": "another", "process": 1, "claim": "theirs"}


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    (tmp_path / "shelf").mkdir()
    return Shelf(tmp_path / "shelf")


def _claim(shelf: Shelf, wait: bool = False):  # type: ignore[no-untyped-def]
    return claimed(shelf, NAME, shelf.root.parent, lambda: None, wait=wait)


def _theirs(shelf: Shelf, owner: dict[str, object], age: float) -> Path:
    """A claim of another run, whose heart beat last so many seconds ago."""
    folder = shelf.root / f"{CLAIM}{NAME}"
    folder.mkdir()
    (folder / "owner.json").write_text(json.dumps(owner))
    for path in (folder / OWNER, folder / "heartbeat"):
        path.touch()
    for path in (*folder.iterdir(), folder):
        os.utime(path, (time.time() - age,) * 2)
    return folder


def test_one_has_it_with_a_beating_heart_and_leaves_nothing(shelf: Shelf) -> None:
    with _claim(shelf):
        (folder,) = shelf.root.glob(f"{CLAIM}*")
        assert json.loads((folder / "owner.json").read_text())["process"] == os.getpid()
        until = time.monotonic() + 20
        while not (folder / "heartbeat").exists() and time.monotonic() < until:
            time.sleep(0.01)
        assert (folder / "heartbeat").exists()
        with (
            pytest.raises(Claimed, match=f"is being made by another run .process {os.getpid()} on "),
            _claim(shelf),
        ):
            pass
        assert folder.exists()
    assert not list(shelf.root.glob(f"{CLAIM}*"))


def test_a_heart_elsewhere_that_beat_lately_keeps_it_and_one_that_missed_ten_beats_does_not(
    shelf: Shelf,
) -> None:
    ten = claims.BEAT_SECONDS * claims.MISSED_BEATS
    folder = _theirs(shelf, ELSEWHERE, ten - 5)
    with pytest.raises(Claimed, match="process 1 on elsewhere"), _claim(shelf):
        pass
    for path in (*folder.iterdir(), folder):
        os.utime(path, (time.time() - ten - 5,) * 2)
    with _claim(shelf):
        assert json.loads((folder / "owner.json").read_text())["claim"] != "theirs"


def test_on_this_machine_a_lock_tells_at_once_whether_its_owner_lives(shelf: Shelf) -> None:
    folder = _theirs(shelf, {**claims._here(), "claim": "theirs"}, age=0)
    lock = locks.take(folder / OWNER)
    claims.sweep(shelf)
    assert folder.exists()
    lock.release()
    claims.sweep(shelf)
    assert not folder.exists()


def test_who_waits_has_it_when_the_other_has_ended(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _theirs(shelf, ELSEWHERE, age=0)
    waited: list[float] = []
    really, ours = time.sleep, os.getpid()

    def sleep(seconds: float) -> None:
        if os.getpid() != ours:  # the heart
            return really(seconds)
        waited.append(seconds)
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()

    monkeypatch.setattr(claims.time, "sleep", sleep)
    with _claim(shelf, wait=True):
        assert folder.exists()
    assert waited == [1.0]


def test_a_claim_that_was_taken_over_is_not_given_back_by_who_had_it(shelf: Shelf) -> None:
    with _claim(shelf):
        (folder,) = shelf.root.glob(f"{CLAIM}*")
        (folder / "owner.json").write_text(json.dumps(ELSEWHERE))
    assert folder.exists()
