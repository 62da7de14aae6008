"""How to read the slides of the page that sums up the others, each under its own name."""

from vmo_helpers.deck.legends.legend import Legend

LEGENDS: dict[str, Legend] = {
    "places": Legend(
        read="A row a value stream or top goal, those with most signs against them first. "
        "Neither: looked at, and neither against it nor for it.",
        definition="Against or for a place: its customers, outcomes, money, flow and decisions, each by "
        "rules on what is its own; it fails where three are against it and none is for it",
        caption="Streams and top goals",
    ),
    "changed": Legend(
        read="What is new or gone, the loudest first, and what comes back each time. The rest stands as it "
        "did.",
        definition="A finding keeps its id from review to review; new: not raised when last looked at; "
        "comes and goes: raised, cleared and raised again within twelve reviews",
        caption="What is worth a minute; all of it is in tables/portfolio_review/changes.csv",
    ),
    "numbers": Legend(
        read="What customers get first, then what drives it. Each figure with its definition: in the "
        "appendix of its own deck.",
        definition="Bars: change ÷ the value compared with, one scale for all; one with a gap goes beyond "
        "50 %. Where no review of that day is on the shelf, the value is computed from the same data as they "
        "were known then",
        caption="The leading figures",
    ),
    "decided": Legend(
        read="From the question to the decision, and on to the deed.",
        definition="Carried through ÷ those due; effect: did its metric move after it was done (segmented "
        "regression)? Consistent with, never because of it",
        figures=("decisions.carried_through_share", "decisions.delay_p50_days"),
        caption="Not carried through, or open and not among today's",
    ),
    "believed": Legend(
        read="What this office told the board in earlier reviews, held against what came since.",
        definition="Confirmed: still red inside when due, or 182 days on; wrong: green inside in two later "
        "reviews running. The whole scorecard is in the appendix of the deck on value and funding",
        caption="The office's own scorecard",
    ),
    "questions": Legend(
        read="Made from what was found. None of them is about dates, hours or how busy anybody is.",
        caption="Questions and what they rest on",
    ),
    "figures": Legend(
        read="Every headline figure of the other decks, against the last review that knew it.",
        caption="Figures, last time and now",
    ),
}
