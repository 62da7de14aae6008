"""Many portfolios in one run: each alone, a failure costs no other, each review is made once."""

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from multiprocessing import forkserver
from pathlib import Path

import pytest

from tests.review import many, small
from vmo_helpers.cli.main import main
from vmo_helpers.review.fleet import machine
from vmo_helpers.review.fleet.told import PORTFOLIOS
from vmo_helpers.review.shelf.shelf import Shelf

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills and forks as Linux has them")


@pytest.fixture(scope="module", autouse=True)
def _no_nursery_is_left() -> Iterator[None]:
    yield
    forkserver._forkserver._stop()  # type: ignore[attr-defined]


def _start(place: Path, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        small.command(*many.arguments(place, *more)),
        env=small.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _names(shelf: Path) -> list[str]:
    return [folder.name for folder in small.reviews(shelf)]


def _hidden(shelf: Path) -> list[str]:
    return [path.name for path in shelf.iterdir() if path.name.startswith(".") and path.name != ".lock"]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[many.Ran]]:
    """Two good portfolios, one of garbage, one with a notebook that takes too long: run, and run again."""
    folder = tmp_path_factory.mktemp("fleet") / "place"
    more = '[[portfolio]]\nid = "slow"\ndata = "slow"\nnotebook_folder = "late"\ntimeout = 1\n'
    many.place(folder, *many.GOOD, "broken", more=more)
    many.portfolio(folder, "slow")
    (folder / "broken" / "work_items.csv").write_bytes(bytes(range(256)) * 9 + b"\n")
    small.notebook(folder / "late", "late", "import time\ntime.sleep(60)")
    log = ["--log", str(folder / "log.jsonl"), "--as-of", "2026-04-01"]
    return folder, [many.vmo(folder, *log), many.vmo(folder, *log, "--only-failed")]


def test_one_failure_costs_no_other_and_the_table_says_what_became_of_each(
    ran: tuple[Path, list[many.Ran]],
) -> None:
    place, (run, _) = ran
    assert run.status == 2, run.err
    assert "Traceback" not in run.err
    assert " ".join(run.out.splitlines()[0].split()) == "portfolio as of status decks seconds where"
    for id in many.GOOD:
        _, day, status, decks, _, where = many.row(run.out, id)
        assert (day, status, decks) == ("2026-04-01", "done", "1")
        assert Path(where).is_file()
    assert many.row(run.out, "broken")[1:4] == ["unknown", "refused", "0"]
    assert "work_items.csv: is no text: expected a CSV file in UTF-8" in many.row(run.out, "broken")[5]
    assert many.row(run.out, "slow")[2] == "incomplete"
    assert "2 of 4 portfolios not done: broken, slow." in run.out
    assert "broken: refused: " in run.err
    assert "ran longer than 1 s" in run.err
    assert len(_names(place / "shelf")) == 3
    assert _hidden(place / "shelf") == []


def test_only_failed_runs_those_again_and_the_file_on_the_shelf_says_all(
    ran: tuple[Path, list[many.Ran]],
) -> None:
    place, (_, again) = ran
    assert again.status == 2
    assert not any(f"{id}:" in again.err for id in many.GOOD)
    assert len(_names(place / "shelf")) == 3, "what fails again is the review that stands"
    record = many.record(place)
    assert list(record) == [*many.GOOD, "broken", "slow"]
    assert set(record["north"]) == {"id", "name", "status", "as_of", "review", "seconds", "message"}
    assert record["north"]["name"] == "Portfolio north"
    assert (place / "shelf" / record["north"]["review"] / "index.html").is_file()
    assert (record["broken"]["as_of"], record["broken"]["review"]) == (None, None)
    assert record["broken"]["message"].startswith(
        "The input of broken cannot be used: 1 problem: work_items.csv"
    )
    assert record["slow"]["message"].startswith(
        "late failed: the cell “import time…” ran longer than 1 s"
    ) or ("ran longer than 1 s" in record["slow"]["message"])


def test_the_log_tells_what_each_took_and_no_value_of_any_cell(ran: tuple[Path, list[many.Ran]]) -> None:
    place, _ = ran
    text = (place / "log.jsonl").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    assert all(
        list(line) == ["at", "run", "portfolio", "notebook", "event", "seconds", "peak_mb", "notice", "error"]
        for line in lines
    )
    first, second = dict.fromkeys(line["run"] for line in lines)
    events = [(line["portfolio"], line["notebook"], line["event"]) for line in lines if line["run"] == first]
    assert (events[0][2], events[-1][2]) == ("begun", "ended")
    assert events.count(("north", "demo", "ran")) == events.count(("north", "demo", "drawn")) == 1
    assert events.count(("north", None, "done")) == events.count(("broken", None, "refused")) == 1
    assert {line["portfolio"] for line in lines if line["run"] == second} == {None, "broken", "slow"}
    (ran_north,) = [line for line in lines if (line["portfolio"], line["event"]) == ("north", "ran")]
    assert ran_north["peak_mb"] > 50 and ran_north["seconds"] > 0
    assert not any(said in text for said in ("First", "Payments", "sleep", "CSV", str(place)))


