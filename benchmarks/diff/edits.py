"""Makes edits whose truth is known: every word of the edited text knows which word of the old text it was.

An article is a list of paragraphs, a paragraph a list of `Word`s (cut at white space). What is edited is a whole unit:
a plain word, a number, a date, a name of two or three words; new words come from other articles. Units that
mean a number together with the next word ("3 million") are left alone, because where they end is a matter of taste.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
DATE = re.compile(rf"\b(?:{MONTHS}) \d{{1,2}}(?:, \d{{4}})?|\b\d{{1,2}} (?:{MONTHS})(?: \d{{4}})?")
MONTH = rf"(?:{MONTHS}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b)"
NUMBER = re.compile(r"\d(?:[\d.,:]*\d)?")
CAPITALISED = rf"(?!(?:{MONTHS})\b)[A-Z][a-z]{{2,}}"
NAME = re.compile(rf"(?<=[a-z,] ){CAPITALISED}(?: {CAPITALISED}){{1,2}}(?=[ ,.])")
UNIT = re.compile(
    r"(?:per cent|percent\w*|thousand|million|billion|trillion|bn|points?|dollars?|euros?|pounds?|cents|pence|yen|lb"
    r"|kph|[kcm]?m|[km]?g|kilom\w+|kilog\w+|met(?:re|er)s?|miles?|feet|foot|ft|inch(?:es)?|acres?|hectares?|tonnes?"
    r"|tons?|grams|mph|[kMG]Wh?|lit(?:re|er)s?|barrels|degrees?|[ap]\.?m|GMT|UTC|o'clock)\b|%"
)
STOP = re.compile(r"[a-z]{4}\.$")


@dataclass(frozen=True)
class Word:
    text: str
    origin: int | None
    """Its number among the old words, None when an edit brought it."""


Article = list[list[Word]]


def read(text: str) -> Article:
    """The paragraphs of a text, which are apart by line feeds."""
    count = iter(range(10**9))
    return [[Word(word, next(count)) for word in line.split()] for line in text.split("\n") if line.strip()]


def write(article: Article) -> str:
    return "\n".join(" ".join(word.text for word in paragraph) for paragraph in article)


class Editor:
    """Edits articles at random, with words, names and sentences of other articles."""

    def __init__(self, rng: random.Random, others: list[str]) -> None:
        self.rng = rng
        text = "\n".join(others)
        self.words = sorted({word for word in text.split() if re.fullmatch(r"[a-z]{3,12}", word)})
        self.names = sorted(set(NAME.findall(text)))
        sentences = re.findall(r"(?:^|(?<=[a-z]{3}\. ))[A-Z][^.!?\n]{40,160}[a-z]\.(?= |$)", text, re.M)
        self.sentences = sorted(set(sentences))
        self.paragraphs = [line for line in text.split("\n") if 25 <= len(line.split()) <= 80]

    def light(self, article: Article) -> Article:
        return self.some(article, 3)

    def heavy(self, article: Article) -> Article:
        return self.some(article, 20)

    def struct(self, article: Article) -> Article:
        """Two words, a paragraph moved, one split, one rewritten, one new."""
        article = [list(paragraph) for paragraph in article]
        for _ in range(2):
            self.swap_word(article)
        longest = max(range(len(article)), key=lambda at: len(article[at]))
        stops = [n for n, word in enumerate(article[longest][:-5], 1) if STOP.search(word.text) and n > 5]
        cut = self.rng.choice(stops) if stops else 0
        long = [at for at in range(len(article)) if at != longest and len(article[at]) > 15]
        rewritten = self.rng.choice(long or [0])
        if rewritten != longest:
            article[rewritten] = self.brought(self.rng.choice(self.paragraphs))
        if cut:
            article[longest : longest + 1] = [article[longest][:cut], article[longest][cut:]]
        moving = self.rng.randrange(len(article))
        if not cut or moving not in (longest, longest + 1):
            article.insert(self.rng.randrange(len(article)), article.pop(moving))
        article.insert(self.rng.randrange(len(article) + 1), self.brought(self.rng.choice(self.paragraphs)))
        return article

    def some(self, article: Article, count: int) -> Article:
        article = [list(paragraph) for paragraph in article]
        actions = [self.swap_word, self.swap_number, self.swap_date, self.swap_name, self.drop, self.add]
        actions += [self.add_sentence, self.drop_sentence]
        for action in self.rng.choices(actions, [6, 4, 3, 3, 2, 2, 1, 1], k=count):
            action(article)
        return article

    def brought(self, text: str) -> list[Word]:
        return [Word(word, None) for word in text.split()]

    def replace(
        self, article: Article, pattern: re.Pattern[str], new: Callable[[str], str], never_after: str = "$^"
    ) -> None:
        """Replace one match of a pattern that takes whole old words, but for marks around them."""
        places = []
        for paragraph in article:
            text = " ".join(word.text for word in paragraph)
            for match in pattern.finditer(text):
                first, last = text.count(" ", 0, match.start()), text.count(" ", 0, match.end())
                words = paragraph[first : last + 1]
                before, _, after = " ".join(word.text for word in words).partition(match[0])
                if re.search(rf"{never_after}\.? $", text[: match.start()]):
                    continue
                only_marks_around = not re.search(r"[^\s.,;:!?\"“”()]", before + after)
                if only_marks_around and all(word.origin is not None for word in words):
                    places.append((paragraph, first, last, before, match[0], after))
        if places:
            paragraph, first, last, before, old, after = self.rng.choice(places)
            if (text := new(old)) != old:
                paragraph[first : last + 1] = self.brought(before + text + after)

    def swap_word(self, article: Article) -> None:
        pattern = re.compile(rf"\b(?!{UNIT.pattern})[a-z]{{3,12}}\b")
        self.replace(article, pattern, lambda _: self.rng.choice(self.words))

    def swap_number(self, article: Article) -> None:
        pattern = re.compile(rf"(?<![\d,.] )\b{NUMBER.pattern}\b(?! ?(?:{UNIT.pattern}|{MONTH}|\d))")
        self.replace(article, pattern, lambda old: re.sub(r"\d", lambda _: str(self.rng.randint(1, 9)), old), MONTH)

    def swap_date(self, article: Article) -> None:
        def new(old: str) -> str:
            month, day = self.rng.choice(MONTHS.split("|")), self.rng.randint(1, 28)
            return f"{month} {day}, {self.rng.randint(1990, 2024)}" if "," in old else f"{month} {day}"

        self.replace(article, DATE, new)

    def swap_name(self, article: Article) -> None:
        def new(old: str) -> str:
            return self.rng.choice([name for name in self.names if not {*name.split()} & {*old.split()}])

        self.replace(article, NAME, new)

    def place(self, article: Article) -> tuple[list[Word], int]:
        """A word in the middle of a paragraph, with plain old words around."""
        for _ in range(50):
            paragraph = self.rng.choice(article)
            at = self.rng.randrange(len(paragraph) - 5) + 1 if len(paragraph) > 8 else 0
            if at and all(re.fullmatch("[a-z]+", word.text) and word.origin for word in paragraph[at - 1 : at + 5]):
                return paragraph, at
        return [], 0

    def drop(self, article: Article) -> None:
        paragraph, at = self.place(article)
        del paragraph[at : at + self.rng.randint(1, 3)]

    def add(self, article: Article) -> None:
        paragraph, at = self.place(article)
        if paragraph:
            paragraph[at:at] = self.brought(" ".join(self.rng.choices(self.words, k=self.rng.randint(1, 4))))

    def add_sentence(self, article: Article) -> None:
        paragraph = self.rng.choice(article)
        stops = [n for n, word in enumerate(paragraph, 1) if STOP.search(word.text)]
        if stops:
            at = self.rng.choice(stops)
            paragraph[at:at] = self.brought(self.rng.choice(self.sentences))

    def drop_sentence(self, article: Article) -> None:
        paragraph = self.rng.choice(article)
        stops = [0, *(n for n, word in enumerate(paragraph, 1) if STOP.search(word.text))]
        if len(stops) > 3:
            at = self.rng.randrange(len(stops) - 1)
            del paragraph[stops[at] : stops[at + 1]]
