"""The retailer: its two years, streams, teams, board, and how instants and frames are made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from vmo_helpers.contract.schema import TABLES

FIRST_DAY = date(2024, 11, 1)
END_DAY = date(2026, 10, 31)  # a Saturday: the evening's figures are the latest fact
WINDOW_DAY = date(2025, 11, 1)  # where the default window of a review as of END_DAY starts
END = datetime(2026, 10, 31, 18, 30)
ZONE = ZoneInfo("Europe/Berlin")

WORK_TYPES = {
    "F": "feature",
    "E": "enabler",
    "D": "debt",
    "C": "compliance",
    "R": "risk",
    "N": "run",
    "B": "defect",
}

# code: (id, name, type, owner, people, WIP limit)
STREAMS: dict[str, tuple[str, str, str, str, int, int | None]] = {
    "C2S": ("VS-C2S", "Click-to-Ship", "operational", "Head of Online Fulfilment", 46, 12),
    "STO": ("VS-STO", "Store Experience", "operational", "Head of Store Operations", 38, 8),
    "PAY": ("VS-PAY", "Payments & Fraud", "operational", "Head of Payments", 29, 8),
    "SUP": ("VS-SUP", "Supply & Replenishment", "operational", "Head of Supply Chain", 34, 7),
    "LOY": ("VS-LOY", "Loyalty & Personalisation", "operational", "Head of Customer Loyalty", 27, 7),
    "MKT": ("VS-MKT", "Marketplace", "operational", "Head of Marketplace", 18, 5),
    "DAT": ("VS-DAT", "Data & Platform", "development", "Head of Platform Engineering", 22, 3),
}

# code → name and department
TEAMS: dict[str, tuple[str, str]] = {
    "HUB": ("Parcel Hub", "Logistics Technology"),
    "LAST": ("Last Mile", "Logistics Technology"),
    "CHKO": ("Checkout", "Digital Commerce"),
    "SAPP": ("Store Apps", "Store Systems"),
    "TILL": ("Till & Kiosk", "Store Systems"),
    "CORE": ("Payments Core", "Finance Technology"),
    "FRAU": ("Fraud Shield", "Finance Technology"),
    "FCST": ("Forecasting", "Supply Chain Technology"),
    "REPL": ("Replenishment", "Supply Chain Technology"),
    "CLUB": ("Member Club", "Digital Commerce"),
    "OFFR": ("Personal Offers", "Marketing Technology"),
    "SELL": ("Seller Portal", "Digital Commerce"),
    "CATA": ("Marketplace Catalogue", "Digital Commerce"),
    "DATA": ("Data Foundations", "Platform Engineering"),
    "DEVP": ("Developer Platform", "Platform Engineering"),
}

# code: (state, class, layer, is_gate, function, owner, WIP limit, portfolio stage)
BOARD: dict[str, tuple[str, str, str, bool, str | None, str | None, int | None, str | None]] = {
    "FU": ("Funnel", "backlog", "team", False, None, "Portfolio management", None, "funnel"),
    "RV": ("Reviewing", "backlog", "team", False, None, "Portfolio management", None, "reviewing"),
    "AN": ("Analysing", "active", "team", False, "product", "Head of Product", None, "analyzing"),
    "BU": ("Budget approval", "wait", "team", True, "finance", "Head of Controlling", None, "analyzing"),
    "AR": ("Architecture board", "wait", "team", True, "architecture", "Chief Architect", None, "analyzing"),
    "LE": ("Legal review", "wait", "team", True, "legal", "General Counsel", 4, "analyzing"),
    "RD": ("Ready", "wait", "team", False, None, "Value stream owners", 6, "ready"),
    "BD": ("Building", "active", "team", False, "engineering", "Team leads", 11, "implementing"),
    "CR": ("Code review", "active", "team", False, "engineering", "Team leads", None, "implementing"),
    "IQ": (
        "Integration test queue",
        "wait",
        "system",
        False,
        "integration",
        "Release platform lead",
        8,
        "implementing",
    ),
    "IT": (
        "Integration test",
        "active",
        "system",
        False,
        "integration",
        "Release platform lead",
        3,
        "implementing",
    ),
    "RW": (
        "Release window",
        "wait",
        "system",
        True,
        "release",
        "Change advisory board",
        None,
        "implementing",
    ),
    "RL": ("Released", "done", "customer", False, None, None, None, "done"),
    "VE": ("Benefits verified", "done", "customer", False, None, None, None, "done"),
    "CA": ("Cancelled", "cancelled", "team", False, None, None, None, None),
}
FEATURE_BOARD = (
    ("To do", "backlog"),
    ("In development", "active"),
    ("Peer review", "wait"),
    ("Feature done", "done"),
    ("Feature dropped", "cancelled"),
)


@dataclass
class Case:
    """One planted rule: what must be found, what must not, and why. ``complete``: nothing else may be
    found."""

    rule: str
    planted: list[str]
    near_misses: list[str]
    why: str
    complete: bool = True
    details: dict[str, Any] = field(default_factory=dict)


def rows_of(text: str) -> list[dict[str, str | None]]:
    """A table written as text: its first line names the columns, cells stand between bars, an empty one is
    None."""
    head, *lines = (line.split("|") for line in text.strip().splitlines())
    return [dict(zip(head, (cell or None for cell in line), strict=True)) for line in lines]


def generator(seed: int, topic: int) -> np.random.Generator:
    """One stream of random numbers a topic, so that a change to one topic leaves the others' bytes alone."""
    return np.random.default_rng([seed, topic])


