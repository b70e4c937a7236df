"""Find the headline: what a reader takes for it, and the forms in which the page declares it.

Takes the page's layout and declarations; gives a block, its text, and `HeadlineVariant` values. What the reader sees
comes first: an h1 that only ends a trail of links above the real headline is none. Declared titles choose between
candidates, show where a kicker ends, and stand in where the page shows no headline. The site's name is cut off where
the page or its address says that it is one; never at a dash for the dash's sake.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urlsplit

from archiver.extract.blocks import Candidate, Layout, has_mark, upward
from archiver.extract.marks import Mark
from archiver.extract.structured import Declared
from archiver.model import HeadlineVariant
from archiver.text import fold

_TITLE_BREAK = re.compile(r"\s+[|–—\-·•:»«/]+\s+|\s*[|»]\s*|: ")
_LIKE = 0.3
"""Likeness to a declared title above which an h1 is the article's."""
_MUCH_LIKE = 0.5
_MOSTLY_LIKE = 0.6
"""The same for any other heading."""
_LONGEST_TRAIL = 8
_LONGEST_KICKER = 6
_PART = 2
"""Spaces in the shortest part of a headline that can stand for it."""
_MOST_PARTS = 12
"""Parts of a heading among which a kicker is looked for."""
_LEAST_BREAKS = 3
"""Spaces in what is long enough to be a headline by itself."""


def find_headline(layout: Layout, declared: Declared, url: str) -> Candidate | None:
    """The block that a reader takes for the headline; the last one where the heading has more.

    It is the h1 that the declared titles agree with; else what the markup calls the headline; else the heading, or the
    block, that says what one of them says.
    """
    known = [fold(title) for title in declared_titles(declared, url)]
    h1s = _h1s(layout, declared)
    h1 = _main_h1(h1s, known)
    if h1 is not None:
        return _pieces(layout, _below_trail(layout, h1, known) or h1)[-1]
    for candidate in (*_marked(layout), *_saying(layout, known, declared)):
        return candidate
    unlinked = [h1 for h1 in h1s if not h1.linked and not has_mark(h1, Mark.FURNITURE, 4)]
    return unlinked[0] if len(unlinked) == 1 else None


def _h1s(layout: Layout, declared: Declared) -> list[Candidate]:
    """The h1 elements that do not name the site."""
    names = _names(layout, declared)
    return [candidate for candidate in layout.candidates if candidate.level == 1 and fold(candidate.text) not in names]


def _names(layout: Layout, declared: Declared) -> set[str]:
    """The site's declared names, and what follows on a visible heading in the title, as in "Headline | Name"."""
    names = {fold(name) for name in declared.site_names}
    said = {fold(candidate.text) for candidate in layout.candidates if candidate.level}
    for match in _TITLE_BREAK.finditer(declared.title):
        if fold(declared.title[: match.start()]) in said:
            names.add(fold(declared.title[match.end() :]))
    return names


def _main_h1(h1s: list[Candidate], known: list[str]) -> Candidate | None:
    best, best_score = None, 0.0
    for candidate in h1s:
        likeness = _likeness(candidate, known, default=_LIKE)
        if likeness > best_score + 0.05:
            best, best_score = candidate, likeness
    return best if best_score >= _LIKE else None


def _likeness(candidate: Candidate, known: list[str], default: float = 0.0) -> float:
    return max((alike(fold(candidate.text), title) for title in known), default=default)


def _below_trail(layout: Layout, h1: Candidate, known: list[str]) -> Candidate | None:
    """The headline that the reader sees where the h1 is only the last step of a trail: "Home > Politics > (h1)"."""
    around = list(upward(h1.box, 6))
    trail = next((box for box in around if 1 < box.last - box.first <= _LONGEST_TRAIL), None)
    if trail is None or h1.index != trail.last - 1 or not any(box.tag in ("li", "nav") for box in around):
        return None
    steps = layout.candidates[trail.first : h1.index]
    if any(step.linked < step.words for step in steps if fold(step.text)):
        return None
    below = [candidate for candidate in layout.candidates[trail.last :] if candidate.level in (1, 2)]
    best = max(below, key=lambda candidate: _likeness(candidate, known), default=None)
    return best if best is not None and _likeness(best, known) >= _MUCH_LIKE else None


