"""`vmo decide`: one decision, into the portfolio's decisions table."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from vmo_helpers.cli.review import add_data
from vmo_helpers.review.errors import DONE, Refused, nearest
from vmo_helpers.review.intake import ISO

NOW = "now"


def add_decide(parser: argparse.ArgumentParser) -> None:
    """The options of `vmo decide`."""
    add_data(parser)
    parser.add_argument("--id", metavar="ID", help="a decision that was asked for already; without it a new one is recorded")
    parser.add_argument("--question", metavar="TEXT", help="what is, or was, to be decided")
    parser.add_argument("--outcome", metavar="WORD", help="continue, pivot, stop, fund, free, freeze or other; none: still open")
    parser.add_argument("--by", metavar="ROLE", help="the role or board that decided")
    parser.add_argument("--owner", metavar="ROLE", help="the role that carries it through")
    parser.add_argument("--due", metavar="DAY", help="until when")
    parser.add_argument("--item", metavar="ID", help="the work item that it is about")
    parser.add_argument("--finding", metavar="ID", help="the finding that asked for it, as in findings.json")
    parser.add_argument("--deck", metavar="NAME", help="the deck that asked for it")
    parser.add_argument("--effect-metric", metavar="ID", help="the metric that it should move")
    parser.add_argument("--asked", metavar="AT", help="when it was asked: a day or an instant (default: now)")
    parser.add_argument("--decided", metavar="AT", help="when it was decided (default, with --outcome: now)")
    parser.add_argument("--done", metavar="AT", nargs="?", const=NOW, help="when it was carried through (without a value: now)")


def run_decide(given: argparse.Namespace) -> int:
    """Check what is said against the portfolio, then record it."""
    from vmo_helpers import sources
    from vmo_helpers.review import decisions
    from vmo_helpers.tables import InputProblems
    from vmo_helpers.vocabulary import DecisionOutcome

    row = _row(given)
    try:
        portfolio = sources.load(given.data, config=given.config, lenient=given.lenient)
    except InputProblems as problems:
        raise Refused(str(problems)) from problems
    for option, column, known in (
        ("--outcome", "outcome", {str(word) for word in DecisionOutcome}),
        ("--item", "item_id", set(portfolio.work_items["item_id"])),
        ("--effect-metric", "effect_metric_id", set(portfolio.metrics["metric_id"])),
    ):
        if column in row and row[column] not in known:
            raise Refused(f"{option} {row[column]!r} is not known{nearest(row[column], known)}")
    path, whole, new = decisions.record(Path(given.data), row)
    state = whole.get("outcome") or "open"
    sys.stdout.write(f"{whole['decision_id']} {'recorded' if new else 'updated'} in {path.name}: {whole['question']} ({state})\n")
    return DONE


def _row(given: argparse.Namespace) -> dict[str, str]:
    """What was said, by column of the contract."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    said = {
        "decision_id": given.id,
        "asked_at": given.asked or (now if given.question else None),
        "question": given.question,
        "finding_id": given.finding,
        "item_id": given.item,
        "deck": given.deck,
        "outcome": given.outcome and given.outcome.strip().lower(),
        "decided_at": given.decided or (now if given.outcome else None),
        "decided_by": given.by,
        "owner": given.owner,
        "due": given.due,
        "effect_metric_id": given.effect_metric,
        "done_at": now if given.done == NOW else given.done,
    }
    row = {name: " ".join(value.split()) for name, value in said.items() if value is not None and value.split()}
    for name in ("asked_at", "decided_at", "due", "done_at"):
        if name in row and not ISO.fullmatch(row[name]):
            raise Refused(f"{name} {row[name]!r} is neither a day (2026-10-31) nor an ISO 8601 instant (2026-10-31T18:00:00+01:00)")
    if "due" in row and len(row["due"]) > len("2026-10-31"):
        raise Refused(f"--due {row['due']!r} should be a day (2026-10-31)")
    if not row.keys() - {"decision_id"}:
        raise Refused("there is nothing to record: say --question for a new decision, or --id with --outcome, --done or another cell")
    return row
