"""Green outside, red inside: how many, how much, and for each the answer to "why?"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from vmo_helpers.findings.rule import Rule
from vmo_helpers.findings.saying import MOST_SUBJECTS, by_number, local_day, name, number, quoted
from vmo_helpers.findings.watermelon.saying import spread
from vmo_helpers.measures.outcomes import CLASSES, Inside
from vmo_helpers.measures.status.evidence import rows
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.finding import MOST_EVIDENCE_ROWS, Evidence, Finding
from vmo_helpers.style import wording
from vmo_helpers.style.palette import INSIDE
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Inside as Word
from vmo_helpers.vocabulary import Label, Outside, Severity, Tier

LOUDNESS = {str(Tier.BOARD): 0, str(Tier.RED): 1}


def watermelons(
    portfolio: Portfolio,
    items: pd.DataFrame,
    tested: pd.DataFrame,
    inside: Inside,
    limits: Thresholds,
    level: str = "item",
) -> list[Finding]:
    """ "7 of 22 green epics are red inside (EUR 9.1 M); 6 more cannot be tested", then each of them: board
    first, then by money at stake.

    ``items`` as ``status.items``, ``tested`` as ``outcomes.tests``, ``inside`` as ``outcomes.read`` return
    them. Alarm where one is of the board tier. Each flag answers in its details: reported since when, what is
    measured and by how much it misses (attainment with its interval), red since when, days to due, money at
    stake, what is missing, what would clear it; its evidence names the rows. Nothing green, or nothing
    testable among the greens: unknown.
    """
    rule, currency = _rule(limits), portfolio.settings.currency
    greens = items[items["outside"].eq(Outside.GREEN)]
    n, green = len(greens), wording.counted(len(greens), f"green {level}")
    if n == 0:
        return [Rule(rule.name).note(f"No {level} is reported green, and none is green by delivery facts")]
    if greens["p_value"].isna().all() and not greens["inside"].eq(Word.NOT_YET_DUE).any():
        return [
            rule.unknown(
                f"No conclusion: none of {green} can be tested",
                "benefits with a metric, a baseline, a target, dates and observations",
                n=n,
                clears_when="that is known",
            )
        ]
    found = _ranked(greens[greens["label"].eq(Label.WATERMELON)])
    if found.empty:
        calm = f"None of {green} is red inside{_rest(greens)}"
        tested_now = greens["p_value"].notna().any()  # what is not yet due is no good news
        said = rule.good if tested_now else rule.note
        return [said(calm, value=0, unit="items", n=n, details=_counts(items))]
    board = int(found["tier"].eq(Tier.BOARD).sum())
    money = number(found["money"].sum(min_count=1))
    aside = f" ({wording.money(money, currency)})" if money else ""
    untested = int(greens["label"].eq(Label.UNKNOWN_INSIDE).sum())
    aside += f"; {wording.number(untested)} more cannot be tested" if untested else ""
    first = rule.finds(
        Severity.ALARM if board else Severity.WARNING,
        f"{wording.number(len(found))} of {green} {by_number(len(found), 'is', 'are')} red inside{aside}",
        value=len(found),
        unit="items",
        n=n,
        money=money,
        rows=found,
        clears_when="each of them is reported as what it is, or its outcome reaches its plan",
        details={**_counts(items), "board": board, "subjects": found["item_id"].tolist()[:MOST_SUBJECTS]},
    )
    chosen = found.head(MOST_SUBJECTS)
    behind = _evidence(portfolio, items, tested, inside)
    of_item = tested.set_index("benefit_id", drop=False)
    places = items.index.get_indexer(chosen.index)
    flags = [
        _flag(portfolio, row, of_item.loc[row["benefit_id"]], behind(int(place)), limits)
        for place, (_, row) in zip(places, chosen.iterrows(), strict=True)
    ]
    return [first, *flags]


def _rule(limits: Thresholds) -> Rule:
    return Rule.by("watermelon.watermelon", limits, "attainment_line")


def worst(flags: Sequence[Finding]) -> Finding:
    """Of what ``watermelons`` returns the first item, of the highest tier and with most money at stake;
    without one the first finding."""
    return flags[1] if len(flags) > 1 else flags[0]


def why(finding: Finding) -> pd.DataFrame:
    """The answers of one flag as a table: question, answer. What qualifies the verdict comes first, for a
    slide shows ten rows."""
    answers = pd.DataFrame(finding.details.get("why", []), columns=["question", "answer"])
    later = ~answers["question"].isin(["Mind", "Moved goalposts"])
    return answers.iloc[later.to_numpy(dtype=bool).argsort(kind="stable")].reset_index(drop=True)


def _flag(
    portfolio: Portfolio, row: pd.Series, test: pd.Series, evidence: tuple[Evidence, ...], limits: Thresholds
) -> Finding:
    settings = portfolio.settings
    as_of = local_day(portfolio.as_of, settings.timezone)
    metric = quoted(test["metric"])
    reported = local_day(row["reported_since"], settings.timezone)
    red_since = local_day(row["red_since"], settings.timezone)
    said = (
        f"reported green since {wording.day(reported, beside=as_of)}"
        if reported
        else "green by delivery facts, without a report"
    )
    clears = _clears(test, metric, limits)
    basis = {"planned value": "of planned value", "planned cost": "of planned cost"}.get(
        str(row["money_basis"]), ""
    )
    answers = [
        ("Outside", wording.sentence(said)),
        (
            "Inside",
            f"{metric} stands at {wording.percent(row['attainment'])} of the planned change, {spread(row)}",
        ),
        (
            "Seen by",
            ", ".join(each for each in CLASSES if row[f"inside_{each}"] == Word.RED)
            or "all of its tests together",
        ),
        *_beside(row),
        ("Last value", _last_value(test, settings.timezone, as_of)),
        ("Red since", wording.day(red_since, beside=as_of)),
        ("Due", _due(row, as_of)),
        (
            "At stake",
            f"{wording.money(row['money'], settings.currency)} {basis}".strip()
            if wording.known(row["money"])
            else wording.UNKNOWN,
        ),
        (
            "Delivery facts say",
            str(row["delivery"]) if isinstance(row["delivery"], str) else "no plan to compare with",
        ),
        ("Beside it", str(row["suffixes"]).replace(";", ", ") or "nothing"),
        ("Missing", str(row["missing"]) if isinstance(row["missing"], str) else "nothing"),
        ("Would clear it", clears),
    ]
    if isinstance(row["inside_today"], str):
        moved = wording.day(local_day(row["plan_moved_at"], settings.timezone), beside=as_of)
        verdict = INSIDE[Word(row["inside_today"])].word
        answers.append(
            (
                "Moved goalposts",
                f"its plan was changed on {moved} and nobody decided it; by today's plan it would be "
                f"“{verdict}”",
            )
        )
    if test["assumed"]:
        answers.append(
            (
                "Mind",
                "due lies ahead, and a straight ramp up to it is assumed: state phased targets (table "
                "targets) if the effect comes later; until due no board is told",
            )
        )
    if test["stepped"]:
        answers.append(
            (
                "Mind",
                "due lies on or before the first day on which an effect could show: the plan asks for "
                "all of it from that day on",
            )
        )
    details = {
        "label": row["label"],
        "tier": row["tier"],
        "metric": test["metric"],
        "benefit_id": row["benefit_id"],
        "reported_since": reported,
        "attainment": number(row["attainment"]),
        "low": number(row["low"]),
        "high": number(row["high"]),
        "p_value": number(row["p_value"]),
        "red_since": red_since,
        "due": None if pd.isna(row["due"]) else str(row["due"].date()),
        "days_to_due": number(row["days_to_due"]),
        "suffixes": row["suffixes"],
        "why": [list(pair) for pair in answers],
    }
    return _rule(limits).finds(
        Severity.ALARM if row["tier"] == Tier.BOARD else Severity.WARNING,
        f"{name(row)} is {said}, yet {metric} stands at {wording.percent(row['attainment'])} of the planned "
        "change",
        subject=row["item_id"],
        value=row["attainment"],
        unit="share",
        n=test["exposed"],
        evidence=evidence,
        money=row["money"],
        missing=tuple(row["missing"].split("; ")) if isinstance(row["missing"], str) else (),
        clears_when=clears,
        details=details,
    )


def _beside(row: pd.Series) -> list[tuple[str, str]]:
    """Where several tests share the item: that it is judged by them together."""
    others = int(row["read_tests"]) - 1
    if others < 1:
        return []
    return [("Tests", f"{wording.counted(others, 'other test')} of it; it is judged by all of them together")]


def _clears(test: pd.Series, metric: str, limits: Thresholds) -> str:
    needed = test["baseline"] + limits.attainment_line * test["planned"] * (test["target"] - test["baseline"])
    way = "above" if test["target"] > test["baseline"] else "below"
    return (
        f"a report of amber or red; or {metric} at {wording.reading(needed, test['unit'])} or {way} "
        f"({wording.percent(limits.attainment_line)} of the planned change) over its latest readings"
    )


def _last_value(test: pd.Series, timezone: str, as_of: str | None) -> str:
    day = wording.day(local_day(test["last_at"], timezone), beside=as_of)
    levels = f"from a baseline of {wording.number(test['baseline'])} towards {wording.number(test['target'])}"
    return f"{wording.reading(test['last_value'], test['unit'])} on {day}, {levels}"


def _due(row: pd.Series, as_of: str | None) -> str:
    if pd.isna(row["due"]):
        return wording.UNKNOWN
    days = row["days_to_due"]
    when = f"{wording.days(abs(days))} {'ahead' if days >= 0 else 'ago'}"
    return f"{wording.day(row['due'].date(), beside=as_of)}, {when}"


def _ranked(found: pd.DataFrame) -> pd.DataFrame:
    loud = found["tier"].map(LOUDNESS).fillna(2)
    return (
        found.assign(_loud=loud)
        .sort_values(["_loud", "money"], ascending=[True, False], kind="stable")
        .drop(columns="_loud")
    )


def _evidence(portfolio: Portfolio, items: pd.DataFrame, tested: pd.DataFrame, inside: Inside) -> Any:
    behind = rows(portfolio, inside, tested, items, items["report_row"])

    def of(place: int) -> tuple[Evidence, ...]:
        parts = [(table, row[item == place]) for table, (item, row) in behind.items()]
        return tuple(
            Evidence(table, tuple(row[:MOST_EVIDENCE_ROWS].tolist()), len(row))
            for table, row in parts
            if len(row)
        )

    return of


def _counts(items: pd.DataFrame) -> dict[str, Any]:
    return {str(label): int(count) for label, count in items["label"].value_counts().sort_index().items()}


def _rest(greens: pd.DataFrame) -> str:
    parts = [
        (Label.SOUND, "{} sound"),
        (Label.OPEN_INSIDE, "{} open"),
        (Label.GREEN_UNPROVEN, "{} not yet due"),
        (Label.UNKNOWN_INSIDE, "{} cannot be tested"),
    ]
    counts = [(int(greens["label"].eq(label).sum()), words) for label, words in parts]
    said = [words.format(wording.number(count)) for count, words in counts if count]
    return f": {wording.listed(said)}" if said else ""
