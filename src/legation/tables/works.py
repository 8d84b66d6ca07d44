"""Single publications, without their titles."""

from legation.model import Column, Table

TABLE = Table(
    label="Works",
    key=("scope", "work_id"),
    columns={
        "scope": Column("text", "the collection the work belongs to: a technology, or a sample named by its source"),
        "work_id": Column("text", "the identifier the source gives the work"),
        "year": Column("year", "year of publication"),
        "type": Column("text", "kind of publication, as the source calls it"),
        "field": Column("text", "field of science the source assigns", nullable=True),
        "topic": Column("text", "OpenAlex topic", nullable=True),
        "citations": Column(
            "count", "citations received up to the vintage of the source", unit="citations", nullable=True
        ),
        "authors": Column(
            "count", "authors of the work; where only a country list is known, the countries on it", unit="authors"
        ),
        "country_list_only": Column("flag", "whether the source gives countries but not which author is where"),
        "open_access": Column("flag", "whether a free copy is known", nullable=True),
        "company": Column("flag", "whether an author works for a company", nullable=True),
    },
    records=True,
)
