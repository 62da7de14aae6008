"""The decisions asked today, what became of past ones, the questions and the conclusion: judged on small
tables and on the sample."""

import math
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from decisions_small import NONE_HELD, decision, portfolio

from vmo_helpers import found_in, open_review
from vmo_helpers.findings import decisions as judged
from vmo_helpers.findings.decisions.pricing import gains, priced
from vmo_helpers.findings.decisions.questions import QUESTIONS
from vmo_helpers.measures import changes, decisions, flow, okr
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import BY_DELAY, BY_SPEND, Severity

ROOT = Path(__file__).parents[2]
LIMITS = Thresholds()
GOING, NOT = "in progress", "not begun"
TAKEN = {"outcome": "stop", "decided_at": "2026-09-11T10:00:00Z"}
NAMES = {"E-1": "Kiosk", "E-2": "Lockers", "S": "Stores"}


def finding(rule: str, subject: str, severity: str = "alarm", **cells: Any) -> dict[str, Any]:
    name = NAMES.get(subject, subject)
    return {
        "id": f"{rule}:{subject}",
        "rule": rule,
        "subject": subject,
        "severity": severity,
        "sentence": f"{name} stands",
        "value": None,
        "unit": "number",
        "n": 1,
        "money": None,
        "missing": [],
        "clears_when": "",
        "details": {},
        "first_seen": "2026-10-31",
        "deck": "flow_analysis",
        "slide": rule.partition(".")[2],
        **cells,
    }


def asks(
    findings: list[dict[str, Any]],
    *rows: dict[str, Any],
    costs: dict[str, float] | None = None,
    places: dict[str, dict[str, float | None]] | None = None,
    over: tuple[str, ...] = (),
    needs: tuple[tuple[str, str, str], ...] = (),
    owned: tuple[tuple[str, str], ...] = (),
) -> pd.DataFrame:
    frame = pd.DataFrame(findings, columns=list(finding("a.b", "c")))
    own = standing({key: {key: cost} for key, cost in (costs or {}).items()} | (places or {}), over)
    epics = [{"item_id": f"E-{number}", "title": f"Epic {number}", "level": "epic"} for number in range(10)]
    states, owners = decisions.states(portfolio(*rows, work_items=epics)), {"E-1": "Head of Stores"}
    return judged.asks(frame, states, own, owners, NAMES, needed(*needs), belonging(*owned), LIMITS)


def belonging(*pairs: tuple[str, str]) -> pd.DataFrame:
    """Places, and what belongs to each."""
    return pd.DataFrame(pairs, columns=["place_id", "subject"], dtype="str")


def needed(*pairs: tuple[str, str, str]) -> pd.DataFrame:
    """Items in progress, what each needs, and where that stands."""
    return pd.DataFrame(pairs, columns=["item_id", "needs_item_id", "needs_status"], dtype="str")


def standing(places: dict[str, dict[str, float | None]], over: tuple[str, ...] = ()) -> pd.DataFrame:
    """What stands at each place, by item with its cost of a month's waiting; those in ``over`` are
    delivered."""
    rows = [
        (place, item, item not in over, cost, None if cost is None else "cost of delay", math.nan)
        for place, items in places.items()
        for item, cost in items.items()
    ]
    names = ["subject", "item_id", "waits", "cost_per_month", "cost_basis", "planned_value"]
    return pd.DataFrame(rows, columns=names).astype({"cost_per_month": "float64", "waits": "bool"})


