"""Headless Chromium without a network, and what a page did in it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
]
WAIT_MS = 300_000

# Every rule of axe but that on contrast, on the whole page.
_RULES = """async () => {
  const found = await axe.run(document, {resultTypes: ['violations'],
      rules: {'color-contrast': {enabled: false}}});
  return found.violations.map(v => [v.impact, v.id, v.nodes.map(n => n.html.slice(0, 200))]);
}"""
# Contrast takes most of the time. It cannot judge what stands in a drawing, and a row of a table that differs
# from one above it in its words alone has that row's colours: it is of the page without these.
_CONTRAST = """async () => {
  const words = ['id', 'href', 'title', 'aria-label', 'datetime'];
  const styled = part => [...part.attributes ?? []].filter(a => !words.includes(a.name))
    .map(a => a.name + '=' + a.value);
  const look = part => part.nodeType === Node.TEXT_NODE ? (part.data.trim() && 'words')
    : `<${part.nodeName} ${styled(part)}>${[...part.childNodes].map(look).join('')}</>`;
  const alike = body => {
    const seen = new Set();
    return [...body.rows].filter(row => seen.size === seen.add(look(row)).size);
  };
  const rows = [...document.querySelectorAll('tbody')].flatMap(alike);
  const left = [...document.querySelectorAll('svg.marks'), ...rows].map(p => [p, document.createComment('')]);
  left.forEach(([part, place]) => part.replaceWith(place));
  const found = await axe.run(document, {resultTypes: ['violations'], runOnly: ['color-contrast']});
  left.forEach(([part, place]) => place.replaceWith(part));
  return found.violations.map(v => [v.impact, v.id, v.nodes.map(n => n.html.slice(0, 200))]);
}"""
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def executable() -> str | None:
    """The browser that ``VMO_CHROMIUM`` names, else one on the path; None where there is none."""
    return os.environ.get("VMO_CHROMIUM") or next(
        (found for name in NAMES if (found := shutil.which(name))), None
    )


def axe() -> Path | None:
    """axe-core's script: the file that ``VMO_AXE`` names, else the one that axe-playwright-python carries."""
    carrier = importlib.util.find_spec("axe_playwright_python")
    places = [Path(os.environ.get("VMO_AXE", ""))]
    if carrier is not None and carrier.origin is not None:
        places.append(Path(carrier.origin).parent / "axe.min.js")
    return next((place for place in places if place.is_file()), None)


def wait_until(page: Any, expression: str) -> None:
    """Ask the page until the expression is true. Playwright's own ``wait_for_function`` asks from within the
    page from the second time on, where the page's policy forbids it to evaluate anything."""
    until = time.monotonic() + WAIT_MS / 1000
    while not page.evaluate(expression):
        if time.monotonic() > until:
            raise TimeoutError(f"not true after {WAIT_MS / 1000:.0f} s: {expression}")
        page.wait_for_timeout(20)


def violations(page: Any, script: Path, *, contrast_alone: bool = False) -> list[Any]:
    """What axe finds on a page as it stands: impact, rule and the elements that break it.

    ``contrast_alone``: the page was judged by every rule before, and only its colours changed since.
    """
    if not page.evaluate("Boolean(window.axe)"):
        page.add_script_tag(path=str(script))
    return [
        found
        for rules in ((_CONTRAST,) if contrast_alone else (_RULES, _CONTRAST))
        for found in page.evaluate(rules)
    ]


@dataclass
class Watch:
    """All that a page said and asked for; a clean page leaves everything empty."""

    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """Forget what the page before this one said."""
        self.console, self.requests, self.dialogs = [], [], []

    def on(self, page: Any) -> None:
        page.on("console", lambda message: self.console.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.on(
            "request",
            lambda request: (
                self.requests.append(request.url) if not request.url.startswith(("data:", "blob:")) else None
            ),
        )
        page.on("dialog", self._dismissed)

    def _dismissed(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()


_IDLE: dict[tuple[Any, ...], list[tuple[Any, Watch]]] = {}
"""Empty tabs that a test has left, by their browser and the options of their context."""


@contextmanager
def opened(
    browser: Any, file: Path, *, width: int = 1440, height: int = 900, drawn: bool = True, **options: Any
) -> Iterator[tuple[Any, Watch]]:
    """The page of a file in a tab, once its charts are drawn (or failed, which the console tells).

    It is loaded anew in a tab that is used again: the charts' program is compiled once for all pages then.
    """
    idle = _IDLE.setdefault((browser, *sorted(options.items())), [])
    page, watch = idle.pop() if idle else _tab(browser, options)
    try:
        watch.begin()
        page.set_viewport_size({"width": width, "height": height})
        page.goto(file.resolve().as_uri())
        if drawn:
            wait_until(
                page,
                "[...document.querySelectorAll('[data-chart]')].every(s => "
                "s.closest('figure').matches('.drawn, [data-failed]'))",
            )
        yield page, watch
        page.emulate_media(media="null")
        page.mouse.move(0, 0)
        page.goto("about:blank")
        idle.append((page, watch))
    except BaseException:
        page.context.close()
        raise


def _tab(browser: Any, options: dict[str, Any]) -> tuple[Any, Watch]:
    context = browser.new_context(**options)
    context.set_default_timeout(WAIT_MS)
    page, watch = context.new_page(), Watch()
    watch.on(page)
    return page, watch
