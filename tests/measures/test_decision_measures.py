"""Decisions: their state, how long they took, whether they were carried through, what their metric did, what
waiting costs."""

import numpy as np
import pandas as pd
import pytest
from decisions_small import AS_OF, ZONE, decision, portfolio, window

from vmo_helpers.measures import decisions, flow
from vmo_helpers.results.figure import by_key
from vmo_helpers.window import instant

TAKEN = {"outcome": "stop", "decided_at": "2026-09-11T10:00:00Z"}
HELD = pd.DataFrame({"kept": [], "facts": []}, dtype="str")


def state_of(**cells: object) -> pd.Series:
    return decisions.states(portfolio(decision(**cells))).iloc[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cells", "state", "late_days"),
    [
        ({}, "open", None),
        ({"due": "2026-09-30"}, "open", None),
        (TAKEN, "under_way", None),
        ({**TAKEN, "due": "2026-10-31"}, "under_way", 0),
        ({**TAKEN, "due": "2026-10-30"}, "late", 1),
        ({**TAKEN, "due": "2026-10-11", "done_at": "2026-10-10T22:30:00Z"}, "carried_through", 0),
        ({**TAKEN, "due": "2026-10-01", "done_at": "2026-10-04T09:00:00Z"}, "carried_through", 3),
        ({**TAKEN, "due": "2026-10-11", "done_at": "2026-11-01T09:00:00Z"}, "late", 20),
        ({"outcome": "stop", "decided_at": "2026-11-02T09:00:00Z"}, "open", None),
        ({"outcome": "stop"}, "under_way", None),
    ],
)
def test_a_decision_is_what_its_row_says_by_the_reviews_day(
    cells: dict[str, object], state: str, late_days: float | None
) -> None:
    found = state_of(**cells)
    assert found["state"] == state
    assert found["late_days"] == late_days or (late_days is None and np.isnan(found["late_days"]))


def test_the_delay_runs_from_the_question_to_the_decision_and_of_an_open_one_so_far() -> None:
    assert state_of(**TAKEN)["delay_days"] == pytest.approx(10)
    assert state_of()["delay_days"] == pytest.approx(
        60 + 13 / 24, abs=1e-6
    )  # to the end of 31 October in Berlin, 23:00 UTC
    assert np.isnan(state_of(outcome="stop")["delay_days"])


def test_a_question_asked_after_the_review_is_not_there() -> None:
    assert decisions.states(portfolio(decision(), decision("D-2", "2026-11-01T09:00:00Z")))[
        "decision_id"
    ].tolist() == ["D-1"]


def test_states_need_an_as_of() -> None:
    with pytest.raises(ValueError, match="as-of"):
        decisions.states(portfolio(decision()).__class__(portfolio(decision()).tables))


class TestTheFigures:
    def of(self, *rows: dict[str, object]) -> dict[str, float | int | None]:
        states = decisions.states(portfolio(*rows))
        return {key: figure.value for key, figure in by_key(decisions.figures(states, window(), 5)).items()}

    def test_the_share_carried_through_is_of_those_that_are_due(self) -> None:
        done = {**TAKEN, "due": "2026-10-01", "done_at": "2026-10-04T09:00:00Z"}
        rows = [decision(f"D-{n}", **done) for n in range(3)]
        rows += [
            decision("L", **TAKEN, due="2026-10-01"),
            decision("U", **TAKEN, due="2026-12-01"),
            decision("O"),
            decision("P"),
        ]
        found = self.of(*rows)
        assert found["decisions.carried_through_share"] == 0.75
        assert (found["decisions.open"], found["decisions.late"]) == (2, 1)
        assert found["decisions.delay_p50_days"] == pytest.approx(10)

    def test_under_five_decisions_no_median_is_said(self) -> None:
        figure = by_key(decisions.figures(decisions.states(portfolio(decision(**TAKEN))), window(), 5))[
            "decisions.delay_p50_days"
        ]
        assert (figure.value, figure.n) == (None, 1)
        assert figure.why == "1 decision taken: too few for a median"

    def test_without_a_decision_all_are_unknown(self) -> None:
        assert set(self.of().values()) == {None}


def series(values: list[float]) -> list[dict[str, object]]:
    days = pd.date_range("2025-06-30", periods=len(values), freq="ME")
    return [
        {"metric_id": "M-1", "at": f"{day.date()}T12:00:00Z", "value": value}
        for day, value in zip(days, values, strict=True)
    ]


