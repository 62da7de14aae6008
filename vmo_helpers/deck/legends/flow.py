"""How to read the slides of the flow deck."""

from vmo_helpers.deck.legends.legend import Legend

LEGENDS: dict[str, Legend] = {
    "flow.started_not_finished": Legend(
        read="Each step is one {level} begun or finished. Between the lines: what was given up, and the "
        "growth of work in progress.",
        figures=("flow.started", "flow.started_unfinished", "flow.wip"),
    ),
    "flow.wait_queue": Legend(
        read="{Days} spent waiting inside the window, longest queue first: that is where to begin.",
        figures=("flow.wait_days", "flow.flow_efficiency", "flow.flow_efficiency_median"),
    ),
    "flow.local_optimum": Legend(
        read="Change of the median {days} in each stage against the window before, with its 95 % interval; "
        "last, what the customer got.",
        definition="Median {days} in a stage, 85th percentile of lead time to value; this window against the "
        "one before; seeded bootstrap",
    ),
    "flow.stalled_item": Legend(
        read="Each dot is one {level} in progress, where it stands. Swarm on those beyond the last line, or "
        "stop them.",
        definition="Age: as-of − start; lines: cycle time with unfinished work counted (Kaplan–Meier), so "
        "longer than of the finished alone",
        figures=("flow.age_p85_days", "flow.wip"),
    ),
    "flow.lead_time": Legend(
        read="Each dot is one {level} on the day when its customer had it. Blue: the "
        "{stalled_percentile:th} percentile of the 91 days up to then, where enough were delivered. The "
        "clock starts with the request, not with the work.",
        figures=("flow.lead_time_p85_days", "flow.lead_time_p50_days"),
    ),
    "flow.queue_after_done": Legend(
        read="Dots are delivered {levels}, at the {days} between the team's done and the customer's first "
        "use. Streams with most {days} stand first; a stream with too few deliveries has no median.",
        definition="From the last leaving of layer team to delivery, over {levels} delivered in the window",
    ),
    "flow.wip_limit": Legend(
        read="Each mark is one {level}; those right of a limit are over it. Where one is exceeded, nothing "
        "new is to begin.",
        definition="Of a state: {levels} that stand there; of a value stream: {levels} in progress. A limit "
        "that is just met is kept",
        figures=("flow.wip",),
        caption="Every limit and its owner, the most exceeded first",
    ),
    "flow.board": Legend(
        read="Each mark is one {level}, oldest first, in colour beyond the last line of the slide on age.",
        definition="{levels} neither finished nor cancelled, by portfolio stage; “no state”: known by their "
        "dates alone",
    ),
    "flow.sensitivity": Legend(
        read="Flow efficiency of the same items under other conventions; the upright line is the one that "
        "this deck uses.",
        figures=("flow.flow_efficiency",),
    ),
    "flow.if_halved": Legend(
        read="Half of a queue's {days} taken from the finished {levels}, all else as it was.",
        figures=("flow.flow_efficiency",),
        caption="Each queue, if half of its {days} were gone",
    ),
    "flow.wait_function": Legend(
        read="{Days} waited by the function that works or is waited for; below, the same by approval gate.",
        figures=("flow.wait_days",),
        caption="The same by approval gate",
    ),
    "flow.blocked": Legend(
        read="{Days} under a blocker inside the window by reason; below, what is blocked now. An instant "
        "under two blockers counts once.",
        definition="Blocked time counts as waiting whatever the state",
        caption="What is blocked now",
    ),
    "flow.unfinished_need": Legend(
        read="Each {level} in progress beside what it needs that is not finished: in progress, not begun, or "
        "cancelled.",
        definition="What lower items need counts for their {level}; work that is not begun may wait for its "
        "needs",
        caption="What work in progress needs, the oldest first",
    ),
    "flow.cumulative_flow": Legend(
        read="Each band is a state; its height on a day is what stood there that day. A band that widens is "
        "a queue that grows.",
        figures=("flow.wip",),
    ),
    "flow.expectation": Legend(
        read="Share finished within so many {days}, with work that is still open taken into account.",
        definition="Kaplan–Meier over cycle time; left truncation at the window's start, right censoring at "
        "as-of; 95 % interval",
    ),
    "flow.cycle_time": Legend(
        read="How many {levels} took how long from their first entry into an active or waiting state; the "
        "last bar holds what lies beyond.",
        figures=("flow.cycle_time_p85_days", "flow.cycle_time_p50_days"),
    ),
    "flow.throughput": Legend(
        read="Finished {levels} a week. Outlined weeks are cut by the window and do not count.",
        figures=("flow.throughput_per_week",),
    ),
    "flow.delivery_gap": Legend(
        read="Each mark is a delivery. Below, what began long ago and has reached nobody.",
        definition="Delivery is the day of delivery, else of the finish; long ago: over {overdue_days}",
        caption="{Levels} that began long ago and reached nobody",
    ),
    "flow.concept_to_customer": Legend(
        read="The way of the mean delivered {level} through the portfolio's stages.",
        definition="From the first portfolio stage (else creation) to delivery, over items delivered in the "
        "window",
    ),
    "flow.slow_decision": Legend(
        read="From the question to its answer; of an open decision, so far. Over {decision_days} is slow.",
        definition="Elapsed days from the question to the decision, else to as-of",
        caption="Decisions asked for, the slowest first",
    ),
    "flow.wip_per_person": Legend(
        read="Work in progress by value stream against its limit; below, the main measures by stream.",
        figures=("flow.wip",),
        caption="The main measures by value stream",
    ),
    "flow.rework": Legend(
        read="Backward moves over the board and the {days} spent again.",
        definition="A backward move goes to an earlier position of the board",
        figures=("flow.reopened_items",),
        caption="{Levels} that went back",
    ),
    "flow.hand_offs": Legend(
        read="Each change of hands is a chance to wait and to be misunderstood.",
        definition="Changes of function between successive states, over {levels} in progress or finished in "
        "the window",
        caption="{Levels} that changed hands, the most often first",
    ),
    "flow.distribution": Legend(read="Finished {levels} by type of work.", figures=("flow.finished",)),
    "flow.predictability": Legend(
        read="Business value achieved against planned, by planning interval. {predictability_low:bare} to "
        "100 % is healthy.",
        definition="Σ actual value (committed and not) ÷ Σ planned value of committed objectives, pooled",
    ),
    "flow.before_after": Legend(
        read="Hollow: the window before; full: this one.",
        definition="Two windows of equal length; 95 % interval of the change by seeded bootstrap",
    ),
    "flow.littles_law": Legend(
        read="Work in progress as counted, and as throughput and cycle time would have it. A gap warns; it "
        "does not judge.",
        definition="Mean WIP against throughput × mean time in progress (Little's law), elapsed days; what "
        "was given up leaves as well",
    ),
    "flow.excluded": Legend(
        read="Every exclusion with its reason.",
        definition="Over the {levels} known at as-of",
        caption="{Levels} that some figure leaves out",
    ),
}
