"""Forms of questions: each option a field, so that a view is changed without a script."""

from __future__ import annotations

from typing import Any

from legation import registry
from legation.answer import Answer
from legation.language import words
from legation.model import Lens
from legation.phrasing import Phrasing
from legation.surfaces.web.addresses import WEIGHT, Asked, told

CHOICES: dict[str, dict[str, str]] = {
    "coalition.objective": {"smallest": words("fewest members"), "aligned": words("closest in UN votes")},
    "coalition.of": {
        "": words("the best evidence there is"), "top10": words("works in the top 10 %"),
        "top1": words("works in the top 1 %"), "output": words("works"), "capability": words("counted capability"),
        "patents": words("patents"),
    },
    "partners.income": {
        "all": words("all"), "low": words("low"), "lower-middle": words("lower-middle"),
        "upper-middle": words("upper-middle"), "high": words("high"),
    },
}  # fmt: skip
"""What may be chosen, where that is a short list."""
LABELS = {
    "lens": words("Lens"), "weight": words("Weights"), "income": words("Income group"), "draws": words("Draws"),
    "top": words("First places"), "bloc": words("Blocs"), "share": words("Share to reach"), "of": words("Of what"),
    "objective": words("Objective"), "max_distance": words("Largest distance"), "members": words("Most members"),
    "include": words("Must be in it"), "exclude": words("Must not be in it"), "among": words("Only among"),
    "beside": words("Countries beside"), "abroad": words("Organisations abroad"), "remove": words("Remove"),
    "add": words("Add"),
}  # fmt: skip
BLANKS = 2
"""Empty fields after those that are filled, where an option may be given several times."""
OPEN = ("scenario",)
"""Questions whose form stands open."""


def form(asked: Asked, answer: Answer | None) -> dict[str, Any]:
    """The form of a question, or none where it has no options."""
    options = {n: d for n, d in registry.options(asked.question).items() if n not in asked.question.files}
    if not options:
        return {"form": ""}
    say = Phrasing(asked.lang)
    fields = [_field(asked, name, default, say) for name, default in options.items() if name != WEIGHT]
    lens = registry.lenses().get(asked.options.get("lens", options.get("lens", "")))
    return {
        "form": "parts/form.html.j2",
        "fields": fields,
        "weights": _weights(asked, lens) if lens and WEIGHT in options else [],
        "lens": lens.asks.get(asked.lang, "") if lens else "",
        "action": asked.elsewhere(options={}),
        "unfold": asked.question.id in OPEN,
        "changed": told(asked.options),
    }


def _field(asked: Asked, name: str, default: Any, say: Phrasing) -> dict[str, Any]:
    value = asked.options.get(name, default)
    several = default == () or isinstance(default, tuple)
    values = [*value, *[""] * BLANKS] if several else [_written(value)]
    choices = {value: say(told) for value, told in CHOICES.get(f"{asked.question.id}.{name}", {}).items()}
    if name == "lens":
        choices = {lens.id: lens.label[asked.lang] for lens in registry.lenses().values()}
    if choices and not several:
        choices = {values[0]: values[0]} | choices
    return {
        "name": name,
        "label": say(LABELS.get(name, name.replace("_", " ").capitalize())),
        "help": say(asked.question.options[name]),
        "kind": "number" if isinstance(default, int | float) else "text",
        "step": "1" if isinstance(default, int) else "any",
        "values": values,
        "choices": choices,
    }


def _weights(asked: Asked, lens: Lens) -> list[dict[str, str]]:
    """How much each criterion of the lens counts, as the reader set it or as it is declared."""
    given = dict(one.rsplit("=", 1) for one in asked.options.get(WEIGHT, ()) if "=" in one)
    return [
        {"name": f"{WEIGHT}.{name}", "label": c.label[asked.lang], "value": given.get(name, f"{c.weight:g}")}
        for name, c in lens.criteria.items()
    ]


def _written(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
