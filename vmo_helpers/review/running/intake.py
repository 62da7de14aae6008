"""What a run must know of the data before any notebook is started: can they be used, as of when, from which
files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from vmo_helpers.review.errors import Refused

ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:?\d{2}(:?\d{2}(\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?")
"""Pandas would take 03.04.2026 for the 4th of March, and "now" for the clock."""


@dataclass(frozen=True)
class Request:
    """What was asked for, as the command line gave it; ``as_of`` and ``from_day`` are a day or an ISO 8601
    instant."""

    data: str
    config: str | None = None
    lenient: bool = False
    as_of: str | None = None
    from_day: str | None = None
    streams: tuple[str, ...] = ()
    level: str | None = None
    thresholds: tuple[tuple[str, float], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For the pipe to the process that reads the data."""
        return asdict(self)

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Request:
        """The other end of the pipe."""
        streams, thresholds = (
            tuple(given["streams"]),
            tuple((name, value) for name, value in given["thresholds"]),
        )
        return cls(**{**given, "streams": streams, "thresholds": thresholds})


def take_in(request: Request) -> dict[str, Any]:
    """Load and validate the data, and settle as-of, window and streams against them.

    The portfolio stays in this process (``sources.preload``), so that kernels forked from it need not read it
    again. Raises InputProblems for data that cannot be used, Refused for a parameter that does not fit them.
    """
    for option, given in (("--as-of", request.as_of), ("--from", request.from_day)):
        if given is not None and not ISO.fullmatch(given):
            raise Refused(
                f"{option} {given!r} is neither a day (2026-10-31) nor an ISO 8601 instant "
                "(2026-10-31T18:00:00+01:00)"
            )
    from vmo_helpers import sources
    from vmo_helpers.window import day_end, day_start, instant, review_window

    portfolio = sources.preload(request.data, config=request.config, lenient=request.lenient)
    sources.in_streams(portfolio, request.streams)  # refuses one that is not there
    if request.level is not None:
        try:
            portfolio = portfolio.at_level(request.level)
        except ValueError as error:
            raise Refused(f"--level: {error}") from error
    check_thresholds(portfolio.settings.thresholds, "[thresholds] of portfolio.toml: ")
    timezone = portfolio.settings.timezone
    try:
        if request.as_of is None:
            fact = sources.latest_fact(portfolio)
            as_of, source = fact.at, str(fact)
        else:
            as_of, source = instant(request.as_of, timezone, end_of_day=True), None
        window = review_window(as_of, request.from_day, timezone)
    except ValueError as error:
        raise Refused(str(error)) from error
    return {
        "portfolio": portfolio.settings.name,
        "timezone": timezone,
        "as_of": _text(as_of),
        "as_of_day": window.end_day,
        "as_of_source": source,
        "from": _text(window.start),
        "from_day": window.start_day,
        "parameters": {
            "as_of": window.end_day if as_of == day_end(window.end_day, timezone) else _text(as_of),
            "from_day": window.start_day
            if window.start == day_start(window.start_day, timezone)
            else _text(window.start),
        },
        "settings": _plain(asdict(portfolio.settings)),
        "files": [{name: file[name] for name in ("name", "sha256", "rows")} for file in portfolio.files],
        "notes": [note.sentence for note in portfolio.notes],
    }


def _text(at: Any) -> str:
    """An instant, always of one length, so that text sorts as time does."""
    return str(at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))


def _plain(value: Any) -> Any:
    """As it reads in JSON, so that the same settings give the same digest on both sides of the pipe."""
    if isinstance(value, Mapping):
        return {str(key): _plain(value[key]) for key in sorted(value, key=str)}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def check_thresholds(given: Mapping[str, float], where: str = "") -> None:
    """Refuse a threshold that findings do not know, with the nearest that they do; ``where`` begins the
    message."""
    from vmo_helpers.thresholds import Thresholds

    try:
        Thresholds().with_overrides(given)
    except ValueError as error:
        raise Refused(f"{where}{error}") from error


def taken_in(answer: Mapping[str, Any]) -> dict[str, Any]:
    """What ``take_in`` returned in the process that reads the data; its refusal is raised here."""
    if "refused" in answer:
        raise Refused(answer["refused"])
    if "failed" in answer:
        raise Refused(f"The data cannot be used: {answer['failed']}")
    return dict(answer["taken_in"])


def said(data: Mapping[str, Any]) -> str:
    """What was taken in, in one line."""
    source = data["as_of_source"]
    why = f", the latest fact ({source})" if source else ""
    return f"{data['portfolio']}: as of {data['as_of_day']}{why}; window from {data['from_day']}"
