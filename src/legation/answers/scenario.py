"""What if? Ties, suppliers, memberships, agreements or moves removed or added; indicators before and after.

Facts are changed and indicators computed anew; nobody in the scenario reacts. That makes it a question of arithmetic,
not a forecast: it shows what hangs on a tie today.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from legation import countries, registry
from legation.answer import Answer, Figure
from legation.answers._composing import AS_UNIT_SAYS, Composer
from legation.errors import UserError
from legation.evaluation import Evaluator
from legation.language import words
from legation.model import Indicator, Question, Technology
from legation.phrasing import inside, number, percent, years
from legation.scenarios import Change, Changed, pair, read_file

QUESTION = Question(
    words=words("What if this changed for {home} in {technology}?"),
    options={
        "remove": words(
            "tie:CHN, supplier:CHN/8541, producer:CHN, member:NSG, agreement:paris_2025, moves:CHN; repeats"
        ),
        "add": words("tie:CHN/50 (joint works a year), member:NSG or agreement:paris_2025; repeats"),
        "file": words("a TOML file of changes, made before those of the command line"),
    },
    files=("file",),
)

WINDOW = 5
LEFT_OUT = (
    "communities", "expected_collaboration", "collaboration_potential", "network_position", "association_strength",
    "collaboration_index", "relative_intensity_of_collaboration", "international_collaboration_rate",
)  # fmt: skip
"""Indicators that are fitted to or drawn over the whole network, or restate a tie by the sizes of its ends: not
computed anew, and said not to be."""
OF_ALL = {"memberships_held": "full_members", "declarations_signed": "signatories"}
"""Measures over all countries: where the home country is on one side only, that is told, and not that all are gone."""
TOLD = 5
BESIDE = ("_low", "_high")
OF_THE_SUBJECT = {"good": "goods", "mineral": "minerals"}
TELLS_APART = ("scope", "good", "mineral", "form", "statistic", "organisation", "agreement")
SCHEMA = {
    **dict.fromkeys(("indicator", "measure", "about", "partner_iso3", "source"), pl.String),
    **dict.fromkeys(("first_year", "year"), pl.Int64),
    **dict.fromkeys(("before", "before_low", "before_high", "after", "change", "relative_change"), pl.Float64),
    **dict.fromkeys(("unit", "format"), pl.String),
}
NOISE = words("; inside the 95 % interval of before, so that chance could do as much")
IN_WORDS = {
    ("remove", "tie"): words("without joint works of {name}"),
    ("add", "tie"): words("with {detail} more joint works a year of {name}"),
    ("remove", "supplier"): words("without imports from {name} ({detail})"),
    ("remove", "producer"): words("without production in {name} ({detail})"),
    ("remove", "member"): words("without the membership of {detail} in {name}"),
    ("add", "member"): words("with {detail} as a member of {name}"),
    ("remove", "agreement"): words("without the signature of {detail} under {name}"),
    ("add", "agreement"): words("with the signature of {detail} under {name}"),
    ("remove", "moves"): words("without moves between {name}"),
}
LISTED, LISTED_UNIT, UNDATED = words("Listed"), words("1 = listed, 0 = not"), words("undated")
PART_OF_TIE = words("without {detail} of the joint works of {name}")
EVERYTHING = words("everything the technology names")


def ask(
    composer: Composer, home: str, technology: Technology, *, remove: tuple[str, ...] = (), add: tuple[str, ...] = (),
    file: Path | None = None,
) -> Answer:  # fmt: skip
    """Indicators before and after a change.

    Main table `effects`: one row a measure that changed: before with its interval, after, difference, and difference
    over before, the largest first; `direct` tells what lies between the countries of the change itself. Also `changes`:
    what was changed, as it can be given again. Raises: UserError for a change that names what is not known,
    NoEvidenceError for one that changes nothing in this store.
    """
    changes = [
        *(read_file(file) if file else []),
        *(Change.read("remove", text) for text in remove),
        *(Change.read("add", text) for text in add),
    ]
    if not changes:
        raise UserError("say what changes: --remove tie:CHN, --add member:NSG, or --file FILE; see --help")
    changed = Changed.of(composer.evaluator.store, changes, home, technology)
    evaluator = Evaluator(changed, composer.evaluator.engine_name)
    after = Composer(evaluator, composer.question, composer.subject, composer.language)
    affected = [i for i in registry.indicators().values() if changed.tables & {*registry.facts_behind(i.id)}]
    computed = [i for i in affected if i.id not in LEFT_OUT and not registry.needs_records(i.id)]
    frames = [frame for i in computed for frame in _effects(composer, after, i, home, technology)]
    table = _sorted(composer, pl.concat(frames) if frames else pl.DataFrame(schema=SCHEMA), changes, home)
    figures = [_figure(composer, table), _given(composer, changes, home)]
    _find(composer, table, changes, home)
    _lack(composer, [indicator for indicator in affected if indicator not in computed])
    return composer.answer(figures)


def _effects(
    composer: Composer, after: Composer, indicator: Indicator, home: str, technology: Technology
) -> Iterator[pl.DataFrame]:
    """What an indicator gives before and after, measure by measure, where the two differ."""
    scopes = (technology.id, "all") if "scope" in indicator.by else (None,)
    adds_up = registry.tables()[registry.facts_behind(indicator.id)[0]].additive and "year" in indicator.by
    where = {"iso3": home} if "iso3" in indicator.key else {}
    for scope in scopes:
        before, then = (
            _of(side.latest(indicator.id, scope, WINDOW if adds_up else 1, where), technology)
            for side in (composer, after)
        )
        known = before if not before.is_empty() else then
        if known.is_empty():
            continue  # the technology itself is not covered: all fields are
        key = [c for c in known.columns if c in {"source", "first_year", "year", *indicator.by, *indicator.key}]
        for name in indicator.measures:
            if known.schema[name].is_numeric() and not name.endswith(BESIDE) and not _dates(indicator, name):
                both = _side(before, key, name, "before").join(
                    _side(then, key, name, "after").select(*key, "after"),
                    on=key, how="full", coalesce=True, nulls_equal=True,
                )  # fmt: skip
                yield _told(composer, indicator, name, both.filter(pl.col("before").ne_missing(pl.col("after"))))
        return


def _dates(indicator: Indicator, name: str) -> bool:
    """Whether a measure is a year, which is no amount."""
    return indicator.measures[name].unit.startswith("year;")


def _of(frame: pl.DataFrame, technology: Technology) -> pl.DataFrame:
    """The rows on the technology's goods and minerals."""
    for column, named in OF_THE_SUBJECT.items():
        if column in frame.columns:
            wanted = [pl.col(column).str.starts_with(code) for code in getattr(technology, named)]
            frame = frame.filter(pl.any_horizontal(pl.lit(False), *wanted))
    return frame


