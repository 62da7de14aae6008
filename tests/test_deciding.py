"""Recording a decision from a notebook: as the command does it, and never under an unattended run."""

import shutil
from pathlib import Path

import pytest

from vmo_helpers import decide

SAMPLE = Path(__file__).parents[1] / "data" / "sample"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    shutil.copytree(SAMPLE, folder)
    return folder


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is displayed in JupyterLab."""
    import IPython.display

    texts: list[str] = []
    monkeypatch.setenv("VMO_MODE", "explore")
    monkeypatch.setattr(IPython.display, "display", lambda html: texts.append(html.data))
    return texts


def _decisions(data: Path) -> str:
    return (data / "decisions.csv").read_text(encoding="utf-8")


def test_in_a_deck_nothing_is_shown_and_nothing_written(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VMO_MODE", "deck")
    before = _decisions(data)
    decide(data)
    decide(data, id="D-001", outcome="free", by="Value sync")
    assert _decisions(data) == before
    assert capsys.readouterr() == ("", "")


def test_in_the_lab_it_shows_what_is_open(data: Path, shown: list[str]) -> None:
    decide(data)
    (text,) = shown
    assert "5 decisions open" in text
    assert all(f"D-00{n}" in text for n in range(1, 6))
    assert "D-006" not in text


def test_in_the_lab_it_records_and_says_so(data: Path, shown: list[str]) -> None:
    decide(data, id="D-001", outcome="free", by="Value sync", due="2026-12-15", decided="2026-11-02")
    assert "D-001 updated in decisions.csv" in shown[0]
    row = next(line for line in _decisions(data).splitlines() if line.startswith("D-001"))
    assert ",free,2026-11-02,Value sync," in row
    decide(data, question="Stop the <b>trial</b>?", owner="Head of Payments")
    assert "D-019 recorded" in shown[1]
    assert "<b>" not in shown[1]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"id": "D-999", "outcome": "free"}, "there is no decision"),
        ({"id": "D-006", "outcome": "stop"}, "says otherwise already"),
        ({"id": "D-001", "outcome": "maybe"}, "is not known"),
        ({"id": "D-001", "outcom": "free"}, "there is no &#39;outcom&#39; to say of a decision"),
        ({"id": "D-001", "due": "soon"}, "neither a day"),
    ],
)
def test_what_cannot_be_recorded_is_said_in_one_line_and_changes_nothing(
    data: Path, shown: list[str], said: dict[str, str], why: str
) -> None:
    before = _decisions(data)
    decide(data, **said)
    assert why in shown[0]
    assert _decisions(data) == before
