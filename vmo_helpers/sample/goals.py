"""Objectives, key results, check-ins and the metrics that key results name."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

from vmo_helpers.sample.outcomes import observation, observed_days
from vmo_helpers.sample.world import END, END_DAY, FIRST_DAY, STREAMS, at_work, rows_of, stamp

Row = dict[str, Any]

OBJECTIVES = """
objective_id|title|from|to|rank|weight|level|parent_id|owner
O-01|Same-day and next-day as the normal case|2025-01-01|2025-12-31|1|0.4|enterprise||Chief Operating Officer
O-02|Stores that people choose|2025-01-01|2025-12-31|2|0.35|enterprise||Chief Retail Officer
O-03|A club worth joining|2025-01-01|2025-12-31|3|0.25|enterprise||Chief Customer Officer
O-1|Deliver faster than anyone in our markets|2026-01-01|2026-12-31|1|0.35|enterprise||Chief Operating Officer
O-2|Give people a reason to visit the store|2026-01-01|2026-12-31|2|0.30|enterprise||Chief Retail Officer
O-3|Turn shoppers into members|2026-01-01|2026-12-31|3|0.12|enterprise||Chief Customer Officer
O-4|Sell more at full price with less stock|2026-01-01|2026-12-31|4|0.15|enterprise||Chief Financial Officer
O-5|Run a shop that customers and regulators trust|2026-01-01|2026-12-31|5|0.08|enterprise||General Counsel
O-11|Same-day in forty cities|2026-07-01|2026-12-31|||portfolio|O-1|Head of Online Fulfilment
O-12|Delivery windows we keep at Christmas|2026-10-01|2026-12-31|||value_stream|O-11|Head of Online Fulfilment
O-13|Checkout in three taps|2026-07-01|2026-12-31|||value_stream|O-1|Head of Payments
O-14|Ready for the summer sale|2026-07-01|2026-09-30|||value_stream|O-1|Head of Online Fulfilment
O-21|Pick-up in ten minutes|2026-07-01|2026-12-31|||value_stream|O-2|Head of Store Operations
O-22|Quick tills, short queues|2026-10-01|2026-12-31|||team|O-2|Product manager, Tills
O-31|Members who come back every month|2026-07-01|2026-12-31|||value_stream|O-3|Head of Customer Loyalty
O-41|The right stock in the right store|2026-07-01|2026-12-31|||value_stream|O-4|Head of Supply Chain
O-51|Trusted with data and money|2026-01-01|2026-12-31|||portfolio|O-5|General Counsel
O-61|Engineers ship on any day|2026-07-01|2026-12-31|||team||Head of Platform Engineering
O-62|Five hundred sellers by the end of the year|2026-07-01|2026-12-31|||value_stream||Head of Marketplace
O-63|Messages that members welcome|2026-07-01|2026-12-31|||team||Product manager, Loyalty
"""

# now: the value at the end of the data
# mode: line · flat · metric (observed, no check-ins) · both · none (no check-in) · one · late:N (days ago) ·
# young (too early to say)
KEY_RESULTS = """
kr_id|objective_id|title|type|first|last|baseline|target|low|high|metric_id|commitment|weight|department|cadence|now|mode
K01|O-11|Orders delivered the same or next day from 38 to 51 %|increase|2026-01-01|2026-12-31|38|51|||M-301|||Logistics Technology|30|49.5|both
K02|O-12|Delivery promise kept from 91 to 97 %|increase|2026-01-01|2026-12-31|91|97|||M-133||2|Logistics Technology|14|91.6|flat
K03|O-11|Cost per parcel from EUR 5.40 to 4.60|decrease|2026-01-01|2026-12-31|5.40|4.60||||aspirational||Logistics Technology|30|4.88|line
K04|O-12|Parcels per order from 1.42 to 1.20|decrease|2026-07-01|2026-12-31|1.42|1.20|||||||14|1.263|line
K05|O-13|Cart abandonment at payment from 18 to 12 %|decrease|||18|12|||||2|Digital Commerce|14|13.7|line
K06|O-13|Fraud losses stay below 12 basis points|maintain_below||||12|||M-302|||Finance Technology|30|11.2|metric
K07|O-21|Orders collected per store and week from 42 to 80|increase|||42|80||||||Store Systems|14|47.5|flat
K08|O-2|Mystery shopper score stays above 45|maintain_above|||41|45|||M-303|||Store Systems|90|38|metric
K09|O-21|Kiosk orders per week reach 12,000|reach||||12000|||||||30|2300|flat
K10|O-22|Waiting time at the till between 2 and 4 minutes|range|||||2|4||||Store Systems|14|3.4|line
K11|O-31|Members active within 90 days from 2.1 to 2.8 million|increase|2026-01-01|2026-12-31|2.1|2.8|||M-304|||Digital Commerce|30|2.72|both
K12|O-31|Members' share of turnover reaches 60 %|reach||||60||||aspirational|||30|50.5|line
K13|O-3|Member prices live in the online shop|binary|||0|1|||||||30|1|line
K14|O-41|Stock cover from 61 to 52 days|decrease|2026-01-01|2026-12-31|61|52|||M-305||||30|52.9|metric
K15|O-41|Full-price sell-through from 58 to 66 %|increase|||58|66|||||||30|59.2|flat
K16|O-41|Stock accuracy stays at 97 % or above|maintain_above||||97|||||||30|97.0|line
K17|O-51|PSD3 readiness: milestones passed|milestone|||0|1|||||||30|0.9|line
K18|O-51|Open audit findings stay at 5 or below|maintain_below||||5|||||||30|5|line
K19|O-61|Lead time from commit to production from 9 to 4 days|decrease|||9|4|||||||14|5.5|line
K20|O-61|Deployments on a Friday reach 20 a month|reach||||20|||||||14|15.5|late:23
K21|O-62|Sellers live reach 500|reach||||500|||||||14|390|line
K22|O-62|Marketplace returns taken in stores from 0 to 30 %|increase|||0|30|||||||14|21|line
K23|O-11|Online orders shipped from stores from 12 to 18.5 %|increase|2026-01-01|2026-12-31|12|18.5|||M-306|||Logistics Technology|30|18.0|both
K24|O-22|Online orders shipped from stores from 12 down to 8 %|decrease|2026-10-01|2026-12-31|12|8|||M-306|||Store Systems|14|18.0|metric
K25|O-21|Stock cover in flagship stores from 61 to 66 days|increase|2026-01-01|2026-12-31|61|66|||M-305|||Store Systems|30|52.9|metric
K26|O-31|Free returns from 45 to 51 % of returns|increase|||45|51|||M-307|||Marketing Technology|30|50.6|metric
K27|O-51|Free returns from 45 to 40 % of returns|decrease|2026-07-01|2026-12-31|45|40|||M-307|||Finance Technology|30|50.6|metric
K28|O-12|Next-day share in rural areas helps the whole: 38 to 50 %|increase|2026-07-01|2026-12-31|38|50|||M-301|||Logistics Technology|30|49.5|metric
K29|O-14|Orders shipped from stores in the sale from 12 to 9 %|decrease|||12|9|||M-306||||30|17|metric
K30|O-31|Active members stay above 2.0 million|maintain_above|2026-01-01|2026-12-31||2.0|||M-304||||30|2.72|metric
K31|O-22|Till queue complaints per 1,000 visits from 6 to 4|decrease|||6|4|||||||14||none
K32|O-63|Message opt-outs|decrease|||2.1||||||||14|1.9|line
K33|O-12|Christmas slots bookable by 15 November|binary|||||||||||14||none
K34|O-13|Checkout steps from 5 to 3|decrease|||5|3|||||||30|3.5|late:46
K35|O-61|Change failure rate stays below 8 %|maintain_below||||8|||||||7|6.1|late:16
K36|O-63|Messages opened from 22 to 30 %|increase|||22|30||||||||24.6|late:61
K37|O-41|Pallets moved without paper from 20 to 80 %|increase|||20|80|||||||14|69|late:16
K38|O-61|Builds under ten minutes from 35 to 90 %|increase|||35|90|||||||7|80|late:9
K39|O-51|Staff trained in data protection from 40 to 95 %|increase|2026-01-01|2026-12-31|40|95|||||||30|88|late:36
K40|O-12|Courier no-shows from 3.0 to 1.5 %|decrease|||3.0|1.5|||||||14|2.6|young
K41|O-63|Club newsletter replies reach 400 a month|reach||||400|||||||30|310|one
K42|O-14|Sale parcels on time at 96 %|reach||||96|||||||14|94|line
"""  # noqa: E501
WILL_MISS = ["K02", "K07", "K09", "K15", "K25", "K27"]
ON_COURSE = ["K04", "K12", "K22", "K03", "K11"]  # they end just at or above the score that is needed
UNMEASURED, BARELY_MEASURED = ["K31", "K32", "K33"], ["K06", "K16", "K41"]
STALE, NEARLY_STALE = ["K20", "K34", "K35", "K36"], ["K37", "K38", "K39"]
CONFLICTS = [("K23", "K24"), ("K14", "K25"), ("K26", "K27")]
NO_CONFLICTS = [("K01", "K28"), ("K11", "K30"), ("K24", "K29")]  # same way; compatible; one has ended
TARGET_EDITED = {
    "K42": ("97", date(2026, 10, 12), "Courier strike in August")
}  # after its quarter: rewrites the past
TARGET_EDITED_IN_TIME = {
    "K21": ("700", date(2026, 8, 20), "Onboarding starts later"),
    "K12": ("62", date(2026, 8, 3), "Base data corrected"),
    "K05": ("11", date(2026, 9, 7), "Bank change in the plan"),
}

# first: its value in November 2024, middle: in January 2026
METRICS = """
metric_id|name|unit|direction|stream|first|middle|now
M-301|Orders delivered the same or next day|%|increase|C2S|33|38|49.5
M-302|Fraud losses of turnover, all channels|basis points|decrease|PAY|13.1|11.6|11.2
M-303|Mystery shopper score|points|increase|STO|44|42|38
M-304|Members active within 90 days|million|increase|LOY|1.9|2.1|2.72
M-305|Stock cover|days|decrease|SUP|64|61|52.9
M-306|Online orders shipped from stores|%|increase|C2S|9|12|18.0
M-307|Free returns of all returns|%|maintain|LOY|43|45|50.6
"""


NUMBERS = ("baseline", "target", "low", "high", "weight", "now")


@dataclass(frozen=True)
class KeyResult:
    """One key result as planted."""

    kr_id: str
    objective_id: str
    title: str
    type: str
    first: date
    last: date
    baseline: float | None
    target: float | None
    low: float | None
    high: float | None
    metric_id: str | None
    commitment: str | None
    weight: float | None
    department: str | None
    cadence: int | None
    now: float | None
    mode: str


def kr_name(code: str) -> str:
    """``K07`` in the story is ``KR-07`` in the tables."""
    return f"KR-{code[1:]}"


def objectives() -> list[Row]:
    """The rows of objectives."""
    return rows_of(OBJECTIVES)


def key_results() -> list[KeyResult]:
    """All of ``KEY_RESULTS``; an empty period is the objective's."""
    periods = {row["objective_id"]: (row["from"], row["to"]) for row in objectives()}
    found = []
    for row in rows_of(KEY_RESULTS):
        made: Row = dict(row)
        for name, day in zip(("first", "last"), periods[row["objective_id"]], strict=True):
            made[name] = date.fromisoformat(made[name] or day)
        for name in NUMBERS:
            made[name] = None if made[name] is None else float(made[name])
        made["kr_id"], made["cadence"] = kr_name(made["kr_id"]), made["cadence"] and int(made["cadence"])
        found.append(KeyResult(**made))
    return found


