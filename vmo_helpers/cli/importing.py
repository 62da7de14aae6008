"""`vmo import`: a tool's export, or the tool itself, as a folder of the contract's tables."""

from __future__ import annotations

import argparse
import contextlib
import secrets
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from vmo_helpers.contract.problems import InputProblems, counted, printable
from vmo_helpers.review.errors import DONE, NOT_WHOLE, NotWhole, NotWritable, Refused, not_writable
from vmo_helpers.review.running.progress import Progress
from vmo_helpers.review.shelf import folders
from vmo_helpers.sources import importing

MOST_LOST = 20
_OPTIONS = ("table", "jql", "wiql", "odata_filter", "resume")
"""Options that only some tools have."""


def add_import(parser: argparse.ArgumentParser) -> None:
    """The options of `vmo import`; those that only some tools have are refused for the others."""
    tools = "; ".join(f"{name}: {one.what}" for name, one in importing.IMPORTERS.items())
    parser.add_argument("tool", metavar="TOOL", choices=sorted(importing.IMPORTERS), help=tools)
    parser.add_argument("source", metavar="SRC", help="an export (a file or a folder), or a site's address")
    parser.add_argument(
        "--out", metavar="DIR", required=True, help="the folder of tables, new or imported before"
    )
    parser.add_argument("--map", metavar="FILE", help="what the tool's words mean (default: map.toml in DIR)")
    parser.add_argument(
        "--propose-map", action="store_true", help="guess what the map does not say, and mark each guess"
    )
    parser.add_argument(
        "--no-history", action="store_true", help="read what is known of today, without transitions"
    )
    parser.add_argument("--jql", metavar="QUERY", help="jira: which issues of the site")
    parser.add_argument("--wiql", metavar="QUERY", help="azure-devops: which work items of the organisation")
    parser.add_argument(
        "--odata-filter", metavar="FILTER", help="azure-devops: which work items of an address of Analytics"
    )
    parser.add_argument("--resume", action="store_true", help="a site: go on where an import was cut off")
    parser.add_argument(
        "--table", metavar="NAME", help="excel, sql: one table alone; the others of DIR stay as they are"
    )
    parser.add_argument(
        "--lenient", action="store_true", help="keep items whose history is there in part, and count them"
    )


def run_import(given: argparse.Namespace) -> int:
    """Read everything, then write the folder whole; say what was read, counted and guessed."""
    out = Path(given.out)
    if out.exists() and not out.is_dir():
        raise NotWritable(f"{out} is a file; --out must name a folder. Nothing was written.")
    known = importing.IMPORTERS[given.tool].options
    options = {name: value for name in _OPTIONS if (value := getattr(given, name))}
    if strange := sorted(options.keys() - known):
        raise Refused(f"{given.tool} has no option --{strange[0].replace('_', '-')}.")
    progress = Progress()
    asked = importing.Asked(
        where=given.source,
        out=out,
        propose=given.propose_map,
        history=not given.no_history,
        lenient=given.lenient,
        options=options,
        watch=importing.Watch(progress.step),
    )
    try:
        made = importing.made(given.tool, asked, Path(given.map) if given.map else None)
    except InputProblems as problems:
        raise Refused(str(problems)) from problems
    except importing.Unfinished as error:
        told = (
            f"{error}. No table was changed; what was read is kept: the same command with --resume goes on."
        )
        raise NotWhole(told) from error
    finally:
        progress.clear()
    _put(out, made.files)
    sys.stdout.write("\n".join(map(printable, _told(out, made))) + "\n")
    if made.lost:
        more = [f"… and {len(made.lost) - MOST_LOST:,} more"] if len(made.lost) > MOST_LOST else []
        lines = [f"{counted(len(made.lost), 'item')} could not be read whole:"]
        lines += [f"  {one}" for one in [*made.lost[:MOST_LOST], *more]]
        sys.stderr.write("\n".join(map(printable, lines)) + "\n")
    return NOT_WHOLE if made.lost else DONE


def _told(out: Path, made: importing.Made) -> list[str]:
    lines = [f"{out}", *(f"  {name:<16}{counted(rows, 'row'):>16}" for name, rows in made.rows.items())]
    lines += [f"  {sentence}" for sentence in (*(one.sentence for one in made.told), *made.unread)]
    if not made.confirmed:
        lines.append(
            f"Guesses are marked in {out / 'map.toml'}: correct them, take the marks away, import again. "
            f'In JupyterLab explore.board("{out}") shows the board and writes the map.'
        )
    return [*lines, f"Next: vmo check {out}"]


def _put(out: Path, files: Mapping[str, bytes | None]) -> None:
    """All files are written beside the old ones, then each takes its name: none is ever half a file."""
    out.mkdir(parents=True, exist_ok=True)
    writing = out / f".import-{secrets.token_hex(4)}"
    try:
        writing.mkdir()
        for name, data in files.items():
            if data is not None:
                (writing / name).parent.mkdir(exist_ok=True)
                (writing / name).write_bytes(data)
        folders.sync_tree(writing)
        for name, data in files.items():
            if data is None:
                (out / name).unlink(missing_ok=True)
            else:
                (out / name).parent.mkdir(exist_ok=True)
                (writing / name).replace(out / name)
        for name in {Path(name).parent.name for name, data in files.items() if data is None} - {""}:
            with contextlib.suppress(OSError):
                (out / name).rmdir()  # where nothing is left in it
        folders.sync_folder(out)
    except OSError as error:
        raise not_writable(f"{out} cannot be written", error) from error
    finally:
        shutil.rmtree(writing, ignore_errors=True)
        with contextlib.suppress(OSError):
            out.rmdir()  # where nothing was written
