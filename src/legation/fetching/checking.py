"""Is a file whole? Its length, its own checksums, its records, and the checksum of the store it came from."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from math import ceil
from pathlib import Path

import polars as pl

MIB = 2**20
PART_SIZES = (5 * MIB, 8 * MIB, 16 * MIB, 64 * MIB)
"""Part sizes of uploads in several parts: the publisher copies in parts of 64 MiB, the usual tools in 5, 8 or 16."""


class DamagedError(Exception):
    """A file is not what it should be; the text says in what it differs."""


def check(path: Path, name: str, size_bytes: int, records: int | None, etag: str | None) -> tuple[str, ...]:
    """Compare a file with what its publisher says of the object `name`, and give what was compared.

    - "size": the length in bytes.
    - "gzip": a .gz file is read to its end; its own CRC-32 and length fit (RFC 1952).
    - "parquet": the file ends in a footer that can be read.
    - "records": lines of a .gz file or rows of a .parquet file, where `records` is given.
    - "md5": the S3 ETag, where it is given. Of an object stored in one piece it is the MD5 of the bytes; of one stored
      in N parts the MD5 of the parts' MD5s, then -N. The size of the parts is not told: where none of the usual ones
      fits, nothing is compared.

    Raises: DamagedError with expected and found.
    """
    if (found := path.stat().st_size) != size_bytes:
        raise DamagedError(f"{size_bytes:,} bytes were announced, {found:,} are there")
    done = ["size"]
    rows: int | None = None
    if name.endswith(".gz"):
        rows = _lines(path)
        done.append("gzip")
    elif name.endswith(".parquet"):
        rows = _rows(path)
        done.append("parquet")
    if rows is not None and records is not None:
        if rows != records:
            raise DamagedError(f"{records:,} records were announced, {rows:,} are there")
        done.append("records")
    if etag is not None and agrees(path, etag):
        done.append("md5")
    return tuple(done)


def agrees(path: Path, etag: str, part_sizes: tuple[int, ...] = PART_SIZES) -> bool:
    """Whether a file has the checksum of an ETag; False where the ETag does not allow the comparison.

    Raises: DamagedError if the object was stored in one piece and the checksum differs.
    """
    expected, _, parts = etag.strip('"').partition("-")
    if not parts:
        if (found := etag_of(path, None)) != expected:
            raise DamagedError(f"the checksum (MD5) {expected} was announced, {found} is there")
        return True
    size = path.stat().st_size
    fitting = [part for part in part_sizes if ceil(size / part) == int(parts)]
    return any(etag_of(path, part) == f"{expected}-{parts}" for part in fitting)


def etag_of(path: Path, part_size: int | None) -> str:
    """The ETag that S3 gives a file stored in one piece (None) or in parts of that many bytes."""
    with path.open("rb") as stream:
        if part_size is None:
            return hashlib.file_digest(stream, _md5).hexdigest()
        digests = [_md5(part).digest() for part in iter(lambda: stream.read(part_size), b"")]
    return f"{_md5(b''.join(digests)).hexdigest()}-{len(digests)}"


def _md5(content: bytes = b"") -> hashlib._Hash:
    """MD5 as a checksum, also where it is barred as a cipher."""
    return hashlib.md5(content, usedforsecurity=False)


def _lines(path: Path) -> int:
    """The lines of a gzip file, which is read to its end."""
    lines, last = 0, b"\n"
    try:
        with gzip.open(path) as stream:
            while block := stream.read(MIB):
                lines += block.count(b"\n")
                last = block[-1:]
    except (EOFError, OSError, zlib.error) as error:
        raise DamagedError(f"the gzip file cannot be read to its end: {error}") from error
    return lines + (last != b"\n")


def _rows(path: Path) -> int:
    """The rows of a Parquet file, as its footer says."""
    try:
        return int(pl.scan_parquet(path).select(pl.len()).collect().item())
    except pl.exceptions.PolarsError as error:
        raise DamagedError(f"the Parquet file has no readable footer: {error}") from error
