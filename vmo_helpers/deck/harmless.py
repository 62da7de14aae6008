"""Texts that no spreadsheet runs as a formula."""

from __future__ import annotations

import re
from typing import Any

from vmo_helpers.style import wording

# Characters that make a spreadsheet take a text for a formula, their full-width forms among them.
_FORMULA = tuple("=+-@\t\r＝＋－＠")
_NUMBER = re.compile(r"[-+]?\d[\d.,]*(?:[eE][-+]?\d+)?")


def safe(value: Any) -> Any:
    """A text with a leading apostrophe where a spreadsheet would run it, control characters as signs;
    whatever is no text, and a number in words, as it is."""
    if not isinstance(value, str):
        return value
    text = wording.plain(value) if not value.isprintable() else value
    return "'" + text if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text
