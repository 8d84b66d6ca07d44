"""From a request to what is made for it: addresses are read here, nothing is computed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from legation import countries, registry
from legation.errors import UserError
from legation.evidence import Evidence
from legation.model import Question
from legation.phrasing import Phrasing
from legation.surfaces import formats
from legation.surfaces.web import drawing
from legation.surfaces.web.addresses import Asked, language_of, options_of, resolve_country, resolve_technology, told
from legation.surfaces.web.compare import Compared, Comparisons, compared
from legation.surfaces.web.entry import Entry
from legation.surfaces.web.files import BUNDLE, MEDIA, STATIC, file_name, media_of, static_file, styled
from legation.surfaces.web.reference import Reference
from legation.surfaces.web.rendering import Templates
from legation.surfaces.web.serving import Made, Shelf
from legation.surfaces.web.settings import Settings
from legation.surfaces.web.views import Views

FOR_A_YEAR = "public, max-age=31536000, immutable"
OF_TAILS = ("c", "i", "ground", "width", "titled")
"""Parameters of the pages and files that hang on a view, which are no options of its question."""
SEE_OTHER = 303


@dataclass
class Site:
    """What is served of a store."""

    evidence: Evidence
    settings: Settings

    @cached_property
    def shelf(self) -> Shelf:
        return Shelf(self.evidence.store.build, self.settings.most_waiting)

    @cached_property
    def templates(self) -> Templates:
        return Templates(self.evidence.store.build, self.shelf.code)

    @cached_property
    def views(self) -> Views:
        return Views(self.evidence, self.templates)

    @cached_property
    def entry(self) -> Entry:
        return Entry(self.evidence, self.templates)

    @cached_property
    def comparisons(self) -> Comparisons:
        return Comparisons(self.evidence, self.templates)

    @cached_property
    def reference(self) -> Reference:
        return Reference(self.evidence, self.templates)

    async def front(self, request: Request) -> Response:
        """To the home page in the reader's language."""
        lang = language_of("", request.headers.get("accept-language", ""))
        return RedirectResponse(f"/{lang}/", 307, {"vary": "Accept-Language", "cache-control": "private, no-cache"})

    async def health(self, request: Request) -> Response:
        """Whether pages can be given, and of which build."""
        return Response(f'{{"status":"ok","build":"{self.evidence.store.build}"}}', media_type=MEDIA["json"])

    async def static(self, request: Request) -> Response:
        """A file beside the pages, for as long as its address stays."""
        name = request.path_params["name"]
        if name not in (*STATIC, BUNDLE):
            raise HTTPException(404)
        response = await self.shelf.give(request, ("static", name), lambda: Made(static_file(name), media_of(name)))
        response.headers["cache-control"] = FOR_A_YEAR if request.query_params.get("v") else "public, no-cache"
        return response

    async def home(self, request: Request, lang: str) -> Response:
        return await self.shelf.give(request, ("home", lang), lambda: self.entry.home(lang))

    async def data(self, request: Request, lang: str) -> Response:
        return await self.shelf.give(request, ("data", lang), lambda: self.entry.data(lang))

    async def methods(self, request: Request, lang: str) -> Response:
        path = request.path_params.get("path", "")
        if f"{path.strip('/') or 'index'}.md" not in self.reference.texts:
            raise HTTPException(404)
        return await self.shelf.give(request, ("methods", lang, path), lambda: self.reference.page(lang, path))

    async def go(self, request: Request, lang: str) -> Response:
        """From a form to the address of the view."""
        given = {name: value.strip() for name, value in request.query_params.items()}
        home = resolve_country(given.get("home", ""), lang)
        technology = resolve_technology(given.get("technology", ""), lang)
        partner = resolve_country(given["partner"], lang) if given.get("partner") else ""
        if given.get("question") == "brief":
            return _see(f"/{lang}/{home}/{technology.id}/brief/{partner}".rstrip("/"))
        question = registry.pick("question", registry.questions(), given.get("question", ""))
        kept = partner if "partner" in registry.places(question) else ""
        return _see(Asked(lang, question, home, technology, kept).url())

    async def overview(self, request: Request, lang: str) -> Response:
        home = resolve_country(request.path_params["home"], lang)
        technology = resolve_technology(request.path_params["technology"], lang)
        if elsewhere := _moved(request, f"/{lang}/{home}/{technology.id}"):
            return elsewhere
        key = ("overview", lang, home, technology.id)
        return await self.shelf.give(request, key, lambda: self.entry.overview(lang, home, technology))

    async def brief(self, request: Request, lang: str) -> Response:
        """The brief, as a page or a file."""
        home = resolve_country(request.path_params["home"], lang)
        technology = resolve_technology(request.path_params["technology"], lang)
        partner = request.path_params.get("partner", "")
        partner = resolve_country(partner, lang) if partner else ""
        form = request.query_params.get("format", "html")
        key = ("brief", lang, home, technology.id, partner, form)
        name = "-".join(part for part in ("legation", home, technology.id, partner, lang) if part)

        def make() -> Made:
            from legation.surfaces.brief import FORMATS, compose

            if form not in FORMATS:
                raise UserError(f"a brief is written as {', '.join(FORMATS)}, not as {form[:20]!r}")
            body = FORMATS[form](compose(self.evidence, home, technology.id, partner or None, lang))
            page = form == "html"
            return Made(
                body, MEDIA[form], filename="" if page else f"{name}.{form}", policy=styled(body) if page else ""
            )

        return await self.shelf.give(request, key, make)

    def asked(self, request: Request, lang: str, question: Question) -> Asked:
        """The question an address asks. Raises: UserError, of unknown places an UnknownPlaceError."""
        partner = request.path_params.get("partner", "")
        given = [(k, v) for k, v in request.query_params.multi_items() if k not in OF_TAILS]
        return Asked(
            lang,
            question,
            resolve_country(request.path_params["home"], lang),
            resolve_technology(request.path_params["technology"], lang),
            resolve_country(partner, lang) if partner else "",
            options_of(question, given),
        )

    async def view(self, request: Request, lang: str, question: Question) -> Response:
        """A question answered; about two countries, after the second is chosen."""
        asked = self.asked(request, lang, question)
        say = Phrasing(lang)
        spelt_otherwise = sorted(request.query_params.multi_items()) != sorted(told(asked.options))
        if elsewhere := _moved(request, asked.url(), always=spelt_otherwise):
            return elsewhere
        wrong = say("The partner is the home country; choose another.") if asked.partner == asked.home else ""
        if "partner" in registry.places(question) and (wrong or not asked.partner):
            return _response(self.entry.choose(asked, wrong))
        return await self.shelf.give(request, ("view", *asked.key), lambda: self.views.answer(asked))

    async def why(self, request: Request, lang: str, question: Question) -> Response:
        asked, name = self.asked(request, lang, question), request.path_params["figure"]
        column, indicator = request.query_params.get("c", ""), request.query_params.get("i", "")
        key = ("why", *asked.key, name, column, indicator)
        return await self.shelf.give(request, key, lambda: self.views.why(asked, name, column, indicator))

    async def table(self, request: Request, lang: str, question: Question) -> Response:
        """A table of a view as a file."""
        asked, name = self.asked(request, lang, question), request.path_params["figure"]
        form = formats.check_format(request.path_params["form"])

        def make() -> Made:
            figure = self.views.figure(asked, name)[1]
            return Made(formats.table_bytes(figure.table, form), MEDIA[form], filename=file_name(asked, name, form))

        return await self.shelf.give(request, ("table", *asked.key, name, form), make)

    async def rows(self, request: Request, lang: str, question: Question) -> Response:
        """The facts behind a table of a view as a file."""
        asked, name = self.asked(request, lang, question), request.path_params["figure"]
        table, form = request.path_params["table"], formats.check_format(request.path_params["form"])

        def make() -> Made:
            frame = self.views.rows(asked, self.views.figure(asked, name)[1], table)
            return Made(
                formats.table_bytes(frame, form), MEDIA[form], filename=file_name(asked, f"{name}-{table}", form)
            )

        return await self.shelf.give(request, ("rows", *asked.key, name, table, form), make)

    async def whole(self, request: Request, lang: str, question: Question) -> Response:
        """An answer as a file."""
        asked, form = self.asked(request, lang, question), formats.check_format(request.path_params["form"])

        def make() -> Made:
            return Made(
                formats.answer_bytes(self.views.ask(asked), form), MEDIA[form], filename=file_name(asked, "", form)
            )

        return await self.shelf.give(request, ("whole", *asked.key, form), make)

    async def chart(self, request: Request, lang: str, question: Question) -> Response:
        """A chart of a view: a picture, or what a script draws it from."""
        asked, name = self.asked(request, lang, question), request.path_params["chart"]
        form, given = request.path_params["form"], request.query_params
        ground, width, titled = given.get("ground", ""), given.get("width", ""), bool(given.get("titled"))
        if form not in drawing.FORMS:
            raise HTTPException(404)

        def make() -> Made:
            body = drawing.drawn(self.views.ask(asked), name, form, ground, width, titled)
            taken = titled or form == "png"
            return Made(body, MEDIA[form], filename=file_name(asked, name, form) if taken else "")

        return await self.shelf.give(request, ("chart", *asked.key, name, form, ground, width, titled), make)

    async def compare(self, request: Request, lang: str) -> Response:
        of = self.compared(request, lang)
        if elsewhere := _moved(request, of.url(), always="technology" in request.query_params):
            return elsewhere
        return await self.shelf.give(request, ("compare", lang, of.url()), lambda: self.comparisons.page(of))

    async def comparison(self, request: Request, lang: str) -> Response:
        """The table of a comparison as a file."""
        of, form = self.compared(request, lang), formats.check_format(request.path_params["form"])

        def make() -> Made:
            body = formats.table_bytes(self.comparisons.table(of), form)
            return Made(body, MEDIA[form], filename=f"legation-compare-{of.technology.id}.{form}")

        return await self.shelf.give(request, ("comparison", lang, of.url(), form), make)

    @staticmethod
    def compared(request: Request, lang: str) -> Compared:
        """The comparison an address asks for."""
        query = request.query_params
        technology = (
            request.path_params.get("technology") or query.get("technology") or next(iter(registry.technologies()))
        )
        named = [resolve_country(c, lang) for c in query.getlist("country")[: len(countries.all_iso3())] if c.strip()]
        return compared(lang, resolve_technology(technology, lang), named, query.get("bloc", ""))


def _see(address: str) -> Response:
    return RedirectResponse(address, SEE_OTHER)


def _moved(request: Request, canonical: str, always: bool = False) -> Response | None:
    """To the one address of what is asked, where it was asked under another."""
    path = canonical.partition("?")[0]
    if always or request.url.path.rstrip("/") != path:
        return _see(canonical)
    return None


def _response(made: Made) -> Response:
    return Response(made.body, made.status, {"cache-control": "private, no-cache"}, made.media)
