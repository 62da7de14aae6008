"""A process that is forked from this one, imports and all, and handled as one that was started."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from typing import IO, NoReturn

HIGHEST_DESCRIPTOR = 4096


class Forked:
    """Calls a function in a forked process, with pipes to its standard input and from its standard output.

    It has the methods of ``subprocess.Popen`` that a server of kernels is handled by. This process must have
    no thread: what a thread held at the fork nobody would ever let go.
    """

    def __init__(self, call: Callable[[], None], log: IO[bytes], environment: Mapping[str, str]) -> None:
        theirs_in, ours_in = os.pipe()
        ours_out, theirs_out = os.pipe()
        self.returncode: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            _become(call, (theirs_in, theirs_out, log.fileno()), environment)
        os.close(theirs_in)
        os.close(theirs_out)
        self.stdin: IO[bytes] = os.fdopen(ours_in, "wb")
        self.stdout: IO[bytes] = os.fdopen(ours_out, "rb")

    def poll(self) -> int | None:
        """Its exit code, None while it goes on."""
        return self._ended(os.WNOHANG)

    def wait(self) -> int:
        """Its exit code, when it has ended."""
        code = self._ended(0)
        assert code is not None
        return code

    def kill(self) -> None:
        """End it at once."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    def _ended(self, options: int) -> int | None:
        if self.returncode is None:
            process, status = os.waitpid(self.pid, options)
            if process:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode


def _become(
    call: Callable[[], None], streams: tuple[int, int, int], environment: Mapping[str, str]
) -> NoReturn:
    """Never returns into what its parent was doing."""
    status = 1
    try:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        for place, stream in enumerate(streams):
            os.dup2(stream, place)
        os.closerange(3, HIGHEST_DESCRIPTOR)  # pipes and locks of its parent would outlive it in here
        os.environ.update(environment)
        tempfile.tempdir = None  # as the environment says
        sys.stdin, sys.stdout = (os.fdopen(place, mode) for place, mode in ((0, "r"), (1, "w")))
        call()
        status = 0
    except BaseException:  # noqa: BLE001 - whatever it is, it is written to the log
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)
