"""Reads `archiver.toml`, the one file in which an archive says what it wants; writes the first one.

Takes text, gives a frozen `Config`, or a `ConfigError` with the path, the line and, for a word that is not known,
the nearest that is. The file comes with the archive and may be a stranger's: nothing in it names code, a command
or an address to send to.
"""

from __future__ import annotations

import dataclasses
import json
import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from msgspec import Meta, Struct, ValidationError, convert, field, structs

from archiver.errors import BadUrl, ConfigError
from archiver.model import Seed
from archiver.recipes import Recipe, RecipeTest, Rule, problem_of
from archiver.urls import normalise_url

FILE_NAME = "archiver.toml"
SCHEMA = 1

Key = tuple[str | int, ...]
"""Where something stands in the file: names of tables and settings, and numbers of those that repeat."""
Seconds = Annotated[float, Meta(ge=0, le=3600)]
HostPort = Annotated[str, Meta(pattern=r"^([^\s/@:]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}\Z")]
_DURATION = r"[1-9][0-9]{0,4}[mhdw]"
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
Duration = Annotated[str, Meta(pattern=rf"^({_DURATION})?\Z")]
Glob = Annotated[str, Meta(min_length=1, max_length=200)]
RULES = ("headline", "standfirst", "byline", "published", "modified", "section")
"""The settings of a recipe that are rules."""
Contact = Annotated[str, Meta(pattern=r"^[!-'*-~ ]*\Z")]  # goes into a header and stands between its brackets


class ArchiveSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Table `[archive]`: what the archive is."""

    title: str = "Article archive"
    contact: Contact = ""
    """A mail or web address that newsrooms can complain to; part of the User-Agent."""
    evidence: Literal["revisions", "all"] = "revisions"
    """Which captures are kept whole: those that led to a revision or were held back, or every one."""


class FetchSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Table `[fetch]`: how pages are asked for."""

    delay_s: Seconds = 2.0
    """Pause between two requests to one host."""
    timeout_s: Annotated[float, Meta(gt=0, le=3600)] = 30.0
    """Deadline for one page, redirects and retries apart."""
    allow_hosts: tuple[HostPort, ...] = ()
    """Private addresses, as "host:port", that may be contacted all the same."""
    limit_per_host: Annotated[int, Meta(ge=1, le=1_000_000)] = 500
    """Articles of one host looked at in one run, the most overdue first."""


class Watch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table `[[watch]]`: where articles are looked for."""

    url: str
    kind: Literal["article", "feed", "sitemap", "section", ""] = ""
    """What is found there; left out, the page itself is asked each time."""
    include: tuple[Glob, ...] = ()
    """Globs on path and query, of which an article must fit one where there are any."""
    exclude: tuple[Glob, ...] = ()
    tags: tuple[str, ...] = ()
    max_age: Duration = ""
    """Older articles are neither taken up nor checked again: "30d"."""
    paused: bool = False

    @property
    def seed(self) -> Seed:
        """What it means to discovery."""
        return Seed(
            url=normalise_url(self.url),
            kind=self.kind,
            include=self.include,
            exclude=self.exclude,
            tags=self.tags,
            max_age=parse_duration(self.max_age) if self.max_age else None,
            is_paused=self.paused,
        )


class Config(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    schema: Literal[1]
    archive: ArchiveSettings = field(default_factory=ArchiveSettings)
    fetch: FetchSettings = field(default_factory=FetchSettings)
    watch: tuple[Watch, ...] = ()
    recipe: tuple[Recipe, ...] = ()
    """How to read the pages of single newsrooms."""
    clock: dict[str, bool] = field(default_factory=dict)
    """Table `[clock]`, by host as its folder below `articles/` is called: whether the "Last update" line that stands
    outside its articles is the site's clock. For sites where that was misjudged."""

    @property
    def seeds(self) -> tuple[Seed, ...]:
        """All that is watched, paused or not."""
        return tuple(watch.seed for watch in self.watch)


def parse_duration(text: str) -> timedelta:
    """The time that "90m", "26h", "30d" or "8w" means. ConfigError when it means none."""
    if not re.fullmatch(_DURATION, text):
        raise ConfigError(f"{text}: no length of time", hint='write "90m", "26h", "30d" or "8w"')
    return int(text[:-1]) * _UNITS[text[-1]]


def find_archive(start: Path) -> Path | None:
    """The nearest folder, from `start` upwards, that holds an `archiver.toml`."""
    folder = start.absolute()
    return next((place for place in (folder, *folder.parents) if (place / FILE_NAME).is_file()), None)


def load(text: str, path: str) -> Config:
    """Parse and check. `path` is only named in errors. ConfigError when anything is off."""
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # broken; a number or a nesting beyond what Python reads
        raise _broken(error, text, path) from None
    if isinstance(schema := data.get("schema"), int) and schema > SCHEMA:
        raise ConfigError(
            f"{_place(path, text, ('schema',))}: schema {schema} is newer than this archiver understands ({SCHEMA})",
            hint="update archiver",
        )
    for key, known in _unknown_keys(data, Config):
        near = get_close_matches(str(key[-1]), known, n=1)
        raise ConfigError(
            f"{_place(path, text, key)}: unknown key {_dotted(key)!r}",
            hint=f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known)}",
        )
    _spell_out(data)
    try:
        config = convert(data, Config)
    except ValidationError as error:
        raise _invalid(error, text, path) from None
    _check_addresses(config, text, path)
    _check_rules(config, text, path)
    return config


