"""What a reader finds of a fetched snapshot: the files of a whole set, and the works that have left it."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from legation.errors import DataError
from legation.fetching import ledger
from legation.fetching import manifest as manifests
from legation.fetching.manifest import DELETED, Layout
from legation.fetching.snapshot import LEDGER, digest

OPENALEX = "https://openalex.org/"
COLUMNS = {("work_id", "deleted_date"): (0, None), ("merge_date", "id", "merge_into_id"): (1, 2)}
"""Where the identifier of the work that left, and that of the work it was merged into, stand in each kind of list."""


@dataclass(frozen=True)
class Snapshot:
    """A whole set of files, oldest partition first; each work of the release stands in it once.

    With `since` the set holds only what changed from that day on, to be laid over an older one by identifier.
    `technologies` are those somebody asked for; the files hold all works.
    """

    layout: str
    release: str
    files: tuple[Path, ...]
    records: int
    since: date | None
    technologies: tuple[str, ...]
    lists: tuple[Path, ...]


def published(folder: Path, layout: Layout) -> Snapshot:
    """The set of files that a manifest in a folder makes whole, whether `fetch` or another tool put it there.

    Raises: DataError if there is no manifest, the fetch was not finished, or a file is missing or of another length.
    """
    path = folder / layout.manifest_key
    if not path.is_file():
        raise DataError(f"no whole snapshot in {folder}: {path} is missing; fetch it, or finish the fetch begun")
    release = manifests.parse(path.read_bytes(), layout)
    noted = ledger.read(folder / LEDGER).get("releases", {}).get(layout.id)
    if noted and noted["manifest_md5"] != digest(release.text):
        raise DataError(f"{path} is not the manifest of the set that was fetched; fetch again to make the set whole")
    since = date.fromisoformat(noted["since"]) if noted and noted["since"] else None
    parts = [part for part in release.parts if since is None or part.updated >= since]
    lacking = [p for p in parts if not (at := folder / p.key).is_file() or at.stat().st_size != p.size_bytes]
    if lacking:
        raise DataError(
            f"{len(lacking)} of {len(parts)} files of the snapshot in {folder} are missing or of another length, first "
            f"{lacking[0].key}; fetch again to make the set whole"
        )
    deleted = [at for name in DELETED if (at := folder / layout.folder / name).is_file()][:1]
    return Snapshot(
        layout=layout.id,
        release=release.release,
        files=tuple(folder / part.key for part in parts),
        records=sum(part.records or 0 for part in parts),
        since=since,
        technologies=tuple(noted["technologies"]) if noted else (),
        lists=(*deleted, *sorted((folder / layout.merged).glob("*.csv.gz"))),
    )


def departed(snapshot: Snapshot) -> Iterator[tuple[str, str | None]]:
    """Works that are no longer: identifier, and that of the work it was merged into where this is told.

    The release itself holds none of them; older copies, references and results of the API may. The lists grow to tens
    of millions of rows, which are read one by one. Raises: DataError if a list cannot be read to its end.
    """
    for path in snapshot.lists:
        try:
            with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open() as text:
                rows = csv.reader(text)
                header = tuple(next(rows, ()))
                if header not in COLUMNS:
                    raise DataError(f"{path} has the columns {', '.join(header)}, which say nothing of deleted works")
                gone, into = COLUMNS[header]
                for row in rows:
                    yield _bare(row[gone]), None if into is None else _bare(row[into])
        except (EOFError, OSError, zlib.error, IndexError, UnicodeDecodeError) as error:
            raise DataError(f"{path} cannot be read to its end: {error}; fetch the snapshot again") from error


def _bare(identifier: str) -> str:
    return identifier.removeprefix(OPENALEX)
