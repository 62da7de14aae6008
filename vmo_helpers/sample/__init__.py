"""The generator of ``data/sample`` and of portfolios of any size: a retailer with every finding planted, and
its near misses.

A cast of 120 epics carries the planted cases (``cast``, and one module a topic); beyond them a simpler bulk
is drawn (``bulk``). The truth is told from these parameters and from nothing that was measured.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from vmo_helpers.sample.bulk import CAST, flow_log, states_with_room
from vmo_helpers.sample.bulk_facts import bulk_tables
from vmo_helpers.sample.readme import readme
from vmo_helpers.sample.story import build
from vmo_helpers.sample.summary import truth_of
from vmo_helpers.sample.write import SETTINGS, write_tables

SEED = 20261031
PARQUET_FROM = 10_000

__all__ = ["CAST", "SEED", "flow_log", "write_sample"]


def write_sample(
    out: Path, *, items: int = CAST, seed: int = SEED, parquet: bool | None = None
) -> dict[str, Any]:
    """Write a portfolio of ``items`` epics into a folder: its tables, portfolio.toml, README.md and
    truth.json. Returns the truth.

    Under 120 items the first epics of the story, above them a bulk beside it. ``parquet`` None means CSV
    below 10,000 items and Parquet from there. The same items and seed give the same bytes. Raises ValueError
    for fewer than 0 items.
    """
    if items < 0:
        raise ValueError(f"a portfolio cannot have {items} items")
    out = Path(out)
    story = build(seed, items if items < CAST else None)
    tables = story.tables
    more, room = bulk_tables(items - CAST, seed) if items > CAST else ({}, {})
    tables = {**tables, "states": states_with_room(tables["states"], room)} if room else tables
    truth = truth_of(story, items, seed)
    out.mkdir(parents=True, exist_ok=True)
    rows = write_tables(tables, more, out, parquet=items >= PARQUET_FROM if parquet is None else parquet)
    (out / "portfolio.toml").write_text(SETTINGS, encoding="utf-8")
    (out / "README.md").write_text(readme(truth, rows, _titles(tables)), encoding="utf-8")
    (out / "truth.json").write_text(json.dumps(truth, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return truth


def _titles(tables: dict[str, pd.DataFrame]) -> dict[str, str]:
    titles: dict[str, str] = {}
    for table, key, title in (
        ("work_items", "item_id", "title"),
        ("key_results", "kr_id", "title"),
        ("metrics", "metric_id", "name"),
        ("value_streams", "value_stream_id", "name"),
        ("objectives", "objective_id", "title"),
    ):
        titles |= dict(zip(tables[table][key].tolist(), tables[table][title].tolist(), strict=True))
    return titles
