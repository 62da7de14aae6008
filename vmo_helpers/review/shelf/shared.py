"""A long table that did not change is kept once: the reviews that hold it share one file by hard links.

Each review's folder is whole by itself: every reader finds the file in it, a copy of the folder has its own,
and a review that is taken away leaves the others as they were. Where the file system has no hard links each
review keeps its own file.
"""

from __future__ import annotations

import filecmp
import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

LEAST_BYTES = 65_536
"""A shorter table is not worth it."""

Kept = tuple[Path, Mapping[str, str]]
"""A review's folder, and SHA-256 by file as its manifest says."""


def keep_once(review: Kept, others: Iterable[Kept], least: int = LEAST_BYTES) -> list[str]:
    """Each table of a review of at least so many bytes that another one, or another deck of it, holds byte
    for byte becomes a link to that file. Returns their names.

    A file that is no longer what its manifest says is linked to by none.
    """
    there = {digest: place for other in others for digest, place in _tables(other)}
    linked = []
    for digest, path in _tables(review):
        twin = there.setdefault(digest, path)
        if twin is not path and path.stat().st_size >= least and _link(twin, path):
            linked.append(path.relative_to(review[0]).as_posix())
    return linked


def _tables(review: Kept) -> Iterable[tuple[str, Path]]:
    folder, digests = review
    for name, digest in digests.items():
        parts = PurePosixPath(name).parts
        if parts[:1] == ("tables",) and ".." not in parts:
            yield digest, folder / name


def _link(twin: Path, path: Path) -> bool:
    """Put a link to the twin in a file's place, where both hold the same; False where that cannot be."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        if not filecmp.cmp(twin, path, shallow=False):
            return False
        os.link(twin, beside, follow_symlinks=False)
        beside.replace(path)
    except (OSError, NotImplementedError):  # no links here, too many of this file, or the twin is gone
        beside.unlink(missing_ok=True)
        return False
    return True
