"""The pages before an answer: home, the questions about a subject, the choice of a partner, the data, errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from legation import countries, registry
from legation.catalogue import lists
from legation.evidence import Evidence
from legation.language import words
from legation.model import Question, Technology
from legation.phrasing import Phrasing, inside
from legation.surfaces.web.addresses import Asked
from legation.surfaces.web.names import WORKED, in_order, short
from legation.surfaces.web.rendering import Templates
from legation.surfaces.web.serving import Made
from legation.surfaces.web.views import countries_in, technologies_in

HOME = "KOR"
TITLES = {
    401: words("Sign in first"),
    404: words("There is no such page"),
    405: words("This cannot be done here"),
    422: words("This cannot be asked so"),
    500: words("Something went wrong here"),
    503: words("Too many questions at once"),
}
HELP = {
    404: words("The address may be mistyped, or the page may be of another store. Begin with the questions:"),
    405: words("Pages are only read here."),
    422: words("An option in the address does not fit. What is wrong, in the words of the engine:"),
    500: words("The mistake is ours and was written down. The other pages go on working."),
    503: words("Others are asking too. Try again in a few seconds."),
}
UNKNOWN = {
    "country": words("There is no country called “{given}”."),
    "technology": words("There is no technology called “{given}”."),
}


@dataclass(frozen=True)
class Entry:
    """The pages around the answers of a store."""

    evidence: Evidence
    templates: Templates

    def home(self, lang: str) -> Made:
        """Home country, technology and question to choose; worked questions; what is in the store."""
        say = Phrasing(lang)
        return self.templates.page(
            "home", lang, f"/{lang}/", title=say("Evidence for science and technology diplomacy"), chosen=HOME,
            countries=countries_in(lang), technologies=technologies_in(lang),
            questions=[{"id": q.id, "name": short(q, say), "words": _open(q, say)} for q in in_order()],
            worked=[{"href": one.url(), "question": in_words(one)} for one in worked(lang)], **self._store(),
        )  # fmt: skip

    def _store(self) -> dict[str, Any]:
        rows = lists.sources(self.evidence.store).to_dicts()
        return {"sources": rows, "rows": sum(row["rows"] for row in rows), "build": self.evidence.store.build}

    def overview(self, lang: str, home: str, technology: Technology) -> Made:
        """The questions about a country and a technology."""
        say = Phrasing(lang)
        title = say(
            "{country}: {technology}", country=countries.name(home, lang), technology=inside(technology.label[lang])
        )
        alone = [q for q in in_order() if "partner" not in registry.places(q)]
        of_two = [q for q in in_order() if "partner" in registry.places(q)]
        base = f"/{lang}/{home}/{technology.id}"
        return self.templates.page(
            "overview", lang, base, title=title, home=home, technology=technology.id,
            covers=technology.covers[lang], limits=technology.limits[lang], countries=countries_in(lang),
            questions=[_card(asked_of(lang, q.id, home, technology), say) for q in alone],
            of_two=[{"id": q.id, "name": short(q, say), "words": _open(q, say)} for q in of_two], brief=f"{base}/brief",
        )  # fmt: skip

    def choose(self, asked: Asked, wrong: str = "") -> Made:
        """Which partner a question about two countries is asked of."""
        say = Phrasing(asked.lang)
        return self.templates.page(
            "choose", asked.lang, asked.url(), 422 if wrong else 200, title=_open(asked.question, say), asked=asked,
            wrong=wrong, countries=countries_in(asked.lang), home_name=countries.name(asked.home, asked.lang),
            technology=asked.technology.label[asked.lang],
        )  # fmt: skip

    def data(self, lang: str) -> Made:
        """What the store holds: sources and tables."""
        say = Phrasing(lang)
        return self.templates.page(
            "data", lang, f"/{lang}/data", title=say("The data and where they come from"),
            tables=lists.tables(self.evidence.store).to_dicts(), **self._store(),
        )  # fmt: skip

    def error(self, lang: str, address: str, status: int, told: str = "", near: Any = None, kind: str = "") -> Made:
        """What went wrong, in the language of the page, and where to go on."""
        say = Phrasing(lang)
        status = status if status in TITLES else 404 if status < 500 else 500
        head = say(UNKNOWN[kind], given=told) if kind in UNKNOWN else ""
        return self.templates.page(
            "error", lang, address, status, title=say(TITLES[status]), status=status, head=head,
            help=say(HELP[status]) if status in HELP else "", told="" if head else told, near=near or {},
        )  # fmt: skip


def asked_of(lang: str, question: str, home: str, technology: Technology, partner: str = "") -> Asked:
    """A question about a subject, as by default."""
    return Asked(lang, registry.questions()[question], home, technology, partner)


def worked(lang: str) -> list[Asked]:
    """The questions to begin with."""
    known = registry.technologies()
    return [asked_of(lang, question, home, known[about], partner) for home, about, question, partner in WORKED]


def in_words(asked: Asked) -> str:
    """A question with what it is about."""
    told = {"home": countries.name(asked.home, asked.lang), "technology": inside(asked.technology.label[asked.lang])}
    partner = {"partner": countries.name(asked.partner, asked.lang)} if asked.partner else {}
    return Phrasing(asked.lang)(asked.question.words, **told, **partner)


def _open(question: Question, say: Phrasing) -> str:
    """A question before its places are chosen."""
    return say(
        question.words, home=say("the home country"), partner=say("the partner"), technology=say("the technology")
    )


def _card(asked: Asked, say: Phrasing) -> dict[str, str]:
    return {"href": asked.url(), "name": short(asked.question, say), "words": in_words(asked)}
