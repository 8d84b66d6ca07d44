"""Who leads a country's joint works with poor and with rich partners?

`equitable_leadership` added up over the partners of each income group (see `income_group`), each pair weighted with its
joint works: a work with two partners of a group counts for both. Partners without a figure of income, such as Taiwan,
stand in a group of their own, `unknown`. The share of the home country (`iso3`) is given beside that of the partners;
both lead some works, and third countries others. There is no interval, because works of several partners are counted
more than once.
"""

import narwhals as nw
import polars as pl

from legation.constants import NEWEST_VALUE_YEARS
from legation.indicators._macro import INCOME_GROUPS, with_income_group
from legation.model import Example, Indicator, Measure

UNIT = "share of joint works with each partner of the group, added up"
UNKNOWN = "unknown"
KEY = ("first_year", "year", "iso3", "partner_income_group")

INDICATOR = Indicator(
    label={"en": "Leadership by income of the partner", "ko": "상대국 소득수준별 주도 비중"},
    measures={
        "partner_leads": Measure({"en": "Led by the partner", "ko": "상대국 주도 비중"}, UNIT, None, "share"),
        "home_leads": Measure({"en": "Led by the home country", "ko": "자국 주도 비중"}, UNIT, None, "share"),
        "joint_works": Measure(
            {"en": "Joint works, leader known", "ko": "주도국이 확인된 공동논문 수"},
            "works, once for each partner of the group",
            None,
            "count",
        ),
        "partners": Measure({"en": "Partners", "ko": "상대국 수"}, "countries", None, "count"),
    },
    formula=r"\ell_{hg} = \frac{\sum_{p \in g} |W_{hp}|\,\ell_{hp}}{\sum_{p \in g} |W_{hp}|}",
    reference="Chinchilla-Rodríguez, Sugimoto & Larivière 2019, doi:10.1371/journal.pone.0218309; "
    "Fantom & Serajuddin 2016, doi:10.1596/1813-9450-7528",
    by=("source", "scope"),
    key=KEY,
    caveats=(
        "place_is_not_leadership",
        "corresponding_authors_are_patchy",
        "income_groups_from_gdp",
        "works_of_many_countries",
        "small_counts_are_volatile",
    ),
    example=Example(
        given={
            "equitable_leadership": """
                iso3  partner_iso3  joint_works  partner_leads  home_leads
                KOR   CHE           30           0.5            0.4
                KOR   USA           70           0.6            0.3
                KOR   KEN           10           0.2            0.7
                KOR   TWN           5            0.4            0.6
                KOR   BDI           0            -              -
            """,
            "macro": """
                measure             iso3  year  value
                gdp_per_capita_usd  CHE   2024  100000
                gdp_per_capita_usd  USA   2024  85000
                gdp_per_capita_usd  KEN   2024  2200
                gdp_per_capita_usd  BDI   2024  150
            """,
        },
        expect="""
            iso3  partner_income_group  joint_works  partners  partner_leads  home_leads
            KOR   high                  100          2         0.57           0.33
            KOR   lower-middle          10           1         0.2            0.7
            KOR   unknown               5            1         0.4            0.6
        """,
        working="With high income: (30 × 0.5 + 70 × 0.6) / 100 = 57 % led by the partner. No work with Burundi has a "
        "known leader.",
    ),
    is_not="a measure of fairness by itself: fields differ in how they order authors, and projects in who pays.",
    checked="brute force; joint works of the groups add up to those of the partners",
)


def compute(
    equitable_leadership: pl.DataFrame, macro: pl.DataFrame, *, oldest_years: int = NEWEST_VALUE_YEARS
) -> pl.DataFrame:
    of_any_source = nw.from_native(macro.with_columns(source=pl.lit("")).lazy())
    groups = with_income_group(of_any_source, oldest_years).select("iso3", "income_group").to_native().collect()
    partners = groups.rename({"iso3": "partner_iso3", "income_group": "partner_income_group"})
    known = equitable_leadership.filter(pl.col("joint_works") > 0).join(partners, on="partner_iso3", how="left")
    works = pl.col("joint_works")
    leads = {name: (pl.col(name) * works).sum() / works.sum() for name in ("partner_leads", "home_leads")}
    counts = {"joint_works": works.sum(), "partners": pl.len().cast(pl.Int64)}
    found = known.with_columns(pl.col("partner_income_group").fill_null(UNKNOWN)).group_by(KEY).agg(**leads, **counts)
    order = pl.col("partner_income_group").replace_strict({g: i for i, g in enumerate((*INCOME_GROUPS, UNKNOWN))})
    return found.sort("first_year", "year", "iso3", order)
