"""Science and Engineering Indicators of the US National Center for Science and Engineering Statistics.

Articles and citations are counted in Scopus, patents at patent offices, students and doctorates in the United States.

- Regions stand among the countries under the code of one of them ("Australia and Oceania" as AUS, "EU-27 and United
  Kingdom" as GBR, "Not United States" as USA). Each row is located twice, by name and by code: regions are set aside,
  rows whose name and code disagree are rejected.
- West Bank and Gaza Strip share PSE. Their fractional counts add up and are added; full counts (works of both would
  count twice) and percentages do not, and are set aside.
- Serbia, Montenegro, Kosovo and South Sudan have noughts until they are counted apart, not for want of articles: these
  are set aside.
- R&D expenditure is in billions; "2021a" is 2021 or the latest year, which then stands behind the name: "Chile (2020)".
- `all` is all fields of science and engineering, with health for doctorates; for visas it is all fields of study, and
  `all-s-e-fields` those of science and engineering. Visas are rounded to ten.
"""

import html
from collections.abc import Iterator

import polars as pl

from legation.intake import Intake, Records
from legation.model import WORLD, Source

ARTICLES = "ncses/articles.csv.gz"
TOP_1 = "ncses/top1_share.csv.gz"
PATENT_FAMILIES = "ncses/international_patent_families.csv.gz"
USPTO_PATENTS = "ncses/uspto_patents.csv.gz"
AI_PATENTS = "ncses/ai_patents_2000_2022.csv"
COPUBLICATIONS = "ncses/copublications_2003_2022.csv"
AI_COPUBLICATIONS = "ncses/ai_copublications_2003_2022.csv"
CITATIONS = "ncses/relative_citation_index_2020.csv.gz"
EXPENDITURE = "ncses/gerd_gdp_raw.csv"
STAY_PLANS = "ncses/doctorate_stay_plans_raw.csv"
DOCTORAL_VISAS = "ncses/visa_doctoral_students_2022_raw.csv"
MASTERS_VISAS = "ncses/visa_masters_students_2022_raw.csv"

AI = "artificial-intelligence"
ALL_FIELDS = {"all S&E fields": "all", "Scopus database": "all"}
REGIONS = ("Australia/Oceania", "Not United States", "Total OECD")
PARTS_OF_PALESTINE = "^(West Bank|Gaza Strip)"
COUNTED_FROM = {"SRB": 2007, "MNE": 2007, "XKX": 2008, "SSD": 2011}

DOLLARS_A_BILLION = 1e9
GERD_REASONS = {
    "GERD": "constant prices",
    "GDP": "GDP, kept from the World Bank",
    "GERD-to-GDP ratio (%)": "ratio to GDP, kept from the World Bank",
    "Longer-term growth rates": "growth rates",
}

ORIGIN = "_b_field_and_country_or_economy_of_origin_b_"
STAY_MEASURES = {
    "doctorates_awarded": "field_temporary_residents_doctorate_recipients_number_",
    "plan_to_stay_percent": "field_temporary_residents_plans_to_stay_",
    "definite_plan_to_stay_percent": "field_temporary_residents_definite_commitments_to_stay_",
}
STAY_SPANS = {"2010_13": (2010, 2013), "2014_17": (2014, 2017), "2018_21": (2018, 2021)}

REGION = "region_country_or_economy_"
VISA_SCOPES = {
    "field_all_fields": "all",
    "field_s_e_all_s_e_fields": "all-s-e-fields",
    "field_s_e_agricultural_sciences_and_natural_resources": "agricultural-sciences-and-natural-resources",
    "field_s_e_biological_and_biomedical_sciences": "biological-and-biomedical-sciences",
    "field_s_e_computer_and_information_sciences": "computer-and-information-sciences",
    "field_s_e_engineering": "engineering",
    "field_s_e_health_sciences": "health-sciences",
    "field_s_e_mathematics_and_statistics": "mathematics-and-statistics",
    "field_s_e_multidisciplinary_and_interdisciplinary_sciences": "multidisciplinary-and-interdisciplinary-sciences",
    "field_s_e_physical_sciences": "physical-sciences",
    "field_s_e_psychology": "psychology",
    "field_s_e_social_sciences": "social-sciences",
    "field_s_e_related": "s-e-related",
    "field_non_s_e": "non-s-e",
}
NOT_FOR_MASTERS = "field_s_e_health_sciences"

