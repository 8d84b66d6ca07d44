"""A public bucket of S3's kind, read without credentials, and plain words for what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING

from legation.errors import LegationError
from legation.fetching.download import GO_ON, FetchError

if TYPE_CHECKING:
    from obstore import GetOptions, ObjectMeta
    from obstore.store import S3Store

CHUNK_BYTES = 1 << 20
STALLED_AFTER = timedelta(seconds=60)
LONGEST_TRANSFER = timedelta(hours=12)


class AbsentError(FetchError):
    """The bucket has no such object."""


class ChangedError(Exception):
    """The object is no longer the one that was begun."""


@dataclass(frozen=True)
class Stored:
    """An object as the bucket lists it."""

    size_bytes: int
    etag: str | None
    modified: datetime


@dataclass(frozen=True)
class Bucket:
    """Where a snapshot lies. `patience` bounds how long obstore retries one request: 5xx answers, refused or dropped
    connections and stalls, with exponential backoff and jitter; a body cut short is taken up where it broke off."""

    name: str
    endpoint: str
    region: str
    patience: timedelta = timedelta(minutes=3)

    def __str__(self) -> str:
        return f"s3://{self.name} at {self.endpoint}"

    @cached_property
    def _store(self) -> S3Store:
        from obstore.store import S3Store

        return S3Store(
            self.name,
            endpoint=self.endpoint,
            region=self.region,
            skip_signature=True,
            client_options={
                "allow_http": self.endpoint.startswith("http://"),
                "timeout": LONGEST_TRANSFER,
                "read_timeout": min(STALLED_AFTER, self.patience),
            },
            retry_config={"retry_timeout": self.patience},
        )

    def list(self, prefix: str) -> dict[str, Stored]:
        """Every object below a prefix, by key."""
        with self._in_words(prefix):
            import obstore

            chunks = obstore.list(self._store, prefix)
            return {meta["path"]: _stored(meta) for chunk in chunks for meta in chunk}

    def head(self, key: str) -> Stored:
        """An object as it is now. Raises: AbsentError, FetchError."""
        with self._in_words(key):
            import obstore

            return _stored(obstore.head(self._store, key))

    def read(self, key: str) -> bytes:
        """A small object. Raises: AbsentError, FetchError."""
        with self._in_words(key):
            import obstore

            return bytes(obstore.get(self._store, key).bytes())

    def stream(self, key: str, etag: str | None, offset: int) -> Iterator[bytes]:
        """An object from a byte on, if it still is the one with that ETag.

        Raises: ChangedError if it is not; AbsentError, FetchError.
        """
        with self._in_words(key):
            import obstore

            same: GetOptions = {"if_match": etag} if etag is not None else {}
            result = obstore.get(self._store, key, options={"range": {"offset": offset}, **same})
            for chunk in result.stream(min_chunk_size=CHUNK_BYTES):
                yield bytes(chunk)

    @contextmanager
    def _in_words(self, key: str) -> Iterator[None]:
        if find_spec("obstore") is None:
            raise LegationError("fetching a snapshot needs obstore; install it: pip install 'legation[fetch]'")
        from obstore import exceptions

        try:
            yield
        except exceptions.PreconditionError:
            raise ChangedError("it changed while it was fetched") from None
        except FileNotFoundError as error:
            if "NoSuchBucket" in str(error):
                raise self._missing() from None
            raise AbsentError(f"{self} has no {key}") from None
        except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError):
            raise FetchError(
                f"{self} refuses {key}; a public bucket is read without credentials: check the name of the bucket, and "
                f"whether a proxy stands between"
            ) from None
        except exceptions.BaseError as error:
            said = str(error).partition("\n")[0].rstrip(" :")
            if "NoSuchBucket" in str(error):
                raise self._missing() from None
            raise FetchError(f"{self} cannot be reached: {said}; {GO_ON}") from None

    def _missing(self) -> FetchError:
        return FetchError(f"there is no bucket {self}; check the name and the endpoint")


def _stored(meta: ObjectMeta) -> Stored:
    return Stored(meta["size"], meta["e_tag"], meta["last_modified"])
