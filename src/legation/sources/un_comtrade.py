"""UN Comtrade: goods as the economies that trade them report, in the files that its website and its API give.

Who wants them brings them, as far as their licence allows: into `trade/`, as `TradeData*.csv` (the website) or with
`comtrade` in the name (CSV, or JSON as the API answers; `legation fetch comtrade` fetches it). Some rows of these
files are not what a table of trade holds, and are set aside:

- Totals: partner World (code 0), good TOTAL. Parts of a row: by second partner, customs procedure or transport (only
  `partner2Code` 0, `customsCode` C00 and `motCode` 0 are whole), and flows within imports and exports (`RM`, `RX`,
  `FM`, `DX` …). Months, services, classifications other than the HS.
- Partners that are no country: bunkers, free zones, special categories, areas not specified.
- What an economy trades of a good in a year, where the partners that are named make up less than `LEAST_NAMED` of the
  World row beside them: shares of partners would not be those of all. Where there is no World row, this is not checked.

Economies carry ISO codes if the file was made with descriptions, else Comtrade's numbers, which are not ISO's for
France, India, Italy, Norway, Switzerland and the United States. "Other Asia, not elsewhere specified" (490, `S19`) is
taken as Taiwan, which is not listed under its name. Lines of the website's files end in one comma too many.

Also read is an extract of imports that others have made of Comtrade, without World rows: columns `reporter`, `partner`
(two letters), `product_code`, `year`, `value` in `unit` USD. A good's year that lists under half of the suppliers of
the year before it is set aside there: it breaks off.
"""

import json
from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from legation import countries
from legation.errors import DataError
from legation.intake import Intake, Records, files_named
from legation.model import Source

FILES = ("trade/TradeData*.csv", "trade/*comtrade*.csv", "trade/*comtrade*.json")
COLUMNS = (
    "typeCode", "freqCode", "refYear", "reporterCode", "reporterISO", "flowCode", "partnerCode", "partnerISO",
    "partner2Code", "classificationCode", "cmdCode", "customsCode", "motCode", "primaryValue",
)  # fmt: skip
IGNORED = (
    "refPeriodId", "refMonth", "period", "reporterDesc", "flowDesc", "partnerDesc", "partner2ISO", "partner2Desc",
    "classificationSearchCode", "isOriginalClassification", "cmdDesc", "aggrLevel", "isLeaf", "customsDesc", "mosCode",
    "motDesc", "qtyUnitCode", "qtyUnitAbbr", "qty", "isQtyEstimated", "altQtyUnitCode", "altQtyUnitAbbr", "altQty",
    "isAltQtyEstimated", "netWgt", "isNetWgtEstimated", "grossWgt", "isGrossWgtEstimated", "cifvalue", "fobvalue",
    "legacyEstimationFlag", "isReported", "isAggregate", "",
)  # fmt: skip
EXTRACT = ("reporter", "partner", "value", "year", "product_code", "unit")
FLOWS = {"M": "import", "X": "export"}
WORLD_CODE = "0"
OTHER_ASIA = {"S19": "TWN"}
AREAS = (
    "97", "129", "221", "290", "471", "472", "473", "492", "527", "536", "568", "577", "636", "637", "697", "711",
    "837", "838", "839", "849", "879", "899",
    "58", "200", "278", "530", "720", "810", "886", "890", "891",
)  # fmt: skip
"""Numbers of groups of economies, of trade without a partner, and of states that ended without a single successor."""
LEAST_NAMED = 0.9
LEAST_KEPT_SUPPLIERS = 0.5
KEY = ["reporter_iso3", "partner_iso3", "flow", "good", "year"]

