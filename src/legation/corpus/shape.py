"""What is read of a work, and how it is put into records.

The shape is written out: fields that OpenAlex adds are passed over, a field that changes its type stops the reading. It
fits works of before and after 2025. Older ones have no `countries` (those of the institutions stand in), no topics and
no `is_corresponding`, and one `raw_affiliation_string` for a list of them.

A record holds one version of a work: what the tables of works, authorships and topics take, and the works it refers
to, as lists beside each other. No title, abstract or name. Authors are pseudonyms, 64 bits of the MD5 of their
identifier: DuckDB has no BLAKE2b, by which `intake.pseudonym` hashes, and through Python the hashing would take a tenth
of the time of the parsing. Nothing compares the two, because no identifier leaves the folder of records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from legation.corpus._sql import quoted
from legation.corpus.corrections import Correction

TEXT, FLAG, NUMBER = "VARCHAR", "BOOLEAN", "JSON"
"""How DuckDB reads each kind of value. Numbers are read as they are written, so that 12 is told from "12"."""

Shape = str | list["Shape"] | dict[str, "Shape"]

WORK: dict[str, Shape] = {
    "id": TEXT,
    "publication_year": NUMBER,
    "type": TEXT,
    "cited_by_count": NUMBER,
    "updated_date": TEXT,
    "open_access": {"is_oa": FLAG},
    "is_xpac": FLAG,
    "primary_topic": {"id": TEXT, "field": {"display_name": TEXT}},
    "topics": [{"id": TEXT}],
    "referenced_works": [TEXT],
    "authorships": [
        {
            "author": {"id": TEXT},
            "institutions": [{"ror": TEXT, "country_code": TEXT, "type": TEXT}],
            "countries": [TEXT],
            "is_corresponding": FLAG,
            "raw_affiliation_strings": [TEXT],
            "raw_affiliation_string": TEXT,
        }
    ],
}
REQUIRED = (
    "id",
    "publication_year",
    "type",
    "cited_by_count",
    "updated_date",
    "open_access",
    "referenced_works",
    "authorships",
)
MAY_BE_EMPTY = ("publication_year", "type")
"""What every work has had at all times, and what of it is null in some: those works are rejected, the others stop the
reading."""

KNOWN = (
    "abstract_inverted_index apc_list apc_paid authors_count awards best_oa_location biblio "
    "citation_normalized_percentile cited_by_api_url cited_by_percentile_year concepts content_urls "
    "corresponding_author_ids corresponding_institution_ids countries_distinct_count counts_by_year created_date "
    "datasets display_name doi fulltext_origin funders fwci grants has_content has_fulltext host_venue ids indexed_in "
    "institution_assertions institutions institutions_distinct_count is_authors_truncated is_oa is_paratext "
    "is_retracted keywords language license locations locations_count mesh ngrams_url primary_location "
    "publication_date referenced_works_count related_works summary_stats sustainable_development_goals title "
    "type_crossref type_id versions alternate_host_venues abstract_inverted_index_v3"
)
"""Fields of a work that are known and not used; any other is reported."""

WORK_PREFIX = "https://openalex.org/W"
FIRST_YEAR, FIRST_COUNTED_YEAR = 1000, 1900
SAMPLES_KEPT = 5

SUSPECT, BAD_ID, BAD_YEAR, TOO_OLD, EXPANSION = range(1, 6)
REJECTED = {
    SUSPECT: "no whole work stands here",
    BAD_ID: "id is not that of a work",
    BAD_YEAR: "year is missing or absurd",
}
SET_ASIDE = {
    TOO_OLD: f"published before {FIRST_COUNTED_YEAR}",
    EXPANSION: "of the expansion corpus (is_xpac), which OpenAlex leaves out of its own counts",
}


def duckdb_type(shape: Shape) -> str:
    """The type of a shape, as DuckDB writes it."""
    match shape:
        case str():
            return shape
        case list():
            return f"{duckdb_type(shape[0])}[]"
        case _:
            return f"STRUCT({', '.join(f'{name} {duckdb_type(inner)}' for name, inner in shape.items())})"


def misfit(value: Any, shape: Shape, where: str = "") -> str | None:
    """The first place where a value read from JSON has another type, in words; none if it fits."""
    if value is None:
        return None
    wanted = {TEXT: str, FLAG: bool, NUMBER: int}[shape] if isinstance(shape, str) else type(shape)
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        found = f"{type(value).__name__} {str(value)[:60]!r}"
        return f"{where or 'the line'} holds {found} where {wanted.__name__} was expected"
    inner: list[tuple[Any, Shape, str]] = []
    if isinstance(shape, list) and isinstance(value, list):
        inner = [(each, shape[0], f"{where}[{number}]") for number, each in enumerate(value)]
    elif isinstance(shape, dict) and isinstance(value, dict):
        inner = [(value.get(name), each, f"{where}.{name}".lstrip(".")) for name, each in shape.items()]
    return next((said for each in inner if (said := misfit(*each))), None)


def problem(work: Any) -> str | None:
    """What makes a line unreadable for good: a required field that is missing or empty, or one of another type."""
    if not isinstance(work, dict):
        return misfit(work, WORK)
    missing = next((name for name in REQUIRED if name not in work), None)
    empty = next((name for name in REQUIRED if name not in MAY_BE_EMPTY and work.get(name) is None), None)
    if missing or empty:
        return f"the required field {missing or empty} is {'missing' if missing else 'empty'}"
    if said := misfit(work, WORK):
        return said
    try:
        datetime.fromisoformat(work["updated_date"])
    except ValueError:
        return f"updated_date {work['updated_date']!r} is no date"
    return None


def source_of_lines(paths: Sequence[str], largest_line_bytes: int, compression: str) -> str:
    """Works as they stand in files of JSON lines."""
    columns = ", ".join(f"{quoted(name)}: {quoted(duckdb_type(shape))}" for name, shape in WORK.items())
    return (
        f"read_json([{', '.join(map(quoted, paths))}], format='newline_delimited', compression='{compression}', "
        f"hive_partitioning=false, maximum_object_size={largest_line_bytes}, columns={{{columns}}})"
    )


def source_of_columns(paths: Sequence[str], present: Mapping[str, str]) -> str:
    """Works as they stand in Parquet files; fields that these do not have are empty."""
    wanted = {name: duckdb_type(shape).replace("JSON", "VARCHAR") for name, shape in WORK.items()}
    columns = [f"CAST({name if name in present else 'NULL'} AS {kind}) AS {name}" for name, kind in wanted.items()]
    files = ", ".join(map(quoted, paths))
    return f"(SELECT {', '.join(columns)} FROM read_parquet([{files}], hive_partitioning=false))"


def select(source: str, corrections: Sequence[Correction]) -> str:
    """Records of the works of a source, in its order."""
    return f"""
