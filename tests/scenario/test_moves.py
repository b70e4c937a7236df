"""An article gets a new address, in every order in which the two addresses may be looked at."""

from __future__ import annotations

import pytest

from archiver.cli import run
from archiver.config import Watch
from archiver.index import Entry
from archiver.model import Event
from archiver.query import Archive
from archiver.stats import stats
from archiver.status import status
from archiver.store.git import GitStore
from archiver.verify import verify

from .conftest import PARAGRAPHS, START, Desk, Served, page

OLD = "/town/old-quay-bridge/"
NEW = "/2026/old-quay-bridge/"
OTHER = (
    "The lantern parade will be back on the quay in May, after two years in which it could not be held at all.",
    "“Bring your own candles,” said Tomas Brae, who leads the choir that walks in front. “The wind does the rest.”",
    "Last time some 900 people came, and the fire brigade had to turn back the last of them at the fish market.",
    "The town pays for the lamps, and asks everybody who has a boat to moor it on the far side for the evening.",
)
EDITED = (*PARAGRAPHS[:2], "About 1,600 people cross the bridge each day.", *PARAGRAPHS[3:])


def move(desk: Desk, body: bytes, *, status: int = 301) -> None:
    desk.site.pages[OLD] = Served(status=status, headers={"Location": NEW})
    desk.site.pages[NEW] = Served(body)


def told(desk: Desk, path: str) -> list[Event]:
    return [revision.event for revision in desk.history(path)]


def entries(desk: Desk) -> list[Entry]:
    with Archive.open(desk.path) as archive:
        assert list(verify(archive)) == []
        return list(archive.entries())


def counted(desk: Desk) -> tuple[int, int]:
    with Archive.open(desk.path) as archive:
        return stats(archive).articles, status(archive, archive.config(), START).articles


@pytest.mark.parametrize("body", [page(), page(*EDITED, headline="Quay bridge closes for a year")])
def test_a_new_address_that_was_found_first_goes_on_where_the_old_one_ends(desk: Desk, body: bytes) -> None:
    desk.site.pages[OLD] = Served(page())
    desk.look(0, OLD)
    move(desk, body)
    desk.look(1, NEW)
    assert desk.look(2, OLD)[OLD].check.event is Event.MOVED
    last = desk.history(OLD)[-1]
    assert last.successor == desk.history(NEW)[0].key != last.key
    assert (last.source, last.status) == (desk.site.url(OLD), "gone")
    desk.site.pages[NEW] = Served(page(*PARAGRAPHS[1:], headline="Bridge closed"))
    assert {path: it.check.event for path, it in desk.look(3).items()} == {OLD: Event.SAME, NEW: Event.EDIT}
    assert (told(desk, OLD), told(desk, NEW)) == ([Event.FIRST, Event.MOVED], [Event.FIRST, Event.EDIT])
    assert [entry.latest.status for entry in entries(desk) if not entry.latest.successor] == ["live"]
    assert counted(desk) == (1, 1)


def test_edits_made_since_do_not_hide_that_the_article_began_as_the_old_one(desk: Desk) -> None:
    desk.site.pages[OLD] = Served(page())
    desk.look(0, OLD)
    move(desk, page())
    desk.look(1, NEW)
    move(desk, page(*OTHER))
    assert desk.look(2, NEW)[NEW].check.event is Event.EDIT
    assert desk.look(3, OLD)[OLD].check.event is Event.MOVED


@pytest.mark.parametrize("order", [(NEW, OLD), (OLD, NEW)])
def test_both_addresses_in_one_run_make_no_two_living_articles(desk: Desk, order: tuple[str, str]) -> None:
    desk.site.pages[OLD] = Served(page())
    desk.look(0, OLD)
    move(desk, page())
    found = desk.look(1, *order)
    events = {OLD: Event.MOVED, NEW: Event.FIRST if order[0] == NEW else Event.SAME}
    assert {path: outcome.check.event for path, outcome in found.items()} == events
    assert len([entry for entry in entries(desk) if entry.latest.status == "live"]) == 1
    assert counted(desk) == (1, 1)


