"""Word of a review to whom it concerns: a folder, a mail server, a webhook; late by ten seconds at most."""

from vmo_helpers.review.notify.message import Word, word_of, word_of_failure, word_of_shelf
from vmo_helpers.review.notify.sending import Outcome, begun, notified
from vmo_helpers.review.notify.targets import Target, targets

__all__ = [
    "Outcome",
    "Target",
    "Word",
    "begun",
    "notified",
    "targets",
    "word_of",
    "word_of_failure",
    "word_of_shelf",
]
