"""`vmo` as a person meets it: help, messages, exit statuses, and what lies where afterwards."""

import json
import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.review import small
from vmo_helpers.cli.blank import ESSENTIALS, blank_portfolio
from vmo_helpers.cli.main import COMMANDS, main
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.review.shelf.shelf import Shelf

ESSENTIAL_FILES = {
    "index.html",
    "demo.html",
    "figures.json",
    "findings.json",
    "manifest.json",
    "notebooks/demo.ipynb",
}


def _error(capsys: pytest.CaptureFixture[str]) -> str:
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    return said.err


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_has_help_with_an_example_that_parses(
    command: object, capsys: pytest.CaptureFixture[str]
) -> None:
    from vmo_helpers.cli.main import Command, parser

    assert isinstance(command, Command)
    with pytest.raises(SystemExit) as left:
        main([command.name, "--help"])
    assert left.value.code == 0
    said = capsys.readouterr().out
    assert f"example:\n  {command.example}\n" in said
    assert "exit status:" in said
    assert parser().parse_args(shlex.split(command.example)[1:]).command == command.name


def test_no_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([])
    assert left.value.code == 2
    assert "usage: vmo" in capsys.readouterr().err


class TestWhatIsRefusedBeforeAnythingIsWritten:
    @pytest.fixture
    def arguments(self, tmp_path: Path) -> list[str]:
        data = small.portfolio(tmp_path / "data")
        small.notebook(tmp_path / "nb", "demo")
        return [
            "review",
            str(data),
            "--out",
            str(tmp_path / "shelf"),
            "--notebook-folder",
            str(tmp_path / "nb"),
            "--quiet",
        ]

    @pytest.mark.parametrize(
        ("more", "said"),
        [
            (
                ["--threshold", "okr_alignment_shar=0.7"],
                "threshold 'okr_alignment_shar' is not known; did you mean 'okr_alignment_share'?",
            ),
            (
                ["--threshold", "okr_alignment_share=80"],
                "must be a share from 0 to 1, not 80; did you mean 0.8?",
            ),
            (["--notebook", "demmo"], "there is no notebook 'demmo'; did you mean 'demo'?"),
            (["--stream", "S3"], "there is no value stream “S3”"),
            (["--as-of", "03.04.2026"], "--as-of '03.04.2026' is neither a day"),
            (["--from", "now"], "--from 'now' is neither a day"),
            (["--as-of", "2026-02-30"], "2026-02-30"),
            (["--as-of", "2026-03-06", "--from", "2026-03-07"], "after its end"),
            (["--config", "/nowhere/portfolio.toml"], "portfolio.toml"),
        ],
        ids=["threshold", "percent", "notebook", "stream", "as-of", "clock", "no such day", "from", "config"],
    )
    def test_a_parameter_that_does_not_fit(
        self,
        arguments: list[str],
        more: list[str],
        said: str,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        assert main([*arguments, *more]) == 2
        assert said in _error(capsys)
        assert not (tmp_path / "shelf").exists()

    @pytest.mark.parametrize(
        "more",
        [
            ["--threshold", "a"],
            ["--threshold", "a=b"],
            ["--timeout", "0"],
            ["--timeout", "soon"],
            ["--as-off", "x"],
        ],
    )
    def test_an_option_that_cannot_be_read(
        self, arguments: list[str], more: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit) as left:
            main([*arguments, *more])
        assert left.value.code == 2
        assert "vmo" in _error(capsys)

    def test_data_that_are_not_there(
        self, arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        arguments[1] = str(tmp_path / "nowhere")
        assert main(arguments) == 2
        assert "nowhere" in _error(capsys)
        assert not (tmp_path / "shelf").exists()

    def test_data_that_break_the_contract_with_every_problem_at_once(
        self, arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        broken = small.TABLES["transitions"].replace("B,2026-02-06", "Z,someday")
        arguments[1] = str(small.portfolio(tmp_path / "broken", transitions=broken))
        assert main(arguments) == 2
        said = _error(capsys)
        assert "“Z”" in said
        assert "someday" in said
        assert not (tmp_path / "shelf").exists()

    def test_a_notebook_without_its_parameters_tag(
        self, arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        small.notebook(tmp_path / "nb", "untagged", tags=())
        assert main([*arguments, "--notebook", "untagged"]) == 2
        assert "untagged.ipynb has no cell tagged 'parameters'" in _error(capsys)

    def test_a_notebook_that_does_not_take_what_a_review_gives(
        self, arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        small.notebook(tmp_path / "nb", "old", parameters=small.PARAMETERS.replace("as_of =", "asof ="))
        assert main(arguments) == 2
        assert "old knows no parameter 'as_of'; did you mean 'asof'?" in _error(capsys)

    def test_a_shelf_that_is_a_file(
        self, arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "shelf").write_text("mine")
        assert main(arguments) == 4
        assert "is a file" in _error(capsys)
        assert (tmp_path / "shelf").read_text() == "mine"


def _review(tmp_path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    arguments = ["--out", tmp_path / "shelf", "--notebook-folder", tmp_path / "nb", *more]
    return small.vmo("review", tmp_path / "data", *arguments, cwd=tmp_path)


def test_a_review_from_end_to_end(tmp_path: Path) -> None:
    """Made, made again (the same), made of an earlier day afterwards: nothing that stood is touched or put in
    another order."""
    small.portfolio(tmp_path / "data")
    small.notebook(tmp_path / "nb", "demo")
    outbox = tmp_path / "outbox"
    run = _review(tmp_path, "--notify", outbox)
    assert (run.returncode, run.stderr.count("\n")) == (0, 2)
    (first,) = small.reviews(tmp_path / "shelf")
    assert [path.name for path in outbox.iterdir()] == [f"{first.name}.eml"]
    (outbox / f"{first.name}.eml").unlink()
    assert first.name.startswith("2026-03-06-")
    assert f"shelf/{first.name}/index.html" in run.stdout
    assert "3 items are in the data" in run.stdout
    assert set(small.content(first)) == ESSENTIAL_FILES | {"tables/demo/count_table.csv"}
    manifest = json.loads((first / "manifest.json").read_text())
    assert manifest["exit_status"] == 0
    assert {entry["name"]: entry["rows"] for entry in manifest["input"]}["transitions.csv"] == 5
    assert str(tmp_path) not in "".join(
        (first / name).read_text() for name in ESSENTIAL_FILES - {"notebooks/demo.ipynb"}
    )
    before = small.content(tmp_path / "shelf")

    again = _review(tmp_path, "--quiet", "--notify", outbox)
    assert (again.returncode, again.stderr) == (0, "")
    assert "it was there already" in again.stdout
    assert list(outbox.iterdir()) == [], "what stood already is not told again"
    assert small.content(tmp_path / "shelf") == before

    earlier = _review(tmp_path, "--as-of", "2026-02-28")
    assert earlier.returncode == 0
    after = small.content(tmp_path / "shelf")
    assert {name: after[name] for name in before if name != "index.html"} == {
        name: before[name] for name in before if name != "index.html"
    }
    assert [review.manifest["as_of_day"] for review in Shelf(tmp_path / "shelf").reviews()] == [
        "2026-02-28",
        "2026-03-06",
    ]
    index = (tmp_path / "shelf" / "index.html").read_text()
    assert index.index("2026-03-06-") < index.index("2026-02-28-")

    later = _review(tmp_path)
    assert "it was there already" not in later.stdout, "there is an earlier review to compare with now"
    newest = next(
        path
        for path in small.reviews(tmp_path / "shelf")
        if path.name.startswith("2026-03-06-") and path != first
    )
    figures = json.loads((newest / "figures.json").read_text())
    assert figures["demo.items"]["previous"] == 3


def test_the_same_data_give_the_same_bytes_on_any_shelf(tmp_path: Path) -> None:
    data = small.portfolio(tmp_path / "data")
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "copy").mkdir(parents=True)
    for path in data.iterdir():
        (elsewhere / "copy" / path.name).write_bytes(path.read_bytes())
    small.notebook(tmp_path / "nb", "demo")
    for where, shelf in ((data, tmp_path / "one"), (elsewhere / "copy", elsewhere / "two")):
        hash_seed = {"PYTHONHASHSEED": str(len(str(shelf)))} if shelf.name == "two" else {}
        run = small.vmo(
            "review",
            where,
            "--out",
            shelf,
            "--notebook-folder",
            tmp_path / "nb",
            env=small.environment(**hash_seed),
        )
        assert run.returncode == 0, run.stderr
    (one,), (two,) = small.reviews(tmp_path / "one"), small.reviews(elsewhere / "two")
    assert one.name == two.name
    exempt = ("notebooks/demo.ipynb", "manifest.json")
    left, right = (
        {name: text for name, text in small.content(folder).items() if name not in exempt}
        for folder in (one, two)
    )
    assert left == right
    manifests = [json.loads((folder / "manifest.json").read_text()) for folder in (one, two)]
    for manifest in manifests:
        del manifest["times"]
    assert manifests[0] == manifests[1]


def test_the_closing_notebook_reads_what_the_others_found_and_is_the_index(tmp_path: Path) -> None:
    small.portfolio(tmp_path / "data")
    small.notebook(tmp_path / "nb", "demo")
    read = (
        "import json, pathlib; found = json.loads((pathlib.Path(review) / "
        "'figures.json').read_text())['demo.items']['value']"
    )
    say = small.SAY.replace("items are in the data", "items were found by the others").replace(
        "len(portfolio.work_items)", "found"
    )
    cells = [
        small.PARAMETERS + "review = None\n",
        read,
        small.OPEN.format(name="portfolio_review"),
        say.format(name="portfolio_review"),
    ]
    small.bare(tmp_path / "nb", "portfolio_review", *cells)
    run = _review(tmp_path)
    assert run.returncode == 0, run.stdout + run.stderr
    (review,) = small.reviews(tmp_path / "shelf")
    assert "3 items were found by the others" in (review / "index.html").read_text()
    assert list(json.loads((review / "figures.json").read_text())) == ["demo.items", "portfolio_review.items"]
    assert not (review / "portfolio_review.html").exists()


def test_a_notebook_that_reports_under_another_name_has_failed(tmp_path: Path) -> None:
    small.portfolio(tmp_path / "data")
    small.notebook(tmp_path / "nb", "demo")
    (tmp_path / "nb" / "demo.ipynb").rename(tmp_path / "nb" / "weekly.ipynb")
    small.notebook(tmp_path / "nb", "other")
    run = _review(tmp_path)
    assert run.returncode == 3
    assert "weekly FAILED: it was run as 'weekly' and reports as 'demo'" in run.stdout
    assert "open_review('weekly', …)" in run.stdout and "call its file demo.ipynb" in run.stdout
    (review,) = small.reviews(tmp_path / "shelf")
    assert list(json.loads((review / "figures.json").read_text())) == ["other.items"]
    assert (review / "other.html").exists() and not (review / "weekly.html").exists()


def test_init_writes_tables_that_check_accepts(tmp_path: Path) -> None:
    made = small.vmo("init", "mine", cwd=tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    assert "vmo check mine" in made.stdout
    names = {path.name for path in (tmp_path / "mine").iterdir()}
    assert {
        "README.md",
        "portfolio.toml",
        "work_items.csv",
        "transitions.csv",
        "states.csv",
        "decisions.csv",
    } <= names
    assert (
        tmp_path / "mine" / "value_streams.csv"
    ).read_text() == "value_stream_id,name,type,parent_id,owner,people,wip_limit\n"
    again = small.vmo("init", "mine", cwd=tmp_path)
    assert again.returncode == 4
    assert "Nothing was written" in again.stderr
    checked = small.vmo("check", "mine", cwd=tmp_path)
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize("table", ESSENTIALS)
def test_the_readme_of_an_empty_portfolio_names_the_columns_that_are_needed(table: str) -> None:
    said = blank_portfolio("mine", "mine")["README.md"]
    (line,) = [line for line in said.splitlines() if line.startswith(f"| {table} |")]
    filled, kept = (re.findall(r"`(\w+)`", cell) for cell in line.split("|")[3:5])
    columns = TABLES[table].columns
    assert filled == [column.name for column in columns if column.filled and column.required]
    assert sorted(filled + kept) == sorted(column.name for column in columns if column.required)
    assert "Keep this header line and leave cells empty" in " ".join(said.split())


def test_check_tells_what_is_there_and_refuses_what_cannot_be_used(tmp_path: Path) -> None:
    data = small.portfolio(tmp_path / "data")
    checked = small.vmo("check", data)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "work_items" in checked.stdout
    told = checked.stdout.split("\nNotebooks\n")[1].split("\n\n")[0].splitlines()
    assert {line.split()[0] for line in told} == {
        path.stem for path in (Path(__file__).parents[1] / "notebooks").glob("*.ipynb")
    }
    (data / "states.csv").write_text("state,class\ndoing,activ\n")
    refused = small.vmo("check", data)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "states" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    data = small.portfolio(tmp_path / "data")
    read, write = os.pipe()
    os.close(read)
    process = subprocess.run(
        small.command("check", data),
        stdout=write,
        stderr=subprocess.PIPE,
        env=small.environment(),
        text=True,
        check=False,
    )
    os.close(write)
    assert process.stderr == ""


def test_an_error_without_words_is_a_paragraph_and_not_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from vmo_helpers.cli import blank

    def broken(*_: object) -> dict[str, str]:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(blank, "blank_portfolio", broken)
    assert main(["init", "mine"]) == 1
    assert "ZeroDivisionError: division by zero. This is a fault of the program" in _error(capsys)
    assert not Path("mine").exists()