METRIC = {"metric_id": "M-1", "name": "Orders", "unit": "orders", "direction": "increase", "kind": "outcome"}
NOISE = (0.3, -0.2, 0.1, -0.3, 0.2, 0.0, -0.1, 0.3, -0.2, 0.1, 0.2, -0.3, 0.1, -0.1, 0.2, -0.2)


class TestTheEffect:
    def of(self, after: float, direction: str = "increase", readings: int = 16) -> pd.Series:
        values = [10 + noise + (after if place >= 11 else 0) for place, noise in enumerate(NOISE)][:readings]
        row = decision(
            **{**TAKEN, "decided_at": "2026-04-20T10:00:00Z"},
            effect_metric_id="M-1",
            done_at="2026-05-10T10:00:00Z",
            asked="2026-04-01T10:00:00Z",
        )
        made = portfolio(row, metrics=[{**METRIC, "direction": direction}], observations=series(values))
        return decisions.effects(made, decisions.states(made)).iloc[0]

    def test_a_step_in_the_wanted_direction_after_the_deed_is_a_move(self) -> None:
        found = self.of(5.0)
        assert (found["verdict"], found["before"], found["after"]) == ("moved", 11, 5)
        assert found["low"] < 5 < found["high"]

    def test_the_same_step_is_the_other_way_where_less_is_wanted(self) -> None:
        assert self.of(5.0, "decrease")["verdict"] == "moved the other way"

    def test_noise_is_no_move_and_too_few_readings_say_nothing(self) -> None:
        assert self.of(0.0)["verdict"] == "no move seen"
        assert self.of(5.0, readings=13)["verdict"] == "not enough data"

    def test_an_open_decision_and_one_without_a_metric_have_no_row(self) -> None:
        made = portfolio(
            decision(effect_metric_id="M-1"),
            decision("D-2", **TAKEN),
            metrics=[METRIC],
            observations=series([1.0] * 3),
        )
        assert decisions.effects(made, decisions.states(made)).empty

    def test_no_effect_is_said_of_what_is_not_done(self) -> None:
        values = [10 + noise + (5 if place >= 11 else 0) for place, noise in enumerate(NOISE)]
        decided = {
            **TAKEN,
            "decided_at": "2026-05-10T10:00:00Z",
            "effect_metric_id": "M-1",
            "asked": "2026-04-01T10:00:00Z",
        }
        rows = [
            decision("L", **decided, due="2026-06-01"),
            decision("U", **decided),
            decision("O", effect_metric_id="M-1"),
            decision("N", **TAKEN),
            decision("D", **decided, due="2026-06-01", done_at="2026-05-10T11:00:00Z"),
        ]
        made = portfolio(*rows, metrics=[METRIC], observations=series(values))
        states = decisions.states(made)
        effects = decisions.effects(made, states)
        assert effects["decision_id"].tolist() == ["D"]
        said = decisions.summary(states, effects, HELD).set_index("decision")["effect"].to_dict()
        assert said == {
            "L": "not done yet",
            "U": "not done yet",
            "O": "not decided yet",
            "N": "no metric named",
            "D": "moved",
        }
        assert decisions.journeys(states, effects, HELD).set_index("decision_id")["effect"].to_dict() == {
            name: effect for name, effect in said.items() if name != "O"
        }


