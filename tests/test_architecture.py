"""The house's walls. Each room says which rooms it may import; what it does not say is forbidden."""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "vmo_helpers"
MODULES = sorted(PACKAGE.rglob("*.py"))
NAMES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in MODULES
}

GROUND = {"vocabulary", "window", "lookup", "lazy"}
DATA = GROUND | {"style", "contract", "portfolio"}
SEAM = {"results", "decks"}

# From the ground up: room → the rooms that it may import. Each of these stands higher up in this list.
WALLS: dict[str, set[str]] = {
    "lazy": set(),
    "vocabulary": set(),
    "thresholds": {"vocabulary"},
    "window": {"vocabulary"},
    "lookup": set(),
    "decks": set(),
    "style": {"vocabulary"},
    "contract": {"vocabulary"},
    "results": {"style", "vocabulary", "window"},
    "portfolio": GROUND | {"style", "contract"},
    "request": DATA | {"thresholds"},
    "tables": DATA,
    "sources": DATA | {"tables", "thresholds"},
    "sample": {"contract", "vocabulary"},
    "measures": DATA | {"results"},
    "forecasts": DATA | {"results", "measures"},
    "findings": DATA | SEAM | {"thresholds", "measures", "forecasts"},
    "charts": {"lazy", "style", "vocabulary", "results"},
    "deck": DATA | SEAM | {"thresholds", "charts"},
    # the runner, room by room: it knows what a notebook leaves behind and nothing of how it was computed
    "review.errors": set(),
    "review.plan": {"decks", "review.errors"},
    "review.shelf": {"vocabulary", "review.errors", "review.plan"},
    "review.running": DATA
    | {"request", "results", "sources", "tables", "charts"}
    | {"review.errors", "review.plan", "review.shelf"},
    "review.across": SEAM | {"style", "review.shelf"},
    "review.pages": SEAM | {"style", "vocabulary", "review.errors", "review.shelf", "review.across"},
    "review.forms": {
        "decks",
        "style",
        "review.errors",
        "review.plan",
        "review.shelf",
        "review.running",
        "review.pages",
    },
    "review.decisions": DATA | {"sources", "tables", "review.errors", "review.shelf", "review.running"},
    "review.notify": {"decks", "style", "review.errors", "review.shelf"},
    "review.make": {
        "decks",
        "request",
        "vocabulary",
        "review.errors",
        "review.plan",
        "review.shelf",
        "review.running",
        "review.pages",
        "review.forms",
    },
    "review.fleet": {
        "contract",
        "request",
        "sources",
        "review.errors",
        "review.plan",
        "review.shelf",
        "review.running",
        "review.pages",
        "review.forms",
        "review.notify",
        "review.make",
    },
    "review": set(),
    "notebook": DATA
    | SEAM
    | {
        "sources",
        "measures",
        "findings",
        "deck",
        "request",
        "thresholds",
        "review.errors",
        "review.decisions",
    },
    "explore": DATA
    | SEAM
    | {"sources", "measures", "forecasts", "findings", "charts", "deck", "request", "thresholds", "notebook"},
    "cli": DATA
    | {"decks", "request", "sources", "tables", "sample"}
    | {
        f"review.{part}"
        for part in (
            "errors",
            "plan",
            "running",
            "forms",
            "decisions",
            "across",
            "notify",
            "make",
            "fleet",
            "shelf",
        )
    },
    "__main__": {"cli"},
    "__init__": {"notebook"},
}

LOOSE = 8
"""Modules in the package's root, ``__init__`` and ``__main__`` apart."""


