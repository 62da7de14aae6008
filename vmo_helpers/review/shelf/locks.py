"""A lock on a file that the system itself lets go when its holder ends, however it ends: no process id to
mistake for another."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout


class Held(OSError):
    """Another process holds the lock; the text is what that process wrote about itself."""


def take(path: Path, *, wait_seconds: float = 0.0, note: str = "") -> FileLock:
    """The lock on a file, taken; ``release`` lets go and leaves the file. A process that is forked from this
    one does not have it.

    Raises Held when another holder has it and still does after the waiting time, OSError when the file cannot
    be opened or its file system has no locks. ``note`` is left in the file for whoever has to wait.
    """

    def leave_note(descriptor: int) -> None:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, note.encode())

    lock = FileLock(
        path,
        timeout=wait_seconds,
        thread_local=False,
        fallback_to_soft=False,  # a file that says "locked" would outlive a holder that was killed
        preserve_lock_file=True,
        on_acquired=leave_note,
    )
    try:
        lock.acquire()
    except Timeout:
        raise Held(errno.EAGAIN, _note(path)) from None
    return lock


@contextlib.contextmanager
def held(path: Path, *, wait_seconds: float, note: str) -> Iterator[None]:
    """Hold the lock for the length of a block."""
    lock = take(path, wait_seconds=wait_seconds, note=note)
    try:
        yield
    finally:
        lock.release()


def _note(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip() or "another process"
    except OSError:
        return "another process"
