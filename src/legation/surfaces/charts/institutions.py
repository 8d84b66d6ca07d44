"""Who exactly: the organisations of a country, and those abroad, by their share of the works."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from legation.answer import Answer
from legation.phrasing import Phrasing
from legation.surfaces import display
from legation.surfaces.charts import _parts
from legation.surfaces.charts._chart import Chart
from legation.surfaces.charts._making import chart, heading, known, named, rows_of, told, valued
from legation.surfaces.charts._parts import across, column, dots, down, finished, tips

MOST = 18


def charts(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    """The largest at home, and abroad."""
    for figure in ("organisations", "abroad"):
        yield from _largest(answer, figure, say)


def _largest(answer: Answer, name: str, say: Phrasing) -> Iterator[Chart]:
    """Shares with intervals; organisations with fewer than 5 identified researchers have none."""
    share = next((c.removesuffix("_low") for c in _columns(answer, name) if c.endswith("_low") and c != "rank_low"), "")
    rows = known(rows_of(answer, name, share), share)[:MOST] if share else []
    if len(rows) < 2:
        return
    figure, home = answer.figures[name], answer.subject["home"]
    rows = [
        row | {"told": display.value(row[share], "share"), "ours": row["iso3"] == home and name != "organisations"}
        for row in named(rows, "name", say.language, "country", "sector")
    ]  # fmt: skip
    first = say("The largest: {name}, {share}.", name=rows[0]["label"], share=valued(rows[0], share, "share", say))

    def declared() -> Any:
        y = down(rows)
        x = across(share, "share", _parts.unit(figure, share, say.language))
        tooltip = tips(label=heading(figure, "name", say), country=heading(figure, "country", say),
                       sector=heading(figure, "sector", say), told=heading(figure, share, say))  # fmt: skip
        layers = [*dots(y, x, tooltip, f"{share}_low", f"{share}_high"), *column(y, "told", 56)]
        return finished(layers, rows, say.language)

    yield chart(answer, figure, declared, told(figure.title, first))


def _columns(answer: Answer, figure: str) -> list[str]:
    return answer.figures[figure].table.columns if figure in answer.figures else []
