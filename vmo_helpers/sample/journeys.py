"""How each epic of the cast went over the board: planted days, states, loops and gates."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import numpy as np

from vmo_helpers.sample.cast import Epic
from vmo_helpers.sample.world import BOARD, END, END_DAY, WINDOW_DAY, at_work, days_ago

PATH = ("AN", "BU", "AR", "LE", "RD", "BD", "CR", "IQ", "IT", "RW")
GATES = {"BU": 0.35, "AR": 0.5, "LE": 0.65}  # share of epics that pass each
ACTIVE_DAYS = {"AN": 7.0, "BD": 23.0, "CR": 3.0, "IT": 5.0}
BUILDING_BEFORE = 32.0  # coding days in the year before: the local gain of which customers saw nothing
WAIT_WEIGHT = {"BU": 0.05, "AR": 0.06, "LE": 0.18, "RD": 0.08, "IQ": 0.62, "RW": 0.12}
AGAIN = {"BD": 0.4, "IQ": 0.45}  # a second pass beside the first

# times that integration test sent an epic back to building; three or more is the planted case, two the near
# miss
SENT_BACK = {
    "promise_engine": 4,
    "staff_app": 3,
    "wave_picking": 4,
    "points_expiry": 3,
    "stock_accuracy": 5,
    "kiosk_refresh": 2,
    "vendor_scorecard": 2,
    "cross_border_at": 2,
    "refund_ledger": 2,
    "two_person": 1,
    "rfid_inbound": 1,
    "pallet_tracking": 1,
    "coupons_mobile": 1,
    "size_curves": 1,
    "tax_engine_ch": 1,
    "basket_merge": 1,
    "returns_to_vendor": 1,
    "store_pickup_v1": 1,
    "supplier_edi": 1,
}
REOPENED = {
    "guest_checkout": 24,
    "label_api": 16,
    "dock_booking": 21,
    "card_token": 18,
}  # days between first and final release
WINDOW_MISSED = (
    "parcel_photo",
    "tier_benefits",
    "late_cutoff",
)  # back from the release window, never from done: near misses
FELL_BACK = (
    "iban_check",
    "waste_report",
    "label_api",
    "queue_display",
    "cash_office",
    "welcome_offer",
)  # no delivered_at
DELIVERED_EARLY = {
    "kiosk_refresh": date(2025, 12, 9)
}  # first slice with customers while the rest is in progress
ALL_GATES = ("promise_engine", "wave_picking", "points_expiry", "stock_accuracy", "staff_app")
NO_GATES = ("kiosk_refresh", "cross_border_at", "refund_ledger", "vendor_scorecard")


@dataclass
class Journey:
    """The instants (local) of one epic; ``steps`` are the board moves in order."""

    epic: Epic
    created: datetime
    requested: datetime
    started: datetime | None = None
    finished: datetime | None = None
    delivered: datetime | None = None
    cancelled: datetime | None = None
    steps: list[tuple[str, datetime]] = field(default_factory=list)

    @property
    def last_day(self) -> date:
        """The day of the finish or cancellation, else the last day of the data."""
        ended = self.finished or self.cancelled
        return ended.date() if ended else END_DAY


def journey(epic: Epic, rng: np.random.Generator) -> Journey:
    """One epic's way. The planted days come from the cast; the random numbers only fill in between."""
    kind, *args = epic.flow
    if kind == "b":
        return _not_begun(epic, args[0], int(args[1]), rng)
    if kind == "c" and args[1] == "0":
        gone = at_work(date.fromisoformat(args[0]), rng)
        made = _not_begun(epic, "RV", (END_DAY - gone.date()).days + 60, rng)
        made.cancelled = gone
        made.steps.append(("CA", gone))
        return made
    first = (
        days_ago(int(args[1 if kind == "w" else 0]))
        if kind in "wn"
        else date.fromisoformat(args[0]) - timedelta(days=int(args[1]))
    )
    made = _begun(epic, at_work(first, rng), rng)
    if kind == "n":
        made.steps = []
    elif kind == "w":
        states = _states(epic, rng, until=args[0])
        entered = at_work(days_ago(int(args[2])), rng) if int(args[2]) < int(args[1]) else made.started
        made.steps += _moves(states[:-1], made.started, entered, rng)
        made.steps.append((args[0], entered))  # type: ignore[arg-type]
        if epic.slug in DELIVERED_EARLY:
            made.delivered = at_work(DELIVERED_EARLY[epic.slug], rng)
    elif kind == "f":
        _finish(made, date.fromisoformat(args[0]), rng)
    else:
        made.cancelled = at_work(date.fromisoformat(args[0]), rng)
        made.steps += _moves(_states(epic, rng, until="RD"), made.started, made.cancelled, rng)
        made.steps.append(("CA", made.cancelled))
    return made


def _not_begun(epic: Epic, state: str, days: int, rng: np.random.Generator) -> Journey:
    created = at_work(days_ago(days + (14 if state == "RV" else 0)), rng)
    made = Journey(epic, created, at_work(created.date() - timedelta(days=int(rng.integers(3, 60))), rng))
    made.steps.append(("FU", created))
    if state == "RV":
        made.steps.append(("RV", at_work(days_ago(days), rng)))
    return made


