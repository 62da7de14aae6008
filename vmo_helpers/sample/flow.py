"""work_items, transitions and blockers of the cast: the epics' moves and their features."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from vmo_helpers.sample.cast import Epic
from vmo_helpers.sample.journeys import Journey
from vmo_helpers.sample.world import BOARD, END, STREAMS, TEAMS, at_work, stamp

Row = dict[str, Any]

_PIPELINE = {"IQ", "IT", "RL"}  # moved by the delivery pipeline, which writes UTC

# (from, to, reason) in days before the end; to None = still blocked. Open ones on work in progress are the
# planted case.
BLOCKED: dict[str, tuple[int, int | None, str]] = {
    "esl_labels": (139, None, "Label supplier insolvent, new tender running"),
    "wms_halle": (73, None, "Works council agreement for night shifts open"),
    "auto_replen": (61, None, "Fresh suppliers' order interface not delivered"),
    "rfid_inbound": (45, None, "Test bench shared with store roll-out"),
    "till_cloud": (44, 3, "Card terminal certificate expired"),
    "ship_from_store": (33, 10, "Stock service down in the test environment"),
    "two_person": (58, 17, "Carrier contract not signed"),
    "voucher_pool": (
        233,
        None,
        "Waiting for accounting rules",
    ),  # never closed in the tool, though the epic was released
}
BLOCK_REASONS = (
    "Test environment down",
    "Waiting for supplier",
    "Data protection question open",
    "Key interface not delivered",
    "Test data missing",
    "Licence not ordered",
    "Waiting for store freeze to end",
)

# in progress, and took on features after they had begun, all but the first three; others are cut up before
GREW = ("kiosk_refresh", "offers_ai", "seller_onboarding")

ASPECTS = (
    "customer journey and copy",
    "service contract",
    "pilot in three stores",
    "tracking and dashboard",
    "edge cases and errors",
    "accessibility and translations",
    "data migration",
    "load and failover test",
    "roles and permissions",
    "roll-out plan",
    "hotline scripts",
    "clean-up of the old path",
)


def work_item(made: Journey, rng: np.random.Generator) -> Row:
    """The epic's row of work_items, without what plans.py adds."""
    epic = made.epic
    stream = STREAMS[epic.stream]
    row: Row = {
        "item_id": epic.item_id,
        "title": epic.title,
        "level": "epic",
        "created_at": stamp(made.created),
        "value_stream_id": stream[0],
        "team": TEAMS[epic.team][0],
        "work_type": None if epic.work_type == "feature" and rng.random() < 0.2 else epic.work_type,
        "horizon": epic.horizon,
        "requested_at": stamp(made.requested) if rng.random() < 0.93 else None,
        "delivered_at": stamp(made.delivered),
    }
    if not made.steps:  # kept in the marketplace's own tool, which exports dates alone
        row |= {"started_at": stamp(made.started)}
    return row


def transition_rows(made: Journey, rng: np.random.Generator) -> list[Row]:
    """The epic's moves. Some automated ones share an instant and are ordered by seq; some were recorded a day
    late."""
    rows: list[Row] = []
    before: str | None = None
    for code, at in made.steps:
        state = BOARD[code][0]
        late = code in ("RV", "AN") and rng.random() < 0.05
        recorded = stamp(at + timedelta(days=1, hours=2)) if late and at + timedelta(days=2) < END else None
        rows.append(
            {
                "item_id": made.epic.item_id,
                "at": stamp(at, utc=code in _PIPELINE),
                "to_state": state,
                "from_state": before,
                "recorded_at": recorded,
            }
        )
        before = state
    for earlier, later in pairwise(rows):
        if (
            earlier["to_state"] == "Code review"
            and later["to_state"] == "Integration test queue"
            and rng.random() < 0.1
        ):
            earlier["at"], earlier["seq"], later["seq"] = later["at"], 1, 2
    return rows


def blocker_rows(made: Journey, rng: np.random.Generator) -> list[Row]:
    """The planted blocker of an epic, else now and then one that came and went."""
    epic = made.epic
    planted = BLOCKED.get(epic.slug)
    if planted:
        first, last, reason = planted
        return [
            {
                "item_id": epic.item_id,
                "from_at": stamp(at_work(END - timedelta(days=first), rng)),
                "to_at": stamp(at_work(END - timedelta(days=last), rng)) if last is not None else None,
                "reason": reason,
            }
        ]
    rows: list[Row] = []
    for (code, entered), (_, left) in pairwise(made.steps):
        stay = (left - entered).days
        if (
            code in ("BD", "IT", "RD")
            and stay > 9
            and left < END - timedelta(days=20)
            and rng.random() < 0.28
        ):
            first_at = at_work(entered + timedelta(days=float(rng.uniform(1, stay * 0.4))), rng)
            last_at = at_work(first_at + timedelta(days=float(rng.uniform(1.5, max(2.0, stay * 0.45)))), rng)
            if entered < first_at < last_at < left:
                rows.append(
                    {
                        "item_id": epic.item_id,
                        "from_at": stamp(first_at),
                        "to_at": stamp(last_at),
                        "reason": str(rng.choice(BLOCK_REASONS)),
                    }
                )
    return rows


