"""What a review was made from and with: the digest that names it, and the manifest that lies in it."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from vmo_helpers.review.plan import Notebook

DISTRIBUTION = "vmo-workbook"
LIBRARIES = (
    "altair",
    "ipykernel",
    "jinja2",
    "markdown-it-py",
    "nbclient",
    "nbformat",
    "numpy",
    "pandas",
    "papermill",
    "pyarrow",
    "scipy",
    "vl-convert-python",
)
PROGRAM_FILES = frozenset({".py", ".j2", ".css", ".js", ".json", ".toml"})


@cache
def versions() -> Mapping[str, Any]:
    """Program, Python and library versions of this process, looked up once.

    The program's own files are part of it: an edited checkout is another program.
    """
    return {
        "program": {"name": DISTRIBUTION, "version": _version(DISTRIBUTION), "sha256": _program_digest()},
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in LIBRARIES},
    }


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _program_digest() -> str:
    """Of code, templates and styles; the notebooks have digests of their own."""
    package = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    for path in sorted(path for path in package.rglob("*") if path.suffix in PROGRAM_FILES):
        digest.update(
            path.relative_to(package).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest()
        )
    return digest.hexdigest()


def made_from(
    data: Mapping[str, Any],
    parameters: Mapping[str, Any],
    notebooks: Iterable[Notebook],
    used: Mapping[str, Any],
) -> dict[str, Any]:
    """Everything that decides a review's bytes: data, parameters (the review before among them), notebooks,
    versions."""
    return {
        "portfolio": data["portfolio"],
        "as_of": data["as_of"],
        "as_of_day": data["as_of_day"],
        "window": {"from": data["from_day"], "to": data["as_of_day"]},
        "parameters": dict(parameters),
        "settings": data["settings"],
        "input": data["files"],
        "notebooks": {notebook.name: notebook.digest() for notebook in notebooks},
        **used,
    }


def digest(made: Mapping[str, Any]) -> str:
    """SHA-256 of what a review is made from."""
    return hashlib.sha256(json.dumps(made, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def review_name(made: Mapping[str, Any]) -> str:
    """``2026-10-31-3f9c12ab``: the as-of day and eight characters of the digest."""
    return f"{made['as_of_day']}-{digest(made)[:8]}"


def output(review: Path) -> dict[str, str]:
    """SHA-256 of every file whose bytes repeat: all but the executed notebooks and PDFs, which bear the time
    of their making."""
    files = sorted(path for path in review.rglob("*") if path.is_file())
    named = {path.relative_to(review): path for path in files}
    repeat = {
        name: path for name, path in named.items() if name.parts[0] != "notebooks" and name.suffix != ".pdf"
    }
    return {name.as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for name, path in repeat.items()}


def text(manifest: Mapping[str, Any]) -> str:
    """The manifest as it is written: one key a line, in the order given."""
    return json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
