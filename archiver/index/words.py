"""The words of all revisions, found again: also those that were removed later.

A revision adds the lines that the one before it did not have, and ends those that it has no more; so a word is kept
once however many revisions have it. Of each line is known in which revisions it stood, which makes every answer exact:
it names the revisions that have all the words. The ids of an article's lines lie next to each other.

Apart from the lines, it is kept which words an article had and then had nowhere any more: of a common word, most
articles lost some line and few lost the word.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from archiver.index.database import Database

_SPAN = 1 << 20
"""How many lines of one article can be found; what has more than a million different ones is no article."""
_MARK = "[caption] "
_BETWEEN = str.maketrans(dict.fromkeys(string.punctuation + "‘’“”–—…«»", " "))
"""What stands between words for certain. What is left may hold several words for FTS5, but no part of one."""
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003ffff]"
)
"""Letters of Thai, Lao, Burmese, Khmer, Japanese and Chinese."""
_STRETCH = 1000
"""Articles that are searched at once, at first; later twice as many, and so on."""
_FEW, _FEW_STANDING = 30, 8
"""Asking for the lines of one article costs as much as passing over those of so many."""
_GATHERED = """
    create temp table if not exists gathered (source text, term text, line integer, primary key (source, term, line))
    without rowid"""
_PENDING = """
    select pending.article, number, committed, key, coalesce(taken, 0), coalesce(lines, 0), coalesce(standing, '')
    from (select article from pending order by article limit ?) as pending
    left join words on words.article = pending.article
    join articles on articles.id = pending.article
    join revisions on revisions.article = pending.article and number >= coalesce(taken, 0)
    order by pending.article, number"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that a search found, with numbers of its revisions."""

    key: str
    first: int
    """The first that has the words."""
    last: int
    """The last that has them."""
    latest: int


class _Pending(NamedTuple):
    """A revision whose words are not known, or the one before it."""

    article: int
    number: int
    commit: str
    key: str
    taken: int
    """How many revisions of the article are known."""
    lines: int
    """How many lines they had."""
    standing: str
    """Which of these stand in the last of them, by their numbers, in the order of the text; -1 for one too many."""


class _Unfolded:
    """What the revisions of many articles added and ended, as rows."""

    def __init__(self) -> None:
        self.started: list[tuple[int, int]] = []
        self.added: list[tuple[int, str]] = []
        self.ended: list[tuple[int, int]] = []
        self.removed: list[tuple[int, str]] = []
        self.gone: list[tuple[int, str]] = []
        self.articles: list[tuple[int, int, int, str]] = []

    def take(self, told: Iterable[tuple[_Pending, str]]) -> None:
        """Take the revisions of one article, in order, from the last that is known on."""
        standing: dict[str, int] = {}
        present: dict[str, None] = {}
        ended: list[str] = []
        count = 0
        for one, text in told:
            base = one.article * _SPAN
            present = dict.fromkeys(filter(None, text.split("\n")))
            if one.number == one.taken:
                known = zip(present, map(int, one.standing.split()), strict=False)  # a damaged text is empty
                standing = {line: number for line, number in known if number >= 0}
                count = one.lines
                continue
            for line in [line for line in standing if line not in present]:
                number = base + standing.pop(line)
                ended.append(line)
                self.ended.append((one.number - 1, number))
                self.removed.append((number, _apart(line.removeprefix(_MARK))))
            for line in present:
                if line not in standing and count < _SPAN:
                    standing[line] = count
                    self.started.append((base + count, one.number))
                    self.added.append((base + count, _apart(line.removeprefix(_MARK))))
                    count += 1
        numbers = " ".join(str(standing.get(line, -1)) for line in present)
        self.articles.append((one.article, one.number, count, numbers))
        if ended and (gone := _words(ended).difference(_words(present))):
            self.gone.append((one.article * _SPAN + one.number, _apart(" ".join(gone))))


def _apart(text: str) -> str:
    """The text with spaces around each letter of a script that has none between words: FTS5 knows no better there."""
    return text if text.isascii() else _UNSPACED.sub(r" \g<0> ", text)