def _begun(epic: Epic, started: datetime, rng: np.random.Generator) -> Journey:
    waited = int(rng.integers(9, 46))
    created = at_work(started.date() - timedelta(days=waited), rng)
    asked = at_work(created.date() - timedelta(days=int(rng.gamma(2.0, 14.0)) + 4), rng)
    made = Journey(epic, created, asked, started=started)
    made.steps.append(("FU", created))
    if rng.random() < 0.8:
        made.steps.append(
            ("RV", at_work(started.date() - timedelta(days=max(2, int(waited * rng.uniform(0.2, 0.6)))), rng))
        )
    return made


def _states(epic: Epic, rng: np.random.Generator, until: str = "RW") -> list[str]:
    """The board states of an epic in order, with its gates and loops, the last being ``until``."""
    passes = {gate for gate, share in GATES.items() if rng.random() < share}
    if epic.slug in ALL_GATES:
        passes = set(GATES)
    elif epic.slug in NO_GATES:
        passes = set()
    states = [code for code in PATH if code not in GATES or code in passes or code == until]
    states = states[: states.index(until) + 1]
    loops = SENT_BACK.get(epic.slug, 0)
    if loops and "IQ" in states:
        tested = ["IQ", "IT", "BD", "CR"] * loops
        at = states.index("IQ")
        states = states[:at] + tested + states[at:]
    if epic.slug in WINDOW_MISSED:
        states += ["BD", "CR", "IQ", "IT", "RW"]
    return states


def _moves(
    states: list[str], start: datetime | None, end: datetime | None, rng: np.random.Generator
) -> list[tuple[str, datetime]]:
    """Entries into the states so that they fill start to end: work takes what it takes, waiting takes the
    rest."""
    if start is None or end is None or not states:
        return []
    total = (end - start).total_seconds() / 86400
    before = start + (end - start) * 0.6 < datetime.combine(WINDOW_DAY, time())
    seen: set[str] = set()
    active, weight = np.zeros(len(states)), np.zeros(len(states))
    for place, code in enumerate(states):
        again = AGAIN.get(code, 1.0) if code in seen else 1.0
        if code in ACTIVE_DAYS:
            days = BUILDING_BEFORE if code == "BD" and before else ACTIVE_DAYS[code]
            active[place] = days * again * rng.lognormal(0, 0.18 if code == "BD" else 0.4)
        else:
            weight[place] = WAIT_WEIGHT[code] * again * rng.lognormal(0, 0.45)
        seen.add(code)
    most = 0.62 * total if weight.any() else total
    if active.sum() > most or not weight.any():
        active *= most / active.sum()
    days = active + (total - active.sum()) * (weight / weight.sum() if weight.any() else weight)
    moves, now = [], start
    for code, stay in zip(states, days.tolist(), strict=True):
        moves.append((code, now))
        ideal = start + timedelta(days=float(days[: len(moves)].sum()))
        snapped = at_work(ideal, rng)
        now = max(snapped, now + timedelta(minutes=35 + int(stay * 3) % 50))
    latest = end
    for place in range(len(moves) - 1, 0, -1):  # a day's rounding never overtakes what follows
        latest = latest - timedelta(minutes=41)
        if moves[place][1] > latest:
            moves[place] = (moves[place][0], latest)
        latest = moves[place][1]
    return moves


def _finish(made: Journey, day: date, rng: np.random.Generator) -> None:
    evening = datetime.combine(day, time(20, 15)) + timedelta(minutes=int(rng.integers(0, 110)))
    made.finished = evening if rng.random() < 0.4 else at_work(day, rng, weekend=True)
    states = _states(made.epic, rng)
    again = REOPENED.get(made.epic.slug)
    first = made.finished - timedelta(days=again) if again else made.finished
    first = at_work(first, rng) if again else first
    made.steps += _moves(states, made.started, first, rng)
    if again:
        back = at_work(first + timedelta(days=5), rng)
        made.steps.append(("RL", first))
        made.steps += _moves(["BD", "CR", "IQ", "IT", "RW"], back, made.finished, rng)
    made.steps.append(("RL", made.finished))
    verified = day + timedelta(days=int(rng.integers(32, 75)))
    if rng.random() < 0.35 and verified < END_DAY - timedelta(days=3):
        made.steps.append(("VE", at_work(verified, rng)))
    if made.epic.slug not in FELL_BACK:
        live = at_work(day + timedelta(days=int(rng.integers(0, 9))), rng)
        made.delivered = min(max(live, made.finished), END)


def hand_offs(states: list[str]) -> int:
    """Changes of function along the planted way; a state without one changes no hands."""
    functions = [f for f in (BOARD[code][4] for code in states) if f]
    return sum(a != b for a, b in pairwise(functions))


def backward_moves(states: list[str]) -> int:
    """Moves to a state that stands earlier on the board, along the planted way."""
    order = list(BOARD)
    places = [order.index(code) for code in states]
    return sum(b < a for a, b in pairwise(places))
