"""What was known at an instant: facts dated and recorded up to it, the newest version of each, and the plan
of that day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from vmo_helpers.contract import cells
from vmo_helpers.contract.problems import counted
from vmo_helpers.contract.schema import NAMED, TABLES, Column, Kind, Table
from vmo_helpers.lookup import among, places, repeated
from vmo_helpers.portfolio.notes import Note, note_of
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import SpendKind
from vmo_helpers.window import day_end, day_start

PLAN = "plan_changes"
# what is only known with an event: masked where the event's own column is
WITH_EVENT: dict[str, dict[str, tuple[str, ...]]] = {
    "work_items": {"delivered_at": ("scope_delivered",)},
    "decisions": {"decided_at": ("outcome", "decided_by")},
}


def known_at(
    whole: Mapping[str, pd.DataFrame],
    notes: Iterable[Note],
    timezone: str,
    as_of: pd.Timestamp,
    inherited: Mapping[str, pd.Index] | None = None,
) -> tuple[dict[str, pd.DataFrame], tuple[Note, ...]]:
    """The tables with the facts dated and recorded up to and including an instant (UTC), and the notes that
    still hold.

    Plans are those of that day (``plan_changes`` after it are taken back), of the versions of a fact the
    newest recorded holds, columns of later events are empty, and rows that need an item or goal that did not
    exist yet are not there. What was ignored is counted in the notes: as "ignored" what is known, as "later"
    what is not known yet. Facts recorded after ``as_of`` change nothing but the latter, which no page shows:
    a review of an old day is the same whenever it is made. ``inherited``: by column the rows of key_results
    that state no date; theirs is the one that the objective had on the day.
    """
    day = wording.day(as_of.tz_convert(timezone).date(), year=True)
    ignored: list[Note] = []
    tables = _plan_of(whole, timezone, as_of)
    _inherit(tables, whole, inherited or {})
    for name, table in TABLES.items():
        frame = _dated(table, tables[name], as_of, timezone, day, ignored)
        frame = _newest_version(table, frame, ignored)
        tables[name] = _masked(table, frame, as_of, timezone, day, ignored)
    shrunk = {name for name in TABLES if len(tables[name]) < len(whole[name])}
    _follow(tables, shrunk, ignored, day)
    standing = filter(None, (_still(note, tables) for note in notes))
    return tables, (*standing, *ignored)


def _still(note: Note, tables: Mapping[str, pd.DataFrame]) -> Note | None:
    """A warning about the data, of the rows that are known by then; None when there are none."""
    if note.said is None or note.table not in tables:
        return note
    rows = note.said.rows
    known = rows[tables[note.table].index.get_indexer(pd.Index(rows)) >= 0]
    if len(known) == len(rows):
        return note
    return note_of(note.kind, note.table, known, note.said.of) if len(known) else None


def first_plan(
    tables: Mapping[str, pd.DataFrame],
    timezone: str,
    column: str,
    table: str = "work_items",
    since: pd.Series | None = None,
) -> pd.Series:
    """The oldest known plan of each row of a table, with its index: the first value that ever stood in the
    column.

    ``planned_end``, ``planned_cost``, ``scope_planned`` of work items; ``target``, ``due``, ``lag_days``,
    ``baseline`` of benefits. Where no plan change is known it is today's. ``since``: an instant per row of
    the table; what changed up to and including it was a draft (empty: nothing was).
    """
    frame = tables[table]
    declared, key = _declared(table, column), TABLES[table].key[0]
    first = frame[column]
    changes = _changes(tables[PLAN], table, column)
    if since is not None and len(changes):
        row = places(changes["key"], frame[key])
        begun = pd.Series(since.array.take(row, allow_fill=True), index=changes.index)
        changes = changes[~changes["changed_at"].le(begun).to_numpy(dtype=bool)]
    if not len(changes):
        return first
    changes = changes.iloc[::-1]
    old = _typed_old(changes["old_value"], declared, timezone)
    known = pd.Series(old.to_numpy(), index=changes["key"].to_numpy(), dtype=first.dtype).dropna()
    oldest = known[~known.index.duplicated(keep="last")]
    place = places(frame[key], pd.Series(oldest.index, dtype="str"))
    values = pd.Series(oldest.array.take(place, allow_fill=True), index=first.index)
    return values.where(values.notna(), first).rename(column)


def _declared(table: str, column: str) -> Column:
    declared = TABLES[table].column(column)
    if declared is None:
        raise KeyError(f"{table} has no column {column}")
    return declared


def _changes(changes: pd.DataFrame, table: str, column: str) -> pd.DataFrame:
    """The changes of one column, oldest first; of two at one instant the upper row."""
    chosen = changes[changes["table"].eq(table) & changes["column"].eq(column)]
    return chosen.sort_values("changed_at", kind="stable")


def _typed_old(old: pd.Series, declared: Column, timezone: str) -> pd.Series:
    array = pa.array(old, pa.large_string(), from_pandas=True)
    parsed = cells.parse(array, declared, cells.Reading(timezone))
    return pd.Series(cells.filled(parsed.values, declared), index=old.index)


def _plan_of(
    whole: Mapping[str, pd.DataFrame], timezone: str, as_of: pd.Timestamp
) -> dict[str, pd.DataFrame]:
    """All tables with the values that stood at as_of, and plan_changes up to it."""
    tables = dict(whole)
    changes = tables[PLAN]
    later = changes[changes["changed_at"].gt(as_of)]
    if not len(later):
        return tables
    tables[PLAN] = changes[~changes["changed_at"].gt(as_of)]
    for pair in later[["table", "column"]].drop_duplicates().itertuples(index=False):
        table, column = str(pair[0]), str(pair[1])
        declared = _declared(table, column)
        undone = _changes(later, table, column)
        undone = undone[~undone["key"].duplicated()]
        frame = tables[table]
        where = places(undone["key"], frame[TABLES[table].key[0]])
        old = _typed_old(undone["old_value"], declared, timezone)[where >= 0]
        values = frame[column].copy()
        values.iloc[where[where >= 0]] = old.array
        tables[table] = named(frame.assign(**{column: values}), table)
    return tables


def named(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """The table with its key where the column that names its rows is empty: nothing else names them."""
    column = NAMED.get(table)
    if column is None or not frame[column].isna().any():
        return frame
    return frame.assign(**{column: frame[column].fillna(frame[TABLES[table].key[0]])})


def _inherit(
    tables: dict[str, pd.DataFrame], whole: Mapping[str, pd.DataFrame], inherited: Mapping[str, pd.Index]
) -> None:
    """Key results without dates of their own take the objective's, as it stands in ``tables``."""
    today = whole["key_results"]
    if tables["objectives"] is whole["objectives"] and tables["key_results"] is today:
        return
    frame, objectives = tables["key_results"], tables["objectives"]
    place = places(frame["objective_id"], objectives["objective_id"])
    for name, rows in inherited.items():
        above = pd.Series(objectives[name].array.take(place, allow_fill=True), index=frame.index)
        own = frame[name].notna() & ~(frame.index.isin(rows) & frame[name].eq(today[name]))
        frame = frame.assign(**{name: frame[name].where(own, above)})
    tables["key_results"] = frame


