"""Word of a review: what each place is given, what is tried again, and that nothing waits."""

import base64
import json
import re
import socket
import socketserver
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.review import shelves
from vmo_helpers.cli import fleet, main
from vmo_helpers.review import notify
from vmo_helpers.review.errors import Refused
from vmo_helpers.review.fleet.told import Status, Told
from vmo_helpers.review.notify import message, sending
from vmo_helpers.review.notify.targets import Kind
from vmo_helpers.review.shelf.shelf import Review

AT = datetime(2026, 11, 1, 6, 0, tzinfo=UTC)
HOSTILE = "Retail <!channel> & [click](https://evil.example)\r\nBcc: all@example.org"
WORD = notify.Word(
    "Retail", "2026-10-31", "Five decisions are asked today", "/srv/reviews/2026-10-31-ab/index.html"
)
LINKED = notify.Word(
    "Retail", "2026-10-31", "Five", "https://vmo.example.org/2026-10-31-ab/index.html", ("okr_alignment",)
)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "PAUSE_SECONDS", 0.01)
    monkeypatch.setenv("NO_PROXY", "*")


@contextmanager
def webhook(*answers: int, hang: float = 0.0) -> Iterator[tuple[str, list[Any]]]:
    """A server that gives these answers, the last one for ever; its address, and what it was sent."""
    taken: list[Any] = []
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            over.wait(hang)
            taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            status = answers[min(len(taken), len(answers)) - 1]
            self.send_response(status)
            if status in (302, 307):
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads, server.block_on_close = True, False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/services/T0/SECRET", taken
    over.set()
    server.shutdown()
    server.server_close()
    thread.join()


