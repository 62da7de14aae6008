"""portfolios.toml: what it may say, every problem of it at once, and where each is."""

from pathlib import Path

import pytest

from tests.review import small
from vmo_helpers.review.errors import Refused
from vmo_helpers.review.fleet import listing
from vmo_helpers.review.fleet.listing import variable

TWO = '[[portfolio]]\nid = "a"\ndata = "one"\n\n[[portfolio]]\nid = "b"\ndata = "two"\n'


def _read(folder: Path, text: str) -> list[listing.Listed]:
    (folder / "portfolios.toml").write_text(text, encoding="utf-8")
    return listing.read(folder / "portfolios.toml")


def _problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(Refused) as refused:
        _read(folder, text)
    heading, *lines = str(refused.value).splitlines()
    assert heading.startswith("The input of portfolios.toml cannot be used: ")
    return [line.strip().removeprefix("portfolios.toml: ") for line in lines]


def test_paths_are_seen_from_the_file_and_what_a_portfolio_says_goes_before_the_defaults(
    tmp_path: Path,
) -> None:
    text = (
        '[defaults]\nshelf = "out"\nforms = ["email"]\nas_of = 2026-10-31\ntimeout = 90\nlenient = true\n'
        f'thresholds = {{ overdue_days = 30 }}\n{TWO}as_of = "2026-09-30"\nstreams = ["S1"]\nlevel = "epic"\n'
        'notebooks = ["flow_analysis"]\nforms = []\n'
    )
    first, second = _read(tmp_path, text)
    assert (first.id, first.name, first.wanted.request.data) == ("a", "one", str(tmp_path / "one"))
    assert first.wanted.shelf == tmp_path / "out"
    assert (first.wanted.request.as_of, second.wanted.request.as_of) == ("2026-10-31", "2026-09-30")
    assert first.wanted.forms.email and not second.wanted.forms
    assert (first.wanted.timeout, first.wanted.request.lenient) == (90, True)
    assert first.wanted.request.thresholds == (("overdue_days", 30.0),)
    assert (second.wanted.request.streams, second.wanted.notebooks) == (("S1",), ("flow_analysis",))


def test_every_problem_is_told_at_once_with_its_line_its_key_and_what_was_expected(tmp_path: Path) -> None:
    text = (
        '[defaults]\nshelff = "x"\nas_of = "yesterday"\nforms = ["pfd"]\n[portfolios]\n'
        '[[portfolio]]\nid = "a b"\ndata = "x"\nstream = ["S"]\n\n'
        "[[portfolio]]\ndata = 7\nthresholds = { overdue_dayz = 3 }\ntimeout = 0\n"
        '[[portfolio]]\nid = "c"\ndata = "x"\nnotebooks = ["flow_analysys"]\nlenient = "yes"\n'
        '[[portfolio]]\nid = "c"\ndata = "y"\nthresholds = { overdue_dayz = 3 }\n'
    )
    said = _problems(tmp_path, text)
    for line in (
        "line 5, portfolios: this table is not known; did you mean portfolio?",
        "line 2, [defaults] shelff: this key is not known; did you mean shelf?",
        "line 4, [defaults] forms: expected some of pdf, pptx, email, not “pfd”",
        "line 7, portfolio 1, id: expected letters, digits, “.”, “_” and “-”, not “a b”",
        "line 9, portfolio 1, stream: this key is not known; did you mean streams?",
        "line 11, portfolio 2, id: is missing: every portfolio has its own",
        "line 12, portfolio 2, data: expected a text, not “7”",
        "line 14, portfolio 2, timeout: 0 is no number of seconds from 1 to 604800",
        "line 19, portfolio 3, lenient: expected true or false, not “yes”",
        "line 21, portfolio 4, id: 'c' is also that of portfolio 3: expected another",
    ):
        assert line in said
    assert sum(line.startswith("line 3, [defaults] as_of: 'yesterday' ") for line in said) == 1, "once"
    assert any(line.startswith("line 18, portfolio 3, notebooks: there is no notebook") for line in said)


def test_a_threshold_that_is_none_is_told_with_the_nearest(tmp_path: Path) -> None:
    (said,) = _problems(tmp_path, f"{TWO}thresholds = {{ overdue_dayz = 3 }}\n")
    assert said.startswith("line 8, portfolio 2, thresholds: threshold 'overdue_dayz' is not known; did you")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "portfolio: expected a table [[portfolio]] for each portfolio"),
        ('portfolio = "a"', "line 1, portfolio: expected a table [[portfolio]] for each portfolio"),
        ("[portfolio]", "line 1, portfolio: expected a table [[portfolio]] for each portfolio"),
        (f"defaults = 1\n{TWO}", "line 1, defaults: expected a table [defaults], not “1”"),
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path: Path, text: str, said: str) -> None:
    assert _problems(tmp_path, text) == [said]


@pytest.mark.parametrize("text", [b"[[portfolio", b"\xff\xfe"])
def test_what_is_no_toml_is_refused_by_name(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "p.toml").write_bytes(text)
    with pytest.raises(Refused, match=r"p\.toml is no TOML: "):
        listing.read(tmp_path / "p.toml")
    with pytest.raises(Refused, match=r"none\.toml cannot be read: No such file"):
        listing.read(tmp_path / "none.toml")


def test_two_of_one_name_on_one_shelf_are_refused_and_on_two_shelves_or_of_other_streams_are_not(
    tmp_path: Path,
) -> None:
    for name in ("one", "two"):
        small.portfolio(tmp_path / name)
    with pytest.raises(Refused, match="'a' and 'b' are both called 'Three items' and go to one shelf"):
        listing.alone(_read(tmp_path, TWO))
    listing.alone(_read(tmp_path, f'{TWO}shelf = "other"\n'))
    listing.alone(_read(tmp_path, f'{TWO}streams = ["S1"]\n'))


def test_a_password_stands_in_the_environment_and_never_in_the_file(tmp_path: Path) -> None:
    pytest.importorskip("sqlalchemy")
    address = "postgresql://reader:topsecret@db/retail"
    (said,) = _problems(tmp_path, f'[[portfolio]]\nid = "re-tail"\ndata = "{address}"\n')
    assert "topsecret" not in said
    assert said.endswith("expected it in the environment variable VMO_PASSWORD_RE_TAIL")
    assert variable("re-tail") == "VMO_PASSWORD_RE_TAIL"
    (one,) = _read(tmp_path, '[[portfolio]]\nid = "a"\ndata = "postgresql://reader@db/retail"\n')
    assert one.wanted.request.data == "postgresql://reader@db/retail"
