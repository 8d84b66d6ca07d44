"""What readers ask most, ready to be sent: for a desk officer, an analyst, whoever keeps the store, a trainer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from legation import countries, registry
from legation.errors import UserError
from legation.surfaces.mcp.resources import SCHEME
from legation.surfaces.parameters import Parameter, read_texts

HOME = Parameter("home", "The home country: ISO 3166-1 alpha-3 code or name", "country", required=True)
PARTNER = Parameter("partner", "The country visited: ISO 3166-1 alpha-3 code or name", "country", required=True)
TECHNOLOGY = Parameter("technology", "The technology, by its identifier such as quantum", required=True)
LENS = Parameter("lens", "competitiveness, complementarity or contribution", default="competitiveness")
RULES = (
    "Use only what the tools give. Give every number with its unit, year, source and interval. Where places are tied, "
    "say that the data cannot order them. Say what there is no evidence for, and repeat the caveats that bear on what "
    "you say. Never name persons, never fill a blank cell, never guess a number. End with the sources, their licences, "
    "and the build."
)


@dataclass(frozen=True)
class Prompt:
    """A question in words, with places for its parameters."""

    name: str
    title: str
    told: str
    parameters: tuple[Parameter, ...]
    words: str

    def fill(self, given: Mapping[str, str]) -> str:
        """The words about what was given. Raises: UserError for what is missing, unknown or cannot be read."""
        found = {p.name: p.default for p in self.parameters} | read_texts(self.parameters, given.items())
        for kind, known in (("technology", registry.technologies()), ("lens", registry.lenses())):
            if kind in found:
                registry.pick(kind, known, found[kind])
        named = {
            p.name: f"{countries.name(found[p.name])} ({found[p.name]})" for p in self.parameters if p.kind == "country"
        }
        return f"{self.words.format(**found | named)}\n\n{RULES}"


PROMPTS = {
    prompt.name: prompt
    for prompt in (
        Prompt(
            "prepare_visit", "Prepare a visit", "For a desk officer: one page on a country that is visited soon.",
            (HOME, PARTNER, TECHNOLOGY),
            "I work at the foreign ministry of {home} and visit {partner} in three days; the subject is {technology}. "
            "With the tools `pair`, `topics`, `exposure` and `norms`, write one page in plain words: what is between "
            "us, what each needs from the other, what we could propose to work on, where we are exposed to them or "
            "they to us, where both sit at the table that writes the rules, and what to be careful about.",
        ),
        Prompt(
            "compare_partners", "Compare partners", "For an analyst: ranked partners, and what the order rests on.",
            (HOME, TECHNOLOGY, LENS),
            "Whom should {home} work with in {technology}, under the lens {lens}? Use `partners`, then look at its "
            "tables `criteria`, `sensitivity` and `without`, and ask again with other weights where the order hangs on "
            "one criterion. Tell which partners the data put apart and which they leave tied, what moves the order, "
            "and which evidence is missing. For the first groups, check with `pair` what is there already.",
        ),
        Prompt(
            "check_evidence", "Check the evidence", "For whoever keeps the store: what it can and cannot answer.",
            (HOME, TECHNOLOGY),
            "What can this store answer for {home} in {technology}, and what not? Use `list_indicators` with the "
            f"technology, `list_tables` and the resources under {SCHEME}sources/. List by question: on the "
            "technology's own evidence, on neighbouring fields, on nothing; the vintage and licence of each source; "
            "rejected or suppressed rows; and which further source would supply what is missing.",
        ),
        Prompt(
            "training_exercise", "Make a training exercise", "For a trainer of science diplomats: half a day.",
            (HOME, TECHNOLOGY),
            "Make a half-day exercise for science diplomats of {home} on {technology}, from the evidence alone. Use "
            "`position`, `exposure`, `role`, `coalition`, and `scenario` for what breaks if a tie or supplier is "
            "gone. Give a situation of one page, four roles with aims that conflict, three injects with the numbers "
            "behind them, a data annex, and a key for the facilitator that says which claims the data do not bear.",
        ),
    )
}  # fmt: skip


def prompt(name: str) -> Prompt:
    """The prompt called so. Raises: UserError naming all there are."""
    if name not in PROMPTS:
        raise UserError(f"unknown prompt {name[:100]!r}; known: {', '.join(PROMPTS)}")
    return PROMPTS[name]
