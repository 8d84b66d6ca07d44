"""The snapshot comes whole or goes on later: parts are checked, or taken up where they broke off."""

import gzip
import json
import os
import random
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import islice
from math import ceil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from openalex_server import (
    FOLDERS,
    BucketServer,
    Fault,
    altered,
    as_nobody,
    bucket_server,
    json_lines,
    lay_out,
    md5,
    work,
)

from legation.errors import DataError, LegationError, UserError
from legation.fetching import checking, ledger, openalex, published, snapshot
from legation.fetching.bucket import Bucket
from legation.fetching.download import FetchError, Meter, Progress
from legation.fetching.manifest import LAYOUTS, parse
from legation.fetching.snapshot import Fetched

JSONL = LAYOUTS["jsonl"]
WORKS = [work(1, "2026-01-05"), work(2, "2026-06-24"), work(3, "2026-06-24"), work(4, "2026-06-24")]
"""Laid out two to a part: one part of January with one work, two parts of June with two and one."""
JANUARY = "data/jsonl/works/updated_date=2026-01-05/part_0000.gz"
JUNE = [f"data/jsonl/works/updated_date=2026-06-24/part_{number:04}.gz" for number in (0, 1)]
MANIFEST = "data/jsonl/works/manifest.json"


@pytest.fixture(scope="module")
def server() -> Iterator[BucketServer]:
    with bucket_server() as running:
        yield running


@pytest.fixture
def bucket(server: BucketServer) -> BucketServer:
    server.empty()
    return server


def source(bucket: BucketServer, name: str = "openalex", patience_seconds: float = 30) -> Bucket:
    return Bucket(name, bucket.url, "us-east-1", timedelta(seconds=patience_seconds))


def fetch(folder: Path, bucket: BucketServer, layout: str = "jsonl", **options: Any) -> Fetched:
    return snapshot.fetch(folder, source(bucket), LAYOUTS[layout], **options)


def fails(folder: Path, bucket: BucketServer, layout: str = "jsonl", **options: Any) -> str:
    """What is said of a fetch that fails; it has little patience."""
    with pytest.raises(FetchError) as error:
        snapshot.fetch(folder, source(bucket, patience_seconds=0.5), LAYOUTS[layout], **options)
    return str(error.value)


def files(folder: Path) -> set[str]:
    """What lies in a folder, apart from the ledger and its lock."""
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return there - {"fetched.json", ".lock"}


def identifiers(folder: Path, layout: str = "jsonl") -> list[str]:
    found = published.published(folder, LAYOUTS[layout])
    if layout == "parquet":
        return sorted(str(name) for path in found.files for name in pl.read_parquet(path)["id"])
    return sorted(json.loads(line)["id"] for path in found.files for line in gzip.open(path))


def large_part(day: str = "2026-06-24", seed: int = 1) -> tuple[str, dict[str, bytes]]:
    """A release of one part of 3 MB that does not shrink, so that it comes in several chunks."""
    noise = random.Random(seed).randbytes(3_000_000).decode("latin-1")
    objects = lay_out([work(1, day) | {"title": noise}], "jsonl")
    return next(iter(objects)), objects


# A fetch that goes well


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_the_files_of_a_release_come_as_they_are_in_the_layout_of_the_bucket(
    bucket: BucketServer, tmp_path: Path, layout: str
) -> None:
    objects = lay_out(WORKS, layout, most=2)
    bucket.put(objects)
    done = fetch(tmp_path, bucket, layout)
    assert {key: (tmp_path / key).read_bytes() for key in files(tmp_path)} == objects
    assert (done.fetched, done.kept, done.records, done.superseded) == (3, 0, 4, ())
    assert done.fetched_bytes == sum(len(text) for key, text in objects.items() if "manifest" not in key)
    assert identifiers(tmp_path, layout) == [f"https://openalex.org/W{number}" for number in (1, 2, 3, 4)]


