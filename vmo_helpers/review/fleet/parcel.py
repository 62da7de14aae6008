"""Reviews on the way between machines that share no file system: what earlier ones said goes out, a finished
one comes back."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from vmo_helpers.review.errors import NotWritable, not_writable
from vmo_helpers.review.fleet.told import Status, Told
from vmo_helpers.review.forms import FORMS, Forms
from vmo_helpers.review.shelf.shelf import MANIFEST, Review, Shelf
from vmo_helpers.review.shelf.trust import FIGURES, FINDINGS

_SAID = (FIGURES, FINDINGS)


def past(shelf: Shelf, portfolio: str, streams: Sequence[str], forms: Forms) -> bytes:
    """Of each review of a portfolio what a later one reads of it: manifest, figures, findings, decks by name.

    None of them lacks a form: they could not be made of it elsewhere.
    """
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for review in shelf.reviews():
            if review.of(portfolio, streams):
                _add(tar, f"{review.name}/{MANIFEST}", json.dumps(_reduced(review, forms)).encode())
                for name in _SAID:
                    if (review.folder / name).is_file():
                        _add(tar, f"{review.name}/{name}", (review.folder / name).read_bytes())
                for page in {review.page(notebook) for notebook in review.done} - {None}:
                    _add(tar, f"{review.name}/{page}", b"")
    return out.getvalue()


def packed(folder: Path) -> bytes:
    """A folder with all that is in it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        tar.add(folder, arcname=folder.name)
    return out.getvalue()


def unpacked(content: bytes, place: Path) -> None:
    """Put what was packed below a place; nothing of it can come to lie elsewhere."""
    place.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as tar:
        tar.extractall(place, filter="data")


def published(told: Told, content: bytes, shelf: Shelf) -> Told:
    """Put a finished review on its shelf, unless it is there already. Raises NotWritable."""
    name = str(told.review)
    try:
        with shelf.workspace() as workspace:
            unpacked(content, workspace)
            made = workspace / name
            manifest = json.loads((made / MANIFEST).read_text(encoding="utf-8"))
            if not Review(made, manifest).is_as_written():
                raise NotWritable(f"the review {name} did not arrive as it was written")
            with shelf.locked():
                if shelf.review(name) is not None:
                    return replace(told, status=Status.UNCHANGED, new=False)
                shelf.publish(made, name, None)
    except (OSError, tarfile.TarError) as error:
        raise not_writable(
            f"The review {name} could not be put on {shelf.root}", OSError(str(error))
        ) from error
    return told


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    about = tarfile.TarInfo(name)
    about.size = len(content)
    tar.addfile(about, io.BytesIO(content))


def _reduced(review: Review, forms: Forms) -> Mapping[str, Any]:
    """Its manifest, in which a review that is as it was written answers for what is sent alone."""
    if not review.is_as_written():
        return review.manifest
    output = {name: digest for name, digest in review.manifest["output"].items() if name in _SAID}
    held = {name: {"status": "done", "to": list(forms.to)} for name in FORMS}
    return {**review.manifest, "output": output, "forms": held}
