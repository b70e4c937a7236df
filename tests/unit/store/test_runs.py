from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import StoreError
from archiver.model import Check, Event
from archiver.store.layout import log_path
from archiver.store.runs import RunLog, close_interrupted, read_checks, run_ids, unfinished, verify_chain

NOW = datetime(2024, 4, 26, 20, 38, 12, tzinfo=UTC)
CHECK = Check(
    url="https://brookmere.example/news/bridge",
    at=NOW,
    event=Event.SAME,
    key="brookmere.example/ca/bridge~ca41e6d44e08",
    http_status=304,
    etag='W/"7"',
)


def start(root, now=NOW) -> RunLog:
    return RunLog.start(root, now=now, program="archiver/0.1.0", tip="a" * 40)


def write(root, *checks: Check, now=NOW) -> str:
    with start(root, now) as log:
        for check in checks:
            log.add(check)
        log.close(now=now + timedelta(minutes=1), tip="b" * 40)
    return log.run


def lines(root, run) -> list[dict[str, object]]:
    with gzip.open(root / f"{log_path(run)}.gz", "rt") as file:
        return [json.loads(line) for line in file]


def test_a_log_begins_and_ends_with_the_run(tmp_path):
    gone = replace(CHECK, event=Event.GONE, http_status=410, etag="")
    run = write(tmp_path, CHECK, gone, CHECK)
    first, check, *_, last = lines(tmp_path, run)
    assert first == {"run": run, "started": "2024-04-26T20:38:12Z", "program": "archiver/0.1.0", "tip": "a" * 40}
    assert check == {
        "url": CHECK.url,
        "at": "2024-04-26T20:38:12Z",
        "event": "same",
        "key": CHECK.key,
        "http_status": 304,
        "etag": 'W/"7"',
    }
    assert last == {"finished": "2024-04-26T20:39:12Z", "tip": "b" * 40, "events": {"same": 2, "gone": 1}}
    assert list(read_checks(tmp_path)) == [(run, CHECK), (run, gone), (run, CHECK)]


strings = st.text(st.characters(exclude_categories=("Cs",)))
checks = st.builds(
    Check,
    url=strings,
    at=st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
    event=st.sampled_from(Event),
    key=strings,
    reason=strings,
    http_status=st.integers(0, 599),
    payload_sha256=strings,
    record_id=strings,
    equal_under=strings,
)


@given(st.lists(checks))
def test_every_check_comes_back_as_it_was(tmp_path_factory, noted):
    root = tmp_path_factory.mktemp("archive")
    run = write(root, *noted)
    assert list(read_checks(root)) == [(run, check) for check in noted]
    assert verify_chain(root) == ()


def test_a_string_that_is_not_unicode_does_not_stop_the_run(tmp_path):
    write(tmp_path, replace(CHECK, reason="\ud800\n"))
    assert next(read_checks(tmp_path))[1].reason == "?\n"


def test_what_was_flushed_is_on_disk_while_the_run_goes_on(tmp_path):
    log = start(tmp_path)
    log.add(CHECK)
    assert list(read_checks(tmp_path)) == []
    log.flush()
    log.flush()
    assert list(read_checks(tmp_path)) == [(log.run, CHECK)]
    log.close(now=NOW, tip="")
    assert not (tmp_path / log_path(log.run)).exists()


def test_runs_within_a_second_and_with_a_clock_set_back_stay_in_order(tmp_path):
    runs = [write(tmp_path, replace(CHECK, reason=str(n)), now=NOW - timedelta(days=400 * (n == 2))) for n in range(4)]
    assert run_ids(tmp_path) == tuple(runs) == tuple(sorted(runs))
    assert [check.reason for _, check in read_checks(tmp_path)] == ["0", "1", "2", "3"]
    assert [check.reason for _, check in read_checks(tmp_path, after=runs[1])] == ["2", "3"]
    assert lines(tmp_path, runs[2])[0]["started"] == "2023-03-23T20:38:12Z"
    assert verify_chain(tmp_path) == ()


def test_each_log_carries_the_hash_of_the_one_before(tmp_path):
    first, second = write(tmp_path, CHECK), write(tmp_path)
    content = gzip.decompress((tmp_path / f"{log_path(first)}.gz").read_bytes())
    assert lines(tmp_path, second)[0]["previous"] == {"run": first, "sha256": hashlib.sha256(content).hexdigest()}


