"""What a notebook says to its reader: slides made from findings, displayed as parts that the page reads
back."""

from vmo_helpers.deck.deck import Deck

__all__ = ["Deck"]
