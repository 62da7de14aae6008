"""Event logs: with and without a life cycle, with starts beside ends, and logs that are none."""

import gzip
from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest

from tests.importing.sheets import table
from vmo_helpers.cli.main import main
from vmo_helpers.sources import load

Event = dict[str, str]


def event(name: str, at: str, step: str = "", **more: str) -> Event:
    found = {"concept:name": name, "time:timestamp": at, "org:resource": "Jane Doe", **more}
    return found | ({"lifecycle:transition": step} if step else {})


def log(path: Path, head: str = "", **traces: Iterable[Event]) -> Path:
    """A log with these traces; the names of attributes decide their kinds."""

    def attribute(key: str, value: str) -> str:
        kind = "date" if "time" in key else "string"
        return f"<{kind} key={quoteattr(key)} value={quoteattr(value)}/>"

    rows = ['<?xml version="1.0" encoding="UTF-8"?>', head, '<log xmlns="http://www.xes-standard.org/">']
    rows += ['<global scope="event"><string key="concept:name" value="__INVALID__"/></global>']
    for key, events in traces.items():
        rows.append(f"<trace>{attribute('concept:name', key)}{attribute('product', 'P <1>')}")
        for one in events:
            rows.append(f"<event>{''.join(attribute(*pair) for pair in one.items())}</event>")
        rows.append("</trace>")
    content = "\n".join([*rows, "</log>"]).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def run(source: Path, out: Path, *options: str) -> int:
    return main(["import", "xes", str(source), "--out", str(out), *(options or ("--propose-map",))])


def moves(out: Path, item: str) -> list[tuple[str, str]]:
    return [(row["at"][5:16], row["to_state"]) for row in table(out, "transitions") if row["item_id"] == item]


def classes(out: Path) -> dict[str, str]:
    return {row["state"]: row["class"] for row in table(out, "states")}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.mark.parametrize("name", ["log.xes", "log.xes.gz"])
@pytest.mark.parametrize("step", ["", "complete"])
def test_without_a_life_cycle_each_event_is_a_move(tmp_path: Path, out: Path, name: str, step: str) -> None:
    events = [
        event("Build", "2026-01-03T10:00:00.000+01:00", step),
        event("Done", "2026-01-04T10:00:00Z", step),
    ]
    source = log(tmp_path / name, A=[events[1], event("Idea", "2026-01-01T00:30:00+01:00", step), events[0]])
    assert run(source, out) == 0
    assert moves(out, "A") == [("12-31T23:30", "Idea"), ("01-03T09:00", "Build"), ("01-04T10:00", "Done")]
    assert classes(out) == {"Idea": "backlog", "Build": "active", "Done": "done"}
    assert "Jane" not in "".join(file.read_text(encoding="utf-8") for file in out.iterdir())
    assert len(load(out).tables["work_items"]) == 1


def test_with_a_life_cycle_an_item_waits_between_its_activities(tmp_path: Path, out: Path) -> None:
    events = [
        event("Build", "2026-01-01T08:00:00Z", "schedule"),
        event("Build", "2026-01-01T09:00:00Z", "start"),
        event("Build", "2026-01-01T10:00:00Z", "suspend"),
        event("Build", "2026-01-01T11:00:00Z", "resume"),
        event("Build", "2026-01-01T12:00:00Z", "complete"),
        event("Test", "2026-01-02T09:00:00Z", "start"),
        event("Test", "2026-01-02T10:00:00Z", "complete"),
    ]
    assert run(log(tmp_path / "log.xes", A=events), out) == 0
    assert [state for _, state in moves(out, "A")] == [
        "Build (waiting)",
        "Build",
        "Build (on hold)",
        "Build",
        "Build (done)",
        "Test",
        "Test (done)",
    ]
    assert classes(out) == {
        "Build (waiting)": "wait",
        "Build": "active",
        "Build (on hold)": "wait",
        "Build (done)": "wait",
        "Test": "active",
        "Test (done)": "done",  # nothing comes after it
    }


def test_a_start_beside_the_end_is_an_activity_of_its_own(tmp_path: Path, out: Path) -> None:
    one = event("Build", "2026-01-01T12:00:00Z", start_timestamp="2026-01-01T09:00:00Z")
    other = event("Test", "2026-01-01T15:00:00Z", start_timestamp="2026-01-01T12:00:00Z")
    assert run(log(tmp_path / "log.xes", A=[one, other]), out) == 0
    assert moves(out, "A") == [
        ("01-01T09:00", "Build"),
        ("01-01T12:00", "Build (done)"),
        ("01-01T12:00", "Test"),
        ("01-01T15:00", "Test (done)"),
    ]


