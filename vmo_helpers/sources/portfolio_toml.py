"""``portfolio.toml``: what a portfolio says of itself; every problem of it in one go."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from vmo_helpers.contract.problems import Problem, did_you_mean, printable, quoted
from vmo_helpers.portfolio import Note, Settings
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import PORTFOLIO_FILE, Horizon, Office, WorkType

FILE = PORTFOLIO_FILE
SECTIONS = ("portfolio", "calendar", "thresholds", "value_framework", "guardrails", "assessment")
PORTFOLIO = ("name", "currency", "timezone", "review_level")
OFFICE = ("office", "vmo_since")
WORK_TYPE = "work_type"
CALENDAR = ("working_days", "holidays")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ASSESSMENT = (
    "pm_maturity",
    "primary_objective",
    "authority",
    "strategic_alignment",
    "governance",
    "tracking",
    "control",
    "impact",
)


@dataclass(frozen=True)
class Stated:
    """Settings as far as they could be read. ``level``: the file names the review level, so that it must be
    there."""

    settings: Settings
    level: bool = False
    problems: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()
    files: tuple[Mapping[str, Any], ...] = ()


def read(path: Path | None, name: str) -> Stated:
    """The settings in a file; without one the source's name, UTC and the only level present, as a note
    says."""
    if path is None:
        sentence = (
            f"there is no {FILE}: name {name}, time zone UTC, currency EUR and the only level "
            "present were assumed"
        )
        return Stated(Settings(name=name), notes=(Note("assumed", FILE, sentence),))
    if path.exists() and not path.is_file():
        what = "is no regular file: expected one that holds the portfolio's settings"
        return Stated(Settings(name=name), problems=(Problem(FILE, what, source=path.name),))
    try:
        data = path.read_bytes()
        content = tomllib.loads(data.decode("utf-8-sig"))
    except OSError as error:
        return Stated(
            Settings(name=name),
            problems=(Problem(FILE, f"cannot be read: {error.strerror or error}", source=path.name),),
        )
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return Stated(
            Settings(name=name), problems=(Problem(FILE, f"is no TOML: {error}", source=path.name),)
        )
    digest = {"name": path.name, "sha256": hashlib.sha256(data).hexdigest(), "rows": None}
    return replace(of(content, name, path.name), files=(digest,))


def of(content: Mapping[str, Any], name: str, source: str = FILE) -> Stated:
    """The settings in parsed TOML."""
    complaints = _Complaints(source)
    complaints.unknown("section", content, SECTIONS)
    part = {section: complaints.section(content, section) for section in SECTIONS}
    settings = _calendar(
        _portfolio(Settings(name=name), part["portfolio"], complaints), part["calendar"], complaints
    )
    by_type = complaints.section(part["guardrails"], WORK_TYPE, "guardrails.")
    by_horizon = {key: value for key, value in part["guardrails"].items() if key != WORK_TYPE}
    settings = replace(
        settings,
        thresholds=_thresholds(part["thresholds"], complaints),
        value_framework=_framework(part["value_framework"], complaints),
        guardrails=_split(by_horizon, "guardrails", tuple(str(h) for h in Horizon), complaints),
        work_type_guardrails=_split(
            by_type, f"guardrails.{WORK_TYPE}", tuple(str(w) for w in WorkType), complaints
        ),
        assessment=_bounded(part["assessment"], "assessment", ASSESSMENT, 1.0, 5.0, complaints),
    )
    absent = [key for key in PORTFOLIO if key not in part["portfolio"]]
    notes = (
        (Note("assumed", FILE, f"{source} does not say {', '.join(absent)}: the usual was assumed"),)
        if absent
        else ()
    )
    return Stated(settings, "review_level" in part["portfolio"], tuple(complaints.problems), notes)


class _Complaints:
    def __init__(self, source: str) -> None:
        self.source = source
        self.problems: list[Problem] = []

    def __call__(self, key: str, what: str) -> None:
        self.problems.append(Problem(FILE, f"{key}: {what}", source=self.source))

    def section(self, content: Mapping[str, Any], name: str, within: str = "") -> Mapping[str, Any]:
        found = content.get(name, {})
        if isinstance(found, Mapping):
            return found
        self(name, f"expected a section [{within}{name}], not {quoted(str(found))}")
        return {}

    def unknown(self, what: str, found: Mapping[str, Any], known: tuple[str, ...], section: str = "") -> None:
        for key in found:
            if key not in known:
                hint = did_you_mean(key, known) or f"known are {', '.join(known)}"
                self(f"[{section}] {key}" if section else key, f"this {what} is not known; {hint}")


def _portfolio(settings: Settings, part: Mapping[str, Any], complain: _Complaints) -> Settings:
    complain.unknown("name", part, (*PORTFOLIO, *OFFICE), "portfolio")
    values: dict[str, str] = _office(part, complain)
    for key in PORTFOLIO:
        if key not in part:
            continue
        value = part[key]
        if not isinstance(value, str) or not value.strip():
            complain(f"[portfolio] {key}", f"expected a text, not {quoted(str(value))}")
        elif key == "timezone" and not known_timezone(value):
            complain(
                "[portfolio] timezone",
                f"{quoted(value)} is no time zone; expected a name such as Europe/Berlin",
            )
        else:
            values[key] = printable(" ".join(value.split()))
    return replace(settings, **values)  # type: ignore[arg-type]


def _office(part: Mapping[str, Any], complain: _Complaints) -> dict[str, str]:
    """What the office calls itself, and since when it has been a VMO."""
    values = {}
    if "office" in part:
        said = str(part["office"]).strip().lower()
        if said in set(Office):
            values["office"] = said
        else:
            complain("[portfolio] office", f"expected {' or '.join(Office)}, not {quoted(said)}")
    if "vmo_since" in part:
        day = _day(part["vmo_since"])
        if day:
            values["vmo_since"] = day
        else:
            no_day = f"{quoted(str(part['vmo_since']))} is no day; expected one such as 2026-01-01"
            complain("[portfolio] vmo_since", no_day)
    return values


def known_timezone(name: str) -> bool:
    """True for a name of the IANA time-zone database."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _calendar(settings: Settings, part: Mapping[str, Any], complain: _Complaints) -> Settings:
    if not part:
        return settings
    complain.unknown("name", part, CALENDAR, "calendar")
    return replace(settings, working_days=_working_days(part, complain), holidays=_holidays(part, complain))


