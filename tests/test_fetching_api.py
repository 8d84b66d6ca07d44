"""Works come page by page from the API, politely; what came is kept, and the next call goes on after it."""

import gzip
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from openalex_server import JSON, ApiServer, api_server, as_nobody, work

from legation.errors import DataError, LegationError, UserError
from legation.fetching import api, ledger, openalex, pages
from legation.fetching.download import FetchError, Progress
from legation.fetching.ledger import Ledger
from legation.fetching.polite import Client

QUERY = api.Query(("T10682", "T11804"), "2015-01-01")
FULL = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "7200"}


@pytest.fixture(scope="module")
def running() -> Iterator[ApiServer]:
    with api_server() as server:
        yield server


@pytest.fixture
def server(running: ApiServer) -> ApiServer:
    """The API with 250 works: two full pages and one of fifty."""
    running.works = [work(number) for number in range(250)]
    running.merged, running.refusals, running.cut = {}, [], []
    running.requests.clear()
    return running


class Waits(list[float]):
    """Waits that are noted and not waited."""


def client(server: ApiServer, waits: Waits | None = None, **options: Any) -> Client:
    return Client(server.url, server.key, sleep=(Waits() if waits is None else waits).append, **options)


def fetch(folder: Path, server: ApiServer, **options: Any) -> api.Paged:
    with client(server) as polite:
        return api.fetch(folder, QUERY, polite, **options)


def fails(folder: Path, server: ApiServer, error: type[LegationError], **options: Any) -> str:
    with client(server, **options) as polite, pytest.raises(error) as raised:
        api.fetch(folder, QUERY, polite)
    return str(raised.value)


def numbers(folder: Path) -> list[int]:
    return [int(one["id"].removeprefix("https://openalex.org/W")) for one in pages.works(folder)]


# Pages


def test_every_page_is_kept_and_the_works_are_given_back_in_order(server: ApiServer, tmp_path: Path) -> None:
    done = fetch(tmp_path, server)
    assert (done.works, done.announced, done.pages, done.pages_fetched, done.cut) == (250, 250, 3, 3, 0)
    assert sorted(path.name for path in tmp_path.glob("*.gz")) == [f"page-00000{n}.jsonl.gz" for n in (1, 2, 3)]
    assert list(pages.works(tmp_path)) == server.works


def test_a_request_names_topics_day_order_size_and_cursor(server: ApiServer, tmp_path: Path) -> None:
    fetch(tmp_path, server)
    assert server.requests[0].query == {
        "filter": "primary_topic.id:T10682|T11804,from_publication_date:2015-01-01",
        "sort": "publication_date",
        "per_page": "100",
        "cursor": "*",
    }
    assert [request.query["cursor"] for request in server.requests] == ["*", "after-100", "after-200"]


def test_a_last_page_that_is_full_is_followed_by_an_empty_one(server: ApiServer, tmp_path: Path) -> None:
    server.works = server.works[:200]
    assert fetch(tmp_path, server).pages == 2
    assert len(server.requests) == 3
    assert len(numbers(tmp_path)) == 200


def test_a_query_without_works_is_complete(server: ApiServer, tmp_path: Path) -> None:
    server.works = []
    assert fetch(tmp_path, server).works == 0
    assert numbers(tmp_path) == []


def test_what_is_complete_is_not_asked_for_again(server: ApiServer, tmp_path: Path) -> None:
    fetch(tmp_path, server)
    server.requests.clear()
    assert fetch(tmp_path, server).pages_fetched == 0
    assert server.requests == []


def test_a_work_that_came_twice_is_given_once(server: ApiServer, tmp_path: Path) -> None:
    server.works[150] = server.works[20]
    fetch(tmp_path, server)
    assert numbers(tmp_path) == [n for n in range(250) if n != 150]


def test_progress_counts_works(server: ApiServer, tmp_path: Path) -> None:
    seen: list[Progress] = []
    fetch(tmp_path, server, report=seen.append)
    assert [(now.done, now.total) for now in seen] == [(0, 0), (100, 250), (200, 250), (250, 250)]


def test_text_of_every_kind_survives(server: ApiServer, tmp_path: Path) -> None:
    server.works = [work(1) | {"title": "양자 \u2028 \ud83d alone"}]  # a lone surrogate cannot be written as UTF-8
    fetch(tmp_path, server)
    assert list(pages.works(tmp_path)) == server.works


