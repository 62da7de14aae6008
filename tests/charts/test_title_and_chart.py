"""Title and chart agree, whatever the thresholds: what the findings raise is what the chart colours, and
nothing else."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.charts.read import Spec, layers, of_type
from vmo_helpers import charts, findings, measures, open_review
from vmo_helpers.charts import theme
from vmo_helpers.charts.canvas import said
from vmo_helpers.findings import Finding, headline, loud
from vmo_helpers.notebook.opening import told
from vmo_helpers.notebook.supply import supplied
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.vocabulary import Severity

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
ANY = "anybody"
"""All that a chart of one line can colour: whether anybody is loud."""

Frames = tuple[pd.DataFrame, ...]
Judging = tuple[list[Finding], Frames]


class Facts:
    """The sample, read once; what a threshold changes is measured once for each of its values."""

    def __init__(self) -> None:
        review = self.review = open_review("flow_analysis", SAMPLE, as_of="2026-10-31")
        self.portfolio, self.window, self.limits = review.portfolio, review.window, review.thresholds
        self.log = measures.flow.read(self.portfolio)
        self.items = measures.flow.items(self.log, self.window)
        self.by_state = measures.flow.wip_by_state(self.items, self.portfolio)
        self.aligned = measures.okr.read(self.portfolio, self.items, self.window)
        self.ladder = measures.okr.ladder(self.aligned, measures.okr.moved_items(self.aligned))
        self.signs = measures.status.fake_agility(self.portfolio, self.log, self.items, self.window)
        self.rhythm = measures.flow.release_rhythm(self.items, self.window, self.limits.overdue_days)
        self.changes = measures.flow.before_after(self.log, self.window.before, self.window)
        self.inside = cache(
            lambda line: measures.outcomes.read(self.portfolio, self.log, attainment_line=line)
        )
        self.tests = cache(
            lambda limits: measures.outcomes.tests(
                self.inside(limits.attainment_line), self.window.end, limits
            )
        )
        self.statuses = cache(
            lambda limits: measures.status.items(
                self.portfolio, self.log, self.inside(limits.attainment_line), limits
            )
        )
        self.waits = cache(lambda by: measures.flow.wait_pareto(self.log, self.items, self.window, by=by))
        self.coverage = cache(
            lambda rhythms: measures.status.coverage(
                self.portfolio,
                self.log,
                self.inside(self.limits.attainment_line),
                stale_rhythms=rhythms,
                by="value_stream_id",
            )
        )


class Watched(Thresholds):
    """Thresholds that know which of them were looked at."""

    def __getattribute__(self, name: str) -> Any:
        if name in Thresholds.__dataclass_fields__:
            SEEN.add(name)
        return super().__getattribute__(name)

    __hash__ = object.__hash__


SEEN: set[str] = set()


@pytest.fixture(scope="module")
def facts() -> Facts:
    return Facts()


# rule by rule: the findings, and the frames that the chart below them draws


def _begun(facts: Facts, limits: Thresholds) -> Judging:
    found = findings.flow.started_not_finished(facts.items, facts.window, limits)
    return found[:1], (measures.flow.started_finished(facts.log, facts.items, facts.window),)


def _queues(facts: Facts, limits: Thresholds, by: str = "state") -> Judging:
    return findings.flow.wait_queue(facts.waits(by), limits, by=by), (facts.waits(by),)


def _functions(facts: Facts, limits: Thresholds) -> Judging:
    return _queues(facts, limits, "function")


def _stalled(facts: Facts, limits: Thresholds) -> Judging:
    ages, small = measures.flow.work_item_age(facts.items), findings.flow.small(limits)
    expected = measures.flow.service_level_expectation(
        facts.log, facts.items, facts.window, [limits.stalled_percentile], small
    )
    return findings.flow.stalled_items(facts.items, expected, limits), (ages, facts.by_state)


def _after_done(facts: Facts, limits: Thresholds) -> Judging:
    queue = measures.flow.queue_after_done(facts.log, facts.items, facts.window)
    streams = measures.flow.queue_by_stream(queue)
    dots = measures.flow.queue_dots(queue, streams, limits.queue_after_done_days)
    return findings.flow.queue_after_done(queue, facts.window, limits), (dots, streams)


def _limits(facts: Facts, limits: Thresholds) -> Judging:
    streams = measures.flow.wip_by_stream(facts.items, facts.portfolio)
    held = measures.flow.wip_limits(streams, facts.by_state)
    return findings.flow.wip_limits(facts.items, streams, facts.by_state, limits), (held,)


def _blocked(facts: Facts, limits: Thresholds) -> Judging:
    stuck = measures.flow.blocked_now(facts.log, facts.items)
    reasons = measures.flow.blockers(facts.log, facts.items, facts.window)
    return findings.flow.blocked(stuck, facts.items, facts.portfolio), (reasons,)


def _rhythm(facts: Facts, limits: Thresholds) -> Judging:
    leads = measures.flow.lead_time_to_value(facts.items, facts.window)
    return findings.flow.delivery_gap(facts.rhythm, facts.window, limits), (facts.rhythm, leads)


def _intervals(facts: Facts, limits: Thresholds) -> Judging:
    frame = measures.flow.predictability(facts.portfolio, facts.window)
    return [findings.flow.predictability(frame, limits)], (frame,)


def _compared(facts: Facts, limits: Thresholds) -> Judging:
    return findings.flow.before_after(facts.changes), (facts.changes,)


def _ladder(facts: Facts, limits: Thresholds) -> Judging:
    return [findings.okr.alignment(facts.aligned, facts.ladder, limits)], (facts.ladder,)


def _goals(facts: Facts, limits: Thresholds) -> Judging:
    frame = measures.okr.starvation(facts.aligned)
    return findings.okr.starvation(facts.aligned, frame, limits), (frame,)


def _money(facts: Facts, limits: Thresholds) -> Judging:
    frame = measures.okr.money(facts.aligned)
    return [findings.okr.unaligned_spend(facts.aligned, frame, limits)], (frame,)


def _orphans(facts: Facts, limits: Thresholds) -> Judging:
    frame = measures.okr.orphan_items(facts.aligned)
    found = findings.okr.orphan_items(facts.aligned, frame, limits)
    return found, (frame[frame["orphan"]].head(7), measures.okr.goal_work(facts.aligned))


def _key_results(facts: Facts, limits: Thresholds) -> Judging:
    frame = measures.okr.key_results(facts.portfolio, facts.aligned.goals)
    return findings.okr.key_results(frame)[1:], (frame,)


def _promised(facts: Facts, limits: Thresholds) -> Judging:
    frame = measures.okr.promised(facts.aligned)
    return findings.okr.over_promised(frame, limits), (frame,)


def _pulled(facts: Facts, limits: Thresholds) -> Judging:
    frame = measures.okr.pulled_against_wanted(facts.aligned)
    return findings.okr.pulled_against_wanted(facts.aligned, frame, limits), (frame,)


def _flags(facts: Facts, limits: Thresholds) -> list[Finding]:
    inside = facts.inside(limits.attainment_line)
    return findings.watermelon.watermelons(
        facts.portfolio, facts.statuses(limits), facts.tests(limits), inside, limits
    )


def _matrix(facts: Facts, limits: Thresholds) -> Judging:
    return _flags(facts, limits), (measures.status.matrix(facts.statuses(limits)),)


def _worst(facts: Facts, limits: Thresholds) -> Judging:
    worst, inside = findings.watermelon.worst(_flags(facts, limits)), facts.inside(limits.attainment_line)
    test = measures.status.leading_test(facts.statuses(limits), facts.tests(limits), worst.subject)
    clocks = measures.outcomes.three_clocks(
        inside, facts.log, facts.tests(limits), adoption_hold_observations=limits.adoption_hold_observations
    )
    read = measures.outcomes.outcome_line(inside, test.benefit_id, attainment_line=limits.attainment_line)
    planned = measures.outcomes.plan_line(inside, test.benefit_id, facts.window.end)
    return [worst], (read, planned, measures.outcomes.marks(inside, test.benefit_id, clocks))


def _signs(facts: Facts, limits: Thresholds) -> Judging:
    shares = facts.signs[facts.signs["unit"] == "share"]  # what is a count is said, not drawn
    return findings.watermelon.fake_agility(facts.signs, limits), (shares,)


def _customers(facts: Facts, limits: Thresholds) -> Judging:
    asked = (
        measures.satisfaction.answers(facts.portfolio, window, by="value_stream_id")
        for window in (facts.window, facts.window.before)
    )
    drops = measures.satisfaction.drops(
        *asked, satisfaction_drop_p=limits.satisfaction_drop_p, smallest_n_answers=limits.smallest_n_answers
    )
    judged = findings.watermelon.satisfaction_drops(facts.portfolio, drops, limits)
    frame = findings.watermelon.customers(facts.portfolio, drops)
    subject = frame["value_stream_id"] + ":" + frame["instrument"]
    return judged, (frame.assign(subject=subject, row=frame["value_stream"] + ": " + frame["asked"]),)


def _coverage(facts: Facts, limits: Thresholds) -> Judging:
    frame = facts.coverage(limits.stale_rhythms)
    return [findings.watermelon.coverage(frame, limits)], (frame,)


# what the findings raise, by the words that the chart has for it

Raised = Callable[[list[Finding], Frames], set[str]]
Coloured = Callable[[Spec], set[str]]


def _named(key: str, name: str, *severities: Severity) -> Raised:
    """The loud subjects that the first frame knows, by the name that it gives them."""

    def raised(judged: list[Finding], frames: Frames) -> set[str]:
        names = dict(zip(frames[0][key].astype(str), said(frames[0][name], 60), strict=True))
        chosen = [one for one in judged if not severities or one.severity in severities]
        return {names[subject] for subject in loud(chosen) if subject in names}

    return raised


def _anybody(judged: list[Finding], frames: Frames) -> set[str]:
    return {ANY} if loud(judged) else set()


def _alarmed(judged: list[Finding], frames: Frames) -> set[str]:
    return {ANY} if judged[0].severity is Severity.ALARM else set()


def _pulls(judged: list[Finding], frames: Frames) -> set[str]:
    titles = {**dict(zip(frames[0]["objective_id"], frames[0]["title"], strict=True)), "no goal": "no goal"}
    pairs = [subject.split("|") for subject in loud(judged)]
    return {f"{team}: {said([titles[goal]])[0]}" for team, goal in pairs}


def _under(column: str, name: str) -> Raised:
    """The rows whose share lies under the finding's own threshold."""

    def raised(judged: list[Finding], frames: Frames) -> set[str]:
        line = judged[0].threshold
        return set() if line is None else set(said(frames[0].loc[frames[0][column].lt(line), name]))

    return raised


