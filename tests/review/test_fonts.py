"""The fonts that a picture is measured with."""

import os
from pathlib import Path

import pytest

from vmo_helpers.review.pages import fonts


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A system with two families, one of them a copy of what vl-convert carries."""
    root = tmp_path / "share"
    for name in ("liberation/LiberationSans-Bold.ttf", "cjk/NotoSansCJK.ttc"):
        (root / name).parent.mkdir(parents=True)
        (root / name).touch()
    (tmp_path / "fonts.conf").write_text(f"<fontconfig><dir>{root}</dir></fontconfig>")
    monkeypatch.setattr(fonts, "SYSTEM", tmp_path / "fonts.conf")
    monkeypatch.delenv(fonts.VARIABLE, raising=False)
    return root


def _told() -> str:
    with fonts._told_of_fonts():
        told = os.environ.get(fonts.VARIABLE)
        return Path(told).read_text() if told else ""


def test_the_systems_copies_are_left_out_and_all_others_are_there(system: Path) -> None:
    assert _told().count("<dir>") == 1
    assert f"<dir>{system}/cjk</dir>" in _told()
    assert fonts.VARIABLE not in os.environ


@pytest.mark.parametrize("beside", ["liberation/Other.otf", "Other.otf"])
def test_nothing_is_left_out_where_others_lie_with_the_copies(system: Path, beside: str) -> None:
    (system / beside).touch()
    assert _told() == ""


def test_nothing_is_left_out_where_the_settings_are_unknown_or_the_users(
    system: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "SYSTEM", system / "none.conf")
    assert _told() == ""
    monkeypatch.setattr(fonts, "SYSTEM", system.parent / "fonts.conf")
    monkeypatch.setenv(fonts.VARIABLE, os.devnull)
    with fonts._told_of_fonts():
        assert os.environ[fonts.VARIABLE] == os.devnull
