"""The shelf: what is previous, what is swept, what is never touched."""

import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vmo_helpers.review.errors import NotWritable
from vmo_helpers.review.shelf import folders, locks, manifest
from vmo_helpers.review.shelf.shelf import MAKING, MANIFEST, Review, Shelf


def _put(
    shelf: Shelf,
    as_of: str,
    *,
    portfolio: str = "P",
    streams: Sequence[str] = (),
    finished: str = "2026-11-01",
    ok: bool = True,
    at: str = "21:59:59.999999Z",
) -> str:
    name = f"{as_of}-{len(shelf.reviews()):08x}"
    whole = {
        "portfolio": portfolio,
        "as_of": f"{as_of}T{at}",
        "as_of_day": as_of,
        "parameters": {"streams": list(streams)},
        "outcome": {
            "flow": {"status": "done", "page": "flow.html"} if ok else {"status": "failed", "why": "…"}
        },
        "output": {},
        "times": {"finished": finished},
    }
    with shelf.workspace() as workspace:
        made = workspace / "review"
        made.mkdir()
        if ok:
            (made / "flow.html").write_text("deck")
        whole["output"] = manifest.output(made)
        (made / MANIFEST).write_text(manifest.text(whole))
        with shelf.locked():
            shelf.publish(made, name, _page)
    return name


def _page(reviews: Sequence[Review], root: Path) -> str:
    return "\n".join(review.name for review in reviews)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "deep" / "shelf", wait_seconds=0.2)


def test_reading_a_shelf_that_is_not_there_creates_nothing(shelf: Shelf) -> None:
    shelf.check()
    assert shelf.reviews() == []
    assert not shelf.root.parent.exists()


def test_the_index_lists_the_newest_as_of_first_whatever_was_made_last(shelf: Shelf) -> None:
    october, august, september = (_put(shelf, day) for day in ("2026-10-31", "2026-08-31", "2026-09-30"))
    assert (shelf.root / "index.html").read_text().splitlines() == [october, september, august]


def test_previous_is_the_newest_earlier_one_of_the_same_portfolio_and_streams(shelf: Shelf) -> None:
    _put(shelf, "2026-08-31")
    september = _put(shelf, "2026-09-30", streams=("S2", "S1"))
    _put(shelf, "2026-10-15", portfolio="another")
    _put(shelf, "2026-10-31", streams=("S1", "S2"))
    found = shelf.previous("P", ["S1", "S2"], "2026-10-31")
    assert found is not None
    assert found.name == september
    assert shelf.previous("P", ["S1"], "2026-10-31") is None


def test_of_two_reviews_of_one_day_the_one_made_last_is_previous(shelf: Shelf) -> None:
    later = _put(shelf, "2026-09-30", finished="2026-10-02")
    _put(shelf, "2026-09-30", finished="2026-10-01")
    found = shelf.previous("P", [], "2026-10-31")
    assert found is not None
    assert found.name == later


def test_two_reviews_of_one_day_are_never_each_others_past(shelf: Shelf) -> None:
    september = _put(shelf, "2026-09-30")
    _put(shelf, "2026-10-31", at="17:30:00Z")
    assert [review.name for review in shelf.earlier("P", [], "2026-10-31")] == [september]
    whole_day = _put(shelf, "2026-10-31", finished="2026-10-31")
    assert [review.name for review in shelf.earlier("P", [], "2026-11-30")] == [september, whole_day], (
        "of a day the latest as-of"
    )


def test_a_review_without_any_deck_is_nothing_to_compare_with(shelf: Shelf) -> None:
    august = _put(shelf, "2026-08-31")
    _put(shelf, "2026-09-30", ok=False)
    found = shelf.previous("P", [], "2026-10-31")
    assert found is not None
    assert found.name == august
    last = shelf.last_good("flow", "P", [], "2026-10-31")
    assert last is not None
    assert (last.name, last.page("flow")) == (august, "flow.html")


def test_a_folder_without_a_readable_manifest_is_no_review(shelf: Shelf) -> None:
    name = _put(shelf, "2026-08-31")
    (shelf.root / "notes").mkdir()
    (shelf.root / "broken").mkdir()
    (shelf.root / "broken" / MANIFEST).write_text("{")
    assert [review.name for review in shelf.reviews()] == [name]


def test_a_name_that_is_taken_is_never_overwritten(shelf: Shelf, tmp_path: Path) -> None:
    name = _put(shelf, "2026-08-31")
    made = tmp_path / "deep" / "made"
    made.mkdir()
    with pytest.raises(NotWritable, match="Nothing on the shelf was changed"):
        shelf.publish(made, name, _page)
    assert (shelf.root / name / "flow.html").read_text() == "deck"


