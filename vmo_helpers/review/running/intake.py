"""What a run must know of the data before any notebook is started: can they be used, as of when, from which
files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from vmo_helpers.request.asked import Request, Unfit
from vmo_helpers.review.errors import Refused


def take_in(request: Request) -> dict[str, Any]:
    """Load and validate the data, and settle the request against them.

    The portfolio stays in this process (``sources.preload``), so that kernels forked from it need not read it
    again. Raises InputProblems for data that cannot be used, Refused for a parameter that does not fit them.
    """
    from vmo_helpers import sources
    from vmo_helpers.request.settled import settle, text
    from vmo_helpers.sources.unfinished import read_when_written

    read = read_when_written(
        request.data, lambda: sources.preload(request.data, config=request.config, lenient=request.lenient)
    )
    with refusing():
        settled = settle(request, read)
    window, portfolio = settled.window, settled.whole
    return {
        "portfolio": portfolio.settings.name,
        "timezone": window.timezone,
        "as_of": text(window.end),
        "as_of_day": window.end_day,
        "as_of_source": None if settled.fact is None else str(settled.fact),
        "from": text(window.start),
        "from_day": window.start_day,
        "parameters": settled.days,
        "settings": _plain(asdict(portfolio.settings)),
        "files": [{name: file[name] for name in ("name", "sha256", "rows")} for file in portfolio.files],
        "notes": [note.sentence for note in portfolio.notes],
    }


@contextmanager
def refusing() -> Iterator[None]:
    """What a request raises, as the refusal that the person reads: options by their names on the command
    line."""
    try:
        yield
    except Unfit as error:
        raise Refused(error.as_option) from error
    except ValueError as error:
        raise Refused(str(error)) from error


def _plain(value: Any) -> Any:
    """As it reads in JSON, so that the same settings give the same digest on both sides of the pipe."""
    if isinstance(value, Mapping):
        return {str(key): _plain(value[key]) for key in sorted(value, key=str)}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


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
