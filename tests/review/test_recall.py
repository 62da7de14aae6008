"""A review that stands is found by the bytes of what would be read, and by nothing less."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.review import small
from vmo_helpers.request.asked import Request
from vmo_helpers.review.make.recall import Asked, asked


def _asked(place: Path | str, **more: object) -> Asked:
    found = asked(replace(Request(str(place)), **more))  # type: ignore[arg-type]
    assert found is not None
    return found


def test_the_same_bytes_elsewhere_are_the_same_and_any_other_byte_file_or_option_is_not(
    tmp_path: Path,
) -> None:
    place, twin = small.portfolio(tmp_path / "one"), small.portfolio(tmp_path / "two")
    key = _asked(place).key
    assert _asked(twin).key == key == _asked(place).key
    others = {
        _asked(place, as_of="2026-10-31").key,
        _asked(place, from_day="2026-01-01").key,
        _asked(place, level="feature").key,
        _asked(place, streams=("S1",)).key,
        _asked(place, thresholds=(("overdue_days", 1.0),)).key,
        _asked(place, lenient=True).key,
    }
    (tmp_path / "other.toml").write_text('[portfolio]\nname = "Other"\n')
    others.add(_asked(place, config=str(tmp_path / "other.toml")).key)
    for name, text in (("states.csv", "state,class\n"), ("links.csv", ""), ("portfolio.toml", "")):
        (twin / name).write_text(text)
        others.add(_asked(twin).key)
    assert len(others | {key}) == 11


def test_the_limit_of_a_table_is_part_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = small.portfolio(tmp_path / "one")
    key = _asked(place).key
    monkeypatch.setenv("VMO_MAX_TABLE_SIZE", "20")
    assert _asked(place).key != key


def test_what_has_no_bytes_to_look_at_is_read(tmp_path: Path) -> None:
    place = small.portfolio(tmp_path / "one")
    os.mkfifo(place / "links.csv")
    for where in (place, tmp_path / "none", "postgresql://db/retail"):
        assert asked(Request(str(where))) is None


def test_a_file_that_changed_before_it_was_read_is_not_what_was_asked(tmp_path: Path) -> None:
    found = _asked(small.portfolio(tmp_path / "one"))
    read = [{"name": name, "sha256": digest} for name, digest in found.files.items()]
    assert found.is_of(read)
    assert not found.is_of([*read, {"name": "links.csv", "sha256": "0"}])
    assert not found.is_of([{**read[0], "sha256": "0"}])
