"""The sample written in a format and imported again: the same rows, and so the same figures; of formats that
hold less, the same figures of flow."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from tests.importing.sheets import table
from tests.importing.test_xes import event, log
from vmo_helpers.cli.main import main
from vmo_helpers.measures import flow
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.sources import load
from vmo_helpers.window import instant, review_window

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
TABLES = sorted(SAMPLE.glob("*.csv"))


@pytest.fixture(scope="module")
def sample() -> Portfolio:
    return load(SAMPLE)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder with the sample's settings, which no format holds."""
    (tmp_path / "out").mkdir()
    shutil.copy(SAMPLE / "portfolio.toml", tmp_path / "out")
    return tmp_path / "out"


def written(path: Path) -> Path:
    """The sample's tables, all cells as texts."""
    frames = {file.stem: pd.read_csv(file, dtype=str, keep_default_na=False) for file in TABLES}
    if path.suffix == ".xlsx":
        with pd.ExcelWriter(path) as book:
            for name, frame in frames.items():
                frame.to_excel(book, sheet_name=name, index=False)
    elif path.suffix == ".db":
        with closing(sqlite3.connect(path)) as connection:
            for name, frame in frames.items():
                frame.replace("", None).to_sql(name, connection, index=False)
    else:
        path.mkdir()
        for name, frame in frames.items():
            frame.to_csv(path / f"{name}.csv", sep=";", index=False)
    return path


def rows(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows in one order, whatever order they came in."""
    plain = frame.astype("object").where(frame.notna(), None)
    order = plain.astype(str).sort_values(list(plain.columns), kind="stable").index
    return plain.loc[order].reset_index(drop=True)


@pytest.mark.parametrize(("tool", "name"), [("excel", "s.xlsx"), ("excel", "folder"), ("sql", "s.db")])
def test_what_holds_tables_holds_every_row(
    tmp_path: Path, out: Path, sample: Portfolio, tool: str, name: str
) -> None:
    assert main(["import", tool, str(written(tmp_path / name)), "--out", str(out), "--propose-map"]) == 0
    found = load(out)
    assert found.settings == sample.settings
    for one, frame in sample.tables.items():
        known = [column for column in frame.columns if column in found.tables[one].columns]
        pd.testing.assert_frame_equal(rows(found.tables[one][known]), rows(frame[known]), obj=one)


def figures(portfolio: Portfolio) -> dict[str, tuple[float | None, int]]:
    as_of = instant("2026-10-31", portfolio.settings.timezone, end_of_day=True)
    known = portfolio.known_at(as_of)
    window = review_window(as_of, None, portfolio.settings.timezone)
    read = flow.read(known)
    return {
        one.key: (one.value, one.n) for one in flow.figures(read, flow.items(read, window), window, known)
    }


def lean(sample: Portfolio, **tables: pd.DataFrame) -> Portfolio:
    """The sample without what the format cannot hold."""
    from dataclasses import replace

    return replace(sample, tables={**sample.tables, **tables})


def as_map(states: pd.DataFrame) -> str:
    """The board as a map says it."""
    lines = []
    for row in states[states["value_stream_id"].isna()].itertuples():
        lines.append(f'[status."{row.state}"]\nclass = "{row[states.columns.get_loc("class") + 1]}"')
        lines.append(f"position = {row.position:g}")
    return "\n".join(lines) + "\n"


def test_xes_holds_items_moves_and_states(tmp_path: Path, out: Path, sample: Portfolio) -> None:
    items = sample.tables["work_items"]
    epics = items[items["level"].eq("epic")]
    moves = sample.tables["transitions"]
    moves = moves[moves["item_id"].isin(epics["item_id"]) & moves["recorded_at"].isna()]
    traces = {
        str(item): [
            event(str(m.to_state), m.at.isoformat()) for m in run.sort_values(["at", "seq"]).itertuples()
        ]
        for item, run in moves.groupby("item_id", observed=True)
    }
    own = tmp_path / "map.toml"
    own.write_text(as_map(sample.tables["states"]), encoding="utf-8")
    source = log(tmp_path / "log.xes", **traces)
    assert main(["import", "xes", str(source), "--out", str(out), "--map", str(own)]) == 0
    found = load(out)
    created = moves.groupby("item_id", observed=True)["at"].min()
    kept = epics[epics["item_id"].isin(traces)][["item_id", "title", "level"]]
    bare = sample.tables["work_items"].iloc[:0].reindex(columns=items.columns)
    bare = pd.concat([bare, kept.assign(created_at=kept["item_id"].map(created))])[items.columns]
    states = sample.tables["states"]
    expected = lean(
        sample,
        work_items=bare.astype(items.dtypes),
        transitions=moves,
        states=states[states["value_stream_id"].isna()],
        blockers=sample.tables["blockers"].iloc[:0],
    )
    assert figures(found) == figures(expected)
    assert len(table(out, "work_items")) == len(traces) > 100


def test_dates_by_state_hold_moves_that_go_on_by_days(tmp_path: Path, out: Path, sample: Portfolio) -> None:
    items, moves = sample.tables["work_items"], sample.tables["transitions"]
    epics = items[items["level"].eq("epic")]
    moves = moves[moves["item_id"].isin(epics["item_id"]) & moves["recorded_at"].isna()]
    day = moves["at"].dt.tz_convert("Europe/Berlin").dt.tz_localize(None).dt.normalize()
    states = sample.tables["states"]
    states = states[states["value_stream_id"].isna() & states["level"].eq("epic")].sort_values("position")
    last = moves.assign(day=day).groupby(["item_id", "to_state"], observed=True)["day"].max()
    wide = last.dt.strftime("%d/%m/%Y").unstack("to_state").reindex(columns=states["state"].tolist())
    wide.insert(0, "Name", epics.set_index("item_id")["title"].reindex(wide.index))
    wide.reset_index().to_csv(tmp_path / "Epics.csv", index=False)
    assert main(["import", "excel", str(tmp_path / "Epics.csv"), "--out", str(out), "--propose-map"]) == 0
    found = load(out)
    at = found.tables["transitions"].groupby(["item_id", "to_state"], observed=True)["at"].first()
    wanted = last.dt.tz_localize("Europe/Berlin").dt.tz_convert("UTC")
    both = pd.concat([at.rename("found"), wanted.rename("wanted")], axis=1)
    assert both["found"].eq(both["wanted"]).all() and len(both) == len(wanted)
    assert found.tables["states"]["state"].tolist() == states["state"].tolist()
    ends = {
        "Released": "done",
        "Cancelled": "cancelled",
        "Integration test queue": "wait",
        "Funnel": "backlog",
    }
    guessed = found.tables["states"].set_index("state")["class"]
    assert {state: guessed[state] for state in ends} == ends
