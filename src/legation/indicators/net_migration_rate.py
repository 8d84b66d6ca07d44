"""How many researchers come, leave and remain on balance, for every thousand a country has?

Of publishing researchers, by the countries of their affiliations, in single years: the denominator is the researchers
active in the year. A rate over several years would be moves over researcher-years, not over the stock of one of them.
"""

import narwhals as nw

from legation.model import Example, Indicator, Measure

BY = ("source", "first_year", "year", "scope")
UNIT = "per 1,000 researchers and year"

INDICATOR = Indicator(
    label={"en": "Migration rates of researchers", "ko": "연구자 이동률"},
    measures={
        "net_migration_rate": Measure({"en": "Net migration rate", "ko": "순유입률"}, UNIT, "higher", "number"),
        "arrival_rate": Measure({"en": "Arrival rate", "ko": "유입률"}, UNIT, None, "number"),
        "departure_rate": Measure({"en": "Departure rate", "ko": "유출률"}, UNIT, None, "number"),
    },
    formula=r"m_c = 1000\,\frac{A_c - D_c}{N_c}",
    reference="Sanlitürk et al. 2023, doi:10.1073/pnas.2217937120; "
    "Akbaritabar et al. 2024, doi:10.1038/s41597-024-03655-9",
    by=BY,
    key=("iso3",),
    caveats=("affiliations_are_not_passports", "moves_are_of_publishing_researchers", "small_counts_are_volatile"),
    example=Example(
        given={
            "researcher_stocks": """
                iso3  researchers  arrivals  departures
                KOR   80000        2000      1600
                CHE   50000        4000      3500
                ISL   1000         -         40
                MCO   0            0         0
            """
        },
        expect="""
            iso3  net_migration_rate  arrival_rate  departure_rate
            KOR   5.0                 25.0          20.0
            CHE   10.0                80.0          70.0
            ISL   -                   -             40.0
        """,
        working="Korea gains 400 on 80,000 researchers. Iceland's arrivals are too few to be shown, so its balance is "
        "not known either; a country without researchers has no rate.",
    ),
    is_not="brain drain: many who leave return or go on working with home.",
    checked="brute force; suppressed cells stay empty",
)


def compute(researcher_stocks: nw.LazyFrame) -> nw.LazyFrame:
    arrivals, departures, researchers = (
        nw.when(nw.col(f"{c}_blank") == 0).then(nw.col(c).cast(nw.Float64))
        for c in ("arrivals", "departures", "researchers")
    )
    return (
        researcher_stocks.filter(nw.col("researchers") > 0)
        .with_columns(
            net_migration_rate=(arrivals - departures) * 1000 / researchers,
            arrival_rate=arrivals * 1000 / researchers,
            departure_rate=departures * 1000 / researchers,
        )
        .select(*BY, "iso3", "net_migration_rate", "arrival_rate", "departure_rate")
    )
