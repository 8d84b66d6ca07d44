"""The brief: the numbers of the answers, all of them, in every form and both languages, and never half a file."""

import html
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pypdf
import pytest

import legation
from legation import registry
from legation.errors import LegationError, NoEvidenceError, UserError
from legation.evidence import Evidence
from legation.surfaces import display, formulas
from legation.surfaces.brief import FORMATS, compose, fonts, write_brief, writing
from legation.surfaces.brief.document import (
    Cell,
    Chart,
    Document,
    Group,
    Method,
    Methods,
    Runs,
    Section,
    Sentences,
    Source,
    Table,
)
from legation.surfaces.brief.page import as_html
from legation.surfaces.brief.paper import as_pdf
from legation.surfaces.brief.word import as_docx

HOSTILE = '<script>alert("1")</script> & #set page(width: 1cm) $x \\ [*a*] // `b` {x}'
ABOUT = ("KOR", "semiconductors", "NLD")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FOUR_SMALL_WORDS = r"\b[a-z]+ [a-z]+ [a-z]+ [a-z]+\b"
"""English that is no name or identifier."""

MOST_PAGES = 4


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return legation.open().remembering()


@pytest.fixture(scope="module")
def document(evidence: Evidence) -> Document:
    """On the partner options."""
    return compose(evidence, "KOR", "artificial-intelligence", None)


@pytest.fixture(scope="module")
def visit(evidence: Evidence) -> Document:
    """For a visit to a partner."""
    return compose(evidence, *ABOUT)


@pytest.fixture(scope="module")
def korean(evidence: Evidence) -> Document:
    return compose(evidence, *ABOUT, "ko")


@pytest.fixture(scope="module")
def files(visit: Document) -> dict[str, bytes]:
    return {form: make(visit) for form, make in FORMATS.items()}


@pytest.fixture(scope="module")
def texts(files: dict[str, bytes]) -> dict[str, str]:
    """What can be read in each form, without spaces: the forms break lines differently."""
    return {form: _read(form, content) for form, content in files.items()}


def _needs_korean_letters() -> None:
    try:
        fonts.letters("ko")
    except LegationError as error:
        pytest.skip(str(error))


def _read(form: str, content: bytes) -> str:
    if form == "pdf":
        return _closed(" ".join(sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(content)).pages))
    if form == "html":
        page = re.sub(r"<style>.*?</style>|<svg.*?</svg>", "", content.decode(), flags=re.DOTALL)
        return _closed(html.unescape(re.sub(r"<[^>]+>", "", page)))
    return _closed("".join(part.text or "" for part in _word(content).iter(f"{W}t")))


def _word(content: bytes, part: str = "word/document.xml") -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return ElementTree.fromstring(archive.read(part))


def _closed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _told(runs: Runs) -> str:
    return "".join(run if isinstance(run, str) else f"[{run}]" for run in runs)


def _texts_of(document: Document) -> Iterator[str]:
    """Every text of a brief: headings, sentences, captions, notes, heads and cells of tables, methods, sources."""
    yield from (document.title, document.subtitle, *(section.title for section in document.sections))
    for block in document.blocks:
        match block:
            case Sentences():
                yield from (block.title, *map(_told, block.items))
            case Table():
                yield from (*block.heads, _told(block.note))
                for group in block.groups:
                    yield group.title
                    yield from (text for row in group.rows for cell in row for text in (_told(cell.runs), cell.under))
            case Chart():
                yield _told(block.caption)
            case Methods():
                yield from (text for m in block.items for text in (m.label, m.asks, m.unit, m.reference))
    for source in document.sources:
        yield from (source.publisher, source.title, source.vintage, source.licence, source.url, source.coverage)


def _hostile() -> Document:
    """A brief in which every text is one that would do harm if it were read as markup."""
    table = Table(HOSTILE, (HOSTILE,), (Group(HOSTILE, ((Cell((HOSTILE, 1), HOSTILE),),)),), note=(HOSTILE,))
    methods = Methods((Method(HOSTILE, HOSTILE, r"x_{\text{<b>a & b}}", HOSTILE, HOSTILE),))
    section = Section(HOSTILE, (Sentences((("say ", HOSTILE, 1),), "lead", HOSTILE), table, methods))
    source = Source(1, HOSTILE, HOSTILE, HOSTILE, HOSTILE, "https://example.org/?a=<b>", HOSTILE)
    words = dict.fromkeys(("kind", "sources", "page", "build", "again"), HOSTILE)
    about = ("KOR", "x", "", HOSTILE, HOSTILE)
    return Document(*about, (section, replace(section, fine=True)), (source,), "b", HOSTILE, words=words)