def test_of_activities_that_overlap_the_last_begun_counts(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = event("Build", "2026-01-01T14:00:00Z", start_timestamp="2026-01-01T09:00:00Z")
    other = event("Legal", "2026-01-01T12:00:00Z", start_timestamp="2026-01-01T10:00:00Z")
    assert run(log(tmp_path / "log.xes", A=[one, other]), out) == 0
    assert moves(out, "A") == [
        ("01-01T09:00", "Build"),
        ("01-01T10:00", "Legal"),
        ("01-01T12:00", "Build"),
        ("01-01T14:00", "Build (done)"),
    ]
    assert "activities that overlap another: the one that began last counts: 1" in capsys.readouterr().out


def test_statuses_that_a_log_keeps_in_the_life_cycle_are_part_of_the_state(tmp_path: Path, out: Path) -> None:
    events = [
        event("Queued", "2026-01-01T08:00:00Z", "Awaiting Assignment"),
        event("Accepted", "2026-01-02T08:00:00Z", "In Progress"),
        event("Completed", "2026-01-03T08:00:00Z", "Resolved"),
    ]
    assert run(log(tmp_path / "log.xes", A=events), out) == 0
    assert classes(out) == {
        "Queued/Awaiting Assignment": "wait",
        "Accepted/In Progress": "active",
        "Completed/Resolved": "done",
    }


def test_a_map_names_attributes_and_states(tmp_path: Path, out: Path) -> None:
    source = log(tmp_path / "log.xes", A=[event("Idea", "2026-01-01T00:00:00Z")])
    own = tmp_path / "map.toml"
    own.write_text('[fields]\nvalue_stream_id = "product"\n[status.Idea]\nclass = "wait"\n', encoding="utf-8")
    assert run(source, out, "--map", str(own)) == 0
    assert table(out, "value_streams") == [{"value_stream_id": "P <1>", "name": "P <1>"}]
    assert classes(out) == {"Idea": "wait"}
    own.write_text('[fields]\nvalue_stream_id = "product"\n', encoding="utf-8")
    assert run(source, tmp_path / "x", "--map", str(own)) == 2


def test_an_event_without_a_time_costs_its_item_by_name_and_lenient_the_event(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = {"concept:name": "Build"}
    good = event("Idea", "2026-01-01T00:00:00")
    source = log(tmp_path / "log.xes", A=[good, bad], B=[good], C=[event("Build", "yesterday")])
    assert run(source, out) == 3
    told = capsys.readouterr()
    assert "A: event 2 has no time:timestamp" in told.err and "C: event 1" in told.err
    assert "times without an offset, read as UTC: 2" in told.out
    assert [row["item_id"] for row in table(out, "work_items")] == ["B"]
    assert run(source, tmp_path / "x", "--propose-map", "--lenient") == 0
    assert [row["item_id"] for row in table(tmp_path / "x", "work_items")] == ["A", "B"]


NAMES = ["</script><b>", "=cmd", "x" * 10_000, "🚀", "שלום", "审批中"]


def test_names_of_any_kind_stand_as_they_are(tmp_path: Path, out: Path) -> None:
    events = [event(name, f"2026-01-0{place}T00:00:00Z") for place, name in enumerate(NAMES, 1)]
    assert run(log(tmp_path / "log.xes", **dict.fromkeys(NAMES, events)), out) == 0
    assert {row["item_id"] for row in table(out, "work_items")} == set(NAMES)
    assert [state for _, state in moves(out, "🚀")] == NAMES
    assert main(["check", str(out)]) == 0


BOMB = '<!DOCTYPE log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (f"{BOMB}<log><trace/></log>", "has a DOCTYPE"),
        (f"<!-- {'x' * 100_000} -->{BOMB}<log/>", "has a DOCTYPE"),
        ('<!DOCTYPE log SYSTEM "file:///etc/passwd"><log/>', "has a DOCTYPE"),
        ("<log><trace>", "is no XES log"),
        ("<html/>", "its first element is html, expected log"),
        ("", "is no XES log"),
        ("<log/>", "holds no trace with an event"),
    ],
)
def test_what_is_no_log_is_refused(
    tmp_path: Path, out: Path, content: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "log.xes").write_text(content, encoding="utf-8")
    assert run(tmp_path / "log.xes", out) == 2
    assert told in capsys.readouterr().err
    assert not out.exists()


def test_a_log_that_unpacks_without_end_is_refused(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = log(tmp_path / "log.xes.gz", A=[event("x" * 50_000, "2026-01-01T00:00:00Z")])
    monkeypatch.setenv("VMO_MAX_TABLE_SIZE", "10kB")
    assert run(source, out) == 2
    assert "more than the 10 kB that a table may have" in capsys.readouterr().err


def test_escaped_names_are_what_they_say(tmp_path: Path, out: Path) -> None:
    name = 'R&D <fast> "quoted"'
    assert escape(name) != name
    assert run(log(tmp_path / "log.xes", **{name: [event(name, "2026-01-01T00:00:00Z")]}), out) == 0
    assert table(out, "work_items")[0]["item_id"] == name
