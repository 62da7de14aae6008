"""docs/data.md says what the program does: every word, synonym and need, and its first hour works."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from vmo_helpers import sources
from vmo_helpers.cli.coverage import usable
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.decks import ENTRIES
from vmo_helpers.sources.portfolio_toml import of as settings_of
from vmo_helpers.vocabulary import ALIASES

TEXT = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
COLUMNS = [(table, column) for table in TABLES.values() for column in table.columns]


def rows_after(heading: str) -> list[list[str]]:
    part = TEXT.split(heading)[1].split("\n## ")[0]
    return [
        [cell.strip() for cell in line.strip("| ").split(" | ")]
        for line in part.splitlines()
        if line.startswith("|")
    ][2:]


VOCABULARIES = list(dict.fromkeys(column.words for _, column in COLUMNS if column.words))


@pytest.mark.parametrize("vocabulary", VOCABULARIES, ids=lambda words: words.__name__)
def test_every_word_of_a_vocabulary_is_named(vocabulary: type[StrEnum]) -> None:
    assert [str(word) for word in vocabulary if not re.search(rf"\b{word}\b", TEXT)] == []


@pytest.mark.parametrize("vocabulary", list(ALIASES), ids=lambda words: words.__name__)
def test_every_synonym_is_named(vocabulary: type[StrEnum]) -> None:
    said = re.sub(r"[\s_]+", "_", TEXT.split("Synonyms that are understood")[1].split("\n## ")[0].lower())
    assert [alias for alias in ALIASES[vocabulary] if alias not in said] == []


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda one: one.name)
def test_what_must_be_there_is_bold(table, column) -> None:  # type: ignore[no-untyped-def]
    part = re.search(rf"^`{table.name}` \(.*?(?=^`|^#)", TEXT, flags=re.S | re.M)
    assert part is not None
    mark = "***" if column.filled else "**" if column.required else ""
    stated = [
        found[1] for found in re.finditer(rf"(?=(\*{{0,3}}){column.name}\1(?![\w*]))(?<![\w*])", part[0])
    ]
    assert mark in stated


def test_the_needs_of_every_notebook_are_those_of_the_program() -> None:
    said = {name: (needs, better) for name, needs, better in rows_after("## What each notebook needs")}
    assert list(said) == [one.name for one in ENTRIES]
    for one in ENTRIES:
        assert said[one.name] == (
            ", ".join(one.least) or "what the other notebooks found",
            ", ".join(one.better),
        )


def test_the_example_of_portfolio_toml_is_valid() -> None:
    import tomllib

    stated = settings_of(tomllib.loads(TEXT.split("```toml\n")[1].split("```")[0]), "x")
    assert stated.problems == () and stated.notes == () and stated.settings.name == "Northwind Retail"


def test_the_first_hour_works(tmp_path: Path) -> None:
    lines = TEXT.split("```text\n")[1].split("```")[0].splitlines()
    starts = [found.start() for found in re.finditer(r"\S+", lines[0])]
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        name, *content = (line[start:end].strip() for line in lines)
        (tmp_path / name).write_text("\n".join(line for line in content if line) + "\n", encoding="utf-8")
    portfolio = sources.load(tmp_path)
    assert usable(portfolio)["flow_analysis"]
    assert [len(portfolio.tables[name]) for name in ("work_items", "transitions", "states")] == [2, 3, 3]
