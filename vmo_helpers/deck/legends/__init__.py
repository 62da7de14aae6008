"""How to read each slide: one legend a slide, under the slide's own name or the rule of its title.

The notebook asks the question and says what to try; what a leader needs beside the answer is here, once.
"""

from vmo_helpers.deck.legends import changes, flow, forecast, okr, value, watermelon
from vmo_helpers.deck.legends.legend import Legend

LEGENDS: dict[str, Legend] = {
    **flow.LEGENDS,
    **watermelon.LEGENDS,
    **okr.LEGENDS,
    **value.LEGENDS,
    **forecast.LEGENDS,
    **changes.LEGENDS,
}

NO_LEGEND = Legend()


def legend_of(slide: str, rule: str) -> Legend:
    """The legend of a slide by its own name, else by the rule of its title; an empty one for neither."""
    return LEGENDS.get(slide) or LEGENDS.get(rule) or NO_LEGEND