class TestWhatIsAsked:
    def test_a_month_of_waiting_times_sureness_ranks_and_what_has_no_cost_follows_by_money(self) -> None:
        melon = finding("watermelon.watermelon", "E-1", details={"p_value": 0.5, "attainment": 0.0})
        ranked = asks(
            [
                melon,
                finding("flow.blocked", "E-2", "warning"),
                finding("okr.starvation", "O-1", money=9e9),
                finding("okr.starvation", "O-2"),
            ],
            costs={"E-1": 100.0, "E-2": 60.0},
        )
        assert ranked["subject"].tolist() == ["E-2", "E-1", "O-1", "O-2"]  # 60 × 0.9 before 100 × 0.5
        assert ranked["rank"].tolist() == [1, 2, 3, 4]

    def test_the_place_that_leads_the_page_is_asked_about_first_whatever_waits_elsewhere(self) -> None:
        place = finding(
            "places.fails", "S", details={"ask": "Decide what changes in Stores", "options": "a; b"}
        )
        other = finding("places.fails", "T", details={"ask": "Decide what changes in Web"})
        ranked = asks([place, other, finding("flow.blocked", "E-1")], costs={"E-1": 100.0})
        assert ranked["subject"].tolist() == ["S", "E-1", "T"]
        first = ranked.iloc[0]
        assert (first["ask"], first["options"]) == ("Decide what changes in Stores", "a; b")
        assert first["evidence"] == "What the title says", "the title is not told twice"

    def test_one_subject_is_one_ask_with_all_that_speaks_for_it(self) -> None:
        ranked = asks(
            [
                finding("flow.blocked", "E-1"),
                finding("okr.orphan_item", "E-1"),
                finding("flow.release_rhythm", "E-1"),
            ]
        )
        assert len(ranked) == 1
        assert ranked.loc[0, "ask"] == "Deliver a smaller part of “Kiosk” now, or stop it"
        assert ranked.loc[0, "evidence"].count(";") == 2
        assert ranked.loc[0, "owner"] == "Head of Stores"

    def test_three_kinds_of_evidence_stand_beside_an_ask_and_no_more(self) -> None:
        rules = ("flow.blocked", "okr.orphan_item", "flow.release_rhythm", "watermelon.watermelon")
        found = [finding(rule, "E-1", sentence=f"“Kiosk” is {rule}") for rule in rules]
        assert asks(found).loc[0, "evidence"].count(";") == 2

    @pytest.mark.parametrize(
        ("sentence", "beside"),
        [
            ("Orders stand still", "orders stand still"),
            ("A third waits", "A third waits"),
            ("EUR 5 k wait", "EUR 5 k wait"),
            ("“Kiosk” is late", "late"),
        ],
    )
    def test_a_second_sentence_goes_on_in_small_letters_but_for_what_is_written_large(
        self, sentence: str, beside: str
    ) -> None:
        found = [finding("flow.blocked", "E-1"), finding("okr.orphan_item", "E-1", sentence=sentence)]
        assert asks(found).loc[0, "evidence"] == f"Stands; {beside}"

    @pytest.mark.parametrize(("gate", "subject"), [("Test", "D-1"), ("Tests", "Tests")])
    def test_a_name_of_up_to_four_letters_is_not_sought_in_what_is_asked(
        self, gate: str, subject: str
    ) -> None:
        row = asks([finding("flow.wait_queue", gate)], decision("D-1", question="Run the latests tests?"))
        assert row.set_index("decision_id").loc["D-1", "subject"] == subject

    def test_a_watermelon_costs_the_part_of_its_value_that_does_not_come(self) -> None:
        melon = finding("watermelon.watermelon", "E-1", details={"p_value": 0.01, "attainment": 0.25})
        row = asks([melon], costs={"E-1": 100.0}, over=("E-1",)).iloc[0]
        assert (row["cost_per_month"], row["sureness"], row["sureness_is"]) == (
            75.0,
            0.99,
            "tested against chance",
        )

    def test_an_ask_is_priced_by_its_own_items_that_wait_today_and_each_item_counts_once(self) -> None:
        queue = finding("flow.wait_queue", "Test", value=0.4, money=9e9, details={"owner": "Release lead"})
        places: dict[str, dict[str, float | None]] = {
            "Test": {"E-1": 100.0, "E-2": 60.0, "E-3": None},
            "E-1": {"E-1": 100.0},
        }
        ranked = asks([queue, finding("flow.blocked", "E-1")], places=places).set_index("subject")
        assert ranked["cost_per_month"].to_dict() == {"Test": 160.0, "E-1": 100.0}
        assert ranked["counted_above"].fillna(0).to_dict() == {"Test": 0.0, "E-1": 100.0}
        assert ranked.loc["Test", "cost_basis"] == "estimated cost of delay of 2 items, 1 more unpriced"
        assert judged.asked(ranked.reset_index(), "EUR")[0].money == 160.0
        later = asks([queue, finding("flow.blocked", "E-1")], places=places, over=("E-1",))
        assert later.set_index("subject").loc["Test", "cost_per_month"] == 60.0, (
            "what is delivered waits no more"
        )

    @pytest.mark.parametrize(
        ("bases", "said"),
        [
            ([BY_DELAY], "estimated cost of delay"),
            ([BY_DELAY] * 2, "estimated cost of delay of 2 epics"),
            (
                [BY_DELAY, BY_SPEND],
                "estimated cost of delay of 1 epic (EUR 5 k) and monthly spend of 1 epic (EUR 5 k)",
            ),
        ],
    )
    def test_a_price_says_of_how_many_it_is_made_and_each_part_where_there_are_two(
        self, bases: list[str], said: str
    ) -> None:
        own = standing({"S": {f"E-{n}": 5000.0 for n in range(len(bases))}}).assign(cost_basis=bases)
        assert priced(own, "epic", "EUR")["cost_basis"] == said

    def test_one_contract_in_review_is_not_priced_by_the_whole_gate(self) -> None:
        question = {"question": "Legal review of locker contracts in parallel?", "item_id": "E-1"}
        gate = finding("flow.gate", "Legal review")
        places: dict[str, dict[str, float | None]] = {
            "Legal review": {"E-1": 60.0, "E-2": 500.0},
            "E-1": {"E-1": 60.0},
        }
        row = asks([gate], decision(**question), places=places).set_index("decision_id").loc["D-1"]
        assert (row["subject"], row["cost_per_month"]) == ("E-1", 60.0)
        row = asks([gate], decision(question="Pass Legal review?"), places=places).set_index("decision_id")
        assert row.loc["D-1", "cost_per_month"] == 560.0, "a question that names no item is about the gate"

    def test_a_stage_that_warns_is_asked_about_by_its_own_rule_and_as_projected(self) -> None:
        words = {"ask": "Give Legal of Stores what it waits for, before lead time is hurt"}
        told = finding("forecast.stage_warning", "Legal/S-1", "warning", details=words, deck="looking_ahead")
        whole = finding("forecast.warning", "portfolio", "warning")
        (row,) = asks([told, whole]).to_dict("records")
        assert (row["ask"], row["without"]) == (words["ask"], "lead time gets longer, weeks from now")
        assert row["sureness"] == LIMITS.sureness_projected and row["deck"] == "looking_ahead"
        late = finding("flow.wait_queue", "Legal/S-1", "alarm", value=0.4)
        assert asks([told, late])["finding_id"].tolist() == [late["id"]]  # what waits now speaks first

    @pytest.mark.parametrize(
        ("row", "subject"),
        [
            ({"finding_id": "flow.blocked:E-2"}, "E-2"),
            ({"question": "Free the integration test queue?", "item_id": "E-1"}, "Integration test"),
            ({"question": "Stop it?", "item_id": "E-1"}, "E-1"),
            ({"question": "Stop it?"}, "D-1"),
        ],
    )
    def test_an_open_decision_takes_the_evidence_of_what_it_is_about(
        self, row: dict[str, Any], subject: str
    ) -> None:
        items = [{"item_id": key, "title": NAMES[key], "level": "epic"} for key in ("E-1", "E-2")]
        states = decisions.states(portfolio(decision(**row), work_items=items))
        frame = pd.DataFrame(
            [
                finding("flow.blocked", "E-2"),
                finding("flow.blocked", "E-1"),
                finding("flow.wait_queue", "Integration test"),
            ]
        )
        ranked = judged.asks(frame, states, standing({}), {}, NAMES, needed(), belonging(), LIMITS)
        asked = ranked[ranked["decision_id"].eq("D-1")].iloc[0]
        assert asked["subject"] == subject
        assert ranked["subject"].is_unique
        assert pd.isna(asked["finding_id"]) == (subject == "D-1")
        others = set(ranked["subject"]) - {subject}
        assert {one.subject for one in judged.asked(ranked, "EUR")[1:]} == {"D-1", *others}

    def test_a_decision_that_nothing_speaks_of_is_asked_with_little_sureness(self) -> None:
        row = asks([], decision(owner="Head of Payments")).iloc[0]
        assert (row["sureness"], row["owner"], row["evidence"]) == (
            LIMITS.sureness_unsupported,
            "Head of Payments",
            "No finding of this review speaks of it",
        )

    def test_two_open_decisions_on_one_item_are_both_asked(self) -> None:
        ranked = asks(
            [finding("flow.blocked", "E-1")], decision("D-1", item_id="E-1"), decision("D-2", item_id="E-1")
        )
        assert sorted(ranked["decision_id"]) == ["D-1", "D-2"]

    def test_the_largest_queue_alone_is_asked_about_until_it_holds_its_limit_or_its_share(self) -> None:
        until = {"clears_when": "it holds under 25 % of all waiting"}
        queues = [
            finding("flow.wait_queue", name, "warning", value=share, **until)
            for name, share in (("Approval", 0.3), ("Test", 0.4))
        ]
        (only,) = asks(queues).to_dict("records")
        assert (only["subject"], only["ask"]) == (
            "Test",
            "Free Test: give it people or take work away, until it holds under 25 % of all waiting",
        )
        over = asks(
            [*queues, finding("flow.wip_limit", "Test"), finding("flow.wip_limit", "Approval")]
        ).set_index("subject")["ask"]
        assert over["Test"] == "Free Test: give it people or take work away, until it holds its limit"
        assert over["Approval"] == "Start nothing more in Approval until it holds its limit"
        asked = asks(queues, decision("D-1", question="Free Approval?")).set_index("subject")
        assert asked.loc["Approval", "finding_id"] == "flow.wait_queue:Approval", (
            "who asks gets the evidence of a smaller one, too"
        )

    def test_what_is_decided_and_under_way_is_not_asked_again_before_it_is_due(self) -> None:
        queue = finding("flow.wait_queue", "Test", value=0.4)
        decided = decision("D-1", **TAKEN, finding_id="flow.wait_queue:Test", due="2026-12-31")
        assert asks([queue], decided).empty
        late = decision("D-1", **TAKEN, finding_id="flow.wait_queue:Test", due="2026-10-01")
        assert asks([queue], late)["subject"].tolist() == ["Test"]

    def test_of_late_work_that_needs_other_work_first_that_is_asked_about_once_and_priced_by_all(
        self,
    ) -> None:
        late = [
            finding("flow.release_rhythm", "E-1", name="Kiosks", sentence="Kiosks began 655 days ago"),
            finding("flow.stalled_item", "E-2", name="Tills", sentence="Tills is old"),
        ]
        told = [finding("flow.unfinished_need", item) for item in ("E-1", "E-2")]
        needs = (("E-1", "E-3", GOING), ("E-2", "E-3", GOING))
        costs = {"E-1": 100.0, "E-2": 10.0, "E-3": 1.0}
        (row,) = asks([*late, *told], costs=costs, needs=needs).to_dict("records")
        assert row["ask"] == "Finish “E-3” first: “Kiosk” and “Lockers” need it"
        assert (row["subject"], row["cost_per_month"]) == ("E-3", 111.0)
        assert row["evidence"] == "Kiosks began 655 days ago; Tills is old"
        assert (row["finding_id"], row["without"]) == (told[0]["id"], "what needs it stays unfinished, too")

    @pytest.mark.parametrize(
        ("rule", "needs", "decided", "subjects"),
        [
            ("flow.stalled_item", {"E-2": ("E-3", NOT)}, None, ["E-3"]),
            ("flow.stalled_item", {"E-2": ("E-3", "cancelled")}, None, ["E-2"]),
            ("flow.stalled_item", {"E-2": ("E-3", "not on record")}, None, ["E-2"]),
            ("flow.stalled_item", {"E-2": ("E-3", GOING), "E-3": ("E-4", "not begun")}, None, ["E-4"]),
            ("flow.stalled_item", {"E-2": ("E-3", GOING), "E-3": ("E-2", GOING)}, None, ["E-2"]),
            ("watermelon.watermelon", {"E-2": ("E-3", GOING)}, None, ["E-2"]),
            ("flow.blocked", {"E-2": ("E-3", GOING)}, None, ["E-2"]),
            ("flow.stalled_item", {"E-2": ("E-3", GOING)}, "E-2", ["E-2"]),
            ("flow.stalled_item", {"E-2": ("E-3", GOING)}, "E-3", ["E-2", "E-3"]),
        ],
        ids=["not begun", "cancelled", "unknown", "chain", "circle", "red", "blocked", "asked", "need asked"],
    )
    def test_what_can_be_finished_is_asked_about_in_place_of_late_work_alone(
        self, rule: str, needs: dict[str, tuple[str, str]], decided: str | None, subjects: list[str]
    ) -> None:
        found = [finding(rule, "E-2"), finding("flow.unfinished_need", "E-2")]
        rows = [decision(question="Go on?", item_id=decided)] if decided else []
        pairs = tuple((item, *need) for item, need in needs.items())
        assert sorted(asks(found, *rows, needs=pairs)["subject"]) == subjects

    def test_what_is_open_within_a_place_that_fails_stands_beside_its_ask_with_what_it_costs(self) -> None:
        rows = [
            decision("D-1", question="Stop the kiosk?", cost="EUR 60 k", item_id="E-1"),
            decision("D-2", question="Fund the shelf?", item_id="E-2"),
            decision("D-3", question="Elsewhere?", cost="EUR 1", item_id="E-9"),
        ]
        place = finding("places.fails", "VS-1", deck="", slide="places")
        owned = (("VS-1", "D-1"), ("VS-1", "D-2"), ("VS-2", "D-3"))
        row = asks([place], *rows, owned=owned).set_index("subject").loc["VS-1"]
        assert row["within"] == "“Stop the kiosk?” (D-1) and “Fund the shelf?” (D-2)"
        assert row["costs"] == "EUR 60 k (D-1)"
        other = finding("flow.nothing_finished", "VS-1")
        assert pd.isna(asks([other], *rows, owned=owned).set_index("subject").loc["VS-1", "within"])

    @pytest.mark.parametrize(
        ("question", "item", "within"),
        [
            ("Legal review in parallel?", "E-5", True),
            ("In parallel?", "E-5", False),
            ("Legal review in parallel?", "E-6", False),
        ],
    )
    def test_a_decision_on_an_item_that_passes_a_gate_stands_beside_it_where_it_names_the_gate(
        self, question: str, item: str, within: bool
    ) -> None:
        gate = finding("flow.gate", "Legal review")
        places = {"Legal review": {"E-5": 1.0}, "E-5": {"E-5": 1.0}}
        rows = asks([gate], decision(question=question, item_id=item), places=places).set_index("subject")
        assert pd.notna(rows.loc["Legal review", "within"]) == within

    def test_what_is_only_noted_or_about_the_whole_asks_nothing(self) -> None:
        assert asks(
            [
                finding("flow.blocked", "E-1", "note"),
                finding("flow.blocked", "portfolio"),
                finding("flow.hand_offs", "E-1"),
            ]
        ).empty

    def test_a_finding_of_any_notebook_may_bring_its_own_words(self) -> None:
        row = asks(
            [finding("value.lapsed", "E-1", details={"ask": "Write the benefit off", "owner": "Board"})]
        ).iloc[0]
        assert (row["ask"], row["owner"]) == ("Write the benefit off", "Board")

    @pytest.mark.parametrize(
        ("count", "sentence"),
        [
            (0, "No decision is asked today"),
            (1, "One decision is asked today: waiting costs EUR 1 k a month"),
            (7, "Five decisions are asked today: waiting costs EUR 5 k a month"),
        ],
    )
    def test_at_most_five_are_asked_and_their_cost_is_summed(self, count: int, sentence: str) -> None:
        ids = [f"E-{n}" for n in range(count)]
        ranked = asks([finding("flow.blocked", key) for key in ids], costs=dict.fromkeys(ids, 1000.0))
        whole, *each = judged.asked(ranked, "EUR")
        assert whole.sentence == sentence
        assert len(each) == min(count, 5)

    def test_the_rule_that_is_printed_names_money_weight_and_five(self) -> None:
        assert all(
            word in judged.rule_of_order()
            for word in ("title speaks of", "month of waiting", "weight", "at most five", "money at stake")
        )