def key_result_row(kr: KeyResult, owner: str) -> Row:
    """The row of key_results."""
    own = {name: value for name, value in asdict(kr).items() if name not in ("now", "mode")}
    begin, end, cadence = (own.pop(name) for name in ("first", "last", "cadence"))
    return {**own, "from": begin, "to": end, "cadence_days": cadence, "owner": owner}


def checkin_rows(kr: KeyResult, rng: np.random.Generator) -> list[Row]:
    """Check-ins at the cadence up to the last one, on a straight way from baseline to the value of today."""
    if kr.mode in ("none", "metric") or kr.now is None:
        return []
    cadence = kr.cadence or 30
    ago = (
        int(kr.mode.split(":")[1])
        if kr.mode.startswith("late:")
        else int(rng.integers(2, max(3, min(cadence, 13))))
    )
    last = min(END_DAY - timedelta(days=ago), kr.last - timedelta(days=2))
    days = [last]
    while days[-1] - timedelta(days=cadence) > kr.first + timedelta(days=4) and kr.mode != "one":
        days.append(days[-1] - timedelta(days=cadence))
    days = sorted(days[:2] if kr.mode == "young" else days)
    begin = _begin(kr)
    rows = []
    for day in days:
        passed = (day - kr.first).days / max((min(END_DAY, kr.last) - kr.first).days, 1)
        value = begin + (kr.now - begin) * passed
        if kr.type == "binary":
            value = kr.now if day >= date(2026, 4, 1) else 0.0
        elif day != last and kr.type != "milestone":
            value += float(rng.normal(0, 0.012)) * abs(kr.now - begin)
        score = _score(kr, value)
        rows.append(
            {
                "kr_id": kr.kr_id,
                "at": _date_kept(day, rng),
                "value": float(f"{value:.4g}"),
                "confidence": round(float(np.clip(score + rng.normal(0.1, 0.08), 0.1, 0.95)), 1)
                if rng.random() < 0.85
                else None,
                "comment": str(rng.choice(COMMENTS)) if rng.random() < 0.4 else None,
            }
        )
    return rows