def test_a_review_whose_index_is_refused_is_taken_back(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    first = _put(shelf, "2026-08-31")

    def refuse(_: Path, target: Path) -> None:
        raise OSError(28, "No space left on device", str(target))

    with monkeypatch.context() as patched, pytest.raises(NotWritable, match="No space left"):
        patched.setattr(Path, "replace", refuse)
        _put(shelf, "2026-09-30")
    assert [review.name for review in shelf.reviews()] == [first]
    assert (shelf.root / "index.html").read_text() == first


def test_an_index_that_missed_a_review_is_renewed(shelf: Shelf) -> None:
    name = _put(shelf, "2026-08-31")
    (shelf.root / "index.html").write_text("an older one")
    (shelf.root / ".index.html.4711-abc.tmp").write_text("half of")
    shelf.renew_index(_page)
    assert (shelf.root / "index.html").read_text() == name
    assert sorted(path.name for path in shelf.root.iterdir()) == [".lock", name, "index.html"]


def test_a_changed_file_is_noticed(shelf: Shelf) -> None:
    review = shelf.review(_put(shelf, "2026-08-31"))
    assert isinstance(review, Review)
    assert review.is_as_written()
    (review.folder / "flow.html").write_text("another deck")
    assert not review.is_as_written()


def test_an_unchanged_index_is_not_written_again(shelf: Shelf) -> None:
    _put(shelf, "2026-08-31")
    before = (shelf.root / "index.html").stat().st_ino
    shelf.renew_index(_page)
    assert (shelf.root / "index.html").stat().st_ino == before


def test_the_workspace_is_gone_afterwards_and_leaves_no_trace(shelf: Shelf) -> None:
    with shelf.workspace() as workspace:
        (workspace / "file").write_text("x")
    assert list(shelf.root.iterdir()) == []


_HOLDER = """
import sys, time
from pathlib import Path
from vmo_helpers.review.shelf import folders, locks
what, where = sys.argv[1:]
if what == "lock":
    lock = locks.take(Path(where), note="process 4711")
    print("ready", flush=True)
    time.sleep(60)
with folders.owned(Path(where), ".making-") as folder:
    print(folder, flush=True)
    time.sleep(60)
"""


def _holder(what: str, where: Path) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, what, str(where)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def _kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_what_a_killed_run_left_is_swept_and_what_a_living_one_uses_is_not(tmp_path: Path) -> None:
    dead, left = _holder("folder", tmp_path)
    living, used = _holder("folder", tmp_path)
    _kill(dead)
    assert folders.sweep(tmp_path, MAKING) == 1
    assert not Path(left).exists()
    assert Path(used).exists()
    _kill(living)


def test_a_folder_whose_owner_never_got_to_lock_it_is_swept_once_it_is_old(tmp_path: Path) -> None:
    young, old = tmp_path / ".new-.making-1-a", tmp_path / ".new-.making-2-b"
    for folder in (young, old):
        folder.mkdir()
    os.utime(old, (0, 0))
    assert folders.sweep(tmp_path, MAKING) == 1
    assert young.exists()


def test_runs_that_begin_and_end_while_others_sweep_lose_nothing(tmp_path: Path) -> None:
    def begin_and_end(_: int) -> None:
        for _ in range(200):
            with folders.owned(tmp_path, MAKING) as mine:
                (mine / "file").write_text("kept")
                folders.sweep(tmp_path, MAKING)
                assert (mine / "file").read_text() == "kept"

    with ThreadPoolExecutor(4) as runs:
        list(runs.map(begin_and_end, range(4)))
    assert not list(tmp_path.iterdir())


def test_a_link_that_somebody_else_left_is_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("keep")
    (tmp_path / ".making-1-a").symlink_to(precious)
    assert folders.sweep(tmp_path, MAKING) == 0
    assert (precious / "file").exists()


def test_a_locked_shelf_says_who_holds_it_and_lets_go_when_that_one_dies(shelf: Shelf) -> None:
    _put(shelf, "2026-08-31")
    holder, _ = _holder("lock", shelf.root / ".lock")
    with pytest.raises(NotWritable, match="process 4711"), shelf.locked():
        pass
    _kill(holder)
    with shelf.locked():
        pass


def test_two_locks_of_one_process_exclude_each_other(tmp_path: Path) -> None:
    with (
        locks.held(tmp_path / "lock", wait_seconds=0, note="first"),
        pytest.raises(locks.Held, match="first"),
    ):
        locks.take(tmp_path / "lock")


def test_a_file_system_without_locks_is_told_of(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno

    def refuse(*_: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    shelf.root.mkdir(parents=True)
    monkeypatch.setattr("fcntl.flock", refuse)
    with pytest.raises(NotWritable, match="has no file locks"), shelf.locked():
        pass


def test_a_shelf_below_a_file_is_refused_beforehand(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(NotWritable, match="is a file"):
        Shelf(tmp_path / "file" / "shelf").check()


def test_replacing_a_file_leaves_the_old_one_when_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "index.html"
    path.write_text("old")

    def refuse(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="No space left"):
        folders.replace(path, "new")
    monkeypatch.undo()
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["index.html"]