def _side(frame: pl.DataFrame, key: list[str], name: str, side: str) -> pl.DataFrame:
    if frame.is_empty():
        none = {c: pl.lit(None, pl.Int64 if c in ("first_year", "year") else pl.String) for c in key}
        values = [pl.lit(None, pl.Float64).alias(f"{side}{end}") for end in ("", *BESIDE)]
        return pl.select(*(e.alias(c) for c, e in none.items()), *values).clear()
    bounds = {f"{side}{end}": f"{name}{end}" for end in BESIDE}
    columns = {side: pl.col(name)} | {to: pl.col(c) if c in frame.columns else pl.lit(None) for to, c in bounds.items()}
    return frame.select(*key, **{to: column.cast(pl.Float64) for to, column in columns.items()})


def _told(composer: Composer, indicator: Indicator, name: str, differ: pl.DataFrame) -> pl.DataFrame:
    measure, label = indicator.measures[name], indicator.measures[name].label[composer.language]
    named = [pl.col(c).map_elements(composer.scope_label, pl.String) for c in TELLS_APART if c in differ.columns]
    alone = pl.lit(OF_ALL.get(indicator.id) == name) & (pl.col("before").is_null() | pl.col("after").is_null())
    here = {s: pl.when(alone).then(pl.col(s).is_not_null().cast(pl.Float64)).otherwise(s) for s in ("before", "after")}
    change = here["after"] - here["before"]
    found = {
        "indicator": pl.lit(indicator.id),
        "measure": pl.when(alone).then(pl.lit(composer.say(LISTED))).otherwise(pl.lit(label)),
        "about": pl.concat_str(named, separator=", ", ignore_nulls=True) if named else pl.lit(""),
        "change": change, "relative_change": change / here["before"].abs(), "format": pl.lit(measure.format),
        "unit": pl.when(alone).then(pl.lit(composer.say(LISTED_UNIT))).otherwise(pl.lit(composer.say(measure.unit))),
    } | here  # fmt: skip
    rest = {c: pl.col(c) if c in differ.columns else pl.lit(None) for c in SCHEMA if c not in found}
    return differ.select((found | rest)[c].cast(kind).alias(c) for c, kind in SCHEMA.items())


