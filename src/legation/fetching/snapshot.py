"""Mirror the works of an OpenAlex release, as its manifest lists them, in the bucket's own layout.

Files come in parallel under a temporary name, are checked, and only then get their own; the manifest comes last, so
that where it stands the set is whole. `fetched.json` beside the data notes of every object its size, ETag, records,
what was compared, and when. A file that is there and whole is not fetched again, one begun is taken up where it broke
off if the object is still the same (`If-Match`), one that another tool put there is checked and taken over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from legation.errors import DataError
from legation.fetching import manifest as manifests
from legation.fetching.bucket import AbsentError, Bucket
from legation.fetching.download import GO_ON, FetchError, Meter, Report, on_disk, silent, write
from legation.fetching.ledger import Ledger, now
from legation.fetching.manifest import DELETED, Layout, Manifest
from legation.fetching.mirror import Mirror, Wanted

LEDGER = "fetched.json"
ROUNDS = 3
"""How often a fetch begins anew because a release was published meanwhile."""
PROBLEMS_SHOWN = 5


@dataclass(frozen=True)
class Fetched:
    """What a fetch did and found. `kept` objects were there already. `superseded` are local files that the release no
    longer has: their works have moved to newer partitions, and who reads these files too counts those works twice."""

    layout: str
    release: str
    fetched: int
    fetched_bytes: int
    kept: int
    records: int
    superseded: tuple[str, ...]
    removed: bool
    has_deletions: bool


def fetch(
    folder: Path,
    bucket: Bucket,
    layout: Layout,
    *,
    since: date | None = None,
    technologies: Iterable[str] = (),
    workers: int = 8,
    remove_superseded: bool = False,
    checksums: bool = True,
    report: Report = silent,
) -> Fetched:
    """Mirror the works of the release a bucket holds into a folder.

    `since` leaves out partitions older than a day. `technologies` are noted for the ingest: a snapshot cannot be
    filtered before it is here. `remove_superseded` removes local files that the release no longer has; by default they
    are reported. `checksums=False` is for mirrors whose ETags are not MD5 (those encrypted with SSE-KMS). `report` is
    called in the caller's thread, four times a second.

    Raises: FetchError if the bucket cannot be reached or refuses, the disk is full or may not be written, objects are
    damaged or absent at their source (all others are fetched first), or releases follow each other; DataError if the
    manifest or the ledger cannot be understood. Whatever it is, a second call goes on from there.
    """
    with Ledger.hold(folder / LEDGER) as ledger:
        for key in ("objects", "begun", "releases"):
            ledger.content.setdefault(key, {})
        for _ in range(ROUNDS):
            release = _release(bucket, layout)
            wanted = _wanted(release, bucket, since)
            meter = Meter(f"works of {release.release or layout.id}", 0, "bytes")
            mirror = Mirror(folder, bucket, ledger, layout.manifest_key, checksums, meter)
            mirror.obtain(wanted, workers, report)
            if bucket.read(layout.manifest_key) == release.text:
                _require_all(mirror, len(wanted))
                superseded = _clear(mirror, release, remove_superseded)
                _publish(mirror, release, since, technologies)
                return _account(mirror, release, wanted, superseded, remove_superseded)
    raise FetchError(f"{bucket} published a new release {ROUNDS} times during this fetch; {GO_ON}: try again later")


def _release(bucket: Bucket, layout: Layout) -> Manifest:
    try:
        return manifests.parse(bucket.read(layout.manifest_key), layout)
    except AbsentError as error:
        raise FetchError(
            f"{error}: while a release is published there is none, so try again later; mirrors of before 2026 have the "
            f"layout flat"
        ) from None


def _wanted(release: Manifest, bucket: Bucket, since: date | None) -> list[Wanted]:
    """The parts of a release from a day on, and the lists of deleted and of merged works, as the bucket lists them.

    Raises: DataError if no partition is as new as that.
    """
    layout = release.layout
    stored = bucket.list(layout.folder)
    parts = [part for part in release.parts if since is None or part.updated >= since]
    if not parts:
        raise DataError(f"no partition of the release is as new as {since}: the newest is of {release.newest}")
    deleted = [layout.folder + name for name in DELETED if layout.folder + name in stored][:1]
    merged = {key: at for key, at in bucket.list(layout.merged).items() if key.endswith(".csv.gz")}
    lists = {key: stored[key] for key in deleted} | merged
    return [Wanted(p.key, p.size_bytes, p.records, p.url, stored.get(p.key)) for p in parts] + [
        Wanted(key, at.size_bytes, None, f"s3://{bucket.name}/{key}", at) for key, at in lists.items()
    ]


def _require_all(mirror: Mirror, wanted: int) -> None:
    if mirror.problems:
        first = "\n".join(f"  {key}: {said}" for key, said in sorted(mirror.problems.items())[:PROBLEMS_SHOWN])
        raise FetchError(
            f"{len(mirror.problems)} of {wanted} objects of {mirror.bucket} could not be had whole; the others are "
            f"kept. They are damaged there, or a release is just being published: try again later.\n{first}"
        )


def _clear(mirror: Mirror, release: Manifest, remove: bool) -> tuple[str, ...]:
    """Local data files, and unfinished ones, that a release does not name; removed if that is wished."""
    named = {path for part in release.parts for path in (mirror.path(part.key), mirror.partial(part.key))}
    there = (mirror.folder / release.layout.folder).glob("updated_date=*/*")
    superseded = sorted(path for path in there if path.is_file() and path not in named)
    if remove and superseded:
        with on_disk(mirror.folder):
            mirror.retire()
            for path in superseded:
                path.unlink(missing_ok=True)
                mirror.ledger.content["objects"].pop(path.relative_to(mirror.folder).as_posix(), None)
    return tuple(path.relative_to(mirror.folder).as_posix() for path in superseded)


def _publish(mirror: Mirror, release: Manifest, since: date | None, technologies: Iterable[str]) -> None:
    """Note the release and write its manifest, which makes the set whole.

    Of a release that is here already, a fetch since a later day leaves the set as large as it was.
    """
    releases, md5 = mirror.ledger.content["releases"], digest(release.text)
    noted = releases.get(release.layout.id, {})
    named, day = set(technologies), since and since.isoformat()
    if noted.get("manifest_md5") == md5:
        named |= set(noted["technologies"])
        day = min(day, noted["since"]) if day and noted["since"] else None
    releases[release.layout.id] = {
        "bucket": mirror.bucket.name,
        "endpoint": mirror.bucket.endpoint,
        "release": release.release,
        "manifest_md5": md5,
        "since": day,
        "technologies": sorted(named),
        "complete": now(),
    }
    mirror.ledger.save()
    write(mirror.path(release.layout.manifest_key), release.text)


def _account(
    mirror: Mirror, release: Manifest, wanted: list[Wanted], superseded: tuple[str, ...], removed: bool
) -> Fetched:
    return Fetched(
        layout=release.layout.id,
        release=release.release,
        fetched=len(mirror.came),
        fetched_bytes=sum(mirror.came.values()),
        kept=len(wanted) - len(mirror.came),
        records=sum(one.records or 0 for one in wanted),
        superseded=superseded,
        removed=removed and bool(superseded),
        has_deletions=any(one.key.removeprefix(release.layout.folder) in DELETED for one in wanted),
    )


def digest(text: bytes) -> str:
    """The MD5 of a manifest, by which a reader sees that the ledger speaks of it."""
    return hashlib.md5(text, usedforsecurity=False).hexdigest()
