"""A review that stands, found without reading a table: by the bytes of what would be read."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vmo_helpers.request.asked import PARAMETERS, Kind, Request
from vmo_helpers.review.make.job import Known, Wanted
from vmo_helpers.review.plan import Notebook
from vmo_helpers.review.shelf import manifest
from vmo_helpers.review.shelf.shelf import Review, Shelf
from vmo_helpers.vocabulary import PORTFOLIO_FILE, TABLE_LIMIT


@dataclass(frozen=True)
class Asked:
    """A request and the files at its place, as their bytes are now: SHA-256 by name."""

    key: str
    files: Mapping[str, str]

    def is_of(self, read: Iterable[Mapping[str, Any]]) -> bool:
        """True when the files that were read since are still these."""
        return all(self.files.get(one["name"]) == one["sha256"] for one in read)


def asked(request: Request) -> Asked | None:
    """What decides what is taken in: every file at the place, the request without its paths, and versions.
    None where there are no bytes to look at: a database's address, a place that holds a pipe."""
    paths = _files(request)
    if not paths:
        return None
    try:
        files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    except OSError:  # the reader says so
        return None
    said = {
        name: value for name, value in request.parameters().items() if PARAMETERS[name].kind is not Kind.PLACE
    }
    limit = os.environ.get(TABLE_LIMIT)
    whole = {"files": files, "request": said, "limit": limit, "versions": manifest.versions()}
    return Asked(manifest.digest(whole), files)


def standing(wanted: Wanted, notebooks: Sequence[Notebook], shelf: Shelf, key: str) -> Review | None:
    """The whole review on the shelf that the same request of the same bytes would make again, with every form
    that is wanted; None where there is none, or nobody can tell."""
    for review in shelf.asked(key)[-1:]:
        told = review.manifest
        data = {name: told[name] for name in ("portfolio", "as_of", "as_of_day", "settings")}
        data |= {"from": told["parameters"]["from"], "from_day": told["window"]["from"]}
        _, found = Known(wanted, notebooks, data | {"files": told["input"]}, shelf).place()
        if found is not None and not found.incomplete and not wanted.forms.lacking(found.manifest):
            return found
    return None


def _files(request: Request) -> list[Path]:
    """All that may be read at the place; none where one of them is no regular file."""
    place = Path(request.data)
    if place.is_dir():
        paths = [one for one in sorted(place.iterdir()) if not one.name.startswith(".") and not one.is_dir()]
    else:
        paths = [place, place.parent / PORTFOLIO_FILE] if place.is_file() else []
    if request.config:
        paths = [*(one for one in paths if one.name != PORTFOLIO_FILE), Path(request.config)]
    paths = [path for path in paths if path.exists()]
    return paths if all(stat.S_ISREG(path.stat().st_mode) for path in paths) else []
