"""What can end a review early, each with the exit status that the command then has."""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterable

DONE = 0
UNUSABLE_INPUT = 2
NOTEBOOK_FAILED = 3
NOT_WHOLE = 3
OUTPUT_NOT_WRITABLE = 4
INTERRUPTED = 130

DISK_REFUSALS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO})
"""The system's error numbers that speak of the disk, whatever code met them."""
REFUSALS = DISK_REFUSALS | {errno.EACCES, errno.EPERM}
"""Those that speak of the output when the runner itself met them."""


class ReviewError(Exception):
    """Ends the run; its text is the one paragraph that the person reads."""

    status = NOTEBOOK_FAILED


class Refused(ReviewError):
    """The input or a parameter cannot be used; nothing was written."""

    status = UNUSABLE_INPUT


class NotWritable(ReviewError):
    """The output cannot be written or is locked; nothing was changed."""

    status = OUTPUT_NOT_WRITABLE


class NotWhole(ReviewError):
    """A part of what was asked for could not be had; all else stands."""

    status = NOT_WHOLE


class Interrupted(BaseException):
    """Somebody stopped the run (Ctrl-C, SIGTERM, SIGHUP); not an Exception, so that nothing on the way
    swallows it."""


def nearest(name: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?`` where a known name is close, then the list of what is known."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    return f"{hint} (known: {', '.join(names)})" if names else hint


def not_writable(what: str, error: OSError) -> NotWritable:
    """The operating system's refusal in words."""
    return NotWritable(f"{what}: {error.strerror or error}. Nothing on the shelf was changed.")
