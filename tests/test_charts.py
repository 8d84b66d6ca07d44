"""Charts of answers: their values are the figures', the same each time, told in words, and nothing is asked outside."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any
from xml.etree import ElementTree

import polars as pl
import pytest

import legation
from legation import countries, registry
from legation.answer import Answer
from legation.errors import UserError
from legation.surfaces import charts
from legation.surfaces.charts import Chart, _geography, charts_of
from legation.surfaces.charts._theme import THEMES

ASKED: dict[str, dict[str, Any]] = {
    "position": {}, "partners": {}, "pair": {"partner": "USA"}, "topics": {"partner": "USA"}, "talent": {},
    "exposure": {}, "role": {}, "coalition": {}, "norms": {}, "institutions": {}, "scenario": {"remove": ("tie:USA",)},
}  # fmt: skip
CASES = [("KOR", "quantum", "en"), ("KOR", "quantum", "ko"), ("CHE", "semiconductors", "en"), ("TUV", "quantum", "ko")]
DRAWN = {
    "position": ["ranks", "leaders", "trend"],
    "partners": ["ranks", "drivers", "sensitivity"],
    "pair": ["expected", "learn-1", "learn-2", "fields", "trend", "votes"],
    "topics": ["group-1", "group-2", "group-3"],
    "talent": ["map-openalex", "map-scopus", "balance", "trend"],
    "exposure": ["exposure"],
    "role": ["brokers", "network", "members"],
    "coalition": ["members", "sizes"],
    "norms": ["matrix"],
    "institutions": [],
    "scenario": ["shares", "relative"],
}
VALUES = {
    "position.leaders": ("value", "low", "high"),
    "position.ranks": ("rank", "rank_low", "rank_high"),
    "position.trend": ("output_share", "output_share_low", "output_share_high"),
    "partners.ranks": ("median_rank", "rank_low", "rank_high"),
    "partners.drivers": ("lift",),
    "pair.expected": ("ratio", "ratio_low", "ratio_high"),
    "pair.learn-1": ("symmetric_rca", "partner_symmetric_rca", "gain"),
    "pair.fields": ("home", "partner"),
    "pair.trend": ("joint_works",),
    "pair.votes": ("agreement",),
    "topics.group-1": ("home", "partner"),
    "talent.balance": ("value",),
    "exposure.exposure": ("value", "low", "high"),
    "role.brokers": ("brokerage", "alone"),
    "coalition.members": ("value", "low", "high", "distance"),
    "coalition.sizes": ("largest_share",),
    "scenario.relative": ("before", "after", "relative_change"),
}
"""By chart the columns of its rows that are drawn as they are."""


@cache
def evidence() -> Any:
    return legation.open().remembering()


@cache
def answer(question: str, home: str, technology: str, language: str) -> Answer:
    found: Answer = evidence().ask(question, language, home=home, technology=technology, **ASKED[question])
    return found


@cache
def drawn(question: str, case: tuple[str, str, str]) -> tuple[Chart, ...]:
    return charts_of(answer(question, *case))


def every() -> Iterator[tuple[str, tuple[str, str, str]]]:
    for question in ASKED:
        for case in CASES:
            if (question, case[0]) != ("scenario", "TUV"):  # it has no tie that could be removed
                yield question, case


def numbers(spec: Any) -> Iterator[dict[str, Any]]:
    """Every row of data in a specification."""
    if isinstance(spec, dict):
        yield from (row for row in spec.get("data", {}).get("values", []) if isinstance(row, dict))
        spec = [part for key, part in spec.items() if key != "data"]
    if isinstance(spec, list):
        for part in spec:
            yield from numbers(part)


def test_every_question_is_listed_here() -> None:
    assert set(ASKED) == set(registry.questions())


@pytest.mark.parametrize("question", ASKED)
def test_what_is_drawn_of_quantum_technologies_in_korea(question: str) -> None:
    assert sorted(chart.id for chart in drawn(question, CASES[0])) == sorted(DRAWN[question])


@pytest.mark.parametrize(("question", "case"), list(every()))
def test_a_chart_says_what_it_shows_and_asks_for_nothing(question: str, case: tuple[str, str, str]) -> None:
    """Role and words for a screen reader, no styles, scripts or addresses; whatever the country and language."""
    shown = drawn(question, case)
    assert len({chart.id for chart in shown}) == len(shown)
    for chart in shown:
        assert chart.figure in answer(question, *case).figures
        root = ElementTree.fromstring(chart.svg())
        assert (root.get("role"), root.get("aria-label")) == ("img", chart.description)
        assert len(chart.description) > 20
        text = ElementTree.tostring(root, encoding="unicode")
        assert not re.search(r"<\w*:?(script|style|image|a|foreignObject)\b|\s(style|on\w+)=", text)
        addresses = set(re.findall(r"https?://[^\"' <]+", text + json.dumps(chart.spec())))
        assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink", chart.spec()["$schema"]}
        assert not re.search("NaN|undefined|>null<", text)


def test_the_schema_is_named_and_nothing_is_loaded() -> None:
    for chart in drawn("talent", CASES[0]):
        assert '"url"' not in json.dumps(chart.spec())


@pytest.mark.parametrize("named", VALUES)
def test_values_are_those_of_the_figure(named: str) -> None:
    question, _, name = named.partition(".")
    chart = next(chart for chart in drawn(question, CASES[0]) if chart.id == name)
    columns = list(VALUES[named])
    table = answer(question, *CASES[0]).figures[chart.figure].table
    known = {tuple(row) for row in table.select(columns).iter_rows()}
    rows = [row for row in numbers(chart.spec()) if set(columns) <= set(row)]
    assert rows
    assert {tuple(row[column] for column in columns) for row in rows} <= known


def test_no_row_of_the_leaders_is_left_out() -> None:
    chart = next(chart for chart in drawn("position", CASES[0]) if chart.id == "leaders")
    table = answer("position", *CASES[0]).figures["leaders"].table
    shown = {row["iso3"]: row["value"] for row in numbers(chart.spec()) if "iso3" in row}
    assert shown == dict(table.select("iso3", "value").iter_rows())


@pytest.mark.parametrize("source", ["openalex", "scopus"])
def test_arcs_are_flows_of_one_database(source: str) -> None:
    chart = next(chart for chart in drawn("talent", CASES[0]) if chart.id == f"map-{source}")
    hosts = (
        answer("talent", *CASES[0]).figures["hosts"].table.filter(pl.col("source") == f"scholarly_migration_{source}")
    )
    known = set(hosts.select("partner_iso3", "value").iter_rows())
    arcs = [row for row in numbers(chart.spec()) if row.get("type") == "Feature"]
    assert len(arcs) == 16
    assert {(arc["partner_iso3"], arc["value"]) for arc in arcs} <= known
    for arc in arcs:
        ends = [arc["geometry"]["coordinates"][0], arc["geometry"]["coordinates"][-1]]
        assert sorted(ends) == sorted(
            map(list, (_geography.capitals()["KOR"], _geography.capitals()[arc["partner_iso3"]]))
        )


def test_every_line_of_the_network_is_a_tie_of_the_figure() -> None:
    chart = next(chart for chart in drawn("role", CASES[0]) if chart.id == "network")
    ties = answer("role", *CASES[0]).figures["ties"].table
    lines = {(row["one"], row["other"], row["joint_works"]) for row in numbers(chart.spec()) if "x2" in row}
    assert lines == set(ties.select("one", "other", "joint_works").iter_rows())


def test_the_ties_drawn_are_those_of_the_fact_table() -> None:
    ties = answer("role", *CASES[0]).figures["ties"].table
    facts = evidence().table("copublications", "openalex_extracts")
    of = facts.filter(pl.col("scope") == "quantum", pl.col("first_year") >= 2025)
    works = {
        (a, b): n for a, b, n in of.group_by("iso3", "partner_iso3").agg(pl.col("works").sum()).iter_rows()
    }  # fmt: skip
    for one, other, n in ties.select("one_iso3", "other_iso3", "joint_works").iter_rows():
        assert works[one, other] == n >= 2


def test_where_there_is_nearly_no_evidence_nothing_empty_is_drawn() -> None:
    assert drawn("partners", CASES[3]) == drawn("topics", CASES[3]) == ()
    assert [chart.id for chart in drawn("talent", CASES[3])] == []


def test_the_same_chart_gives_the_same_drawing() -> None:
    first = [chart.svg() for chart in charts_of(answer("talent", *CASES[0]))]
    assert first == [chart.svg() for chart in charts_of(answer("talent", *CASES[0]))]


def test_names_inside_drawings_differ_between_charts_of_a_page() -> None:
    names = [set(re.findall(r' id="([^"]+)"', chart.svg())) for chart in drawn("talent", CASES[0])]
    assert sum(map(len, names)) == len(set().union(*names))


def test_no_name_is_cut_short() -> None:
    """An ellipsis is Vega's sign that a label had no room."""
    for question, case in every():
        for chart in drawn(question, case):
            for width in (640, 340):
                assert "…" not in "".join(ElementTree.fromstring(chart.svg(width=width)).itertext()), (chart.id, width)