SELECT
    try_cast(substr(id, {len(WORK_PREFIX) + 1}) AS BIGINT) AS work,
    try_cast(updated_date AS TIMESTAMP) AS updated,
    try_cast(publication_year AS SMALLINT) AS year,
    type,
    try_cast(cited_by_count AS INTEGER) AS citations,
    primary_topic.field.display_name AS field,
    try_cast(substr(primary_topic.id, {len(WORK_PREFIX) + 1}) AS INTEGER) AS topic,
    list_transform(topics, lambda t: try_cast(substr(t.id, {len(WORK_PREFIX) + 1}) AS INTEGER)) AS topics,
    list_transform(referenced_works, lambda r: try_cast(substr(r, {len(WORK_PREFIX) + 1}) AS BIGINT)) AS cited,
    open_access.is_oa AS open_access,
    list_transform(authorships, lambda a: (md5_number(a.author.id) >> 64)::UBIGINT) AS authors,
    {_countries(corrections)} AS countries,
    list_transform(authorships, lambda a: a.is_corresponding) AS corresponding,
    list_contains(list_transform(flatten(list_transform(authorships, lambda a: a.institutions)), lambda i: i.type),
        'company') AS company,
    {_corrected(corrections)} AS corrected,
    {_fault()} AS fault
FROM {source}"""


def _fault() -> str:
    """Which works are not counted, and why."""
    year, whole = "try_cast(publication_year AS SMALLINT)", "try_cast({0} AS BIGINT)::VARCHAR IS DISTINCT FROM {0}"
    empty = " OR ".join(f"{name} IS NULL" for name in REQUIRED if name != "publication_year")
    return f"""CASE
        WHEN {empty} OR {whole.format("cited_by_count")} OR {whole.format("publication_year")}
            OR try_cast(updated_date AS TIMESTAMP) IS NULL THEN {SUSPECT}
        WHEN try_cast(substr(id, {len(WORK_PREFIX) + 1}) AS BIGINT) IS NULL OR NOT starts_with(id, '{WORK_PREFIX}')
            THEN {BAD_ID}
        WHEN {year} IS NULL OR {year} < {FIRST_YEAR} OR {year} > year(try_cast(updated_date AS TIMESTAMP)) + 1
            THEN {BAD_YEAR}
        WHEN {year} < {FIRST_COUNTED_YEAR} THEN {TOO_OLD}
        WHEN is_xpac THEN {EXPANSION}
    END::UTINYINT"""


def _countries(corrections: Sequence[Correction]) -> str:
    """The countries of each author, as OpenAlex writes them, joined by commas."""
    given = "coalesce(a.countries, list_distinct(list_transform(a.institutions, lambda i: i.country_code)))"
    plain = f"list_transform(authorships, lambda a: array_to_string({given}, ','))"
    if not corrections:
        return plain
    kept = "a.institutions"
    for correction in corrections:
        kept = f"list_filter({kept}, lambda i: NOT ({_applies(correction)}))"
    anew = f"list_distinct(list_transform({kept}, lambda i: i.country_code))"
    mended = f"CASE WHEN len({kept}) < len(a.institutions) THEN {anew} ELSE {given} END"
    return (
        f"CASE WHEN {_touched(corrections)} THEN list_transform(authorships, lambda a: array_to_string({mended}, ',')) "
        f"ELSE {plain} END"
    )


def _touched(corrections: Sequence[Correction]) -> str:
    """Whether a work has an institution that a correction names: for hardly any the rest need be looked at."""
    rors = ", ".join(quoted(correction.ror) for correction in corrections)
    listed = "list_transform(flatten(list_transform(authorships, lambda a: a.institutions)), lambda i: i.ror)"
    return f"list_has_any({listed}, [{rors}])"


def _corrected(corrections: Sequence[Correction]) -> str:
    """How many authorships of the work each correction changed; empty where none did."""
    if not corrections:
        return "NULL::UINTEGER[]"
    counts = [
        f"len(list_filter(authorships, lambda a: len(list_filter(a.institutions, lambda i: {_applies(c)})) > 0))"
        for c in corrections
    ]
    return f"CASE WHEN {_touched(corrections)} THEN [{', '.join(counts)}]::UINTEGER[] END"


def _applies(correction: Correction) -> str:
    """Whether a correction meets institution `i` of authorship `a`."""
    strings = "coalesce(a.raw_affiliation_strings, [a.raw_affiliation_string])"
    matched = f"lambda s: regexp_matches(s, {quoted(correction.affiliation)})"
    return f"i.ror = {quoted(correction.ror)} AND len(list_filter({strings}, {matched})) > 0"