@pytest.mark.parametrize("layout", ["jsonl", "parquet"])
def test_the_real_records_come_through_whole(bucket: BucketServer, tmp_path: Path, raw: Path, layout: str) -> None:
    with gzip.open(raw / "openalex" / "works.jsonl.gz") as lines:
        works = [json.loads(line) for line in islice(lines, 600)]
    by_day = Counter(one["updated_date"][:10] for one in works)
    if layout == "parquet":
        works = [{name: one[name] for name in ("id", "publication_year", "updated_date")} for one in works]
    bucket.put(lay_out(works, layout, most=100))
    done = openalex.fetch_snapshot(tmp_path, layout=layout, endpoint=bucket.url)
    found = openalex.snapshot_in(tmp_path, layout)
    assert (done.fetched, done.records, found.records) == (sum(ceil(n / 100) for n in by_day.values()), 600, 600)
    assert identifiers(tmp_path / "openalex" / "snapshot", layout) == sorted(one["id"] for one in works)


def test_the_ledger_notes_of_every_object_what_was_compared(bucket: BucketServer, tmp_path: Path) -> None:
    objects = lay_out(WORKS, "jsonl", most=2)
    bucket.put(objects)
    fetch(tmp_path, bucket)
    noted = ledger.read(tmp_path / "fetched.json")
    assert set(noted["objects"]) == {JANUARY, *JUNE}
    one = noted["objects"][JUNE[0]]
    assert (one["size_bytes"], one["records"], one["etag"]) == (len(objects[JUNE[0]]), 2, f'"{md5(objects[JUNE[0]])}"')
    assert one["compared"] == ["size", "gzip", "records", "md5"]
    assert one["url"] == f"s3://openalex/{JUNE[0]}"
    assert noted["begun"] == {}
    assert noted["releases"]["jsonl"]["release"] == "2026-06-25"


def test_what_is_there_and_whole_is_not_fetched_again(bucket: BucketServer, tmp_path: Path) -> None:
    bucket.put(lay_out(WORKS, "jsonl"))
    fetch(tmp_path, bucket)
    bucket.requests.clear()
    again = fetch(tmp_path, bucket)
    assert (again.fetched, again.kept) == (0, 2)
    assert not bucket.asked("part_")


def test_since_takes_the_partitions_of_that_day_and_later(bucket: BucketServer, tmp_path: Path) -> None:
    bucket.put(lay_out(WORKS, "jsonl", most=2))
    done = fetch(tmp_path, bucket, since=date(2026, 6, 24))
    assert files(tmp_path) == {*JUNE, MANIFEST}
    assert done.records == 3
    assert published.published(tmp_path, JSONL).since == date(2026, 6, 24)
    assert identifiers(tmp_path) == [f"https://openalex.org/W{number}" for number in (2, 3, 4)]


def test_since_a_later_day_leaves_the_set_of_the_same_release_as_large_as_it_was(
    bucket: BucketServer, tmp_path: Path
) -> None:
    bucket.put(lay_out(WORKS, "jsonl"))
    fetch(tmp_path, bucket)
    fetch(tmp_path, bucket, since=date(2026, 6, 24))
    assert len(identifiers(tmp_path)) == 4
    bucket.put(lay_out(WORKS, "jsonl", day="2026-09-23"))
    fetch(tmp_path, bucket, since=date(2026, 6, 24))
    assert len(identifiers(tmp_path)) == 3  # of the new release only this much is known to be here


def test_since_a_day_after_the_newest_partition_says_which_that_is(bucket: BucketServer, tmp_path: Path) -> None:
    bucket.put(lay_out(WORKS, "jsonl"))
    with pytest.raises(DataError, match="as new as 2026-06-25: the newest is of 2026-06-24"):
        fetch(tmp_path, bucket, since=date(2026, 6, 25))


def test_technologies_are_noted_for_the_ingest(bucket: BucketServer, tmp_path: Path) -> None:
    bucket.put(lay_out(WORKS, "jsonl"))
    openalex.fetch_snapshot(tmp_path, endpoint=bucket.url, technologies=["quantum", "batteries"])
    assert openalex.snapshot_in(tmp_path).technologies == ("batteries", "quantum")


