"""Decisions: appended or filled in, atomically, with two writers, and nothing that stood is said
otherwise."""

import subprocess
from pathlib import Path

import pandas as pd
import pytest

from tests.review import small
from vmo_helpers import sources
from vmo_helpers.cli.main import main
from vmo_helpers.review.decisions import register as decisions
from vmo_helpers.review.errors import NotWritable, Refused

ASKED = """\
decision_id,asked_at,question,item_id,outcome,decided_at
D-008,2026-02-01,"Stop A,
or fund it?",A,,
D-009,2026-02-02,Free the queue?,,stop,2026-02-10
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return small.portfolio(tmp_path / "data", decisions=ASKED)


def _loaded(data: Path) -> pd.DataFrame:
    return sources.load(data).decisions.set_index("decision_id")


def test_a_new_decision_gets_the_next_id_and_no_other_byte_changes(data: Path) -> None:
    _, row, new = decisions.record(data, {"asked_at": "2026-03-01", "question": "Fund B?", "item_id": "B"})
    assert (row["decision_id"], new) == ("D-010", True)
    assert (data / "decisions.csv").read_text() == ASKED + "D-010,2026-03-01,Fund B?,B,,\n"
    assert _loaded(data).loc["D-010", "question"] == "Fund B?"


def test_the_outcome_of_an_open_one_is_filled_in(data: Path) -> None:
    _, row, new = decisions.record(
        data, {"decision_id": "D-008", "outcome": "fund", "decided_at": "2026-03-01"}
    )
    assert not new
    assert row["question"] == "Stop A,\nor fund it?"
    loaded = _loaded(data)
    assert loaded.loc["D-008", "outcome"] == "fund"
    assert loaded.loc["D-009", "outcome"] == "stop"
    assert len(loaded) == 2


def test_what_was_decided_is_not_decided_otherwise(data: Path) -> None:
    with pytest.raises(Refused, match="D-009 says otherwise already"):
        decisions.record(data, {"decision_id": "D-009", "outcome": "fund"})
    assert (data / "decisions.csv").read_text() == ASKED


def test_an_unknown_id_without_a_question_is_a_slip(data: Path) -> None:
    with pytest.raises(Refused, match="there is no decision 'D-08'; did you mean 'D-008'"):
        decisions.record(data, {"decision_id": "D-08", "outcome": "stop"})


def test_a_column_that_the_file_lacks_is_added_to_every_row(data: Path) -> None:
    decisions.record(data, {"decision_id": "D-008", "owner": "Portfolio board"})
    lines = (data / "decisions.csv").read_text().splitlines()
    assert lines[0].endswith("decided_at,owner")
    assert lines[-1] == "D-009,2026-02-02,Free the queue?,,stop,2026-02-10,"
    assert _loaded(data).loc["D-008", "owner"] == "Portfolio board"


def test_the_table_is_made_where_there_is_none(data: Path) -> None:
    (data / "decisions.csv").unlink()
    _, row, _ = decisions.record(data, {"asked_at": "2026-03-01", "question": "Fund B?"})
    assert row["decision_id"] == "D-001"
    assert _loaded(data).loc["D-001", "question"] == "Fund B?"


def test_separator_line_ends_and_encoding_stay_as_they_are(data: Path) -> None:
    path = data / "decisions.csv"
    path.write_bytes("\ufeffDecision ID;Asked at;Question\r\nK7;2026-02-01;Prüfen?".encode())
    decisions.record(data, {"asked_at": "2026-03-01", "question": "a;b"})
    assert (
        path.read_bytes()
        == '\ufeffDecision ID;Asked at;Question\r\nK7;2026-02-01;Prüfen?\r\nK8;2026-03-01;"a;b"\r\n'.encode()
    )
    path.write_bytes("decision_id,asked_at,question\nK7,2026-02-01,Prüfen?\n".encode("cp1252"))
    with pytest.raises(Refused, match="save it as UTF-8"):
        decisions.record(data, {"asked_at": "2026-03-01", "question": "→"})
    decisions.record(data, {"asked_at": "2026-03-01", "question": "Größer?"})
    assert "Größer?" in path.read_text(encoding="cp1252")


def test_a_text_that_a_spreadsheet_would_run_is_made_harmless(data: Path) -> None:
    decisions.record(data, {"asked_at": "2026-03-01", "question": "=1+1"})
    assert "D-010,2026-03-01,'=1+1,,," in (data / "decisions.csv").read_text()


def test_a_quote_that_is_never_closed_is_refused_and_nothing_is_lost(data: Path) -> None:
    (data / "decisions.csv").write_text('decision_id,asked_at,question\nD1,2026-02-01,"open\n')
    with pytest.raises(Refused, match="never closed"):
        decisions.record(data, {"asked_at": "2026-03-01", "question": "x"})


def test_parquet_keeps_its_types(data: Path) -> None:
    (data / "decisions.csv").unlink()
    asked = pd.to_datetime(["2026-02-01T10:00:00Z"])
    frame = pd.DataFrame(
        {"decision_id": ["7"], "asked_at": asked, "question": ["Stop?"], "outcome": [None], "due": [None]}
    )
    frame.astype({"outcome": "str", "due": "str"}).to_parquet(data / "decisions.parquet", index=False)
    decisions.record(data, {"decision_id": "7", "outcome": "stop", "due": "2026-12-31"})
    decisions.record(data, {"asked_at": "2026-03-01T09:00:00+01:00", "question": "Fund B?", "owner": "Board"})
    loaded = _loaded(data)
    assert list(loaded["outcome"].fillna("")) == ["stop", ""]
    assert str(loaded.loc["8", "asked_at"]) == "2026-03-01 08:00:00+00:00"
    assert loaded.loc["8", "owner"] == "Board"


def test_two_writers_lose_neither_row(data: Path) -> None:
    commands = [small.command("decide", data, "--question", f"Question {number}?") for number in range(4)]
    writers = [
        subprocess.Popen(command, stdout=subprocess.PIPE, env=small.environment(), text=True)
        for command in commands
    ]
    said = {writer.communicate(timeout=300)[0].split()[0] for writer in writers}
    assert said == {"D-010", "D-011", "D-012", "D-013"}
    assert [writer.returncode for writer in writers] == [0] * 4
    loaded = _loaded(data)
    assert sorted(loaded.index) == ["D-008", "D-009", "D-010", "D-011", "D-012", "D-013"]
    assert set(loaded["question"]) >= {f"Question {number}?" for number in range(4)}


def test_a_full_disk_leaves_the_table_as_it_was(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(NotWritable, match="No space left"):
        decisions.record(data, {"asked_at": "2026-03-01", "question": "x"})
    assert (data / "decisions.csv").read_text() == ASKED


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--id", "D-008", "--outcome", "stopp"], "--outcome 'stopp' is not known; did you mean 'stop'?"),
        (["--question", "x", "--item", "Z"], "--item 'Z' is not known"),
        (["--question", "x", "--due", "soon"], "due 'soon' is neither a day"),
        (["--id", "D-008"], "there is nothing to record"),
        (["--outcome", "stop"], "needs its --id"),
        (
            ["--id", "D-008", "--outcome", "stop", "--done", "2199-12-01"],
            "done_at '2199-12-01' is still to come",
        ),
        (
            ["--id", "D-008", "--outcome", "stop", "--decided", "2026-02-30"],
            "decided_at '2026-02-30' is neither",
        ),
        (["--id", "D-008", "--due", "2999-12-01"], "due '2999-12-01' lies in a year that no portfolio knows"),
        (["--correct", "--outcome", "stop"], "a correction needs the --id"),
        (["--correct", "--id", "D-008"], "there is nothing to record"),
        (["--correct", "--id", "D-08", "--outcome", "stop"], "did you mean 'D-008'"),
    ],
    ids=[
        "outcome",
        "item",
        "due",
        "nothing",
        "no id",
        "done ahead",
        "no such day",
        "no such year",
        "correct whom",
        "correct what",
        "correct whom, nearly",
    ],
)
def test_what_does_not_fit_is_refused(
    data: Path, more: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["decide", str(data), *more]) == 2
    assert said in capsys.readouterr().err
    assert (data / "decisions.csv").read_text() == ASKED


def test_a_source_that_rows_cannot_be_added_to_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data.xlsx").write_bytes(b"PK")
    with pytest.raises(Refused, match="add the row to its table 'decisions' yourself"):
        decisions.record(tmp_path / "data.xlsx", {"question": "x"})


def test_the_command_says_what_it_recorded(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["decide", str(data), "--id", "D-008", "--outcome", "Fund", "--by", "Portfolio board", "--done"])
        == 0
    )
    assert capsys.readouterr().out.startswith("D-008 updated in decisions.csv: Stop A,")
    loaded = _loaded(data)
    assert loaded.loc["D-008", "decided_by"] == "Portfolio board"
    assert pd.notna(loaded.loc["D-008", "done_at"])


def test_without_more_the_command_lists_what_is_open(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decide", str(data)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == ["Open: 1 of 2 decisions", "  D-008  asked 2026-02-01", "      Stop A, or fund it?"]
    assert lines[3:5] == ["Decided, not carried out: 1", "  D-009  asked 2026-02-02, stop"]
    assert lines[-1].startswith(f"To record one: vmo decide {data} --id D-008")
    assert (data / "decisions.csv").read_text() == ASKED


def test_where_nothing_is_open_the_list_says_so(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data / "decisions.csv").write_text("decision_id,asked_at,question\n")
    assert main(["decide", str(data)]) == 0
    assert capsys.readouterr().out == "Open: 0 of 0 decisions\n"


def test_what_is_planned_is_due_and_the_day_of_the_far_east_is_no_future(data: Path) -> None:
    tomorrow = (pd.Timestamp.now("UTC") + pd.Timedelta(hours=13)).strftime("%Y-%m-%d")
    assert main(["decide", str(data), "--id", "D-008", "--outcome", "stop", "--due", "2099-12-01"]) == 0
    assert main(["decide", str(data), "--id", "D-008", "--done", tomorrow]) == 0


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_mistaken_entry_is_corrected_and_the_first_stays_on_record(data: Path, kind: str) -> None:
    if kind == "parquet":
        frame = pd.read_csv(data / "decisions.csv", dtype="str")
        (data / "decisions.csv").unlink()
        frame.to_parquet(data / "decisions.parquet", index=False)
    assert main(["decide", str(data), "--id", "D-009", "--outcome", "fund", "--correct"]) == 0
    assert main(["decide", str(data), "--id", "D-009", "--outcome", "none", "--correct"]) == 0
    row = _loaded(data).loc["D-009"]
    assert pd.isna(row["outcome"])
    assert pd.isna(row["decided_at"])
    first, second = row["corrections"].split("; ")
    assert first.endswith(": outcome was 'stop'")
    assert second.endswith(": outcome was 'fund', decided_at was '2026-02-10'")


def test_a_correction_moves_no_time_that_nobody_named(data: Path) -> None:
    assert main(["decide", str(data), "--id", "D-009", "--question", "Free it?", "--correct"]) == 0
    row = _loaded(data).loc["D-009"]
    assert (row["question"], row["outcome"]) == ("Free it?", "stop")
    assert row["decided_at"] == pd.Timestamp("2026-02-10", tz="Europe/Berlin")


def test_cost_and_options_are_recorded_like_the_rest(data: Path) -> None:
    asked = ["--cost", "EUR 22 k a month", "--options", "one more reviewer; a frame contract"]
    assert main(["decide", str(data), "--id", "D-008", *asked]) == 0
    row = _loaded(data).loc["D-008"]
    assert (row["cost"], row["options"]) == ("EUR 22 k a month", "one more reviewer; a frame contract")