class TestWhatBecameOfThem:
    def past(self, *rows: dict[str, Any], held: pd.DataFrame = NONE_HELD) -> list[Any]:
        return judged.past(decisions.states(portfolio(*rows)), held, LIMITS)

    def test_without_a_table_it_cannot_be_said(self) -> None:
        (only,) = self.past()
        assert (only.severity, only.missing) == (Severity.UNKNOWN, ("table decisions",))

    def test_open_ones_alone_are_no_conclusion(self) -> None:
        assert self.past(decision())[0].sentence == "None of 1 decision asked for has been taken yet"

    def test_the_late_ones_follow_the_count_the_latest_first(self) -> None:
        done = {**TAKEN, "due": "2026-10-01", "done_at": "2026-10-04T09:00:00Z"}
        whole, first, second = self.past(
            decision("A", **TAKEN, due="2026-10-20"),
            decision("B", **TAKEN, due="2026-10-01", owner="Head of Stores"),
            decision("C", **done),
        )
        assert whole.sentence == "1 of 3 decisions that are due is done, 1 after the due day"
        assert (whole.severity, whole.value, whole.evidence[0].total) == (
            Severity.WARNING,
            pytest.approx(1 / 3),
            3,
        )
        assert [first.id, second.id] == ["value.late_decision:B", "value.late_decision:A"]
        assert first.sentence == "What of B? Due on 1 October 2026, not done 30 days later"

    def test_one_that_was_not_kept_is_said_beside_the_count(self) -> None:
        done = decision(**TAKEN, due="2026-10-01", done_at="2026-10-04T09:00:00Z")
        held = pd.DataFrame({"kept": ["not kept"]})
        assert self.past(done, held=held)[0].sentence == (
            "1 of 1 decision that is due is done, 1 after the due day: 1 not kept"
        )
        every = pd.DataFrame({"kept": ["not kept", "cannot be seen", "kept", "kept"]})
        assert (
            "after the due day: 2 kept, 1 not kept, 1 cannot be seen"
            in self.past(done, held=every)[0].sentence
        )
        unseen = pd.DataFrame({"kept": ["cannot be seen"]})
        assert self.past(done, held=unseen)[0].sentence == (
            "1 of 1 decision that is due is done, 1 after the due day"
        )

    def test_all_carried_through_holds(self) -> None:
        assert (
            self.past(decision(**TAKEN, due="2026-10-01", done_at="2026-10-04T09:00:00Z"))[0].severity
            == Severity.GOOD
        )

    def test_decisions_without_a_metric_say_so(self) -> None:
        made = portfolio(decision(**TAKEN))
        (only,) = judged.effects(decisions.effects(made, decisions.states(made)))
        assert only.severity == Severity.UNKNOWN


