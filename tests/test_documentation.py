"""The documents speak of what is there: every measure, table, column, threshold and make target, and none
that is not."""

import inspect
import re
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest

from vmo_helpers import measures
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
