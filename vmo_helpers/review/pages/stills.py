"""What a page needs of each chart: its compiled specification for the live chart, and static pictures.

The pictures are for paper, for previews that run no scripts, and until the live chart is drawn. Both are kept
in the user's cache by the digest of the specification: a chart that did not change costs nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from vmo_helpers.review.pages.fonts import converter
from vmo_helpers.style.bundle import VEGA_LITE, cached, versions

WIDE = 720
"""Fits the text of an A4 page at nearly its own size; stretched to the page's column it still reads."""
NARROW = 352
"""The column of a telephone 390 pixels wide."""
HEAVY = 50_000
"""Characters above which a picture is drawn once, for the wide page alone."""

_TAG = re.compile(r"<[^>]*>")
_NUMBERED = re.compile(r'(url\(#|\bid="|href="#)([A-Za-z_]+)(\d+)')
_LONG_NUMBER = re.compile(r"(\d\.\d\d)\d+")
_UNSEEN = re.compile(
    r'<(line|path|rect|text|circle)\b[^>]*\sopacity="0"[^>]*(?:/>|>[^<]*</\1>)|<path[^>]*\sd=""[^>]*/>'
)
"""Marks that answer a pointer, and empty ones."""
_IDLE = re.compile(
    r' (?:(?:aria-[a-z]+|role|pointer-events|class)="[^"]*"|opacity="1"|font-weight="normal"'
    r'|stroke-dasharray="1,0")'
)
"""What a picture in an ``img`` has no use for, and what holds without being said."""
_FONT = re.compile(r' font-family="[^"]*"')
_SIZE = re.compile(r'<svg[^>]*? width="([\d.]+)" height="([\d.]+)"')


def still(spec: dict[str, Any], width: int) -> str | None:
    """The chart as SVG, laid out for a width in pixels; None where it cannot be drawn (its table stands in
    for it).

    The accessible texts are left out: the page gives the whole picture its alt text.
    """
    return _kept(_laid_out(spec, width), "svg", _draw)


def raster(spec: dict[str, Any], width: int, scale: float) -> bytes | None:
    """The chart as PNG for programs that show no SVG, laid out for a width in pixels and ``scale`` times as
    fine."""
    text = json.dumps(_laid_out(spec, width), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    try:
        return bytes(
            converter().vegalite_to_png(text, vl_version=VEGA_LITE, scale=scale, allowed_base_urls=[])
        )
    except ValueError:
        return None


def size(svg: str) -> tuple[int, int]:
    """Width and height of a picture in whole pixels."""
    match = _SIZE.search(svg)
    return (round(float(match[1])), round(float(match[2]))) if match else (WIDE, 0)


def compiled(spec: dict[str, Any]) -> str | None:
    """The chart as Vega, in JSON; None where it cannot be compiled.

    Compiled here and not in the browser: Vega-Lite tells its hints to authors on the reader's console, and a
    chart that is wrong is known before the page leaves the house.
    """
    return _kept(spec, "json", _compile)


def _kept(spec: dict[str, Any], ending: str, make: Callable[[str], str]) -> str | None:
    text = json.dumps(spec, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    name = hashlib.sha256(f"{versions()}\n{text}".encode()).hexdigest()
    return cached(f"{name}.{ending}", lambda: make(text)) or None


def _draw(text: str) -> str:
    try:
        svg = str(converter().vegalite_to_svg(text, vl_version=VEGA_LITE, allowed_base_urls=[]))
    except ValueError:
        return ""
    return _settled(svg)


def _settled(svg: str) -> str:
    """The picture without what depends on others drawn before it, no finer than a hundredth of a pixel, and
    with what is seen alone.

    Vega numbers its clips and gradients over the whole process; a dense chart's bytes are half of them digits
    nobody sees. It draws the marks that answer a pointer, and names the font at every text.
    """
    numbers: dict[str, int] = {}

    def anew(name: re.Match[str]) -> str:
        return f"{name[1]}{name[2]}{numbers.setdefault(name[2] + name[3], len(numbers))}"

    def lean(tag: re.Match[str]) -> str:
        return _IDLE.sub("", _NUMBERED.sub(anew, _LONG_NUMBER.sub(r"\1", tag[0])))

    return _one_font(_TAG.sub(lean, _UNSEEN.sub("", svg)))


def _one_font(svg: str) -> str:
    """The font that most texts have is said once, for the whole picture."""
    fonts = Counter(font for tag in _TAG.findall(svg) for font in _FONT.findall(tag))
    if not fonts:
        return svg
    usual = fonts.most_common(1)[0][0]
    lean = _TAG.sub(lambda tag: tag[0].replace(usual, ""), svg)
    return lean.replace("<svg", f"<svg{usual}", 1)


def _compile(text: str) -> str:
    try:
        vega = converter().vegalite_to_vega(text, vl_version=VEGA_LITE)
    except ValueError:
        return ""
    return json.dumps(vega, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _laid_out(spec: dict[str, Any], width: int) -> dict[str, Any]:
    """The specification with its container's width filled in, for itself and, where it is a concatenation,
    for its parts."""
    fixed = dict(spec, config={**spec.get("config", {}), "aria": False})
    if fixed.get("width") == "container":
        fixed["width"] = width
        fixed["autosize"] = {"type": "fit-x", "contains": "padding"}
    for way in ("vconcat", "hconcat", "concat"):
        if way in fixed:
            parts = max(1, len(fixed[way])) if way == "hconcat" else 1
            fixed[way] = [
                {**part, "width": width // parts} if part.get("width") == "container" else part
                for part in fixed[way]
            ]
    return fixed
