"""The pages in a real browser: what four kinds of people do there, and whether everybody can."""

import io
import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import legation
from legation import registry
from legation.surfaces.web import HOST, Settings, create_app

sync_api = pytest.importorskip("playwright.sync_api", reason="the Python package playwright is not installed")
uvicorn = pytest.importorskip("uvicorn", reason="the Python package uvicorn is not installed")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip("no browser: install the Debian package chromium", allow_module_level=True)

ADDRESSES = {"pair": "pair/NLD", "topics": "topics/NLD", "scenario": "scenario?remove=tie:CHN"}
QUESTIONS = [f"KOR/quantum/{ADDRESSES.get(name, name)}" for name in registry.questions()]
VIEWS = [
    "", "KOR/quantum", *QUESTIONS, "KOR/quantum/pair", "KOR/quantum/scenario",
    "KOR/quantum/position/why/standing?c=value", "compare",
    "compare/quantum?country=KOR&country=JPN", "data", "methods/", "methods/indicators/patent_share",
    "methods/sources/ncses", "methods/technologies/quantum", "KORR/quantum/position", "KOR/quantum/partners?lens=none",
    "nope", "KOR/quantum/brief/NLD", "TUV/nuclear/position",
]  # fmt: skip
"""Every kind of page, without its language."""
GRAVE = {"serious", "critical"}
DESK, TELEPHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    app = create_app(legation.open(), Settings(requests_per_minute=0))
    server = uvicorn.Server(uvicorn.Config(app, host=HOST, port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    for _ in range(200):
        if server.started:
            break
        time.sleep(0.05)
    yield f"http://{HOST}:{port}"
    server.should_exit = True
    thread.join(timeout=20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--headless=new"])
        yield found
        found.close()


@pytest.fixture
def opened(browser: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Opens a page; at the end no page may have asked another host or broken its own policy."""
    contexts, strange, errors = [], [], []

    def page(path: str = "/en/", **how: Any) -> Any:
        context = browser.new_context(**({"viewport": DESK} | how))
        context.set_default_timeout(20_000)
        contexts.append(context)
        found = context.new_page()
        found.on(
            "request", lambda request: strange.append(request.url) if not request.url.startswith(address) else None
        )
        found.on("pageerror", lambda error: errors.append(str(error)))
        found.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
        found.goto(f"{address}{path}")
        return found

    yield page
    for context in contexts:
        context.close()
    assert strange == []
    assert errors == []


def heading(page: Any) -> str:
    return str(page.locator("h1").inner_text()).replace("\n", " ")


def test_a_desk_officer_goes_from_the_home_page_to_the_printed_brief(opened: Callable[..., Any], address: str) -> None:
    page = opened("/")
    page.get_by_label("Home country").select_option(label="South Korea")
    page.get_by_label("Technology", exact=True).select_option(label="Quantum technologies")
    page.get_by_label("Question", exact=True).select_option("pair")
    page.get_by_label("Partner, where the question is about two countries").select_option(label="Netherlands")
    page.get_by_role("button", name="Show the answer").click()
    page.wait_for_url("**/en/KOR/quantum/pair/NLD")
    assert heading(page) == "What is between South Korea and the Netherlands in quantum technologies?"
    page.get_by_role("link", name="한국어").click()
    page.wait_for_url("**/ko/KOR/quantum/pair/NLD")
    assert page.locator("html").get_attribute("lang") == "ko"
    assert "네덜란드" in heading(page)
    page.get_by_role("link", name="브리핑").first.click()
    page.wait_for_url("**/ko/KOR/quantum/brief/NLD")
    assert "네덜란드" in heading(page)
    paper = page.request.get(f"{address}/ko/KOR/quantum/brief/NLD?format=docx")
    assert paper.ok
    assert paper.body().startswith(b"PK")


def test_an_analyst_finds_why_a_number_is_what_it_is_and_takes_the_table(opened: Callable[..., Any]) -> None:
    page = opened("/en/KOR/quantum/partners")
    page.locator("details.options summary").click()
    page.get_by_label("Lens", exact=True).select_option(label="Complementarity")
    page.get_by_role("button", name="Ask again").click()
    page.wait_for_url("**/partners?lens=complementarity")
    weight = page.locator("fieldset.weights input").first
    weight.fill("3")
    page.get_by_role("button", name="Ask again").click()
    page.wait_for_url("**lens=complementarity&weight.*=3")
    page.locator("section.figure").nth(1).get_by_role("link", name="Weight").click()
    assert heading(page).startswith("Why these numbers")
    page.get_by_role("link", name="Method page with a worked example").first.click()
    assert page.get_by_role("heading", name="Worked example").is_visible()
    page.go_back()
    with page.expect_download() as taken:
        page.locator("p.files").first.get_by_role("link", name="CSV").click()
    assert taken.value.suggested_filename == "legation-KOR-quantum-partners-criteria.csv"
    assert taken.value.path().read_text().startswith("criterion,label,weight")


def test_an_engineer_sees_which_build_is_served(opened: Callable[..., Any], address: str) -> None:
    page = opened("/en/data")
    build = page.request.get(f"{address}/healthz").json()["build"]
    assert page.locator("footer code").inner_text() == build
    assert page.locator("table.sources").first.locator("tbody tr").count() == len(
        legation.open().store.manifest["sources"]
    )


def test_a_trainer_shows_what_hangs_on_a_tie(opened: Callable[..., Any]) -> None:
    page = opened("/en/KOR/quantum/scenario")
    page.get_by_label("Remove 1").fill("member:WASSENAAR")
    page.get_by_role("button", name="Ask again").click()
    assert "did you mean" in page.locator("p.wrong").inner_text() or "unknown" in page.locator("p.wrong").inner_text()
    page.go_back()
    page.get_by_role("link", name="tie:CHN").click()
    page.wait_for_url("**/scenario?remove=tie*")
    heads = page.locator("section.figure").first.locator("thead").inner_text()
    assert "Before" in heads
    assert "After" in heads


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_everything_works_without_scripts(opened: Callable[..., Any], lang: str) -> None:
    page = opened(f"/{lang}/", java_script_enabled=False)
    page.locator("select[name=question]").select_option("position")
    page.locator("form.ask button").click()
    page.wait_for_url(f"**/{lang}/KOR/quantum/position")
    assert page.locator(".findings li").count() > 3
    assert page.locator("section.figure table").count() > 2
    assert page.locator("figure.chart img").first.get_attribute("alt")
    assert page.locator("button", has_text="Interactive").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_view_has_a_grave_flaw_of_accessibility(opened: Callable[..., Any], address: str, scheme: str) -> None:
    """By axe-core, with the rules of WCAG 2 A and AA and good practice; on dark ground, what colours can change."""
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

    page, found = opened(color_scheme=scheme), []
    wanted: dict[str, Any] = {"resultTypes": ["violations"]}
    wanted |= {"runOnly": ["color-contrast", "link-in-text-block"]} if scheme == "dark" else {}
    for place, view in enumerate(VIEWS):
        page.goto(f"{address}/{('en', 'ko')[place % 2]}/{view}")
        for flaw in Axe().run(page, options=wanted).response["violations"]:
            if flaw["impact"] in GRAVE:
                found.append((view, flaw["id"], [node["html"][:200] for node in flaw["nodes"]][:3]))
    assert found == []


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_telephone_shows_every_view_without_moving_it_sideways(
    opened: Callable[..., Any], address: str, lang: str
) -> None:
    page, wide = opened(viewport=TELEPHONE), []
    for view in VIEWS:
        page.goto(f"{address}/{lang}/{view}")
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > TELEPHONE["width"]:
            wide.append((view, width))
    assert wide == []


@pytest.mark.parametrize("width", [1100, 1280])
@pytest.mark.parametrize("view", ["DEU/robotics/position", "KOR/quantum/partners"])
def test_a_table_beside_its_chart_shows_all_its_columns(opened: Callable[..., Any], view: str, width: int) -> None:
    tables = opened(f"/en/{view}", viewport={"width": width, "height": 900}).locator(".beside.narrow .scroll")
    assert tables.count() > 0
    assert tables.evaluate_all("all => all.map(one => one.scrollWidth - one.clientWidth)") == [0] * tables.count()


def test_a_view_prints_whole_with_its_sources_and_without_what_is_for_the_screen(opened: Callable[..., Any]) -> None:
    pypdf = pytest.importorskip("pypdf")
    page = opened("/en/KOR/quantum/position", color_scheme="dark")
    finding = page.locator(".findings li").first.inner_text()
    licence = page.locator("table.sources td").nth(1).inner_text()
    page.emulate_media(media="print")
    page.wait_for_load_state("networkidle")
    assert not page.locator("nav.questions").is_visible()
    assert not page.locator("form").first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 31, 36)"
    text = " ".join(" ".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(page.pdf())).pages).split())
    assert " ".join(finding.split())[:60] in text
    assert licence in text
    assert "Interactive" not in text


def test_the_keyboard_reaches_everything_and_shows_where_it_is(opened: Callable[..., Any]) -> None:
    page = opened("/en/KOR/quantum/position")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.reload()
    wanted = page.evaluate(
        "[...document.querySelectorAll('a[href], button, summary, [role=region][tabindex=\"0\"]')]"
        ".filter(e => e.checkVisibility() && e.getClientRects().length).length"
    )
    reached, hidden = set(), []
    for _ in range(wanted + 40):
        page.keyboard.press("Tab")
        at = page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e);
            if (!e.dataset.seen) e.dataset.seen = Math.random();
            return [e.dataset.seen, e.tagName, s.outlineStyle, parseFloat(s.outlineWidth)]; }"""
        )
        if at[1] == "BODY":
            break
        reached.add(at[0])
        if at[2] == "none" or at[3] < 2:
            hidden.append(at)
    assert hidden == []
    assert len(reached) >= wanted


def test_a_chart_tells_its_values_where_scripts_run(opened: Callable[..., Any]) -> None:
    """By the bundle of the page's own server, without evaluating text as code, which the policy forbids."""
    page = opened("/en/KOR/quantum/position")
    figure = page.locator("figure.chart").first
    button = figure.get_by_role("button", name="Interactive")
    button.click()
    figure.locator("canvas").wait_for()
    assert figure.locator("picture").is_hidden()
    figure.get_by_role("button", name="Still picture").click()
    assert figure.locator("picture").is_visible()


def test_a_slow_view_says_that_it_is_being_worked_out(opened: Callable[..., Any]) -> None:
    page, said = opened("/en/KOR/quantum/position"), []
    page.on("console", lambda message: said.append(message.text))
    page.evaluate(
        """() => { const sign = document.querySelector(".waiting");
        new MutationObserver(() => console.log(sign.textContent)).observe(sign, { childList: true }); }"""
    )

    def slowly(route: Any) -> None:
        time.sleep(0.8)
        route.continue_()

    page.route("**/talent", slowly)
    page.get_by_role("link", name="Talent").click()
    page.wait_for_url("**/talent")
    assert said == ["Working it out. The first time may take a few seconds."]
    assert page.locator(".waiting.on").count() == 0


def test_the_first_words_stand_within_a_second(opened: Callable[..., Any]) -> None:
    page = opened("/en/KOR/quantum/position")
    page.reload()
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
    first = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    assert first < 1_000


def test_every_picture_is_there_and_says_what_it_shows(opened: Callable[..., Any], address: str) -> None:
    page = opened()
    for view in QUESTIONS:
        page.goto(f"{address}/en/{view}")
        page.evaluate("document.querySelectorAll('img').forEach(i => i.loading = 'eager')")
        page.wait_for_load_state("networkidle")
        for picture in page.locator("figure.chart img").all():
            assert len(picture.get_attribute("alt")) > 20
            assert picture.evaluate("i => i.decode().then(() => i.naturalWidth)") > 100, view
