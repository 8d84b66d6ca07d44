"""What the back-test found, as an answer: tables, sentences, what it cannot say."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from legation import phrasing, registry
from legation.answer import Answer, Figure
from legation.answers._composing import Composer
from legation.backtest import variants
from legation.backtest.measuring import cells
from legation.backtest.panel import STRENGTH, Design
from legation.backtest.predictors import EXPECTED, POTENTIAL, VOTES, Seen
from legation.backtested import LABELS, Backtested, Measured, OfHome
from legation.language import words
from legation.store import Store

KINDS = {"baseline": words("simple measure"), "model": words("model"), "lens": words("lens of partners")}
AUC = words("probability; 0.5 = chance")
ABOVE = words("AUC above the best simple measure")
TOP = words("share of the first ten")
UNITS = {
    **dict.fromkeys(("auc", "auc_low", "auc_high", "baseline_auc"), AUC),
    **dict.fromkeys(("above_baseline", "above_low", "above_high"), ABOVE),
    **dict.fromkeys(("precision_at_10", "precision_low", "precision_high"), TOP),
    "ties_ranked": words("share of ties"),
    "said": words("share said to grow"),
    **dict.fromkeys(("grew", "grew_low", "grew_high"), words("share that grew")),
}
SHARES = ("precision_at_10", "precision_low", "precision_high", "ties_ranked", "said", "grew", "grew_low", "grew_high")
CHANCE = 0.5
MEASURED = ["auc", "auc_low", "auc_high", "precision_at_10", "precision_low", "precision_high"]
AGAINST = ["above_baseline", "above_low", "above_high"]


@dataclass(frozen=True)
class Found:
    """Everything measured: the ties with what foretells them, the summary over all years and of each, how far the
    probabilities hold, other choices, and what each lens stood on."""

    design: Design
    ties: pl.DataFrame
    overall: pl.DataFrame
    by_year: pl.DataFrame
    calibration: pl.DataFrame
    varied: Sequence[tuple[str, pl.DataFrame]]
    seen: Sequence[Seen]

    @property
    def baseline(self) -> str:
        """The best simple measure over all years."""
        return str(self.overall["baseline"][0])

    def of(self, predictor: str) -> Mapping[str, float]:
        """The row of a predictor in the summary."""
        return self.overall.row(by_predicate=pl.col("predictor") == predictor, named=True)


def report(composer: Composer, found: Found) -> Answer:
    """The findings as an answer in the language of the composer."""
    _of_the_model(composer, found)
    _of_simple_measures(composer, found)
    _of_lenses(composer, found)
    _of_variants(composer, found)
    homes = _homes(composer, found)
    composer.find(
        "Country by country, potential was ahead of {baseline} on the mean of the years for {ahead} of {all}.",
        baseline=phrasing.inside(label(composer, found.baseline)), all=homes.height,
        ahead=homes.filter(pl.col("auc") > pl.col("baseline_auc")).height,
    )  # fmt: skip
    _lacking(composer, found)
    return composer.answer(
        [
            _figure(composer, "predictors", words("What foretold which ties grew"), _labelled(composer, found.overall)),
            _figure(composer, "years", words("The same by year"), _labelled(composer, found.by_year)),
            _figure(composer, "calibration", words("Potential said, and ties that grew"), found.calibration),
            _figure(composer, "variants", words("With other choices"), _variants(composer, found)),
            _figure(composer, "homes", words("By home country"), homes),
            _figure(composer, "lenses", words("What the lenses stood on"), _lenses(composer, found)),
        ]
    )


def label(composer: Composer, predictor: str) -> str:
    """What a predictor is called."""
    if predictor in LABELS:
        return composer.say(LABELS[predictor])
    return registry.lenses()[predictor].label[composer.language]


def _figure(composer: Composer, identifier: str, title: str, table: pl.DataFrame) -> Figure:
    units = {column: unit for column, unit in UNITS.items() if column in table.columns}
    formats = {column: "share" for column in SHARES if column in table.columns}
    return composer.figure(identifier, composer.say(title), table, units, *composer.used, formats=formats)


def _labelled(composer: Composer, summary: pl.DataFrame) -> pl.DataFrame:
    names = {name: label(composer, name) for name in summary["predictor"].unique()}
    kinds = {kind: composer.say(text) for kind, text in KINDS.items()}
    named = summary.with_columns(
        label=pl.col("predictor").replace_strict(names, return_dtype=pl.String),
        kind=pl.col("kind").replace_strict(kinds, return_dtype=pl.String),
    )
    if "year" in summary.columns:
        return named.select("year", "predictor", "label", *MEASURED[:4], *AGAINST, "ties_ranked")
    return named.select("predictor", "label", "kind", *MEASURED, *AGAINST, "ties_ranked", "homes", "years")


def _variants(composer: Composer, found: Found) -> pl.DataFrame:
    columns = ["variant", "label", "homes", "years", "auc", "auc_low", "auc_high", "baseline", "baseline_auc", *AGAINST]
    rows = []
    for name, summary in found.varied:
        row = summary.filter(pl.col("predictor") == POTENTIAL).with_columns(
            variant=pl.lit(name),
            label=pl.lit(composer.say(variants.LABELS[name])),
            baseline_auc=pl.col("auc") - pl.col("above_baseline"),
            baseline=pl.lit(label(composer, str(summary["baseline"][0]))),
        )
        rows.append(row.select(columns))
    return pl.concat(rows) if rows else pl.DataFrame(schema=dict.fromkeys(columns, pl.String))


def _homes(composer: Composer, found: Found) -> pl.DataFrame:
    """Means over the years of each home country; a single country has too few years for an interval."""
    measured = cells(found.ties, POTENTIAL, found.baseline).group_by("iso3").agg(
        years=pl.len(), ties=pl.col("ties").sum(), auc=pl.col("auc").mean(),
        baseline_auc=pl.col("baseline_auc").mean(), precision_at_10=pl.col("precision_at_10").mean(),
    )  # fmt: skip
    names = {code: composer.name(code) for code in measured["iso3"]}
    country = pl.col("iso3").replace_strict(names, return_dtype=pl.String)
    return measured.sort("iso3").with_columns(country=country).select("iso3", "country", pl.exclude("iso3", "country"))


def _lenses(composer: Composer, found: Found) -> pl.DataFrame:
    rows = [(s.lens, label(composer, s.lens), s.year, "; ".join(s.stands_on), "; ".join(s.lacking)) for s in found.seen]
    columns = {"lens": pl.String, "label": pl.String, "year": pl.Int64}
    columns |= {"stands_on": pl.String, "no_evidence": pl.String}
    return pl.DataFrame(rows, schema=columns, orient="row").sort("lens", "year")


def _told(row: Mapping[str, float]) -> dict[str, str]:
    """Mean AUC and its interval as shares of comparisons."""
    return {name: phrasing.percent(row[c]) for name, c in (("auc", "auc"), ("low", "auc_low"), ("high", "auc_high"))}


def _points(difference: float) -> str:
    return f"{100 * difference:+.1f}"


def _of_the_model(composer: Composer, found: Found) -> None:
    model, best = found.of(POTENTIAL), found.of(found.baseline)
    composer.find(
        "In {years}, over {homes} home countries and {ties:,} ties in all, potential for growth put a tie that grew "
        "before one of the same country that did not in {auc} of comparisons (95 % interval {low} to {high}); chance "
        "would in 50 %.",
        homes=found.ties["iso3"].n_unique(), ties=found.ties.height,
        years=composer.say.listed([str(year) for year in found.design.years]), **_told(model),
    )  # fmt: skip
    above = {name: _points(model[c]) for name, c in zip(("above", "low", "high"), AGAINST, strict=True)}
    against = {"baseline": phrasing.inside(label(composer, found.baseline)), "other": phrasing.percent(best["auc"])}
    if model["above_low"] > 0:
        text = words(
            "The best simple measure, {baseline}, did in {other}. The difference, {above} percentage points (95 % "
            "interval {low} to {high}), is more than chance."
        )
    else:
        text = words(
            "The best simple measure, {baseline}, did in {other}. The difference, {above} percentage points (95 % "
            "interval {low} to {high}), does not show that the model is better."
        )
    composer.find(text, **above, **against)
    composer.find(
        "Of the first ten partners by potential {share} grew (95 % interval {low} to {high}), of the first ten by "
        "{baseline} {other}, of all ties {base}.",
        share=phrasing.percent(model["precision_at_10"]), low=phrasing.percent(model["precision_low"]),
        high=phrasing.percent(model["precision_high"]), baseline=against["baseline"],
        other=phrasing.percent(best["precision_at_10"]), base=phrasing.percent(_base_rate(found)),
    )  # fmt: skip
    lowest, highest = found.calibration.row(0, named=True), found.calibration.row(-1, named=True)
    composer.find(
        "The tenth of ties with the highest potential was said to grow in {said} of cases and did in {grew}; the tenth "
        "with the lowest in {least_said} and {least_grew}.",
        said=phrasing.percent(highest["said"]), grew=phrasing.percent(highest["grew"]),
        least_said=phrasing.percent(lowest["said"]), least_grew=phrasing.percent(lowest["grew"]),
    )  # fmt: skip


def _of_simple_measures(composer: Composer, found: Found) -> None:
    for name in ("close_votes", "momentum", "preferential_attachment", "resource_allocation"):
        row = found.of(name)
        if row["auc_high"] < CHANCE:
            text = words("{label} pointed the wrong way: {auc} of comparisons (95 % interval {low} to {high}).")
        elif row["auc_low"] <= CHANCE:
            text = words(
                "{label} foretold growth as chance would: {auc} of comparisons (95 % interval {low} to {high})."
            )
        else:
            text = words("{label} foretold growth in {auc} of comparisons (95 % interval {low} to {high}).")
        composer.find(text, label=label(composer, name), **_told(row))


def _of_lenses(composer: Composer, found: Found) -> None:
    measured = set(found.overall["predictor"])
    for lens in registry.lenses():
        name = label(composer, lens)
        if lens not in measured:
            composer.lack("The lens {lens} could not be measured: it ranks no partners in these years.", lens=name)
            continue
        row = found.of(lens)
        composer.find(
            "The lens {lens}, over all fields: {auc} of comparisons (95 % interval {low} to {high}), in {years} of "
            "{all} years, over the {share} of ties it ranks. Difference from {baseline} over the same ties: {above} "
            "percentage points (95 % interval {least} to {most}).",
            lens=name, **_told(row), years=row["years"], all=len(found.design.years),
            share=phrasing.percent(row["ties_ranked"]), above=_points(row["above_baseline"]),
            baseline=phrasing.inside(label(composer, found.baseline)), least=_points(row["above_low"]),
            most=_points(row["above_high"]),
        )  # fmt: skip


def _of_variants(composer: Composer, found: Found) -> None:
    for name, summary in found.varied:
        row = summary.row(by_predicate=pl.col("predictor") == POTENTIAL, named=True)
        composer.find(
            "{variant}: potential {auc} of comparisons (95 % interval {low} to {high}). Difference from the best "
            "simple measure there, {baseline}: {above} percentage points (95 % interval {least} to {most}).",
            variant=composer.say(variants.LABELS[name]), **_told(row), above=_points(row["above_baseline"]),
            least=_points(row["above_low"]), most=_points(row["above_high"]),
            baseline=phrasing.inside(label(composer, row["baseline"])),
        )  # fmt: skip


def _lacking(composer: Composer, found: Found) -> None:
    composer.lack(
        "This is growth over all fields of science. No series in this store counts joint works in a technology over "
        "enough years to test a ranking there; all works of OpenAlex by topic, country and year would."
    )
    composer.lack(
        "Countries with fewer than {partners} ties of at least {works} joint works in three years are not covered.",
        partners=found.design.least_partners, works=found.design.least_works,
    )  # fmt: skip
    composer.lack(
        "The series is as published now, not as it stood in the year of a ranking: works and addresses added since to "
        "old years were not known then."
    )


def _base_rate(found: Found) -> float:
    return float(found.ties["grew"].cast(pl.Float64).to_numpy().mean())


def declared(composer: Composer, found: Found) -> Backtested:
    """What answers quote."""
    measured = {}
    for row in found.overall.filter(pl.col("kind") != "baseline").sort("predictor").iter_rows(named=True):
        years = found.by_year.filter(pl.col("predictor") == row["predictor"])["year"].sort().to_list()
        kept = [row[c] for c in ("auc", "auc_low", "auc_high", "above_baseline", *AGAINST[1:], "precision_at_10")]
        auc, low, high, above, above_low, above_high, top = (round(float(value), 6) for value in kept)
        measured[row["predictor"]] = Measured(
            auc, low, high, round(auc - above, 6), above, above_low, above_high, top, row["homes"], tuple(years)
        )
    by_year: dict[str, dict[str, float]] = {}
    for row in found.by_year.sort("predictor", "year").iter_rows(named=True):
        by_year.setdefault(row["predictor"], {})[str(row["year"])] = round(row["auc"], 6)
    homes = {
        row["iso3"]: OfHome(round(row["auc"], 6), round(row["baseline_auc"], 6), row["years"])
        for row in _homes(composer, found).iter_rows(named=True)
    }
    return Backtested(
        build=composer.evaluator.store.build,
        evidence=evidence(composer.evaluator.store),
        baseline=found.baseline,
        base_rate=round(_base_rate(found), 6),
        measured=measured,
        by_year=by_year,
        by_home=homes,
    )


def evidence(store: Store) -> str:
    """A hash of the parts of a store that can bear on the result: the tables behind the measures, the model and the
    lines of the lenses over all fields."""
    criteria = [c for lens in registry.lenses().values() for c in lens.criteria.values()]
    lines = [line for c in criteria for line in c.lines] + [a for x in registry.lenses().values() for a in x.admits]
    used = {POTENTIAL, STRENGTH, EXPECTED, VOTES} | {line.indicator for line in lines if "all" in line.scopes}
    tables = {table for indicator in used for table in registry.facts_behind(indicator)}
    parts = sorted(f"{p.name} {p.source} {p.sha256}" for p in store.parts if p.kind == "table" and p.name in tables)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
