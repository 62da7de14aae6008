"""Tables whose rows lead to things of several kinds, links and shifts: a sheet has a column a kind, such as
"Objective" and "Key result", where the table has one that says the kind."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from vmo_helpers.contract.words import words_of

KINDS: dict[str, tuple[str, str, dict[str, tuple[str, ...]]]] = {
    "links": ("goal_id", "goal_type", {"key_result": ("result", "id result"), "objective": ("objective",)}),
    "shifts": (
        "subject_id",
        "subject_type",
        {
            "item": ("item", "work item", "epic", "initiative", "feature", "project", "issue", "ticket"),
            "metric": ("metric",),
            "objective": ("objective",),
            "stream": ("value stream", "stream"),
        },
    ),
}
"""Table → the columns of what its rows lead to and of what kind that is; and by kind what a header of that
kind is called. A sheet may have a column a kind: the first that is filled holds."""


def kinds_in(table: str, headers: Sequence[str], taken: Mapping[str, str]) -> dict[str, str]:
    """Kind → the header of the column of things of that kind, where the table has them and nothing says what
    kind its rows lead to."""
    if table not in KINDS or KINDS[table][1] in taken:
        return {}
    own = {header for column, header in taken.items() if column != KINDS[table][0]}
    said = {
        re.sub(r" (id|title|name)$", "", " ".join(words_of(one))): one for one in headers if one not in own
    }
    found = {
        kind: next((said[word] for word in words if word in said), None)
        for kind, words in KINDS[table][2].items()
    }
    return {kind: header for kind, header in found.items() if header is not None}
