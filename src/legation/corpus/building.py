"""From raw files to a store, in steps that can be stopped anywhere and begun again.

`corpus/records` holds what was read, `corpus/.spare` what is on its way (removed at the beginning and at the end). The
store gets the source `openalex`, beside whatever other sources stand in it, through the same draft as every build.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

from legation import registry
from legation.build import CODE_BEHIND_EVERY_STEP, CODE_BEHIND_RECORDS, begin_with
from legation.checks import conform, suppress
from legation.corpus import corrections, raw, shape
from legation.corpus._sql import Sql, bytes_of, disk
from legation.corpus.counting import Counting, threads
from legation.corpus.current import Current, current
from legation.corpus.ingest import Ingest, Records
from legation.corpus.scopes import Scopes
from legation.corpus.sheaves import Sheaves, bind, field_names
from legation.errors import DataError, StoreError, UserError
from legation.intake import MOST_REJECTED_SHARE
from legation.store import Draft, Part, Store

SOURCE = "openalex"
DESCRIBED = {
    "publisher": "OpenAlex",
    "title": "Works",
    "url": "https://docs.openalex.org/api-entities/works",
    "licence": "CC0",
    "licence_url": "https://creativecommons.org/publicdomain/zero/1.0/",
    "citation": "Priem, Piwowar & Orr 2022, doi:10.48550/arXiv.2205.01833",
    "publish": "aggregates",
    "comparable_years": True,
}
CUT = "authors_listed_to_100"
LEAST_MEMORY = "1GB"
SHARE_FOR_READING = 0.5
"""Of the memory allowed, what DuckDB may take; the rest is for frames, buffers and the interpreter."""
LARGEST_LINE_SHARE = 1 / 16
RECORDS_SHARE, SHEAVES_SHARE = 0.15, 0.15
"""Bytes of records, and of what counting puts aside, for each byte of raw files; half as much was measured."""

Progress = Callable[[str, int, int], None]


def build_corpus(
    raw_folder: Path,
    corpus: Path,
    out: Path,
    *,
    memory: str = "4GB",
    technologies: Iterable[str] = (),
    progress: Progress = lambda *_: None,
    base: Store | None = None,
) -> Store:
    """Build or update the source `openalex` of a store from raw files of OpenAlex.

    `corpus` keeps the records between builds; `technologies` are those counted, by default those the snapshot was
    fetched for, or all; `progress` is told what is being done, how much of it is done, and how much there is: of
    reading, in bytes. Where `out` holds no store yet, it may begin as a copy of another, `base`. Where nothing has
    changed, nothing is done.

    Raises: DataError where a raw file cannot be read or too many works are rejected; StoreError where a folder cannot
    be written or has too little room; UserError for an unknown technology or a memory that is none or too small. The
    store that stood in `out` stays as it was, and the records read so far are kept.
    """
    job = _Job(raw_folder, corpus, out, bytes_of(memory), _chosen(technologies), progress, base)
    if job.memory_bytes < bytes_of(LEAST_MEMORY):
        raise UserError(f"{memory} is too little memory for a corpus; give {LEAST_MEMORY} or more")
    with _alone(corpus):
        return job.run()


def _chosen(technologies: Iterable[str]) -> tuple[str, ...]:
    known = registry.technologies()
    return tuple(registry.pick("technology", known, name).id for name in dict.fromkeys(technologies))


@dataclass(frozen=True)
class _Job:
    raw_folder: Path
    corpus: Path
    out: Path
    memory_bytes: int
    technologies: tuple[str, ...]
    progress: Progress
    base: Store | None

    @property
    def spare(self) -> Path:
        return self.corpus / ".spare"

    def run(self) -> Store:
        there = raw.discover(self.raw_folder)
        mended = corrections.of_source(SOURCE)
        cores = os.cpu_count() or 1
        sql = Sql(int(self.memory_bytes * SHARE_FOR_READING), self.spare, cores)
        try:
            largest = int(self.memory_bytes * LARGEST_LINE_SHARE)
            ingest = Ingest(self.corpus / "records", self.spare, sql, mended, largest)
            self._require_room(there, ingest)
            records = ingest.read(there.files, self._told("reading"))
            self._remove_others(records)
            _require_few_rejected(records, mended)
            fingerprint = self._fingerprint(there, records)
            if (store := self._unchanged(fingerprint)) is not None:
                with Draft.begin(self.out) as draft:  # what a build left that was stopped once it had published
                    draft.clear({part.file for part in store.parts})
                return store
            with Draft.begin(self.out) as draft:
                if self.base is not None:
                    begin_with(self.base, draft.root)
                accounts = draft.keep_all_but({SOURCE})
                step = _Step(self, there, records, sql, draft, cores)
                accounts[SOURCE] = draft.step(SOURCE, fingerprint, step.run)
                return draft.publish({"legation": version("legation"), "sources": accounts})
        finally:
            sql.close()

    def counted(self, there: raw.Raw) -> tuple[str, ...]:
        """Those asked for, or those noted when the snapshot was fetched, or all; of works fetched by technology, no
        others than those."""
        asked = self.technologies or there.noted or tuple(registry.technologies())
        return tuple(name for name in asked if there.technologies is None or name in there.technologies)

    def _told(self, what: str) -> Progress:
        return lambda name, done, total: self.progress(f"{what} {name}", done, total)

    def _require_room(self, there: raw.Raw, ingest: Ingest) -> None:
        """StoreError before anything is done if the disk has less room than is needed."""
        new = sum(file.size_bytes for file in there.files if ingest.kept(file) is None)
        every = sum(file.size_bytes for file in there.files)
        needed = int(new * RECORDS_SHARE + every * SHEAVES_SHARE)
        free = shutil.disk_usage(self.corpus).free
        if needed > free:
            raise StoreError(
                f"the disk that holds {self.corpus} has {free / 1e9:,.1f} GB free and some {needed / 1e9:,.1f} GB are "
                f"needed; make room or choose another folder (nothing was done, nothing is lost)"
            )

    def _remove_others(self, records: Sequence[Records]) -> None:
        """Take away records whose raw file is not there any more or has changed, and notes that were not finished."""
        named = {path for one in records for path in (one.path, one.path.with_suffix(".json"))}
        for path in sorted((self.corpus / "records").iterdir()):
            if path not in named and (path.suffix in (".parquet", ".json") or path.name.startswith(".")):
                path.unlink()

    def _fingerprint(self, there: raw.Raw, records: Sequence[Records]) -> str:
        """A hash of all the counts depend on: raw files, lists of works that left, technologies, corrections, code."""
        digest = hashlib.sha256()
        for one in records:
            digest.update(f"{one.raw.key} {one.note['shape']} {sorted(one.note['corrections'].items())}\n".encode())
        for path in there.lists:
            with path.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
        known = registry.technologies()
        told = [*there.gone, *(there.technologies or ()), *(f"{t} {known[t].topics}" for t in self.counted(there))]
        digest.update("\n".join(told).encode())
        package = files("legation")
        code = [package.joinpath(name) for name in (*CODE_BEHIND_EVERY_STEP, *CODE_BEHIND_RECORDS)]
        for folder in ("tables", "corpus"):
            inside = [file for file in package.joinpath(folder).iterdir() if file.name.endswith(".py")]
            code += sorted(inside, key=lambda file: file.name)
        for file in code:
            digest.update(file.read_bytes())
        return digest.hexdigest()[:16]

    def _unchanged(self, fingerprint: str) -> Store | None:
        """The store, if it holds what would be built."""
        try:
            store = Store.open(self.out)
            store.verify()
        except StoreError:
            return None
        return store if store.manifest["fingerprints"].get(SOURCE) == fingerprint else None


@dataclass(frozen=True)
class _Step:
    """The counting and writing of the source, once everything is read."""

    job: _Job
    there: raw.Raw
    records: Sequence[Records]
    sql: Sql
    draft: Draft
    cores: int

    def run(self) -> tuple[list[Part], dict[str, Any]]:
        self.job.progress("finding the newest versions", 0, 1)
        valid = current(self.sql, self.records, self.there.lists, self.there.gone, self.job.spare)
        self.sql.close()
        scopes = Scopes(field_names(self.records), self.job.counted(self.there), self.there.technologies is not None)
        self.job.progress("laying out the works", 0, 1)
        at_once = threads(self.job.memory_bytes, self.cores)
        sheaves = bind(self.records, valid, scopes, self.job.spare, at_once)
        counted = Counting(sheaves, scopes, at_once).count(self.job._told("counting"))
        parts, tables = [], {}
        for name, frame in counted.items():
            table = registry.tables()[name]
            published, blanked = suppress(table, conform(table, frame.with_columns(source=pl.lit(SOURCE))))
            if not published.is_empty():
                tables[name] = {"rows": published.height, "suppressed": blanked}
                parts.append(self.draft.write("table", name, SOURCE, published))
        return parts, self._account(valid, sheaves, tables)

    def _account(self, valid: Current, sheaves: Sheaves, tables: dict[str, dict[str, int]]) -> dict[str, Any]:
        rejected = {shape.REJECTED[f]: n for f, n in sheaves.faults.items() if f in shape.REJECTED}
        strange = sorted({name for one in self.records for name in one.note["columns_not_used"]})
        set_aside = {shape.SET_ASIDE[f]: n for f, n in sheaves.faults.items() if f in shape.SET_ASIDE}
        codes = sheaves.unknown_countries.items()
        unknown = [f"country code {code!r} stands for no country: {n} authorships" for code, n in codes]
        return {
            **DESCRIBED,
            "vintage": sheaves.newest,
            "caveats": [CUT] if self.there.cut_authors else [],
            "inputs": {one.raw.name: one.raw.fingerprint for one in self.records},
            "tables": tables,
            "read": {"works": sum(int(one.note["rows"]) for one in self.records)},
            "rejected": dict(sorted(rejected.items())),
            "rejected_samples": sheaves.samples,
            "set_aside": dict(sorted((set_aside | valid.counts).items())),
            "columns_not_used": {"works": strange} if strange else {},
            "warnings": [*self.there.warnings, *sorted(unknown)],
        }


def _require_few_rejected(records: Sequence[Records], mended: Sequence[corrections.Correction]) -> None:
    """Stop if more than one work in a hundred was rejected, or a correction finds less to mend than it must."""
    read = sum(int(one.note["rows"]) for one in records)
    rejected = sum(int(one.note["rejected"]) for one in records)
    if rejected > MOST_REJECTED_SHARE * read:
        samples = [sample for one in records for sample in one.note["samples"]][:8]
        raise DataError(
            f"source {SOURCE}: {rejected} of {read} works rejected, more than {MOST_REJECTED_SHARE:.0%}; first "
            + "places:\n  "
            + "\n  ".join(samples)
        )
    changed = {c.key: sum(one.note["corrections"].get(c.key, 0) for one in records) for c in mended}
    corrections.require_expected(mended, changed, read)


@contextmanager
def _alone(corpus: Path) -> Iterator[None]:
    """Work on a corpus alone, in a folder free of what an earlier build left unfinished."""
    spare = corpus / ".spare"
    try:
        corpus.mkdir(parents=True, exist_ok=True)
        lock = (corpus / ".lock").open("w")
    except OSError as error:
        raise StoreError(f"cannot write {corpus}: {error.strerror}; choose another folder for the corpus") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StoreError(f"another build is working on {corpus}; wait for it") from None
        try:
            with disk(corpus):
                shutil.rmtree(spare, ignore_errors=True)
                for folder in (spare, corpus / "records"):
                    folder.mkdir(exist_ok=True)
                yield
        finally:
            shutil.rmtree(spare, ignore_errors=True)
