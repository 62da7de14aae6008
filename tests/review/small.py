"""A portfolio of three items, notebooks of a few cells, and `vmo` as a person runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

PARAMETERS = """\
data = "../data/sample"
as_of = None
from_day = None
streams = []
thresholds = {}
lenient = False
config = None
results = None
previous = None
"""

OPEN = """\
from vmo_helpers import sources
from vmo_helpers.deck import Deck
from vmo_helpers.results.figure import Figure
from vmo_helpers.findings import Finding
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity
from vmo_helpers.window import instant, review_window
portfolio = sources.load(data, config=config, lenient=lenient)
zone = portfolio.settings.timezone
window = review_window(instant(as_of, zone, end_of_day=True), from_day, zone)
limits = Thresholds().with_overrides(thresholds)
deck = Deck({name!r}, portfolio, window, limits, streams=streams, results=results, previous=previous)
"""

SAY = """\
deck.figures([Figure("{name}.items", len(portfolio.work_items), "items", 3, window, "items in the data")])
said = f"{{len(portfolio.work_items)}} items are in the data"
finding = Finding("{name}.count", "portfolio", Severity.NOTE, said, n=3)
deck.slide(finding, table=portfolio.work_items[["item_id", "title"]], figures=["{name}.items"])
deck.close()
"""

TABLES = {
    "work_items": """\
item_id,title,level,created_at,value_stream_id
A,First,epic,2026-01-05T09:00:00Z,S1
B,Second,epic,2026-02-01T09:00:00Z,S1
C,Third,epic,2026-03-01T09:00:00Z,S2
""",
    "transitions": """\
item_id,at,to_state
A,2026-01-06T09:00:00Z,doing
A,2026-02-06T09:00:00Z,waiting
A,2026-03-06T09:00:00Z,finished
B,2026-02-06T09:00:00Z,doing
C,2026-03-06T09:00:00Z,doing
""",
    "states": "state,class\ndoing,active\nwaiting,wait\nfinished,done\n",
    "value_streams": "value_stream_id,name\nS1,Payments\nS2,Logistics\n",
}


def portfolio(folder: Path, **tables: str) -> Path:
    """The three items as a folder of CSV files."""
    folder.mkdir(parents=True)
    for name, text in (TABLES | tables).items():
        (folder / f"{name}.csv").write_text(text)
    (folder / "portfolio.toml").write_text(
        '[portfolio]\nname = "Three items"\ntimezone = "Europe/Berlin"\nreview_level = "epic"\n'
    )
    return folder


def notebook(
    folder: Path, name: str, *more: str, parameters: str = PARAMETERS, tags: tuple[str, ...] = ("parameters",)
) -> Path:
    """A notebook that opens a deck, runs the cells given, and says how many items there are."""
    cells = [parameters, OPEN.format(name=name), *more, SAY.format(name=name)]
    return bare(folder, name, *cells, tags=tags)


def bare(folder: Path, name: str, *cells: str, tags: tuple[str, ...] = ("parameters",)) -> Path:
    """A notebook of these code cells, the first with the tags."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.ipynb"
    written = [
        {
            "cell_type": "code",
            "id": f"cell-{number}",
            "execution_count": None,
            "outputs": [],
            "source": source,
            "metadata": {"tags": list(tags)} if number == 0 else {},
        }
        for number, source in enumerate(cells)
    ]
    whole = {
        "cells": written,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    }
    path.write_text(json.dumps({**whole, "nbformat": 4, "nbformat_minor": 5}))
    return path


UNDRAWN = """
import sys
from vmo_helpers.cli.main import main
from vmo_helpers.review.pages import page

page.still = page.compiled = lambda *_: None
sys.exit(main(sys.argv[1:]))
"""
"""The program without its charts, which are half of a first review's work."""


def command(*arguments: str | Path, drawn: bool = True) -> list[str]:
    """`vmo` with this Python; where a test does not look at charts they need not be ``drawn``."""
    return [sys.executable, *(("-m", "vmo_helpers") if drawn else ("-c", UNDRAWN)), *map(str, arguments)]


def environment(**more: str) -> dict[str, str]:
    """Without the variables that the tests' own run may have set for it."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONHASHSEED", "PYTHONWARNINGS", "COLUMNS")
    }
    return {**kept, **more}


def vmo(*arguments: str | Path, drawn: bool = True, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    options = {"env": environment(), "timeout": 300, **options}
    return subprocess.run(
        command(*arguments, drawn=drawn), capture_output=True, text=True, check=False, **options
    )


def reviews(shelf: Path) -> list[Path]:
    """The reviews on a shelf."""
    return sorted(path for path in shelf.iterdir() if path.is_dir() and not path.name.startswith("."))


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a folder with its bytes; but for hidden ones, which are locks and work under way."""
    named = {path.relative_to(folder): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {
        name.as_posix(): path.read_bytes()
        for name, path in named.items()
        if not name.as_posix().startswith(".")
    }
