"""Interrupts: an exception while work is under way, put off while a review gets its name."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

from vmo_helpers.review.errors import Interrupted

_NUMBERS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class _State:
    put_off = False
    arrived = False


def _arrived(_number: int, _frame: FrameType | None) -> None:
    _State.arrived = True
    if not _State.put_off:
        _State.put_off = True  # a second one must not interrupt the tidying
        raise Interrupted


@contextlib.contextmanager
def interrupts() -> Iterator[None]:
    """Ctrl-C, SIGTERM and SIGHUP raise Interrupted, once, inside the block."""
    _State.put_off = _State.arrived = False
    heard = [
        number for number in _NUMBERS if signal.getsignal(number) != signal.SIG_IGN
    ]  # nohup and "&" ignore some: let them
    before = {number: signal.signal(number, _arrived) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """An interrupt that arrives inside the block waits until its end."""
    outer, _State.put_off = _State.put_off, True
    try:
        yield
    finally:
        _State.put_off = outer
    if _State.arrived and not outer:
        _State.put_off = True
        raise Interrupted
