"""Were benefits realised: against today's plan and the first, which fell short, which nobody measures."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import by_number, quoted
from vmo_helpers.measures import value
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import BenefitState, Severity

_LIFE = {
    BenefitState.PROJECTED: "projected",
    BenefitState.AWAITED: "awaited",
    BenefitState.REALISING: "realising",
    BenefitState.SUSTAINED: "sustained",
    BenefitState.ENDED: "ended",
    BenefitState.NOT_MEASURED: "not measured",
    BenefitState.UNKNOWN: "without a plan",
}


def realisation(benefits: pd.DataFrame, limits: Thresholds, currency: str = "") -> Finding:
    """ "EUR 8.5 M of 20.0 M planned by now was realised; five benefits are not measured".

    ``benefits`` as ``value.benefits`` returns it. Warning: under ``benefit_realisation_alarm``; alarm: also
    if all that is not measured were on plan. ``details`` hold the share of the first plan.
    """
    rule = Rule.by("value.realisation", limits, "benefit_realisation_alarm")
    found, first = value.realisation(benefits), value.realisation(benefits, value.FIRST)
    why = value.why_unknown(benefits)
    if why:
        wanted = (
            "realisations of the benefits that are due"
            if benefits["due_a_value"].any()
            else ("benefits with a planned value, a lag and a due day")
        )
        return rule.unknown(f"No conclusion on realised benefits: {why}", wanted, n=len(benefits))
    line, planned = limits.benefit_realisation_alarm, wording.money(found.planned, currency)
    sentence = (
        f"{wording.money(found.realised, currency)} of {planned.removeprefix(currency).strip()} "
        "planned by now was realised"
    )
    if found.unmeasured:
        are = by_number(found.unmeasured, "benefit is", "benefits are")
        sentence += f"; {wording.small(found.unmeasured)} {are} not measured"
    under, surely = found.value < line, found.high < line
    severity = Severity.ALARM if surely and under else Severity.WARNING if under else Severity.GOOD
    if severity is Severity.GOOD and found.low < line:
        severity = Severity.NOTE
    return rule.finds(
        severity,
        sentence,
        value=found.value,
        unit="share",
        n=found.measured,
        rows=benefits[benefits["due_a_value"]],
        table="benefits",
        money=max(0.0, found.planned - found.realised),
        clears_when=f"at least {wording.percent(line)} of what is planned by then is realised"
        if under
        else "",
        details={
            "first_plan": None if pd.isna(first.value) else first.value,
            "low": found.low,
            "high": found.high,
        },
    )


def shortfalls(benefits: pd.DataFrame, limits: Thresholds, currency: str = "") -> list[Finding]:
    """ "9 of 20 benefits due in full brought under half of their money", then each, dearest first.

    Where a plan was changed and nobody decided that, the first one counts.
    """
    rule = Rule.by("value.benefit_shortfall", limits, "benefit_shortfall_share")
    first = benefits["unagreed"] & benefits["first_planned_share"].ge(1)
    full = benefits["planned_share"].ge(1) | first
    due = benefits[benefits["due_a_value"] & benefits["measured"] & full]
    if due.empty:
        why = "no measured benefit is due in full"
        return [rule.unknown(f"No conclusion on shortfalls: {why}", "realisations of benefits that are due")]
    plan = due[value.FIRST].where(first, due["planned_to_date"])
    short = due.assign(plan=plan, got=due["realised"] / plan, money=plan - due["realised"])
    short = short[short["got"].lt(limits.benefit_shortfall_share)].sort_values(
        ["money", "benefit_id"], ascending=[False, True], kind="stable"
    )
    line = wording.percent(limits.benefit_shortfall_share)
    counted = wording.counted(len(due), "benefit")
    return rule.listed(
        short,
        f"{wording.number(len(short))} of {counted} due in full brought under {line} of their money",
        lambda row: (
            f"{quoted(row['title'])} realised {wording.money(row['realised'], currency)} of "
            f"{wording.money(row['plan'], currency)} that is due in full"
        ),
        calm=f"Each of {counted} due in full brought at least {line} of its money",
        key="benefit_id",
        value="got",
        unit="share",
        table="benefits",
        n=len(due),
        clears_when=f"at least {line} of its money is realised",
    )


def vanished_shortfalls(benefits: pd.DataFrame, limits: Thresholds, currency: str = "") -> list[Finding]:
    """ "2 shortfalls vanished when the plan was changed", then each: on today's plan, short of the first."""
    rule = Rule.by("value.vanished_shortfall", limits, "benefit_realisation_alarm")
    seen = benefits[benefits["measured"] & benefits["due_a_value"] & benefits[value.FIRST].gt(0)]
    if seen.empty:
        why, lacks = "no benefit that is due is measured", "realisations of benefits that are due"
        return [rule.unknown(f"No conclusion on plans that moved: {why}", lacks)]
    if not seen["replanned"].any():
        why = "no change of the plan of a measured benefit is on record"
        return [
            rule.unknown(f"No conclusion on plans that moved: {why}", "plan_changes of benefits", n=len(seen))
        ]
    line = limits.benefit_realisation_alarm
    on_today, on_first = (seen["realised"].ge(line * seen[one]) for one in ("planned_to_date", value.FIRST))
    moved = seen[seen["replanned"] & on_today & ~on_first]
    moved = moved.assign(money=moved[value.FIRST] - moved["realised"])
    return rule.listed(
        moved,
        f"{wording.counted(len(moved), 'shortfall')} vanished when a plan was changed",
        lambda row: (
            f"{quoted(row['title'])} is on today's plan, and short of its first: "
            f"{wording.money(row['realised'], currency)} of {wording.money(row[value.FIRST], currency)}"
        ),
        calm=f"No shortfall of {wording.counted(len(seen), 'benefit')} vanished with a change of its plan",
        key="benefit_id",
        table="benefits",
        n=len(seen),
        clears_when="the first plan is met",
    )


