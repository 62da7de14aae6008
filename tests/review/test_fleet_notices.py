"""Each portfolio's own people are told of it: whatever becomes of one notice, no review waits."""

import json
import sys
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from tests.review import many, small
from tests.review.test_fleet import _no_nursery_is_left  # noqa: F401 - it holds for this module, too
from tests.review.test_fleet_listing import _problems
from tests.review.test_notify import webhook
from vmo_helpers.review.fleet import listing

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks as Linux has them")

NAMES = ("north", "south", "east", "broken", "quiet")


def _place(folder: Path, notices: dict[str, str]) -> Path:
    """A portfolio for each name, with whom to tell of it."""
    place = many.place(folder)
    lines = ['[defaults]\nshelf = "shelf"\nnotebook_folder = "nb"\n']
    for name in NAMES:
        many.portfolio(place, name)
        to = f'notify = ["{notices[name]}"]\n' if name in notices else ""
        lines.append(f'[[portfolio]]\nid = "{name}"\ndata = "{name}"\n{to}')
    (place / "broken" / "work_items.csv").write_bytes(bytes(range(256)) * 9 + b"\n")
    (place / "all.toml").write_text("".join(lines))
    return place


def _events(log: Path, *which: str) -> dict[str | None, dict[str, Any]]:
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    return {line["portfolio"]: line for line in lines if line["event"] in which}


def test_each_is_told_of_its_own_and_a_place_that_fails_or_hangs_costs_no_review(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with webhook(200) as (good, taken), webhook(500) as (bad, asked), webhook(200, hang=30) as (slow, _):
        monkeypatch.setenv("NORTH_WEBHOOK", good)
        monkeypatch.setenv("SLOW_WEBHOOK", slow)
        notices = {"north": "env:NORTH_WEBHOOK", "south": bad, "east": "env:SLOW_WEBHOOK", "broken": "outbox"}
        place = _place(tmp_path, notices)
        log, more = place / "log.jsonl", ["--notify", str(place / "all")]
        run = many.vmo(place, "--log", str(log), *more)
        again = many.vmo(place, "--log", str(place / "again.jsonl"))
    assert run.status == 2, run.err
    good_ones = [name for name in NAMES if name != "broken"]
    assert [many.row(run.out, id)[2] for id in good_ones] == ["done"] * 4
    assert (len(taken), len(asked)) == (1, 3)
    (told,) = taken
    assert (told["portfolio"], told["headline"]) == ("Portfolio north", "3 items are in the data")
    (file,) = (place / "outbox").iterdir()
    text = message_from_bytes(file.read_bytes(), policy=policy.default).get_content()
    assert file.name == "no-review-Portfolio-broken.eml"
    assert "Portfolio broken could not be reviewed." in text
    assert len(list((place / "all").iterdir())) == 1

    events = _events(log, "told", "not told")
    found = {name: (line["event"], line["notice"], line["error"]) for name, line in events.items()}
    assert found == {
        "north": ("told", "json", None),
        "south": ("not told", "json", "it answered 500"),
        "east": ("not told", "json", "it did not answer in time"),
        "broken": ("told", "folder", None),
        None: ("told", "folder", None),
    }
    assert 0 < events["south"]["seconds"] < events["east"]["seconds"]
    assert "  north: told env:NORTH_WEBHOOK\n" in run.out
    assert "vmo: south: 127.0.0.1 was not told: it answered 500.\n" in run.err
    assert "vmo: east: env:SLOW_WEBHOOK was not told: it did not answer in time.\n" in run.err
    kept = "".join(map(str, small.content(place / "shelf").values()))
    assert not any("SECRET" in one for one in (run.out, run.err, log.read_text(), kept))

    assert list(_events(place / "again.jsonl", "told", "not told")) == ["broken"], "no other is new"
    assert "north: told" not in again.out


def test_a_folder_is_seen_from_the_file_and_what_cannot_be_told_is_refused_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOARD", str(tmp_path / "elsewhere"))
    one = '[[portfolio]]\nid = "a"\ndata = "a"\n'
    (tmp_path / "all.toml").write_text(f'[defaults]\nnotify = ["out", "env:BOARD"]\n{one}')
    (listed,) = listing.read(tmp_path / "all.toml")
    assert listed.notify == (str(tmp_path / "out"), "env:BOARD")
    assert "BOARD" not in repr(listed)
    two = '[[portfolio]]\nid = "b"\ndata = "b"\nnotify = "out"\n'
    said = _problems(tmp_path, f'{one}notify = ["env:NOT_SET"]\n{two}')
    assert said[0].startswith("line 4, portfolio 1, notify: the environment variable NOT_SET is not set")
    assert "notify: expected a list of texts, not “out”" in said[1]
