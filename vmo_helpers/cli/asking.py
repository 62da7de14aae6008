"""The options of a request, made of its parameters: one more parameter is one more option."""

from __future__ import annotations

import argparse

from vmo_helpers.request.asked import PARAMETERS, Kind, Request


def add_request(parser: argparse.ArgumentParser) -> None:
    """An option for every parameter of a review; where the data are may be said by a file of portfolios."""
    for name in PARAMETERS:
        _add(parser, name, nargs="?", default="")
    _add_limit(parser)


def add_data(parser: argparse.ArgumentParser) -> None:
    """Those that say where a portfolio is and how strictly it is read."""
    for name, one in PARAMETERS.items():
        if one.reads:
            _add(parser, name)
    _add_limit(parser)


def _add_limit(parser: argparse.ArgumentParser) -> None:
    """How much of a table is read. It changes no review, so it is no parameter of one."""
    parser.add_argument(
        "--max-table-size",
        metavar="SIZE",
        type=_size,
        help="refuse a table of more bytes, as 500MB or 4GB (default: 1GB, or what VMO_MAX_TABLE_SIZE says)",
    )


def _size(text: str) -> int:
    from vmo_helpers.sources.limits import size_of

    try:
        return size_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def request_of(given: argparse.Namespace) -> Request:
    """What was asked for; a stream or threshold said twice counts once, the last time."""
    asked = {name: getattr(given, name) for name in PARAMETERS}
    for name, one in PARAMETERS.items():
        if one.kind in (Kind.WORDS, Kind.NUMBERS):
            asked[name] = dict(asked[name]) if one.kind is Kind.NUMBERS else list(dict.fromkeys(asked[name]))
    return Request.of(**asked)


def _add(parser: argparse.ArgumentParser, name: str, **place: str) -> None:
    """The option of a parameter; ``place`` is for the one that stands without."""
    one = PARAMETERS[name]
    if not one.option:
        parser.add_argument(name, metavar=one.metavar, help=one.help, **place)  # type: ignore[arg-type]
        return
    match one.kind:
        case Kind.FLAG:
            parser.add_argument(one.option, dest=name, action="store_true", help=one.help)
        case Kind.WORDS | Kind.NUMBERS:
            parser.add_argument(
                one.option,
                dest=name,
                metavar=one.metavar,
                nargs="+",
                action="extend",
                default=[],
                type=_number if one.kind is Kind.NUMBERS else str,
                help=one.help,
            )
        case _:
            parser.add_argument(one.option, dest=name, metavar=one.metavar, help=one.help)


def _number(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text!r} should read NAME=NUMBER, as in okr_alignment_share=0.7"
        ) from error
