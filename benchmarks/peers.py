"""Other ways to count a corpus, for `counting`: SQL by hand, pandas, pyscisci. Each writes its tables as Parquet.

Each is given the folder of records and what stands for what (fields, topics, countries), all made by `counting`.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

# Libraries are imported where they are used, so that no job pays for those of another, and pyscisci needs no Legation.

CORES = os.cpu_count() or 1
TABLES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "articles": (("scope", "counting", "iso3", "year"), ("articles",)),
    "copublications": (("scope", "iso3", "partner_iso3", "first_year", "last_year"), ("works",)),
    "coverage": (("scope", "part", "year"), ("works", "works_with_country", "works_with_author_id", "unassigned")),
    "moves": (("scope", "origin_iso3", "destination_iso3", "year"), ("researchers",)),
    "researcher_stocks": (("scope", "iso3", "year"), ("researchers", "arrivals", "departures")),
}
"""Keys and measures of what is counted."""
BY_PYSCISCI = ("articles", "copublications")

SQL = """
CREATE TEMP TABLE version AS
    SELECT work, updated, filename, file_row_number AS row FROM read_parquet('{records}', filename=true,
        file_row_number=true) WHERE fault IS NULL;
CREATE TEMP TABLE older AS
    SELECT filename, row FROM version
    SEMI JOIN (SELECT work FROM version GROUP BY work HAVING count(*) > 1) USING (work)
    QUALIFY row_number() OVER (PARTITION BY work ORDER BY updated DESC, filename DESC, row DESC) > 1;
DROP TABLE version;
CREATE TEMP TABLE kept AS
    SELECT work, year::SMALLINT AS year, field, topics, authors, countries
    FROM read_parquet('{records}', filename=true, file_row_number=true) AS r
    ANTI JOIN older ON older.filename = r.filename AND older.row = r.file_row_number WHERE fault IS NULL;
CREATE TEMP TABLE scope_name AS
    SELECT scope, row_number() OVER (ORDER BY scope)::UTINYINT AS number FROM (
        SELECT 'all' AS scope UNION SELECT scope FROM '{home}/fields.parquet' UNION
        SELECT scope FROM '{home}/topics.parquet');
CREATE TEMP TABLE place AS
    SELECT iso3, row_number() OVER (ORDER BY iso3)::UTINYINT AS number FROM (SELECT DISTINCT iso3
    FROM '{home}/codes.parquet');
CREATE TEMP TABLE code AS SELECT iso2, number AS iso FROM '{home}/codes.parquet' JOIN place USING (iso3);
CREATE TEMP TABLE said AS
    SELECT text, list_distinct(list(iso)) AS isos
    FROM (SELECT text, unnest(string_split(text, ',')) AS iso2
          FROM (SELECT DISTINCT unnest(countries) AS text FROM kept)) JOIN code USING (iso2) GROUP BY text;
CREATE TEMP TABLE scoped AS
    SELECT work, year, number AS scope FROM (
        SELECT work, year, 'all' AS scope FROM kept
        UNION ALL SELECT work, year, f.scope FROM kept JOIN '{home}/fields.parquet' AS f USING (field)
        UNION ALL SELECT DISTINCT work, year, t.scope FROM (SELECT work, year, unnest(topics) AS topic FROM kept)
            JOIN '{home}/topics.parquet' AS t USING (topic)) JOIN scope_name USING (scope);
CREATE TEMP TABLE author AS
    SELECT work, total, author, isos FROM (SELECT work, len(authors) AS total, unnest(authors) AS author,
        unnest(countries) AS text FROM kept) LEFT JOIN said USING (text);
CREATE TEMP TABLE known AS
    SELECT k.work, coalesce(located, 0) > 0 AS located, coalesce(identified, 0) > 0 AS identified,
        coalesce(nowhere / total, 1.0) AS unassigned
    FROM kept AS k LEFT JOIN (SELECT work, any_value(total) AS total, count(isos) AS located,
        count(author) AS identified, count(*) FILTER (isos IS NULL) AS nowhere FROM author GROUP BY work) USING (work);
