"""No text that leaves holds a secret of a database's address, however the address is written."""

import html
import json

import pytest

from vmo_helpers.sources import address
from vmo_helpers.sources.address import secrets_of, shown, without_secrets

ADDRESSES = {
    "postgresql+pg8000://vmo:pa/ss3cr3t@/postgres?unix_sock=/run/x": (
        "postgresql+pg8000:///postgres",
        {"pa/ss3cr3t"},
    ),
    "postgresql://vmo:pa#ss3cr3t@host/db": ("postgresql://host/db", {"pa#ss3cr3t"}),
    "postgresql://vmo:pa?ss3cr3t@host/db": ("postgresql://host/db", {"pa?ss3cr3t"}),
    "postgresql://vmo:pa@ss3cr3t@host/db": ("postgresql://host/db", {"pa", "ss3cr3t"}),
    'postgresql://vmo:pq"s3cr3t@host:5432/db': ("postgresql://host/db", {'pq"s3cr3t'}),
    "postgresql://vmo:p%40ss%2Fw0rd@host/db": ("postgresql://host/db", {"p@ss/w0rd"}),
    "postgresql://vmo@/postgres?unix_sock=/run/x&password=s3cr3tpw": ("postgresql:///postgres", {"s3cr3tpw"}),
    "mssql://?odbc_connect=DRIVER%3Dx%3BPWD%3Ds3cr3tpw": ("mssql:///", {"DRIVER=x;PWD=s3cr3tpw"}),
    "postgresql://vmo:s3cr3tpw@host:port/db": ("postgresql://…", {"vmo:s3cr3tpw@host:port/db"}),
    "duckdb:///data/a.duckdb": ("duckdb:///data/a.duckdb", set()),
    "sqlite:////data/a.sqlite": ("sqlite:////data/a.sqlite", set()),
}


@pytest.mark.parametrize("where", ADDRESSES)
def test_an_address_is_shown_without_its_secrets(where: str) -> None:
    told, secrets = ADDRESSES[where]
    assert shown(where) == told
    assert set(secrets_of(where)) == secrets


@pytest.mark.parametrize("where", [where for where, (_, secrets) in ADDRESSES.items() if secrets])
def test_whatever_wrote_a_text_no_secret_is_left_in_it(where: str) -> None:
    said = f"cannot connect to {where}: it's {where!r}"
    once = json.dumps({"source": said, "traceback": [said]})
    texts = [
        said,
        once,
        json.dumps(once),
        json.dumps(said, ensure_ascii=False),
        html.escape(said),
        repr(said),
    ]
    texts += [html.escape(once), json.dumps(html.escape(said))]
    for text in texts:
        left = without_secrets(text, secrets_of(where))
        assert not any(part in left for part in ("s3cr3t", "w0rd", "ss3"))


def test_a_short_password_is_hidden_where_it_stands_as_one_and_leaves_words_alone() -> None:
    secrets = secrets_of("postgresql://vmo:epic@host/db")
    assert without_secrets("postgresql://vmo:epic@host/db", secrets) == "postgresql://vmo:…@host/db"
    assert without_secrets("one epic is red", secrets) == "one epic is red"


def test_a_path_has_no_secrets() -> None:
    assert secrets_of("/data/portfolio") == ()


def test_a_process_that_was_given_the_whole_address_finds_it_behind_the_shown_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    where = "postgresql://vmo:s3cr3tpw@host/db"
    assert address.whole(shown(where)) == shown(where)
    monkeypatch.setenv(address.VARIABLE, where)
    assert address.whole(shown(where)) == where
    assert address.whole("postgresql://other/db") == "postgresql://other/db"


def test_a_password_of_the_environment_is_put_in_whatever_it_holds_and_replaces_none() -> None:
    whole = address.with_password("postgresql://reader@db/retail?sslmode=require", 'p@/#:"s3')
    assert secrets_of(whole) == ('p@/#:"s3',)
    assert shown(whole) == "postgresql://db/retail"
    assert whole.endswith("@db/retail?sslmode=require")
    for where in ("postgresql://reader:own@db/retail", "data/retail"):
        assert address.with_password(where, "other") == where
