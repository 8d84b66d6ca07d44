"""How fast do an economy's patents of a field grow, and how fast does its share of all listed economies'?

Compound growth over `window_years` years, to the newest year that looks complete: one in which the listed economies
have at least the part `complete_share` of the patents of the year before. Growth of the share is free of how much more
everybody patents. Kinds that are published for several years together have no growth. An economy the publisher does not
list in one of the years counts as having none then. The intervals come from drawing the counts of both years anew from
Poisson distributions.
"""

import polars as pl

from legation.constants import BOOTSTRAP_DRAWS, BOOTSTRAP_SEED, COMPLETE_YEAR_SHARE, WINDOW_YEARS
from legation.indicators import _growth
from legation.model import WORLD, Example, Indicator, Kept, Measure

INDICATOR = Indicator(
    label={"en": "Growth of patents", "ko": "특허 증가"},
    measures=_growth.RATES
    | {"patents_added": Measure({"en": "Patents added", "ko": "늘어난 특허 수"}, "patents", "higher", "number")},
    formula=r"g_c = (x_{cY} / x_{c,Y-5})^{1/5} - 1,\quad g_c^{s} = \frac{1 + g_c}{1 + g} - 1,\quad "
    r"x^{(b)} \sim \mathrm{Poisson}(x)",
    reference="Frietsch & Schmoch 2010, doi:10.1007/s11192-009-0082-2; Garwood 1936, doi:10.1093/biomet/28.3-4.437",
    by=("source", "kind", "scope"),
    key=("iso3",),
    caveats=("patents_are_not_use", "listed_economies_only", "interval_of_counts", "small_counts_are_volatile"),
    kept=(Kept(),),
    example=Example(
        given={
            "patents": """
                kind           iso3  scope   first_year  last_year  patents
                uspto_patents  KOR   optics  2018        2018       100
                uspto_patents  KOR   optics  2020        2020       225
                uspto_patents  JPN   optics  2018        2018       300
                uspto_patents  JPN   optics  2020        2020       175
                uspto_patents  CHE   optics  2020        2020       0
                uspto_patents  WLD   optics  2018        2018       900
                uspto_patents  WLD   optics  2020        2020       900
            """
        },
        settings={"window_years": 2, "draws": 50},
        expect="""
            iso3  kind           scope   first_year  year  annual_growth    share_growth     patents_added
            KOR   uspto_patents  optics  2018        2020  0.5              0.5              125
            JPN   uspto_patents  optics  2018        2020  -0.236237384174  -0.236237384174  -125
            CHE   uspto_patents  optics  2018        2020  -                -                0
        """,
        working="Korea's patents are 2.25 times as many after two years: 50 % a year. The three economies have 400 in "
        "both years, so shares grow as patents do; the publisher's world row is not used. Switzerland has none.",
    ),
    is_not="growth of invention: offices examine at their own pace, and firms change what they file.",
    checked="brute force; shares of a field that nobody adds to grow as counts do",
)


def compute(
    patents: pl.DataFrame,
    *,
    window_years: int = WINDOW_YEARS,
    complete_share: float = COMPLETE_YEAR_SHARE,
    draws: int = BOOTSTRAP_DRAWS,
    seed: int = BOOTSTRAP_SEED,
) -> pl.DataFrame:
    yearly = patents.filter(pl.col("iso3") != WORLD, pl.col("first_year") == pl.col("year"))
    end = _growth.newest_complete_year(yearly, "patents", complete_share)
    found = _growth.growth(yearly, "patents", end - window_years, end, draws, seed).drop("^growth_share.*$")
    dates = {"first_year": pl.lit(end - window_years, pl.Int64), "year": pl.lit(end, pl.Int64)}
    return found.rename({"added": "patents_added"}).with_columns(**dates)
