"""What one country could gain from another field by field: its lead there, times how near the field is to home."""

from collections.abc import Sequence

import narwhals as nw

from legation.indicators._measures import with_interval
from legation.model import Measure

UNIT = "-1 to 1; 0 = as all others"
ENDS = ("", "_low", "_high")

MEASURES: dict[str, Measure] = {
    **with_interval(
        "gain",
        {"en": "What could be gained", "ko": "얻을 수 있는 보완"},
        "lead in symmetric RCA × density; 0 = none",
        "higher",
        "index",
    ),
    **with_interval(
        "lead", {"en": "Lead of the partner", "ko": "상대국의 우위"}, "difference in symmetric RCA", None, "index"
    ),
    **with_interval("density", {"en": "How near the field is", "ko": "분야 근접 밀도"}, "share of proximity; 0 to 1"),
    **with_interval("symmetric_rca", {"en": "Symmetric RCA", "ko": "대칭 현시비교우위"}, UNIT, None, "index"),
    **with_interval(
        "partner_symmetric_rca",
        {"en": "Symmetric RCA of the partner", "ko": "상대국의 대칭 현시비교우위"},
        UNIT,
        None,
        "index",
    ),
}
FORMULA = r"g_{hpt} = \max(0, s_{pt} - s_{ht})\,d_{ht},\quad s = \frac{\mathrm{RCA} - 1}{\mathrm{RCA} + 1}"


def complementarity(advantage: nw.LazyFrame, density: nw.LazyFrame, by: Sequence[str]) -> nw.LazyFrame:
    """Columns `by`, `scope`, `iso3`, `partner_iso3` and `MEASURES`, of every two countries that have a density.

    The lead is at its low end where the partner's symmetric RCA is at its own and that of the country at its high one,
    and the other way round; what could be gained takes both lead and density at the same end.
    """
    key = [*by, "scope"]
    rca = [f"symmetric_rca{end}" for end in ENDS]
    told = density.select(*key, "iso3", *(f"density{end}" for end in ENDS))
    home = advantage.select(*key, "iso3", *rca).join(told, on=[*key, "iso3"], how="inner")
    there = home.select(*key, partner_iso3="iso3", **{f"partner_{c}": nw.col(c) for c in rca})
    pairs = home.join(there, on=key, how="inner").filter(nw.col("iso3") != nw.col("partner_iso3"))
    opposite = {"": "", "_low": "_high", "_high": "_low"}
    led = pairs.with_columns(
        **{f"lead{e}": nw.col(f"partner_symmetric_rca{e}") - nw.col(f"symmetric_rca{o}") for e, o in opposite.items()}
    )
    none = nw.lit(0.0)
    gains = {
        f"gain{e}": nw.when(nw.col(f"lead{e}") > 0).then(nw.col(f"lead{e}") * nw.col(f"density{e}")).otherwise(none)
        for e in ENDS
    }
    return led.with_columns(**gains).select(*key, "iso3", "partner_iso3", *MEASURES)
