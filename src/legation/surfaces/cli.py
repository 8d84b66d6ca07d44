"""The command line: `legation position KOR quantum` and its fellows."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from legation.errors import LegationError, UserError

if TYPE_CHECKING:
    import polars as pl

    from legation.model import Answer

app = typer.Typer(
    help="An open evidence engine for science and technology diplomacy.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Home = Annotated[str, typer.Argument(help="home country: a code or a name, such as KOR or 'South Korea'")]
Partner = Annotated[str, typer.Argument(help="partner country")]
Tech = Annotated[str, typer.Argument(metavar="TECHNOLOGY", help="a technology; `legation technologies` lists them")]
Form = Annotated[str | None, typer.Option("--format", "-f", help="csv, json, parquet or xlsx instead of a table")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="write to this file")]
At = Annotated[Path | None, typer.Option("--store", help="a store other than the embedded pack")]


def main() -> None:
    """Run a command; a mistake of the user's gives a message and exit code 2, other failures 1, never a traceback."""
    try:
        app()
    except LegationError as error:
        print(f"legation: {error}", file=sys.stderr)
        sys.exit(2 if isinstance(error, UserError) else 1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


@app.command()
def position(home: Home, technology: Tech, form: Form = None, out: Out = None, store: At = None) -> None:
    """Where do we stand?"""
    import legation

    _show_answer(legation.open(store).position(home, technology), form, out)


@app.command()
def partners(home: Home, technology: Tech, form: Form = None, out: Out = None, store: At = None) -> None:
    """Whom should we work with?"""
    import legation

    _show_answer(legation.open(store).partners(home, technology), form, out)


@app.command()
def pair(home: Home, partner: Partner, technology: Tech, form: Form = None, out: Out = None, store: At = None) -> None:
    """What is between us and them?"""
    import legation

    _show_answer(legation.open(store).pair(home, partner, technology), form, out)


@app.command()
def brief(
    home: Home,
    technology: Tech,
    partner: Annotated[str | None, typer.Option(help="a partner country to look at more closely")] = None,
    form: Annotated[str, typer.Option("--format", "-f", help="pdf, html, or both as pdf,html")] = "pdf,html",
    out: Annotated[Path, typer.Option("--out", "-o", help="the folder to write to")] = Path(),
    store: At = None,
) -> None:
    """What should the minister say? Writes the brief as PDF and HTML."""
    import legation
    from legation.surfaces.brief import write_brief

    for path in write_brief(legation.open(store), home, technology, partner, form.split(","), out):
        print(path)


@app.command()
def indicator(
    identifier: Annotated[str, typer.Argument(help="an indicator; `legation indicators` lists them")],
    source: Annotated[str | None, typer.Option(help="one source; all that have it by default")] = None,
    scope: Annotated[str | None, typer.Option(help="a technology, a field, or all")] = None,
    year: Annotated[int | None, typer.Option(help="the last year of the period; every period by default")] = None,
    window: Annotated[int, typer.Option(min=1, max=50, help="years added up to the last one")] = 1,
    settings: Annotated[list[str] | None, typer.Option("--set", help="a setting, name=value; may be repeated")] = None,
    form: Form = None,
    out: Out = None,
    store: At = None,
) -> None:
    """Any indicator as a long table."""
    import legation

    frame = legation.open(store).indicator(
        identifier, source=source, scope=scope, year=year, window=window, **_settings(settings or [])
    )
    _show_table(frame, form, out)


@app.command()
def table(
    name: Annotated[str, typer.Argument(help="a fact table; `legation tables` lists them")],
    source: Annotated[str | None, typer.Option(help="one source; all that have it by default")] = None,
    form: Form = None,
    out: Out = None,
    store: At = None,
) -> None:
    """A fact table."""
    import legation

    _show_table(legation.open(store).table(name, source=source), form, out)


@app.command()
def technologies(form: Form = None, out: Out = None) -> None:
    """List the technologies."""
    from legation.answers import lists

    _show_table(lists.technologies(), form, out)


@app.command()
def countries(form: Form = None, out: Out = None) -> None:
    """List the countries."""
    from legation.answers import lists

    _show_table(lists.countries(), form, out)


@app.command()
def sources(form: Form = None, out: Out = None, store: At = None) -> None:
    """List the sources in the store, with licence and vintage."""
    import legation
    from legation.answers import lists

    _show_table(lists.sources(legation.open(store).store), form, out)


@app.command()
def indicators(form: Form = None, out: Out = None, store: At = None) -> None:
    """List the indicators, and what each can be computed from here."""
    import legation
    from legation.answers import lists

    _show_table(lists.indicators(legation.open(store).store), form, out)


@app.command()
def tables(form: Form = None, out: Out = None, store: At = None) -> None:
    """List the fact tables and how many rows each has."""
    import legation
    from legation.answers import lists

    _show_table(lists.tables(legation.open(store).store), form, out)


@app.command()
def explain(
    identifier: Annotated[str, typer.Argument(help="an indicator, table, source, technology or caveat")],
    store: At = None,
) -> None:
    """Definition, formula, sources and caveats of anything that has a name."""
    import legation
    from legation.answers import explanations

    print(explanations.explain(identifier, legation.open(store).store))


@app.command()
def build(
    raw: Annotated[Path, typer.Option(help="the folder of the publishers' files")],
    out: Annotated[Path, typer.Option("--out", "-o", help="the store to write; what stood there stays until the end")],
    source: Annotated[list[str] | None, typer.Option(help="only this source; may be repeated")] = None,
    memory: Annotated[str | None, typer.Option(help="most memory the engine may use, such as 4GB")] = None,
) -> None:
    """Build a store from raw files."""
    from legation.build import build as build_store
    from legation.engine import open_engine

    with _progress() as report:
        built = build_store(raw, out, open_engine(memory=memory), source or (), report)
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    print(f"{out}: build {built.build}, {len(built.parts)} parts, {size / 1e6:.1f} MB")
    for name, account in built.manifest["sources"].items():
        for warning in account["warnings"]:
            print(f"warning: {name}: {warning}", file=sys.stderr)


@app.command()
def check(
    name: Annotated[str, typer.Argument(metavar="TABLE", help="the fact table the file is meant for")],
    file: Annotated[Path, typer.Argument(help="a CSV, JSON lines or Parquet file")],
) -> None:
    """Say what fits and what does not in a table of your own, row by row."""
    from legation.own import read_own

    frame = read_own(name, file, "own")
    print(f"{file}: {frame.height} rows fit {name}")


@app.command()
def load(
    name: Annotated[str, typer.Argument(metavar="TABLE", help="the fact table the file is meant for")],
    file: Annotated[Path, typer.Argument(help="a CSV, JSON lines or Parquet file")],
    out: Annotated[Path, typer.Option("--out", "-o", help="the store to write: a private one, beside the pack")],
    source: Annotated[str, typer.Option(help="what to call your data")] = "own",
    store: At = None,
) -> None:
    """Put a table of your own beside the public ones, in a store of your own."""
    from legation.own import load as load_own
    from legation.store import Store

    built = load_own(Store.open(store), name, file, source, out)
    print(f"{out}: build {built.build}; use it with --store {out}")


@app.command()
def docs(
    out: Annotated[Path, typer.Option("--out", "-o", help="the folder to write to")] = Path("docs"), store: At = None
) -> None:
    """Write the method pages and NOTICE from the declarations."""
    import legation
    from legation.surfaces.pages import write_pages

    for path in write_pages(legation.open(store).store, out):
        print(path)


def _settings(given: list[str]) -> dict[str, Any]:
    """`name=value` pairs; numbers and true/false are read as such."""
    settings: dict[str, Any] = {}
    for pair_ in given:
        name, sign, text = pair_.partition("=")
        if not sign:
            raise UserError(f"--set {pair_}: give name=value")
        if name in ("identifier", "self", "source", "scope", "year", "window"):
            raise UserError(f"--set {pair_}: {name} is not a setting; see `legation indicator --help`")
        value: Any = {"true": True, "false": False}.get(text.casefold(), text)
        for number in (int, float):
            if value is text:
                try:
                    value = number(text)
                except ValueError:
                    continue
        settings[name.replace("-", "_")] = value
    return settings


def _show_table(frame: pl.DataFrame, form: str | None, out: Path | None) -> None:
    from legation.surfaces import formats, terminal

    if form is None and out is None:
        terminal.print_table(frame)
    else:
        _write(formats.table_bytes(frame, _form(form, out)), out)


def _show_answer(answer: Answer, form: str | None, out: Path | None) -> None:
    from legation.surfaces import formats, terminal

    if form is None and out is None:
        terminal.print_answer(answer)
    else:
        _write(formats.answer_bytes(answer, _form(form, out)), out)


def _form(form: str | None, out: Path | None) -> Any:
    from legation.surfaces.formats import check_format

    return check_format(form or (out.suffix.removeprefix(".") if out else "csv"))


def _write(content: bytes, out: Path | None) -> None:
    if out is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        raise UserError(f"cannot write {out}: {error.strerror}; choose another --out") from None


def _progress() -> Any:
    from legation.surfaces.terminal import progress

    return progress()
