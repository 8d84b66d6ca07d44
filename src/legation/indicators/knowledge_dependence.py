"""How much of a country's most cited work is done together with one partner, and what would be left without it?

For home h (`iso3`) and partner p (`partner_iso3`), over the works and scores of `top10_share`: the share of h's most
cited works, each by its score, that p has signed too (full counting); and the share of h's own credit for them
(fractional counting) that would go if these works did. Thresholds stay where they are: nothing is assumed of what h
would do instead. Shares of several partners overlap and do not add up. The intervals are Wilson's, for Kish's effective
number of works, (Σx)² / Σx² of the weights x.
"""

import polars as pl

from legation.constants import CITATION_LAG_YEARS, WINDOW_YEARS
from legation.indicators._measures import with_interval
from legation.indicators._works import credits, top_score, window
from legation.indicators.top10_share import TOP
from legation.model import Example, Indicator, Measure

INDICATOR = Indicator(
    label={"en": "Knowledge dependence", "ko": "지식 의존도"},
    measures=with_interval(
        "with_partner",
        {"en": "Top 10 % works with the partner", "ko": "상위 10% 논문 중 상대국 공동논문 비중"},
        "share of the home country's top 10 % works, full counting",
        None,
    )
    | with_interval(
        "loss_without_partner",
        {"en": "Loss without works of the partner", "ko": "상대국 공동논문 제외 시 손실 비중"},
        "share of the home country's top 10 % works, fractional counting",
        None,
    )
    | {
        "joint_top10_works": Measure(
            {"en": "Top 10 % works with the partner", "ko": "상위 10% 공동논문 수"}, "works by score", None, "number"
        ),
        "top10_works_full": Measure(
            {"en": "Top 10 % works, full", "ko": "상위 10% 논문 수(전체 계수)"}, "works by score", None, "number"
        ),
    },
    formula=r"d_{hp} = \frac{\sum_{w \in W_h \cap W_p} z_w}{\sum_{w \in W_h} z_w},\quad "
    r"\lambda_{hp} = \frac{\sum_{w \in W_h \cap W_p} a_{hw} z_w}{\sum_{w \in W_h} a_{hw} z_w},\quad "
    r"z_w \text{ as in top10\_share}",
    reference="Waltman & Schreiber 2013, doi:10.1002/asi.22775; "
    "Chinchilla-Rodríguez, Sugimoto & Larivière 2019, doi:10.1371/journal.pone.0218309; "
    "Wilson 1927, doi:10.1080/01621459.1927.10502953",
    by=("source", "scope"),
    key=("first_year", "year", "iso3", "partner_iso3"),
    caveats=(
        "papers_are_not_capability",
        "collection_is_not_the_world",
        "citations_take_time",
        "small_counts_are_volatile",
        "works_of_many_countries",
    ),
    example=Example(
        given={
            "works": """
                work_id  year  field      citations  authors
                a        2020  physics    9          4
                b        2020  biology    9          1
                c        2020  chemistry  9          2
                d        2020  geology    0          1
                e        2022  physics    0          1
            """,
            "authorships": """
                work_id  position  iso3  countries
                a        0         KOR   1
                a        1         CHE   1
                a        2         CHE   1
                a        3         CHE   1
                b        0         KOR   1
                c        0         CHE   1
                c        1         USA   1
                d        0         KOR   1
                e        0         KOR   1
            """,
        },
        expect="""
            first_year  year  iso3  partner_iso3  joint_top10_works  top10_works_full  with_partner    loss_without_partner
            2016        2020  KOR   CHE           0.1                0.3               0.333333333333  0.111111111111
            2016        2020  CHE   KOR           0.1                0.2               0.5             0.6
            2016        2020  CHE   USA           0.1                0.2               0.5             0.4
            2016        2020  USA   CHE           0.1                0.1               1.0             1.0
        """,  # noqa: E501
        working="Each work is alone in its field and year and so has a score of 0.1. Korea has a, b and d, of which "
        "Switzerland signed a: 1/3. Korea's credit is a quarter of a and all of b and d: 0.25 / 2.25 = 1/9 would go. "
        "Switzerland has three quarters of a and half of c: 0.75 / 1.25 would go with Korea.",
    ),
    is_not="a forecast of what a break would cost: people would work on, with others or alone.",
    checked="brute force; both shares between 0 and 1 inside their intervals",
)


def compute(
    works: pl.DataFrame,
    authorships: pl.DataFrame,
    *,
    window_years: int = WINDOW_YEARS,
    lag_years: int = CITATION_LAG_YEARS,
) -> pl.DataFrame:
    recent, dates = window(works, window_years, lag_years, snapshots=False)
    scored = recent.drop_nulls("citations").with_columns(top=top_score(TOP)).filter(pl.col("top") > 0)
    given = credits(scored, authorships).join(scored.select("work_id", "top"), on="work_id", how="inner")
    own = given.select("work_id", "iso3", full="top", fractional=pl.col("top") * pl.col("credit"))
    partners = given.select("work_id", partner_iso3="iso3")
    joint = own.join(partners, on="work_id", how="inner").filter(pl.col("iso3") != pl.col("partner_iso3"))
    weights = (pl.col("full"), pl.col("fractional"))
    # Sorted, so that fractions are added in the same order every time.
    whole = (
        own.sort("work_id", "iso3")
        .group_by("iso3", maintain_order=True)
        .agg(
            *(w.sum().name.suffix("_whole") for w in weights),
            *(w.pow(2).sum().name.suffix("_squares") for w in weights),
        )
    )
    pairs = joint.sort("work_id", "iso3", "partner_iso3").group_by("iso3", "partner_iso3", maintain_order=True)
    found = pairs.agg(w.sum() for w in weights).join(whole, on="iso3", how="left")
    return found.with_columns(
        *_share(found, "full", "with_partner"),
        *_share(found, "fractional", "loss_without_partner"),
        joint_top10_works="full",
        top10_works_full="full_whole",
        **dates,
    ).drop("full", "fractional", "^.*_whole$", "^.*_squares$")


def _share(found: pl.DataFrame, weight: str, name: str) -> list[pl.Series]:
    """What is joint over the whole, and Wilson's interval for the effective number of works."""
    from legation.resampling import ratio, wilson

    part, whole, squares = (found[c].to_numpy() for c in (weight, f"{weight}_whole", f"{weight}_squares"))
    share = ratio(part, whole).clip(0.0, 1.0)
    low, high = wilson(share, ratio(whole**2, squares))
    return [pl.Series(name, share), pl.Series(f"{name}_low", low), pl.Series(f"{name}_high", high)]
