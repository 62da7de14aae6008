"""What is dear to make is made once in a run of tests: by the worker that asks first, for all of them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

WAIT_SECONDS = 1800
"""A worker that died leaves its folder unfinished; the others give up then and say so."""

Once = Callable[[str, Callable[[Path], object]], Path]
"""Folder by name, and what fills it. Only to be read: a test that writes takes a copy."""


def once_in(place: Path) -> Once:
    """Folders of one place, each filled once by whoever asks first, in this process or in another.

    RuntimeError: it could not be filled, in this process or in the one that tried. TimeoutError: the one that
    tries has not ended in half an hour.
    """
    place.mkdir(parents=True, exist_ok=True)

    def once(name: str, make: Callable[[Path], object]) -> Path:
        folder, whole, failed = place / name, place / f"{name}.whole", place / f"{name}.failed"
        try:
            folder.mkdir()
        except FileExistsError:
            _wait_for(whole, failed)
            return folder
        try:
            make(folder)
        except BaseException as error:
            failed.write_text(f"{type(error).__name__}: {error}", encoding="utf-8")
            raise
        whole.touch()
        return folder

    return once


def _wait_for(whole: Path, failed: Path) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while not whole.exists():
        if failed.exists():
            raise RuntimeError(f"{whole.stem} could not be made: {failed.read_text(encoding='utf-8')}")
        if time.monotonic() > until:
            raise TimeoutError(f"{whole.stem} was not made within {WAIT_SECONDS} s")
        time.sleep(0.1)


def place_of_all_workers(factory: pytest.TempPathFactory) -> Path:
    """The temporary folder of this run of tests, which its workers share."""
    own = factory.getbasetemp()
    return (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "once"
