"""What tests of several folders share: one topic where only one is asked for; one Playwright a process, for
it cannot be started twice."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests import topics

settings.register_profile("steady", deadline=None)  # machines are noisy: no test asserts a time
settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--topic", default="", help="run the tests of one topic: flow, okr, sources …")


def pytest_configure(config: pytest.Config) -> None:
    topic = config.getoption("topic")
    if topic and (said := topics.unknown(topic)):
        raise pytest.UsageError(said)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A file about something else is not even imported."""
    topic = config.getoption("topic")
    if not topic or collection_path.is_dir() or not collection_path.is_relative_to(topics.HERE):
        return None
    return None if topics.is_about(collection_path, topic) else True


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