def test_progress_counts_bytes_up_to_all_of_them(bucket: BucketServer, tmp_path: Path) -> None:
    objects = lay_out(WORKS, "jsonl")
    bucket.put(objects)
    seen: list[Progress] = []
    fetch(tmp_path, bucket, report=seen.append)
    assert (seen[0].done, seen[0].per_second, seen[0].seconds_left) == (0, 0, None)
    assert seen[-1].unit == "bytes"
    assert seen[-1].done == seen[-1].total == sum(len(text) for key, text in objects.items() if "part_" in key)


def test_the_rate_is_that_of_the_last_half_minute_and_what_was_there_does_not_count() -> None:
    time = iter([0.0, 10.0, 40.0, 50.0])
    meter = Meter("x", 1000, "bytes", 100, clock=lambda: next(time))
    meter.read()
    meter.done = 200
    assert meter.read().per_second == 10  # 100 bytes in 10 s
    meter.done = 500
    assert meter.read().per_second == 10  # 300 bytes from 10 s to 40 s
    meter.done = 600
    now = meter.read()
    assert (now.per_second, now.seconds_left) == (10, 40)  # 400 bytes from 10 s to 50 s; 400 still to come


# Releases follow each other


def test_files_a_new_release_no_longer_has_are_reported_and_removed_on_request(
    bucket: BucketServer, tmp_path: Path
) -> None:
    bucket.put(lay_out(WORKS, "jsonl", most=2))
    fetch(tmp_path, bucket)
    moved = [work(1, "2026-09-01"), *WORKS[1:]]
    bucket.delete(JANUARY)
    bucket.put(lay_out(moved, "jsonl", day="2026-09-23", most=2))
    done = fetch(tmp_path, bucket)
    assert (done.release, done.fetched, done.kept, done.superseded, done.removed) == (
        "2026-09-23",
        1,
        2,
        (JANUARY,),
        False,
    )
    assert len(identifiers(tmp_path)) == 4  # the reader goes by the manifest, so W1 counts once
    done = fetch(tmp_path, bucket, remove_superseded=True)
    assert (done.superseded, done.removed) == ((JANUARY,), True)
    assert JANUARY not in files(tmp_path)
    assert JANUARY not in ledger.read(tmp_path / "fetched.json")["objects"]


def test_a_part_that_shrank_is_fetched_again(bucket: BucketServer, tmp_path: Path) -> None:
    bucket.put(lay_out(WORKS, "jsonl"))
    fetch(tmp_path, bucket)
    bucket.put(lay_out([WORKS[0], WORKS[1], WORKS[2], work(4, "2026-09-01")], "jsonl", day="2026-09-23"))
    assert fetch(tmp_path, bucket).fetched == 2  # June without W4, and September
    assert len(identifiers(tmp_path)) == 4


def test_a_release_published_meanwhile_is_fetched_instead(bucket: BucketServer, tmp_path: Path) -> None:
    bucket.put(lay_out(WORKS[:3], "jsonl"))
    newer = lay_out(WORKS, "jsonl", day="2026-09-23")
    bucket.faults.append(Fault("manifest.json", after=1, first=lambda: bucket.put(newer)))
    assert fetch(tmp_path, bucket).release == "2026-09-23"
    assert len(identifiers(tmp_path)) == 4


def test_releases_without_end_are_given_up_in_words(bucket: BucketServer, tmp_path: Path) -> None:
    days = iter(range(1, 30))

    def publish() -> None:
        bucket.put(lay_out(WORKS, "jsonl", day=f"2026-09-{next(days):02}"))

    publish()
    bucket.faults.append(Fault("manifest.json", times=9, first=publish))
    assert "published a new release 3 times" in fails(tmp_path, bucket)


def test_while_a_file_of_the_old_release_is_replaced_no_manifest_calls_the_set_whole(
    bucket: BucketServer, tmp_path: Path
) -> None:
    bucket.put(lay_out(WORKS[:2], "jsonl"))
    fetch(tmp_path, bucket)
    objects = lay_out(WORKS, "jsonl", day="2026-09-23")
    objects["data/jsonl/works/updated_date=2026-06-24/part_0000.gz"] = json_lines(WORKS[1:])
    bucket.put(objects)
    bucket.faults.append(Fault("manifest.json", times=99, after=1, status=503))
    fails(tmp_path, bucket)
    with pytest.raises(DataError, match="no whole snapshot"):
        published.published(tmp_path, JSONL)
    bucket.faults.clear()
    assert fetch(tmp_path, bucket).fetched == 0
    assert len(identifiers(tmp_path)) == 4