def _thin(judged: list[Finding], frames: Frames) -> set[str]:
    columns = {"assessable_share": "can be tested", "reported_share": "status reported"}
    return {
        f"{row}: {words}" for share, words in columns.items() for row in _under(share, "name")(judged, frames)
    }


# what the chart colours


def _rows(tone: str = "alarm", name: str = "label") -> Coloured:
    def coloured(spec: Spec) -> set[str]:
        rows = [row for layer in layers(spec) for row in layer["rows"]]
        return {row[name] for row in rows if row.get("tone") == tone and row.get(name)}

    return coloured


def _any_row(spec: Spec) -> set[str]:
    return {ANY} if _rows()(spec) else set()


def _any_line(spec: Spec) -> set[str]:
    marks = [layer["mark"] for layer in layers(spec) if layer["mark"]["type"] in {"line", "rule"}]
    return {ANY} if any(mark.get("color") == theme.ALARM for mark in marks) else set()


def _cells(field: str, colour: str) -> Coloured:
    def coloured(spec: Spec) -> set[str]:
        rows = [row for layer in of_type(spec, "rect") for row in layer["rows"] if "tip1" in row]
        return {f"{row['tip0']}: {row['tip1']}" for row in rows if row[field] == colour}

    return coloured


def _any_cell(spec: Spec) -> set[str]:
    return {ANY} if _cells("colour", theme.ALARM_WASH)(spec) else set()


