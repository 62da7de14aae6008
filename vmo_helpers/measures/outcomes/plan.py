"""The plan of a benefit: which share of the promised change should show at an instant."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

DAY = 86_400_000_000  # microseconds


@dataclass(frozen=True)
class Plans:
    """One entry a test; instants are microseconds since 1970 in UTC.

    ``effect_at`` = start + lag: before it nothing can show. ``due_at``: the plan is 1 from here on.
    ``knot_at`` and ``knot_share`` are the phased targets of each test in order of time; ``knot_first`` (one
    longer than there are tests) points into them. A test without phased targets has none and follows the
    ramp.
    """

    effect_at: Ints
    due_at: Ints
    knot_first: Ints
    knot_at: Ints
    knot_share: Floats

    @property
    def stepped(self) -> Bools:
        """True where due lies on or before start + lag: the plan jumps from 0 to 1 at start + lag."""
        return self.due_at <= self.effect_at

    @property
    def phased(self) -> Bools:
        """True where the plan follows phased targets."""
        return np.diff(self.knot_first) > 0


def planned_share(plans: Plans, test: Ints, at: Ints) -> Floats:
    """Planned share of the change (0–1; phased targets may pass 1) for each pair of a test and an instant.

    Ramp: 0 up to and including ``effect_at``, straight to 1 at ``due_at``, 1 after it. Step (due on or before
    ``effect_at``): 0 before ``effect_at``, 1 from it on. Phased targets: straight lines between them; before
    the first one a straight line from 0 at ``effect_at`` (0 before that); after the last one it holds.
    """
    effect, due = plans.effect_at[test], plans.due_at[test]
    span = due - effect
    ramp = (at - effect) / np.maximum(span, 1)
    share: Floats = np.where(span > 0, np.clip(ramp, 0.0, 1.0), (at >= effect).astype(np.float64))
    phased = plans.phased[test]
    if phased.any():
        share[phased] = _between_knots(plans, test[phased], at[phased])
    return share


def _between_knots(plans: Plans, test: Ints, at: Ints) -> Floats:
    first, last = plans.knot_first[test], plans.knot_first[test + 1] - 1
    # how many knots of the test lie at or before the instant: one sorted search over (test, instant) pairs
    owner = np.repeat(np.arange(len(plans.due_at)), np.diff(plans.knot_first))
    order = np.lexsort(
        (np.r_[np.zeros(len(owner)), np.ones(len(at))], np.r_[plans.knot_at, at], np.r_[owner, test])
    )
    is_knot = order < len(owner)
    passed = np.empty(len(at), dtype=np.int64)
    passed[order[~is_knot] - len(owner)] = np.cumsum(is_knot)[~is_knot]
    left = passed - 1  # the last knot at or before the instant, over all tests
    before = left < first
    right = np.minimum(left + 1, last)
    effect = plans.effect_at[test]
    left_at = np.where(
        before, np.minimum(effect, plans.knot_at[first]), plans.knot_at[np.maximum(left, first)]
    )
    left_share = np.where(before, 0.0, plans.knot_share[np.maximum(left, first)])
    right_at, right_share = plans.knot_at[right], plans.knot_share[right]
    span = right_at - left_at
    way = np.where(span > 0, np.clip((at - left_at) / np.maximum(span, 1), 0.0, 1.0), 0.0)
    share: Floats = np.maximum(left_share + (right_share - left_share) * way, 0.0)
    return share


def planned_days(plans: Plans, test: Ints, until: Ints) -> Floats:
    """Days that a plan counts for by an instant, for each pair of a test and an instant.

    That is the integral of its share, held between 0 and 1, from start + lag on; 0 before.
    """
    begin = plans.effect_at[test]
    end = np.maximum(until, begin)
    size = np.diff(plans.knot_first)[test]
    owner = np.repeat(np.arange(len(test)), size)
    knot = np.arange(len(owner)) + np.repeat(plans.knot_first[test] - np.cumsum(size) + size, size)
    corners = [begin, np.clip(plans.due_at[test], begin, end), end]
    at = np.concatenate([*corners, np.clip(plans.knot_at[knot], begin[owner], end[owner])])
    pair = np.concatenate([np.tile(np.arange(len(test)), len(corners)), owner])
    order = np.lexsort((at, pair))
    at, pair = at[order], pair[order]
    share = planned_share(plans, test[pair], at)
    area = _mean_share(share[:-1], share[1:]) * (at[1:] - at[:-1]) / DAY
    same = pair[1:] == pair[:-1]
    return np.bincount(pair[1:][same], area[same], minlength=len(test)).astype(np.float64)


def _mean_share(left: Floats, right: Floats) -> Floats:
    """The mean of a straight line from one share to another, held between 0 and 1."""
    change = right - left
    flat = np.abs(change) < 1e-12
    mean: Floats = (_held(right) - _held(left)) / np.where(flat, 1.0, change)
    return np.where(flat, np.clip(left, 0.0, 1.0), mean)


def _held(share: Floats) -> Floats:
    """The antiderivative of a share that is held between 0 and 1."""
    inside = np.clip(share, 0.0, 1.0)
    area: Floats = inside**2 / 2 + np.maximum(share - 1, 0.0)
    return area