def test_real_records_come_through_whole(server: ApiServer, tmp_path: Path, raw: Path) -> None:
    with gzip.open(raw / "openalex" / "works.jsonl.gz") as lines:
        server.works = [json.loads(line) for line in islice(lines, 120)]
    done = openalex.fetch_works(tmp_path, "quantum", since_year=2015, key=server.key, base=server.url)
    assert (done.works, done.pages) == (120, 2)
    assert list(openalex.works_in(tmp_path, "quantum")) == server.works
    assert (tmp_path / "openalex" / "api" / "quantum" / "page-000002.jsonl.gz").is_file()
    topics = "T10682|T11804|T10020|T11414|T12004|T10425|T11449"
    assert server.requests[0].query["filter"] == f"primary_topic.id:{topics},from_publication_date:2015-01-01"


# Going on


def test_a_fetch_that_was_given_up_goes_on_after_the_last_page(server: ApiServer, tmp_path: Path) -> None:
    with client(server) as polite, pytest.raises(KeyboardInterrupt):
        api.fetch(tmp_path, QUERY, polite, report=_interrupt_at(200))
    with pytest.raises(DataError, match="holds no complete fetch"):
        numbers(tmp_path)
    server.requests.clear()
    done = fetch(tmp_path, server)
    assert [request.query["cursor"] for request in server.requests] == ["after-200"]
    assert (done.pages, done.pages_fetched) == (3, 1)
    assert numbers(tmp_path) == list(range(250))


def _interrupt_at(works: int) -> Any:
    def report(now: Progress) -> None:
        if now.done == works:
            raise KeyboardInterrupt

    return report


def test_a_page_fetched_after_the_ledger_was_written_is_fetched_again(server: ApiServer, tmp_path: Path) -> None:
    with client(server) as polite, pytest.raises(KeyboardInterrupt):
        api.fetch(tmp_path, QUERY, polite, report=_interrupt_at(100))
    (tmp_path / "page-000002.jsonl.gz").write_bytes(b"half a page")  # as if the power had failed
    fetch(tmp_path, server)
    assert numbers(tmp_path) == list(range(250))


@pytest.mark.parametrize(
    "harm",
    [
        lambda page: page.unlink(),
        lambda page: page.write_bytes(page.read_bytes()[:-20]),
        lambda page: page.write_bytes(gzip.compress(b"")),
    ],
    ids=["missing", "cut short", "altered"],
)
def test_a_page_harmed_on_the_disk_is_told_and_mended(server: ApiServer, tmp_path: Path, harm: Any) -> None:
    fetch(tmp_path, server)
    harm(tmp_path / "page-000002.jsonl.gz")
    with pytest.raises(DataError, match=r"page-000002\.jsonl\.gz is missing or damaged .* fetch again to mend it"):
        numbers(tmp_path)
    server.requests.clear()
    assert fetch(tmp_path, server).pages_fetched == 1
    assert [request.query["cursor"] for request in server.requests] == ["after-100"]
    assert numbers(tmp_path) == list(range(250))


def test_another_query_does_not_mix_with_what_is_there(server: ApiServer, tmp_path: Path) -> None:
    fetch(tmp_path, server)
    with client(server) as polite, pytest.raises(UserError) as error:
        api.fetch(tmp_path, api.Query(("T10682",), "2020-01-01"), polite)
    assert "there: primary_topic.id:T10682|T11804,from_publication_date:2015-01-01" in str(error.value)
    assert "asked: primary_topic.id:T10682,from_publication_date:2020-01-01" in str(error.value)


def test_fetched_afresh_the_old_works_stay_until_the_new_are_complete(server: ApiServer, tmp_path: Path) -> None:
    folder, previous = tmp_path / "quantum", tmp_path / "quantum.previous"
    fetch(folder, server)
    server.works = server.works[:120]
    for _ in range(2):
        with client(server) as polite, pytest.raises(KeyboardInterrupt):
            api.fetch(folder, QUERY, polite, fresh=True, report=_interrupt_at(100))
        assert len(numbers(previous)) == 250
    assert fetch(folder, server).works == 120
    assert not previous.exists()


def test_a_server_that_leads_in_a_circle_is_left(server: ApiServer, tmp_path: Path) -> None:
    page = json.dumps({"meta": {"count": 9, "next_cursor": "*"}, "results": [work(1)]}).encode()
    server.refusals = [(200, JSON, page)]
    assert "leads back to the same page" in fails(tmp_path, server, FetchError)


def test_an_answer_of_another_shape_is_not_taken(server: ApiServer, tmp_path: Path) -> None:
    server.refusals = [(200, JSON, b'{"works": []}')]
    assert "its format has changed" in fails(tmp_path, server, DataError)


