"""What sheets of budgets and benefits say in their headers beside what a column is: of which year an amount
is, whether it comes every year, and from when on."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vmo_helpers.contract.words import words_of

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_YEARLY = re.compile(
    r"(?<!\w)(?:p\.?\s?a\.?|per annum|pro jahr|per year|annual(?:ly)?|yearly|jährlich|par an"
    r"|annuel(?:le)?|anual|al año)(?!\w)",
    re.IGNORECASE,
)
_ONCE = re.compile(r"(?<!\w)(?:one[- ]?off|one[- ]?time|einmalig|ponctuel|único)(?!\w)", re.IGNORECASE)
_ACTUAL = re.compile(r"actual|realis|(?<!\w)ist(?!\w)|ytd", re.IGNORECASE)
_PLANNED = {"plan", "planned", "benefit", "value", "amount", "target", "expected", "forecast"} | {
    *("saving", "savings", "einsparung", "ertrag", "net", "business")
}
_BUDGET = {"budget", "plan", "planned", "amount", "cost", "approved", "total", "funding"}
_STARTS = {
    "start",
    "start date",
    "benefit start",
    "benefit start date",
    "start benefit",
    "realisation start",
} | {*("benefit from", "benefit ab", "effective from", "wirksam ab")}


def of_a_year(names: Sequence[str]) -> tuple[str, str] | None:
    """The one header that is an amount of a year, with the year: "Budget 2026 (T€)". None where none is, or
    where several are, such as a budget and what of it is spent."""
    words = {name: {*words_of(_YEAR.sub(" ", name))} for name in names if _YEAR.search(name)}
    found = [name for name, said in words.items() if said and said <= _BUDGET]
    year = _YEAR.search(found[0]) if len(found) == 1 else None
    return (found[0], year[1]) if year else None


def planned(names: Sequence[str]) -> tuple[str, str] | None:
    """The header of what is planned of a benefit, and whether it comes ``yearly`` or ``one_off``, where one
    says that: "Plan p.a.". A yearly one comes first."""
    for said, basis in ((_YEARLY, "yearly"), (_ONCE, "one_off")):
        for name in names:
            rest = {*words_of(said.sub(" ", name))}
            if said.search(name) and not _ACTUAL.search(name) and rest <= _PLANNED:
                return name, basis
    return None


def begins(names: Sequence[str]) -> str | None:
    """The header of the day from which on a benefit is there: "Start", "Benefit from", "Wirksam ab"."""
    return next((name for name in names if " ".join(words_of(name)) in _STARTS), None)
