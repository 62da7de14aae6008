"""A lock on a file that the system itself lets go when its holder ends, however it ends: no process id to
mistake for another."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

_HELD_BY_ANOTHER = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}


class Held(OSError):
    """Another process holds the lock; the text is what that process wrote about itself."""


if sys.platform == "win32":  # pragma: no cover - exercised on Windows alone
    import msvcrt

    def _try(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _try(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def take(path: Path, *, wait_seconds: float = 0.0, note: str = "", create: bool = True) -> int:
    """The descriptor of the locked file; closing it lets go.

    Raises Held when another process holds it and still does after the waiting time, OSError when the file
    cannot be opened or its file system has no locks. ``note`` is left in the file for whoever has to wait.
    """
    descriptor = os.open(path, os.O_RDWR | (os.O_CREAT if create else 0), 0o644)
    try:
        deadline = time.monotonic() + wait_seconds
        while True:
            try:
                _try(descriptor)
                break
            except OSError as error:
                if error.errno not in _HELD_BY_ANOTHER:
                    raise
                if time.monotonic() >= deadline:
                    raise Held(errno.EAGAIN, _note(path)) from None
            time.sleep(0.05)
        if note:
            os.ftruncate(descriptor, 0)
            os.write(descriptor, note.encode())
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


@contextlib.contextmanager
def held(path: Path, *, wait_seconds: float, note: str) -> Iterator[None]:
    """Hold the lock for the length of a block."""
    descriptor = take(path, wait_seconds=wait_seconds, note=note)
    try:
        yield
    finally:
        os.close(descriptor)


def _note(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip() or "another process"
    except OSError:
        return "another process"
