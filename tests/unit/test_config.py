"""archiver.toml: what it may say, and what is said about what it may not."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.config import Config, Watch, default_text, find_archive, load, parse_duration
from archiver.errors import ConfigError
from archiver.model import Seed
from archiver.recipes import Recipe, RecipeTest, Rule


def refusal(text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load(text, "a/archiver.toml")
    return caught.value


def test_the_file_of_a_new_archive_says_what_holds_anyway() -> None:
    assert load(default_text(), "archiver.toml") == Config(schema=1)


def test_every_setting_is_shown_in_the_file_of_a_new_archive() -> None:
    text = default_text()
    shown = {line.removeprefix("# ").split(" = ")[0] for line in text.splitlines() if " = " in line}
    config = Config(schema=1)
    settings = {"schema", *config.archive.__struct_fields__, *config.fetch.__struct_fields__}
    settings |= {*Watch.__struct_fields__, '"news.example"'}
    assert shown >= settings
    for name in (field.name for kind in (Recipe, Rule, RecipeTest) for field in fields(kind)):
        assert name in text


RECIPE = """
schema = 1
[[recipe]]
host = "Courier.example"
valid_until = 2026-03-31
headline = "h1.title"
byline = { css = ".who", pattern = "By {author}, {published}", zone = "Asia/Baku" }
drop = [".related"]
[[recipe.tests]]
url = "https://courier.example/town/bridge"
min_paragraphs = 5
"""


def test_a_recipe_is_read_as_the_extractor_knows_it() -> None:
    assert load(RECIPE, "archiver.toml").recipe == (
        Recipe(
            host="Courier.example",
            valid_until=date(2026, 3, 31),
            headline=Rule(css="h1.title"),
            byline=Rule(css=".who", pattern="By {author}, {published}", zone="Asia/Baku"),
            drop=(".related",),
            tests=(RecipeTest(url="https://courier.example/town/bridge", min_paragraphs=5),),
        ),
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "why"),
    [
        ("headline =", "hedline =", 6, "unknown key 'recipe.hedline'"),
        ("css = ", "ccs = ", 7, "unknown key 'recipe.byline.ccs'"),
        ("min_paragraphs", "min_paragraph", 11, "unknown key 'recipe.tests.min_paragraph'"),
        ("{author}, {published}", "somebody", 7, "the pattern has no name in braces"),
        ("{author}, {published}", "{auther}", 7, "none of the names that are read: author, byline"),
        ('".who"', '".who["', 7, "recipe.byline: '.who[' is no CSS selector: Malformed attribute selector"),
        ('".related"', '"div..x"', 8, "recipe.drop: 'div..x' is no CSS selector"),
        ("Asia/Baku", "Mars/Base", 7, "no time zone 'Mars/Base'"),
        ('"h1.title"', "{}", 6, "neither css nor pattern"),
        ('host = "Courier.example"\n', "", 3, "without host"),
    ],
)
def test_a_recipe_that_cannot_work_is_named_with_its_line(old: str, new: str, line: int, why: str) -> None:
    error = refusal(RECIPE.replace(old, new, 1))
    assert str(error).startswith(f"a/archiver.toml:{line}: ")
    assert why in str(error)
    assert error.hint


@given(st.text(), st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="()")))
def test_any_title_and_contact_survive(title: str, contact: str) -> None:
    config = load(default_text(title=title, contact=contact), "archiver.toml")
    assert (config.archive.title, config.archive.contact) == (title, contact)


def test_settings_are_read() -> None:
    config = load(
        """
        schema = 1
        archive = { title = "Corrections", evidence = "all" }
        [fetch]
        delay_s = 5
        allow_hosts = ["127.0.0.1:8000", "[::1]:8000", "intranet:80"]
        """,
        "archiver.toml",
    )
    assert (config.archive.title, config.archive.evidence, config.archive.contact) == ("Corrections", "all", "")
    assert (config.fetch.delay_s, config.fetch.timeout_s) == (5.0, 30.0)
    assert config.fetch.allow_hosts == ("127.0.0.1:8000", "[::1]:8000", "intranet:80")


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        load("schema = 1", "archiver.toml").fetch.delay_s = 0  # type: ignore[misc]  # the point of the test


@pytest.mark.parametrize(
    ("text", "place", "key", "hint"),
    [
        ("schema = 1\n[archive]\ntitel = 'x'", ":3", "archive.titel", "'title'"),
        ("schema = 1\narchiv = 3", ":2", "archiv", "'archive'"),
        (
            "schema = 1\n\n[fetch]\n# why\nallow_host = [\n  'x:1',\n]\ndelay_s = 1",
            ":5",
            "fetch.allow_host",
            "'allow_hosts'",
        ),
        ("schema = 1\nfetch.zzz = 1", ":2", "fetch.zzz", "delay_s, timeout_s, allow_hosts, limit_per_host"),
        ("schema = 1\narchive = { contakt = '' }", ":2", "archive.contakt", "'contact'"),
        ("schema = 1\n[hooks]\nafter = 'rm x'", ":2", "hooks", "known here: schema, archive, fetch, watch, recipe"),
        ("schema = 1\n[archive]\ntitle = '''\ntitel = 1\n'''\ntitel = 2", ":6", "archive.titel", "'title'"),
    ],
)
def test_unknown_keys_name_line_and_nearest(text: str, place: str, key: str, hint: str) -> None:
    error = refusal(text)
    assert str(error) == f"a/archiver.toml{place}: unknown key '{key}'"
    assert hint in error.hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "schema = 1\n[archive]\ntitle = 3",
            "a/archiver.toml:3: archive.title: expected text in quotes, got a whole number",
        ),
        ("schema = 1\nfetch = 3", "a/archiver.toml:2: fetch: expected a table, got a whole number"),
        ("schema = 1\n[archive]\nevidence = 'none'", "a/archiver.toml:3: archive.evidence: cannot be 'none'"),
        ("schema = 1\n[fetch]\ndelay_s = -1", "a/archiver.toml:3: fetch.delay_s: expected a number >= 0.0"),
        ("schema = 1\n[fetch]\ndelay_s = inf", "a/archiver.toml:3: fetch.delay_s: expected a number <= 3600.0"),
        ("schema = 1\n[fetch]\ndelay_s = nan", "a/archiver.toml:3: fetch.delay_s: expected a number >= 0.0"),
        ("schema = 1\n[fetch]\ntimeout_s = 0", "a/archiver.toml:3: fetch.timeout_s: expected a number > 0.0"),
        (
            "schema = 1\n[fetch]\ndelay_s = '2s'",
            "a/archiver.toml:3: fetch.delay_s: expected a number, got text in quotes",
        ),
        (
            "schema = 1\n[fetch]\ndelay_s = true",
            "a/archiver.toml:3: fetch.delay_s: expected a number, got true or false",
        ),
        (
            "schema = 1\n[fetch]\nallow_hosts = [\n  'a:1',\n  'http://b/',\n]",
            'a/archiver.toml:3: fetch.allow_hosts: expected "host:port"',
        ),
        (
            "schema = 1\n[archive]\ncontact = 'a@b\\nX-Evil: 1'".replace("'", '"'),
            "a/archiver.toml:3: archive.contact: expected a mail or web address in plain ASCII, without brackets",
        ),
        (
            'schema = 1\n[archive]\ncontact = "a@b\\n"',
            "a/archiver.toml:3: archive.contact: expected a mail or web address in plain ASCII, without brackets",
        ),
        ("", "a/archiver.toml: schema is missing"),
        ("[archive]", "a/archiver.toml: schema is missing"),
        ("schema = 0", "a/archiver.toml:1: schema: cannot be 0"),
        ("schema = '1'", "a/archiver.toml:1: schema: expected a whole number, got text in quotes"),
        ("schema = {}", "a/archiver.toml:1: schema: expected a whole number, got a table"),
        (
            "schema = 1\r\n\r\n[fetch]\r\ndelay_s = ''",
            "a/archiver.toml:4: fetch.delay_s: expected a number, got text in quotes",
        ),
        (
            'schema = 1\n[archive]\nevidence = "\\n\\u001b[2J"',
            "a/archiver.toml:3: archive.evidence: cannot be '\\n\\x1b[2J'",
        ),
        ("schema = 2", "a/archiver.toml:1: schema 2 is newer than this archiver understands (1)"),
    ],
)
def test_wrong_values_name_line_and_reason(text: str, message: str) -> None:
    assert str(refusal(text)) == message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("schema = ", 1),
        ("schema = 1\n[archive\ntitle = 'x'", 2),
        ("schema = 1\ntitle = 'x", 2),
        ("a = 1\na = 2", 2),
        ("a = " + "[" * 9999, 1),
        ("a = " + "1" * 9999, 1),
    ],
)
def test_broken_toml_names_the_line(text: str, line: int) -> None:
    error = refusal(text)
    assert str(error).startswith(f"a/archiver.toml:{line}: not valid TOML: ")
    assert error.hint


WORDS = ["schema", "archive", "fetch", "title", "delay_s", "allow_hosts", " = ", ".", "[", "]", "{", "}", "1", "'x'"]
WORDS += [",", "\n", "\r\n", "\x1b", '"', "'''", "#"]


@given(st.lists(st.sampled_from(WORDS)).map("".join), st.booleans())
def test_any_text_gives_a_config_or_a_refusal_in_one_printable_line(text: str, has_schema: bool) -> None:
    text = "schema = 1\n" * has_schema + text
    with suppress(ConfigError):
        load(text, "archiver.toml")
        return
    error = refusal(text)
    assert f"{error}{error.hint}".isprintable()


def test_the_nearest_enclosing_archive_is_found(tmp_path: Path) -> None:
    inner = tmp_path / "outer" / "inner"
    deep = inner / "articles" / "x"
    deep.mkdir(parents=True)
    assert find_archive(deep) is None
    (tmp_path / "outer" / "archiver.toml").touch()
    assert find_archive(deep) == tmp_path / "outer"
    (inner / "archiver.toml").touch()
    assert find_archive(deep) == inner
    assert find_archive(inner) == inner


def test_a_folder_of_that_name_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "archiver.toml").mkdir()
    assert find_archive(tmp_path) is None


def test_a_refusal_shows_how_it_is_written() -> None:
    assert refusal("schema = 1\n[fetch]\ndelay_s = '2s'").hint == "by default: delay_s = 2.0"
    assert refusal("schema = 1\nfetch = 3").hint == "write it as [fetch], with its settings below"


WATCHED = """schema = 1
[[watch]]
url = "https://Courier.example:443/rss.xml?utm_source=x"
kind = "feed"
[[watch]]
url = "https://courier.example/"
include = ["/town/*"]
max_age = "30d"
paused = true
"""


def test_watches_are_seeds() -> None:
    assert load(WATCHED, "archiver.toml").seeds == (
        Seed(url="https://courier.example/rss.xml", kind="feed"),
        Seed(url="https://courier.example/", include=("/town/*",), max_age=timedelta(days=30), is_paused=True),
    )


@pytest.mark.parametrize(
    ("old", "new", "message", "hint"),
    [
        ("paused", "pausd", ":9: unknown key 'watch.pausd'", "did you mean 'paused'?"),
        ('"30d"', '"soon"', ':8: watch.max_age: expected a length of time such as "26h" or "30d"', 'max_age = "30d"'),
        ('kind = "feed"', 'kind = "rss"', ":4: watch.kind: cannot be 'rss'", 'for example: kind = "feed"'),
        ('url = "https://courier.example/"\n', "", ": a watch without url", "below it"),
        ('"https://courier.example/"', '"courier.example"', ":6: watch.url: courier.example: no http://", "https://"),
        ('courier.example/"', 'courier.example/rss.xml"', ":6: watch.url: https://courier.example/rss.xml is", ":3"),
        ("[[watch]]", "[watch]", ":5: not valid TOML", ""),
    ],
)
def test_what_is_wrong_with_a_watch_is_said_with_its_line(old: str, new: str, message: str, hint: str) -> None:
    error = refusal(WATCHED.replace(old, new))
    assert message in str(error)
    assert hint in error.hint


def test_a_single_watch_table_is_refused() -> None:
    assert "watch: expected a list, got a table" in str(refusal('schema = 1\n[watch]\nurl = "https://a.example/"'))


@pytest.mark.parametrize(("text", "minutes"), [("90m", 90), ("26h", 1560), ("30d", 43200), ("2w", 20160)])
def test_lengths_of_time(text: str, minutes: int) -> None:
    assert parse_duration(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "0d", "d", "1.5h", "1y", "99999999d", "1d\n"])
def test_what_is_no_length_of_time(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_duration(text)


def test_a_clock_is_said_by_host() -> None:
    text = 'schema = 1\n[clock]\n"courier.example" = true\n"herald.example" = false\n'
    assert load(text, "x").clock == {"courier.example": True, "herald.example": False}
    assert "a/archiver.toml:2: clock" in str(refusal('schema = 1\n[clock]\n"courier.example" = 1'))