# Waiting


def test_a_storm_of_429_is_waited_out_as_long_as_it_asks(server: ApiServer, tmp_path: Path) -> None:
    server.refusals = [(429, {"Retry-After": "7"}, b'{"error":"Rate limit exceeded"}')] * 5
    waits = Waits()
    with client(server, waits) as polite:
        done = api.fetch(tmp_path, QUERY, polite)
    assert [max(7, wait) for wait in waits] == waits  # never shorter than asked
    assert waits[:3] == [7, 7, 7]  # on its own 1, 2, 4 seconds at most
    assert (done.works, done.waited_seconds) == (250, sum(waits))


def test_waits_double_with_a_random_part_that_the_seed_decides(server: ApiServer, tmp_path: Path) -> None:
    noted = []
    for folder, seed in (("a", 0), ("b", 0), ("c", 1)):
        server.refusals = [(503, {}, b"")] * 7
        waits = Waits()
        with client(server, waits, seed=seed) as polite:
            api.fetch(tmp_path / folder, QUERY, polite)
        noted.append(waits)
    assert noted[0] == noted[1] != noted[2]
    assert all(longest / 2 <= wait <= longest for wait, longest in zip(noted[0], (1, 2, 4, 8, 16, 32, 60), strict=True))


def test_a_date_to_wait_for_counts_from_the_answers_own(server: ApiServer, tmp_path: Path) -> None:
    class StoppedError(Exception):
        pass

    def stop(seconds: float) -> None:
        assert 50 <= seconds <= 60
        raise StoppedError

    server.refusals = [(503, {"Retry-After": _in_a_minute()}, b"")]
    with Client(server.url, server.key, sleep=stop) as polite, pytest.raises(StoppedError):
        api.fetch(tmp_path, QUERY, polite)


def _in_a_minute() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=59), usegmt=True)


def test_after_so_many_tries_the_last_answer_is_told(server: ApiServer, tmp_path: Path) -> None:
    server.refusals = [(502, {}, b'{"message": "no healthy upstream"}')] * 3
    said = fails(tmp_path, server, FetchError, tries=3)
    assert "gave no answer in 3 tries; the last time: status 502 no healthy upstream" in said
    assert "goes on from there" in said


def test_waiting_has_an_end_for_all_requests_together(server: ApiServer, tmp_path: Path) -> None:
    server.refusals = [(503, {"Retry-After": "40"}, b"")] * 3
    waits = Waits()
    with client(server, waits, patience_seconds=100) as polite, pytest.raises(FetchError) as error:
        api.fetch(tmp_path, QUERY, polite)
    assert waits == [40, 40]
    assert "asks to wait 40 seconds after 80 spent waiting, more than the 100 allowed in all" in str(error.value)


def test_a_spent_allowance_is_not_waited_for(server: ApiServer, tmp_path: Path) -> None:
    server.refusals = [(429, FULL, b'{"error":"Rate limit exceeded","message":"Insufficient budget"}')]
    waits = Waits()
    with client(server, waits) as polite, pytest.raises(FetchError) as error:
        api.fetch(tmp_path, QUERY, polite)
    assert "the key's allowance of the day is spent (Insufficient budget)" in str(error.value)
    assert "in 2.0 hours" in str(error.value)
    assert waits == []
    assert fetch(tmp_path, server).works == 250


def test_bodies_cut_short_are_asked_for_again(server: ApiServer, tmp_path: Path) -> None:
    server.cut = [1000, 0, 5]
    assert fetch(tmp_path, server).works == 250
    assert len(server.requests) == 6


def test_an_api_out_of_reach_is_named(tmp_path: Path) -> None:
    polite = Client("http://127.0.0.1:9", "key", tries=2, sleep=lambda _: None)
    with polite, pytest.raises(FetchError, match=r"http://127\.0\.0\.1:9 gave no answer in 2 tries.*refused"):
        api.fetch(tmp_path, QUERY, polite)


# The key, and what the API refuses