@dataclass(frozen=True)
class Slide:
    """A chart, what is judged beside it, and how to read from both who is loud."""

    chart: Callable[..., Any]
    judge: Callable[[Facts, Thresholds], Judging]
    agree: tuple[tuple[Raised, Coloured], ...]


_F, _O, _W = charts.flow, charts.okr, charts.watermelon
SLIDES = {
    "started_not_finished": Slide(_F.started_finished, _begun, ((_anybody, _any_line),)),
    "wait_queue": Slide(_F.wait_pareto, _queues, ((_named("cause", "cause"), _rows()),)),
    "wait_function": Slide(_F.wait_pareto, _functions, ((_named("cause", "cause"), _rows()),)),
    "stalled_item": Slide(_F.aging_wip, _stalled, ((_named("item_id", "item_id"), _rows(name="tip1")),)),
    "queue_after_done": Slide(
        _F.queue_after_done, _after_done, ((_named("item_id", "item_id"), _rows(name="tip1")),)
    ),
    "wip_limit": Slide(_F.wip_limits, _limits, ((_named("state_or_stream_id", "state_or_stream"), _rows()),)),
    "blocked": Slide(_F.blocked_reasons, _blocked, ((_anybody, _any_row),)),
    "delivery_gap": Slide(
        _F.release_rhythm, _rhythm, ((_named("value_stream_id", "value_stream"), _rows()),)
    ),
    "predictability": Slide(
        _F.predictability,
        _intervals,
        ((_anybody, _any_line), (_under("predictability", "pi"), _rows(name="tip0"))),
    ),
    "before_after": Slide(_F.before_after, _compared, ((_named("measure", "measure"), _rows()),)),
    "alignment": Slide(_O.ladder, _ladder, ((_alarmed, _any_row),)),
    "starvation": Slide(_O.goal_balance, _goals, ((_named("objective_id", "title"), _rows()),)),
    "unaligned_spend": Slide(_O.money_by_goal, _money, ((_anybody, _any_row),)),
    "orphan_item": Slide(_O.orphans, _orphans, ((_named("item_id", "title"), _rows()),)),
    "key_results": Slide(
        _O.key_results,
        _key_results,
        (
            (_named("kr_id", "title", Severity.ALARM), _rows()),
            (_named("kr_id", "title", Severity.WARNING), _rows("amber")),
        ),
    ),
    "over_promised": Slide(_O.promised, _promised, ((_named("kr_id", "title"), _rows()),)),
    "pulled": Slide(_O.pulled_against_wanted, _pulled, ((_pulls, _cells("colour", theme.ALARM_WASH)),)),
    "watermelon": Slide(_W.outside_inside, _matrix, ((_anybody, _any_cell),)),
    "worst": Slide(_W.outcome_line, _worst, ((_anybody, _any_line),)),
    "fake_agility": Slide(_W.fake_agility, _signs, ((_named("sign", "definition"), _rows(name="tip2")),)),
    "customers": Slide(_W.customers, _customers, ((_named("subject", "row"), _rows()),)),
    "coverage": Slide(_W.coverage, _coverage, ((_thin, _cells("ink", theme.ALARM_TEXT)),)),
}


