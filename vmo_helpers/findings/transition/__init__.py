"""Judgement on the move from PMO to VMO: the weakest axis, the rebadge check, which office is needed."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import by_number
from vmo_helpers.lazy import says_what_it_expects
from vmo_helpers.measures import transition
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Office, Severity

__all__ = [
    "before_after",
    "card",
    "compared",
    "flags",
    "needs",
    "over_reviews",
    "rebadged",
    "stands",
    "weakest_axis",
]

_WORDS = {
    "governance": "Enablement instead of governance",
    "tracking": "Outcome tracking",
    "optimisation": "Value optimisation",
    "impact": "Impact",
}
REBADGED_AXES = 3


def weakest_axis(axes: pd.DataFrame, limits: Thresholds) -> Finding:
    """ "Outcome tracking is the weakest of the four axes, at 34 %; impact comes next, at 45 %".

    ``axes`` as ``transition.axes`` returns it. They are never averaged. The next is named: it may be near.
    Warning: the weakest is at ``transition_axis_low`` or under it.
    """
    rule = Rule.by("transition.weakest_axis", limits, "transition_axis_low")
    known = axes[axes["value"].notna()]
    if known.empty:
        why = "nothing tells of any axis, nor does [assessment] of portfolio.toml"
        return rule.unknown(f"No conclusion on the move to a VMO: {why}", "[assessment]")
    ordered = known.sort_values("value", kind="stable")
    low = ordered.iloc[0]
    of = (
        "the four axes" if len(known) == len(axes) else f"the {wording.small(len(known))} axes that are known"
    )
    assessed = ", as assessed" if low["basis"] == transition.ASSESSED else ""
    under = low["value"] <= limits.transition_axis_low
    which = "the one axis that is known" if len(known) == 1 else f"the weakest of {of}"
    said = f"{_WORDS[low['axis']]} is {which}, at {wording.percent(low['value'])}{assessed}"
    if len(ordered) > 1:
        second = ordered.iloc[1]
        said += f"; {_inside(second['axis'])} comes next, at {wording.percent(second['value'])}"
    return rule.finds(
        Severity.WARNING if under else Severity.NOTE,
        said,
        value=low["value"],
        unit="share",
        n=len(known),
        clears_when=f"it is over {wording.percent(limits.transition_axis_low)}" if under else "",
        details={"axis": str(low["axis"])},
    )


def over_reviews(axes: pd.DataFrame, limits: Thresholds) -> Finding:
    """ "Impact fell from 81 % in April 2026 to 45 %": each axis that moved, the furthest first.

    ``axes`` as ``transition.over_reviews`` returns it. An axis moved where its newest review and its oldest
    lie ``transition_axis_move`` or more apart. Warning: one fell so.
    """
    rule = Rule.by("transition.over_reviews", limits, "transition_axis_move")
    known = axes[axes["since"].notna()]
    if known.empty:
        why = "no earlier review on the shelf tells of them"
        return rule.unknown(f"No conclusion on where the four axes are heading: {why}", "earlier reviews")
    now = known.drop_duplicates("axis", keep="last")
    now = now.assign(oldest=known.drop_duplicates("axis")["day"].to_numpy())
    change = (now["value"] - now["since"]).round(9)
    moved = now[change.abs().ge(limits.transition_axis_move)]
    moved = moved.loc[change[moved.index].abs().sort_values(ascending=False, kind="stable").index]
    fell = bool(moved["value"].lt(moved["since"]).any())
    said = [
        f"{_inside(row['axis'])} {'rose' if row['value'] > row['since'] else 'fell'} from "
        f"{wording.percent(row['since'])} in {wording.month(row['oldest'])} to "
        f"{wording.percent(row['value'])}"
        for row in moved.to_dict("records")
    ]
    step = wording.percent(limits.transition_axis_move).replace("%", "points")
    still = f"none of {wording.small(len(now))} {by_number(len(now), 'axis', 'axes')} moved by {step}"
    return rule.finds(
        Severity.WARNING if fell else Severity.NOTE,
        wording.sentence(
            "; ".join(said) or f"{still} in {wording.counted(known['day'].nunique(), 'review')}"
        ),
        value=len(moved),
        n=len(now),
        clears_when=f"no axis is {step} lower than in the oldest review" if fell else "",
        details={"axes": sorted(moved["axis"])},
    )


def _inside(axis: object) -> str:
    """The axis's words within a sentence."""
    words = _WORDS[str(axis)]
    return words[0].lower() + words[1:]


