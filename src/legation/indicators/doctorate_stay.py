"""Of the foreigners who take a doctorate, how many plan to stay in the country that trained them?

Temporary residents who are awarded a research doctorate in science, engineering or health in the United States: the
share that plans to stay, and the share that has a definite commitment (a contract or a fellowship). By origin for all
fields; by field for all origins together, whose `iso3` is WLD. Each period is compared with the one before it, as the
publisher cuts them. The interval is Wilson's, with the doctorates as the number of trials: it shows chance alone.
"""

import polars as pl

from legation.indicators._measures import with_interval
from legation.model import Example, Indicator, Measure

UNIT, CHANGE = "share of doctorates to temporary residents", "difference of shares to the period before"
KINDS = {"plan": "plan_to_stay_percent", "definite": "definite_plan_to_stay_percent"}
LABELS = {
    "plan": {"en": "Plan to stay", "ko": "체류 계획"},
    "definite": {"en": "Have a definite commitment to stay", "ko": "체류 확정"},
}
CHANGES = {
    "plan": {"en": "Plan to stay, change", "ko": "체류 계획 비율 변화"},
    "definite": {"en": "Definite commitment, change", "ko": "체류 확정 비율 변화"},
}
WHO = ("iso3", "partner_iso3")

INDICATOR = Indicator(
    label={"en": "Stay plans of doctorates", "ko": "외국인 박사의 체류 계획"},
    measures={
        **with_interval("plan_to_stay_share", LABELS["plan"], UNIT, None),
        **with_interval("definite_plan_to_stay_share", LABELS["definite"], UNIT, None),
        "plan_to_stay_change": Measure(CHANGES["plan"], CHANGE, None, "number"),
        "definite_plan_to_stay_change": Measure(CHANGES["definite"], CHANGE, None, "number"),
        "doctorates": Measure({"en": "Doctorates", "ko": "박사학위"}, "doctorates", None, "count"),
        "plan_to_stay": Measure({"en": "Plan to stay, about", "ko": "체류 계획자(추정)"}, "doctorates", None, "count"),
    },
    formula=r"s_h = P_h / N_h,\quad \Delta s_h = s_h^{(t)} - s_h^{(t-1)},\quad "
    r"\frac{s + z^2/2N \pm z\sqrt{s(1-s)/N + z^2/4N^2}}{1 + z^2/N}",
    reference="National Center for Science and Engineering Statistics, Survey of Earned Doctorates; "
    "Wilson 1927, doi:10.1080/01621459.1927.10502953",
    by=("source", "scope"),
    key=("first_year", "year", *WHO),
    caveats=("plans_are_not_stays", "one_host_only"),
    example=Example(
        given={
            "students": """
                measure                        origin_iso3  destination_iso3  first_year  last_year  value
                doctorates_awarded             KOR          USA               2014        2017       2000
                doctorates_awarded             KOR          USA               2018        2021       1600
                plan_to_stay_percent           KOR          USA               2014        2017       60
                plan_to_stay_percent           KOR          USA               2018        2021       65
                definite_plan_to_stay_percent  KOR          USA               2014        2017       40
                definite_plan_to_stay_percent  KOR          USA               2018        2021       50
            """
        },
        expect="""
            first_year  year  iso3  partner_iso3  doctorates  plan_to_stay  plan_to_stay_share  plan_to_stay_change
            2014        2017  KOR   USA           2000        1200          0.6                 -
            2018        2021  KOR   USA           1600        1040          0.65                0.05
        """,
        working="65 % of 1,600 are 1,040, five points more than in the period before; before the first there is none.",
    ),
    is_not="the share that stayed five or ten years later, which follow-up surveys give.",
    checked="Wilson's interval by his formula; brute force over the periods",
)


def compute(students: pl.DataFrame) -> pl.DataFrame:
    from legation.resampling import wilson

    key = ["first_year", "year", *WHO]
    rows = students.rename({"origin_iso3": "iso3", "destination_iso3": "partner_iso3"})
    found = rows.filter(pl.col("measure") == "doctorates_awarded").select(*key, doctorates=pl.col("value"))
    for name, measure in KINDS.items():
        share = rows.filter(pl.col("measure") == measure).select(*key, (pl.col("value") / 100).alias(name))
        found = found.join(share, on=key, how="left")
    found = found.sort(*WHO, "year")
    of = found["doctorates"].to_numpy()
    columns: dict[str, pl.Expr | pl.Series] = {}
    for name in KINDS:
        stem = f"{name}_to_stay" if name == "plan" else f"{name}_plan_to_stay"
        low, high = wilson(found[name].cast(pl.Float64).to_numpy(), of)
        columns[f"{stem}_share"] = pl.col(name)
        columns |= {f"{stem}_share_low": pl.Series(low), f"{stem}_share_high": pl.Series(high)}
        columns[f"{stem}_change"] = pl.col(name) - pl.col(name).shift(1).over(WHO)
    doctorates = pl.col("doctorates").round().cast(pl.Int64)
    planned = (pl.col("doctorates") * pl.col("plan")).round().cast(pl.Int64)
    whole = found.with_columns(**columns, plan_to_stay=planned).with_columns(doctorates=doctorates).fill_nan(None)
    return whole.select(*key, *INDICATOR.measures)
