"""A PostgreSQL server of its own for a test: a cluster in a temporary folder, reached by a socket in it,
ended with the test.

PostgreSQL refuses to run as root: then it runs as the user ``postgres`` that its package brings.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def programs() -> Path | None:
    """The folder of ``initdb`` and ``pg_ctl``: on the path, or where Debian keeps them; None where there are
    none."""
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next(
        (place for place in places if (place / "initdb").exists() and (place / "pg_ctl").exists()), None
    )


@contextmanager
def server(bin_folder: Path, password: str | None = None) -> Iterator[str]:
    """A running server without TCP, that asks for a password where one is given; yields its URL, without it,
    for SQLAlchemy with the driver pg8000."""
    root = os.geteuid() == 0
    with tempfile.TemporaryDirectory(prefix="vmo-pg-") as made:
        cluster, socket = Path(made) / "cluster", Path(made)
        (secret := Path(made) / "password").write_text(password or "unused")
        if root:
            for place in (made, secret):
                shutil.chown(place, "postgres", "postgres")

        def run(*command: str) -> None:
            before = ["runuser", "-u", "postgres", "--"] if root else []
            subprocess.run(
                [*before, *command], check=True, cwd=made, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            )

        run(
            str(bin_folder / "initdb"),
            "-D",
            str(cluster),
            "-U",
            "vmo",
            "-A",
            "scram-sha-256" if password else "trust",
            "--pwfile",
            str(secret),
            "-E",
            "UTF8",
            "--locale=C",
        )
        listening = f"-c listen_addresses='' -k {socket} -c fsync=off"
        run(
            str(bin_folder / "pg_ctl"),
            "-D",
            str(cluster),
            "-o",
            listening,
            "-l",
            str(socket / "log"),
            "-w",
            "start",
        )
        try:
            yield f"postgresql+pg8000://vmo@/postgres?unix_sock={socket}/.s.PGSQL.5432"
        finally:
            run(str(bin_folder / "pg_ctl"), "-D", str(cluster), "-m", "immediate", "-w", "stop")