SOURCE = Source(
    publisher="US National Science Foundation, National Center for Science and Engineering Statistics",
    title="Science and Engineering Indicators",
    url="https://ncses.nsf.gov/indicators",
    licence="US federal government work, public domain",
    vintage="2024 edition",
    files=(
        ARTICLES,
        TOP_1,
        PATENT_FAMILIES,
        USPTO_PATENTS,
        AI_PATENTS,
        COPUBLICATIONS,
        AI_COPUBLICATIONS,
        CITATIONS,
        EXPENDITURE,
        STAY_PLANS,
        DOCTORAL_VISAS,
        MASTERS_VISAS,
    ),
    rows={
        "articles": (105_000, 140_000),
        "citation_shares": (42_000, 55_000),
        "patents": (37_000, 48_000),
        "copublications": (7_000, 9_000),
        "citations_between": (22_000, 28_000),
        "macro": (120, 180),
        "students": (700, 900),
    },
)


def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    yield "articles", _articles(raw)
    yield "citation_shares", _citation_shares(raw)
    yield "patents", pl.concat([_patents(raw), _ai_patents(raw)])
    yield "copublications", pl.concat([_copublications(raw), _ai_copublications(raw)])
    yield "citations_between", _citations_between(raw)
    yield "macro", _expenditure(raw)
    yield "students", pl.concat([_stay_plans(raw), _visas(raw)])


def _articles(raw: Intake) -> pl.DataFrame:
    records = raw.csv(ARTICLES, ["iso3", "economy", "field", "counting", "year", "value"], ["ncses_table"])
    in_parts = pl.col("economy").str.contains(PARTS_OF_PALESTINE)
    additive = records.set_aside(
        in_parts & (pl.col("counting") == "full"), "West Bank and Gaza Strip apart, full counts that cannot be added"
    )
    both = in_parts.sum().over("field", "counting", "year") == 2
    additive = additive.reject(in_parts & ~both, "West Bank or Gaza Strip without the other").having(
        economy=pl.when(in_parts).then(pl.lit("Palestine")).otherwise("economy")
    )
    numbers = _scoped(_located(additive), "field").integer("year").number("value")
    early = pl.any_horizontal((pl.col("iso3") == iso3) & (pl.col("year") < y) for iso3, y in COUNTED_FROM.items())
    counted = numbers.set_aside(early & (pl.col("value") == 0), "nought before the economy is counted apart")
    frame = counted.select("scope", "counting", "iso3", "year", articles="value")
    parts = pl.col("iso3") == "PSE"
    whole = frame.filter(parts).group_by("scope", "counting", "iso3", "year").agg(pl.col("articles").sum().round(2))
    return pl.concat([frame.filter(~parts), whole])


def _citation_shares(raw: Intake) -> pl.DataFrame:
    records = raw.csv(TOP_1, ["iso3", "economy", "field", "counting", "year", "value"], ["ncses_table"])
    whole = records.set_aside(
        pl.col("economy").str.contains(PARTS_OF_PALESTINE),
        "West Bank and Gaza Strip apart, percentages that cannot be added",
    )
    numbers = _scoped(_located(whole), "field").integer("year").number("value")
    return numbers.select("scope", "counting", "iso3", "year", top1_percent="value")


