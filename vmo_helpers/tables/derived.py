"""What the contract derives from other cells, once every cell is read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa

from vmo_helpers.contract import cells
from vmo_helpers.contract.cells import numbers
from vmo_helpers.contract.problems import agreeing, counted, did_you_mean, listed
from vmo_helpers.contract.schema import NAMED, TABLES, Column, Kind
from vmo_helpers.lookup import among, places
from vmo_helpers.portfolio.history import named
from vmo_helpers.tables.chains import in_chains
from vmo_helpers.tables.inspection import Draft, Inspection
from vmo_helpers.tables.keys import near_key
from vmo_helpers.tables.shapes import NUMERIC
from vmo_helpers.vocabulary import Instrument, KeyResultType

USUAL_SCALE = {
    Instrument.NPS.value: (0.0, 10.0),
    Instrument.CSAT.value: (1.0, 5.0),
    Instrument.CES.value: (1.0, 7.0),
}


def derived(drafts: dict[str, Draft], inspection: Inspection) -> None:
    """Fills empty names by keys, a key result's period and type, the positions of states, a survey's scale,
    the sequence of moves of one instant; reads the old values of plan changes."""
    for name in NAMED:
        drafts[name].frame = named(drafts[name].frame, name)
    _key_results(drafts["key_results"], drafts["objectives"], inspection)
    _positions(drafts["states"], inspection)
    _scales(drafts["surveys"], inspection)
    _plan_changes(drafts, inspection)
    in_chains(drafts["transitions"])


def _key_results(results: Draft, objectives: Draft, inspection: Inspection) -> None:
    if not len(results):
        return
    frame = results.frame
    objective = places(frame["objective_id"], objectives.frame["objective_id"])
    for name in ("from", "to"):
        inherited = pd.Series(
            objectives.frame[name].array.take(objective, allow_fill=True), index=frame.index
        )
        inspection.inherited[name] = frame.index[frame[name].isna()]
        frame = frame.assign(**{name: frame[name].fillna(inherited)})
    baseline, target = frame["baseline"], frame["target"]
    bounded = frame["low"].notna() & frame["high"].notna()
    follows = np.select(
        [target.gt(baseline), target.lt(baseline), baseline.isna() & target.notna(), target.isna() & bounded],
        [
            KeyResultType.INCREASE.value,
            KeyResultType.DECREASE.value,
            KeyResultType.REACH.value,
            KeyResultType.RANGE.value,
        ],
        "",
    )
    guessed = pd.Series(follows, index=frame.index, dtype="str").replace("", np.nan)
    results.frame = frame = frame.assign(type=frame["type"].fillna(guessed))
    why = {
        "type": "is empty and does not follow from baseline and target; expected one of "
        f"{listed(KeyResultType)}",
        "to": "is empty, and its objective has none",
    }
    for name, what in why.items():
        inspection.cells(results, name, frame[name].isna().to_numpy() & ~inspection.offends(results), what)


def _positions(states: Draft, inspection: Inspection) -> None:
    """The row order where no state has a position; a state without one among others that have is told."""
    if not len(states):
        return
    missing = states.frame["position"].isna().to_numpy()
    if missing.all():
        states.frame = states.frame.assign(position=np.arange(1.0, len(states) + 1.0))
    elif missing.any():
        inspection.warn(
            states,
            missing,
            lambda count: (
                f"{counted(count, 'row')} of states {agreeing(count, 'has', 'have')} no position, though "
                "others do"
            ),
        )


def _scales(surveys: Draft, inspection: Inspection) -> None:
    frame = surveys.frame
    if not len(frame):
        return
    for place, name in enumerate(("scale_min", "scale_max")):
        usual = frame["instrument"].map({word: ends[place] for word, ends in USUAL_SCALE.items()})
        frame = frame.assign(**{name: frame[name].fillna(usual)})
    surveys.frame = frame
    outside = (frame["score"].lt(frame["scale_min"]) | frame["score"].gt(frame["scale_max"])).to_numpy()
    inspection.cells(
        surveys,
        "score",
        outside,
        "lies outside its scale (scale_min to scale_max; else nps 0–10, csat 1–5, ces 1–7)",
    )


def _plan_changes(drafts: dict[str, Draft], inspection: Inspection) -> None:
    """Every change names a table with one key column, one of its columns and a row of it; its old value is
    that column's."""
    changes = drafts["plan_changes"]
    if not len(changes) or not {"table", "key", "column", "old_value"} <= changes.given:
        return
    frame = changes.frame
    changes.reading = replace(changes.reading, decimals=_decimals_of_changes(drafts))
    speakable = [name for name, table in TABLES.items() if len(table.key) == 1]
    unknown = frame["table"].notna() & ~among(frame["table"], speakable)
    inspection.cells(
        changes,
        "table",
        unknown.to_numpy(),
        f"expected a table with one key column: {listed(speakable, 20)}",
        hint=lambda position: did_you_mean(str(frame["table"].iloc[position]), speakable),
    )
    told = frame["old_value"].to_numpy(dtype=object).copy()
    for pair in frame.loc[~unknown, ["table", "column"]].dropna().drop_duplicates().itertuples(index=False):
        where = np.flatnonzero(
            (frame["table"].eq(pair[0]) & frame["column"].eq(pair[1])).to_numpy(dtype=bool)
        )
        _changes_of(drafts, str(pair[0]), str(pair[1]), where, told, inspection)
    changes.frame = frame.assign(old_value=pd.Series(told, index=frame.index, dtype="str"))