class Words(Database):
    """The part of the index that knows the words."""

    def add_texts(self, read: Callable[[Sequence[tuple[str, str]]], Iterable[str]], *, most: int) -> int:
        """Take up the words of the next articles that have new revisions, `most` at once; how many there were.

        `read` gives the texts for commits and keys. This is done when somebody searches: no run waits for it.
        """
        rows = self._db.execute(_PENDING, (most,)).fetchall()
        pending = list(map(_Pending._make, rows))
        texts = read([(one.commit, one.key) for one in pending])
        new = _Unfolded()
        for _, told in groupby(zip(pending, texts, strict=True), lambda pair: pair[0].article):
            new.take(told)
        with self.writing():
            if self._db.execute(_PENDING, (most,)).fetchall() == rows:  # else another process did it meanwhile
                self._db.executemany("insert into lines (id, first) values (?, ?)", new.started)
                self._db.executemany("insert into texts (rowid, text) values (?, ?)", new.added)
                self._db.executemany("update lines set last = ? where id = ?", new.ended)
                self._db.executemany("insert into removed (rowid, text) values (?, ?)", sorted(new.removed))
                self._db.executemany("insert into gone (rowid, text) values (?, ?)", new.gone)
                self._db.executemany("insert or replace into words values (?, ?, ?, ?)", new.articles)
                self._db.executemany("delete from pending where article = ?", [row[:1] for row in new.articles])
        return len(new.articles)

    def search(self, words: str, *, removed: bool, most: int) -> tuple[Hit, ...]:
        """The articles of which one revision has all of these words, the newest articles first, `most` of them.

        Words are found whole, without regard to case and accents; "words in quotes" next to each other in one line;
        `word*` as a beginning; in scripts without spaces, any letters that stand next to each other. With `removed`,
        only articles whose latest revision does not have them all any more.
        """
        terms = _terms(words)
        self._gather(terms)
        hits: list[Hit] = []
        for article in self._candidates(terms, removed=removed):
            hit = self._hit(article, terms)
            if hit and not (removed and hit.last == hit.latest):
                hits.append(hit)
            if len(hits) == most:
                break
        return tuple(hits)

    def _gather(self, terms: tuple[str, ...]) -> None:
        """Put the lines of each beginning aside: FTS5 would gather all words that begin so whenever it is asked."""
        self._db.execute(_GATHERED)
        self._db.execute("delete from gathered")
        for term in filter(_is_beginning, terms):
            for table in ("texts", _lost(term)):
                sql = f"insert into gathered select '{table}', ?1, rowid from {table} where {table} match ?1"
                self._db.execute(sql, (term,))

    def _candidates(self, terms: tuple[str, ...], *, removed: bool) -> Iterator[int]:
        """The articles of which some revision has each of these words, stretch by stretch, from the newest on.

        With `removed`, only those that lost a line with one of them, and do not have them all now.
        """
        end = self._db.execute("select coalesce(max(article) + 1, 0) from words").fetchone()[0] if terms else 0
        width = _STRETCH
        while end > 0:
            found: Sequence[int] = range(max(0, end - width), end)
            end, width = found[0], 2 * width
            if removed:
                found = sorted({article for term in terms for article in self._articles(_lost(term), term, found)})
            for term in terms:
                found = self._articles("texts", term, found)
            standing = () if not removed or all(_lost(term) == "gone" for term in terms) else found
            for term in terms:
                standing = self._articles("texts", term, standing, standing=True)
            yield from sorted(set(found).difference(standing), reverse=True)

    def _articles(self, table: str, term: str, among: Sequence[int], *, standing: bool = False) -> Sequence[int]:
        """Those of these articles, which rise, that have a line with this word, or have it still."""
        if not among:
            return ()
        low, high, few = among[0], among[-1] + 1, _FEW_STANDING if standing else _FEW
        spans = [(one, one + 1) for one in among] if len(among) * few < high - low else [(low, high)]
        sql = f"""select distinct line / {_SPAN} from {_lines(table, term)}
                  {"cross join lines on id = line and last is null" if standing else ""} where line >= ? and line < ?"""
        asked = (self._db.execute(sql, (term, start * _SPAN, end * _SPAN)) for start, end in spans)
        return sorted({article for rows in asked for (article,) in rows}.intersection(among))

    def _hit(self, article: int, terms: tuple[str, ...]) -> Hit | None:
        """What to tell of an article, if one of its revisions has all of these words."""
        sql = "select key, taken from words join articles on id = article where article = ?"
        key, latest = self._db.execute(sql, (article,)).fetchone()
        numbers = set(range(1, latest + 1))
        for term in terms:
            sql = f"""select first, last from {_lines("texts", term)} cross join lines on id = line
                      where line >= ? and line < ?"""
            lines = self._db.execute(sql, (term, article * _SPAN, (article + 1) * _SPAN))
            numbers &= {number for first, last in lines for number in range(first, (last or latest) + 1)}
        return Hit(key=key, first=min(numbers), last=max(numbers), latest=latest) if numbers else None


def _lines(table: str, term: str) -> str:
    """Where to look for the lines with a word, which is the first thing to tell."""
    if _is_beginning(term):
        return f"(select line from gathered where source = '{table}' and term = ?)"
    return f"(select rowid as line from {table} where {table} match ?)"


def _lost(term: str) -> str:
    """Where to look for the articles that lost this: a phrase may be gone though each of its words is still there."""
    return "gone" if term.strip('"*').isalnum() else "removed"


def _words(lines: Iterable[str]) -> set[str]:
    """The words of these lines, to the letter; "a's" gives two."""
    pieces = set("\n".join(line.removeprefix(_MARK) for line in lines).split())
    plain = set(filter(str.isalnum, pieces))
    return plain.union(" ".join(pieces - plain).translate(_BETWEEN).split())


def _is_beginning(term: str) -> bool:
    return term.endswith("*")


def _terms(words: str) -> tuple[str, ...]:
    """What a user wrote in the language of FTS5, where nothing of it can be an operator; what is longest comes first.

    Long words are rare, and what is rare leaves little to be looked for.
    """
    terms = []
    for phrase, word in re.findall(r'"([^"]*)"?|([^\s"]+)', words.encode("utf-8", "replace").decode()):
        if any(character.isalnum() for character in phrase or word):
            terms.append(f'"{_apart(phrase or word.rstrip("*")).strip()}"' + "*" * word.endswith("*"))
    return tuple(sorted(terms, key=len, reverse=True))
