"""What comes back for the money, what of the benefit is at risk, and what to stop, pivot and fund."""

from __future__ import annotations

from typing import Any

import pandas as pd

from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import by_number, each, name, quoted
from vmo_helpers.measures.value import Framework
from vmo_helpers.results.figure import Figure, by_key
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Recommendation, Severity


def back(ratio: float, currency: str) -> str:
    """Money back for each one spent: "EUR 0.51"."""
    return f"{currency} {wording.number(round(ratio, 2), decimals=2)}".strip()


def low_returns(
    streams: pd.DataFrame, money: pd.DataFrame, limits: Thresholds, currency: str = ""
) -> list[Finding]:
    """ "EUR 0.68 back per EUR spent; two streams under 0.30", then each stream, least first.

    ``streams`` as ``value.by_stream``, ``money`` as ``value.money`` return them. Realised against spent, life
    to date, of items with a measured benefit: not discounted, and no return on investment.
    """
    rule, low = (
        Rule.by("value.return", limits, "return_low"),
        Rule.by("value.low_return", limits, "return_low"),
    )
    both = money[money["realised"].notna() & money["spent"].gt(0)]
    if both.empty:
        why = "no item has both a realised value and spend on record"
        return [
            rule.unknown(
                f"No conclusion on what comes back: {why}", "realisations and spend of the same items"
            )
        ]
    ratio, line = float(both["realised"].sum() / both["spent"].sum()), limits.return_low
    under = streams[streams["return"].lt(line)].sort_values("return", kind="stable")
    head = f"{back(ratio, currency)} back per {currency or 'one'} spent".replace("  ", " ")
    tail = (
        f"; {wording.small(len(under))} {by_number(len(under), 'stream', 'streams')} under "
        f"{wording.number(line, decimals=2)}"
        if len(under)
        else ""
    )
    first = rule.finds(
        Severity.WARNING if ratio < line or len(under) else Severity.NOTE,
        head + tail,
        value=ratio,
        n=len(both),
        rows=both,
        clears_when=f"at least {back(line, currency)} comes back, in each stream" if tail else "",
    )
    return [
        first,
        *(
            low.warning(
                f"{_stream(row)}: {back(row['return'], currency)} back per {currency or 'one'} spent",
                subject=row["value_stream_id"],
                value=row["return"],
                n=row["items"],
                rows=both[both["value_stream_id"].eq(row["value_stream_id"])],
                money=max(0.0, float(row["spent_on_them"] - row["returned"])),
                clears_when=f"at least {back(line, currency)} comes back",
            )
            for _, row in each(under[under["value_stream_id"].notna()])
        ),
    ]


def _stream(row: pd.Series) -> str:
    named = row["value_stream"] if isinstance(row["value_stream"], str) else "no stream"
    return wording.plain(named)


def at_risk(streams: pd.DataFrame, money: pd.DataFrame, limits: Thresholds, currency: str = "") -> Finding:
    """ "EUR 10 M of benefit is at risk, half of it in two streams; EUR 4 M more by assumption".

    Warning: at least ``at_risk_share`` of what is left of tested benefits. The assumed part stands apart.
    """
    rule = Rule.by("value.at_risk", limits, "at_risk_share")
    risked, assumed = (money[column].dropna() for column in ("at_risk", "at_risk_assumed"))
    unpriced = int(money["unpriced"].sum())
    if risked.empty:
        more = f"; {wording.counted(unpriced, 'benefit')} cannot be priced" if unpriced else ""
        why = f"no benefit with a planned value is tested{more}"
        return rule.unknown(
            f"No conclusion on benefit at risk: {why}", "tested benefits with a planned value"
        )
    whole = float(risked.sum())
    left = float(money.loc[risked.index, "left_tested"].sum())
    sentence = f"{wording.money(whole, currency)} of benefit is at risk"
    ordered = streams.dropna(subset=["at_risk"]).sort_values("at_risk", ascending=False, kind="stable")
    most = int((ordered["at_risk"].cumsum() < whole / 2).sum()) + 1
    if len(ordered) > most and whole > 0:
        sentence += f", half of it in {wording.small(most)} {by_number(most, 'stream', 'streams')}"
    if len(assumed):
        sentence += f"; {wording.money(float(assumed.sum()), currency)} more by assumption"
    share = whole / left if left > 0 else 0.0
    return rule.finds(
        Severity.WARNING if share >= limits.at_risk_share else Severity.NOTE,
        sentence,
        value=share,
        unit="share",
        n=len(risked),
        rows=money.loc[risked.index],
        money=whole,
        clears_when=f"under {wording.percent(limits.at_risk_share)} of what is left is at risk",
        details={"subjects": ordered["value_stream_id"].head(most).tolist(), "unpriced": unpriced},
    )