def test_the_same_lines_make_the_same_file(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    for root in (one, other):
        root.mkdir()
        run = write(root, CHECK)
    assert (one / f"{log_path(run)}.gz").read_bytes() == (other / f"{log_path(run)}.gz").read_bytes()


class TestTheChain:
    @pytest.fixture
    def logged(self, tmp_path):
        runs = [write(tmp_path, CHECK) for _ in range(4)]
        return tmp_path, runs, [tmp_path / f"{log_path(run)}.gz" for run in runs]

    def test_an_altered_log_is_named(self, logged):
        root, runs, paths = logged
        paths[1].write_bytes(gzip.compress(gzip.decompress(paths[1].read_bytes()).replace(b"304", b"200")))
        assert verify_chain(root) == (f"the log of run {runs[1]} is not what it was when run {runs[2]} started",)

    def test_a_missing_log_is_named(self, logged):
        root, runs, paths = logged
        paths[2].unlink()
        assert verify_chain(root) == (f"the log of run {runs[2]} is missing",)

    def test_a_missing_first_log_is_named(self, logged):
        root, runs, paths = logged
        paths[0].unlink()
        assert verify_chain(root) == (f"the log of run {runs[0]} is missing",)

    def test_a_renamed_log_is_named(self, logged):
        root, runs, paths = logged
        paths[3].rename(paths[3].with_name("20240430T000000Z.jsonl.gz"))
        assert verify_chain(root) == (f"the log of run 20240430T000000Z says that it is of run {runs[3]}",)

    @pytest.mark.parametrize(
        "content",
        [b"", b"junk", gzip.compress(b"junk\n"), gzip.compress(b"[]\n")[:-4]],
        ids=["empty", "junk", "packed junk", "cut short"],
    )
    def test_an_unreadable_log_is_named_and_no_traceback(self, logged, content):
        root, runs, paths = logged
        paths[1].write_bytes(content)
        assert f"the log of run {runs[1]} cannot be read" in verify_chain(root)[0]
        if content:
            with pytest.raises(StoreError, match=f"run {runs[1]}"):
                list(read_checks(root))


class TestAfterACrash:
    def test_a_log_cut_short_is_closed_by_the_next_run(self, tmp_path):
        with start(tmp_path) as log:
            log.add(CHECK)
            log.add(CHECK)
            log.flush()
        path = tmp_path / log_path(log.run)
        path.write_bytes(path.read_bytes()[:-10])
        assert list(read_checks(tmp_path)) == [(log.run, CHECK)]
        assert unfinished(tmp_path) == (log.run,)
        done = close_interrupted(tmp_path, now=NOW, tip="c" * 40)
        assert done == (f"closed the log of run {log.run}, which was interrupted",)
        assert close_interrupted(tmp_path, now=NOW, tip="") == unfinished(tmp_path) == ()
        last = lines(tmp_path, log.run)[-1]
        assert (last["interrupted"], last["events"], last["tip"]) == (True, {"same": 1}, "c" * 40)
        write(tmp_path)
        assert verify_chain(tmp_path) == ()

    def test_a_crash_between_compressing_and_removing_is_finished(self, tmp_path):
        run = write(tmp_path, CHECK)
        path = tmp_path / log_path(run)
        path.write_bytes(b"{}\n")
        path.with_name(path.name + ".gz.part").write_bytes(b"half")
        assert close_interrupted(tmp_path, now=NOW, tip="") != ()
        assert unfinished(tmp_path) == ()
        assert list(read_checks(tmp_path)) == [(run, CHECK)]

    def test_a_log_without_a_line_never_was(self, tmp_path):
        with start(tmp_path) as log:
            path = tmp_path / log_path(log.run)
        path.write_bytes(b'{"run":')
        close_interrupted(tmp_path, now=NOW, tip="")
        assert run_ids(tmp_path) == ()
        assert not path.exists()

    def test_a_folder_that_cannot_be_written_is_one_line(self, tmp_path):
        (tmp_path / "runs").write_text("")
        with pytest.raises(StoreError, match="the check log cannot be written"):
            start(tmp_path)
