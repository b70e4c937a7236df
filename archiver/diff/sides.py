"""One state of a text, with what the reading of its parts needs to know: quotations, names, moments, amounts.

What needs a language's words takes them from its `Lexicon`; digits, capitals and quotation marks need none.
"""

from __future__ import annotations

import re
from bisect import bisect_right, insort
from collections.abc import Collection, Iterable, Sequence
from functools import cache, cached_property
from operator import itemgetter

from archiver.diff.amounts import Amount, value_of
from archiver.diff.lexicon import Lexicon
from archiver.diff.speech import sources_in
from archiver.diff.tokens import Token, fold, sentences, tokenise


class Side:
    """One state of a text, with what the reading of its parts needs to know of the whole."""

    def __init__(self, text: str, words: Lexicon, names: Collection[str] = ()) -> None:
        self.text = text
        self.words = words
        self.contents: dict[tuple[int, ...], frozenset[str]] = {}
        """What `signals` has found in stretches, by the places of their tokens."""
        self._names = names
        """Folded words that are parts of names elsewhere in the article."""
        self._amounts: dict[tuple[str, str], Amount | None] = {}
        self._sources: dict[tuple[int, int], list[tuple[int, int]]] = {}
        self._moments: dict[tuple[int, int], list[tuple[int, int]]] = {}

    @cached_property
    def _quoted(self) -> list[tuple[int, int]]:
        return quotations(self.text)

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        """Start and end of every sentence."""
        return sentences(self.text)

    def _sentence_at(self, at: int) -> tuple[int, int]:
        number = bisect_right(self.sentences, at, key=itemgetter(0)) - 1
        return self.sentences[number] if number >= 0 else (0, 0)

    def _sources_at(self, at: int) -> list[tuple[int, int]]:
        """The stretches that name a source in the sentence of a place; only sentences that changed are read."""
        bounds = self._sentence_at(at)
        if bounds not in self._sources:
            self._sources[bounds] = sources_in(self.text, *bounds, self.words)
        return self._sources[bounds]

    def _moments_at(self, at: int) -> list[tuple[int, int]]:
        """The dates and times of several words in the sentence of a place."""
        bounds = self._sentence_at(at)
        if bounds not in self._moments:
            self._moments[bounds] = [match.span() for match in _moments(self.words).finditer(self.text, *bounds)]
        return self._moments[bounds]

    @cached_property
    def _starts(self) -> set[int]:
        """Where sentences begin with a letter or digit."""
        return {_first_letter(self.text, start) for start, _ in self.sentences}

    def is_quoted(self, token: Token) -> bool:
        """Whether the token is a word inside quotation marks."""
        return bool(self._quoted) and is_word(token) and _holds(self._quoted, token.start)

    def names_source(self, token: Token) -> bool:
        """Whether the token belongs to the naming of who says it."""
        return _holds(self._sources_at(token.start), token.start) and not self.is_moment(token)

    def is_name(self, token: Token) -> bool:
        """Whether the token is a capitalised word that is capitalised for itself, or the number of a street."""
        if token.kind == "number":
            return self._is_numbered_way(token)
        word = self.text[token.start : token.end]
        if token.kind != "name" or self.is_moment(token):
            return False
        if self._is_title(word) and not self._ends_name(token) and not self._names_way(token):
            return False
        if self._is_demonym(token, word):
            return False
        if token.key in self.words.stopwords or word in self.words.units:
            return False
        if token.start not in self._starts and not self.words.nouns_are_capitalised:
            return True
        if word in self.words.given_names and self.word_after(token.end)[:1].isupper():
            return True
        if self.words.nouns_are_capitalised and self._is_place(token):
            return True
        words = self.words
        if any(token.key in group for group in (words.attributions, words.hedges, words.negations, words.modals)):
            return False
        if token.key in words.numbers or token.key in words.quantities:
            return False
        return token.key in self._names or self._is_beside_capital(token)

    def is_noun(self, token: Token) -> bool:
        """Whether a capital inside a sentence makes a noun, where a language writes nouns so."""
        return self.words.nouns_are_capitalised and token.kind == "name" and token.start not in self._starts

    def _is_title(self, word: str) -> bool:
        """Whether a word is a title or ends in one: "Under-Secretary"."""
        return word in self.words.titles or word.rpartition("-")[2] in self.words.titles

    def _is_demonym(self, token: Token, word: str) -> bool:
        """Whether a word that stands in no row of names is that of a people, a language or a faith."""
        if word not in self.words.demonyms and not token.key.endswith(_OF_A_PEOPLE):
            return False
        before = self.word_before(token.start)
        if self.word_after(token.end)[:1].isupper():
            return False
        is_capital = before[:1].isupper() and token.start not in self._starts
        return not is_capital or before in self.words.titles or fold(before) in self.words.stopwords

    def _is_place(self, token: Token) -> bool:
        """Whether a word without an article ends as places do: "vor Norderhaken"."""
        before = fold(self.word_before(token.start)).strip(_OPENERS)
        return before in self.words.before_names and token.key.endswith(tuple(self.words.place_endings))

    def _ends_name(self, token: Token) -> bool:
        """Whether a word that may be a title stands at the end of a name: "Morwen Bishop"."""
        before = self.word_before(token.start)
        is_part = before.isalpha() and before[0].isupper() and before not in self.words.titles
        return is_part and fold(before) not in self.words.stopwords and not self.word_after(token.end)[:1].isupper()

    def _names_way(self, token: Token) -> bool:
        """Whether a word that may be a title names a street: "King Street"."""
        return self.word_after(token.end) in self.words.ways

    def _is_numbered_way(self, token: Token) -> bool:
        """Whether the number is part of a name: "Route 9", "Kreisstraße 19"."""
        before = self.word_before(token.start).strip(_OPENERS)
        if not before[:1].isupper() or not token.key.isdigit():
            return False
        return before in self.words.ways or fold(before).endswith(tuple(self.words.ways))

    def _is_beside_capital(self, token: Token) -> bool:
        """Where a capital alone says nothing: whether another capitalised word or a title stands next to the token."""
        if re.match(r" [^\W\d_a-zß-öø-ÿ]", self.text[token.end : token.end + 2]):
            return True
        start = self.text.rfind(" ", 0, max(0, token.start - 1)) + 1
        previous = self.text[start : token.start - 1].strip(_OPENERS) if token.start else ""
        if previous in self.words.titles:
            return True
        if not (previous.isalpha() and previous[0].isupper()) or fold(previous) in self.words.stopwords:
            return False
        if previous in self.words.given_names:
            return True
        return _first_letter(self.text, start) not in self._starts or not fold(previous).endswith(_ADJECTIVES)

    def is_lone_name(self, token: Token) -> bool:
        """Whether a capitalised word that stands alone, before a verb or after a preposition, is rather a name.

        Asked only of a word that came in the place of one nearly the same.
        """
        if token.kind != "name" or token.key in self.words.stopwords or _COMMON_NOUN.search(token.key):
            return False
        if token.start in self._starts:
            following = fold(self.word_after(token.end))
            if following in ("'s", "’s"):
                return True
            return self._is_verb(following) or following.endswith(tuple(self.words.past_endings))
        before = fold(self.word_before(token.start))
        return before in self.words.before_names or self._is_verb(before) or self._is_landform(token)

    def _is_landform(self, token: Token) -> bool:
        """Whether a word ends as lakes, hills and streets do, which an article may stand before: "am Riedberg"."""
        return len(token.key) > _FEW_LETTERS and token.key.removesuffix("s").endswith(tuple(self.words.landforms))

    def _is_verb(self, word: str) -> bool:
        if word in self.words.auxiliaries:
            return True
        return word not in self.words.stopwords and (word in self.words.sayings or word in self.words.forms)

    def is_moment(self, token: Token) -> bool:
        """Whether the token is a date, a time of day, a day, a month or a year, or a word that points to one."""
        if token.kind == "time":
            return self._is_clock(token)
        if token.kind == "date" or _holds(self._moments_at(token.start), token.start):
            return True
        if token.key in self.words.days:
            return token.kind != "name" or not self._is_surname(token)
        if token.kind == "number":
            if _YEAR.fullmatch(token.key) is not None:
                before = fold(self.word_before(token.start)).strip(_OPENERS)
                noun = self.noun_after(token.end)
                is_noun = noun[:1].isupper() if self.words.nouns_are_capitalised else bool(noun)
                return before in self.words.before_years or not is_noun
            return _DECADE.match(token.key) is not None or self._is_of_calendar(token)
        if token.kind == "name" and self.text[token.start : token.end] in self.words.months:
            return True
        return token.key in self.words.when and self._points_to_time(token)

    def _is_surname(self, token: Token) -> bool:
        """Whether a day or season follows a capitalised word that is none: "Gracia Winter"."""
        before = self.word_before(token.start)
        key = fold(before)
        if not (before.isalpha() and before[0].isupper()) or token.key.endswith(("day", "tag")):
            return False
        return not (key in self.words.days or key in self.words.when or key in self.words.stopwords)

    def _is_clock(self, token: Token) -> bool:
        """Whether 7:11 is a time of day and no score and no stretch of time."""
        if not _BARE_CLOCK.fullmatch(token.key):
            return not token.key[-1].isdigit() or token.key.count(":") < 2
        if token.key.startswith("0") or fold(self.word_before(token.start)) in self.words.clock_before:
            return True
        return self.word_before(token.start) == ""

    def _is_of_calendar(self, token: Token) -> bool:
        """Whether a number counts a day or a century: "the 14th of", "on the 9th", "the 15th century", "2. Advent"."""
        if not _ORDINAL.match(self.text[token.start : token.end + 1]):
            return False
        following = re.match(r"(?:-|\.? )([^\W\d_]+)", self.text[token.end : token.end + 20])
        if following is not None:
            return fold(following[1]) in self.words.calendar
        return token.key.isalnum() and not token.key.isdigit() and fold(self.word_before(token.start)) == "the"

    def _points_to_time(self, token: Token) -> bool:
        """Whether a stretch of time stands right beside a word: "last week", "early on Tuesday", "two days later"."""
        tokens = tokenise(self.text, token.end, min(len(self.text), token.end + 24))[:2]
        if tokens and tokens[0].kind in ("number", "date") and self.is_moment(tokens[0]):
            return True
        after = [word.key for word in tokens]
        if after and (after[0] in self.words.periods or self._is_month(after[0])):
            return True
        if len(after) == 2 and after[0] in self.words.relations and after[1] in self.words.days:
            return True
        return fold(self.word_before(token.start)) in self.words.periods

    def _is_month(self, word: str) -> bool:
        return word.capitalize() in self.words.months

    def is_quotation_mark(self, token: Token) -> bool:
        """Whether the token opens or closes a quotation; an apostrophe does not."""
        if self.text[token.start] not in "'’‘‚":
            return token.kind == "quote"
        return any(token.end == start or token.start == end for start, end in self._quoted)

    def quotation_at(self, mark: Token) -> tuple[str, str]:
        """The quotation that a mark opens or closes, with its marks and without."""
        for start, end in self._quoted:
            if mark.end == start or mark.start == end:
                return self.text[start - 1 : end + 1], self.text[start:end]
        return self.text[mark.start : mark.end], ""

    def is_repeated(self, token: Token) -> bool:
        """Whether the word right before or after is the same."""
        after = re.match(r" (\w+)", self.text[token.end : token.end + 40])
        return token.key.isalpha() and token.key in (fold(self.word_before(token.start)), after and fold(after[1]))

    def amount(self, token: Token) -> Amount | None:
        """The value of a number, in digits or words, and its unit; None of what is no number."""
        asked = token.kind, token.key
        if asked not in self._amounts:
            self._amounts[asked] = self._amount(token)
        return self._amounts[asked]

    def _amount(self, token: Token) -> Amount | None:
        if token.kind == "number":
            return value_of(token)
        if token.kind == "time":
            return None, token.key
        if token.key in self.words.numbers:
            return float(self.words.numbers[token.key]), ""
        if token.kind in ("word", "name") and (value := self._spelt_out(token.key)):
            return value, ""
        if token.kind in ("word", "name", "plain") and (found := self._counted(token.key)):
            return found
        return (None, token.key) if token.key in self.words.quantities else None

    def _counted(self, word: str) -> Amount | None:
        """What a word counts that holds a number: "three-year-old", "mother-of-two", "vierköpfig", "dreistündige"."""
        parts = word.split("-")
        numbers = [part for part in parts if self.words.numbers.get(part, 1) != 1]
        if len(numbers) == 1 < len(parts):
            return float(self.words.numbers[numbers[0]]), "-".join(part for part in parts if part != numbers[0])
        for ending in self.words.counted:
            number, _, _ = word.partition(ending)
            if number != word and number in self.words.numbers:
                return float(self.words.numbers[number]), ending
        return None

    def _spelt_out(self, word: str) -> float | None:
        """What "eighty-four", "zweiundzwanzig" or "fünfhundert" says; None of a word that is no number."""
        numbers = self.words.numbers
        tens, _, ones = word.partition("-")
        if tens in numbers and ones in numbers and numbers[tens] >= 20 > numbers[ones]:
            return float(numbers[tens] + numbers[ones])
        ones, glue, tens = word.partition("und")
        if glue and numbers.get(tens, 0) in range(20, 100) and (ones in numbers or ones == "ein"):
            return float(numbers.get(ones, 1) + numbers[tens])
        for scale in ("hundert", "tausend"):
            few, glue, rest = word.partition(scale)
            if glue and not rest and scale in numbers and few in numbers:
                return float(numbers[few] * numbers[scale])
        return None

    def around(self, start: int, end: int) -> str:
        """A stretch with the words that it stands between."""
        return self.text[self.text.rfind(" ", 0, max(0, start)) + 1 : (self.text + " ").find(" ", end + 1)].strip()

    def word_after(self, at: int) -> str:
        """The word that begins after a place."""
        return self.text[at : at + 60].lstrip().partition(" ")[0].rstrip(".,;:!?")

    def is_before_time(self, token: Token) -> bool:
        """Whether a date, a time or a bare number follows: "before eight", "after Monday"."""
        following = tokenise(self.text, token.end, min(len(self.text), token.end + 30))
        return bool(following) and (self.is_moment(following[0]) or self.amount(following[0]) is not None)

    def is_before_amount(self, token: Token) -> bool:
        """Whether a number follows: "some 300", "about half"."""
        following = tokenise(self.text, token.end, min(len(self.text), token.end + 30))[:2]
        if len(following) == 2 and following[0].key in self.words.articles and following[1].key in self.words.periods:
            return True  # "about an hour"
        return any(self.amount(it) is not None and not self.is_moment(it) for it in following)

    def word_before(self, at: int) -> str:
        """The word that ends before a place, to show a lone word beside it."""
        return self.text[max(0, at - _LONGEST) : at].rstrip().rpartition(" ")[2]

    def noun_after(self, at: int) -> str:
        """What a number counts: the next word, unless it is too common to be a noun or has an odd capital."""
        match = re.match(r" ([^\W\d_]{3,})", self.text[at : at + 40])
        if match is None or fold(match[1]) in self.words.stopwords:
            return ""
        return match[1] if match[1].islower() or self.words.nouns_are_capitalised else ""


