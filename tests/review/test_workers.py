"""Workers: each ends, whatever its task does and whatever the process that starts it has loaded."""

import os
import time
from pathlib import Path

from vmo_helpers.review.pages import stills
from vmo_helpers.review.running import workers

CHART = '{"data": {"values": [{"x": 1}]}, "mark": "bar", "encoding": {"x": {"field": "x"}}}'


def _reports(*tasks: workers.Task, seconds: float = 120) -> dict[str, workers.Report]:
    reports: list[workers.Report] = []
    workers.run(tasks, reports.append, leave=lambda: None, seconds=seconds)
    return {report.name: report for report in reports}


def test_one_that_does_not_end_is_ended_and_the_others_are_done(tmp_path: Path) -> None:
    told = _reports(
        workers.Task("stuck", time.sleep, (600,), tmp_path),
        workers.Task("first", len, ("ab",), tmp_path),
        workers.Task("second", len, ("abc",), tmp_path),
        seconds=10,
    )
    assert (told["stuck"].result, told["stuck"].why) == (None, "it took longer than 10 s")
    assert (told["first"].result, told["second"].result) == (2, 3)


def test_a_worker_draws_after_its_parent_has_drawn(tmp_path: Path) -> None:
    mine = stills._compile(CHART)
    theirs = _reports(workers.Task("chart", stills._compile, (CHART,), tmp_path))["chart"]
    assert (theirs.result, theirs.why) == (mine, None)


def test_one_that_is_kept_does_the_next_and_another_does_what_follows_its_end(tmp_path: Path) -> None:
    reports: list[workers.Report] = []
    tasks = [
        workers.Task("first", os.getpid, (), tmp_path),
        workers.Task("second", os.getpid, (), tmp_path),
        workers.Task("fault", int, ("no number",), tmp_path),
        workers.Task("third", os.getpid, (), tmp_path),
        workers.Task("end", os._exit, (7,), tmp_path),
        workers.Task("after", os.getpid, (), tmp_path),
        workers.Task("stuck", time.sleep, (600,), tmp_path),
        workers.Task("last", os.getpid, (), tmp_path),
    ]
    workers.run(tasks, reports.append, leave=lambda: None, at_once=1, kept=True, seconds=5)
    told = {report.name: report for report in reports}
    assert list(told) == [task.name for task in tasks]
    assert told["first"].result == told["second"].result == told["third"].result != os.getpid()
    assert told["fault"].why == "ValueError: invalid literal for int() with base 10: 'no number'"
    assert told["end"].why == "its process ended with status 7"
    assert len({told[name].result for name in ("third", "after", "last")}) == 3
    assert told["stuck"].why == "it took longer than 5 s"
