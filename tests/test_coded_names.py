"""States come as plain texts, as texts in codes, as numbers: whatever a file keeps them as, the portfolio and
its figures are the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vmo_helpers import sources
from vmo_helpers.contract.cells import text
from vmo_helpers.contract.problems import InputProblems
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.measures import flow
from vmo_helpers.portfolio import Portfolio, Settings
from vmo_helpers.results.figure import by_key
from vmo_helpers.tables import portfolio_of
from vmo_helpers.tables.raw import single
from vmo_helpers.window import day_end, review_window

TOML = '[portfolio]\nname = "portfolio"\ncurrency = "EUR"\ntimezone = "UTC"\nreview_level = "epic"\n'
STATES = {
    "1": "backlog",
    "2": "active",
    "3": "wait",
    "4": "done",
}  # names that are numbers, so that a file may type them so
ITEMS = [f"E{number}" for number in range(8)]
PATH = ["1", "2", "3", "2", "3", "4"]
MOVES = [
    (
        item,
        f"2026-01-{2 + place * 3 + number:02d}T0{number}:00:00Z",
        state,
        "" if place == 0 else PATH[place - 1],
    )
    for number, item in enumerate(ITEMS)
    for place, state in enumerate(PATH[: 6 - number % 2])
]
COLUMNS = ["item_id", "at", "to_state", "from_state"]
NAMES = ["to_state", "from_state"]


def plain() -> pd.DataFrame:
    frame = pd.DataFrame(MOVES, columns=COLUMNS, dtype="str")
    return frame.assign(from_state=frame["from_state"].mask(frame["from_state"].eq("")))


def coded(*more: str) -> pd.DataFrame:
    """Both states as categories, in an order that is not the one of the rows, some of them unused."""
    return plain().astype(
        dict.fromkeys(NAMES, pd.CategoricalDtype(pd.Index([*more, "4", "2", "3", "1"], dtype="str")))
    )


def spaced(frame: pd.DataFrame) -> pd.DataFrame:
    """Names with blanks around them, each in several spellings, and empty strings and blanks for what is
    missing."""
    spelled = {name: [f" {name}", f"{name}\t", name, f"\u00a0{name} "] for name in STATES}
    empty = ["", "  ", None]
    return frame.assign(
        **{
            column: [
                empty[row % 3] if pd.isna(cell) else spelled[cell][row % 4]
                for row, cell in enumerate(frame[column])
            ]
            for column in NAMES
        }
    )


def typed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(**{column: frame[column].astype("float64").astype("Int64") for column in NAMES})


def parquet(frame: Callable[[], pd.DataFrame], **options: object) -> Callable[[Path], None]:
    return lambda folder: frame().to_parquet(folder / "transitions.parquet", index=False, **options)


def arrow(change: Callable[[pa.Table], pa.Table], **options: object) -> Callable[[Path], None]:
    return lambda folder: pq.write_table(
        change(pa.Table.from_pandas(plain(), preserve_index=False)), folder / "transitions.parquet", **options
    )


def in_codes(kind: pa.DataType, values: pa.DataType) -> Callable[[pa.Table], pa.Table]:
    def change(table: pa.Table) -> pa.Table:
        for name in NAMES:
            column = table.column(name).combine_chunks().cast(values).dictionary_encode()
            column = pa.DictionaryArray.from_arrays(column.indices.cast(kind), column.dictionary)
            table = table.set_column(table.column_names.index(name), name, column)
        return table

    return change


WAYS: dict[str, Callable[[Path], None]] = {
    "CSV": lambda folder: plain().to_csv(folder / "transitions.csv", index=False),
    "CSV with blanks": lambda folder: spaced(plain()).to_csv(folder / "transitions.csv", index=False),
    "plain strings": parquet(plain),
    "plain strings without a dictionary": parquet(plain, use_dictionary=False),
    "plain strings in row groups": parquet(plain, row_group_size=5),
    "plain strings with blanks": parquet(lambda: spaced(plain())),
    "categories": parquet(coded),
    "categories, some unused": parquet(lambda: coded("9", "nobody's", "")),
    "categories in row groups": parquet(lambda: coded("9"), row_group_size=4),
    "categories with blanks": parquet(lambda: spaced(plain()).astype(dict.fromkeys(NAMES, "category"))),
    "categories with blanks in row groups": parquet(
        lambda: spaced(plain()).astype(dict.fromkeys(NAMES, "category")), row_group_size=3
    ),
    "whole numbers": parquet(lambda: typed(plain())),
    "whole numbers in row groups": parquet(lambda: typed(plain()), row_group_size=7),
    "numbers with a point": parquet(lambda: plain().astype(dict.fromkeys(NAMES, "float64"))),
    "categories of whole numbers": parquet(lambda: typed(plain()).astype(dict.fromkeys(NAMES, "category"))),
    "large strings": arrow(
        lambda table: table.cast(pa.schema([(name, pa.large_string()) for name in COLUMNS]))
    ),
    "short codes": arrow(in_codes(pa.int8(), pa.string()), row_group_size=6),
    "codes of large strings": arrow(in_codes(pa.int32(), pa.large_string())),
    "codes of whole numbers": arrow(in_codes(pa.int16(), pa.int64())),
}
FRAMES: dict[str, Callable[[], pd.DataFrame]] = {
    "a frame of strings": plain,
    "a frame of objects": lambda: plain().astype(object),
    "a frame of categories": coded,
    "a frame of categories, some unused": lambda: coded("", "9", " 1"),
    "a frame of categories with blanks": lambda: spaced(plain()).astype(dict.fromkeys(NAMES, "category")),
    "a frame of categories of objects": lambda: (
        plain().astype(object).astype(dict.fromkeys(NAMES, "category"))
    ),
    "a frame of whole numbers": lambda: typed(plain()),
    "a frame of categories of whole numbers": lambda: typed(plain()).astype(dict.fromkeys(NAMES, "category")),
}


def others() -> dict[str, pd.DataFrame]:
    items = pd.DataFrame({"item_id": ITEMS, "title": ITEMS, "level": "epic", "created_at": "2026-01-01"})
    return {
        "work_items": items,
        "states": pd.DataFrame({"state": list(STATES), "class": list(STATES.values())}),
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, frame in others().items():
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    (tmp_path / "portfolio.toml").write_text(TOML, encoding="utf-8")
    return tmp_path


def texts(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with its names as plain texts; that they are categories inside is part of the contract."""
    assert all(isinstance(frame[name].dtype, pd.CategoricalDtype) for name in NAMES)
    return frame.astype(dict.fromkeys(NAMES, "str"))


