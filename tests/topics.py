"""Which files of tests are about a topic: those whose path holds one of its words."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path

HERE = Path(__file__).parent
WORDS = {
    "watermelon": {"outcomes", "satisfaction", "status"},
    "decisions": {"changes", "deciding", "decision"},
    "sources": {
        "importing",
        "cell",
        "coded",
        "contract",
        "postgresql",
        "sample",
        "settings",
        "shapes",
        "states",
        "unfinished",
    },
    "review": {"cli", "operations"},
    "deck": {"brief", "fuzz", "headlines", "page", "pages", "stills", "theme", "wording"},
    "lab": {"views"},
    "transition": {"funding", "value"},
    "ahead": {"forecast", "forecasts"},
    "complete": {
        "columns",
        "decks",
        "docstrings",
        "documentation",
        "each",
        "essay",
        "headlines",
        "notebooks",
        "record",
        "rule",
        "thresholds",
        "title",
        "views",
    },
    "house": {
        "architecture",
        "benchmarks",
        "checkout",
        "docstrings",
        "documentation",
        "environment",
        "notebooks",
        "thresholds",
    },
}
"""Words beside the topic's own name. A topic whose files bear its name needs no row here. ``complete`` holds
what asks for all that a measure, finding, chart, slide, figure or notebook brings with it."""


def is_about(path: Path, topic: str) -> bool:
    """Whether a file of this folder is about a topic."""
    return not _words(path).isdisjoint({topic, *WORDS.get(topic, ())})


def unknown(topic: str) -> str | None:
    """What to say to somebody who asks for a topic that no file is about; None where there is one."""
    if any(is_about(path, topic) for path in files()):
        return None
    known = sorted({*WORDS, *(word for path in files() for word in _words(path))})
    close = get_close_matches(topic, known, 3)
    meant = f"did you mean {' or '.join(map(repr, close))}?" if close else f"there are {', '.join(known)}"
    return f"no file of tests is about {topic!r}; {meant}"


def files() -> list[Path]:
    """Every file of tests, and the notebooks that are compared with what they say today."""
    return sorted([*HERE.rglob("test_*.py"), *HERE.rglob("*.ipynb")])


def _words(path: Path) -> frozenset[str]:
    """The words of a file's path within this folder; without those that stand in all of them."""
    names = path.relative_to(HERE).with_suffix("").parts
    return frozenset(re.split(r"[_/]", "/".join(names))) - {"test"}
