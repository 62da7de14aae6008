"""The result of an import is never refused by `vmo check`: every table of the contract from a sheet with the
columns that an office has, and what the contract would refuse left out by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.importing.sheets import Rows, book, run, table
from vmo_helpers.cli.main import main
from vmo_helpers.contract.schema import TABLES

ITEMS = [
    ["Epic-ID", "Name", "Created", "Analysis", "Build", "Done"],
    *([f"E-{item}", f"Epic {item}", "2026-01-05", "2026-01-10", "2026-01-15", None] for item in range(1, 13)),
]
REGISTERS: dict[str, Rows] = {
    "work_items": [
        ["Name", "Start date", "End date"],
        ["Epic 1", "2026-01-05", None],
        ["Epic 2", "2026-01-07", None],
    ],
    "transitions": [
        ["Epic", "Date", "New status"],
        ["E-1", "2026-01-10", "Build"],
        ["E-1", "2026-02-10", "Done"],
    ],
    "states": [["Status", "Category"], ["Analysis", "backlog"], ["Build", "active"], ["Done", "done"]],
    "blockers": [
        ["Epic", "Blocked since", "Blocked until", "Reason"],
        ["Epic 1", "2026-01-12", None, "legal"],
    ],
    "dependencies": [["Epic", "Depends on"], ["Epic 1", "Epic 2"]],
    "value_streams": [["Value stream", "Owner"], ["Retail", "Head of retail"]],
    "teams": [["Team", "Department", "Value stream"], ["Red", "Sales", "Retail"]],
    "plan_changes": [
        ["Table", "Key", "Column", "Changed at", "Old value"],
        ["work_items", "E-1", "planned_end", "2026-02-01", "2026-03-01"],
    ],
    "budgets": [["Value stream", "Year", "Budget"], ["Retail", "2026", "€ 100,000"]],
    "spend": [["Month", "Epic", "Cost"], ["2026-01", "Epic 1", "1,200.50"], ["Feb 2026", "Epic 2", 2000]],
    "status_reports": [["Project", "Report date", "RAG"], ["Epic 1", "2026-02-01", "Green"]],
    "metrics": [["KPI", "Unit", "Direction", "Kind"], ["Returns", "per cent", "decrease", "outcome"]],
    "observations": [["KPI", "Month", "Value"], ["Returns", "Jan 2026", 12], ["Returns", "Feb 2026", 11]],
    "surveys": [["Date", "NPS"], ["2026-01-31", 9]],
    "benefits": [["Benefit", "Epic", "Planned benefit", "Due"], ["B1", "Epic 1", 10000, "2026-12-31"]],
    "targets": [["Key result", "Date", "Target"], ["More orders", "2026-06-30", 12]],
    "realisations": [["Benefit", "Date", "Realised"], ["B1", "2026-03-31", 500]],
    "pi_objectives": [
        ["PI", "Team", "Objective", "Planned value", "Committed"],
        ["PI 1", "Red", "Faster", 8, "yes"],
    ],
    "criteria_scores": [["Epic", "Criterion", "Score"], ["Epic 1", "ROI", 5]],
    "risks": [["Risk", "Epic", "Probability", "Impact"], ["Vendor late", "Epic 1", "30 %", 10000]],
    "objectives": [["Objectives 2026"], ["Objective", "Rank"], ["Grow", 1]],
    "key_results": [
        ["Objective", "Key result", "Target", "From", "To"],
        ["Grow", "More", 12, "2026-01-01", "2026-12-31"],
    ],
    "checkins": [["Key result", "Date", "Value", "Confidence"], ["More orders", "2026-02-01", 4, 0.7]],
    "links": [["Epic", "Objective", "Key result"], ["Epic 1", "Grow", None], ["Epic 2", "Grow", "More"]],
    "shifts": [["Value stream", "Date", "Factor"], ["Retail", "2026-02-01", 1.5]],
    "decisions": [
        ["Date", "Question", "Decision"],
        ["2026-02-01", "Stop Epic 2?", "stop"],
        ["2026-03-01", "Fund it?", None],
    ],
}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.mark.parametrize("name", TABLES)
def test_each_table_from_the_columns_that_an_office_has_is_imported_and_checked(
    tmp_path: Path, out: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if name != "work_items":
        assert run(book(tmp_path / "items.xlsx", Epics=ITEMS), out, "--propose-map") == 0
    source = book(tmp_path / "register.xlsx", Sheet1=REGISTERS[name])
    assert run(source, out, "--table", name, "--propose-map") == 0, capsys.readouterr()
    assert len(table(out, name)) == sum(any(row) for row in REGISTERS[name][1:]) - (name == "objectives")
    assert main(["check", str(out)]) == 0, capsys.readouterr()


def test_months_dates_and_kinds_become_what_the_contract_writes(tmp_path: Path, out: Path) -> None:
    wanted = {
        name: rows
        for name, rows in REGISTERS.items()
        if name in ("spend", "observations", "links", "objectives")
    }
    assert run(book(tmp_path / "b.xlsx", Epics=ITEMS, **wanted), out, "--propose-map") == 0
    assert [row["period"] for row in table(out, "spend")] == ["2026-01-01", "2026-02-01"]
    assert [row["at"] for row in table(out, "observations")] == ["2026-01-31", "2026-02-28"]
    assert [(row["from"], row["to"]) for row in table(out, "objectives")] == [("2026-01-01", "2026-12-31")]
    assert [(row["item_id"], row["goal_type"], row["goal_id"]) for row in table(out, "links")] == [
        ("E-1", "objective", "Grow"),
        ("E-2", "key_result", "More"),
    ]


def test_what_leads_nowhere_stands_twice_or_has_no_period_is_left_out_by_name(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheets: dict[str, Rows] = {
        "Epics": [*ITEMS, ["E-3", "Epic 3 again", "2026-01-05", "2026-03-10", "2026-03-15", None]],
        "objectives": [["Objective", "Period"], ["Grow", "2026"]],
        "key_results": [["Objective", "Key result", "Target"], ["Grow", "More", 12], ["Save", "Less", 3]],
        "checkins": [["Key result", "Date", "Value"], ["More", "2026-02-01", 4], ["Less", "2026-02-01", 1]],
        "links": [["Epic", "Objective"], ["Epic 1", "Grow"], ["Epic 2", "Sell"], ["Epic 99", "Grow"]],
        "status_reports": [
            ["Epic", "Date", "RAG"],
            ["Epic 1", "2026-02-01", "green"],
            ["E-77", "2026-02-01", "red"],
        ],
    }
    assert run(book(tmp_path / "b.xlsx", **sheets), out, "--propose-map") == 3
    told = capsys.readouterr().err
    for words in (
        "sheet Epics, row 14: work_items.csv",
        "“E-3”",
        "sheet key_results, row 3: key_results.csv, column to: 1 row left out: is empty, and its objective",
        "sheet checkins, row 3",
        "sheet links, row 3: links.csv, column goal_id: 1 row left out: leads to no row of objectives",
        "sheet links, row 4: links.csv, column item_id",
        "sheet status_reports, row 3",
    ):
        assert words in told, told
    assert [len(table(out, name)) for name in ("key_results", "checkins", "links", "status_reports")] == [
        1,
        1,
        1,
        1,
    ]
    assert len(table(out, "work_items")) == 12
    assert [row["at"] for row in table(out, "transitions") if row["item_id"] == "E-3"] == [
        "2026-01-10",
        "2026-01-15",
    ]
    assert main(["check", str(out)]) == 0
    assert (
        "1 link does not say since when it holds (linked_at): taken as always there"
        in capsys.readouterr().out
    )


def test_key_results_without_any_period_are_told_in_one_sentence(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(book(tmp_path / "items.xlsx", Epics=ITEMS), out, "--propose-map") == 0
    before = sorted(out.iterdir())
    source = book(tmp_path / "b.xlsx", OKRs=[["Objective", "Key result", "Target"], ["Grow", "More", 12]])
    assert run(source, out, "--table", "key_results", "--propose-map") == 2
    assert "column to: 1 row left out: is empty, and its objective has none" in capsys.readouterr().err
    assert sorted(out.iterdir()) == before


def test_a_section_that_only_says_what_every_row_is_takes_the_columns_of_the_sheet(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = book(tmp_path / "b.xlsx", KPIs=[["KPI", "Unit"], ["Returns", "per cent"]])
    assert run(source, out, "--propose-map") == 2
    told = capsys.readouterr().err
    assert "direction (increase, decrease, maintain), kind (outcome, behaviour, output, activity)" in told
    out.mkdir()
    section = '[tables.metrics.fixed]\ndirection = "decrease"\nkind = "outcome"\n'
    (out / "map.toml").write_text(section, encoding="utf-8")
    assert run(source, out, "--propose-map") == 0
    assert table(out, "metrics")[0] == {
        "metric_id": "Returns",
        "name": "Returns",
        "unit": "per cent",
        "direction": "decrease",
        "kind": "outcome",
    }
    assert "KPIs" in (out / "map.toml").read_text(encoding="utf-8")


def test_a_log_whose_decisions_are_sentences_has_them_as_questions(tmp_path: Path, out: Path) -> None:
    rows = [["No", "Date", "Decision", "Status"], ["D1", "2026-02-01", "Move two teams to Retail", "open"]]
    assert run(book(tmp_path / "b.xlsx", Decisions=rows), out, "--propose-map") == 0
    assert table(out, "decisions")[0]["question"] == "Move two teams to Retail"


def test_goals_by_name_become_keys(tmp_path: Path, out: Path) -> None:
    sheets: dict[str, Rows] = {
        "Epics": [[*ITEMS[0], "Goal"], *([*row, "More"] for row in ITEMS[1:])],
        "objectives": [["ID", "Objective", "Period"], ["O1", "Grow", "2026"]],
        "key_results": [["KR ID", "Objective", "Key result", "Target"], ["K1", "Grow", "More", 12]],
        "links": [["Epic", "Objective"], ["Epic 1", "Grow"], ["Epic 2", "O1"]],
        "targets": [["Key result", "Date", "Target"], ["More", "2026-06-30", 6]],
        "shifts": [["Objective", "Date", "Factor"], ["Grow", "2026-02-01", 2]],
    }
    assert run(book(tmp_path / "b.xlsx", **sheets), out, "--propose-map") == 0
    assert [row["goal_id"] for row in table(out, "links")] == ["O1", "O1"]
    assert table(out, "targets")[0]["goal_id"] == "K1"
    assert (table(out, "shifts")[0]["subject_type"], table(out, "shifts")[0]["subject_id"]) == (
        "objective",
        "O1",
    )
    assert table(out, "key_results")[0]["objective_id"] == "O1"
    assert {row["goal"] for row in table(out, "work_items")} == {"K1"}
    assert main(["check", str(out)]) == 0


def test_states_that_a_history_names_are_added_below_an_imported_board(tmp_path: Path, out: Path) -> None:
    assert run(book(tmp_path / "items.xlsx", Epics=ITEMS), out, "--propose-map") == 0
    source = book(tmp_path / "b.xlsx", Sheet1=REGISTERS["transitions"])
    assert run(source, out, "--table", "transitions", "--propose-map") == 0
    assert [(row["state"], row["position"]) for row in table(out, "states")] == [
        ("Analysis", "1"),
        ("Build", "2"),
        ("Done", "3"),
    ]


GOALS: Rows = [
    ["Objective", "KR-ID", "Key result", "Target", "From", "To"],
    ["Grow", "KR1", "More orders", 12, "2026-01-01", "2026-12-31"],
    ["Grow", "KR2", "Search and find", 5, "2026-01-01", "2026-12-31"],
]


class TestSeveralGoalsInOneCell:
    def test_are_a_link_each_whatever_stands_between_them(
        self, tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        links: Rows = [
            ["Epic", "Key result", "Share"],
            ["Epic 1", "KR1, KR2", None],
            ["Epic 2", "More orders / KR2", None],
            ["Epic 3", "Search and find", None],  # one goal whose name has a word that stands between
            ["Epic 4", "KR1; KR9", None],  # of no such goal: not read as half of what was meant
            ["Epic 5", "KR1, KR2", 0.5],  # half of which is not said
        ]
        sheets = {"objectives": REGISTERS["objectives"], "key_results": GOALS, "links": links}
        assert run(book(tmp_path / "b.xlsx", Epics=ITEMS, **sheets), out, "--propose-map") == 3
        said = capsys.readouterr()
        assert "2 links of several goals in one cell read as one each" in said.out + said.err
        assert "“KR1; KR9”" in said.out + said.err
        assert "“KR1, KR2”" in said.out + said.err
        assert [(row["item_id"], row["goal_type"], row["goal_id"]) for row in table(out, "links")] == [
            ("E-1", "key_result", "KR1"),
            ("E-1", "key_result", "KR2"),
            ("E-2", "key_result", "KR1"),
            ("E-2", "key_result", "KR2"),
            ("E-3", "key_result", "KR2"),
        ]
        assert main(["check", str(out)]) == 0

    def test_of_an_item_are_links_beside_those_of_their_own_sheet(self, tmp_path: Path, out: Path) -> None:
        items: Rows = [[*ITEMS[0], "Goal"], [*ITEMS[1], "KR1 and Grow"], [*ITEMS[2], "KR1"], *ITEMS[3:]]
        sheets: dict[str, Rows] = {
            "objectives": REGISTERS["objectives"],
            "key_results": GOALS,
            "links": [["Epic", "Key result"], ["Epic 3", "KR2"]],
        }
        assert run(book(tmp_path / "b.xlsx", Epics=items, **sheets), out, "--propose-map") == 0
        assert {(row["item_id"], row["goal_type"], row["goal_id"]) for row in table(out, "links")} == {
            ("E-3", "key_result", "KR2"),
            ("E-1", "key_result", "KR1"),
            ("E-1", "objective", "Grow"),
        }
        assert [row["goal"] for row in table(out, "work_items")[:2]] == ["", "KR1"]
        assert main(["check", str(out)]) == 0
