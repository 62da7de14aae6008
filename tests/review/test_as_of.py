"""A review as of the 6th, made on the 12th: facts that came since change no byte of what it says."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests.review import small
from vmo_helpers.contract.schema import TABLES

SAMPLE = Path(__file__).parents[1] / "golden" / "small"
AS_OF = "2026-07-31"
ZONE = "Europe/Berlin"
SAYS = ("figures.json", "findings.json", "tables", ".html")
Tables = dict[str, pd.DataFrame]


def _written(tables: Tables, folder: Path) -> Path:
    folder.mkdir()
    shutil.copy(SAMPLE / "portfolio.toml", folder)
    for name, frame in tables.items():
        frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    return folder


def _is_later(cell: str) -> bool:
    if not cell:
        return False
    at = pd.Timestamp(cell)
    return (at if at.tzinfo else at.tz_localize(ZONE)) > pd.Timestamp(f"{AS_OF}T23:59:59.999999").tz_localize(
        ZONE
    )


def _later(name: str, frame: pd.DataFrame) -> pd.Series:
    table, later = TABLES[name], pd.Series(False, index=frame.index)
    for column in {table.known_from, "recorded_at"} & set(frame.columns):
        found = frame[column].map(_is_later).astype(bool)
        later |= (
            found & frame["kind"].ne("forecast") if (name, column) == ("spend", table.known_from) else found
        )
    return later


def _then_and_now() -> tuple[Tables, Tables]:
    """The tables of the 6th, and those of the 12th: the same rows with the later ones under them."""
    whole = {
        path.stem: pd.read_csv(path, dtype=str, keep_default_na=False)
        for path in sorted(SAMPLE.glob("*.csv"))
    }
    later = {name: _later(name, frame) for name, frame in whole.items()}
    while True:
        before = sum(int(mask.sum()) for mask in later.values())
        for name, frame in whole.items():
            for column in TABLES[name].columns:
                if column.refers in whole and column.name in frame and column.refers != "states":
                    key = TABLES[column.refers].key[0]
                    unknown = set(whole[column.refers].loc[later[column.refers], key])
                    lost = frame[column.name].isin(unknown) & ~later[name]
                    if column.filled or name == "spend":
                        later[name] |= lost
                    else:
                        frame.loc[lost, column.name] = ""
        if sum(int(mask.sum()) for mask in later.values()) == before:
            break
    then = {name: frame[~later[name]] for name, frame in whole.items()}
    return then, {name: pd.concat([then[name], frame[later[name]]]) for name, frame in whole.items()}


@pytest.mark.slow
@pytest.mark.parametrize(
    "names",
    [
        ("okr_alignment", "watermelon_metrics", "value_and_funding"),
        pytest.param((), marks=pytest.mark.deep, id="every deck"),
    ],
)
def test_rows_that_came_later_change_no_byte_of_a_review_of_an_earlier_day(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    then, now = _then_and_now()
    assert sum(len(now[name]) - len(then[name]) for name in now) > 300
    said, chosen = [], ("--notebook", *names) if names else ()
    for name, tables in (("sixth", then), ("twelfth", now)):
        data = _written(tables, tmp_path / name)
        run = small.vmo(
            "review", data, "--as-of", AS_OF, "--out", tmp_path / f"{name}_shelf", *chosen, drawn=False
        )
        assert run.returncode == 0, run.stderr
        (review,) = (path for path in (tmp_path / f"{name}_shelf").iterdir() if path.is_dir())
        files = {
            path.relative_to(review).as_posix(): path.read_bytes()
            for path in review.rglob("*")
            if path.is_file()
        }
        said.append(
            {
                path: text
                for path, text in files.items()
                if path.startswith(SAYS[:3]) or path.endswith(SAYS[3])
            }
        )
    sixth, twelfth = said
    assert sixth.keys() == twelfth.keys() and len([path for path in sixth if path.endswith(".html")]) >= 4
    assert [path for path in sixth if sixth[path] != twelfth[path]] == []
