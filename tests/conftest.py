"""What tests of several folders share: one Playwright a process, for it cannot be started twice."""

import signal
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("steady", deadline=None)  # machines are noisy: no test asserts a time
settings.load_profile("steady")


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
