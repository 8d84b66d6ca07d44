"""The house rules: data flows one way, formats and engines stay in their rooms, files are short."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from legation import build, registry

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "legation"
LAYERS: tuple[tuple[str, ...], ...] = (
    ("errors", "constants", "memory", "packed"),
    ("language",),
    ("model", "answer", "notebook"),
    ("beside",),
    ("phrasing",),
    ("registry", "countries", "backtested", "declaring"),
    ("intake", "checks", "fetching", "mapping"),
    ("resampling", "ranking", "sensitivity", "poisson", "logistic", "covering", "coalitions"),
    ("tables", "sources", "technologies", "lenses", "indicators"),
    ("spark",),
    ("engine", "store"),
    ("periods", "bounds"),
    ("evaluation",),
    ("examples", "scenarios", "owning"),
    ("recorded",),
    ("build", "own", "corpus"),
    ("answers",),
    ("backtest",),
    ("catalogue",),
    ("evidence",),
    ("legation",),
    ("surfaces",),
)
"""From left to right; a module imports from its own layer or from one to the left. `legation` is the public API."""

SURFACES_MAY_IMPORT = {
    "answer",
    "answers",
    "backtest",
    "beside",
    "build",
    "catalogue",
    "corpus",
    "countries",
    "engine",
    "errors",
    "evidence",
    "fetching",
    "legation",
    "model",
    "own",
    "owning",
}
SURFACES_MAY_IMPORT |= {"declaring", "language", "memory", "phrasing", "registry", "store", "surfaces"}
TOUCH_PARQUET = {
    "store.py",
    "own.py",
    "build.py",
    "engine.py",
    "fetching/checking.py",
    "mapping/reading.py",
    "scenarios.py",
    "surfaces/formats.py",
}
TOUCH_PARQUET |= {"corpus/sheaves.py"}  # what is on its way from records to the tables
MOST_LINES = 300
MOST_LINES_IN_FUNCTION = 60
ARITHMETIC_METHODS = {
    "group_by",
    "agg",
    "sum",
    "mean",
    "median",
    "std",
    "var",
    "rank",
    "over",
    "cum_sum",
    "diff",
    "dot",
}

MODULES = sorted(PACKAGE.rglob("*.py"))


def _name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def _room(module: str) -> str:
    """The part of the house a module belongs to: legation.answers.pair → answers, legation → legation."""
    return module.split(".")[1] if "." in module else module


def _module(path: Path) -> str:
    return ".".join(["legation", *path.relative_to(PACKAGE).with_suffix("").parts]).removesuffix(".__init__")


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _typing_only(tree: ast.Module) -> set[ast.AST]:
    """What stands under `if TYPE_CHECKING:`, which is never run."""
    guarded = (n for n in ast.walk(tree) if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING")
    return {inner for guard in guarded for inner in ast.walk(guard)}


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every module imported anywhere in a file, also inside functions, with its line."""
    tree = _tree(path)
    skipped = _typing_only(tree)
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: write the import in full"
            yield from ((node.lineno, _target(node.module or "", alias.name)) for alias in node.names)


def _target(module: str, name: str) -> str:
    """`from legation import registry` imports a module; `from legation.errors import unknown` a name from one."""
    package, *inner = module.split(".")
    inside = PACKAGE.joinpath(*inner, name)
    is_module = package == "legation" and (inside.with_suffix(".py").is_file() or inside.is_dir())
    return f"{module}.{name}" if is_module else module


def _own_imports(path: Path) -> Iterator[tuple[int, str]]:
    return ((line, name) for line, name in _imports(path) if name.split(".")[0] == "legation")


def _layer(room: str) -> int:
    return next(number for number, rooms in enumerate(LAYERS) if room in rooms)


def test_every_module_has_its_place_in_the_order() -> None:
    placed = {room for rooms in LAYERS for room in rooms}
    assert {_room(_module(path)) for path in MODULES} <= placed


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_imports_go_to_the_left(path: Path) -> None:
    here = _room(_module(path))
    wrong = [f"line {n}: {name}" for n, name in _own_imports(path) if _layer(_room(name)) > _layer(here)]
    assert not wrong, f"{_name(path)} stands in {here} and imports from the right"


def test_an_import_to_the_right_is_found_also_inside_a_function(tmp_path: Path) -> None:
    lazy = tmp_path / "lazy.py"
    lazy.write_text("def f():\n    from legation import build\n    from legation.answers.pair import pair\n")
    assert list(_own_imports(lazy)) == [(2, "legation.build"), (3, "legation.answers.pair")]
    assert _layer(_room("legation.answers.pair")) > _layer(_room("legation.build")) > _layer("registry")