def default_text(*, title: str = "Article archive", contact: str = "") -> str:
    """The commented file that a new archive begins with. It says what holds anyway."""
    return f"""\
# Settings of this article archive. What is left out has the value shown here.
schema = {SCHEMA}

[archive]
title = {_quoted(title)}
# A mail or web address where newsrooms can reach you. It is sent with every request.
contact = {_quoted(contact)}
# Which pages are kept whole as evidence: "revisions" (those that changed something) or "all".
evidence = "revisions"

[fetch]
# Seconds between two requests to one host, and seconds until a page is given up.
delay_s = 2.0
timeout_s = 30.0
# Addresses inside your own network are refused, except for these: ["127.0.0.1:8000"]
allow_hosts = []
# Articles of one host looked at in one run, the most overdue first.
limit_per_host = 500

# Where articles are looked for. 'archiver watch add URL' writes such a table, and says what it found:
# [[watch]]
# url = "https://news.example/rss.xml"
# kind = "feed"               or "article", "sitemap", "section"; left out, the page is asked each time
# include = ["/politics/*"]   only articles whose path fits one of these
# exclude = ["*/gallery/*"]   and none of these
# tags = ["politics"]
# max_age = "30d"             older articles are neither taken up nor checked again
# paused = false

# How to read one newsroom's pages, where the extractor needs telling. 'archiver explain URL' shows what it sees.
# [[recipe]]
# host = "news.example"       and its subdomains
# valid_until = 2026-03-31    the last day on which its pages looked like this; left out, they still do
# headline = "h1.title"       CSS; so too standfirst, section
# byline = {{ css = ".author", pattern = "By {{author}}, {{published}}" }}
# modified = {{ pattern = "Last update: {{modified}}", zone = "Asia/Baku" }}
# body = "div.story"
# drop = [".related"]         never part of the article
# volatile = [".views"]       changes by itself: counters, clocks
# paywall = ".subscribe"      only there for readers without a subscription
# links = "h2.teaser a"       on section pages: the links to articles
# [[recipe.tests]]            'archiver check --recipes' holds the last capture against it
# url = "https://news.example/story"
# authors = ["Ada Quill"]
# min_paragraphs = 8

# Where it was misjudged whether the "Last update" line outside the articles is only the site's clock:
# [clock]
# "news.example" = true
"""


def _spell_out(data: dict[str, Any]) -> None:
    """Write a rule of a recipe that is only a selector as the table that it stands for."""
    recipes = data.get("recipe")
    for recipe in recipes if isinstance(recipes, list) else []:
        for name in RULES:
            if isinstance(recipe, dict) and isinstance(recipe.get(name), str):
                recipe[name] = {"css": recipe[name]}


def _broken(error: Exception, text: str, path: str) -> ConfigError:
    reason, _, position = str(error).partition(" (at ")
    at_line = re.match(r"line (\d+)", position)
    line = int(at_line[1]) if at_line else text.count("\n") + 1
    return ConfigError(f"{path}:{line}: not valid TOML: {reason}", hint="strings need quotes, tables need [brackets]")


def _invalid(error: ValidationError, text: str, path: str) -> ConfigError:
    """Put msgspec's "Expected …, got … - at `$.fetch.delay_s`" into our form."""
    reason, _, at = str(error).partition(" - at `$")
    key: Key = tuple(int(part) if part.isdigit() else part for part in re.split(r"[.\[\]`]+", at) if part)
    name = next((part for part in reversed(key) if isinstance(part, str)), "")
    if "required field" in reason and name:
        missing = reason.rpartition("field ")[2].strip("`")
        hint = {"url": 'write url = "https://…" below it', "host": 'write host = "news.example" below it'}[missing]
        return ConfigError(f"{_place(path, text, key)}: a {_dotted(key)} without {missing}", hint=hint)
    if "required field" in reason:
        return ConfigError(f"{path}: schema is missing", hint=f"put this at the top: schema = {SCHEMA}")
    if "matching regex" in reason:
        reason = _PATTERNS[name]
    for theirs, ours in _WORDS.items():
        reason = reason.replace(theirs, ours)
    lines = default_text().splitlines()
    usual = next((line for line in lines if line.startswith(f"{name} = ")), "")
    example = next((line[2:].partition("   ")[0] for line in lines if line.startswith(f"# {name} = ")), "")
    table = f"[[{name}]]" if name in ("watch", "recipe") else f"[{name}]"
    hint = f"by default: {usual}" if usual else f"for example: {example}" if example else ""
    hint = hint or f"write it as {table}, with its settings below"
    return ConfigError(f"{_place(path, text, key)}: {_dotted(key)}: {reason}", hint=hint)