@pytest.mark.parametrize(
    ("values", "sentence", "severity"),
    [
        (
            {},
            "None of the three yardsticks is known yet: lead time to value, watermelons, alignment",
            "unknown",
        ),
        (
            {"flow.lead_time_p85_days": (314.0, 289.0), "watermelon.count": (8.0, 7.0)},
            "Value reaches customers more slowly, and eight green epics are red inside",
            "alarm",
        ),
        (
            {"flow.lead_time_p85_days": (280.0, 289.0), "watermelon.count": (1.0, 7.0)},
            "One green epic is red inside",
            "warning",
        ),
        (
            {
                "flow.lead_time_p85_days": (280.0, None),
                "watermelon.count": (0.0, 7.0),
                "okr.top_three_share": (0.9, None),
            },
            "Value reaches customers within 280 days, and no green epic is red inside",
            "good",
        ),
        (
            {
                "watermelon.count": (0.0, None),
                "watermelon.green": (15.0, None),
                "watermelon.unknown_inside": (9.0, None),
                "watermelon.not_yet_due": (4.0, None),
            },
            "None of 2 green epics that can be tested is red inside",
            "good",
        ),
        (
            {"okr.top_three_share": (0.7999, None)},
            "Only 79.99 % of the work serves a top-three goal",
            "warning",
        ),
    ],
)
def test_the_conclusion_names_the_two_worst(
    values: dict[str, tuple[float, float | None]], sentence: str, severity: str
) -> None:
    rows = [
        {"key": key, "unit": "days", "value": now, "before": before} for key, (now, before) in values.items()
    ]
    found = judged.conclusion(pd.DataFrame(rows, columns=["key", "unit", "value", "before"]), LIMITS, "epic")
    assert (found.sentence, str(found.severity)) == (sentence, severity)


