"""One browser for all tests of this folder; without Chromium they are skipped, and say so."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import FLAGS, executable
from tests.review import demo
from vmo_helpers.review.pages import page


@pytest.fixture(scope="session")
def browser(playwright: Any) -> Iterator[Any]:
    found = executable()
    if found is None:
        pytest.skip(
            "Chromium is not installed (or name one in VMO_CHROMIUM): nothing was looked at in a browser"
        )
    running = playwright.chromium.launch(executable_path=found, args=FLAGS)
    yield running
    running.close()


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The demonstration, a deck of hostile text, one of an empty portfolio."""
    folder = tmp_path_factory.mktemp("pages")
    around = page.Context(
        pages=(page.Link("Flow", None), page.Link("OKR alignment", "okr_alignment.html")),
        previous="2026-09-30",
    )
    written = {}
    for name, notebook in (("demo", demo.executed()), ("hostile", demo.hostile()), ("empty", demo.empty())):
        written[name] = folder / f"{name}.html"
        written[name].write_text(page.render(notebook, around), encoding="utf-8", newline="\n")
    return written