def rebadged(
    portfolio: Portfolio, axes: pd.DataFrame, signs: pd.DataFrame, read: float, limits: Thresholds
) -> Finding:
    """ "The office calls itself a VMO, and three of four axes are those of a PMO".

    ``signs`` as ``status.fake_agility``; ``read``: the share of metrics read in the window that are of
    outcome or behaviour (``transition.outcome_metrics_read``). Alarm: it calls itself so, and three axes are
    at ``transition_axis_low`` or under, or projects get over half of the money and no such metric was read.
    """
    rule = Rule.by("transition.rebadged", limits, "transition_axis_low")
    office = portfolio.settings.office
    if office is None:
        why = "portfolio.toml does not say what the office calls itself"
        return rule.unknown(f"No conclusion on the office's name: {why}", "[portfolio] office")
    if office != Office.VMO:
        return rule.note("The office calls itself a PMO: there is no new name to hold it to", n=0)
    is_low = axes["value"].le(limits.transition_axis_low)
    low = int(is_low.sum())
    assessed = int((is_low & axes["basis"].eq(transition.ASSESSED)).sum())
    known = int(axes["value"].notna().sum())
    projects = signs.loc[signs["sign"].eq("project_funding"), "value"]
    by_project = len(projects) > 0 and float(projects.iloc[0]) > limits.transition_axis_low
    blind = pd.isna(read) or read == 0
    if low >= REBADGED_AXES or (by_project and blind):
        why = (
            f"{wording.small(low)} of {wording.small(len(axes))} axes are those of a PMO"
            + (f", {wording.small(assessed)} of them as assessed" if assessed else "")
            if low >= REBADGED_AXES
            else "projects get over half of the money, and no metric of outcome or behaviour was read"
        )
        return rule.alarm(
            f"The office calls itself a VMO, and {why}",
            value=low,
            n=known,
            clears_when="fewer than three axes are low, and outcomes are read",
        )
    if known < REBADGED_AXES:
        why = f"{wording.counted(known, 'axis', 'axes')} known"
        return rule.unknown(
            f"No conclusion on whether the VMO is one: {why}", "evidence for three axes", n=known
        )
    return rule.finds(
        Severity.NOTE if low else Severity.GOOD,
        f"The office calls itself a VMO, and {wording.small(known - low)} of {wording.small(known)} axes "
        "bear it out",
        value=low,
        n=known,
    )


def needs(portfolio: Portfolio) -> Finding:
    """ "This portfolio needs both, by its own assessment": from ``[assessment]`` alone."""
    rule = Rule("transition.needs")
    answer, told = transition.needs(portfolio.settings)
    if not answer:
        return rule.unknown(f"No conclusion on PMO, VMO or both: {told}", told)
    return rule.note(f"This portfolio needs {answer}, by its own assessment ({told})", n=1)


def before_after(moved: pd.DataFrame, timezone: str = "UTC") -> Finding:
    """ "Since the move 2 of 3 measures are better": ``moved`` as ``transition.before_after`` returns it."""
    rule = Rule("transition.before_after")
    known = moved[moved["change"].notna()]
    if known.empty:
        why = "portfolio.toml does not say vmo_since" if moved.empty else "too little is known on either side"
        return rule.unknown(f"No comparison of before and after the move: {why}", "[portfolio] vmo_since")
    better = known["change"].where(known["unit"].eq("share"), -known["change"]).gt(0)
    return rule.note(
        f"Since the move {wording.number(int(better.sum()))} of {wording.counted(len(known), 'measure')} "
        f"{'is' if better.sum() == 1 else 'are'} better: a comparison, no proof of a cause",
        value=float(better.sum()),
        n=len(known),
        clears_when="never: it compares",
    )