def said(portfolio: Portfolio) -> str:
    as_of = day_end("2026-01-20", "UTC")
    known, window = portfolio.known_at(as_of), review_window(as_of, "2026-01-01", "UTC")
    log = flow.read(known)
    items = flow.items(log, window)
    figures = flow.figures(log, items, window, known)
    frames = [
        items,
        log.visits,
        flow.wait_pareto(log, items, window),
        flow.cumulative_flow(log, window),
        flow.handoffs(log, items),
    ]
    return json.dumps([figure.as_json() for figure in figures]) + "".join(frame.to_csv() for frame in frames)


def expected(portfolio: Portfolio) -> None:
    """The portfolio is the one that ``MOVES`` tell, and says of flow what they say."""
    told = texts(portfolio.transitions)
    assert told["item_id"].tolist() == [move[0] for move in MOVES] and told["to_state"].tolist() == [
        move[2] for move in MOVES
    ]
    assert told["from_state"].fillna("").tolist() == [
        move[3] for move in MOVES
    ] and told.index.tolist() == list(range(2, len(MOVES) + 2))
    assert [note.sentence for note in portfolio.notes] == []
    rows = portfolio_of(
        {**others(), "transitions": [dict(zip(COLUMNS, move, strict=True)) for move in MOVES]}, Settings()
    )
    for name in TABLES:
        if name != "transitions":
            pd.testing.assert_frame_equal(portfolio.tables[name], rows.tables[name], check_index_type=False)
    pd.testing.assert_frame_equal(told, texts(rows.transitions), check_index_type=False)
    assert said(portfolio) == said(rows)


