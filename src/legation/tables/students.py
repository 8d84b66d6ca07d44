"""Students and doctorates abroad."""

from legation.model import Column, Table

TABLE = Table(
    label="Students abroad",
    key=("measure", "scope", "origin_iso3", "destination_iso3", "last_year"),
    columns={
        "measure": Column(
            "text",
            "what is counted",
            values=(
                "share_of_students_from_abroad_percent",
                "visa_students_doctoral",
                "visa_students_masters",
                "doctorates_awarded",
                "plan_to_stay_percent",
                "definite_plan_to_stay_percent",
            ),
        ),
        "scope": Column("text", "a technology, a field of science, or all"),
        "origin_iso3": Column("economy", "country of origin, or WLD for all"),
        "destination_iso3": Column("iso3", "country of study"),
        "first_year": Column("year", "first year counted"),
        "last_year": Column("year", "last year counted"),
        "value": Column("number", "value in the unit the measure names", minimum=0),
    },
    time="last_year",
)
