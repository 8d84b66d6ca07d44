"""What is undocumented, or documented otherwise than it is, fails."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from legation import own, registry
from legation.model import Indicator, Source
from legation.store import Store
from legation.surfaces.cli import app
from legation.surfaces.pages import pages

DOCS = Path(__file__).parents[1] / "docs"
README = (DOCS.parent / "README.md").read_text(encoding="utf-8")
LANGUAGES = {"en", "ko"}


def test_the_pages_are_those_the_declarations_give() -> None:
    made = pages(Store.open())
    stale = [name for name, text in made.items() if not (DOCS / name).is_file() or (DOCS / name).read_text() != text]
    assert not stale, f"run `make docs`: {stale[:5]}"


def test_no_page_is_left_of_what_is_gone() -> None:
    made = pages(Store.open())
    folders = ("indicators", "tables", "sources", "technologies")
    found = {f"{folder}/{path.name}" for folder in folders for path in (DOCS / folder).glob("*.md")}
    assert found <= set(made)


@pytest.mark.parametrize("name", registry.indicators())
def test_an_indicator_is_explained(name: str) -> None:
    indicator = registry.indicators()[name]
    assert set(indicator.label) == LANGUAGES
    assert indicator.meaning.split("\n")[0].endswith("?"), "its docstring begins with the question it answers"
    assert indicator.formula
    assert re.search(r"doi:10\.|https?://|Indicators", indicator.reference), "give a DOI or an official address"
    assert indicator.example.working
    assert indicator.checked
    assert indicator.is_not
    assert all(set(m.label) == LANGUAGES and m.unit for m in indicator.measures.values())


@pytest.mark.parametrize("name", registry.tables())
def test_a_table_says_what_it_holds(name: str) -> None:
    table = registry.tables()[name]
    assert table.meaning.endswith(".")
    assert set(table.key) <= set(table.columns)
    assert set(table.additive) <= set(table.columns)


@pytest.mark.parametrize("name", registry.sources())
def test_a_source_says_where_it_is_from(name: str) -> None:
    source = registry.sources()[name]
    assert source.publisher
    assert source.licence
    assert source.vintage
    assert source.url.startswith("https://")
    assert all(c in registry.caveats() for c in source.caveats)


@pytest.mark.parametrize("name", registry.caveats())
def test_a_caveat_stands_in_both_languages_and_is_used(name: str) -> None:
    assert set(registry.caveats()[name].text) == LANGUAGES
    users: list[Indicator | Source] = [*registry.indicators().values(), *registry.sources().values()]
    assert any(name in user.caveats for user in users) or name == own.CAVEAT


@pytest.mark.parametrize("name", registry.technologies())
def test_a_technology_stands_in_both_languages(name: str) -> None:
    technology = registry.technologies()[name]
    for words in (technology.label, technology.covers, technology.excludes, technology.limits):
        assert set(words) == LANGUAGES
    for group in technology.topic_groups.values():
        assert set(group) <= set(technology.topics)


@pytest.mark.parametrize("name", sorted(app.commands))
def test_a_command_says_what_it_does_and_stands_in_the_readme(name: str) -> None:
    assert (app.commands[name].help or "").strip().endswith((".", "?"))
    assert f"legation {name}" in README


def test_the_readme_shows_what_the_command_prints() -> None:
    shown = re.search(r"\$ (legation position [^\n]*) \| head -n (\d+)\n(.*?)\n```", README, re.DOTALL)
    assert shown
    command, lines, expected = shown.groups()
    printed = CliRunner().invoke(app, command.split()[1:]).output.splitlines()
    assert [line.rstrip() for line in printed[: int(lines)]] == expected.splitlines()


def test_the_readme_counts_what_there_is() -> None:
    store = Store.open()
    size = sum(path.stat().st_size for path in store.root.rglob("*") if path.is_file())
    assert f"{len(store.manifest['sources'])} sources ({size / 1e6:.1f} MB" in README
    assert f"**{len(registry.technologies())} technologies**" in README
    assert f"**{len(registry.indicators())} indicators**" in README
