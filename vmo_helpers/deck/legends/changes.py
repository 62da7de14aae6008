"""How to read the slides of the changes deck."""

from vmo_helpers.deck.legends.legend import Legend

LEGENDS: dict[str, Legend] = {}
