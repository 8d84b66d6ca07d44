"""A store is whole or refused: what is missing or altered is named, with what was expected and how to mend it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from legation.errors import StoreError
from legation.store import Store

PART = "tables/macro/world_bank-*.parquet"


def _part(store: Path) -> Path:
    return next(store.glob(PART))


def _refused(store: Path) -> str:
    """What is said when every part is asked for."""
    with pytest.raises(StoreError) as error:
        Store.open(store).verify()
    return str(error.value)


def _edit(store: Path, change: Callable[[dict[str, object]], object]) -> None:
    path = store / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))


def test_a_whole_store_opens_and_verifies(small_store: Path) -> None:
    store = Store.open(small_store)
    assert store.verify() == len(store.parts) == len({part.file for part in store.parts})
    assert store.frame("macro").height == 15


def test_a_missing_manifest(store: Path) -> None:
    (store / "manifest.json").unlink()
    assert _refused(store) == (
        f"no store in {store}: manifest.json is missing; rebuild it with `legation build --raw RAW --out {store}`"
    )


@pytest.mark.parametrize("kept", [0, 1, 100, 0.5, -2])
def test_a_manifest_cut_short(store: Path, kept: float) -> None:
    path = store / "manifest.json"
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept * len(whole)) if isinstance(kept, float) else int(kept)])
    said = _refused(store)
    assert said.startswith(f"{path} is cut short or altered")
    assert f"legation build --raw RAW --out {store}" in said


@pytest.mark.parametrize("text", ["[]", "null", "3", '"manifest"', "\xff"])
def test_a_manifest_that_is_something_else(store: Path, text: str) -> None:
    (store / "manifest.json").write_bytes(text.encode("latin-1"))
    said = _refused(store)
    assert "manifest.json" in said
    assert f"legation build --raw RAW --out {store}" in said


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m["sources"]["world_bank"].update(licence="CC0"),
        lambda m: m["sources"].pop("small_moves"),
        lambda m: m["parts"].pop(),
        lambda m: m["parts"][0].update(rows=10),
        lambda m: m["fingerprints"].update(world_bank="0"),
        lambda m: m.update(legation="9.9.9"),
        lambda m: m.update(more="fields"),
        lambda m: m.pop("parts"),
    ],
)
def test_an_altered_field_of_the_manifest(store: Path, change: Callable[[dict[str, object]], object]) -> None:
    build = Store.open(store).build
    _edit(store, change)
    said = _refused(store)
    assert said.startswith(f"{store / 'manifest.json'} was altered: expected build {build}, found ")
    assert f"legation build --raw RAW --out {store}" in said


def test_an_altered_build_identifier(store: Path) -> None:
    build = Store.open(store).build
    _edit(store, lambda m: m.update(build="0" * 16))
    assert f"expected build {'0' * 16}, found {build}" in _refused(store)


@pytest.mark.parametrize("form", [0, 2, "1", None])
def test_another_format(store: Path, form: object) -> None:
    _edit(store, lambda m: m.update(format=form))
    said = _refused(store)
    assert said.startswith(f"{store / 'manifest.json'} has format {form!r}, this version reads 1; rebuild it with")


def test_a_missing_part(store: Path) -> None:
    part = _part(store)
    sha256 = next(p.sha256 for p in Store.open(store).parts if p.name == "macro")
    part.unlink()
    assert _refused(store) == (
        f"{part} is missing; expected sha256 {sha256}; rebuild it with `legation build --raw RAW --out {store}`"
    )


@pytest.mark.parametrize("place", [0, 0.5, 1])
def test_an_altered_byte_in_a_part(store: Path, place: float) -> None:
    part = _part(store)
    sha256 = next(p.sha256 for p in Store.open(store).parts if p.name == "macro")
    content = bytearray(part.read_bytes())
    content[int(place * (len(content) - 1))] ^= 1
    part.write_bytes(content)
    said = _refused(store)
    assert said.startswith(f"{part} was altered: expected sha256 {sha256}, found ")
    assert len(said.split("found ")[1].split(";")[0]) == 64
    assert f"legation build --raw RAW --out {store}" in said


def test_a_part_cut_short(store: Path) -> None:
    part = _part(store)
    part.write_bytes(part.read_bytes()[:-1])
    assert f"{part} was altered" in _refused(store)


def test_a_part_that_is_a_folder(store: Path) -> None:
    part = _part(store)
    part.unlink()
    part.mkdir()
    assert f"{part} cannot be read" in _refused(store)


def test_no_rows_are_given_where_one_of_several_parts_is_damaged(store: Path) -> None:
    """A table of two sources is given whole or not at all."""
    damaged = next(p for p in Store.open(store).parts if p.name == "macro")
    second = store / "tables" / "macro" / "other-000000000000.parquet"
    shutil.copyfile(store / damaged.file, second)
    opened = Store.open(store)
    both = (*opened.parts, type(damaged)("table", "macro", "other", str(second.relative_to(store)), "0" * 64, 15))
    with pytest.raises(StoreError, match="was altered"):
        Store(store, opened.manifest, both).frame("macro")


def test_a_folder_without_a_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"manifest\.json is missing"):
        Store.open(tmp_path / "nothing")


def test_a_file_in_place_of_a_store(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"no store in .*: manifest\.json cannot be read: Not a directory"):
        Store.open(tmp_path / "file")
