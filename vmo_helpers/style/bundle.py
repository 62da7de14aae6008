"""The chart scripts that every page shares, and the user's cache folder that holds them and the static
charts.

The bundle (Vega, Vega-Lite, vega-embed) takes seconds to make and is the same for every page, so it is made
once for each version of vl-convert. A file in the cache is written whole under another name and renamed: runs
at the same time may both make it, none reads half of it. Without a writable cache everything works, only
slower.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import os
import re
import secrets
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

VEGA_LITE = "6.4"
MOST_FILES = 4000
FORMAT = 4
"""Raised when this program makes other text from the same specification."""

_there: dict[Path, int] = {}
"""How many files a cache folder held when it was last looked through, and those written since."""
_TAG = re.compile(r"<(?=/script|!--|script)", re.IGNORECASE)


def cache_folder() -> Path:
    """The platform's folder for what can be made again: ``$XDG_CACHE_HOME/vmo-workbook`` and its like."""
    named = os.environ.get("XDG_CACHE_HOME")
    if named:
        base = Path(named)
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path.home() / ".cache"
    return base / "vmo-workbook"


def cached(name: str, make: Callable[[], str]) -> str:
    """The text under a name in the cache, made and kept when it is not there. The last line of a kept text is
    its digest."""
    path = cache_folder() / name
    kept = _kept(path)
    if kept is None:
        kept = make()
        _keep(path, kept)
    return kept


@lru_cache(1)
def versions() -> str:
    """What decides the bytes of the bundle and of the static charts."""
    return f"{importlib.metadata.version('vl-convert-python')}-{VEGA_LITE}-{FORMAT}"


@lru_cache(1)
def scripts() -> str:
    """Vega, Vega-Lite and vega-embed as one script that defines ``vegaEmbed`` and fetches nothing."""
    return cached(f"vega-{versions()}.js", _bundle)


def _bundle() -> str:
    import vl_convert

    source = str(vl_convert.javascript_bundle(None, VEGA_LITE))  # type: ignore[arg-type]  # its stub forgets the default
    # A browser reads CR as LF before it hashes a script for the policy; a tag in one of its strings would end
    # it.
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    return "(()=>{" + _TAG.sub(r"\\x3c", source) + "\n})();"


def _kept(path: Path) -> str | None:
    """The text of a cache file; None where there is none, or one that is damaged."""
    try:
        text, _, digest = path.read_text(encoding="utf-8").rpartition("\n")
    except (OSError, UnicodeDecodeError):
        return None
    return text if digest == _digest(text) else None


def _keep(path: Path, text: str) -> None:
    scratch = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make_room(path.parent)
        scratch.write_text(f"{text}\n{_digest(text)}", encoding="utf-8", newline="\n")
        scratch.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            scratch.unlink()


def _make_room(folder: Path) -> None:
    """Halves a cache that has grown past its bound, the oldest first. The folder is looked through when this
    process first writes into it, and again when with what it wrote since the bound is passed."""
    written = _there.get(folder)
    if written is not None and written < MOST_FILES:
        _there[folder] = written + 1
        return
    files = [path for path in folder.iterdir() if path.suffix in (".svg", ".json")]
    if len(files) > MOST_FILES:
        files.sort(key=lambda path: path.stat().st_mtime)
        for path in files[: MOST_FILES // 2]:
            path.unlink(missing_ok=True)
        files = files[MOST_FILES // 2 :]
    _there[folder] = len(files) + 1


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
