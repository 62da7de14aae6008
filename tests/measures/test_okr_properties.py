"""What must hold of alignment whatever the portfolio looks like."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from okr_small import aligned, below, epic, figures, key_result, link, objective

from vmo_helpers.contract.schema import TABLES, Kind
from vmo_helpers.measures import flow, okr
from vmo_helpers.measures.okr import Basis, Rung
from vmo_helpers.measures.okr.ladder import items_short_by
from vmo_helpers.measures.okr.links import distinct, effective_shares
from vmo_helpers.measures.okr.progress import score

FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
ITEMS, FEATURES, GOALS = (
    [f"E{n}" for n in range(6)],
    [f"F{n}" for n in range(4)],
    ["O1", "O2", "O3", "O4", "K1", "K2", "K3"],
)
Rows = list[dict[str, Any]]
Base = tuple[okr.Alignment, pd.DataFrame]


def typed(name: str, rows: Rows) -> pd.DataFrame:
    """Rows as a table of the contract, without its checks, which have their own tests."""
    columns = {
        column.name: pd.Series([row.get(column.name) for row in rows], dtype="object").astype(
            column.kind.dtype
        )
        if column.kind not in (Kind.INSTANT, Kind.DAY)
        else pd.to_datetime(
            pd.Series([row.get(column.name) for row in rows], dtype="object"), utc=column.kind is Kind.INSTANT
        ).astype(column.kind.dtype)
        for column in TABLES[name].columns
    }
    frame = pd.DataFrame(columns)
    for column in TABLES[name].columns:
        if column.default is not None:
            frame[column.name] = frame[column.name].fillna(column.default)
    return frame.set_axis(pd.RangeIndex(2, len(frame) + 2, name="row"))


@pytest.fixture(scope="module")
def base() -> Base:
    """Six epics (two of them enablers) with four features below, four objectives of which one lies under
    another."""
    kinds = ["feature", "enabler", "feature", "feature", "enabler", "feature"]
    work = [
        epic(name, work_type=kind, team=f"T{n % 2}", planned_cost=[None, 0, 40, 90, 10, 5][n])
        for n, (name, kind) in enumerate(zip(ITEMS, kinds, strict=True))
    ]
    work += [below(name, ITEMS[n]) for n, name in enumerate(FEATURES)]
    goals = [
        objective("O1", 1, weight=5),
        objective("O2", 2, weight=2),
        objective("O3", 9, weight=1),
        objective("O4", parent_id="O1"),
    ]
    found = aligned(
        work_items=work,
        objectives=goals,
        key_results=[key_result("K1"), key_result("K2", "O3"), key_result("K3", "O4")],
        links=[link("E0", "O1")],
    )
    return found, flow.items(flow.read(found.portfolio), found.window)


def again(base: Base, links: Rows, spend: Rows | None = None) -> okr.Alignment:
    """The same portfolio with other links and other money."""
    found, items = base
    known = replace(
        found.portfolio,
        tables={
            **found.portfolio.tables,
            "links": typed("links", links),
            "spend": typed("spend", spend or []),
        },
    )
    return okr.read(known, items, found.window)


claims = st.lists(
    st.builds(
        lambda item, goal, share, delta: link(
            item, goal, share=share, expected_delta=delta, due="2026-12-31" if delta else None
        ),
        st.sampled_from(ITEMS + FEATURES),
        st.sampled_from(GOALS),
        st.one_of(st.none(), st.floats(0, 1, allow_subnormal=False)),
        st.sampled_from([None, 1.0, 3.0]),
    ),
    min_size=1,
    max_size=14,
    unique_by=lambda row: (row["item_id"], row["goal_id"]),
)
bookings = st.lists(
    st.builds(
        lambda item, amount: {"period": "2026-03-01", "item_id": item, "amount": float(amount)},
        st.sampled_from(ITEMS + FEATURES),
        st.integers(1, 500),
    ),
    max_size=8,
)


@FEW
@given(links=claims, spend=bookings)
def test_the_ladder_only_narrows_upward_and_its_ends_make_a_whole(
    base: Base, links: Rows, spend: Rows
) -> None:
    found = again(base, links, spend)
    table = okr.ladder(found)
    for basis in Basis:
        share = table[table["basis"].eq(basis)].set_index("rung")["share"]
        if not share.isna().any():
            climbed = share[[Rung.LINKED, Rung.TOP_THREE, Rung.KEY_RESULT, Rung.CONTRIBUTION]].to_numpy()
            assert (np.diff(climbed) <= 1e-12).all()
            assert climbed.min() >= 0
            assert share[Rung.NONE] + share[Rung.LINKED] == pytest.approx(1)
    every = okr.money(found)
    assert every["amount"].sum() == pytest.approx(found.total_spend)
    assert (every["amount"] >= -1e-9).all()


@FEW
@given(links=claims, spend=bookings)
def test_shares_of_an_item_never_add_up_to_more_than_the_item(base: Base, links: Rows, spend: Rows) -> None:
    found = again(base, links, spend)
    total = found.links.groupby("item_id")["spend_share"].sum()
    assert (total <= 1 + 1e-9).all()
    assert found.items["linked_spend_share"].to_numpy() == pytest.approx(
        found.items["item_id"].map(total).fillna(0).to_numpy()
    )
    starved = okr.starvation(found)
    assert starved["intent_share"].sum() == pytest.approx(1)
    assert not starved["wip_share"].sum() > 1 + 1e-9
    assert not starved["spend_share"].sum() > 1 + 1e-9
    assert okr.pulled_against_wanted(found).groupby("team")[
        "started_share"
    ].sum().to_numpy() == pytest.approx(1)


@FEW
@given(links=claims)
def test_effective_goals_lie_between_one_and_the_number_of_goals(base: Base, links: Rows) -> None:
    spread = okr.goal_spread(again(base, links))
    value = okr.effective_goals(spread)
    if not np.isnan(value):
        assert 1 - 1e-9 <= value <= int(spread["links"].gt(0).sum()) + 1e-9


@FEW
@given(links=claims, spend=bookings, random=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(base: Base, links: Rows, spend: Rows, random: Any) -> None:
    one = figures(again(base, links, spend))
    two = figures(again(base, random.sample(links, len(links)), random.sample(spend, len(spend))))
    for key, figure in one.items():
        other = two[key].value
        assert figure.value == (None if other is None else pytest.approx(other)), key


@FEW
@given(links=claims)
def test_one_more_link_to_a_top_goal_never_lowers_the_share(base: Base, links: Rows) -> None:
    more = [*links, {**link("E0", "O1"), "linked_at": "2026-09-09"}]
    before, after = (again(base, rows).counted["top_three"].sum() for rows in (links, more))
    assert after >= before


@FEW
@given(links=claims)
def test_an_item_serves_a_goal_by_itself_its_ancestors_or_its_children_alone(base: Base, links: Rows) -> None:
    """Each pair is checked by hand: own link, or a link of the one feature below it."""
    found = again(base, links)
    ours = set(map(tuple, found.links[["item_id", "goal_id"]].to_numpy().tolist()))
    below_it = dict(zip(FEATURES, ITEMS, strict=False))
    assert ours == {(below_it.get(row["item_id"], row["item_id"]), row["goal_id"]) for row in links}


@given(st.lists(st.tuples(st.integers(0, 4), st.one_of(st.none(), st.floats(0, 1))), min_size=1, max_size=30))
def test_money_is_split_without_remainder_where_a_share_is_open(rows: list[tuple[int, float | None]]) -> None:
    item = np.array([key for key, _ in rows])
    stated = np.array([np.nan if share is None else share for _, share in rows])
    shares = effective_shares(item, stated, 5)
    total = np.bincount(item, shares, minlength=5)
    assert (shares >= 0).all()
    assert (total <= 1 + 1e-9).all()
    for key in set(item.tolist()):
        if np.isnan(stated[item == key]).any():
            assert total[key] == pytest.approx(1)


@given(st.integers(1, 400), st.data(), st.sampled_from([0.5, 0.8, 0.9, 1.0]))
def test_items_short_is_the_smallest_number_that_reaches_the_line(
    total: int, data: st.DataObject, line: float
) -> None:
    mapped = data.draw(st.integers(0, total))
    short = okr.items_short(mapped, total, line)
    assert short == next(more for more in range(total + 1) if (mapped + more) / total >= line)


@given(
    st.lists(st.tuples(st.integers(1, 100), st.floats(0, 1)), min_size=1, max_size=7),
    st.sampled_from([0.5, 0.8, 1.0]),
)
def test_items_short_by_money_is_the_fewest_items_that_reach_the_line(
    rows: list[tuple[int, float]], line: float
) -> None:
    weight = np.array([amount for amount, _ in rows], dtype=np.float64)
    mapped = weight * np.array([share for _, share in rows])
    gaps = (weight - mapped).tolist()
    enough = [
        n
        for n in range(len(rows) + 1)
        for chosen in combinations(gaps, n)
        if mapped.sum() + sum(chosen) >= line * weight.sum() - 1e-6
    ]
    assert items_short_by(weight, mapped, line) == min(enough)


@given(
    st.integers(-1000, 1000),
    st.integers(-1000, 1000),
    st.integers(-1000, 1000),
    st.sampled_from([0.5, 2.0, -3.0]),
    st.floats(-100, 100),
)
def test_progress_does_not_depend_on_the_unit_of_the_metric(
    value: float, baseline: float, target: float, scale: float, shift: float
) -> None:
    assume(target != baseline)
    empty = np.array([np.nan])

    def frame(low: float, high: float) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "type": pd.array(["increase"], dtype="str"),
                "baseline": low,
                "target": high,
                "low": empty,
                "high": empty,
            }
        )

    plain = score(frame(baseline, target), np.array([value]))
    other = score(frame(baseline * scale + shift, target * scale + shift), np.array([value * scale + shift]))
    assert plain == pytest.approx(other, rel=1e-5, abs=1e-5)


@given(st.lists(st.integers(0, 20)))
def test_distinct_numbers_are_those_of_a_set(numbers: list[int]) -> None:
    assert distinct(np.array(numbers, dtype=np.int64)).tolist() == sorted(set(numbers))
