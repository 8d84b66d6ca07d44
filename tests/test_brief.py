"""The brief: the numbers of the answers, all of them, in both forms, and never half a file."""

import re
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest

import legation
from legation import registry
from legation.errors import UserError
from legation.evidence import Evidence
from legation.surfaces import brief, display, formulas
from legation.surfaces.brief import compose, write_brief
from legation.surfaces.brief.document import Cell, Document, Group, Method, Methods, Section, Sentences, Source, Table
from legation.surfaces.brief.page import as_html
from legation.surfaces.brief.paper import MOST_PAGES, as_pdf

HOSTILE = '<script>alert("1")</script> & #set page(width: 1cm) $x \\ [*a*] // `b`'


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return legation.open()


@pytest.fixture(scope="module")
def document(evidence: Evidence) -> Document:
    return compose(evidence, "KOR", "artificial-intelligence", None)


@pytest.fixture(scope="module")
def pdf(document: Document, tmp_path_factory: pytest.TempPathFactory) -> pypdf.PdfReader:
    path = tmp_path_factory.mktemp("brief") / "brief.pdf"
    path.write_bytes(as_pdf(document))
    return pypdf.PdfReader(path)


@pytest.fixture(scope="module")
def page(document: Document) -> str:
    return as_html(document).decode()


@pytest.fixture(scope="module")
def texts(pdf: pypdf.PdfReader, page: str) -> dict[str, str]:
    """What can be read in each form, without spaces: the forms break lines differently."""
    return {
        "pdf": _closed(" ".join(sheet.extract_text() for sheet in pdf.pages)),
        "html": _closed(re.sub(r"<[^>]+>", "", page).replace("&#39;", "'").replace("&amp;", "&")),
    }


def _closed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _hostile() -> Document:
    """A brief in which every text is one that would do harm if it were read as markup."""
    table = Table(HOSTILE, (HOSTILE,), (Group(HOSTILE, ((Cell((HOSTILE, 1), HOSTILE),),)),), note=(HOSTILE,))
    methods = Methods((Method(HOSTILE, HOSTILE, r"x_{\text{<b>a & b}}", HOSTILE, HOSTILE),))
    section = Section(HOSTILE, (Sentences((("say ", HOSTILE, 1),), "lead"), table, methods))
    source = Source(1, HOSTILE, HOSTILE, HOSTILE, HOSTILE, "https://example.org/?a=<b>", HOSTILE)
    return Document("KOR", "x", "", HOSTILE, HOSTILE, (section, replace(section, fine=True)), (source,), "b", HOSTILE)


def test_it_is_two_to_four_pages(pdf: pypdf.PdfReader) -> None:
    assert 2 <= len(pdf.pages) <= MOST_PAGES


def test_every_number_of_the_standing_is_in_both_forms(evidence: Evidence, texts: dict[str, str]) -> None:
    for row in evidence.position("KOR", "artificial-intelligence").table.iter_rows(named=True):
        told = (display.value(row["value"], row["format"]), display.interval(row), display.place(row))
        line = _closed(f"{row['unit']}".replace("-1", "−1") + "".join(told) + display.period(row))
        for form, text in texts.items():
            assert line in text, (form, line)


def test_every_bottom_line_is_a_finding_of_an_answer(evidence: Evidence, document: Document) -> None:
    lead = document.sections[0].blocks[0]
    assert isinstance(lead, Sentences)
    assert len(lead.items) == 3
    first = "".join(str(run) for run in lead.items[0])
    finding = evidence.position("KOR", "artificial-intelligence").findings[0]
    assert first.split(" (AI")[0] == str(finding).split(" (ai_")[0]


def test_every_source_is_numbered_cited_and_listed_in_full(document: Document, texts: dict[str, str]) -> None:
    assert [source.number for source in document.sources] == list(range(1, len(document.sources) + 1))
    for source in document.sources:
        for form, text in texts.items():
            before, _, listed = text.rpartition("Sources[1]")
            assert f"[{source.number}]" in before, (form, source)
            for told in (source.publisher, source.title, source.vintage, source.licence, source.url):
                assert _closed(told) in f"[1]{listed}", (form, told)


def test_no_identifier_of_a_source_or_field_is_left_in_the_text(document: Document, texts: dict[str, str]) -> None:
    names = [*registry.sources(), *(label for label in registry.labels() if "-" in label or "_" in label)]
    html = texts["html"].replace(_closed(document.command), "")
    assert not [name for name in names if re.search(rf"(?<![\w/-]){name}(?![\w/-])", html)]


