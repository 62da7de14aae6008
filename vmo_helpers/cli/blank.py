"""`vmo init`: a portfolio to fill, so that the first hour is spent in a spreadsheet and not in a manual."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from vmo_helpers.review.errors import DONE, NotWritable, not_writable
from vmo_helpers.review.shelf import folders

ESSENTIALS = {
    "work_items": "one row an epic, initiative or feature",
    "transitions": "one row each time an item changed its state",
    "states": "one row a state of your board: is it backlog, active, wait, done or cancelled?",
    "value_streams": "one row a value stream",
    "status_reports": "one row a reported status (green, amber, red)",
    "metrics": "one row a metric: its unit, and whether it should rise or fall",
    "observations": "one row a measured value of a metric",
    "benefits": "one row a benefit that an item promised: metric, baseline, target, due",
    "objectives": "one row an objective; rank 1–3 are the enterprise's top three",
    "key_results": "one row a key result",
    "checkins": "one row a check-in on a key result",
    "links": "one row a link from an item to an objective or key result",
    "shifts": "one row a shift of the market: what it multiplies the cost of delay of, and by how much",
    "decisions": "one row a decision that a review asked for",
}

_TOML = """\
# What the program cannot read from the tables. Every line that starts with # is an example:
# take the # away to use it.

[portfolio]
name = {name}
currency = "EUR"
timezone = "UTC"                 # e.g. "Europe/Berlin": days begin and end there
# review_level = "epic"          # the level (column "level" of work_items) that reviews count at
# office = "pmo"                 # what the office that reviews calls itself: pmo or vmo
# vmo_since = 2026-01-01         # since when it has been a VMO: windows before and after are compared

# [calendar]                     # without it durations are elapsed days
# working_days = ["mon", "tue", "wed", "thu", "fri"]
# holidays = ["2026-12-25"]

# [thresholds]                   # the numbers that findings judge by; each has a default with its reason
# okr_alignment_share = 0.80

# [value_framework]              # weights of the criteria in criteria_scores
# version = "2026-07"
# roi = 0.4
# strategic_alignment = 0.3
# risk = 0.2
# stakeholder_satisfaction = 0.1

# [guardrails]                   # how money should be split by horizon (column "horizon"), shares of 1
# investing = 0.55

# [guardrails.work_type]         # and by work type
# debt = 0.15

# [assessment]                   # your own judgement, 1 to 5, for what the tables cannot tell
# pm_maturity = 3                # 1 low … 5 high
# primary_objective = 4          # 1 deliver projects … 5 maximise value
# authority = 2                  # 1 advises … 5 funds
# strategic_alignment = 3        # 1 none … 5 every item serves a goal
# governance = 2                 # this and the next three: 1 as a PMO … 5 as a VMO
# tracking = 2
# control = 2
# impact = 2
"""

_README = """\
# {title}

A portfolio for `vmo`. Each table is a CSV file that any spreadsheet opens; the first line names its
columns. Keep this header line and leave cells empty where you have nothing to say: an empty cell means
"not known", and what it would have told is said to be unknown, never guessed.

Start with three, and run `vmo check {folder}` after each:

1. `work_items.csv`: {work_items}. Needed: `item_id`;
   soon after: `title`, `created_at`, `level`, `value_stream_id`.
2. `states.csv`: {states} Needed: `state`, `class`.
3. `transitions.csv`: {transitions}. Needed: `item_id`, `at`, `to_state`.

Then `vmo review {folder}` makes the first deck.

| table | what one row is | filled in every row | must be there, cells may be empty |
|---|---|---|---|
{rows}

Days read 2026-10-31; instants 2026-10-31T18:00:00+01:00, or without the offset in the time zone of
`portfolio.toml`. Shares run from 0 to 1. Money is in one currency. Other tables (blockers, budgets,
spend, risks and more) are described in the program's documentation, docs/data.md; put them beside these
when you have them.
"""


def add_init(parser: argparse.ArgumentParser) -> None:
    """The options of `vmo init`."""
    parser.add_argument("folder", metavar="DIR", help="a folder that does not exist yet, or is empty")


def run_init(given: argparse.Namespace) -> int:
    """Write the folder whole, or nothing."""
    folder = Path(given.folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotWritable(f"{folder} is there already and not empty; name a new folder. Nothing was written.")
    making = folder.parent / f".{folder.resolve().name}.new"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        making.mkdir()
        for name, text in blank_portfolio(folder.resolve().name, str(folder)).items():
            folders.write(making / name, text)
        making.rename(folder)
    except OSError as error:
        raise not_writable(f"{folder} cannot be written", error) from error
    finally:
        shutil.rmtree(making, ignore_errors=True)
    sys.stdout.write(
        f"{folder}/ holds {len(ESSENTIALS)} empty tables, portfolio.toml and a README.\n"
        f"Fill work_items.csv, states.csv and transitions.csv, then: vmo check {folder}\n"
    )
    return DONE


def blank_portfolio(name: str, folder: str) -> dict[str, str]:
    """The files of an empty portfolio by name: tables with their headers, portfolio.toml, README.md."""
    import json

    from vmo_helpers.contract.schema import TABLES

    files = {f"{table}.csv": ",".join(TABLES[table].names) + "\n" for table in ESSENTIALS}
    files["portfolio.toml"] = _TOML.format(name=json.dumps(name, ensure_ascii=False))
    rows = []
    for table, row in ESSENTIALS.items():
        needed = [column for column in TABLES[table].columns if column.required]
        filled, kept = (
            _quoted(column.name for column in needed if column.filled == firm) for firm in (True, False)
        )
        rows.append(f"| {table} | {row} | {filled} | {kept} |")
    files["README.md"] = _README.format(title=name, folder=folder, rows="\n".join(rows), **ESSENTIALS)
    return files


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "–"
