"""Trade between economies: BACI and UN Comtrade in the exact layouts of their publishers, and files that are wrong."""

import csv
import io
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import small
from small import build_small

from legation import registry
from legation.checks import conform
from legation.errors import DataError
from legation.intake import Intake
from legation.model import Source
from legation.sources import baci, un_comtrade

# BACI


PADDED = "{t},{i},{j},{k},{v:>12.3f},{q}"
NUMBERS = """country_code,country_name,country_iso2,country_iso3
156,China,CN,CHN
276,Germany,DE,DEU
410,Rep. of Korea,KR,KOR
490,"Other Asia, nes",,S19
516,Namibia,NA,NAM
697,"Europe EFTA, nes",,R20
842,USA,US,USA
"""
FLOWS = [  # exporter, importer, code, thousands of dollars
    (156, 410, "854110", 2.5),
    (156, 410, "854143", 1.25),
    (156, 842, "854110", 4.0),
    (490, 410, "854231", 90.0),
    (842, 410, "854231", 10.0),
    (276, 410, "811292", 0.5),
    (156, 410, "010121", 7.0),
    (516, 410, "284410", 3.0),
    (516, 697, "284410", 1.0),
]
A_YEAR = "trade/BACI_HS17_Y2022_V202501.csv"


def baci_files(
    raw: Path, flows: Iterable[tuple[int, int, str, float]] = FLOWS, *, year: int = 2022, told: int | None = None
) -> Path:
    """A year as CEPII writes it: values padded with blanks, NA where the quantity is not known."""
    lines = [
        PADDED.format(t=told or year, i=i, j=j, k=k, v=v, q=f"{'NA':>11}" if n % 2 else f"{v:>11.3f}")
        for n, (i, j, k, v) in enumerate(flows)
    ]
    file = raw / "trade" / f"BACI_HS17_Y{year}_V202501.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("t,i,j,k,v,q\n" + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    (raw / "trade" / "country_codes_V202501.csv").write_text(NUMBERS, encoding="utf-8")
    return file


def tidied(raw: Path, source: str) -> tuple[dict[str, pl.DataFrame], Intake]:
    """The tables of a source, checked as a build checks them, and its account."""
    intake = Intake(raw, source)
    given: dict[str, list[pl.DataFrame]] = {}
    tidy = registry.sources()[source].tidy
    assert tidy is not None
    for name, frame in tidy(intake):
        given.setdefault(name, []).append(frame.with_columns(source=pl.lit(source)))
    intake.close()
    return {name: conform(registry.tables()[name], pl.concat(frames)) for name, frames in given.items()}, intake


def why(raw: Path, source: str) -> str:
    with pytest.raises(DataError) as error:
        tidied(raw, source)
    return str(error.value)


def trade(frame: pl.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return frame.select(*columns, "value_usd").rows()


def test_values_of_a_heading_are_added_up_in_dollars(tmp_path: Path) -> None:
    baci_files(tmp_path)
    tables, _ = tidied(tmp_path, "baci")
    assert trade(tables["trade"], "reporter_iso3", "partner_iso3", "good") == [
        ("KOR", "CHN", "8541", 3750.0),
        ("KOR", "DEU", "811292", 500.0),
        ("KOR", "NAM", "284410", 3000.0),
        ("KOR", "TWN", "8542", 90000.0),
        ("KOR", "USA", "8542", 10000.0),
        ("USA", "CHN", "8541", 4000.0),
    ]
    assert set(tables["trade"]["flow"]) == {"import"}
    assert set(tables["trade"]["year"]) == {2022}


def test_world_exports_hold_what_goes_to_no_country_too(tmp_path: Path) -> None:
    baci_files(tmp_path)
    tables, account = tidied(tmp_path, "baci")
    assert trade(tables["world_exports"], "iso3", "good") == [
        ("CHN", "8541", 7750.0),
        ("DEU", "811292", 500.0),
        ("NAM", "284410", 4000.0),
        ("TWN", "8542", 90000.0),
        ("USA", "8542", 10000.0),
    ]
    assert account.set_aside == {
        f"{A_YEAR}: not a good that a technology names": 1,
        f"{A_YEAR}: j is a region or a total": 1,
    }
    assert account.read[A_YEAR] == len(FLOWS)
    assert not account.rejected


def test_a_code_named_beside_its_heading_counts_for_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baci, "wanted_goods", lambda: ("8541", "854143"))
    baci_files(tmp_path)
    tables, _ = tidied(tmp_path, "baci")
    assert trade(tables["world_exports"], "iso3", "good") == [("CHN", "8541", 7750.0), ("CHN", "854143", 1250.0)]


