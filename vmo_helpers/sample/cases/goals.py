"""Planted cases of objectives and key results."""

from __future__ import annotations

from vmo_helpers.sample import goals, links
from vmo_helpers.sample.cases.chosen import ids
from vmo_helpers.sample.story import Story
from vmo_helpers.sample.world import Case


def goal_cases(story: Story) -> list[Case]:
    """Orphans both ways, starvation, over-mapping, silos, conflicts, key results."""

    def krs(codes: list[str]) -> list[str]:
        return [goals.kr_name(code) for code in codes]

    def pairs(found: list[tuple[str, str]]) -> list[str]:
        return ["|".join(sorted(goals.kr_name(code) for code in pair)) for pair in found]

    mapped = {"3": "L3", "2": "L2", "t": "L1", "1": "L1", "0": "L0"}
    level = {
        made.epic.item_id: mapped[made.epic.goal[0]] for made in story.journeys if made.epic.goal[0] in mapped
    }
    return [
        Case(
            "okr.orphan_item",
            ids(story, links.ORPHANS),
            ids(story, links.NEARLY_ORPHANS),
            "in progress, work type feature, no link to a goal whose period holds; near misses are "
            "linked through a feature, the goal "
            "column, two days ago, or still by a second link",
            details={"level": level},
        ),
        Case(
            "okr.goal_without_work",
            krs(links.WITHOUT_WORK),
            krs(links.BARELY_WORKED),
            "key results that no work is linked to; the near misses have exactly one link, some of them "
            "a feature's",
            complete=False,
        ),
        Case(
            "okr.starved_objective",
            ["O-2"],
            ["O-3", "O-4", "O-5"],
            "weight 0.30 against about a twentieth of spend; the others are within 0.10",
        ),
        Case(
            "okr.over_mapped_key_result",
            krs(links.OVER_MAPPED),
            krs(links.NEARLY_OVER_MAPPED),
            "promised deltas add up to over 1.5 times the way from baseline to target",
            details={"ratio": 1.5, "deltas": links.DELTA},
        ),
        Case(
            "okr.over_mapped",
            ids(story, links.MANY_KEY_RESULTS),
            ids(story, links.NEARLY_MANY),
            "four key results or more on one item; the near misses three",
        ),
        Case(
            "okr.siloed_key_result",
            krs(links.SILOED),
            krs(links.NOT_SILOED),
            "served by teams of one department alone",
            complete=False,
        ),
        Case(
            "okr.conflicting_key_results",
            pairs(goals.CONFLICTS),
            pairs(goals.NO_CONFLICTS),
            "two key results of this period want one metric to go both ways; near misses agree, are "
            "compatible, or one has ended",
        ),
        Case(
            "okr.stale_key_result",
            krs(goals.STALE),
            krs(goals.NEARLY_STALE),
            "check-in overdue by more than three days, a quarter of the cadence, or 30 days without one",
        ),
        Case(
            "okr.key_result_at_risk",
            krs(goals.WILL_MISS),
            krs(goals.ON_COURSE),
            "the straight line from the values so far ends short of the score needed; near misses end "
            "just above it",
            complete=False,
        ),
        Case(
            "okr.unmeasured_key_result",
            krs(goals.UNMEASURED),
            krs(goals.BARELY_MEASURED),
            "no value, or a column that its type needs is missing; near misses: metric alone, no "
            "baseline needed, a single check-in",
        ),
        Case(
            "okr.moved",
            ids(story, ["late_cutoff", "label_api", "wave_picking", "rightsize_box"]),
            ids(story, ["refund_instant", "one_tap_returns", "card_token", "click_reserve"]),
            "delivered in the window, linked with a delta, and the key result moved since; near misses: "
            "flat, or no values before delivery",
            complete=False,
        ),
        Case(
            "okr.edited_goal",
            krs(list(goals.TARGET_EDITED)),
            krs(list(goals.TARGET_EDITED_IN_TIME)),
            "target changed after the key result's period was over; the near misses were changed within it",
        ),
        Case(
            "okr.unaligned_spend",
            ids(story, ["esl_labels", "wms_halle", "rfid_inbound", "endless_aisle"]),
            ids(story, ["live_tracking", "same_day_slots", "club_app"]),
            "spent in the window on work without a goal; the near misses share their spend among goals",
            complete=False,
        ),
    ]
