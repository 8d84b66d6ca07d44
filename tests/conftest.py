"""What several test files need."""

import os
from pathlib import Path

import pytest
from small import RAW, build_small

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def raw() -> Path:
    """The folder of the publishers' raw files; tests that need it are skipped where it is absent.

    With LEGATION_RAW_REQUIRED set they fail instead, so that a run that must cover them cannot pass without.
    """
    folder = Path(os.environ.get("LEGATION_RAW") or REPOSITORY.parent / "shared" / "data")
    if not folder.is_dir():
        absent = f"no raw data in {folder}; set LEGATION_RAW to the folder that holds the publishers' files"
        if os.environ.get("LEGATION_RAW_REQUIRED"):
            pytest.fail(absent)
        pytest.skip(absent)
    return folder


@pytest.fixture(scope="session")
def small_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of a few invented rows (see small.py), to be read; a test that changes one takes `store_to_alter`."""
    folder = tmp_path_factory.mktemp("small") / "store"
    build_small(RAW, folder)
    return folder
