"""How to read the slides of the watermelon deck."""

from vmo_helpers.deck.legends.legend import Legend

LEGENDS: dict[str, Legend] = {}