def test_a_feed_that_names_the_new_address_before_the_old_one_is_due(desk: Desk) -> None:
    def feed(path: str) -> None:
        items = f"<item><title>Quay bridge</title><link>{desk.site.url(path)}</link></item>"
        rss = f"<rss version='2.0'><channel><title>Courier</title>{items}</channel></rss>".encode()
        desk.site.pages["/rss.xml"] = Served(rss, headers={"Content-Type": "application/rss+xml"})

    desk.site.pages[OLD] = Served(page())
    feed(OLD)
    desk.watch(Watch(url=desk.site.url("/rss.xml"), kind="feed"))
    desk.due(0)
    move(desk, page())
    feed(NEW)
    assert {path: it.check.event for path, it in desk.due(0.1).items()} == {NEW: Event.FIRST}
    assert desk.due(24)[OLD].check.event is Event.MOVED
    assert counted(desk) == (1, 1)
    desk.site.pages[NEW] = Served(page(*EDITED))
    assert desk.due(48)[NEW].check.event is Event.EDIT


def test_an_edit_found_by_way_of_the_redirect_and_its_own_address_in_one_run(desk: Desk) -> None:
    desk.site.pages[OLD] = Served(page())
    desk.look(0, OLD)
    move(desk, page(*EDITED))
    desk.look(1, OLD, NEW)
    assert told(desk, OLD) == told(desk, NEW) == [Event.FIRST, Event.EDIT]
    assert len(entries(desk)) == 1


def test_a_live_blog_that_took_the_article_in_is_no_successor(desk: Desk) -> None:
    desk.site.pages[OLD] = Served(page())
    desk.site.pages[NEW] = Served(page(*OTHER, headline="Tarnhaven today"))
    desk.look(0, OLD, NEW)
    move(desk, page(*OTHER, *PARAGRAPHS, headline="Tarnhaven today"))
    desk.look(1, NEW)
    assert [desk.look(hour, OLD)[OLD].check.event for hour in (2, 3)] == [Event.MISSING, Event.GONE]
    assert desk.history(OLD)[-1].successor == ""
    assert counted(desk) == (2, 2)


def test_a_redirect_that_may_be_taken_back_proves_no_move(desk: Desk) -> None:
    desk.site.pages[OLD] = Served(page())
    desk.look(0, OLD)
    move(desk, page(), status=302)
    desk.look(1, NEW)
    assert desk.look(2, OLD)[OLD].check.event is Event.MISSING


def test_an_article_that_is_back_at_its_old_address_has_returned(desk: Desk) -> None:
    desk.site.pages[OLD] = Served(page())
    desk.look(0, OLD)
    move(desk, page())
    desk.look(1, NEW, OLD)
    desk.site.pages |= {OLD: Served(page()), NEW: Served(status=301, headers={"Location": OLD})}
    assert {path: it.check.event for path, it in desk.look(2, OLD, NEW).items()} == {
        OLD: Event.RETURNED,
        NEW: Event.MOVED,
    }
    assert [entry.latest.source for entry in entries(desk) if entry.latest.status == "live"] == [desk.site.url(OLD)]
    assert counted(desk) == (1, 1)


def test_the_log_of_each_half_leads_to_the_other_also_from_an_index_that_is_new(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.site.pages[OLD] = Served(page())
    desk.look(0, OLD)
    move(desk, page())
    desk.look(1, NEW, OLD)
    (desk.path / ".archiver" / "index.sqlite").unlink()
    old, new = desk.history(OLD)[-1], desk.history(NEW)[-1]
    with GitStore.open(desk.path) as store:
        assert [revision.successor for revision in store.revisions("")] == ["", "", new.key]
    for path, kin in ((OLD, new), (NEW, old)):
        assert run(["log", desk.site.url(path), "--archive", str(desk.path)]) == 0
        assert f"archiver log {kin.id}'" in capsys.readouterr().err
    assert run(["ls", "--archive", str(desk.path)]) == 0
    assert f"(moved: see {new.id})" in capsys.readouterr().out