def _is_later(column: pd.Series, declared: Column, as_of: pd.Timestamp, timezone: str) -> np.ndarray:
    """True where a day begins, or an instant lies, after as_of; an empty cell does not."""
    if declared.kind is Kind.DAY:
        limit = as_of.tz_convert(timezone).tz_localize(None).normalize()
        if day_start(limit, timezone) > as_of:
            limit -= pd.Timedelta(days=1)
        return np.asarray(column.gt(limit).to_numpy(dtype=bool))
    return np.asarray(column.gt(as_of).to_numpy(dtype=bool))


def _dated(
    table: Table, frame: pd.DataFrame, as_of: pd.Timestamp, timezone: str, day: str, notes: list[Note]
) -> pd.DataFrame:
    """Rows dated, and recorded, up to as_of. A forecast of spend speaks of later months: only its recording
    counts."""
    if not len(frame):
        return frame
    later = np.zeros(len(frame), dtype=bool)
    if table.known_from is not None:
        later = _is_later(frame[table.known_from], _declared(table.name, table.known_from), as_of, timezone)
        if table.name == "spend":
            later = later & frame["kind"].ne(SpendKind.FORECAST.value).to_numpy(dtype=bool)
    recorded_later = np.zeros(len(frame), dtype=bool)
    if "recorded_at" in table.names:
        recorded_later = frame["recorded_at"].gt(as_of).to_numpy(dtype=bool) & ~later
    _note(notes, table, frame, later, f"dated after {day}", "later")
    _note(notes, table, frame, recorded_later, f"recorded after {day}", "later")
    gone = later | recorded_later
    return frame[~gone] if gone.any() else frame


