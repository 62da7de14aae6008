"""What the order of work costs, what it saves against the usual rules, and what cannot be put in order."""

from __future__ import annotations

import pandas as pd

from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import by_number
from vmo_helpers.forecasts.order import CD3, FIRST_COME, OURS, TIE
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording

_A_MONTH = 30.44 / 7


def order(table: pd.DataFrame, rules: pd.DataFrame, currency: str = "", level: str = "item") -> Finding:
    """ "In this order 9 epics cost EUR 1.2 M until they are done, EUR 90 k less than by cost of delay ÷
    length: a month of waiting costs EUR 200 k". A note: it judges nothing. What is no better than a rule is
    called a tie.

    ``table``, ``rules``: as ``forecasts.order_table`` and ``rules_table`` return them.
    """
    rule, n = Rule("sequence.order"), len(table)
    if n < 2:
        return rule.unknown(
            f"No order of work: {wording.counted(n, f'waiting {level}')} "
            f"{by_number(n, 'has', 'have')} a cost of delay and a length, two are needed",
            "cost_of_delay_per_week and weeks_likely of what waits",
            n=n,
            clears_when="two items in backlog or ready have both",
        )
    known = rules.set_index("rule")
    cost, beaten = known["expected_cost"], known["beaten_chance"]
    ours = float(cost[OURS])
    month = float(table["cost_of_delay_per_week"].sum()) * _A_MONTH
    waiting = f"a month of waiting costs {wording.money(month, currency)}"
    count = f"{wording.counted(n, f'waiting {level}')}"
    if known.drop(index=OURS)["tie"].all():
        return rule.note(
            f"Any order of {count} costs about {wording.money(ours, currency)}: {waiting}",
            value=ours,
            unit="money",
            n=n,
            money=month,
        )
    against = " and ".join(
        _against(name, float(cost[name]) - ours, float(beaten[name]), currency) for name in (CD3, FIRST_COME)
    )
    return rule.note(
        f"In this order {count} cost {wording.money(ours, currency)} until they are done, "
        f"{against}: {waiting}",
        value=ours,
        unit="money",
        n=n,
        money=month,
    )


def _against(name: str, saved: float, beaten: float, currency: str) -> str:
    """This order beside a rule's. A mean that few scenarios make is said to be that."""
    if TIE[0] <= beaten <= TIE[1]:
        return f"as much as by {name} (a tie)"
    said = f"{wording.money(abs(saved), currency)} {'less' if saved >= 0 else 'more'} than by {name}"
    if saved >= 0 and beaten < TIE[0]:
        return f"on average {said} (though cheaper in only {wording.percent(beaten)} of scenarios)"
    return said


def left_out(frame: pd.DataFrame, level: str = "item") -> Finding:
    """ "10 waiting epics cannot be put in order: no cost of delay"; ``frame`` as ``Order.left_out`` is.

    A note: what is missing is listed by item.
    """
    rule, n = Rule("sequence.left_out"), len(frame)
    if not n:
        return rule.note(f"Every waiting {level} is in the order", value=0, unit="items")
    reasons = frame["why"].value_counts()
    why = wording.listed(
        [f"{words} ({wording.number(count)})" for words, count in reasons.items()]
        if len(reasons) > 1
        else reasons.index
    )
    return rule.note(
        f"{wording.counted(n, f'waiting {level}')} cannot be put in order: {why}",
        value=n,
        unit="items",
        n=n,
        rows=frame,
        clears_when="each has a cost of delay, a likely length, and a date where its urgency has one",
    )
