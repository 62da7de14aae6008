"""Reviews by hand: as much of what one leaves on a shelf as the page over all portfolios reads."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from vmo_helpers.review.shelf.shelf import Shelf

DAY = "2026-10-31"
FAMILIES = ("customers", "outcomes", "money", "flow", "decisions")
PAGES = {"flow_analysis": "flow_analysis.html", "portfolio_review": "index.html"}


def figure(value: float | None, unit: str = "items", **more: Any) -> dict[str, Any]:
    """An entry of ``figures.json``."""
    return {"value": value, "unit": unit, "n": 12, "low": None, "high": None, "previous": None, **more}


def finding(rule: str, subject: str = "portfolio", severity: str = "alarm", **more: Any) -> dict[str, Any]:
    """An entry of ``findings.json``, shown on a slide of the flow deck."""
    said = {"id": f"{rule}:{subject}", "rule": rule, "subject": subject, "severity": severity}
    shown = {"deck": "flow_analysis", "slide": rule.partition(".")[2]}
    return {**said, "sentence": f"{rule} of {subject}", "value": None, "money": None, **shown, **more}


def asking(
    *asks: tuple[str, str, float | None], sureness: float = 0.9, stake: float | None = None
) -> list[dict[str, Any]]:
    """An executive page that asks: subject, ask and what a month of waiting costs; each for the finding
    ``flow.blocked`` of its subject. ``stake`` is the money at stake."""
    costs = [cost for *_, cost in asks if cost is not None]
    rows = [
        finding(
            "decisions.asked",
            severity="alarm" if asks else "note",
            value=float(len(asks)) if asks else None,
            money=sum(costs) if costs else None,
            deck="portfolio_review",
        )
    ]
    for subject, ask, cost in asks:
        details = {
            "owner": f"Owner of {subject}",
            "evidence": f"evidence of {subject}",
            "cost_basis": "cost of delay",
            "sureness_is": "counted from the data",
            "finding_id": f"flow.blocked:{subject}",
            "money": stake,
        }
        rows += [
            finding("decisions.ask", subject, sentence=ask, value=sureness, money=cost, details=details),
            finding("flow.blocked", subject, "warning"),
        ]
    return rows


def place(place_id: str, name: str, kind: str = "value stream", **signs: str) -> list[dict[str, str]]:
    """The rows of ``signs.csv`` of one stream or goal; a family that is not named is silent."""
    return [
        {
            "place_id": place_id,
            "place": name,
            "kind": kind,
            "family": family,
            "sign": signs.get(family, "silent"),
            "words": f"{family} of {name}" if signs.get(family) == "against" else "",
        }
        for family in FAMILIES
    ]


def put(
    shelf: Path,
    portfolio: str,
    *,
    day: str = DAY,
    figures: Mapping[str, Any] | None = None,
    findings: Iterable[Mapping[str, Any]] = (),
    signs: Iterable[Mapping[str, str]] = (),
    **manifest: Any,
) -> Path:
    """A review on a shelf as a run leaves it; what else its manifest says comes by name."""
    number = len(list(shelf.iterdir())) if shelf.is_dir() else 0
    folder = shelf / f"{day}-{number:08x}"
    (folder / "tables" / "portfolio_review").mkdir(parents=True)
    table = io.StringIO()
    rows = list(signs)
    writer = csv.DictWriter(table, ["place_id", "place", "kind", "family", "sign", "words"])
    writer.writeheader()
    writer.writerows(rows)
    written = {
        "figures.json": json.dumps(figures or {}),
        "findings.json": json.dumps(list(findings)),
        "tables/portfolio_review/signs.csv": table.getvalue(),
    }
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    whole = {
        "portfolio": portfolio,
        "as_of": f"{day}T22:59:59.999999Z",
        "as_of_day": day,
        "window": {"from": "2025-11-01", "to": day},
        "parameters": {"streams": []},
        "settings": {"timezone": "Europe/Berlin", "review_level": "epic", "currency": "EUR"},
        "outcome": {
            name: {"status": "done", "page": page, "headline": f"{name} of {portfolio}"}
            for name, page in PAGES.items()
        },
        "output": {name: hashlib.sha256(text.encode()).hexdigest() for name, text in written.items()},
        **manifest,
    }
    for page in PAGES.values():
        (folder / page).write_text("<!DOCTYPE html><title>a deck</title>", encoding="utf-8")
    (folder / "manifest.json").write_text(json.dumps(whole), encoding="utf-8")
    return folder


def index(shelf: Path) -> str:
    """The page of a shelf as a run writes it."""
    from vmo_helpers.review.pages.index import shelf_page

    found = Shelf(shelf)
    return shelf_page(found.reviews()[::-1], found.root)
