"""The page on the back-test, `docs/backtest.md`, from its answer in English and what answers quote of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from legation import registry
from legation.answer import Answer
from legation.backtest.reporting import CHANCE
from legation.backtested import LABELS, Backtested
from legation.constants import GROWTH_PENALTY

METHOD = f"""\
# Back-test: how far can a ranking of partners be trusted?

Written by `python benchmarks/backtest.py`; `legation backtest` prints the same. A ranking is made as it would have been
made in a past year and held against what came after.

## What is measured

- **Ties.** For a home country and a year Y: partners with at least 30 joint works in the three years to Y.
- **What must be foretold.** Those in the top quarter of the home country's ties by change of log association strength
  from the three years ending in Y to the three years ending in Y + 5. Association strength is joint works over what
  chance gives for two countries of that many links, so sizes cancel: a tie grows here if it grows more than the ties of
  both, not if it merely gains works.
- **Where.** The world series of co-publications in OpenAlex, all fields, 1990 to 2023; Y = 2008, 2010, 2013, 2016 and
  2018; each time the 45 countries with most joint works of those with at least 12 such ties.
- **How.** AUC: the probability that a tie that grew is ranked before one of the same country that did not, ties in rank
  counted half; 0.5 is chance. Precision at 10: how many of the first ten grew, partners of equal score sharing the last
  places. Both are means over home countries and years. Intervals are 95 %, from drawing home countries with all their
  years, and years, with replacement, 2,000 times; differences are between the same ties, homes and years in each draw.

## What is compared

Simple measures of the literature: *preferential attachment* (partners of the one times partners of the other),
*resource allocation* (common partners, each over how many it has; both on the network of ties of at least 30 works),
*momentum* (change of log association strength over the five years before), *closeness of UN votes*, *few joint works*,
*low current association* and *headroom over gravity* ([expected collaboration](indicators/expected_collaboration.md)).
Where a measure has nothing to say of a tie, the tie stands in the middle of the others; home countries without UN votes
(Hong Kong, Taiwan) are left out there.

*Potential for growth* is the indicator [collaboration potential](indicators/collaboration_potential.md): a penalised
logistic regression whose parts can be stated, fitted anew for each Y on the years from 1995 whose outcome was known by
then, so on Y − 5 and before. A test alters everything after Y and finds the same result.

*Lenses* are those of `partners`, ranking over all fields on the evidence of that year (the store holds no series of a
technology that is long enough). They are scored on the values as they are, without the draws, and measured over the
partners they rank; so is the simple measure they are compared with.

### What was chosen on what

The features of the model, its slope above chance and its penalty ({GROWTH_PENALTY:g}) were chosen on the years 1995 to
2003, whose outcomes are known by 2008, before any outcome tested here: by mean AUC in 2001, 2002 and 2003 of models
fitted on years five or more before each. Some 150 models were compared so, most of them different in one feature. Of
the penalties within 0.002 of the best AUC the smallest was taken, which shrinks probabilities least.

Left out, because they did not help there: income and its difference, growth of either country, works of many countries,
volatility, concentration of partners; border, language and distance beside gravity; change of distance in votes, longer
and shorter momentum, momentum of like countries. Could not be tried, because their series begin too late: likeness of
fields, moves of researchers.

The model was then evaluated once on the years tested. After that only an error was mended (a mean took in the distance
of a country to itself), which moved no figure by 0.001. Most of the simple measures had been computed on these years
before. `python benchmarks/backtest.py --boosted` compares boosted trees on the same features (needs scikit-learn).
"""

WITH_CHANCE = {
    "gravity_headroom": (
        "Ties below what is usual for countries of that size and distance grew less than others.",
        "Ties below what is usual for countries of that size and distance grew as others did.",
        "Ties below what is usual for countries of that size and distance tend to catch up: much of what can be "
        "foretold is that.",
    ),
    "few_joint_works": (
        "Ties of few joint works grew less often than others.",
        "Ties of few joint works grew as often as others.",
        "Ties of few joint works are more often among those that grow, partly because they move most by chance.",
    ),
    "momentum": (
        "That a tie has grown over the past five years is a sign against further growth, if a weak one.",
        "That a tie has grown over the past five years says nothing about further growth.",
        "Ties that have grown over the past five years tend to grow further.",
    ),
    "close_votes": (
        "Ties of countries that vote alike in the United Nations grew less than others.",
        "Political closeness as voted in the United Nations did not foretell which ties grew: choosing partners by it "
        "did as well as chance.",
        "Ties of countries that vote alike in the United Nations grew more than others.",
    ),
}
"""What a measure means where it does worse than chance, as chance, and better."""

LIMITS = """\
## Limits

- It is growth of joint works over all fields of science. Whether it carries over to one technology is not known.
- Ties of few joint works move most, up and down and partly by chance, so more of them are in any top quarter; the
  variant with ties of at least 100 works shows what is left without the smallest.
- Home countries share their ties: the tie of two homes is followed from both ends. Drawing home countries takes this
  into account only in part, so the intervals are rather too narrow. The years are only five, and their windows overlap.
