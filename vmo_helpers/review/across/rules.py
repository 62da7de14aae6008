"""What the page over all portfolios asks of a review: its figures, its findings, and what a contradiction is
called where several portfolios raise it."""

from __future__ import annotations

from vmo_helpers import decks
from vmo_helpers.results.headlines import headline_of

ASKED, ASK = "decisions.asked", "decisions.ask"
FAILS, COMPARED = "places.fails", "places.compared"
REALISED, PLANNED = "value.realised", "value.planned_to_date"
CONTRADICTIONS = {
    "watermelon.watermelon": "Reported green, and red inside",
    "flow.started_not_finished": "Much is started, and too little of it is finished",
    "okr.alignment": "Work is tagged with goals, and too little of it serves the first three",
    "okr.starvation": "A goal carries the intent, and does not get the money",
    "value.realisation": "Value was planned by now, and too little of it came",
    "flow.local_optimum": "A stage got faster, and customers gained nothing",
    "okr.moved": "Work is delivered, and its key results do not move",
    "okr.conflicting_goals": "Two key results pull one metric both ways",
    "watermelon.moved_goalposts": "On plan by today's plan, and behind by the first",
    "watermelon.opinion_only": "People score the value high, and the outcome is flat",
    "watermelon.self_contradicting": "Green over all, and amber or red in a part",
    "watermelon.shrunk": "Counted as delivered, with less money or scope than approved",
    "okr.effective_goals": "Many goals are named, and the work goes to few",
    "funding.value_streams": "Value streams are named, and projects are funded",
    "watermelon.fake_agility": "Agile by name, and planned, approved or funded as before",
    "transition.rebadged": "Called a VMO, and works as none",
}
"""Rules that set two things against each other, and what one says where several portfolios raise it. Of those
that as many portfolios raise, the first speaks first."""

FIGURES = frozenset(
    {REALISED, PLANNED, *decks.tiles(), *(of for key in decks.tiles() if (of := headline_of(key).of))}
)
FINDINGS = frozenset({ASKED, ASK, FAILS, COMPARED, *CONTRADICTIONS})
