"""Notable AI models of Epoch AI, counted by the country of the organisations behind them and year of publication.

A model is notable if it was state of the art, or is highly cited, historically significant, widely used or was costly
to train; the list is curated, and recent models still join it. A model of several countries is shared equally among the
distinct ones, however many organisations each has; the share of a "Multinational" body stays out of the table.
"""

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from legation.intake import Intake
from legation.model import Source

FILE = "ai/epoch_notable_ai_models.csv.gz"
COUNTRIES, DATE = "Country (of organization)", "Publication date"
UNUSED = [
    "Model",
    "Organization",
    "Domain",
    "Task",
    "Parameters",
    "Parameters notes",
    "Training compute (FLOP)",
    "Training compute notes",
    "Training dataset",
    "Training dataset size (gradients)",
    "Dataset size notes",
    "Confidence",
    "Link",
    "Reference",
    "Citations",
    "Authors",
    "Abstract",
    "Organization categorization",
    "Notability criteria",
    "Notability criteria notes",
    "Epochs",
    "Training time (hours)",
    "Training time notes",
    "Training hardware",
    "Hardware quantity",
    "Hardware utilization (MFU)",
    "Training compute cost (2023 USD)",
    "Compute cost notes",
    "Training power draw (W)",
    "Base model",
    "Finetune compute (FLOP)",
    "Finetune compute notes",
    "Batch size",
    "Batch size notes",
    "Model accessibility",
    "Training code accessibility",
    "Inference code accessibility",
    "Accessibility notes",
    "Numerical format",
    "Frontier model",
    "Hardware acquisition cost",
    "Hardware utilization (HFU)",
    "Training compute cost (cloud)",
    "Training compute cost (upfront)",
]

SOURCE = Source(
    publisher="Epoch AI",
    title="Data on notable AI models",
    url="https://epoch.ai/data/ai-models",
    licence="CC BY 4.0",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    vintage="2025-12",
    files=(FILE,),
    rows={"capabilities": (180, 260)},
    caveats=("items_are_not_alike",),
)


def tidy(raw: Intake) -> Iterator[tuple[str, pl.DataFrame]]:
    models = (
        raw.csv(FILE, [DATE, COUNTRIES], UNUSED)
        .set_aside(pl.col(COUNTRIES).is_null(), "no country")
        .set_aside(pl.col(DATE).is_null(), "no date")
        .having(
            year=pl.col(DATE).str.slice(0, 4), country=pl.col(COUNTRIES).str.split(",").list.unique(maintain_order=True)
        )
        .integer("year")
        .having(share=1 / pl.col("country").list.len())
    )
    shares = replace(models, frame=models.frame.explode("country")).country("country", "name")
    counts = shares.frame.group_by("iso3", "year", maintain_order=True).agg(count=pl.col("share").sum())
    yield "capabilities", counts.with_columns(nature=pl.lit("event"), kind=pl.lit("notable-ai-models"))