def _decimals_of_changes(drafts: dict[str, Draft]) -> numbers.Decimals:
    """How old values mark decimals: as the certain ones among them tell; else as the tables do of which they
    speak, where these and the file itself do not contradict each other."""
    changes = drafts["plan_changes"]
    frame = changes.frame
    numeric = frame["table"].notna() & False
    told: set[str | None] = set()
    for pair in frame[["table", "column"]].dropna().drop_duplicates().itertuples(index=False):
        declared = TABLES[str(pair[0])].column(str(pair[1])) if pair[0] in TABLES else None
        if declared is None or declared.kind not in NUMERIC:
            continue
        numeric |= frame["table"].eq(pair[0]) & frame["column"].eq(pair[1])
        decimals = drafts[str(pair[0])].reading.decimals
        told |= {decimals.mark} if decimals.certain else set()
    old = pa.array(frame.loc[numeric, "old_value"], pa.large_string(), from_pandas=True)
    usual = changes.reading.decimals  # as the file's separator tells
    own = numbers.convention([old], commas_likely=usual.mark is None)
    if own.certain or not told or (own.mark is None and usual.mark is not None):
        return own
    known = told | ({own.mark} if own.mark is not None else set())
    return numbers.Decimals(known.pop(), certain=True) if len(known) == 1 else numbers.Decimals(None)


def _changes_of(
    drafts: dict[str, Draft],
    table: str,
    column: str,
    where: np.ndarray,
    told: np.ndarray,
    inspection: Inspection,
) -> None:
    changes, target = drafts["plan_changes"], drafts[table]
    these = np.zeros(len(changes), dtype=bool)
    these[where] = True
    declared = target.table.column(column)
    if declared is None or column in target.table.key:
        names = [name for name in target.table.names if name not in target.table.key]
        inspection.cells(
            changes,
            "column",
            these,
            f"expected a column of {table} other than its key",
            hint=lambda _: did_you_mean(column, names),
        )
        return
    key = changes.frame["key"]
    if len(target) and target.table.key[0] in target.given:
        lost = these & (places(key, target.frame[target.table.key[0]]) < 0) & key.notna().to_numpy()
        inspection.cells(
            changes,
            "key",
            lost,
            f"leads to no row of {table}",
            hint=near_key(key, target.frame[target.table.key[0]]),
        )
    old = changes.frame["old_value"].iloc[where]
    parsed = cells.parse(pa.array(old.array, pa.large_string(), from_pandas=True), declared, changes.reading)
    for fault in parsed.faults:
        mask = np.zeros(len(changes), dtype=bool)
        mask[where] = fault.mask
        inspection.cells(changes, "old_value", mask, f"{fault.what}, as in {table}.{column}")
    told[where] = plain(parsed.values, declared)


def plain(values: object, column: Column) -> np.ndarray:
    """Values as texts that can be read again without any policy."""
    series = pd.Series(values)
    if column.kind is Kind.INSTANT:
        text = series.dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    elif column.kind is Kind.DAY:
        text = series.dt.strftime("%Y-%m-%d")
    elif column.kind in (Kind.NUMBER, Kind.SHARE, Kind.WHOLE):
        text = series.map(lambda number: repr(float(number)), na_action="ignore")
    else:
        text = series.astype("str")
    return np.asarray(text.astype(object).where(series.notna(), None).to_numpy(dtype=object))
