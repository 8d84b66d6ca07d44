"""Tables people bring: checked row by row, kept in a private store beside the public sources, never published.

A private store holds everything of the store it starts from and the sources put beside it, each marked `private` in the
manifest. What `legation build` writes may be published, so it refuses a folder or a base that holds such a source.
"""

from __future__ import annotations

import re
import shutil
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import polars as pl

from legation import registry
from legation.build import Step
from legation.engine import Engine, open_engine
from legation.errors import DataError, UserError
from legation.intake import Intake
from legation.mapping import declared, facts
from legation.mapping.declared import Mapping
from legation.mapping.report import Report
from legation.mapping.works import Reading
from legation.model import Source
from legation.store import Draft, Store

SOURCE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
WORKS = "works"
PRIVATE = "private: your own data, not to be published"
CAVEAT = "private_data"
UNDATED = "undated"
NO_BOUND = (0, 10**12)
MOST_ROWS_IN_MEMORY = 5_000_000
"""Works and authorships up to so many rows are counted by Polars on all cores, more by DuckDB within a limit."""


def mapping_of(mapping: str | Path | None, table: str | None = None, scope: str | None = None) -> Mapping:
    """A mapping by its file or name; without one, a table whose columns are called as in Legation.

    Raises: UserError for an unknown mapping or table, or if neither is named; DeclarationError for a mapping that says
    what it must not.
    """
    if mapping is not None:
        return declared.read(mapping, scope)
    if table is None:
        known = ", ".join(declared.known())
        raise UserError(
            f"say how to read the file: --mapping with a TOML file or one of {known}; or --table for its own"
        )
    if table in ("works", "authorships"):
        raise UserError(f"{table} needs a mapping that says where authors and countries stand; see docs/own-data.md")
    return declared.identity(table, registry.pick("table", registry.tables(), table).columns)


def check(file: Path, mapping: Mapping, source: str = "own") -> tuple[dict[str, pl.DataFrame], Report]:
    """The tables a file gives, without the rows that do not fit, and the report on every row.

    Raises: DataError for a file that cannot be trusted, read or understood as a whole; UserError if it is not there.
    """
    report = Report()
    chosen = declared.of_file(mapping, file)
    if mapping.holds == WORKS:
        tables = Reading(chosen, file, source, report).tables()
    else:
        tables = {mapping.holds: facts.table(chosen, file, source, report)}
    return tables, report


def load(base: Store, file: Path, mapping: Mapping, source: str, out: Path, leave_out: bool = False) -> Store:
    """A private store that holds everything of `base` and what a file gives as another source.

    The base is left as it is, and `out` too unless everything was read: a row that does not fit stops the load, unless
    such rows are to be left out (`leave_out`), up to one in a hundred. Raises: UserError if `out` is the base or the
    embedded pack, or the source exists already; DataError with the report, if rows do not fit.
    """
    _require_private_place(base, source, out)
    tables, report = check(file, mapping, source)
    _require_fitting(report, mapping, leave_out)
    tables = _numbered(tables) if mapping.holds == WORKS else tables
    engine = open_engine("polars" if sum(f.height for f in tables.values()) <= MOST_ROWS_IN_MEMORY else "duckdb")
    fresh = not out.exists()
    try:
        with Draft.begin(out, private=True) as draft:
            return _publish(base, _source(source, mapping, file, tables), report, draft, engine)
    except BaseException:
        if fresh:
            shutil.rmtree(out, ignore_errors=True)
        raise


def _numbered(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Works by number: joins over numbers take half the time of those over names, and no name is needed any more."""
    works = tables[WORKS].with_row_index("number")
    numbers = works.select("work_id", work=pl.col("number").cast(pl.Int64))
    signed = tables["authorships"].join(numbers, on="work_id", how="left", maintain_order="left")
    return tables | {
        WORKS: works.with_columns(work_id=pl.col("number").cast(pl.Int64)).drop("number"),
        "authorships": signed.with_columns(work_id=pl.col("work")).drop("work"),
    }


def _publish(base: Store, source: Source, report: Report, draft: Draft, engine: Engine) -> Store:
    for part in base.parts:
        target = draft.root / part.file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(base.path(part), target)
        draft.parts.append(part)
    step = Step(Path(), source, draft, engine, checked=True)
    _settle(step.intake, report)
    parts, account = step.run()
    draft.parts += parts
    told = {**account, "inputs": report.files, "publish": "nothing", "private": True}
    sources = {**base.manifest["sources"], source.id: told}
    return draft.publish({"legation": version("legation"), "sources": sources})


def _settle(intake: Intake, report: Report) -> None:
    """The account of what was read before the step began."""
    intake.read.update(report.read)
    intake.set_aside.update(+report.left_out)
    intake.left_over.update(report.unused)
    for kind, samples in report.problems.items():
        intake.rejected[f"{kind[0]} {kind[1]}"] += report.counts[kind]
        intake.samples += [str(sample) for sample in samples]


def _source(name: str, mapping: Mapping, file: Path, tables: dict[str, pl.DataFrame]) -> Source:
    """What was read, as a source whose records stay on this machine."""
    return Source(
        publisher=mapping.publisher or name,
        title=mapping.title or file.name,
        url=mapping.url,
        licence=f"{PRIVATE} ({mapping.licence})" if mapping.licence else PRIVATE,
        vintage=mapping.vintage or UNDATED,
        files=(),
        rows=dict.fromkeys(tables, NO_BOUND),
        publish="aggregates",
        comparable_years=mapping.comparable_years,
        caveats=(CAVEAT,),
        id=name,
        tidy=lambda intake: tables.items(),
    )


def _require_private_place(base: Store, source: str, out: Path) -> None:
    if out.resolve() == base.root.resolve():
        raise UserError(f"{out} is the store you start from; name another folder with --out")
    if out.resolve().is_relative_to(Path(str(files("legation"))).resolve()):
        raise UserError(f"{out} is part of the package, which is published; name a folder of your own with --out")
    if not SOURCE_NAME.fullmatch(source):
        raise UserError(f"source {source!r}: give a name of letters, digits, - and _")
    if source in base.manifest["sources"] or source in registry.sources():
        raise UserError(f"there is a source {source!r} already; choose another --source")
    there = Store.find(out)
    if there is not None and (lost := set(there.manifest["sources"]) - set(base.manifest["sources"]) - {source}):
        raise UserError(
            f"{out} holds {', '.join(sorted(lost))}, which would be lost; start from it with --store {out} and write "
            f"to another --out"
        )


def _require_fitting(report: Report, mapping: Mapping, leave_out: bool) -> None:
    told = "\n".join(report.told())
    if report.bad_rows and not leave_out:
        raise DataError(f"{told}\nnothing was loaded; mend these rows, or leave them out with --leave-out")
    if not any(report.rows.values()):
        raise DataError(f"{told}\nnothing was loaded: no row fits")
    if report.unmatched_share > mapping.most_unmatched:
        raise DataError(
            f"{told}\nnothing was loaded: {report.unmatched_share:.0%} of the places of authors have no known country, "
            f"more than {mapping.most_unmatched:.0%}; say `code` in the mapping, add spellings under "
            f"[country_names], or allow it with most_unmatched"
        )
