"""Research Organization Registry: names, countries and kinds of the organisations that works refer to.

- The copy is partial (51,370 organisations). Of the 1,573 institutions with a ROR identifier in the authorships of the
  OpenAlex sample, 1,134 are in it, which carry 85 % of the mentions; the other 439 are counted as set aside.
- Records of the first schema have `name` and `country`, those of the second `names`, one of which is for display, and
  `locations`, of which the first is the seat. Kinds begin with a capital in the first and not in the second.
- The second schema lists kinds by alphabet, so that a ministry reads "funder, government". Funding is a role beside the
  kind: the first kind other than `funder` is taken.
"""

import gzip
import json
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from legation import countries
from legation.intake import Intake
from legation.model import Source

RECORDS = "ror/ror_records.jsonl.gz"
WORKS = "openalex/works.jsonl.gz"
PREFIX = "https://ror.org/"
SECTORS = ("education", "company", "government", "facility", "nonprofit", "healthcare", "archive", "other", "funder")

SOURCE = Source(
    publisher="Research Organization Registry",
    title="ROR data",
    url="https://ror.org/",
    licence="CC0",
    licence_url="https://creativecommons.org/publicdomain/zero/1.0/",
    vintage="2025",
    files=(RECORDS, WORKS),
    rows={"organisations": (1_000, 1_700)},
)


def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    wanted = _referred_to(raw)
    records = {record["id"]: (line, record) for line, record in _lines(raw, RECORDS) if record["id"] in wanted}
    raw.set_aside[f"{RECORDS}: no work refers to it"] += raw.read[RECORDS] - len(records)
    raw.set_aside[f"{WORKS}: institution that this copy of the registry lacks"] += len(wanted) - len(records)
    found = [row for line, record in records.values() for row in _organisation(raw, line, record)]
    yield "organisations", pl.DataFrame(found, schema=["organisation", "name", "iso3", "sector"])


def _referred_to(raw: Intake) -> set[str]:
    """The identifiers in the authorships of works."""
    found = set()
    for _, work in _lines(raw, WORKS):
        for authorship in work["authorships"]:
            found |= {institution["ror"] for institution in authorship["institutions"] if institution["ror"]}
    return found


def _organisation(raw: Intake, line: int, record: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    kinds = [kind.lower() for kind in record["types"]]
    iso2 = _country(record)
    if not kinds or any(kind not in SECTORS for kind in kinds):
        raw.reject(RECORDS, [line], f"types {', '.join(kinds)} are not all known")
    elif iso2 not in countries.iso3_of_iso2():
        raw.reject(RECORDS, [line], f"country {iso2!r} is not a known country")
    else:
        yield {
            "organisation": record["id"].removeprefix(PREFIX),
            "name": _name(record),
            "iso3": countries.iso3_of_iso2()[iso2],
            "sector": next((kind for kind in kinds if kind != "funder"), "funder"),
        }


def _name(record: Mapping[str, Any]) -> str:
    if "names" in record:
        return next(str(name["value"]) for name in record["names"] if "ror_display" in name["types"])
    return str(record["name"])


def _country(record: Mapping[str, Any]) -> str:
    if "locations" in record:
        return str(record["locations"][0]["geonames_details"]["country_code"])
    return str(record["country"]["country_code"])


def _lines(raw: Intake, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The JSON records of a file with their lines, one at a time."""
    with gzip.open(raw.path(name), "rt", encoding="utf-8") as stream:
        for line, text in enumerate(stream, start=1):
            raw.read[name] += 1
            yield line, json.loads(text)
