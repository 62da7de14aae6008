"""The sample through each format and back: figures.json of the whole review is the same, but for what docs/
sources.md says that the format cannot hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.importing import round_trip
from tests.importing.round_trip import HELD, Tables
from tests.importing.test_tables_round_trip import written as tables_in
from tests.review import small
from vmo_helpers.cli.main import main

pytestmark = [pytest.mark.deep, pytest.mark.slow]


def _number(key: str) -> str:
    return key.partition("-")[2]


def _without(tables: Tables, *names: str) -> Tables:
    return {name: rows for name, rows in tables.items() if name not in names}


def _for_xes() -> Tables:
    return _without(round_trip.sample(), "blockers", "dependencies", "plan_changes")


def _for_dates() -> Tables:
    tables = round_trip.by_days(_without(round_trip.sample(), "blockers", "dependencies", "plan_changes"))
    for row in tables["work_items"]:
        row["started_at"] = ""
    return tables


def _for_jira() -> Tables:
    return round_trip.sample()


def _for_azure() -> Tables:
    tables = round_trip.sample(_number)
    for row in tables["blockers"]:
        row["reason"] = ""
    return tables


Write = Callable[[Tables, Path], Path]
KINDS: dict[str, tuple[str, Callable[[], Tables], Write]] = {
    "jira": ("jira", _for_jira, round_trip.as_jira),
    "azure-devops": ("azure-devops", _for_azure, round_trip.as_azure_devops),
    "xes": ("xes", _for_xes, round_trip.as_xes),
    "dates by state": ("excel", _for_dates, round_trip.as_dates),
}


def _figures(folder: Path, shelf: Path) -> dict[str, Any]:
    run = small.vmo("review", folder, "--out", shelf, "--as-of", "2026-10-31", drawn=False)
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads((small.reviews(shelf)[0] / "figures.json").read_text(encoding="utf-8"))
    return found


def _same(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert len(ours) > 100 and ours.keys() == theirs.keys()
    assert {key: (one, theirs[key]) for key, one in ours.items() if one != theirs[key]} == {}


@pytest.mark.parametrize("kind", KINDS)
def test_the_figures_of_a_review_are_the_same(tmp_path: Path, kind: str) -> None:
    tool, held, write = KINDS[kind]
    tables = held()
    reference = round_trip.written(tables, tmp_path / "reference")
    out = round_trip.written(tables, tmp_path / "through", without=HELD)
    own = write(tables, tmp_path / "export")
    assert main(["import", tool, str(tmp_path / "export"), "--out", str(out), "--map", str(own)]) == 0
    _same(_figures(reference, tmp_path / "ours"), _figures(out, tmp_path / "theirs"))


@pytest.fixture(scope="module")
def of_the_sample(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return _figures(round_trip.SAMPLE, tmp_path_factory.mktemp("sample") / "shelf")


@pytest.mark.parametrize(("tool", "name"), [("excel", "s.xlsx"), ("excel", "folder"), ("sql", "s.db")])
def test_what_holds_tables_gives_the_figures_of_the_sample(
    tmp_path: Path, of_the_sample: dict[str, Any], tool: str, name: str
) -> None:
    out = round_trip.written({}, tmp_path / "out")
    assert main(["import", tool, str(tables_in(tmp_path / name)), "--out", str(out), "--propose-map"]) == 0
    _same(of_the_sample, _figures(out, tmp_path / "shelf"))
