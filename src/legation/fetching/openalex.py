"""Works of OpenAlex for the folder of raw files: all from the public bucket, or those of a technology from the API.

|                  | snapshot                                      | API                                             |
|------------------|-----------------------------------------------|-------------------------------------------------|
| what             | every work (510 million in June 2026)         | the works of a technology since a year          |
| where            | s3://openalex, us-east-1, without credentials | https://api.openalex.org/works, with a free key |
| how much         | about 670 GB as JSON lines                    | 100 works a request, 10,000 requests a day free |
| how new          | each quarter                                  | always                                          |
| authors          | all                                           | the first hundred; all where asked for singly   |
| works gone since | listed                                        | 404, or 301 to the work they were merged into   |

Reference: https://help.openalex.org, /access/snapshot/, /access/sync/, /api/paging/ and /api/authentication/, as of
August to October 2026.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from legation import registry
from legation.errors import UserError
from legation.fetching import api, pages, published, snapshot
from legation.fetching.bucket import Bucket
from legation.fetching.download import Report, silent
from legation.fetching.manifest import LAYOUTS
from legation.fetching.polite import KEY_VARIABLE, WHERE_A_KEY_IS, Client
from legation.model import Technology

ENDPOINT, BUCKET, REGION = "https://s3.us-east-1.amazonaws.com", "openalex", "us-east-1"
API = "https://api.openalex.org"
SNAPSHOT_FOLDER, API_FOLDER = Path("openalex/snapshot"), Path("openalex/api")
MOST_TOPICS = 100
YEARS = (1500, 2100)
NOT_FILTERED = "the bucket cannot be filtered: all works are fetched, and {} is taken out of them when they are read in"


def fetch_snapshot(
    raw: Path,
    *,
    layout: str = "jsonl",
    technologies: Iterable[str] = (),
    since: str | None = None,
    remove_superseded: bool = False,
    endpoint: str = ENDPOINT,
    bucket: str = BUCKET,
    checksums: bool = True,
    workers: int = 8,
    report: Report = silent,
) -> snapshot.Fetched:
    """Mirror the works of the current release into `openalex/snapshot` of the raw folder.

    `layout` is jsonl, parquet, or flat for mirrors of before 2026. `since` (YYYY-MM-DD) takes partitions changed from
    that day on. `technologies` are noted for the ingest, since the bucket cannot be filtered (say NOT_FILTERED).
    `endpoint` and `bucket` are for mirrors. Raises: UserError for what there is not; FetchError, DataError as
    `snapshot.fetch`.
    """
    chosen = registry.pick("layout", LAYOUTS, layout)
    named = [registry.pick("technology", registry.technologies(), name).id for name in technologies]
    return snapshot.fetch(
        raw / SNAPSHOT_FOLDER,
        Bucket(bucket, endpoint, REGION),
        chosen,
        since=None if since is None else _day(since),
        technologies=named,
        workers=workers,
        remove_superseded=remove_superseded,
        checksums=checksums,
        report=report,
    )


def fetch_works(
    raw: Path,
    technology: str,
    *,
    since_year: int,
    key: str | None = None,
    fresh: bool = False,
    base: str = API,
    report: Report = silent,
) -> api.Paged:
    """Fetch the works of a technology's topics, published since a year, into `openalex/api/<technology>`.

    The key is the one given or that of the environment variable OPENALEX_API_KEY; it is stored nowhere. `fresh` fetches
    again what is complete. Raises: UserError for an unknown technology or one without topics, a year that is none, and
    where there is no key or it is refused; FetchError, DataError as `api.fetch`.
    """
    chosen = registry.pick("technology", registry.technologies(), technology)
    with _client(key, base) as client:
        return api.fetch(raw / API_FOLDER / chosen.id, _query(chosen, since_year), client, fresh=fresh, report=report)


def fetch_cut_works(
    raw: Path, technology: str, *, key: str | None = None, base: str = API, report: Report = silent
) -> api.Paged:
    """Ask singly for those works of a technology whose authors end at the hundredth. Raises: as `api.fetch_whole`."""
    chosen = registry.pick("technology", registry.technologies(), technology)
    with _client(key, base) as client:
        return api.fetch_whole(raw / API_FOLDER / chosen.id, client, report=report)


def snapshot_in(raw: Path, layout: str = "jsonl") -> published.Snapshot:
    """The whole snapshot in a raw folder. Raises: DataError if it is not there or not whole."""
    return published.published(raw / SNAPSHOT_FOLDER, registry.pick("layout", LAYOUTS, layout))


def works_in(raw: Path, technology: str) -> Iterator[dict[str, Any]]:
    """The works of a technology fetched from the API, each once. Raises: DataError if they are not complete."""
    chosen = registry.pick("technology", registry.technologies(), technology)
    return pages.works(raw / API_FOLDER / chosen.id)


def _query(technology: Technology, since_year: int) -> api.Query:
    if not YEARS[0] <= since_year <= YEARS[1]:
        raise UserError(f"{since_year} is no year of publication; give one from {YEARS[0]} to {YEARS[1]}")
    if not 0 < len(technology.topics) <= MOST_TOPICS:
        raise UserError(
            f"{technology.id} has {len(technology.topics)} topics; the API takes 1 to {MOST_TOPICS} at once"
        )
    return api.Query(technology.topics, f"{since_year}-01-01")


def _client(key: str | None, base: str) -> Client:
    given = (key if key is not None else os.environ.get(KEY_VARIABLE, "")).strip()
    if not given:
        raise UserError(f"the API of OpenAlex wants a key; {WHERE_A_KEY_IS}")
    return Client(base, given)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f"{text!r} is no day; give one as 2026-06-25") from None
