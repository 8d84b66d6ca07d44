"""What an economy reports to UN Comtrade of a technology's goods, for the folder of raw files.

A year is one answer of the API, kept as it came in `trade/comtrade-JPN-2023-….json` (the end tells which goods were
asked for), where `sources/un_comtrade.py` finds it. Asked for are imports and exports of the goods, by partner, without
their parts by customs procedure or transport; a good of eight digits by the six that are the same the world over. The
API is asked once a year and economy; a free key allows 500 requests a day of up to 100,000 rows. Without a key it
gives 500 rows at most, from which shares of partners cannot be worked out. A year that is there is not fetched again;
remove its file to have it anew.

Reference: https://uncomtrade.org/docs/ and the publisher's package comtradeapicall 1.2, as of 2025.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from legation import countries, registry
from legation.errors import DataError, UserError
from legation.fetching.download import FetchError, write
from legation.fetching.polite import Client

API = "https://comtradeapi.un.org"
FINAL_GOODS_A_YEAR = "/data/v1/get/C/A/HS"
KEY_VARIABLE = "COMTRADE_API_KEY"
KEY_HEADER = "Ocp-Apim-Subscription-Key"
WHERE_A_KEY_IS = (
    f"the United Nations give one free at https://comtradedeveloper.un.org/ (product comtrade - v1); put it into the "
    f"environment variable {KEY_VARIABLE}"
)
REPORTERS = {"CHE": "757", "FRA": "251", "IND": "699", "NOR": "579", "USA": "842"}
"""Numbers of economies that report with areas beside their own; the others have those of ISO."""
SILENT = ("TWN", "XKX")
MOST_ROWS = 100_000
SIX_DIGITS = 6
YEARS = (1962, 2100)


@dataclass(frozen=True)
class Fetched:
    """Files fetched now, how many rows they hold, files that were there before, and years without any row."""

    files: tuple[Path, ...]
    rows: int
    kept: tuple[Path, ...]
    empty_years: tuple[int, ...]


def goods_of(technologies: Iterable[str]) -> tuple[str, ...]:
    """The codes to ask for. Raises: UserError for an unknown technology, or if none of them names goods."""
    named = [registry.pick("technology", registry.technologies(), name) for name in dict.fromkeys(technologies)]
    goods = sorted({good[:SIX_DIGITS] for technology in named for good in technology.goods})
    if not goods:
        raise UserError(f"{', '.join(technology.id for technology in named) or 'no technology'} names no goods")
    return tuple(goods)


def fetch_trade(
    raw: Path,
    reporter: str,
    technologies: Iterable[str],
    years: Iterable[int],
    *,
    api: str = API,
    sleep: Callable[[float], None] = time.sleep,
) -> Fetched:
    """Fetch what an economy imports and exports of the goods of these technologies, year by year.

    Raises: UserError for what there is not, and for a key that is absent or refused; FetchError if the allowance is
    spent, no answer comes or the disk refuses; DataError if the answer is none of the API's. What came before is kept.
    """
    iso3, goods = countries.resolve(reporter), goods_of(technologies)
    number = REPORTERS.get(iso3) or next((n for n, code in countries.iso3_of_number().items() if code == iso3), None)
    if number is None or iso3 in SILENT:
        raise UserError(f"{countries.name(iso3)} ({iso3}) does not report to UN Comtrade")
    wanted = [_checked(year) for year in sorted(set(years))]
    if not wanted:
        raise UserError("no year to fetch; the last is before the first")
    digest = hashlib.sha256(",".join(goods).encode()).hexdigest()[:8]
    paths = {year: raw / "trade" / f"comtrade-{iso3}-{year}-{digest}.json" for year in wanted}
    ahead = [year for year in wanted if not paths[year].is_file()]
    files, rows, empty = [], 0, []
    if ahead:
        client = Client(api, _key(), sleep=sleep, header=KEY_HEADER, scheme="", where_a_key_is=WHERE_A_KEY_IS)
        with client:
            for year in ahead:
                content, found = _asked(client, number, year, goods)
                if found:
                    write(paths[year], content)
                    files.append(paths[year])
                    rows += found
                else:
                    empty.append(year)
    kept = tuple(path for year, path in paths.items() if year not in ahead)
    return Fetched(tuple(files), rows, kept, tuple(empty))


def _asked(client: Client, reporter: str, year: int, goods: Sequence[str]) -> tuple[bytes, int]:
    """The answer for a year, checked to be whole, and how many rows it holds."""
    query: dict[str, str | int] = {
        "reporterCode": reporter, "period": year, "cmdCode": ",".join(goods), "flowCode": "M,X", "partner2Code": 0,
        "customsCode": "C00", "motCode": 0, "maxRecords": MOST_ROWS, "includeDesc": "true",
    }  # fmt: skip
    answer = client.get(FINAL_GOODS_A_YEAR, query)
    rows, announced, error = (answer.content.get(name) for name in ("data", "count", "error"))
    if error:
        raise FetchError(f"{client.base} gives an error for {year}: {error}")
    if answer.status != 200 or not isinstance(rows, list) or announced != len(rows):
        raise DataError(
            f"{client.base} gave no whole table of trade for {year} (status {answer.status}, {announced} rows "
            f"announced, {len(rows) if isinstance(rows, list) else 'none'} there)"
        )
    if len(rows) >= MOST_ROWS:
        raise FetchError(f"{year} has more rows than one answer holds ({MOST_ROWS:,}); name fewer technologies at once")
    return json.dumps(answer.content, ensure_ascii=False).encode(), len(rows)


def _checked(year: int) -> int:
    first, last = YEARS
    if not first <= year <= last:
        raise UserError(f"{year} is no year of UN Comtrade; give one from {first} on")
    return year


def _key() -> str:
    if not os.environ.get(KEY_VARIABLE):
        raise UserError(f"UN Comtrade gives whole tables with a key only; {WHERE_A_KEY_IS}")
    return os.environ[KEY_VARIABLE]
