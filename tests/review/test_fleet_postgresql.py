"""A portfolio in PostgreSQL as one of several: its password is the environment's, and is told nowhere."""

import csv
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import postgresql
from tests.review import many, small
from tests.review.test_fleet import _no_nursery_is_left  # noqa: F401 - it holds for this module, too
from vmo_helpers.review.fleet.listing import variable

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks as Linux has them")

SECRET = "pa/s3cr3t#word"
TELLING = "import os\nprint(data, dict(os.environ))"
"""A notebook that shows all it was told."""


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """The three items in a server that asks for a password; its address, without one."""
    programs = postgresql.programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: a portfolio in a running server is not tested")
    sqlalchemy: Any = pytest.importorskip("sqlalchemy")
    with postgresql.server(programs, password=SECRET) as url:
        engine = sqlalchemy.create_engine(sqlalchemy.make_url(url).set(password=SECRET))
        with engine.begin() as connection:
            for name, text in small.TABLES.items():
                header, *rows = csv.reader(io.StringIO(text))
                columns = ", ".join(f'"{column}" text' for column in header)
                connection.exec_driver_sql(f'create table "{name}" ({columns})')
                slots = ", ".join(f":p{place}" for place in range(len(header)))
                cells = [{f"p{place}": cell for place, cell in enumerate(row)} for row in rows]
                connection.execute(sqlalchemy.text(f'insert into "{name}" values ({slots})'), cells)
        engine.dispose()
        yield url


def _place(folder: Path, database: str) -> Path:
    more = f'[[portfolio]]\nid = "ledger"\ndata = "{database}"\nconfig = "ledger.toml"\n'
    place = many.place(folder, *many.GOOD, more=more)
    about = (place / "north" / "portfolio.toml").read_text()
    (place / "ledger.toml").write_text(about.replace("Portfolio north", "The ledger"))
    small.notebook(place / "nb", "demo", TELLING)
    return place


def _told(place: Path, run: many.Ran) -> list[str]:
    """All that anybody could read of a run."""
    files = [path for path in place.rglob("*") if path.is_file() and path.suffix != ".csv"]
    return [run.out, run.err, *(path.read_bytes().decode("utf-8", "replace") for path in files)]


@pytest.mark.parametrize("password", [SECRET, "wr0ng/s3cr3t#word", None], ids=["right", "wrong", "none"])
def test_its_password_opens_it_and_is_told_nowhere(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, password: str | None
) -> None:
    from multiprocessing import forkserver

    forkserver._forkserver._stop()  # type: ignore[attr-defined]  # it has the environment that it began with
    monkeypatch.delenv(variable("ledger"), raising=False)
    if password is not None:
        monkeypatch.setenv(variable("ledger"), password)
    place = _place(tmp_path, database)
    run = many.vmo(place, "--log", str(place / "log.jsonl"))
    opened = password == SECRET
    assert run.status == (0 if opened else 2), run.err
    assert [many.row(run.out, id)[2] for id in many.GOOD] == ["done", "done"]
    assert many.row(run.out, "ledger")[2] == ("done" if opened else "refused"), run.out
    assert "Traceback" not in run.err
    assert (place / "shelf" / "index.html").is_file()
    if opened:
        reviews = [many.record(place)[id]["review"] for id in ("ledger", "north")]
        figures = [json.loads((place / "shelf" / one / "figures.json").read_text()) for one in reviews]
        assert figures[0] == figures[1], "the same tables say the same"
    told = "\n".join(_told(place, run))
    assert "dict(os.environ)" in told
    assert "s3cr3t" not in told