_LONGEST = 80
"""Characters of a word; no more is looked through where there are no spaces."""
_OPENERS = "\"'“”„‟«»‘’‚‹›(["
_CLOSERS = {"“": "”", "„": "“”", "”": "”", '"': '"', "«": "»", "»": "«", "「": "」", "『": "』"}
_SINGLE = re.compile(
    r"(?<!\w)(?:'(?!(?:em|tis|twas|til|cause|n)\b|\d0s)(?=\w)(?:[^'\n]|(?<=\w)'(?=\w)){2,400}?(?<=\S)'(?!\w)|‘(?=\w)[^‘\n]{2,400}?(?<=\S)’(?!\w)|‚(?=\w)[^‚\n]{2,400}?(?<=\S)[‘’](?!\w)|›[^›‹\n]{2,400}‹)"
)
_COMMON_NOUN = re.compile(
    r"(?:ung|ungen|heit|keit|keiten|schaft|tion|tionen|tät|nis|tum|ismus|haft|ment|ern|innen"
    r"|sion|sionen|tur|thek|ness|ility|ology|amt|haus|fall)$"
)
_FEW_LETTERS = 6
"""Letters of a word up to which a landform at its end is most of it."""
_OF_A_PEOPLE = ("ish", "ese")
_ADJECTIVES = ("e", "en", "er", "es", "em", "s", "ed", "ing", "al", "ly", "ive", "ic")
_DECADE = re.compile(r"(?:1\d|20)\d0(?:s|er)\b|\d0er[ -]jahr")
_BARE_CLOCK = re.compile(r"\d{1,2}:\d{2}")
_ORDINAL = re.compile(r"\d{1,2}(?:st|nd|rd|th|\.)")
_YEAR = re.compile(r"(?:1[6-9]|20)\d\d")
_MARK = re.compile(f"[{''.join({*_CLOSERS, *_CLOSERS.values()})}]")


