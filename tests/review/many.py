"""Several small portfolios, the file that lists them, and `vmo review --all` in this process."""

from __future__ import annotations

import contextlib
import io
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.review import small
from vmo_helpers.cli.main import main
from vmo_helpers.review.fleet.told import PORTFOLIOS

GOOD = ("north", "south")


def portfolio(folder: Path, name: str) -> None:
    data = small.portfolio(folder / name)
    about = data / "portfolio.toml"
    about.write_text(about.read_text().replace("Three items", f"Portfolio {name}"))


def place(folder: Path, *names: str, more: str = "") -> Path:
    """A file of portfolios of three items each, and a notebook of a few cells."""
    for name in names:
        portfolio(folder, name)
    small.notebook(folder / "nb", "demo")
    text = '[defaults]\nshelf = "shelf"\nnotebook_folder = "nb"\n'
    text += "".join(f'[[portfolio]]\nid = "{name}"\ndata = "{name}"\n' for name in names)
    (folder / "all.toml").write_text(text + more)
    return folder


def arguments(place: Path, *more: str, workers: int | None = 2) -> list[str]:
    at_once = ["--workers", str(workers)] if workers else []
    return ["review", "--all", str(place / "all.toml"), *at_once, *more]


@dataclass(frozen=True)
class Ran:
    """A command in this process, whose nursery is started once for all of them."""

    status: int
    out: str
    err: str


def vmo(place: Path, *more: str, workers: int | None = 2) -> Ran:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(arguments(place, *more, workers=workers))
    return Ran(status, out.getvalue(), err.getvalue())


def record(place: Path) -> dict[str, dict[str, Any]]:
    told = json.loads((place / "shelf" / PORTFOLIOS).read_text(encoding="utf-8"))["portfolios"]
    return {one["id"]: one for one in told}


def row(said: str, id: str) -> list[str]:
    (line,) = [line for line in said.splitlines() if line.startswith(f"{id} ")]
    return line.split(maxsplit=5)


def under_way(place: Path) -> None:
    """Wait until a review is being made."""
    until = time.monotonic() + 60
    while not list(place.glob("shelf/.claim-*")):
        assert time.monotonic() < until
        time.sleep(0.01)
