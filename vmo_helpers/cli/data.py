"""`vmo check` and `vmo sample`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from vmo_helpers.cli.asking import add_data
from vmo_helpers.review.errors import DONE, NotWritable, Refused


def add_check(parser: argparse.ArgumentParser) -> None:
    """The options of `vmo check`."""
    add_data(parser)
    parser.add_argument(
        "--propose-states",
        action="store_true",
        help="draft the table states from the transitions, into DATA/states.csv; nothing is overwritten",
    )


def run_check(given: argparse.Namespace) -> int:
    """Validate; print what is there and what is missing."""
    from vmo_helpers import sources
    from vmo_helpers.cli.coverage import check_report
    from vmo_helpers.cli.proposing import propose_states
    from vmo_helpers.review import plan
    from vmo_helpers.tables import InputProblems

    try:
        portfolio = sources.load(given.data, config=given.config, lenient=given.lenient)
    except InputProblems as problems:
        raise Refused(str(problems)) from problems
    if given.propose_states:
        sys.stdout.write(propose_states(portfolio, given.data))
        return DONE
    there = [notebook.name for notebook in plan.available(plan.notebook_folder())]
    sys.stdout.write(check_report(portfolio, there).rstrip("\n") + "\n")
    return DONE


def add_sample(parser: argparse.ArgumentParser) -> None:
    """The options of `vmo sample`."""
    parser.add_argument(
        "--out",
        metavar="DIR",
        required=True,
        help="a new folder, an empty one, or one with an earlier sample",
    )
    parser.add_argument(
        "--items", metavar="N", type=int, help="how many work items (default: the size of data/sample)"
    )
    parser.add_argument(
        "--seed",
        metavar="S",
        type=int,
        help="another seed gives another portfolio (default: that of data/sample)",
    )


def run_sample(given: argparse.Namespace) -> int:
    """Write a portfolio."""
    from vmo_helpers.sample import write_sample

    if given.items is not None and given.items < 1:
        raise Refused(f"--items {given.items}: a portfolio needs at least one item")
    out = Path(given.out)
    _make_room(out)
    chosen = {
        name: value for name, value in (("items", given.items), ("seed", given.seed)) if value is not None
    }
    write_sample(out, **chosen)
    sys.stdout.write(f"{out}\n")
    return DONE


def _make_room(out: Path) -> None:
    """Refuse to write over tables that are no sample; take away those of an earlier one, which may be of
    another format."""
    from vmo_helpers.contract.schema import TABLES

    if out.exists() and not out.is_dir():
        raise NotWritable(f"{out} is a file; --out must name a folder. Nothing was written.")
    if out.is_dir() and any(out.iterdir()) and not (out / "truth.json").exists():
        raise NotWritable(f"{out} holds files that are no sample; name another folder. Nothing was written.")
    for table in TABLES:
        for ending in ("csv", "parquet"):
            (out / f"{table}.{ending}").unlink(missing_ok=True)
