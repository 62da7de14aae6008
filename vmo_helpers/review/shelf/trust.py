"""Which reviews of a shelf may be believed: those that read as reviews and are as they were written.

A review is made from what earlier ones said. One that was edited, cut off or damaged since is no earlier
review: it is left out, with its reason, and the run goes on.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path, PurePath
from typing import Any
from zoneinfo import ZoneInfo

from vmo_helpers.vocabulary import Severity

FIGURES, FINDINGS = "figures.json", "findings.json"

Check = Callable[[Any], bool]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_mapping(value: Any) -> bool:
    return isinstance(value, dict)


def _or_null(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _read_by(parse: Callable[[str], object]) -> Check:
    def check(value: Any) -> bool:
        try:
            parse(value)
        except (TypeError, ValueError, KeyError, OSError):  # a zone that is none is a KeyError
            return False
        return isinstance(value, str)

    return check


def _is_instant(value: Any) -> bool:
    return _read_by(datetime.fromisoformat)(value) and datetime.fromisoformat(value).tzinfo is not None


_is_day = _read_by(date.fromisoformat)
_MANIFEST: dict[str, Check] = {
    "portfolio": _is_text,
    "as_of": _is_instant,
    "as_of_day": _is_day,
    "parameters": lambda value: (
        _is_mapping(value)
        and _are_texts(value.get("streams"))
        and _are(_is_number, value.get("thresholds", {}))
    ),
    "outcome": lambda value: _are(_is_notebook, value),
    "output": lambda value: _are(_is_text, value),
}
_MANIFEST_MAY: dict[str, Check] = {
    "window": lambda value: _is_mapping(value) and _is_day(value.get("from")),
    "settings": lambda value: _is_mapping(value) and _read_by(ZoneInfo)(value.get("timezone", "UTC")),
    "program": _is_mapping,
    "forms": lambda value: _are(_is_outcome, value),
    "times": lambda value: (
        _is_mapping(value) and _or_null(_read_by(datetime.fromisoformat))(value.get("finished"))
    ),
}
_FIGURE: dict[str, Check] = {"value": _or_null(_is_number), "unit": _is_text}
_FIGURE_MAY: dict[str, Check] = {
    **dict.fromkeys(("previous", "low", "high", "n"), _or_null(_is_number)),
    **dict.fromkeys(("from", "to"), _or_null(_is_day)),
}
_FINDING: dict[str, Check] = {
    **dict.fromkeys(("id", "rule", "subject", "sentence"), _is_text),
    "severity": lambda value: value in list(Severity),
}
_FINDING_MAY: dict[str, Check] = {
    **dict.fromkeys(("money", "value"), _or_null(_is_number)),
    **dict.fromkeys(("deck", "slide", "first_seen"), _or_null(_is_text)),
}


def wrong_manifest(manifest: Any) -> str | None:
    """Why a manifest cannot be one of a review, or None: the first key that is not what a review writes."""
    if not _is_mapping(manifest):
        return "its manifest is no JSON object"
    wrong = _wrong(manifest, _MANIFEST) or _wrong_where_given(manifest, _MANIFEST_MAY)
    return wrong and f"its manifest's {wrong!r} is not as it was written"


def wrong_results(folder: Path, digests: Mapping[str, str]) -> str | None:
    """Why the figures and findings of a review cannot be believed, or None."""
    return results(folder, digests)[0]


def results(folder: Path, digests: Mapping[str, str]) -> tuple[str | None, dict[str, Any]]:
    """Why the figures and findings of a review cannot be believed, or None; and what those files hold that
    can.

    ``digests`` are those of the manifest. Each file must be the one that was written, and must read as one: a
    review that another version of the program wrote is judged by what it says, not by who wrote it.
    """
    found: dict[str, Any] = {}
    for name, wrong in ((FIGURES, _wrong_figures), (FINDINGS, _wrong_findings)):
        if name not in digests:
            continue
        try:
            data = (folder / name).read_bytes()
        except OSError as error:
            return f"its {name} cannot be read ({error.strerror or error})", found
        if hashlib.sha256(data).hexdigest() != digests[name]:
            return f"its {name} is not as it was written", found
        try:
            found[name] = json.loads(data)
        except ValueError as error:
            return f"its {name} is no JSON ({error})", found
        if what := wrong(found[name]):
            return f"its {name} cannot be understood ({what})", found
    return None, found


def _wrong_figures(figures: Any) -> str | None:
    if not _is_mapping(figures):
        return "expected one entry a figure"
    for key, entry in figures.items():
        if not _is_mapping(entry):
            return f"{key} is no entry"
        if wrong := _wrong(entry, _FIGURE) or _wrong_where_given(entry, _FIGURE_MAY):
            return f"{key}: {wrong}"
    return None


def _wrong_findings(findings: Any) -> str | None:
    if not isinstance(findings, list):
        return "expected a list of findings"
    for place, entry in enumerate(findings, 1):
        if not _is_mapping(entry):
            return f"entry {place} is none"
        if wrong := _wrong(entry, _FINDING) or _wrong_where_given(entry, _FINDING_MAY):
            return f"entry {place}: {wrong}"
    return None


def _wrong(found: Mapping[str, Any], expected: Mapping[str, Check]) -> str | None:
    """The first name that is missing or whose value is not as expected."""
    return next(
        (name for name, check in expected.items() if name not in found or not check(found[name])), None
    )


def _wrong_where_given(found: Mapping[str, Any], expected: Mapping[str, Check]) -> str | None:
    """As ``_wrong``, of the names that are there."""
    return _wrong(found, {name: check for name, check in expected.items() if name in found})


def _are(check: Check, values: Any) -> bool:
    return _is_mapping(values) and all(map(check, values.values()))


def _are_texts(values: Any) -> bool:
    return isinstance(values, list) and all(map(_is_text, values))


def _is_outcome(state: Any) -> bool:
    """A notebook or another form: what became of it, the file beside the manifest that it made, and the
    slides that it lost."""
    page = state.get("page") if _is_mapping(state) else None
    named = page is None or _is_file_name(page)
    return (
        _is_mapping(state)
        and _is_text(state.get("status"))
        and named
        and _are(_is_text, state.get("lost", {}))
    )


def _is_notebook(state: Any) -> bool:
    """A notebook's outcome: one that is done names its page."""
    return _is_outcome(state) and (state["status"] != "done" or state.get("page") is not None)


def _is_file_name(value: Any) -> bool:
    return _is_text(value) and value == PurePath(value).name and ":" not in value