def test_goods_of_eight_digits_stand_at_six(tmp_path: Path) -> None:
    named = {good for technology in registry.technologies().values() for good in technology.goods}
    assert set(baci.wanted_goods()) == {good[:6] for good in named}
    assert "81129289" in named
    assert "811292" in baci.wanted_goods()


def test_several_years_are_one_table(tmp_path: Path) -> None:
    for year in (2021, 2022):
        baci_files(tmp_path, year=year)
    tables, account = tidied(tmp_path, "baci")
    assert tables["trade"]["year"].value_counts().sort("year").rows() == [(2021, 6), (2022, 6)]
    assert sorted(account.inputs) == ["trade/BACI_HS17_Y2021_V202501.csv", A_YEAR, "trade/country_codes_V202501.csv"]


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    file = baci_files(tmp_path)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert tidied(tmp_path, "baci")[0]["trade"].height == 6


def test_records_that_cannot_be_understood_are_told_by_line(tmp_path: Path) -> None:
    many = [(156, 410, "854110", 1.0 + n) for n in range(400)]
    file = baci_files(tmp_path, [*many, (999, 410, "854110", 1.0)])
    lines = file.read_text().replace("2022,156,410,854110,       7.000", "2022,156,410,854110,         seven")
    file.write_text(lines.replace("2022,156,410,854110,       9.000", "2022,156,410,854110,"))
    _, account = tidied(tmp_path, "baci")
    assert account.rejected == {
        f"{A_YEAR}: v is not a number": 1,
        f"{A_YEAR}: a cell is empty": 1,
        f"{A_YEAR}: i '999' is not a known country": 1,
    }
    assert f"{A_YEAR}, line 402: i '999' is not a known country" in account.samples


def test_a_value_marked_as_not_known_is_rejected(tmp_path: Path) -> None:
    many = [(156, 410, "854110", 1.0 + n) for n in range(200)]
    file = baci_files(tmp_path, many)
    file.write_text(file.read_text().replace("854110,       5.000", "854110,          NA"))
    assert tidied(tmp_path, "baci")[1].rejected == {f"{A_YEAR}: v is not a number": 1}


def test_a_year_that_is_not_that_of_the_name_is_rejected(tmp_path: Path) -> None:
    baci_files(tmp_path, told=2021)
    assert "8 × trade/BACI_HS17_Y2022_V202501.csv: t is not the year in the name of the file" in why(tmp_path, "baci")


def test_a_file_that_was_cut_short_is_refused(tmp_path: Path) -> None:
    file = baci_files(tmp_path)
    file.write_bytes(file.read_bytes()[:-9])
    assert why(tmp_path, "baci") == f"source baci: {A_YEAR} breaks off in its last line; fetch it again"


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    baci_files(tmp_path).write_bytes(b"")
    assert "breaks off" in why(tmp_path, "baci")


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    file = baci_files(tmp_path)
    file.write_text(file.read_text().replace("t,i,j,k,v,q", "t,i,j,hs6,v,q"))
    assert why(tmp_path, "baci") == f"source baci: {A_YEAR} has no column k; it has t, i, j, hs6, v, q"


def test_two_releases_are_not_mixed(tmp_path: Path) -> None:
    file = baci_files(tmp_path)
    shutil.copy(file, file.with_name("BACI_HS22_Y2022_V202501.csv"))
    assert "files of HS17 of release 202501 and HS22 of release 202501 stand together" in why(tmp_path, "baci")


def test_without_files_it_says_where_they_come_from(tmp_path: Path) -> None:
    assert baci.SOURCE.url in why(tmp_path, "baci")
    baci_files(tmp_path)
    (tmp_path / "trade" / "country_codes_V202501.csv").unlink()
    assert "0 files trade/country_codes_V*.csv" in why(tmp_path, "baci")


# A source whose files are named with wildcards, in a build


def _bounded(identifier: str) -> Mapping[str, Source]:
    declared = registry.sources()[identifier]
    return {identifier: replace(declared, rows=dict.fromkeys(declared.rows, (1, 1_000)))}


