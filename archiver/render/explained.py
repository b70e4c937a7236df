"""What `archiver explain` found, as lines of a terminal. Takes the plain values of `archiver.extract.explain`; pure.

What a puzzled reader asks comes first: is it an article, and by which rules; then headline, byline and dates, taken (+)
or not (-); then the boxes that weighed most, and the blocks in order. Where nothing else is near, blocks outside the
article are only counted, but for those that read like a paragraph: one that is missed may be among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from archiver.render.page import columns
from archiver.render.safe import safe

_LABEL = 12
_PARAGRAPH = 12
"""Words from which on a block outside the article may be one that is missed."""


def explained_lines(found: dict[str, Any], width: int | None) -> Iterator[str]:
    """The whole explanation, each line cut to so many columns where there is such a number.

    Of a selector the outer elements go first, so that what is left of it can be used.
    """
    for line, path in _lines(found):
        if width is None:
            yield line + path
        else:
            yield cut(line + _inner(path, width - columns(line)), width)


def cut(text: str, width: int) -> str:
    """A text that takes no more columns than that, with "…" where its end is missing."""
    if columns(text) <= width:
        return text
    while columns(text) >= width and text:
        text = text[: max(len(text) - max(1, (columns(text) - width) // 2), 0)]
    return f"{text}…"


def _inner(path: str, room: int) -> str:
    """As much of a selector as there is room for, from its end."""
    while " > " in path and columns(path) > room:
        path = path.partition(" > ")[2]
    return path


def _lines(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each line without the selector that ends it, and the selector."""
    yield from ((line, "") for line in _facts(found))
    for container in found["containers"]:
        yield _row("container", f"{_mark(container['chosen'])} {container['score']:>5.0f}  "), safe(container["path"])
    yield "", ""
    yield from _blocks(found["blocks"])
    for page in found["pages"]:
        yield "", ""
        yield f"page {safe(page['url'])}{': ' + safe(page['problem']) if page['problem'] else ''}", ""
        yield from _blocks(page["blocks"])


def _facts(found: dict[str, Any]) -> Iterator[str]:
    yield from _verdict(found)
    for headline in found["headlines"]:
        yield _row("headline", f"{_mark(headline['chosen'])} {headline['origin']:<7} {safe(headline['text'])}")
    if found["standfirst"]:
        yield _row("standfirst", f"+ {safe(found['standfirst'])}")
    if byline := found["byline"]:
        names = ", ".join(byline["names"]) or "no name in it"
        yield _row("byline", f"+ {safe(byline['text'])} ({safe(names)})")
    yield from _dates(found["dates"])
    if found["clock"]:
        yield _row("clock", f"the site stamp is the site's clock: {found['clock']}")


def _verdict(found: dict[str, Any]) -> Iterator[str]:
    blocks = [*found["blocks"], *(block for page in found["pages"] for block in page["blocks"])]
    kept = [block for block in blocks if block["kept"]]
    size = f"yes, {len(kept)} of {len(blocks)} blocks, {_words(kept)} words"
    yield _row("article", f"no: {safe(found['problem'])}" if found["problem"] else size)
    if recipe := found["recipe"]:
        until = f", valid until {recipe['valid_until']}" if recipe["valid_until"] else ""
        yield _row("recipe", f"{recipe['host']}{until}")
    if found["hook"]:
        yield _row("hook", safe(found["hook"]))
    for page in found["pages"]:
        yield _row("joined with" if page["joined"] else "not joined", safe(page["url"]))
    if found["next_page"]:
        yield _row("goes on at", f"{safe(found['next_page'])} (a file is read by itself)")
    for warning in found["warnings"]:
        yield _row("warning", safe(warning))


def _dates(dates: Iterable[dict[str, str]]) -> Iterator[str]:
    taken: set[tuple[str, str, str]] = set()
    for date in dates:
        name = date["field"]
        is_taken = not name.startswith(("declared ", "seen"))
        what = (date["value"], date["origin"], date["text"])
        if not is_taken and what in taken:
            continue
        taken.add(what)
        text = "" if date["text"] == date["value"] else safe(date["text"])
        name = name.removeprefix("declared ").removeprefix("seen ")
        yield _row(name, f"{_mark(is_taken)} {date['origin']:<7} {date['value']:<25}  {text}".rstrip())


def _blocks(blocks: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for is_passed_over, run in groupby(blocks, _is_passed_over):
        if is_passed_over:
            passed = list(run)
            yield f"  … {len(passed)} short or linked blocks outside the article, {_words(passed)} words", ""
            continue
        for block in run:
            yield f"{_mark(block['kept'])} {safe(block['text'])}", ""
            size = f"{block['words']} words" + (f", {block['linked']} linked" if block["linked"] else "")
            yield f"    {block['reason']}; {size}; ", safe(block["path"])


def _is_passed_over(block: dict[str, Any]) -> bool:
    is_outside = not block["kept"] and block["reason"] == "outside the article"
    return is_outside and (block["words"] < _PARAGRAPH or block["linked"] * 2 > block["words"])


def _words(blocks: Iterable[dict[str, Any]]) -> int:
    return sum(block["words"] for block in blocks)


def _mark(is_taken: bool) -> str:
    return "+" if is_taken else "-"


def _row(label: str, text: str) -> str:
    return f"{label:<{_LABEL}}{text}"
