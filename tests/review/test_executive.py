"""The page that a leader opens, made from real reviews: asked today, changed, decided; with a shelf, with
failures, with few tables."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.review import example, small
from tests.review.test_page import Outline
from vmo_helpers import found_in, open_review

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"
FAST = ("--notebook", "flow_analysis", "--notebook", "portfolio_review")


def outline(review: Path) -> Outline:
    return Outline((review / "index.html").read_text(encoding="utf-8"))


def said(review: Path) -> str:
    return " ".join(" ".join(outline(review).texts).split())


def history(review: Path) -> dict[str, Any]:
    return dict(json.loads((review / "history.json").read_text(encoding="utf-8")))


def findings(review: Path) -> dict[str, dict[str, Any]]:
    return {
        entry["id"]: entry for entry in json.loads((review / "findings.json").read_text(encoding="utf-8"))
    }


def run(data: Path, shelf: Path, day: str, *more: str | Path, status: int = 0) -> Path:
    """A review of that day; the one made last of that day."""
    before = set(small.reviews(shelf)) if shelf.exists() else set()
    done = small.vmo("review", data, "--out", shelf, "--as-of", day, *more, drawn=False)
    assert done.returncode == status, done.stderr
    new = [folder for folder in small.reviews(shelf) if folder not in before]
    return new[0] if new else next(folder for folder in small.reviews(shelf) if folder.name.startswith(day))


@pytest.fixture(scope="module")
def march(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Three items, and a shelf with their review of March; only to be read."""
    folder = tmp_path_factory.mktemp("march")
    data = small.portfolio(folder / "data")
    run(data, folder / "shelf", "2026-03-31", *FAST)
    return data, folder / "shelf"


class TestThePage:
    def test_what_is_asked_comes_first_then_tiles_changes_decisions_questions(self, latest: Path) -> None:
        text = said(latest)
        parts = (
            "Decisions asked today",
            "Ranked by what a month of waiting costs",
            "Lead time to value",
            "What changed since last time?",
            "Which numbers moved?",
            "What became of what was decided?",
            "What might leaders ask?",
        )
        assert [text.find(part) for part in parts] == sorted(text.find(part) for part in parts)
        assert text.find(parts[0]) > 0

    def test_at_most_five_are_asked_each_with_owner_cost_and_a_way_that_leads_somewhere(
        self, latest: Path
    ) -> None:
        page = outline(latest)
        ids = {
            deck: {tag.get("id") for tag in Outline((latest / deck).read_text(encoding="utf-8")).all("div")}
            for deck in ("index.html", "flow_analysis.html", "watermelon_metrics.html", "okr_alignment.html")
        }
        ways = [tag["href"] for tag in page.all("a") if tag.get("href", "").partition("#")[0] in (*ids, "")]
        leading = [way for way in ways if "#" in way]
        assert len(leading) >= 10
        broken = [
            way
            for way in leading
            if way != "#content" and way.partition("#")[2] not in ids[way.partition("#")[0] or "index.html"]
        ]
        assert broken == []
        assert said(latest).count(", weighted ") == 5
        assert said(latest).count("Why?") == 5 + 1  # and once of the signs of the place that leads

    def test_each_of_the_four_leading_figures_has_its_place(self, latest: Path) -> None:
        tiles = outline(latest).all("ul")
        assert not any("three" in tag.get("class", "") for tag in tiles)
        assert "Benefits realised" in said(latest)

    def test_it_is_small_and_stands_alone(self, latest: Path) -> None:
        text = (latest / "index.html").read_text(encoding="utf-8")
        assert len(text) < 3_000_000
        assert not re.search(r'(?:src|href)="https?://', text)


@pytest.mark.deep
class TestTheShelf:
    def test_the_committed_review_of_the_sample_is_what_is_made_today(self, months: list[Path]) -> None:
        """``make example`` writes it again."""
        kept = {name: (example.KEPT / name).read_text(encoding="utf-8") for name in example.FILES}
        made = example.normalised(months[-1])
        assert [name for name in example.FILES if made[name] != kept[name]] == []

    def test_each_review_looks_back_at_the_earlier_ones_alone(self, months: list[Path]) -> None:
        assert [[one["day"] for one in history(review)["reviews"]] for review in months] == [
            list(example.DAYS[:place]) for place in range(4)
        ]

    def test_a_findings_first_day_and_its_change_agree_with_the_shelf(self, months: list[Path]) -> None:
        raised = [
            {key for key, entry in findings(review).items() if entry["severity"] in ("alarm", "warning")}
            for review in months
        ]
        whole = findings(months[-1])["changes.since_last:portfolio"]["details"]
        own = ("decisions.", "changes.", "places.", "value.late_decision")
        now, before = ({key for key in keys if not key.startswith(own)} for keys in (raised[3], raised[2]))
        ended = whole["ended_reached"] + whole["ended_missed"]
        came, went = (whole["new"] + whole["known_again"], whole["cleared"] + whole["unsaid"])
        assert came <= len(now - before) <= came + ended
        assert went <= len(before - now) <= went + ended
        assert whole["still"] + whole["worse"] + whole["better"] == len(now & before)
        for key in now - before:
            assert findings(months[-1])[key]["first_seen"] == example.DAYS[-1]

    def test_what_comes_and_goes_is_said(self, months: list[Path]) -> None:
        flapping = findings(months[-1]).get("changes.comes_and_goes:portfolio")
        assert flapping is not None
        for key in flapping["details"]["subjects"]:
            severities = [
                findings(review).get(key, {}).get("severity") in ("alarm", "warning") for review in months
            ]
            assert "".join("x" if raised else "-" for raised in severities).strip("-").count("-x") >= 1
        assert "comes and goes" in said(months[-1])

    def test_an_old_date_run_again_changes_nothing(self, months: list[Path], tmp_path: Path) -> None:
        shelf = Path(shutil.copytree(months[0].parent, tmp_path / "shelf"))
        before = {name: content for name, content in small.content(shelf).items() if "manifest" not in name}
        again = run(example.SAMPLE, shelf, example.DAYS[1])
        assert again.name == months[1].name
        assert {
            name: content for name, content in small.content(shelf).items() if "manifest" not in name
        } == before

    def test_an_old_date_run_for_the_first_time_leaves_later_reviews_as_they_were(
        self, march: tuple[Path, Path], tmp_path: Path
    ) -> None:
        data, shelf = march[0], Path(shutil.copytree(march[1], tmp_path / "shelf"))
        (first,) = small.reviews(shelf)
        may = run(data, shelf, "2026-05-31", *FAST)
        before = small.content(may)
        april = run(data, shelf, "2026-04-30", *FAST)
        assert [one["name"] for one in history(april)["reviews"]] == [first.name]
        assert small.content(may) == before
        again = run(data, shelf, "2026-05-31", *FAST)
        assert again != may
        assert [one["day"] for one in history(again)["reviews"]] == ["2026-03-31", "2026-04-30"]

    def test_the_same_shelf_gives_the_same_page(self, march: tuple[Path, Path], tmp_path: Path) -> None:
        pages = []
        for name in ("one", "two"):
            shelf = Path(shutil.copytree(march[1], tmp_path / name))
            last = small.content(run(march[0], shelf, "2026-04-30", *FAST))
            pages.append(
                {
                    name: content
                    for name, content in last.items()
                    if not name.startswith(("notebooks/", "manifest"))
                }
            )
        assert pages[0] == pages[1]


