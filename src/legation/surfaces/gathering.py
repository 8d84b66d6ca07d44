"""Commands that gather data: fetch raw files, build a store from them, check and load tables of one's own."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from legation.surfaces.asking import FILE, Command, at

if TYPE_CHECKING:
    from legation.store import Store

RAW = click.option("--raw", type=FILE, required=True, help="the folder of the publishers' files")


@click.group()
def fetch() -> None:
    """Fetch raw files from a publisher."""


@fetch.command("openalex")
@RAW
@click.option("--snapshot/--api", default=True, help="all works from the public bucket, or a technology's from the API")
@click.option("--technology", multiple=True, help="a technology; may be repeated with --snapshot, one with --api")
@click.option("--from", "since_year", type=int, help="with --api: the first year of publication")
@click.option("--since", help="with --snapshot: only partitions changed from this day on, YYYY-MM-DD")
@click.option("--layout", default="jsonl", show_default=True, help="with --snapshot: jsonl, parquet or flat")
@click.option("--remove-superseded", is_flag=True, help="with --snapshot: remove files the release no longer has")
@click.option("--no-checksums", is_flag=True, help="with --snapshot: compare sizes only")
@click.option("--workers", type=click.IntRange(1, 64), default=8, show_default=True, help="with --snapshot: at once")
@click.option("--endpoint", help="with --snapshot: a mirror's address")
@click.option("--fresh", is_flag=True, help="with --api: begin anew instead of going on")
@click.option("--all-authors", is_flag=True, help="with --api: fetch works of more than 100 authors singly too")
def fetch_openalex(
    raw: Path, snapshot: bool, technology: tuple[str, ...], since_year: int | None, since: str | None, layout: str,
    remove_superseded: bool, no_checksums: bool, workers: int, endpoint: str | None, fresh: bool, all_authors: bool,
) -> None:  # fmt: skip
    """Works of OpenAlex. A fetch that was stopped goes on where it was; the key of the API is in OPENALEX_API_KEY."""
    from legation.errors import UserError
    from legation.fetching import openalex
    from legation.surfaces.terminal import transfer

    if not snapshot:
        if len(technology) != 1 or since_year is None:
            raise UserError("with --api name one --technology and the first year with --from, such as --from 2015")
        with transfer() as report:
            works = openalex.fetch_works(raw, technology[0], since_year=since_year, fresh=fresh, report=report)
            if all_authors:
                works = openalex.fetch_cut_works(raw, technology[0], report=report)
        print(f"{works.works:,} works of {works.announced:,} announced, {works.pages_fetched:,} pages fetched now")
        if works.cut:
            print(f"{works.cut:,} works end at their hundredth author; --all-authors fetches them singly")
        return
    with transfer() as report:
        fetched = openalex.fetch_snapshot(
            raw, layout=layout, technologies=technology, since=since, remove_superseded=remove_superseded,
            endpoint=endpoint or openalex.ENDPOINT, checksums=not no_checksums, workers=workers, report=report,
        )  # fmt: skip
    for name in technology:
        print(openalex.NOT_FILTERED.format(name), file=sys.stderr)
    print(
        f"release {fetched.release}: {fetched.fetched:,} files fetched ({fetched.fetched_bytes / 1e6:,.1f} MB), "
        f"{fetched.kept:,} there before, {fetched.records:,} records"
    )
    if fetched.superseded:
        done = "removed" if fetched.removed else "left; --remove-superseded removes them"
        print(f"{len(fetched.superseded):,} files the release no longer has: {done}", file=sys.stderr)


@fetch.command("comtrade")
@click.argument("reporter")
@click.argument("technology", nargs=-1, required=True)
@RAW
@click.option("--from", "first", type=int, required=True, help="the first year")
@click.option("--to", "last", type=int, required=True, help="the last year")
def fetch_comtrade(reporter: str, technology: tuple[str, ...], raw: Path, first: int, last: int) -> None:
    """What an economy reports to UN Comtrade of technologies' goods. The key of the API is in COMTRADE_API_KEY."""
    from legation.fetching import comtrade

    fetched = comtrade.fetch_trade(raw, reporter, technology, range(first, last + 1))
    print(f"{len(fetched.files)} years fetched ({fetched.rows:,} rows), {len(fetched.kept)} there before")
    for year in fetched.empty_years:
        print(f"no row for {year}: not reported, or not yet", file=sys.stderr)