class TestTheCostOfWaiting:
    def of(
        self, items: list[dict[str, object]], spend: list[dict[str, object]]
    ) -> dict[str, tuple[float, str]]:
        costs = decisions.waiting_cost(portfolio(work_items=items, spend=spend))
        return {row.item_id: (round(row.cost_per_month, 2), row.cost_basis) for row in costs.itertuples()}

    def test_it_is_the_cost_of_delay_else_the_spend_of_the_last_three_whole_months_with_all_below(
        self,
    ) -> None:
        items: list[dict[str, object]] = [
            {"item_id": "E-1", "title": "a", "level": "epic", "cost_of_delay_per_week": 24_000},
            {"item_id": "E-2", "title": "b", "level": "epic"},
            {"item_id": "F-2", "title": "c", "level": "feature", "parent_id": "E-2"},
            {"item_id": "E-3", "title": "d", "level": "epic", "delivered_at": "2026-10-01"},
            {"item_id": "E-4", "title": "e", "level": "epic"},
        ]
        spend: list[dict[str, object]] = [
            {"period": "2026-08-01", "amount": 30_000, "item_id": "E-2"},
            {"period": "2026-10-01", "amount": 60_000, "item_id": "F-2"},
            {"period": "2026-07-01", "amount": 99_000, "item_id": "E-2"},
            {"period": "2026-10-01", "amount": 10_000, "item_id": "E-3"},
            {"period": "2026-09-01", "amount": 5_000, "item_id": "E-1"},
        ]
        found = self.of(items, spend)
        assert found["E-1"] == (104_365.71, "cost of delay")
        assert found["E-2"] == (30_000, "spend of the last three months")
        assert np.isnan(found["E-3"][0])  # delivered: nothing waits, and only a stop would free its spend
        assert "E-4" not in found
        made = portfolio(work_items=items, spend=spend)
        ahead = decisions.waiting_cost(made).set_index("item_id")["spend_per_month"]
        assert ahead["E-1"] == pytest.approx(5_000 / 3)
        assert ahead["E-3"] == pytest.approx(10_000 / 3)
        begun = flow.items(flow.read(made), window())
        goals = ["kr_id", "objective_id", "top_level_id", "top_three_id", "enterprise_id"]
        links = pd.DataFrame(columns=["item_id", *goals], dtype="str").assign(stands=False)
        told = {
            stop: decisions.standing(made, begun, links, stop).query("subject == 'E-1'").iloc[0]
            for stop in ((), ("E-1",), ("E-2",))
        }
        assert told[()]["cost_per_month"] == told["E-2",]["cost_per_month"] == pytest.approx(104_365.71)
        assert told["E-1",]["cost_per_month"] == pytest.approx(5_000 / 3)
        assert told["E-1",]["cost_basis"] == "spend of the last three months"


def test_of_a_stream_that_is_asked_about_as_a_whole_what_is_in_progress_stands_there() -> None:
    streams = [{"value_stream_id": one, "name": one} for one in ("VS-1", "VS-2")]
    begun_one = {"level": "epic", "title": "Epic", "value_stream_id": "VS-1", "started_at": "2026-01-10"}
    items = [
        {**begun_one, "item_id": "E-1"},
        {**begun_one, "item_id": "E-2", "value_stream_id": "VS-2"},
        {**begun_one, "item_id": "E-3", "started_at": None},
        {**begun_one, "item_id": "E-4", "delivered_at": "2026-02-01"},
        {**begun_one, "item_id": "E-5"},
    ]
    made = portfolio(work_items=items, value_streams=streams)
    begun = flow.items(flow.read(made), window())
    goals = ["kr_id", "objective_id", "top_level_id", "top_three_id", "enterprise_id"]
    links = pd.DataFrame(columns=["item_id", *goals], dtype="str").assign(stands=False)
    whole = decisions.standing(made, begun, links, ("E-5",), ("VS-1",))
    assert whole.loc[whole["subject"].eq("VS-1"), "item_id"].tolist() == ["E-1"]  # E-5 is to be stopped
    none = decisions.standing(made, begun, links)
    assert not none["subject"].isin(["VS-1", "VS-2"]).any()


def test_the_owner_is_the_role_of_the_stream_of_the_nearest_ancestor_that_has_one() -> None:
    made = portfolio(
        work_items=[
            {"item_id": "E-1", "title": "a", "level": "epic", "value_stream_id": "S"},
            {"item_id": "F-1", "title": "b", "level": "feature", "parent_id": "E-1"},
            {"item_id": "E-2", "title": "c", "level": "epic"},
        ],
        value_streams=[{"value_stream_id": "S", "name": "Stores", "owner": "Head of Stores"}],
    )
    found = decisions.owners(made)
    assert (found["E-1"], found["F-1"], found["S"]) == ("Head of Stores",) * 3
    assert "E-2" not in found
    assert decisions.titles(made)["S"] == "Stores"


def test_an_item_of_a_stream_without_an_owner_has_none() -> None:
    made = portfolio(
        work_items=[{"item_id": "E-1", "title": "a", "level": "epic", "value_stream_id": "S"}],
        value_streams=[{"value_stream_id": "S", "name": "Stores"}],
    )
    assert decisions.owners(made) == {}


