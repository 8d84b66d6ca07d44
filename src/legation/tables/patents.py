"""Patents by the economy of their inventors."""

from legation.model import Column, Table

TABLE = Table(
    label="Patents",
    key=("kind", "scope", "iso3", "first_year", "last_year"),
    columns={
        "kind": Column(
            "text", "what is counted", values=("international_patent_families", "uspto_patents", "granted_ai_patents")
        ),
        "scope": Column("text", "patent field or technology, as a slug"),
        "iso3": Column("economy", "economy of the inventors"),
        "first_year": Column("year", "first year counted"),
        "last_year": Column("year", "last year counted"),
        "patents": Column("number", "patents; shared ones are divided", unit="patents", minimum=0),
    },
    time="last_year",
    additive=("patents",),
)
