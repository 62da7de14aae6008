"""Portfolios whose reviews are looked at beside the sample's: one full of hostile text, and ones of no, one,
few and many items."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

from tests.review import demo, small

ROOT = Path(__file__).parents[2]
DAY = "2026-10-31"
FORMULAS = ('=HYPERLINK("http://example.org","x")', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1+1)")
HOSTILE = (*(text for text in demo.HOSTILE if min(text) >= " "), *FORMULAS)
"""Without control characters: a file that holds one is refused, as no text."""
FREE = frozenset(
    {
        "title",
        "name",
        "reason",
        "question",
        "owner",
        "comment",
        "statement",
        "author",
        "decided_by",
        "objective",
        "department",
        "unit",
    }
)
"""Columns that hold what people type; ``team`` and the names of states are changed alike in every table."""
KEYS = frozenset({"team", "state", "to_state", "from_state"})


def made(kind: str, folder: Path) -> Path:
    """The tables of a portfolio: ``hostile`` or a number of items."""
    if kind == "hostile":
        return hostile(folder)
    run = (
        small.vmo("init", folder)
        if kind == "0"
        else small.vmo("sample", "--out", folder, "--items", kind, "--seed", "7")
    )
    assert run.returncode == 0, run.stderr
    return folder


def hostile(folder: Path) -> Path:
    """The small portfolio with a hostile text in every cell that people type, and in the names of teams and
    states."""
    folder.mkdir(parents=True)
    renamed: dict[str, str] = {}
    for path in sorted((ROOT / "tests" / "golden" / "small").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
            columns = csv.DictReader([path.read_text(encoding="utf-8").splitlines()[0]]).fieldnames or []
        for number, row in enumerate(rows):
            for name, value in row.items():
                if value and name in FREE:
                    row[name] = HOSTILE[number % len(HOSTILE)]
                elif value and name in KEYS:
                    row[name] = renamed.setdefault(
                        value, f"{HOSTILE[len(renamed) % len(HOSTILE)][:200]} {value}"
                    )
        with (folder / path.name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    settings = ROOT / "tests" / "golden" / "small" / "portfolio.toml"
    shutil.copy(settings, folder)
    named = f"name = {json.dumps(HOSTILE[0])}"
    lines = [
        named if line.startswith("name = ") else line
        for line in settings.read_text(encoding="utf-8").splitlines()
    ]
    (folder / "portfolio.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