def test_what_is_unchanged_is_not_run_again_and_one_that_changed_alone_is(
    ran: tuple[Path, list[many.Ran]],
) -> None:
    place, _ = ran
    with (place / "south" / "work_items.csv").open("a") as file:
        file.write("D,Fourth,epic,2026-03-02T09:00:00Z,S2\n")
    before = small.content(place / "shelf")
    run = many.vmo(place, "--as-of", "2026-04-01", "--quiet")
    assert (run.status, run.err) == (2, "")
    assert many.row(run.out, "north")[2] == "unchanged"
    assert many.row(run.out, "south")[2] == "done"
    after = small.content(place / "shelf")
    assert len(_names(place / "shelf")) == 4
    assert {name for name in before if after[name] != before[name]} <= {"index.html", PORTFOLIOS}


def test_two_runs_at_once_make_each_review_once_and_a_third_without_a_nursery_finds_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = many.place(tmp_path, *many.GOOD, "east")
    other = _start(place)
    many.under_way(place)
    ours, (theirs, said) = many.vmo(place), other.communicate(timeout=120)
    assert (ours.status, other.returncode) == (0, 0), ours.err + said
    statuses = sorted(many.row(out, id)[2] for out in (ours.out, theirs) for id in (*many.GOOD, "east"))
    assert statuses == ["done"] * 3 + ["unchanged"] * 3
    assert len(_names(place / "shelf")) == 3
    assert _hidden(place / "shelf") == []
    monkeypatch.setattr(machine, "_nursery", None)
    third = many.vmo(place)
    assert (third.status, [many.row(third.out, id)[2] for id in many.GOOD]) == (0, ["unchanged"] * 2)


def _children(process: int) -> Iterable[int]:
    """All that it started, and what these did."""
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            yield child
            yield from _children(child)


def test_after_a_kill_the_same_command_goes_on_to_the_shelf_of_an_undisturbed_run(
    ran: tuple[Path, list[many.Ran]], tmp_path: Path
) -> None:
    place = many.place(tmp_path, *many.GOOD)
    run = _start(place, "--as-of", "2026-04-01")
    many.under_way(place)
    started = list(_children(run.pid))
    run.kill()
    run.communicate(timeout=60)
    gone = time.monotonic() + 10
    while (left := [one for one in started if Path(f"/proc/{one}").exists()]) and time.monotonic() < gone:
        time.sleep(0.05)
    assert left == [], "nothing outlives the run"
    again = many.vmo(place, "--as-of", "2026-04-01")
    assert again.status == 0, again.err
    north = many.record(ran[0])["north"]["review"]
    assert north in _names(place / "shelf")
    assert len(_names(place / "shelf")) == 2
    assert all(Shelf(place / "shelf").review(name).is_as_written() for name in _names(place / "shelf"))  # type: ignore[union-attr]
    mine = {n: b for n, b in small.content(place / "shelf" / north).items() if "notebooks/" not in n}
    theirs = {n: b for n, b in small.content(ran[0] / "shelf" / north).items() if "notebooks/" not in n}
    assert {n for n in mine if mine[n] != theirs.get(n)} <= {"manifest.json"}, (
        "it bears the time of its making"
    )
    assert _hidden(place / "shelf") == []


def test_a_shelf_that_cannot_be_written_ends_with_status_4_and_the_others_are_done(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    more = '[[portfolio]]\nid = "nowhere"\ndata = "south"\nshelf = "taken"\n'
    place = many.place(tmp_path, *many.GOOD, more=more)
    run = many.vmo(place, "--quiet")
    assert run.status == 4
    assert "Traceback" not in run.err
    assert many.row(run.out, "nowhere")[2:4] == ["not", "written"]
    assert [many.row(run.out, id)[2] for id in many.GOOD] == ["done", "done"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["DATA"], "name DATA or --all FILE, not both"),
        (["--as-of", "yesterday"], "--as-of 'yesterday' "),
        (
            ["--notebook", "flow_analysys"],
            "there is no notebook 'flow_analysys'; did you mean 'flow_analysis'?",
        ),
    ],
)
def test_what_cannot_be_is_refused_before_any_portfolio_is_read(
    tmp_path: Path, more: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "all.toml").write_text('[[portfolio]]\nid = "a"\ndata = "a"\n')
    before = sorted(tmp_path.rglob("*"))
    assert main(["review", "--all", str(tmp_path / "all.toml"), *more]) == 2
    assert said in capsys.readouterr().err
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("more", [["--workers", "2"], ["--only-failed"], ["--log", "x"]])
def test_what_goes_with_all_alone_is_refused_without_it(
    more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["review", "DATA", *more]) == 2
    assert capsys.readouterr().err == f"vmo: {more[0]} goes with --all FILE\n"
    assert main(["review"]) == 2
    assert capsys.readouterr().err == "vmo: name DATA, or a file of portfolios with --all FILE\n"
