"""How many researchers who began in one country are now in another?

Of identified authors: origin is the country of the first active year in the record, the present country that of the
last active year, each the country from which most works of the year were signed. A last year that is a tie is settled
as in `moves`, or passed over; authors whose first year is a tie have no single origin and are left out. Everyone in the
record counts, however long ago last seen, so that over the hosts the stock is all who began there less those at home.
"""

import narwhals as nw

from legation.indicators._careers import careers
from legation.model import Example, Indicator, Measure

KEY = ("first_year", "year", "iso3", "partner_iso3")
WORLDS = ("source", "scope")

INDICATOR = Indicator(
    label={"en": "Diaspora of researchers", "ko": "해외 진출 연구자"},
    measures={
        "diaspora_stock": Measure(
            {"en": "Began here, now with the partner", "ko": "이 나라 출신으로 상대국에 있는 연구자"},
            "researchers; empty = 1 to 4",
            None,
            "count",
            ("diaspora_stock",),
        )
    },
    formula=r"D_{hp} = \left|\{a : o_a = h,\; m_{a y_n} = p\}\right|,\quad p \ne h",
    reference="Robinson-Garcia et al. 2019, doi:10.1016/j.joi.2018.11.002",
    by=WORLDS,
    key=KEY,
    caveats=(
        "affiliations_are_not_passports",
        "origin_is_where_the_record_begins",
        "last_seen_is_not_now",
        "identified_authors_only",
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
                b        0         ann     USA
                a        1         bo      KOR
                c        0         bo      USA
                a        2         cho     KOR
                b        1         cho     USA
                c        1         cho     KOR
                a        3         dan     CHE
                c        2         dan     KOR
                a        4         eva     KOR
            """,
        },
        expect="""
            first_year  year  iso3  partner_iso3  diaspora_stock
            2018        2020  KOR   USA           2
            2018        2020  CHE   KOR           1
        """,
        working="Ann and Bo began in Korea and are last seen in the United States; Cho is back, Eva never left. Dan "
        "came from Switzerland. In a store both cells, of fewer than five researchers, would be blank.",
    ),
    is_not="emigrants: nationals trained abroad from the start are not in it, and foreigners who began here are.",
    checked="brute force over each career; over hosts, all who began in a country less those at home",
)


def compute(works: nw.LazyFrame, authorships: nw.LazyFrame) -> nw.LazyFrame:
    abroad = careers(works, authorships).filter(nw.col("origin_iso3") != nw.col("current_iso3"))
    pairs = abroad.select(*WORLDS, "first_year", "year", iso3="origin_iso3", partner_iso3="current_iso3")
    return pairs.group_by(*WORLDS, *KEY).agg(diaspora_stock=nw.len().cast(nw.Int64))
