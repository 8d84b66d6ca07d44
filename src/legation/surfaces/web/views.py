"""The pages of answers: a question asked and shown, and why its numbers are what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from legation import countries, registry
from legation.answer import Answer, Figure
from legation.answers._composing import AS_UNIT_SAYS
from legation.catalogue.behind import rows_behind, tables_behind
from legation.errors import UserError, unknown
from legation.evidence import Evidence
from legation.language import translate
from legation.phrasing import Phrasing
from legation.surfaces import display
from legation.surfaces.charts import Chart, charts_of
from legation.surfaces.formats import Format
from legation.surfaces.formulas import to_mathml
from legation.surfaces.web import drawing, forms, parts
from legation.surfaces.web.addresses import Asked
from legation.surfaces.web.names import EXAMPLES, in_order, short
from legation.surfaces.web.rendering import Templates
from legation.surfaces.web.serving import Made
from legation.surfaces.web.tables import Row, grid, grid_of

ROWS_IN_VIEW, ROWS_BEHIND = 12, 60
FILES: tuple[Format, ...] = get_args(Format)


@dataclass(frozen=True)
class Links:
    """The addresses that hang on a figure of a view."""

    asked: Asked
    figure: str

    def why(self, c: str = "", i: str = "") -> str:
        """Why its numbers are what they are: those of a column, or of an indicator."""
        return self.asked.url(f"why/{self.figure}", c=c, i=i)

    def files(self) -> list[tuple[str, str]]:
        """Its table in each format."""
        return [(form.upper(), self.asked.url(f"table/{self.figure}.{form}")) for form in FILES]


@dataclass(frozen=True)
class Views:
    """Answers of a store as pages."""

    evidence: Evidence
    templates: Templates

    def ask(self, asked: Asked) -> Answer:
        """The answer. Raises: UserError for options that cannot be."""
        return self.evidence.ask(asked.question.id, asked.lang, **asked.about)

    def figure(self, asked: Asked, name: str) -> tuple[Answer, Figure]:
        """A figure of the answer. Raises: UserError naming the nearest where there is none called so."""
        answer = self.ask(asked)
        if name not in answer.figures:
            raise unknown("table", name, answer.figures)
        return answer, answer.figures[name]

    def answer(self, asked: Asked) -> Made:
        """A question answered; one that cannot be asked without options, as a form."""
        try:
            answer = self.ask(asked)
        except UserError:
            if asked.options or asked.question.id not in EXAMPLES:
                raise
            return self._to_be_told(asked)
        charts = charts_of(answer)
        figures = [self._shown(asked, answer, figure, charts, first) for first, figure in _with_first(answer)]
        whole = [(form.upper(), asked.url(f"answer.{form}")) for form in ("json", "xlsx")]
        return self.templates.page(
            "answer", asked.lang, asked.url(), title=answer.question, answer=answer, figures=figures, whole=whole,
            **self.around(asked, answer.subject), **forms.form(asked, answer),
        )  # fmt: skip

    def _to_be_told(self, asked: Asked) -> Made:
        """A question that needs an option first, with examples to click."""
        say = Phrasing(asked.lang)
        examples = [
            {"href": asked.url("", **{name: value}), "words": f"{name} = {value}"}
            for name, value in EXAMPLES[asked.question.id]
        ]
        subject = subject_of(asked)
        places = {"home": subject["home_name"], "technology": subject["technology_label"]}
        return self.templates.page(
            "telling", asked.lang, asked.url(), title=say(asked.question.words, **places), examples=examples,
            **self.around(asked, subject), **forms.form(asked, None),
        )  # fmt: skip

    def around(self, asked: Asked, subject: Mapping[str, str]) -> dict[str, Any]:
        """What stands around an answer: the subject, how to change it, the other questions."""
        say = Phrasing(asked.lang)
        menu = [
            {"name": short(q, say), "href": asked.elsewhere(question=q), "here": q.id == asked.question.id}
            for q in in_order()
        ]
        brief = f"/{asked.lang}/{asked.home}/{asked.technology.id}/brief"
        menu.append(
            {"name": say("Brief"), "href": f"{brief}/{asked.partner}" if asked.partner else brief, "here": False}
        )
        return {
            "asked": asked,
            "subject": subject,
            "menu": menu,
            "countries": countries_in(asked.lang),
            "technologies": technologies_in(asked.lang),
        }

    def _shown(
        self, asked: Asked, answer: Answer, figure: Figure, charts: Sequence[Chart], first: bool
    ) -> dict[str, Any]:
        """A figure as the template takes it."""
        name = f"{answer.id}.{figure.id}"
        part = parts.PARTS.get(name)
        return {
            "id": figure.id,
            "title": display.naming_sources(figure.title, asked.lang),
            "notes": figure.notes,
            "first": first,
            "grid": grid(figure, asked.lang, ROWS_IN_VIEW, answer.subject),
            "links": Links(asked, figure.id),
            "charts": [drawing.shown(chart, asked) for chart in charts if chart.figure == figure.id],
            "part": part.template if part else "",
            "told": part.tell(figure, answer) if part else None,
        }

    def why(self, asked: Asked, name: str, column: str = "", indicator: str = "") -> Made:
        """Definition, formula, sources and rows behind a figure, of one column or indicator of it if named."""
        answer, figure = self.figure(asked, name)
        if column and column not in figure.table.columns:
            raise unknown(f"column of {name}", column, figure.table.columns)
        chosen = chosen_indicators(figure, column, indicator)
        definitions = [d for d in answer.definitions if d.id in chosen]
        formulas = dict(zip([d.id for d in definitions], mathml(tuple(d.formula for d in definitions)), strict=True))
        caveats = {c: registry.caveats()[c].text[asked.lang] for d in chosen for c in registry.indicators()[d].caveats}
        caveats |= {c: answer.caveats[c] for c in figure.caveats if c in answer.caveats and not indicator}
        tail = {"c": column, "i": indicator}
        return self.templates.page(
            "why", asked.lang, asked.url(f"why/{name}", **tail), title=figure.title, answer=answer, figure=figure,
            unit=unit_of(figure, column, asked.lang),
            column=display.heading(column, figure, asked.lang) if column else "",
            definitions=definitions, formulas=formulas, caveats=caveats, view=asked.url(), links=Links(asked, name),
            more={d: registry.indicators()[d] for d in chosen},
            grid=grid(figure, asked.lang, None, answer.subject), behind=self._behind(asked, figure, chosen),
            citations=[c for c in answer.citations if c.id in figure.sources], **self.around(asked, answer.subject),
        )  # fmt: skip

    def _behind(self, asked: Asked, figure: Figure, chosen: tuple[str, ...]) -> list[dict[str, Any]]:
        """The fact tables behind a figure, cut to its subject."""
        found: dict[str, dict[str, Any]] = {}
        for indicator in chosen:
            for table in tables_behind(self.evidence.store, indicator, figure.sources):
                if table not in found:
                    frame = self.rows(asked, figure, table)
                    files = [(form.upper(), asked.url(f"rows/{figure.id}/{table}.{form}")) for form in FILES]
                    declared = registry.tables()[table]
                    found[table] = {
                        "id": table,
                        "grid": grid_of(table, declared, frame, asked.lang, ROWS_BEHIND),
                        "files": files,
                    }
        return list(found.values())

    def rows(self, asked: Asked, figure: Figure, table: str) -> Any:
        """The rows of a fact table behind a figure, of its countries and technology, as a frame."""
        store = self.evidence.store
        sources = {s for i in figure.indicators for s in tables_behind(store, i, figure.sources).get(table, ())}
        if not sources:
            raise unknown("table behind these numbers", table, tables_of(self.evidence, figure))
        economies = [asked.partner] if asked.partner else []
        return rows_behind(store, table, sorted(sources), asked.technology, [asked.home, *economies])


def tables_of(evidence: Evidence, figure: Figure) -> list[str]:
    """The fact tables behind a figure."""
    return list(dict.fromkeys(t for i in figure.indicators for t in tables_behind(evidence.store, i, figure.sources)))


def chosen_indicators(figure: Figure, column: str, indicator: str) -> tuple[str, ...]:
    """The indicators of a figure that tell a column, or the one that is named.

    Raises: UserError for an indicator the figure does not stand on.
    """
    if indicator:
        if indicator not in figure.indicators:
            raise unknown("indicator of this table", indicator, figure.indicators)
        return (indicator,)
    told = tuple(i for i in figure.indicators if column in registry.indicators()[i].measures)
    return told or figure.indicators


def unit_of(figure: Figure, column: str, language: str) -> str:
    """The unit of a column; none where each row has its own."""
    unit = figure.units.get(column, "")
    return "" if unit == translate(AS_UNIT_SAYS, language) else display.minus(unit)


def _with_first(answer: Answer) -> list[tuple[bool, Figure]]:
    return [(place == 0, figure) for place, figure in enumerate(answer.figures.values())]


def subject_of(asked: Asked) -> dict[str, str]:
    """What a question is about, in words."""
    named = {
        "home_name": countries.name(asked.home, asked.lang),
        "technology_label": asked.technology.label[asked.lang],
    }
    return named | ({"partner_name": countries.name(asked.partner, asked.lang)} if asked.partner else {})


@cache
def mathml(formulas: tuple[str, ...]) -> tuple[str, ...]:
    """Formulas as MathML; what formulas there are is declared, so they are few."""
    return tuple(to_mathml(formulas)) if formulas else ()


@cache
def countries_in(lang: str) -> list[tuple[str, str]]:
    """Every country by its name in a language, in the order of the alphabet."""
    named = [(iso3, countries.name(iso3, lang)) for iso3 in countries.all_iso3()]
    return sorted(named, key=lambda one: countries.fold(one[1]))


def technologies_in(lang: str) -> list[Row]:
    """Every technology by its label in a language."""
    known = registry.technologies().values()
    return [{"id": t.id, "label": t.label[lang], "covers": t.covers[lang]} for t in known]
