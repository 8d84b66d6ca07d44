"""The JSON of invented works, put together from pieces for many works at once; see `generate`."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

OPENALEX = "https://openalex.org/"
POOL = 2000
KINDS = ("education", "company", "government", "facility", "healthcare", "nonprofit", "archive", "other")
KIND_CHANCES = (0.62, 0.11, 0.06, 0.09, 0.06, 0.03, 0.01, 0.02)

Ints = NDArray[np.int64]


@cache
def _vocabulary() -> list[str]:
    """Words without meaning."""
    rng = np.random.default_rng(7)
    syllables = [c + v for c in "bcdfghklmnprstvz" for v in "aeiou"]
    return ["".join(rng.choice(syllables, rng.integers(2, 5))) for _ in range(6000)]


def _words(rng: np.random.Generator, count: int) -> list[str]:
    known = _vocabulary()
    return [known[i] for i in (len(known) * rng.random(count) ** 2).astype(int)]


def topic_texts(topics: pl.DataFrame) -> pl.Series:
    """Topics as they stand in a work."""
    return pl.Series(
        [
            topic_text(t["topic"], t["name"], t["subfield"], t["field"])
            for t in topics.select("topic", "name", "subfield", "field").iter_rows(named=True)
        ]
    )


def topic_text(topic: str, name: str, subfield: str, field: str) -> str:
    return json.dumps(
        {
            "id": OPENALEX + topic,
            "display_name": name,
            "score": 0.9871,
            "subfield": {"id": f"{OPENALEX}subfields/{1000 + len(subfield)}", "display_name": subfield.title()},
            "field": {"id": f"{OPENALEX}fields/{10 + len(field)}", "display_name": field.replace("-", " ").title()},
            "domain": {"id": f"{OPENALEX}domains/3", "display_name": "Physical Sciences"},
        },
        separators=(",", ":"),
    )


def institutions(countries: NDArray[Any]) -> pl.DataFrame:
    """One institution in each of these countries: its text in a work, its identifier, country, and an affiliation."""
    rng = np.random.default_rng(11)
    rows = []
    for number, country in enumerate(countries.tolist()):
        name = " ".join(word.title() for word in _words(rng, 3))
        identifier = f"{OPENALEX}I{100_000_000 + number}"
        kind = str(rng.choice(KINDS, p=KIND_CHANCES))
        text = _institution(identifier, name, f"https://ror.org/0{number:08d}", country, kind)
        rows.append((text, identifier, country, f"Department of {_words(rng, 1)[0]}, {name}, {country}"))
    return pl.DataFrame(rows, schema=["text", "institution_id", "country", "affiliation"], orient="row")


def _institution(identifier: str, name: str, ror: str, country: str, kind: str) -> str:
    described = {"id": identifier, "display_name": name, "ror": ror, "country_code": country, "type": kind}
    return json.dumps(described | {"lineage": [identifier]}, separators=(",", ":"))


def authorships(signed: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Authorships as text; a number below 0 stands for an author or institution that is not known."""
    names = _names().gather(signed["author"].clip(0) * 31 % POOL)
    first, second = (
        known[:, :].select(pl.all().gather(signed[c].clip(0))).rename({n: f"{c}_{n}" for n in known.columns})
        for c in ("institution", "second")
    )
    rows = pl.concat([signed, pl.DataFrame({"name": names}), first, second], how="horizontal")
    author = pl.format(f'"{OPENALEX}A{{}}"', pl.col("author") + 5_000_000_000)
    one, two = pl.col("institution") >= 0, pl.col("second") >= 0
    foreign = two & (pl.col("second_country") != pl.col("institution_country"))
    both = pl.when(two)
    text = pl.concat_str(
        pl.lit('{"author_position":"'),
        pl.when(pl.col("order") == 0)
        .then(pl.lit("first"))
        .when("last")
        .then(pl.lit("last"))
        .otherwise(pl.lit("middle")),
        pl.lit('","author":{"id":'),
        pl.when(pl.col("author") < 0).then(pl.lit("null")).otherwise(author),
        pl.lit(',"display_name":"'),
        "name",
        pl.lit('","orcid":null},"institutions":['),
        _if(one, pl.col("institution_text")),
        both.then(pl.format(",{}", "second_text")).otherwise(pl.lit("")),
        pl.lit('],"countries":['),
        _if(one, pl.format('"{}"', "institution_country")),
        pl.when(foreign).then(pl.format(',"{}"', "second_country")).otherwise(pl.lit("")),
        pl.lit('],"is_corresponding":'),
        pl.when(pl.col("order") == 0).then(pl.lit("true")).otherwise(pl.lit("false")),
        pl.lit(',"raw_author_name":"'),
        "name",
        pl.lit('","raw_affiliation_strings":['),
        _if(one, pl.format('"{}"', "institution_affiliation")),
        pl.lit('],"affiliations":['),
        _if(
            one,
            pl.format(
                '{"raw_affiliation_string":"{}","institution_ids":["{}"]}'.replace("{}", "\0")
                .replace("{", "{{")
                .replace("}", "}}")
                .replace("\0", "{}"),
                "institution_affiliation",
                "institution_institution_id",
            ),
        ),
        pl.lit("]}"),
    )
    return rows.select("work", text=text)


