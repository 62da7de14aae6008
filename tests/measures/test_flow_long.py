"""Long logs are computed in blocks, rows are picked column by column, and columns are asked for one by one:
what comes out is the same."""

import numpy as np
import pandas as pd
import pytest
from flow_small import small

from vmo_helpers.measures import flow
from vmo_helpers.measures.flow import arrays

MOVES = {
    "A": [
        ("Coding", "2026-01-05"),
        ("Legal", "2026-01-07"),
        ("Coding", "2026-01-10"),
        ("Test", "2026-01-16"),
        ("Resolved", "2026-01-18"),
    ],
    "B": [("Funnel", "2026-01-02"), ("Coding", "2026-01-03"), ("Queue", "2026-01-20")],
    "C": [
        ("Coding", "2026-01-04"),
        ("Resolved", "2026-01-04"),
        ("Coding", "2026-01-09"),
        ("Resolved", "2026-01-12"),
    ],
}
BLOCKERS = [
    {"item_id": "A", "from_at": "2026-01-06", "to_at": "2026-01-11", "reason": "vendor"},
    {"item_id": "B", "from_at": "2026-01-22", "reason": "budget"},
]


@pytest.mark.parametrize("blockers", [[], BLOCKERS], ids=["no blockers", "blockers"])
@pytest.mark.parametrize("working_days", [None, (0, 1, 2, 3, 4)], ids=["elapsed", "working days"])
def test_no_figure_and_no_band_depends_on_how_long_a_block_is(
    monkeypatch: pytest.MonkeyPatch, blockers: list[dict[str, str]], working_days: tuple[int, ...] | None
) -> None:
    def found() -> tuple[dict[str, float | None], list[pd.DataFrame]]:
        one = small(
            MOVES, start="2026-01-06", as_of="2026-01-25", blockers=blockers, working_days=working_days
        )
        frames = [
            one.items,
            flow.cumulative_flow(one.log, one.window),
            flow.wip_by_day(one.log, one.window),
            flow.wait_pareto(one.log, one.items, one.window),
            flow.if_halved(one.log, one.items, one.window),
        ]
        return {key: figure.value for key, figure in one.figures.items()}, frames

    figures, frames = found()
    assert figures["flow.wait_days"]
    for length in (1, 2, 5):
        monkeypatch.setattr(arrays, "_BLOCK", length)
        again, those = found()
        assert again == figures
        for one, other in zip(frames, those, strict=True):
            pd.testing.assert_frame_equal(one, other)


def test_rows_picked_are_those_of_loc_in_a_stable_order() -> None:
    frame = pd.DataFrame(
        {"a": [3.0, 1.0, 1.0, 2.0], "b": pd.array(["w", "x", None, "z"], dtype="str"), "c": range(4)},
        index=[5, 6, 9, 12],
    )
    rows = pd.Series([True, True, True, False], index=frame.index)
    pd.testing.assert_frame_equal(arrays.picked(frame, rows, ["b", "a"]), frame.loc[rows, ["b", "a"]])
    wanted = frame.loc[rows, ["b"]].loc[[6, 9, 5]]
    pd.testing.assert_frame_equal(arrays.picked(frame, rows, ["b"], by=frame["a"].to_numpy()), wanted)


def test_a_column_asked_for_is_the_column_of_the_work() -> None:
    items = [
        {"item_id": "F", "level": "feature", "created_at": "2026-01-01", "title": "no epic"},
        {"item_id": "A", "created_at": "2026-01-01", "title": "an epic", "planned_cost": 7},
    ]
    log = small({"A": MOVES["A"]}, items, start="2026-01-01", as_of="2026-01-31").log
    assert log.item_column("title").to_list() == ["an epic"] and len(log.everything) == 2
    for column in log.work:
        pd.testing.assert_series_equal(log.item_column(column), log.work[column])


def test_the_row_in_the_file_is_known_whatever_index_a_table_has() -> None:
    frame = pd.DataFrame({"a": range(5)}, index=pd.RangeIndex(2, 7))
    assert arrays.file_rows(frame).tolist() == [2, 3, 4, 5, 6]
    assert arrays.file_rows(frame.iloc[[4, 1]]).tolist() == [6, 3]
    assert arrays.file_rows(frame.iloc[:0]).tolist() == []


def test_rows_in_order_of_item_and_time_are_told_without_asking_for_their_turn() -> None:
    def never() -> np.ndarray:
        raise AssertionError("asked for the turn of rows of which no two are at one time")

    at = np.array([1, 2, 1, 3])
    assert arrays.grouped_order(np.array([1, 1, 0, 0]), at, 2, never) is None
    tied = np.array([1, 1, 1, 3])
    assert arrays.grouped_order(
        np.array([1, 1, 0, 0]), tied, 2, lambda: np.array([2.0, 1.0, 1.0, 1.0])
    ).tolist() == [2, 3, 1, 0]
