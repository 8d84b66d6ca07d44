"""Tables people bring: checked like every other, kept in a store of their own and never in the embedded pack."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl

from legation import registry
from legation.checks import conform, schema, suppress
from legation.errors import DataError, StoreError, UserError
from legation.store import Draft, Part, Store

SOURCE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def read_own(table_name: str, file: Path, source: str) -> pl.DataFrame:
    """A CSV, JSON-lines or Parquet file as a fact table.

    Raises: DataError listing rows and reasons; UserError for an unknown table or kind of file.
    """
    table = registry.pick("table", registry.tables(), table_name)
    text = {name: dtype for name, dtype in schema(table).items() if dtype == pl.String}
    readers: dict[str, Callable[[Path], pl.DataFrame]] = {
        ".csv": lambda path: pl.read_csv(path, glob=False, infer_schema_length=None, schema_overrides=text),
        ".parquet": lambda path: pl.read_parquet(path, glob=False),
        ".jsonl": lambda path: pl.read_ndjson(path, infer_schema_length=None),
        ".ndjson": lambda path: pl.read_ndjson(path, infer_schema_length=None),
    }
    if file.suffix not in readers:
        raise UserError(f"{file}: give a file that ends in {', '.join(readers)}")
    try:
        frame = readers[file.suffix](file)
    except FileNotFoundError:
        raise UserError(f"{file} is not there") from None
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DataError(f"{file} cannot be read as {file.suffix.removeprefix('.')}: {error}") from None
    return conform(table, frame.drop("source", strict=False).with_columns(source=pl.lit(source)))


def load(base: Store, table_name: str, file: Path, source: str, out: Path) -> Store:
    """A store that holds everything of `base` and one table of your own as another source.

    The base is left as it is. Raises: UserError if `out` is the base or the source exists there already.
    """
    if out.resolve() == base.root.resolve():
        raise UserError(f"{out} is the store you start from; name another folder with --out")
    if not SOURCE_NAME.fullmatch(source):
        raise UserError(f"source {source!r}: give a name of letters, digits, - and _")
    if source in base.manifest["sources"] or source in registry.sources():
        raise UserError(f"there is a source {source!r} already; choose another --source")
    if lost := _sources_in(out) - set(base.manifest["sources"]):
        raise UserError(
            f"{out} holds {', '.join(sorted(lost))}, which would be lost; start from it with --store {out} and write "
            f"to another --out"
        )
    table = registry.pick("table", registry.tables(), table_name)
    frame, blanked = suppress(table, read_own(table_name, file, source))
    with Draft.begin(out) as draft:
        for part in base.parts:
            _take_over(base, part, draft)
        part = draft.write("table", table.id, source, frame)
        draft.parts.append(part)
        sources = {**base.manifest["sources"], source: _account(source, file, part, blanked)}
        return draft.publish({"legation": base.manifest["legation"], "sources": sources})


def _sources_in(folder: Path) -> set[str]:
    try:
        return set(Store.open(folder).manifest["sources"])
    except StoreError:
        return set()


def _take_over(base: Store, part: Part, draft: Draft) -> None:
    target = draft.root / part.file
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(base.path(part), target)
    draft.parts.append(part)


def _account(source: str, file: Path, part: Part, blanked: int) -> dict[str, object]:
    told = {
        "publisher": source,
        "title": file.name,
        "url": "",
        "licence": "your own",
        "licence_url": "",
        "citation": "",
    }
    return {
        **told,
        "vintage": "",
        "publish": "nothing",
        "comparable_years": True,
        "caveats": [],
        "inputs": {file.name: hashlib.sha256(file.read_bytes()).hexdigest()},
        "tables": {part.name: {"rows": part.rows, "suppressed": blanked}},
        "read": {file.name: part.rows},
        "rejected": {},
        "rejected_samples": [],
        "set_aside": {},
        "columns_not_used": {},
        "warnings": [],
    }
