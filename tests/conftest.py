"""What tests of several folders share: the topic asked for, the reviews of the sample, and one Playwright a
process, for it cannot be started twice."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import topics
from tests.once import Once, once_in, place_of_all_workers
from tests.review import example, small
from vmo_helpers.sample import write_sample

# machines are noisy: no test asserts a time
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--topic", default="", help="run the tests of one topic: flow, okr, sources …")


def pytest_configure(config: pytest.Config) -> None:
    for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):  # a make that a test starts is no part of `make test`
        os.environ.pop(name, None)
    topic = config.getoption("topic")
    if topic and (said := topics.unknown(topic)):
        raise pytest.UsageError(said)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A file about something else is not even imported."""
    topic = config.getoption("topic")
    if not topic or collection_path.is_dir() or not collection_path.is_relative_to(topics.HERE):
        return None
    return None if topics.is_about(collection_path, topic) else True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first: no worker is left alone with one when the others are done."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    failed = [report.nodeid.partition("::")[0] for report in terminalreporter.getreports("failed")]
    if any(path.endswith(".ipynb") for path in failed):
        terminalreporter.write_line("Kept notebooks say something else: `make golden`, and read the diff.")


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """A folder that is filled once for all tests and workers; only to be read."""
    return once_in(place_of_all_workers(tmp_path_factory))


@pytest.fixture(scope="session")
def latest(once: Once) -> Path:
    """The first review of the sample on a shelf, as of its last month; only to be read. It is started as from
    a cell of JupyterLab, whose environment it inherits: that makes no difference."""

    def make(folder: Path) -> None:
        from_lab = {"JPY_SESSION_NAME": str(folder / "flow_analysis.ipynb"), "VMO_MODE": "explore"}
        example.put_on(folder, example.DAYS[-1], env=small.environment(**from_lab))

    return next(once("latest", make).glob(f"{example.DAYS[-1]}-*"))


@pytest.fixture(scope="session")
def months(once: Once) -> list[Path]:
    """Four months of the sample on a shelf, all notebooks, without charts; only to be read."""
    shelf = once("months", lambda folder: example.put_on(folder, *example.DAYS, drawn=False))
    return [next(shelf.glob(f"{day}-*")) for day in example.DAYS]


@pytest.fixture(scope="session")
def hundred_thousand(once: Once) -> Path:
    """A portfolio of 100,000 items as Parquet; only to be read."""
    return once("hundred_thousand", lambda folder: write_sample(folder, items=100_000, parquet=True))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as started:
        yield started


def pytest_sessionstart() -> None:
    """Interrupts work in tests and in what they start, also where pytest itself was started with nohup or in
    the background of a
    shell: both have their children ignore some."""
    for number, handler in (
        (signal.SIGINT, signal.default_int_handler),
        (signal.SIGTERM, signal.SIG_DFL),
        (signal.SIGHUP, signal.SIG_DFL),
    ):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, handler)
