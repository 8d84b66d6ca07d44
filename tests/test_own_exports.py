"""Exports of other services in the layout their publishers document, with invented works: who signs from where."""

import json
from pathlib import Path

import polars as pl
import pytest

from legation import own
from legation.countries import iso3_of_name
from legation.mapping import declared, places
from legation.mapping.report import Report

HERE = Path(__file__).parent / "fixtures" / "own"
NAMES = {**places.by_name({})}


def read(name: str, file: Path) -> tuple[dict[str, pl.DataFrame], Report]:
    return own.check(file, declared.read(name, scope="quantum"))


def signed(tables: dict[str, pl.DataFrame]) -> list[tuple[str, int, str | None]]:
    return sorted(tables["authorships"].select("work_id", "position", "iso3").rows(), key=str)


def put(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    file = folder / name
    file.write_text(text, encoding=encoding)
    return file


WOS = "PT\tAU\tAF\tTI\tSO\tDT\tC1\tTC\tPY\tUT\n" + "\n".join(
    "\t".join(row)
    for row in (
        (
            "J", "Kim, M; Lee, J; Smith, A", "", 'A "quoted title', "J QUANT", "Article",
            "[Kim, Minji; Lee, Jun] Seoul Natl Univ, Dept Phys, Seoul, South Korea; [Kim, Minji] Swiss Fed Inst "
            "Technol, Zurich, Switzerland; [Smith, Anna] MIT, Cambridge, MA 02139 USA", "12", "2021", "WOS:1",
        ),
        (
            "J", "Wu, X", "", "t", "J QUANT", "Review",
            "[Wu, Xi] Univ Sci & Technol China, Hefei 230026, Peoples R China", "3", "2022", "WOS:2",
        ),
        ("J", "Old, A", "", "t", "J QUANT", "", "Univ Edinburgh, Edinburgh EH9 3JZ, Scotland", "", "1999", "WOS:3"),
        ("J", "No, One", "", "t", "J QUANT", "Article", "", "0", "2020", "WOS:4"),
    )
)  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_web_of_science_tab_delimited(tmp_path: Path, encoding: str) -> None:
    tables, report = read("web-of-science", put(tmp_path, "savedrecs.txt", WOS + "\n", encoding))
    assert signed(tables) == [
        ("WOS:1", 0, "CHE"), ("WOS:1", 0, "KOR"), ("WOS:1", 1, "KOR"), ("WOS:1", 2, "USA"),
        ("WOS:2", 0, "CHN"), ("WOS:3", 0, "GBR"), ("WOS:4", 0, None),
    ]  # fmt: skip
    assert tables["works"].select("year", "type", "citations").rows() == [
        (2021, "Article", 12), (2022, "Review", 3), (1999, "unknown", None), (2020, "Article", 0),
    ]  # fmt: skip
    assert report.unused["savedrecs.txt"] == ["PT", "AU", "AF", "TI", "SO"]


def test_scopus_csv(tmp_path: Path) -> None:
    """An author with two addresses signs from both; the addresses of the work are in a column of their own."""
    seoul, zurich = (
        "Department of Physics, Seoul National University, Seoul, South Korea",
        "ETH Zurich, Zurich, Switzerland",
    )
    text = (
        "Authors,Author full names,Author(s) ID,Title,Year,Cited by,DOI,Affiliations,Authors with affiliations,"
        "Document Type,Source,EID\n"
        f'"Kim M.; Lee J.","Kim, Minji (7001); Lee, Jun (7002)","7001; 7002","Title, with comma",2021,5,,"{seoul}; '
        f'{zurich}","Kim M., {seoul}, {zurich}; Lee J., {seoul}",Article,Scopus,2-s2.0-1\n'
        '"Solo A.","Solo, A (7003)","7003","Other",2022,,,"","Solo A.",Review,Scopus,2-s2.0-2\n'
    )
    tables, report = read("scopus", put(tmp_path, "scopus.csv", text, "utf-8-sig"))
    assert signed(tables) == [
        ("2-s2.0-1", 0, "CHE"), ("2-s2.0-1", 0, "KOR"), ("2-s2.0-1", 1, "KOR"), ("2-s2.0-2", 0, None),
    ]  # fmt: skip
    assert tables["authorships"]["author"].n_unique() == 3
    assert not report.bad_rows


def test_dimensions_csv_with_a_line_above_the_header(tmp_path: Path) -> None:
    text = (
        '"About the data: Exported on Jan 5, 2026. Criteria: quantum"\n'
        "Rank,Publication ID,DOI,Title,PubYear,Open Access,Publication Type,Authors,Authors (Raw Affiliation),"
        "Country of standardized research organization,Times cited\n"
        '1,pub.1,10.1/x,T,2021,All OA; Gold,Article,"Kim, Minji; Smith, Anna","Kim, Minji (Seoul National University '
        '(SNU), Seoul, South Korea; ETH, Zurich, Switzerland); Smith, Anna (MIT, Cambridge, USA)",South Korea; '
        "Switzerland; United States,7\n"
        '2,pub.2,10.1/y,T,2022,Closed,Chapter,"Lee, Jun","Lee, Jun (Seoul National University)",South Korea,0\n'
    )
    tables, report = read("dimensions", put(tmp_path, "dimensions.csv", text))
    assert signed(tables) == [("pub.1", 0, "CHE"), ("pub.1", 0, "KOR"), ("pub.1", 1, "USA"), ("pub.2", 0, "KOR")]
    assert tables["works"].select("open_access", "country_list_only").rows() == [(True, False), (False, True)]
    assert dict(report.unmatched) == {"Seoul National University": 1}


def test_lens_json_lines(tmp_path: Path) -> None:
    works = [
        {
            "lens_id": "001-002", "year_published": 2021, "publication_type": "journal article",
            "scholarly_citations_count": 4, "title": "T",
            "authors": [
                {"last_name": "Kim", "affiliations": [{"name": "SNU", "country_code": "KR"}, {"country_code": "CH"}]},
                {"last_name": "Nobody"},
            ],
        },
        {"lens_id": "001-003", "year_published": 2022, "title": "U"},
    ]  # fmt: skip
    text = "".join(json.dumps(work) + "\n" for work in works)
    tables, _ = read("lens", put(tmp_path, "lens.jsonl", text))
    assert signed(tables) == [("001-002", 0, "CHE"), ("001-002", 0, "KOR"), ("001-002", 1, None), ("001-003", 0, None)]
    assert tables["works"].select("type", "citations").rows() == [("journal article", 4), ("unknown", None)]


@pytest.mark.parametrize(
    ("affiliation", "iso3"),
    [
        ("MIT, Cambridge, MA 02139 USA", "USA"),
        ("Univ Calif Berkeley, Berkeley, CA USA", "USA"),
        ("Univ Tokyo, Tokyo 1138654, Japan", "JPN"),
        ("KAIST, Daejeon 34141 South Korea.", "KOR"),
        ("KAIST, Daejeon, Republic of Korea, minji@kaist.ac.kr", "KOR"),
        ("Natl Taiwan Univ, Taipei, Taiwan", "TWN"),
        ("Univ Edinburgh, Edinburgh, Scotland", "GBR"),
        ("Inst Phys, Beijing, Peoples R China", "CHN"),
        ("Koç Üniversitesi, İstanbul, Türkiye", "TUR"),
        ("Germany", "DEU"),
        ("Seoul National University, Seoul", None),
        ("University of Mexico City", None),
        ("Korea University", None),
        ("Acad Sci, Moscow, USSR", None),
        ("", None),
    ],
)
def test_the_country_of_an_affiliation_is_what_its_last_part_says(affiliation: str, iso3: str | None) -> None:
    assert places.country_of(affiliation, NAMES) == iso3


def test_abbreviations_contradict_no_name_of_a_country() -> None:
    """Where a name is also known otherwise, it is the same country."""
    assert {name: iso3 for name, iso3 in iso3_of_name().items() if NAMES[name] != iso3} == {}
