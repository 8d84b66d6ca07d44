"""How measures with an interval and a rank are declared, alike in every indicator that has them."""

from typing import Literal

from legation.model import Measure, Text


def with_interval(
    name: str,
    label: Text,
    unit: str,
    better: Literal["higher", "lower"] | None = "higher",
    format: Literal["number", "share", "count", "ratio", "index"] = "share",
) -> dict[str, Measure]:
    """A measure and the two ends of its 95 % interval."""
    low = {"en": f"{label['en']}, low end of 95 %", "ko": f"{label['ko']} 95% 구간 하한"}
    high = {"en": f"{label['en']}, high end of 95 %", "ko": f"{label['ko']} 95% 구간 상한"}
    return {
        name: Measure(label, unit, better, format),
        f"{name}_low": Measure(low, unit, None, format),
        f"{name}_high": Measure(high, unit, None, format),
    }


RANKS = {
    "rank": Measure({"en": "Rank", "ko": "순위"}, "place, 1 = largest; median over draws", "lower", "count"),
    "rank_low": Measure({"en": "Best rank in 95 %", "ko": "순위 95% 구간 상단"}, "place", None, "count"),
    "rank_high": Measure({"en": "Worst rank in 95 %", "ko": "순위 95% 구간 하단"}, "place", None, "count"),
}
