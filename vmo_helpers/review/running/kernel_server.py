"""The process that reads the data once, has every import done, and forks a real ipykernel for each notebook.

It talks to the run that started it in lines of JSON: one request on standard input, one answer on standard
output. The end of standard input is the end of the run: it kills its kernels and goes. Kernels are asked for
at a Unix socket; a kernel lives as long as the connection that asked for it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import traceback
from collections.abc import Sequence
from typing import IO, Any, NoReturn

from vmo_helpers.request.asked import Request
from vmo_helpers.review.errors import Refused
from vmo_helpers.review.running.intake import take_in
from vmo_helpers.review.running.lifeline import die_with, megabytes

KERNEL_MODULES = ("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "IPython.core.completer")
DECK, READY = "vmo_helpers.deck", "vmo_helpers.deck.ready"
"""What has been imported where decks are made, and what then has their first things done."""
PREPARING = "vmo_helpers.notebook.preparing"
"""What makes the frames that several notebooks ask for."""
COLLECT_AFTER = 50_000
"""New objects before the collector looks: building one chart makes tens of thousands that are all still in
use."""
KERNEL_OPTIONS = ("--HistoryManager.enabled=False", "--IPKernelApp.log_level=ERROR")


def serve() -> None:
    """The server's main function: read the request, take the data in, answer, and fork kernels until the run
    is over."""
    request = json.loads(sys.stdin.readline())
    die_with(request["parent"])
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints must not be taken for an answer
    listener = _listen(request["socket"]) if request["socket"] else None
    taken_in = _answer(answers, Request.of(**request["intake"]))
    if listener is None or taken_in is None:
        return
    preload([*KERNEL_MODULES, *request["modules"]])
    if request["shared"]:
        days = taken_in["parameters"]
        importlib.import_module(PREPARING).prepare(
            Request.of(**{**request["intake"], **days}), request["shared"]
        )
    gc.collect()
    gc.freeze()  # the collector then leaves the shared pages alone
    gc.set_threshold(COLLECT_AFTER)
    from vmo_helpers.charts.unchecked import unchecked

    with unchecked():
        Kernels(listener).serve()


def run_kernel(connection_file: str) -> NoReturn:
    """Be an ipykernel until it is told to stop."""
    from ipykernel.kernelapp import IPKernelApp

    sys.argv = ["ipykernel_launcher", "-f", connection_file]
    app = IPKernelApp.instance()
    try:
        app.initialize(["-f", connection_file, *KERNEL_OPTIONS])
        app.start()
    finally:
        app.close()  # sends what is still on its way to the client
    sys.exit(0)


def cold_kernel() -> None:
    """The main function of a kernel that was not forked: the same one, with every import still to do."""
    parent, connection_file = sys.argv[1:3]
    die_with(int(parent))
    run_kernel(connection_file)


def _listen(path: str) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    return listener


def _answer(answers: IO[str], request: Request) -> dict[str, Any] | None:
    """Takes the data in and says what came of it. Returns it, or None where they cannot be used."""
    from vmo_helpers.sources.address import secrets_of, without_secrets
    from vmo_helpers.tables import InputProblems

    answer: dict[str, Any]
    try:
        answer = {"taken_in": take_in(request)}
    except (InputProblems, Refused) as error:
        answer = {"refused": without_secrets(str(error), secrets_of(request.data))}
    except Exception as error:  # noqa: BLE001 - told to the person by the other end, never as a traceback
        traceback.print_exc()
        answer = {"failed": without_secrets(f"{type(error).__name__}: {error}", secrets_of(request.data))}
    answers.write(json.dumps(answer) + "\n")
    answers.close()
    return answer.get("taken_in")


def preload(names: Sequence[str]) -> None:
    """Import what notebooks will ask for. What cannot be imported is told of by the notebook that needs
    it."""
    for name in names:
        package, _, last = name.rpartition(".")
        with contextlib.suppress(Exception):
            # as a cell asks: a name of the package may hide a module of the same name, and importing that
            # would hide the name
            if not (package and hasattr(importlib.import_module(package), last)):
                importlib.import_module(name)
    if DECK in sys.modules:
        importlib.import_module(READY)
    _without_debugger()


def _without_debugger() -> None:
    """No cell of a review is stepped through: the debugger's many modules stay out of its kernels."""
    there = sys.modules.get("debugpy")
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    with contextlib.suppress(ImportError):
        importlib.import_module("ipykernel.debugger")
    del sys.modules["debugpy"]
    if there is not None:
        sys.modules["debugpy"] = there


