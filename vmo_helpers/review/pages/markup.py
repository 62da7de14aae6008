"""From values to one HTML document that runs nothing but its own scripts: escaping, policy, templates."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from vmo_helpers.style import wording
from vmo_helpers.style.bundle import scripts as chart_scripts
from vmo_helpers.style.templates import environment

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
PAGE = ("base", "macros", "brief", "deck")
"""The templates that the page of a deck is made of."""
_LONGEST = 28
_LONG_WORD = re.compile(rf"(\S{{{_LONGEST + 1},}})")


def document(template: str, *, charts: bool, styles: Sequence[str] = ("page.css",), **values: Any) -> str:
    """The template filled in; ``charts`` says whether the page needs the chart scripts. Every text is escaped
    by the template."""
    css = "\n".join(map(_file, styles))
    scripts = ([chart_scripts()] if charts else []) + [_file("page.js")]
    # The scripts are put in by the template itself: replacing a marker afterwards would also find it inside
    # them.
    return filled(
        template,
        policy=policy(scripts, css),
        css=Markup(css),
        scripts=[Markup(script) for script in scripts],
        **values,
    )


def filled(template: str, **values: Any) -> str:
    """A template filled in, without the page's style and scripts. Every text is escaped by the template."""
    text = _environment().get_template(template).render(**values)
    return text.encode("utf-8", "replace").decode("utf-8")


def compile_templates() -> None:
    """Compile the templates of a deck's page now; processes forked from this one find them compiled."""
    for name in PAGE:
        _environment().get_template(f"{name}.html.j2")


def policy(scripts: list[str], css: str) -> str:
    """A content-security policy that allows these scripts and this style sheet by their digests, inline
    pictures, and nothing else."""
    return (
        f"default-src 'none'; script-src {' '.join(_digest(script) for script in scripts)}; style-src "
        f"{_digest(css)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def inert(json_text: str) -> Markup:
    """JSON that cannot leave a script element: no ``<``, ``>``, ``&``, U+2028 or U+2029 stands in it as
    itself."""
    for sign in "<>&\u2028\u2029":
        json_text = json_text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(json_text)


def svg_address(svg: str | None) -> str | None:
    """A picture as an address that carries it."""
    return (
        None
        if svg is None
        else "data:image/svg+xml;base64," + base64.b64encode(svg.encode("utf-8")).decode("ascii")
    )


def prose(markdown: str) -> Markup:
    """Markdown of a notebook's author as HTML; HTML in it is shown as text, links other than to the web or a
    mailbox are text."""
    from markdown_it import MarkdownIt

    writer = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    writer.validateLink = lambda url: url.lower().startswith(("https://", "http://", "mailto:", "#"))  # type: ignore[method-assign]
    return Markup(writer.render(wording.plain(markdown)))


def inline_svg(svg: str) -> Markup:
    """A drawing of our own making, without text from data, as part of the page."""
    return Markup(svg)


def _soft(text: str) -> Markup:
    """The text with places to break in words so long that they would push a table off the page."""
    return Markup("<wbr>").join(piece for word in _LONG_WORD.split(text) for piece in _pieces(word))


def _pieces(word: str) -> list[str]:
    return (
        [word[at : at + _LONGEST] for at in range(0, len(word), _LONGEST)]
        if _LONG_WORD.fullmatch(word)
        else [word]
    )


@lru_cache(1)
def _environment() -> Environment:
    made = environment(TEMPLATES)
    made.filters["soft"] = _soft
    return made


@lru_cache(8)
def _file(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"