def _marked(layout: Layout) -> list[Candidate]:
    """The block that the markup calls the headline (https://schema.org/headline), where there is only one."""
    marked = [
        one
        for one in layout.candidates
        if not one.linked and any(box.itemprop == "headline" for box in upward(one.box, 2))
    ]
    return marked if len(marked) == 1 else []


def _saying(layout: Layout, known: list[str], declared: Declared) -> Iterator[Candidate]:
    """Blocks that say what a declared title says: headings, those with an end of it, any block, headings like it."""
    headings = [candidate for candidate in layout.candidates if candidate.level]
    seen = [one for one in layout.candidates if not one.level and not has_mark(one, Mark.FURNITURE, 4)]
    names = _names(layout, declared)
    ends = [end for end in _title_ends(declared) if end not in names]
    for candidates, titles in ((headings, known), (headings, ends), (seen, known)):
        for candidate in candidates:
            is_link = candidate.linked == candidate.words and not candidate.level
            least = 2 if 0 < candidate.level <= 2 else 3
            if candidate.words >= least and not is_link and fold(candidate.text) in titles:
                yield candidate
    for candidate in headings:
        is_plain = not candidate.linked and not has_mark(candidate, Mark.FURNITURE, 4)
        if is_plain and candidate.words >= 3 and _likeness(candidate, known) >= _MOSTLY_LIKE:
            yield candidate


def _title_ends(declared: Declared) -> list[str]:
    """What stands before a break of the declared titles, or after it if it is too long for the name of a site."""
    titles = dict.fromkeys(filter(None, (declared.og_title, declared.title)))
    breaks = [(title, match) for title in titles for match in _TITLE_BREAK.finditer(title)]
    heads = [fold(title[: match.start()]) for title, match in breaks]
    tails = [fold(title[match.end() :]) for title, match in breaks]
    return [*heads, *(tail for tail in tails if tail.count(" ") >= _LEAST_BREAKS)]


def _pieces(layout: Layout, headline: Candidate) -> list[Candidate]:
    """All blocks of the heading element that a headline stands in."""
    for box in upward(headline.box, 3):
        if headline.level and box.tag == f"h{headline.level}":
            return [one for one in layout.candidates[box.first : box.last] if one.level == headline.level] or [headline]
    return [headline]


def headline_text(layout: Layout, headline: Candidate | None, declared: Declared, url: str) -> str:
    """The headline with the kicker that every declared title opens with, without one that they all leave out.

    A kicker is a line just above the heading, or a part that the heading sets apart.
    """
    titles = declared_titles(declared, url)
    if headline is None:
        return next(iter(titles), "")
    pieces = _pieces(layout, headline)
    parts = [part for piece in pieces for part in (piece.apart or piece.text).split(" | ")]
    told = {fold(title) for title in (*titles, declared.ld_headline, declared.og_title) if title}
    whole = _text(pieces)
    spaced = re.sub(r" (?=[:,.;!?])", "", " ".join(parts))  # the parts may be glued in the markup
    if fold(spaced) in told:
        return spaced if len(spaced.split()) > len(whole.split()) else whole
    for n in range(1, min(len(parts), _MOST_PARTS)):
        for end in (" ".join(parts[n:]), " ".join(parts[:n])):
            if fold(end) in told and end.count(" ") >= _LEAST_BREAKS:
                return end.strip("–—-:|/ ")
    return _opening(layout, pieces[0], declared) + whole