def _sorted(composer: Composer, table: pl.DataFrame, changes: list[Change], home: str) -> pl.DataFrame:
    """The largest relative change first; what appears or vanishes leads."""
    named = {iso3 for c in changes if c.kind in ("tie", "moves") for iso3 in pair(c, home)}
    told = table.with_columns(
        partner=pl.col("partner_iso3").map_elements(composer.name, pl.String),
        direct=pl.col("partner_iso3").is_in(list(named)).fill_null(False),
    )
    size = pl.col("relative_change").abs()
    by = [size.is_null() | size.is_infinite(), size, pl.col("indicator"), pl.col("about"), pl.col("measure")]
    return told.sort(by, descending=[True, True, False, False, False], nulls_last=True)


def _figure(composer: Composer, table: pl.DataFrame) -> Figure:
    units = dict.fromkeys(("before", "before_low", "before_high", "after", "change"), AS_UNIT_SAYS)
    units["relative_change"] = words("share of before")
    used = table["indicator"].unique(maintain_order=True).to_list()
    return composer.figure("effects", composer.say("What changes, the most first"), table, units, *used)


def _given(composer: Composer, changes: list[Change], home: str) -> Figure:
    rows = [(c.do, c.kind, c.name, c.detail, str(c), _in_words(composer, c, home)) for c in changes]
    table = pl.DataFrame(rows, schema=["do", "kind", "name", "detail", "change", "in_words"], orient="row")
    return composer.figure("changes", composer.say("What was changed"), table, {})


def _in_words(composer: Composer, change: Change, home: str) -> str:
    """A change as people say it."""
    name, detail = composer.scope_label(change.name), change.detail
    if change.kind in ("tie", "moves"):
        name = composer.say.listed([composer.name(iso3) for iso3 in pair(change, home)])
        if change.do == "remove" and change.kind == "tie" and detail:
            return composer.say(PART_OF_TIE, name=name, detail=percent(float(detail)))
    elif change.kind in ("supplier", "producer"):
        name = composer.name(countries.resolve(change.name))
        detail = composer.scope_label(detail) if detail else composer.say(EVERYTHING)
    else:
        detail = composer.name(countries.resolve(detail) if detail else home)
    return composer.say(IN_WORDS[change.do, change.kind], name=name, detail=detail)


def _find(composer: Composer, table: pl.DataFrame, changes: list[Change], home: str) -> None:
    told = {"home": composer.name(home), "changes": "; ".join(_in_words(composer, c, home) for c in changes)}
    if table.is_empty():
        composer.find("Nothing that is measured here for {home} changes: {changes}.", **told)
        return
    if table.height == 1:
        composer.find("One figure of {home} changes: {changes}.", **told)
    else:
        composer.find("{rows} figures of {home} change: {changes}.", rows=table.height, **told)
    one_each = ["indicator", "about", "partner_iso3"]
    first = table.filter(~pl.col("direct")).unique(one_each, keep="first", maintain_order=True)
    for row in first.unique("indicator", keep="first", maintain_order=True).head(TOLD).iter_rows(named=True):
        put = percent if row["format"] == "share" else number
        sides = [composer.say("none") if row[s] is None else put(row[s]) for s in ("before", "after")]
        noise = row["before_low"] is not None and row["before_low"] <= (row["after"] or 0) <= row["before_high"]
        composer.find(
            "{measure}: from {before} to {after} ({source}, {years}){noise}.",
            measure=_named(composer, row), before=sides[0], after=sides[1], source=row["source"],
            years=composer.say(UNDATED) if row["year"] is None else years(row["first_year"], row["year"]),
            noise=composer.say(NOISE) if noise else "",
        )  # fmt: skip


def _named(composer: Composer, row: Mapping[str, Any]) -> str:
    """An effect as people name it: indicator and measure, once where they are the same, and what it is about."""
    indicator = registry.indicators()[row["indicator"]].label[composer.language]
    same = indicator.casefold().startswith(row["measure"].casefold())
    whole = indicator if same else f"{indicator} ({row['measure']})"
    return ", ".join(filter(None, (whole, row["about"], row["partner"])))


def _lack(composer: Composer, left_out: list[Indicator]) -> None:
    if left_out:
        names = composer.say.listed([inside(indicator.label[composer.language]) for indicator in left_out])
        composer.lack("Not computed anew: {names}; they stand on single works or on all ties at once.", names=names)
    composer.lack("Nobody in the scenario reacts: it says what hangs on a tie today, not what would come of losing it.")