SOURCE = Source(
    publisher="United Nations Statistics Division",
    title="UN Comtrade",
    url="https://comtradeplus.un.org/",
    licence="UN Comtrade: own use; passing data on needs permission",
    licence_url="https://uncomtrade.org/docs/policy-on-use-and-re-dissemination/",
    vintage="as brought",
    files=FILES,
    rows={"trade": (1, 20_000_000)},
    publish="nothing",
    caveats=("other_asia_is_taiwan", "a_heading_holds_several_goods", "as_one_side_reports"),
)


def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    names = list(dict.fromkeys(name for pattern in FILES for name in files_named(raw.root, pattern)))
    if not names:
        raise DataError(
            f"source un_comtrade: no file {', '.join(FILES)} in {raw.root}; download one from {SOURCE.url}, or "
            f"fetch what an economy reports with `legation fetch comtrade`"
        )
    found = pl.concat([_rows(raw, name) for name in names])
    whole = found.unique(maintain_order=True)
    if again := found.height - whole.height:
        raw.set_aside["rows that stand in another file too"] += again
    yield "trade", whole


def _rows(raw: Intake, name: str) -> pl.DataFrame:
    """A file as rows of the table of trade."""
    if name.endswith(".json"):
        return _of_comtrade(_answered(raw, name))
    path = raw.path(name)
    header = path.open(encoding="utf-8-sig", errors="replace").readline()
    if "product_code" in header:
        return _of_extract(raw, name)
    return _of_comtrade(raw.csv(name, COLUMNS, IGNORED, encoding="utf8-lossy", ragged=True))


def _answered(raw: Intake, name: str) -> Records:
    """The rows of an answer of the API. Raises: DataError if it is none, is an error, or is not whole."""
    try:
        answer = json.loads(raw.path(name).read_text(encoding="utf-8-sig"))
        rows, announced = answer["data"], answer["count"]
        text = {c: [None if row.get(c) is None else str(row[c]) for row in rows] for c in dict.fromkeys(_keys(rows))}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"source un_comtrade: {name} is no answer of the Comtrade API ({error!r})") from None
    if answer.get("error"):
        raise DataError(f"source un_comtrade: {name} holds an error of the API: {answer['error']}")
    if announced != len(rows):
        raise DataError(f"source un_comtrade: {name} announces {announced} rows and holds {len(rows)}; fetch it again")
    frame = pl.DataFrame(text, schema=dict.fromkeys(text or COLUMNS, pl.String))
    return raw.records(raw.take(name, frame, COLUMNS, IGNORED), name)


def _keys(rows: Iterable[Mapping[str, object]]) -> Iterator[str]:
    for row in rows:
        yield from row


def _of_comtrade(records: Records) -> pl.DataFrame:
    trimmed = records.having(pl.col(COLUMNS).str.strip_chars())
    whole = (
        trimmed.set_aside((pl.col("typeCode") != "C") | (pl.col("freqCode") != "A"), "services, or a month")
        .set_aside(~pl.col("classificationCode").str.contains("^H[S0-9]$"), "a classification other than the HS")
        .set_aside(~pl.col("flowCode").is_in(list(FLOWS)), "a flow within imports or exports")
        .set_aside(pl.col("cmdCode") == "TOTAL", "all goods together")
        .set_aside(_is_part(), "by second partner, customs procedure or transport")
        .reject(~pl.col("cmdCode").str.contains(r"^(\d\d){1,3}$").fill_null(False), "cmdCode is no code of the HS")
        .integer("refYear")
        .number("primaryValue", empty=("", "NA"))
        .reject(pl.col("refYear").is_null(), "refYear is empty")
    )
    totals = whole.frame.filter(pl.col("partnerCode") == WORLD_CODE)
    pairs = (
        whole.set_aside(pl.col("partnerCode") == WORLD_CODE, "partner World")
        .reject(pl.col("primaryValue").is_null(), "primaryValue is empty")
        .having(reporter=_code("reporter"), partner=_code("partner"))
        .country("reporter", "iso3", to="reporter_iso3", apart=_areas(whole.frame, "reporter"))
        .country("partner", "iso3", to="partner_iso3", apart=_areas(whole.frame, "partner"))
    )
    return _table(_all_named(pairs, totals).select(*KEY[:2], "cmdCode", "refYear", "flowCode", "primaryValue"))


