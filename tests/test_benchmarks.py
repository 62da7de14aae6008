"""`make bench` measures every part of every section before one that failed ends it."""

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import redraw, speed, watermelon
from benchmarks.measuring import Row

ROOT = Path(__file__).parents[1]


def _broken() -> list[Row]:
    raise RuntimeError("no tool to compare with")


def _rows(judged: float) -> list[Row]:
    return [Row(name, seconds, 1, 1, (seconds,)) for name, seconds in (("judged", judged), ("other", 1.0))]


def test_a_comparison_that_fails_or_is_over_its_limit_stops_none_after_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    comparisons = (
        speed.Comparison("broken", "cannot be measured", 2, _broken),
        speed.Comparison("slow", "is over its limit", 2, lambda: _rows(3.0)),
        speed.Comparison("fine", "is within it", 2, lambda: _rows(1.0)),
    )
    monkeypatch.setattr(speed, "COMPARISONS", comparisons)
    monkeypatch.setattr(speed, "RESULTS", tmp_path)
    assert speed.main([]) == 1
    said = capsys.readouterr().out
    assert "broken: NOT MEASURED" in said and "RuntimeError: no tool to compare with" in said
    assert "slow: is over its limit\n  3 × the time" in said
    assert "fine: is within it\n  1 × the time" in said
    assert {path.name for path in tmp_path.iterdir()} == {"speed_slow.json", "speed_fine.json"}
    assert [speed.main([name]) for name in ("broken", "slow", "fine")] == [1, 1, 0]


def test_a_part_of_the_watermelons_that_fails_or_misses_stops_none_after_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = {
        "broken": ("cannot be measured", _broken),
        "missed": ("is too low", lambda: [watermelon.Line("recall", 0.5, 0.9)]),
        "fine": ("is enough", lambda: [watermelon.Line("precision", 0.95, 0.9)]),
    }
    monkeypatch.setattr(watermelon, "PARTS", parts)
    monkeypatch.setattr(watermelon, "RESULTS", tmp_path / "watermelon.json")
    assert watermelon.main([]) == 1
    said = capsys.readouterr().out
    assert [word in said for word in ("broken: NOT MEASURED", "MISSED", "0.950")] == [True] * 3
    assert [watermelon.main([name]) for name in parts] == [1, 1, 0]


@pytest.mark.browser
def test_a_size_that_cannot_be_redrawn_stops_none_after_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if redraw.executable() is None or redraw.jupyter.command() is None:
        pytest.skip("there is no Chromium or no JupyterLab: nothing would be redrawn")

    def measured(items: int, *_: object) -> redraw.Row:
        if items == redraw.JUDGED:
            raise TimeoutError("nothing was drawn")
        return redraw.Row(items, 200, 250, 40, 500, (200.0,))

    monkeypatch.setattr(redraw, "measured", measured)
    monkeypatch.setattr(redraw, "sync_playwright", _NoPlaywright)
    monkeypatch.setattr(redraw, "RESULT", tmp_path / "redraw.json")
    assert redraw.main() == 1
    said = capsys.readouterr().out
    assert "redraw with 10,000 items: NOT MEASURED" in said and "100,000 items     200 ms" in said


class _NoPlaywright:
    """Stands for Playwright and for all that comes from it: nothing is opened."""

    def __enter__(self) -> "_NoPlaywright":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __getattr__(self, _: str) -> "_NoPlaywright":
        return self

    def __call__(self, *_: object, **__: object) -> "_NoPlaywright":
        return self


def test_make_bench_runs_every_section_and_names_those_that_failed(tmp_path: Path) -> None:
    """With a Python that fails for two of them."""
    for name in (".dev", ".lab"):
        (tmp_path / name).touch()
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python"
    python.write_text('#!/bin/sh\necho "ran $1"\ncase $1 in *watermelon*) exit 0;; esac\nexit 1\n')
    python.chmod(0o755)
    command = ["make", "bench", f"VENV={tmp_path}", f"LAB={tmp_path}"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode != 0
    sections = ("speed", "watermelon", "value", "ahead", "redraw", "importing", "fleet", "large")
    assert run.stdout == "".join(f"ran benchmarks/{section}.py\n" for section in sections)
    assert (
        "over a limit, missed or not measured: speed value ahead redraw importing fleet large\n" in run.stderr
    )