@pytest.fixture(scope="module")
def found() -> Any:
    return found_in(ROOT / "data" / "review")


@pytest.fixture(scope="module")
def opened() -> Any:
    return open_review("portfolio_review", ROOT / "data" / "sample", as_of="2026-10-31")


class TestTheSample:
    def test_what_became_of_its_decisions_is_said_with_their_pace(self, opened: Any) -> None:
        whole = judged.past(decisions.states(opened.portfolio), NONE_HELD, LIMITS)[0]
        assert whole.sentence == (
            "8 of 10 decisions that are due are done, 5 after the due day; half of 13 were taken within 24 "
            "days of being asked"
        )

    def test_every_ask_has_a_role_evidence_and_a_way_to_why(self, found: Any, opened: Any) -> None:
        portfolio = opened.portfolio
        items = flow.items(flow.read(portfolio), opened.window)
        ranked = judged.asks(
            found.findings,
            decisions.states(portfolio),
            decisions.standing(portfolio, items, okr.read(portfolio, items, opened.window).links),
            decisions.owners(portfolio),
            decisions.titles(portfolio),
            flow.unfinished_needs(portfolio, items),
            belonging(),
            LIMITS,
        )
        today = ranked.head(5)
        assert today["owner"].notna().all()
        assert today["slide"].notna().all()
        assert today["cost_per_month"].gt(0).all()
        scores = today["cost_per_month"].astype(float) * today["sureness"].astype(float)
        assert scores.is_monotonic_decreasing
        assert today.loc[0, ["subject", "decision_id"]].tolist() == ["Integration test queue", "D-001"]
        people = set(portfolio.status_reports["author"].dropna()) - set(decisions.owners(portfolio).values())
        assert not people & set(ranked["owner"].dropna())

    def test_the_questions_are_six_and_none_is_about_dates_or_how_busy_anybody_is(
        self, found: Any, opened: Any
    ) -> None:
        states = decisions.states(opened.portfolio)
        moved = changes.findings(
            found.findings, found.past_findings, found.reviews, found.complete, "2026-10-31"
        )
        shown = judged.questions(found.findings, moved, states, [])
        assert len(shown) == 6
        assert shown["question"].str.endswith("?").all()
        said = " ".join([*shown["question"], *(question.words for question in QUESTIONS)]).casefold()
        assert not re.search(r"gantt|utili[sz]|milestone|busy|how many hours|on time", said)


