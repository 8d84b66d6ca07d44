"""The command line: `legation position KOR quantum` and its fellows.

Libraries are imported inside the commands that need them, so that a command starts fast.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from legation.errors import LegationError, UserError
from legation.surfaces.asking import FILE, Asking, at, computed, in_language, written
from legation.surfaces.gathering import build, check, fetch, load
from legation.surfaces.output import show_answer, show_table
from legation.surfaces.running import mcp, serve

home = click.argument("home")
technology = click.argument("technology")


@click.group(cls=Asking, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="legation")
@click.option("--own", type=FILE, envvar="LEGATION_OWN", help="a folder of your own indicators, technologies, lenses")
@click.pass_context
def app(context: click.Context, own: Path | None) -> None:
    """An open evidence engine for science and technology diplomacy."""
    if own is not None:
        from legation.beside import beside
        from legation.owning import read_folder

        context.with_resource(beside(read_folder(own)))


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
@click.argument("home", required=False)
@click.argument("technology", required=False)
@click.option("--partner", help="the country visited; without it the brief is about the partner options")
@click.option("--all-partners", is_flag=True, help="a brief for each partner that can be ranked")
@click.option("--config", type=FILE, help="a TOML file of visits, instead of HOME and TECHNOLOGY")
@click.option("--format", "-f", "form", default="pdf,html", show_default=True, help="of pdf, docx, html")
@click.option("--out", "-o", type=FILE, default=Path(), help="the folder to write to; by default this one")
@click.option(
    "--processes", type=click.IntRange(1, 64), help="of several briefs, so many at once; all cores by default"
)
@in_language
@at
def brief(
    home: str | None, technology: str | None, partner: str | None, all_partners: bool, config: Path | None, form: str,
    out: Path, processes: int | None, lang: str, store: Path | None,
) -> None:  # fmt: skip
    """What should the minister say? Writes the brief as PDF, Word or HTML.

    Many briefs are gone on with where they were stopped: one that stands in the folder for the same build and question
    is left as it is.
    """
    import legation
    from legation.surfaces.brief import batch, visits, write_brief
    from legation.surfaces.terminal import progress

    formats = tuple(name.strip() for name in form.split(","))
    if config is not None:
        if home or technology or partner or all_partners:
            raise UserError("--config lists the visits: leave out HOME, TECHNOLOGY, --partner and --all-partners")
        chosen = visits.of_file(config, lang, formats)
    elif home is None or technology is None:
        raise UserError("give HOME and TECHNOLOGY, or --config with a file of visits")
    elif all_partners and partner:
        raise UserError("--partner names one country, --all-partners means all: leave one out")
    elif all_partners:
        chosen = visits.of_all_partners(legation.open(store), visits.Visit(home, technology, "", lang, formats))
    else:
        for path in write_brief(legation.open(store), home, technology, partner, formats, out, lang):
            print(path)
        return
    with progress() as report:
        written, standing = batch.write_briefs(store, chosen, out, processes or os.cpu_count() or 1, report)
    print(*written, sep="\n")
    print(f"{len(written)} files written, {standing} there before", file=sys.stderr)


@app.command()
@home
@technology
@click.option("--partner", required=True, help="the other country at the table")
@click.option("--length", default="half-day", show_default=True, help="90-minutes, half-day or day")
@click.option("--seed", type=int, default=1, show_default=True, help="another seed gives another case")
@click.option("--format", "-f", "form", default="pdf,docx", show_default=True, help="of pdf, docx, html")
@click.option("--out", "-o", type=FILE, default=Path(), help="the folder to write to; by default this one")
@in_language
@at
def exercise(
    home: str, technology: str, partner: str, length: str, seed: int, form: str, out: Path, lang: str,
    store: Path | None,
) -> None:  # fmt: skip
    """Write a training case for science diplomats: for everybody, for each role, and for the facilitator."""
    import legation
    from legation.surfaces.exercise import write_exercise

    formats = [name.strip() for name in form.split(",")]
    evidence = legation.open(store)
    written = write_exercise(evidence, home, technology, partner, formats, out, length=length, seed=seed, lang=lang)
    print(*written, sep="\n")


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
@written
@in_language
@at
@computed
def backtest(
    form: str | None, out: Path | None, lang: str, store: Path | None, engine: str, master: str | None
) -> None:
    """Did past rankings of partners foretell which ties grew? Takes about a minute."""
    import legation
    from legation.backtest import backtest as test
    from legation.surfaces.terminal import progress

    with progress() as report:
        answer = test(legation.open(store, engine, master).evaluator, lang, progress=report)
    show_answer(answer, form, out)


@app.command()
@click.argument("identifier")
@at
def explain(identifier: str, store: Path | None) -> None:
    """Definition, formula, sources and caveats of an indicator, table, source, technology or caveat."""
    import legation
    from legation.catalogue import explanations

    print(explanations.explain(identifier, legation.open(store).store))


for command in (fetch, build, check, load, serve, mcp):
    app.add_command(command)


@app.command()
@click.option("--format", "-f", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@at
def doctor(form: str, store: Path | None) -> None:
    """Say whether all that is needed is here, and what mends what is not; exit code 1 if that is required."""
    from legation.surfaces import doctor as examining

    checks = examining.examine(store)
    print(examining.as_json(checks) if form == "json" else "\n".join(examining.told(checks)))
    if not examining.sound(checks):
        sys.exit(1)


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
