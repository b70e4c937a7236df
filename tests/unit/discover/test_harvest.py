"""From seeds to candidates through a site held in a dictionary: bounds, loops, problems, patterns."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from datetime import UTC, datetime, timedelta

import pytest

from archiver.discover.harvest import MOST_DEPTH, MOST_PAGES, MOST_PARTS, Harvest, harvest, newest, wanted
from archiver.discover.sitemaps import Part
from archiver.discover.survey import survey
from archiver.model import Candidate, Capture, FetchFailure, Request, Seed

from .test_feeds import FEEDS
from .test_sections import HOME, PAGE
from .test_sitemaps import NEWS_MAP, PLAIN, SCHEMA

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
Site = dict[str, str | int | FetchFailure]
SITE = "https://courier.example"


class Pages:
    """A fetcher over a dictionary of addresses; what is not in it answers 404."""

    def __init__(self, pages: Site) -> None:
        self.pages = pages
        self.asked: list[str] = []

    def fetch(self, requests: Iterable[Request]) -> Generator[Capture | FetchFailure, None, None]:
        for request in list(requests)[::-1]:  # in no order that anybody may rely on
            self.asked.append(request.url)
            page = self.pages.get(request.url, 404)
            if isinstance(page, FetchFailure):
                yield page
            else:
                yield capture(request.url, page)


def capture(url: str, page: str | int) -> Capture:
    content = page.encode() if isinstance(page, str) else b""
    status = 200 if isinstance(page, str) else page
    return Capture(
        requested_url=url, url=url, captured_at=NOW, status=status, headers=(), payload=content, content=content
    )


def look(pages: Site, *seeds: Seed, known: frozenset[str] = frozenset()) -> tuple[Pages, tuple[Harvest, ...]]:
    fetcher = Pages(pages)
    found = harvest(seeds, fetcher=fetcher, request=lambda url: Request(url=url), is_known=known.__contains__, now=NOW)
    return fetcher, found


def section(number: int) -> str:
    """A section page with five articles and a link to the next."""
    cards = "".join(
        f"<h2><a href='/town/story-{number}-{n}-of-the-harbour'>Story {n} of the harbour now</a></h2>" for n in range(5)
    )
    return f"<title>Town</title><main>{cards}</main><a href='/town/?page={number + 1}'>{number + 1}</a>"


def test_all_seeds_are_read_side_by_side_and_each_is_answered_for() -> None:
    broken = FetchFailure(url=f"{SITE}/rss", kind="dns", reason="no such host", hint="check", failed_at=NOW)
    fetcher, (feed, story, paused, bad, login) = look(
        {f"{SITE}/feed": FEEDS["Atom"], f"{SITE}/rss": broken, f"{SITE}/atom": "<html><p>Log in</p></html>"},
        Seed(url=f"{SITE}/feed"),
        Seed(url=f"{SITE}/story", kind="article"),
        Seed(url=f"{SITE}/gone", kind="feed"),
        Seed(url=f"{SITE}/rss", kind="feed"),
        Seed(url=f"{SITE}/atom", kind="feed"),
    )
    assert sorted(fetcher.asked) == [f"{SITE}/atom", f"{SITE}/feed", f"{SITE}/gone", f"{SITE}/rss"]
    assert (feed.kind, list(feed.candidates), feed.problem) == ("feed", [f"{SITE}/town/old-quay-bridge?id=7"], "")
    assert (story.kind, list(story.candidates)) == ("article", [f"{SITE}/story"])
    assert paused.problem == "HTTP 404"
    assert (bad.problem, bad.hint, bad.result) == ("no such host", "check", broken)
    assert login.problem == "an HTML page, not a feed"


def test_a_paused_seed_is_not_asked() -> None:
    fetcher, found = look({}, Seed(url=f"{SITE}/feed", is_paused=True))
    assert (fetcher.asked, found) == ([], ())


def test_a_section_without_articles_has_a_problem() -> None:
    _, (found,) = look({HOME: "<title>Town</title><p>Please switch JavaScript on.</p>"}, Seed(url=HOME, kind="section"))
    assert found.problem == "no link on this page looks like an article's"


def test_pages_of_a_section_are_read_while_they_are_new_and_bounded() -> None:
    pages: Site = {HOME: section(1)}
    pages |= {f"{SITE}/town/?page={n}": section(n) for n in range(2, 50)}
    fetcher, (found,) = look(pages, Seed(url=HOME, kind="section"))
    assert len(fetcher.asked) == MOST_PAGES
    assert len(found.candidates) == 5 * MOST_PAGES
    known = frozenset(url for url in found.candidates if "/story-1-" in url)
    fetcher, _ = look(pages, Seed(url=HOME, kind="section"), known=known)
    assert fetcher.asked == [HOME]


def index(*urls: str) -> str:
    parts = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return f"<sitemapindex xmlns='{SCHEMA}'>{parts}</sitemapindex>"


def test_sitemaps_in_a_circle_are_each_read_once() -> None:
    one, two = f"{SITE}/one.xml", f"{SITE}/two.xml"
    fetcher, (found,) = look(
        {one: index(one, two, f"{SITE}/three.xml"), two: index(one, two), f"{SITE}/three.xml": PLAIN}, Seed(url=one)
    )
    assert sorted(fetcher.asked) == [one, f"{SITE}/three.xml", two]
    assert len(found.candidates) == 2
    assert found.problem == ""


def test_sitemaps_without_end_are_bounded() -> None:
    pages: Site = {f"{SITE}/{n}.xml": index(f"{SITE}/{n + 1}.xml") for n in range(50)}
    fetcher, (found,) = look(pages, Seed(url=f"{SITE}/0.xml"))
    assert len(fetcher.asked) == MOST_DEPTH
    assert "deep" in found.warnings[-1]


def test_a_part_that_fails_is_a_warning_of_its_seed() -> None:
    _, (found,) = look(
        {f"{SITE}/s.xml": index(f"{SITE}/a.xml", f"{SITE}/b.xml"), f"{SITE}/a.xml": PLAIN}, Seed(url=f"{SITE}/s.xml")
    )
    assert len(found.candidates) == 2
    assert (found.problem, found.warnings) == ("", [f"{SITE}/b.xml: HTTP 404"])


def test_of_many_sitemaps_the_newest_are_read() -> None:
    dated = tuple(Part(url=f"{SITE}/{day}.xml", lastmod=NOW - timedelta(days=day)) for day in range(40, 0, -1))
    assert newest(dated, Seed(url=SITE), NOW) == dated[: -MOST_PARTS - 1 : -1]
    assert len(newest(dated, Seed(url=SITE, max_age=timedelta(days=7)), NOW)) == 7
    undated = tuple(Part(url=f"{SITE}/{number}.xml") for number in range(100))
    assert newest(undated, Seed(url=SITE), NOW) == (*undated[:10], *undated[-10:])
    assert newest(undated[:3], Seed(url=SITE), NOW) == undated[:3]


@pytest.mark.parametrize(
    ("seed", "answer"),
    [
        (Seed(url=SITE), True),
        (Seed(url=SITE, include=("/town/*",)), True),
        (Seed(url=SITE, include=("/sport/*", "*bridge*")), True),
        (Seed(url=SITE, include=("/sport/*",)), False),
        (Seed(url=SITE, exclude=("*/bridge\\?*",)), True),
        (Seed(url=SITE, exclude=("*id=7",)), False),
        (Seed(url=SITE, include=("/town/*",), exclude=("/town/*",)), False),
        (Seed(url=SITE, max_age=timedelta(days=2)), True),
        (Seed(url=SITE, max_age=timedelta(hours=2)), False),
    ],
)
def test_patterns_and_age_say_what_is_wanted(seed: Seed, answer: bool) -> None:
    candidate = Candidate(url=f"{SITE}/town/bridge?id=7", seed=SITE, date_hint=NOW - timedelta(days=1))
    assert wanted(candidate, seed, NOW) is answer


def test_a_glob_cannot_take_long() -> None:
    candidate = Candidate(url=f"{SITE}/{'a' * 3000}", seed=SITE)
    assert not wanted(candidate, Seed(url=SITE, include=("*a" * 40 + "b",)), NOW)


def test_a_survey_of_a_home_page_finds_what_can_be_watched() -> None:
    declared = f"{SITE}/desk.xml"
    feeds = (declared, "/dead.xml")
    head = "".join(f'<link rel="alternate" type="application/rss+xml" href="{feed}">' for feed in feeds)
    fetcher = Pages(
        {
            HOME: PAGE.replace("</title>", f"</title>{head}"),
            declared: FEEDS["RSS 2.0"],
            f"{SITE}/feed": FEEDS["RSS 2.0"],
            f"{SITE}/rss": PAGE,
            f"{SITE}/robots.txt": f"User-agent: *\nDisallow: /x\nSitemap: {SITE}/maps/news.xml\nsitemap: mailto:x\n",
            f"{SITE}/maps/news.xml": NEWS_MAP,
            f"{SITE}/sitemap.xml": index(f"{SITE}/a.xml"),
        }
    )
    found = survey(HOME, fetcher)
    assert found.own is not None
    assert (found.own.kind, found.own.title, found.own.count) == ("section", "Town | Courier", 4)
    assert [(one.url.removeprefix(SITE), one.kind, one.origin, one.count) for one in found.others] == [
        ("/desk.xml", "feed", "link element", 1),
        ("/maps/news.xml", "sitemap", "robots.txt", 1),
        ("/sitemap.xml", "sitemap", "usual place", 1),
    ]
    assert [one.url.removeprefix(SITE) for one in found.chosen] == ["/town/", "/desk.xml", "/maps/news.xml"]
    assert found.others[1].newest == datetime(2026, 3, 2, 8, 15, tzinfo=UTC)


def test_a_survey_of_a_feed_asks_for_nothing_else() -> None:
    fetcher = Pages({f"{SITE}/feed": FEEDS["Atom"]})
    found = survey(f"{SITE}/feed", fetcher)
    assert [one.kind for one in found.chosen] == ["feed"]
    assert fetcher.asked == [f"{SITE}/feed"]


def test_a_survey_of_nothing_says_why() -> None:
    found = survey(HOME, Pages({}))
    assert (found.problem, found.chosen) == ("HTTP 404", ())
