"""The run's end of the kernel server: started before anything else, so that its imports and the data cost no
waiting."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from vmo_helpers.request.asked import Request
from vmo_helpers.review.running import lifeline
from vmo_helpers.review.running.forked import Forked


class KernelServer:
    """Takes the data in and forks kernels. Where the system cannot fork, ``socket`` is None and it only takes
    the data in."""

    def __init__(
        self,
        scratch: Path,
        request: Request,
        modules: Sequence[str],
        shared: Sequence[str],
        environment: Mapping[str, str],
        *,
        warm: bool = False,
    ) -> None:
        self.socket = scratch / "server" if lifeline.FORKS else None
        self.log = scratch / "server.log"
        self.asked = {
            "parent": os.getpid(),
            "socket": str(self.socket) if self.socket else None,
            "modules": list(modules),
            "shared": list(shared),
            "intake": request.parameters(),
        }
        self.started, self.environment = _forked if warm and lifeline.FORKS else _started, dict(environment)
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes] | Forked:
        with self.log.open("wb") as log:
            process = self.started(log, self.environment)
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it has ended already; ``answer`` says how
            process.stdin.write(json.dumps(self.asked).encode() + b"\n")
            process.stdin.flush()
        return process

    def answer(self) -> dict[str, Any]:
        """What became of the data; ``{"failed": …}`` when the server ended without a word. One that was
        killed is started once more."""
        line, code = self._line()
        if code == -signal.SIGKILL:
            self.leave()
            if self.socket:
                self.socket.unlink(missing_ok=True)
            self.process = self._start()
            line, code = self._line()
        if line:
            return dict(json.loads(line))
        return {
            "failed": f"the process that reads the data ended with {lifeline.ending(code)}; "
            f"{self.last_words()}"
        }

    def _line(self) -> tuple[bytes, int | None]:
        """Its answer, or how it ended without one."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        return (line, None) if line.endswith(b"\n") else (b"", self.process.wait())

    def last_words(self) -> str:
        """The last line that the server wrote before it failed."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1].strip() if lines else "it left no message"

    def leave(self) -> None:
        """Let go of the pipes in a forked process, so that the run's own end is what the server sees."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def close(self) -> None:
        """End the server, and with it every kernel."""
        if self.process.poll() is None:
            self.process.kill()
        self.leave()
        self.process.wait()


def _started(log: IO[bytes], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """The server as a new Python."""
    return subprocess.Popen(
        lifeline.python_command("vmo_helpers.review.running.kernel_server:serve"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        env=environment,
        start_new_session=True,
    )


def _forked(log: IO[bytes], environment: dict[str, str]) -> Forked:
    """The server as this very process goes on."""
    from vmo_helpers.review.running.kernel_server import serve

    return Forked(serve, log, environment)
