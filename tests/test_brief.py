"""The brief: the figures of the answers, all of them, in both forms, and never half a file."""

import re
from pathlib import Path

import pypdf
import pytest

import legation
from legation.errors import UserError
from legation.evidence import Evidence
from legation.surfaces import display
from legation.surfaces.brief import write_brief
from legation.surfaces.brief.document import Document, Section, compose
from legation.surfaces.brief.page import as_html
from legation.surfaces.brief.paper import as_pdf


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return legation.open()


@pytest.fixture(scope="module")
def written(evidence: Evidence, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("brief")
    paths = write_brief(evidence, "KOR", "artificial-intelligence", None, ["pdf", "html"], folder)
    return {path.suffix: path for path in paths}


def _words(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _pdf_words(path: Path) -> str:
    return _words(" ".join(page.extract_text() for page in pypdf.PdfReader(path).pages))


def test_it_is_two_to_four_pages(written: dict[str, Path]) -> None:
    assert 2 <= len(pypdf.PdfReader(written[".pdf"]).pages) <= 4


def test_every_figure_of_the_position_stands_in_both(evidence: Evidence, written: dict[str, Path]) -> None:
    answer = evidence.position("KOR", "artificial-intelligence")
    texts = {".pdf": _pdf_words(written[".pdf"]), ".html": _words(written[".html"].read_text())}
    for row in answer.table.iter_rows(named=True):
        for cell in (display.value(row["value"], row["unit"]), display.interval(row), display.place(row)):
            for form, text in texts.items():
                assert _words(cell) in text, (form, cell)


def test_every_source_is_cited_with_licence_and_vintage(evidence: Evidence, written: dict[str, Path]) -> None:
    answer = evidence.position("KOR", "artificial-intelligence")
    html = written[".html"].read_text()
    for citation in answer.citations:
        assert citation.licence in html
        assert citation.url in html
    assert answer.build in html
    assert answer.build in _pdf_words(written[".pdf"])


def test_the_pdf_is_tagged_and_has_a_title(written: dict[str, Path]) -> None:
    reader = pypdf.PdfReader(written[".pdf"])
    assert "/StructTreeRoot" in reader.trailer["/Root"]  # type: ignore[operator]
    assert reader.metadata
    assert reader.metadata.title == "South Korea: Artificial intelligence"


def test_the_same_build_gives_the_same_bytes(evidence: Evidence) -> None:
    document = compose(evidence, "CHE", "quantum", "KOR")
    assert as_pdf(document) == as_pdf(compose(evidence, "CHE", "quantum", "KOR"))
    assert as_html(document) == as_html(compose(evidence, "CHE", "quantum", "KOR"))


def test_names_are_escaped_on_the_page() -> None:
    section = Section("<b>bold</b>", sentences=("<script>alert(1)</script>",))
    page = as_html(Document("KOR", "x", "", "<i>title</i>", "", (section,), ("<a>",), "build")).decode()
    assert "<script>" not in page
    assert "<i>title" not in page


def test_the_page_asks_nothing_of_the_network(written: dict[str, Path]) -> None:
    page = written[".html"].read_text()
    assert not re.findall(r"(?:src|href)=\"(?!#)", page)
    assert "<script" not in page


@pytest.mark.parametrize("technology", ["nuclear", "critical-minerals", "space", "hydrogen"])
def test_technologies_poor_in_evidence_have_a_brief_too(evidence: Evidence, technology: str) -> None:
    document = compose(evidence, "KEN", technology, None)
    assert document.sections[0].sentences
    assert any(section.title == "What we do not know" for section in document.sections)
    assert as_pdf(document).startswith(b"%PDF")


def test_what_cannot_be_written_leaves_nothing(evidence: Evidence, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(UserError, match="choose another --out"):
        write_brief(evidence, "KOR", "quantum", None, ["html"], blocked / "folder")
    with pytest.raises(UserError, match="did you mean pdf"):
        write_brief(evidence, "KOR", "quantum", None, ["pfd"], tmp_path)
    with pytest.raises(UserError, match="two different countries"):
        write_brief(evidence, "KOR", "quantum", "KOR", ["html"], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
