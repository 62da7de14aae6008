"""Goals that were changed after their period was over: today's tables would tell another past."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.measures.okr.goals import Goals
from vmo_helpers.portfolio import Portfolio

_KEYS = {"objectives": "objective_id", "key_results": "kr_id"}


def late_edits(portfolio: Portfolio, goals: Goals) -> pd.DataFrame:
    """One row a change of an objective or key result that was made after its last day.

    Index: its row in ``plan_changes``. A review of a day before the change sees the goal as it was.

    Columns
        table: objectives or key_results
        key, title: of the goal
        column: what was changed
        changed_at: when
        old_value, new_value: as texts; the new one is what the next change found, else what stands
        ended: the goal's last day; of a change of ``to`` the day that it replaced, where that is earlier
    """
    changes = portfolio.plan_changes
    changes = changes[changes["table"].isin(_KEYS)].sort_values("changed_at", kind="stable")
    later = changes.groupby(["table", "key", "column"], sort=False)["old_value"].shift(-1)
    last = ~changes.duplicated(["table", "key", "column"], keep="last")
    parts = []
    for table, key in _KEYS.items():
        some = changes[changes["table"].eq(table)]
        frame = (goals.objectives if table == "objectives" else goals.key_results).set_index(key)
        some = some[some["key"].isin(frame.index)]
        standing = [
            _text(frame.at[row, column]) if column in frame else None
            for row, column in zip(some["key"], some["column"], strict=True)
        ]
        replaced = pd.to_datetime(some["old_value"].where(some["column"].eq("to")), errors="coerce").astype(
            "datetime64[us]"
        )
        ended = frame["to"].reindex(some["key"]).set_axis(some.index)
        parts.append(
            some.assign(
                old_value=pd.Series(
                    [_number(old) for old in some["old_value"]], index=some.index, dtype="str"
                ),
                title=frame["title"].reindex(some["key"]).array,
                ended=np.fmin(ended, replaced.fillna(ended)),
                new_value=later[some.index].where(
                    ~last[some.index], pd.Series(standing, index=some.index, dtype="str")
                ),
            )
        )
    found = pd.concat(parts)
    day = found["changed_at"].dt.tz_convert(portfolio.settings.timezone).dt.tz_localize(None).dt.normalize()
    late: pd.DataFrame = found[day.gt(found["ended"])].sort_values(["changed_at", "key"], kind="stable")
    return late[["table", "key", "title", "column", "changed_at", "old_value", "new_value", "ended"]]


def _text(value: object) -> str | None:
    if value is None or value != value:
        return None
    return (
        f"{value:%Y-%m-%d}"
        if isinstance(value, pd.Timestamp)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


def _number(text: object) -> str | None:
    """ "97.0" is 97 to a person; what is no number stays as it is."""
    try:
        return f"{float(str(text)):g}" if text == text else None
    except ValueError:
        return str(text)
