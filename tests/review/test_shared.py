"""Long tables of a shelf are kept once, and every review of it is whole all the same."""

import os
import shutil
from pathlib import Path

import pytest

from vmo_helpers.review.shelf import manifest, shared
from vmo_helpers.review.shelf.shelf import MANIFEST, Review, Shelf

LONG, OTHER = b"row\n" * 30_000, b"wor\n" * 30_000


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "shelf")


def _put(shelf: Shelf, day: str, tables: dict[str, bytes], portfolio: str = "P") -> Review:
    about = {
        "portfolio": portfolio,
        "as_of": f"{day}T21:59:59Z",
        "as_of_day": day,
        "parameters": {"streams": []},
        "outcome": {"flow": {"status": "done", "page": "flow.html"}},
    }
    with shelf.workspace() as workspace:
        made = workspace / "review"
        for name, data in {"flow.html": b"deck", **tables}.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_bytes(data)
        whole = {**about, "output": manifest.output(made)}
        (made / MANIFEST).write_text(manifest.text(whole))
        with shelf.locked():
            return shelf.publish(made, f"{day}-{len(shelf.reviews()):08x}", None)


def _file(review: Review, name: str) -> tuple[int, int]:
    """Which file it is, and how many names it has."""
    found = (review.folder / name).stat()
    return found.st_ino, found.st_nlink


def test_a_long_table_that_did_not_change_is_kept_once(shelf: Shelf) -> None:
    names = ("tables/flow/items.parquet", "tables/flow/moves.csv", "tables/flow/few.csv")
    first = _put(shelf, "2026-08-31", dict(zip(names, (LONG, OTHER, b"few"), strict=True)))
    second = _put(shelf, "2026-09-30", dict(zip(names, (LONG, OTHER + b"more", b"few"), strict=True)))
    assert _file(first, names[0]) == _file(second, names[0])
    assert _file(first, names[0])[1] == 2
    assert [_file(second, name)[1] for name in names[1:]] == [1, 1]
    assert first.is_as_written() and second.is_as_written()
    assert not list(second.folder.rglob("*.tmp"))


def test_two_decks_of_one_review_share_a_table_and_what_is_no_table_is_never_shared(shelf: Shelf) -> None:
    twice = {"tables/flow/late.parquet": LONG, "tables/ahead/late.parquet": LONG, "review.pdf": LONG}
    review = _put(shelf, "2026-08-31", twice)
    assert _file(review, "tables/flow/late.parquet") == _file(review, "tables/ahead/late.parquet")
    assert _file(review, "review.pdf")[1] == 1


def test_another_portfolio_shares_nothing(shelf: Shelf) -> None:
    _put(shelf, "2026-08-31", {"tables/flow/items.parquet": LONG})
    other = _put(shelf, "2026-09-30", {"tables/flow/items.parquet": LONG}, portfolio="Q")
    assert _file(other, "tables/flow/items.parquet")[1] == 1


def test_a_damaged_shared_table_is_found_in_each_review_and_shared_no_further(shelf: Shelf) -> None:
    name = "tables/flow/items.parquet"
    first, second = (_put(shelf, day, {name: LONG}) for day in ("2026-08-31", "2026-09-30"))
    with (second.folder / name).open("r+b") as file:
        file.write(b"!")
    assert not first.is_as_written()
    assert not second.is_as_written()
    third = _put(shelf, "2026-10-31", {name: LONG})
    assert third.is_as_written()
    assert _file(third, name)[1] == 1


def test_a_copy_of_one_review_is_whole_and_so_is_what_another_leaves(shelf: Shelf, tmp_path: Path) -> None:
    name = "tables/flow/items.parquet"
    first, second = (_put(shelf, day, {name: LONG}) for day in ("2026-08-31", "2026-09-30"))
    copy = Path(shutil.copytree(second.folder, tmp_path / "copy"))
    assert Review(copy, second.manifest).is_as_written()
    assert (copy / name).stat().st_ino != _file(first, name)[0]
    shutil.rmtree(first.folder)
    assert second.is_as_written()


@pytest.mark.parametrize("refusal", [OSError(95, "not supported"), OSError(31, "too many links")])
def test_without_hard_links_each_review_keeps_its_own(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, refusal: OSError
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise refusal

    name = "tables/flow/items.parquet"
    first = _put(shelf, "2026-08-31", {name: LONG})
    monkeypatch.setattr(os, "link", refuse)
    second = _put(shelf, "2026-09-30", {name: LONG})
    assert [_file(one, name)[1] for one in (first, second)] == [1, 1]
    assert second.is_as_written()
    assert not list(second.folder.rglob("*.tmp"))


def test_how_long_a_table_must_be_is_an_argument_and_no_name_leads_out(tmp_path: Path) -> None:
    (tmp_path / "a/tables").mkdir(parents=True)
    (tmp_path / "b/tables").mkdir(parents=True)
    for name in ("a/tables/x", "b/tables/x", "secret"):
        (tmp_path / name).write_text("1")
    away = (tmp_path / "b", {"tables/../../secret": "digest"})
    mine = (tmp_path / "a", {"tables/x": "digest"})
    assert shared.keep_once(mine, [away], least=1) == []
    assert shared.keep_once(mine, [(tmp_path / "b", {"tables/x": "digest"})], least=2) == []
    assert shared.keep_once(mine, [(tmp_path / "b", {"tables/x": "digest"})], least=1) == ["tables/x"]