@pytest.mark.parametrize("about", ["document", "visit"])
def test_it_is_two_to_four_pages(about: str, request: pytest.FixtureRequest) -> None:
    pages = pypdf.PdfReader(io.BytesIO(as_pdf(request.getfixturevalue(about)))).pages
    assert 2 <= len(pages) <= MOST_PAGES


def test_every_form_says_the_same(visit: Document, texts: dict[str, str]) -> None:
    wanted = {_closed(text) for text in _texts_of(visit)} - {""}
    assert len(wanted) > 200
    for form, text in texts.items():
        # Numbers of sources are set by Word itself in its list, and headers stand between the pages of the PDF.
        absent = [one for one in wanted if one not in text]
        broken = [one for one in absent if form != "pdf" or not all(piece in text for piece in (one[:20], one[-20:]))]
        assert not broken, (form, broken)


def test_every_number_of_the_standing_is_in_every_form(evidence: Evidence, texts: dict[str, str]) -> None:
    for row in evidence.position(*ABOUT[:2]).table.iter_rows(named=True):
        told = (display.value(row["value"], row["format"]), display.interval(row), display.place(row))
        line = _closed(f"{row['unit']}".replace("-1", "−1") + "".join(told) + display.period(row))
        for form, text in texts.items():
            assert line in text, (form, line)


@pytest.mark.parametrize("about", ["document", "visit", "korean"])
def test_the_bottom_line_is_three_sentences(about: str, request: pytest.FixtureRequest) -> None:
    lead = request.getfixturevalue(about).sections[0].blocks[0]
    assert isinstance(lead, Sentences)
    assert len(lead.items) == 3
    assert all(re.search(r"\d", _told(item)) for item in lead.items)


def test_a_visit_has_every_section_in_its_order(visit: Document, document: Document) -> None:
    titles = [section.title for section in visit.sections]
    assert titles == [
        "Bottom line", "Where we stand", "Between South Korea and the Netherlands", "Partner options",
        "Asks and offers", "Risks and what would change the conclusion", "Talking points",
        "Questions the other side may raise", "What we do not know", "Read with care", "How it is measured",
    ]  # fmt: skip
    of_two = {"Between South Korea and the Netherlands", "Asks and offers", "Questions the other side may raise"}
    alone = [title for title in titles if title not in of_two]
    assert [s.title for s in document.sections if s.title != "Questions others may raise"] == alone


def test_the_partner_visited_stands_among_the_options_with_its_interval(visit: Document, evidence: Evidence) -> None:
    row = evidence.partners(*ABOUT[:2]).table.filter(iso3="NLD").row(0, named=True)
    options = next(b for b in visit.sections[3].blocks if isinstance(b, Table))
    told = [[_told(cell.runs) for cell in line] for line in options.groups[0].rows]
    rank = f"{row['median_rank']} ({row['rank_low']}–{row['rank_high']})"
    assert [str(row["group"]), "Netherlands", rank] in [line[:3] for line in told]


def test_every_source_is_numbered_cited_and_listed_in_full(visit: Document, texts: dict[str, str]) -> None:
    assert [source.number for source in visit.sources] == list(range(1, len(visit.sources) + 1))
    for source in visit.sources:
        for form, text in texts.items():
            cited, _, listed = text.rpartition(_closed(visit.sources[0].publisher))
            assert f"[{source.number}]" in cited, (form, source)
            for told in (source.title, source.vintage, source.licence, source.url):
                assert _closed(told) in listed, (form, told)


def test_no_identifier_of_a_source_or_field_is_left_in_the_text(visit: Document, texts: dict[str, str]) -> None:
    names = [*registry.sources(), *(label for label in registry.labels() if "-" in label or "_" in label)]
    for form, text in texts.items():
        read = text.replace(_closed(visit.command), "")
        assert not [name for name in names if re.search(rf"(?<![\w/-]){name}(?![\w/-])", read)], form


def test_a_source_that_no_number_comes_from_is_named_as_people_name_it(evidence: Evidence) -> None:
    unknown = next(s for s in compose(evidence, "TUV", "artificial-intelligence", None).sections if s.fine)
    told = " ".join(_told(item) for block in unknown.blocks if isinstance(block, Sentences) for item in block.items)
    assert "not in Epoch AI on" in told
    assert "epoch_ai_models" not in told


