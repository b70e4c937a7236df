"""One story for each event: what a newsroom does, and what the archive makes of it."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from pathlib import Path

import pytest

from archiver.errors import ArchiveLocked
from archiver.model import Event
from archiver.query import Archive
from archiver.verify import verify

from .conftest import PARAGRAPHS, START, Desk, Served, page

BRIDGE = "/town/old-quay-bridge/"
PARADE = "/town/lantern-parade/"
WALL = b"""<!DOCTYPE html><html><head><title>The Tarnhaven Courier</title></head><body><div role="dialog">
<h1>We value your privacy</h1><p>We and our partners store cookies on your device.</p>
<button>Accept all</button><button>Reject</button></div></body></html>"""


def events(desk: Desk, path: str = BRIDGE) -> list[Event]:
    return [revision.event for revision in desk.history(path)]


def problems(desk: Desk) -> list[object]:
    with Archive.open(desk.path) as archive:
        return list(verify(archive))


def test_a_first_look_keeps_the_article_with_its_evidence(desk: Desk) -> None:
    desk.site.pages[BRIDGE] = Served(page())
    outcome = desk.look(0, BRIDGE)[BRIDGE]
    assert outcome.check.event is Event.FIRST
    assert outcome.revision is not None
    assert (outcome.revision.number, outcome.revision.headline) == (1, "Old quay bridge to close for eleven months")
    assert outcome.revision.unchanged_since is None
    text = (desk.path / "articles" / outcome.revision.key / "article.md").read_text(encoding="utf-8")
    assert text.splitlines()[:4] == [
        "# Old quay bridge to close for eleven months",
        "By Ada Quill March 1, 2026",
        "Last update: March 1, 2026 20:38",
        "",
    ]
    assert text.splitlines()[4:] == list(PARAGRAPHS)
    assert problems(desk) == []


def test_the_same_page_in_other_furniture_is_no_revision(desk: Desk) -> None:
    desk.site.pages[BRIDGE] = Served(page())
    desk.look(0, BRIDGE)
    desk.site.pages[BRIDGE] = Served(page().replace(b"<footer>", b"<p>1,204 readers today</p><footer>"))
    assert desk.look(1)[BRIDGE].check.event is Event.SAME
    assert events(desk) == [Event.FIRST]


def test_a_moved_stamp_is_a_touch(desk: Desk) -> None:
    desk.site.pages[BRIDGE] = Served(page())
    desk.look(0, BRIDGE)
    desk.site.pages[BRIDGE] = Served(page(stamp="March 1, 2026 22:10"))
    outcome = desk.look(5)[BRIDGE]
    assert outcome.check.event is Event.TOUCH
    assert outcome.revision is not None
    assert outcome.revision.unchanged_since == START
    assert "stamp" in outcome.revision.summary


def test_an_edit_lies_between_the_last_check_that_saw_the_old_text_and_this_one(desk: Desk) -> None:
    desk.site.pages[BRIDGE] = Served(page())
    desk.look(0, BRIDGE)
    desk.look(3)
    desk.site.pages[BRIDGE] = Served(page(*PARAGRAPHS[:2], PARAGRAPHS[2].replace("1,400", "1,900"), *PARAGRAPHS[3:]))
    revision = desk.look(4)[BRIDGE].revision
    assert revision is not None
    assert revision.event is Event.EDIT
    assert (revision.captured_at - START).total_seconds() == 4 * 3600
    assert revision.unchanged_since is not None
    assert (revision.unchanged_since - START).total_seconds() == 3 * 3600
    assert "1,400 → 1,900" in revision.summary
    assert "number" in revision.changes


def test_validators_are_sent_and_a_304_is_a_check(desk: Desk) -> None:
    headers = {"Content-Type": "text/html", "ETag": '"v1"', "Last-Modified": "Sun, 01 Mar 2026 20:38:00 GMT"}
    desk.site.pages[BRIDGE] = Served(page(), headers=headers)
    desk.look(0, BRIDGE)
    for hour in (1, 2):
        assert desk.look(hour)[BRIDGE].check.event is Event.SAME
        path, sent = desk.site.asked[-1]
        assert (path, sent["if-none-match"]) == (BRIDGE, '"v1"')
        assert sent["if-modified-since"] == headers["Last-Modified"]
    desk.site.pages[BRIDGE] = Served(page(headline="Old quay bridge to close"), headers=headers | {"ETag": '"v2"'})
    assert desk.look(3)[BRIDGE].check.event is Event.EDIT


def test_a_server_that_denies_an_edit_is_believed_for_a_day(desk: Desk) -> None:
    headers = {"Content-Type": "text/html", "ETag": '"for ever"'}
    desk.site.pages[BRIDGE] = Served(page(), headers=headers)
    desk.look(0, BRIDGE)
    desk.site.pages[BRIDGE] = Served(page(headline="Old quay bridge to close"), headers=headers)
    for hour in (1, 9, 23):
        assert desk.look(hour)[BRIDGE].check.reason == "not modified"
        shutil.rmtree(desk.path / ".archiver")
    assert desk.look(24)[BRIDGE].check.event is Event.EDIT
    assert desk.look(25)[BRIDGE].check.reason == "not modified"


@pytest.mark.parametrize("status", [410, 451])
def test_a_page_withdrawn_for_good_is_gone_at_once_and_its_text_stays(desk: Desk, status: int) -> None:
    desk.site.pages[BRIDGE] = Served(page())
    desk.look(0, BRIDGE)
    desk.site.pages[BRIDGE] = Served(status=status)
    outcome = desk.look(1)[BRIDGE]
    assert outcome.check.event is Event.GONE
    assert desk.tally is not None
    assert desk.tally.exit_code == 0
    revision = desk.history(BRIDGE)[-1]
    assert (revision.status, revision.event) == ("gone", Event.GONE)
    with Archive.open(desk.path) as archive:
        assert archive.article(revision).text == "\n".join(PARAGRAPHS)
    assert desk.look(2)[BRIDGE].check.event is Event.SAME
    assert problems(desk) == []


def test_a_404_is_believed_when_it_is_seen_twice(desk: Desk) -> None:
    desk.site.pages[BRIDGE] = Served(page())
    desk.look(0, BRIDGE)
    kept = desk.site.pages.pop(BRIDGE)
    assert desk.look(1)[BRIDGE].check.event is Event.MISSING
    desk.site.pages[BRIDGE] = kept
    assert desk.look(2)[BRIDGE].check.event is Event.SAME
    del desk.site.pages[BRIDGE]
    assert desk.look(3)[BRIDGE].check.event is Event.MISSING
    assert desk.look(4)[BRIDGE].check.event is Event.GONE
    desk.site.pages[BRIDGE] = kept
    assert desk.look(5)[BRIDGE].check.event is Event.RETURNED
    assert events(desk) == [Event.FIRST, Event.GONE, Event.RETURNED]
    assert desk.history(BRIDGE)[-1].status == "live"


def test_a_redirect_to_the_home_page_is_absence(desk: Desk) -> None:
    desk.site.pages[BRIDGE] = Served(page())
    desk.site.pages["/"] = Served(page(headline="Today in Tarnhaven"))
    desk.look(0, BRIDGE)
    desk.site.pages[BRIDGE] = Served(status=302, headers={"Location": "/"})
    assert desk.look(1)[BRIDGE].check.event is Event.MISSING
    assert desk.look(2)[BRIDGE].check.event is Event.GONE


def test_a_redirect_to_a_section_is_absence(desk: Desk) -> None:
    cards = "".join(
        f"<h2><a href='/town/story-{n}-of-the-harbour'>Story {n} of the harbour town</a></h2><p>{PARAGRAPHS[1]}</p>"
        for n in range(6)
    )
    desk.site.pages |= {BRIDGE: Served(page()), "/town/": Served(f"<main><h1>Town</h1>{cards}</main>".encode())}
    desk.look(0, BRIDGE)
    desk.site.pages["/town/"] = Served(f"<main><h1>Town</h1>{cards.replace('Ilse', 'Ilsa')}</main>".encode())
    desk.site.pages[BRIDGE] = Served(status=301, headers={"Location": "/town/"})
    assert [desk.look(hour)[BRIDGE].check.event for hour in (1, 2)] == [Event.MISSING, Event.GONE]
    assert "redirects to a list of other pages" in desk.history(BRIDGE)[-1].summary


def test_a_redirect_to_an_article_that_nobody_knew_is_held_and_no_edit(desk: Desk) -> None:
    other = page("The lantern parade will be back on the quay in May.", headline="Lantern parade returns")
    desk.site.pages |= {BRIDGE: Served(page()), PARADE: Served(other)}
    desk.look(0, BRIDGE)
    desk.site.pages[BRIDGE] = Served(status=301, headers={"Location": PARADE})
    found = desk.look(1)[BRIDGE].check
    assert (found.event, found.reason) == (Event.HELD, f"redirects to another article, {desk.site.url(PARADE)}")
    assert [revision.event for revision in desk.history(BRIDGE)] == [Event.FIRST]


def test_a_permanent_move_keeps_the_folder_and_both_addresses(desk: Desk) -> None:
    new = "/2026/old-quay-bridge/"
    desk.site.pages[BRIDGE] = Served(page())
    desk.look(0, BRIDGE)
    desk.site.pages[new] = desk.site.pages[BRIDGE]
    desk.site.pages[BRIDGE] = Served(status=301, headers={"Location": new})
    outcome = desk.look(1)[BRIDGE]
    assert outcome.check.event is Event.MOVED
    assert [revision.key for revision in desk.history(new)] == [revision.key for revision in desk.history(BRIDGE)]
    assert desk.history(BRIDGE)[-1].source == desk.site.url(new)
    assert list(desk.look(2)) == [new]
    assert events(desk) == [Event.FIRST, Event.MOVED]


def test_an_article_that_now_leads_to_another_is_not_mixed_with_it(desk: Desk) -> None:
    other = page("The lantern parade will be back on the quay in May.", headline="Lantern parade returns")
    desk.site.pages |= {BRIDGE: Served(page()), PARADE: Served(other)}
    desk.look(0, BRIDGE, PARADE)
    desk.site.pages[BRIDGE] = Served(status=301, headers={"Location": PARADE})
    assert desk.look(1)[BRIDGE].check.event is Event.MISSING
    assert events(desk) == [Event.FIRST]
    assert events(desk, PARADE) == [Event.FIRST]


def test_two_addresses_of_one_article_in_one_run_make_one_article(desk: Desk) -> None:
    desk.site.pages[BRIDGE] = Served(page())
    desk.site.pages["/s/123"] = Served(status=302, headers={"Location": BRIDGE})
    found = desk.look(0, BRIDGE, "/s/123")
    assert sorted(outcome.check.event for outcome in found.values()) == [Event.FIRST, Event.SAME]
    with Archive.open(desk.path) as archive:
        assert len(list(archive.entries())) == 1
        assert archive.find(desk.site.url("/s/123")) == archive.find(desk.site.url(BRIDGE))


def test_a_wall_is_held_with_its_evidence_and_the_article_stays(desk: Desk) -> None:
    desk.site.pages[BRIDGE] = Served(page())
    desk.look(0, BRIDGE)
    desk.site.pages[BRIDGE] = Served(WALL, headers={"Content-Type": "text/html", "ETag": '"wall"'})
    outcome = desk.look(1)[BRIDGE]
    assert outcome.check.event is Event.HELD
    assert outcome.check.reason
    assert outcome.check.record_id
    assert "archiver explain" in outcome.hint
    assert desk.tally is not None
    assert desk.tally.exit_code == 3
    assert desk.look(2)[BRIDGE].check.event is Event.HELD
    assert "if-none-match" not in desk.site.asked[-1][1]
    assert events(desk) == [Event.FIRST]


def test_a_text_that_collapsed_is_held(desk: Desk) -> None:
    desk.site.pages[BRIDGE] = Served(page(*PARAGRAPHS, *PARAGRAPHS[1:]))
    desk.look(0, BRIDGE)
    desk.site.pages[BRIDGE] = Served(page("Read on with a subscription, from four crowns a month."))
    assert desk.look(1)[BRIDGE].check.event is Event.HELD


def test_the_clock_of_a_site_is_no_touch(desk: Desk) -> None:
    for hour, stamp in enumerate(("March 2, 2026 07:11", "March 2, 2026 07:42", "March 2, 2026 09:03")):
        desk.site.pages |= {
            BRIDGE: Served(page(stamp=stamp)),
            PARADE: Served(page(headline="Lantern parade returns", stamp=stamp)),
        }
        found = desk.look(hour, BRIDGE, PARADE)
        assert {outcome.check.event for outcome in found.values()} == {Event.SAME if hour else Event.FIRST}


def test_a_clock_that_only_this_run_gives_away_is_no_touch_either(desk: Desk) -> None:
    desk.site.pages[BRIDGE] = Served(page(stamp="March 2, 2026 07:11"))
    desk.look(0, BRIDGE)
    desk.site.pages[PARADE] = Served(page(headline="Lantern parade returns", stamp="March 2, 2026 07:30"))
    desk.look(1, PARADE)
    for path, headline in ((BRIDGE, "Old quay bridge to close for eleven months"), (PARADE, "Lantern parade returns")):
        desk.site.pages[path] = Served(page(headline=headline, stamp="March 2, 2026 08:05"))
    assert {outcome.check.event for outcome in desk.look(2).values()} == {Event.SAME}


@pytest.mark.parametrize(
    ("served", "reason"),
    [
        (Served(status=403), "HTTP 403"),
        (Served(status=503), "HTTP 503"),
        (Served(b"%PDF-1.7", headers={"Content-Type": "application/pdf"}), "application/pdf"),
        (Served(status=404), "HTTP 404"),
        (Served(status=410), "HTTP 410"),
    ],
)
def test_what_is_no_page_of_an_unknown_article_fails_and_the_others_go_on(
    desk: Desk, served: Served, reason: str
) -> None:
    desk.site.pages |= {BRIDGE: served, PARADE: Served(page())}
    found = desk.look(0, BRIDGE, PARADE)
    assert found[BRIDGE].check.event is Event.FAILED
    assert reason in found[BRIDGE].check.reason
    assert found[BRIDGE].hint
    assert found[PARADE].check.event is Event.FIRST
    assert desk.tally is not None
    assert desk.tally.exit_code == 3


def test_a_run_that_reaches_nothing_is_our_outage(desk: Desk) -> None:
    desk.site.pages[BRIDGE] = Served(page())
    desk.look(0, BRIDGE)
    desk.site.host = "127.0.0.1:1"
    desk.look(1, "/")
    assert desk.tally is not None
    assert desk.tally.exit_code == 4


@pytest.mark.parametrize("body", [b"", b"<html><body></body></html>"])
def test_an_empty_page_is_held(desk: Desk, body: bytes) -> None:
    desk.site.pages[BRIDGE] = Served(body)
    assert desk.look(0, BRIDGE)[BRIDGE].check.event is Event.HELD
    with Archive.open(desk.path) as archive:
        assert list(archive.entries()) == []


def test_a_second_run_is_told_who_holds_the_archive(desk: Desk) -> None:
    with Archive.open(desk.path) as archive, archive.store.lock(START), pytest.raises(ArchiveLocked, match="process"):
        desk.look(0, BRIDGE)


def test_what_stands_before_the_damage_of_a_log_is_known(desk: Desk) -> None:
    desk.site.pages |= {BRIDGE: Served(page()), PARADE: Served(page(headline="Lantern parade returns"))}
    desk.look(0, BRIDGE)
    desk.look(1, BRIDGE, PARADE)
    log = max((desk.path / "runs").rglob("*.jsonl.gz"))
    start, check, *_ = gzip.decompress(log.read_bytes()).splitlines(keepends=True)
    log.write_bytes(gzip.compress(start + check + b'{"url": 1}\n'))
    (desk.path / ".archiver" / "index.sqlite").unlink()
    with Archive.open(desk.path) as archive:
        last = archive.index.last_check(desk.site.url(BRIDGE))
        assert last is not None
        assert (last.event, archive.index.last_check(desk.site.url(PARADE))) == (Event.SAME, None)


def test_the_index_can_be_deleted_at_any_time(desk: Desk) -> None:
    desk.site.pages |= {BRIDGE: Served(page()), PARADE: Served(page(headline="Lantern parade returns"))}
    desk.look(0, BRIDGE, PARADE)
    desk.site.pages[BRIDGE] = Served(page(headline="Bridge closes"))
    desk.look(1)
    desk.look(2)
    before = everything(desk)
    for path in (desk.path / ".archiver").iterdir():
        path.unlink()
    assert everything(desk) == before


def everything(desk: Desk) -> list[object]:
    """All that the index can say."""
    with Archive.open(desk.path) as archive:
        checks = [archive.index.last_check(desk.site.url(path)) for path in (BRIDGE, PARADE)]
        return [*archive.entries(), *archive.index.revisions(), *checks, archive.index.tip, archive.index.run]


def test_the_archive_can_be_read_and_cloned_with_plain_git(desk: Desk, tmp_path: Path) -> None:
    desk.site.pages[BRIDGE] = Served(page())
    desk.look(0, BRIDGE)
    desk.site.pages[BRIDGE] = Served(page(*PARAGRAPHS[:2], PARAGRAPHS[2].replace("1,400", "1,900"), *PARAGRAPHS[3:]))
    desk.look(1)

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], check=True, capture_output=True, text=True, timeout=60)
        return done.stdout + done.stderr

    changed = git("-C", str(desk.path), "diff", "--unified=0", "HEAD~1", "--", "*.md").splitlines()[5:]
    assert changed == [f"-{PARAGRAPHS[2]}", f"+{PARAGRAPHS[2].replace('1,400', '1,900')}"]
    assert git("-C", str(desk.path), "status", "--porcelain") == ""
    assert "error" not in git("-C", str(desk.path), "fsck", "--strict")
    git("clone", "--quiet", str(desk.path), str(tmp_path / "copy"))
    assert (tmp_path / "copy" / "README.md").read_text() == (desk.path / "README.md").read_text()
