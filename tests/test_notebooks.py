"""The notebooks run from first to last cell and print what is kept in them; and how an answer shows in one."""

import re
from pathlib import Path

import nbformat
import polars as pl
import pytest

import legation as lg
from legation.answer import Answer, Figure, Finding
from tools.notebooks import run

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
BUILD = re.compile(r"\b[0-9a-f]{16}\b")
OF_A_MACHINE = re.compile(r"/(?:home|root|tmp|work|usr|Users|var)/|\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d|0x[0-9a-f]{6,}")


def printed(notebook: nbformat.NotebookNode) -> list[str]:
    """What each cell gave, without the build, which changes with every change of the pack."""
    cells = (cell for cell in notebook.cells if cell.cell_type == "code")
    return [BUILD.sub("BUILD", _texts(cell)) for cell in cells]


def _texts(cell: nbformat.NotebookNode) -> str:
    given = (
        output.get("text") or "".join(text for _, text in sorted(output.get("data", {}).items()))
        for output in cell.outputs
    )
    return "\n".join("".join(text) for text in given)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_gives_what_is_kept_in_it(path: Path) -> None:
    kept = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    assert all(cell.outputs for cell in kept.cells if cell.cell_type == "code" and "print" in cell.source)
    assert printed(run(path)) == printed(kept), "run `python tools/notebooks.py` and read the difference"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_nothing_kept_tells_of_the_machine_or_the_day(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    assert not [text for text in printed(notebook) if OF_A_MACHINE.search(text)]
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert not any("execution" in cell.metadata for cell in notebook.cells)


# How an answer shows


def answer(table: pl.DataFrame, **told: object) -> Answer:
    """An answer with one table, and what is told of it."""
    figure = Figure("main", "A <table>", table, {"value": "as `unit` says"}, **told)  # type: ignore[arg-type]
    findings = (Finding("{n} & more", {"n": "<b>"}),)
    return Answer("x", "Who <i>?", {}, {"main": figure}, findings, (Finding("Nothing"),), (), (), {}, (), "abc", "en")


def cells(html: str) -> list[str]:
    return re.findall(r"<td[^>]*>(.*?)</td>", html)


def test_values_are_shown_with_interval_unit_and_period() -> None:
    table = pl.DataFrame(
        {
            "value": [0.0277, 12345.6, None], "low": [0.0234, 12000.0, None], "high": [0.0321, 13000.0, None],
            "unit": ["share", "works", "works"], "format": ["share", "count", "count"],
            "first_year": [2018, 2020, 2020], "year": [2022, 2020, 2020],
        }
    )  # fmt: skip
    assert cells(answer(table)._repr_html_()) == [
        "2.77 % (2.34 % to 3.21 %)", "2018–2022", "12,346 (12,000 to 13,000) works", "2020", "–", "2020",
    ]  # fmt: skip


def test_what_is_shown_is_escaped() -> None:
    html = answer(pl.DataFrame({"name": ["<script>alert(1)</script>"]}), notes=("<img src=x>",))._repr_html_()
    assert "<script" not in html
    assert "<img" not in html
    assert "Who &lt;i&gt;?" in html
    assert "&lt;b&gt; &amp; more" in html


def test_a_long_table_says_how_much_of_it_is_shown() -> None:
    html = answer(pl.DataFrame({"n": range(50)}))._repr_html_()
    assert cells(html) == [str(n) for n in range(20)]
    assert "20 of 50 rows; all of them: answer.figures[&#x27;main&#x27;].table" in html


def test_what_is_not_known_is_shown_without_a_click() -> None:
    html = answer(pl.DataFrame({"n": [1]}))._repr_html_()
    assert re.search(r"<details open><summary[^>]*>No evidence \(1\)</summary><ul[^>]*><li>Nothing</li>", html)


def test_headings_are_in_the_language_of_the_answer() -> None:
    html = lg.position("KOR", "quantum", lang="ko")._repr_html_()
    assert html.startswith('<section lang="ko"')
    assert ">국가<" in html
    assert "<script" not in html
    assert "style>" not in html, "no rule that could reach beyond the answer"


def test_the_text_of_an_answer_is_one_line() -> None:
    shown = repr(lg.position("KOR", "quantum"))
    assert re.fullmatch(
        r"<Answer position: Where does South Korea stand in .*\? \d+ tables, build [0-9a-f]{16}>", shown
    )
