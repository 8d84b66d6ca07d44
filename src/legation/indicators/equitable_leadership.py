"""Of the works two countries sign together, how many does the partner lead?

For home h (`iso3`) and partner p (`partner_iso3`), among their joint works of the last complete years of the
collection. *Led* by a country is a work whose first author signs from it, or one of whose corresponding authors does,
where the source knows them: a work can be led by both countries, or by a third. *First-author credit* is one for each
work, divided equally among the countries of its first author, so that the shares of h, of p and of third countries
add up to one for each pair. Works of which only a list of countries is known have no first author, and of some the
country of the first author is not known: these are left out and counted. A collection of which no first author is
known gives no rows.
"""

import polars as pl

from legation.constants import OUTPUT_LAG_YEARS, WINDOW_YEARS
from legation.indicators._measures import with_interval
from legation.indicators._works import countries_of, window
from legation.model import Example, Indicator, Measure

INDICATOR = Indicator(
    label={"en": "Leadership in joint works", "ko": "공동연구 주도 비중"},
    measures=with_interval(
        "partner_leads",
        {"en": "Led by the partner", "ko": "상대국 주도 비중"},
        "share of joint works whose first author's country is known",
        None,
    )
    | {
        "home_leads": Measure(
            {"en": "Led by the home country", "ko": "자국 주도 비중"},
            "share of joint works whose first author's country is known",
            None,
            "share",
        ),
        "partner_first_author": Measure(
            {"en": "First-author credit of the partner", "ko": "상대국 제1저자 기여 비중"},
            "share of first-author credit for joint works",
            None,
            "share",
        ),
        "joint_works": Measure(
            {"en": "Joint works, leader known", "ko": "주도국이 확인된 공동논문 수"}, "works", None, "count"
        ),
        "works_left_out": Measure(
            {"en": "Joint works left out: leader not known", "ko": "주도국 미상으로 제외된 공동논문 수"},
            "works",
            None,
            "count",
        ),
        "corresponding_known": Measure(
            {"en": "Joint works with a known corresponding author", "ko": "교신저자가 확인된 공동논문 비중"},
            "share of joint works whose first author's country is known",
            None,
            "share",
        ),
    },
    formula=r"\ell_{hp} = \frac{|\{w \in W_{hp} : p \in F_w \cup R_w\}|}{|W_{hp}|},\quad "
    r"f_{hp} = \frac{1}{|W_{hp}|}\sum_{w \in W_{hp}} \frac{[p \in F_w]}{|F_w|},\quad "
    r"F_w, R_w: \text{countries of the first, of the corresponding authors}",
    reference="Chinchilla-Rodríguez, Sugimoto & Larivière 2019, doi:10.1371/journal.pone.0218309; "
    "González-Alcaide et al. 2017, doi:10.1371/journal.pone.0182513; Wilson 1927, doi:10.1080/01621459.1927.10502953",
    by=("source", "scope"),
    key=("first_year", "year", "iso3", "partner_iso3"),
    caveats=("place_is_not_leadership", "corresponding_authors_are_patchy", "small_counts_are_volatile"),
    example=Example(
        given={
            "works": """
                work_id  year  country_list_only
                a        2019  false
                b        2019  false
                c        2020  false
                d        2020  true
                e        2020  false
                f        2021  false
            """,
            "authorships": """
                work_id  position  iso3  countries  corresponding
                a        0         KOR   1          false
                a        1         CHE   1          true
                b        0         CHE   2          -
                b        0         USA   2          -
                b        1         KOR   1          -
                c        0         USA   1          true
                c        1         KOR   1          false
                c        2         CHE   1          false
                d        0         CHE   1          -
                d        1         KOR   1          -
                e        0         -     0          -
                e        1         KOR   1          -
                e        2         CHE   1          -
                f        0         KOR   1          -
                f        1         CHE   1          -
            """,
        },
        expect="""
            first_year  year  iso3  partner_iso3  joint_works  works_left_out  partner_leads   home_leads      partner_first_author  corresponding_known
            2016        2020  KOR   CHE           3            2               0.666666666667  0.333333333333  0.166666666667        0.666666666667
            2016        2020  CHE   KOR           3            2               0.333333333333  0.666666666667  0.333333333333        0.666666666667
            2016        2020  KOR   USA           2            0               1.0             0.0             0.75                  0.5
            2016        2020  USA   KOR           2            0               0.0             1.0             0.0                   0.5
            2016        2020  CHE   USA           2            0               1.0             0.5             0.75                  0.5
            2016        2020  USA   CHE           2            0               0.5             1.0             0.25                  0.5
        """,  # noqa: E501
        working="Korea and Switzerland wrote a to e; d is a list of countries and the first author of e has no "
        "country, so three count (f is too new). Switzerland leads a (corresponding author) and b (first author), "
        "Korea a. First-author credit: a to Korea, b half to Switzerland and half to the United States, c to the "
        "United States: 1/3 + 1/6 + 1/2 = 1.",
    ),
    is_not="who had the idea or paid: fields differ in how they order authors.",
    checked="brute force; first-author credit of home, partner and third countries adds up to one",
)


