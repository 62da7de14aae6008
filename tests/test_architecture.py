"""The house's walls: imports go one way, charts know no data sources, modules stay small, nothing reads the clock."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "vmo_helpers"
MODULES = sorted(PACKAGE.rglob("*.py"))

BASE = {"vocabulary", "schema", "window", "figures", "portfolio", "wording", "calendar", "states", "rooms", "lookup"}
SAID = {"palette", "parts", "headlines"}  # what decks and pages share: colours, the seam between them, the names of figures
DATA = BASE | {"tables", "history", "settings", "problems", "facts", "streams", "needs", "coverage"}

# room → the rooms that it may import from; a room may always import from itself
ALLOWED: dict[str, set[str]] = {
    "sources": DATA,
    "measures": BASE | {"history"},
    "forecasts": BASE | {"measures"},
    "findings": BASE | {"thresholds", "measures", "forecasts", "headlines"},
    "charts": {"theme", "vocabulary", "wording", "rooms"},
    "theme": {"palette", "parts", "vocabulary"},
    "thresholds": {"vocabulary"},
    "deck": BASE | SAID | {"needs", "thresholds", "findings", "history", "theme"},
    # the controls of a notebook stand on all that a notebook uses; of the review's runner they take the chart scripts alone
    "explore": BASE | SAID | {"measures", "findings", "charts", "deck", "thresholds", "opening", "streams", "problems", "review"},
    "review": DATA | SAID | {"sources", "thresholds"},
    "cli": DATA | {"sources", "review", "thresholds", "sample"},
    "sample": BASE,
}
ANALYSIS = {"measures", "findings", "charts", "forecasts"}


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names if module == "vmo_helpers")


def _rooms_used(path: Path) -> set[str]:
    return {name.split(".")[1] for name in _imports(path) if name.startswith("vmo_helpers.")}


@pytest.mark.parametrize("path", [p for p in MODULES if _room(p) in ALLOWED], ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_one_way(path: Path) -> None:
    room = _room(path)
    outside = _rooms_used(path) - ALLOWED[room] - {room}
    assert not outside, f"{path.relative_to(ROOT)} imports {sorted(outside)}; {room} may import {sorted(ALLOWED[room])}"


@pytest.mark.parametrize("room", ["review", "cli"])
def test_the_runner_imports_no_analysis(room: str) -> None:
    used = {(path.name, name) for path in MODULES if _room(path) == room for name in _rooms_used(path) & ANALYSIS}
    assert not used


def test_explore_takes_only_the_chart_scripts_from_the_runner() -> None:
    used = {name for path in MODULES if _room(path) == "explore" for name in _imports(path) if name.startswith("vmo_helpers.review")}
    assert used == {"vmo_helpers.review.bundle"}


def test_a_topic_of_measures_uses_only_flow_and_outcomes() -> None:
    shared = {"flow", "outcomes"}
    strangers = []
    for path in (PACKAGE / "measures").rglob("*.py"):
        topic = path.relative_to(PACKAGE / "measures").parts[0].removesuffix(".py")
        for name in _imports(path):
            parts = name.split(".")
            if parts[:2] == ["vmo_helpers", "measures"] and len(parts) > 2 and topic != "__init__" and parts[2] not in shared | {topic}:
                strangers.append(f"{path.relative_to(ROOT)} imports {name}")
    assert not strangers


def test_charts_read_and_aggregate_nothing() -> None:
    forbidden = {"pyarrow", "duckdb", "polars", "pathlib", "papermill"}
    verbs = {"transform_aggregate", "transform_joinaggregate", "groupby", "read_csv", "read_parquet"}
    found = []
    for path in (PACKAGE / "charts").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found += [f"{path.name} imports {name}" for name in _imports(path) if name.split(".")[0] in forbidden]
        found += [f"{path.name} calls {node.attr}" for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in verbs]
    assert not found


def test_nothing_that_computes_reads_the_clock() -> None:
    rooms = {"measures", "findings", "charts", "forecasts", "sources", "sample", "deck", "explore", *DATA}
    clocks = {("Timestamp", "now"), ("Timestamp", "today"), ("datetime", "now"), ("datetime", "today"), ("date", "today"), ("time", "time")}
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in MODULES
        if _room(path) in rooms
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and (node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", ""), node.attr) in clocks
    ]
    assert not found


def test_rag_words_are_spelled_in_the_vocabulary_alone() -> None:
    words = {"green", "amber", "green_amber", "amber_red"}
    rooms = {"measures", "findings", "forecasts"}
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.value!r}"
        for path in MODULES
        if _room(path) in rooms and path.name != "figures.py"  # the keys of figures.json, watermelon.green among them
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in words
    ]
    assert not found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_modules_stay_under_about_three_hundred_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 330


def test_every_public_function_says_what_it_returns() -> None:
    silent = [
        f"{path.relative_to(ROOT)}:{node.name}"
        for path in MODULES
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    # an enum of the vocabulary whose name says it all needs no sentence
    assert [name for name in silent if "vocabulary.py" not in name] == []
