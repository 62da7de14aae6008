"""Calls a function with what a notebook gives, and with what its review knows, by the parameters' names."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from vmo_helpers.lazy import called
from vmo_helpers.measures.flow import SmallN
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.calendar import Calendar
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.window import Window

_Made = TypeVar("_Made")


def known_of(portfolio: Portfolio, window: Window, limits: Thresholds) -> dict[str, Any]:
    """What a review knows, by the name that parameters have for it. Each threshold is among it, too."""
    settings = portfolio.settings
    return {
        **limits.as_dict(),
        "portfolio": portfolio,
        "window": window,
        "limits": limits,
        "level": settings.review_level,
        "unit": wording.plural(settings.review_level),
        "currency": settings.currency,
        "timezone": window.timezone,
        "calendar": Calendar.of(settings),
        "as_of": window.end,
        "day": window.end_day,
        "day_unit": Calendar.of(settings).day_unit,
        "first_day": window.first_day,
        "last_day": window.last_day,
        "small": SmallN(int(limits.smallest_n_percentile), int(limits.smallest_n_tail)),
        "quantiles": sorted({0.5, limits.stalled_percentile}),
    }


def supplied(
    function: Callable[..., _Made],
    frames: Sequence[Any],
    given: Mapping[str, Any],
    known: Mapping[str, Any],
    said: Mapping[str, Any] | None = None,
) -> _Made:
    """``function(…)``: each parameter from the first that has it.

    1. ``given``: what the notebook names.
    2. ``frames``: what it hands over without a name, in order, for the parameters that the review does not
       know.
    3. ``known``: what the review knows, by the parameter's name.
    4. ``said``: what a finding says, for parameters that can only be given by name.

    What has none of these keeps its default. Raises TypeError that names the function and what it lacks, or
    what it does not take.
    """
    parameters = inspect.signature(function).parameters
    places = [name for name, parameter in parameters.items() if _by_place(parameter)]
    free = [name for name in places if name not in known and name not in given]
    problems = []
    if unknown := [name for name in given if name not in parameters]:
        problems.append(f"has no {_listed(unknown)}: it takes {_listed(parameters)}")
    if len(frames) > len(free):
        problems.append(f"was handed {len(frames)} without a name, and takes {_listed(free)}")
    arguments = {**dict(zip(free, frames, strict=False)), **given}
    for name, parameter in parameters.items():
        if name in arguments:
            continue
        if name in known:
            arguments[name] = known[name]
        elif said and name in said and parameter.kind is parameter.KEYWORD_ONLY:
            arguments[name] = said[name]
    lacks = [
        name
        for name, parameter in parameters.items()
        if name not in arguments and parameter.default is parameter.empty
    ]
    if lacks:
        problems.append(f"lacks {_listed(lacks)}; a review knows {_listed(sorted(known))}")
    if problems:
        raise TypeError(f"{called(function)} {'; and '.join(problems)}")
    return function(**arguments)


def _by_place(parameter: inspect.Parameter) -> bool:
    return parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)


def _listed(names: Collection[str]) -> str:
    return ", ".join(names) or "nothing"
