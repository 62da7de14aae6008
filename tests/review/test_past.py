"""What a closing notebook is told of the shelf and of the other notebooks."""

import json
from pathlib import Path
from typing import Any

import pytest

from vmo_helpers import found_in
from vmo_helpers.review.shelf import joined, past
from vmo_helpers.review.shelf.shelf import Review


def _review(root: Path, day: str, findings: Any, figures: Any) -> Review:
    folder = root / f"{day}-aa"
    folder.mkdir()
    (folder / "findings.json").write_text(findings if isinstance(findings, str) else json.dumps(findings))
    (folder / "figures.json").write_text(json.dumps(figures))
    return Review(
        folder,
        {"as_of": f"{day}T21:59:59Z", "as_of_day": day, "outcome": {"flow_analysis": {"status": "done"}}},
    )


def _finding(severity: str, sentence: str = "It stands") -> dict[str, Any]:
    return {
        "id": "flow.x:E-1",
        "rule": "flow.x",
        "subject": "E-1",
        "severity": severity,
        "sentence": sentence,
        "money": 5.0,
        "deck": "flow_analysis",
    }


def test_a_finding_is_told_by_review_in_the_words_of_the_last_that_raised_it(tmp_path: Path) -> None:
    earlier = [
        _review(tmp_path, "2026-07-31", [_finding("alarm", "old words")], {"flow.wip": {"value": 3}}),
        _review(tmp_path, "2026-08-31", [_finding("warning", "new words")], {"flow.wip": {"value": None}}),
        _review(tmp_path, "2026-09-30", [_finding("good", "all is well")], {}),
    ]
    past.write_history(tmp_path, earlier)
    told = json.loads((tmp_path / "history.json").read_text())
    assert [one["day"] for one in told["reviews"]] == ["2026-07-31", "2026-08-31", "2026-09-30"]
    assert told["figures"] == {"flow.wip": [3, None, None]}
    assert told["n"] == {"flow.wip": [None, None, None]}
    assert told["findings"]["flow.x:E-1"]["severity"] == ["alarm", "warning", None]
    assert told["findings"]["flow.x:E-1"]["sentence"] == "new words"


def test_what_was_never_raised_is_not_told_and_a_file_that_cannot_be_read_says_nothing(
    tmp_path: Path,
) -> None:
    earlier = [
        _review(tmp_path, "2026-07-31", [_finding("note")], {}),
        _review(tmp_path, "2026-08-31", "{half", {}),
    ]
    past.write_history(tmp_path, earlier)
    assert json.loads((tmp_path / "history.json").read_text())["findings"] == {}


def test_a_finding_that_two_notebooks_show_is_kept_once_with_its_first_place(tmp_path: Path) -> None:
    for name, slide in (("one", "first"), ("two", "second")):
        folder = tmp_path / "results" / name / "findings"
        folder.mkdir(parents=True)
        (folder / f"{name}.json").write_text(
            json.dumps([{**_finding("alarm"), "deck": name, "slide": slide}])
        )
    review = tmp_path / "review"
    review.mkdir()
    assert joined.join(["one", "two"], tmp_path / "results", review) == {}
    (kept,) = json.loads((review / "findings.json").read_text())
    assert (kept["deck"], kept["slide"]) == ("one", "first")


def test_a_review_without_outcome_and_history_is_read_from_its_findings(tmp_path: Path) -> None:
    _review(
        tmp_path,
        "2026-07-31",
        [_finding("alarm")],
        {"flow.wip": {"value": 3, "unit": "items", "n": 3, "to": "2026-07-31"}},
    )
    found = found_in(tmp_path / "2026-07-31-aa")
    assert (found.complete, found.as_of_day, found.day_before) == (
        frozenset({"flow_analysis"}),
        "2026-07-31",
        None,
    )
    assert found.findings["id"].tolist() == ["flow.x:E-1"]


def test_half_a_file_is_refused_by_name(tmp_path: Path) -> None:
    _review(tmp_path, "2026-07-31", "[{", {})
    with pytest.raises(ValueError, match=r"findings\.json of the review cannot be read"):
        found_in(tmp_path / "2026-07-31-aa")


@pytest.mark.parametrize(("n", "known"), [(3, False), (4, False), (5, True), (0, True), (None, True)])
def test_a_figure_that_rested_on_too_few_is_no_past_to_compare_with(
    tmp_path: Path, n: int | None, known: bool
) -> None:
    share = {"value": 0.5, "unit": "share", "n": n}
    then = {"value.benefit_realisation": share, "transition.impact": share}
    past.write_history(tmp_path, [_review(tmp_path, "2026-07-31", [], then)])
    told = found_in(tmp_path).past_figures.set_index("key")["values"]
    assert told["value.benefit_realisation"] == [0.5 if known else None]
    assert told["transition.impact"] == [0.5]  # its n is of inputs