# Deleted and merged works


def test_lists_of_deleted_and_merged_works_come_too(bucket: BucketServer, tmp_path: Path) -> None:
    deleted = gzip.compress(b"work_id,deleted_date\nhttps://openalex.org/W8,2026-08-14\n", mtime=0)
    merged = gzip.compress(b"merge_date,id,merge_into_id\n2022-06-28,W9,W1\n", mtime=0)
    lists = {
        "data/jsonl/works/deleted_ids.csv.gz": deleted,
        "legacy-data/merged_ids/works/2022-06-28.csv.gz": merged,
        "legacy-data/merged_ids/authors/2022-06-28.csv.gz": merged,
    }
    bucket.put(lay_out(WORKS, "jsonl") | lists)
    done = fetch(tmp_path, bucket)
    assert done.has_deletions
    assert {key for key in lists if "authors" not in key} < files(tmp_path)
    assert not [key for key in files(tmp_path) if "authors" in key]
    assert list(published.departed(published.published(tmp_path, JSONL))) == [("W8", None), ("W9", "W1")]


def test_a_release_without_a_list_of_deleted_works_says_so(bucket: BucketServer, tmp_path: Path) -> None:
    bucket.put(lay_out(WORKS, "jsonl"))
    assert not fetch(tmp_path, bucket).has_deletions
    assert list(published.departed(published.published(tmp_path, JSONL))) == []


def test_a_list_of_deleted_works_with_other_columns_is_no_such_list(bucket: BucketServer, tmp_path: Path) -> None:
    key = "data/jsonl/works/deleted_ids.csv"
    bucket.put(lay_out(WORKS, "jsonl") | {key: b"id,when\nW8,2026-08-14\n"})
    fetch(tmp_path, bucket)
    with pytest.raises(DataError, match="has the columns id, when"):
        list(published.departed(published.published(tmp_path, JSONL)))


# The network fails


def test_dropped_connections_are_taken_up_where_they_broke_off(bucket: BucketServer, tmp_path: Path) -> None:
    key, objects = large_part()
    bucket.put(objects)
    bucket.faults.append(Fault("part_", times=2, drop_after=1_200_000))
    assert fetch(tmp_path, bucket).fetched == 1
    assert (tmp_path / key).read_bytes() == objects[key]
    ranges = [request.headers["range"].split("-")[0] for request in bucket.asked("part_")]
    assert ranges == ["bytes=0", "bytes=1200000", "bytes=2400000"]


def test_a_fetch_that_was_given_up_goes_on_where_it_was(bucket: BucketServer, tmp_path: Path) -> None:
    key, objects = large_part()
    bucket.put(objects)
    bucket.faults += [Fault("part_", drop_after=2_500_000), Fault("part_", times=99, status=503)]
    assert "cannot be reached" in fails(tmp_path, bucket)
    begun = (tmp_path / key).with_name(".part_0000.gz.partial").stat().st_size
    assert 1_000_000 < begun <= 2_500_000
    bucket.faults.clear()
    bucket.requests.clear()
    fetch(tmp_path, bucket)
    (request,) = bucket.asked("part_")
    assert request.headers["range"] == f"bytes={begun}-"
    assert request.headers["if-match"] == f'"{md5(objects[key])}"'
    assert files(tmp_path) == {key, MANIFEST}
    assert (tmp_path / key).read_bytes() == objects[key]