def test_korean_charts_speak_korean() -> None:
    leaders = next(chart for chart in drawn("position", CASES[1]) if chart.id == "leaders")
    text = "".join(ElementTree.fromstring(leaders.svg()).itertext())
    assert "대한민국" in text
    assert "South Korea" not in text
    assert leaders.description.startswith(leaders.title)


@pytest.mark.parametrize("theme", THEMES)
def test_colours_stand_out_from_the_ground(theme: str) -> None:
    """Contrast by WCAG 2.2: 4.5 to 1 for letters, 3 to 1 for symbols and lines of data."""
    colours = THEMES[theme]
    ground = colours["#fffffe"]
    for letters in ("#1b1f24", "#0b4f8a", "#6b747d"):
        assert contrast(colours[letters], ground) >= 4.5
    for marks in ("#b5480f", "#00705a", "#7a3d96", "#856800"):
        assert contrast(colours[marks], ground) >= 3


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_each_theme_has_its_colours_and_no_other() -> None:
    chart = drawn("position", CASES[0])[1]
    for theme in THEMES:
        assert THEMES[theme]["#0b4f8a"] in chart.svg(theme)
    assert "#0b4f8a" not in chart.svg("dark")
    with pytest.raises(UserError, match="unknown theme 'drak'; did you mean dark"):
        chart.svg("drak")


