"""PDF, PowerPoint and e-mail: the same review, whole, accessible, the same bytes again, and never at the cost
of one that stands."""

import email
import importlib.util
import json
import os
import re
import sys
import zlib
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import executable
from tests.review import demo, small
from vmo_helpers.cli.main import main
from vmo_helpers.review import forms, pages
from vmo_helpers.review.forms import mail, pdf, story

slides = pytest.importorskip(
    "vmo_helpers.review.forms.slides", reason="python-pptx is not installed: no slides were made"
)
pptx = pytest.importorskip("pptx")

SMALL = Path(__file__).parents[1] / "golden" / "small"
DECKS = ("flow_analysis", "watermelon_metrics")


def _review(folder: Path, notebooks: dict[str, dict[str, Any]]) -> story.Story:
    """A review's folder with executed notebooks, as the forms read it."""
    (folder / "notebooks").mkdir(parents=True)
    for name, notebook in notebooks.items():
        (folder / "notebooks" / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    outcome: dict[str, Any] = {name: {"status": "done", "page": f"{name}.html"} for name in notebooks}
    outcome["okr_alignment"] = {"status": "failed", "why": "a cell failed", "last_good": None}
    about = {
        "portfolio": demo.HOSTILE[0],
        "as_of": "2026-10-31T22:59:59.999999Z",
        "as_of_day": "2026-10-31",
        "parameters": {"streams": []},
    }
    return story.story(folder, {**about, "outcome": outcome})


def _texts(slide: Any) -> str:
    frames = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    cells = [
        cell.text
        for shape in slide.shapes
        if shape.has_table
        for row in shape.table.rows
        for cell in row.cells
    ]
    return "\n".join([*frames, *cells])


def _alt(shape: Any) -> str:
    return str(shape._element.xpath("./*/p:cNvPr")[0].get("descr", ""))


def _message(path: Path) -> EmailMessage:
    read = email.message_from_bytes(path.read_bytes(), policy=SMTP)
    assert isinstance(read, EmailMessage)
    return read


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shelf with one review that was asked for as slides and e-mail, too."""
    shelf = tmp_path_factory.mktemp("forms") / "shelf"
    run = small.vmo(
        "review",
        SMALL,
        "--out",
        shelf,
        "--notebook",
        *DECKS,
        "--pptx",
        "--email",
        "--to",
        "board@example.org",
        "--quiet",
    )
    assert run.returncode == 0, run.stderr
    assert all(f"/{name}\n" in run.stdout for name in ("review.pptx", "review.eml"))
    return shelf


@pytest.fixture
def review(shelf: Path) -> Path:
    (made,) = small.reviews(shelf)
    return made


def _holds_rows_alone(slide: Any) -> bool:
    return any(shape.name == "What they stand behind" for shape in slide.shapes)


def _told(review: Path) -> story.Story:
    return story.story(review, json.loads((review / "manifest.json").read_text()))


@pytest.mark.slow
class TestSlides:
    def test_one_shows_each_conclusion_and_the_appendix_is_there_but_hidden(self, review: Path) -> None:
        told, whole = _told(review), pptx.Presentation(str(review / "review.pptx"))
        titles = [
            (slide.shapes.title.text_frame.text, slide._element.get("show") != "0") for slide in whole.slides
        ]
        expected = [(told.heading, True)]
        for chapter in told.chapters:
            expected += [(chapter.headline, True), *((slide.says["title"], True) for slide in chapter.slides)]
        expected += [(slide.says["title"], False) for chapter in told.chapters for slide in chapter.appendix]
        assert len(expected) > 15
        with_rows = [at for at, slide in enumerate(whole.slides) if _holds_rows_alone(slide)]
        assert [
            (title.replace("…", ""), shown) for at, (title, shown) in enumerate(titles) if at not in with_rows
        ] == [(story.line(text)[:240], shown) for text, shown in expected]
        for at in with_rows:  # a table that has a page of its own follows its chart
            (before, shown), (_, too) = titles[at - 1], titles[at]
            assert shown == too and before[:60] in _texts(whole.slides[at])
            assert any(shape.has_table for shape in whole.slides[at].shapes)

    def test_a_chart_has_letters_that_can_be_read(self, review: Path) -> None:
        """A chart shares its page with a table only where its letters stay as large as the line allows."""
        told, whole = _told(review), pptx.Presentation(str(review / "review.pptx"))
        specs = {
            str(slide.spec["description"]): slide
            for chapter in told.chapters
            for slide in chapter.deck.slides
            if slide.spec is not None
        }
        shared = 0
        for page in whole.slides:
            kinds = [shape for shape in page.shapes if shape.has_table]
            for shape in page.shapes:
                if shape.shape_type != pptx.enum.shapes.MSO_SHAPE_TYPE.PICTURE:
                    continue
                assert _alt(shape) in specs
                inches_a_pixel = shape.width.inches / (shape.image.size[0] / 2)
                if kinds:
                    shared += 1
                    assert 13 * inches_a_pixel * 72 >= slides.READABLE - 0.05
        assert shared >= 1, "where both fit they stay together"
        assert whole.slide_width / whole.slide_height == pytest.approx(16 / 9, rel=0.001)

    def test_charts_are_pictures_with_the_charts_alt_text_and_tables_are_tables(self, review: Path) -> None:
        told, whole = _told(review), pptx.Presentation(str(review / "review.pptx"))
        said = [
            str(slide.spec["description"])
            for chapter in told.chapters
            for slide in chapter.deck.slides
            if slide.spec is not None
        ]
        shapes = [shape for slide in whole.slides for shape in slide.shapes]
        pictures = [shape for shape in shapes if shape.shape_type == pptx.enum.shapes.MSO_SHAPE_TYPE.PICTURE]
        assert sorted(_alt(shape) for shape in pictures) == sorted(said)
        tables = [shape for shape in shapes if shape.has_table]
        assert len(tables) >= 3
        assert all(len(shape.table.rows) <= 11 and shape.table.first_row and _alt(shape) for shape in tables)

    def test_the_notes_carry_the_evidence_and_every_shape_is_on_the_slide(self, review: Path) -> None:
        told, whole = _told(review), pptx.Presentation(str(review / "review.pptx"))
        notes = "\n".join(
            slide.notes_slide.notes_text_frame.text for slide in whole.slides if slide.has_notes_slide
        )
        for chapter in told.chapters:
            for slide in chapter.slides:
                assert story.line(slide.says["definition"])[:80] in notes
        assert "Evidence: " in notes
        names = set(re.findall(r"Threshold: [^\n]* \((\w+)\)", notes))
        shown = "\n".join(_texts(slide) for slide in whole.slides)
        assert names and not any(name in shown for name in names), "a threshold's name is for the notes"
        for slide in whole.slides:
            for shape in slide.shapes:
                assert shape.left >= 0 and shape.top >= 0, shape.name
                assert shape.left + shape.width <= whole.slide_width, shape.name
                assert shape.top + shape.height <= whole.slide_height, (
                    shape.name,
                    slide.shapes.title.text_frame.text,
                )


@pytest.mark.slow
class TestMail:
    def test_says_the_conclusion_first_and_attaches_the_decks(self, review: Path) -> None:
        told, message = _told(review), _message(review / "review.eml")
        assert story.line(told.heading)[:100] in message["Subject"]
        assert message["To"] == "board@example.org"
        assert message["Date"].datetime.isoformat()[:10] in told.as_of
        assert [part.get_filename() for part in message.iter_attachments()] == [
            f"{name}.html" for name in DECKS
        ]
        plain = _body(message, "plain")
        for chapter in told.chapters:
            assert all(story.line(slide.says["title"])[:200] in plain for slide in chapter.slides)

    def test_runs_and_fetches_nothing_and_every_picture_has_its_words(self, review: Path) -> None:
        message = _message(review / "review.eml")
        html = _body(message, "html")
        assert not re.search(r"<(script|style|link|iframe|form)\b|\son\w+=|javascript:|https?:", html)
        images = re.findall(r'<img src="cid:([^"]+)"[^>]* alt="([^"]+)"', html)
        assert len(images) == html.count("<img") >= 2
        assert all(len(alt.split()) > 5 for _, alt in images)
        inside = {
            part["Content-ID"].strip("<>")
            for part in message.walk()
            if part.get_content_type() == "image/png"
        }
        assert inside == {cid for cid, _ in images}

    def test_an_attached_deck_stands_alone(self, review: Path) -> None:
        for part in _message(review / "review.eml").iter_attachments():
            text = str(part.get_content())
            assert text.rstrip().endswith("</html>")
            assert re.findall(r'<a\b[^>]* href="(?!#)[^"]*"', text) == []


@pytest.mark.slow
@pytest.mark.deep
def test_the_same_review_gives_the_same_slides_and_the_same_mail(review: Path, tmp_path: Path) -> None:
    told = _told(review)
    slides.write(told, tmp_path / "review.pptx")
    mail.write(told, tmp_path / "review.eml", to=("board@example.org",))
    for name in ("review.pptx", "review.eml"):
        assert (tmp_path / name).read_bytes() == (review / name).read_bytes()


@pytest.mark.slow
def test_a_review_that_stands_is_not_changed_its_forms_lie_beside(tmp_path: Path) -> None:
    """Asked for again they are there; for other recipients the e-mail is another; nothing of it touches the
    review."""
    small.portfolio(tmp_path / "data")
    small.notebook(tmp_path / "nb", "demo")
    shelf = tmp_path / "shelf"
    whole = ("review", tmp_path / "data", "--out", shelf, "--notebook-folder", tmp_path / "nb", "--quiet")
    board = ("--pptx", "--email", "--to", "board@example.org")
    first = small.vmo(*whole, *board)
    assert first.returncode == 0, first.stderr
    (review,) = small.reviews(shelf)
    before = small.content(review)
    assert {"review.pptx", "review.eml"} < set(before)
    same = small.vmo(*whole, *board)
    assert same.returncode == 0 and "it was there already" in same.stdout
    assert not (shelf / forms.BESIDE).exists()
    for _ in range(2):
        run = small.vmo(*whole, "--email", "--to", "cfo@example.org")
        assert run.returncode == 0, run.stderr
        assert f"{forms.BESIDE}/{review.name}/review.eml" in run.stdout
        beside = shelf / forms.BESIDE / review.name
        assert [path.name for path in beside.iterdir()] == ["review.eml"]
        assert _message(beside / "review.eml")["To"] == "cfo@example.org"
    assert small.content(review) == before


def test_forms_that_cannot_be_put_beside_are_told_of_in_one_paragraph(tmp_path: Path) -> None:
    small.portfolio(tmp_path / "data")
    small.notebook(tmp_path / "nb", "demo")
    whole = (
        "review",
        tmp_path / "data",
        "--out",
        tmp_path / "shelf",
        "--notebook-folder",
        tmp_path / "nb",
        "--quiet",
    )
    assert small.vmo(*whole).returncode == 0
    before = small.content(tmp_path / "shelf")
    (tmp_path / "shelf" / forms.BESIDE).write_text("in the way")
    run = small.vmo(*whole, "--email")
    assert (run.returncode, run.stdout) == (4, "")
    assert run.stderr.startswith("vmo: The forms could not be put into ") and run.stderr.count("\n") == 1
    (tmp_path / "shelf" / forms.BESIDE).unlink()
    assert small.content(tmp_path / "shelf") == before
    assert [path.name for path in (tmp_path / "shelf").iterdir() if path.name.startswith(".making")] == []


@pytest.mark.parametrize("name", ["demo", "hostile", "empty"])
def test_any_deck_becomes_slides_and_mail_with_its_text_as_text(tmp_path: Path, name: str) -> None:
    notebook = {"demo": demo.executed, "hostile": demo.hostile, "empty": demo.empty}[name]()
    told = _review(tmp_path / "review", {"flow_analysis": notebook})
    slides.write(told, tmp_path / "review.pptx")
    whole = pptx.Presentation(str(tmp_path / "review.pptx"))
    conclusions = [slide for slide in whole.slides if not _holds_rows_alone(slide)]
    assert len(conclusions) == 2 + len(told.chapters[0].deck.slides)
    for slide in whole.slides:
        for shape in slide.shapes:
            assert (
                shape.left + shape.width <= whole.slide_width
                and shape.top + shape.height <= whole.slide_height
            ), shape.name
    mail.write(told, tmp_path / "review.eml")
    message = _message(tmp_path / "review.eml")
    html = _body(message, "html")
    assert not re.search(r"<(script|style|iframe|b)\b|<img (?!src=\"cid:)", html)
    assert "To" not in message
    assert "There is no OKR alignment deck in this review" in html
    assert "There is no deck in this review" in _texts(whole.slides[0])
    if name == "hostile":
        shown = "\n".join(_texts(slide) for slide in whole.slides)
        for text in (demo.HOSTILE[0], demo.HOSTILE[1], demo.HOSTILE[3], demo.HOSTILE[5], demo.HOSTILE[7]):
            assert text in shown
        assert "\u202e" not in shown + html + str(message["Subject"])
        assert max(map(len, shown.splitlines())) < 700


def _fake(folder: Path, script: str) -> str:
    """A browser that does what a test needs of it."""
    path = folder / "browser"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


class TestPdf:
    @pytest.mark.slow
    @pytest.mark.skipif(executable() is None, reason="Chromium is not installed: nothing was printed")
    def test_each_page_is_printed_tagged_on_a4_without_a_path_of_this_machine(
        self, review: Path, tmp_path: Path
    ) -> None:
        browser = executable()
        assert browser is not None
        for name in DECKS:
            pdf.printed(review / f"{name}.html", tmp_path / f"{name}.pdf", browser)
            content = (tmp_path / f"{name}.pdf").read_bytes()
            streams = [
                zlib.decompress(part)
                for part in re.findall(rb"FlateDecode.*?stream\r?\n(.*?)endstream", content, re.DOTALL)[:400]
            ]
            everything = b"\n".join([content, *streams])
            assert content.startswith(b"%PDF-")
            assert b"/StructTreeRoot" in content
            assert b"file:" not in everything
            boxes = re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", content)
            assert boxes and all(abs(float(w) - 595) < 1 and abs(float(h) - 842) < 1 for w, h in boxes)

    @pytest.mark.slow
    @pytest.mark.skipif(executable() is None, reason="Chromium is not installed: nothing was printed")
    @pytest.mark.parametrize("rows", [1, 2, 3])
    def test_no_page_ends_between_a_title_and_its_chart_however_short_the_table_before_it(
        self, tmp_path: Path, rows: int
    ) -> None:
        """Heights in parts of a page: 0.6 of opening, slides of 0.6 and 0.5. Kept whole they take three."""
        browser = executable()
        assert browser is not None
        style = (Path(pages.__file__).parent / "templates" / "page.css").read_text(encoding="utf-8")
        slide = (
            '<div class="slide"><div class="whole"><h2>Title</h2><p class="read">How to read</p>'
            '<figure class="chart"><div style="height: {}mm"></div></figure></div></div>'
        )
        table = "<table><tbody>" + "<tr><th>What</th><td>Settled when</td></tr>" * rows + "</tbody></table>"
        made = tmp_path / "page.html"
        made.write_text(
            f"<!doctype html><style>{style}</style><main class='page'><div class='opening'>"
            f"<div style='height: 140mm'></div><div class='asks'><h2>Asks</h2>{table}</div></div>"
            f"{slide.format(130)}{slide.format(105)}</main>",
            encoding="utf-8",
        )
        pdf.printed(made, tmp_path / "page.pdf", browser)
        assert len(re.findall(rb"/Type ?/Page\b", (tmp_path / "page.pdf").read_bytes())) == 3

    def test_scripts_and_ways_to_files_are_left_out(self) -> None:
        text = (
            '<a class="x" href="okr.html#top">x</a><a href="#top">y</a><script>if (a < b) '
            '"</scr"</script><p>&lt;script&gt;</p>'
        )
        assert pdf.without_scripts(text) == '<a class="x">x</a><a href="#top">y</a><p>&lt;script&gt;</p>'

    @pytest.mark.skipif(sys.platform == "win32", reason="the browser of the test is a shell script")
    def test_a_browser_that_fails_costs_the_pdfs_alone(self, tmp_path: Path) -> None:
        small.portfolio(tmp_path / "data")
        small.notebook(tmp_path / "nb", "demo")
        browser = _fake(tmp_path, 'echo "no display could be found" >&2; exit 3')
        out = ("--out", tmp_path / "shelf", "--notebook-folder", tmp_path / "nb", "--quiet")
        for attempt in (1, 2):
            run = small.vmo(
                "review",
                tmp_path / "data",
                *out,
                "--pdf",
                "--email",
                env=small.environment(VMO_CHROMIUM=browser),
            )
            assert (run.returncode, attempt) == (3, attempt), run.stderr
            assert "Traceback" not in run.stderr
        (folder,) = [path for path in small.reviews(tmp_path / "shelf") if path.name != forms.BESIDE]
        manifest = json.loads((folder / "manifest.json").read_text())
        assert manifest["forms"]["pdf"]["why"] == "browser ended with status 3: no display could be found"
        assert manifest["forms"]["email"]["status"] == "done"
        assert manifest["outcome"]["demo"]["status"] == "done"
        assert list(folder.glob("*.pdf")) == [] and (folder / "review.eml").is_file()

    @pytest.mark.skipif(sys.platform == "win32", reason="the browser of the test is a shell script")
    @pytest.mark.parametrize(
        ("script", "seconds", "said"),
        [("exec sleep 600", 0.5, "did not end within 0.5 s"), ("exit 0", 300, "made no PDF of page.html")],
    )
    def test_a_browser_that_hangs_or_says_nothing_is_told_of(
        self, tmp_path: Path, script: str, seconds: float, said: str
    ) -> None:
        (tmp_path / "page.html").write_text("<p>x</p>")
        with pytest.raises(pdf.NotPrinted, match=said):
            browser = _fake(tmp_path, script)
            pdf.printed(tmp_path / "page.html", tmp_path / "page.pdf", browser, timeout=seconds)
        assert not (tmp_path / "page.pdf").exists()


class TestRefusedBeforeAnyWork:
    def refused(self, tmp_path: Path, capsys: pytest.CaptureFixture[str], *more: str) -> str:
        small.portfolio(tmp_path / "data")
        small.notebook(tmp_path / "nb", "demo")
        whole = [
            "review",
            str(tmp_path / "data"),
            "--out",
            str(tmp_path / "shelf"),
            "--notebook-folder",
            str(tmp_path / "nb"),
            *more,
        ]
        assert main(whole) == 2
        said = capsys.readouterr().err
        assert said.startswith("vmo: ") and said.count("\n") == 1
        assert not (tmp_path / "shelf").exists()
        return said

    @pytest.mark.parametrize(
        ("named", "said"),
        [
            ("/nope", "VMO_CHROMIUM names /nope, which is not there"),
            (os.devnull, f"VMO_CHROMIUM names {os.devnull}, which cannot be run"),
            ("", "none was found; install one"),
        ],
    )
    def test_pdf_without_a_browser(
        self,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
        named: str,
        said: str,
    ) -> None:
        monkeypatch.setenv("VMO_CHROMIUM", named)
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(pdf, "PLACES", ())
        assert f"--pdf needs Chromium, Chrome or Edge, and {said}" in self.refused(tmp_path, capsys, "--pdf")

    def test_slides_without_their_library(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = importlib.util.find_spec
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "pptx" else found(name))
        said = self.refused(tmp_path, capsys, "--pptx")
        assert 'pip install "vmo-workbook[forms]"' in said and 'in a checkout: pip install ".[forms]"' in said

    def test_recipients_without_a_mail(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert "ask for it with --email" in self.refused(tmp_path, capsys, "--to", "board@example.org")

    @pytest.mark.parametrize("address", ["board", "a@b\nBcc: c@d", "Board <a@b>", "a@b,c@d", "ä@example.org"])
    def test_what_is_no_address(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], address: str
    ) -> None:
        assert "is no e-mail address" in self.refused(tmp_path, capsys, "--email", "--to", address)