_ASK = {
    Recommendation.STOP: "Stop {name}, and free what it would still cost",
    Recommendation.PIVOT: "Change {name}: what was promised by now has not come",
    Recommendation.FUND: "Fund more of {name}: it brings more than it costs; its stream's budget is used up",
}
_SAYS = {
    Recommendation.STOP: "brings too little for what it still costs",
    Recommendation.PIVOT: "misses its outcome, and could bring it another way",
    Recommendation.FUND: "brings more than it costs, and leads by value",
}


def recommendations(
    advised: pd.DataFrame, limits: Thresholds, currency: str = "", level: str = "item"
) -> list[Finding]:
    """ "Stop 1, pivot 2, fund 3, continue 2 of 50 epics in progress: waiting costs EUR 0.4 M a month".

    How many cannot be judged is said, too; then comes each that is to be decided on.

    ``advised`` as ``value.recommendations`` returns it.
    """
    rule = Rule.by("value.recommendations", limits, "stop_ratio")
    count = advised["verdict"].value_counts()
    unsaid = int(count.get(str(Recommendation.CANNOT_SAY), 0))
    if len(advised) == unsaid:
        why = (
            "nothing is in progress"
            if advised.empty
            else f"it cannot be said of {wording.counted(unsaid, level)}"
        )
        lacking = "benefits with a planned value, tested outcomes, planned costs"
        return [rule.unknown(f"No conclusion on what to stop and what to fund: {why}", lacking, n=unsaid)]
    asks = advised[advised["verdict"].isin([str(word) for word in _ASK])]
    parts = [
        f"{word!s} {wording.number(count[str(word)])}"
        for word in (*_ASK, Recommendation.CONTINUE)
        if count.get(str(word), 0)
    ]
    cost = asks["cost_per_month"].sum(min_count=1)
    waiting = (
        f": waiting costs {wording.money(cost, currency)} a month" if len(asks) and pd.notna(cost) else ""
    )
    of = f" of {wording.counted(len(advised), level)} in progress"
    beside = f"; {wording.number(unsaid)} cannot be judged" if unsaid else ""
    sentence = ", ".join(parts) + of + waiting + beside
    first = rule.finds(
        Severity.ALARM
        if count.get(str(Recommendation.STOP), 0)
        else Severity.WARNING
        if len(asks)
        else Severity.NOTE,
        sentence[0].upper() + sentence[1:],
        value=float(len(asks)),
        unit="items",
        n=len(advised),
        rows=advised,
        money=cost,
        clears_when="each is decided" if len(asks) else "",
        details={"unsaid": unsaid, **{str(word): int(count.get(str(word), 0)) for word in Recommendation}},
    )
    return [first, *(_advice(index, row, limits) for index, row in each(asks))]


def _advice(index: Any, row: pd.Series, limits: Thresholds) -> Finding:
    word = Recommendation(row["verdict"])
    severity = Severity.ALARM if word is Recommendation.STOP else Severity.WARNING
    return Rule.by(f"value.{word}", limits, "stop_ratio").finds(
        severity,
        f"{name(row)} {_SAYS[word]}: {row['because']}",
        subject=row["item_id"],
        value=row["ratio"],
        n=1,
        row=index,
        money=row["cost_to_go"] if word is Recommendation.STOP else row["ahead"],
        clears_when=row["changes_when"],
        details={
            "ask": _ASK[word].format(name=quoted(row["title"], row["item_id"])),
            "p_value": None if pd.isna(row["p_value"]) else float(row["p_value"]),
        },
    )


def rank_stability(figures: list[Figure], weighed: Framework, limits: Thresholds) -> Finding:
    """ "The same five lead in 78 % of the draws of the weights".

    ``figures`` as ``value.figures``, ``weighed`` as ``value.framework`` returns them.
    """
    rule = Rule.by("value.rank_stability", limits, "rank_stability_share")
    known = by_key(figures)
    stable, scored = known["value.rank_stability"], known["value.scored_items"]
    apart = [
        f"{what} {wording.listed(map(wording.plain, names))}"
        for what, names in (
            ("no scores for", weighed.without_scores),
            ("no weight for", weighed.without_weight),
        )
        if names
    ]
    aside = f" ({'; '.join(apart)})" if apart else ""
    if stable.value is None:
        return rule.unknown(f"No conclusion on ranks: {stable.why}{aside}", str(stable.why), n=stable.n)
    under = stable.value < limits.rank_stability_share
    return rule.finds(
        Severity.WARNING if under else Severity.NOTE,
        f"The same five of {wording.counted(scored.value, 'item')} lead in {wording.percent(stable.value)} "
        f"of the draws of the weights{aside}",
        value=stable.value,
        unit="share",
        n=stable.n,
        clears_when=f"they lead in {wording.percent(limits.rank_stability_share)} of the draws"
        if under
        else "",
    )
