"""What was said of a decision, checked against the portfolio, then recorded: the one way for the command and
for a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from vmo_helpers.review.decisions import register as decisions
from vmo_helpers.review.errors import Refused, nearest
from vmo_helpers.vocabulary import ISO, NO_DAY

NOW = "now"
COLUMNS = {
    "id": "decision_id",
    "asked": "asked_at",
    "question": "question",
    "finding": "finding_id",
    "item": "item_id",
    "deck": "deck",
    "outcome": "outcome",
    "decided": "decided_at",
    "by": "decided_by",
    "owner": "owner",
    "due": "due",
    "effect_metric": "effect_metric_id",
    "done": "done_at",
}
"""What each word of the command and of the notebook's call is called in the table."""


def row_of(said: Mapping[str, str | None]) -> dict[str, str]:
    """The cells of a decision from words such as ``outcome="free", by="Value sync"``; without a time given,
    it is now.

    Raises Refused for a word that is not known, a time that is none, or nothing said.
    """
    unknown = [
        f"there is no {word!r} to say of a decision{nearest(word, COLUMNS)}"
        for word in said
        if word not in COLUMNS
    ]
    if unknown:
        raise Refused("; ".join(unknown))
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    given = dict(said)
    given["asked"] = given.get("asked") or (now if given.get("question") else None)
    given["decided"] = given.get("decided") or (now if given.get("outcome") else None)
    given["outcome"] = (given.get("outcome") or "").strip().lower()
    given["done"] = now if given.get("done") == NOW else given.get("done")
    row = {
        column: " ".join(text.split())
        for word, column in COLUMNS.items()
        if (text := given.get(word)) and text.split()
    }
    for name in ("asked_at", "decided_at", "due", "done_at"):
        if name in row and not ISO.fullmatch(row[name]):
            raise Refused(f"{name} {row[name]!r} {NO_DAY}")
    if "due" in row and len(row["due"]) > len("2026-10-31"):
        raise Refused(f"--due {row['due']!r} should be a day (2026-10-31)")
    if not row.keys() - {"decision_id"}:
        raise Refused(
            "there is nothing to record: say --question for a new decision, or --id with --outcome, "
            "--done or another cell"
        )
    return row


def record(
    data: str, said: Mapping[str, str | None], *, config: str | None = None, lenient: bool = False
) -> str:
    """Check against the portfolio what is said, write it into its decisions table, and return a sentence that
    says so.

    Raises Refused for what cannot be recorded, NotWritable where the table cannot be written; then nothing
    was changed.
    """
    from vmo_helpers import sources
    from vmo_helpers.tables import InputProblems
    from vmo_helpers.vocabulary import DecisionOutcome

    row = row_of(said)
    try:
        portfolio = sources.load(data, config=config, lenient=lenient)
    except InputProblems as problems:
        raise Refused(str(problems)) from problems
    for option, column, known in (
        ("--outcome", "outcome", {str(word) for word in DecisionOutcome}),
        ("--item", "item_id", set(portfolio.work_items["item_id"])),
        ("--effect-metric", "effect_metric_id", set(portfolio.metrics["metric_id"])),
    ):
        if column in row and row[column] not in known:
            raise Refused(f"{option} {row[column]!r} is not known{nearest(row[column], known)}")
    path, whole, new = decisions.record(Path(data), row)
    state = whole.get("outcome") or "open"
    return (
        f"{whole['decision_id']} {'recorded' if new else 'updated'} in {path.name}: "
        f"{whole['question']} ({state})"
    )