@click.command()
@RAW
@click.option("--out", "-o", type=FILE, required=True, help="the store to write; what stood there stays until the end")
@click.option("--source", multiple=True, help="only this source; may be repeated")
@click.option("--corpus", type=FILE, help="instead: the works of OpenAlex in RAW; what is read is kept in this folder")
@click.option("--technology", multiple=True, help="with --corpus: count this technology; may be repeated")
@click.option("--with-pack", is_flag=True, help="begin a new store as a copy of the embedded pack")
@click.option("--memory", help="most memory the engine may use; with --corpus of all, 4GB if not said")
def build(
    raw: Path, out: Path, source: tuple[str, ...], corpus: Path | None, technology: tuple[str, ...], with_pack: bool,
    memory: str | None,
) -> None:  # fmt: skip
    """Build a store from raw files, or bring one up to date: what has not changed is not read again."""
    from legation.build import build as build_store
    from legation.corpus import build_corpus
    from legation.engine import open_engine
    from legation.errors import UserError
    from legation.store import Store
    from legation.surfaces import terminal

    base = Store.open() if with_pack else None
    begin, before = time.monotonic(), _stands(out)
    if corpus is None:
        if technology:
            raise UserError("--technology is for --corpus; sources hold the technologies their publishers tell apart")
        with terminal.progress() as report:
            built = build_store(raw, out, open_engine(memory=memory), source, report, base)
    else:
        if source:
            raise UserError("--corpus builds the source openalex; leave out --source")
        with terminal.work() as report:
            built = build_corpus(
                raw, corpus, out, memory=memory or "4GB", technologies=technology, progress=report, base=base
            )
    print(*_built(built, out), sep="\n")
    if corpus is not None:
        print(_spent(time.monotonic() - begin, built.build == before))
    for name, account in built.manifest["sources"].items():
        for warning in account["warnings"]:
            print(f"warning: {name}: {warning}", file=sys.stderr)


def _stands(out: Path) -> str | None:
    """The build of the store that stands there, where one does."""
    from legation.errors import StoreError
    from legation.store import Store

    try:
        return Store.open(out).build
    except StoreError:
        return None


def _spent(seconds: float, unchanged: bool) -> str:
    """What a build of a corpus took, and whether it found anything to do."""
    import resource

    unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    found = "nothing new since this build: the store stays as it was; " if unchanged else ""
    return f"{found}{seconds:,.1f} s, peak memory {peak / 1e6:,.0f} MB"


def _built(store: Store, out: Path) -> Iterator[str]:
    """What a build has come to; of a corpus, what became of the works too."""
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    yield f"{out}: build {store.build}, {len(store.parts)} parts, {size / 1e6:.1f} MB"
    if account := store.manifest["sources"].get("openalex"):
        yield f"openalex: {account['read']['works']:,} works read, the newest of {account['vintage']}"
        yield from (f"  rejected: {why}: {n:,}" for why, n in account["rejected"].items())
        yield from (f"    such as {place}" for place in account["rejected_samples"])
        yield from (f"  set aside: {why}: {n:,}" for why, n in account["set_aside"].items())


def mapped(command: Command) -> Command:
    """Options of a command that reads a file of somebody's own: how."""
    mapping = click.option("--mapping", "-m", help="a TOML file; or web-of-science, scopus, lens, dimensions")
    table = click.option("--table", help="instead: the table whose columns the file has, under their own names")
    scope = click.option("--scope", help="what all works are about, such as quantum")
    return mapping(table(scope(command)))


@click.command()
@click.argument("file", type=FILE)
@mapped
def check(file: Path, mapping: str | None, table: str | None, scope: str | None) -> None:
    """Say what fits and what does not in a file of your own, row by row; in a folder of declarations, one by one."""
    from legation import own
    from legation.errors import DataError

    if file.is_dir():
        from legation.owning import check_folder

        told, sound = check_folder(file)
    else:
        _, report = own.check(file, own.mapping_of(mapping, table, scope))
        told, sound = list(report.told()), not report.bad_rows
    print(*told, sep="\n")
    if not sound:
        raise DataError(f"{file.name} does not fit as a whole; what to do stands above")


@click.command()
@click.argument("file", type=FILE)
@mapped
@click.option("--out", "-o", type=FILE, required=True, help="the store to write: a private one, beside the pack")
@click.option("--source", default="own", show_default=True, help="what to call your data")
@click.option("--leave-out", is_flag=True, help="leave out rows that do not fit, one in a hundred at most")
@at
def load(
    file: Path, mapping: str | None, table: str | None, scope: str | None, out: Path, source: str, leave_out: bool,
    store: Path | None,
) -> None:  # fmt: skip
    """Put works or a table of your own beside the public ones, in a private store; all or nothing."""
    from legation import own
    from legation.store import Store

    chosen = own.mapping_of(mapping, table, scope)
    built = own.load(Store.open(store), file, chosen, source, out, leave_out)
    for name, counted in built.manifest["sources"][source]["tables"].items():
        print(f"{counted['rows']:,} rows of {name}, {counted['suppressed']:,} cells suppressed")
    print(f"{out}: build {built.build}, private; use it with --store {out}")
