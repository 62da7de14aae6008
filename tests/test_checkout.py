"""What the program finds beside its own code, wherever a module of it lives."""

import hashlib
import os
from pathlib import Path

from vmo_helpers.notebook import opening
from vmo_helpers.review.running import lifeline
from vmo_helpers.review.shelf import manifest

ROOT = Path(__file__).parents[1]


def test_without_data_a_notebook_opens_the_sample(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.delenv("VMO_DATA", raising=False)
    assert Path(opening.place(None)).samefile(ROOT / "data" / "sample")


def test_a_worker_imports_this_very_package() -> None:
    first = lifeline.python_environment()["PYTHONPATH"].split(os.pathsep)[0]
    assert Path(first).samefile(ROOT)


def test_the_programs_digest_covers_every_module() -> None:
    package = ROOT / "vmo_helpers"
    digest = hashlib.sha256()
    for path in sorted(path for path in package.rglob("*") if path.suffix in manifest.PROGRAM_FILES):
        name = path.relative_to(package).as_posix().encode()
        digest.update(name + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    assert manifest._program_digest() == digest.hexdigest()