def test_a_title_begins_with_a_capital(evidence: Evidence) -> None:
    assert compose(evidence, "USA", "space", "CHN").title == "The United States and China in space"


def test_the_build_and_the_command_that_give_it_again_are_told(visit: Document, texts: dict[str, str]) -> None:
    for text in texts.values():
        assert visit.build in text
        assert _closed("legation brief KOR semiconductors --partner NLD") in text


def test_the_pdf_is_tagged_titled_and_undated(files: dict[str, bytes]) -> None:
    pdf = pypdf.PdfReader(io.BytesIO(files["pdf"]))
    root = pdf.trailer["/Root"]
    assert "/StructTreeRoot" in root  # type: ignore[operator]
    assert root["/Lang"] == "en"  # type: ignore[index]
    assert pdf.metadata
    assert pdf.metadata.title == "South Korea and the Netherlands in semiconductors"
    assert pdf.metadata.creation_date is None


def test_the_same_question_gives_the_same_bytes(evidence: Evidence, files: dict[str, bytes]) -> None:
    again = compose(evidence, *ABOUT)
    for form, make in FORMATS.items():
        assert make(again) == files[form], form


def test_charts_say_what_they_show_and_cut_no_label(evidence: Evidence, document: Document) -> None:
    drawings = [block for block in document.blocks if isinstance(block, Chart)]
    assert len(drawings) == 3
    assert all('role="img" aria-label="' in drawing.svg and "…" not in drawing.svg for drawing in drawings)
    leaders = evidence.position("KOR", "artificial-intelligence").figures["leaders"].table
    assert all(f">{name}</text>" in drawings[0].svg for name in leaders["country"])


def test_the_page_asks_nothing_of_the_network(files: dict[str, bytes]) -> None:
    page = files["html"].decode()
    assert not re.findall(r"<(?:script|link|img|iframe)\b|\bsrc=|@import|url\((?!#)", page)
    assert set(re.findall(r'href="([^"]{1,4})', page)) == {"#sou", "http"}


def test_word_has_styles_captions_header_rows_and_descriptions_to_work_with(
    visit: Document, files: dict[str, bytes]
) -> None:
    body = _word(files["docx"])
    styles = [style.get(f"{W}val") for style in body.iter(f"{W}pStyle")]
    assert [styles.count(name) for name in ("Title", "Heading1", "Heading2")] == [1, len(visit.sections) + 1, 3]
    tables = [block for block in visit.blocks if isinstance(block, Table)]
    assert styles.count("TableCaption") == len(tables) == len(list(body.iter(f"{W}tblHeader")))
    drawn = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
    told = [block.told for block in visit.blocks if isinstance(block, Chart)]
    assert [drawing.get("descr") for drawing in body.iter(drawn)] == told
    equations = "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"
    assert len(list(body.iter(equations))) == len(visit.formulas)


@pytest.mark.parametrize(("language", "locale"), [("en", "en-GB"), ("ko", "ko-KR")])
def test_word_knows_the_language_and_the_styles_are_ours(visit: Document, language: str, locale: str) -> None:
    content = as_docx(replace(visit, language=language))
    core = _word(content, "docProps/core.xml")
    assert [part.text for part in core.iter("{http://purl.org/dc/elements/1.1/}language")] == [locale]
    spoken = next(_word(content, "word/styles.xml").iter(f"{W}lang"))
    assert spoken.get(f"{W}eastAsia") == "ko-KR"
    names = {style.get(f"{W}styleId") for style in _word(content, "word/styles.xml").iter(f"{W}style")}
    assert {"Lead", "Note", "Fine"} <= names


def test_names_are_text_and_never_markup() -> None:
    page = as_html(_hostile()).decode()
    assert "<script" not in page
    assert page.count("&lt;script&gt;") > 10
    assert 'href="https://example.org/?a=&lt;b&gt;"' in page
    assert as_pdf(_hostile()).startswith(b"%PDF")
    assert _read("docx", as_docx(_hostile())).count(_closed(HOSTILE)) > 10


