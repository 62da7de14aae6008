"""Kernels for notebooks: forked from a process that has everything ready, or ordinary ones where that cannot
be done."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import socket
from pathlib import Path
from typing import Any, ClassVar

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase

from vmo_helpers.review.running.lifeline import python_command

CONNECT_SECONDS = 600
"""The server may still be making what several notebooks ask for: minutes, of many millions of items."""


class ForkedKernel(KernelProvisionerBase):  # type: ignore[misc]
    """A kernel that the kernel server forked. The server alone signals and buries it, so no process id is
    ever mistaken."""

    server: Path
    process: int | None = None
    ended: int | None = None
    connection: socket.socket | None = None

    @property
    def has_process(self) -> bool:
        return self.process is not None

    async def poll(self) -> int | None:
        if self.process is None or self.connection is None:
            return 0
        if self.ended is None:
            message = _received(self.connection)
            if message is not None:
                self.ended = message.get("ended", 1)
                self.parent.peak_mb[0] = message.get("peak_mb")
        return self.ended

    async def wait(self) -> int | None:
        while await self.poll() is None:
            await asyncio.sleep(0.01)
        if self.connection is not None:
            self.connection.close()
        self.process = self.connection = None
        return self.ended

    async def send_signal(self, signum: int) -> None:
        if self.connection is not None and self.ended is None:
            try:
                self.connection.sendall(json.dumps({"signal": int(signum)}).encode() + b"\n")
            except OSError:
                self.ended = self.ended or 1

    async def kill(self, restart: bool = False) -> None:
        await self.send_signal(signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:
        await self.send_signal(signal.SIGTERM)

    async def cleanup(self, restart: bool = False) -> None:
        """Nothing is left: the socket files go with the run's scratch folder."""

    async def pre_launch(self, **options: Any) -> dict[str, Any]:
        manager = self.parent
        manager.write_connection_file()
        self.connection_info = manager.get_connection_info()
        options.pop("extra_arguments", None)
        return dict(await super().pre_launch(cmd=[], **options))

    async def launch_kernel(self, cmd: list[str], **options: Any) -> dict[str, Any]:
        environment = {"IPYTHONDIR": str(Path(self.parent.connection_file).parent / "ipython")}
        folder = str(options.get("cwd") or Path.cwd())
        request = {
            "connection_file": self.parent.connection_file,
            "folder": folder,
            "environment": environment,
        }
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(CONNECT_SECONDS)
            connection.connect(str(self.server))
            connection.sendall(json.dumps(request).encode() + b"\n")
            self.process = (_received(connection) or {})["process"]
        except (OSError, KeyError) as error:
            connection.close()
            raise ConnectionError("the kernel server has ended") from error
        self.connection, self.ended = connection, None
        connection.setblocking(False)
        return dict(self.connection_info)


class ReviewKernels(AsyncKernelManager):  # type: ignore[misc]
    """The kernel manager that papermill is given: this very Python, over Unix sockets in the run's private
    folder.

    No installed kernel specification is looked up (a ``python3`` of another environment would run the
    notebooks without this package), no user's IPython start-up files are read, and no port is opened. One
    kernel a process: ``scratch`` and ``server`` are set on the class by the process that runs a notebook.
    """

    scratch: Path
    server: Path | None = None
    peak_mb: ClassVar[list[float | None]] = [None]
    """The most memory that the kernel took, once it has ended, where the server could tell."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        name = secrets.token_hex(4)
        if hasattr(socket, "AF_UNIX"):
            self.transport = "ipc"
            self.ip = str(self.scratch / name)
        self.connection_file = str(self.scratch / f"{name}.json")
        command = [
            *python_command("vmo_helpers.review.running.kernel_server:cold_kernel"),
            str(os.getpid()),
            "{connection_file}",
        ]
        self._kernel_spec = KernelSpec(argv=command, display_name="Python 3", language="python")

    async def _async_pre_start_kernel(self, **options: Any) -> tuple[list[str], dict[str, Any]]:
        identity = {"kernel_id": secrets.token_hex(8), "kernel_spec": self._kernel_spec, "parent": self}
        if self.server is None:
            self.provisioner = LocalProvisioner(**identity)
        else:
            forked = ForkedKernel(**identity)
            forked.server = self.server
            self.provisioner = forked
        return await super()._async_pre_start_kernel(**options)  # type: ignore[no-any-return]


def _received(connection: socket.socket) -> dict[str, Any] | None:
    """The next message; None when there is none yet; an empty one when the other end is gone."""
    received = b""
    while not received.endswith(b"\n"):
        try:
            part = connection.recv(4096)
        except (BlockingIOError, InterruptedError):
            if not received:
                return None
            continue
        except OSError:
            return {}
        if not part:
            return {}
        received += part
    return dict(json.loads(received.splitlines()[0]))
