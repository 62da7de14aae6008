"""What this review cannot tell: notebooks that failed, and that none ran at all."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from vmo_helpers.results.finding import Finding
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import Severity


def not_seen(notebooks: pd.DataFrame, names: Mapping[str, str]) -> list[Finding]:
    """One finding a notebook that failed, such as "There is no flow deck in this review: the cell … raised
    …"; one where none ran.

    ``notebooks`` as ``found_in`` gives them; ``names`` what decks are called. Empty where all is there.
    """
    rule = "changes.not_seen"
    if notebooks.empty:
        return [
            Finding(
                rule,
                "portfolio",
                Severity.UNKNOWN,
                "No conclusion: no other notebook ran in this review",
                missing=("every other deck",),
                clears_when="the whole review is run",
            )
        ]
    failed = notebooks[notebooks["status"].ne("done")]
    return [
        Finding(
            rule,
            row["name"],
            Severity.UNKNOWN,
            f"There is no {names.get(row['name'], row['name'])} deck in this review: "
            f"{wording.clipped(wording.plain(row['why'] or 'it failed'), 160)}",
            missing=(f"the {names.get(row['name'], row['name'])} deck",),
            clears_when="its notebook runs to its end",
            details={"last_good": row["last_good"], "last_day": row["last_day"]},
        )
        for row in failed.to_dict("records")
    ]
