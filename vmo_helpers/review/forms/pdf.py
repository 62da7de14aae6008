"""A page of a review as PDF, printed on A4 by Chromium without scripts, without a network and with a profile
of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from vmo_helpers.review.running.lifeline import die_with, ending
from vmo_helpers.review.shelf import folders

NAMED = "VMO_CHROMIUM"
NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
TIMEOUT_SECONDS = 180.0
_FLAGS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
)
_SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
_LINK = re.compile(r'(<a\b[^>]*?) href="(?!#|https?:|mailto:)[^"]*"')


class NotPrinted(OSError):
    """The browser made no PDF; the text says what it said."""


def browser() -> str | None:
    """The browser that ``VMO_CHROMIUM`` names, else one on the path or in its usual place; None where there
    is none."""
    named = os.environ.get(NAMED)
    if named:
        return shutil.which(named)
    return next((found for name in NAMES if (found := shutil.which(name))), None) or next(
        (p for p in PLACES if Path(p).is_file()), None
    )


def printed(page: Path, pdf: Path, chromium: str, *, timeout: float = TIMEOUT_SECONDS) -> None:
    """Print a page of a review. Raises NotPrinted with what the browser said when it did not."""
    with tempfile.TemporaryDirectory(prefix="pdf-", ignore_cleanup_errors=True) as place:
        still, made = Path(place, page.name), Path(place, "page.pdf")
        folders.write(still, without_scripts(page.read_text(encoding="utf-8")))
        command = [
            chromium,
            *_FLAGS,
            f"--user-data-dir={place}/profile",
            f"--print-to-pdf={made}",
            still.as_uri(),
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # Chromium has none for the superuser; the page runs nothing
        said = _run(command, timeout)
        content = made.read_bytes() if made.is_file() else b""
        if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-1024:]:
            raise NotPrinted(f"{Path(chromium).name} made no PDF of {page.name}: {said}")
        pdf.write_bytes(content)


def without_scripts(text: str) -> str:
    """The page as it is printed: its charts are the pictures, and no link leads to a file of this machine."""
    return _LINK.sub(r"\1", _SCRIPT.sub("", text))


def _run(command: list[str], timeout: float) -> str:
    """Run the browser to its end, which is at the latest the end of this process; returns the last line that
    it said."""
    name = Path(command[0]).name
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            preexec_fn=_lifeline(),
            errors="replace",
        )
    except OSError as error:
        raise NotPrinted(f"{name} could not be started: {error.strerror}") from error
    try:
        _, said = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        raise NotPrinted(f"{name} did not end within {timeout:g} s") from None
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    lines = [line for line in (said or "").splitlines() if line.strip()]
    if process.returncode:
        raise NotPrinted(
            f"{name} ended with {ending(process.returncode)}{': ' + lines[-1][-300:] if lines else ''}"
        )
    return lines[-1][-300:] if lines else "it said nothing"


def _lifeline() -> Callable[[], None] | None:
    parent = os.getpid()
    return (lambda: die_with(parent)) if sys.platform == "linux" else None