@pytest.mark.parametrize("path", sorted((PACKAGE / "surfaces").rglob("*.py")), ids=_name)
def test_surfaces_import_only_what_they_show(path: Path) -> None:
    strange = [f"line {n}: {name}" for n, name in _own_imports(path) if _room(name) not in SURFACES_MAY_IMPORT]
    assert not strange


@pytest.mark.parametrize("path", sorted((PACKAGE / "surfaces").rglob("*.py")), ids=_name)
def test_surfaces_hold_no_arithmetic_on_tables(path: Path) -> None:
    """No aggregation or ranking of frames, and no sums, products or quotients of columns."""
    assert not _arithmetic(_tree(path))


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("frame.group_by('iso3').agg(pl.len())", True),
        ("frame['articles'].sum()", True),
        ("frame.with_columns(pl.col('works') / pl.col('total'))", True),
        ("frame.select(100 * pl.col('share'))", True),
        ("frame.with_columns(pl.lit('+') + pl.col('name'))", False),
        ("sum(path.stat().st_size for path in paths) / 1e6", False),
    ],
)
def test_what_counts_as_arithmetic_on_tables(line: str, found: bool) -> None:
    assert bool(_arithmetic(ast.parse(line))) == found


def _arithmetic(tree: ast.Module) -> list[str]:
    found = []
    for node in ast.walk(tree):
        method = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr
        if method in ARITHMETIC_METHODS or (isinstance(node, ast.BinOp) and _computes(node)):
            found.append(f"line {node.lineno}: {ast.unparse(node)}")  # type: ignore[attr-defined]
    return found


def _computes(node: ast.BinOp) -> bool:
    """Whether an operation adds, multiplies or divides columns; joining text to a literal does not."""
    sides = [ast.unparse(side) for side in (node.left, node.right)]
    joins_text = any(side.startswith(("pl.lit('", 'pl.lit("')) for side in sides)
    logical = isinstance(node.op, ast.BitAnd | ast.BitOr | ast.BitXor)
    return any(".col(" in side for side in sides) and not joins_text and not logical


def _outside_sources(*names: str) -> list[Path]:
    """Every module but these and the sources, which may read what publishers give."""
    return [path for path in MODULES if _name(path) not in names and _room(_module(path)) != "sources"]


@pytest.mark.parametrize("path", _outside_sources(*TOUCH_PARQUET), ids=_name)
def test_parquet_is_named_only_where_files_are_read_and_written(path: Path) -> None:
    calls = [n for n in ast.walk(_tree(path)) if isinstance(n, ast.Attribute) and "parquet" in n.attr]
    assert not [f"line {n.lineno}: {ast.unparse(n)}" for n in calls]


@pytest.mark.parametrize("path", _outside_sources("engine.py", "spark.py", "corpus/_sql.py"), ids=_name)
def test_only_the_engine_knows_duckdb_and_spark(path: Path) -> None:
    """And `corpus/_sql.py`, which reads nested files in SQL: no expression of Narwhals does."""
    assert not [f"line {n}" for n, name in _imports(path) if name.split(".")[0] in ("duckdb", "py4j", "pyspark")]


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_files_and_functions_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES
    functions = [n for n in ast.walk(_tree(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    lengths = {f.name: (f.end_lineno or 0) - f.lineno + 1 for f in functions}
    assert not {name: lines for name, lines in lengths.items() if lines > MOST_LINES_IN_FUNCTION}


@pytest.mark.parametrize("identifier", sorted(registry.sources()))
def test_a_source_that_uses_another_file_in_sources_says_so(identifier: str) -> None:
    """Otherwise a change there would leave the parts in the store stale."""
    reached = _reached({f"legation.sources.{identifier}"}, "sources")
    others = {module.removeprefix("legation.sources.") for module in reached}
    assert others - {identifier} <= set(registry.sources()[identifier].shares)


def test_a_build_notices_every_change_of_the_code_behind_it() -> None:
    """What tables, sources and the indicators of single works import is hashed into the fingerprint of a step."""
    hashed = {name.removesuffix(".py") for name in (*build.CODE_BEHIND_EVERY_STEP, *build.CODE_BEHIND_RECORDS)}
    rooms = {"tables", "sources", "indicators"}
    starts = {_module(path) for path in MODULES if _room(_module(path)) in rooms}
    reached = {_room(module) for module in _reached(starts)} - rooms - {"legation", "errors"}
    assert reached <= hashed


def _reached(modules: set[str], only: str | None = None) -> set[str]:
    """The modules of the house that these import, directly or not; of one room if named."""
    by_name = {_module(path): path for path in MODULES}
    found: set[str] = set()
    ahead = set(modules)
    while ahead:
        found |= ahead
        imported = {name for module in ahead for _, name in _own_imports(by_name[module])}
        ahead = {n for n in imported if n in by_name and (only is None or _room(n) == only)} - found
    return {module for module in found if only is None or module.count(".") > 1}
