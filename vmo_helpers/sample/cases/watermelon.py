"""Planted cases of reported status against outcomes."""

from __future__ import annotations

from vmo_helpers.sample import benefits as b
from vmo_helpers.sample import metrics, money, plans, status, value
from vmo_helpers.sample.cases.chosen import ids, known
from vmo_helpers.sample.story import Story
from vmo_helpers.sample.world import Case


def watermelon_cases(story: Story) -> list[Case]:
    """Labels, suffixes, vanity metrics, drops."""
    label = {made.epic.slug: made.epic.label for made in story.journeys}
    of = {
        kind: [s for s, value in label.items() if value == kind]
        for kind in set(label.values()) | set("WSOU-")
    }
    modes = {benefit.slug: benefit for benefit in story.benefits}
    watch = [s for s, benefit in modes.items() if benefit.mode == "watch"]
    close = ["late_cutoff", "voucher_pool", "invoice_b2b"]
    missing = [benefit for benefit in story.benefits if benefit.mode in b.MISSING]
    shrunk_cost = [s for s, share in money.SPENT.items() if share < 0.75 and s not in money.LATE_BOOKED]
    shrunk_scope = [s for s, (_, share) in plans.SCOPE.items() if share < 0.75]
    return [
        Case(
            "watermelon.watermelon",
            ids(story, of["W"]),
            ids(story, [*close, *watch, *of.get("RT", [])]),
            "reported green while the outcome stays under 80 % of plan; near misses: 84–86 % of plan, "
            "too noisy to call, or red inside but "
            "not reported green",
            details={"attainment": {story.items[s]: modes[s].attainment for s in of["W"]}},
        ),
        Case(
            "watermelon.board",
            ids(story, [s for s in of["W"] if s not in ("cross_border_at", "click_reserve")]),
            ids(story, ["cross_border_at", "click_reserve", *watch]),
            "red now and a month ago by readings after due; cross-border and click and reserve had under two "
            "of those a month ago, the watched ones are too noisy",
        ),
        Case(
            "watermelon.watch",
            ids(story, watch),
            ids(story, close),
            "attainment of about 65 % with noise that keeps p between 5 and 20 %",
        ),
        Case(
            "watermelon.open_inside",
            ids(story, of.get("O", [])),
            ids(story, [*close, "click_reserve"]),
            "tested and neither shown red nor sound; near misses at 84–86 % of plan, or red",
        ),
        Case(
            "watermelon.moved_goalposts",
            ids(story, b.MOVED),
            ids(story, [*b.MOVED_IN_VAIN, *b.RE_PLANNED, *b.DRAFTED]),
            "red by the first plan, better by today's, and nobody decided the change; near misses: decided "
            "30 days after it or 10 before, changed before the baseline, still red, or asking for more",
        ),
        Case(
            "watermelon.re_planned",
            ids(story, b.RE_PLANNED),
            ids(story, [*b.MOVED, *b.DRAFTED]),
            "the plan of a benefit was changed and a decision on the item stands within 31 days of it; two "
            "near misses have one 33 days away",
        ),
        Case(
            "watermelon.unknown_inside",
            ids(story, of["U"]),
            ids(story, of.get("GU", [])),
            "reported (or delivered) green and nothing that tests it; the near misses have a test that "
            "is not yet due",
        ),
        Case(
            "watermelon.not_assessable",
            sorted(benefit.benefit_id for benefit in missing),
            sorted(
                benefit.benefit_id
                for benefit in story.benefits
                if benefit.baseline == 0 or benefit.mode == "few"
            ),
            "an element of the test is missing; a baseline of zero is not",
            details={"missing": {benefit.benefit_id: b.MISSING[benefit.mode] for benefit in missing}},
        ),
        Case(
            "watermelon.too_few_data",
            ids(story, [s for s, x in modes.items() if x.mode == "few"]),
            ids(story, ["cross_border_at", "size_curves", "newsletter_pref"]),
            "due has passed with fewer than four observations that count; near misses "
            "have exactly four, or are not yet due, or are read weekly",
        ),
        Case(
            "watermelon.shrunk",
            ids(story, {*shrunk_cost, *shrunk_scope}),
            ids(
                story,
                [
                    *[s for s, share in money.SPENT.items() if 0.75 <= share <= 0.80],
                    *[s for s, (_, x) in plans.SCOPE.items() if 0.75 <= x <= 0.80],
                    *money.LATE_BOOKED,
                    "label_api",
                ],
            ),
            "delivered for under 75 % of the first planned cost, or with under 75 % of the planned scope; "
            "near misses at 76–80 %, one whose books begin late, one measured against a plan that was "
            "raised later",
            details={
                "cost": {story.items[s]: x for s, x in money.SPENT.items() if s in story.items},
                "scope": {story.items[s]: x for s, (_, x) in plans.SCOPE.items() if s in story.items},
            },
        ),
        Case(
            "watermelon.self_contradicting",
            ids(story, status.CONTRADICTED),
            ids(story, [*status.CONTRADICTED_BEFORE, "fraud_score", "recommend_home"]),
            "the last report is green over all with a sub-rating of amber or red; near misses said so "
            "one report earlier, or are not green",
        ),
        Case(
            "watermelon.stale_status",
            ids(story, status.OLD),
            ids(story, status.NEARLY_OLD),
            "the last report is older than twice its rhythm",
        ),
        Case(
            "watermelon.stale_outcome",
            ids(story, b.LAST_SEEN),
            ids(story, b.LAST_SEEN_NEARLY),
            "the benefit's metric was last read more than twice its cadence ago",
        ),
        Case(
            "watermelon.stale",
            ids(story, {*status.OLD, *b.LAST_SEEN}),
            ids(story, {*status.NEARLY_OLD, *b.LAST_SEEN_NEARLY}),
            "status or outcome data older than twice their rhythm",
        ),
        Case(
            "watermelon.opinion_only",
            ids(story, value.OPINION_ONLY),
            ids(story, value.NEARLY_OPINION),
            "80 % or more of the planned business value scored as achieved, outcome red; the near misses "
            "scored 75–78 %",
        ),
        Case(
            "watermelon.frozen",
            ids(story, ["offers_ai", "markdown_engine", "points_expiry"]),
            ids(story, ["consent_hub", "demand_sensing", "fraud_score", "partner_points"]),
            "moved on the board in the last 42 days, while nobody read its metric (or its key result): "
            "near misses were read 40 days ago, "
            "did not move, or have a key result that was read",
            complete=False,
        ),
        Case(
            "watermelon.plan_aged",
            ids(story, plans.PLAN_AGED),
            ids(story, plans.PLAN_NEARLY_AGED),
            "in progress, baselined over 270 days ago, neither plan change nor decision since",
            details={"days": 270},
        ),
        Case(
            "watermelon.delivery_contradicts",
            ids(story, ["refund_instant", "pallet_tracking", "chargeback"]),
            ids(
                story,
                ["vendor_scorecard", "click_reserve", "one_tap_returns", "invoice_b2b", "demand_sensing"],
            ),
            "reported green, while first planned end + 182 days or first planned cost × 1.1 were overrun",
        ),
        Case(
            "watermelon.vanity_metric",
            known(story, metrics.VANITY),
            known(story, metrics.WITH_OUTCOME),
            "output or activity without an outcome beside it, banned, velocity or utilisation; the near "
            "misses stand beside an outcome",
        ),
        Case(
            "watermelon.usage_drop",
            known(story, metrics.USAGE_DROPS),
            known(story, metrics.USAGE_HELD),
            "three readings far below the metric's own noise; near misses: one, two, three within the "
            "noise, or meant to fall",
        ),
        Case(
            "watermelon.satisfaction_drop",
            value.SATISFACTION_DROPS,
            value.SATISFACTION_HELD,
            "the score fell beyond its interval; near misses moved within it or rest on nine answers",
        ),
        Case(
            "watermelon.fake_agility",
            ["project_funding", "annual_cadence", "approval_waits"],
            ["large_batches", "upfront_time", "release_trains"],
            "signs planted in budgets and gates; epics hold four to six features and spend little time "
            "before building",
            complete=False,
        ),
    ]
