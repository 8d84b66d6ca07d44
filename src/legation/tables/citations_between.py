"""How much one country's articles cite another's, against what size would suggest."""

from legation.model import Column, Table

TABLE = Table(
    label="Citations between countries",
    key=("scope", "citing_iso3", "cited_iso3", "year"),
    columns={
        "scope": Column("text", "a technology, a field of science, or all"),
        "citing_iso3": Column("iso3", "country whose articles cite"),
        "cited_iso3": Column("iso3", "country whose articles are cited"),
        "year": Column("year", "year"),
        "relative_citation_index": Column(
            "number",
            "share of citations given to the cited country over its share of articles",
            unit="ratio; 1 = as its size suggests",
            minimum=0,
        ),
    },
)
