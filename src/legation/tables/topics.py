"""OpenAlex topics and where they stand in its classification."""

from legation.model import Column, Table

TABLE = Table(
    label="Topics",
    key=("topic",),
    columns={
        "topic": Column("text", "OpenAlex topic identifier"),
        "name": Column("text", "name of the topic"),
        "subfield": Column("text", "subfield, as a slug"),
        "field": Column("text", "field, as a slug"),
        "works": Column("count", "works OpenAlex holds on the topic at the vintage of the source", unit="works"),
    },
    time=None,
)
