"""The sample's README: seed, tables and every planted case by id, from the same truth that truth.json
holds."""

from __future__ import annotations

from typing import Any

INTRODUCTION = """# {name}: a sample portfolio

Invented, from end to end: a retailer in {zone}, {items} epics in seven value streams, {first} to {last}
({currency}). Written by `vmo sample --out DIR --items {items} --seed {seed}`; the same seed gives the
same bytes.

Owners and authors are roles. Instants carry the offset of Berlin, or a `Z` where the delivery pipeline
wrote them; some rows share an instant and are ordered by `seq`; a few facts were recorded late or
corrected (`recorded_at`). Three epics of the marketplace have no transitions, only dates, and some
benefits lack an element on purpose. Loading it raises no problem; the warnings to expect are listed
below.

`truth.json` says what was planted and is written from the generator's parameters, never from a measure.
For each rule: what must be found, and the near misses that must not. Where a rule says "others may be
found", its list is not the whole truth.
"""


def readme(truth: dict[str, Any], rows: dict[str, int], titles: dict[str, str]) -> str:
    """Markdown for the sample's folder."""
    given = truth["parameters"]
    parts = [
        INTRODUCTION.format(
            name=given["name"],
            zone=given["timezone"],
            items=given["items"],
            first=given["first_day"],
            last=given["last_day"],
            currency=given["currency"],
            seed=given["seed"],
        ),
        "## Tables\n",
        "| table | rows |",
        "|---|---|",
        *[f"| {name} | {count:,} |" for name, count in rows.items()],
        "",
        "## Planted cases\n",
    ]
    for case in truth["cases"]:
        parts += [
            f"### {case['rule']}\n",
            f"{_sentence(case['why'])}{'' if case['complete'] else ' (Others may be found.)'}\n",
            f"- planted: {_list(case['planted'], titles)}",
            f"- near misses: {_list(case['near_misses'], titles)}",
            "",
        ]
    parts += [
        "## Warnings to expect\n",
        *[f"- {warning['table']}: {warning['sentence']}" for warning in truth["warnings"]],
        "",
    ]
    return "\n".join(parts)


def _sentence(why: str) -> str:
    return why[0].upper() + why[1:] + "."


def _list(ids: list[str], titles: dict[str, str]) -> str:
    return "; ".join(f"{i} {titles[i]}" if i in titles else i for i in ids) or "none"