@pytest.mark.parametrize("way", WAYS)
def test_a_log_says_the_same_however_its_file_keeps_the_states(folder: Path, way: str) -> None:
    WAYS[way](folder)
    expected(sources.load(folder))


@pytest.mark.parametrize("way", FRAMES)
def test_a_log_says_the_same_whatever_its_frame_keeps_the_states_as(way: str) -> None:
    expected(portfolio_of({**others(), "transitions": FRAMES[way]()}, Settings()))


def test_the_figures_of_that_log_are_those_by_hand() -> None:
    as_of = day_end("2026-01-20", "UTC")
    known, window = (
        portfolio_of({**others(), "transitions": coded()}, Settings()).known_at(as_of),
        review_window(as_of, "2026-01-01", "UTC"),
    )
    log = flow.read(known)
    figures = by_key(flow.figures(log, flow.items(log, window), window, known))
    # E0 and E2 were done on the 17th and 19th, 12 days after their start, half of them waiting; E4 would have
    # been on the 21st
    assert (
        figures["flow.finished"].value,
        figures["flow.wip"].value,
        figures["flow.flow_efficiency"].value,
    ) == (2, 6, 0.5)


MISSING: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "strings": lambda frame: frame,
    "categories": lambda frame: frame.astype(dict.fromkeys(NAMES, "category")),
}


@pytest.mark.parametrize("source", ["csv", "parquet", "frame"])
@pytest.mark.parametrize("cell", [None, "", "  "])
@pytest.mark.parametrize("kind", MISSING)
def test_a_move_into_no_state_is_refused_with_its_row(
    folder: Path, kind: str, cell: str | None, source: str
) -> None:
    frame = plain()
    frame.loc[[4, 11], "to_state"] = cell
    frame = MISSING[kind](frame)
    with pytest.raises(InputProblems) as error:
        if source == "frame":
            portfolio_of({**others(), "transitions": frame}, Settings())
        elif source == "csv":
            frame.to_csv(folder / "transitions.csv", index=False)
            sources.load(folder)
        else:
            frame.to_parquet(folder / "transitions.parquet", index=False, row_group_size=10)
            sources.load(folder)
    (problem,) = error.value.problems
    assert (problem.table, problem.column) == ("transitions", "to_state")
    assert "rows 6, 13" in str(error.value) or ("row 6" in str(error.value) and "row 13" in str(error.value))


cells = st.lists(st.one_of(st.none(), st.text(alphabet=" ab\t\u00a0é", max_size=3)), max_size=15)


@settings(deadline=None, max_examples=80)
@given(
    st.lists(cells, min_size=1, max_size=3),
    st.sampled_from([pa.string(), pa.large_string()]),
    st.lists(st.sampled_from(["z", " a"])),
)
def test_names_in_codes_are_the_trimmed_texts_whatever_pieces_they_come_in(
    parts: list, values: pa.DataType, unused: list
) -> None:
    pieces = []
    for part in parts:
        known = list(dict.fromkeys([*unused, *(cell for cell in part if cell is not None)]))
        codes = pa.array([None if cell is None else known.index(cell) for cell in part], pa.int16())
        pieces.append(pa.DictionaryArray.from_arrays(codes, pa.array(known, values)))
    expected = [(cell or "").strip() or None for part in parts for cell in part]
    for chunked in (pa.chunked_array(pieces), pa.chunked_array([pa.array(part, values) for part in parts])):
        named = text.names(text.encoded(single(chunked)))
        assert [None if code < 0 else named.categories[code] for code in named.codes] == expected
        assert named.categories.is_unique and named.dtype.categories.dtype == pd.StringDtype(na_value=np.nan)


@pytest.mark.parametrize("known", [["a", "a"], ["a", None], ["a", " a"], ["", "a"]])
def test_a_dictionary_that_says_a_name_twice_or_none_at_all_is_read(known: list[str | None]) -> None:
    array = pa.DictionaryArray.from_arrays(
        pa.array([0, 1, None, 1], pa.int8()), pa.array(known, pa.large_string())
    )
    named = text.names(text.encoded(single(array)))
    expected = [
        (known[place] or "").strip() or None if place is not None else None for place in (0, 1, None, 1)
    ]
    assert [None if pd.isna(cell) else cell for cell in named] == expected