def test_a_build_notices_a_file_that_is_added_or_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw, out, log = tmp_path / "raw", tmp_path / "store", tmp_path / "log"
    monkeypatch.setenv(small.STEPS_DONE, str(log))
    known = {name: replace(one, tidy=small._noting(one)) for name, one in _bounded("baci").items()}

    def years() -> list[int]:
        build_small(raw, out, known, only=["baci"])
        return build_small(raw, out, known, only=["baci"]).frame("trade")["year"].unique().sort().to_list()

    baci_files(raw)
    assert years() == [2022]
    assert log.read_text().split() == ["baci"]
    baci_files(raw, year=2023)
    assert years() == [2022, 2023]
    assert log.read_text().split() == ["baci"] * 2
    baci_files(raw, [(156, 410, "854110", 1.0)], year=2023)
    assert years() == [2022, 2023]
    assert log.read_text().split() == ["baci"] * 3


def test_neither_source_of_world_trade_is_built_unless_named(tmp_path: Path) -> None:
    assert {registry.sources()[name].publish for name in ("baci", "un_comtrade")} == {"nothing"}
    raw = tmp_path / "raw"
    shutil.copytree(small.RAW, raw)
    baci_files(raw)
    store = build_small(raw, tmp_path / "store", {**small.sources(), **_bounded("baci")})
    assert "baci" not in store.manifest["sources"]


# UN Comtrade


ROW: Mapping[str, Any] = {
    "typeCode": "C", "freqCode": "A", "refPeriodId": 20220101, "refYear": 2022, "refMonth": 52, "period": "2022",
    "reporterCode": 392, "reporterISO": "JPN", "reporterDesc": "Japan", "flowCode": "M", "flowDesc": "Import",
    "partnerCode": 156, "partnerISO": "CHN", "partnerDesc": "China", "partner2Code": 0, "partner2ISO": "W00",
    "partner2Desc": "World", "classificationCode": "H6", "classificationSearchCode": "HS",
    "isOriginalClassification": True, "cmdCode": "8541", "cmdDesc": "Semiconductor devices", "aggrLevel": 4,
    "isLeaf": False, "customsCode": "C00", "customsDesc": "TOTAL CPC", "mosCode": "0", "motCode": 0,
    "motDesc": "TOTAL MOT", "qtyUnitCode": -1, "qtyUnitAbbr": "N/A", "qty": 0, "isQtyEstimated": False,
    "altQtyUnitCode": -1, "altQtyUnitAbbr": "N/A", "altQty": 0, "isAltQtyEstimated": False, "netWgt": 0,
    "isNetWgtEstimated": False, "grossWgt": 0, "isGrossWgtEstimated": False, "cifvalue": 100.5, "fobvalue": None,
    "primaryValue": 100.5, "legacyEstimationFlag": 0, "isReported": False, "isAggregate": True,
}  # fmt: skip
"""A row with every column that website and API give."""


def row(partner: int, iso3: str | None, value: float | None, **columns: Any) -> dict[str, Any]:
    return {**ROW, "partnerCode": partner, "partnerISO": iso3, "cifvalue": value, "primaryValue": value, **columns}


def answered(raw: Path, rows: Sequence[Mapping[str, Any]], name: str = "comtrade-JPN.json", **told: Any) -> Path:
    """The rows as the API answers."""
    file = raw / "trade" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    answer = {"elapsedTime": "0.27 secs", "count": len(rows), "data": list(rows), "error": ""} | told
    file.write_text(json.dumps(answer), encoding="utf-8")
    return file


