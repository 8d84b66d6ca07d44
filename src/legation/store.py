"""The only module that touches Parquet and manifests.

A store is a folder: `manifest.json` and the parts it names, each file named after its content. Parts are never changed.
A new state is published by replacing the manifest in one step, so that a crash at any moment leaves the previous state
whole; parts nobody names any more are removed afterwards. A part is compared with the hash in the manifest before it is
first read.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from importlib.resources import files as package_files
from pathlib import Path
from typing import IO, Any, Literal, Self

import polars as pl

from legation.checks import check_public
from legation.errors import NoEvidenceError, StoreError

FORMAT = 1
MANIFEST = "manifest.json"
PART_FILE = re.compile(r"\.?.+-[0-9a-f]{12}\.parquet(\.\d+)?")
REBUILD = "rebuild it with `legation build --raw RAW --out {root}`"

PartKind = Literal["table", "result"]


@dataclass(frozen=True, order=True)
class Part:
    """One immutable file: rows of a table, or of an indicator's result, from one source."""

    kind: PartKind
    name: str
    source: str
    file: str
    sha256: str
    rows: int
    step: str = ""


@dataclass
class Store:
    """A published state, read only."""

    root: Path
    manifest: Mapping[str, Any]
    parts: tuple[Part, ...]
    _verified: set[str] = field(default_factory=set)

    @classmethod
    def open(cls, root: Path | str | None = None) -> Self:
        """The store in a folder; the embedded pack if none is named.

        Raises: StoreError if the manifest is missing, cut short or altered.
        """
        folder = Path(root) if root is not None else Path(str(package_files("legation").joinpath("pack")))
        path = folder / MANIFEST
        mend = REBUILD.format(root=folder)
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise StoreError(f"no store in {folder}: {path.name} is missing; {mend}") from None
        except OSError as error:
            raise StoreError(f"no store in {folder}: {path.name} cannot be read: {error.strerror}; {mend}") from None
        except ValueError as error:
            raise StoreError(f"{path} is cut short or altered ({error}); {mend}") from None
        if not isinstance(manifest, dict):
            raise StoreError(f"{path} was altered: it holds no manifest; {mend}")
        if manifest.get("format") != FORMAT:
            raise StoreError(f"{path} has format {manifest.get('format')!r}, this version reads {FORMAT}; {mend}")
        if (found := _digest_of_manifest(manifest)) != manifest.get("build"):
            raise StoreError(f"{path} was altered: expected build {manifest.get('build')}, found {found}; {mend}")
        return cls(folder, manifest, tuple(Part(**part) for part in manifest["parts"]))

    @classmethod
    def find(cls, root: Path) -> Self | None:
        """The store in a folder, if there is one."""
        with suppress(StoreError):
            return cls.open(root)
        return None

    @property
    def build(self) -> str:
        """The identifier of this state: a hash of everything the manifest says."""
        return str(self.manifest["build"])

    def sources_of(self, name: str, kind: PartKind = "table") -> tuple[str, ...]:
        """The sources that have rows in a table or result."""
        return tuple(sorted({p.source for p in self.parts if p.kind == kind and p.name == name}))

    def files(self, name: str, source: str | None = None, kind: PartKind = "table") -> list[Path]:
        """The files of a table or result, each compared with its hash.

        Raises: StoreError naming the file, the hash expected and the hash found.
        """
        chosen = [p for p in self.parts if p.kind == kind and p.name == name and (source is None or p.source == source)]
        return [self.path(part) for part in chosen]

    def frame(self, name: str, source: str | None = None, kind: PartKind = "table") -> pl.DataFrame:
        """A table or result in memory; no rows from no source is an error of the caller's."""
        if not (found := self.files(name, source, kind)):
            raise NoEvidenceError(f"the store holds no {name}" + (f" from {source}" if source else ""))
        try:
            return pl.concat([pl.read_parquet(path) for path in found], how="vertical_relaxed")
        except FileNotFoundError as error:
            raise StoreError(f"{self.root} was built anew while it was read ({error}); open it again") from None

    def verify(self) -> int:
        """Compare every part with its hash; give how many there are."""
        return len([self.path(part) for part in self.parts])

    def path(self, part: Part) -> Path:
        """The file of a part, compared with its hash the first time."""
        path = self.root / part.file
        if part.file in self._verified:
            return path
        mend = REBUILD.format(root=self.root)
        try:
            found = _sha256(path)
        except FileNotFoundError:
            raise StoreError(f"{path} is missing; expected sha256 {part.sha256}; {mend}") from None
        except OSError as error:
            raise StoreError(
                f"{path} cannot be read: {error.strerror}; expected sha256 {part.sha256}; {mend}"
            ) from None
        if found != part.sha256:
            raise StoreError(f"{path} was altered: expected sha256 {part.sha256}, found {found}; {mend}")
        self._verified.add(part.file)
        return path


