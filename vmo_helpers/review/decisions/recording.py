"""What was said of a decision, checked against the portfolio, then recorded: the one way for the command and
for a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from vmo_helpers.contract.cells.instants import EXPECTED_NEAR, FIRST, LAST
from vmo_helpers.review.decisions import register as decisions
from vmo_helpers.review.errors import Refused, nearest
from vmo_helpers.vocabulary import ISO, NO_DAY

if TYPE_CHECKING:
    import pandas as pd

    from vmo_helpers.portfolio import Portfolio

NOW = "now"
NONE = "none"
AHEAD = timedelta(hours=14)
"""How far the day of the easternmost place on earth is ahead of the clock here."""
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
    "cost": "cost",
    "options": "options",
}
"""What each word of the command and of the notebook's call is called in the table."""


def row_of(said: Mapping[str, str | None], *, correct: bool = False) -> dict[str, str]:
    """The cells of a decision from words such as ``outcome="free", by="Value sync"``; without a time given,
    it is now. A correction moves no time unless told, and empties a cell by the word ``none``; without an
    outcome nothing was decided or done.

    Raises Refused for a word that is not known, a time that is none or still to come, or nothing said.
    """
    unknown = [
        f"there is no {word!r} to say of a decision{nearest(word, COLUMNS)}"
        for word in said
        if word not in COLUMNS
    ]
    if unknown:
        raise Refused("; ".join(unknown))
    now = datetime.now(UTC)
    given = {word: " ".join(text.split()) for word, text in said.items() if text and text.split()}
    given = _with_times(given, now.strftime("%Y-%m-%dT%H:%M:%SZ"), correct)
    row = {column: given[word] for word, column in COLUMNS.items() if word in given}
    emptied = [name for name, text in row.items() if correct and text == NONE]
    row = {name: text for name, text in row.items() if name not in emptied}
    for name in ("asked_at", "decided_at", "due", "done_at"):
        if name in row and not ISO.fullmatch(row[name]):
            raise Refused(f"{name} {row[name]!r} {NO_DAY}")
        if name in row and not FIRST <= (at := _at(row[name], name)).replace(tzinfo=None) <= LAST:
            raise Refused(f"{name} {row[name]!r} {EXPECTED_NEAR}")
        if name in row and name != "due" and at > now + AHEAD:
            raise Refused(f"{name} {row[name]!r} is still to come; what is planned until then is --due")
    if "due" in row and len(row["due"]) > len("2026-10-31"):
        raise Refused(f"--due {row['due']!r} should be a day (2026-10-31)")
    if not row.keys() - {"decision_id"} and not emptied:
        raise Refused(
            "there is nothing to record: say --question for a new decision, or --id with --outcome, "
            "--done or another cell"
        )
    if correct and "decision_id" not in row:
        raise Refused("a correction needs the --id of the decision")
    return row | dict.fromkeys(emptied, "")


def _with_times(given: dict[str, str], now: str, correct: bool) -> dict[str, str]:
    """What was said, with the times that go without saying."""
    if "outcome" in given:
        given["outcome"] = given["outcome"].lower()
    if given.get("done") == NOW:
        given["done"] = now
    if correct:
        return {"decided": NONE, "by": NONE, "done": NONE, **given} if given.get("outcome") == NONE else given
    if given.get("outcome") == NONE:
        del given["outcome"]
    times = {"asked": "question", "decided": "outcome"}
    return {**{time: now for time, word in times.items() if word in given}, **given}


def _at(text: str, name: str) -> datetime:
    """The instant of an ISO text; Refused where the calendar has no such day."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused(f"{name} {text!r} {NO_DAY}") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def waiting(portfolio: Portfolio) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of ``decisions`` that nobody has decided, and those decided and not carried out, each in the
    order in which they were asked; asked_at in the portfolio's time zone."""
    asked = portfolio.decisions.sort_values(["asked_at", "decision_id"], kind="stable")
    asked = asked.assign(asked_at=asked["asked_at"].dt.tz_convert(portfolio.settings.timezone))
    undone = asked[asked["done_at"].isna()]
    decided = undone["decided_at"].notna() | undone["outcome"].notna()
    return undone[~decided], undone[decided]


def listed(data: str, *, config: str | None = None, lenient: bool = False) -> list[str]:
    """What is open, line by line: undecided, then decided and not carried out; Refused where the portfolio
    cannot be read."""
    portfolio = _loaded(data, config, lenient)
    undecided, undone = waiting(portfolio)
    lines = [f"Open: {len(undecided)} of {len(portfolio.decisions)} decisions", *_lines(undecided)]
    lines += [f"Decided, not carried out: {len(undone)}", *_lines(undone)] if len(undone) else []
    if len(undecided):
        first = undecided["decision_id"].iloc[0]
        lines.append(f"To record one: vmo decide {data} --id {first} --outcome WORD --by ROLE --due DAY")
    return lines


def _lines(rows: pd.DataFrame) -> list[str]:
    """Two lines a decision: its times and owner, its question."""
    lines = []
    for row in rows.to_dict("records"):
        told = [f"asked {row['asked_at']:%Y-%m-%d}"]
        told += [str(row["outcome"])] if isinstance(row["outcome"], str) else []
        told += [f"due {row['due']:%Y-%m-%d}"] if row["due"] == row["due"] else []
        told += [row["owner"]] if isinstance(row["owner"], str) else []
        lines += [f"  {row['decision_id']}  {', '.join(told)}", f"      {' '.join(row['question'].split())}"]
    return lines


def _loaded(data: str, config: str | None, lenient: bool) -> Portfolio:
    from vmo_helpers import sources
    from vmo_helpers.tables import InputProblems

    try:
        return sources.load(data, config=config, lenient=lenient)
    except InputProblems as problems:
        raise Refused(str(problems)) from problems


def record(
    data: str,
    said: Mapping[str, str | None],
    *,
    config: str | None = None,
    lenient: bool = False,
    correct: bool = False,
) -> str:
    """Check against the portfolio what is said, write it into its decisions table, and return a sentence that
    says so. With ``correct`` a cell that says something is said otherwise; what it said before stays in the
    row's ``corrections``.

    Raises Refused for what cannot be recorded, NotWritable where the table cannot be written; then nothing
    was changed.
    """
    from vmo_helpers.vocabulary import DecisionOutcome

    row = row_of(said, correct=correct)
    portfolio = _loaded(data, config, lenient)
    for option, column, known in (
        ("--outcome", "outcome", {str(word) for word in DecisionOutcome}),
        ("--item", "item_id", set(portfolio.work_items["item_id"])),
        ("--effect-metric", "effect_metric_id", set(portfolio.metrics["metric_id"])),
    ):
        if row.get(column) and row[column] not in known:
            raise Refused(f"{option} {row[column]!r} is not known{nearest(row[column], known)}")
    today = datetime.now(UTC).strftime("%Y-%m-%d") if correct else None
    path, whole, new = decisions.record(Path(data), row, corrected=today)
    state = whole.get("outcome") or "open"
    done = "corrected" if correct else "recorded" if new else "updated"
    return f"{whole['decision_id']} {done} in {path.name}: {whole['question']} ({state})"
