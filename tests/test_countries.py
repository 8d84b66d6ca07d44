"""Names and codes in many spellings lead to one country, or to none: never to another."""

import string
from collections import defaultdict

import pycountry
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legation import countries
from legation.errors import UserError

LANGUAGES = ("en", "ko", "fr", "es", "zh", "ja")


@pytest.mark.parametrize(
    ("given", "iso3"),
    [
        ("KOR", "KOR"),
        ("kor", "KOR"),
        ("KR", "KOR"),
        (" kr ", "KOR"),
        ("South Korea", "KOR"),
        ("south  korea", "KOR"),
        ("Korea, Republic of", "KOR"),
        ("대한민국", "KOR"),
        ("한국", "KOR"),
        ("Corée du Sud", "KOR"),
        ("coree du sud", "KOR"),
        ("Corea del Sur", "KOR"),
        ("韩国", "KOR"),
        ("韓国", "KOR"),
        ("스위스", "CHE"),
        ("Allemagne", "DEU"),
        ("UK", "GBR"),
        ("EL", "GRC"),
        ("NA", "NAM"),
        ("Kosovo", "XKX"),
        ("Côte d’Ivoire", "CIV"),
        ("Cote d'Ivoire", "CIV"),
        ("TURKIYE", "TUR"),
        ("Congo", "COG"),
        ("Niger", "NER"),
        ("Guinea", "GIN"),
    ],
)
def test_what_people_write(given: str, iso3: str) -> None:
    assert countries.resolve(given) == iso3


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_country_is_found_by_its_name(language: str) -> None:
    names = {iso3: countries.name(iso3, language) for iso3 in countries.all_iso3()}
    assert {iso3: countries.resolve(name) for iso3, name in names.items()} == {iso3: iso3 for iso3 in names}


def test_every_country_is_found_by_its_codes_and_iso_names() -> None:
    for country in pycountry.countries:
        official = getattr(country, "official_name", country.name)
        for written in (country.alpha_2, country.alpha_3, country.name, official):
            assert countries.resolve(written) == country.alpha_3


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        ("Korea", "did you mean South Korea (KOR), North Korea (PRK), Kenya (KEN)?"),
        ("Germny", "did you mean Germany (DEU), "),
        ("Swizterland", "did you mean Switzerland (CHE), "),
        ("KRO", "Korea (KOR)"),
        ("Nigerria", "did you mean Nigeria (NGA), "),
        ("xyzxyzxyz", "give an ISO 3166-1 alpha-3 code or an English name"),
        ("", "give an ISO 3166-1 alpha-3 code or an English name"),
        ("Soviet Union", "did you mean "),
        ("WLD", "did you mean "),
        ("한", "give an ISO 3166-1 alpha-3 code or an English name"),
    ],
)
def test_what_is_not_known_is_not_guessed_but_answered_with_the_nearest(given: str, advice: str) -> None:
    with pytest.raises(UserError) as error:
        countries.resolve(given)
    assert str(error.value).startswith(f"unknown country {given!r}; ")
    assert advice in str(error.value)


@given(st.text(alphabet=string.ascii_letters + " éç-'가한国", max_size=12))
@settings(max_examples=150, deadline=None)
def test_any_text_is_a_country_or_a_mistake_of_the_users(text: str) -> None:
    try:
        found = countries.resolve(text)
    except UserError as error:
        said = str(error)
    else:
        said = f"{text!r} is {found}" if found in countries.all_iso3() else ""
    assert repr(text) in said


@given(st.text(max_size=20))
@settings(max_examples=150, deadline=None)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert countries.fold(countries.fold(text)) == countries.fold(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Côte d'Ivoire<sup>a</sup>", "cote d ivoire"),
        ("  TÜRKIYE ", "turkiye"),
        ("Korea (Republic of)", "korea republic of"),
        ("Antigua & Barbuda", "antigua barbuda"),
        ("Timor-Leste", "timor leste"),
        ("대한민국", "대한민국"),
        ("日本", "日本"),
        ("***", ""),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert countries.fold(text) == folded


def test_an_unknown_language() -> None:
    for language in ("xx", "", "../en"):
        with pytest.raises(UserError, match="unknown language"):
            countries.name("KOR", language)


# The spellings of publishers


def test_aliases_lead_to_countries() -> None:
    spellings = countries._spellings()
    for table in ("two_letters", "three_letters", "names"):
        assert set(spellings[table].values()) <= countries.all_iso3()


def test_no_alias_hides_a_code_of_iso() -> None:
    spellings = countries._spellings()
    assert not set(spellings["two_letters"]) & {c.alpha_2 for c in pycountry.countries}
    assert not set(spellings["three_letters"]) & {c.alpha_3 for c in pycountry.countries}


def test_no_alias_hides_the_name_of_another_country() -> None:
    """Neither in English nor in the other languages that are understood."""
    official = defaultdict(set)
    for iso3 in countries.all_iso3():
        for name in (*(countries.name(iso3, language) for language in LANGUAGES), *countries._iso_names(iso3)):
            official[countries.fold(name)].add(iso3)
    assert not {name: found for name, found in official.items() if len(found) > 1}
    aliases = {countries.fold(name): iso3 for name, iso3 in countries._spellings()["names"].items()}
    assert not {n: (iso3, official[n]) for n, iso3 in aliases.items() if n in official and official[n] != {iso3}}


def test_aliases_do_not_contradict_each_other() -> None:
    found = defaultdict(set)
    for name, iso3 in countries._spellings()["names"].items():
        found[countries.fold(name)].add(iso3)
    assert not {name: codes for name, codes in found.items() if len(codes) > 1}


def test_what_is_not_a_country_is_none() -> None:
    names = countries.not_countries()
    assert not names & set(countries.iso3_of_name())
    assert not {name.upper() for name in names} & (countries.all_iso3() | set(countries.iso3_of_iso2()))


@pytest.mark.parametrize("former", ["SUN", "YUG", "SCG", "CSK", "DDR", "ANT", "YMD"])
def test_states_with_several_successors_are_not_mapped(former: str) -> None:
    assert former not in countries.iso3_of_code()


def test_codes_in_tables() -> None:
    assert len(countries.all_iso3()) == len(pycountry.countries) + 1
    assert "XKX" in countries.all_iso3()
    assert "WLD" not in countries.all_iso3()
