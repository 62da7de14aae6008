"""What a closing notebook reads of the shelf: what became of this run's notebooks, and the earlier reviews,
in two small files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from vmo_helpers.review.shelf import folders
from vmo_helpers.review.shelf.shelf import Review
from vmo_helpers.review.shelf.trust import FIGURES, FINDINGS

OUTCOME = "outcome.json"
HISTORY = "history.json"
_RAISED = frozenset({"alarm", "warning"})
_TOLD = (*sorted(_RAISED), "unknown")


def write_outcome(review: Path, about: Mapping[str, Any], notebooks: Mapping[str, Mapping[str, Any]]) -> None:
    """Write ``outcome.json``: portfolio, as-of and window, and of each notebook its page and the slides that
    it lost, or why it failed and its last good deck."""
    folders.write(review / OUTCOME, _json({**about, "notebooks": dict(notebooks)}))


def write_history(review: Path, earlier: Sequence[Review]) -> None:
    """Write ``history.json``: the earlier reviews, oldest first; each figure's values in them,
    and how many each rested on; each finding's severities in them.

    Findings that were neither raised nor unknown in any of them are not listed. ``severity`` is null where a
    review did not say the finding.
    """
    figures = [_read(one.folder / FIGURES, {}) for one in earlier]
    findings = [{entry["id"]: entry for entry in _read(one.folder / FINDINGS, [])} for one in earlier]
    told = {key: _told([one.get(key) for one in findings]) for key in _keys(findings)}
    said = {
        "reviews": [
            {
                "name": one.name,
                "as_of": one.manifest["as_of"],
                "day": one.manifest["as_of_day"],
                "from": one.manifest.get("window", {}).get("from"),
                "done": list(one.whole),
            }
            for one in earlier
        ],
        "figures": {key: [one.get(key, {}).get("value") for one in figures] for key in _keys(figures)},
        "n": {key: [one.get(key, {}).get("n") for one in figures] for key in _keys(figures)},
        "findings": {key: entry for key, entry in told.items() if set(_TOLD) & set(entry["severity"])},
    }
    folders.write(review / HISTORY, _json(said))


def _told(entries: Sequence[Mapping[str, Any] | None]) -> dict[str, Any]:
    """One finding over the reviews: how loud it was in each, and how the last review that raised it put
    it."""
    said = [entry for entry in entries if entry is not None]
    raised = [entry for entry in said if entry["severity"] in _RAISED]
    last = (raised or said)[-1]
    return {
        "severity": [
            entry["severity"] if entry is not None and entry["severity"] in _TOLD else None
            for entry in entries
        ],
        "rule": last.get("rule"),
        "subject": last.get("subject"),
        "sentence": last.get("sentence"),
        "deck": last.get("deck"),
        "money": last.get("money"),
    }


def _keys(several: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted({key for one in several for key in one})


def _read(path: Path, empty: Any) -> Any:
    """What a file of an earlier review holds; nothing where it was taken away or cannot be read any more."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return empty


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
