"""The index answers what the pipeline and the readers ask, and is the same however often it is told."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archiver.index import Index
from archiver.model import Article, Check, Event, PageDate, Revision

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
RUN = "20260302T090000Z"
URL = "https://courier.example/town/bridge"
FIRST = Revision(
    key="courier.example/ab/bridge-to-close~abcdef012345",
    event=Event.FIRST,
    captured_at=AT,
    source=URL,
    headline="Bridge to close",
    changes=("headline",),
    extractor="1+a",
    recipe="none",
    commit="1" * 40,
)
EDIT = replace(FIRST, event=Event.EDIT, captured_at=AT + timedelta(hours=2), unchanged_since=AT, commit="2" * 40)
OTHER = replace(FIRST, key="courier.example/cd/bridge-party~0123456789ab", source=URL + "-party", commit="3" * 40)
CHECK = Check(url=URL, at=AT, event=Event.FIRST, key=FIRST.key, http_status=200, etag='"a"', payload_sha256="f" * 64)


def stamped(text: str) -> Article:
    return Article(site_stamp=PageDate(text=text, value="2026-03-01", origin="text"))


def in_run(*checks: Check) -> list[tuple[str, Check]]:
    return [(RUN, check) for check in checks]


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with Index(tmp_path / "deep" / "index.sqlite") as opened:
        yield opened


def test_revisions_are_numbered_by_arrival_and_come_back_whole(index: Index) -> None:
    first, other, edit = index.add_revisions(
        [(FIRST, stamped("S1")), (OTHER, Article()), (EDIT, stamped("S2"))], EDIT.commit
    )
    assert (first.number, other.number, edit.number) == (1, 1, 2)
    assert index.history(FIRST.key) == (replace(FIRST, number=1), replace(EDIT, number=2))
    assert [revision.commit for revision in index.revisions()] == [FIRST.commit, EDIT.commit, OTHER.commit]
    entry = index.entry(FIRST.key)
    assert entry is not None
    assert (entry.latest.number, entry.first_at, entry.seen_at, entry.site_stamp) == (2, AT, EDIT.captured_at, "S2")
    assert index.entry("courier.example/zz/none~000000000000") is None
    assert index.tip == EDIT.commit


def test_telling_it_twice_changes_nothing(index: Index) -> None:
    for _ in range(2):
        assert [r.number for r in index.add_revisions([(FIRST, Article()), (EDIT, Article())], EDIT.commit)] == [1, 2]
        index.add_checks(
            ("run", check) for check in [CHECK, replace(CHECK, at=AT + timedelta(hours=3), event=Event.SAME)]
        )
    assert len(index.history(FIRST.key)) == 2
    assert [entry.seen_at for entry in index.entries()] == [AT + timedelta(hours=3)]


def test_only_a_check_that_saw_the_article_moves_its_last_sight(index: Index) -> None:
    index.add_revisions([(FIRST, Article())], FIRST.commit)
    for hours, event in enumerate((Event.SAME, Event.MISSING, Event.FAILED, Event.HELD), start=1):
        index.add_checks(("run", check) for check in [replace(CHECK, at=AT + timedelta(hours=hours), event=event)])
    entry = index.entry(FIRST.key)
    assert entry is not None
    assert entry.seen_at == AT + timedelta(hours=1)
    last = index.last_check(URL)
    assert last is not None
    assert last.event is Event.HELD


def test_an_older_check_read_again_does_not_replace_a_newer_one(index: Index) -> None:
    index.add_revisions([(FIRST, Article()), (EDIT, Article())], EDIT.commit)
    newer = replace(CHECK, at=AT + timedelta(hours=5), event=Event.SAME)
    index.add_checks(("run", check) for check in [newer, replace(CHECK, equal_under="2+b none", event=Event.SAME)])
    assert index.last_check(URL) == newer
    entry = index.entry(FIRST.key)
    assert entry is not None
    assert entry.equal_under == ""
    index.add_checks(("run", check) for check in [replace(newer, at=AT + timedelta(hours=6), equal_under="2+b none")])
    entry = index.entry(FIRST.key)
    assert entry is not None
    assert entry.equal_under == "2+b none"


def test_an_article_is_found_by_every_name_it_has(index: Index) -> None:
    index.add_revisions([(FIRST, Article()), (OTHER, Article())], OTHER.commit)
    index.add_checks(("run", check) for check in [replace(CHECK, url=URL + "?from=mail", event=Event.SAME)])
    for words in ("abcdef", "abcdef012345", "bridge-to", "bridge-to-close", FIRST.key):
        assert index.find(words) == (FIRST.key,)
    assert set(index.find("bridge")) == {FIRST.key, OTHER.key}
    assert index.find("ferry") == index.find("%") == ()
    assert index.key_of(URL) == index.key_of(URL + "?from=mail") == FIRST.key
    assert index.key_of("https://elsewhere.example/") == ""


def test_a_stamp_is_shared_only_within_its_host(index: Index) -> None:
    far = replace(OTHER, key="courier.example.org/cd/far~0123456789ab", commit="4" * 40)
    index.add_revisions([(FIRST, stamped("S")), (far, stamped("S")), (OTHER, stamped("T"))], OTHER.commit)
    assert not index.shares_stamp(FIRST.key, "S")
    assert index.shares_stamp(OTHER.key, "S")


def test_a_stamp_that_one_run_saw_on_several_articles_of_a_host_is_remembered(index: Index) -> None:
    foreign = replace(OTHER, key="gazette.example/cd/bridge-party~0123456789ab", commit="4" * 40)
    again = replace(EDIT, run="b")
    told = [replace(FIRST, run="a"), replace(OTHER, run="a"), replace(foreign, run="a"), again]
    index.add_revisions(((revision, stamped("S1")) for revision in told), again.commit)
    assert index.shared_stamps() == {("a", "courier.example", "S1")}


def test_a_finished_run_is_remembered_and_clearing_forgets_all(index: Index) -> None:
    index.add_revisions([(FIRST, Article())], FIRST.commit)
    index.finish_run("20260302T090000Z")
    assert index.run == "20260302T090000Z"
    index.clear()
    assert (index.tip, index.run, list(index.entries())) == ("", "", [])


@pytest.mark.parametrize("content", [b"", b"not a database" * 400])
def test_a_file_that_is_no_index_is_built_again(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "index.sqlite"
    path.write_bytes(content)
    with Index(path) as index:
        assert index.tip == ""


def test_an_index_of_another_format_is_built_again(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    with Index(path) as index:
        index.add_revisions([(FIRST, Article())], FIRST.commit)
    with sqlite3.connect(path) as database:
        database.execute("pragma user_version = 999")
    database.close()
    with Index(path) as index:
        assert index.tip == ""
        index.add_revisions([(FIRST, Article())], FIRST.commit)


def test_where_nothing_may_be_written_a_copy_in_memory_serves(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    path.mkdir()  # a database cannot be there
    with Index(path) as index:
        assert [one.number for one in index.add_revisions([(FIRST, Article())], FIRST.commit)] == [1]
        assert index.find("bridge") == (FIRST.key,)
    assert list(path.iterdir()) == []


def test_an_article_is_as_old_as_its_last_real_change(index: Index) -> None:
    published = PageDate(text="x", value="2026-02-01T10:30", offset="+01:00", origin="meta")
    touch = replace(EDIT, event=Event.TOUCH, captured_at=AT + timedelta(days=9), commit="4" * 40)
    index.add_revisions([(FIRST, Article(published=published)), (OTHER, Article())], OTHER.commit)
    assert [known.changed_at for known in index.known()] == [datetime(2026, 2, 1, 9, 30, tzinfo=UTC), AT]
    index.add_revisions([(EDIT, Article(published=published)), (touch, Article())], touch.commit)
    assert next(index.known()).changed_at == EDIT.captured_at


@pytest.mark.parametrize("value", ["2027-01-01T10:00", "0001-01-01T00:00"])
def test_a_date_in_the_future_or_beyond_all_reason_does_no_harm(index: Index, value: str) -> None:
    published = PageDate(text="x", value=value, offset="+14:00", origin="meta")
    index.add_revisions([(FIRST, Article(published=published))], FIRST.commit)
    assert next(index.known()).changed_at == AT


def test_the_looks_at_an_address_are_counted_as_they_went(index: Index) -> None:
    def look(hour: int, event: Event, **more: object) -> None:
        check = replace(CHECK, at=AT + timedelta(hours=hour), event=event, **more)  # type: ignore[arg-type]  # as given
        index.add_checks([(f"run {hour}", check), (f"run {hour}", check)])

    look(0, Event.SAME)
    for hour in (1, 2, 3):
        look(hour, Event.FAILED)
    look(4, Event.FAILED, is_outage=True)
    record = index.record(URL)
    assert record is not None
    assert (record.failures, record.good_at, record.check.at) == (3, AT, AT + timedelta(hours=3))
    assert [one.check.url for one in index.records(Event.FAILED)] == [URL]
    look(5, Event.SAME)
    record = index.record(URL)
    assert record is not None
    assert (record.failures, record.first_at, record.good_at) == (0, AT, AT + timedelta(hours=5))
    assert list(index.records(Event.FAILED)) == []


def test_an_article_belongs_to_the_seed_that_last_led_to_it(index: Index) -> None:
    index.add_revisions([(FIRST, Article())], FIRST.commit)
    index.add_checks([("run", replace(CHECK, seed="https://courier.example/rss"))])
    index.add_checks([("run", replace(CHECK, at=AT + timedelta(hours=1)))])
    (known,) = index.known()
    assert (known.seed, known.url, known.checked_at) == ("https://courier.example/rss", URL, AT + timedelta(hours=1))


def test_a_payload_is_known_by_the_first_record_that_has_it(index: Index) -> None:
    kept = replace(CHECK, record_id="<urn:uuid:1>")
    index.add_checks(in_run(kept, replace(kept, record_id="<urn:uuid:2>")))
    assert index.kept_payload(CHECK.payload_sha256) == ("<urn:uuid:1>", RUN)
    assert index.kept_payload("0" * 64) is None


def test_a_reading_again_is_no_look_at_the_address(index: Index) -> None:
    index.add_revisions([(FIRST, Article())], FIRST.commit)
    index.add_checks(in_run(CHECK))
    again = Check(url=URL, at=AT + timedelta(hours=9), event=Event.REEXTRACT, key=FIRST.key, equal_under="2+b none")
    index.add_checks(in_run(again))
    assert index.last_check(URL) == CHECK
    entry = index.entry(FIRST.key)
    assert entry is not None
    assert (entry.seen_at, entry.equal_under) == (AT, "2+b none")


def test_many_checks_are_taken_as_they_came(index: Index) -> None:
    """More than are added at once, the failures of an outage among them."""
    index.add_revisions([(FIRST, Article())], FIRST.commit)
    looks = [replace(CHECK, at=AT + timedelta(minutes=n), event=Event.SAME, equal_under=f"{n}") for n in range(2500)]
    outage = [replace(CHECK, at=AT + timedelta(days=9), event=Event.FAILED, is_outage=True)] * 1500
    again = replace(CHECK, at=AT, event=Event.REEXTRACT, equal_under="again")
    index.add_checks(in_run(*looks[:1500], *outage, *looks[1500:], again))
    entry = index.entry(FIRST.key)
    assert entry is not None
    assert (entry.seen_at, entry.equal_under) == (looks[-1].at, "again")
    assert index.last_check(URL) == looks[-1]
