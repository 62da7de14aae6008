"""How to read the slides of the deck on value and funding."""

from vmo_helpers.deck.legends.legend import Legend

LEGENDS: dict[str, Legend] = {
    "value.realisation": Legend(
        read="Bar: what a stream's measured benefits realised; upright: what was planned of them by "
        "now; ring: the "
        "same by the first plan. What nobody measures is in neither.",
        figures=(
            "value.benefit_realisation",
            "value.benefit_realisation_first_plan",
            "value.benefit_realisation_in_full",
            "value.cashable_realisation",
        ),
    ),
    "value.return": Legend(
        read="Money realised for each one spent, life to date, of items with a measured benefit. The "
        "upright is "
        "the line, {return_low}. It is not discounted, and no return on investment.",
        figures=("value.return", "value.return_on_all_spend"),
    ),
    "value.at_risk": Legend(
        read="What is left of benefits × the chance that they miss, and what open risks would take of the "
        "rest. The chance is that of ending under {attainment_line} of its plan, by its test; held against "
        "portfolios with a known truth such chances came true within 12 points. In the accent: the streams "
        "that hold half of it.",
        figures=("value.benefit_at_risk", "value.benefit_at_risk_assumed", "value.risk_exposure"),
    ),
    "funding.value_streams": Legend(
        read="The share of money that funds value streams, quarter by quarter; the rest funds "
        "projects. The table "
        "holds spend against the portfolio's guardrails, judged beyond {guardrail_tolerance} either way.",
        figures=(
            "funding.value_stream_share",
            "funding.annual_share",
            "funding.bound_share",
            "funding.unaligned_spend",
        ),
        caption="Guardrails: actual spend by horizon and by type of work",
    ),
    "value.recommendations": Legend(
        read="Ring: what an item still costs; dot: the value ahead of it. Stop: under "
        "{stop_ratio:bare} % of the cost is ahead, and red inside twice; pivot: red, and less ahead "
        "than it costs, "
        "or used; fund: more ahead than it costs, and among the best by value. The table says what "
        "would change it, and what a month of waiting costs: of a stop the spend that goes on, else the cost "
        "of delay, else the spend.",
        definition="Value ahead = Σ (planned − realised) × (1 − chance of a miss); cost to go = newest "
        "forecast, else planned "
        "cost less spend",
        caption="Each item in progress: the verdict, what it rests on, what would change it, the "
        "cost of waiting",
    ),
    "value.business_value": Legend(
        read="Points that the business gave to each planning interval: committed, and achieved. It "
        "is their own "
        "score; below, what customers answered in this window and the one before.",
        figures=(
            "value.business_value_delivered",
            "value.business_value_team_mean",
            "value.nps",
            "value.csat",
        ),
        caption="What customers answered, this window against the one before",
    ),
    "transition.weakest_axis": Legend(
        read="Each axis from 0, as a PMO, to 100 %, as a VMO; never averaged. Evidence and what "
        "people assess are "
        "marked. The upright is {transition_axis_low}.",
        definition="Each axis is the mean of its inputs, named in its tooltip and in the table",
        caption="What each axis rests on",
    ),
    "transition.over_reviews": Legend(
        read="Where each axis stood in the reviews on the shelf, the last one today's; in colour those that "
        "moved by {transition_axis_move:bare} points or more, in alarm where they fell. Each review looks at "
        "its own window: two that lie less than a window apart share months of it.",
        definition="As each review told it; what was assessed and what was counted are not joined",
        caption="The four axes, review by review",
    ),
    "value.rank_stability": Legend(
        read="Each item's rank by the value framework, and from where to where it falls in nine of "
        "ten draws of the "
        "weights.",
        figures=("value.rank_stability", "value.scored_items"),
    ),
    "funding.rounds": Legend(
        read="Who gave how much to which stream, beside the stream's value score and what it gave back.",
        definition="Kendall's τ-b of money with score and with return; no p-value under six streams",
        caption="Participatory rounds: money by stream and by role",
    ),
    "teams": Legend(
        read="Money of the window by team. In alarm: teams that came to their stream less than a year ago.",
        figures=("funding.persistent_team_share",),
    ),
    "funding.over_budget": Legend(
        read="Ring: the budget that falls in the window, by days; dot: what was spent. In alarm: "
        "where spent ÷ budget is over {over_budget_ratio:bare}.",
        figures=("funding.budget", "funding.spend", "funding.estimate_at_completion"),
        caption="Budget, spend and estimate at completion by stream",
    ),
    "value.life": Legend(
        read="Where each benefit stands, who answers for it, and what comes next.",
        definition="Projected → awaited → realising → sustained → ended; not measured is a state of its own",
        caption="The life of each benefit",
    ),
    "value.clocks": Legend(
        read="How many items reached each clock, and within how many days half of them did. Not yet "
        "counts as "
        "waiting, not as missing.",
        figures=(
            "value.adopted_items",
            "value.realised_items",
            "value.deployed_to_adopted_p50_days",
            "value.adopted_to_realised_p50_days",
        ),
        caption="Deployed, adopted, realised",
    ),
    "office": Legend(
        read="What the portfolio says of itself in portfolio.toml, on a scale from 1 to 5.",
        definition="Project management under 2.5: both, a PMO first; else the mean of the other "
        "three: 3.5 a VMO, "
        "2.5 a PMO, between both",
        caption="The four axes and their evidence",
    ),
    "transition.flags": Legend(
        read="What this office told the board, and what came of it; what was decided, and what came of that. "
        "The two amounts stand beside each other, for neither is the other's cause.",
        definition="From the reviews on the shelf: a flag is a green item that was told red inside, now and "
        "a month before",
        figures=("vmo.flags_confirmed", "vmo.flags_wrong", "vmo.flags_open"),
        caption="The office's own scorecard",
    ),
    "transition.before_after": Legend(
        read="The same measures in the windows before and since the move: consistent with it, never "
        "because of it.",
        definition="From the day of the move to the review's day, against as long before",
        caption="Before and since the move",
    ),
}
