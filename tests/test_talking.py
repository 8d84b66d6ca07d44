"""What a brief says: each number of a sentence stands in the rows it names, and conditions choose what is said."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

import polars as pl
import pytest

import legation
from legation import registry
from legation.answer import Answer, Figure
from legation.answers._standing import LINES
from legation.answers._talk import NAMED, PARTS, Point
from legation.answers._talking import MOST, talk
from legation.answers._told import MOST_NAMED
from legation.evidence import Evidence
from legation.phrasing import number, percent

CASES = (
    ("KOR", "semiconductors", "NLD"),
    ("KEN", "nuclear", "ZAF"),
    ("SGP", "critical-minerals", None),
    ("CHE", "quantum", "KOR"),
    ("TUV", "nuclear", "USA"),
    ("USA", "artificial-intelligence", "CHN"),
)
NUMBER = re.compile(r"(?<![\w.,])[-−]?\d+(?:,\d{3})*(?:\.\d+)?(?: %)?")
FIXED = ("95 %", "5–95 %", "1", "0", "-1")
"""Numbers of the words themselves: intervals, and the ends of scales."""


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return legation.open().remembering()


def _answers(
    evidence: Evidence, home: str, technology: str, partner: str | None, lang: str = "en"
) -> dict[str, Answer]:
    about = {"home": home, "technology": technology}
    answers = {name: evidence.ask(name, lang, **about) for name in ("position", "partners", "exposure")}
    return answers | ({"pair": evidence.ask("pair", lang, partner=partner, **about)} if partner else {})


def _forms(value: object) -> Iterator[str]:
    """Every way in which a number of a table may be written."""
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int):
        yield from (str(value), f"{value:,}")
    elif isinstance(value, float):
        yield from (percent(value), number(value), f"{value:g}", f"{value:.0f}", f"{value:,.0f}", f"{value:.3g}")


def _numbers_of(rows: list[Mapping[str, object]], figure: Figure) -> set[str]:
    """The numbers of rows, what may be counted in them, and those of the units."""
    known = {form for row in rows for value in row.values() for form in _forms(value)}
    known |= {str(count) for count in _counts(rows, figure)}
    return known | {token.strip() for unit in figure.units.values() for token in NUMBER.findall(unit)} | set(FIXED)


def _counts(rows: list[Mapping[str, object]], figure: Figure) -> Iterator[int]:
    """How many rows there are, how many of each name, how many countries; how many are left when some are named."""
    yield from (len(rows), figure.table.height)
    yield sum(1 for row in rows if isinstance(share := row.get("value"), float) and share > 0.5)
    yield len({row[column] for row in rows for column in ("iso3", "other_iso3") if column in row})
    for column in {column for row in rows for column in row}:
        of_each = Counter(row.get(column) for row in rows if isinstance(row.get(column), str | bool | int))
        for count in (*of_each.values(), len(of_each)):
            yield from (count, count - NAMED, count - 1 - NAMED, count - MOST_NAMED)


def _unnamed(sentence: str, rows: list[Mapping[str, object]]) -> str:
    """The sentence without names that hold numbers, such as those of measures, goods and lists."""
    names = {value for row in rows for name, value in row.items() if isinstance(value, str) and name != "in_words"}
    for name in sorted(names, key=len, reverse=True):
        sentence = re.sub(re.escape(name), "", sentence, flags=re.IGNORECASE) if re.search(r"\d", name) else sentence
    return re.sub(r"(\d{4})–(\d{4})", r"\1 \2", sentence.replace("5–95 %", ""))


def _rows(point: Point, answers: Mapping[str, Answer]) -> list[Mapping[str, object]]:
    """The rows of a sentence; of one about needs also those of what could be learnt, whose values it gives."""
    rows = list(point.rows)
    if point.figure and point.figure.id == "needs" and "complementarity" in answers["pair"].figures:
        rows += answers["pair"].figures["complementarity"].table.to_dicts()
    return rows


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize(("home", "technology", "partner"), CASES)
def test_each_number_of_a_sentence_stands_in_its_rows(
    evidence: Evidence, home: str, technology: str, partner: str | None, lang: str
) -> None:
    answers = _answers(evidence, home, technology, partner, lang)
    for part, points in talk(answers).items():
        for point in points:
            if point.figure is None:
                continue
            rows = _rows(point, answers)
            sentence = _unnamed(str(point.finding), rows)
            known = _numbers_of(rows, point.figure)
            strange = [token for token in NUMBER.findall(sentence) if token.strip() not in known]
            assert not strange, (part, str(point.finding), strange)


@pytest.mark.parametrize(("home", "technology", "partner"), CASES)
def test_no_sentence_stands_without_a_number(
    evidence: Evidence, home: str, technology: str, partner: str | None
) -> None:
    said = talk(_answers(evidence, home, technology, partner))
    assert tuple(said) == PARTS
    assert all(len(points) <= MOST[part] for part, points in said.items())
    assert len(said["bottom"]) == MOST["bottom"]
    for part in ("bottom", "asks", "offers", "risks", "points", "questions"):
        stated = [str(point.finding) for point in said[part] if point.figure is not None]
        assert not [sentence for sentence in stated if not re.search(r"\d", sentence)]


def test_every_place_of_a_sentence_is_filled(evidence: Evidence) -> None:
    for home, technology, partner in CASES:
        for lang in ("en", "ko"):
            for points in talk(_answers(evidence, home, technology, partner, lang)).values():
                assert not [str(p.finding) for p in points if re.search(r"[{}]|\bNone\b|\bnan\b", str(p.finding))]


def _figure(name: str, rows: list[dict[str, object]]) -> Figure:
    return Figure(name, name, pl.DataFrame(rows), {}, (), ("s",))


def _answer(name: str, figures: list[Figure]) -> Answer:
    subject = {"home": "KOR", "home_name": "South Korea", "technology": "quantum", "technology_label": "Quantum"}
    subject |= {"partner": "CHE", "partner_name": "Switzerland"} if name == "pair" else {}
    return Answer(name, "?", subject, {f.id: f for f in figures}, (), (), (), (), {}, (), "b")


def _said(**figures: list[dict[str, object]]) -> dict[str, list[str]]:
    """What is said of these figures, given as `answer__figure`."""
    made: dict[str, list[Figure]] = {name: [] for name in ("position", "partners", "exposure", "pair")}
    for name, rows in figures.items():
        answer, _, figure = name.partition("__")
        made[answer].append(_figure(figure, rows))
    found = talk({name: _answer(name, of) for name, of in made.items()})
    return {part: [str(point.finding) for point in points] for part, points in found.items()}


LINE: dict[str, object] = {
    "indicator": "output_share", "measure": "Share of world output", "about": "Physics", "scope": "physics",
    "source": "s", "first_year": 2018, "year": 2022, "unit": "share", "format": "share", "evidence": "technology",
}  # fmt: skip
SIDES: dict[str, object] = {"home": 0.02, "home_low": 0.019, "home_high": 0.021}


def test_who_is_ahead_beyond_chance_is_asked_or_offers() -> None:
    ahead = {**LINE, **SIDES, "partner": 0.04, "partner_low": 0.03, "partner_high": 0.05}
    said = _said(pair__side_by_side=[ahead])
    assert said["asks"] == [
        "By share of world output in physics, Switzerland is ahead of South Korea: 4.0 % (95 % interval 3.0 % to "
        "5.0 %) against 2.0 % (1.9 % to 2.1 %; s, 2018–2022)."
    ]
    assert said["offers"] == [
        "On no line measured here is South Korea ahead of Switzerland beyond chance, and nothing measured here says "
        "that Switzerland needs something from it."
    ]


def test_intervals_that_overlap_make_nobody_ahead() -> None:
    tied = {**LINE, **SIDES, "partner": 0.04, "partner_low": 0.02, "partner_high": 0.05}
    said = _said(pair__side_by_side=[tied])
    assert all(text.startswith("On no line measured here") for text in (*said["asks"], *said["offers"]))


def test_sources_that_disagree_make_nobody_ahead() -> None:
    ahead: dict[str, object] = {**LINE, **SIDES, "partner": 0.04, "partner_low": 0.03, "partner_high": 0.05}
    said = _said(pair__side_by_side=[ahead, {**ahead, "source": "other", "partner_low": 0.02}])
    assert said["asks"][0].startswith("On no line measured here")


def test_more_is_better_on_every_line_two_countries_are_compared_on() -> None:
    assert {registry.indicators()[line.indicator].measures[line.measure].better for line in LINES} == {"higher"}


def _ranked(groups: dict[str, int]) -> list[dict[str, object]]:
    return [
        {"iso3": iso3, "country": f"Land {iso3}", "group": group, "median_rank": place, "rank_low": place,
         "rank_high": place + 1, "lifted_by": None}
        for place, (iso3, group) in enumerate(groups.items(), 1)
    ]  # fmt: skip


def test_a_partner_tied_with_others_is_said_to_be() -> None:
    alone = _said(partners__partners=_ranked({"CHE": 1, "DEU": 2}))
    assert alone["bottom"] == ["Of 2 possible partners, Switzerland has median rank 1 (5–95 % interval 1 to 2)."]
    tied = _said(partners__partners=_ranked({"DEU": 1, "CHE": 1, "AUT": 2}))
    assert tied["bottom"] == [
        "Of 3 possible partners, Switzerland has median rank 2 (5–95 % interval 2 to 3); the data cannot put it in "
        "order with Land DEU."
    ]
    many = _said(partners__partners=_ranked({"CHE": 1} | {f"X{n}": 1 for n in range(6)}))
    assert many["bottom"][0].endswith("in order with Land X0, Land X1, Land X2 and 3 others.")
    absent = _said(partners__partners=_ranked({"DEU": 1, "AUT": 1}))
    assert absent["bottom"] == ["Switzerland is not among the 2 economies that can be ranked as partners."]


def _moved(gains: Mapping[str, int]) -> list[dict[str, object]]:
    labels = {m: registry.indicators()["researcher_flows"].measures[m].label["en"]
              for m in ("arrivals", "departures", "net_arrivals")}  # fmt: skip
    counts = {source: {"arrivals": 50 + gain, "departures": 50, "net_arrivals": gain} for source, gain in gains.items()}
    return [
        {"indicator": "researcher_flows", "measure": labels[measure], "scope": "all", "source": source,
         "first_year": 2016, "year": 2020, "value": float(n), "low": float(n), "high": float(n), "format": "count"}
        for source, of in counts.items() for measure, n in of.items()
    ]  # fmt: skip


def test_who_gains_researchers_is_said_only_where_the_sources_agree() -> None:
    told = {gains: _said(pair__ties=_moved(dict(gains)))["questions"] for gains in (
        (("a", 5), ("b", 7)), (("a", 5), ("b", -7)), (("a", -5), ("b", -7)),
    )}  # fmt: skip
    gained, disagree, lost = told.values()
    assert gained[0].endswith("(b, 2016–2020); on balance South Korea gains.")
    assert disagree[0].endswith("; who gains is not settled.")
    assert "55 came from Switzerland to South Korea and 50 left for it (a, 2016–2020)" in disagree[0]
    assert lost == []


def test_what_hangs_on_one_country_is_counted() -> None:
    row = {"kind": "Mineral", "about": "Tin", "iso3": "CHN", "country": "China", "source": "s", "first_year": 2025,
           "year": 2025, "format": "share"}  # fmt: skip
    said = _said(exposure__exposure=[{**row, "value": share} for share in (0.9, 0.6, 0.5)])
    assert said["risks"] == [
        "More than half hangs on one country in 2 of 3 supplies, partners, movements and leading positions measured: "
        "China (2)."
    ]
    assert said["questions"] == ["“What if China supplied no more?” Of the world's tin, 90 % is in China (s, 2025)."]


def test_being_cited_less_than_size_suggests_may_be_asked_back() -> None:
    label = registry.indicators()["relative_citation"].measures["relative_citation"].label["en"]
    row = {"indicator": "relative_citation", "measure": label, "about": "Physics", "scope": "physics", "source": "s",
           "first_year": 2020, "year": 2020, "low": None, "high": None, "format": "ratio"}  # fmt: skip
    less = _said(pair__ties=[{**row, "value": 0.5}, {**row, "value": 0.8}])["questions"]
    assert less == [
        "“Why do you cite us less than our size suggests?” In physics, South Korea cites Switzerland 0.500 times as "
        "much as its size suggests (s, 2020); the source gives no interval."
    ]
    assert _said(pair__ties=[{**row, "value": 1.2}])["questions"] == []