def at_work(day: date | datetime, rng: np.random.Generator, *, weekend: bool = False) -> datetime:
    """A working-hours instant (local) on the day; a Saturday becomes its Friday, a Sunday its Monday."""
    day = day.date() if isinstance(day, datetime) else day
    if not weekend:
        day += timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0))
    minute = int(rng.triangular(8 * 60 + 5, 12 * 60 + 40, 18 * 60 + 10))
    return datetime.combine(day, time(minute // 60, minute % 60))


def days_ago(days: float) -> date:
    """The day that lies so many days before the last one."""
    return END_DAY - timedelta(days=days)


def stamp(local: datetime | None, *, utc: bool = False) -> str | None:
    """ISO 8601 with the offset of Berlin, or as UTC with a Z (what the delivery pipeline writes)."""
    if local is None:
        return None
    aware = local.replace(tzinfo=ZONE)
    if utc:
        return aware.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%SZ")
    return aware.isoformat(timespec="seconds")


def months(first: date, last: date) -> list[date]:
    """First days of the months that two days lie in, both in."""
    return [period.date() for period in pd.date_range(first.replace(day=1), last, freq="MS").to_pydatetime()]


def month_end(month: date) -> date:
    """The last day of a month."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def frame(table: str, rows: Iterable[Mapping[str, Any]], extra: Sequence[str] = ()) -> pd.DataFrame:
    """Rows as a frame with the contract's columns in their order; columns that no row fills are left out
    unless required."""
    made = pd.DataFrame(list(rows))
    spec = TABLES[table]
    wanted = [c.name for c in spec.columns if c.name in made.columns or c.required] + list(extra)
    return made.reindex(columns=wanted)


def stream_rows() -> pd.DataFrame:
    """The table value_streams."""
    return frame(
        "value_streams",
        [
            {
                "value_stream_id": i,
                "name": name,
                "type": kind,
                "owner": owner,
                "people": people,
                "wip_limit": limit,
            }
            for i, name, kind, owner, people, limit in STREAMS.values()
        ],
    )


def state_rows() -> pd.DataFrame:
    """The table states: the epics' board, one special row of it, and the features' board."""
    rows: list[dict[str, Any]] = [
        {
            "state": state,
            "level": "epic",
            "class": kind,
            "position": position,
            "layer": layer,
            "is_gate": "true" if gate else "false",
            "function": function,
            "owner": owner,
            "wip_limit": limit,
            "portfolio_stage": stage,
        }
        for position, (state, kind, layer, gate, function, owner, limit, stage) in enumerate(
            BOARD.values(), start=1
        )
    ]
    # the marketplace releases on its own calendar: the row with more matching columns holds
    special = next(row for row in rows if row["state"] == "Release window")
    rows.append({**special, "value_stream_id": "VS-MKT", "owner": "Marketplace release manager"})
    rows += [
        {
            "state": state,
            "level": "feature",
            "class": kind,
            "position": position,
            "layer": "team",
            "is_gate": "false",
        }
        for position, (state, kind) in enumerate(FEATURE_BOARD, start=1)
    ]
    return frame("states", rows)
