"""Habits that keep the outside green: vanity metrics, estimates taken for success, agility in
words."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import by_number, name, number
from vmo_helpers.findings.watermelon.saying import untold
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity

_CLOCKS = {word: word for word in ("on plan", "behind", "missed", "not yet due")} | {
    "missed": "missed it",
    "not measured": "cannot be judged",
}
SIGNS = {
    "project_funding": ("project_funding_share", "{} of the money funds projects"),
    "annual_cadence": ("annual_cadence_share", "{} of the money is fixed for a year at once"),
    "large_batches": ("large_batch_items", "the median item has {} parts"),
    "approval_waits": ("approval_wait_share", "{} of all waiting is for approvals"),
    "upfront_time": ("upfront_time_share", "{} of the time passes before building begins"),
}


def vanity_metrics(portfolio: Portfolio, vanity: pd.DataFrame) -> list[Finding]:
    """ "Retire 6 vanity metrics", then each with what to look at instead. ``vanity`` as
    ``status.vanity_metrics`` returns it."""
    rule, n = Rule("watermelon.vanity_metric"), len(portfolio.metrics)
    if n == 0:
        why = "no metrics are known"
        return [untold(rule, "vanity metrics", why, "metrics")]
    return rule.listed(
        vanity,
        f"Retire {wording.counted(len(vanity), 'vanity metric')}",
        lambda row: (
            f"{name(row, 'metric', 'metric_id')} ({row['reason']}): look at "
            f"{wording.plain(row['replacement'])} instead"
        ),
        n=n,
        calm=f"None of {wording.counted(n, 'metric')} is a vanity metric",
        clears_when="the metric is retired, or an outcome stands beside it",
        table="metrics",
        key="metric_id",
    )


def fake_agility(signs: pd.DataFrame, limits: Thresholds) -> list[Finding]:
    """ "3 of 5 signs of fake agility: …", then each sign with its number; signs that nothing tells are named
    as missing. ``details`` hold the number above which each sign speaks (``sign_limits``)."""
    rule, known = Rule("watermelon.fake_agility"), signs[signs["value"].notna()]
    if known.empty:
        why = "neither budgets nor transitions tell"
        return [untold(rule, "fake agility", why, "budgets", "transitions")]
    each = [_sign(rule.name, row, limits) for _, row in known.iterrows()]
    shown = [finding for finding in each if finding.severity is Severity.WARNING]
    of = f"of {wording.counted(len(known), 'sign')} of fake agility"
    said = [finding.sentence[0].lower() + finding.sentence[1:] for finding in shown]
    first = rule.finds(
        Severity.WARNING if shown else Severity.GOOD,
        f"{wording.number(len(shown))} {of}: {wording.listed(said, most=2)}" if shown else f"None {of} shows",
        value=len(shown),
        unit="items",
        n=len(known),
        missing=tuple(
            sign.replace("_", " ") for sign in signs.loc[signs["value"].isna(), "sign"].astype(str)
        ),
        clears_when="money follows value streams in short cycles, batches shrink, approvals cost days "
        "instead of months",
        details={"subjects": [finding.subject for finding in shown], "sign_limits": sign_limits(limits)},
    )
    return [first, *each]


def sign_limits(limits: Thresholds) -> dict[str, float]:
    """Sign of fake agility → the number above which it speaks."""
    return {sign: float(getattr(limits, field)) for sign, (field, _) in SIGNS.items()}


def estimate_accuracy(accuracy: pd.DataFrame, limits: Thresholds, level: str = "item") -> Finding:
    """ "Estimate accuracy: the median epic came 33 days late at 93 % of its first budget": the iron triangle,
    never called success."""
    rule, n = Rule("watermelon.estimate_accuracy"), len(accuracy)
    if n < limits.smallest_n_percentile:
        why = f"{wording.counted(n, f'delivered {level}')}"
        return untold(rule, "estimate accuracy", why, "delivered items with a plan", n=n)
    late, cost, scope = (
        number(accuracy[name].median()) for name in ("days_late", "cost_ratio", "scope_ratio")
    )
    parts = []
    if late is not None:
        parts.append(f"{wording.days(abs(late))} {'late' if late > 0 else 'early'}" if late else "on time")
    if cost is not None:
        parts.append(f"at {wording.percent(cost)} of its first budget")
    if scope is not None:
        parts.append(f"with {wording.percent(scope)} of its scope")
    return rule.note(
        f"Estimate accuracy: the median {level} came {' '.join(parts)}",
        value=cost,
        unit="share",
        n=n,
        rows=accuracy,
        clears_when="never: how well it was estimated says nothing of what it is worth",
        details={"days_late": late, "cost_ratio": cost, "scope_ratio": scope},
    )


def three_clocks(clocks: pd.DataFrame, limits: Thresholds, level: str = "item") -> Finding:
    """ "57 epics are deployed: 9 of 20 whose outcome was read realised it; 14 of 30 whose use was read are
    adopted"; ``clocks`` as ``outcomes.three_clocks`` returns them. Where neither
    was read since deployment: unknown, not none."""
    rule, deployed = Rule("watermelon.three_clocks"), clocks[clocks["deployed_at"].notna()]
    if deployed.empty:
        why = f"no {level} is deployed"
        return untold(rule, "adoption", why, "delivered_at, or transitions to a done state")
    adopted, realised = (int(deployed[name].notna().sum()) for name in ("adopted_at", "realised_at"))
    used, tested = (int(deployed[name].sum()) for name in ("adoption_known", "realisation_known"))
    if not used and not tested:
        why = f"no metric of {wording.counted(len(deployed), f'deployed {level}')} was read since"
        return untold(rule, "adoption", why, "observations after deployment", n=len(deployed))
    count = deployed.loc[deployed["realisation_known"], "realisation"].value_counts()
    half = number(deployed["realisation_days"].median()) if realised >= limits.smallest_n_percentile else None
    took = "" if half is None else f", half of them within {wording.days(half)}"
    said = [
        f"{n} {verb}" if verb != word else f"{n} {by_number(n, 'is', 'are')} {verb}"
        for word, verb in _CLOCKS.items()
        if (n := int(count.get(word, 0)))
    ]
    rest = f", {wording.listed(said, most=len(said))}" if said else ""
    outcome = f"{realised or 'none'} of {tested} whose outcome was read realised it{took}{rest}"
    use = f"{adopted or 'none'} of {used} whose use was read {by_number(adopted, 'is', 'are')} adopted"
    verb = by_number(len(deployed), "is", "are")
    return rule.note(
        f"{wording.counted(len(deployed), level)} {verb} deployed: "
        + "; ".join(said for n, said in ((tested, outcome), (used, use)) if n),
        value=realised / tested if tested else None,
        unit="share",
        n=tested,
        rows=deployed,
        clears_when="each reaches its target, and stays there",
        details={"adopted": adopted, "realised": realised, "realisation_days": half},
    )


def _sign(rule: str, row: pd.Series, limits: Thresholds) -> Finding:
    sign = str(row["sign"])
    (field, words), limit = SIGNS[sign], sign_limits(limits)[sign]
    sentence = words.format(wording.quantity(row["value"], str(row["unit"])))
    return Rule(rule, limit, field).finds(
        Severity.WARNING if row["value"] > limit else Severity.GOOD,
        wording.sentence(sentence),
        subject=sign,
        value=row["value"],
        unit=str(row["unit"]),
        n=row["n"],
    )
