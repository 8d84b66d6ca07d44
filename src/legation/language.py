"""The languages answers are given in: sentences from gettext catalogues, and the particles Korean fits to a word.

English is what stands in the code. `locale/ko/LC_MESSAGES/legation.po` holds the Korean; what it lacks stays English,
and a test fails on it. In Korean sentences a particle that depends on the sound before it is written in both forms,
`{country}은(는)`; the one that fits is chosen when the sentence is filled.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from babel.messages.pofile import read_po

from legation.errors import unknown

LANGUAGES = ("en", "ko")
AFTER_CONSONANT = {"은(는)": "은는", "이(가)": "이가", "을(를)": "을를", "과(와)": "과와", "으로(로)": ("으로", "로")}
PARTICLE = re.compile("|".join(re.escape(particle) for particle in AFTER_CONSONANT))
FIRST_SYLLABLE, LAST_SYLLABLE, FINALS, RIEUL = 0xAC00, 0xD7A3, 28, 8
SOUND_OF_DIGIT = dict(zip("0123456789", (21, RIEUL, 0, 16, 0, 0, 1, RIEUL, RIEUL, 0), strict=True))
"""The final of each digit read in Korean (영 일 이 삼 사 오 육 칠 팔 구), numbered as in Unicode; 0 is none."""
SOUND_OF_LETTER = {"l": RIEUL, "r": RIEUL, "m": 16, "n": 4}

ARTICLE = re.compile(
    r"(?<!\b[Tt]he )(?<!\w)(?=(?:United (?:States|Kingdom|Arab Emirates)|Netherlands|Philippines|Bahamas|Gambia|"
    r"Maldives|Comoros|Seychelles|(?:Marshall|Solomon|Cook|Faroe|Cayman|Falkland) Islands|"
    r"(?:Central African|Dominican) Republic)\b(?! Minor)(?! \([A-Z]{3}\)))"
)
"""Before a country whose name takes an article in an English sentence."""


def check_language(language: str) -> str:
    """A language there is. Raises: UserError for another."""
    if language not in LANGUAGES:
        raise unknown("language", language, LANGUAGES, f"known: {', '.join(LANGUAGES)}")
    return language


def words(text: str) -> str:
    """Mark words that are translated where they are used, so that they are taken into the catalogues."""
    return text


def translate(text: str, language: str) -> str:
    """The words in a language; in English where its catalogue lacks them."""
    return catalogue(language).get(text, text) if language != "en" else text


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """English words → words in a language."""
    path = files("legation").joinpath("locale", language, "LC_MESSAGES", "legation.po")
    with path.open("rb") as stream:
        return {str(m.id): str(m.string) for m in read_po(stream, locale=language) if m.id and m.string}


def fit_particles(text: str) -> str:
    """Choose between the two forms of a Korean particle by the sound before it.

    >>> fit_particles("한국은(는) 스위스과(와) 3으로(로) 서울으로(로)")
    '한국은 스위스와 3으로 서울로'
    """
    return PARTICLE.sub(lambda found: _fitting(found[0], text[: found.start()]), text)


def fit_articles(text: str) -> str:
    """English articles before the countries whose names take one.

    >>> fit_articles("United States and Netherlands work with the Philippines.")
    'The United States and the Netherlands work with the Philippines.'
    """
    fitted = ARTICLE.sub("the ", text)
    whole = fitted.endswith((".", "?")) and not text.startswith("the ")
    return f"T{fitted[1:]}" if fitted.startswith("the ") and whole else fitted


def _fitting(particle: str, before: str) -> str:
    final = _final(before)
    consonant, vowel = AFTER_CONSONANT[particle]
    if consonant == "으로":
        return vowel if final in (0, RIEUL) else consonant
    return consonant if final else vowel


def _final(before: str) -> int:
    """The final consonant of the last sound, numbered as in Unicode; 0 where there is none or none is known."""
    last = re.sub(r"[^\w%]+$", "", re.sub(r"\s*\([^()]*\)$", "", before))[-1:].lower()
    if FIRST_SYLLABLE <= ord(last or " ") <= LAST_SYLLABLE:
        return (ord(last) - FIRST_SYLLABLE) % FINALS
    return SOUND_OF_DIGIT.get(last, SOUND_OF_LETTER.get(last, 0))