def test_a_korean_brief_is_korean(korean: Document) -> None:
    publications = {text for s in korean.sources for text in (s.publisher, s.title, s.vintage, s.licence, s.url)}
    publications |= {m.reference for block in korean.blocks if isinstance(block, Methods) for m in block.items}
    for text in set(_texts_of(korean)) - publications:
        assert not re.search(FOUR_SMALL_WORDS, text), text
        assert not re.search(r"[은이을과]\([는가를와]\)|으로\(로\)|[{}]", text), text
    assert set(korean.words) == {"kind", "sources", "page", "build", "again"}


def test_a_korean_pdf_has_its_letters_and_no_empty_boxes(korean: Document) -> None:
    _needs_korean_letters()
    content = as_pdf(korean)
    pdf = pypdf.PdfReader(io.BytesIO(content))
    assert pdf.trailer["/Root"]["/Lang"] == "ko"  # type: ignore[index]
    assert len(pdf.pages) <= MOST_PAGES
    text = _read("pdf", content)
    assert "\ufffd" not in text
    for section in korean.sections:
        assert _closed(section.title) in text
    assert fonts.letters("ko").families[0].replace(" ", "") in content.decode("latin-1").replace("#20", "")


def test_a_missing_font_is_named_before_anything_is_computed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import typst

    never = Evidence(None)  # type: ignore[arg-type]
    monkeypatch.setattr(typst, "Fonts", lambda *_, fonts=typst.Fonts, **__: fonts(include_system_fonts=False))
    for form in ("pdf", "docx"):
        with pytest.raises(LegationError, match=r"no font here .* apt-get install fonts-nanum"):
            write_brief(never, *ABOUT, [form], tmp_path / "new", "ko")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("partner", [None, "CHE"])
def test_a_country_poor_in_evidence_has_a_brief_too(evidence: Evidence, tmp_path: Path, partner: str | None) -> None:
    (path,) = write_brief(evidence, "TUV", "nuclear", partner, ["pdf"], tmp_path)
    assert path.name == f"legation-TUV-nuclear{'-CHE' if partner else ''}.pdf"
    sheets = pypdf.PdfReader(path).pages
    assert 2 <= len(sheets) <= MOST_PAGES
    assert "Whatwedonotknow" in _closed(" ".join(sheet.extract_text() for sheet in sheets))


def test_a_technology_without_evidence_is_an_error_and_leaves_no_file(small_store: Path, tmp_path: Path) -> None:
    with pytest.raises(NoEvidenceError, match=r"nothing on semiconductors to write a brief for KOR from; .*indicators"):
        write_brief(legation.open(small_store), "KOR", "semiconductors", None, ["html"], tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_is_remembered_is_what_would_be_computed(evidence: Evidence) -> None:
    fresh = legation.open().position("KOR", "quantum")
    assert evidence.position("KOR", "quantum") is evidence.position("KOR", "quantum")
    assert list(map(str, evidence.position("KOR", "quantum").findings)) == list(map(str, fresh.findings))
    assert evidence.position("KOR", "quantum").table.equals(fresh.table)
    assert evidence.remembering() is evidence


def test_what_cannot_be_written_says_what_to_do(evidence: Evidence, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for out in (tmp_path / "file", tmp_path / "file" / "folder"):
        with pytest.raises(UserError, match="choose another --out"):
            write_brief(evidence, "KOR", "quantum", None, ["html"], out)
    with pytest.raises(UserError, match="unknown format 'pfd'; did you mean pdf"):
        write_brief(evidence, "KOR", "quantum", None, ["pfd"], tmp_path)
    with pytest.raises(UserError, match="two different countries"):
        write_brief(evidence, "KOR", "quantum", "KOR", ["html"], tmp_path)
    with pytest.raises(UserError, match="unknown language 'kr'; did you mean ko"):
        write_brief(evidence, "KOR", "quantum", None, ["html"], tmp_path, "kr")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_file_is_there_whole_or_not_at_all(
    document: Document, evidence: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> int:
        path.open("wb").write(content[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "compose", lambda *_: document)
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


def test_every_formula_becomes_an_equation_in_word(visit: Document) -> None:
    written = [indicator.formula for indicator in registry.indicators().values()]
    methods = Methods(tuple(Method(str(n), "?", formula, "1", "x") for n, formula in enumerate(written)))
    content = as_docx(replace(visit, sections=(Section("All", (methods,)),)))
    equations = list(_word(content).iter("{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"))
    assert len(equations) == len(written)
    read = ["".join(part.itertext()) for part in equations]
    assert not [text for text in read if "\\" in text or not text]


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
