"""On what to work together: the fields that a group holds, with the specialisation of both."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from legation.answer import Answer
from legation.phrasing import Phrasing
from legation.surfaces.charts import _parts
from legation.surfaces.charts._chart import Chart
from legation.surfaces.charts._ends import dumbbell
from legation.surfaces.charts._making import chart, known, named, rows_of, told

MOST = 14


def charts(answer: Answer, say: Phrasing) -> Iterator[Chart]:
    """One chart for each group: both countries in each of its fields."""
    found = known(rows_of(answer, "topics", "home", "partner", "group_looser"), "home", "partner")
    groups = [row["group"] for row in rows_of(answer, "rules", "group")]
    for number, group in enumerate(dict.fromkeys(groups), 1):
        rows = named([row for row in found if row["group_looser"] == group][:MOST], "about", say.language, "level")
        if not rows:
            continue
        figure = answer.figures["topics"]
        ends = (("home", answer.subject["home_name"]), ("partner", answer.subject["partner_name"]))
        title = say("Fields: {group}", group=group)
        text = told(title, say("{names}.", names=say.listed([row["label"] for row in rows])))
        declared = partial(dumbbell, rows, ends, "signed", _parts.unit(figure, "home", say.language), say, 0)
        yield chart(answer, figure, declared, text, id=f"group-{number}", title=title)
