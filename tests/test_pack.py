"""The embedded pack: whole, small, free of what must not be in it, and what the raw files give."""

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from legation import registry
from legation.build import build
from legation.engine import open_engine
from legation.model import SUPPRESSED_BELOW_RESEARCHERS
from legation.store import Store
from legation.surfaces.pages import notice

MOST_BYTES = 15_000_000
REPOSITORY = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def pack() -> Store:
    return Store.open()


def test_every_part_is_what_the_manifest_says(pack: Store) -> None:
    assert pack.verify() == len(pack.parts)


def test_it_is_small_enough_to_carry(pack: Store) -> None:
    assert sum(path.stat().st_size for path in pack.root.rglob("*") if path.is_file()) <= MOST_BYTES


def test_it_holds_only_sources_that_may_be_published(pack: Store) -> None:
    for name in pack.manifest["sources"]:
        assert registry.sources()[name].publish != "nothing"
    of_records = {p.source for p in pack.parts if p.kind == "table" and registry.tables()[p.name].records}
    assert {registry.sources()[name].publish for name in of_records} == {"records"}


def test_every_publishable_source_is_in_it(pack: Store) -> None:
    assert set(pack.manifest["sources"]) == {s.id for s in registry.sources().values() if s.publish != "nothing"}


def test_no_cell_describes_one_to_four_researchers(pack: Store) -> None:
    for table in registry.tables().values():
        for column in table.researchers:
            counts = pack.frame(table.id)[column].drop_nulls()
            assert not counts.is_between(1, SUPPRESSED_BELOW_RESEARCHERS - 1).any(), (table.id, column)


def test_authors_are_pseudonyms(pack: Store) -> None:
    authors = pack.frame("authorships")["author"].drop_nulls()
    assert authors.len() > 0
    assert authors.str.contains("^[0-9a-f]{16}$").all()


def test_no_text_is_a_title_or_a_sentence(pack: Store) -> None:
    """Names of organisations and institutions are the longest texts; everything else is a code or a label."""
    named = {"organisations": ["name"], "listed_institutions": ["name"], "topics": ["name"]}
    for name in {p.name for p in pack.parts if p.kind == "table"}:
        frame = pack.frame(name)
        for column, dtype in frame.schema.items():
            if dtype == pl.String and column not in named.get(name, []):
                longest = frame[column].str.len_chars().max() or 0
                assert longest <= 110, (name, column, longest)  # type: ignore[operator]


def test_notice_names_every_publisher(pack: Store) -> None:
    assert (REPOSITORY / "NOTICE").read_text(encoding="utf-8") == notice(pack)


def test_the_raw_files_give_the_same_tables(pack: Store, raw: Path, tmp_path: Path) -> None:
    """The same bytes; of results, in which fractions are added on several threads, the same numbers to 1e-9."""
    rebuilt = build(raw, tmp_path / "store", open_engine())
    ours, theirs = ({(p.kind, p.name, p.source): p for p in store.parts} for store in (pack, rebuilt))
    assert ours.keys() == theirs.keys()
    changed = [key for key, part in ours.items() if part.sha256 != theirs[key].sha256]
    assert {kind for kind, _, _ in changed} <= {"result"}
    for kind, name, source in changed:
        one, other = (store.frame(name, source, kind) for store in (pack, rebuilt))
        assert_frame_equal(one, other, check_row_order=False, rel_tol=1e-9, abs_tol=1e-12)
