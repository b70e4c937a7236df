"""Apply a recipe, or a user's hook, to a page. Takes the page's text, gives the page that is left and the fields found.

Recipes speak CSS, so this is BeautifulSoup's part: what the recipe drops is taken out, the body that it names is marked
for the walk, and its rules are read. What of a recipe cannot be applied is told as a warning. Where a hook raises, so
does this: a page that is half changed would read like an edit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from traceback import extract_tb
from zoneinfo import ZoneInfo

from bs4 import BeautifulSoup, Tag
from soupsieve import SelectorSyntaxError
from soupsieve import compile as compile_selector

from archiver.dates import parse_page_date
from archiver.errors import HookFailed
from archiver.extract.names import split_names
from archiver.model import Byline, PageDate
from archiver.recipes import Recipe, Rule, read_line
from archiver.text import clean

Hook = Callable[[BeautifulSoup], object]
BODY_CLASS = "archiver-recipe"
_FIELDS = ("headline", "standfirst", "section", "byline", "published", "modified")
_MOST_LINES = 5_000


@dataclass(slots=True)
class Overrides:
    """What a recipe says of a page; "" and None where it is silent."""

    html: str
    texts: dict[str, str] = field(default_factory=dict)
    """headline, standfirst, section."""
    byline: Byline | None = None
    published: PageDate | None = None
    modified: PageDate | None = None
    shows_paywall: bool = False
    warnings: list[str] = field(default_factory=list)


def apply(html: str, recipe: Recipe | None, hook: Hook | None) -> Overrides:
    """Read and reduce a page by a recipe, then give it to the hook, which may change the tree as it likes.

    Raises:
        HookFailed: the hook raised.
    """
    soup = BeautifulSoup(html, "lxml")
    found = Overrides(html="")
    if recipe is not None:
        language = str(soup.html.get("lang") or "").lower() if soup.html else ""
        _apply_recipe(soup, recipe, language, found)
    if hook is not None:
        try:
            hook(soup)
        except Exception as error:  # a user's code may raise anything
            file, line, _, _ = extract_tb(error.__traceback__)[:2][-1]  # the hook's own, not that of what it called
            raise HookFailed(
                f"the hook failed: {error.__class__.__name__}: {error} ({file}, line {line})",
                hint="mend the hook; the page was not read",
            ) from error
    found.html = str(soup)
    return found


def problem_of_selector(selector: str) -> str:
    """Why a selector cannot be used, in words; "" when it can."""
    try:
        compile_selector(selector)
    except (SelectorSyntaxError, NotImplementedError, ValueError) as error:
        return str(error).partition("\n")[0]
    return ""


def _apply_recipe(soup: BeautifulSoup, recipe: Recipe, language: str, found: Overrides) -> None:
    for name in _FIELDS:
        rule = getattr(recipe, name)
        if rule is not None:
            _read(soup, name, rule, language, found)
    found.shows_paywall = bool(recipe.paywall and _select(soup, recipe.paywall, found))
    for selector in (*recipe.drop, *recipe.volatile):
        for tag in _select(soup, selector, found):
            tag.decompose()
    if recipe.body:
        for tag in _select(soup, recipe.body, found):
            tag["class"] = f"{tag.get('class') or ''} {BODY_CLASS}"


def _select(soup: BeautifulSoup, selector: str, found: Overrides) -> list[Tag]:
    try:
        return [tag for tag in soup.select(selector) if not tag.decomposed]
    except (SelectorSyntaxError, NotImplementedError, ValueError) as error:
        found.warnings.append(f"the recipe's selector {selector!r} cannot be used: {str(error).partition(chr(10))[0]}")
        return []


def _read(soup: BeautifulSoup, name: str, rule: Rule, language: str, found: Overrides) -> None:
    """One field by its rule; a byline's pattern may name the dates that stand in the same line."""
    if rule.css:
        lines = [clean(tag.get_text(" ")) for tag in _select(soup, rule.css, found)]
    else:
        lines = [clean(text) for text, _ in zip(soup.stripped_strings, range(_MOST_LINES), strict=False)]
    for line in lines:
        parts = read_line(rule.pattern, line) if rule.pattern else {name: line}
        if not line or parts is None:
            continue
        for part, text in parts.items():
            _take(part, text, rule, language, found)
        if "author" in parts:
            undated = line
            for part in {"published", "modified"} & parts.keys():
                undated = undated.replace(parts[part], " ")
            found.byline = Byline(text=clean(undated).strip(" ,|"), names=split_names(parts["author"]))
        return
    found.warnings.append(f"the recipe's rule for {name} found nothing")


def _take(part: str, text: str, rule: Rule, language: str, found: Overrides) -> None:
    if part == "byline":
        found.byline = Byline(text=text, names=split_names(text))
    elif part in ("published", "modified"):
        date = parse_page_date(text, language=language)
        if date is None:
            found.warnings.append(f"the recipe's rule for {part} found no date in {text[:60]!r}")
        elif part == "published":
            found.published = _in_zone(date, rule.zone)
        else:
            found.modified = _in_zone(date, rule.zone)
    else:
        found.texts[part] = text


def _in_zone(date: PageDate, zone: str) -> PageDate:
    """The same time with the offset that the recipe's zone had then; unchanged where the page itself names one."""
    if not zone or date.offset or date.precision == "day":
        return date
    try:
        offset = datetime.fromisoformat(date.value).replace(tzinfo=ZoneInfo(zone)).strftime("%z")
    except (ValueError, OSError, KeyError):
        return date
    return replace(date, offset=f"{offset[:3]}:{offset[3:5]}")
