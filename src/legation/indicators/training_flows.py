"""Who trains whom: what part of a country's students from abroad come from one origin, and how many are they?

Every share is of the *host's* students from abroad, whether the publisher gives it (all levels and fields, about 40
hosts) or counts of student visas (doctoral and master's, by field, the United States alone). What part of an origin's
own students a host takes cannot be told from it. `measure` says which students are meant; the three are never added.
"""

import narwhals as nw

from legation.model import WORLD, Example, Indicator, Measure

BY = ("source", "first_year", "year", "scope", "measure")
SHARES = "share_of_students_from_abroad_percent"
COUNTS = ("visa_students_doctoral", "visa_students_masters")

INDICATOR = Indicator(
    label={"en": "Training flows", "ko": "유학생 흐름"},
    measures={
        "share_of_host": Measure(
            {"en": "Share of the partner's students from abroad", "ko": "상대국 외국인 학생 중 비중"},
            "share of students from abroad in the partner country",
            None,
            "share",
            ("students",),
        ),
        "students": Measure(
            {"en": "Students in the partner country", "ko": "상대국 유학생 수"},
            "students with a visa; empty where only shares are published",
            None,
            "count",
            ("students",),
        ),
    },
    formula=r"\sigma_{hp} = \frac{S_{h \to p}}{\sum_{h'} S_{h' \to p}}",
    reference="Beine, Noël & Ragot 2014, doi:10.1016/j.econedurev.2014.03.003",
    by=BY,
    key=("iso3", "partner_iso3"),
    caveats=("shares_of_a_host", "one_host_only"),
    example=Example(
        given={
            "students": """
                measure                                origin_iso3  destination_iso3  value
                share_of_students_from_abroad_percent  CHN          KOR               48.7
                share_of_students_from_abroad_percent  KOR          USA               4.3
                visa_students_doctoral                 WLD          USA               140000
                visa_students_doctoral                 CHN          USA               49000
                visa_students_doctoral                 KOR          USA               7000
                doctorates_awarded                     KOR          USA               900
            """
        },
        expect="""
            measure                                iso3  partner_iso3  share_of_host  students
            share_of_students_from_abroad_percent  CHN   KOR           0.487          -
            share_of_students_from_abroad_percent  KOR   USA           0.043          -
            visa_students_doctoral                 CHN   USA           0.35           49000
            visa_students_doctoral                 KOR   USA           0.05           7000
        """,
        working="China sends 48.7 % of Korea's students from abroad. Of 140,000 doctoral students on visas in the "
        "United States 7,000 are Korean, 5 %. Doctorates awarded are another matter (`doctorate_stay`).",
    ),
    is_not="how many an origin sends: a small share of a large host can be more students than all of a small one.",
    checked="brute force; shares of the visas listed do not exceed the host's total",
)


def compute(students: nw.LazyFrame) -> nw.LazyFrame:
    host = [*BY, "destination_iso3"]
    wanted = students.filter(nw.col("measure").is_in([SHARES, *COUNTS]))
    world = wanted.filter(nw.col("origin_iso3") == nw.lit(WORLD)).select(*host, total=nw.col("value"))
    rows = wanted.filter(nw.col("origin_iso3") != nw.lit(WORLD)).join(world, on=host, how="left")
    published = nw.col("measure") == nw.lit(SHARES)
    counted = nw.when(nw.col("total") > 0).then(nw.col("value") / nw.col("total"))
    return rows.with_columns(
        share_of_host=nw.when(published).then(nw.col("value") / 100).otherwise(counted),
        students=nw.when(~published).then(nw.col("value").cast(nw.Int64)),
    ).select(*BY, "share_of_host", "students", iso3="origin_iso3", partner_iso3="destination_iso3")
