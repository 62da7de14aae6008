"""A review that is not as it was written is no earlier review; nothing on a shelf stops a later run."""

import copy
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from vmo_helpers.review.pages.index import shelf_page
from vmo_helpers.review.shelf import manifest as manifests
from vmo_helpers.review.shelf import past
from vmo_helpers.review.shelf.shelf import MANIFEST, Shelf

EXAMPLE = Path(__file__).parents[2] / "data" / "review"
ODD = (
    None,
    True,
    0,
    -1,
    1e300,
    "",
    "9999-99-99",
    "purple",
    "javascript:alert(1)",
    [],
    [None],
    {},
    {"x": None},
)


def _put(root: Path, day: str) -> Path:
    """A review with the figures and findings of a real one."""
    folder = root / f"{day}-0a0b0c0d"
    folder.mkdir(parents=True)
    for name in ("figures.json", "findings.json"):
        (folder / name).write_bytes((EXAMPLE / name).read_bytes())
    (folder / "flow_analysis.html").write_text("deck")
    whole = {
        "portfolio": "P",
        "as_of": f"{day}T21:59:59.999999Z",
        "as_of_day": day,
        "window": {"from": "2025-07-02", "to": day},
        "parameters": {"streams": [], "thresholds": {"wait_queue_share": 0.3}, "previous": None},
        "settings": {"timezone": "Europe/Berlin", "review_level": "epic"},
        "program": {"name": "vmo-workbook", "version": "1"},
        "outcome": {
            "flow_analysis": {"status": "done", "page": "flow_analysis.html", "headline": "It waits"}
        },
        "exit_status": 0,
        "output": manifests.output(folder),
        "times": {"started": f"{day}T22:00:00Z", "finished": f"{day}T22:00:09Z", "seconds": {}},
    }
    (folder / MANIFEST).write_text(manifests.text(whole))
    return folder


def _edit(path: Path, change: Callable[[Any], Any]) -> None:
    content = json.loads(path.read_text())
    path.write_text(json.dumps(change(content)))


def _sign(folder: Path) -> None:
    """Make the manifest agree with its files, as whoever edits both would."""
    digests = manifests.output(folder)
    digests.pop(MANIFEST)
    _edit(folder / MANIFEST, lambda whole: {**whole, "output": digests})


def _look(root: Path) -> list[str]:
    """All that a later run does with a shelf; the names of the reviews that it looks back at."""
    shelf = Shelf(root)
    shelf_page(shelf.reviews()[::-1], shelf.root)
    earlier = shelf.earlier("P", [], "2026-08-31")
    assert all(isinstance(why, str) and why for why in shelf.distrusted("P", [], "2026-08-31").values())
    shelf.last_good("flow_analysis", "P", [], "2026-08-31T00:00:00Z")
    past.write_history(root, earlier)
    return [review.name for review in earlier]


@pytest.fixture
def shelf(tmp_path: Path) -> tuple[Path, Path]:
    """A shelf with a sound review of May and one of June that a test may spoil."""
    _put(tmp_path, "2026-05-31")
    return tmp_path, _put(tmp_path, "2026-06-30")


def test_reviews_as_they_were_written_are_looked_back_at(shelf: tuple[Path, Path]) -> None:
    root, june = shelf
    assert _look(root) == ["2026-05-31-0a0b0c0d", june.name]
    assert Shelf(root).distrusted("P", [], "2026-08-31") == {}


@pytest.mark.parametrize("name", ["figures.json", "findings.json"])
@pytest.mark.parametrize("spoil", [b"", b"{", b"[]", b"\xff\xfe", b"null", b"{}"])
def test_a_result_that_was_spoiled_makes_its_review_no_earlier_one(
    shelf: tuple[Path, Path], name: str, spoil: bytes
) -> None:
    root, june = shelf
    (june / name).write_bytes(spoil)
    assert _look(root) == ["2026-05-31-0a0b0c0d"]
    assert Shelf(root).distrusted("P", [], "2026-08-31") == {
        june.name: f"its {name} is not as it was written"
    }


def test_what_reads_as_no_result_is_left_out_even_when_the_manifest_agrees(shelf: tuple[Path, Path]) -> None:
    root, june = shelf
    _edit(june / "findings.json", lambda found: [{**found[0], "severity": "purple"}, *found[1:]])
    _sign(june)
    why = Shelf(root).distrusted("P", [], "2026-08-31")
    assert why == {june.name: "its findings.json cannot be understood (entry 1: severity)"}
    assert _look(root) == ["2026-05-31-0a0b0c0d"]


def test_a_manifest_of_another_kind_is_no_review(shelf: tuple[Path, Path]) -> None:
    root, june = shelf
    for key, value in (
        ("as_of_day", 20260630),
        ("as_of_day", "9999-99-99"),
        ("parameters", {"streams": None}),
        ("outcome", {"flow_analysis": {"status": "done", "lost": 5}}),
        ("outcome", {"flow_analysis": {"status": "done", "lost": {"aging": None}}}),
    ):
        _edit(june / MANIFEST, lambda whole, key=key, value=value: {**whole, key: value})
        assert _look(root) == ["2026-05-31-0a0b0c0d"]


def test_a_deck_that_leads_out_of_its_review_is_none(shelf: tuple[Path, Path]) -> None:
    root, june = shelf
    for page in ("../../x.html", "javascript:alert(1)", "/etc/passwd"):
        outcome = {"flow_analysis": {"status": "done", "page": page}}
        _edit(june / MANIFEST, lambda whole, outcome=outcome: {**whole, "outcome": outcome})
        assert _look(root) == ["2026-05-31-0a0b0c0d"]


def _places(content: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in a JSON document, the whole document first."""
    yield way
    inside = (
        content.items()
        if isinstance(content, dict)
        else enumerate(content)
        if isinstance(content, list)
        else ()
    )
    for key, value in inside:
        yield from _places(value, (*way, key))


def _spoiled(content: Any, way: tuple[Any, ...], value: Any) -> Any:
    if not way:
        return value
    content = copy.deepcopy(content)
    place = content
    for key in way[:-1]:
        place = place[key]
    place[way[-1]] = value
    return content


@pytest.mark.parametrize("name", [MANIFEST, "figures.json", "findings.json"])
def test_no_value_anywhere_in_an_earlier_review_stops_a_later_run(
    shelf: tuple[Path, Path], name: str
) -> None:
    root, june = shelf
    kept = {
        path: path.read_bytes() for path in (june / MANIFEST, june / "figures.json", june / "findings.json")
    }
    content = json.loads(kept[june / name])
    some = {
        "figures.json": lambda all_of_it: dict(list(all_of_it.items())[:3]),
        "findings.json": lambda found: found[:2],
    }
    content = some.get(name, lambda whole: whole)(content)
    for way in _places(content):
        for value in random.Random(str(way)).sample(ODD, 3):
            (june / name).write_text(json.dumps(_spoiled(content, way, value)))
            if name != MANIFEST:
                _sign(june)
            assert "2026-05-31-0a0b0c0d" in _look(root) or way == ("portfolio",)
            for path, data in kept.items():
                path.write_bytes(data)
