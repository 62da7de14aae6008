"""How to read the slides of the deck that looks ahead."""

from vmo_helpers.deck.legends.legend import Legend

LEGENDS: dict[str, Legend] = {
    "forecast.leaving": Legend(
        read="Line: {levels} finished so far. Band: what the next twelve weeks add, from what is "
        "reached with 85 % to what is reached with 15 %. The forecast knows whole weeks alone, the last "
        "{forecast_history_weeks} at most. It was remade every four weeks of the record and "
        "held against what came.",
        figures=("forecast.items_in_12_weeks_p85", "forecast.coverage_85", "forecast.open_items"),
        caption="By stream: what is open, what is finished within twelve weeks, by when all is done, "
        "and how such forecasts did",
    ),
    "forecast.kept": Legend(
        read="Ring: what a forecast of that month end would have promised with 85 %; dot: what was "
        "finished in its twelve weeks. In alarm: fewer came. About 85 of 100 are to be kept; where all "
        "are, promises are too low.",
        figures=("forecast.kept_share",),
        caption="Each promise, of the portfolio and of each stream: what was said, what came",
    ),
    "all_done": Legend(
        read="From the day by which as many as are open are finished with 50 % to that with 85 %, were "
        "nothing added. All streams: the product of their chances, a ceiling, for streams "
        "that need each other finish later.",
        figures=("forecast.done_p85_days", "forecast.done_p50_days", "forecast.open_items"),
    ),
    "scope": Legend(
        read="Each {level} in progress with its parts at its start, those that came since, and by how much "
        "it grew. With under three at its start it was still to be cut into parts: no share is said.",
        definition="Parts created after the start ÷ those that were there then, whatever became of them",
        caption="Work in progress, the most grown first",
    ),
    "warning": Legend(
        read="Ring: how many should have left a stage, given their ages, by its usual pace; dot: "
        "how many did, "
        "over the weeks in which most lack. In alarm: the lack is larger than chance. It is no "
        "word on people: a "
        "stage waits for what it needs.",
        definition="Usual: 52 weeks that end 13 weeks before; a warning begins after two weeks at "
        "a score of 9.5 "
        "and ends after two under ¾ of it",
        figures=("forecast.warnings", "forecast.stages_watched", "forecast.warnings_followed_share"),
    ),
    "normal": Legend(
        read="Line: the measure of the title, month by month; between the dashed lines lies what was normal "
        "in the first twelve months that were steady. In alarm: a month outside since then, or one of eight "
        "in a row on one side of the mean. It says that something changed, not what.",
        definition="Individuals and moving ranges: mean ± 2.66 × the mean moving range of the first twelve "
        "months without a signal among themselves",
    ),
    "order": Legend(
        read="Bar: from an {level}'s start to its end by likely lengths, first to start first. "
        "What is being made holds a place of its stream, which has as many as its limit; what stands ready "
        "waits here, though elsewhere it counts as in progress. Beside each: its cost at its "
        "likely length. The title's cost is the mean of 10,000 scenarios, in which long ones "
        "weigh more. Tie: neither is cheaper in more than 65 % of them.",
        definition="Cost of waiting = Σ cost of delay over time, by urgency, until each is done; "
        "gap: no order is "
        "cheaper by more",
        figures=(
            "sequence.cost",
            "sequence.saved_against_cd3",
            "sequence.saved_against_wsjf",
            "sequence.gap",
            "sequence.probability_best",
        ),
    ),
    "market": Legend(
        read="Ring: the place of an {level} in the best order, had the market shifted nothing; dot: its "
        "place now. In the accent: moved by as many places as the title says. What others pass moves "
        "back without a shift of its own. Both orders stand in full in tables/looking_ahead/sequence.csv.",
        definition="A shift multiplies the cost of delay of what lies under its stream, objective, metric or "
        "{level}, from its day on; several multiply each other",
        caption="What a shift reaches or moved: both places, its factor, what a week of delay costs more",
    ),
    "rules": Legend(
        read="What waiting is expected to cost by the order of each rule, over the same scenarios. "
        "The table lists "
        "what waits and cannot be put in order, and what each lacks.",
        definition="Cost of delay ÷ length, known as CD3: the highest first; value first: cost of delay; "
        "first come: by the day of creation",
        figures=("sequence.items", "sequence.cost"),
        caption="What waits and is not in the order, and why",
    ),
    "forecast.late_items": Legend(
        read="Bar: how long an {level} has been in progress; upright: the age by which "
        "{stalled_percentile} finish, open work counted. In alarm: later already. The table has each "
        "one's chance, given its age.",
        definition="Chance to be later = S(expected) ÷ S(age), S the share open at an age by "
        "Kaplan and Meier",
        figures=("forecast.late_items",),
        caption="Work in progress: its age, what is expected, the chance that it will be later",
    ),
}