def _is_part() -> pl.Expr:
    """Rows that are a part of another one; where the file does not tell the parts apart, none is."""
    whole = {"partner2Code": WORLD_CODE, "customsCode": "C00", "motCode": "0"}
    return pl.any_horizontal(
        pl.col(c).is_not_null() & (pl.col(c) != "") & (pl.col(c) != all_) for c, all_ in whole.items()
    )


def _code(side: str) -> pl.Expr:
    """The ISO code of a side of the trade: as written, else by Comtrade's number; the number where there is none."""
    number = pl.col(f"{side}Code")
    written = pl.when(pl.col(f"{side}ISO") != "").then(pl.col(f"{side}ISO").replace(OTHER_ASIA))
    return pl.coalesce(written, number.replace(countries.iso3_of_number()))


def _areas(frame: pl.DataFrame, side: str) -> list[str]:
    """What stands for a side of the trade in these rows and is no country: Comtrade writes areas with a digit, a blank
    or an underscore, or gives them a number of `AREAS`."""
    told = frame.select(code=_code(side), number=pl.col(f"{side}Code")).unique()
    area = ~pl.col("code").str.contains("^[A-Z]{3}$") & ~pl.col("code").str.contains(r"^\d+$")
    return told.filter(area | pl.col("number").is_in(AREAS))["code"].drop_nulls().to_list()


def _all_named(pairs: Records, totals: pl.DataFrame) -> Records:
    """Without what an economy trades of a good in a year where its partners do not add up to the World row."""
    of = ["reporterCode", "flowCode", "cmdCode", "refYear"]
    world = totals.group_by(of).agg(world=pl.col("primaryValue").max())
    marked = pairs.having(named=pl.col("primaryValue").sum().over(of))
    joined = Records(marked.frame.join(world, on=of, how="left", maintain_order="left"), pairs.file, pairs.intake)
    return joined.set_aside(pl.col("named") < LEAST_NAMED * pl.col("world"), "partners named do not make up the total")


def _of_extract(raw: Intake, name: str) -> pl.DataFrame:
    rows = (
        raw.csv(name, EXTRACT, ["source", "axis", "sub_category"])
        .reject(pl.col("unit") != "USD", "unit is not USD")
        .reject(~pl.col("product_code").str.contains(r"^(\d\d){1,3}$"), "product_code is no code of the HS")
        .country("reporter", "iso2", to="reporter_iso3")
        .country("partner", "iso2", to="partner_iso3")
        .integer("year")
        .number("value", empty=())
    )
    told = rows.having(cmdCode="product_code", refYear="year", primaryValue="value", flowCode=pl.lit("M"))
    of = ["reporter_iso3", "cmdCode", "refYear"]
    suppliers = told.frame.group_by(of).agg(suppliers=pl.len())
    before = suppliers.select(*of[:2], pl.col("refYear") + 1, before="suppliers")
    counted = told.frame.join(suppliers, on=of).join(before, on=of, how="left", maintain_order="left")
    fewer = pl.col("suppliers") < LEAST_KEPT_SUPPLIERS * pl.col("before")
    kept = Records(counted, name, raw).set_aside(fewer, "under half of the suppliers of the year before")
    return _table(kept.select(*KEY[:2], "cmdCode", "refYear", "flowCode", "primaryValue"))


def _table(rows: pl.DataFrame) -> pl.DataFrame:
    flow = pl.col("flowCode").replace_strict(FLOWS, return_dtype=pl.String)
    return rows.select(
        *KEY[:2],
        flow=flow,
        good="cmdCode",
        year="refYear",
        value_eur=pl.lit(None, pl.Float64),
        value_usd="primaryValue",
    )