def test_what_half_a_queue_would_save_is_told_with_its_range_where_it_is_known() -> None:
    saved = {"days_saved_per_item": 3.0, "days_saved_low": 1.0, "days_saved_high": 5.0}
    queues = {"Test": saved, "Legal": {"days_saved_per_item": 2.0}, "Idle": {"days_saved_per_item": None}}
    rows = [
        finding("flow.if_halved", "Stores", details={"queues": queues}),
        finding("flow.if_halved", "portfolio", details={"queues": {"Whole": saved}}),
        finding("flow.wait_queue", "Test", details={"queues": {"Other": saved}}),
    ]
    assert gains(pd.DataFrame(rows)) == {
        "Test": "3 days an item (between 1 day and 5 days), were the queue half as long",
        "Legal": "2 days an item, were the queue half as long",
    }
    assert gains(pd.DataFrame(rows), "working_days") == {
        "Test": "3 working days an item (between 1 working day and 5 working days), "
        "were the queue half as long",
        "Legal": "2 working days an item, were the queue half as long",
    }


@pytest.mark.parametrize(("subject", "asks_it"), [("O-1", True), ("portfolio", False)])
def test_a_question_about_one_goal_is_asked_of_a_goal_and_one_about_all_of_all(
    subject: str, asks_it: bool
) -> None:
    none = pd.DataFrame(columns=["spells", "state", "money"])
    rows = [finding("okr.starvation", subject), finding("okr.key_results", subject)]
    states = decisions.states(portfolio())
    said = judged.questions(pd.DataFrame(rows), none, states, [])["question"].tolist()
    assert len(said) == 1 and ("where is its money" in said[0]) == asks_it


