"""Processes that end with the one that started them, however that one ends."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

FORKS = sys.platform == "linux"
"""Whether processes may be forked from one that has much loaded: macOS has the call, and libraries that break
after it."""

ALLOCATION = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1"}
"""Arrow allocates as the system does, and all threads from one heap: each has been seen to save a tenth of
the memory, no slower."""

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def die_with(parent: int) -> None:
    """Have the system kill this process when its parent ends; end at once when the parent has ended already.

    Linux alone can do it. Elsewhere the end of a pipe, or ipykernel's own watch over its parent, does the
    same a little later.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if hasattr(os, "getppid") and os.getppid() != parent:
        os._exit(1)


def megabytes(maxrss: int) -> float:
    """The peak memory of a process, as the system counts it: bytes on macOS, elsewhere kilobytes."""
    return round(maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6, 1)


def ending(code: int | None) -> str:
    """How a process ended, in words: its exit code as multiprocessing and subprocess give it."""
    return f"signal {signal.Signals(-code).name}" if code is not None and code < 0 else f"status {code}"


def python_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a Python process that imports this very package and gives the same bytes each time.

    One BLAS thread: threads started before a fork do not exist after it. A fixed hash seed: the order of sets
    is part of what a notebook may write.
    """
    root = Path(__file__).resolve().parents[3]
    checkout = (
        [] if root.name in ("site-packages", "dist-packages") else [str(root)]
    )  # installed packages must not hide Python's own
    path = os.pathsep.join([*checkout, *filter(None, [os.environ.get("PYTHONPATH")])])
    fixed = {
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        **({"PYTHONPATH": path} if path else {}),
    }
    return {"PYTHONHASHSEED": "0", **ALLOCATION, **os.environ, **fixed, **(extra or {})}


def python_command(call: str) -> list[str]:
    """The command line that calls ``module:function`` in a new Python; ``-P`` keeps the current folder off
    the import path."""
    module, function = call.split(":")
    return [sys.executable, "-P", "-c", f"from {module} import {function}; {function}()"]
