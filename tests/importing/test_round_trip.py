"""The sample, through each tracker's format and back, gives the same tables."""

from pathlib import Path

import pandas as pd
import pytest

from tests.importing import round_trip
from vmo_helpers.cli.main import main
from vmo_helpers.sources import load

KINDS = {
    "jira": (round_trip.as_jira, str),
    "azure-devops": (round_trip.as_azure_devops, lambda key: key.partition("-")[2]),
}


@pytest.fixture(scope="module", params=KINDS)
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, Path]:
    """(the tool, the sample as it can hold it, the sample through its format)."""
    write, keys = KINDS[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    tables = round_trip.sample(keys)
    reference = round_trip.written(tables, folder / "reference")
    out = round_trip.written(tables, folder / "through", without=round_trip.HELD)
    map_file = write(tables, folder / "export")
    arguments = ["import", request.param, str(folder / "export"), "--out", str(out), "--map", str(map_file)]
    assert main(arguments) == 0
    return request.param, reference, out


def test_the_tables_are_the_same(both: tuple[str, Path, Path]) -> None:
    tool, reference, out = both
    ours, theirs = load(reference), load(out)
    assert not [note for note in theirs.notes if "guess" in note.sentence]
    for name in round_trip.HELD:
        keys = {
            "transitions": ["item_id", "at", "order"],
            "blockers": ["item_id", "from_at"],
            "states": ["state"],
            "plan_changes": ["key", "column", "changed_at"],
        }
        frames = []
        for portfolio in (ours, theirs):
            frame = portfolio.tables[name].drop(columns=["seq", "recorded_at", "started_at"], errors="ignore")
            if name == "plan_changes":
                frame = frame.assign(old_value=frame["old_value"].str.removesuffix(".0"))
            if name == "transitions":
                frame = frame.assign(
                    order=portfolio.tables[name]["seq"].fillna(1),
                    to_state=frame["to_state"].astype(str),
                    from_state=frame["from_state"].astype(object),
                )
            if name == "blockers" and tool == "azure-devops":
                frame = frame.drop(columns="reason")
            frames.append(frame.sort_values(keys.get(name, list(frame.columns[:2])), ignore_index=True))
        pd.testing.assert_frame_equal(*frames, check_like=True)