- The series is as published now. Works and addresses that were added to old years since were not known then.
- A tie that is not likely to grow may be close already, and one that is likely to grow need not be worth having.
- What held until 2023 need not hold: wars, sanctions and closed programmes are not in the model.
"""


def page(answer: Answer, quoted: Backtested) -> str:
    """The page as Markdown; the answer is in English."""
    found = "\n".join(f"- {finding}" for finding in answer.findings)
    return "\n".join(
        [
            METHOD,
            f"## What was found\n\n{found}\n",
            _overall(answer.figures["predictors"].table),
            f"### By year, mean AUC\n\n{years_table(quoted)}\n",
            _calibration(answer.figures["calibration"].table),
            _variants(answer.figures["variants"].table),
            _homes(answer.figures["homes"].table),
            _lenses(answer.figures["lenses"].table),
            _meaning(answer),
            LIMITS,
        ]
    )


def years_table(quoted: Backtested) -> str:
    """Mean AUC of everything measured by year, as Markdown."""
    years = sorted({year for told in quoted.by_year.values() for year in told})
    order = sorted(quoted.by_year, key=lambda name: -sum(quoted.by_year[name].values()) / len(quoted.by_year[name]))
    rows = [[_name(name), *(_three(quoted.by_year[name].get(year)) for year in years)] for name in order]
    return _table(["", *years], rows)


def _overall(table: pl.DataFrame) -> str:
    rows = [
        [
            r["label"], r["kind"], _span(r, "auc", "auc_low", "auc_high"),
            _span(r, "precision_at_10", "precision_low", "precision_high", 2),
            _span(r, "above_baseline", "above_low", "above_high", sign="+"), f"{r['ties_ranked']:.0%}", str(r["years"]),
        ]
        for r in table.iter_rows(named=True)
    ]  # fmt: skip
    head = ["", "kind", "AUC", "precision at 10", "above the best simple measure", "ties ranked", "years"]
    return f"{_table(head, rows)}\n"


def _calibration(table: pl.DataFrame) -> str:
    rows = [
        [str(r["bin"]), str(r["ties"]), f"{r['said']:.2f}", _span(r, "grew", "grew_low", "grew_high", 2)]
        for r in table.iter_rows(named=True)
    ]
    text = "Ties by tenths of the potential said, all years together.\n"
    return (
        f"### Does the potential hold as a probability?\n\n{text}\n{_table(['tenth', 'ties', 'said', 'grew'], rows)}\n"
    )


def _variants(table: pl.DataFrame) -> str:
    rows = [
        [
            r["label"], str(r["homes"]), _span(r, "auc", "auc_low", "auc_high"),
            f"{r['baseline']}, {_three(r['baseline_auc'])}",
            _span(r, "above_baseline", "above_low", "above_high", sign="+"),
        ]
        for r in table.iter_rows(named=True)
    ]  # fmt: skip
    head = ["", "homes", "AUC of potential", "best simple measure there", "above it"]
    text = (
        "In the last, another publisher's counts (Scopus) of two single years say which ties there were and which "
        "grew; the model knows OpenAlex up to 2003 and was made to look five years ahead, not nineteen.\n"
    )
    return f"### With other choices\n\n{_table(head, rows)}\n\n{text}"


def _homes(table: pl.DataFrame) -> str:
    rows = [
        [
            r["country"], str(r["years"]), str(r["ties"]), _three(r["auc"]), _three(r["baseline_auc"]),
            f"{r['precision_at_10']:.2f}",
        ]
        for r in table.sort("country").iter_rows(named=True)
    ]  # fmt: skip
    head = ["", "years", "ties", "AUC of potential", "AUC of the best simple measure", "precision at 10"]
    return f"### By home country, mean over the years\n\n{_table(head, rows)}\n"


def _lenses(table: pl.DataFrame) -> str:
    rows = [[r["label"], str(r["year"]), r["stands_on"], r["no_evidence"] or "–"] for r in table.iter_rows(named=True)]
    head = ["lens", "year", "stands on", "no evidence of that year for"]
    return f"### What the lenses stood on\n\n{_table(head, rows)}\n"


def _meaning(answer: Answer) -> str:
    """In plain words, each from a row of the table above."""
    told = {row["predictor"]: row for row in answer.figures["predictors"].table.iter_rows(named=True)}
    first = round(10 * told["collaboration_potential"]["precision_at_10"])
    bins = answer.figures["calibration"].table.iter_rows(named=True)
    grew, ties = (sum(column) for column in zip(*((r["grew"] * r["ties"], r["ties"]) for r in bins), strict=True))
    lines = [
        f"- Of the ten partners with the highest potential about {first} turn out to be in the quarter of ties that "
        f"grow most, where ten taken at random would give {10 * grew / ties:.1f}. Single partners remain uncertain.",
        *(f"- {WITH_CHANCE[name][_side(told[name])]}" for name in WITH_CHANCE),
        *_not_ahead(answer.figures["variants"].table),
        "- A lens answers whom it would be good to work with, not where joint work will grow by itself. How far its "
        "order foretold growth stands in the table; that is no reason to follow it or not.",
    ]
    return "\n".join(["## What this means for a user\n", *lines, ""])


def _not_ahead(table: pl.DataFrame) -> list[str]:
    """The choices under which the model was not shown to be better than a simple measure."""
    told = []
    for row in table.filter(pl.col("above_low") <= 0).iter_rows(named=True):
        how = "did worse than" if row["above_high"] < 0 else "was not shown to do better than"
        told.append(f"- *{row['label']}*: there the model {how} {row['baseline'].lower()} alone.")
    return told


def _side(row: Mapping[str, float]) -> int:
    """0 where the interval is below chance, 1 where it holds it, 2 where it is above."""
    return int(row["auc_high"] >= CHANCE) + int(row["auc_low"] > CHANCE)


def _name(predictor: str) -> str:
    return LABELS[predictor] if predictor in LABELS else registry.lenses()[predictor].label["en"]


def _three(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _span(row: Mapping[str, float], middle: str, low: str, high: str, digits: int = 3, sign: str = "") -> str:
    mean, least, most = (f"{row[c]:{sign}.{digits}f}" for c in (middle, low, high))
    return f"{mean} ({least} to {most})"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
