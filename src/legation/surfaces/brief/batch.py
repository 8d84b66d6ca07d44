"""Many briefs at once: in several processes, gone on with where it was stopped.

`briefs.json` in the folder says of each file which question it answers and from which build. A file that stands there
for the same build and question is left as it is, so that an officer's changes in it stay.
"""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from legation.errors import UserError
from legation.evidence import Evidence
from legation.surfaces.brief.visits import Visit
from legation.surfaces.brief.writing import check, write, write_file

JOURNAL = "briefs.json"
Progress = Callable[[str, int, int], None]


def write_briefs(
    store: Path | None, visits: Sequence[Visit], out: Path, processes: int, progress: Progress
) -> tuple[list[Path], int]:
    """Write the briefs of these visits into a folder; give the files written now, and how many stood there before.

    Raises: UserError for an unknown format or a folder that cannot be written, LegationError for a missing font, both
    before anything is computed.
    """
    for language in dict.fromkeys(visit.lang for visit in visits):
        formats = dict.fromkeys(form for visit in visits if visit.lang == language for form in visit.format)
        check(list(formats), language, out)
    made = f"{version('legation')}, build {Evidence.open(store).store.build}"
    journal = _journal(out)
    ahead = [left for visit in visits if (left := _left(visit, out, journal, made)).format]
    files = sum(len(visit.format) for visit in visits)
    standing = files - sum(len(visit.format) for visit in ahead)
    written: list[Path] = []
    progress("briefs", standing, files)
    for visit, paths in _written(store, ahead, out, processes):
        written += paths
        journal |= {path.name: {"question": visit.question, "made": made} for path in paths}
        write_file(out / JOURNAL, (json.dumps(journal, indent=1, sort_keys=True) + "\n").encode())
        progress("briefs", standing + len(written), files)
    return written, standing


def _left(visit: Visit, out: Path, journal: Mapping[str, Mapping[str, str]], made: str) -> Visit:
    """The visit with the formats that do not stand there yet."""
    wanted = {"question": visit.question, "made": made}
    there = {
        form for form in visit.format if journal.get(visit.file(form)) == wanted and (out / visit.file(form)).is_file()
    }
    return replace(visit, format=tuple(form for form in visit.format if form not in there))


def _written(
    store: Path | None, visits: Sequence[Visit], out: Path, processes: int
) -> Iterator[tuple[Visit, list[Path]]]:
    """The files of each visit as they are done. What fails stops the rest; what is done stays."""
    ordered = sorted(visits, key=lambda visit: (visit.home, visit.technology, visit.lang, visit.partner))
    if processes <= 1 or len(ordered) <= 1:
        yield from ((visit, _brief(store, visit, out)) for visit in ordered)
        return
    # Threads of the engines do not survive a fork.
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(processes, len(ordered)), mp_context=fresh) as pool:
        waiting: dict[Future[list[Path]], Visit] = {pool.submit(_brief, store, v, out): v for v in ordered}
        try:
            for done in as_completed(waiting):
                yield waiting[done], done.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _brief(store: Path | None, visit: Visit, out: Path) -> list[Path]:
    """The files of one visit."""
    return write(_evidence(store, visit.home, visit.technology, visit.lang), visit, out)


@lru_cache(maxsize=2)
def _evidence(store: Path | None, home: str, technology: str, lang: str) -> Evidence:
    """What a process remembers of a country and technology, for one partner after the other."""
    return Evidence.open(store).remembering()


def _journal(out: Path) -> dict[str, dict[str, str]]:
    """What `briefs.json` says; nothing where there is none."""
    path = out / JOURNAL
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UserError(f"cannot read {path}: {error}; remove it, or choose another --out") from None
    if not isinstance(told, dict):
        raise UserError(f"{path} is no list of briefs; remove it, or choose another --out")
    return told
