"""The shelf: reviews that are there whole or not at all and never change, and an index that is always one of
two whole files."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from vmo_helpers.review.errors import NotWritable, not_writable
from vmo_helpers.review.shelf import folders, locks, shared, trust

INDEX = "index.html"
MANIFEST = "manifest.json"
LOCK = ".lock"
MAKING = ".making-"
LOCK_WAIT_SECONDS = 60.0
MOST_EARLIER = 24
"""How many earlier reviews one looks back at: two years of monthly ones."""


Page = Callable[[Sequence["Review"], Path], str]
"""The shelf's index as text, of its reviews, newest first, and its folder."""


@dataclass(frozen=True)
class Review:
    """One review on the shelf."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def kept(self) -> shared.Kept:
        """Its folder, and the digest of each file as its manifest says."""
        return self.folder, self.manifest["output"]

    @property
    def age_order(self) -> tuple[str, str, str]:
        """As-of first, then when it was made: sorted by it, the newest is last."""
        return str(self.manifest["as_of"]), str(self.manifest.get("times", {}).get("finished", "")), self.name

    @property
    def as_of_day(self) -> str:
        """The day that it is of, in the portfolio's zone."""
        return str(self.manifest["as_of_day"])

    @cached_property
    def distrust(self) -> str | None:
        """Why its figures and findings cannot be believed any more, or None."""
        return trust.wrong_results(self.folder, self.manifest.get("output", {}))

    @property
    def done(self) -> tuple[str, ...]:
        """The notebooks whose decks are in it."""
        return tuple(name for name, state in self.manifest["outcome"].items() if state["status"] == "done")

    @property
    def failed(self) -> tuple[str, ...]:
        """The notebooks that failed in it."""
        return tuple(name for name, state in self.manifest["outcome"].items() if state["status"] != "done")

    @property
    def whole(self) -> tuple[str, ...]:
        """The notebooks whose decks are in it with every slide."""
        return tuple(name for name in self.done if not self.manifest["outcome"][name].get("lost"))

    @property
    def incomplete(self) -> tuple[str, ...]:
        """The notebooks that failed in it, and the slides that could not be made (``notebook#slide``)."""
        lost = [
            f"{name}#{slide}"
            for name in self.done
            for slide in self.manifest["outcome"][name].get("lost", ())
        ]
        return (*self.failed, *lost)

    def page(self, notebook: str) -> str | None:
        """The deck of a notebook in it, as a file name."""
        page = self.manifest["outcome"].get(notebook, {}).get("page")
        return str(page) if page and (self.folder / page).is_file() else None

    def of(self, portfolio: str, streams: Sequence[str]) -> bool:
        """True when it is about this portfolio and this selection of streams."""
        return self.manifest["portfolio"] == portfolio and sorted(
            self.manifest["parameters"]["streams"]
        ) == sorted(streams)

    def is_as_written(self) -> bool:
        """True when every file that its manifest lists is still what was written."""
        try:
            return all(
                _sha256(self.folder / name) == digest for name, digest in self.manifest["output"].items()
            )
        except OSError:
            return False


