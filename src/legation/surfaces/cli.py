"""The command line: `legation position KOR quantum` and its fellows.

Libraries are imported inside the commands that need them, so that a command starts fast.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from legation.errors import LegationError, UserError
from legation.surfaces.asking import FILE, Asking, at, computed, written
from legation.surfaces.gathering import build, check, fetch, load
from legation.surfaces.output import show_table

home = click.argument("home")
technology = click.argument("technology")


@click.group(cls=Asking, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="legation")
def app() -> None:
    """An open evidence engine for science and technology diplomacy."""


def main() -> None:
    """Run a command; a mistake of the user's gives a message and exit code 2, other failures 1, never a traceback."""
    try:
        app(prog_name="legation")
    except LegationError as error:
        print(f"legation: {error}", file=sys.stderr)
        sys.exit(2 if isinstance(error, UserError) else 1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


@app.command()
@home
@technology
@click.option("--partner", help="a partner country to look at more closely; by default the first of the ranking")
@click.option("--format", "-f", "form", default="pdf,html", show_default=True, help="pdf, html, or both")
@click.option("--out", "-o", type=FILE, default=Path(), help="the folder to write to; by default this one")
@at
def brief(home: str, technology: str, partner: str | None, form: str, out: Path, store: Path | None) -> None:
    """What should the minister say? Writes the brief as PDF and HTML."""
    import legation
    from legation.surfaces.brief import write_brief

    for path in write_brief(legation.open(store), home, technology, partner, form.split(","), out):
        print(path)


@app.command()
@click.argument("identifier")
@click.option("--source", help="one source; all that have it by default")
@click.option("--scope", help="a technology, a field, or all")
@click.option("--year", type=int, help="the last year of the period; every period by default")
@click.option("--window", type=click.IntRange(1, 50), default=1, show_default=True, help="years added up")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="a setting; may be repeated")
@written
@at
@computed
def indicator(
    identifier: str, source: str | None, scope: str | None, year: int | None, window: int, settings: tuple[str, ...],
    form: str | None, out: Path | None, store: Path | None, engine: str, master: str | None,
) -> None:  # fmt: skip
    """Any indicator as a long table; `legation indicators` lists them."""
    import legation

    evidence = legation.open(store, engine, master)
    chosen = _settings(settings)
    frame = evidence.indicator(identifier, source=source, scope=scope, year=year, window=window, **chosen)
    show_table(frame, form, out)


@app.command()
@click.argument("name")
@click.option("--source", help="one source; all that have it by default")
@written
@at
def table(name: str, source: str | None, form: str | None, out: Path | None, store: Path | None) -> None:
    """A fact table; `legation tables` lists them."""
    import legation

    show_table(legation.open(store).table(name, source=source), form, out)


@app.command()
@written
def technologies(form: str | None, out: Path | None) -> None:
    """List the technologies."""
    from legation.catalogue import lists

    show_table(lists.technologies(), form, out)


@app.command()
@written
def countries(form: str | None, out: Path | None) -> None:
    """List the countries."""
    from legation.catalogue import lists

    show_table(lists.countries(), form, out)


@app.command()
@written
@at
def sources(form: str | None, out: Path | None, store: Path | None) -> None:
    """List the sources in the store, with licence and vintage."""
    import legation
    from legation.catalogue import lists

    show_table(lists.sources(legation.open(store).store), form, out)


@app.command()
@click.option("--technology", help="what there is for this technology, and why not the rest")
@written
@at
def indicators(technology: str | None, form: str | None, out: Path | None, store: Path | None) -> None:
    """List the indicators, and what each can be computed from here."""
    import legation
    from legation.catalogue import lists

    show_table(lists.indicators(legation.open(store).store, technology), form, out)


@app.command()
@written
@at
def tables(form: str | None, out: Path | None, store: Path | None) -> None:
    """List the fact tables and how many rows each has."""
    import legation
    from legation.catalogue import lists

    show_table(lists.tables(legation.open(store).store), form, out)


@app.command()
@click.argument("identifier")
@at
def explain(identifier: str, store: Path | None) -> None:
    """Definition, formula, sources and caveats of an indicator, table, source, technology or caveat."""
    import legation
    from legation.catalogue import explanations

    print(explanations.explain(identifier, legation.open(store).store))


for command in (fetch, build, check, load):
    app.add_command(command)


@app.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="the port on loopback")
@at
def serve(port: int, store: Path | None) -> None:
    """Show the briefs as pages in a browser on this machine."""
    import legation
    from legation.surfaces.web import serve as serve_pages

    serve_pages(legation.open(store), port)


@app.command()
@click.option("--out", "-o", type=FILE, default=Path("docs"), show_default=True, help="the folder to write to")
@click.option("--notice", type=FILE, help="write the licences of the pack's sources to this file too")
@at
def docs(out: Path, notice: Path | None, store: Path | None) -> None:
    """Write the method pages from the declarations; those of declarations that are gone are removed."""
    import legation
    from legation.surfaces import output, pages

    found = legation.open(store).store
    print(f"{len(pages.write_pages(found, out))} pages in {out}")
    if notice is not None:
        output.write(pages.notice(found).encode(), notice)


def _settings(given: tuple[str, ...]) -> dict[str, Any]:
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
