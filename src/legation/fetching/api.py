"""Page through the works of a technology in the OpenAlex API and keep every page.

    <folder>/page-000001.jsonl.gz …     works as the list gives them, 100 to a page, author lists cut at 100
    <folder>/whole-000001.jsonl.gz …    works asked for singly, with all authors; they stand in for the cut ones
    <folder>/fetched.json               the query, every page, where to go on, what was cut, merged or gone

Works are sorted by day of publication, so that one that changes meanwhile keeps its place; a cursor says after which
work to go on, and stays valid. A work whose day of publication changes between two requests may still come twice, or
not at all: the works that came are compared with the number announced.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from legation.errors import DataError, UserError
from legation.fetching.download import FetchError, Meter, Report, on_disk, silent
from legation.fetching.ledger import Ledger, now
from legation.fetching.pages import LEDGER, Folder, bare, is_cut, require_complete
from legation.fetching.polite import Answer, Client

PER_PAGE = 100
"""The most that is supported; 200 is still accepted, but said to end."""


@dataclass(frozen=True)
class Query:
    """The works whose primary topic is one of these, published from a day on (YYYY-MM-DD).

    The API leaves out the expansion corpus (`is_xpac`), which a snapshot holds: in June 2026 it gave 322 of 510 million
    works. Who compares the two leaves these works out there too.
    """

    topics: tuple[str, ...]
    since: str

    def params(self) -> dict[str, str | int]:
        """As the API takes it; topics are joined by `|` (or), at most 100 of them."""
        wanted = f"primary_topic.id:{'|'.join(self.topics)},from_publication_date:{self.since}"
        return {"filter": wanted, "sort": "publication_date", "per_page": PER_PAGE}


@dataclass(frozen=True)
class Paged:
    """What stands in a folder. `announced` is how many works the API said there were with the last page; `cut` are
    those whose authors end at the hundredth and were not asked for singly; `waited_seconds` the API made us wait."""

    works: int
    announced: int
    pages: int
    pages_fetched: int
    cut: int
    waited_seconds: float


def fetch(folder: Path, query: Query, client: Client, *, fresh: bool = False, report: Report = silent) -> Paged:
    """Fetch every page of a query, going on after the last one that is there.

    A folder that is complete is left as it is; pages that are missing or damaged are fetched again. `fresh` begins anew
    and removes what stood there only once the new works are complete (until then it lies in `<folder>.previous`).

    Raises: UserError if the folder holds another query, or the API refuses key or query; FetchError if it gives no
    answer, or the disk refuses. A second call goes on from there.
    """
    previous = folder.with_name(f"{folder.name}.previous")
    if fresh and folder.is_dir():
        with Ledger.hold(folder / LEDGER) as ledger:
            _set_aside(folder, previous, complete=bool(ledger.content.get("complete")))
    with Ledger.hold(folder / LEDGER) as ledger:
        held = Folder(folder, ledger)
        _require_same(held, query)
        try:
            fetched = _mend(held, query, client) + _page_on(held, query, client, report)
        finally:
            held.save(at_once=True)
        shutil.rmtree(previous, ignore_errors=True)
        return _account(held, client, fetched)


def _set_aside(folder: Path, previous: Path, *, complete: bool) -> None:
    """Put a folder aside; one that is not complete is dropped where a complete one lies aside already."""
    with on_disk(previous):
        if complete or not previous.exists():
            shutil.rmtree(previous, ignore_errors=True)
            folder.rename(previous)
        else:
            shutil.rmtree(folder)


def _require_same(held: Folder, query: Query) -> None:
    wanted = {name: str(value) for name, value in query.params().items()}
    noted = held.content.setdefault("query", wanted)
    if noted != wanted:
        raise UserError(
            f"{held.path} holds another query:\n  there: {noted['filter']}\n  asked: {wanted['filter']}\n"
            f"fetch afresh to replace it, or give another folder"
        )
    begin: dict[str, Any] = {"began": now(), "pages": [], "next_cursor": "*", "announced": 0, "complete": None}
    begin |= {"truncated_ids": [], "whole": {}, "whole_files": [], "merged": {}, "gone": [], "caveats": []}
    for name, value in begin.items():
        held.content.setdefault(name, value)


def _mend(held: Folder, query: Query, client: Client) -> int:
    """Fetch again pages that are missing or damaged on the disk."""
    damaged = [number for number, noted in enumerate(held.content["pages"], 1) if not held.is_whole(noted)]
    for number in damaged:
        cursor = held.content["pages"][number - 1]["cursor"]
        _take(held, number, cursor, _page(client, query, cursor))
    return len(damaged)


def _page_on(held: Folder, query: Query, client: Client, report: Report) -> int:
    content = held.content
    there = sum(noted["works"] for noted in content["pages"])
    meter = Meter(held.path.name, content["announced"], "works", there)
    before = len(content["pages"])
    while cursor := content["next_cursor"]:
        report(meter.read())
        page = _page(client, query, cursor)
        following = page["meta"].get("next_cursor")
        if following == cursor:
            raise FetchError(f"{client.base} leads back to the same page: cursor {cursor}; try again later")
        if page["results"]:
            _take(held, len(content["pages"]) + 1, cursor, page)
        content["announced"] = meter.total = int(page["meta"]["count"])
        content["next_cursor"] = following if page["results"] else None
        meter.done += len(page["results"])
        held.save()
    content["complete"] = content["complete"] or now()
    report(meter.read())
    return len(content["pages"]) - before


def _page(client: Client, query: Query, cursor: str) -> dict[str, Any]:
    answer = client.get("/works", query.params() | {"cursor": cursor})
    page = answer.content
    if answer.status != 200 or not isinstance(page.get("results"), list) or "count" not in page.get("meta", {}):
        raise DataError(f"{client.base}/works gave no list of works (status {answer.status}); its format has changed")
    return page


def _take(held: Folder, number: int, cursor: str, page: Mapping[str, Any]) -> None:
    """Keep a page and note which of its works have their authors cut."""
    noted = held.store(f"page-{number:06}.jsonl.gz", page["results"]) | {"cursor": cursor}
    held.content["pages"][number - 1 : number] = [noted]
    known = set(held.content["truncated_ids"])
    held.content["truncated_ids"] += [
        identifier for work in page["results"] if is_cut(work) and (identifier := bare(work["id"])) not in known
    ]


def fetch_whole(folder: Path, client: Client, *, report: Report = silent) -> Paged:
    """Ask singly for the works whose authors were cut; single works are never cut, and cost nothing.

    A work that was merged into another is taken under its new identifier; one that is gone is noted and left out.

    Raises: DataError if the folder holds no complete fetch; UserError, FetchError as `fetch`. What came is kept.
    """
    with Ledger.hold(folder / LEDGER) as ledger:
        held = Folder(folder, ledger)
        require_complete(folder, held.content)
        ahead = held.cut()
        meter = Meter(folder.name, len(ahead), "works")
        for begin in range(0, len(ahead), PER_PAGE):
            _take_whole(held, ahead[begin : begin + PER_PAGE], client, meter, report)
        return _account(held, client, 0)


def _take_whole(held: Folder, identifiers: Sequence[str], client: Client, meter: Meter, report: Report) -> None:
    """Ask for some works and keep those that came, also if the last could not be had."""
    content, came = held.content, {}
    try:
        for identifier in identifiers:
            report(meter.read())
            answer = _single(client, identifier)
            if answer.status == 200:
                came[identifier] = answer.content
            else:
                content["gone"].append(identifier)
            meter.done += 1
    finally:
        if came:
            name = f"whole-{len(content['whole_files']) + 1:06}.jsonl.gz"
            content["whole_files"].append(held.store(name, list(came.values())))
            content["whole"] |= dict.fromkeys(came, name)
            content["merged"] |= {old: new for old, work in came.items() if (new := bare(work["id"])) != old}
        held.save(at_once=True)
    report(meter.read())


def _single(client: Client, identifier: str) -> Answer:
    """A single work, at the end of what it was merged into; 404 if there is no end."""
    answer, seen = client.get(f"/works/{identifier}"), {identifier}
    while answer.status == 301 and (following := answer.moved_to.rstrip("/").rpartition("/")[2]) not in seen:
        seen.add(following)
        answer = client.get(f"/works/{following}")
    return answer if answer.status == 200 else Answer(404, {})


def _account(held: Folder, client: Client, fetched: int) -> Paged:
    content = held.content
    return Paged(
        works=sum(noted["works"] for noted in content["pages"]),
        announced=content["announced"],
        pages=len(content["pages"]),
        pages_fetched=fetched,
        cut=len(held.cut()),
        waited_seconds=client.waited_seconds,
    )
