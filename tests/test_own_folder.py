"""A folder of one's own declarations stands beside those of the package, for as long as something is asked with it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import Ran

import legation as lg
from legation import registry
from legation.beside import beside
from legation.declaring import DeclarationError
from legation.errors import UserError
from legation.owning import check_folder, read_folder

TECHNOLOGY = """
label = { en = "Quantum sensing", ko = "양자센싱" }
covers = "Measuring with quantum states."
excludes = "Computing."
limits = "None of its own."
fields = ["physics"]
"""
INDICATOR = '''
"""How much is twice the output?"""

import narwhals as nw

from legation.model import Example, Indicator, Measure

INDICATOR = Indicator(
    label={"en": "Double output", "ko": "두 배"},
    measures={"doubled": Measure({"en": "Doubled", "ko": "두 배"}, "articles")},
    formula="2x",
    reference="https://example.org",
    by=("source", "scope", "first_year", "year", "counting"),
    key=("iso3",),
    example=Example({"articles": """
        iso3  articles
        KOR   30
    """}, """
        iso3  doubled
        KOR   60.0
    """),
)


def compute(articles: nw.LazyFrame) -> nw.LazyFrame:
    return articles.with_columns(doubled=nw.col("articles") * 2)
'''
LENS = """
label = "Output alone"
[criteria.output]
label = "Output"
lines = [ { indicator = "double_output", measure = "doubled", scopes = ["fields"], where = { counting = "full" } } ]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "technologies/quantum-sensing.toml": TECHNOLOGY,
        "indicators/double_output.py": INDICATOR,
        "lenses/output-alone.toml": LENS,
        "blocs.toml": '"Chip 4" = ["KOR", "Japan", "TWN", "US"]\n',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_each_kind_of_declaration_is_used(folder: Path) -> None:
    own = lg.open(own=folder)
    plain = lg.open()
    doubled = own.indicator("double_output", source="ncses", scope="physics", year=2020)
    single = plain.table("articles", "ncses").filter(scope="physics", year=2020, counting="full", iso3="KOR")
    assert doubled.filter(counting="full", iso3="KOR")["doubled"].item() == 2 * single["articles"].item()
    position = own.position("KOR", "quantum-sensing", lang="ko")
    assert "양자센싱" in position.question
    assert "Doubled" in str(own.partners("KOR", "quantum-sensing", lens="output-alone").findings).replace(
        "doubled", "Doubled"
    )
    assert any("Chip 4" in str(finding) for finding in own.role("KOR", "quantum", bloc=("chip 4",)).findings)


def test_what_is_declared_ends_with_the_question(folder: Path) -> None:
    """Nothing is registered: other stores, other threads and the next question do not see it."""
    own, plain = lg.open(own=folder), lg.open()
    own.position("KOR", "quantum-sensing")
    with pytest.raises(UserError, match="unknown technology 'quantum-sensing'; did you mean quantum"):
        plain.position("KOR", "quantum-sensing")
    assert "quantum-sensing" not in registry.technologies()
    with beside(own.own), ThreadPoolExecutor(1) as pool:
        assert "double_output" in registry.indicators()
        assert not pool.submit(lambda: "double_output" in registry.indicators()).result()


def test_a_remembering_store_and_the_html_of_its_answers_know_it_too(folder: Path) -> None:
    answer = lg.open(own=folder).remembering().partners("KOR", "quantum-sensing", lens="output-alone")
    assert "Quantum sensing" in answer._repr_html_() or "quantum sensing" in answer._repr_html_()


def test_check_runs_the_worked_examples(folder: Path, run: Callable[..., Ran]) -> None:
    assert run("check", folder) == Ran(
        0,
        "technology quantum-sensing: Quantum sensing\nlens output-alone: 1 criteria\nbloc Chip 4: 4 members\n"
        "indicator double_output: the worked example gives what it says\n",
        "",
    )
    file = folder / "indicators" / "double_output.py"
    file.write_text(INDICATOR.replace("60.0", "61.0"))
    lines, sound = check_folder(folder)
    assert not sound
    assert lines[-2] == "indicator double_output: the worked example does not hold:"
    assert "61" in lines[-1]
    assert run("check", folder).code == 1


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (
            "indicators/double_output.py",
            INDICATOR.replace("articles:", "article:"),
            "compute() asks for article, which",
        ),
        ("indicators/double_output.py", "def", r"double_output.py cannot be read: SyntaxError: .*\(line 1\)"),
        ("indicators/double_output.py", '"""?"""\nimport nowhere\n', r"No module named 'nowhere' \(line 2\)"),
        ("indicators/double_output.py", '"""?"""\n', r"double_output.py: declare INDICATOR = Indicator"),
        ("indicators/output.py", INDICATOR, "output.py: there is one called output already"),
        ("technologies/quantum-sensing.toml", "labl = 1", "quantum-sensing.toml: missing label, covers"),
        ("technologies/quantum-sensing.toml", "label = ", "quantum-sensing.toml cannot be read as TOML"),
        ("lenses/output-alone.toml", LENS.replace("double_output", "double_outpt"), "did you mean double_output"),
        ("blocs.toml", '"Chip 4" = ["Koera"]', "blocs.toml: Chip 4: unknown country 'Koera'"),
        ("blocs.toml", '"A=B" = ["KOR"]', "the name of a bloc holds no comma, = or +"),
        ("blocs.toml", "x = 3", "blocs.toml: x: give its members"),
    ],
)
def test_a_declaration_that_does_not_fit_is_named(folder: Path, file: str, text: str, said: str) -> None:
    (folder / file).write_text(text, encoding="utf-8")
    with pytest.raises(DeclarationError, match=said.replace("()", r"\(\)")):
        read_folder(folder)


def test_a_folder_that_is_none_or_empty_or_misspelt(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no folder .*; it holds indicators/\*\.py, technologies/\*\.toml"):
        read_folder(tmp_path / "none")
    with pytest.raises(UserError, match="declares nothing"):
        read_folder(tmp_path)
    (tmp_path / "indicator").mkdir()
    with pytest.raises(UserError, match="has a folder indicator; did you mean indicators"):
        read_folder(tmp_path)


def test_the_command_takes_a_folder_by_option_or_environment(
    folder: Path, run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("position", "KOR", "quantum-sensing")
    assert run(*asked).code == 2
    ran = run("--own", folder, *asked)
    assert ran.code == 0
    assert "quantum sensing" in ran.out
    monkeypatch.setenv("LEGATION_OWN", str(folder))
    assert run(*asked).out == ran.out
    assert "double_output" in run("explain", "double_output").out


def test_an_error_in_an_indicator_of_ones_own_is_told_not_thrown(folder: Path) -> None:
    file = folder / "indicators" / "double_output.py"
    file.write_text(INDICATOR.replace('nw.col("articles") * 2', 'nw.col("artikels") * 2'))
    lines, sound = check_folder(folder)
    assert not sound
    assert "artikels" in "\n".join(lines)
