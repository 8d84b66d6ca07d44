"""Co-publications between countries in OpenAlex, all fields, one network for each year from 1990 to 2023.

Vladimir Batagelj asked OpenAlex for each country and year for the works with authors in more than one country
(`countries_distinct_count:>1`), grouped by the countries on them. So the diagonal, which equals the vector `T` for
every country and year, counts the works of a country **with any foreign partner** (C_x), not all its works: it never
exceeds the sum of the pairs, and equals it where every work has two countries. It becomes the row of the country with
WLD. All works of a country are not in this source, and neither are all international works of the world (the row WLD,
WLD): pairs count a work of three countries three times and are never added up.

- The answers were cut at 200 partners; longer rows were filled up from the other side before publication. The
  partition `G` still says 200 and is not used.
- Both directions of a pair were asked for apart, of a database in use: six pairs differ by one work (2004 France with
  the United Kingdom, India and Italy with the United States; 2019 Argentina with Israel, Australia with Taiwan, Austria
  with France). Both are kept as published.
- AN, the Netherlands Antilles, has no single successor; it has no works in any year.
- A pair that is not listed has no joint works.
"""

import zipfile
from collections.abc import Iterator

import polars as pl

from legation.errors import DataError
from legation.intake import Intake, Records
from legation.model import WORLD, Source

FILE = "openalex_country_copublications/WrldCo_years.zip"
YEARS = range(1990, 2024)
DISSOLVED = "AN"

SOURCE = Source(
    publisher="Vladimir Batagelj",
    title="World co-authorship between countries, from OpenAlex",
    url="https://github.com/bavla/OpenAlex/tree/main/Countries",
    licence="CC0 (counts from OpenAlex)",
    licence_url="https://creativecommons.org/publicdomain/zero/1.0/",
    vintage="2024-08-27",
    files=(FILE,),
    rows={"copublications": (500_000, 600_000)},
)


def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    with zipfile.ZipFile(raw.path(FILE)) as archive:
        yield "copublications", pl.concat([_of_year(raw, archive, year) for year in YEARS])


def _of_year(raw: Intake, archive: zipfile.ZipFile, year: int) -> pl.DataFrame:
    member = f"WrldCo{year}.net"
    codes, totals = _vertices(raw, archive, member), _totals(archive, f"WrldCo{year}T.vec")
    foreign_partner = pl.DataFrame({"iso2": codes, "total": totals}, schema={"iso2": pl.String, "total": pl.Float64})
    known = (
        _arcs(raw, archive, member, codes)
        .integer("works")
        .set_aside(pl.any_horizontal(pl.col("iso2", "partner_iso2") == DISSOLVED), f"{DISSOLVED} has no successor")
        .country("iso2", "iso2")
        .country("partner_iso2", "iso2", to="partner_iso3")
    )
    own = pl.col("iso3") == pl.col("partner_iso3")
    with_totals = Records(known.frame.join(foreign_partner, on="iso2", how="left"), known.file, raw)
    agreed = with_totals.reject(own & (pl.col("works") != pl.col("total")), "the diagonal differs from the vector T")
    return agreed.select(
        "iso3",
        "works",
        scope=pl.lit("all"),
        partner_iso3=pl.when(own).then(pl.lit(WORLD)).otherwise("partner_iso3"),
        first_year=pl.lit(year, pl.Int64),
        last_year=pl.lit(year, pl.Int64),
    )


def _vertices(raw: Intake, archive: zipfile.ZipFile, member: str) -> list[str]:
    """The country codes of a network, in the order of their numbers."""
    named = [text.split() for _, text in _section(archive, member, "*vertices")]
    if any(len(words) != 2 or int(words[0]) != place for place, words in enumerate(named, 1)):
        raise DataError(f"source {raw.source}: {FILE}, {member}: the vertices are not numbered one after the other")
    return [code.strip('"') for _, code in named]


def _arcs(raw: Intake, archive: zipfile.ZipFile, member: str, codes: list[str]) -> Records:
    """The entries of the matrix: from, to, works."""
    lines = list(_section(archive, member, "*arcs"))
    parts = pl.DataFrame({"text": [text for _, text in lines]}).select(
        pl.col("text").str.split_exact(" ", 2).struct.rename_fields(["from", "to", "works"]).struct.unnest()
    )
    numbered = raw.records(parts, f"{FILE}/{member}", first_line=lines[0][0]).integer("from").integer("to")
    code_of = dict(enumerate(codes, 1))
    return numbered.reject(
        ~pl.all_horizontal(pl.col("from", "to").is_between(1, len(codes))), "there is no such vertex"
    ).having(
        iso2=pl.col("from").replace_strict(code_of, default=None, return_dtype=pl.String),
        partner_iso2=pl.col("to").replace_strict(code_of, default=None, return_dtype=pl.String),
    )


def _totals(archive: zipfile.ZipFile, member: str) -> list[float]:
    return [float(text) for _, text in _section(archive, member, "*vertices")]


def _section(archive: zipfile.ZipFile, member: str, wanted: str) -> Iterator[tuple[int, str]]:
    """The lines under a heading of a Pajek file, with their numbers; comments begin with %."""
    heading = ""
    for number, line in enumerate(archive.read(member).decode("utf-8-sig").splitlines(), 1):
        text = line.strip()
        if text.startswith("*"):
            heading = text.split()[0].lower()
            if heading not in ("*vertices", "*arcs"):
                raise DataError(f"{FILE}, {member}, line {number}: unknown heading {heading}")
        elif text and not text.startswith("%") and heading == wanted:
            yield number, text