def _patents(raw: Intake) -> pl.DataFrame:
    frames = []
    for kind, name, field in (
        ("international_patent_families", PATENT_FAMILIES, "wipo_field"),
        ("uspto_patents", USPTO_PATENTS, "technology"),
    ):
        records = raw.csv(name, ["iso3", "economy", field, "year", "value"], ["ncses_table"])
        numbers = _scoped(_located(records), field).integer("year").number("value")
        frames.append(
            numbers.select("scope", "iso3", kind=pl.lit(kind), first_year="year", last_year="year", patents="value")
        )
    return pl.concat(frames).select("kind", "scope", "iso3", "first_year", "last_year", "patents")


def _ai_patents(raw: Intake) -> pl.DataFrame:
    value = "granted_ai_patents_2000_2022"
    numbers = _located(raw.csv(AI_PATENTS, ["iso3", "economy", value])).number(value)
    return numbers.having(
        kind=pl.lit("granted_ai_patents"),
        scope=pl.lit(AI),
        first_year=pl.lit(2000, pl.Int64),
        last_year=pl.lit(2022, pl.Int64),
    ).select("kind", "scope", "iso3", "first_year", "last_year", patents=value)


def _copublications(raw: Intake) -> pl.DataFrame:
    records = raw.csv(COPUBLICATIONS, ["iso3", "partner_iso3", "year", "publications"])
    dated = records.integer("year").having(scope=pl.lit("all"), first_year="year", last_year="year")
    return _pairs(dated, "publications")


def _ai_copublications(raw: Intake) -> pl.DataFrame:
    records = raw.csv(AI_COPUBLICATIONS, ["iso3", "partner_iso3", "articles"])
    dated = records.having(scope=pl.lit(AI), first_year=pl.lit(2003, pl.Int64), last_year=pl.lit(2022, pl.Int64))
    return _pairs(dated, "articles")


def _pairs(records: Records, works: str) -> pl.DataFrame:
    """Joint works, each pair in both directions with one number; only the world stands with itself."""
    located = (
        records.country("iso3", "iso3", keep=(WORLD,))
        .country("partner_iso3", "iso3", to="partner_iso3", keep=(WORLD,))
        .integer(works)
    )
    ends = ("iso3", "partner_iso3")
    pair = (pl.min_horizontal(ends), pl.max_horizontal(ends), pl.col("last_year"))
    world = (pl.col("iso3") == WORLD) & (pl.col("partner_iso3") == WORLD)
    checked = located.reject((pl.len().over(*pair) != 2) & ~world, "the pair does not stand in both directions")
    checked = checked.reject(pl.col(works).n_unique().over(*pair) != 1, "the two directions of the pair differ")
    return checked.select("scope", *ends, "first_year", "last_year", works=works)


def _citations_between(raw: Intake) -> pl.DataFrame:
    index = "relative_citation_index"
    records = raw.csv(CITATIONS, ["citing_iso3", "cited_iso3", "field", index])
    located = records.country("citing_iso3", "iso3", to="citing_iso3").country("cited_iso3", "iso3", to="cited_iso3")
    numbers = _scoped(located, "field").number(index)
    return numbers.select("scope", "citing_iso3", "cited_iso3", index, year=pl.lit(2020, pl.Int64))


def _expenditure(raw: Intake) -> pl.DataFrame:
    level = "_b_gerd_b_level_"
    records = raw.csv(
        EXPENDITURE,
        ["time_period", f"{level}1", f"{level}2", f"{level}3", "value"],
        ["table_id", "row_id", f"{level}4", "_b_gerd_b_hierarchy_depth"],
    ).having(measured=pl.col(f"{level}1").str.strip_chars())
    current = (pl.col("measured") == "GERD") & (pl.col(f"{level}2") == "Current PPP dollars")
    for measured, reason in GERD_REASONS.items():
        records = records.set_aside((pl.col("measured") == measured) & ~current, reason)
    records = records.reject(~current, "not a known measure")
    economy = pl.col("time_period").str.strip_prefix("Non-OECD -> ")
    named = records.having(economy=economy.str.replace(r" \(\d{4}\)$", ""), latest=economy.str.extract(r"\((\d{4})\)$"))
    column = pl.col(f"{level}3")
    or_latest = pl.coalesce("latest", column.str.strip_suffix("a"))
    dated = named.having(year=pl.when(column.str.ends_with("a")).then(or_latest).otherwise(column)).integer("year")
    located = dated.country("economy", "name", apart=REGIONS).number("value", empty=("NA",))
    known = located.set_aside(pl.col("value").is_null(), "value not available")
    dollars = (pl.col("value") * DOLLARS_A_BILLION).round()
    return known.select("iso3", "year", measure=pl.lit("gerd_ppp_usd"), value=dollars)


