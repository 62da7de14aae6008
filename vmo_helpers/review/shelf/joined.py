"""What the notebooks of a run found, joined into one review: figures, findings, tables, in the plan's
order."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from vmo_helpers.review.shelf import folders
from vmo_helpers.review.shelf.trust import FIGURES, FINDINGS

TABLES = "tables"


def join(names: Iterable[str], results: Path, review: Path) -> dict[str, str]:
    """Write ``figures.json`` and ``findings.json`` of the notebooks that are done, and move their tables into
    the review.

    ``results`` holds a folder for each notebook. A figure or finding that two notebooks report must be the
    same in both: returns, by name, why a later one that contradicts an earlier one was left out.
    """
    figures: dict[str, Any] = {}
    findings: dict[str, Any] = {}
    left_out = {}
    for name in names:
        folder = results / name
        own_figures = _read(folder / "figures" / f"{name}.json", {})
        own_findings = {entry["id"]: entry for entry in _read(folder / "findings" / f"{name}.json", [])}
        contradicted = [key for key, entry in own_figures.items() if figures.get(key, entry) != entry]
        contradicted += [
            key for key, entry in own_findings.items() if _said(findings.get(key, entry)) != _said(entry)
        ]
        if contradicted:
            left_out[name] = (
                f"it reports {contradicted[0]!r} otherwise than another notebook of this review does"
            )
            continue
        figures |= own_figures
        findings |= {key: entry for key, entry in own_findings.items() if key not in findings}
        tables = folder / TABLES / name
        if tables.is_dir():
            (review / TABLES).mkdir(exist_ok=True)
            tables.rename(review / TABLES / name)
    folders.write(review / FIGURES, _json(figures))
    folders.write(review / FINDINGS, _json(list(findings.values())))
    return left_out


def _said(finding: dict[str, Any]) -> dict[str, Any]:
    """A finding without the place where a notebook shows it."""
    return {name: value for name, value in finding.items() if name not in ("deck", "slide")}


def _read(path: Path, empty: Any) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else empty


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
