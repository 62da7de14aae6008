"""vl-convert with the fonts that it measures texts by held in memory.

It carries Liberation Sans, and takes the system's copy where there is one: it opens that file anew for each
letter, which was half the time of a picture. The copies are the same to a hundredth of a pixel.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

CARRIED = "Liberation"
SYSTEM = Path("/etc/fonts/fonts.conf")
VARIABLE = "FONTCONFIG_FILE"
_FONTS = (".ttf", ".otf", ".ttc")
_FOLDER = re.compile(r"<dir([^>]*)>([^<]+)</dir>")


@lru_cache(1)
def converter() -> Any:
    """vl-convert, with its fonts read: all fonts of the system but its copies of those that it carries."""
    import vl_convert

    with _told_of_fonts() as nothing:
        vl_convert.register_font_directory(nothing)  # at its first call it reads the system's, too
    return vl_convert


@contextlib.contextmanager
def _told_of_fonts() -> Iterator[str]:
    """While it holds, whoever reads the system's fonts leaves out the copies; gives an empty folder."""
    with tempfile.TemporaryDirectory(prefix="vmo-fonts-") as empty:
        folders = others(_named()) if sys.platform == "linux" and VARIABLE not in os.environ else None
        if folders is None:
            yield empty
            return
        named = "".join(f"<dir>{escape(str(folder))}</dir>" for folder in folders or [Path(empty)])
        told = Path(empty, "fonts.conf")
        told.write_text(f'<?xml version="1.0"?><fontconfig>{named}</fontconfig>\n', encoding="utf-8")
        os.environ[VARIABLE] = str(told)
        try:
            yield empty
        finally:
            del os.environ[VARIABLE]


def others(roots: Sequence[Path]) -> list[Path] | None:
    """The folders under some roots that hold fonts, but those of the copies; None where the two lie in one
    folder, or one inside the other, or no root is known: then nothing can be left out."""
    copies, kept = set(), []
    for place, _, files in (found for root in roots for found in os.walk(root)):
        fonts = [name for name in files if name.lower().endswith(_FONTS)]
        if not fonts:
            continue
        alike = [name.startswith(CARRIED) for name in fonts]
        if any(alike) and not all(alike):
            return None
        if all(alike):
            copies.add(Path(place))
        else:
            kept.append(Path(place))
    mixed = any(folder in copy.parents for folder in kept for copy in copies)
    return kept if roots and not mixed else None


def _named() -> list[Path]:
    """The folders that the system's settings name."""
    try:
        settings = SYSTEM.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return []
    share = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return [
        share / name if "xdg" in kind else Path(name).expanduser() for kind, name in _FOLDER.findall(settings)
    ]
