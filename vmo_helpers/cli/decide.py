"""`vmo decide`: what is open, or one decision into the portfolio's decisions table."""

from __future__ import annotations

import argparse
import sys

from vmo_helpers.cli.asking import add_data
from vmo_helpers.contract.problems import printable
from vmo_helpers.review.decisions import recording as deciding
from vmo_helpers.review.errors import DONE


def add_decide(parser: argparse.ArgumentParser) -> None:
    """The options of `vmo decide`."""
    add_data(parser)
    parser.add_argument(
        "--id", metavar="ID", help="a decision that was asked for already; without it a new one is recorded"
    )
    parser.add_argument("--question", metavar="TEXT", help="what is, or was, to be decided")
    parser.add_argument(
        "--outcome",
        metavar="WORD",
        help="continue, pivot, stop, fund, free, freeze or other; none: still open",
    )
    parser.add_argument("--by", metavar="ROLE", help="the role or board that decided")
    parser.add_argument("--owner", metavar="ROLE", help="the role that carries it through")
    parser.add_argument("--due", metavar="DAY", help="until when")
    parser.add_argument("--item", metavar="ID", help="the work item that it is about")
    parser.add_argument("--finding", metavar="ID", help="the finding that asked for it, as in findings.json")
    parser.add_argument("--deck", metavar="NAME", help="the deck that asked for it")
    parser.add_argument("--effect-metric", metavar="ID", help="the metric that it should move")
    parser.add_argument("--asked", metavar="AT", help="when it was asked: a day or an instant (default: now)")
    parser.add_argument("--decided", metavar="AT", help="when it was decided (default, with --outcome: now)")
    parser.add_argument(
        "--done",
        metavar="AT",
        nargs="?",
        const=deciding.NOW,
        help="when it was carried through (without a value: now)",
    )
    parser.add_argument("--cost", metavar="TEXT", help="what it costs, as in 'EUR 22 k a month'")
    parser.add_argument("--options", metavar="TEXT", help="what could be decided, separated by ';'")
    parser.add_argument(
        "--correct",
        action="store_true",
        help="mend a mistaken entry: what is said replaces the cell, 'none' empties it; "
        "what it said before stays on record",
    )


def run_decide(given: argparse.Namespace) -> int:
    """Check what is said against the portfolio, then record it; with nothing said list what is open."""
    said = {word: getattr(given, word) for word in deciding.COLUMNS}
    reads = {"config": given.config, "lenient": given.lenient}
    if any(text is not None for text in said.values()) or given.correct:
        told = [deciding.record(given.data, said, correct=given.correct, **reads)]
    else:
        told = deciding.listed(given.data, **reads)
    sys.stdout.write("".join(f"{printable(line)}\n" for line in told))
    return DONE
