"""Addresses of databases: how one is shown, what of it is secret, and how a notebook is given one unseen.

SQLAlchemy reads an address by a grammar of its own: a password goes up to the last ``@`` and may hold
``/ # ?``, and a driver may take one from the query. So its parser decides what is secret, never one of ours.
"""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus, unquote_plus

VARIABLE = "VMO_DATABASE"
"""The environment variable that holds the whole address for a process that reads a database itself."""
HIDDEN = "…"
_HARMLESS = frozenset(
    {
        *("application_name", "charset", "client_encoding", "connect_timeout", "driver", "encrypt", "host"),
        *("hostaddr", "port", "schema", "search_path", "sslmode", "sslrootcert", "timeout", "unix_sock"),
    }
)
"""Names in a query whose values are no secrets. Drivers have many words for a password: all others are."""
_SHORT = (
    6  # characters under which a secret may be a common word too: it is hidden where it stands as a value
)


def is_address(where: str) -> bool:
    """True for the address of a database, false for a path."""
    return "://" in where


def shown(where: str) -> str:
    """An address without user, password and query; ``scheme://…`` where nobody can say what is what."""
    parsed = _parsed(where)
    if parsed is None:
        return f"{where.partition('://')[0]}://{HIDDEN}" if {"@", "?"} & set(where) else where
    return f"{parsed.drivername}://{(parsed.host or '').rpartition('@')[2]}/{parsed.database or ''}"


def secrets_of(where: str) -> tuple[str, ...]:
    """The texts of an address that nobody may read: its password, and its query but for what is harmless.

    Where an address with ``@`` or ``?`` cannot be read at all, everything behind ``://`` is one.
    """
    if not is_address(where):
        return ()
    parsed = _parsed(where)
    if parsed is None:
        return (where.partition("://")[2],) if {"@", "?"} & set(where) else ()
    found = {str(parsed.password)} if parsed.password is not None else set()
    found.add((parsed.host or "").rpartition("@")[0])  # an @ that should have been written %40
    for name, value in parsed.query.items():
        if name.lower() not in _HARMLESS:
            found |= {value} if isinstance(value, str) else set(value)
    return tuple(sorted({secret for secret in found if secret}, key=len, reverse=True))


def with_password(where: str, password: str) -> str:
    """An address with the password that it does not hold itself."""
    parsed = _parsed(where)
    if parsed is None or parsed.password is not None:
        return where
    return str(parsed.set(password=password).render_as_string(hide_password=False))


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """A text without the secrets: neither plain nor as JSON, HTML, Python or an address writes them."""
    for secret in sorted({form for one in secrets for form in _forms(one)}, key=len, reverse=True):
        if len(secret) >= _SHORT:
            text = text.replace(secret, HIDDEN)
        else:
            text = re.sub(rf"(?<=[:=/\"'@]){re.escape(secret)}(?=[@&\"'\s]|$)", HIDDEN, text)
    return text


def whole(where: str) -> str:
    """The address behind what ``shown`` made of it, where this process was given it; else as it stands."""
    given = os.environ.get(VARIABLE, "")
    return given if given and where == shown(given) else where


def _parsed(where: str) -> Any:
    try:
        from sqlalchemy import make_url
        from sqlalchemy.exc import ArgumentError
    except ImportError:  # then no database can be read, and nothing of its address is shown
        return None
    try:
        return make_url(where)
    except (ArgumentError, ValueError):
        return None


def _forms(secret: str) -> set[str]:
    """A secret as texts may hold it: as written, decoded, and escaped by each of those that write texts."""
    plain = {secret, unquote_plus(secret)}
    forms = set(plain)
    for one in plain:
        forms |= {quote(one, safe=""), quote(one), quote_plus(one), html.escape(one), repr(one)[1:-1]}
        for escaped in (json.dumps(one)[1:-1], json.dumps(one, ensure_ascii=False)[1:-1]):
            forms |= {escaped, json.dumps(escaped)[1:-1], html.escape(escaped), repr(escaped)[1:-1]}
    return {form for form in forms if form}
