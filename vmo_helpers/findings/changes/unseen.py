"""What this review cannot tell: notebooks that failed or lost slides, and that none ran at all."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from vmo_helpers.findings.rule import Rule
from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording


def not_seen(notebooks: pd.DataFrame, names: Mapping[str, str]) -> list[Finding]:
    """One finding a notebook that failed, such as "There is no flow deck in this review: the cell … raised
    …", or that lost slides: "1 slide of the flow deck could not be made"; one where none ran.

    ``notebooks`` as ``found_in`` gives them; ``names`` what decks are called. Empty where all is there.
    """
    rule = Rule("changes.not_seen")
    if notebooks.empty:
        return [
            rule.unknown(
                "No conclusion: no other notebook ran in this review",
                "every other deck",
                clears_when="the whole review is run",
            )
        ]
    return [
        rule.unknown(
            f"There is no {deck} deck in this review: "
            f"{wording.clipped(wording.plain(row['why'] or 'it failed'), 160)}",
            f"the {deck} deck",
            subject=row["name"],
            clears_when="its notebook runs to its end",
            details={"last_good": row["last_good"], "last_day": row["last_day"]},
        )
        for row in notebooks[notebooks["status"].ne("done")].to_dict("records")
        for deck in [names.get(row["name"], row["name"])]
    ] + [
        rule.unknown(
            f"{wording.counted(row['lost'], 'slide')} of the {deck} deck could not be made",
            f"slides of the {deck} deck",
            subject=row["name"],
            value=row["lost"],
            unit="slides",
            clears_when="every slide is made",
        )
        for row in notebooks.to_dict("records")
        if row["status"] == "done" and row.get("lost")
        for deck in [names.get(row["name"], row["name"])]
    ]
