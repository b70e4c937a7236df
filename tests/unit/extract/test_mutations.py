"""A page written in another way is the same page: whatever leaves it alone to the reader, leaves its extraction alone.

Each mutation takes a page's pieces (tags, text, scripts, comments) and a source of chance, and gives the pieces anew.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from html import escape, unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.extract import as_record, explain, extract
from archiver.extract.marks import Mark, marks_of
from archiver.model import Article, BlockKind

GOLDEN = Path(__file__).parents[2] / "golden" / "extract"
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(GOLDEN.glob("*.html"))}
URL = "https://paper.example/news/story"
WHOLE = r"<!doctype[^>]*>|<!--.*?-->|<(?P<raw>script|style|title)\b.*?</(?P=raw)>"
PIECE = re.compile(rf"{WHOLE}|</?[a-z][^<>]*>|[^<]+", re.S | re.I)
TAG = re.compile(r"<(/?)([a-z][a-z0-9-]*)([^<>]*?)\s*(/?)>", re.I)
ATTRIBUTE = re.compile(r"""\s+([a-z:-]+)(?:=(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""", re.I)
SECTIONS = {"html", "head", "body", "header", "footer", "nav", "main", "article", "section", "aside", "div"}
TEXTS = {"p", "ul", "ol", "li", "table", "tr", "td", "th", "h1", "h2", "h3", "h4", "blockquote", "figure", "figcaption"}
BLOCKS = SECTIONS | TEXTS | {"meta", "link", "title", "script", "br"}
HOLDERS = frozenset(("div", "main", "article", "section"))
INVISIBLE = (
    "<script>window.queue = [1 < 2, '<p>no text</p>'];</script>",
    "<style>.x > .y { color: #123; }</style>",
    "<noscript><img src='https://count.example/1.gif'></noscript>",
    '<img src="https://count.example/p.gif?n=7" width="1" height="1" alt="">',
    '<img src="https://count.example/q.gif" style="display:none" alt="">',
    '<iframe src="https://count.example/frame" style="display: none"></iframe>',
    "<template><p>This text waits for a script that never comes and is no text.</p></template>",
    "<link rel='preload' href='/font.woff2'>",
    '<meta itemprop="copyrightYear" content="2031">',
)
OPTIONAL_ENDS = ("li", "p", "td", "th", "tr", "html", "body", "head")
ENDS_P = re.compile("<(?:p|ul|ol|div|h[1-4]|table|blockquote|figure|section|/div|/td)(?![a-z])", re.I)

Pieces = list[str]
Mutation = Callable[[Pieces, random.Random], Pieces]


def cut(html: str) -> Pieces:
    pieces = [match.group() for match in PIECE.finditer(html)]
    assert "".join(pieces) == html
    return pieces


def is_tag(piece: str) -> bool:
    return TAG.fullmatch(piece) is not None


def is_text(piece: str) -> bool:
    return not piece.startswith("<")


def name_of(piece: str) -> str:
    """The element of a tag, of a script, … in lower case; "" of text."""
    match = re.match(r"</?([a-z][a-z0-9]*)", piece, re.I)
    return match[1].lower() if match else ""


def over_tags(change: Callable[[str, list[tuple[str, str | None]], random.Random], str]) -> Mutation:
    """A mutation that writes every opening tag anew, from its name and its attributes."""

    def mutate(pieces: Pieces, chance: random.Random) -> Pieces:
        changed = []
        for piece in pieces:
            match = TAG.fullmatch(piece)
            if match and not match[1]:
                found = [
                    (m[1], next((unescape(v) for v in m.groups()[1:] if v is not None), None))
                    for m in ATTRIBUTE.finditer(match[3])
                ]
                piece = change(match[2], found, chance)
            changed.append(piece)
        return changed

    return mutate


def written(tag: str, attributes: list[tuple[str, str | None]], quote: str = '"') -> str:
    said = [f" {name}" if value is None else f" {name}={quote}{escape(value)}{quote}" for name, value in attributes]
    return f"<{tag}{''.join(said)}>"


def shuffled(tag: str, attributes: list[tuple[str, str | None]], chance: random.Random) -> str:
    return written(tag, chance.sample(attributes, len(attributes)))


def requoted(tag: str, attributes: list[tuple[str, str | None]], chance: random.Random) -> str:
    is_bare = all(value and re.fullmatch(r"[\w.:-]+", value) for _, value in attributes)
    return written(tag, attributes, chance.choice(["'", '"', ""] if is_bare else ["'", '"']))


def shouted(tag: str, attributes: list[tuple[str, str | None]], _: random.Random) -> str:
    return written(tag.upper(), [(name.upper(), value) for name, value in attributes])


def with_data(tag: str, attributes: list[tuple[str, str | None]], chance: random.Random) -> str:
    extra: list[tuple[str, str | None]] = [
        ("data-id", str(chance.randrange(9999))),
        ("data-track", '{"slot": "newsletter related"}'),
        ("aria-live", "off"),
        ("data-hydrated", None),
    ]
    return written(tag, [*attributes, *chance.sample(extra, chance.randrange(4))])


def renamed(pieces: Pieces, chance: random.Random) -> Pieces:
    """Every class and id that tells nothing under another name, as a new build of the style sheets has it."""
    letters, names = "bghjkqvxz", dict[str, str]()

    def new(name: str) -> str:
        if marks_of(name) != Mark.NONE or name.startswith("vh"):
            return name
        return names.setdefault(name, "x" + "".join(chance.choices(letters, k=6)) + letters[len(names) % 9])

    def change(tag: str, attributes: list[tuple[str, str | None]], _: random.Random) -> str:
        renamed = [
            (key, " ".join(map(new, value.split())) if key in ("class", "id") and value else value)
            for key, value in attributes
        ]
        return written(tag, renamed)

    return over_tags(change)(pieces, chance)


def commented(pieces: Pieces, chance: random.Random) -> Pieces:
    changed = []
    for piece in pieces:
        if is_text(piece) and piece.strip() and chance.random() < 0.3:
            at = chance.randrange(len(piece))
            inside = piece.rfind("&", 0, at) > piece.rfind(";", 0, at)  # never cut an entity
            piece = piece if inside else f"{piece[:at]}<!-- {chance.random()} <p>no</p> -->{piece[at:]}"
        changed += [piece, "<!--[if IE]><p>no</p><![endif]-->"] if chance.random() < 0.3 else [piece]
    return changed


def spaced(pieces: Pieces, chance: random.Random) -> Pieces:
    """Minified, indented, or broken over lines anywhere that white space stands."""
    style = chance.choice(["", "\n", "\n        ", "\r\n\t"])
    changed: Pieces = []
    for piece, after in zip(pieces, [*pieces[1:], ""], strict=True):
        before = changed[-1] if changed else ""
        if is_text(piece):
            piece = re.sub(r"[ \n\t]+", lambda _: chance.choice([" ", "\n   ", "  "]), piece)
            if name_of(before) in BLOCKS:
                piece = piece.lstrip(" \n\t")
            if name_of(after) in BLOCKS:
                piece = piece.rstrip(" \n\t")
        if name_of(piece) in BLOCKS and name_of(piece) != "br":
            piece = style + piece + style
        changed.append(piece)
    return changed


def as_entities(pieces: Pieces, chance: random.Random) -> Pieces:
    def written(match: re.Match[str]) -> str:
        code = ord(match[0])
        return chance.choice([match[0], f"&#{code};", f"&#x{code:x};", f"&#X{code:04X};"])

    return [re.sub(r"[^&;#\s]", written, piece) if is_text(piece) and "&" not in piece else piece for piece in pieces]


def as_characters(pieces: Pieces, _: random.Random) -> Pieces:
    return [escape(unescape(piece), quote=False) if is_text(piece) else piece for piece in pieces]


def wrapped(pieces: Pieces, chance: random.Random) -> Pieces:
    """A div more around all that one container holds, once or several times."""
    spans = [span for span in holders(pieces) if span[1] - span[0] > 4]
    for begin, end in sorted(chance.sample(spans, min(len(spans), 2)), reverse=True):
        many = chance.randrange(1, 4)
        pieces = [*pieces[: begin + 1], "<div>" * many, *pieces[begin + 1 : end], "</div>" * many, *pieces[end:]]
    return pieces


def holders(pieces: Pieces) -> list[tuple[int, int]]:
    """Where the body and each innermost of its containers open and close; none lies within another one."""
    found, opened = [], list[tuple[str, int]]()
    for place, piece in enumerate(pieces):
        tag = name_of(piece) if is_tag(piece) else ""
        if tag not in HOLDERS:
            continue
        if not piece.startswith("</"):
            opened.append((tag, place))
        elif opened and opened[-1][0] == tag and opened[-1][1] >= (found[-1][1] if found else 0):
            found.append((opened.pop()[1], place))
        elif opened:
            opened.pop()
    return found


def boxed(pieces: Pieces, _: random.Random) -> Pieces:
    """Each paragraph, figure and table in a div of its own, as editors of blocks write pages."""
    changed = []
    for piece in pieces:
        is_one = is_tag(piece) and name_of(piece) in ("p", "figure", "table", "blockquote")
        changed += (["<div>", piece] if not piece.startswith("</") else [piece, "</div>"]) if is_one else [piece]
    return changed


def spanned(pieces: Pieces, chance: random.Random) -> Pieces:
    """Text in spans that say nothing."""
    return [
        f"<span>{piece}</span>"
        if is_text(piece) and piece.strip() and name_of(before) in ("p", "li", "div", "td") and chance.random() < 0.5
        else piece
        for before, piece in zip(["", *pieces], pieces, strict=False)
    ]


def with_invisible(pieces: Pieces, chance: random.Random) -> Pieces:
    changed, in_body = [], False
    for piece in pieces:
        tag = name_of(piece)
        if in_body and tag in ("p", "div", "h1", "h2", "figure", "table", "ul", "section") and chance.random() < 0.2:
            opens = not piece.startswith("</")
            changed += [chance.choice(INVISIBLE), piece] if opens else [piece]
        elif in_body and tag in ("p", "div", "section") and piece.startswith("</") and chance.random() < 0.2:
            changed += [piece, chance.choice(INVISIBLE)]
        else:
            changed.append(piece)
        in_body = in_body or tag == "body"
    return changed


def unclosed(pieces: Pieces, chance: random.Random) -> Pieces:
    """Without those end tags that HTML lets one leave out, as WHATWG has it in 13.1.2.4."""
    changed = []
    for place, piece in enumerate(pieces):
        tag = name_of(piece)
        following = next((one for one in pieces[place + 1 :] if one.strip()), "")
        may = tag != "p" or bool(ENDS_P.match(following))
        if piece.startswith("</") and tag in OPTIONAL_ENDS and may and chance.random() < 0.8:
            continue
        changed.append(piece)
    return changed


MUTATIONS: dict[str, Mutation] = {
    "attributes in another order": over_tags(shuffled),
    "attributes in other quotes": over_tags(requoted),
    "upper-case tags": over_tags(shouted),
    "data attributes": over_tags(with_data),
    "other class names": renamed,
    "comments": commented,
    "white space": spaced,
    "entities": as_entities,
    "characters": as_characters,
    "wrappers": wrapped,
    "boxes": boxed,
    "spans": spanned,
    "scripts, styles and pixels": with_invisible,
    "no end tags": unclosed,
}
READ = {name: as_record(extract(html, url=URL).article) for name, html in PAGES.items()}


@pytest.mark.parametrize("mutation", MUTATIONS)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_written_in_another_way_is_the_same_page(page: str, mutation: str):
    for seed in range(3):
        changed = "".join(MUTATIONS[mutation](cut(PAGES[page]), random.Random(f"{page}{seed}")))
        assert as_record(extract(changed, url=URL).article) == READ[page]


@given(
    st.sampled_from(sorted(PAGES)), st.lists(st.sampled_from(sorted(MUTATIONS)), max_size=5), st.integers(0, 2**32 - 1)
)
def test_and_so_it_is_when_it_changes_in_several_ways(page: str, mutations: list[str], seed: int):
    chance, html = random.Random(seed), PAGES[page]
    for mutation in mutations:
        html = "".join(MUTATIONS[mutation](cut(html), chance))
    assert as_record(extract(html, url=URL).article) == READ[page]


def plain_page(article: Article) -> str:
    """A page with nothing but what an extraction has."""
    tags = {BlockKind.SUBHEAD: "h2", BlockKind.ITEM: "li", BlockKind.CAPTION: "figcaption"}
    blocks = "".join(
        f"<{tag}>{escape(text)}</{tag}>" for tag, text in ((tags.get(b.kind, "p"), b.text) for b in article.body)
    )
    blocks = re.sub("(?:<li>.*?</li>)+", r"<ul>\g<0></ul>", blocks)
    blocks = blocks.replace("<figcaption>", "<figure><figcaption>").replace("</figcaption>", "</figcaption></figure>")
    day = f"<p class='date'>{article.published.value[:10]}</p>" if article.published else ""
    return f"<html><body><main><h1>{escape(article.headline)}</h1>{day}{blocks}</main></body></html>"


@pytest.mark.parametrize("page", PAGES)
def test_what_was_extracted_is_extracted_again_as_it_was(page: str):
    first = extract(PAGES[page], url=URL).article
    again = extract(plain_page(first), url=URL)
    assert again.problem == ""
    assert (again.article.headline, [b.text for b in again.article.body]) == (
        first.headline,
        [b.text for b in first.body],
    )


def spliced(page: bytes, chance: random.Random) -> bytes:
    """A page as broken caches and connections deliver it."""
    data = bytearray(page)
    for _ in range(chance.randrange(1, 6)):
        begin, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
        piece = data[begin : min(end, begin + chance.choice([1, 10, 500]))]
        how = chance.randrange(5)
        if how == 0:
            del data[chance.randrange(len(data) // 2, len(data)) :]
        elif how == 1:
            data[begin:begin] = piece * chance.choice([1, 2, 200])
        elif how == 2:
            del data[begin : begin + len(piece)]
        elif how == 3:
            data[begin:begin] = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 20)))
        elif data:
            data[min(begin, len(data) - 1)] ^= 1 << chance.randrange(8)
        data = data or bytearray(b"<")
    return bytes(data)


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_no_broken_page_raises_or_takes_long(page: str):
    chance = random.Random(page)
    others = [html.encode() for html in PAGES.values()]
    before = extract(PAGES[page], url=URL).article
    for _ in range(60):
        broken = spliced(PAGES[page].encode(), chance)
        other = chance.choice(others)
        broken += other[chance.randrange(len(other)) :] if chance.random() < 0.2 else b""
        began = time.process_time()
        found = extract(broken, url=URL, previous=before)
        assert time.process_time() - began < 2 + len(broken) / 100_000
        as_record(found.article)
        explain(broken, url=URL)