def test_the_summary_puts_the_late_ones_first_and_the_journeys_the_longest() -> None:
    made = portfolio(
        decision(
            "done",
            "2026-01-01T10:00:00Z",
            **{**TAKEN, "decided_at": "2026-01-11T10:00:00Z"},
            done_at="2026-02-10T10:00:00Z",
            due="2026-03-01",
        ),
        decision("open"),
        decision("late", **TAKEN, due="2026-10-01"),
        decision("way", **TAKEN, due="2026-12-01"),
    )
    states = decisions.states(made)
    none = decisions.effects(made, states)
    summary = decisions.summary(states, none, HELD)
    assert summary["decision"].tolist() == ["late", "way", "open", "done"]
    assert summary["effect"].tolist() == [
        "no metric named",
        "no metric named",
        "not decided yet",
        "no metric named",
    ]
    ways = decisions.journeys(states, none, HELD).set_index("decision_id")
    assert ways.index.tolist() == ["late", "done", "way"]
    assert ways.loc["done", ["decided_days", "end_days"]].tolist() == pytest.approx([10, 40])
    assert ways.loc["late", "end_days"] - ways.loc["late", "due_days"] == pytest.approx(30)


BOARD = [
    {"state": "Coding", "class": "active", "position": 1},
    {"state": "Test queue", "class": "wait", "position": 2, "wip_limit": 1},
    {"state": "Done", "class": "done", "position": 3},
    {"state": "Dropped", "class": "cancelled", "position": 4},
]
DONE = {"decided_at": "2026-06-01T10:00:00Z", "done_at": "2026-06-30T10:00:00Z"}


def held(row: dict[str, object], **tables: list[dict[str, object]]) -> tuple[str, str]:
    """Whether a decision that was done on 30 June is kept on 31 October, and the facts."""
    tables.setdefault("value_streams", [{"value_stream_id": "S", "name": "Stores"}])
    items = [
        {"item_id": name, "title": name, "level": "epic", "value_stream_id": "S"} for name in ("E-1", "E-2")
    ]
    made = portfolio(
        decision(**{**DONE, **row}),
        states=tables.pop("states", BOARD),
        work_items=tables.pop("work_items", items),
        **tables,
    )
    states = decisions.states(made)
    log = flow.read(made)
    found = decisions.kept(made, states, decisions.effects(made, states), log, flow.items(log, window()))
    return found["kept"].iloc[0], found["facts"].iloc[0]


def moves(*steps: tuple[str, str, str]) -> list[dict[str, object]]:
    return [{"item_id": item, "to_state": state, "at": at} for item, state, at in steps]


@pytest.mark.parametrize(
    ("started", "kept", "facts"),
    [
        ("2026-06-30T10:00:01Z", "not kept", "1 item started there since it was done"),
        ("2026-06-30T10:00:00Z", "kept", "nothing started there since"),
    ],
)
def test_a_freeze_is_kept_where_nothing_starts_in_its_place_after_the_deed(
    started: str, kept: str, facts: str
) -> None:
    row = {"outcome": "freeze", "question": "Freeze new starts in Stores?"}
    assert held(row, transitions=moves(("E-1", "Coding", started))) == (kept, facts)
    assert held({**row, "question": "Freeze?"})[0] == "cannot be seen"
    assert held({**row, "question": "Freeze?", "item_id": "E-2"})[0] == "kept"


@pytest.mark.parametrize(
    ("move", "spend", "kept"),
    [
        (("E-1", "Coding", "2026-07-30T00:00:00Z"), "2026-07-01", "kept"),
        (("E-1", "Coding", "2026-08-01T00:00:00Z"), "2026-07-01", "not kept"),
        (("E-1", "Dropped", "2026-08-01T00:00:00Z"), "2026-07-01", "kept"),
        (("E-2", "Coding", "2026-08-01T00:00:00Z"), "2026-08-01", "not kept"),
    ],
)
def test_a_stop_is_kept_where_a_month_later_nothing_moves_and_nothing_is_spent(
    move: tuple[str, str, str], spend: str, kept: str
) -> None:
    first = ("E-1", "Coding", "2026-01-05T00:00:00Z")
    money: list[dict[str, object]] = [{"period": spend, "amount": 9_000, "item_id": "E-1"}]
    row = {"outcome": "stop", "item_id": "E-1"}
    assert held(row, transitions=moves(first, move), spend=money)[0] == kept
    late = {**row, "done_at": "2026-10-15T10:00:00Z"}
    assert held(late, transitions=moves(first), spend=money)[0] == "cannot be seen"
    assert held(row)[0] == "cannot be seen"


