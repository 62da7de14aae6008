"""The small review in ``data/review`` that portfolio_review sums up when it is run alone: ``make example``
writes it again.

Four months of the sample on a shelf; of the last one the four files that the notebook reads, without the
names of the earlier reviews, which change with every version of the program.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from tests.review import small

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "data" / "sample"
KEPT = ROOT / "data" / "review"
FILES = ("figures.json", "findings.json", "history.json", "outcome.json")
DAYS = ("2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31")


def put_on(shelf: Path, *days: str, **options: Any) -> list[Path]:
    """A review of the sample as of each day, in the order given; returns their folders."""
    made = []
    for day in days:
        run = small.vmo("review", SAMPLE, "--out", shelf, "--as-of", day, **options)
        assert run.returncode == 0, run.stderr
        made.append(next(folder for folder in small.reviews(shelf) if folder.name.startswith(day)))
    return made


def normalised(review: Path) -> dict[str, str]:
    """The files as they are kept: an earlier review is called by its day, and portfolio_review's own findings
    are left out."""
    texts = {name: (review / name).read_text(encoding="utf-8") for name in FILES}
    history = json.loads(texts["history.json"])
    for earlier in history["reviews"]:
        earlier["name"] = earlier["day"]
    own = ("decisions.", "changes.", "places.", "value.late_decision")
    history["findings"] = {key: told for key, told in history["findings"].items() if not key.startswith(own)}
    figures = {
        key: entry for key, entry in json.loads(texts["figures.json"]).items() if not key.startswith(own)
    }
    findings = [entry for entry in json.loads(texts["findings.json"]) if not entry["rule"].startswith(own)]
    whole = {
        "figures.json": figures,
        "findings.json": findings,
        "history.json": history,
        "outcome.json": json.loads(texts["outcome.json"]),
    }
    return {name: json.dumps(value, ensure_ascii=False, indent=1) + "\n" for name, value in whole.items()}


def main() -> None:
    """Write ``data/review`` again."""
    with tempfile.TemporaryDirectory() as folder:
        last = put_on(Path(folder) / "shelf", *DAYS, drawn=False)[-1]
        shutil.rmtree(KEPT, ignore_errors=True)
        KEPT.mkdir(parents=True)
        for name, text in normalised(last).items():
            (KEPT / name).write_text(text, encoding="utf-8", newline="\n")
    print(f"{KEPT.relative_to(ROOT)} written again")  # noqa: T201


if __name__ == "__main__":
    main()
