"""How many of the researchers who began in a country stayed, travel, left, or came back?

Of identified authors, from the countries they sign from in each active year of the whole record. Origin is the country
of the first active year: the one from which most works of it were signed. Where that is a tie, there is no origin; such
authors are counted apart, and most of them sign from several countries all along. Then

- *non-mobile*: never signed from another country;
- *traveller*: did, and signed from the origin too in every active year;
- *returnee*: had active years without the origin, and signed from it again in the last one;
- *migrant*: had active years without the origin, the last one among them.

Authors with fewer than `least_years` active years are left out: they cannot be seen to move. Where a class has 1 to 4
researchers, it and the total stay blank, and the other shares are over the middle of what the total can be.
"""

import narwhals as nw

from legation.constants import CAREER_LEAST_YEARS
from legation.indicators._careers import careers
from legation.model import SUPPRESSED_BELOW_RESEARCHERS, Example, Indicator, Measure, Text

CLASSES: dict[str, Text] = {
    "non_mobile": {"en": "Non-mobile", "ko": "비이동"},
    "travellers": {"en": "Travellers, tie to the origin kept", "ko": "여행형(출신국 소속 유지)"},
    "migrants": {"en": "Migrants, tie to the origin lost", "ko": "이주형(출신국 소속 상실)"},
    "returnees": {"en": "Returnees", "ko": "귀환자"},
}
COUNT, SHARE = "researchers; empty = suppressed", "share of researchers who began here; empty = suppressed"
MIDDLE_OF_A_BLANK = SUPPRESSED_BELOW_RESEARCHERS / 2
KEY = ("first_year", "year", "iso3")
WORLDS = ("source", "scope")

INDICATOR = Indicator(
    label={"en": "Mobility classes", "ko": "연구자 이동 유형"},
    measures={
        "researchers": Measure(
            {"en": "Researchers who began here", "ko": "이 나라에서 시작한 연구자"},
            COUNT,
            None,
            "count",
            ("researchers", *CLASSES),
        ),
        **{name: Measure(label, COUNT, None, "count", (name,)) for name, label in CLASSES.items()},
        **{
            f"{name}_share": Measure(
                {"en": f"{label['en']}, share", "ko": f"{label['ko']} 비중"}, SHARE, None, "share", (name,)
            )
            for name, label in CLASSES.items()
        },
        "without_origin": Measure(
            {"en": "Without a single origin, all countries", "ko": "출신국 미상(전체)"},
            COUNT,
            None,
            "count",
            ("without_origin",),
        ),
    },
    formula=r"o_a = \mathrm{mode}(C_{a y_1});\quad \text{non-mobile: } \textstyle\bigcup_y C_{ay} = \{o_a\};\quad "
    r"\text{traveller: } \forall y\; o_a \in C_{ay};\quad \text{returnee: } \exists y\; o_a \notin C_{ay} \wedge "
    r"o_a \in C_{a y_n};\quad \text{migrant: } o_a \notin C_{a y_n}",
    reference="Robinson-Garcia et al. 2019, doi:10.1016/j.joi.2018.11.002",
    by=WORLDS,
    key=KEY,
    caveats=(
        "affiliations_are_not_passports",
        "origin_is_where_the_record_begins",
        "last_seen_is_not_now",
        "identified_authors_only",
        "blank_is_one_to_four",
    ),
    example=Example(
        given={
            "works": """
                work_id  year
                a        2018
                b        2019
                c        2020
            """,
            "authorships": """
                work_id  position  author  iso3
                a        0         ann     KOR
                b        0         ann     KOR
                a        1         bo      KOR
                b        1         bo      KOR
                b        1         bo      USA
                a        2         cho     KOR
                c        0         cho     USA
                a        3         dan     KOR
                b        2         dan     CHE
                c        1         dan     KOR
                a        4         eva     KOR
                a        5         fay     KOR
                a        5         fay     CHE
                c        2         fay     CHE
            """,
        },
        expect="""
            first_year  year  iso3  researchers  non_mobile  travellers  migrants  returnees  without_origin
            2018        2020  KOR   4            1           1           1         1          1
        """,
        working="Ann stayed, Bo added the United States, Cho left for it, Dan came back from Switzerland. Eva has one "
        "active year and is left out; Fay began in two countries at once and has no single origin. In a store each of "
        "these counts, of fewer than five researchers, would be blank.",
    ),
    is_not="a count of all who left: moves before the first publication and after the last are not seen.",
    checked="brute force over each career; classes of an origin sum to its researchers",
)


def compute(works: nw.LazyFrame, authorships: nw.LazyFrame, *, least_years: int = CAREER_LEAST_YEARS) -> nw.LazyFrame:
    followed = careers(works, authorships).filter(nw.col("active_years") >= least_years)
    kept, back = nw.col("home_years") == nw.col("active_years"), nw.col("last_home") == nw.col("last")
    tied = nw.col("origin_iso3").is_null()
    by_class = {
        "non_mobile": nw.col("countries") == 1,
        "travellers": (nw.col("countries") > 1) & kept,
        "migrants": ~back,
        "returnees": ~kept & back,
    }
    ones = {name: nw.when(of & ~tied).then(nw.lit(1)).otherwise(nw.lit(0)) for name, of in by_class.items()}
    without = nw.when(tied).then(nw.lit(1)).otherwise(nw.lit(0)).sum().over(*WORLDS)
    counted = (
        followed.with_columns(**ones, without_origin=without)
        .filter(~nw.col("origin_iso3").is_null())
        .group_by(*WORLDS, "first_year", "year", "origin_iso3", "without_origin")
        .agg(nw.len().cast(nw.Int64).alias("researchers"), *(nw.col(name).sum().cast(nw.Int64) for name in ones))
    )
    shares = {f"{name}_share": nw.col(name).cast(nw.Float64) / nw.col("told") for name in CLASSES}
    named = counted.with_columns(told=nw.sum_horizontal(*(_told(name) for name in CLASSES))).with_columns(
        **shares, iso3=nw.col("origin_iso3"), without_origin=nw.col("without_origin").cast(nw.Int64)
    )
    return named.select(*WORLDS, *KEY, *INDICATOR.measures)


def _told(name: str) -> nw.Expr:
    """What is told of a class: its researchers, or the middle of 1 to 4."""
    count, few = nw.col(name).cast(nw.Float64), nw.col(name).is_between(1, SUPPRESSED_BELOW_RESEARCHERS - 1)
    return nw.when(few).then(nw.lit(MIDDLE_OF_A_BLANK)).otherwise(count)