def downloaded(raw: Path, rows: Sequence[Mapping[str, Any]], name: str = "TradeData_11_22_2026_10_30_9.csv") -> Path:
    """The rows as the website writes them: Latin-1, and one comma too many in each but the first line."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(ROW), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    head, *lines = text.getvalue().splitlines()
    file = raw / "trade" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes("\n".join([head, *(f"{line}," for line in lines), ""]).encode("latin-1"))
    return file


MIXED = [
    row(0, "W00", 250.0),
    row(156, "CHN", 100.0),
    row(490, "S19", 120.0, partnerDesc="Other Asia, nes"),
    row(384, "CIV", 20.0, partnerDesc="Côte d'Ivoire"),
    row(899, "_X ", 10.0, partnerDesc="Areas, nes"),
    row(156, "CHN", 60.0, customsCode="C01"),
    row(156, "CHN", 40.0, motCode=1000),
    row(156, "CHN", 30.0, partner2Code=344, partner2ISO="HKG"),
    row(156, "CHN", 5.0, flowCode="RM"),
    row(156, "CHN", 9000.0, cmdCode="TOTAL"),
    row(156, "CHN", 9.0, freqCode="M", period="202201"),
    row(156, "CHN", 9.0, typeCode="S"),
    row(156, "CHN", 9.0, classificationCode="S4", cmdCode="776"),
    row(842, "USA", 70.0, flowCode="X"),
]
KEPT = [("CHN", "import", 100.0), ("CIV", "import", 20.0), ("TWN", "import", 120.0), ("USA", "export", 70.0)]
REASONS = {
    "services, or a month": 2,
    "a classification other than the HS": 1,
    "a flow within imports or exports": 1,
    "all goods together": 1,
    "by second partner, customs procedure or transport": 3,
    "partner World": 1,
    "partner is a region or a total": 1,
}


@pytest.mark.parametrize("write", [answered, downloaded])
def test_only_whole_rows_between_countries_are_taken(tmp_path: Path, write: Any) -> None:
    file = write(tmp_path, MIXED)
    tables, account = tidied(tmp_path, "un_comtrade")
    assert trade(tables["trade"], "partner_iso3", "flow") == KEPT
    assert tables["trade"].select("reporter_iso3", "good", "year").unique().rows() == [("JPN", "8541", 2022)]
    assert account.set_aside == {f"trade/{file.name}: {reason}": rows for reason, rows in REASONS.items()}
    assert not account.rejected
    assert not account.left_over


def test_economies_are_known_by_number_where_there_are_no_names(tmp_path: Path) -> None:
    """Without descriptions the API leaves out ISO codes; five economies have numbers of their own."""
    blank = {"reporterISO": None, "reporterDesc": None}
    partners = {
        842: "USA",
        757: "CHE",
        251: "FRA",
        699: "IND",
        579: "NOR",
        380: "ITA",
        490: "TWN",
        276: "DEU",
        8: "ALB",
    }
    answered(tmp_path, [row(number, None, 1.0, **blank) for number in (*partners, 0, 899, 97)])
    tables, account = tidied(tmp_path, "un_comtrade")
    assert set(tables["trade"]["partner_iso3"]) == set(partners.values())
    assert set(tables["trade"]["reporter_iso3"]) == {"JPN"}
    assert account.set_aside["trade/comtrade-JPN.json: partner is a region or a total"] == 2


def test_partners_that_do_not_make_up_the_total_give_no_shares(tmp_path: Path) -> None:
    """90 of 100 named is enough, 89 is not; where there is no total this cannot be told."""
    rows = [row(0, "W00", 100.0, cmdCode=good) for good in ("8541", "8542")]
    rows += [row(156, "CHN", 90.0), row(156, "CHN", 89.0, cmdCode="8542"), row(156, "CHN", 1.0, cmdCode="8486")]
    answered(tmp_path, rows)
    tables, account = tidied(tmp_path, "un_comtrade")
    assert trade(tables["trade"], "good") == [("8486", 1.0), ("8541", 90.0)]
    assert account.set_aside["trade/comtrade-JPN.json: partners named do not make up the total"] == 1


def test_a_row_in_two_files_counts_once(tmp_path: Path) -> None:
    answered(tmp_path, MIXED)
    downloaded(tmp_path, [*MIXED, row(410, "KOR", 0.5, refYear=2023)])
    tables, account = tidied(tmp_path, "un_comtrade")
    assert tables["trade"].height == len(KEPT) + 1
    assert account.set_aside["rows that stand in another file too"] == len(KEPT)


def test_a_row_with_two_values_is_refused(tmp_path: Path) -> None:
    answered(tmp_path, [row(156, "CHN", 1.0)])
    answered(tmp_path, [row(156, "CHN", 2.0)], "comtrade-again.json")
    assert "('JPN', 'CHN', 'import', '8541', 2022) stands more than once" in why(tmp_path, "un_comtrade")


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"count": 3}, "announces 3 rows and holds 1; fetch it again"),
        ({"error": "Too many records"}, "holds an error of the API: Too many records"),
        ({"data": None}, "is no answer of the Comtrade API"),
    ],
)
def test_an_answer_that_is_not_whole_is_refused(tmp_path: Path, told: Mapping[str, Any], reason: str) -> None:
    answered(tmp_path, [row(156, "CHN", 1.0)], **told)
    assert reason in why(tmp_path, "un_comtrade")


def test_an_answer_that_breaks_off_is_refused(tmp_path: Path) -> None:
    file = answered(tmp_path, MIXED)
    file.write_bytes(file.read_bytes()[:-200])
    assert "comtrade-JPN.json is no answer of the Comtrade API" in why(tmp_path, "un_comtrade")


def test_columns_that_are_not_there_are_named(tmp_path: Path) -> None:
    answered(tmp_path, [{name: value for name, value in ROW.items() if name not in ("customsCode", "primaryValue")}])
    assert "has no column customsCode, primaryValue" in why(tmp_path, "un_comtrade")


def test_rows_without_value_or_with_a_strange_partner_are_rejected(tmp_path: Path) -> None:
    many = [row(156, "CHN", 1.0, cmdCode=f"85{n:04}") for n in range(400)]
    answered(tmp_path, [*many, row(410, "KOR", None), row(999, "QQQ", 1.0), row(410, "KOR", 1.0, cmdCode="85x1")])
    _, account = tidied(tmp_path, "un_comtrade")
    assert account.rejected == {
        "trade/comtrade-JPN.json: cmdCode is no code of the HS": 1,
        "trade/comtrade-JPN.json: primaryValue is empty": 1,
        "trade/comtrade-JPN.json: partner 'QQQ' is not a known country": 1,
    }


def test_without_files_it_says_how_to_get_them(tmp_path: Path) -> None:
    assert "legation fetch comtrade" in why(tmp_path, "un_comtrade")


# An extract of it


def extracted(raw: Path, rows: Iterable[tuple[str, float, int, str]], unit: str = "USD") -> None:
    head = "reporter,partner,value,year,source,axis,product_code,sub_category,unit"
    lines = [f"JP,{p},{v},{y},un_comtrade,technology,{good},x,{unit}" for p, v, y, good in rows]
    (raw / "trade").mkdir(parents=True, exist_ok=True)
    (raw / "trade" / "japan_comtrade_x.csv").write_bytes("\r\n".join([head, *lines, ""]).encode())


def test_an_extract_of_imports_is_read(tmp_path: Path) -> None:
    extracted(tmp_path, [("CN", 70.5, 2022, "8541"), ("NA", 30.0, 2022, "8541")])
    tables, account = tidied(tmp_path, "un_comtrade")
    assert trade(tables["trade"], "partner_iso3", "flow") == [("CHN", "import", 70.5), ("NAM", "import", 30.0)]
    assert not account.left_over


def test_a_year_that_breaks_off_in_an_extract_is_set_aside(tmp_path: Path) -> None:
    """Four suppliers, then two, then one more good with none before it: a half is enough, a quarter is not."""
    four, two = ("CN", "KR", "US", "DE"), ("CN", "KR")
    rows = [(p, 1.0, 2022, good) for good in ("8541", "8542") for p in four]
    rows += [(p, 1.0, 2023, "8541") for p in two] + [("CN", 1.0, 2023, "8542"), ("CN", 1.0, 2023, "8486")]
    extracted(tmp_path, rows)
    tables, account = tidied(tmp_path, "un_comtrade")
    of_2023 = tables["trade"].filter(year=2023)
    assert of_2023.select("good", "partner_iso3").rows() == [("8486", "CHN"), ("8541", "CHN"), ("8541", "KOR")]
    reason = "under half of the suppliers of the year before"
    assert account.set_aside == {f"trade/japan_comtrade_x.csv: {reason}": 1}


def test_values_in_another_unit_are_refused(tmp_path: Path) -> None:
    extracted(tmp_path, [("CN", 70.5, 2022, "8541")], unit="EUR")
    assert "unit is not USD" in why(tmp_path, "un_comtrade")


def test_the_imports_of_japan_at_hand(raw: Path) -> None:
    """All 833 rows but the seven of 2024 that are a rest; the values of the largest suppliers off the file."""
    tables, account = tidied(raw, "un_comtrade")
    assert tables["trade"].height == 833 - 7
    assert not account.rejected
    chips = tables["trade"].filter(good="8542", year=2022).sort("value_usd", descending=True)
    assert chips.select("partner_iso3", "value_usd").rows()[:2] == [("USA", 2685103796.809), ("CHN", 2631470568.84)]
    assert tables["trade"].filter(partner_iso3="TWN").is_empty()
    assert un_comtrade.SOURCE.publish == "nothing"
