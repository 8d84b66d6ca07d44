"""The raw files there are: the public snapshot in any of its layouts, or else pages of the API."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from legation.errors import DataError
from legation.fetching import ledger, pages
from legation.fetching.manifest import DELETED, LAYOUTS, Layout
from legation.fetching.openalex import API_FOLDER, SNAPSHOT_FOLDER
from legation.fetching.published import published

SAMPLE_BYTES = 2**16
PARTITION = re.compile(r"updated_date=(\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True, order=True)
class RawFile:
    """What becomes one file of records: a data file of a partition, or the pages fetched for a technology.

    `name` orders them: of two versions of a work that say they are equally new, the one in the later file counts.
    """

    name: str
    paths: tuple[Path, ...]
    fingerprint: str
    size_bytes: int

    @property
    def columnar(self) -> bool:
        return self.paths[0].suffix == ".parquet"

    @property
    def key(self) -> str:
        """The name of the file of records."""
        return f"{re.sub('[^A-Za-z0-9]+', '-', self.name)}-{self.fingerprint}"


@dataclass(frozen=True)
class Raw:
    """Everything there is to read. `technologies` are those the works are of where they are not all there are; `noted`
    those for whose sake all were fetched."""

    files: tuple[RawFile, ...]
    lists: tuple[Path, ...]
    gone: tuple[str, ...]
    technologies: tuple[str, ...] | None
    cut_authors: bool
    warnings: tuple[str, ...]
    noted: tuple[str, ...] = ()


def discover(raw: Path) -> Raw:
    """The works in a folder of raw files; the snapshot alone where there is one, since it holds all works.

    Raises: DataError if there are none, in two layouts, or a fetch was not finished.
    """
    folder = raw / SNAPSHOT_FOLDER
    there = [layout for layout in LAYOUTS.values() if any((folder / layout.folder).glob("updated_date=*/*"))]
    if len(there) > 1:
        places = " and ".join(str(folder / layout.folder) for layout in there)
        raise DataError(f"the same works stand in {places}, each a whole copy; keep one of them")
    if there:
        return _snapshot(folder, there[0], raw)
    fetched = sorted(path.parent for path in (raw / API_FOLDER).glob(f"*/{pages.LEDGER}"))
    fetched = fetched or sorted({path.parent for path in (raw / API_FOLDER).glob("*/page-*.jsonl.gz")})
    if not fetched:
        raise DataError(
            f"no works of OpenAlex below {raw}: neither {SNAPSHOT_FOLDER}/data/…/updated_date=… nor {API_FOLDER}/… is "
            f"there; fetch them, or give the folder that holds them with --raw"
        )
    return _paged(fetched)


def _snapshot(folder: Path, layout: Layout, raw: Path) -> Raw:
    """Files of a snapshot. Where a manifest makes a whole set, it alone is read; a set of what changed since a day is
    read over what was there."""
    there = sorted((folder / layout.folder).glob("updated_date=*/*"))
    on_disk = [path for path in there if path.suffix == layout.suffix and not path.name.startswith(".")]
    paths, warnings = on_disk, []
    noted: tuple[str, ...] = ()
    if (folder / layout.manifest_key).is_file():
        whole = published(folder, layout)
        noted = whole.technologies
        if whole.since is None and (left := set(on_disk) - set(whole.files)):
            paths = list(whole.files)
            warnings.append(f"{len(left)} files are not of the release in the manifest and were not read")
    deleted = [at for name in DELETED if (at := folder / layout.folder / name).is_file()][:1]
    return Raw(
        files=tuple(sorted(_partition_file(path, raw) for path in paths)),
        lists=(*deleted, *sorted((folder / layout.merged).glob("*.csv.gz"))),
        gone=(),
        technologies=None,
        cut_authors=False,
        warnings=tuple(warnings),
        noted=noted,
    )


def _partition_file(path: Path, raw: Path) -> RawFile:
    found = PARTITION.fullmatch(path.parent.name)
    if not found:
        raise DataError(f"{path.parent} is no partition; its name ought to be updated_date=YYYY-MM-DD")
    fingerprint, size = _fingerprint([path], raw)
    return RawFile(f"{found[1]}/{path.stem}", (path,), fingerprint, size)


def _paged(folders: Sequence[Path]) -> Raw:
    files, gone, cut = [], [], False
    for folder in folders:
        content: dict[str, Any] = ledger.read(folder / pages.LEDGER)
        if content:
            pages.require_complete(folder, content)
        gone += [pages.bare(identifier) for identifier in content.get("gone", [])]
        cut = cut or bool(content.get("caveats"))
        paths = (*sorted(folder.glob("page-*.jsonl.gz")), *sorted(folder.glob("whole-*.jsonl.gz")))
        if paths:
            fingerprint, size = _fingerprint(paths, folder.parent)
            files.append(RawFile(f"api/{folder.name}", paths, fingerprint, size))
    return Raw(tuple(files), (), tuple(gone), tuple(folder.name for folder in folders), cut, ())


def _fingerprint(paths: Sequence[Path], root: Path) -> tuple[str, int]:
    """A hash of names, lengths, and the beginning and end of each file, with the length of all of them.

    The end of a gzip file holds the checksum of what is in it, that of a Parquet file its index; so a file that was
    fetched again unchanged is known again, and hundreds of gigabytes need not be read to see it.
    """
    digest, size = hashlib.sha256(), 0
    for path in paths:
        try:
            length = path.stat().st_size
            with path.open("rb") as stream:
                digest.update(f"{path.relative_to(root).as_posix()}\0{length}\0".encode())
                digest.update(stream.read(SAMPLE_BYTES))
                stream.seek(max(length - SAMPLE_BYTES, 0))
                digest.update(stream.read(SAMPLE_BYTES))
        except OSError as error:
            raise DataError(
                f"{path} cannot be read: {error.strerror}; change its permissions, or fetch it again"
            ) from None
        size += length
    return digest.hexdigest()[:16], size