def _stay_plans(raw: Intake) -> pl.DataFrame:
    columns = {prefix + span: (m, *years) for m, prefix in STAY_MEASURES.items() for span, years in STAY_SPANS.items()}
    group, item = f"{ORIGIN}level_1", f"{ORIGIN}level_2"
    records = raw.csv(
        STAY_PLANS, [group, item, *columns], ["table_id", "row_id", f"{ORIGIN}full_path", f"{ORIGIN}hierarchy_depth"]
    )
    of_field, of_country = pl.col(group) == "All SEH fields", pl.col(group) == "Country or economy of origin"
    rows = records.set_aside(of_country & pl.col(item).is_null(), "heading").reject(
        ~of_field & ~of_country, "neither a field nor a country of origin"
    )
    named = rows.having(
        field=pl.when(of_field & pl.col(item).is_not_null()).then(item).otherwise(pl.lit("all")),
        economy=pl.when(of_country).then(item).otherwise(pl.lit(WORLD)),
    ).slug("field", "scope")
    located = named.country("economy", "name", to="origin_iso3", keep=(WORLD,))
    long = located.unpivot(list(columns), index=["scope", "origin_iso3"], name="column").number("value")
    measure, first, last = (
        pl.col("column").replace_strict({name: what[i] for name, what in columns.items()}) for i in range(3)
    )
    return _students(long.having(measure=measure, first_year=first, last_year=last))


def _visas(raw: Intake) -> pl.DataFrame:
    frames = []
    for measure, name, absent in (
        ("visa_students_doctoral", DOCTORAL_VISAS, ()),
        ("visa_students_masters", MASTERS_VISAS, (NOT_FOR_MASTERS,)),
    ):
        fields = [column for column in VISA_SCOPES if column not in absent]
        records = raw.csv(
            name,
            [f"{REGION}level_1", f"{REGION}level_2", *fields],
            ["table_id", "row_id", f"{REGION}full_path", f"{REGION}hierarchy_depth"],
        )
        total = (pl.col(f"{REGION}level_1") == "Total") & pl.col(f"{REGION}level_2").is_null()
        named = records.having(economy=pl.when(total).then(pl.lit(WORLD)).otherwise(f"{REGION}level_2"))
        located = named.country("economy", "name", to="origin_iso3", keep=(WORLD,))
        long = located.unpivot(fields, index=["origin_iso3"], name="field").number("value")
        year = pl.lit(2022, pl.Int64)
        scope = pl.col("field").replace_strict(VISA_SCOPES)
        frames.append(_students(long.having(measure=pl.lit(measure), scope=scope, first_year=year, last_year=year)))
    return pl.concat(frames)


def _students(records: Records) -> pl.DataFrame:
    return records.select(
        "measure", "scope", "origin_iso3", "first_year", "last_year", "value", destination_iso3=pl.lit("USA")
    )


def _located(records: Records) -> Records:
    """The country by name and by code, where both say the same."""
    plain = pl.col("economy").map_elements(html.unescape, return_dtype=pl.String)
    named = records.having(economy=plain).country("economy", "name", to="named", apart=REGIONS).country("iso3", "iso3")
    return named.reject(pl.col("named") != pl.col("iso3"), "economy and iso3 name different countries")


def _scoped(records: Records, field: str) -> Records:
    return records.having(scope=pl.col(field).replace(ALL_FIELDS)).slug("scope")
