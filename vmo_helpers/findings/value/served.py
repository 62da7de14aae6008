"""What reached people: business value beside what customers answer, and how long it took."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.rule import Rule
from vmo_helpers.results.figure import Figure, by_key
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity


def business_value(figures: list[Figure], drops: pd.DataFrame, limits: Thresholds) -> Finding:
    """ "Business value 95 % of planned, customers less content in three places".

    ``figures`` as ``value.figures``, ``drops`` as ``satisfaction.drops`` return them. Warning: under
    ``predictability_low``, or customers are less content anywhere: scored value is an opinion of the inside.
    """
    rule = Rule.by("value.business_value", limits, "predictability_low")
    found = by_key(figures)["value.business_value_delivered"]
    known = int(drops["dropped"].notna().sum())
    fell = int(drops["dropped"].fillna(False).sum())
    places = f"customers less content in {wording.small(fell)} {'place' if fell == 1 else 'places'}"
    if found.value is None:
        said = f"; {places}" if fell else ""
        return rule.unknown(f"No conclusion on business value: {found.why}{said}", str(found.why), n=0)
    content = f", {places}" if fell else ", customers no less content"
    if not known:
        few = f"under {limits.smallest_n_answers} answered in this window or in the one before"
        why = few if len(drops) else "no survey in this window and in the one before"
        content = f"; what customers feel is not known: {why}"
    under = found.value < limits.predictability_low
    return rule.finds(
        Severity.WARNING if under or fell else Severity.GOOD if known else Severity.NOTE,
        f"Business value {wording.percent(found.value)} of planned{content}",
        value=found.value,
        unit="share",
        n=found.n,
        missing=() if known else ("surveys in this window and in the one before",),
        clears_when="value is delivered as planned, and customers are as content as before"
        if under or fell
        else "",
        details={"fell": fell, "compared": known},
    )


def clocks(figures: list[Figure]) -> Finding:
    """ "3 of 7 deployed items with a behaviour metric are adopted": how many got there, with medians where
    enough did."""
    rule, found = Rule("value.clocks"), by_key(figures)
    adopted, realised = found["value.adopted_items"], found["value.realised_items"]
    if adopted.value is None and realised.value is None:
        return rule.unknown(f"No conclusion on adoption: {adopted.why}", str(adopted.why))
    parts = []
    for figure, days, verb in (
        (adopted, found["value.deployed_to_adopted_p50_days"], "adopted"),
        (realised, found["value.adopted_to_realised_p50_days"], "realised"),
    ):
        if figure.value is not None:
            half = f", half of them within {wording.days(days.value)}" if days.value is not None else ""
            deployed = verb == "adopted"
            of = "deployed item" if deployed else "adopted item"
            read = "with a behaviour metric" if deployed else "with an outcome metric"
            part = f"{wording.number(figure.value)} of {wording.counted(figure.n, of)} {read}"
            one = figure.value == 1 or figure.n == 1
            parts.append(f"{part} {'is' if one else 'are'} {verb}{half}")
    return rule.note(
        "; ".join(parts),
        value=adopted.value,
        unit="items",
        n=adopted.n,
        clears_when="each is adopted and realised",
    )