class TestAReviewWithHoles:
    @pytest.mark.deep
    def test_a_notebook_that_failed_is_named_with_its_last_good_deck_and_clears_nothing(
        self, months: list[Path], tmp_path: Path
    ) -> None:
        folder, shelf = tmp_path / "notebooks", tmp_path / "shelf"
        shutil.copytree(NOTEBOOKS, folder)
        shutil.copytree(months[2], shelf / months[2].name)
        path = folder / "watermelon_metrics.ipynb"
        notebook = json.loads(path.read_text(encoding="utf-8"))
        notebook["cells"].insert(
            4,
            {
                "cell_type": "code",
                "id": "boom",
                "metadata": {},
                "outputs": [],
                "execution_count": None,
                "source": "1 / 0",
            },
        )
        path.write_text(json.dumps(notebook), encoding="utf-8")
        review = run(example.SAMPLE, shelf, example.DAYS[-1], "--notebook-folder", folder, status=3)
        text = said(review)
        assert "There is no Watermelons deck in this review" in text
        assert "The last good one, as of 30 September 2026" in text
        links = {tag.get("href") for tag in outline(review).all("a")}
        assert f"../{months[2].name}/watermelon_metrics.html" in links
        assert not {link for link in links if link and link.startswith("watermelon_metrics")}
        assert "unknown" in text
        changes = findings(review)["changes.since_last:portfolio"]["details"]
        before = [
            key
            for key, entry in findings(months[2]).items()
            if entry["severity"] in ("alarm", "warning") and entry["deck"] == path.stem
        ]
        assert changes["unseen"] == len(before)

    @pytest.mark.deep
    def test_a_folder_of_flow_tables_alone_has_a_page_that_says_what_is_missing(self, tmp_path: Path) -> None:
        data = small.portfolio(tmp_path / "data")
        review = run(data, tmp_path / "shelf", "2026-04-30")
        text = said(review)
        assert "No conclusion on past decisions: none is on record" in text
        assert "This is the first review on its shelf" in text
        assert "Not there: decisions" in text

    def test_alone_it_says_that_no_other_notebook_ran(self, tmp_path: Path) -> None:
        review = run(
            small.portfolio(tmp_path / "data"),
            tmp_path / "shelf",
            "2026-04-30",
            "--notebook",
            "portfolio_review",
        )
        assert "No conclusion: no other notebook ran in this review" in said(review)

    def test_a_review_of_something_else_is_refused(self, tmp_path: Path) -> None:
        data = small.portfolio(tmp_path / "data")
        opened = open_review("portfolio_review", data, as_of="2026-04-30")
        with pytest.raises(ValueError, match="of something else than the data"):
            found_in(example.KEPT).check(opened.portfolio.settings.name, opened.window.end_day, [])
        with pytest.raises(ValueError, match="there is no review at"):
            found_in(tmp_path / "nowhere")


def test_a_decision_that_was_recorded_is_followed_by_the_next_review(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(example.SAMPLE, data)
    told = small.vmo(
        "decide",
        data,
        "--id",
        "D-001",
        "--outcome",
        "free",
        "--by",
        "Value sync",
        "--due",
        "2026-11-20",
        "--decided",
        "2026-11-02T10:00:00+01:00",
    )
    assert told.returncode == 0, told.stderr
    alone = ("--notebook", "portfolio_review")
    before = run(data, tmp_path / "shelf", "2026-10-31", *alone)
    after = run(data, tmp_path / "shelf", "2026-11-30", *alone)
    assert "decisions.ask:D-001" in findings(before)
    assert "decisions.ask:D-001" not in findings(after)
    assert findings(after)["value.late_decision:D-001"]["value"] == 10
    figures = [
        json.loads((review / "figures.json").read_text(encoding="utf-8")) for review in (before, after)
    ]
    assert [one["decisions.open"]["value"] for one in figures] == [5, 4]
    assert figures[1]["decisions.carried_through_share"]["previous"] == 0.8