def test_the_key_stands_in_a_header_and_nowhere_else(
    server: ApiServer, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    fetch(tmp_path, server)
    assert all(request.headers["authorization"] == f"Bearer {server.key}" for request in server.requests)
    assert not [request for request in server.requests if server.key in request.path]
    others = [
        value for request in server.requests for name, value in request.headers.items() if name != "authorization"
    ]
    assert not [value for value in others if server.key in value]
    assert not [path for path in tmp_path.iterdir() if server.key.encode() in path.read_bytes()]
    assert server.key not in repr(client(server)) + caplog.text + "".join(capfd.readouterr())


def test_a_key_repeated_in_an_error_is_not_shown(server: ApiServer, tmp_path: Path) -> None:
    server.refusals = [(401, JSON, b'{"message": "no such key: secret-key"}')]
    said = fails(tmp_path, server, UserError)
    assert "no such key: …" in said
    assert server.key not in said


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "schlüssel", ""])
def test_what_cannot_be_a_key_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(UserError, match="this is no key of the API") as error:
        Client("http://127.0.0.1:9", key)
    assert not key or key not in str(error.value)


def test_without_a_key_the_message_says_where_to_get_and_put_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENALEX_API_KEY", raising=False)
    with pytest.raises(UserError, match=r"openalex\.org/settings/api; put it into .* OPENALEX_API_KEY"):
        openalex.fetch_works(tmp_path, "quantum", since_year=2015)


def test_without_httpx_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("legation.fetching.polite.find_spec", lambda _: None)
    with pytest.raises(LegationError, match=r"needs httpx; install it: pip install 'legation\[fetch\]'"):
        openalex.fetch_works(tmp_path, "quantum", since_year=2015, key="key", base="http://127.0.0.1:9")


