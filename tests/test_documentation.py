"""The documents speak of what is there, and of nothing that is not: every measure, finding, chart, command,
option, table, column, threshold and make target."""

import argparse
import ast
import inspect
import json
import re
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest

from vmo_helpers import charts, forecasts, measures
from vmo_helpers.cli.main import COMMANDS, Command
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.thresholds import Thresholds

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
TOPICS = [topic for topic in measures.__all__ if (ROOT / "vmo_helpers" / "measures" / topic).is_dir()]


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("topic", TOPICS)
def test_every_measure_has_its_paragraph(topic: str) -> None:
    module = getattr(measures, topic)
    names = [
        name
        for name in module.__all__
        if inspect.isfunction(getattr(module, name)) and name not in {"read", "figures"}
    ]
    said = _text("docs/measures.md")
    assert [name for name in names if f"`{topic}.{name}`" not in said] == []


def test_every_forecast_has_its_paragraph() -> None:
    names = [name for name in forecasts.__all__ if inspect.isfunction(getattr(forecasts, name))]
    said = _text("docs/measures.md")
    assert [one for one in names if one not in {"read", "figures"} and f"`forecasts.{one}`" not in said] == []


def _column(document: str, header: str, place: int) -> list[str]:
    """The cells of one column of every table in a document whose header begins so."""
    cells, inside = [], False
    for line in _text(document).splitlines():
        inside = line.startswith(header) or (inside and line.startswith("|"))
        if inside and not line.startswith((header, "|---")):
            cells.append(line.split("|")[1:-1][place].strip())
    return cells


def _rules() -> tuple[set[str], str]:
    """Rules that the code names or the sample's review shows; a pattern of those that it puts together.

    Figures bear names like theirs, and are none.
    """
    folder = ROOT / "vmo_helpers" / "findings"
    topics = "|".join(path.name for path in folder.iterdir() if path.is_dir())
    named, made = set(), set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and re.fullmatch(rf"({topics})\.[a-z_]*[a-z]", str(node.value)):
                named.add(str(node.value))
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Rule" and node.args:
                named |= {str(one.value) for one in node.args[:1] if isinstance(one, ast.Constant)}
            if isinstance(node, ast.JoinedStr):
                made.add(re.sub(r"{[^}]*}", r"\\w+", ast.unparse(node)[2:-1]))
    figures, found = (json.loads(_text(f"data/review/{name}.json")) for name in ("figures", "findings"))
    built = [one for one in made if re.fullmatch(rf"({topics})\.[a-z_]*\\w\+[a-z_]*", one)]
    return (named - set(figures)) | {finding["rule"] for finding in found}, "|".join(built)


def test_every_rule_of_a_finding_has_its_row_and_names_thresholds_that_exist() -> None:
    rows = {cell.strip("`") for cell in _column("docs/findings.md", "| rule |", 0)}
    rules, made = _rules()
    assert rules - rows == set()
    assert [row for row in rows - rules if not re.fullmatch(made, row)] == []
    lines = " ".join(_column("docs/findings.md", "| rule |", 2))
    assert set(re.findall(r"`(\w+)`", lines)) - {field.name for field in fields(Thresholds)} == set()


def test_every_threshold_is_named_where_the_findings_are() -> None:
    said = _text("docs/findings.md")
    assert [field.name for field in fields(Thresholds) if f"`{field.name}`" not in said] == []


def test_every_chart_has_its_row_with_the_measures_that_it_draws() -> None:
    drawn = {
        f"charts.{topic}.{name}"
        for topic in charts.__all__
        if (ROOT / "vmo_helpers" / "charts" / topic).is_dir()
        for name in getattr(charts, topic).__all__
    }
    assert {cell.strip("`") for cell in _column("docs/findings.md", "| chart |", 0)} == drawn
    frames = {
        frame
        for cell in _column("docs/findings.md", "| chart |", 2)
        for frame in re.findall(r"`([\w.]+)`", cell)
    }
    assert [
        frame
        for frame in sorted(frames)
        for room, _, name in [frame.partition(".")]
        if not hasattr(forecasts if room == "forecasts" else getattr(measures, room), name)
    ] == []


def test_every_option_of_every_command_has_its_row() -> None:
    said = {
        (command, option)
        for commands, options in zip(
            _column("docs/operations.md", "| command |", 0),
            _column("docs/operations.md", "| command |", 1),
            strict=True,
        )
        for command in re.findall(r"`(\w+)`", commands)
        for option in re.findall(r"`(--[\w-]+)`", options)
    }
    assert said == {(command.name, option) for command in COMMANDS for option in _options(command)}


def test_every_command_is_spoken_of() -> None:
    said = _text("README.md") + _text("docs/operations.md")
    assert [command.name for command in COMMANDS if f"vmo {command.name} " not in said] == []


def _options(command: Command) -> list[str]:
    parser = argparse.ArgumentParser(add_help=False)
    command.add(parser)
    return [option for action in parser._actions for option in action.option_strings]


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_table_and_column_is_explained(table) -> None:  # type: ignore[no-untyped-def]
    said = _text("docs/data.md")
    assert f"`{table.name}`" in said
    assert [column for column in table.names if not re.search(rf"\b{column}\b", said)] == []


def test_every_threshold_has_a_reason() -> None:
    assert [
        field.name for field in fields(Thresholds) if len(Thresholds.reason(field.name).split()) < 5
    ] == []


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", _text("Makefile"), flags=re.M))
    named = {
        target
        for path in DOCUMENTS
        for target in re.findall(r"`make ([a-z]+)", path.read_text(encoding="utf-8"))
    }
    assert named <= targets


def test_the_readme_names_the_keys_that_a_page_knows() -> None:
    steps = re.search(r"const steps = \{(.*?)\};", _text("vmo_helpers/review/pages/templates/page.js"))
    said = re.search(r"([^;]*) move slide by slide", _text("README.md"))
    assert steps is not None and said is not None
    words = {
        "→": "ArrowRight",
        "←": "ArrowLeft",
        "Page Down": "PageDown",
        "Page Up": "PageUp",
        "`j`": "j",
        "`k`": "k",
    }
    assert {key for word, key in words.items() if word in said[1]} == set(re.findall(r"(\w+): -?1", steps[1]))
    assert "↓" not in said[1] and "↑" not in said[1]


def test_every_link_inside_the_repository_leads_somewhere() -> None:
    broken = [
        f"{path.name}: {link}"
        for path in DOCUMENTS
        for link in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))
        if "://" not in link and not (path.parent / link).exists()
    ]
    assert broken == []


def test_help_lists_what_a_person_types() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert all(target in shown for target in ("review", "lab", "test", "lint", "golden", "bench", "sample"))