def feature_rows(
    made: Journey, rng: np.random.Generator, *, still_since: date | None = None
) -> tuple[list[Row], list[Row]]:
    """The epic's features and their moves; ``still_since``: no feature moves on or after that day."""
    epic = made.epic
    count = int(rng.integers(4, 7))
    aspects = rng.permutation(len(ASPECTS))[:count]
    build = next((at for code, at in made.steps if code == "BD"), None)
    tested = next((at for code, at in made.steps if code == "IQ"), None)
    if not made.steps and made.started:  # no board: features tell how far it is
        build = made.started + timedelta(days=20)
    items: list[Row] = []
    moves: list[Row] = []
    for number, aspect in enumerate(aspects, start=1):
        item = f"F-{epic.item_id[2:]}{number}"
        since, until = made.created, made.started or build or made.last_day
        if epic.slug in GREW and number > 3 and made.started:
            since, until = made.started + timedelta(days=4), build or made.last_day
        span = max(1.0, _span(since, until) - 3)
        created = at_work(since + timedelta(days=float(rng.uniform(0, span))), rng)
        created = min(created, at_work(made.last_day - timedelta(days=2), rng))
        created = max(created, made.created)
        items.append(
            {
                "item_id": item,
                "title": f"{_short(epic)}: {ASPECTS[aspect]}",
                "level": "feature",
                "created_at": stamp(created),
                "parent_id": epic.item_id,
                "value_stream_id": STREAMS[epic.stream][0],
                "team": TEAMS[_team(epic, rng)][0],
                "work_type": "defect" if rng.random() < 0.06 else "feature",
            }
        )
        steps = [("To do", created)]
        if build:
            until = tested or made.finished or made.cancelled or END
            steps += _developed(max(build, created), until, number / count, done=tested is not None, rng=rng)
        if made.cancelled and steps[-1][0] != "Feature done":
            steps = [step for step in steps if step[1] < made.cancelled]
            steps.append(("Feature dropped", made.cancelled))
        limit = datetime.combine(still_since, datetime.min.time()) if still_since else END
        kept = [step for step in steps if step[1] < limit]
        for place, (state, at) in enumerate(kept):
            moves.append(
                {
                    "item_id": item,
                    "at": stamp(at),
                    "to_state": state,
                    "from_state": kept[place - 1][0] if place else None,
                }
            )
    return items, moves


def _developed(
    build: datetime, until: datetime, place: float, *, done: bool, rng: np.random.Generator
) -> list[tuple[str, datetime]]:
    """When a feature was taken up, reviewed and done between the start of building and the test queue (or
    now)."""
    span = max(_span(build, until), 2.0)
    begin = at_work(build + timedelta(days=span * 0.55 * place * float(rng.uniform(0.3, 1.0))), rng)
    length = min(span * 0.45, float(rng.lognormal(2.0, 0.4)))
    review = begin + timedelta(days=max(0.4, length * 0.75))
    ready = begin + timedelta(days=max(0.6, length))
    steps = [
        ("In development", begin),
        ("Peer review", at_work(review, rng)),
        ("Feature done", at_work(ready, rng)),
    ]
    made: list[tuple[str, datetime]] = []
    for state, at in steps:
        if not done and place > 0.6 and state == "Feature done":
            break
        at = max(at, made[-1][1] + timedelta(hours=3)) if made else max(at, build)
        if at >= until - timedelta(hours=1) and not done:
            break
        made.append((state, at))
    return made


def _span(first: datetime, last: date | datetime) -> float:
    last = last if isinstance(last, datetime) else datetime.combine(last, datetime.min.time())
    return (last - first).total_seconds() / 86400


def _short(epic: Epic) -> str:
    return epic.title.split(": ")[-1].split(",")[0][:1].upper() + epic.title.split(": ")[-1].split(",")[0][1:]


def _team(epic: Epic, rng: np.random.Generator) -> str:
    """Mostly the epic's team; one feature in six is built by another team of its stream."""
    peers = {
        "HUB": "LAST",
        "LAST": "HUB",
        "CHKO": "HUB",
        "SAPP": "TILL",
        "TILL": "SAPP",
        "CORE": "FRAU",
        "FRAU": "CORE",
        "FCST": "REPL",
        "REPL": "FCST",
        "CLUB": "OFFR",
        "OFFR": "CLUB",
        "SELL": "CATA",
        "CATA": "SELL",
        "DATA": "DEVP",
        "DEVP": "DATA",
    }
    return peers[epic.team] if rng.random() < 0.16 else epic.team
