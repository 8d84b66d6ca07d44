"""The tables of a ranking of partners: the order, what it stands on, what drives it, how far it can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import polars as pl

from legation import registry, sensitivity
from legation.answer import Figure
from legation.answers._composing import Composer
from legation.answers._criteria import Criterion, Field
from legation.language import words
from legation.model import Lens
from legation.ranking import ROBUST_SHARE, Component, Ranking, rank
from legation.sensitivity import POINTS

SHOWN = 12
"""Partners whose pairs and drivers are shown."""
LEADING = 10
"""Partners whose moves the Sobol indices are of."""

UNITS = {
    "group": words("1 = first; same number = order not known"),
    "score": words("0 to 1, weighted mean of the criteria"),
    "median_rank": words("rank"),
    "rank_low": words("5 % of draws"),
    "rank_high": words("95 % of draws"),
    "tied_with": words("partners; order not known"),
    "evidence_share": words("share of the weight"),
}
FACTORS = {
    "evidence": words("chance in the evidence"),
    "weights": words("the weights"),
    "normalisation": words("how values are made comparable"),
    "aggregation": words("how criteria are added up"),
}
WAYS = {
    "any": words("varied"), "minmax": words("lowest to highest"), "z": words("standard deviations"),
    "rank": words("ranks"), "higher": words("higher is better"), "lower": words("lower is better"),
}  # fmt: skip
NEARNESS_TOLD = {
    "technology": words("the technology itself"), "neighbouring field": words("a neighbouring field"),
    "all fields": words("all fields together"),
}  # fmt: skip
INDEX = words("share of the variance of the mean shift in rank of the first {leading}; {points} points")


@dataclass(frozen=True)
class Ranked:
    """Partners put in order under a lens."""

    composer: Composer
    lens: Lens
    criteria: Sequence[Criterion]
    field: Field
    components: Sequence[Component]
    ranking: Ranking
    top: int

    @property
    def partners(self) -> tuple[str, ...]:
        return self.field.partners

    @property
    def tied_with_first(self) -> list[str]:
        """The partners the first is not surely ahead of, in order."""
        order = self.ranking.order
        return [self.partners[i] for i in order if self.ranking.ties[order[0], i]]

    @property
    def first(self) -> list[str]:
        """The partners that are shown in detail, in order."""
        return [self.partners[i] for i in self.ranking.order[:SHOWN]]


def ranked(composer: Composer, lens: Lens, criteria: Sequence[Criterion], field: Field, top: int, draws: int) -> Ranked:
    """Rank the partners of a field on the criteria."""
    components = [criterion.component(field.partners) for criterion in criteria]
    return Ranked(composer, lens, criteria, field, components, rank(components, top, draws), top)


def table(of: Ranked) -> pl.DataFrame:
    """One row a partner, first to last."""
    ranking = of.ranking
    rows = pl.DataFrame(
        {
            "group": ranking.group, "iso3": list(of.partners), "country": [of.composer.name(c) for c in of.partners],
            "score": ranking.score, "median_rank": ranking.median_rank, "rank_low": ranking.rank_low,
            "rank_high": ranking.rank_high, "tied_with": ranking.ties.sum(axis=1),
            "share_in_top": ranking.share_in_top, "evidence_share": ranking.evidence,
            "lifted_by": [_driver(of.criteria, lifts) for lifts in ranking.contributions],
            "lowered_by": [_driver(of.criteria, -lifts) for lifts in ranking.contributions],
        }
    )  # fmt: skip
    return rows[ranking.order]


def units(of: Ranked) -> dict[str, str]:
    """Of the columns of the table."""
    return UNITS | {"share_in_top": of.composer.say("share of draws in the first {top}", top=of.top)}


def _driver(criteria: Sequence[Criterion], lifts: np.ndarray) -> str | None:
    """The criterion that moves the score most upwards, if any does."""
    strongest = int(np.argmax(lifts))
    return criteria[strongest].label if lifts[strongest] > 0 else None


def criteria_figure(of: Ranked) -> Figure:
    """What the ranking stands on: each criterion, its evidence and how it counts."""
    say = of.composer.say
    total = sum(c.declared.weight for c in of.criteria)
    rows = [
        {
            "criterion": c.name, "label": c.label, "weight": c.declared.weight / total, "stands_on": c.stands_on,
            "direction": say(WAYS[c.declared.direction]), "normalisation": say(WAYS[c.declared.normalisation]),
            "evidence": say(NEARNESS_TOLD[c.nearness]), "economies": c.frame.height,
            "with_interval": c.frame.drop_nulls("low").height,
        }
        for c in of.criteria
    ]  # fmt: skip
    told = {
        "economies": words("with a value"),
        "with_interval": words("with an interval"),
        "weight": words("share of all"),
    }
    title = say("What the ranking stands on")
    used = dict.fromkeys(c.indicator for c in of.criteria)
    figure = of.composer.figure("criteria", title, pl.DataFrame(rows), told, *used)
    asks = of.lens.asks.get(of.composer.language)
    return replace(figure, notes=(asks,)) if asks else figure


def drivers_figure(of: Ranked) -> Figure:
    """The values of the first partners on each criterion, and how far each lifts their score."""
    rows = [row for k in range(len(of.criteria)) for row in _drivers(of, k)]
    frame = pl.DataFrame(rows, infer_schema_length=None)
    order = {code: i for i, code in enumerate(of.first)}
    frame = frame.sort(pl.col("iso3").replace_strict(order), maintain_order=True)
    told = dict.fromkeys(("value", "low", "high"), words("as `unit` says"))
    told |= {"lift": words("points of the score above the middle of all partners")}
    title = of.composer.say("What lifts and lowers the first {n}", n=len(of.first))
    used = dict.fromkeys(c.indicator for c in of.criteria)
    return of.composer.figure("drivers", title, frame, told, *used, of=frame["source"].drop_nulls().unique())


def _drivers(of: Ranked, k: int) -> list[dict[str, object]]:
    criterion, found = of.criteria[k], []
    measure = registry.indicators()[criterion.indicator].measures[criterion.measure]
    values = {row["iso3"]: row for row in criterion.frame.iter_rows(named=True)}
    for i in of.ranking.order[:SHOWN]:
        code = of.partners[i]
        known = values.get(code, {})
        value = of.components[k].values[i]
        found.append(
            {
                "iso3": code, "country": of.composer.name(code), "criterion": criterion.label,
                "value": float(value) if np.isfinite(value) else None, "low": known.get("low"),
                "high": known.get("high"), "unit": of.composer.say(measure.unit), "format": measure.format,
                "lift": float(of.ranking.contributions[i, k]) if np.isfinite(value) else None,
                "source": criterion.frame["source"][0], "first_year": criterion.frame["first_year"][0],
                "year": criterion.frame["year"][0],
            }
        )  # fmt: skip
    return found


def robust_pairs_figure(of: Ranked) -> Figure:
    """Every pair among the first partners: in how many draws the one stands before the other."""
    above, name = of.ranking.above, of.composer.name
    rows = [
        {
            "iso3": of.partners[i], "country": name(of.partners[i]), "other_iso3": of.partners[j],
            "other_country": name(of.partners[j]), "share_before": above[i, j],
            "robust": bool(above[i, j] >= ROBUST_SHARE),
        }
        for i, j in combinations(of.ranking.order[:SHOWN], 2)
    ]  # fmt: skip
    told = {
        "share_before": words("share of draws in which it stands before the other"),
        "robust": words("95 % and more"),
    }
    title = of.composer.say("Which of the first {n} keep their order", n=len(of.first))
    return of.composer.figure("robust_pairs", title, pl.DataFrame(rows), told)


def sensitivity_figure(of: Ranked) -> Figure:
    """Sobol indices of the choices behind the draws, on the ranks of the first partners."""
    leading = of.ranking.order[:LEADING]
    found = sensitivity.of_ranking(of.components, of.ranking.median_rank, leading)
    rows = [vars(index) | {"choice": of.composer.say(FACTORS[index.factor])} for index in found]
    unit = of.composer.say(INDEX, leading=len(leading), points=POINTS)
    columns = [f"{order}{end}" for order in ("first_order", "total") for end in ("", "_low", "_high")]
    title = of.composer.say("Which choice moves the ranking: Sobol indices")
    frame = pl.DataFrame(rows).sort("total", "factor", descending=[True, False]).select("choice", *columns)
    return of.composer.figure("sensitivity", title, frame, dict.fromkeys(columns, unit))


def without_figure(of: Ranked) -> Figure | None:
    """Who would come first without each criterion, if there is more than one."""
    rows = []
    for criterion in of.criteria:
        first = sensitivity.first_without(of.components, criterion.name)
        if first is not None:
            code = of.partners[first]
            changes = code != of.first[0]
            rows.append((criterion.name, criterion.label, code, of.composer.name(code), changes))
    if not rows:
        return None
    frame = pl.DataFrame(rows, schema=["criterion", "label", "iso3", "country", "changes"], orient="row")
    return of.composer.figure("without", of.composer.say("Who would come first without each criterion"), frame, {})
