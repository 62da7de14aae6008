"""How to read the slides of the watermelon deck."""

from vmo_helpers.deck.legends.legend import Legend

LEGENDS: dict[str, Legend] = {
    "watermelon.watermelon": Legend(
        read="What was reported, or without a report what delivery facts say, against what customers and "
        "the business show. Open: tested, and shown neither red nor sound.",
        figures=("watermelon.green", "watermelon.count", "watermelon.board", "watermelon.open_inside"),
        caption="Green {levels} that are red or open inside",
    ),
    "worst": Legend(
        read="Full dots count for the test: there the plan asks for a quarter or more. Dashed is the "
        "first plan, dotted today's where it was moved. The band is the metric's own noise around the plan.",
        definition="Attainment: progress against plan through the origin over the latest five readings; "
        "one-sided test with autocorrelation",
        caption="What the verdict rests on",
    ),
    "watermelon.unknown_inside": Legend(
        read="What is missing to test the outcome of green {levels}. One {level} may lack several.",
        figures=("watermelon.unknown_inside", "watermelon.not_yet_due"),
    ),
    "watermelon.shrunk": Legend(
        read="What was delivered in the end as a share of the first plan: money, or scope where that is "
        "what shrank. Coloured: green, and red inside or not tested.",
        figures=("watermelon.shrunk",),
    ),
    "watermelon.vanity_metric": Legend(
        read="Each metric that counts activity without an outcome beside it, and what to look at instead.",
        figures=("watermelon.vanity_metrics",),
    ),
    "watermelon.fake_agility": Legend(
        read="Each sign with its number; an upright mark is the number above which it speaks.",
        definition="Shares of money, of waiting and of time in the window; thresholds in the appendix",
    ),
    "watermelon.coverage": Legend(
        read="Share of the {levels} that have each element of a test, and that report at all; below, by "
        "team.",
        definition="Over {levels} that were started and not cancelled",
        caption="The same by team",
    ),
    "watermelon.three_clocks": Legend(
        read="How long after its deployment each {level} was adopted and its outcome realised; below, did "
        "it move?",
        definition="First reading at target that holds; segmented regression with AR(1) errors; consistent "
        "with, never because of",
        caption="Metrics before and after a deployment",
    ),
    "watermelon.self_contradicting": Legend(
        read="Green over all, amber or red in a part; or reported green while delivery says otherwise.",
        figures=("watermelon.self_contradicting",),
        caption="{Levels} reported better than a part of theirs, or than their delivery",
    ),
    "watermelon.moved_goalposts": Legend(
        read="Benefits are measured by their first plan, unless a decision was recorded within "
        "{decided_within_days} of the change.",
        figures=("watermelon.moved_goalposts",),
        caption="{Levels} whose benefits have another plan than at first",
    ),
    "watermelon.stale": Legend(
        read="Every suffix, with the ages that it rests on.",
        definition="Stale: older than {stale_rhythms:times} its usual rhythm; frozen: moved lately while "
        "nobody looked at the goal",
        caption="{Levels} whose status has a suffix",
    ),
    "watermelon.satisfaction_drop": Legend(
        read="Hollow: the last quarter with answers of the window before; full: of this one. Coloured where "
        "the fall is more than chance.",
        definition="Net promoter score and share of the two best boxes: adjusted Wald test; effort: Welch's "
        "t; one-sided, at {satisfaction_drop_p}. Usage fell: latest readings all beyond mean ± 2 "
        "standard deviations of up to 24 before them, seasons taken out",
        figures=("value.nps", "value.csat", "value.ces"),
        caption="Use by customers, against what is usual",
    ),
    "watermelon.usage_drop": Legend(
        read="Hollow: what customers answered in the window before; full: in this one. Below, use that fell "
        "by more than it usually varies.",
        definition="Usage: latest readings all beyond mean ± 2 standard deviations of up to 24 before them, "
        "seasons taken out",
        figures=("value.nps", "value.csat", "value.ces"),
        caption="Use by customers, against what is usual",
    ),
    "watermelon.estimate_accuracy": Legend(
        read="Time, cost and scope against the first plan say how good the estimates were. They say nothing "
        "of success.",
        definition="Against the first plan; estimate accuracy, not success",
        caption="First plans and what came of them",
    ),
    "watermelon.loose_ends": Legend(
        read="Rows that lead nowhere or contradict themselves, and what is done about each.",
        definition="Over metrics, benefits, observations and reports",
        caption="Loose ends, by kind",
    ),
}