def _if(condition: pl.Expr, text: pl.Expr) -> pl.Expr:
    return pl.when(condition).then(text).otherwise(pl.lit(""))


@cache
def _names() -> pl.Series:
    rng = np.random.default_rng(5)
    return pl.Series([" ".join(word.title() for word in _words(rng, 2)) for _ in range(POOL)])


def joined(text: pl.Series, of: pl.Series, total: int) -> pl.Series:
    """Texts of the same work joined by commas; works come in order and have at least one."""
    grouped = (
        pl.DataFrame({"of": of, "text": text}).group_by("of", maintain_order=True).agg(pl.col("text").str.join(","))
    )
    assert grouped.height == total
    return grouped["text"]


def references(cited: Ints, counts: Ints) -> pl.Series:
    """Lists of works as text."""
    text = pl.DataFrame({"of": np.repeat(np.arange(len(counts)), counts), "id": cited}).select(
        "of", text=pl.format(f'"{OPENALEX}W{{}}"', "id")
    )
    grouped = text.group_by("of", maintain_order=True).agg(pl.col("text").str.join(","))
    each = pl.DataFrame({"of": np.arange(len(counts))}).join(grouped, on="of", how="left", maintain_order="left")
    return each["text"].fill_null("")


def work_lines(
    works: pl.DataFrame, topics: list[pl.Series], few: Ints, day: str, rng: np.random.Generator
) -> pl.Series:
    """Whole works, one line each, with all that a work has and nothing reads: abstract, concepts, places to read it."""
    fillers = {name: pool.gather(rng.integers(0, POOL, works.height)) for name, pool in _pools().items()}
    given = {f"topic{n}": topic for n, topic in enumerate(topics)}
    frame = works.with_columns(**fillers, **given, few=pl.Series(few))
    return frame.select(
        line=pl.concat_str(
            pl.format(f'{{"id":"{OPENALEX}W'.replace("{", "{{", 1) + "{}", "id"),
            pl.lit('"'),
            "head",
            pl.format(',"publication_year":{},"type":"{}"', "year", "type"),
            pl.format(',"open_access":{{"is_oa":{},"oa_status":"gold"}}', pl.col("open_access").cast(pl.String)),
            pl.lit(',"authorships":['),
            "authorships",
            pl.format('],"cited_by_count":{}', "citations"),
            pl.lit(',"primary_topic":'),
            "topic0",
            pl.lit(',"topics":['),
            "topic0",
            _if(pl.col("few") > 1, pl.format(",{}", "topic1")),
            _if(pl.col("few") > 2, pl.format(",{}", "topic2")),
            pl.lit("]"),
            "tail",
            pl.lit(',"referenced_works":['),
            "references",
            pl.format(
                '],"updated_date":"{}T0{}:15:22.108334","created_date":"2025-10-10T00:00:00"}}', pl.lit(day), "few"
            ),
        )
    )["line"]


@cache
def _pools() -> dict[str, pl.Series]:
    """Beginnings and ends of works, of the length they have."""
    rng = np.random.default_rng(3)
    return {"head": pl.Series([_head(rng) for _ in range(POOL)]), "tail": pl.Series([_tail(rng) for _ in range(POOL)])}