@pytest.mark.parametrize(
    ("spells", "state", "asked"),
    [(2, "new", 1), (1, "new", 0), (2, "cleared", 0)],
    ids=["twice", "once", "away"],
)
def test_why_something_came_back_is_asked_from_its_second_time_on(
    spells: int, state: str, asked: int
) -> None:
    shown = {"sentence": "It is back", "deck": "flow_analysis", "slide": "waits", "money": 1.0}
    back = pd.DataFrame([{"spells": spells, "state": state, **shown}])
    nothing = pd.DataFrame([finding("a.b", "c")])
    said = judged.questions(nothing, back, decisions.states(portfolio()), [])
    assert said["because"].tolist() == ["It is back"] * asked


@pytest.mark.parametrize(("letters", "named"), [(60, True), (61, False)])
def test_a_question_names_its_subject_by_up_to_sixty_letters_of_the_sentence(
    letters: int, named: bool
) -> None:
    stream = "S" * letters
    found = finding("flow.nothing_finished", "VS-1", sentence=f"{stream} finished nothing since April")
    none = pd.DataFrame(columns=["spells", "state", "money"])
    (asked,) = judged.questions(pd.DataFrame([found]), none, decisions.states(portfolio()), [])["question"]
    assert asked == f"What would {stream if named else 'VS-1'} have to leave, to finish one thing?"


