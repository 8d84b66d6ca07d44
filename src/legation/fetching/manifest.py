"""What a release of the OpenAlex snapshot consists of, as its manifest says.

A release is published in place: `manifest.json` is written last, so that where it stands the release is complete.
Works lie in partitions of the day they last changed; a work that changes moves to a newer partition.

    {"date": "2026-06-25", "format": "jsonl", "entity": "works", "record_count": …, "content_length": …,
     "files": [{"url": "s3://openalex/data/jsonl/works/updated_date=2026-06-24/part_0000.gz",
                "meta": {"content_length": 936733, "record_count": 499}}, …]}

Until 2026 the file was called `manifest`, and its list `entries`.
Reference: https://help.openalex.org/access/snapshot/ and …/access/sync/ (2026-08).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from legation.errors import DataError

DELETED = ("deleted_ids.csv.gz", "deleted_ids.csv")
"""The list of all works deleted so far (`work_id,deleted_date`), beside the manifest since August 2026; the first of
these names that is there is taken."""


@dataclass(frozen=True)
class Layout:
    """How a copy of the works is laid out below the root of a bucket."""

    id: str
    folder: str
    manifest: str
    suffix: str
    merged: str

    @property
    def manifest_key(self) -> str:
        return self.folder + self.manifest


LAYOUTS = {
    layout.id: layout
    for layout in (
        Layout("jsonl", "data/jsonl/works/", "manifest.json", ".gz", "legacy-data/merged_ids/works/"),
        Layout("parquet", "data/parquet/works/", "manifest.json", ".parquet", "legacy-data/merged_ids/works/"),
        Layout("flat", "data/works/", "manifest", ".gz", "data/merged_ids/works/"),
    )
}
"""The two that are published, JSON lines and Parquet, each a whole copy; and the one of before 2026, as old mirrors
have it. Merges were listed until November 2025 (`merge_date,id,merge_into_id`); these lists grow no longer."""


@dataclass(frozen=True)
class Part:
    """One data file of a release."""

    key: str
    url: str
    updated: date
    size_bytes: int
    records: int | None


@dataclass(frozen=True)
class Manifest:
    """The data files of a release, oldest partition first. `release` is its day, empty in manifests of before 2026."""

    layout: Layout
    release: str
    parts: tuple[Part, ...]
    text: bytes

    @property
    def newest(self) -> date:
        return self.parts[-1].updated


def parse(text: bytes, layout: Layout) -> Manifest:
    """Read a manifest.

    Raises: DataError if it is cut short, lists no files, or names one that does not belong to this layout.
    """
    try:
        content = json.loads(text)
        listed = content["files"] if "files" in content else content["entries"]
        parts = sorted((_part(entry, layout) for entry in listed), key=lambda part: (part.updated, part.key))
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"the manifest {layout.manifest_key} cannot be understood ({type(error).__name__}: {error}); it may have "
            f"been cut short: fetch again, and if that does not help the publisher has changed its format"
        ) from None
    if not parts:
        raise DataError(f"the manifest {layout.manifest_key} lists no files")
    return Manifest(layout, str(content.get("date", "")), tuple(parts), text)


def _part(entry: dict[str, Any], layout: Layout) -> Part:
    """One entry of a manifest; its address is taken from the folder on, since a mirror has another bucket."""
    url, meta = entry["url"], entry["meta"]
    file = rf"updated_date=(\d{{4}}-\d{{2}}-\d{{2}})/\w+{re.escape(layout.suffix)}"
    if not (found := re.fullmatch(rf"s3://[^/]+/({re.escape(layout.folder)}{file})", url)):
        raise ValueError(f"{url!r} is no file of the layout {layout.id}")
    records = meta.get("record_count")
    return Part(
        key=found[1],
        url=url,
        updated=date.fromisoformat(found[2]),
        size_bytes=int(meta["content_length"]),
        records=None if records is None else int(records),
    )
