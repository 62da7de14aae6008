"""Every chart and page over portfolios of every shape, and what is looked for: ``python -m tests.fuzz``.

A portfolio may lack everything; a review of it may say little. It may not fail, draw nothing, or show the
program's own words for what is not there.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import re
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from tests import inprocess, shapes
from vmo_helpers.results.parts import CHART_MIME, PART_MIME, Part
from vmo_helpers.review.pages import page
from vmo_helpers.review.pages.executed import read
from vmo_helpers.review.shelf import joined

NOTHING = re.compile(r"(?<![\w-])(nan|NaN|-?inf|-?Infinity|NaT|None(?! of )|<NA>|undefined)(?![\w-])")
_UNSEEN = re.compile(r"<(script|style)\b.*?</\1>|data:[^\"']*", re.DOTALL)


def faults(seed: int, folder: Path, *, draw: bool) -> list[str]:
    """What is wrong with the decks of one portfolio: each fault with the notebook, and how to see it again.

    Without ``draw`` no chart is laid out: it is looked at as its specification.
    """
    shape = shapes.shape(seed)
    found = []
    done: list[str] = []
    for name in inprocess.NOTEBOOKS:
        more = {"review": str(folder)} if name == "portfolio_review" else {}
        if more:
            joined.join(done, folder / "results", folder)
        try:
            ran = inprocess.run(name, shape.portfolio, folder / "results" / name, **shape.parameters, **more)
        except Exception as error:
            found.append(f"{name}: {_told(error)}")
            continue
        done.append(name)
        found += [f"{name}: {fault}" for fault in (*_charts(ran), *_page(ran, draw))]
    return [f"seed {seed} ({', '.join(shape.changes)}): {fault}" for fault in found]


def _told(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "vmo_helpers" in frame.filename] or frames
    where = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"
    return f"{type(error).__name__} in {where}: {error} {' '.join(getattr(error, '__notes__', ()))}"


def _charts(ran: inprocess.Ran) -> Iterator[str]:
    for bundle in ran.bundles:
        if bundle.get(PART_MIME, {}).get("part") != Part.CHART:
            continue
        slide, spec = bundle[PART_MIME]["slide"], bundle[CHART_MIME]
        rows = spec.get("datasets", {})
        if not any(rows.values()):
            yield f"the chart of {slide} is empty"
        for text in _texts([rows, spec.get("description"), list(_titles(spec))]):
            if shown := NOTHING.search(text):
                yield f"the chart of {slide} says {shown[0]!r}: {text[:120]!r}"


def _titles(part: Any) -> Iterator[Any]:
    """What axes, tooltips and keys are called."""
    if isinstance(part, (list, dict)):
        for name, one in part.items() if isinstance(part, dict) else enumerate(part):
            yield from [one] if name == "title" else _titles(one)


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, (list, dict)):
        for one in part.values() if isinstance(part, dict) else part:
            yield from _texts(one)


def _page(ran: inprocess.Ran, draw: bool) -> Iterator[str]:
    outputs = [{"output_type": "display_data", "data": bundle} for bundle in ran.bundles]
    deck = read({"cells": [{"cell_type": "code", "source": "", "outputs": outputs}]})
    drawn = {} if draw else {"compiled": lambda _: "{}", "still": lambda *_: None}
    with mock.patch.multiple(page, **drawn) if drawn else mock.MagicMock():
        whole = page.render(deck)
    if "could not be drawn" in whole:
        yield "a chart could not be drawn"
    for line in re.sub(r"<[^>]*>", "\n", _UNSEEN.sub("", whole)).splitlines():
        if shown := NOTHING.search(line):
            yield f"its page says {shown[0]!r}: {line.strip()[:160]!r}"


def main() -> int:
    """Seeds from the hour on, until the time is over; 1 where any fault was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=int(time.time()) // 3600 * 1000, help="the first seed")
    parser.add_argument("--one", action="store_true", help="that seed alone")
    asked = parser.parse_args()
    warnings.simplefilter("error")
    end, count, bad = time.monotonic() + asked.minutes * 60, 0, 0
    with tempfile.TemporaryDirectory() as place:
        os.environ["XDG_CACHE_HOME"] = place
        for seed in itertools.count(asked.seed):
            with tempfile.TemporaryDirectory(dir=place) as folder:
                found = faults(seed, Path(folder), draw=True)
            sys.stdout.write("".join(f"{json.dumps(fault, ensure_ascii=False)}\n" for fault in found))
            sys.stdout.flush()
            count, bad = count + 1, bad + bool(found)
            if asked.one or time.monotonic() > end:
                break
    sys.stdout.write(f"{count} portfolios from seed {asked.seed} on, {bad} with faults\n")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