@contextmanager
def mail_server(
    *answers: str, extensions: str = "250 8BITMIME", tls: ssl.SSLContext | None = None
) -> Iterator[tuple[str, list[bytes]]]:
    """A server that speaks as much SMTP as a message needs. ``answers`` are those to the end of the data, the
    last one for ever; its address, and the messages that it took, passwords among them."""
    taken: list[bytes] = []
    asked: list[str] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 ready")
            while line := self.rfile.readline().decode().strip():
                verb = line.split()[0].upper()
                if verb == "DATA":
                    self._say("354 go on")
                    data = b"".join(iter(self.rfile.readline, b".\r\n"))
                    asked.append(verb)
                    answer = answers[min(len(asked), len(answers)) - 1]
                    if answer.startswith("250"):
                        taken.append(data)
                    self._say(answer)
                elif verb == "AUTH":
                    taken.append(base64.b64decode(line.split()[2]))
                    self._say("235 fine")
                elif verb == "QUIT":
                    self._say("221 bye")
                    return
                else:
                    self._say(extensions if verb == "EHLO" else "250 fine")

        def _say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads, block_on_close = True, False

        def get_request(self) -> tuple[Any, Any]:
            connection, address = super().get_request()
            if tls is not None:
                connection = tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
            return connection, address

        def handle_error(self, *_: Any) -> None:
            """A client that does not trust it goes away."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}", taken
    server.shutdown()
    server.server_close()
    thread.join()


def told(
    *places: str, word: notify.Word = WORD, seconds: float = 5.0, **environ: str
) -> list[notify.Outcome]:
    return notify.notified(word, notify.targets(places, environ), AT, environ, seconds)


def test_a_folder_gets_a_message_that_mail_programs_read(tmp_path: Path) -> None:
    (one,) = told(str(tmp_path / "outbox"))
    assert (one.told, one.attempts, one.kind) == (True, 1, "folder")
    (file,) = (tmp_path / "outbox").iterdir()
    assert file.name == "2026-10-31-ab.eml"
    read = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert read["Subject"] == "Five decisions are asked today – Retail, 31 October 2026"
    assert read["Date"] == "Sun, 01 Nov 2026 06:00:00 +0000"
    assert WORD.place in read.get_content()


def test_a_mail_goes_through_the_server_of_the_environment() -> None:
    with mail_server("250 taken") as (server, taken):
        places = ("mailto:board@example.org,cfo@example.org",)
        (one,) = told(*places, VMO_SMTP=f"smtp://{server}", VMO_MAIL_FROM="vmo@example.org")
    assert (one.told, one.to, one.why) == (True, "2 at example.org", None)
    read = message_from_bytes(taken[0], policy=policy.default)
    assert (read["From"], read["To"]) == ("vmo@example.org", "board@example.org, cfo@example.org")


def test_a_mail_server_that_is_busy_is_asked_again_and_one_that_refuses_is_not() -> None:
    with mail_server("451 later", "250 taken") as (server, taken):
        (again,) = told("mailto:a@example.org", VMO_SMTP=f"smtp://{server}")
        assert (again.told, again.attempts, len(taken)) == (True, 2, 1)
    with mail_server("554 never") as (server, _):
        (never,) = told("mailto:a@example.org", VMO_SMTP=f"smtp://{server}")
        assert (never.told, never.attempts, never.why) == (False, 1, "the mail server answered 554")


def test_a_password_is_not_sent_in_clear() -> None:
    with mail_server("250 taken") as (server, taken):
        (one,) = told("mailto:a@example.org", VMO_SMTP=f"smtp://me:s3cret@{server}")
    assert (one.told, taken) == (False, [])
    assert "TLS" in str(one.why) and "s3cret" not in str(one.as_json())


def test_a_password_goes_over_tls_to_a_server_that_can_be_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [str(tmp_path / name) for name in ("key.pem", "certificate.pem")]
    made = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -days 2"
    named = [*made.split(), "-addext", "subjectAltName=DNS:localhost", "-keyout", files[0], "-out", files[1]]
    subprocess.run(named, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files[1], files[0])
    with mail_server("250 taken", extensions="250-8BITMIME\r\n250 AUTH PLAIN", tls=context) as (
        server,
        taken,
    ):
        address = f"smtps://me:s%40cret@localhost:{server.rpartition(':')[2]}"
        monkeypatch.setenv("SSL_CERT_FILE", files[1])
        (one,) = told("mailto:a@example.org", VMO_SMTP=address)
        assert (one.told, one.why, taken[0]) == (True, None, b"\0me\0s@cret")
        monkeypatch.setenv("SSL_CERT_FILE", "")
        (one,) = told("mailto:a@example.org", VMO_SMTP=address)
        assert (one.told, one.why) == (False, "its certificate cannot be trusted")


@pytest.mark.parametrize("kind", ["json", "slack", "teams"])
def test_a_webhook_gets_the_headline_and_the_place_as_its_kind_takes_them(kind: str) -> None:
    with webhook(200) as (address, taken):
        (one,) = told(f"{kind}+{address}")
    assert (one.told, one.kind, one.to) == (True, kind, "127.0.0.1")
    sent = json.dumps(taken[0])
    assert WORD.headline in sent and WORD.place in sent
    if kind == "teams":
        (attached,) = taken[0]["attachments"]
        assert attached["contentType"] == "application/vnd.microsoft.card.adaptive"
        assert {block["type"] for block in attached["content"]["body"]} == {"RichTextBlock"}
    if kind == "slack":
        assert taken[0]["blocks"][0]["type"] == "header"


def test_a_shelf_with_an_address_is_linked(tmp_path: Path) -> None:
    review = Review(
        tmp_path / "2026-10-31-ab",
        {
            "portfolio": "Retail",
            "as_of_day": "2026-10-31",
            "outcome": {
                "flow_analysis": {"status": "done", "page": "flow_analysis.html", "headline": "Flow"},
                "portfolio_review": {"status": "done", "page": "index.html", "headline": "Five"},
                "okr_alignment": {"status": "failed", "why": "…"},
            },
        },
    )
    assert notify.word_of(review, {"VMO_SHELF_URL": "https://vmo.example.org/"}) == LINKED
    assert notify.word_of(review, {}).place == str(tmp_path / "2026-10-31-ab" / "index.html")
    slack, teams = (message.payload(LINKED, kind) for kind in (Kind.SLACK, Kind.TEAMS))
    assert f"<{LINKED.place}|Open the review>" in json.dumps(slack)
    assert teams["attachments"][0]["content"]["actions"][0]["url"] == LINKED.place
    assert "Missing this time: okr_alignment" in json.dumps(slack)


def test_text_from_data_stays_text(tmp_path: Path) -> None:
    word = notify.word_of_failure(HOSTILE, f"work_items.csv: 2 problems\nrow 3: {HOSTILE}")
    assert word.place == "work_items.csv: 2 problems", "no cell of the data leaves the house"
    mail = message.mail(word, "a@example.org", AT, {})
    assert mail["Bcc"] is None and "\n" not in mail["Subject"]
    slack, teams = (message.payload(word, kind) for kind in (Kind.SLACK, Kind.TEAMS))
    assert "<!channel>" not in slack["text"] and "&lt;!channel&gt; &amp;" in slack["text"]
    assert {block["text"]["type"] for block in slack["blocks"]} == {"plain_text"}, "which knows no markup"
    assert "TextBlock" not in re.findall(r'"type": "(\w+)"', json.dumps(teams)), "it would read Markdown"


@pytest.mark.parametrize(
    ("answers", "is_told", "attempts", "why"),
    [
        ((500, 503, 200), True, 3, None),
        ((500,), False, 3, "it answered 500"),
        ((404,), False, 1, "it answered 404"),
        ((302,), False, 1, "it answered 302"),
        ((429, 200), True, 2, None),
    ],
)
def test_what_may_help_is_tried_again(
    answers: tuple[int, ...], is_told: bool, attempts: int, why: str | None
) -> None:
    with webhook(*answers) as (address, taken):
        (one,) = told(address)
    assert (one.told, one.attempts, one.why, len(taken)) == (is_told, attempts, why, attempts)
    assert "SECRET" not in json.dumps(one.as_json())


def test_one_that_hangs_delays_no_other_and_ends_in_time(tmp_path: Path) -> None:
    began = time.monotonic()
    with (
        webhook(200, hang=30) as (slow, _),
        webhook(200) as (quick, taken),
        socket.create_server(("127.0.0.1", 0)) as silent,
    ):
        places = (slow, quick, str(tmp_path), "mailto:a@example.org")
        server = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        hung, fine, kept, mute = told(*places, seconds=0.4, VMO_SMTP=server)
        assert time.monotonic() - began < 3
    assert [(one.told, one.why) for one in (hung, mute)] == [(False, "it did not answer in time")] * 2
    assert fine.told and kept.told and len(taken) == 1


def test_nobody_there_is_said_in_words() -> None:
    (one,) = told("http://127.0.0.1:9/services/SECRET")
    assert (one.told, one.attempts) == (False, 3)
    assert str(one.why).startswith("it cannot be reached (")


def test_a_place_may_stand_in_the_environment_and_is_named_by_its_variable() -> None:
    with webhook(200) as (address, taken):
        (one,) = told("env:RETAIL_WEBHOOK", RETAIL_WEBHOOK=f"slack+{address}")
    assert (one.told, one.to, len(taken)) == (True, "env:RETAIL_WEBHOOK", 1)


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("https://hooks.slack.com/services/T/B/x", Kind.SLACK),
        ("https://prod-1.westeurope.logic.azure.com:443/workflows/x?sig=y", Kind.TEAMS),
        ("https://corp.webhook.office.com/webhookb2/x", Kind.TEAMS),
        ("https://hooks.slack.com.evil.example/x", Kind.JSON),
    ],
)
def test_the_kind_of_a_webhook_is_that_of_its_host(written: str, kind: Kind) -> None:
    (one,) = notify.targets([written, written], {})
    assert one.kind is kind
    assert written not in repr(one)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "env:NOT_SET",
        "mailto:",
        "mailto:nobody",
        "mailto:a@example.org",
        "http://example.org/x",
        "ftp://example.org",
        "https://[bad",
        "https://",
        "/no/such/place/outbox",
        __file__,
    ],
)
def test_what_cannot_be_told_is_refused_before_any_work(written: str) -> None:
    with pytest.raises(Refused, match=r"notify: "):
        notify.targets([written], {})


def test_a_review_that_cannot_be_made_is_told_and_changes_no_status(tmp_path: Path) -> None:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    given = ["review", "data/retail", "--out", str(tmp_path), "--notebook-folder", str(folder)]
    assert main([*given, "--notify", str(tmp_path / "outbox")]) == 2
    (file,) = (tmp_path / "outbox").iterdir()
    assert file.name == "no-review-data-retail.eml"
    assert "holds no notebook" in message_from_bytes(file.read_bytes(), policy=policy.default).get_content()


def test_a_run_over_all_tells_what_is_asked_and_who_is_missing(tmp_path: Path) -> None:
    reviews = [shelves.put(tmp_path, name, findings=shelves.asking((name, name, 1e5))) for name in "PQ"]
    done = [Told(one.name, "P", Status.DONE, shelves.DAY, one.name) for one in reviews]
    word = fleet._word([*done, Told("labs", "Labs", Status.REFUSED)], tmp_path)
    asked = "Two decisions are asked today in two portfolios: waiting costs EUR 200 k a month"
    assert (word.headline, word.missing) == (f"{asked}. 2 of 3 portfolios are reviewed", ("labs",))
    assert (word.as_of, word.place) == (shelves.DAY, str(tmp_path / "index.html"))


def test_an_answer_that_is_no_http_is_final() -> None:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"SSH-2.0-OpenSSH\r\n")

    _served(Handler, lambda port: told(f"http://127.0.0.1:{port}/x"))


def _served(
    handler: type[socketserver.BaseRequestHandler], ask: Callable[[int], list[notify.Outcome]]
) -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        (one,) = ask(server.server_address[1])
        server.shutdown()
        thread.join()
    assert not one.told and one.why