DROP TABLE kept;
CREATE TEMP TABLE located AS
    SELECT work, author, unnest(isos) AS iso, 1.0::DOUBLE / (total * len(isos)) AS share FROM author
    WHERE isos IS NOT NULL;
DROP TABLE author;
CREATE TEMP TABLE credit AS SELECT work, iso, sum(share) AS share FROM located GROUP BY work, iso;

CREATE TEMP TABLE articles_ AS
    SELECT scope, iso, year, sum(share) AS fractional, count(*)::DOUBLE AS "full"
    FROM credit JOIN scoped USING (work) GROUP BY ALL;
COPY (SELECT n.scope, counting, iso3, year::BIGINT AS year, articles
    FROM (UNPIVOT articles_ ON fractional, "full" INTO NAME counting VALUE articles) AS a
    JOIN scope_name AS n ON n.number = a.scope JOIN place AS p ON p.number = a.iso) TO '{home}/sql-articles.parquet';

COPY (SELECT n.scope, 'all' AS part, year::BIGINT AS year, count(*) AS works,
    count(*) FILTER (located) AS works_with_country, count(*) FILTER (identified) AS works_with_author_id,
    sum(unassigned) AS unassigned
    FROM scoped AS s JOIN known USING (work) JOIN scope_name AS n ON n.number = s.scope GROUP BY ALL)
    TO '{home}/sql-coverage.parquet';

CREATE TEMP TABLE joint AS
    SELECT work, iso FROM credit SEMI JOIN (SELECT work FROM credit GROUP BY work HAVING count(*) > 1) USING (work);
DROP TABLE credit;
CREATE TEMP TABLE pairs AS
    SELECT scope, year, a.iso AS iso, b.iso AS partner, count(*) AS works
    FROM joint AS a JOIN joint AS b ON a.work = b.work AND a.iso <> b.iso JOIN scoped AS s ON s.work = a.work
    GROUP BY ALL
    UNION ALL SELECT scope, year, iso, NULL, count(*) FROM joint JOIN scoped USING (work) GROUP BY ALL
    UNION ALL SELECT scope, year, NULL, NULL, count(*)
        FROM (SELECT DISTINCT work FROM joint) JOIN scoped USING (work) GROUP BY ALL;
COPY (SELECT n.scope, coalesce(p.iso3, 'WLD') AS iso3, coalesce(q.iso3, 'WLD') AS partner_iso3,
    year::BIGINT AS first_year, year::BIGINT AS last_year, works
    FROM pairs JOIN scope_name AS n ON n.number = pairs.scope LEFT JOIN place AS p ON p.number = iso
    LEFT JOIN place AS q ON q.number = partner) TO '{home}/sql-copublications.parquet';
DROP TABLE pairs;

CREATE TEMP TABLE most AS
    SELECT scope, author, year, unnest(isos) AS iso, len(isos) = 1 AS alone FROM (
        SELECT scope, author, year, list(iso) FILTER (signed = most) AS isos FROM (
            SELECT scope, author, year, iso, signed, max(signed) OVER (PARTITION BY scope, author, year) AS most FROM (
                SELECT scope, author, year, iso, count(*) AS signed
                FROM (SELECT DISTINCT work, author, iso FROM located WHERE author IS NOT NULL)
                JOIN scoped USING (work) GROUP BY ALL)) GROUP BY ALL);
CREATE TEMP TABLE modal AS
    SELECT scope, author, year, iso, lag(iso) OVER (PARTITION BY scope, author ORDER BY year) AS origin FROM (
        SELECT scope, author, year, iso,
            last_value(CASE WHEN alone THEN iso END IGNORE NULLS)
                OVER (PARTITION BY scope, author ORDER BY year) AS home FROM most) WHERE home = iso;
CREATE TEMP TABLE counted AS
    SELECT scope, year, iso, origin, count(*) AS people FROM modal GROUP BY ALL;