def _opening(layout: Layout, heading: Candidate, declared: Declared) -> str:
    """The kicker above a heading as every declared title has it, with what parts the two: "Harbour: "."""
    titles = [title for title in (declared.ld_headline, declared.og_title) if title]
    above = layout.candidates[heading.index - 1] if heading.index else heading
    kicker = fold(above.text)
    if not titles or not kicker or above.words > _LONGEST_KICKER or above.linked:
        return ""
    if not all(fold(title).startswith(f"{kicker} ") for title in titles) or kicker == fold(heading.text):
        return ""
    words = next(n for n in range(len(titles[0])) if fold(titles[0][:n]) == kicker)
    return titles[0][: words + len(titles[0][words:]) - len(titles[0][words:].lstrip(" –—-:|/»"))]


def variants(layout: Layout, headline: Candidate | None, declared: Declared, url: str) -> tuple[HeadlineVariant, ...]:
    """The headline in every form that the page has it."""
    h1 = _main_h1(_h1s(layout, declared), [fold(title) for title in declared_titles(declared, url)]) or headline
    found = [HeadlineVariant(origin="h1", text=_text(_pieces(layout, h1)))] if h1 else []
    if declared.og_title:
        found.append(HeadlineVariant(origin="og", text=declared.og_title))
    if declared.ld_headline:
        found.append(HeadlineVariant(origin="jsonld", text=declared.ld_headline))
    if declared.title:
        found.append(HeadlineVariant(origin="title", text=declared.title))
    return tuple(found)


def _text(pieces: list[Candidate]) -> str:
    return " ".join(piece.text for piece in pieces)


def without_headline(kept: list[Candidate], titles: set[str]) -> list[Candidate]:
    """The text without the headline where that stands a second time above it, as shown to other readers or as declared.

    `titles` are its forms, folded.
    """
    prose = next((n for n, one in enumerate(kept) if one.weight and not repeats_headline(one, titles)), len(kept))
    return [one for n, one in enumerate(kept) if n > prose or not repeats_headline(one, titles)]


def repeats_headline(candidate: Candidate, titles: set[str]) -> bool:
    """Whether a block is one of the headline's forms, a part of one, or one with a kicker before it."""
    said = fold(candidate.text)
    return any(
        (f" {said} " in f" {title} " and said.count(" ") >= _PART)
        or (f" {title} " in f" {said} " and alike(said, title) > 0.6)
        or alike(said, title) >= 0.9
        for title in titles
    )


@lru_cache(maxsize=1)  # of one page this is asked several times
def declared_titles(declared: Declared, url: str) -> tuple[str, ...]:
    """The headline as the page declares it, best first, without the site's name."""
    sites = site_words(declared, url)
    titles = dict.fromkeys(filter(None, (declared.ld_headline, declared.og_title, declared.title)))
    return tuple(dict.fromkeys(filter(None, (_without_site(title, declared, sites) for title in titles))))


def _without_site(title: str, declared: Declared, sites: set[str]) -> str:
    """A title without the site's name, where the page itself or its address says that it is one."""
    others = [fold(t) for t in (declared.ld_headline, declared.og_title) if t and t != title]
    while breaks := list(_TITLE_BREAK.finditer(title)):
        ends = [(title[: one.start()], title[one.end() :]) for one in breaks]
        kept = [head for head, tail in ends if squeezed(tail) in sites or _is_other(head, title, others)]
        kept += [tail for head, tail in ends if squeezed(head) in sites or _is_other(tail, title, others)]
        if not kept:
            break
        title = kept[0]
    return title


def _is_other(part: str, title: str, others: list[str]) -> bool:
    """Whether another declared title is a part of this one, and none is the whole."""
    return fold(part) in others and fold(title) not in others


def site_words(declared: Declared, url: str) -> set[str]:
    """The names under which the page or its address speak of the site, squeezed."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return {squeezed(name) for name in (*declared.site_names, host, *host.split(".")[:2])}


def squeezed(text: str) -> str:
    """Letters and digits only, as host names write a name."""
    return fold(text).replace(" ", "")


def alike(one: str, other: str) -> float:
    """Share of words, or of characters where no spaces are set, that two folded texts have in common, 0 to 1."""
    a, b = (set(text.split() if " " in text or text.isascii() else text) for text in (one, other))
    return len(a & b) / len(a | b) if a and b else float(one == other)
