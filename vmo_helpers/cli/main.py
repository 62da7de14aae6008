"""The commands of `vmo`, their help, and the one place where an error becomes a paragraph and an exit
status."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from vmo_helpers.contract.problems import printable
from vmo_helpers.review.errors import INTERRUPTED, OUTPUT_NOT_WRITABLE, Interrupted, ReviewError

PROGRAM_FAULT = 1

STATUSES = """exit status:
  0    done; what could not be said for want of data is on the decks
  2    the data or a parameter cannot be used; nothing was written
       (with --all: of that portfolio; the others are done)
  3    a notebook failed, timed out or lost its kernel; the others' decks stand;
       or some items of an import could not be read whole, each by name
  4    the output cannot be written or is locked; nothing was changed
  130  interrupted; nothing half-written is left
"""


@dataclass(frozen=True)
class Command:
    """One command: its name, its line in the list, an example that works as written, and the module that has
    it, loaded when the command is asked for."""

    name: str
    help: str
    example: str
    module: str

    def add(self, parser: argparse.ArgumentParser) -> None:
        """Give a parser its options, and what runs it."""
        module = importlib.import_module(f"vmo_helpers.cli.{self.module}")
        getattr(module, f"add_{self.name}")(parser)
        parser.set_defaults(run=getattr(module, f"run_{self.name}"))


COMMANDS = (
    Command(
        "review",
        "run the notebooks on a portfolio and put the review on a shelf",
        "vmo review data/sample --out reviews",
        "review",
    ),
    Command(
        "check",
        "say whether a portfolio can be used, and what each notebook would miss",
        "vmo check data/sample",
        "data",
    ),
    Command(
        "decide",
        "record what was decided in the portfolio's decisions table",
        'vmo decide data/sample --id D-003 --outcome stop --by "Portfolio board" --due 2026-12-31',
        "decide",
    ),
    Command(
        "sample",
        "write a portfolio of any size with planted cases",
        "vmo sample --out big --items 10000 --seed 7",
        "data",
    ),
    Command(
        "import",
        "turn a tool's export into a portfolio's tables",
        "vmo import jira export --out mine --propose-map",
        "importing",
    ),
    Command("init", "write empty tables to fill, with a commented portfolio.toml", "vmo init mine", "blank"),
)


def parser(words: Collection[str] | None = None) -> argparse.ArgumentParser:
    """The whole command line; of the commands only those among the ``words``, if any are given, have their
    options: to load what each of them needs takes a second."""
    whole = argparse.ArgumentParser(
        prog="vmo",
        description="A portfolio review: flow, watermelon metrics, OKR alignment, value and funding, as "
        "offline decks.",
        epilog="start with:\n  vmo init mine     then fill the tables\n  vmo check mine\n  vmo review "
        f"mine\n\n{STATUSES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    whole.add_argument("--version", action="version", version=_Version())
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        one = commands.add_parser(
            command.name,
            help=command.help,
            description=f"{command.help[:1].upper()}{command.help[1:]}.",
            epilog=f"example:\n  {command.example}\n\n{STATUSES}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        if words is None or command.name in words:
            command.add(one)
    return whole


class _Version(str):
    """Looked up only when it is asked for: reading the metadata of a distribution takes time."""

    __slots__ = ()

    def __mod__(self, _: object) -> str:
        from importlib.metadata import version

        return f"vmo {version('vmo-workbook')}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    _tolerate_narrow_terminals()
    words = sys.argv[1:] if arguments is None else arguments
    given = parser(words).parse_args(words)
    try:
        with _limited(getattr(given, "max_table_size", None)):
            return int(given.run(given))
    except ReviewError as error:
        return _say(str(error), error.status)
    except (Interrupted, KeyboardInterrupt):
        return _say("Interrupted. Nothing half-written is left.", INTERRUPTED)
    except BrokenPipeError:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), 1
        )  # the reader has gone; Python would complain when it flushes
        return 0
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        return _say(f"{place}{error.strerror or error}.", OUTPUT_NOT_WRITABLE)
    except Exception as error:
        if os.environ.get("VMO_DEBUG"):
            raise
        return _say(
            f"vmo met an error that it has no words for: {type(error).__name__}: {error}. This is a "
            "fault of the program; "
            "run the command again with VMO_DEBUG=1 in the environment to see where, and report it.",
            PROGRAM_FAULT,
        )


@contextmanager
def _limited(size: int | None) -> Iterator[None]:
    """The limit of a table, for this command and every process that reads data for it."""
    if size is None:
        yield
        return
    from vmo_helpers.sources.limits import VARIABLE

    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = str(size)
    try:
        yield
    finally:
        del os.environ[VARIABLE]
        if before is not None:
            os.environ[VARIABLE] = before


def _say(text: str, status: int) -> int:
    """One clear paragraph on standard error."""
    sys.stderr.write("\n".join(map(printable, f"vmo: {text}".split("\n"))) + "\n")
    return status


def _tolerate_narrow_terminals() -> None:
    """A character that the terminal cannot show must not end a command that has done its work."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