def _newest_version(table: Table, frame: pd.DataFrame, notes: list[Note]) -> pd.DataFrame:
    """Of rows that share the key, those recorded last; rows never recorded are the oldest version."""
    if "recorded_at" not in table.names or not len(frame) or frame["recorded_at"].isna().all():
        return frame
    key = list(table.key)
    some = _with_versions(table, frame)
    rows = frame.loc[some, [*key, "recorded_at"]]
    if not repeated(rows, key).any():
        return frame
    some[some] = rows.duplicated(key, keep=False)
    rows = frame.loc[some, [*key, "recorded_at"]]
    stamp = pd.Series(
        np.where(rows["recorded_at"].isna(), np.iinfo("int64").min, rows["recorded_at"].astype("int64"))
    )
    newest = stamp.groupby([rows[name].to_numpy() for name in key], dropna=False).transform("max")
    replaced = np.zeros(len(frame), dtype=bool)
    replaced[some] = stamp.to_numpy() < newest.to_numpy()
    _note(notes, table, frame, replaced, "replaced by a version recorded later", "ignored")
    return frame[~replaced] if replaced.any() else frame


def _with_versions(table: Table, frame: pd.DataFrame) -> np.ndarray:
    """Rows that may have another version: those of an item (metric, goal …) of which anything was recorded at
    an instant."""
    of = _declared(table.name, table.key[0])
    if not of.filled or of.kind is not Kind.KEY:
        return np.ones(len(frame), dtype=bool)
    return among(frame[of.name], frame.loc[frame["recorded_at"].notna(), of.name])


def _masked(
    table: Table, frame: pd.DataFrame, as_of: pd.Timestamp, timezone: str, day: str, notes: list[Note]
) -> pd.DataFrame:
    """Later events are empty, and so is what is only known with them."""
    if not len(frame):
        return frame
    changed: dict[str, pd.Series] = {}
    for column in table.columns:
        if not column.later:
            continue
        later = _is_later(frame[column.name], column, as_of, timezone)
        if later.any():
            _note(
                notes, table, frame, later, f"with {column.name} after {day}, which is not known yet", "later"
            )
            for name in (column.name, *WITH_EVENT.get(table.name, {}).get(column.name, ())):
                changed[name] = frame[name].mask(later)
    if table.name == "pi_objectives":
        ends = frame["to"].dropna().unique()
        open_ends = [end for end in ends if day_end(end, timezone) > as_of]
        later = frame["to"].isin(open_ends).to_numpy() & frame["actual_value"].notna().to_numpy()
        if later.any():
            _note(
                notes, table, frame, later, f"with an actual_value of a period that ends after {day}", "later"
            )
            changed["actual_value"] = frame["actual_value"].mask(later)
    return frame.assign(**changed) if changed else frame


def _follow(tables: dict[str, pd.DataFrame], shrunk: set[str], notes: list[Note], day: str) -> None:
    """Rows whose item (goal, metric …) did not exist yet go with it; a reference that a row can do without
    becomes empty."""
    while shrunk:
        parents, shrunk = shrunk, set()
        for name, table in TABLES.items():
            for column in table.columns:
                frame = tables[name]
                if column.refers not in parents or column.refers == "states" or not len(frame):
                    continue
                lost = _lost(frame, column, tables[column.refers])
                if not lost.any():
                    continue
                gone = lost if column.filled else lost & _needs(name, frame)
                if gone.any():
                    _note(
                        notes,
                        table,
                        frame,
                        gone,
                        f"of a row of {column.refers} that did not exist on {day}",
                        "later",
                    )
                    shrunk.add(name)
                tables[name] = frame.assign(**{column.name: frame[column.name].mask(lost)})[~gone]


def _needs(name: str, frame: pd.DataFrame) -> np.ndarray:
    """True for rows of spend that name an item alone: money belongs to an item or to a stream."""
    return frame["value_stream_id"].isna().to_numpy() if name == "spend" else np.zeros(len(frame), dtype=bool)


def _lost(frame: pd.DataFrame, column: Column, parent: pd.DataFrame) -> np.ndarray:
    key = TABLES[str(column.refers)].key[0]
    return (places(frame[column.name], parent[key]) < 0) & frame[column.name].notna().to_numpy()


def _note(
    notes: list[Note], table: Table, frame: pd.DataFrame, mask: np.ndarray, why: str, kind: str
) -> None:
    def sentence(count: int) -> str:
        return f"{counted(count, 'row')} of {table.name} {why}"

    if mask.any():
        notes.append(note_of(kind, table.name, frame.index[mask].to_numpy(), sentence))