def _head(rng: np.random.Generator) -> str:
    title, doi = " ".join(_words(rng, 12)), f"https://doi.org/10.{rng.integers(1000, 9999)}/{rng.integers(10**9)}"
    place = _place(rng, doi)
    described = {"doi": doi, "title": title, "display_name": title, "ids": {"doi": doi}, "language": "en"}
    return "," + _inner(
        described | {"primary_location": place, "best_oa_location": place if rng.random() < 0.4 else None}
    )


def _tail(rng: np.random.Generator) -> str:
    words = _words(rng, int(rng.integers(60, 160)))
    abstract: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        abstract.setdefault(word, []).append(place)
    concepts = [
        {
            "id": f"{OPENALEX}C{rng.integers(10**6, 10**9)}",
            "wikidata": f"https://www.wikidata.org/wiki/Q{rng.integers(10**4, 10**7)}",
            "display_name": word,
            "level": 2,
            "score": round(float(rng.random()), 8),
        }
        for word in _words(rng, int(rng.integers(4, 14)))
    ]
    keywords = [
        {"id": f"{OPENALEX}keywords/{word}", "display_name": word, "score": round(float(rng.random()), 8)}
        for word in _words(rng, 6)
    ]
    related = [f"{OPENALEX}W{number}" for number in rng.integers(15 * 10**8, 4 * 10**9, 8)]
    described = {"concepts": concepts, "keywords": keywords, "locations": [_place(rng, "https://doi.org/10.1/x")]}
    told = {"is_paratext": False, "is_retracted": False, "is_xpac": False, "fwci": 1.25, "mesh": [], "awards": []}
    abstracts = {"abstract_inverted_index": abstract if rng.random() < 0.55 else None, "related_works": related}
    counts = {"counts_by_year": [{"year": year, "cited_by_count": 3} for year in range(2021, 2026)]}
    return "," + _inner(described | told | abstracts | counts)


def _place(rng: np.random.Generator, doi: str) -> dict[str, Any]:
    source = {
        "id": f"{OPENALEX}S{rng.integers(10**6, 10**9)}",
        "display_name": " ".join(_words(rng, 4)),
        "type": "journal",
    }
    host = {
        "host_organization": f"{OPENALEX}P{rng.integers(10**9, 5 * 10**9)}",
        "is_in_doaj": False,
        "issn": ["0048-9697"],
    }
    told = {"is_oa": False, "landing_page_url": doi, "pdf_url": None, "license": None, "version": "publishedVersion"}
    return {"id": doi, "source": source | host, **told, "is_accepted": True, "is_published": True}


def _inner(content: dict[str, Any]) -> str:
    return json.dumps(content, separators=(",", ":"))[1:-1]


def _planted_institution(country: str) -> dict[str, Any]:
    number = 900_000_000 + int.from_bytes(country.encode())
    text = _institution(f"{OPENALEX}I{number}", f"Planted {country}", f"https://ror.org/0{number}", country, "other")
    told: dict[str, Any] = json.loads(text)
    return told


def planted_work(
    identifier: int, topic: str, field: str, year: int, signed: tuple[tuple[str, str], ...]
) -> dict[str, Any]:
    """A whole work with named authors, each in one country."""
    about = json.loads(topic_text(topic, topic, "planted", field))
    return {
        "id": f"{OPENALEX}W{identifier}",
        "publication_year": year,
        "type": "article",
        "open_access": {"is_oa": True},
        "authorships": [
            {
                "author": {
                    "id": f"{OPENALEX}A{9_000_000_000 + sum(ord(c) * 131**n for n, c in enumerate(author)) % 10**9}"
                },
                "institutions": [_planted_institution(country)],
                "countries": [country],
                "is_corresponding": position == 0,
                "raw_affiliation_strings": [],
            }
            for position, (author, country) in enumerate(signed)
        ],
        "cited_by_count": 0,
        "primary_topic": about,
        "topics": [about],
        "referenced_works": [],
        "is_paratext": False,
        "is_xpac": False,
        "updated_date": "2025-11-05T00:00:00",
    }
