"""How many of the works of two countries are carried by people who know both?

Of the joint works of the last complete years, those with an author who has signed from both countries up to the year of
the work, in this work or in any earlier of the record, whatever other countries in between. Only joint works with an
identified author count, because nobody else can be followed. Where 1 to 4 researchers make all the bridges of a pair,
the share is blank.
"""

import polars as pl

from legation.constants import OUTPUT_LAG_YEARS, WINDOW_YEARS
from legation.indicators._measures import with_interval
from legation.indicators._works import window
from legation.model import Example, Indicator, Measure

PAIR = ("iso3", "partner_iso3")
BRIDGES = ("bridging_researchers",)
SHARE = {"en": "Joint works with a bridging author", "ko": "양국 경험 연구자가 참여한 공동논문 비율"}
SHARES = with_interval("bridge_share", SHARE, "share of joint works; empty = suppressed", None)

INDICATOR = Indicator(
    label={"en": "Bridge share", "ko": "가교 연구자 참여 비율"},
    measures={
        **{name: Measure(m.label, m.unit, m.better, m.format, BRIDGES) for name, m in SHARES.items()},
        "joint_works": Measure(
            {"en": "Joint works", "ko": "공동논문"}, "works with an identified author", None, "count"
        ),
        "bridge_works": Measure(
            {"en": "Works with a bridging author", "ko": "가교 연구자 참여 논문"}, "works", None, "count", BRIDGES
        ),
        "bridging_researchers": Measure(
            {"en": "Bridging researchers", "ko": "가교 연구자"}, "researchers; empty = 1 to 4", None, "count", BRIDGES
        ),
    },
    formula=r"b_{hp} = \frac{|\{w : h, p \in C_w,\; \exists a \in w : h, p \in "
    r"\bigcup_{y \le y_w} C_{ay}\}|}{|\{w : h, p \in C_w\}|}",
    reference="Robinson-Garcia et al. 2019, doi:10.1016/j.joi.2018.11.002; "
    "Wilson 1927, doi:10.1080/01621459.1927.10502953",
    by=("source", "scope"),
    key=("first_year", "year", *PAIR),
    caveats=(
        "affiliations_are_not_passports",
        "identified_authors_only",
        "collection_is_not_the_world",
        "works_of_many_countries",
        "blank_is_one_to_four",
        "small_counts_are_volatile",
    ),
    example=Example(
        given={
            "works": """
                work_id  year
                a        2018
                b        2019
                c        2020
                d        2020
            """,
            "authorships": """
                work_id  position  author  iso3
                a        0         ann     KOR
                b        0         ann     USA
                b        1         bo      KOR
                c        0         bo      KOR
                c        1         cho     USA
                d        0         -       KOR
                d        1         -       USA
            """,
        },
        settings={"window_years": 3, "lag_years": 0},
        expect="""
            first_year  year  iso3  partner_iso3  joint_works  bridge_works  bridging_researchers  bridge_share
            2018        2020  KOR   USA           2            1             1                     0.5
            2018        2020  USA   KOR           2            1             1                     0.5
        """,
        working="Ann published from Korea in 2018 and from the United States in 2019, so b has a bridge; neither Bo "
        "nor Cho has both. Nobody on d is identified. In a store one bridging researcher is blank, as is the share.",
    ),
    is_not="proof that people who moved made the tie: joint works also lead to moves.",
    checked="brute force over each work and career; the same from both sides",
)


def compute(
    works: pl.DataFrame,
    authorships: pl.DataFrame,
    *,
    window_years: int = WINDOW_YEARS,
    lag_years: int = OUTPUT_LAG_YEARS,
) -> pl.DataFrame:
    from legation.resampling import ratio, wilson

    recent, dates = window(works, window_years, lag_years, snapshots=True)
    signed = authorships.drop_nulls("author").select("work_id", "author", "iso3")
    located = authorships.drop_nulls("iso3").select("work_id", "iso3").unique()
    known = located.join(recent.select("work_id", "year"), on="work_id").join(signed, on="work_id", how="semi")
    joint = known.join(known.select("work_id", partner_iso3="iso3"), on="work_id").filter(
        pl.col("iso3") != pl.col("partner_iso3")
    )
    both = _both(works, signed)
    bridges = (
        joint.join(signed.select("work_id", "author").unique(), on="work_id")
        .join(both, on=["author", *PAIR])
        .filter(pl.col("since") <= pl.col("year"))
        .group_by(PAIR)
        .agg(bridge_works=pl.col("work_id").n_unique(), bridging_researchers=pl.col("author").n_unique())
    )
    counted = joint.group_by(PAIR).agg(joint_works=pl.len()).join(bridges, on=PAIR, how="left").fill_null(0)
    pairs = counted.with_columns(pl.col("joint_works", "bridge_works", "bridging_researchers").cast(pl.Int64)).sort(
        PAIR
    )
    of = pairs["joint_works"].cast(pl.Float64).to_numpy()
    share = ratio(pairs["bridge_works"].cast(pl.Float64).to_numpy(), of)
    ends = zip(SHARES, (share, *wilson(share, of)), strict=True)
    return pairs.with_columns(pl.Series(name, found, pl.Float64) for name, found in ends).with_columns(**dates)


def _both(works: pl.DataFrame, signed: pl.DataFrame) -> pl.DataFrame:
    """Authors who signed from two countries, with the year from which they had: both directions of each pair."""
    dated = signed.drop_nulls("iso3").join(works.select("work_id", "year"), on="work_id")
    first = dated.group_by("author", "iso3").agg(since=pl.col("year").min())
    other = first.select("author", partner_iso3="iso3", other_since="since")
    pairs = first.join(other, on="author").filter(pl.col("iso3") != pl.col("partner_iso3"))
    return pairs.select("author", *PAIR, since=pl.max_horizontal("since", "other_since"))
