"""The log of a run over all portfolios: a line of JSON for each event, and nothing of any cell in it."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime
from pathlib import Path

from vmo_helpers.review.errors import not_writable
from vmo_helpers.review.fleet.told import Told
from vmo_helpers.review.notify import Outcome


class Log:
    """Lines at the end of a file; without one nothing is kept. All lines of a run bear its id."""

    def __init__(self, path: Path | None) -> None:
        self.path, self.run = path, secrets.token_hex(6)

    def __call__(
        self,
        event: str,
        portfolio: str | None = None,
        notebook: str | None = None,
        seconds: float | None = None,
        peak_mb: float | None = None,
        notice: str | None = None,
        error: str | None = None,
    ) -> None:
        """One event: ``portfolio`` is an id, ``notice`` the form of a notice, ``error`` why it was not taken.
        Raises NotWritable."""
        if self.path is None:
            return
        line = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "run": self.run,
            "portfolio": portfolio,
            "notebook": notebook,
            "event": event,
            "seconds": None if seconds is None else round(seconds, 3),
            "peak_mb": peak_mb,
            "notice": notice,
            "error": error,
        }
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
        except OSError as error:
            raise not_writable(f"The log {self.path} cannot be written to", error) from error

    def told(self, one: Told) -> None:
        """What became of a portfolio, after what became of its notebooks."""
        for event in one.events:
            self(**event, portfolio=one.id)
        peaks = [event["peak_mb"] for event in one.events if event["peak_mb"] is not None]
        self(str(one.status), one.id, seconds=one.seconds, peak_mb=max(peaks, default=None))

    def noticed(self, outcome: Outcome, portfolio: str | None = None) -> None:
        """What became of one notice: of a portfolio, or of the whole run."""
        event = "told" if outcome.told else "not told"
        self(event, portfolio, seconds=outcome.seconds, notice=outcome.kind, error=outcome.why)
