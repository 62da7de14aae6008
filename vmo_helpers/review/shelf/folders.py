"""Folders that a run makes and owns: gone when it ends, swept by the next when it was killed; files that
outlive a power cut."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from vmo_helpers.review.shelf import locks

OWNER = "owner.lock"
_UNBORN = ".new-"
_UNBORN_SECONDS = 3600


@contextlib.contextmanager
def owned(parent: Path, prefix: str) -> Iterator[Path]:
    """A new private folder that is removed at the end of the block; a lock in it tells other runs that it is
    in use.

    It gets its name only once it is locked: no other run can see it and think it forsaken. (Windows renames
    no folder in which a file is open; there it has its name from the start.)
    """
    name = f"{prefix}{os.getpid()}-{secrets.token_hex(4)}"
    folder = parent / (name if os.name == "nt" else f"{_UNBORN}{name}")
    folder.mkdir(mode=0o700)
    lock = None
    try:
        lock = locks.take(folder / OWNER)
        folder = folder.rename(parent / name)
        yield folder
    finally:
        if lock is not None:
            lock.release()
        shutil.rmtree(folder, ignore_errors=True)


def sweep(parent: Path, prefix: str) -> int:
    """Remove the folders of runs that ended without doing so; those in use are left. Returns how many
    went."""
    gone = 0
    for folder in sorted(parent.glob(f"{prefix}*")):
        if not _mine(folder):
            continue
        try:
            lock = locks.take(folder / OWNER)
        except OSError:
            continue
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()
        gone += not folder.exists()
    for folder in parent.glob(f"{_UNBORN}{prefix}*"):
        found = _mine(folder)  # one look: it gets its name, and is gone from here, at any moment
        if found and time.time() - found.st_mtime > _UNBORN_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
            gone += not folder.exists()
    return gone


def scratch() -> contextlib.AbstractContextManager[Path]:
    """A private folder with a short path for sockets, which may not be longer than about 100 characters."""
    parent = Path(tempfile.gettempdir())
    if len(str(parent)) > 50 and Path("/tmp").is_dir():
        parent = Path("/tmp")
    prefix = f"vmo-{os.getuid() if hasattr(os, 'getuid') else 'run'}-"
    sweep(parent, prefix)
    return owned(parent, prefix)


def _mine(folder: Path) -> os.stat_result | None:
    """What is known of a real folder of this user, None where it is none or gone: in a shared temporary
    folder anybody can make a name that looks like ours."""
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return None
    mine = stat.S_ISDIR(found.st_mode) and (not hasattr(os, "geteuid") or found.st_uid == os.geteuid())
    return found if mine else None


def sync_tree(folder: Path) -> None:
    """Every file and folder below, and the folder itself, on the disk and not only in memory."""
    for place, _, names in os.walk(folder):
        for name in names:
            _sync(Path(place, name))
        _sync(Path(place))


def sync_folder(folder: Path) -> None:
    """The names in a folder on the disk: without it a rename may be forgotten in a power cut."""
    _sync(folder)


def write(path: Path, text: str) -> None:
    """A new text file with Unix line ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def replace(path: Path, content: str | bytes, *, encoding: str = "utf-8") -> None:
    """A file that is the old one or the new one at any moment, never half of either; it keeps its mode."""
    writing = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        writing.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        if path.exists():
            shutil.copymode(path, writing)
        _sync(writing)
        writing.replace(path)
    finally:
        writing.unlink(missing_ok=True)
    sync_folder(path.parent)


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():  # Windows cannot open a folder, and syncs only what may be written
        return
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
