"""Opening files that come from others: how large they grow, how they are encoded and how long their lines are is
checked before anything reads them."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import numpy as np

from legation.errors import DataError, UserError

MOST_BYTES = 20_000_000_000
MOST_LINE_BYTES = 8_000_000
"""A line longer than this is no record: the affiliations of three thousand authors take less than a tenth of it."""
MOST_GROWTH, GROWTH_FREE_BYTES = 200, 100_000_000
"""How many times its size a packed file may grow, once it is larger than what is free of doubt."""
CHUNK_BYTES = 1 << 24
GUESSES = ("cp949", "windows-1252", "gb18030", "shift_jis")
PACKED = (".gz", ".zip")


@contextmanager
def plain(path: Path, encoding: str) -> Iterator[Path]:
    """A text file unpacked and in UTF-8, whichever way it came: itself, if it was so already.

    Raises: UserError if it is not there; DataError for a file that grows beyond measure when unpacked, is cut short,
    is not in the encoding named (with the line), holds a NUL or a line without end.
    """
    if not path.is_file():
        raise UserError(f"{path.name} is not there, or is no file")
    if path.stat().st_size > MOST_BYTES:
        raise DataError(f"{path.name} is larger than {MOST_BYTES // 10**9} GB; split it")
    codec = _codec(encoding)
    with TemporaryDirectory(prefix="legation-own-") as folder:
        text = path
        if path.suffix.casefold() in PACKED:
            text = Path(folder) / "unpacked"
            _unpack(path, text)
        with text.open("rb") as stream:
            start = stream.read(4)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            codec = "utf-16"
        if codec != "utf-8":
            decoded = Path(folder) / "decoded"
            _decode(path.name, text, decoded, codec)
            text = decoded
        _inspect(path.name, text)
        yield text


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _codec(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except (LookupError, ValueError):
        known = ("utf-8", "utf-16", *GUESSES)
        raise UserError(f"unknown encoding {encoding!r}; such as {', '.join(known)}") from None


def _unpack(path: Path, target: Path) -> None:
    most = max(GROWTH_FREE_BYTES, MOST_GROWTH * path.stat().st_size)
    try:
        if path.suffix.casefold() == ".gz":
            with gzip.open(path) as stream:
                _copy(path.name, stream, target, min(most, MOST_BYTES))
            return
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
            if len(members) != 1:
                raise DataError(f"{path.name} holds {len(members)} files; pack one alone, or unpack it first")
            if members[0].flag_bits & 1:
                raise DataError(f"{path.name} is encrypted; unpack it first")
            with archive.open(members[0]) as stream:
                _copy(path.name, stream, target, min(most, MOST_BYTES))
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise DataError(f"{path.name} cannot be unpacked: {error}; is it cut short?") from None


def _copy(name: str, stream: IO[bytes] | gzip.GzipFile, target: Path, most: int) -> None:
    written = 0
    with target.open("wb") as out:
        while chunk := stream.read(CHUNK_BYTES):
            written += len(chunk)
            if written > most:
                raise DataError(
                    f"{name} grows to more than {most / 1e6:,.0f} MB when unpacked, beyond what a packed table does; "
                    f"unpack it yourself if you trust it"
                )
            out.write(chunk)


def _decode(name: str, text: Path, target: Path, codec: str) -> None:
    decoder = codecs.getincrementaldecoder(codec)()
    line = 1
    with text.open("rb") as stream, target.open("wb") as out:
        try:
            while chunk := stream.read(CHUNK_BYTES):
                decoded = decoder.decode(chunk)
                line += decoded.count("\n")
                out.write(decoded.encode("utf-8", "strict"))
            decoder.decode(b"", final=True)
        except UnicodeError as error:
            raise DataError(
                f"{name} is not in {codec}: after line {line}, {error.args[-1]}; set file.encoding"
            ) from None


def _inspect(name: str, text: Path) -> None:
    """NUL, text that is not UTF-8 and lines without end, each told with its line."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, begun = 1, 0
    with text.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            if (at := chunk.find(b"\0")) >= 0:
                here = line + chunk.count(b"\n", 0, at)
                raise DataError(f"{name}, line {here}: holds a NUL; it is no text, or broken")
            breaks = np.flatnonzero(np.frombuffer(chunk, dtype=np.uint8) == 10)
            ends = np.concatenate([[-1 - begun], breaks, [len(chunk)]])
            lengths = np.diff(ends)
            if (longest := int(lengths.argmax())) >= 0 and lengths[longest] > MOST_LINE_BYTES:
                raise DataError(
                    f"{name}, line {line + longest}: is longer than {MOST_LINE_BYTES // 10**6} MB; is a quotation mark "
                    f"or a line break missing?"
                )
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                raise _wrong_encoding(name, line, error) from None
            line += len(breaks)
            begun = int(lengths[-1]) - 1
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            raise DataError(f"{name}, line {line}: ends in the midst of a character; is it cut short?") from None


def _wrong_encoding(name: str, line: int, error: UnicodeDecodeError) -> DataError:
    chunk, at = error.object, error.start
    here = line + chunk.count(b"\n", 0, at)
    begin = chunk.rfind(b"\n", 0, at) + 1
    sample = chunk[begin : chunk.find(b"\n", at) if b"\n" in chunk[at:] else len(chunk)]
    fitting = [guess for guess in GUESSES if _decodes(sample, guess)]
    advice = f"it may be {' or '.join(fitting[:2])}" if fitting else "save it as UTF-8"
    return DataError(
        f"{name}, line {here}: byte 0x{chunk[at]:02x} at column {at - begin + 1} is not UTF-8; {advice}: save it as "
        f"UTF-8, or set file.encoding in the mapping"
    )


def _decodes(sample: bytes, codec: str) -> bool:
    try:
        sample.decode(codec)
    except UnicodeDecodeError:
        return False
    return True
