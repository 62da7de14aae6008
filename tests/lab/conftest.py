"""The sample as a notebook opens it; a JupyterLab on copies of the notebooks, in a browser that knows no
other host."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import FLAGS, executable
from tests.lab import jupyter
from vmo_helpers.deck import deck
from vmo_helpers.explore.scene import Scene, Source
from vmo_helpers.notebook.opening import open_review


@pytest.fixture(scope="session")
def source() -> Source:
    with pytest.MonkeyPatch.context() as quiet:
        quiet.setattr(deck, "_display", _nowhere)
        return Source.of(open_review("flow_analysis", "data/sample"))


@pytest.fixture(scope="session")
def scene(source: Source) -> Scene:
    return source.scene(source.opened)


def _nowhere(_: dict[str, Any]) -> None:
    """Nobody looks."""


@pytest.fixture(scope="session")
def lab_browser(playwright: Any) -> Iterator[Any]:
    if (found := executable()) is None:
        pytest.skip("Chromium is not installed (or name one in VMO_CHROMIUM): JupyterLab was not looked at")
    flags = [flag for flag in FLAGS if not flag.startswith("--host-resolver-rules")]
    running = playwright.chromium.launch(
        executable_path=found, args=[*flags, "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost"]
    )
    yield running
    running.close()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[jupyter.Server]:
    """Notebooks are copied: a person saves what they try out, a test does not."""
    if jupyter.command() is None:
        pytest.skip(
            "there is no JupyterLab in .venv-lab (make test sets it up; VMO_LAB names another): nothing "
            "was opened in it"
        )
    folder = tmp_path_factory.mktemp("lab")
    notebooks: Path = shutil.copytree(
        jupyter.ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints")
    )
    (folder / "data").symlink_to(jupyter.ROOT / "data")  # one notebook names its data by the place beside it
    with jupyter.served(notebooks, folder) as server:
        yield server