COPY (SELECT n.scope, o.iso3 AS origin_iso3, d.iso3 AS destination_iso3, year::BIGINT AS year, people AS researchers
    FROM counted AS c JOIN scope_name AS n ON n.number = c.scope JOIN place AS o ON o.number = origin
    JOIN place AS d ON d.number = iso WHERE origin <> iso) TO '{home}/sql-moves.parquet';
COPY (SELECT n.scope, iso3, year::BIGINT AS year, sum(here)::BIGINT AS researchers, sum(came)::BIGINT AS arrivals,
    sum(gone)::BIGINT AS departures FROM (
        SELECT scope, year, iso, people AS here, CASE WHEN origin <> iso THEN people ELSE 0 END AS came, 0 AS gone
        FROM counted UNION ALL
        SELECT scope, year, origin, 0, 0, people FROM counted WHERE origin <> iso) AS c
    JOIN scope_name AS n ON n.number = c.scope JOIN place AS p ON p.number = c.iso GROUP BY ALL)
    TO '{home}/sql-researcher_stocks.parquet';
"""


def sql(_: Path, home: Path, memory: str) -> None:
    """DuckDB's SQL by hand: flat tables first, numbers for scopes and countries, no order asked of it."""
    import duckdb

    limits: dict[str, Any] = {"memory_limit": memory, "threads": CORES, "temp_directory": str(home / "spare")}
    connection = duckdb.connect(config=limits | {"preserve_insertion_order": False})
    connection.execute(SQL.format(home=home, records=home / "ingest/records/*.parquet"))


def pandas(_: Path, home: Path, __: str) -> None:
    """pandas: columns by Arrow, texts as numbers before anything is grouped."""
    import pandas as pd

    works, scoped, signed = _frames(home)
    people = signed.dropna(subset=["author"])
    located = signed[signed["iso3"].notna()]
    share = located.assign(fractional=1.0 / (located["total"] * located["countries"]))
    credit = share.groupby(["work", "iso3"], observed=True, as_index=False)["fractional"].sum().assign(full=1.0)
    place = ["scope", "iso3", "year"]
    each = credit.merge(scoped, on="work").groupby(place, observed=True, as_index=False)[["fractional", "full"]].sum()
    _keep(home, "articles", each.melt(place, var_name="counting", value_name="articles"))

    flags = pd.DataFrame(
        {
            "work": signed["work"],
            "works_with_country": signed["iso3"].notna(),
            "works_with_author_id": signed["author"].notna(),
            "unassigned": signed["iso3"].isna() / signed["total"],
        }
    )
    how = {"works_with_country": "max", "works_with_author_id": "max", "unassigned": "sum"}
    known = scoped.merge(flags.groupby("work", as_index=False).agg(how), on="work").assign(works=1, part="all")
    by, measures = TABLES["coverage"]
    _keep(home, "coverage", known.groupby(list(by), observed=True, as_index=False)[list(measures)].sum())

    joint = credit.loc[credit.duplicated("work", keep=False), ["work", "iso3"]]
    pairs = joint.merge(joint.rename(columns={"iso3": "partner_iso3"}), on="work")
    pairs = pairs[pairs["iso3"] != pairs["partner_iso3"]].merge(scoped, on="work")
    abroad = joint.merge(scoped, on="work").assign(partner_iso3="WLD")
    world = joint[["work"]].drop_duplicates().merge(scoped, on="work").assign(iso3="WLD", partner_iso3="WLD")
    groups = ["scope", "iso3", "partner_iso3", "year"]
    found = [f.groupby(groups, observed=True).size().reset_index(name="works") for f in (pairs, abroad, world)]
    both = pd.concat([f.astype({"iso3": str, "partner_iso3": str}) for f in found])
    _keep(home, "copublications", both.assign(first_year=both["year"], last_year=both["year"]))
    del pairs, abroad, world, credit, share, located, works
    _people(home, people.loc[people["iso3"].notna(), ["work", "author", "iso3"]].drop_duplicates(), scoped)


