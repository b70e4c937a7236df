"""An article that stands on several pages is one article: over real sockets, from the first look to the check."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from html import escape

import pytest
from warcio.archiveiterator import ArchiveIterator

from archiver.cli import run
from archiver.config import Watch
from archiver.errors import StoreError
from archiver.held import held, release
from archiver.model import Event, Revision
from archiver.query import Archive
from archiver.reading import Reader
from archiver.verify import verify

from .conftest import START, Desk, Served, page

BRIDGE = "/2026/03/01/old-quay-bridge-to-close"
NEXT = '<link rel="next" href="{}">'
PAGES = (
    "The harbour council of Tarnhaven voted on Monday to close the old quay bridge for eleven months.",
    "A ferry is to run every twenty minutes between the two banks, and will be free for schoolchildren.",
    "Traders on the eastern bank fear for their custom and have asked for a lower rent until it opens again.",
)
EDITED = PAGES[2].replace("lower", "waived")


def numbered(number: int) -> str:
    return f"{BRIDGE}/{number}/" if number > 1 else BRIDGE


def serve(desk: Desk, *texts: str, address: Callable[[int], str] = numbered, headline: str = "") -> None:
    """Serve a story of so many pages, each of which names the next."""
    for number, text in enumerate(texts, 1):
        head = NEXT.format(escape(address(number + 1))) if number < len(texts) else ""
        more = {"headline": headline} if headline and number > 1 else {}
        desk.site.pages[address(number)] = Served(page(text, head=head, **more), headers={"ETag": f'"{number}{text}"'})


def look(desk: Desk, hour: float) -> Event:
    return desk.look(hour, BRIDGE)[BRIDGE].check.event


def lines(desk: Desk) -> tuple[str, ...]:
    """The text of the latest revision."""
    with Archive.open(desk.path) as archive:
        return tuple(archive.article(desk.history(BRIDGE)[-1]).text.split("\n"))


def asked(desk: Desk) -> list[str]:
    paths = [path for path, _ in desk.site.asked if path != "/robots.txt"]
    desk.site.asked.clear()
    return paths


def latest(desk: Desk) -> Revision:
    return desk.history(BRIDGE)[-1]


@pytest.mark.parametrize(
    "address",
    [
        numbered,
        lambda number: f"{BRIDGE}?page={number}" if number > 1 else BRIDGE,
        lambda number: f"{BRIDGE}/page/{number}" if number > 1 else BRIDGE,
        lambda number: f"{BRIDGE}/seite-{number}" if number > 1 else BRIDGE,
    ],
)
def test_the_pages_of_an_article_are_joined(desk: Desk, address: Callable[[int], str]) -> None:
    serve(desk, *PAGES, address=address)
    assert look(desk, 0) is Event.FIRST
    assert lines(desk) == PAGES
    assert asked(desk) == [address(1), address(2), address(3)]
    assert (latest(desk).source, len(latest(desk).part_sha256)) == (desk.site.url(BRIDGE), 2)


def test_a_declared_page_is_relative_to_the_base_of_the_page(desk: Desk) -> None:
    base = '<!-- <base href="/sport/"> --><base href="/2026/">'
    for number, text in enumerate(PAGES, 1):
        head = base + NEXT.format(numbered(number + 1).removeprefix("/2026/")) if number < len(PAGES) else ""
        desk.site.pages[numbered(number)] = Served(page(text, head=head))
    look(desk, 0)
    assert lines(desk) == PAGES


def test_an_edit_of_a_later_page_is_an_edit_of_the_article(desk: Desk) -> None:
    serve(desk, *PAGES)
    look(desk, 0)
    assert look(desk, 1) is Event.SAME
    serve(desk, *PAGES[:2], EDITED)
    assert look(desk, 2) is Event.EDIT, "though the first page has the same bytes and would answer 304"
    assert lines(desk) == (*PAGES[:2], EDITED)


def test_all_pages_are_the_evidence_of_the_revision(desk: Desk, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    serve(desk, *PAGES)
    look(desk, 0)
    with Archive.open(desk.path) as archive:
        capture = archive.capture(latest(desk))
        assert [part.url for part in capture.parts] == [desk.site.url(numbered(2)), desk.site.url(numbered(3))]
        assert Reader().read(capture).article == archive.article(latest(desk))
        assert list(verify(archive)) == []
    assert run(["show", desk.site.url(BRIDGE), "--raw", "--archive", str(desk.path)]) == 0
    out, err = capfdbinary.readouterr()
    assert out == desk.site.pages[BRIDGE].body
    assert numbered(3).encode() in err
    assert run(["reextract", "--all", "--archive", str(desk.path)]) == 0
    assert [revision.event for revision in desk.history(BRIDGE)] == [Event.FIRST]


def test_a_later_page_that_is_lost_from_the_evidence_is_found(desk: Desk) -> None:
    serve(desk, *PAGES)
    look(desk, 0)
    (file,) = (desk.path / "captures").rglob("*.warc.gz")
    with file.open("rb") as records:
        found = ArchiveIterator(records)
        last = [found.get_record_offset() for record in found if record.rec_type == "response"][-1]
    os.truncate(file, last)
    with Archive.open(desk.path) as archive:
        assert [problem.what for problem in verify(archive)] == ["its capture is not the one that is vouched for"]
        with pytest.raises(StoreError, match="does not hold what was captured"):
            archive.capture(latest(desk))


@pytest.mark.parametrize(
    "broken",
    [Served(status=503), Served(status=429), Served(status=302, headers={"Location": numbered(3)})],
    ids=["in trouble", "too busy", "in a circle"],
)
def test_a_page_that_fails_fails_the_article_and_halves_nothing(desk: Desk, broken: Served) -> None:
    serve(desk, *PAGES)
    desk.site.pages[numbered(3)] = broken
    assert look(desk, 0) is Event.FAILED
    serve(desk, *PAGES)
    assert look(desk, 1) is Event.FIRST
    desk.site.pages[numbered(3)] = broken
    found = desk.look(2, BRIDGE)[BRIDGE].check
    assert (found.event, found.key) == (Event.FAILED, latest(desk).key)
    assert "its further page" in found.reason
    assert desk.tally is not None
    assert desk.tally.exit_code == 3
    assert lines(desk) == PAGES


@pytest.mark.parametrize(
    "lost",
    [
        Served(status=404),
        Served(status=410),
        Served(b"<h1>Before you read on</h1><p>We value your privacy. Accept all cookies or manage preferences.</p>"),
        Served(page(PAGES[2], headline="Lantern parade returns to the quay")),
        Served(status=302, headers={"Location": BRIDGE}),
        Served(status=302, headers={"Location": "http://elsewhere.invalid/2"}),
    ],
    ids=["404", "410", "a wall", "another story", "sent back to the first", "sent to another host"],
)
def test_pages_that_are_lost_are_held_and_never_an_edit(desk: Desk, lost: Served) -> None:
    serve(desk, *PAGES)
    look(desk, 0)
    desk.site.pages[numbered(3)] = lost
    found = desk.look(1, BRIDGE)[BRIDGE].check
    assert (found.event, found.reason[:37]) == (Event.HELD, "the article stood on 3 pages and now ")
    assert lines(desk) == PAGES
    serve(desk, *PAGES)
    assert look(desk, 2) is Event.SAME


def test_an_article_that_was_shortened_is_released_by_a_person(desk: Desk) -> None:
    serve(desk, *PAGES)
    look(desk, 0)
    serve(desk, *PAGES[:2])
    assert look(desk, 1) is Event.HELD
    with Archive.open(desk.path) as archive:
        release(archive, held(archive), now=lambda: START, report=lambda outcome: None)
        assert list(verify(archive)) == []
    assert lines(desk) == PAGES[:2]


def test_an_article_whose_pages_became_one_is_the_same_article(desk: Desk) -> None:
    serve(desk, *PAGES)
    look(desk, 0)
    desk.site.pages[BRIDGE] = Served(page(*PAGES))
    assert look(desk, 1) is Event.SAME


def test_a_page_that_is_declared_and_never_was_does_not_keep_the_article_out(desk: Desk) -> None:
    serve(desk, *PAGES[:2])
    del desk.site.pages[numbered(2)]
    assert look(desk, 0) is Event.FIRST
    assert lines(desk) == PAGES[:1]


def test_robots_txt_is_asked_for_every_page(desk: Desk) -> None:
    serve(desk, *PAGES)
    desk.site.pages["/robots.txt"] = Served(f"User-agent: *\nDisallow: {numbered(2)}\n".encode())
    assert look(desk, 0) is Event.FIRST
    assert asked(desk) == [BRIDGE]


def test_a_private_address_is_no_page_of_an_article(desk: Desk) -> None:
    port = desk.site.host.rpartition(":")[2]
    desk.site.pages[BRIDGE] = Served(page(*PAGES, head=NEXT.format(f"http://127.1.1.1:{port}{numbered(2)}")))
    assert look(desk, 0) is Event.FIRST
    assert asked(desk) == [BRIDGE]


SECTION = "".join(
    f"<h2><a href='/town/story-{n}-of-the-harbour'>Story {n} of the harbour town</a></h2><p>{PAGES[0]}</p>"
    for n in range(6)
)


@pytest.mark.parametrize(
    ("path", "head", "body"),
    [
        (BRIDGE, NEXT.format("/2026/03/02/lantern-parade-returns"), None),
        (f"{BRIDGE}-1", NEXT.format(f"{BRIDGE}-2"), None),
        ("/news/1", NEXT.format("/news/2"), None),
        (BRIDGE, NEXT.format(BRIDGE), None),
        (BRIDGE, NEXT.format(f"{BRIDGE}/comment-page-2/"), None),
        (f"{BRIDGE}/2/", NEXT.format(f"{BRIDGE}/3/"), None),
        ("/town/", NEXT.format("/town/page/2/"), SECTION.encode()),
    ],
    ids=["next story", "numbered story", "bare number", "itself", "comments", "from the middle", "a section"],
)
def test_what_is_no_further_page_of_the_article_is_never_asked_for(
    desk: Desk, path: str, head: str, body: bytes | None
) -> None:
    whole = page(*PAGES, head=head) if body is None else page(head=head).replace(b"</main>", body + b"</main>")
    desk.site.pages |= {path: Served(whole), "/news/2": Served(page(*PAGES))}
    desk.look(0, path)
    assert asked(desk) == [path]


def test_pages_without_end_are_bounded(desk: Desk) -> None:
    serve(desk, *(f"{PAGES[0]} It has been said {number} times by now." for number in range(60)))
    assert look(desk, 0) is Event.FIRST
    assert len(asked(desk)) == 20


def test_what_every_page_repeats_stands_in_the_text_once(desk: Desk) -> None:
    opening, ending = (
        "The vote was taken at the third attempt.",
        "The council is to vote again on the bridge in October.",
    )
    for number, text in enumerate(PAGES, 1):
        head = NEXT.format(numbered(number + 1)) if number < 3 else ""
        body = page(opening, text, ending, head=head, headline=f"Bridge to close{f' – Page {number}' * (number > 1)}")
        desk.site.pages[numbered(number)] = Served(body)
    look(desk, 0)
    assert lines(desk) == (opening, *PAGES, ending)


SINGLE = f"{BRIDGE}?print=all"


def with_single(desk: Desk, single: Served | None) -> None:
    serve(desk, *PAGES)
    first = desk.site.pages[BRIDGE]
    link = f'<p><a href="{SINGLE}">View as a single page</a></p></main>'.encode()
    desk.site.pages[BRIDGE] = Served(first.body.replace(b"</main>", link))
    if single:
        desk.site.pages[SINGLE] = single


def test_a_single_page_goes_before_the_numbered_ones(desk: Desk) -> None:
    with_single(desk, Served(page(*PAGES)))
    assert look(desk, 0) is Event.FIRST
    assert asked(desk) == [BRIDGE, SINGLE]
    assert lines(desk) == PAGES
    with_single(desk, Served(page(*PAGES[:2], EDITED)))
    assert look(desk, 1) is Event.EDIT
    with Archive.open(desk.path) as archive:
        assert Reader().read(archive.capture(latest(desk))).article == archive.article(latest(desk))


@pytest.mark.parametrize(
    "single",
    [None, Served(page(PAGES[0])), Served(page(*PAGES, headline="Subscribe to read the whole story today"))],
    ids=["not there", "no longer than the first", "another headline"],
)
def test_a_single_page_that_does_not_keep_its_word_is_passed_over(desk: Desk, single: Served | None) -> None:
    with_single(desk, single)
    assert look(desk, 0) is Event.FIRST
    assert asked(desk) == [BRIDGE, SINGLE, numbered(2), numbered(3)]
    assert lines(desk) == PAGES


def test_a_single_page_that_fails_is_waited_for(desk: Desk) -> None:
    with_single(desk, Served(status=503))
    assert look(desk, 0) is Event.FAILED


def test_pages_are_joined_when_a_feed_leads_to_the_first(desk: Desk) -> None:
    serve(desk, *PAGES)
    entry = f'<entry><link href="{desk.site.url(BRIDGE)}"/><title>Bridge</title></entry>'
    desk.site.pages["/rss.xml"] = Served(f'<feed xmlns="http://www.w3.org/2005/Atom">{entry}</feed>'.encode())
    desk.watch(Watch(url=desk.site.url("/rss.xml"), kind="feed"))
    assert desk.due(0)[BRIDGE].check.event is Event.FIRST
    assert lines(desk) == PAGES


def test_explain_shows_the_further_pages(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    serve(desk, *PAGES)
    words = ["explain", desk.site.url(BRIDGE), "--allow-host", desk.site.host]
    assert run(words) == 0
    shown = capsys.readouterr().out
    for number in (2, 3):
        assert f"joined with {desk.site.url(numbered(number))}\n" in shown
    assert all(f"\n+ {text}\n" in shown for text in PAGES)
    assert "article     yes, 3 of " in shown
    serve(desk, *PAGES[:2], headline="Another story")
    assert run([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(page["url"], page["joined"]) for page in found["pages"]] == [(desk.site.url(numbered(2)), False)]
    assert found["warnings"][-1].startswith("not a page of this article")