def not_measured(benefits: pd.DataFrame) -> list[Finding]:
    """ "5 benefits are due a value that nobody measured", then each: unknown, and never nothing."""
    rule = Rule("value.not_measured")
    due = benefits[benefits["due_a_value"]]
    if due.empty:
        return [
            rule.unknown(
                "No benefit is due a value yet", value.why_unknown(benefits) or "benefits that are due"
            )
        ]
    found = due[~due["measured"]].sort_values("planned_to_date", ascending=False, kind="stable")
    found = found.assign(money=found["planned_to_date"])
    count = wording.counted(len(found), "benefit")
    told = rule.listed(
        found,
        f"{count} {by_number(len(found), 'is', 'are')} due a value that nobody measured",
        lambda row: f"{quoted(row['title'])}: nothing realised is on record for {row['benefit_id']}",
        calm=f"No benefit that is due a value goes unmeasured ({wording.counted(len(due), 'benefit')})",
        severity=Severity.UNKNOWN,
        one=Severity.UNKNOWN,
        key="benefit_id",
        table="benefits",
        n=len(due),
        clears_when="what was realised is entered in the table realisations, 0 included",
    )
    lacks = ("realisations of benefits that are due",)
    return [replace(one, missing=lacks) if one.severity is Severity.UNKNOWN else one for one in told]


def claimed_twice(claims: pd.DataFrame, benefits: pd.DataFrame, currency: str = "") -> list[Finding]:
    """ "2 metrics are claimed by more than all of their way", then each.

    ``claims`` as ``value.claimed_twice`` returns them.
    """
    spans = benefits[benefits["effect_at"].notna() & benefits["ends_on"].notna()]
    rule, n = Rule("value.claimed_twice"), int(spans["metric_id"].nunique())
    if not n:
        why = "no benefit has a metric, a lag and a due day"
        return [rule.unknown(f"No conclusion on claims: {why}", "benefits with a metric and a plan")]
    found = claims.assign(money=claims["planned_value"])
    rows = {one: benefits[benefits["benefit_id"].isin(one.split("; "))] for one in found["benefits"]}
    if found.empty:
        return [rule.good(f"No metric is claimed twice ({wording.counted(n, 'metric')})", value=0, n=n)]
    count = wording.counted(len(found), "metric")
    return [
        rule.warning(
            f"{count} {by_number(len(found), 'is', 'are')} claimed by benefits for more than all of "
            f"{by_number(len(found), 'its', 'their')} way",
            value=len(found),
            n=n,
            rows=pd.concat(rows.values()),
            table="benefits",
            money=float(found["money"].sum()),
            clears_when="the shares of benefits on one metric add up to 1 at the most",
        ),
        *(
            rule.warning(
                f"{wording.plain(row['benefits'])} claim {wording.percent(row['claimed'])} of one metric "
                f"together, {wording.money(row['money'], currency)}",
                subject=row["metric_id"],
                value=row["claimed"],
                unit="share",
                n=1,
                rows=rows[row["benefits"]],
                table="benefits",
                money=row["money"],
                clears_when="their shares add up to 1 at the most",
            )
            for _, row in found.iterrows()
        ),
    ]


def disbenefits(benefits: pd.DataFrame, currency: str = "") -> Finding:
    """ "1 disbenefit is planned, EUR −0.2 M realised so far": beside the benefits, never netted."""
    rule, against = Rule("value.disbenefits"), benefits[benefits["planned_value"].lt(0)]
    if not benefits["planned_value"].notna().any():
        why = "no benefit has a planned value"
        return rule.unknown(f"No conclusion on disbenefits: {why}", "benefits with a planned value")
    if against.empty:
        return rule.note("No disbenefit is planned: nobody has written down what gets worse", n=0)
    came = against["realised"].sum(min_count=1)
    so_far = (
        "nothing realised on record" if pd.isna(came) else f"{wording.money(came, currency)} realised so far"
    )
    are = by_number(len(against), "is", "are")
    return rule.note(
        f"{wording.counted(len(against), 'disbenefit')} {are} planned, {so_far}",
        value=came,
        unit="money",
        n=len(against),
        rows=against,
        table="benefits",
        clears_when="never: it stands beside the benefits",
    )


def life(benefits: pd.DataFrame) -> Finding:
    """ "Of 46 benefits 28 are realising, 6 projected and 5 not measured"."""
    rule, n = Rule("value.life"), len(benefits)
    if not n:
        return rule.unknown("No conclusion on the life of benefits: there are none", "benefits")
    count = benefits["state"].value_counts()
    parts = [f"{wording.number(count[state])} {_LIFE[BenefitState(state)]}" for state in count.index]
    are = by_number(int(count.iloc[0]), "is", "are")
    first = parts[0].replace(" ", f" {are} ", 1)
    return rule.note(
        f"Of {wording.counted(n, 'benefit')} {wording.listed([first, *parts[1:]], most=7)}",
        value=float(count.iloc[0]),
        n=n,
        rows=benefits,
        table="benefits",
        clears_when="never: it says where each stands",
    )
