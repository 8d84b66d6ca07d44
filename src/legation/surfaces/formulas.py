r"""Formulas: the LaTeX of the indicators as Typst mathematics and as MathML.

>>> to_typst(r"s_c = \frac{p_c x_c}{\sum_{c'} p_{c'}}")
"s _( c ) = ( p _( c ) x _( c ) ) / ( sum _( c ' ) p _( c ' ) )"
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

TOKEN = re.compile(r"\\(?:[A-Za-z]+\*?|.)|\d+(?:\.\d+)?|\S|\s+")
GREEK = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau phi chi psi omega"
NAMED = "sum product max min ln log exp lim sup inf det arg in times ell forall exists quad"
COMMANDS = {
    **{name: name for name in (*GREEK.split(), *GREEK.title().split(), *NAMED.split())},
    "le": "<=", "leq": "<=", "ge": ">=", "geq": ">=", "ne": "!=", "neq": "!=", "to": "->", "pm": "plus.minus",
    "cdot": "dot.c", "cap": "inter", "cup": "union", "bigcap": "inter.big", "bigcup": "union.big", "prod": "product",
    "mid": "bar.v", "sim": "tilde.op", "approx": "approx", "ni": "in.rev", "notin": "in.not", "infty": "infinity",
    "wedge": "and", "vee": "or", "setminus": "without", "dots": "dots.h", "ldots": "dots.h", "qquad": "quad quad",
    ",": "thin", ";": "med", ":": "med", " ": "space.med", "#": "\\#", "%": "%", "{": "\\{", "}": "\\}", "|": "||",
    **dict.fromkeys(("!", "left", "right", "middle", "big", "Big", "bigl", "bigr", "Bigl", "Bigr"), ""),
    **dict.fromkeys(("textstyle", "displaystyle", "limits", "nolimits"), ""),
}  # fmt: skip
"""Commands and what Typst calls them; a command that is not here is set as the word it is."""

ACCENTS = {"tilde": "tilde", "bar": "macron", "overline": "overline", "vec": "arrow", "hat": "hat", "sqrt": "sqrt"}
LITERAL = {"/": "\\/", "*": "\\*", '"': '\\"', "&": "\\&", "$": "\\$"}


def to_typst(latex: str) -> str:
    """LaTeX mathematics as Typst mathematics.

    Covers what the indicators use: fractions, roots, accents, words, super- and subscripts, named symbols.
    """
    return " ".join(_phrase(_Reader(token for token in TOKEN.findall(latex) if not token.isspace() or token == " ")))


def to_mathml(formulas: Sequence[str]) -> list[str]:
    """LaTeX formulas as MathML elements, in the same order."""
    import typst

    page = "\n\n".join(f"${to_typst(formula)}$" for formula in formulas)
    html = typst.compile(page.encode(), format="html", ignore_system_fonts=True).decode()
    return re.findall(r"<math.*?</math>", html, flags=re.DOTALL)


class _Reader:
    """The tokens of a formula, read one by one."""

    def __init__(self, tokens: Iterator[str]) -> None:
        self.tokens = list(tokens)
        self.at = 0

    def __bool__(self) -> bool:
        return self.at < len(self.tokens)

    def take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1]

    def raw(self) -> str:
        """What stands between the next pair of braces, as written."""
        while self.take() != "{":
            pass
        start, depth = self.at, 1
        while depth:
            depth += {"{": 1, "}": -1}.get(self.take(), 0)
        return "".join(self.tokens[start : self.at - 1])

    def argument(self) -> str:
        """The next token or group, as Typst."""
        token = self.take()
        while token == " ":
            token = self.take()
        return " ".join(_phrase(self, "}")) if token == "{" else _symbol(self, token)


def _phrase(reader: _Reader, end: str = "") -> Iterator[str]:
    while reader:
        token = reader.take()
        if end and token == end:
            return
        if written := _symbol(reader, token):
            yield written


def _symbol(reader: _Reader, token: str) -> str:
    """One token with its arguments."""
    if token in "^_":
        return f"{token}( {reader.argument()} )"
    if token == "{":
        return " ".join(_phrase(reader, "}"))
    if token.startswith("\\"):
        return _command(reader, token[1:])
    return LITERAL.get(token, token.strip())


def _command(reader: _Reader, name: str) -> str:
    """A command with its arguments."""
    if name in ("frac", "tfrac"):
        return f"( {reader.argument()} ) / ( {reader.argument()} )"
    if name in ACCENTS:
        return f"{ACCENTS[name]}( {reader.argument()} )"
    if name in ("mathrm", "text"):
        return '"' + re.sub(r"\\(.)", r"\1", reader.raw()) + '"'
    if name.startswith("operatorname"):
        return f'op("{reader.raw()}")'
    if name == "not":
        return f"{_symbol(reader, reader.take())}.not"
    return COMMANDS.get(name, f'"{name}"')