COMMENTS = (
    "Measured on closed weeks.",
    "Pilot stores only.",
    "Holiday week, fewer orders.",
    "Numbers checked with controlling.",
    "Slower than hoped; next step is the tills.",
    "New definition since July agreed.",
    "Helped by the app release.",
)


def _date_kept(day: date, rng: np.random.Generator) -> str | None:
    """A working-hours instant on that very day: staleness is counted in days."""
    return stamp(at_work(day, rng, weekend=True))


def _begin(kr: KeyResult) -> float:
    if kr.baseline is not None:
        return kr.baseline
    now = kr.now or 0.0
    usual = {
        "reach": now * (0.87 if "%" in kr.title else 0.25),
        "maintain_above": now,
        "maintain_below": now,
        "range": now * 1.05,
    }
    return usual.get(kr.type, 0.0)


def _score(kr: KeyResult, value: float) -> float:
    if kr.type in ("increase", "decrease") and kr.baseline is not None and kr.target is not None:
        return (value - kr.baseline) / (kr.target - kr.baseline)
    return value / kr.target if kr.type == "reach" and kr.target else 0.7


def metric_rows(rng: np.random.Generator) -> tuple[list[Row], list[Row]]:
    """The streams' outcome metrics that key results name, read at every month's end."""
    metrics: list[Row] = []
    seen: list[Row] = []
    turn = datetime.combine(date(2026, 1, 1), time())
    for row in rows_of(METRICS):
        metrics.append(
            {
                **{name: row[name] for name in ("metric_id", "name", "unit", "direction")},
                "kind": "outcome",
                "timing": "lagging",
                "cadence_days": 30,
                "value_stream_id": STREAMS[str(row["stream"])][0],
            }
        )
        at = observed_days(30, FIRST_DAY, END_DAY)
        knots = [datetime.combine(FIRST_DAY, time()), turn, END]
        first, middle, now = (float(row[name] or 0) for name in ("first", "middle", "now"))
        days = np.interp([t.timestamp() for t in at], [t.timestamp() for t in knots], [first, middle, now])
        spread = 0.03 * max(abs(now - middle), 0.01 * abs(now))
        values = days + rng.normal(0, spread, len(at))
        values[-1] = now
        seen += [observation(str(row["metric_id"]), t, v) for t, v in zip(at, values.tolist(), strict=True)]
    return metrics, seen