def _working_days(part: Mapping[str, Any], complain: _Complaints) -> tuple[int, ...]:
    stated = part.get("working_days", list(WEEKDAYS[:5]))
    words = [str(word).strip().lower()[:3] for word in stated] if isinstance(stated, list) else []
    if not words or any(word not in WEEKDAYS for word in words):
        complain(
            "[calendar] working_days", f"expected a list of {', '.join(WEEKDAYS)}, not {quoted(str(stated))}"
        )
        return ()
    return tuple(sorted({WEEKDAYS.index(word) for word in words}))


def _holidays(part: Mapping[str, Any], complain: _Complaints) -> tuple[str, ...]:
    stated = part.get("holidays", [])
    days: set[str] = set()
    for day in stated if isinstance(stated, list) else [stated]:
        if known := _day(day):
            days.add(known)
        else:
            no_day = f"{quoted(str(day).strip())} is no day; expected one such as 2026-12-25"
            complain("[calendar] holidays", no_day)
    return tuple(sorted(days))


def _day(stated: object) -> str | None:
    """A day of TOML, or a text that is one, as ISO 8601; None for anything else."""
    text = stated.isoformat()[:10] if isinstance(stated, date | datetime) else str(stated).strip()
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _number(value: object) -> float | None:
    try:
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    except OverflowError:  # TOML has whole numbers of any length
        return None


def _thresholds(part: Mapping[str, Any], complain: _Complaints) -> dict[str, float]:
    known = tuple(Thresholds().as_dict())
    complain.unknown("threshold", part, known, "thresholds")
    values: dict[str, float] = {}
    for key, value in part.items():
        if key not in known:
            continue
        number = _number(value)
        if number is None:
            complain(f"[thresholds] {key}", f"expected a number, not {quoted(str(value))}")
        elif wrong := Thresholds.wrong(key, number):
            complain(f"[thresholds] {key}", f"expected {wrong}")
        else:
            values[key] = value
    return values


def _framework(part: Mapping[str, Any], complain: _Complaints) -> dict[str, Any]:
    for key, value in part.items():
        number = _number(value)
        if key == "version":
            if not isinstance(value, str):
                complain("[value_framework] version", f"expected a text, not {quoted(str(value))}")
        elif number is None or number < 0:
            complain(f"[value_framework] {key}", f"expected a weight of 0 or more, not {quoted(str(value))}")
    return dict(part)


def _split(
    part: Mapping[str, Any], section: str, known: tuple[str, ...], complain: _Complaints
) -> dict[str, float]:
    """Shares of one whole: each from 0 to 1, and not over 1 together."""
    values = _bounded(part, section, known, 0.0, 1.0, complain)
    if sum(values.values()) > 1 + 1e-9:
        complain(f"[{section}]", f"the shares add up to {sum(values.values()):.4g}: expected 1 at the most")
    return values


def _bounded(
    part: Mapping[str, Any],
    section: str,
    known: tuple[str, ...],
    low: float,
    high: float,
    complain: _Complaints,
) -> dict[str, float]:
    complain.unknown("name", part, known, section)
    values: dict[str, float] = {}
    for key, value in part.items():
        number = _number(value)
        if number is None or not low <= number <= high:
            complain(
                f"[{section}] {key}", f"expected a number from {low:g} to {high:g}, not {quoted(str(value))}"
            )
        else:
            values[key] = number
    return values
