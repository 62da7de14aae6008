"""Benefits that are told beside the planted tests: what gets worse, what comes each year, what is claimed
twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np

from vmo_helpers.sample.journeys import Journey
from vmo_helpers.sample.outcomes import observation, observed_days
from vmo_helpers.sample.world import END_DAY, FIRST_DAY, rows_of

Row = dict[str, Any]

# planned: EUR 1,000 (below 0: a disbenefit); share: the part of the metric's way that it claims; until: the
# end of a yearly one; came: EUR 1,000 a month from start + lag on (empty: nothing yet); now: the metric's
# newest value. Two on one metric: shares of more than 1 claim it twice (planted), of 1 they do not
BENEFITS = """
benefit|slug|metric|name|unit|baseline|target|now|lag|due|planned|type|share|until|came
BEN-61|wave_picking|M-161|Night shifts in Halle I|shifts a week|9|12|12|14|2026-12-31|-120|cost|||-23
BEN-62|track_page|M-162|Carriers' tracking pages|EUR a day|310|20|24|30|2025-09-30|90|cost||2028-06-30|6.9
BEN-63|wave_picking|M-163|Parcels that leave on the same day|%|71|85|71|180|2027-09-30|210|revenue|.7||
BEN-64|label_api|M-163|Parcels that leave on the same day|%|71|85|71|240|2027-06-30|140|revenue|.5||
BEN-65|late_cutoff|M-164|Evening orders that are delivered on time|%|88|96|88|240|2027-06-30|160|customer|.6||
BEN-66|card_token|M-164|Evening orders that are delivered on time|%|88|96|88|180|2027-06-30|90|customer|.4||
"""
YEARLY, DISBENEFIT = "BEN-62", "BEN-61"
CLAIMED_TWICE, CLAIMED_ONCE = ["M-163"], ["M-164"]


def beside(made: dict[str, tuple[Journey, str]], rng: np.random.Generator) -> dict[str, list[Row]]:
    """Rows of benefits, metrics, observations and realisations, of those epics that the sample holds.

    ``made``: slug → journey and value stream.
    """
    rows: dict[str, list[Row]] = {
        name: [] for name in ("benefits", "metrics", "observations", "realisations")
    }
    for told in rows_of(BENEFITS):
        if told["slug"] not in made:
            continue
        journey, stream = made[str(told["slug"])]
        start = journey.delivered or journey.finished
        assert start is not None, "each of these was delivered"
        rows["benefits"].append(_benefit(told, journey))
        if told["metric"] not in {row["metric_id"] for row in rows["metrics"]}:
            rows["metrics"].append(_metric(told, journey, stream))
            rows["observations"] += _readings(told, start, rng)
        rows["realisations"] += _booked(told, start)
    return rows


def _number(told: dict[str, str | None], name: str) -> float | None:
    return None if told[name] is None else float(str(told[name]))


def _benefit(told: dict[str, str | None], journey: Journey) -> Row:
    planned = _number(told, "planned")
    assert planned is not None
    return {
        "benefit_id": told["benefit"],
        "item_id": journey.epic.item_id,
        "metric_id": told["metric"],
        "baseline": _number(told, "baseline"),
        "target": _number(told, "target"),
        "due": told["due"],
        "lag_days": _number(told, "lag"),
        "planned_value": planned * 1000,
        "value_type": told["type"],
        "value_basis": "yearly" if told["until"] else None,
        "value_until": told["until"],
        "share": _number(told, "share"),
        "owner": f"Business owner, {journey.epic.title}"[:60],
    }


def _metric(told: dict[str, str | None], journey: Journey, stream: str) -> Row:
    rises = (_number(told, "target") or 0.0) > (_number(told, "baseline") or 0.0)
    return {
        "metric_id": told["metric"],
        "name": told["name"],
        "unit": told["unit"],
        "direction": "increase" if rises else "decrease",
        "kind": "outcome",
        "timing": "lagging",
        "cadence_days": 30,
        "item_id": journey.epic.item_id,
        "value_stream_id": stream,
    }


def _readings(told: dict[str, str | None], start: datetime, rng: np.random.Generator) -> list[Row]:
    """Month ends: the baseline, and from start + lag on a straight way to the newest value at due."""
    base, now, lag = (_number(told, name) or 0.0 for name in ("baseline", "now", "lag"))
    effect = start + timedelta(days=lag)
    due = max(datetime.fromisoformat(str(told["due"])), effect + timedelta(days=1))
    target = _number(told, "target") or 0.0
    rows = []
    for at in observed_days(30, max(FIRST_DAY, start.date() - timedelta(days=300)), END_DAY):
        way = float(np.clip((at - effect) / (due - effect), 0.0, 1.0))
        noise = float(rng.normal(0, 0.03 * abs(target - base)))
        rows.append(observation(str(told["metric"]), at, base + (now - base) * way + noise))
    return rows


def _booked(told: dict[str, str | None], start: datetime) -> list[Row]:
    came = _number(told, "came")
    if came is None:
        return []
    first = (start + timedelta(days=_number(told, "lag") or 0.0)).date()
    return [
        {"benefit_id": told["benefit"], "at": day.date().isoformat(), "value": came * 1000}
        for day in observed_days(30, first, END_DAY)
    ]