def test_an_interrupted_fetch_keeps_what_came(bucket: BucketServer, tmp_path: Path) -> None:
    key, objects = large_part()
    bucket.put(objects)

    def interrupt(progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(tmp_path, bucket, report=interrupt)
    assert not (tmp_path / MANIFEST).exists()
    fetch(tmp_path, bucket)
    assert (tmp_path / key).read_bytes() == objects[key]


def test_what_was_begun_of_another_object_is_dropped(bucket: BucketServer, tmp_path: Path) -> None:
    key, objects = large_part(seed=1)
    bucket.put(objects)
    bucket.faults += [Fault("part_", drop_after=2_500_000), Fault("part_", times=99, status=503)]
    fails(tmp_path, bucket)
    _, objects = large_part(seed=2)
    bucket.faults.clear()
    bucket.requests.clear()
    bucket.put(objects)
    fetch(tmp_path, bucket)
    assert [request.headers["range"] for request in bucket.asked("part_")] == ["bytes=0-"]
    assert (tmp_path / key).read_bytes() == objects[key]


def test_an_object_that_changes_while_it_is_fetched_is_begun_anew(bucket: BucketServer, tmp_path: Path) -> None:
    before, after = lay_out([work(1)], "jsonl"), lay_out([work(2)], "jsonl")
    key = next(iter(before))
    assert before[MANIFEST] == after[MANIFEST]  # the same length, the same number of records
    bucket.put(before)
    bucket.faults.append(Fault("part_", first=lambda: bucket.put(after)))
    fetch(tmp_path, bucket)
    assert (tmp_path / key).read_bytes() == after[key]
    assert [request.status for request in bucket.asked("part_")] == [412, 200, 206]  # refused, looked up, fetched


def test_a_store_that_gives_no_etags_is_read_all_the_same(bucket: BucketServer) -> None:
    bucket.put({"key": b"abcdef"})
    assert b"".join(source(bucket).stream("key", None, 2)) == b"cdef"


def test_a_storm_of_refusals_is_waited_out(bucket: BucketServer, tmp_path: Path) -> None:
    bucket.put(lay_out(WORKS, "jsonl", most=2))
    bucket.faults.append(Fault("", times=5, status=503))
    assert fetch(tmp_path, bucket).fetched == 3


def test_a_bucket_out_of_reach_leaves_the_set_that_is_there(bucket: BucketServer, tmp_path: Path) -> None:
    bucket.put(lay_out(WORKS, "jsonl"))
    fetch(tmp_path, bucket)
    nowhere = Bucket("openalex", "http://127.0.0.1:9", "us-east-1", timedelta(seconds=0.5))
    with pytest.raises(FetchError, match=r"s3://openalex at http://127\.0\.0\.1:9 cannot be reached.*is kept"):
        snapshot.fetch(tmp_path, nowhere, JSONL)
    assert len(identifiers(tmp_path)) == 4


def test_a_bucket_that_refuses_is_named(bucket: BucketServer, tmp_path: Path) -> None:
    bucket.put(lay_out(WORKS, "jsonl"), acl="private")
    assert "refuses data/jsonl/works/manifest.json" in fails(tmp_path, bucket)


def test_a_bucket_that_does_not_exist_is_named(bucket: BucketServer, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="there is no bucket s3://openalexx"):
        snapshot.fetch(tmp_path, source(bucket, "openalexx"), JSONL)


def test_a_bucket_of_another_layout_is_not_taken_for_empty(bucket: BucketServer, tmp_path: Path) -> None:
    bucket.put(lay_out(WORKS, "flat"))
    said = fails(tmp_path, bucket)
    assert "has no data/jsonl/works/manifest.json" in said
    assert "mirrors of before 2026 have the layout flat" in said


# Objects are damaged


def damaged(bucket: BucketServer, tmp_path: Path, content: bytes, announced: int | None = None) -> str:
    """Put a damaged second part of June into an otherwise whole release, and give what a fetch says of it."""
    objects = lay_out(WORKS, "jsonl", most=2)
    content_of_manifest = json.loads(objects[MANIFEST])
    meta = next(file["meta"] for file in content_of_manifest["files"] if file["url"].endswith(JUNE[1]))
    meta["content_length"] = len(content) if announced is None else announced
    bucket.put(objects | {JUNE[1]: content, MANIFEST: json.dumps(content_of_manifest).encode()})
    said = fails(tmp_path, bucket)
    assert "1 of 3 objects" in said
    assert JUNE[1] in said
    assert files(tmp_path) == {JANUARY, JUNE[0]}  # the others are kept, the damaged one is not, nor the manifest
    return said


def test_a_truncated_object_is_named_and_the_others_are_kept(bucket: BucketServer, tmp_path: Path) -> None:
    whole = lay_out(WORKS, "jsonl", most=2)
    size = len(whole[JUNE[1]])
    said = damaged(bucket, tmp_path, whole[JUNE[1]][:-20], announced=size)
    assert f"{size:,} bytes were announced, the bucket has {size - 20:,}" in said
    bucket.put(whole)
    assert fetch(tmp_path, bucket).fetched == 1
    assert len(identifiers(tmp_path)) == 4


def test_a_gzip_file_cut_short_at_its_source_is_found(bucket: BucketServer, tmp_path: Path) -> None:
    said = damaged(bucket, tmp_path, lay_out(WORKS, "jsonl", most=2)[JUNE[1]][:-20])
    assert "the gzip file cannot be read to its end" in said


def test_a_gzip_file_altered_at_its_source_is_found(bucket: BucketServer, tmp_path: Path) -> None:
    whole = bytearray(lay_out(WORKS, "jsonl", most=2)[JUNE[1]])
    whole[-6] ^= 1  # in the CRC-32
    assert "CRC check failed" in damaged(bucket, tmp_path, bytes(whole))


def test_a_part_with_fewer_records_than_announced_is_found(bucket: BucketServer, tmp_path: Path) -> None:
    assert "1 records were announced, 0 are there" in damaged(bucket, tmp_path, json_lines([]))


def test_a_parquet_file_without_a_footer_is_found(bucket: BucketServer, tmp_path: Path) -> None:
    objects = lay_out(WORKS, "parquet", most=4)
    key = "data/parquet/works/updated_date=2026-06-24/part_0000.parquet"
    bucket.put(objects | {key: objects[key][:-4] + b"1234"})
    assert "no readable footer" in fails(tmp_path, bucket, layout="parquet")


def test_a_byte_altered_on_the_way_is_found_by_its_checksum_and_fetched_again(
    bucket: BucketServer, tmp_path: Path
) -> None:
    objects = lay_out(WORKS[:1], "parquet")
    bucket.put(objects)
    bucket.faults.append(Fault("part_", alter=10))
    assert fetch(tmp_path, bucket, "parquet").fetched == 1
    assert {key: (tmp_path / key).read_bytes() for key in files(tmp_path)} == objects


def test_a_checksum_that_never_fits_is_told_with_both_values(bucket: BucketServer, tmp_path: Path) -> None:
    objects = lay_out(WORKS[:1], "parquet")
    key = next(iter(objects))
    bucket.put(objects)
    bucket.faults.append(Fault("part_", times=99, alter=10))
    said = fails(tmp_path, bucket, layout="parquet")
    found = md5(altered(objects[key], 10))
    assert f"the checksum (MD5) {md5(objects[key])} was announced, {found} is there" in said
    assert files(tmp_path) == set()


def test_checksums_can_be_left_out_where_etags_are_none(bucket: BucketServer, tmp_path: Path) -> None:
    bucket.put(lay_out(WORKS[:1], "parquet"))
    bucket.faults.append(Fault("part_", times=99, alter=10))
    fetch(tmp_path, bucket, "parquet", checksums=False)
    (noted,) = ledger.read(tmp_path / "fetched.json")["objects"].values()
    assert noted["compared"] == ["size", "parquet", "records"]


def test_an_object_the_manifest_names_and_the_bucket_lacks(bucket: BucketServer, tmp_path: Path) -> None:
    bucket.put(lay_out(WORKS, "jsonl", most=2))
    bucket.delete(JUNE[0])
    assert f"{JUNE[0]}: the bucket has no such object" in fails(tmp_path, bucket)


def test_the_etag_of_an_upload_in_parts_is_the_md5_of_their_md5s(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abcdefg")
    parts = b"".join(bytes.fromhex(md5(part)) for part in (b"abcd", b"efg"))
    assert checking.etag_of(path, 4) == f"{md5(parts)}-2"
    assert checking.agrees(path, f'"{md5(parts)}-2"', part_sizes=(2, 4))
    assert not checking.agrees(path, f'"{md5(parts)}-2"', part_sizes=(5, 6))  # parts of another size: nothing is said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b'{"files": [', "cannot be understood"),
        (b'{"files": []}', "lists no files"),
        (b'{"date": "2026-06-25"}', "cannot be understood"),
        (
            b'{"files": [{"url": "s3://openalex/data/jsonl/works/updated_date=2026-06-24/../../x.gz", "meta": {}}]}',
            "x.gz",
        ),
        (
            b'{"files": [{"url": "s3://openalex/data/jsonl/works/updated_date=2026-06-24/part_0.gz", "meta": {}}]}',
            "Key",
        ),
    ],
)
def test_a_manifest_that_is_none_stops_the_fetch(text: bytes, said: str) -> None:
    with pytest.raises(DataError, match=said):
        parse(text, JSONL)


