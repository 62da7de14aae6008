"""What several notebooks measure alike is made once; it is what each of them would have made."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from tests.review import small
from vmo_helpers import open_review, sources
from vmo_helpers.measures import flow, okr, outcomes, status
from vmo_helpers.notebook import prepared, preparing
from vmo_helpers.notebook.opening import SAMPLE
from vmo_helpers.request.asked import Request
from vmo_helpers.review import plan

DAY, EARLIER = "2026-10-31", "2026-09-30"
EVERY = tuple(preparing.STEPS)


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch) -> Iterator[Request]:
    """The sample, read once, as in the process that kernels are forked from; nothing of it stays."""
    monkeypatch.setattr(prepared, "_PREPARED", [])
    monkeypatch.setattr(sources, "_PRELOADED", {})
    sources.preload(SAMPLE)
    yield Request(str(SAMPLE), as_of=DAY)


def test_what_was_prepared_is_what_a_notebook_makes(ready: Request) -> None:
    alone = open_review("watermelon_metrics", SAMPLE, as_of=DAY)
    log = alone.measure(flow.read)
    items = alone.measure(flow.items, log)
    statuses = alone.measure(status.items, log, alone.measure(outcomes.read, log))
    aligned = alone.measure(okr.read, items)

    preparing.prepare(ready, EVERY)
    review = open_review("okr_alignment", SAMPLE, as_of=DAY)
    kept = prepared._PREPARED[0]
    assert review.portfolio is kept.portfolio
    shared = review.measure(flow.read)
    assert [one.measure for one in kept.made] == [measure for measure, _ in preparing.STEPS.values()]
    assert shared is kept.made[0].result
    shared_items = review.measure(flow.items, shared)
    shared_statuses = review.measure(status.items, shared, review.measure(outcomes.read, shared))
    assert shared_statuses is kept.made[-1].result
    pd.testing.assert_frame_equal(shared_items, items)
    pd.testing.assert_frame_equal(shared_statuses, statuses)
    pd.testing.assert_frame_equal(review.measure(okr.read, shared_items).items, aligned.items)


def test_nothing_else_is_taken_for_it(ready: Request) -> None:
    preparing.prepare(ready, EVERY)
    results = [one.result for one in prepared._PREPARED[0].made]
    review = open_review("flow_analysis", SAMPLE, as_of=DAY)
    log = review.measure(flow.read)
    before = review.measure(flow.items, log, window=review.window.before)
    other_log = review.measure(flow.read, calendar=log.calendar)
    of_another_log = review.measure(flow.items, other_log)
    assert not any(one is result for one in (before, other_log, of_another_log) for result in results)
    assert before["finished_at"].max() <= review.window.before.end < review.window.end

    judged = open_review("flow_analysis", SAMPLE, as_of=DAY, thresholds={"attainment_line": 0.5})
    assert judged.portfolio is review.portfolio  # the same data as known then
    assert not any(judged.measure(flow.read) is result for result in results)
    stream = sorted(review.portfolio.value_streams["value_stream_id"])[0]
    for other in (
        open_review("flow_analysis", SAMPLE, as_of=EARLIER),
        open_review("flow_analysis", SAMPLE, as_of=DAY, streams=[stream]),
        open_review("flow_analysis", SAMPLE, as_of=DAY, level="feature"),
        review.earlier(EARLIER),
    ):
        assert other.portfolio is not review.portfolio
        assert not any(other.measure(flow.read) is result for result in results)


def test_only_what_is_named_is_made_and_what_fails_is_left(
    ready: Request, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(portfolio: object) -> None:
        raise ZeroDivisionError

    preparing.prepare(ready, ["flow.read", "okr.read", "charts.flow"])
    assert [one.measure for one in prepared._PREPARED[0].made] == [flow.read]  # no items to align
    monkeypatch.setitem(preparing.STEPS, "flow.read", (broken, ()))
    preparing.prepare(ready, EVERY)
    assert prepared._PREPARED[0].made == ()
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert open_review("okr_alignment", SAMPLE, as_of=DAY).portfolio is prepared._PREPARED[0].portfolio


def test_what_more_than_one_notebook_names_is_shared(tmp_path: Path) -> None:
    small.bare(tmp_path, "one", "a = 1", "log = review.measure(flow.read)\nflow.read\nstatus.items")
    small.bare(tmp_path, "two", "a = 1", "%magic", "flow.read(portfolio)\ncharts.status.items")
    assert plan.shared(plan.available(tmp_path)) == ["flow.read"]
    assert plan.shared(plan.available(tmp_path)[:1]) == []


def test_the_notebooks_of_a_review_share_every_step() -> None:
    assert set(preparing.STEPS) <= set(plan.shared(plan.available(plan.notebook_folder())))


def test_who_opens_a_review_of_one_topic_imports_no_other() -> None:
    code = "import sys; from vmo_helpers import open_review; print('vmo_helpers.measures.okr' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