def compute(
    works: pl.DataFrame,
    authorships: pl.DataFrame,
    *,
    window_years: int = WINDOW_YEARS,
    lag_years: int = OUTPUT_LAG_YEARS,
) -> pl.DataFrame:
    from legation.resampling import wilson

    recent, dates = window(works, window_years, lag_years, snapshots=True)
    on = _leads(countries_of(recent, authorships).filter(pl.col("countries") > 1), recent, authorships)
    if not on["known"].any():
        on = on.clear()
    of_partner = on.select("work_id", partner_iso3="iso3", partner_leads="leads", partner_first_author="first_author")
    joint = on.join(of_partner, on="work_id", how="inner").filter(pl.col("iso3") != pl.col("partner_iso3"))
    known = pl.col("known")
    # Sorted, so that fractions are added in the same order every time.
    found = (
        joint.sort("work_id", "iso3", "partner_iso3")
        .group_by("iso3", "partner_iso3", maintain_order=True)
        .agg(
            joint_works=known.sum().cast(pl.Int64),
            works_left_out=(~known).sum().cast(pl.Int64),
            partner_leads=pl.col("partner_leads").filter(known).mean(),
            home_leads=pl.col("leads").filter(known).mean(),
            partner_first_author=pl.col("partner_first_author").filter(known).mean(),
            corresponding_known=pl.col("has_corresponding").filter(known).mean(),
        )
    )
    some = pl.col("joint_works") > 0
    low, high = wilson(*(found[c].cast(pl.Float64).fill_null(0.0).to_numpy() for c in ("partner_leads", "joint_works")))
    ends = {"partner_leads_low": pl.Series(low), "partner_leads_high": pl.Series(high)}
    return found.with_columns(**ends).with_columns(pl.when(some).then(c).alias(c) for c in ends).with_columns(**dates)


def _leads(on: pl.DataFrame, works: pl.DataFrame, authorships: pl.DataFrame) -> pl.DataFrame:
    """For each country of each work: whether it leads, its first-author credit, and whether the leader is known."""
    signed = authorships.join(works.filter(~pl.col("country_list_only")), on="work_id", how="semi")
    first = signed.filter(pl.col("position") == 0).drop_nulls("iso3")
    credit = first.select("work_id", "iso3", first_author=1.0 / pl.col("countries").cast(pl.Float64))
    corresponding = signed.filter(pl.col("corresponding").fill_null(False))
    of_country = corresponding.drop_nulls("iso3").select("work_id", "iso3", corresponds=True).unique()
    of_work = corresponding.select("work_id", has_corresponding=True).unique()
    return (
        on.join(credit, on=["work_id", "iso3"], how="left")
        .join(of_country, on=["work_id", "iso3"], how="left")
        .join(of_work, on="work_id", how="left")
        .join(first.select("work_id", known=True).unique(), on="work_id", how="left")
        .with_columns(
            pl.col("known", "has_corresponding", "corresponds").fill_null(False), pl.col("first_author").fill_null(0.0)
        )
        .with_columns(leads=(pl.col("first_author") > 0) | pl.col("corresponds"))
    )
