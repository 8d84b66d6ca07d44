"""Sources → tables → indicators, into a store.

Each source is one step: read its files, check its tables, count what is derived from single works, compute the
indicators that need them, suppress small cells, write the parts that may be published. A step whose raw files and code
are unchanged is taken over from the store or from the journal of a build that was stopped.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

from legation import recorded, registry
from legation.checks import check_public, conform, schema, suppress
from legation.engine import Engine
from legation.errors import DataError, NoEvidenceError, StoreError, UserError
from legation.evaluation import Evaluator
from legation.intake import Intake, files_named
from legation.model import Indicator, Kept, Source, Table
from legation.periods import Cut
from legation.store import MANIFEST, Draft, Part, Store

CODE_BEHIND_EVERY_STEP = (
    "model.py",
    "registry.py",
    "countries.py",
    "countries.toml",
    "intake.py",
    "checks.py",
    "build.py",
)
CODE_BEHIND_RECORDS = (
    "recorded.py",
    "evaluation.py",
    "engine.py",
    "spark.py",
    "resampling.py",
    "poisson.py",
    "logistic.py",
    "constants.py",
    "constants.toml",
)

Progress = Callable[[str, int, int], None]


def build(
    raw: Path,
    out: Path,
    engine: Engine,
    only: Iterable[str] = (),
    progress: Progress = lambda *_: None,
    base: Store | None = None,
) -> Store:
    """Build a store from raw files.

    `only` names the sources to build anew, the others in `out` staying as they are; by default every source that may be
    published. Where `out` holds no store yet, it may begin as a copy of another, `base`. Raises: DataError when a
    source cannot be read, has too few rows or too many rejected; the store that stood in `out` is left as it was.
    """
    chosen = _chosen_sources(only)
    if base is not None and not only:
        raise UserError("name the sources to build beside those of the other store, with --source")
    if not raw.is_dir():
        raise DataError(f"no raw data in {raw}; give the folder that holds the publishers' files with --raw")
    if base is not None:
        check_public(base.manifest["sources"], out)
    with Draft.begin(out) as draft:
        if base is not None:
            begin_with(base, draft.root)
        accounts = draft.keep_all_but({source.id for source in chosen}) if only else {}
        for done, source in enumerate(chosen):
            progress(source.id, done, len(chosen))
            step = Step(raw, source, draft, engine)
            accounts[source.id] = draft.step(source.id, _fingerprint(raw, source), step.run)
        for indicator in registry.indicators().values():
            if indicator.kept:
                progress(indicator.id, len(chosen), len(chosen))
                keep = _Keep(indicator, draft, engine)
                draft.step(f"kept-{indicator.id}", keep.fingerprint(), keep.run)
        progress("", len(chosen), len(chosen))
        return draft.publish({"legation": version("legation"), "sources": accounts})


def _chosen_sources(only: Iterable[str]) -> list[Source]:
    known = registry.sources()
    named = [registry.pick("source", known, name) for name in dict.fromkeys(only)]
    return named or [source for source in known.values() if source.publish != "nothing"]


def begin_with(base: Store, root: Path) -> None:
    """Where no store stands yet, put the parts of another, and last the manifest that names them."""
    if (root / MANIFEST).exists():
        return
    for file in [*(part.file for part in base.parts), MANIFEST]:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(base.root / file, root / file)


class Step:
    """One source on its way into the store; records that were `checked` before are not checked again."""

    def __init__(self, raw: Path, source: Source, draft: Draft, engine: Engine, checked: bool = False) -> None:
        self.source, self.draft, self.engine, self.checked = source, draft, engine, checked
        self.intake = Intake(raw, source.id)
        self.counts: dict[str, dict[str, int]] = {}
        self.warnings: list[str] = []

    def run(self) -> tuple[list[Part], dict[str, Any]]:
        parts = []
        with tempfile.TemporaryDirectory(prefix="legation-") as folder:
            records: dict[str, Path] = {}
            for name, frame in self._tidied():
                table = registry.tables()[name]
                if table.records:
                    records[name] = Path(folder) / f"{name}.parquet"
                    _keep_aside(frame, records[name])
                if not table.records or self.source.publish == "records":
                    parts.append(self._part(table, frame))
            for name, frame in self._derived(records):
                parts.append(self._part(registry.tables()[name], frame))
            for name, frame in recorded.results(records, self.engine):
                parts.append(self.draft.write("result", name, self.source.id, frame))
        return parts, self._account()

    def _tidied(self) -> Iterable[tuple[str, pl.DataFrame]]:
        assert self.source.tidy is not None
        given: dict[str, list[pl.DataFrame]] = {}
        for name, frame in self.source.tidy(self.intake):
            registry.pick("table", registry.tables(), name)
            given.setdefault(name, []).append(frame.with_columns(source=pl.lit(self.source.id)))
        self.intake.close()
        self._check_declared({name: sum(frame.height for frame in frames) for name, frames in given.items()})
        for name, frames in given.items():
            table = registry.tables()[name]
            if self.checked and table.records:
                yield name, pl.concat(frames).select(*schema(table))
                continue
            whole = [conform(table, frame) for frame in frames]
            yield name, whole[0] if len(whole) == 1 else conform(table, pl.concat(whole))

    def _check_declared(self, given: Mapping[str, int]) -> None:
        """What the declaration of the source says must hold: row bounds, and every file it reads."""
        if strangers := set(self.intake.inputs) - set(_files(self.intake.root, self.source)):
            raise DataError(
                f"sources/{self.source.id}.py reads {', '.join(sorted(strangers))}, not listed in its `files`; a build "
                f"would not notice when that changes"
            )
        for name, (least, most) in self.source.rows.items():
            rows = given.get(name, 0)
            if rows < least:
                raise DataError(
                    f"source {self.source.id} gave {rows} rows of {name}, fewer than the {least} expected; "
                    f"is a file cut short? The bound stands in sources/{self.source.id}.py"
                )
            if rows > most:
                self.warnings.append(f"{rows} rows of {name}, more than the {most} expected")
        if undeclared := set(given) - set(self.source.rows):
            raise DataError(f"sources/{self.source.id}.py declares no row bounds for {', '.join(sorted(undeclared))}")

    def _derived(self, records: dict[str, Path]) -> Iterable[tuple[str, pl.DataFrame]]:
        for table in registry.tables().values():
            if table.derive is None:
                continue
            names = registry.parameters_of(table.derive)
            if records and all(name in records for name in names) and table.id not in self.source.rows:
                lazy = table.derive(**{name: self.engine.scan([records[name]]) for name in names})
                frame = conform(table, self.engine.collect(lazy))
                if not frame.is_empty():
                    yield table.id, frame

    def _part(self, table: Table, frame: pl.DataFrame) -> Part:
        published, blanked = suppress(table, frame)
        self.counts[table.id] = {"rows": published.height, "suppressed": blanked}
        return self.draft.write("table", table.id, self.source.id, published)

    def _account(self) -> dict[str, Any]:
        source, intake = self.source, self.intake
        declared = (
            "publisher", "title", "url", "licence", "licence_url", "vintage", "citation", "publish", "comparable_years",
        )  # fmt: skip
        return {
            **{name: getattr(source, name) for name in declared},
            "caveats": list(source.caveats),
            "inputs": intake.inputs,
            "tables": self.counts,
            "read": dict(intake.read),
            "rejected": dict(intake.rejected),
            "rejected_samples": intake.samples,
            "set_aside": dict(intake.set_aside),
            "columns_not_used": intake.left_over,
            "warnings": self.warnings,
        }


class _Keep:
    """The cuts of an indicator that are computed now, so that answers need not."""

    def __init__(self, indicator: Indicator, draft: Draft, engine: Engine) -> None:
        self.indicator, self.draft = indicator, draft
        self.evaluator = Evaluator(Store(draft.root, {}, tuple(draft.parts)), in_memory=False)
        self.evaluator.engine = engine

    def run(self) -> tuple[list[Part], dict[str, Any]]:
        frames = [self._cut(kept) for kept in self.indicator.kept]
        together = pl.concat(frames, how="diagonal_relaxed") if frames else pl.DataFrame()
        write = self.draft.write
        by_source = together.partition_by("source", as_dict=True, maintain_order=True)
        return [write("result", self.indicator.id, str(source), rows) for (source,), rows in by_source.items()], {}

    def fingerprint(self) -> str:
        """A hash of the parts and code the results come from."""
        digest = hashlib.sha256()
        facts = registry.facts_behind(self.indicator.id)
        for part in sorted(p for p in self.draft.parts if p.name in facts):
            digest.update(part.sha256.encode())
        _digest_code(digest, [*CODE_BEHIND_EVERY_STEP, *CODE_BEHIND_RECORDS], "indicators")
        return digest.hexdigest()[:16]

    def _cut(self, kept: Kept) -> pl.DataFrame:
        cut = Cut(window=kept.window, latest=kept.window > 1, where=kept.where, settings=dict(kept.settings))
        try:
            frame = self.evaluator.evaluate(self.indicator.id, None, cut)
        except NoEvidenceError:
            return pl.DataFrame(schema={"source": pl.String, "window": pl.Int64, "settings": pl.String})
        return frame.with_columns(window=pl.lit(kept.window, pl.Int64), settings=pl.lit(cut.changed))


def _keep_aside(frame: pl.DataFrame, path: Path) -> None:
    """Write records where the engine reads them until the step is done."""
    try:
        frame.write_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise StoreError(f"cannot write {path}: {error}; make room there, or name another folder in TMPDIR") from None


def _fingerprint(raw: Path, source: Source) -> str:
    """A hash of all a step depends on: its raw files and the code it runs."""
    digest = hashlib.sha256()
    for name in _files(raw, source):
        path = raw / name
        if name not in source.files:
            digest.update(name.encode())
        if not path.is_file():
            raise DataError(f"source {source.id}: {path} is missing; put the publisher's file there or give --raw")
        with path.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    package = files("legation")
    own = [f for f in package.joinpath("sources").iterdir() if f.name.split(".")[0] in (source.id, *source.shares)]
    if "technologies" in source.shares:
        own += [f for f in package.joinpath("technologies").iterdir() if f.name.endswith(".toml")]
    for file in sorted(own, key=lambda f: f.name):
        digest.update(file.read_bytes())
    _digest_code(digest, CODE_BEHIND_EVERY_STEP, "tables")
    if "works" in source.rows:
        _digest_code(digest, CODE_BEHIND_RECORDS, "indicators")
    return digest.hexdigest()[:16]


def _files(raw: Path, source: Source) -> list[str]:
    """The files of a source, in order: those it names, and those that fit its wildcards."""
    return [name for given in source.files for name in files_named(raw, given)]


def _digest_code(digest: hashlib._Hash, modules: Iterable[str], folder: str) -> None:
    """Take modules of the package, and every module of one of its folders, into a hash."""
    package = files("legation")
    code = [package.joinpath(name) for name in modules]
    code += sorted((f for f in package.joinpath(folder).iterdir() if f.name.endswith(".py")), key=lambda f: f.name)
    for file in code:
        digest.update(file.read_bytes())