@dataclass
class Draft:
    """A state being built beside the published one. Finished steps are kept in a journal, so that a build that was
    stopped goes on where it was; nothing is seen by readers before `publish`."""

    root: Path
    parts: list[Part] = field(default_factory=list)
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    private: bool = False

    @classmethod
    @contextmanager
    def begin(cls, root: Path, private: bool = False) -> Iterator[Draft]:
        """Work on a folder alone; a second build of it is refused, and a public one over a store that is private."""
        path = root / ".lock"
        if not private and (published := Store.find(root)):
            check_public(published.manifest["sources"], root)
        try:
            root.mkdir(parents=True, exist_ok=True)
            lock = path.open("w")
        except OSError as error:
            raise StoreError(f"cannot write {root}: {error.strerror}; choose another --out") from None
        with lock:
            if not _locked(lock, path):
                raise StoreError(f"another build is writing {root}; wait for it or choose another --out")
            try:
                yield cls(root, private=private)
            finally:
                path.unlink(missing_ok=True)

    def keep_all_but(self, names: Collection[str]) -> dict[str, dict[str, Any]]:
        """Take over the sources of the published state that are not built anew; give their accounts."""
        if (published := Store.find(self.root)) is None:
            return {}
        kept = {name: account for name, account in published.manifest["sources"].items() if name not in names}
        for name in kept:
            if name in published.manifest["fingerprints"]:
                self.step(name, published.manifest["fingerprints"][name], partial(_nothing_new, name))
            else:
                self.parts += [part for part in published.parts if part.source == name and not part.step]
        return kept

    def step(self, name: str, fingerprint: str, run: Callable[[], tuple[list[Part], dict[str, Any]]]) -> dict[str, Any]:
        """Do a step, or take over what an earlier build with the same fingerprint left whole."""
        done = self._earlier(name, fingerprint)
        if done is None:
            parts, account = run()
            owned = [asdict(replace(part, step=name)) for part in parts]
            done = {"fingerprint": fingerprint, "account": account, "parts": owned}
            write_atomically(self._journal(name), json.dumps(done).encode())
        self.parts += [Part(**p) for p in done["parts"]]
        self.steps[name] = done
        return dict(done["account"])

    def write(self, kind: PartKind, name: str, source: str, frame: pl.DataFrame) -> Part:
        """Write a part; its name is its content's."""
        frame.write_parquet(buffer := io.BytesIO(), compression="zstd", compression_level=12, row_group_size=250_000)
        content = buffer.getvalue()
        digest = hashlib.sha256(content).hexdigest()
        file = f"{kind}s/{name}/{source}-{digest[:12]}.parquet"
        write_atomically(self.root / file, content)
        return Part(kind, name, source, file, digest, frame.height)

    def publish(self, manifest: Mapping[str, Any]) -> Store:
        """Make the draft the published state, in one step; then clear away what no manifest names."""
        if not self.private:
            check_public(manifest["sources"], self.root)
        body = {
            **manifest,
            "format": FORMAT,
            "fingerprints": {name: done["fingerprint"] for name, done in self.steps.items()},
            "parts": [asdict(p) for p in sorted(self.parts)],
        }
        body["build"] = _digest_of_manifest(body)
        text = json.dumps(body, indent=1, sort_keys=True, ensure_ascii=False)
        write_atomically(self.root / MANIFEST, f"{text}\n".encode())
        self.clear({part.file for part in self.parts})
        return Store.open(self.root)

    def _earlier(self, name: str, fingerprint: str) -> dict[str, Any] | None:
        for candidate in (self._from_journal(name), self._from_published(name)):
            if candidate and candidate["fingerprint"] == fingerprint and self._whole(candidate["parts"]):
                return candidate
        return None

    def _from_journal(self, name: str) -> dict[str, Any] | None:
        try:
            done = json.loads(self._journal(name).read_text())
        except (OSError, ValueError):
            return None
        return done if isinstance(done, dict) and done.keys() == {"fingerprint", "account", "parts"} else None

    def _from_published(self, name: str) -> dict[str, Any] | None:
        published = Store.find(self.root)
        if published is None or name not in published.manifest["fingerprints"]:
            return None
        return {
            "fingerprint": published.manifest["fingerprints"][name],
            "account": published.manifest["sources"].get(name, {}),
            "parts": [asdict(p) for p in published.parts if p.step == name],
        }

    def _whole(self, parts: Iterable[Mapping[str, Any]]) -> bool:
        paths = [(self.root / p["file"], p["sha256"]) for p in parts]
        return all(path.is_file() and _sha256(path) == expected for path, expected in paths)

    def _journal(self, name: str) -> Path:
        return self.root / ".journal" / f"{name}.json"

    def clear(self, named: set[str]) -> None:
        """Remove the journal, and parts and temporary files left behind; files that are not ours stay."""
        parts = [*self.root.glob("tables/*/*"), *self.root.glob("results/*/*")]
        old = [p for p in parts if PART_FILE.fullmatch(p.name) and p.relative_to(self.root).as_posix() not in named]
        old += [*(self.root / ".journal").glob("*"), *self.root.glob(".manifest.json.*")]
        for path in old:
            path.unlink()
        for folder in {path.parent for path in old} - {self.root}:
            if not any(folder.iterdir()):
                folder.rmdir()


def _nothing_new(name: str) -> tuple[list[Part], dict[str, Any]]:
    raise StoreError(f"the parts of {name} are not whole; build it again too")


def _locked(lock: IO[str], path: Path) -> bool:
    """Whether the lock is ours; one on a file that another build has removed meanwhile is not."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(lock.fileno()), path.stat())
    except OSError:
        return False


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _digest_of_manifest(manifest: Mapping[str, Any]) -> str:
    body = {key: value for key, value in manifest.items() if key != "build"}
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:16]


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file in one step; on return it is on the disk. Raises: StoreError if it cannot be written."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror}; the state published before is unchanged") from None
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
