"""A portfolio of many items: its pages stay small, its long tables are compact and one click away."""

import re
from pathlib import Path

import pytest

from tests.review import small
from vmo_helpers.results.tables import MOST_CSV_ROWS
from vmo_helpers.sample import write_sample

ITEMS = 30_000
PAGE_BYTES = 3_000_000
TABLE_BYTES_AN_ITEM = 400  # 1,500 when all were CSV


@pytest.mark.deep
def test_pages_of_many_items_are_small_and_lead_to_their_long_tables(tmp_path: Path) -> None:
    write_sample(tmp_path / "data", items=ITEMS, parquet=True)
    shelf = tmp_path / "shelf"
    run = small.vmo("review", tmp_path / "data", "--out", shelf, cwd=tmp_path, timeout=900)
    assert run.returncode == 0, run.stderr
    (review,) = small.reviews(shelf)
    pages = {path.name: path.read_text(encoding="utf-8") for path in review.glob("*.html")}
    sizes = {name: len(page.encode()) for name, page in pages.items()}
    assert max(sizes.values()) <= PAGE_BYTES, sizes
    linked = {link for page in pages.values() for link in re.findall(r'href="(tables/[^"]+)"', page)}
    assert any(link.endswith(".parquet") for link in linked)
    assert [link for link in sorted(linked) if not (review / link).is_file()] == []
    tables = [path for path in (review / "tables").rglob("*") if path.is_file()]
    long = [path for path in tables if path.suffix == ".csv" and _rows(path) > MOST_CSV_ROWS]
    assert long == []
    assert (
        sum({one.stat().st_ino: one.stat().st_size for one in tables}.values()) <= ITEMS * TABLE_BYTES_AN_ITEM
    )


def _rows(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines()) - 1
