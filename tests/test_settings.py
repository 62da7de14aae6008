"""portfolio.toml."""

from pathlib import Path

import pytest

from vmo_helpers.portfolio import Settings
from vmo_helpers.sources import portfolio_toml as settings

FULL = """
[portfolio]
name = "Northwind Retail"
currency = "EUR"
timezone = "Europe/Berlin"
review_level = "epic"
office = "PMO"
vmo_since = 2026-01-01

[calendar]
working_days = ["mon", "Tuesday", "wed", "thu", "fri"]
holidays = ["2026-12-25", 2026-01-01]

[thresholds]
okr_alignment_share = 0.75

[value_framework]
version = "2026-07"
roi = 0.6
risk = 0.4

[guardrails]
evaluating = 0.1

[guardrails.work_type]
debt = 0.2

[assessment]
pm_maturity = 3
"""


def read(tmp_path: Path, text: str) -> settings.Stated:
    path = tmp_path / "portfolio.toml"
    path.write_text(text, encoding="utf-8")
    return settings.read(path, "folder")


def problems(tmp_path: Path, text: str) -> list[str]:
    return [str(problem) for problem in read(tmp_path, text).problems]


def test_everything_that_the_file_says_is_read(tmp_path: Path) -> None:
    stated = read(tmp_path, FULL)
    assert stated.problems == () and stated.notes == () and stated.level
    assert stated.settings == Settings(
        "Northwind Retail",
        "EUR",
        "Europe/Berlin",
        "epic",
        (0, 1, 2, 3, 4),
        ("2026-01-01", "2026-12-25"),
        {"okr_alignment_share": 0.75},
        {"version": "2026-07", "roi": 0.6, "risk": 0.4},
        {"evaluating": 0.1},
        {"pm_maturity": 3.0},
        {"debt": 0.2},
        "pmo",
        "2026-01-01",
    )
    assert stated.files[0]["name"] == "portfolio.toml" and len(stated.files[0]["sha256"]) == 64


def test_without_a_file_the_name_of_the_source_and_utc_are_assumed_and_said() -> None:
    stated = settings.read(None, "folder")
    assert stated.settings == Settings(name="folder") and not stated.level and stated.problems == ()
    assert (
        stated.notes[0].kind == "assumed"
        and "folder" in stated.notes[0].sentence
        and "UTC" in stated.notes[0].sentence
    )


def test_what_a_file_does_not_say_is_assumed_and_said(tmp_path: Path) -> None:
    stated = read(tmp_path, '[portfolio]\nname = "A"\ncurrency = "SEK"')
    assert stated.settings == Settings(name="A", currency="SEK") and not stated.level
    assert (
        stated.notes[0].sentence
        == "portfolio.toml does not say timezone, review_level: the usual was assumed"
    )


def test_a_calendar_without_working_days_is_monday_to_friday(tmp_path: Path) -> None:
    assert read(tmp_path, "[calendar]\nholidays = []").settings.working_days == (0, 1, 2, 3, 4)


def test_without_a_calendar_durations_are_elapsed_days(tmp_path: Path) -> None:
    assert read(tmp_path, FULL.split("[calendar]")[0]).settings.working_days is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[portfolios]", "portfolios: this section is not known; did you mean portfolio?"),
        (
            '[portfolio]\ntimezon = "UTC"',
            "[portfolio] timezon: this name is not known; did you mean timezone?",
        ),
        (
            '[portfolio]\ntimezone = "Europe/Berlinn"',
            "“Europe/Berlinn” is no time zone; expected a name such as Europe/Berlin",
        ),
        ("[portfolio]\nname = 5", "[portfolio] name: expected a text, not “5”"),
        ("portfolio = 5", "portfolio: expected a section [portfolio], not “5”"),
        ("[thresholds]\nokr_alignment_shares = 0.8", "did you mean okr_alignment_share?"),
        (
            '[thresholds]\nokr_alignment_share = "80 %"',
            "[thresholds] okr_alignment_share: expected a number, not “80 %”",
        ),
        ("[thresholds]\nokr_alignment_share = true", "expected a number, not “True”"),
        (
            "[thresholds]\nokr_alignment_share = 80",
            "okr_alignment_share: expected a share from 0 to 1, not 80; did you mean 0.8?",
        ),
        (f"[thresholds]\nfrozen_days = {10**400}", "[thresholds] frozen_days: expected a number, not “1000"),
        (
            "[thresholds]\nfrozen_days = -1",
            "[thresholds] frozen_days: expected days from 0 to 36,500, not -1",
        ),
        ('[calendar]\nworking_days = ["mo"]', "[calendar] working_days: expected a list of mon, tue"),
        ("[calendar]\nworking_days = []", "[calendar] working_days: expected a list of mon, tue"),
        ('[calendar]\nholidays = ["25.12.2026"]', "“25.12.2026” is no day; expected one such as 2026-12-25"),
        ("[value_framework]\nroi = -1", "[value_framework] roi: expected a weight of 0 or more, not “-1”"),
        (
            "[guardrails]\nevaluate = 0.1",
            "[guardrails] evaluate: this name is not known; did you mean evaluating?",
        ),
        ("[guardrails]\nevaluating = 10", "[guardrails] evaluating: expected a number from 0 to 1, not “10”"),
        (
            "[guardrails]\ninvesting = 0.8\nemerging = 0.3",
            "[guardrails]: the shares add up to 1.1: expected 1 at the most",
        ),
        ("[guardrails.work_type]\nbugs = 0.1", "[guardrails.work_type] bugs: this name is not known"),
        ("[guardrails]\nwork_type = 0.1", "expected a section [guardrails.work_type], not “0.1”"),
        ('[portfolio]\noffice = "vmo office"', "[portfolio] office: expected pmo or vmo, not “vmo office”"),
        ('[portfolio]\nvmo_since = "spring"', "[portfolio] vmo_since: “spring” is no day; expected one such"),
        ("[assessment]\nimpact = 6", "[assessment] impact: expected a number from 1 to 5, not “6”"),
        ("[assessment]\nmood = 3", "[assessment] mood: this name is not known"),
    ],
)
def test_a_wrong_entry_is_told_with_what_was_expected(tmp_path: Path, text: str, expected: str) -> None:
    found = problems(tmp_path, text)
    assert len(found) == 1 and found[0].startswith("portfolio.toml: ") and expected in found[0]


def test_all_problems_come_in_one_go(tmp_path: Path) -> None:
    assert (
        len(
            problems(
                tmp_path,
                '[portfolio]\ntimezone = "X/Y"\nnam = "A"\n[thresholds]\nx = 1\n[assessment]\nimpact = 9',
            )
        )
        == 4
    )


def test_a_file_that_is_no_toml_is_told_with_the_line(tmp_path: Path) -> None:
    assert (
        "is no TOML" in problems(tmp_path, "[portfolio\nname = 1")[0]
        and "line 1" in problems(tmp_path, "[portfolio\nname = 1")[0]
    )


def test_a_byte_order_mark_does_not_matter(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeff" + FULL).problems == ()


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "cannot be read" in str(settings.read(tmp_path / "none.toml", "x").problems[0])
