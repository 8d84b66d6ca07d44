"""In how much of standard setting does a country take part?

Shares of the active committees in which its body participates, observes, or holds the secretariat. Committees that list
no members but their secretariat are left out of the first two.
"""

import narwhals as nw

from legation.model import Example, Indicator, Measure

BY = ("source", "first_year", "year")
COMMITTEES = "share of committees"

INDICATOR = Indicator(
    label={"en": "Presence in standard setting", "ko": "국제표준화 참여도"},
    measures={
        "participating_share": Measure(
            {"en": "Participates in", "ko": "정회원 참여 비중"}, COMMITTEES, "higher", "share"
        ),
        "observing_share": Measure({"en": "Observes", "ko": "옵서버 참여 비중"}, COMMITTEES, None, "share"),
        "secretariat_share": Measure(
            {"en": "Holds the secretariat of", "ko": "간사국 비중"}, COMMITTEES, "higher", "share"
        ),
        "rank": Measure(
            {"en": "Rank", "ko": "순위"},
            "place by committees it participates in; ties share the best",
            "lower",
            "count",
        ),
        "participating": Measure(
            {"en": "Seats to participate", "ko": "정회원 참여 수"}, "committees", "higher", "count"
        ),
        "observing": Measure({"en": "Seats to observe", "ko": "옵서버 참여 수"}, "committees", None, "count"),
        "secretariats": Measure({"en": "Secretariats", "ko": "간사국 수임 수"}, "committees", "higher", "count"),
    },
    formula=r"p_c = \frac{\#\{k \in K : c \text{ participates}\}}{|K|},\quad K \text{: committees that list members}",
    reference="Mattli & Büthe 2003, doi:10.1353/wp.2004.0006; ISO, https://www.iso.org/who-develops-standards.html",
    by=BY,
    key=("iso3",),
    caveats=("seats_are_not_influence", "iec_committees_list_no_members"),
    example=Example(
        given={
            "committee_seats": """
                committee      iso3  seat           secretariat  members_listed
                ISO/TC 298     CHN   participating  1            1
                ISO/TC 298     KOR   participating  0            1
                ISO/TC 298     CHE   observing      0            1
                ISO/TC 333     CHN   participating  1            1
                ISO/TC 333     CHE   participating  0            1
                IEC/ISO JTC 3  GBR   participating  1            0
            """
        },
        expect="""
            iso3  participating_share  observing_share  secretariat_share  rank  participating  observing  secretariats
            CHN   1.0                  0.0              0.666666666667     1     2              0          2
            KOR   0.5                  0.0              0.0                2     1              0          0
            CHE   0.5                  0.5              0.0                2     1              1          0
            GBR   0.0                  0.0              0.333333333333     4     0              0          1
        """,
        working="Two committees list their members, three have a secretariat. China takes part in both and runs two "
        "of three. What is known of the third is its secretariat only.",
    ),
    is_not="influence: a committee on screws counts as much as one on artificial intelligence.",
    checked="brute force; secretariat shares sum to one",
)


def compute(committee_seats: nw.LazyFrame) -> nw.LazyFrame:
    listed = nw.col("members_listed").cast(nw.Int64)
    seats = committee_seats.with_columns(
        participating=listed * (nw.col("seat") == nw.lit("participating")).cast(nw.Int64),
        observing=listed * (nw.col("seat") == nw.lit("observing")).cast(nw.Int64),
        secretariats=nw.col("secretariat").cast(nw.Int64),
        listed=listed,
    )
    counts = ("participating", "observing", "secretariats")
    committees = (
        seats.select(*BY, "committee", "listed").unique().group_by(*BY).agg(nw.col("listed").sum(), everything=nw.len())
    )
    places = nw.col("participating").rank("min", descending=True).over(*BY).cast(nw.Int64)
    members = nw.col("listed").cast(nw.Float64)
    # A source that lists no members at all has no share of them; a division by nought would give NaN.
    of_listed = {f"{c}_share": nw.when(members > 0).then(nw.col(c).cast(nw.Float64) / members) for c in counts[:2]}
    return (
        seats.group_by(*BY, "iso3")
        .agg(nw.col(*counts).sum())
        .with_columns(nw.col(*counts).cast(nw.Int64))
        .join(committees, on=list(BY), how="inner")
        .with_columns(
            **of_listed,
            secretariat_share=nw.col("secretariats").cast(nw.Float64) / nw.col("everything").cast(nw.Float64),
            rank=places,
        )
        .select(*BY, "iso3", *INDICATOR.measures)
    )
