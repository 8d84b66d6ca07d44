"""Countries: ISO 3166-1 alpha-3 everywhere inside, names in any language at the edges.

"Country" is short for country or economy as the publishers list them; listing one says nothing about its status.
Kosovo has no ISO code and takes the user-assigned XKX. Names come from CLDR, spellings of publishers from
`countries.toml`, which also lists what is not a country (regions, totals) so that it is set aside and never guessed.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

import pycountry
from babel import Locale, UnknownLocaleError

from legation.errors import UserError, nearest


@cache
def iso3_of_iso2() -> Mapping[str, str]:
    """ISO 3166-1 alpha-2 → alpha-3, with the codes publishers use instead (EL, UK, XK)."""
    official = {c.alpha_2: c.alpha_3 for c in pycountry.countries}
    return official | _spellings()["two_letters"]


@cache
def all_iso3() -> frozenset[str]:
    """Every alpha-3 code that may stand in a table."""
    return frozenset(iso3_of_iso2().values())


@cache
def iso3_of_code() -> Mapping[str, str]:
    """Alpha-3 codes as publishers write them → alpha-3: current ones, and old ones with a single successor."""
    return {code: code for code in all_iso3()} | _spellings()["three_letters"]


@cache
def iso3_of_number() -> Mapping[str, str]:
    """ISO 3166-1 numbers without leading noughts → alpha-3, with those UN Comtrade uses instead."""
    return {str(int(c.numeric)): c.alpha_3 for c in pycountry.countries} | _spellings()["numbers"]


@cache
def iso3_of_name() -> Mapping[str, str]:
    """Folded English name → alpha-3: CLDR, ISO and the spellings in `countries.toml`."""
    names = {fold(n): iso3 for iso3 in all_iso3() for n in (name(iso3, "en"), *_iso_names(iso3))}
    return names | {fold(n): iso3 for n, iso3 in _spellings()["names"].items()}


@cache
def not_countries() -> frozenset[str]:
    """Folded names and codes of regions, totals and unknowns."""
    return frozenset(fold(n) for n in _spellings()["not_countries"]["names"])


@cache
def name(iso3: str, language: str = "en") -> str:
    """The CLDR name of a country in a language.

    >>> name("KOR"), name("KOR", "ko")
    ('South Korea', '대한민국')
    """
    try:
        territories = Locale.parse(language).territories
    except (UnknownLocaleError, ValueError):
        raise UserError(f"unknown language {language!r}; use a code such as en or ko") from None
    return str(territories.get(_iso2(iso3), iso3))


@lru_cache(maxsize=4096)  # spellings come from outside and have no end
def resolve(given: str) -> str:
    """The country a person means: alpha-3, alpha-2 or a name in English, Korean, French, Spanish, Chinese or Japanese.

    >>> resolve("kor"), resolve("kr"), resolve("South Korea"), resolve("한국")
    ('KOR', 'KOR', 'KOR', 'KOR')
    """
    text = given.strip()
    if text.upper() in all_iso3():
        return text.upper()
    if text.upper() in iso3_of_iso2():
        return iso3_of_iso2()[text.upper()]
    folded = fold(text)
    if folded in iso3_of_name():
        return iso3_of_name()[folded]
    for language in ("ko", "fr", "es", "zh", "ja"):
        for iso3 in all_iso3():
            if fold(name(iso3, language)) == folded:
                return iso3
    codes = {name(iso3): iso3 for iso3 in all_iso3()}
    near = dict.fromkeys(codes.get(n, n) for n in nearest(text, [*codes, *codes.values()]))
    names = [f"{name(iso3)} ({iso3})" for iso3 in near]
    advice = f"did you mean {', '.join(names)}?" if near else "give an ISO 3166-1 alpha-3 code or an English name"
    raise UserError(f"unknown country {given!r}; {advice}")


def fold(text: str) -> str:
    """Lower case, no accents, no footnote marks or punctuation: how spellings are compared.

    >>> fold("Côte d'Ivoire<sup>a</sup>")
    'cote d ivoire'
    """
    bare = unicodedata.normalize("NFKD", re.sub(r"<[^>]*>[^<]*</[^>]*>", "", text))
    kept = "".join(c for c in bare if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFC", kept).casefold()).strip()


def _iso2(iso3: str) -> str:
    if iso3 == "XKX":
        return "XK"
    country = pycountry.countries.get(alpha_3=iso3)
    return str(country.alpha_2) if country else iso3


def _iso_names(iso3: str) -> list[str]:
    country = pycountry.countries.get(alpha_3=iso3)
    return [getattr(country, k) for k in ("name", "common_name", "official_name") if hasattr(country, k)]


@cache
def _spellings() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("legation").joinpath("countries.toml").read_text(encoding="utf-8"))