# The disk refuses


def test_without_room_nothing_is_begun(bucket: BucketServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, objects = large_part()
    bucket.put(objects)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9 - 2_000_000, 2_000_000))
    assert "2.0 MB free and" in fails(tmp_path, bucket)
    assert files(tmp_path) == set()
    assert not bucket.asked("part_")


def test_what_is_there_already_needs_no_room(
    bucket: BucketServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.put(lay_out(WORKS, "jsonl"))
    fetch(tmp_path, bucket)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 0))
    assert fetch(tmp_path, bucket).kept == 2


def test_a_disk_that_fills_up_keeps_what_was_fetched(bucket: BucketServer, tmp_path: Path) -> None:
    bucket.put(lay_out(WORKS, "jsonl", most=2))
    fetch(tmp_path, bucket, since=date(2026, 6, 24))
    partial = (tmp_path / JANUARY).with_name(".part_0000.gz.partial")
    partial.parent.mkdir()
    partial.symlink_to("/dev/full")  # the kernel says of every write there that the disk is full
    with _kept_link(partial):
        assert "is full; what was fetched is kept" in fails(tmp_path, bucket)
    partial.unlink()
    assert set(JUNE) < files(tmp_path)
    assert fetch(tmp_path, bucket).fetched == 1
    assert len(identifiers(tmp_path)) == 4