def test_a_picture_is_a_png_with_its_title() -> None:
    chart = drawn("position", CASES[0])[1]
    assert chart.png(1).startswith(b"\x89PNG")
    words = "".join(ElementTree.fromstring(chart.svg(titled=True)).itertext())
    assert chart.title.split(",")[0] in words


def test_a_question_without_module_has_no_chart() -> None:
    from dataclasses import replace

    given = answer("position", *CASES[0])
    assert charts_of(replace(given, id="weather")) == charts_of(replace(given, id="../position")) == ()


def test_suppliers_of_a_good_stand_side_by_side() -> None:
    chart = charts_of(answer("exposure", "DEU", "semiconductors", "en"))[-1]
    table = answer("exposure", "DEU", "semiconductors", "en").figures["suppliers"].table
    rows = list(numbers(chart.spec()))
    assert chart.id == "suppliers"
    assert [(row["about"], row["iso3"], row["supplier_share"]) for row in rows if "iso3" in row] == list(
        table.select("about", "iso3", "supplier_share").iter_rows()
    )


def test_organisations_with_few_researchers_are_not_drawn() -> None:
    """They have no number, here as in the table."""
    given = answer("institutions", "SAU", "subsurface-energy", "en")
    chart = next(chart for chart in charts_of(given) if chart.id == "organisations")
    few = set(given.table.filter(pl.col("researchers").is_null())["name"])
    shown = {row["label"] for row in numbers(chart.spec()) if "label" in row}
    assert len(shown) == given.table.height - len(few) == 8
    assert few
    assert not shown & few


# Places of capitals


def test_every_country_has_a_place_on_earth() -> None:
    places = _geography.capitals()
    assert set(places) == set(countries.all_iso3())
    assert all(-180 <= longitude <= 180 and -90 <= latitude <= 90 for longitude, latitude in places.values())


@pytest.mark.parametrize(
    ("iso3", "longitude", "latitude"),
    [
        ("KOR", 126.98, 37.57),
        ("CHE", 7.45, 46.95),
        ("BRA", -47.88, -15.79),
        ("NZL", 174.78, -41.29),
        ("KEN", 36.82, -1.29),
    ],
)
def test_capitals_are_where_they_are(iso3: str, longitude: float, latitude: float) -> None:
    there = _geography.capitals()[iso3]
    assert there == pytest.approx((longitude, latitude), abs=0.06)


def test_distances_of_capitals_agree_with_the_distances_of_countries() -> None:
    """An independent check: great circles between these places against CEPII's distances of most populous cities."""
    import math

    places = _geography.capitals()
    facts = evidence().table("distances")
    far = 0
    for one, other, kilometres in facts.select("iso3", "partner_iso3", "distance_km").drop_nulls().iter_rows():
        (lon1, lat1), (lon2, lat2) = ([math.radians(degree) for degree in places[iso3]] for iso3 in (one, other))
        cosine = math.sin(lat1) * math.sin(lat2) + math.cos(lat1) * math.cos(lat2) * math.cos(lon1 - lon2)
        far += abs(6371 * math.acos(max(-1, min(1, cosine))) - kilometres) > 1500
    assert far / facts.height < 0.05


def test_the_brief_has_its_charts_here() -> None:
    assert {"leaders", "ranks", "trend", "fields", "joint_works", "svg", "COLOURS", "FONTS"} <= set(charts.__all__)


def test_naming_the_charts_of_an_answer_makes_none_of_their_declarations() -> None:
    """A page names its charts and draws none: Altair, which takes long to load, is not even loaded."""
    program = (
        "import sys, legation; from legation.surfaces.charts import charts_of; "
        "found = charts_of(legation.position('KOR', 'quantum')); "
        "print(len(found), 'altair' in sys.modules, found[0].svg()[:4], 'altair' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["3", "False", "<svg", "True"]
