"""Telling: each place on a thread of its own, tried again where that may help, and all of it within ten
seconds."""

from __future__ import annotations

import http.client
import json
import os
import smtplib
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from vmo_helpers.review.notify import message, targets
from vmo_helpers.review.notify.message import Word
from vmo_helpers.review.notify.targets import Kind, Target
from vmo_helpers.review.shelf import folders

SECONDS = 10.0
"""All that telling may take, however many places there are."""
ATTEMPTS = 3
PAUSE_SECONDS = 0.5
"""Before the second attempt; twice as long before the third."""
_TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_MAY_HELP = 400, 500
"""An SMTP server's answers between these are about now; those above are final."""


class _Final(Exception):
    """It was refused, and another attempt would be refused as well."""


class _NotNow(Exception):
    """It was not taken, and may be taken at another attempt."""


@dataclass(frozen=True)
class Outcome:
    """What became of one place: whether it was told, after how many attempts and seconds, else why not. No
    secret is in it."""

    kind: str
    to: str
    told: bool
    attempts: int
    seconds: float
    why: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As a log holds it."""
        return asdict(self)


class _Telling:
    """One place being told, on its thread."""

    def __init__(self, target: Target, send: Callable[[float], None], until: float) -> None:
        self.target, self.send, self.until = target, send, until
        self.attempts = 0
        self.why: str | None = "it did not answer in time"
        self.began = time.monotonic()
        self.ended: float | None = None
        self.thread = threading.Thread(target=self._run, name=f"notify {target.kind}", daemon=True)

    def _run(self) -> None:
        why = self._attempts()
        self.why, self.ended = why, time.monotonic()

    def _attempts(self) -> str | None:
        """Why it was not told in the end; None where it was."""
        why = None
        while self.attempts < ATTEMPTS and (left := self.until - time.monotonic()) > 0:
            self.attempts += 1
            try:
                self.send(left)
            except _Final as error:
                return str(error)
            except (_NotNow, OSError) as error:
                why = str(error) if isinstance(error, _NotNow) else _reason(error)
            else:
                return None
            pause = PAUSE_SECONDS * 2 ** (self.attempts - 1)
            if self.attempts < ATTEMPTS:
                time.sleep(max(0.0, min(pause, self.until - time.monotonic())))
        return why or "it did not answer in time"

    def outcome(self) -> Outcome:
        ended, why = self.ended, self.why
        seconds = (time.monotonic() if ended is None else ended) - self.began
        told = ended is not None and why is None
        return Outcome(str(self.target.kind), self.target.shown, told, self.attempts, round(seconds, 3), why)


def notified(
    word: Word,
    places: Sequence[Target],
    at: datetime,
    environ: Mapping[str, str] = os.environ,
    seconds: float = SECONDS,
) -> list[Outcome]:
    """Tell every place; what became of each, in their order.

    It raises nothing and returns within ``seconds``: a place that has not answered by then is not told.
    """
    return begun(word, places, at, environ, seconds)()


def begun(
    word: Word,
    places: Sequence[Target],
    at: datetime,
    environ: Mapping[str, str] = os.environ,
    seconds: float = SECONDS,
) -> Callable[[], list[Outcome]]:
    """The same, and whoever tells need not wait: what is returned waits, and says what became of each."""
    until = time.monotonic() + seconds
    telling = [_Telling(target, _sender(word, target, environ, at), until) for target in places]
    for one in telling:
        one.thread.start()

    def ended() -> list[Outcome]:
        for one in telling:
            one.thread.join(max(0.0, until - time.monotonic()))
        return [one.outcome() for one in telling]

    return ended


def _sender(word: Word, target: Target, environ: Mapping[str, str], at: datetime) -> Callable[[float], None]:
    """What one attempt does; it is given the seconds that are left."""
    if target.kind is Kind.FOLDER:
        return lambda left: _into_folder(word, Path(target.where), environ, at)
    if target.kind is Kind.MAIL:
        return lambda left: _by_mail(word, target.where, environ, at, left)
    return lambda left: _to_webhook(word, target, left)


def _into_folder(word: Word, folder: Path, environ: Mapping[str, str], at: datetime) -> None:
    folder.mkdir(exist_ok=True)
    folders.replace(folder / message.file_name(word), message.mail(word, "", at, environ).as_bytes())


def _by_mail(word: Word, to: str, environ: Mapping[str, str], at: datetime, left: float) -> None:
    server = targets.server(environ)
    host, secure = server.hostname or "", server.scheme == "smtps"
    context = ssl.create_default_context()
    try:
        with (
            smtplib.SMTP_SSL(host, server.port or 465, timeout=left, context=context)
            if secure
            else smtplib.SMTP(host, server.port or 25, timeout=left)
        ) as connection:
            connection.ehlo()
            if not secure and connection.has_extn("starttls"):
                connection.starttls(context=context)
                connection.ehlo()
                secure = True
            if server.username is not None:
                if not secure:
                    raise _Final("the server offers no TLS: its password was not sent")
                connection.login(unquote(server.username), unquote(server.password or ""))
            connection.send_message(message.mail(word, to, at, environ))
    except smtplib.SMTPResponseException as error:
        said = f"the mail server answered {error.smtp_code}"
        raise (_NotNow if _MAY_HELP[0] <= error.smtp_code < _MAY_HELP[1] else _Final)(said) from error
    except smtplib.SMTPRecipientsRefused as error:
        raise _Final("the mail server refused every recipient") from error
    except smtplib.SMTPServerDisconnected as error:
        raise _NotNow("the mail server closed the connection") from error
    except smtplib.SMTPException as error:
        raise _Final(f"the mail server cannot be used ({type(error).__name__})") from error


def _to_webhook(word: Word, target: Target, left: float) -> None:
    data = json.dumps(message.payload(word, target.kind), ensure_ascii=False).encode()
    request = urllib.request.Request(
        target.where, data, {"Content-Type": "application/json; charset=utf-8", "User-Agent": "vmo-workbook"}
    )
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=left) as answer:
            answer.read(1)
    except urllib.error.HTTPError as error:
        error.close()
        said = f"it answered {error.code}"
        raise (_NotNow if error.code in _TRY_AGAIN else _Final)(said) from error
    except urllib.error.URLError as error:
        reason = error.reason
        raise _NotNow(_reason(reason) if isinstance(reason, OSError) else "it cannot be reached") from error
    except (http.client.HTTPException, ValueError) as error:
        raise _Final(f"it does not answer as a webhook does ({type(error).__name__})") from error


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A webhook that sends elsewhere is refused: the message would be lost, and its secret told."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _reason(error: OSError) -> str:
    """The system's words, without the address."""
    if isinstance(error, TimeoutError | socket.timeout):
        return "it did not answer in time"
    if isinstance(error, ssl.SSLError):
        return "its certificate cannot be trusted"
    return f"it cannot be reached ({error.strerror or type(error).__name__})"
