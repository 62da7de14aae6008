"""What a person sees while a review is made."""

import io
import os
import signal
import subprocess
import sys

import pytest

from vmo_helpers.review.errors import Interrupted
from vmo_helpers.review.running.progress import Progress
from vmo_helpers.review.running.signals import interrupts, uninterrupted


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _told(stream: io.StringIO, *, quiet: bool = False) -> str:
    progress = Progress(quiet=quiet, stream=stream)
    progress.step("reading the data")
    progress.done("read")
    progress.step("running")
    progress.failed("flow: the kernel died")
    progress.note("tried again")
    progress.clear()
    return stream.getvalue()


def test_in_a_log_each_step_is_a_line_once_it_is_over() -> None:
    assert _told(io.StringIO()) == "  ✓ read\n  ✗ flow: the kernel died\n  tried again\n"


def test_on_a_terminal_the_step_under_way_is_shown_and_rewritten() -> None:
    said = _told(_Terminal())
    assert "  … reading the data\r\x1b[2K  ✓ read\n" in said
    assert said.endswith("  tried again\n")


def test_quiet_is_quiet() -> None:
    assert _told(io.StringIO(), quiet=True) == ""


def test_a_terminal_without_the_signs_gets_words() -> None:
    raw = io.BytesIO()
    progress = Progress(stream=io.TextIOWrapper(raw, encoding="latin-1", errors="replace"))
    progress.done("read")
    progress.failed("flow")
    assert raw.getvalue() == b"  read\n  FAILED flow\n"


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="POSIX signals")
class TestInterrupts:
    def test_an_interrupt_is_an_exception_once(self) -> None:
        with interrupts(), pytest.raises(Interrupted):
            try:
                os.kill(os.getpid(), signal.SIGTERM)
            finally:
                os.kill(os.getpid(), signal.SIGINT)  # a second one does not disturb the tidying

    def test_one_that_is_put_off_arrives_at_the_end(self) -> None:
        steps = []
        with interrupts(), pytest.raises(Interrupted):
            with uninterrupted():
                os.kill(os.getpid(), signal.SIGINT)
                steps.append("done all the same")
            steps.append("never")
        assert steps == ["done all the same"]

    def test_handlers_are_put_back(self) -> None:
        before = signal.getsignal(signal.SIGTERM)
        with interrupts():
            assert signal.getsignal(signal.SIGTERM) is not before
        assert signal.getsignal(signal.SIGTERM) is before

    def test_what_nohup_ignores_stays_ignored(self) -> None:
        script = (
            "import os, signal\nfrom vmo_helpers.review.running.signals import interrupts\nwith "
            "interrupts(): os.kill(os.getpid(), signal.SIGHUP)"
        )
        ignoring = f"import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); exec({script!r})"
        assert subprocess.run([sys.executable, "-c", ignoring], check=False).returncode == 0