def test_the_key_may_come_from_the_environment(
    server: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENALEX_API_KEY", f"{server.key}\n")
    assert openalex.fetch_works(tmp_path, "quantum", since_year=2015, base=server.url).works == 250


def recorded(raw: Path, cassette: str, number: int = 0) -> tuple[int, dict[str, str], bytes]:
    """An exchange as it was recorded: status, some headers, body."""
    import yaml  # type: ignore[import-untyped]

    text = (raw / "openalex" / "api_cassettes" / f"{cassette}.yml").read_text(encoding="utf-8")
    response = yaml.safe_load(text)["http_interactions"][number]["response"]
    headers = {k: v for k, v in response["headers"].items() if k.startswith("x-ratelimit") or k == "content-type"}
    return response["status"], headers, response["body"]["string"].encode()


@pytest.mark.parametrize(
    ("cassette", "said"),
    [
        ("opt_filter_names", "does not understand the query (400: DOESNTEXIST is not a valid field."),
        ("pro_rate_limit_status_401", "does not accept the key (401: API key not found)"),
    ],
)
def test_refusals_as_they_were_recorded_are_told_at_once(
    server: ApiServer, tmp_path: Path, raw: Path, cassette: str, said: str
) -> None:
    server.refusals = [recorded(raw, cassette)]
    assert said in fails(tmp_path, server, UserError)
    assert len(server.requests) == 1


def test_what_a_key_is_not_allowed_is_told_at_once(server: ApiServer, tmp_path: Path) -> None:
    server.refusals = [(403, JSON, b'{"error": "Forbidden", "message": "this filter needs a plan"}')]
    assert "does not allow this with this key (403: this filter needs a plan)" in fails(tmp_path, server, UserError)


@pytest.mark.parametrize(
    ("technology", "year", "said"),
    [
        ("quantm", 2015, "unknown technology 'quantm'; did you mean quantum?"),
        ("quantum", 20015, "20015 is no year of publication; give one from 1500 to 2100"),
    ],
)
def test_mistakes_are_told_before_anything_is_asked(tmp_path: Path, technology: str, year: int, said: str) -> None:
    with pytest.raises(UserError) as error:
        openalex.fetch_works(tmp_path, technology, since_year=year, key="key", base="http://127.0.0.1:9")
    assert str(error.value) == said


# Authors beyond the hundredth


def test_works_with_more_than_a_hundred_authors_are_recorded_as_cut(server: ApiServer, tmp_path: Path) -> None:
    server.works = [work(1, authors=101), work(2, authors=100), work(3, authors=249)]
    assert fetch(tmp_path, server).cut == 2
    noted = ledger.read(tmp_path / "fetched.json")
    assert noted["truncated_ids"] == ["W1", "W3"]
    assert noted["caveats"] == ["authors_listed_to_100"]
    assert [len(one["authorships"]) for one in pages.works(tmp_path)] == [100, 100, 100]


def test_they_are_asked_for_singly_on_request_and_stand_in_for_the_cut_ones(server: ApiServer, tmp_path: Path) -> None:
    server.works = [work(1, authors=101), work(2), work(3, authors=249)]
    fetch(tmp_path, server)
    with client(server) as polite:
        done = api.fetch_whole(tmp_path, polite)
    assert done.cut == 0
    assert {one["id"][-2:]: len(one["authorships"]) for one in pages.works(tmp_path)} == {"W1": 101, "W2": 1, "W3": 249}
    noted = ledger.read(tmp_path / "fetched.json")
    assert noted["caveats"] == []
    assert noted["truncated_ids"] == ["W1", "W3"]  # the record of what was cut stays


def test_a_cut_work_that_was_merged_or_deleted_meanwhile_is_honoured(server: ApiServer, tmp_path: Path) -> None:
    survivor = work(9, authors=120)
    server.works = [work(1, authors=101), work(2, authors=102), work(3, authors=103), work(4)]
    fetch(tmp_path, server)
    server.works = [server.works[2], server.works[3], survivor]  # W1 is W8 is W9 now, W2 is gone
    server.merged = {"W1": "W8", "W8": "W9"}
    with client(server) as polite:
        api.fetch_whole(tmp_path, polite)
    assert sorted(numbers(tmp_path)) == [3, 4, 9]
    noted = ledger.read(tmp_path / "fetched.json")
    assert (noted["merged"], noted["gone"]) == ({"W1": "W9"}, ["W2"])


def test_two_works_merged_into_one_are_given_once(server: ApiServer, tmp_path: Path) -> None:
    server.works = [work(1, authors=101), work(2, authors=102)]
    fetch(tmp_path, server)
    server.works, server.merged = [work(9, authors=120)], {"W1": "W9", "W2": "W9"}
    with client(server) as polite:
        api.fetch_whole(tmp_path, polite)
    assert numbers(tmp_path) == [9]


def test_asking_singly_goes_on_where_it_was_given_up(server: ApiServer, tmp_path: Path) -> None:
    server.works = [work(number, authors=101) for number in (1, 2, 3)]
    fetch(tmp_path, server)
    with client(server) as polite, pytest.raises(KeyboardInterrupt):
        api.fetch_whole(tmp_path, polite, report=_interrupt_at(2))
    server.requests.clear()
    with client(server) as polite:
        api.fetch_whole(tmp_path, polite)
    assert [request.path for request in server.requests] == ["/works/W3"]
    assert {len(one["authorships"]) for one in pages.works(tmp_path)} == {101}


def test_only_a_complete_fetch_can_be_made_whole(server: ApiServer, tmp_path: Path) -> None:
    with client(server) as polite, pytest.raises(DataError, match="holds no complete fetch"):
        api.fetch_whole(tmp_path, polite)


def test_a_list_of_a_hundred_that_ends_with_the_last_author_is_whole() -> None:
    assert not pages.is_cut(work(1, authors=100))
    assert pages.is_cut({**work(1, authors=101), "authorships": work(1, authors=101)["authorships"][:100]})


def test_the_five_records_that_were_cut_are_found_without_a_flag(raw: Path) -> None:
    with gzip.open(raw / "openalex" / "works.jsonl.gz") as lines:
        cut = [one["id"].rpartition("/")[2] for one in map(json.loads, lines) if pages.is_cut(one)]
    assert cut == ["W3138055590", "W4251869326", "W4231640444", "W4256082719", "W4232657858"]


# The disk refuses


def test_a_full_disk_keeps_the_pages_that_came(server: ApiServer, tmp_path: Path) -> None:
    with client(server) as polite, pytest.raises(KeyboardInterrupt):
        api.fetch(tmp_path, QUERY, polite, report=_interrupt_at(200))
    (tmp_path / ".page-000003.jsonl.gz.new").symlink_to("/dev/full")
    assert "page-000003.jsonl.gz is full; what was fetched is kept" in fails(tmp_path, server, FetchError)
    (tmp_path / ".page-000003.jsonl.gz.new").unlink()
    assert fetch(tmp_path, server).pages_fetched == 1
    assert numbers(tmp_path) == list(range(250))


def test_a_folder_that_may_not_be_written_is_named(server: ApiServer, tmp_path: Path) -> None:
    folder = tmp_path / "raw"
    folder.mkdir(mode=0o555)
    with as_nobody():
        assert "may not be written (Permission denied)" in fails(folder / "quantum", server, FetchError)
    assert server.requests == []


def test_a_second_fetch_into_the_same_folder_is_refused(server: ApiServer, tmp_path: Path) -> None:
    with Ledger.hold(tmp_path / "fetched.json"):
        assert "another fetch is writing" in fails(tmp_path, server, FetchError)