def drawn(facts: Facts, slide: Slide, judged: list[Finding], frames: Frames, limits: Thresholds) -> Spec:
    """The chart as a notebook's slide draws it: given by name what the review knows and the findings say."""
    review = replace(facts.review, thresholds=limits)
    known = {**review.known, "metric": "metric", "alt": headline(judged)}
    spec: Spec = supplied(slide.chart, frames, {}, known, told(judged)).to_dict(validate=False)
    return spec


def _others(name: str, now: float) -> list[float]:
    """The ends of a threshold's range, and values below and above the one that it has."""
    low, high = Thresholds.bounds(name)
    some = [low, now / 2, now * 2, min(high, now * 50)]
    whole = isinstance(now, int)
    return [value for value in dict.fromkeys(round(v) if whole else v for v in some) if low <= value <= high]


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.deep) if name == "watermelon" else name for name in SLIDES]
)
def test_title_and_chart_agree_whatever_the_thresholds(facts: Facts, name: str) -> None:
    """Each threshold that the slide looks at in turn, up and down; the others cannot change it."""
    slide = SLIDES[name]
    SEEN.clear()
    slide.judge(facts, Watched(**facts.limits.as_dict()))
    chosen = SEEN | (inspect.signature(slide.chart).parameters.keys() & facts.limits.as_dict())
    others = [
        facts.limits.with_overrides({one: value})
        for one in sorted(chosen)
        for value in _others(one, getattr(facts.limits, one))
    ]
    done = set()
    for limits in [facts.limits, *others]:
        judged, frames = slide.judge(facts, limits)
        asked = [getattr(limits, one, None) for one in inspect.signature(slide.chart).parameters]
        what = repr((loud(judged), judged[0].threshold, asked))
        if what in done:
            continue
        done.add(what)
        spec = drawn(facts, slide, judged, frames, limits)
        for raised, coloured in slide.agree:
            assert coloured(spec) == raised(judged, frames), (headline(judged), limits)


def test_every_chart_that_colours_what_a_finding_raises_is_judged_here() -> None:
    colouring = {
        function
        for room in (_F, _O, _W)
        for name in room.__all__
        if "loud" in inspect.signature(function := getattr(room, name)).parameters
    }
    judged = {slide.chart for slide in SLIDES.values()}
    assert {function.__name__ for function in colouring - judged} == set(), "it takes a line in SLIDES"


def test_no_chart_has_a_line_of_its_own_to_fall_back_on() -> None:
    """No parameter of a chart that judges has a number of its own to fall back on."""
    numbers = {
        f"{function.__name__}({one.name}={one.default})"
        for room in (_F, _O, _W)
        for function in vars(room).values()
        if inspect.isfunction(function)
        for one in inspect.signature(function).parameters.values()
        if isinstance(one.default, float) and one.default != float("inf")
    }
    assert not numbers