def test_the_build_and_the_command_that_give_it_again_are_told(document: Document, texts: dict[str, str]) -> None:
    for text in texts.values():
        assert document.build in text
        assert _closed("legation brief KOR artificial-intelligence") in text


def test_the_pdf_is_tagged_titled_and_undated(pdf: pypdf.PdfReader) -> None:
    root = pdf.trailer["/Root"]
    assert "/StructTreeRoot" in root  # type: ignore[operator]
    assert root["/Lang"] == "en"  # type: ignore[index]
    assert pdf.metadata
    assert pdf.metadata.title == "South Korea in artificial intelligence"
    assert pdf.metadata.creation_date is None


def test_the_same_question_gives_the_same_bytes(evidence: Evidence, document: Document) -> None:
    again = compose(evidence, "KOR", "artificial-intelligence", None)
    assert as_pdf(again) == as_pdf(document)
    assert as_html(again) == as_html(document)


def test_charts_say_what_they_show_and_cut_no_label(evidence: Evidence, page: str) -> None:
    drawings = re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL)
    assert len(drawings) == 5
    assert all('role="img" aria-label="' in drawing for drawing in drawings)
    assert not any("…" in drawing for drawing in drawings)
    leaders = evidence.position("KOR", "artificial-intelligence").figures["leaders"].table
    assert all(f">{name}</text>" in drawings[0] for name in leaders["country"])


def test_the_page_asks_nothing_of_the_network(page: str) -> None:
    assert not re.findall(r"<(?:script|link|img|iframe)\b|\bsrc=|@import|url\((?!#)", page)
    assert set(re.findall(r'href="([^"]{1,4})', page)) == {"#sou", "http"}


def test_names_are_text_and_never_markup() -> None:
    page = as_html(_hostile()).decode()
    assert "<script" not in page
    assert page.count("&lt;script&gt;") > 10
    assert 'href="https://example.org/?a=&lt;b&gt;"' in page
    assert as_pdf(_hostile()).startswith(b"%PDF")


def test_a_technology_poor_in_evidence_has_a_brief_too(evidence: Evidence, tmp_path: Path) -> None:
    (path,) = write_brief(evidence, "KEN", "nuclear", "CHE", ["pdf"], tmp_path)
    assert path.name == "legation-KEN-nuclear-CHE.pdf"
    sheets = pypdf.PdfReader(path).pages
    assert 2 <= len(sheets) <= MOST_PAGES
    text = _closed(" ".join(sheet.extract_text() for sheet in sheets))
    assert "Whatwedonotknow" in text
    assert "BetweenKenyaandSwitzerland" in text


def test_what_cannot_be_written_says_what_to_do(evidence: Evidence, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for out in (tmp_path / "file", tmp_path / "file" / "folder"):
        with pytest.raises(UserError, match="choose another --out"):
            write_brief(evidence, "KOR", "quantum", None, ["html"], out)
    with pytest.raises(UserError, match="unknown format 'pfd'; did you mean pdf"):
        write_brief(evidence, "KOR", "quantum", None, ["pfd"], tmp_path)
    with pytest.raises(UserError, match="two different countries"):
        write_brief(evidence, "KOR", "quantum", "KOR", ["html"], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_file_is_there_whole_or_not_at_all(
    document: Document, evidence: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> int:
        path.open("wb").write(content[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(brief, "compose", lambda *_: document)
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(UserError, match=r"No space left on device; choose another --out"):
        write_brief(evidence, "KOR", "artificial-intelligence", None, ["html"], tmp_path)
    assert not list(tmp_path.iterdir())


def test_every_formula_can_be_set() -> None:
    written = [indicator.formula for indicator in registry.indicators().values()]
    set_as = formulas.to_mathml(written)
    assert len(set_as) == len(written)
    commands = {name for formula in written for name in re.findall(r"\\([A-Za-z]+)", formula)}
    with_arguments = {"frac", "tfrac", "mathrm", "text", "operatorname", "not", *formulas.ACCENTS}
    assert not commands - set(formulas.COMMANDS) - with_arguments


@pytest.mark.parametrize(
    ("latex", "typst"),
    [
        (r"\frac{a}{b_{cd}}", "( a ) / ( b _( c d ) )"),
        (r"\mathrm{RCA} \ge 1.5", '"RCA" >= 1.5'),
        (r"\sqrt{x^2} / y", "sqrt( x ^( 2 ) ) \\/ y"),
        (r"G \not\ni i", "G in.rev.not i"),
        (r"\Bigl(\#\{k\}\Bigr)", "( \\# \\{ k \\} )"),
    ],
)
def test_latex_becomes_typst(latex: str, typst: str) -> None:
    assert formulas.to_typst(latex) == typst