class Kernels:
    """The kernels under way, one a connection, and the loop that starts, signals and buries them."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.selector = selectors.DefaultSelector()
        self.connections: dict[int, socket.socket] = {}  # by process id of the kernel
        self.wake_read, self.wake_write = socket.socketpair()

    def serve(self) -> None:
        """Until standard input ends."""
        for end in (self.wake_read, self.wake_write):
            end.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.wake_write.fileno(), warn_on_full_buffer=False)
        self.selector.register(sys.stdin, selectors.EVENT_READ, self._over)
        self.selector.register(self.listener, selectors.EVENT_READ, self._asked)
        self.selector.register(self.wake_read, selectors.EVENT_READ, self._ended)
        while True:
            for key, _ in self.selector.select():
                key.data(key.fileobj)

    def _over(self, _: object) -> None:
        for process in self.connections:
            _kill(process, signal.SIGKILL)
        os._exit(0)

    def _asked(self, _: object) -> None:
        connection, _address = self.listener.accept()
        connection.settimeout(10)
        line = _line(connection)
        if line is None:
            connection.close()
            return
        server = os.getpid()
        process = os.fork()
        if process == 0:
            self._become_kernel(server, connection, line)
        self.connections[process] = connection
        _tell(connection, {"process": process})
        self.selector.register(connection, selectors.EVENT_READ, lambda _: self._told(process))

    def _told(self, process: int) -> None:
        """A signal to pass on; or the connection's end, which is the kernel's."""
        line = _line(self.connections[process])
        _kill(process, signal.SIGKILL if line is None else line["signal"])
        if line is None:
            self.selector.unregister(self.connections[process])

    def _ended(self, _: object) -> None:
        with contextlib.suppress(BlockingIOError):
            self.wake_read.recv(4096)
        for process in list(self.connections):
            try:
                found = os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                found = None
            if found is None:
                continue
            _kill(
                process, signal.SIGKILL
            )  # the group: what its cells started; its id is ours until the wait below
            peak_mb = megabytes(os.wait4(process, 0)[2].ru_maxrss)
            connection = self.connections.pop(process)
            signalled = found.si_code in (os.CLD_KILLED, os.CLD_DUMPED)
            code = -found.si_status if signalled else found.si_status
            _tell(connection, {"ended": code, "peak_mb": peak_mb})
            with contextlib.suppress(KeyError):
                self.selector.unregister(connection)
            connection.close()

    def _become_kernel(self, server: int, connection: socket.socket, line: dict[str, Any]) -> NoReturn:
        try:
            os.setsid()
            die_with(server)
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)
            for end in (
                connection,
                self.listener,
                self.wake_read,
                self.wake_write,
                *self.connections.values(),
            ):
                end.close()
            self.selector.close()
            nothing = os.open(os.devnull, os.O_RDONLY)
            os.dup2(nothing, 0)
            os.environ.update(line["environment"], JPY_PARENT_PID=str(server))
            os.chdir(line["folder"])
            run_kernel(line["connection_file"])
        except SystemExit as error:
            os._exit(error.code if isinstance(error.code, int) else 0 if error.code is None else 1)
        except BaseException:  # noqa: BLE001 - a forked child must never return into its parent's loop
            traceback.print_exc()
            os._exit(1)


def _kill(process: int, number: int) -> None:
    """Signal a kernel and what its cells started."""
    try:
        os.killpg(process, number)
    except ProcessLookupError:  # it has not made its group yet
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, number)


def _line(connection: socket.socket) -> dict[str, Any] | None:
    """One request of a connection, None at its end. Byte by byte: what follows the line is the next
    request's."""
    received = bytearray()
    with contextlib.suppress(OSError):
        while not received.endswith(b"\n"):
            byte = connection.recv(1)
            if not byte:
                return None
            received += byte
    return json.loads(received) if received.endswith(b"\n") else None


def _tell(connection: socket.socket, message: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):  # the other end may be gone, and then nobody wants to know
        connection.sendall(json.dumps(message).encode() + b"\n")
