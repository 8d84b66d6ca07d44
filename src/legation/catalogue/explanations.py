"""Anything that has a name, explained: indicator, table, source, technology, caveat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from legation import registry
from legation.answers._composing import definition
from legation.checks import private_sources
from legation.errors import unknown
from legation.evaluation import Evaluator
from legation.store import Store


def explain(identifier: str, store: Store) -> str:
    """The definition, origin and limits of what is called `identifier`.

    Raises: UserError naming the nearest where nothing is called so.
    """
    explained: list[tuple[Mapping[str, Any], Callable[[str, Store], str]]] = [
        (registry.indicators(), _indicator),
        (registry.tables(), _table),
        (registry.sources(), _source),
        (dict.fromkeys(private_sources(store.manifest["sources"])), _private),
        (registry.technologies(), _technology),
        (registry.caveats(), lambda name, _: registry.caveats()[name].text["en"]),
    ]
    found = [describe(identifier, store) for known, describe in explained if identifier in known]
    if not found:
        raise unknown(
            "name", identifier, [name for known, _ in explained for name in known], "see `legation indicators`"
        )
    return "\n\n".join(found)


def _indicator(name: str, store: Store) -> str:
    indicator, what = registry.indicators()[name], definition(name)
    lines = [
        f"{what.label} ({name}), indicator",
        indicator.meaning,
        f"Formula    {what.formula}",
        *(f"Column     {column}: {unit}" for column, unit in what.units.items()),
        f"From       {', '.join(what.inputs)}",
        *(f"Setting    {setting} = {value!r}" for setting, value in registry.settings(indicator).items()),
        f"Reference  {what.reference}",
        *(f"Caveat     {registry.caveats()[c].text['en']}" for c in indicator.caveats),
        *([f"Is not     {indicator.is_not}"] if indicator.is_not else []),
        f"Checked    {indicator.checked}",
        "Worked example",
        *(f"  {table}{_indented(text)}" for table, text in indicator.example.given.items()),
        f"  gives{_indented(indicator.example.expect)}",
        *([f"  {indicator.example.working}"] if indicator.example.working else []),
    ]
    evaluator = Evaluator(store)
    for source in evaluator.sources(name):
        for one in evaluator.lineage(name, source):
            account = store.manifest["sources"][one]
            lines.append(
                f"Source     {account['publisher']}: {account['title']} ({account['vintage']}), {account['licence']}"
            )
    return "\n".join(dict.fromkeys(lines))


def _table(name: str, store: Store) -> str:
    table = registry.tables()[name]
    columns = (
        f"  {column}: {c.kind}{f' in {c.unit}' if c.unit else ''}{', may be empty' if c.nullable else ''}: {c.meaning}"
        for column, c in table.columns.items()
    )
    return "\n".join(
        [
            f"{table.label} ({name}), fact table",
            table.meaning,
            f"Key: source, {', '.join(table.key)}",
            *columns,
            f"Sources: {', '.join(store.sources_of(name)) or 'none in this store'}",
        ]
    )


def _source(name: str, store: Store) -> str:
    source = registry.sources()[name]
    account = store.manifest["sources"].get(name)
    lines = [
        f"{source.title} ({name}), source",
        f"Publisher  {source.publisher}",
        f"Vintage    {source.vintage}",
        f"Licence    {source.licence} {source.licence_url}",
        f"Address    {source.url}",
        source.about,
    ]
    if account is None:
        return "\n".join([*lines, "Not in this store."])
    return "\n".join([*lines, *_account(account)])


def _private(name: str, store: Store) -> str:
    """A source of somebody's own, of which the store knows all that is known."""
    account = store.manifest["sources"][name]
    lines = [
        f"{account['title']} ({name}), source of one's own",
        f"Publisher  {account['publisher']}",
        f"Vintage    {account['vintage']}",
        f"Licence    {account['licence']}",
        *(f"Read       {file}: {rows:,} rows" for file, rows in account["read"].items()),
    ]
    return "\n".join([*lines, *_account(account)])


def _account(account: Mapping[str, Any]) -> list[str]:
    """What a source gave, and what was left out."""
    lines = [f"Rows       {table}: {counts['rows']:,}" for table, counts in account["tables"].items()]
    lines += [f"Rejected   {n:,} × {reason}" for reason, n in account["rejected"].items()]
    lines += [f"Set aside  {n:,} × {reason}" for reason, n in account["set_aside"].items()]
    return lines


def _technology(name: str, _: Store) -> str:
    technology = registry.technologies()[name]
    lists = ("topics", "fields", "patent_fields", "patent_technologies", "goods", "minerals", "committees")
    lists += ("memberships", "declarations", "capabilities", "programme_parts")  # type: ignore[assignment]
    return "\n".join(
        [
            f"{technology.label['en']} ({name}), technology",
            f"Covers     {technology.covers['en']}",
            f"Leaves out {technology.excludes['en']}",
            f"Limits     {technology.limits['en']}",
            *(f"{kind}: {', '.join(getattr(technology, kind)) or 'none'}" for kind in lists),
        ]
    )


def _indented(text: str) -> str:
    return "\n" + "\n".join(f"    {line.strip()}" for line in text.strip().splitlines())
