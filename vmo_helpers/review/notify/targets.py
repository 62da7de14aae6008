"""Where word of a review goes: what a person wrote, checked before any work, and never shown with its
secret."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from enum import StrEnum
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from vmo_helpers.review.errors import Refused

SERVER, SENDER, SHELF = "VMO_SMTP", "VMO_MAIL_FROM", "VMO_SHELF_URL"
"""The environment says which server sends mail, in whose name, and where people see the shelf."""
_VARIABLE, _MAILTO = "env:", "mailto:"
_EXPECTED = (
    "expected a folder for .eml files, mailto:board@example.org, an https address of a webhook (Slack, Teams "
    "or any that takes JSON), or env:NAME for a variable that holds one of these"
)


class Kind(StrEnum):
    """What takes the word. A webhook's kind is that of its host, or is said: ``teams+https://…``."""

    FOLDER = "folder"
    MAIL = "mail"
    SLACK = "slack"
    TEAMS = "teams"
    JSON = "json"


_HOSTS = {
    "hooks.slack.com": Kind.SLACK,
    "webhook.office.com": Kind.TEAMS,
    "logic.azure.com": Kind.TEAMS,
    "api.powerplatform.com": Kind.TEAMS,
}


@dataclass(frozen=True)
class Target:
    """One place. ``where`` may hold a secret; ``shown`` is what may be said of it, and what its ``repr``
    says."""

    kind: Kind
    where: str = field(repr=False)
    shown: str


def targets(written: Iterable[str], environ: Mapping[str, str] = os.environ) -> list[Target]:
    """The places that were written, each once. Raises Refused for one that cannot be used: unknown, a
    variable that is not there, mail without a server."""
    return list(dict.fromkeys(_target(one.strip(), environ) for one in written))


def is_address(written: str) -> bool:
    """Whether a place is anything but a folder's path."""
    return written.strip().startswith((_VARIABLE, _MAILTO)) or "://" in written


def _target(written: str, environ: Mapping[str, str]) -> Target:
    if not written.startswith(_VARIABLE):
        return _direct(written, environ, shown=None)
    name = written.removeprefix(_VARIABLE)
    if not environ.get(name, "").strip():
        raise Refused(f"notify: the environment variable {name} is not set; it was to say whom to tell")
    return _direct(environ[name].strip(), environ, shown=written)


def _direct(where: str, environ: Mapping[str, str], shown: str | None) -> Target:
    if where.startswith(_MAILTO):
        return _mail(where.removeprefix(_MAILTO), environ)
    kind, plus, address = where.partition("+")
    said = Kind(kind) if plus and kind in (Kind.SLACK, Kind.TEAMS, Kind.JSON) else None
    if "://" in where:
        return _webhook(address if said else where, said, shown)
    if not where:
        raise Refused(f"notify: nothing is said; {_EXPECTED}")
    if not Path(where).parent.is_dir() or (Path(where).exists() and not Path(where).is_dir()):
        raise Refused(f"notify: {shown or where} is no folder, and none can be made there; {_EXPECTED}")
    return Target(Kind.FOLDER, str(Path(where).resolve()), shown or where)


def _mail(addresses: str, environ: Mapping[str, str]) -> Target:
    recipients = [one.strip() for one in addresses.split(",") if one.strip()]
    try:
        parsed = [Address(addr_spec=one) for one in recipients]
    except (ValueError, IndexError) as error:
        raise Refused(f"notify: {addresses!r} holds no mail address ({error})") from error
    if not parsed or not all(one.domain for one in parsed):
        raise Refused(
            f"notify: {addresses!r} is no list of mail addresses; expected mailto:board@example.org"
        )
    server(environ)
    return Target(Kind.MAIL, ", ".join(recipients), _counted(recipients))


def _counted(recipients: list[str]) -> str:
    """Recipients in a log: how many, and at which domains; no address of a person."""
    domains = sorted({one.rpartition("@")[2].lower() for one in recipients})
    return f"{len(recipients)} at {', '.join(domains)}"


def server(environ: Mapping[str, str]) -> SplitResult:
    """The mail server of the environment, as ``smtp://user:password@host:587`` or ``smtps://…``. Raises
    Refused where there is none."""
    found = _split(environ.get(SERVER, ""), SERVER)
    if found.scheme not in ("smtp", "smtps") or not found.hostname:
        raise Refused(
            f"notify: mail needs a server: set {SERVER} to smtp://user:password@host:587 or smtps://…, and "
            f"{SENDER} to the address that sends"
        )
    return found


def _webhook(address: str, said: Kind | None, shown: str | None) -> Target:
    parts = _split(address, "a webhook's address")
    host = parts.hostname or ""
    local = host in ("localhost", "127.0.0.1", "::1")
    if not host or parts.scheme not in ("https", "http") or (parts.scheme == "http" and not local):
        raise Refused(
            f"notify: a webhook at {host or 'no host'} is not reached by {parts.scheme}; {_EXPECTED}"
        )
    known = (kind for ending, kind in _HOSTS.items() if f".{host}".endswith(f".{ending}"))
    return Target(said or next(known, Kind.JSON), address, shown or host)


def _split(address: str, what: str) -> SplitResult:
    try:
        found = urlsplit(address)
        _ = found.port
    except ValueError as error:
        raise Refused(f"notify: {what} cannot be understood ({type(error).__name__})") from error
    return found