def _frames(home: Path) -> tuple[Any, Any, Any]:
    """Current works; works by scope; and a row for each author and country, or one where none is known."""
    import numpy as np
    import pandas as pd

    columns = ["work", "updated", "year", "field", "topics", "authors", "countries", "fault"]
    files = sorted((home / "ingest/records").glob("*.parquet"))
    read = pd.concat([pd.read_parquet(file, columns=columns, dtype_backend="pyarrow") for file in files])
    read = read[read["fault"].isna()].astype({"work": "int64", "year": "int64"})
    works = read.sort_values(["work", "updated"], kind="stable").drop_duplicates("work", keep="last")
    fields, topics, codes = (pd.read_parquet(home / f"{n}.parquet") for n in ("fields", "topics", "codes"))
    dated = works[["work", "year"]]
    field = dated.assign(field=works["field"].astype("str")).merge(fields, on="field")
    topic = works.set_index("work")["topics"].explode().dropna().astype("int64").rename("topic").reset_index()
    technology = topic.merge(topics, on="topic")[["work", "scope"]].drop_duplicates().merge(dated, on="work")
    scoped = pd.concat([dated.assign(scope="all"), field[["work", "year", "scope"]], technology])
    scoped["scope"] = scoped["scope"].astype("category")

    number = np.arange(len(works))
    listed = works["authors"].set_axis(number).explode()
    text = works["countries"].explode()
    numbers, texts = pd.factorize(text)
    place = pd.DataFrame({"text": range(len(texts)), "iso2": pd.Series(list(texts)).str.split(",")}).explode("iso2")
    place = place.merge(codes, on="iso2")[["text", "iso3"]].drop_duplicates()
    place["countries"] = place.groupby("text")["iso3"].transform("size")
    place["iso3"] = place["iso3"].astype("category")
    row = listed.index.to_numpy()
    total = np.bincount(row, minlength=len(works))
    author, _ = pd.factorize(listed)
    signed = pd.DataFrame(
        {"work": works["work"].to_numpy()[row], "total": total[row], "author": author, "text": numbers}
    ).merge(place, on="text", how="left")
    signed["author"] = signed["author"].where(signed["author"] >= 0)
    return dated, scoped, signed.drop(columns="text")


def _people(home: Path, signed: Any, scoped: Any) -> None:
    import pandas as pd

    who, year = ["scope", "author"], ["scope", "author", "year"]
    counted = signed.merge(scoped, on="work").groupby([*year, "iso3"], observed=True).size().reset_index(name="signed")
    most = counted[counted["signed"] == counted.groupby(year, observed=True)["signed"].transform("max")]
    most = most.sort_values(year, kind="stable")
    alone = ~most.duplicated(year, keep=False)
    home_iso3 = most["iso3"].where(alone).groupby([most[c] for c in who], observed=True).ffill()
    modal = most[home_iso3 == most["iso3"]][[*year, "iso3"]]
    modal = modal.assign(origin=modal.groupby(who, observed=True)["iso3"].shift(1))
    flows = modal.groupby(["scope", "year", "iso3", "origin"], observed=True, dropna=False).size()
    flows = flows.reset_index(name="researchers").astype({"iso3": object, "origin": object})
    moved = flows[flows["origin"].notna() & (flows["origin"] != flows["iso3"])]
    _keep(home, "moves", moved.rename(columns={"origin": "origin_iso3", "iso3": "destination_iso3"}))
    came = moved.drop(columns="origin").rename(columns={"researchers": "arrivals"})
    left = moved.drop(columns="iso3").rename(columns={"origin": "iso3", "researchers": "departures"})
    by, measures = TABLES["researcher_stocks"]
    every = pd.concat([flows.drop(columns="origin"), came, left]).fillna(dict.fromkeys(measures, 0))
    _keep(home, "researcher_stocks", every.groupby(list(by), observed=True, as_index=False)[list(measures)].sum())


def _keep(home: Path, name: str, frame: Any) -> None:
    columns = [c for some in TABLES[name] for c in some]
    keys = {key: str for key in TABLES[name][0] if "year" not in key}
    frame[columns].astype(keys).to_parquet(home / f"pandas-{name}.parquet", index=False)


