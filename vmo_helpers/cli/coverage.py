"""What a portfolio holds and what it lacks, notebook by notebook: the text behind ``vmo check``."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from vmo_helpers import decks
from vmo_helpers.cli.proposing import states
from vmo_helpers.contract.problems import InputProblems, counted, listed, printable
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.portfolio import Note, Portfolio
from vmo_helpers.portfolio.latest import latest_fact
from vmo_helpers.sources.draft import first_visits, passes

_HEADINGS = {
    "left_out": "Left out",
    "unknown_column": "Columns that the contract does not know (they pass through)",
    "assumed": "Assumed",
    "warning": "Warnings",
    "ignored": "Ignored",
}

_HISTORY = {"transitions", "states"}


def check_report(portfolio: Portfolio, notebooks: Collection[str]) -> str:
    """What is there, what is missing, what each of these notebooks can say, and all that a reader should know
    of the data."""
    parts = [_opening(portfolio), _tables(portfolio), _notebooks(portfolio, notebooks), _guessed(portfolio)]
    parts += [_notes(heading, portfolio.notes, kind) for kind, heading in _HEADINGS.items()]
    return "\n\n".join(part for part in parts if part) + "\n"


def usable(portfolio: Portfolio) -> dict[str, bool]:
    """Notebook → whether the tables that it needs at the least have rows."""
    return {one.name: portfolio.has(*one.least) for one in decks.ENTRIES}


def _opening(portfolio: Portfolio) -> str:
    settings = portfolio.settings
    items = portfolio.tables["work_items"]
    reviewed = int(items["level"].eq(settings.review_level).sum())
    name, level, currency = map(printable, (settings.name, settings.review_level, settings.currency))
    lines = [
        f"{name}: {counted(len(items), 'work item')}, {reviewed:,} of them at the review level “{level}”",
        f"Times without an offset are in {settings.timezone}, money is in {currency}.",
    ]
    try:
        lines.append(f"The latest fact is {latest_fact(portfolio)}: a review without --as-of is as of then.")
    except InputProblems as problems:
        lines += [str(problem) for problem in problems.problems]
    return "\n".join(lines)


def _tables(portfolio: Portfolio) -> str:
    present = [name for name in TABLES if portfolio.has(name)]
    lines = ["Tables"]
    for name in present:
        frame = portfolio.tables[name]
        empty = [column for column in TABLES[name].names if frame[column].isna().all()]
        lines.append(
            f"  {name:<16}{counted(len(frame), 'row'):>16}"
            + (f"   without {listed(empty, 30)}" if empty else "")
        )
    absent = [name for name in TABLES if name not in present]
    return "\n".join([*lines, *([f"  Not there, or without rows: {', '.join(absent)}"] if absent else [])])


def _notebooks(portfolio: Portfolio, there: Collection[str]) -> str:
    lines = ["Notebooks"]
    for one in (one for one in decks.ENTRIES if one.name in there):
        lacking = [table for table in one.least if not portfolio.has(table)]
        better = [table for table in one.better if not portfolio.has(table)]
        told = f"has nothing to say without {', '.join(lacking)}" if lacking else "can run"
        if lacking and set(lacking) <= _HISTORY and _has_ends(portfolio):
            told = f"can run on the starts and ends of items; nothing by state without {', '.join(lacking)}"
            lacking = []
        more = f"; would say more with {', '.join(better)}" if better and not lacking else ""
        lines.append(f"  {one.name:<20}{told}{more}")
    if portfolio.has("transitions") and not portfolio.has("states"):
        lines.append("  The transitions are there, and no states: `vmo check --propose-states` drafts them")
    return "\n".join(lines)


def _has_ends(portfolio: Portfolio) -> bool:
    """Whether items say when they began or ended, by which those without transitions live."""
    items = portfolio.tables["work_items"]
    return bool(items[["started_at", "finished_at", "delivered_at"]].notna().any(axis=None))


def _guessed(portfolio: Portfolio) -> str:
    """Each state whose class was guessed, with the items that pass it."""
    board = portfolio.tables["states"]
    guessed = board[board["guessed"].notna()]
    if not len(guessed):
        return ""
    items = passes(first_visits(portfolio.tables["transitions"])).reindex(guessed["state"]).fillna(0)
    heading = (
        "Guessed classes of states (take the mark away where it is right: in map.toml, else in the table)"
    )
    return f"{heading}\n{states(guessed.assign(items=items.astype(int).to_numpy()))}"


def _notes(heading: str, notes: Iterable[Note], kind: str) -> str:
    lines = []
    for note in notes:
        if note.kind == kind:
            shown = ", ".join(f"{row:,}" for row in note.rows)
            more = f" … and {note.count - len(note.rows):,} more" if note.count > len(note.rows) else ""
            lines.append(
                f"  {printable(note.sentence)}"
                + (f" (row{'' if note.count == 1 else 's'} {shown}{more})" if note.rows else "")
            )
    return "\n".join([heading, *lines]) if lines else ""