def stands(axes: pd.DataFrame) -> pd.DataFrame:
    """The four axes as a reader wants them: axis, stands_at, basis, rests_on (each input with its share) and
    missing. ``axes`` as ``transition.axes`` returns it."""
    inputs = [
        "; ".join(
            f"{what} {wording.percent(row[name])}"
            for name in ("first", "second")
            if wording.known(row[name]) and (what := row[f"{name}_is"])
        )
        for row in axes.to_dict("records")
    ]
    return pd.DataFrame(
        {
            "axis": axes["title"],
            "stands_at": _shares(axes["value"]),
            "basis": axes["basis"],
            "rests_on": pd.Series(inputs, index=axes.index, dtype="str").replace("", None),
            "missing": axes["missing"],
        }
    )


def compared(moved: pd.DataFrame) -> pd.DataFrame:
    """Before and after the move as a reader wants it: measure, before and after with their unit, n_before,
    n_after and why. ``moved`` as ``transition.before_after`` returns it."""
    shares = moved["unit"].eq("share")
    said = {
        name: _shares(moved[name]).where(shares, moved[name].map(wording.days, na_action="ignore"))
        for name in ("before", "after")
    }
    return moved[["measure", "n_before", "n_after", "why"]].assign(**said)[
        ["measure", "before", "after", "n_before", "n_after", "why"]
    ]


def _shares(values: pd.Series) -> pd.Series:
    return values.astype("float64").map(wording.percent, na_action="ignore").astype("str")


def flags(figures: pd.DataFrame, limits: Thresholds) -> Finding:
    """ "5 of 6 flags to the board were confirmed, 1 was wrong; 2 are open".

    ``figures``: a row a figure (key, value, n), those of ``transition.scorecard`` among them. Warning: a
    larger share was wrong than ``board_false_discovery_rate`` allows.
    """
    rule = Rule.by("transition.flags", limits, "board_false_discovery_rate")
    asked = figures["key"].str.startswith("vmo.flags_").any()
    known = {row["key"]: row for row in figures.dropna(subset=["value"]).to_dict("records")}
    confirmed, wrong, left = (known.get(f"vmo.flags_{word}") for word in transition.FlagState)
    if left is None:
        why = (
            "no earlier review on the shelf told of any item" if asked else "no deck of this review has them"
        )
        return rule.unknown(f"No conclusion on past flags: {why}", "a shelf of earlier reviews")
    still = int(left["value"])
    later = f"; {still} {by_number(still, 'is', 'are')} open" if still else ""
    if confirmed is None or wrong is None:
        settled = int(left["n"]) - still
        few = f"{settled} {by_number(settled, 'is', 'are')} settled, {transition.FEWEST_SETTLED} are needed"
        return rule.unknown(
            f"No conclusion on past flags: {few}{later}",
            "reviews of later days",
            n=settled,
            clears_when="more of them are settled",
        )
    n, right, bad = int(wrong["n"]), int(confirmed["value"]), int(wrong["value"])
    loud = bad / n > limits.board_false_discovery_rate
    return rule.finds(
        Severity.WARNING if loud else Severity.NOTE,
        f"{right} of {wording.counted(n, 'flag')} to the board {by_number(right, 'was', 'were')} confirmed, "
        f"{bad or 'none'} {by_number(bad, 'was', 'were')} wrong{later}",
        value=bad / n,
        unit="share",
        n=n,
        clears_when=f"at most {wording.percent(limits.board_false_discovery_rate)} are wrong" if loud else "",
    )


def card(scorecard: pd.DataFrame, currency: str = "") -> pd.DataFrame:
    """The card as a reader wants it, a row a line: what, now, rests_on, and how it is counted.

    ``scorecard`` as ``transition.scorecard`` returns it.
    """
    known = scorecard["value"].notna()
    rows = scorecard.to_dict("records")
    return pd.DataFrame(
        {
            "what": scorecard["title"],
            "now": [wording.quantity(row["value"], row["unit"], currency) for row in rows],
            "rests_on": scorecard["n"],
            "counted": scorecard["definition"].where(known, scorecard["why"]),
        }
    )


says_what_it_expects(__name__)