def _check_rules(config: Config, text: str, path: str) -> None:
    """ConfigError for a rule that can never be applied."""
    for number, recipe in enumerate(config.recipe):
        for name in RULES:
            rule = getattr(recipe, name)
            key: Key = ("recipe", number, name)
            if rule and not rule.css and not rule.pattern:
                raise ConfigError(f"{_place(path, text, key)}: recipe.{name}: neither css nor pattern", hint=_RULE_HINT)
            if rule and rule.pattern and (problem := problem_of(rule.pattern)):
                raise ConfigError(f"{_place(path, text, key)}: recipe.{name}: the pattern {problem}", hint=_RULE_HINT)
            if rule and rule.zone and rule.zone not in available_timezones():
                where = _place(path, text, key)
                raise ConfigError(f"{where}: recipe.{name}: no time zone {rule.zone!r}", hint='write "Asia/Baku"')
        _check_selectors(recipe, number, text, path)


def _check_selectors(recipe: Recipe, number: int, text: str, path: str) -> None:
    """ConfigError for a selector that is none."""
    from archiver.extract.overrides import problem_of_selector  # only those who have recipes wait for it

    rules = {name: (rule.css,) for name in RULES if (rule := getattr(recipe, name))}
    single = {name: (getattr(recipe, name),) for name in ("body", "links", "paywall")}
    for name, selectors in {**rules, **single, "drop": recipe.drop, "volatile": recipe.volatile}.items():
        for selector in filter(None, selectors):
            if problem := problem_of_selector(selector):
                where = _place(path, text, ("recipe", number, name))
                raise ConfigError(f"{where}: recipe.{name}: {selector!r} is no CSS selector: {problem}", hint=_CSS_HINT)


def _check_addresses(config: Config, text: str, path: str) -> None:
    """ConfigError for a watch whose address is none, or is another one's."""
    places: dict[str, int] = {}
    for number, watch in enumerate(config.watch):
        key: Key = ("watch", number, "url")
        try:
            url = normalise_url(watch.url)
        except BadUrl as error:
            raise ConfigError(f"{_place(path, text, key)}: watch.url: {error}", hint=error.hint) from None
        if url in places:
            first = _place(path, text, ("watch", places[url], "url"))
            message = f"{_place(path, text, key)}: watch.url: {url} is watched already"
            raise ConfigError(message, hint=f"see {first}")
        places[url] = number


_RULE_HINT = 'for example: byline = { css = ".author", pattern = "By {author}, {published}" }'
_CSS_HINT = "write it as a style sheet would: h1.title, div#story > p, figure:has(figcaption)"
_PATTERNS = {
    "contact": "expected a mail or web address in plain ASCII, without brackets",
    "allow_hosts": 'expected "host:port"',
    "max_age": 'expected a length of time such as "26h" or "30d"',
}
_WORDS = {
    "Expected": "expected",
    "Invalid enum value": "cannot be",
    "`str`": "text in quotes",
    "`int`": "a whole number",
    "`float`": "a number",
    "`bool`": "true or false",
    "`array`": "a list",
    "`object`": "a table",
}


_TABLES: dict[tuple[type, str], type] = {
    (Config, "archive"): ArchiveSettings,
    (Config, "fetch"): FetchSettings,
    (Config, "watch"): Watch,
    (Config, "recipe"): Recipe,
    (Recipe, "tests"): RecipeTest,
    **{(Recipe, name): Rule for name in RULES},
}


def _unknown_keys(data: Mapping[str, Any], kind: type, above: Key = ()) -> Iterator[tuple[Key, list[str]]]:
    """Each key that no field answers to, with the names that were possible there."""
    described: Any = kind
    known = [item.name for item in (structs if issubclass(kind, Struct) else dataclasses).fields(described)]
    for name, value in data.items():
        if name not in known:
            yield (*above, name), known
        elif table := _TABLES.get((kind, name)):
            rows = enumerate(value) if isinstance(value, list) else [(None, value)]
            for number, row in rows:
                place = (*above, name) if number is None else (*above, name, number)
                if isinstance(row, Mapping):
                    yield from _unknown_keys(row, table, place)


def _dotted(key: Key) -> str:
    return ".".join(part for part in key if isinstance(part, str))


def _place(path: str, text: str, key: Key) -> str:
    """`path:line` of the statement that sets `key`, or `path` alone when none does.

    The first statement after which the text, cut there, says something of the key: that needs no parser of our own.
    """
    lines = text.split("\n")

    def parsed(count: int) -> tuple[int, dict[str, Any]]:
        """The longest head of at most `count` lines that is TOML, and what it says."""
        while True:
            try:
                return count, tomllib.loads("\n".join([*lines[:count], ""]))
            except ValueError:
                count -= 1

    end = bisect_left(range(len(lines) + 1), True, key=lambda count: _has(parsed(count)[1], key))
    return path if end > len(lines) else f"{path}:{parsed(end - 1)[0] + 1}"


def _has(data: object, key: Key) -> bool:
    here: Any = data
    for part in key:
        try:
            here = here[part]
        except (LookupError, TypeError):
            return False
    return True


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's, but that DEL may not stand in it as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
