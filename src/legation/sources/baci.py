"""BACI of CEPII: what each economy sells to each other, by six-digit HS code, made consistent from UN Comtrade.

Both sides report a flow to the United Nations, seldom alike; BACI gives one value for it, free on board, so that what
one imports is what others export. Flows of nought are left out. The licence lets the data be passed on with
attribution; the files are large (11 million rows a year) and are brought by whoever wants them: unpack the archive of
one revision of the HS (https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37) into `trade/`.

- A year is in `BACI_HS17_Y2022_V202501.csv`: `t` year, `i` exporter, `j` importer, `k` code, `v` value in thousands of
  current dollars, `q` metric tons, not used here. Values are padded with blanks, `NA` is unknown, found in `q` only.
- Economies have BACI's own numbers, which `country_codes_V202501.csv` turns into ISO codes. Numbers that are no ISO
  country today (areas not specified, unions, states that have ended) are set aside.
- `S19`, "Other Asia, not elsewhere specified", is taken as Taiwan, as CEPII advises.
- Only the goods that technologies name are kept. A heading of four digits is the sum of its codes; in the place of a
  national code of eight digits stands the code of six that takes it in. Codes that came with HS 2022 (industrial
  robots, uncrewed aircraft, carbon fibres) are in the archive of that revision only.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.resources import files

import polars as pl

from legation import countries
from legation.errors import DataError
from legation.intake import Intake, Records, files_named
from legation.model import Source

FLOWS = "trade/BACI_HS*_Y*_V*.csv"
CODES = "trade/country_codes_V*.csv"
PLACES = re.compile(r"BACI_HS(?P<revision>\d+)_Y(?P<year>\d{4})_V(?P<release>\w+)\.csv$")
OTHER_ASIA = {"S19": "TWN"}
DIGITS = 6
DOLLARS = 1000.0

SOURCE = Source(
    publisher="CEPII",
    title="BACI: international trade by product",
    url="https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37",
    licence="Etalab Open Licence 2.0",
    licence_url="https://www.etalab.gouv.fr/wp-content/uploads/2018/11/open-licence.pdf",
    vintage="the release that stands in the names of the files",
    citation="Gaulier & Zignago 2010, BACI: International Trade Database at the Product-Level, CEPII Working Paper "
    "2010-23",
    files=(FLOWS, CODES),
    rows={"trade": (1_000, 20_000_000), "world_exports": (100, 1_000_000)},
    publish="nothing",
    caveats=("other_asia_is_taiwan", "a_heading_holds_several_goods", "trade_made_consistent"),
    shares=("technologies",),
)


def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    names, goods = _one_release(raw), wanted_goods()
    iso3 = _iso3(raw)
    no_countries = sorted({code for code in iso3.values() if code not in countries.iso3_of_code()})
    for name in names:
        flows = _flows(raw, name, goods, iso3).country("i", "iso3", to="exporter", apart=no_countries)
        sold = _added_up(flows, "exporter")
        yield "world_exports", sold.select("good", iso3="exporter", year="t", value_usd="v")
        bought = _added_up(flows.country("j", "iso3", to="importer", apart=no_countries), "importer", "exporter")
        yield (
            "trade",
            bought.select(
                "good",
                reporter_iso3="importer",
                partner_iso3="exporter",
                flow=pl.lit("import"),
                year="t",
                value_eur=pl.lit(None, pl.Float64),
                value_usd="v",
            ),
        )


def wanted_goods() -> tuple[str, ...]:
    """The goods that technologies name, at six digits where they are of more."""
    folder = files("legation").joinpath("technologies")
    declared = [tomllib.loads(f.read_text(encoding="utf-8")) for f in folder.iterdir() if f.name.endswith(".toml")]
    return tuple(sorted({good[:DIGITS] for technology in declared for good in technology["goods"]}))


def _one_release(raw: Intake) -> list[str]:
    """The files of flows. Raises: DataError if there are none, or a year stands in more than one."""
    names = files_named(raw.root, FLOWS)
    if not names:
        raise DataError(f"source baci: no file {FLOWS} in {raw.root}; unpack an archive of BACI there: {SOURCE.url}")
    told = {name: PLACES.search(name) for name in names}
    strange = [name for name, place in told.items() if place is None]
    if strange:
        raise DataError(f"source baci: {strange[0]} is not named as CEPII does, BACI_HS17_Y2022_V202501.csv")
    releases = {place["revision"] + " of release " + place["release"] for place in told.values() if place}
    if len(releases) > 1:
        raise DataError(
            f"source baci: files of HS{' and HS'.join(sorted(releases))} stand together in {raw.root / 'trade'}; keep "
            f"one, as codes and values differ"
        )
    return names


def _iso3(raw: Intake) -> dict[str, str]:
    """BACI's number of an economy → its ISO code, or CEPII's own where it has none."""
    names = files_named(raw.root, CODES)
    if len(names) != 1:
        raise DataError(
            f"source baci: {len(names)} files {CODES} in {raw.root}; keep the one of the release of the flows"
        )
    read = raw.csv(names[0], ["country_code", "country_iso3"], ["country_name", "country_iso2"], encoding="utf8-lossy")
    codes = read.having(pl.col("country_code").str.strip_chars(), pl.col("country_iso3").replace(OTHER_ASIA)).frame
    known = codes.with_columns(pl.col("country_iso3").fill_null(pl.concat_str(pl.lit("no ISO code, "), "country_code")))
    return dict(known.select("country_code", "country_iso3").iter_rows())


def _flows(raw: Intake, name: str, goods: Sequence[str], iso3: dict[str, str]) -> Records:
    """The flows of goods that are wanted, with ISO codes in `i` and `j`, each good as technologies name it."""
    columns, place = ["t", "i", "j", "k", "v"], PLACES.search(name)
    code = pl.col("k").str.strip_chars()
    wanted = code.str.contains(f"^({'|'.join(goods)})") | pl.any_horizontal(pl.col(columns).is_null())
    flows = raw.scan(name, columns, ["q"], wanted, "not a good that a technology names")
    found = (
        flows.having(pl.col("i", "j", "k").str.strip_chars())
        .integer("t")
        .number("v", empty=())
        .reject(pl.any_horizontal(pl.col(columns).is_null()), "a cell is empty")
        .reject(~pl.col("k").str.contains(r"^\d{6}$"), "k is not six digits")
        .reject(pl.col("v") <= 0, "v is not above nought")
        .reject(pl.col("t") != int(place["year"] if place else 0), "t is not the year in the name of the file")
        .having(pl.col("i", "j").replace(iso3), good=_as_named(goods))
    )
    return replace(found, frame=found.frame.explode("good"))


def _as_named(goods: Sequence[str]) -> pl.Expr:
    """The goods that take in a code of six digits: that code, its heading of four digits, or both."""
    parts = [pl.col("k").str.slice(0, digits) for digits in (DIGITS, 4)]
    return pl.concat_list(pl.when(part.is_in(list(goods))).then(part) for part in parts).list.drop_nulls()


def _added_up(flows: Records, *sides: str) -> pl.DataFrame:
    """The flows between these sides in dollars, added up in the order of the file."""
    by = flows.frame.group_by(*sides, "good", "t", maintain_order=True)
    return by.agg(pl.col("v").sum() * DOLLARS)
