"""Jointly funded projects by pair of countries."""

from legation.model import Column, Table

TABLE = Table(
    label="Joint projects",
    key=("scope", "iso3", "partner_iso3", "year"),
    columns={
        "scope": Column("text", "programme and its part, or all"),
        "iso3": Column("iso3", "country"),
        "partner_iso3": Column("economy", "partner, or WLD for projects with any foreign partner"),
        "year": Column("year", "year the projects start"),
        "projects": Column("count", "projects with participants from both", unit="projects"),
    },
    additive=("projects",),
)