def room_of(module: str) -> str:
    """``vmo_helpers.review.pages.page`` is of ``review.pages``, ``….measures.flow`` of ``measures``."""
    parts = module.split(".")[1:] or ["__init__"]
    return ".".join(parts[:2]) if parts[0] == "review" else parts[0]


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _imports(path: Path) -> Iterator[str]:
    """Every module that a file imports; a name that a package only hands on counts as the package."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in NAMES else node.module for name in whole)


def _own_imports(path: Path) -> set[str]:
    return {name for name in _imports(path) if name in NAMES}


def test_every_room_has_a_wall_and_every_wall_a_room() -> None:
    assert {room_of(name) for name in NAMES} == set(WALLS)


def test_every_wall_rests_on_what_stands_above_it_in_the_list() -> None:
    seen: set[str] = set()
    for room, allowed in WALLS.items():
        assert allowed <= seen, f"{room} may import {sorted(allowed - seen)}, which stand no lower"
        seen.add(room)


@pytest.mark.parametrize("module", NAMES)
def test_imports_go_one_way(module: str) -> None:
    room = room_of(module)
    outside = {name for name in _own_imports(NAMES[module]) if room_of(name) not in WALLS[room] | {room}}
    assert not outside, f"{module} imports {sorted(outside)}; {room} may import {sorted(WALLS[room])}"


def test_no_module_reaches_itself() -> None:
    graph = {name: _own_imports(path) - {name} for name, path in NAMES.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a circle: {' ← '.join(error.args[1])}")


def test_few_modules_lie_loose_in_the_root() -> None:
    loose = [path.stem for path in PACKAGE.glob("*.py") if not path.stem.startswith("__")]
    assert len(loose) <= LOOSE, loose


@pytest.mark.parametrize(
    ("library", "rooms"),
    [
        ("altair", {"charts", "deck"}),
        ("papermill", {"review.running"}),
        ("ipywidgets", {"explore"}),
        ("sqlalchemy", {"sources"}),
        ("duckdb", {"sources"}),
        ("jinja2", {"style", "review.pages"}),
    ],
)
def test_a_library_is_imported_where_it_belongs(library: str, rooms: set[str]) -> None:
    used = {
        room_of(name)
        for name, path in NAMES.items()
        for one in _imports(path)
        if one.split(".")[0] == library
    }
    assert used <= rooms


@pytest.mark.parametrize(
    "room",
    ["cli", "review.make", "review.shelf", "review.across", "review.pages", "review.forms", "review.plan"],
)
def test_commands_and_pages_import_no_frames(room: str) -> None:
    used = {
        (name, one)
        for name, path in NAMES.items()
        if room_of(name) == room
        for one in _imports(path)
        if one.split(".")[0] in {"pandas", "numpy", "pyarrow"}
    }
    assert not used


def test_a_topic_of_measures_uses_only_flow_and_outcomes() -> None:
    # flow and outcomes are everybody's; a frame of any other topic is handed over by whoever calls
    shared = {"flow", "outcomes"}
    peers = []
    for module, path in NAMES.items():
        topic = module.split(".")[2:3]
        if room_of(module) != "measures" or not topic:
            continue
        for name in _imports(path):
            parts = name.split(".")
            if (
                parts[:2] == ["vmo_helpers", "measures"]
                and len(parts) > 2
                and parts[2] not in {*shared, *topic}
            ):
                peers.append(f"{module} imports {name}")
    assert not peers


def test_charts_read_and_aggregate_nothing() -> None:
    forbidden = {"pyarrow", "duckdb", "polars", "pathlib", "papermill"}
    verbs = {"transform_aggregate", "transform_joinaggregate", "groupby", "read_csv", "read_parquet"}
    found = []
    for path in (PACKAGE / "charts").rglob("*.py"):
        nodes = list(ast.walk(_tree(path)))
        found += [f"{path.name} imports {name}" for name in _imports(path) if name.split(".")[0] in forbidden]
        found += [
            f"{path.name} calls {node.attr}"
            for node in nodes
            if isinstance(node, ast.Attribute) and node.attr in verbs
        ]
    assert not found


def test_findings_know_no_page() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.value!r}"
        for module, path in NAMES.items()
        if room_of(module) in {"measures", "forecasts", "findings", "results", "deck"}
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and ".html" in node.value
    ]
    assert not found


def test_nothing_that_computes_reads_the_clock() -> None:
    clocks = {
        ("Timestamp", "now"),
        ("Timestamp", "today"),
        ("datetime", "now"),
        ("datetime", "today"),
        ("date", "today"),
        ("time", "time"),
    }
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for module, path in NAMES.items()
        if not room_of(module).startswith(("review", "cli"))
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Attribute)
        and (
            node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", ""),
            node.attr,
        )
        in clocks
    ]
    assert not found


def test_rag_words_are_spelled_in_the_vocabulary_alone() -> None:
    words = {"green", "amber", "green_amber", "amber_red"}
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.value!r}"
        for module, path in NAMES.items()
        # figures.py has the keys of figures.json, watermelon.green among them
        if room_of(module) in {"measures", "findings", "forecasts"} and path.name != "figures.py"
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Constant) and node.value in words
    ]
    assert not found


@pytest.mark.parametrize("module", NAMES)
def test_modules_stay_short(module: str) -> None:
    assert len(NAMES[module].read_text(encoding="utf-8").splitlines()) <= 450


def test_every_public_function_says_what_it_returns() -> None:
    silent = [
        f"{path.relative_to(ROOT)}:{node.name}"
        for path in MODULES
        for node in _tree(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    # an enum of the vocabulary whose name says it all needs no sentence
    assert [name for name in silent if "vocabulary.py" not in name] == []
