"""How to read the slides of the deck on OKR alignment."""

from vmo_helpers.deck.legends.legend import Legend

LEGENDS: dict[str, Legend] = {
    "okr.alignment": Legend(
        read="A tag is not a contribution: each rung includes those below it in this list. Bars count "
        "{levels}, rings their {money_basis}. {counted}.",
        figures=("okr.top_three_share", "okr.items_short", "okr.contribution_share"),
    ),
    "okr.starvation": Legend(
        read="Hollow: what each goal weighs; full: its share of the money. The distance is what starves or "
        "swells.",
        definition="Intent: weight ÷ Σ weights; actual spend in the window, split by the links' shares",
    ),
    "okr.unaligned_spend": Legend(
        read="What the window's spend went to. “No goal” also holds the part that links leave over of work "
        "that serves a goal with the rest. Pale: what is not judged, because it is other work or cannot be "
        "traced.",
        definition="Actual spend in the window, split by links; stream money as far as a budget binds it to "
        "a key result",
    ),
    "okr.orphan_items": Legend(
        read="Above, work that serves no goal with any part of it, by what it cost: less than all money "
        "without a goal. Below, goals that nobody works on.",
        figures=("okr.orphan_items", "okr.goals_without_work"),
        caption="Every goal and the work on it",
    ),
    "okr.key_results": Legend(
        read="Bar: progress from baseline to target; upright mark: what time would ask by now; whisker: "
        "where the trend ends. A bar with a gap goes on, further below zero.",
        definition="Expected: linear in time unless phased; projection: linear trend with its interval; "
        "stale is never on track",
        figures=("okr.key_results_at_risk", "okr.stale_key_results"),
        caption="Objectives, each with the worst of its key results",
    ),
    "okr.effective_goals": Legend(
        read="Each column is one {level} in progress, the costliest left; each row a goal. The darker, the "
        "firmer the tie.",
        figures=("okr.effective_goals",),
    ),
    "okr.pulled": Legend(
        read="What each team started in the window, by goal. Tinted where it is far more than the goal "
        "weighs.",
        definition="Feature work started in the window, split by the links' shares, against weight ÷ Σ "
        "weights",
    ),
    "okr.moved": Legend(
        read="What was delivered in the window, and what became of the key result that it was to move. "
        "Consistent with, never because of.",
        figures=("okr.moved_share",),
        caption="What was delivered, and whether its key result moved",
    ),
    "okr.line_of_sight": Legend(
        read="How far the links of work in progress lead; rings are money.",
        figures=("okr.linked_share", "okr.key_result_share"),
        caption="How far each link leads",
    ),
    "okr.over_promised": Legend(
        read="Each item's promised part of a key result's way; below, how much of each way is promised in "
        "all.",
        definition="Share × expected delta ÷ (target − baseline)",
        caption="What each key result is promised in all",
    ),
    "okr.siloed_goals": Legend(
        read="Whose teams do the work on each key result.",
        definition="Departments of the teams on the review's day, of items in progress and what lies under "
        "them",
        caption="Key results and the departments that work on them",
    ),
    "okr.conflicting_goals": Legend(
        read="Key results that want one metric to go both ways.",
        definition="Key results whose objectives hold the day",
        caption="Pairs of key results",
    ),
    "okr.late_edit": Legend(
        read="A review of an earlier day still sees the goal as it stood then.",
        definition="Changes of the plan that are dated after the goal's last day",
        caption="Changes made after a goal's last day",
    ),
}
