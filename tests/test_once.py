"""What is made once in a run of tests is made once, whole, and a failure is told to all who wait for it."""

import threading
import time
from pathlib import Path

import pytest

from tests import once


def test_whoever_asks_first_makes_it_and_the_others_wait_until_it_is_whole(tmp_path: Path) -> None:
    made, seen = [], []

    def make(folder: Path) -> None:
        made.append(folder)
        time.sleep(0.3)
        (folder / "text").write_text("whole")

    def ask() -> None:
        seen.append((once.once_in(tmp_path)("dear", make) / "text").read_text())

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert made == [tmp_path / "dear"]
    assert seen == ["whole"] * 4


def test_what_could_not_be_made_fails_for_all_who_ask(tmp_path: Path) -> None:
    def make(_: Path) -> None:
        raise ValueError("no such portfolio")

    with pytest.raises(ValueError, match="no such portfolio"):
        once.once_in(tmp_path)("broken", make)
    with pytest.raises(RuntimeError, match="broken could not be made: ValueError: no such portfolio"):
        once.once_in(tmp_path)("broken", make)


def test_one_that_never_ends_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(once, "WAIT_SECONDS", 0)
    (tmp_path / "dear").mkdir()
    with pytest.raises(TimeoutError, match="dear was not made within 0 s"):
        once.once_in(tmp_path)("dear", lambda _: None)
