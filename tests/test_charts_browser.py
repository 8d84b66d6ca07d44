"""Charts in a real browser under the strictest policy: the script draws them anew, and drawings may stand in a page."""

import json
import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

import legation
from legation.surfaces.charts import charts_of
from legation.surfaces.charts.bundle import OPTIONS, bundle

sync_api = pytest.importorskip("playwright.sync_api", reason="the Python package playwright is not installed")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip("no browser: install the Debian package chromium", allow_module_level=True)

HOST = "http://charts.invalid"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'"
SCRIPT = """
import "./vega-embed.js";
const charts = await (await fetch("./charts.json")).json();
for (const [number, spec] of charts.specs.entries()) {
  const place = document.body.appendChild(document.createElement("div"));
  place.style.width = "600px";
  await window.vegaEmbed(place, spec, charts.options);
  document.body.dataset.drawn = number + 1;
}
"""


@pytest.fixture
def page() -> Iterator[Any]:
    """A page that is served from memory; what it lacks is refused, and what breaks the policy fails the test."""
    wrong: list[str] = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--headless=new"])
        found = browser.new_page()
        found.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        found.on("pageerror", lambda error: wrong.append(str(error)))
        yield found
        browser.close()
    assert not wrong


def serve(page: Any, files: dict[str, tuple[str, bytes]]) -> None:
    def answer(route: Any) -> None:
        kind, body = files.get(route.request.url.removeprefix(HOST), ("", b""))
        headers = {"content-type": kind, "content-security-policy": POLICY}
        route.fulfill(status=200 if kind else 404, headers=headers, body=body)

    page.route("**/*", answer)
    page.goto(f"{HOST}/")


def test_the_script_draws_every_kind_of_chart_without_evaluating_text(page: Any) -> None:
    evidence = legation.open()
    answers = [
        evidence.ask(name, "ko", home="KOR", technology="quantum") for name in ("position", "talent", "role", "norms")
    ]
    shown = [chart for answer in answers for chart in charts_of(answer)]
    given = json.dumps({"specs": [chart.spec("dark") for chart in shown], "options": dict(OPTIONS)}).encode()
    head = '<!doctype html><title>t</title><body><script type="module" src="/s.js"></script>'
    files = {
        "/": ("text/html", head.encode()), "/favicon.ico": ("image/x-icon", b"0"),
        "/s.js": ("text/javascript", SCRIPT.encode()), "/vega-embed.js": ("text/javascript", bundle()),
        "/charts.json": ("application/json", given),
    }  # fmt: skip
    serve(page, files)
    page.wait_for_function(f"document.body.dataset.drawn == '{len(shown)}'", timeout=60_000)
    sizes = page.eval_on_selector_all("canvas", "all => all.map(c => [c.width, c.height])")
    assert len(sizes) == len(shown) == 11
    assert all(width >= 550 and height >= 60 for width, height in sizes)


def test_a_drawing_may_stand_in_a_page_as_it_is(page: Any) -> None:
    drawings = "".join(chart.svg() for chart in charts_of(legation.talent("KOR", "quantum")))
    files = {
        "/": ("text/html", f"<!doctype html><title>t</title>{drawings}".encode()),
        "/favicon.ico": ("image/x-icon", b"0"),
    }
    serve(page, files)
    assert page.locator("svg[role=img]").count() == 4
    assert (
        page.locator("svg text").first.evaluate("t => getComputedStyle(t).fontFamily").startswith('"Liberation Sans"')
    )
