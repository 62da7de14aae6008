"""What is going on, on standard error: nothing, a line a step, or on a terminal one line that is rewritten
until the step is done."""

from __future__ import annotations

import sys
from typing import TextIO

from vmo_helpers.contract.problems import printable

_CLEAR = "\r\x1b[2K"


class Progress:
    """``step`` says what is under way, ``done`` what has been done, ``note`` something worth knowing."""

    def __init__(self, *, quiet: bool = False, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._quiet = quiet
        self._live = self._stream.isatty()
        self._open = False

    def step(self, text: str) -> None:
        """Shown on a terminal alone, until the next line takes its place."""
        if not self._quiet and self._live:
            self._write(f"{_CLEAR}  … {text}")
            self._open = True

    def done(self, text: str) -> None:
        """A step that is over."""
        self._line(f"  ✓ {text}" if self._encodes("✓") else f"  {text}")

    def failed(self, text: str) -> None:
        """A step that went wrong."""
        self._line(f"  ✗ {text}" if self._encodes("✗") else f"  FAILED {text}")

    def note(self, text: str) -> None:
        """Neither done nor failed, but to be known."""
        self._line(f"  {text}")

    def event(self, notebook: str, what: str, seconds: float, peak_mb: float | None = None) -> None:
        """What became of a notebook, for whoever keeps a log: here nobody does."""

    def clear(self) -> None:
        """Take a step's line away, before somebody else writes."""
        if self._open:
            self._write(_CLEAR)
            self._open = False

    def _line(self, text: str) -> None:
        self.clear()
        if not self._quiet:
            self._write(f"{printable(text)}\n")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()

    def _encodes(self, sign: str) -> bool:
        try:
            sign.encode(getattr(self._stream, "encoding", None) or "utf-8")
        except UnicodeEncodeError:
            return False
        return True
