"""Every question of the house is a command: `legation NAME` with what it is about, and its options."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from legation import registry
from legation.language import LANGUAGES
from legation.model import Question

FILE = click.Path(path_type=Path)

Command = Callable[..., None]

at = click.option("--store", type=FILE, help="a store other than the embedded pack")
in_language = click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="the language")
ENGINE = click.option("--engine", help="polars, duckdb or spark; by default the one that suits the size of the store")
MASTER = click.option("--master", help="where Spark runs: local[*], spark://HOST:PORT or sc://HOST:PORT")


def computed(command: Command) -> Command:
    """Options of a command that computes: by which engine, and where that runs."""
    return ENGINE(MASTER(command))


def written(command: Command) -> Command:
    """Options of a command that gives a table: which form, and where to."""
    form = click.option("--format", "-f", "form", help="csv, json, parquet or xlsx instead of a table on the screen")
    out = click.option("--out", "-o", type=FILE, help="write to this file; its ending tells the format")
    return form(out(command))


class Asking(click.Group):
    """The commands declared in the code, and one for each question; a question is read when it is asked or listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*registry.questions(), *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in registry.questions():
            return _command(registry.questions()[cmd_name])
        return super().get_command(ctx, cmd_name)


def _command(question: Question) -> click.Command:
    """A question as a command: what it is about are arguments, its options are options."""

    @written
    @in_language
    @at
    @computed
    def asked(
        form: str | None, out: Path | None, lang: str, store: Path | None, engine: str, master: str | None, **given: Any
    ) -> None:  # fmt: skip
        import legation
        from legation.surfaces.output import show_answer

        show_answer(legation.open(store, engine, master).ask(question.id, lang, **given), form, out)

    about = {place: place.upper() for place in registry.places(question)}
    parameters: list[click.Parameter] = [click.Argument([place]) for place in about]
    parameters += [_option(name, default, question) for name, default in registry.options(question).items()]
    shown = click.command(question.id, help=f"{question.words.format(**about)}\n\n{question.about}")(asked)
    shown.params = [*parameters, *shown.params]
    return shown


def _option(name: str, default: Any, question: Question) -> click.Option:
    """An option of a question; a default that is a tuple may be given several times."""
    flag, told = f"--{name.replace('_', '-')}", question.options[name]
    if name in question.files:
        return click.Option([flag, name], type=FILE, help=told)
    if isinstance(default, bool):
        return click.Option([flag, name], is_flag=True, help=told)
    several = isinstance(default, tuple)
    kind = str if several or default is None else type(default)
    return click.Option(
        [flag, name], type=kind, default=default, multiple=several, help=told, show_default=bool(default)
    )