class Shelf:
    """A folder of reviews. Reading it changes nothing; ``workspace`` and ``publish`` write, under locks."""

    def __init__(self, root: Path, *, wait_seconds: float | None = None) -> None:
        self.root = root
        self.wait_seconds = LOCK_WAIT_SECONDS if wait_seconds is None else wait_seconds

    def check(self) -> None:
        """Raises NotWritable where it is plain beforehand that nothing can be written here; creates
        nothing."""
        place = next(folder for folder in (self.root, *self.root.parents) if folder.exists())
        if not place.is_dir():
            raise NotWritable(
                f"{place} is a file, so no review can be put into {self.root}. Nothing was written."
            )
        if not os.access(place, os.W_OK | os.X_OK):
            raise NotWritable(
                f"{place} cannot be written to (permission denied). Nothing on the shelf was changed."
            )

    def reviews(self, holding: str = "") -> list[Review]:
        """Every review whose manifest holds a text, oldest as-of first; a folder without a manifest that
        reads as one is none."""
        if not self.root.is_dir():
            return []
        found = (
            _read(folder, holding)
            for folder in self.root.iterdir()
            if folder.is_dir() and not folder.name.startswith(".")
        )
        return sorted((review for review in found if review), key=lambda review: review.age_order)

    def review(self, name: str) -> Review | None:
        """The review of that name."""
        return _read(self.root / name)

    def previous(self, portfolio: str, streams: Sequence[str], day: str) -> Review | None:
        """The newest review as of an earlier day, of the same portfolio and streams, in which at least one
        deck was made."""
        earlier = self.earlier(portfolio, streams, day)
        return earlier[-1] if earlier else None

    def earlier(self, portfolio: str, streams: Sequence[str], day: str) -> list[Review]:
        """The reviews that ``previous`` would have been at some time, oldest first: the last of each day, at
        most the newest 24.

        ``day`` is the as-of day in the portfolio's time zone; two reviews of one day are never each other's
        past.
        """
        of_each: dict[str, Review] = {}
        for review in reversed(self._before(portfolio, streams, day)):
            if len(of_each) < MOST_EARLIER and review.as_of_day not in of_each and not review.distrust:
                of_each[review.as_of_day] = review
        return list(of_each.values())[::-1]

    def distrusted(self, portfolio: str, streams: Sequence[str], day: str) -> dict[str, str]:
        """The earlier reviews that are left out because they are not as they were written, and why."""
        before = self._before(portfolio, streams, day)[-MOST_EARLIER:]
        return {review.name: why for review in before if (why := review.distrust)}

    def _before(self, portfolio: str, streams: Sequence[str], day: str) -> list[Review]:
        """The reviews as of an earlier day in which a deck was made, oldest first."""
        return [r for r in self._of(portfolio, streams) if r.as_of_day < day and r.done]

    def _of(self, portfolio: str, streams: Sequence[str]) -> list[Review]:
        """Those of one portfolio and selection of streams. On a shelf of many the others are not parsed."""
        return [r for r in self.reviews(_in_json(portfolio)) if r.of(portfolio, streams)]

    def asked(self, key: str) -> list[Review]:
        """Those whose manifest says that they answer this very request of these very bytes."""
        return [r for r in self.reviews(_in_json(key)) if r.manifest.get("asked") == key]

    def last_good(self, notebook: str, portfolio: str, streams: Sequence[str], as_of: str) -> Review | None:
        """The newest review up to an as-of that holds this notebook's deck."""
        good = [
            r for r in self._of(portfolio, streams) if r.manifest["as_of"] <= as_of and notebook in r.done
        ]
        return good[-1] if good else None

    @contextlib.contextmanager
    def workspace(self) -> Iterator[Path]:
        """A hidden folder on the shelf's own file system to make a review in; those that killed runs left
        behind are swept."""
        with contextlib.ExitStack() as stack:
            try:
                self.root.mkdir(parents=True, exist_ok=True)
                folders.sweep(self.root, MAKING)
                folder = stack.enter_context(folders.owned(self.root, MAKING))
            except OSError as error:
                raise not_writable(f"The shelf {self.root} cannot be written to", error) from error
            yield folder

    def publish(self, made: Path, name: str, page: Page | None) -> Review:
        """Give a finished folder its name on the shelf and renew the index, under the lock.

        Without a ``page`` the index stays as it is: whoever puts several there renews it after them. Long
        tables that the newest reviews of its portfolio and streams hold, too, are kept once (``shared``).
        Everything is written and on the disk before one rename makes the review visible and a second the
        index: neither needs room. Where the second is refused the first is taken back. Raises NotWritable,
        also where the name is taken.
        """
        target = self.root / name
        try:
            if target.exists():
                raise FileExistsError(errno.EEXIST, f"{name} is there already and is no review")
            staged = made.rename(made.parent / name)
            review = _read(staged)
            assert review is not None, "its manifest was written last"
            of_it = self._of(review.manifest["portfolio"], review.manifest["parameters"]["streams"])
            shared.keep_once(review.kept, (one.kept for one in of_it[-MOST_EARLIER:]))
            index = made.parent / INDEX
            if page is not None:
                every = sorted([*self.reviews(), review], key=lambda one: one.age_order)
                folders.write(index, page(every[::-1], self.root))
            folders.sync_tree(made.parent)
            staged.rename(target)
            try:
                folders.sync_folder(self.root)
                if page is not None:
                    index.replace(self.root / INDEX)
            except OSError:
                target.rename(staged)
                raise
            folders.sync_folder(self.root)
        except OSError as error:
            raise not_writable(f"The review could not be put on the shelf {self.root}", error) from error
        return Review(target, review.manifest)

    def put(self, name: str, text: str) -> None:
        """A file beside the reviews: the old one or the new one at any moment. It is made in a workspace, so
        that of a run that is killed nothing is left. Raises NotWritable, OSError."""
        with self.workspace() as workspace:
            folders.write(workspace / name, text)
            folders.sync_tree(workspace)
            (workspace / name).replace(self.root / name)
        folders.sync_folder(self.root)

    def renew_index(self, page: Page) -> None:
        """Replace the index by one of the reviews that are there, newest first; nothing is written where it
        says so already.

        A run that was killed between its two renames left an index that does not know its review.
        """
        text = page(self.reviews()[::-1], self.root)
        path = self.root / INDEX
        for left in self.root.glob(f".{INDEX}.*.tmp"):
            left.unlink(missing_ok=True)
        if not path.is_file() or path.read_bytes() != text.encode():
            folders.replace(path, text)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One run at a time: held while a review gets its name and the index is renewed. Raises NotWritable
        after a wait."""
        note = f"process {os.getpid()}"
        try:
            with locks.held(self.root / LOCK, wait_seconds=self.wait_seconds, note=note):
                yield
        except locks.Held as error:
            raise NotWritable(
                f"The shelf {self.root} is locked: {error.strerror} has been putting a review on it for "
                "more than "
                f"{self.wait_seconds:g} s. Nothing was changed; run it again when that one has ended."
            ) from error
        except OSError as error:
            if error.errno in {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS}:
                text = (
                    f"The file system of {self.root} has no file locks; choose another --out. Nothing "
                    "was changed."
                )
                raise NotWritable(text) from error
            raise not_writable(f"The shelf {self.root} cannot be written to", error) from error


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _in_json(text: str) -> str:
    """A text as a manifest holds it."""
    return json.dumps(text, ensure_ascii=False)


def _read(folder: Path, holding: str = "") -> Review | None:
    try:
        text = (folder / MANIFEST).read_text(encoding="utf-8")
        if holding not in text:
            return None
        manifest = json.loads(text)
    except (OSError, ValueError):
        return None
    return None if trust.wrong_manifest(manifest) else Review(folder, manifest)