@contextmanager
def _kept_link(link: Path) -> Iterator[None]:
    """Leave a link in place although what was begun of another object is removed before a fetch."""
    unlink = Path.unlink
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "unlink", lambda path, missing_ok=False: path == link or unlink(path, missing_ok))
        yield


def test_a_folder_that_may_not_be_written_is_named(bucket: BucketServer, tmp_path: Path) -> None:
    bucket.put(lay_out(WORKS, "jsonl"))
    folder = tmp_path / "raw"
    folder.mkdir(mode=0o555)
    with as_nobody():
        said = fails(folder / "openalex", bucket)
    assert str(folder / "openalex") in said
    assert "may not be written (Permission denied)" in said


def test_a_second_fetch_into_the_same_folder_is_refused(bucket: BucketServer, tmp_path: Path) -> None:
    bucket.put(lay_out(WORKS, "jsonl"))
    with ledger.Ledger.hold(tmp_path / "fetched.json"):
        assert "another fetch is writing" in fails(tmp_path, bucket)


def test_a_ledger_that_was_altered_is_not_guessed_at(bucket: BucketServer, tmp_path: Path) -> None:
    bucket.put(lay_out(WORKS, "jsonl"))
    fetch(tmp_path, bucket)
    (tmp_path / "fetched.json").write_text('{"objects": ')
    with pytest.raises(DataError, match="move it away: the files beside it are then checked anew"):
        fetch(tmp_path, bucket)
    (tmp_path / "fetched.json").unlink()
    assert fetch(tmp_path, bucket).kept == 2


# Files put there by other means, or touched since


def copied(objects: dict[str, bytes], folder: Path, keys: Sequence[str]) -> None:
    for key in keys:
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        (folder / key).write_bytes(objects[key])