def names_in(texts: Iterable[str], words: Lexicon) -> frozenset[str]:
    """The last words of names of two words and more, which stand alone elsewhere: "Sandrock" of "Ludolf Sandrock"."""
    no_names = words.days | words.when | words.stopwords | {fold(word) for word in (*words.titles, *words.months)}
    found = {fold(row[2]) for text in texts for row in _ROW.finditer(text) if fold(row[1]) not in no_names}
    return frozenset(found - no_names)


_ROW = re.compile(
    r"(?<=[a-zß-öø-ÿ,] )([^\W\d_a-zß-öø-ÿ][\w'’-]+) (?:[^\W\d_a-zß-öø-ÿ][\w'’-]+ )*([^\W\d_a-zß-öø-ÿ][\w’-]+)"
)


@cache
def _moments(words: Lexicon) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(words.moments)) or '(?!)'})")


def _first_letter(text: str, start: int) -> int:
    while start < len(text) and not text[start].isalnum():
        start += 1
    return start


def quotations(text: str) -> list[tuple[int, int]]:
    """The stretches inside quotation marks, single ones too.

    A double one left open runs to the end, as over several paragraphs.
    """
    stretches = []
    start, closers = -1, ""
    for mark in _MARK.finditer(text):
        if start >= 0 and mark[0] in closers:
            stretches.append((start, mark.start()))
            start = -1
        elif start < 0 and mark[0] in _CLOSERS:
            start, closers = mark.end(), _CLOSERS[mark[0]]
    if start >= 0:
        stretches.append((start, len(text)))
    for single in _SINGLE.finditer(text):
        if not _holds(stretches, single.start()):
            insort(stretches, (single.start() + 1, single.end() - 1))
    return stretches


def _holds(stretches: Sequence[tuple[int, int]], at: int) -> bool:
    """Whether a place lies in one of these stretches, which are in order and do not overlap."""
    before = bisect_right(stretches, at, key=itemgetter(0)) - 1
    return before >= 0 and at < stretches[before][1]


def is_word(token: Token) -> bool:
    """Whether the token is no mark."""
    return token.kind not in ("mark", "quote")
