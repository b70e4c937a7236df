"""A story for each thing that watching promises: what is found, when it is looked at, what is said of sources."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import pytest

from archiver.cli import run
from archiver.config import Watch
from archiver.errors import ConfigError, UnknownArticle
from archiver.health import Health
from archiver.held import drop, held, release
from archiver.model import Event
from archiver.query import Archive
from archiver.status import Status, status
from archiver.store.runs import read_checks
from archiver.watches import remove

from .conftest import PARAGRAPHS, START, Desk, Served, page

FEED = "/rss.xml"
XML = {"Content-Type": "application/rss+xml"}


def story(number: int) -> str:
    return f"/town/story-{number}-of-the-harbour"


def feed(desk: Desk, *numbers: int, changed: dict[int, str] | None = None, etag: str = "") -> None:
    """Serve a feed of some stories, and the stories that are not served yet."""
    items = []
    for number in numbers:
        desk.site.pages.setdefault(story(number), Served(page(headline=f"Story {number} of the harbour")))
        at = (changed or {}).get(number)
        updated = f"<updated>{at}</updated>" if at else ""
        items.append(f'<entry><link href="{desk.site.url(story(number))}"/><title>Story</title>{updated}</entry>')
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Courier</title>{"".join(items)}</feed>'
    desk.site.pages[FEED] = Served(body.encode(), headers=XML | ({"ETag": etag} if etag else {}))


def watch(
    desk: Desk, path: str = FEED, kind: Literal["feed", "section", "article", ""] = "feed", **more: object
) -> None:
    desk.watch(Watch(url=desk.site.url(path), kind=kind, **more))  # type: ignore[arg-type]  # as given


def asked(desk: Desk) -> list[str]:
    """The paths that the site was asked for since the last time, robots.txt apart."""
    paths = [path for path, _ in desk.site.asked if path != "/robots.txt"]
    desk.site.asked.clear()
    return paths


def edit(desk: Desk, number: int, word: str) -> None:
    headline = f"Story {number} of the harbour"
    desk.site.pages[story(number)] = Served(page(*PARAGRAPHS, f"The council {word} on it.", headline=headline))


def standing(desk: Desk, hour: float, *, max_age: timedelta | None = None) -> Status:
    with Archive.open(desk.path) as archive:
        return status(archive, archive.config(), START + timedelta(hours=hour), max_age=max_age)


def test_a_feed_leads_to_articles_which_are_then_looked_at_by_their_age(desk: Desk) -> None:
    feed(desk, 1, 2)
    watch(desk)
    found = desk.due(0)
    assert {path: outcome.check.event for path, outcome in found.items()} == {
        story(1): Event.FIRST,
        story(2): Event.FIRST,
    }
    assert all(outcome.check.seed == desk.site.url(FEED) for outcome in found.values())
    asked(desk)
    desk.due(2.9)
    assert asked(desk) == [FEED]
    desk.due(3)
    assert sorted(asked(desk)) == [FEED, story(1), story(2)]
    assert [outcome.check.event for outcome in desk.due(100, everything=True).values()] == [Event.SAME] * 2


def test_a_change_that_the_feed_states_pulls_the_look_forward(desk: Desk) -> None:
    feed(desk, 1, 2)
    watch(desk)
    desk.due(0)
    desk.due(24 * 10)
    asked(desk)
    desk.due(24 * 11)
    assert asked(desk) == [FEED]
    edit(desk, 1, "insisted")
    feed(desk, 1, 2, changed={1: "2026-03-13T10:00:00Z"})
    assert desk.due(24 * 11 + 2)[story(1)].check.event is Event.EDIT
    assert story(2) not in asked(desk)


def test_an_unchanged_feed_is_answered_without_its_body_and_loses_nothing(desk: Desk) -> None:
    feed(desk, 1, 2, 3, etag='"1"')
    desk.site.pages[story(3)] = Served(status=500)
    watch(desk)
    assert len(desk.due(0, limit=2)) == 2
    assert "if-none-match" not in dict(desk.site.asked)[FEED]
    desk.due(0.1)
    assert len(dict(desk.site.asked)) >= 4, "what had to wait was looked at by the next run"
    desk.site.asked.clear()
    desk.due(0.2)
    assert dict(desk.site.asked)[FEED]["if-none-match"] == '"1"'
    desk.site.pages[story(3)] = Served(page(headline="Story 3 of the harbour"))
    assert desk.due(1)[story(3)].check.event is Event.FIRST, "a 304 of the feed does not hide what failed"


def test_a_feed_that_never_admits_a_change_is_read_once_a_day(desk: Desk) -> None:
    feed(desk, 1, etag='"for ever"')
    watch(desk)
    desk.due(0)
    feed(desk, 1, 2, etag='"for ever"')
    for hour in (6, 12, 23):
        assert story(2) not in desk.due(hour)
    assert desk.due(24)[story(2)].check.event is Event.FIRST


def test_a_section_page_is_a_source_too(desk: Desk) -> None:
    cards = "".join(
        f"<h2><a href='{story(n)}?utm_source=home'>Story {n} of the harbour town</a></h2>" for n in range(4)
    )
    home = f"<nav><a href='/town/'>Town</a><a href='/about-us'>About us</a></nav><main>{cards}</main>"
    desk.site.pages["/town/"] = Served(home.encode())
    for number in range(4):
        desk.site.pages[story(number)] = Served(page(headline=f"Story {number} of the harbour"))
    watch(desk, "/town/", "section", exclude=("*story-3-*",))
    assert sorted(desk.due(0)) == [story(0), story(1), story(2)]


def test_a_source_in_trouble_is_told_once_and_so_is_its_recovery(desk: Desk) -> None:
    feed(desk, 1)
    watch(desk)
    desk.due(0)
    desk.site.pages[FEED] = Served(b"<!doctype html><title>Log in</title>")
    said = []
    for hour in range(1, 6):
        desk.due(hour)
        assert desk.tally is not None
        assert desk.tally.exit_code == 3
        said.append([(turn.word, turn.reason) for turn in desk.turns])
    assert said == [[], [], [("failing", "an HTML page, not a feed")], [], []]
    found = standing(desk, 6)
    assert [(one.health, one.failures, one.good_at) for one in found.sources] == [(Health.FAILING, 5, START)]
    assert found.stale == (f"{desk.site.url(FEED)}: failing: an HTML page, not a feed",)
    feed(desk, 1)
    desk.due(7)
    assert [turn.word for turn in desk.turns] == ["recovered"]
    assert standing(desk, 8).stale == ()


def test_a_source_that_refuses_us_is_blocked(desk: Desk) -> None:
    desk.site.pages[FEED] = Served(status=403)
    watch(desk)
    for hour in range(3):
        desk.due(hour)
    assert [turn.word for turn in desk.turns] == ["blocked"]


def test_a_run_that_reaches_nothing_is_our_outage_and_changes_nothing(desk: Desk) -> None:
    desk.site.host = "127.0.0.1:9"
    watch(desk)
    watch(desk, story(1), "article")
    for hour in range(5):
        desk.due(hour)
        assert desk.tally is not None
        assert desk.tally.exit_code == 4
        assert desk.turns == []
    assert [one.health for one in standing(desk, 6).sources] == [Health.NEW] * 2
    checks = [check for _, check in read_checks(desk.path)]
    assert len(checks) == 10
    assert all(check.is_outage for check in checks)


def test_an_article_that_is_missing_is_looked_for_again_soon(desk: Desk) -> None:
    feed(desk, 1)
    watch(desk)
    desk.due(0)
    del desk.site.pages[story(1)]
    assert desk.due(100)[story(1)].check.event is Event.MISSING
    assert desk.due(100.25)[story(1)].check.event is Event.GONE


def test_an_unreachable_site_beside_one_that_answers_is_its_own_fault(desk: Desk) -> None:
    feed(desk, 1)
    watch(desk)
    desk.watch(Watch(url="https://courier.invalid/rss.xml", kind="feed"))
    for hour in range(3):
        desk.due(hour)
    assert [(turn.url, turn.word) for turn in desk.turns] == [("https://courier.invalid/rss.xml", "failing")]


def test_what_never_worked_is_left_alone_when_nobody_watches_it_any_more(desk: Desk) -> None:
    feed(desk, 1)
    desk.site.pages[story(1)] = Served(status=500)
    watch(desk)
    desk.look(0, "/typed-by-hand-and-wrong")
    desk.due(0)
    asked(desk)
    desk.due(5)
    assert sorted(asked(desk)) == [FEED, story(1)]
    config = desk.path / "archiver.toml"
    config.write_text(remove(config.read_text(), [desk.site.url(FEED)]))
    desk.due(50)
    assert asked(desk) == []


def test_a_paused_source_and_its_articles_are_left_alone(desk: Desk) -> None:
    feed(desk, 1)
    watch(desk)
    desk.due(0)
    config = desk.path / "archiver.toml"
    config.write_text(config.read_text() + "paused = true\n")
    asked(desk)
    desk.due(5)
    assert asked(desk) == []


def redesigned(desk: Desk, *numbers: int) -> None:
    for number in numbers:
        edit(desk, number, "insists")


def test_when_most_of_a_newsroom_changes_at_once_it_is_held_until_somebody_looks(desk: Desk) -> None:
    numbers = range(12)
    feed(desk, *numbers)
    watch(desk)
    desk.due(0)
    redesigned(desk, *numbers)
    found = desk.due(3)
    assert {outcome.check.event for outcome in found.values()} == {Event.HELD}
    assert desk.tally is not None
    assert desk.tally.exit_code == 3
    assert any("12 of 12 articles" in note for note in desk.tally.notes)
    assert standing(desk, 3).held == 12
    later = START + timedelta(hours=4)
    with Archive.open(desk.path) as archive:
        with pytest.raises(UnknownArticle):
            held(archive, ["other.example"])
        (first,) = held(archive, [desk.site.url(story(0))])
        release(archive, [first], now=lambda: later, report=lambda outcome: None)
        assert len(held(archive)) == 11
        drop(archive, held(archive, [desk.site.url(story(1))]), now=lambda: later, report=lambda outcome: None)
    revision = desk.history(story(0))[-1]
    assert (revision.event, revision.captured_at) == (Event.EDIT, START + timedelta(hours=3))
    assert [one.event for one in desk.history(story(1))] == [Event.FIRST]
    found = desk.due(7)
    assert found[story(0)].check.event is Event.SAME
    assert found[story(1)].check.event is Event.DROPPED
    assert found[story(2)].check.event is Event.HELD


def test_the_edits_of_a_busy_day_are_no_surge(desk: Desk) -> None:
    numbers = range(30)
    feed(desk, *numbers)
    watch(desk)
    desk.due(0)
    redesigned(desk, *range(10))
    events = [outcome.check.event for outcome in desk.due(3).values()]
    assert (events.count(Event.EDIT), events.count(Event.SAME)) == (10, 20)


def test_a_small_newsroom_may_change_all_it_has(desk: Desk) -> None:
    feed(desk, 1, 2, 3)
    watch(desk)
    desk.due(0)
    redesigned(desk, 1, 2, 3)
    assert {outcome.check.event for outcome in desk.due(3).values()} == {Event.EDIT}


def test_status_states_how_late_an_edit_may_be_found(desk: Desk) -> None:
    feed(desk, 1)
    watch(desk)
    assert standing(desk, 0, max_age=timedelta(hours=1)).stale == ("no run since the archive was made",)
    for hour in (0, 1, 3):
        desk.due(hour)
    found = standing(desk, 3.1)
    assert (found.articles, found.due, found.resting, found.runs) == (1, 0, 0, 3)
    assert found.longest_gap == timedelta(hours=2)
    assert found.worst_delay == timedelta(hours=5), "three by its age, and at worst a whole gap until the next run"
    assert len(standing(desk, 9, max_age=timedelta(hours=5)).stale) == 2
    assert standing(desk, 9, max_age=timedelta(hours=7)).stale == ()


@pytest.mark.parametrize(("is_clock", "event"), [(True, Event.SAME), (False, Event.TOUCH)])
def test_the_settings_have_the_last_word_on_a_clock(desk: Desk, is_clock: bool, event: Event) -> None:
    paths = (story(1), story(2))
    desk.site.pages |= {path: Served(page(headline=path)) for path in paths}
    key = desk.look(0, *paths)[story(1)].check.key
    config = desk.path / "archiver.toml"
    config.write_text(f'{config.read_text()}[clock]\n"{key.partition("/")[0]}" = {str(is_clock).lower()}\n')
    desk.site.pages |= {path: Served(page(headline=path, stamp="March 1, 2026 22:10")) for path in paths}
    assert [outcome.check.event for outcome in desk.look(9, *paths).values()] == [event] * 2


def test_a_source_that_names_itself_or_another_source_is_no_article(desk: Desk) -> None:
    cards = "".join(f"<h2><a href='{story(n)}'>Story {n} of the harbour town</a></h2>" for n in (2, 3, 4))
    desk.site.pages |= {"/town/": Served(f"<main>{cards}</main>".encode())}
    desk.site.pages |= {story(n): Served(page(headline=f"Story {n} of the harbour")) for n in (1, 2, 3, 4)}
    links = "".join(f"<url><loc>{desk.site.url(path)}</loc></url>" for path in ("/map.xml", "/town/", story(1)))
    desk.site.pages["/map.xml"] = Served(f"<urlset>{links}</urlset>".encode(), headers=XML)
    desk.watch(Watch(url=desk.site.url("/map.xml"), kind="sitemap"))
    watch(desk, "/town/", "section")
    assert sorted(desk.due(0)) == [story(n) for n in (1, 2, 3, 4)]


def test_a_recipe_says_which_links_of_a_section_are_articles(desk: Desk) -> None:
    paths = ("/x1", "/x2", "/town/story-of-the-lantern-parade")
    links = "".join(
        f'<li class="{name}"><a href="{path}">Read</a></li>' for name, path in zip("aab", paths, strict=True)
    )
    desk.site.pages["/town/"] = Served(f"<main><ul>{links}</ul></main>".encode())
    desk.site.pages |= {path: Served(page(headline=f"Story of {path}")) for path in paths}
    watch(desk, "/town/", "section")
    config = desk.path / "archiver.toml"
    plain = config.read_text(encoding="utf-8")
    recipe = '[[recipe]]\nhost = "127.0.0.1"\nlinks = "{}"\n'
    config.write_text(plain + recipe.format(".a"), encoding="utf-8")
    found = desk.due(0)
    assert sorted(found) == ["/x1", "/x2"]
    assert desk.history("/x1")[0].recipe == "none", "it says nothing of how an article is read"
    config.write_text(plain + recipe.format(".c"), encoding="utf-8")
    desk.due(0.1)
    assert "finds no link" in standing(desk, 1).sources[0].reason, "never no news"
    config.write_text(plain + recipe.format(".."), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"recipe\.links: '\.\.' is no CSS selector"):
        desk.due(0.2)


def test_explain_shows_the_clock_of_a_site_and_what_gives_it_away(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = (story(1), story(2))
    desk.site.pages |= {path: Served(page(headline=path)) for path in paths}

    def shown(path: str) -> str:
        words = ["explain", desk.site.url(path), "--archive", str(desk.path), "--allow-host", desk.site.host]
        assert run(words) == 0
        lines = capsys.readouterr().out.splitlines()
        assert any("site stamp" in line and "March 1, 2026 20:38" in line for line in lines)
        return next((line.rpartition(": ")[2] for line in lines if line.startswith("clock ")), "")

    key = desk.look(0, story(1))[story(1)].check.key
    assert shown(story(1)) == ""
    assert shown(story(2)) == "another article of the site stands with the same"
    desk.look(1, story(2))
    assert shown(story(1)) == "another article of the site stands with the same"
    config = desk.path / "archiver.toml"
    plain = config.read_text(encoding="utf-8")
    for said, words in ((True, "archiver.toml says so"), (False, "")):
        config.write_text(f'{plain}[clock]\n"{key.partition("/")[0]}" = {str(said).lower()}\n', encoding="utf-8")
        assert shown(story(1)) == words