@pytest.mark.parametrize(("late", "kept"), [("0us", "kept"), ("1us", "cannot be seen")])
def test_a_stop_can_be_seen_from_the_instant_at_which_its_month_is_over(late: str, kept: str) -> None:
    done = instant(AS_OF, ZONE, end_of_day=True) - pd.Timedelta(30.44, "D") + pd.Timedelta(late)
    row = {"outcome": "stop", "item_id": "E-1", "done_at": done.isoformat()}
    assert held(row, transitions=moves(("E-1", "Coding", "2026-01-05T00:00:00Z")))[0] == kept


@pytest.mark.parametrize(
    ("after", "kept"), [(11_000, "kept"), (10_000, "not kept"), (None, "cannot be seen")]
)
def test_a_fund_is_kept_where_the_spend_of_its_item_rises(after: float | None, kept: str) -> None:
    money: list[dict[str, object]] = [{"period": "2026-06-01", "amount": 10_000, "item_id": "E-1"}]
    if after is not None:
        money.append({"period": "2026-07-01", "amount": after, "item_id": "E-1"})
    assert held({"outcome": "fund", "item_id": "E-1"}, spend=money)[0] == kept


@pytest.mark.parametrize(
    ("left", "done", "kept"),
    [
        (["2026-08-01T00:00:00Z"], "2026-06-30T10:00:00Z", "kept"),
        (["2026-09-01T00:00:00Z"], "2026-06-30T10:00:00Z", "not kept"),
        ([], "2026-10-01T10:00:00Z", "cannot be seen"),
    ],
)
def test_a_queue_that_was_freed_holds_its_limit_or_falls_within_sixty_days(
    left: list[str], done: str, kept: str
) -> None:
    row = {"outcome": "free", "question": "Free the test queue?", "done_at": done}
    into = [("E-1", "Test queue", "2026-06-01T00:00:00Z"), ("E-2", "Test queue", "2026-06-02T00:00:00Z")]
    out = [("E-1", "Done", at) for at in left]
    found, said = held(row, transitions=moves(*into, *out))
    assert found == kept
    by = "31 October" if kept == "cannot be seen" else "29 August"
    assert f"2 stood there on the day, {2 - (kept == 'kept')} by {by} 2026" in said
    assert held({**row, "question": "Free it?"}, transitions=moves(*into))[0] == "cannot be seen"


@pytest.mark.parametrize(
    ("stood", "left", "kept"),
    [(4, 0, "cannot be seen"), (4, 3, "cannot be seen"), (5, 0, "not kept"), (5, 1, "kept"), (5, 5, "kept")],
)
def test_a_queue_without_a_limit_is_free_where_fewer_of_five_or_more_stand_there(
    stood: int, left: int, kept: str
) -> None:
    names = [f"E-{n}" for n in range(stood)]
    items: list[dict[str, object]] = [{"item_id": one, "title": one, "level": "epic"} for one in names]
    board: list[dict[str, object]] = [{**row, "wip_limit": None} for row in BOARD]
    steps = [(one, "Test queue", "2026-06-01T00:00:00Z") for one in names]
    steps += [(one, "Done", "2026-08-01T00:00:00Z") for one in names[:left]]
    row = {"outcome": "free", "question": "Free the test queue?"}
    assert held(row, states=board, work_items=items, transitions=moves(*steps))[0] == kept


def test_a_pivot_is_kept_by_its_metric_alone() -> None:
    assert held({"outcome": "pivot", "item_id": "E-1"}) == ("cannot be seen", "it names no metric")


def test_what_was_not_kept_stands_first_with_its_facts() -> None:
    made = portfolio(decision(**{**DONE, "outcome": "freeze"}))
    states = decisions.states(made)
    broken = pd.DataFrame({"kept": ["not kept"], "facts": ["1 item started there since"]}, index=states.index)
    none = decisions.effects(made, states)
    for frame, column in (
        (decisions.summary(states, none, broken), "decision_state"),
        (decisions.journeys(states, none, broken), "state"),
    ):
        assert frame.iloc[0][[column, "facts"]].tolist() == ["not_kept", "1 item started there since"]