def test_a_mirror_made_with_another_tool_is_checked_and_taken_over(bucket: BucketServer, tmp_path: Path) -> None:
    objects = lay_out(WORKS, "jsonl", most=2)
    bucket.put(objects)
    copied(objects, tmp_path, list(objects))
    assert len(identifiers(tmp_path)) == 4  # read without any ledger
    done = fetch(tmp_path, bucket)
    assert (done.fetched, done.kept) == (0, 3)
    assert not bucket.asked("part_")


def test_a_damaged_file_of_the_right_length_is_fetched_again(bucket: BucketServer, tmp_path: Path) -> None:
    objects = lay_out(WORKS, "jsonl", most=2)
    bucket.put(objects)
    copied(objects, tmp_path, list(objects))
    (tmp_path / JANUARY).write_bytes(bytes(len(objects[JANUARY])))
    assert fetch(tmp_path, bucket).fetched == 1
    assert (tmp_path / JANUARY).read_bytes() == objects[JANUARY]


def test_a_file_altered_after_it_was_fetched_is_fetched_again(bucket: BucketServer, tmp_path: Path) -> None:
    objects = lay_out(WORKS, "jsonl", most=2)
    bucket.put(objects)
    fetch(tmp_path, bucket)
    (tmp_path / JANUARY).write_bytes(bytes(len(objects[JANUARY])))
    assert fetch(tmp_path, bucket).fetched == 1
    assert (tmp_path / JANUARY).read_bytes() == objects[JANUARY]


def test_an_older_file_that_cannot_be_compared_is_not_taken_over(bucket: BucketServer, tmp_path: Path) -> None:
    before, after = lay_out([work(1)], "jsonl"), lay_out([work(2)], "jsonl")
    key = next(iter(before))
    bucket.put(after)
    copied(before, tmp_path, [key])
    os.utime(tmp_path / key, (0, 0))
    assert fetch(tmp_path, bucket, checksums=False).fetched == 1
    assert (tmp_path / key).read_bytes() == after[key]


# What readers find


def test_a_set_with_a_missing_file_is_not_whole(bucket: BucketServer, tmp_path: Path) -> None:
    bucket.put(lay_out(WORKS, "jsonl", most=2))
    fetch(tmp_path, bucket)
    (tmp_path / JANUARY).unlink()
    with pytest.raises(DataError, match=f"1 of 3 files .* first {JANUARY}; fetch again"):
        published.published(tmp_path, JSONL)


def test_a_manifest_the_ledger_does_not_know_is_of_an_unfinished_fetch(bucket: BucketServer, tmp_path: Path) -> None:
    bucket.put(lay_out(WORKS, "jsonl"))
    fetch(tmp_path, bucket)
    (tmp_path / MANIFEST).write_bytes(lay_out(WORKS, "jsonl", day="2026-09-23")[MANIFEST])
    with pytest.raises(DataError, match="not the manifest of the set that was fetched"):
        published.published(tmp_path, JSONL)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"layout": "parqet"}, "unknown layout 'parqet'; did you mean parquet?"),
        ({"technologies": ["quantm"]}, "unknown technology 'quantm'; did you mean quantum?"),
        ({"since": "june"}, "'june' is no day; give one as 2026-06-25"),
    ],
)
def test_a_mistake_of_the_users_is_told_before_anything_is_asked(
    tmp_path: Path, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(UserError) as error:
        openalex.fetch_snapshot(tmp_path, endpoint="http://127.0.0.1:9", **options)
    assert str(error.value) == said


def test_without_obstore_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("legation.fetching.bucket.find_spec", lambda _: None)
    with pytest.raises(LegationError, match=r"needs obstore; install it: pip install 'legation\[fetch\]'"):
        openalex.fetch_snapshot(tmp_path, endpoint="http://127.0.0.1:9")


def test_the_folders_of_the_layouts_are_those_of_the_test_bucket() -> None:
    assert {name: layout.folder.rstrip("/") for name, layout in LAYOUTS.items()} == {
        n: f for n, (f, _) in FOLDERS.items()
    }
