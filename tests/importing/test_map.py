"""map.toml: it is read back as it was written, its errors are told in words, and its guesses are kept."""

import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.importing.jira import history, issue, moved, run, search, table, written
from vmo_helpers.cli.main import main
from vmo_helpers.contract.problems import InputProblems
from vmo_helpers.sources import load
from vmo_helpers.sources.importing import guessing
from vmo_helpers.sources.importing.mapping import Map, State, Type, read, text

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=20)
STATES = st.builds(
    State,
    name=WORDS,
    class_=st.sampled_from(["backlog", "active", "wait", "done", "cancelled"]),
    position=st.none() | st.integers(0, 99).map(float) | st.floats(0, 9, allow_nan=False),
    function=st.text(max_size=9),
    gate=st.booleans(),
    guess=st.sampled_from(["", "by its name"]),
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    entries = [history(1, "2026-01-12T10:00:00.000Z", moved("1", "3"))]
    return written(tmp_path / "export", search=search(issue(1, "3", entries), issue(2, "1")))


@settings(max_examples=60)
@given(
    st.builds(
        Map,
        status=st.dictionaries(WORDS, STATES, max_size=4),
        type=st.dictionaries(WORDS, st.builds(Type, name=WORDS, level=WORDS), max_size=3),
        fields=st.dictionaries(st.sampled_from(["team", "goal", "planned_end"]), WORDS, max_size=3),
        cancelled_resolutions=st.lists(WORDS, max_size=3).map(tuple),
        guess=st.frozensets(WORDS, max_size=2),
        rest=st.dictionaries(
            st.just("sheet"),
            st.dictionaries(
                WORDS, WORDS | st.integers() | st.dictionaries(WORDS, st.booleans(), min_size=1), min_size=1
            ),
            max_size=1,
        ),
    )
)
def test_a_map_is_read_back_as_it_was_written(whole: Map) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "map.toml"
        file.write_text(text(whole), encoding="utf-8", newline="")
        assert read(file, ["sheet"]) == whole


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[status.3]\nclass = 'activ'", "[status.3] class: expected one of active, backlog"),
        ("[status.3]\nname = 'Doing'", "[status.3] class: is not said"),
        ("[status.3]\nclass = 'wait'\nplace = 3", "[status.3] place: is not known"),
        ("[status.3]\nclass = 'wait'\nposition = '3'", "[status.3] position: expected a number, not “3”"),
        ("[statuses.3]\nclass = 'wait'", "statuses: is not known; did you mean status?"),
        (
            "[fields]\nplaned_end = 'duedate'",
            "planed_end: is no column of work_items; did you mean planned_end?",
        ),
        ("cancelled_resolutions = 'x'", "cancelled_resolutions: expected a list of texts"),
        ("status = 3", "status: expected sections such as [status.KEY]"),
        ("token = 'abc'", "token: is not known"),
        ("[", "is no TOML"),
    ],
)
def test_errors_name_section_key_and_what_was_expected(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "map.toml").write_text(content)
    with pytest.raises(InputProblems) as error:
        read(tmp_path / "map.toml")
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("name", "category", "expected"),
    [
        ("Ready for test", "indeterminate", "wait"),
        ("On hold", "indeterminate", "wait"),
        ("Review pending", "", "wait"),
        ("Test (done)", "InProgress", "wait"),
        ("In Review", "indeterminate", "active"),
        ("Ready for development", "new", "backlog"),
        ("Closed", "done", "done"),
        ("Rejected", "done", "cancelled"),
        ("Removed", "Removed", "cancelled"),
        ("Resolved", "Resolved", "wait"),
        ("Building", "", "active"),
        ("To Do", "", "backlog"),
        ("待办", "", "backlog"),
        ("等待发布", "indeterminate", "wait"),
        ("Offen", "", "backlog"),
        ("Abgebrochen", "done", "cancelled"),
        ("Warteschlange", "", "wait"),
    ],
)
def test_what_a_name_says(name: str, category: str, expected: str) -> None:
    assert guessing.state(name, category).class_ == expected


def test_without_a_map_nothing_is_guessed(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(source, tmp_path / "mine") == 2
    assert "--propose-map" in capsys.readouterr().err
    assert not (tmp_path / "mine").exists()


def test_check_lists_each_guess_until_its_mark_is_taken_away(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "mine"
    assert run(source, out, "--propose-map") == 0
    capsys.readouterr()
    assert main(["check", str(out)]) == 0
    said = capsys.readouterr().out
    assert "Guessed classes of states" in said
    assert re.search(r"backlog +Backlog +2 items +by its category", said)
    assert re.search(r"active +In Progress +1 item +by its category", said)
    assert "fields.value_stream_id is project" in said and "type Story is story" in said
    assert sorted(note.table for note in load(out).notes if note.kind == "warning") == [
        "states",
        "work_items",
    ]
    lines = (out / "map.toml").read_text().splitlines()
    confirmed = "\n".join(line for line in lines if not line.startswith("guess = "))
    (out / "map.toml").write_text(confirmed)
    assert run(source, out) == 0
    assert (out / "map.toml").read_text() == confirmed
    capsys.readouterr()
    assert main(["check", str(out)]) == 0
    assert not re.search(r"Guess|guesses", capsys.readouterr().out)
    assert not [note for note in load(out).notes if note.kind == "warning"]


def test_what_the_map_says_wins_and_the_rest_is_guessed(source: Path, tmp_path: Path) -> None:
    mine = tmp_path / "my.toml"
    mine.write_text(
        "[status.'in progress']\nclass = 'wait'\nfunction = 'legal'\nis_gate = true\n".replace(
            "is_gate", "gate"
        )
    )
    assert run(source, tmp_path / "mine", "--map", str(mine), "--propose-map") == 0
    row = next(row for row in table(tmp_path / "mine", "states") if row["state"] == "In Progress")
    assert (row["class"], row["function"], row["is_gate"]) == ("wait", "legal", "true")
    assert (
        "guess"
        not in (tmp_path / "mine" / "map.toml").read_text().split('[status."in progress"]')[1].split("[")[0]
    )


def test_tables_of_a_person_are_never_written_over(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "mine"
    out.mkdir()
    (out / "work_items.csv").write_text("item_id\nE-1\n")
    assert run(source, out, "--propose-map") == 2
    assert "no import wrote it" in capsys.readouterr().err
    (out / "work_items.csv").unlink()
    assert run(source, out, "--propose-map") == 0
    with (out / "work_items.csv").open("a") as file:
        file.write("X-1\n")
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert run(source, out) == 2
    assert "changed by hand" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_persons_own_table_of_value_streams_stays(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine"
    assert run(source, out, "--propose-map") == 0
    own = "value_stream_id,name,people\nA,Alpha,12\n"
    (out / "value_streams.csv").write_text(own)
    for _ in range(2):
        assert run(source, out) == 0
        assert (out / "value_streams.csv").read_text() == own
    (out / "import.json").unlink()
    (out / "blockers.csv").write_text("item_id,from_at\n")
    for core in ("work_items", "transitions", "states"):
        (out / f"{core}.csv").unlink()
    assert run(source, out) == 0
    assert (out / "value_streams.csv").read_text() == own


def test_a_table_that_the_source_no_longer_has_goes(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine"
    assert run(source, out, "--propose-map") == 0
    assert run(source, out, "--no-history") == 0
    assert not (out / "transitions.csv").exists()
    assert json.loads((out / "import.json").read_text())["tool"] == "jira"