def pyscisci(_: Path, home: Path, __: str) -> None:
    """What pyscisci has that comes nearest, of the records that all others are given."""
    _, scoped, signed = _frames(home)
    once = signed.loc[signed["iso3"].notna(), ["work", "iso3"]].drop_duplicates().merge(scoped, on="work")
    _by_pyscisci(home, "pyscisci", once)


def pyscisci_from_files(raw_folder: Path, home: Path, __: str) -> None:
    """The same the way pyscisci means it: its own reader of OpenAlex's files writes its database, which is counted."""
    import pandas as pd

    open_alex = import_module("pyscisci.datasource.OpenAlex").OpenAlex
    database = home / "spare/pyscisci"
    database.mkdir()
    (database / "data").symlink_to((raw_folder / "openalex/snapshot/data").resolve())
    base = open_alex(str(database), show_progress=False)
    parts = ["publications", "publicationauthoraffiliation", "references", "topics"]  # what Legation's records hold
    base.parse_publications(dataframe_list=parts, show_progress=False)
    institutions, fields, topics = (
        pd.read_parquet(home / f"{n}.parquet") for n in ("institutions", "topic_fields", "topics")
    )
    years = base.load_publications(columns=["PublicationId", "Year"]).rename(columns={"PublicationId": "work"})
    years = years.astype("int64").rename(columns={"Year": "year"}).drop_duplicates("work")
    listed = base.load_pub2field(columns=["PublicationId", "FieldId"])
    listed = listed.rename(columns={"PublicationId": "work", "FieldId": "topic"}).astype("int64")
    field = listed.drop_duplicates("work").merge(fields, on="topic")
    technology = listed.merge(topics, on="topic").drop_duplicates(["work", "scope"])
    named = pd.concat([field, technology])[["work", "scope"]].merge(years, on="work")
    scoped = pd.concat([years.assign(scope="all"), named]).astype({"scope": "category"})
    signed = base.load_publicationauthoraffiliation(columns=["PublicationId", "AffiliationId"]).dropna()
    signed = signed.astype("int64").rename(columns={"PublicationId": "work", "AffiliationId": "institution"})
    once = signed.merge(institutions, on="institution")[["work", "iso3"]].drop_duplicates().merge(scoped, on="work")
    _by_pyscisci(home, "pyscisci_from_files", once)


def _by_pyscisci(home: Path, name: str, once: Any) -> None:
    """Yearly productivity and co-authorship, scope by scope, of countries given as if they were authors."""
    import numpy as np
    import pandas as pd

    author, network = (import_module(f"pyscisci.{module}") for module in ("methods.author", "network"))

    named = {"work": "PublicationId", "iso3": "AuthorId", "year": "Year"}
    each = once.rename(columns=named).astype({"AuthorId": object})
    articles, joint, begin = [], [], time.perf_counter()
    for scope, found in each.groupby("scope", observed=True):
        rows = found.drop(columns="scope")
        articles.append(author.author_yearly_productivity(rows).assign(scope=scope))
        matrices, numbers = network.coauthorship_network(rows, temporal=True)
        names = np.array(list(numbers))
        for year, matrix in matrices.items():
            m = matrix.tocoo()
            columns = {"iso3": names[m.row], "partner_iso3": names[m.col], "year": year, "works": m.data}
            joint.append(pd.DataFrame(columns).assign(scope=scope))
    print(f"pyscisci's own counting: {time.perf_counter() - begin:.1f} s", file=sys.stderr)
    full = pd.concat(articles).rename(columns={"AuthorId": "iso3", "Year": "year", "YearlyProductivity": "articles"})
    full.assign(counting="full").to_parquet(home / f"{name}-articles.parquet", index=False)
    pairs = pd.concat(joint).assign(first_year=lambda f: f["year"], last_year=lambda f: f["year"])
    pairs[pairs["iso3"] != pairs["partner_iso3"]].to_parquet(home / f"{name}-copublications.parquet", index=False)