def test_of_what_was_decided_and_not_done_the_longest_overdue_is_asked_about() -> None:
    rows = [
        decision(key, **{**TAKEN, "decided_at": "2026-09-02T10:00:00Z"}, due=due)
        for key, due in (("D-1", "2026-10-20"), ("D-2", "2026-09-20"), ("D-3", "2026-10-01"))
    ]
    none, nothing = pd.DataFrame(columns=["spells", "state", "money"]), pd.DataFrame([finding("a.b", "c")])
    (asked,) = judged.questions(nothing, none, decisions.states(portfolio(*rows)), []).to_dict("records")
    assert asked["question"] == "What keeps us from what we decided: “What of D-2”?"
    assert asked["because"] == "Due on 20 September 2026 and not done"


def test_each_decision_that_was_not_kept_is_a_finding_of_its_own() -> None:
    held = pd.DataFrame({"kept": ["not kept", "kept", "not kept", "cannot be seen"]}).assign(
        decision_id="D-1", question="Freeze it?", facts="2 items started there since", place="S"
    )
    whole, *each = judged.kept(held.assign(done_at=pd.Timestamp("2026-06-30T10:00:00Z")))
    assert (whole.value, whole.n, [one.n for one in each]) == (2, 4, [1, 1])


@pytest.mark.parametrize(("done", "as_wanted"), [(3, False), (4, True)])
def test_decisions_are_carried_through_as_wanted_from_four_of_five_on(done: int, as_wanted: bool) -> None:
    late = {**TAKEN, "decided_at": "2026-09-02T10:00:00Z", "due": "2026-09-20"}
    rows = [
        decision(f"D-{n}", **late, **({"done_at": "2026-09-15T10:00:00Z"} if n < done else {}))
        for n in range(5)
    ]
    whole = judged.past(decisions.states(portfolio(*rows)), NONE_HELD, LIMITS)[0]
    assert (whole.value, whole.details["as_wanted"]) == (done / 5, as_wanted)


def test_of_how_many_it_cannot_be_seen_is_said_beside_what_was_seen() -> None:
    rows = pd.DataFrame({"kept": ["kept", "cannot be seen"]})
    (some,) = judged.kept(rows)
    (none,) = judged.kept(rows.tail(1))
    assert some.sentence == "Nothing speaks against 2 decisions that are done; of 1 it cannot be seen"
    assert none.severity == Severity.UNKNOWN
