"""Planted cases of flow."""

from __future__ import annotations

from datetime import datetime, time
from itertools import pairwise

from vmo_helpers.sample import flow, journeys, plans, value
from vmo_helpers.sample.cases.chosen import ids
from vmo_helpers.sample.journeys import Journey
from vmo_helpers.sample.story import Story
from vmo_helpers.sample.world import BOARD, END, STREAMS, WINDOW_DAY, Case

LONG_AFTER_DONE = (
    120.0,
    85.0,
)  # days from the last leaving of the team's states to delivery: planted from, near miss from
STALLED_FROM, STALLED_NEAR = (
    500,
    410,
)  # ages; the 85 % service level expectation lies between them by construction
RELEASE_DAYS = 548
HANDED_ON = (10, 7)


def flow_cases(story: Story) -> list[Case]:
    """Queues, gates, ages, limits, rework and decisions."""
    wip = [made for made in story.journeys if made.epic.status == "in_progress"]
    ages = {made.epic.slug: _age(made) for made in wip}
    undelivered = {made.epic.slug for made in wip if made.delivered is None}
    over = {made.epic.slug for made in story.journeys if made.finished is not None}
    ways = {made.epic.slug: [code for code, _ in made.steps] for made in story.journeys}
    hands = {slug: journeys.hand_offs(way) for slug, way in ways.items()}
    after = {made.epic.slug: days for made in story.journeys if (days := _after_done(made)) is not None}
    state = {code: BOARD[code][0] for code in BOARD}
    started, finished = _by_stream(story)
    halves = {code: finished[code] / started[code] for code in started if started[code] >= 5}
    done = _finished_in_window(story)
    return [
        Case(
            "flow.wait_queue",
            [state["IQ"]],
            [state["RD"], state["LE"], state["RW"]],
            "integration test capacity was planted at a fraction of demand: over a quarter of all "
            "waiting stands in this one queue; "
            "the others stay under a quarter",
            details={"share_from": 0.25},
        ),
        Case(
            "flow.gate",
            [state["LE"]],
            [state["BU"], state["AR"], state["RW"]],
            "the approval in front of which most waiting days were planted; the other approvals hold less",
            complete=False,
        ),
        Case(
            "flow.stalled_item",
            ids(story, [s for s, age in ages.items() if age >= STALLED_FROM]),
            ids(story, [s for s, age in ages.items() if STALLED_NEAR <= age < STALLED_FROM]),
            "in progress for longer than 85 % of items take to finish (Kaplan–Meier, about 456 days); "
            "the near misses are 5–8 % younger",
        ),
        Case(
            "flow.release_rhythm",
            ids(story, [s for s in undelivered if ages[s] > RELEASE_DAYS]),
            ids(story, [s for s in undelivered if 500 <= ages[s] <= RELEASE_DAYS]),
            "started over 548 days ago and not delivered",
            details={"days": RELEASE_DAYS},
        ),
        Case(
            "flow.wip_limit",
            ["Integration test queue", "VS-STO", "VS-MKT"],
            ["Building", "Legal review", "Integration test", "VS-LOY", "VS-SUP", "VS-DAT"],
            "states and streams with more in progress than their limit; the near misses stand exactly at it",
        ),
        Case(
            "flow.started_not_finished",
            ["portfolio", *sorted(STREAMS[c][0] for c, share in halves.items() if share < 0.5)],
            sorted(STREAMS[c][0] for c, share in halves.items() if 0.5 <= share <= 0.6),
            "of the items started in the last 364 days fewer than half are finished; the near misses "
            "finished half or a little more",
            details={"started": started, "finished_of_them": finished},
        ),
        Case(
            "flow.nothing_finished",
            [STREAMS[c][0] for c in STREAMS if done[c] == 0],
            [STREAMS[c][0] for c in STREAMS if 0 < done[c] <= 5],
            "streams in which no item finished in the window",
            details={"finished_in_window": done},
        ),
        Case(
            "flow.too_few_to_say",
            [STREAMS[c][0] for c in STREAMS if done[c] < 5],
            [STREAMS[c][0] for c in STREAMS if 5 <= done[c] < 12],
            "streams with under five finished items: no percentile may be printed",
            details={"finished_in_window": done},
        ),
        Case(
            "flow.blocked",
            ids(story, [s for s, row in flow.BLOCKED.items() if row[1] is None and s in ages]),
            ids(story, [s for s, row in flow.BLOCKED.items() if row[1] is not None or s not in ages]),
            "in progress under a blocker that is still open; near misses: cleared in the last weeks, or "
            "left open on a released epic",
        ),
        Case(
            "flow.unfinished_need",
            ids(story, [a for a, b in plans.DEPENDENCIES if a in ages and b not in over]),
            ids(story, [a for a, b in plans.DEPENDENCIES if a not in ages or b in over]),
            "in progress, and needs work that is not finished; near misses: what they need is finished, or "
            "they are not begun",
        ),
        Case(
            "flow.rework",
            ids(story, [s for s, way in ways.items() if journeys.backward_moves(way) >= 3]),
            ids(story, [s for s, way in ways.items() if journeys.backward_moves(way) == 2]),
            "sent back from integration test three times or more; the near misses twice",
            details={"backward_moves_from": 3},
        ),
        Case(
            "flow.reopened",
            ids(story, journeys.REOPENED),
            ids(story, journeys.WINDOW_MISSED),
            "left class done at least once; the near misses went back from the release window, or from "
            "released to verified",
        ),
        Case(
            "flow.hand_offs",
            ids(story, [s for s, n in hands.items() if n >= HANDED_ON[0]]),
            ids(story, [s for s, n in hands.items() if HANDED_ON[1] <= n < HANDED_ON[0] - 1]),
            "ten changes of function or more; the near misses seven or eight",
            details={"hand_offs_from": HANDED_ON[0]},
        ),
        Case(
            "flow.queue_after_done",
            ids(story, [s for s, d in after.items() if d >= LONG_AFTER_DONE[0]]),
            ids(story, [s for s, d in after.items() if LONG_AFTER_DONE[1] <= d < LONG_AFTER_DONE[0] - 5]),
            "delivered 120 days or more after the last team had finished with it",
            details={"days_from": LONG_AFTER_DONE[0]},
        ),
        Case(
            "flow.local_optimum",
            ["Building"],
            ["Analysing", "Code review", "Integration test"],
            "coding was planted at 32 days before November 2025 and 23 since, while the end-to-end times "
            "grew; the other working stages "
            "kept their medians",
            complete=False,
        ),
        Case(
            "flow.slow_decision",
            story.decisions["slow"],
            story.decisions["quick"],
            "asked and not decided (or decided late) by more than 30 days",
            details={"days": value.SLOW_AFTER},
        ),
    ]


def _after_done(made: Journey) -> float | None:
    """Days from the last leaving of the team's own states to delivery, along the planned way."""
    if made.delivered is None or made.finished is None:
        return None
    left = [later for (code, _), (_, later) in pairwise(made.steps) if BOARD[code][2] == "team"]
    return (made.delivered - left[-1]).total_seconds() / 86400 if left else None


def _in_window(at: datetime | None) -> bool:
    return at is not None and at >= datetime.combine(WINDOW_DAY, time())


def _by_stream(story: Story) -> tuple[dict[str, int], dict[str, int]]:
    begun = [made for made in story.journeys if _in_window(made.started)]
    started = {code: sum(made.epic.stream == code for made in begun) for code in STREAMS}
    return started, {
        code: sum(made.epic.stream == code and made.finished is not None for made in begun)
        for code in STREAMS
    }


def _finished_in_window(story: Story) -> dict[str, int]:
    return {
        code: sum(made.epic.stream == code and _in_window(made.finished) for made in story.journeys)
        for code in STREAMS
    }


def _age(made: Journey) -> float:
    return (END - made.started).total_seconds() / 86400 if made.started else 0.0
