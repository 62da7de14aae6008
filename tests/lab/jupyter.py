"""A real JupyterLab on a free port, with settings of its own, and a notebook in it as a person has it: in a
browser without a network."""

from __future__ import annotations

import os
import re
import secrets
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
START_SECONDS = 300
RUN_MS = 600_000


def command() -> Path | None:
    """JupyterLab's command in the environment that ``make lab`` sets up (``VMO_LAB`` names another); None
    where there is none."""
    found = Path(os.environ.get("VMO_LAB", ROOT / ".venv-lab")) / "bin" / "jupyter"
    return found if found.is_file() else None


@dataclass
class Server:
    """A running JupyterLab: where it is, and the file with all that it says."""

    address: str
    token: str
    log: Path

    def page_of(self, notebook: str) -> str:
        return f"{self.address}/lab/tree/{notebook}.ipynb?reset&token={self.token}"

    def complaints(self) -> list[str]:
        """Lines of the log that are worse than a notice."""
        return [
            line
            for line in self.log.read_text(encoding="utf-8").splitlines()
            if re.match(r"\[[EC] |Traceback|\S*Error:", line)
        ]


def environment(folder: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Settings, workspaces and kernels of nobody: all of it under a folder."""
    own = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "jupyter",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "IPYTHONDIR": "ipython",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("VMO_", "JPY_", "JUPYTER"))
    }
    return {**kept, **{name: str(folder / where) for name, where in own.items()}, **(extra or {})}


def settings(folder: Path) -> tuple[Server, list[str]]:
    """A free port and a token, a lab that asks nobody for news, and the options that say so."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(8)
    quiet = folder / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    quiet.parent.mkdir(parents=True, exist_ok=True)
    quiet.write_text(
        '{"fetchNews": "false", "checkForUpdates": false, "doNotDisturbMode": true}', encoding="utf-8"
    )
    options = [
        "--no-browser",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={token}",
        "--ServerApp.allow_root=True",
        "--expose-app-in-browser",
    ]
    return Server(f"http://localhost:{port}", token, folder / "log.txt"), options


@contextmanager
def served(notebooks: Path, folder: Path, extra: Mapping[str, str] | None = None) -> Iterator[Server]:
    """JupyterLab on a folder of notebooks, as ``make lab`` starts it, ended with the block."""
    jupyter = command()
    assert jupyter is not None
    server, options = settings(folder)
    with server.log.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [str(jupyter), "lab", *options, str(notebooks)],
            env=environment(folder, extra),
            stdout=log,
            stderr=log,
        )
        try:
            wait_for(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(30)


def wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    """Until the server answers; what it said where it ends instead."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, server.log.read_text(encoding="utf-8")
        try:
            with urllib.request.urlopen(f"{server.address}/api/status?token={server.token}", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(server.log.read_text(encoding="utf-8"))


@dataclass
class Watch:
    """What a page said that was no notice, and whom it asked beside its own server."""

    console: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def on(self, page: Any, server: Server) -> None:
        own = (server.address, server.address.replace("http", "ws"), "data:", "blob:")
        page.on(
            "console", lambda message: self.console.append(message.text) if message.type == "error" else None
        )
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.on(
            "request",
            lambda request: None if request.url.startswith(own) else self.strangers.append(request.url),
        )


class Notebook:
    """A notebook that is open in JupyterLab."""

    def __init__(self, page: Any, watch: Watch, name: str) -> None:
        self.page, self.watch, self.name = page, watch, name

    def run_all(self) -> None:
        """The menu's Run All Cells, until the kernel is idle and every cell has its number."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.locator("#jp-mainmenu-run").get_by_text("Run All Cells", exact=True).click()
        self.page.wait_for_function("() => { const s = window.__vmo; return s && s.ran(); }", timeout=RUN_MS)

    def errors(self) -> list[str]:
        """The last line of each cell that failed."""
        found: list[str] = self.page.evaluate("() => window.__vmo.errors()")
        return found

    def show_cell_with(self, text: str) -> None:
        """Scroll to the first cell whose code holds a text."""
        self.page.evaluate("text => window.__vmo.showWith(text)", text)

    def panel(self, call: str) -> Any:
        """The panel that a cell such as ``explore.flow(review)`` shows, scrolled to and drawn."""
        place = self.page.evaluate("call => window.__vmo.show(call)", call)
        assert place >= 0, f"no cell of {self.name} reads {call}"
        panel = self.page.locator(f'.jp-Cell[data-windowed-list-index="{place}"] .vmo-explore')
        panel.wait_for(timeout=RUN_MS)
        return panel


def blank_notebook(cells: Sequence[str]) -> dict[str, Any]:
    """A notebook of a few cells, as a person would begin one."""
    made = [
        {
            "cell_type": "code",
            "id": f"cell-{place}",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": source,
        }
        for place, source in enumerate(cells)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {"cells": made, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}


BRIDGE = """
() => {
  const app = window.jupyterapp;
  const board = () => app.shell.currentWidget;
  const cells = () => board().content.widgets;
  window.__vmo = {
    ready: () => Boolean(app && board() && board().content && board().sessionContext?.session?.kernel?.status
        === 'idle'),
    ran: () => board().sessionContext.session?.kernel?.status === 'idle'
      && (window.__vmo.errors().length > 0 || cells().every(c => c.model.type !== 'code' ||
          c.model.executionCount)),
    errors: () => cells().flatMap(c => c.model.type !== 'code' ? [] : c.model.sharedModel.getOutputs()
      .filter(o => o.output_type === 'error' || (o.output_type === 'stream' && o.name === 'stderr'))
      .map(o => o.ename ? `${o.ename}: ${o.evalue}` : String(o.text))),
    showWith: text => {
      const place = cells().findIndex(c => c.model.sharedModel.getSource().includes(text));
      board().content.activeCellIndex = place;
      board().content.scrollToItem(place, 'start');
    },
    show: call => {
      const place = cells().findIndex(c => c.model.sharedModel.getSource().trim() === call);
      if (place >= 0) { board().content.activeCellIndex = place; board().content.scrollToItem(place,
          'start'); }
      return place;
    },
  };
  return true;
}
"""


@contextmanager
def opened(
    browser: Any, server: Server, name: str, *, width: int = 1440, height: int = 1000
) -> Iterator[Notebook]:
    """A notebook of the server, its kernel ready."""
    context = browser.new_context(viewport={"width": width, "height": height})
    try:
        context.set_default_timeout(RUN_MS)
        page, watch = context.new_page(), Watch()
        watch.on(page, server)
        page.goto(server.page_of(name) + "", wait_until="domcontentloaded")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=RUN_MS)
        page.evaluate(BRIDGE)
        page.wait_for_function("() => window.__vmo.ready()", timeout=RUN_MS)
        yield Notebook(page, watch, name)
    finally:
        context.close()
