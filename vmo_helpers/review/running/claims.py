"""A claim on a review that is being made: of all runs on one shelf, on whatever machines, one makes it.

A claim is a folder on the shelf, made by ``mkdir``, with its owner's name and a heartbeat in it. It spares
work; that a review is there once is the shelf's own doing (``Shelf.publish``). So a claim that is taken for
forsaken while its owner goes on doubles nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from vmo_helpers.review.errors import ReviewError, not_writable
from vmo_helpers.review.running.workers import Task, beside
from vmo_helpers.review.shelf import folders, locks
from vmo_helpers.review.shelf.shelf import LOCK, Shelf

CLAIM = ".claim-"
BEAT_SECONDS = 3.0
MISSED_BEATS = 10
"""After so many beats that did not come, an owner whose machine cannot be asked has ended."""
_HEART, _OWNER = "heartbeat", "owner.json"


class Claimed(ReviewError):
    """Another run is making this very review."""


@contextlib.contextmanager
def claimed(
    shelf: Shelf, name: str, scratch: Path, leave: Callable[[], None], *, wait: bool
) -> Iterator[None]:
    """Hold the claim on a review for the length of a block.

    Where another run has it: waits for that run's end, or raises Claimed. The review may be there then.
    ``leave`` frees the process of the heartbeat of what is the run's alone. Raises NotWritable.
    """
    folder, token = shelf.root / f"{CLAIM}{name}", secrets.token_hex(8)
    with contextlib.ExitStack() as stack:
        try:
            shelf.root.mkdir(parents=True, exist_ok=True)
            sweep(shelf)
            while not _made(folder):
                if not wait:
                    raise Claimed(f"the review {name} is being made by another run ({_said(folder)})")
                time.sleep(BEAT_SECONDS / 3)
                sweep(shelf)
            stack.callback(_given_back, folder, token)
            stack.callback(locks.take(folder / folders.OWNER).release)
            folders.write(folder / _OWNER, json.dumps({**_here(), "claim": token}) + "\n")
        except OSError as error:
            raise not_writable(f"The shelf {shelf.root} cannot be written to", error) from error
        stack.enter_context(beside(Task(_HEART, _beat, (folder / _HEART,), scratch), leave))
        yield


def sweep(shelf: Shelf) -> None:
    """Take away the claims of runs that have ended without doing so. Under the shelf's lock, so that none
    takes a claim away that another has just made in its place. Raises NotWritable."""
    try:
        if not any(map(_forsaken, shelf.root.glob(f"{CLAIM}*"))):
            return
    except OSError as error:
        raise not_writable(f"The shelf {shelf.root} cannot be written to", error) from error
    with shelf.locked():
        for folder in shelf.root.glob(f"{CLAIM}*"):
            if _forsaken(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _given_back(folder: Path, token: str) -> None:
    """It may have been taken for forsaken, and be another's now."""
    if _owner(folder).get("claim", token) == token:
        shutil.rmtree(folder, ignore_errors=True)


def _made(folder: Path) -> bool:
    try:
        folder.mkdir()
    except FileExistsError:
        return False
    return True


def _forsaken(folder: Path) -> bool:
    """Its owner has ended: this machine says so, or ten heartbeats have not come."""
    try:
        last = max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
        if _owner(folder).items() >= _here(process=False).items() and (folder / folders.OWNER).exists():
            with contextlib.suppress(locks.Held):
                locks.take(folder / folders.OWNER).release()
                return True
        return _now(folder.parent) - last > MISSED_BEATS * BEAT_SECONDS
    except FileNotFoundError:  # its owner takes it away at this moment
        return False


def _now(shelf: Path) -> float:
    """The time by the clock of the shelf's file system, which sets the heartbeats of all machines: of its
    lock, which is always there, so that a run that is killed leaves nothing."""
    (shelf / LOCK).touch()
    return (shelf / LOCK).stat().st_mtime


def _beat(heart: Path) -> None:
    """Until this process is ended. A share that is gone for a while ends nothing."""
    while True:
        with contextlib.suppress(OSError):
            heart.touch()
        time.sleep(BEAT_SECONDS)


def _here(*, process: bool = True) -> dict[str, Any]:
    """This machine since it was started, by whose locks its processes can be told to have ended."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    machine = boot.read_text(encoding="utf-8").strip() if boot.exists() else f"{uuid.getnode():x}"
    return {"host": socket.gethostname(), "machine": machine, **({"process": os.getpid()} if process else {})}


def _owner(folder: Path) -> dict[str, Any]:
    """What its owner wrote; nothing where it has not yet, or where the claim is gone."""
    try:
        return dict(json.loads((folder / _OWNER).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _said(folder: Path) -> str:
    owner = _owner(folder)
    return f"process {owner['process']} on {owner['host']}" if owner else "which has only begun"
