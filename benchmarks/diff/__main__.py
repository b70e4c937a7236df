"""How well the changed words of an article are marked, beside others: python -m benchmarks.diff PAGES.jsonl

PAGES holds a line of JSON per article with `texts`, a list of which the first is its text with blank lines between
paragraphs (or set ARCHIVER_PAGES). Three suites of seeded edits: light (3), heavy (20) and struct (words swapped, a
paragraph moved, one split, one rewritten, one new). F1 of the words marked against the words truly edited, on both
sides; marked words per edited word; numbers, dates and names of which only a part is marked though an edit took all
or nothing of them; CPU per article. All engines see the same articles.
"""

import argparse
import json
import os
import random
import re
import resource
import sys
from pathlib import Path

from benchmarks.diff.edits import DATE, NAME, NUMBER, Article, Editor, read, write
from benchmarks.diff.engines import ENGINES

UNITS = tuple(re.compile(pattern) for pattern in (DATE.pattern, rf"{NUMBER.pattern}", NAME.pattern))


def main() -> None:
    options = argparse.ArgumentParser(prog="benchmarks.diff", description=__doc__)
    options.add_argument("pages", type=Path, nargs="?", default=os.environ.get("ARCHIVER_PAGES"))
    options.add_argument("--articles", type=int, default=120)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--engine", action="append", choices=ENGINES)
    options.add_argument("--misses", action="store_true", help="print what our engine marked wrongly")
    wanted = options.parse_args()
    if wanted.pages is None:
        options.error("no PAGES and no ARCHIVER_PAGES")
    texts = articles(wanted.pages)[: wanted.articles]
    print(f"{len(texts)} articles, seed {wanted.seed}, Python {sys.version.split()[0]}\n")
    for suite in ("light", "heavy", "struct"):
        cases = make(suite, texts, wanted.seed)
        print(f"{suite:30}     F1  marked/true    cut   ms CPU")
        for name in wanted.engine or ENGINES:
            try:
                print(f"  {name:28} {measure(name, cases, show=wanted.misses)}")
            except ModuleNotFoundError as error:
                print(f"  {name:28} not installed ({error.name})")
        print()


def articles(pages: Path) -> list[str]:
    """The texts of 300 to 2,000 words in at least eight paragraphs, one paragraph per line."""
    found = []
    for line in pages.read_text("utf-8").splitlines():
        text = next(iter(json.loads(line).get("texts") or [""]), "") or ""
        paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]
        if 300 <= len(text.split()) <= 2000 and len(paragraphs) >= 8:
            found.append("\n".join(paragraphs))
    return found


def make(suite: str, texts: list[str], seed: int) -> list[tuple[str, Article]]:
    """Pairs of an old text and its edited article."""
    cases = []
    for number, text in enumerate(texts):
        rng = random.Random(f"{suite} {seed} {number}")
        editor = Editor(rng, rng.sample(texts[:number] + texts[number + 1 :], min(12, len(texts) - 1)))
        cases.append((text, getattr(editor, suite)(read(text))))
    return cases


def measure(name: str, cases: list[tuple[str, Article]], *, show: bool) -> str:
    engine = ENGINES[name]
    engine("Warm up.", "Warmed up.")
    right = marked = true = cut = 0
    started = cpu()
    results = [engine(old, write(new)) for old, new in cases]
    spent = cpu() - started
    for (old, new), masks in zip(cases, results, strict=True):
        truth = truth_of(old, new)
        for text, mask, edited in zip((old, write(new)), masks(), truth, strict=True):
            found = words_marked(text, mask)
            right, marked, true = right + len(found & edited), marked + len(found), true + len(edited)
            cut += len(units_cut(text, mask, edited))
            if show and name == "archiver" and (found != edited):
                words = text.split()
                print("    too many:", " ".join(words[at] for at in sorted(found - edited)))
                print("    missed:  ", " ".join(words[at] for at in sorted(edited - found)))
    score = 2 * right / (marked + true)
    return f"{score:6.4f}  {marked / true:11.3f} {cut:6}  {1000 * spent / len(cases):7.2f}"


def cpu() -> float:
    """Seconds of CPU so far, of this process and its children."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def truth_of(old: str, new: Article) -> tuple[set[int], set[int]]:
    """The numbers of the words that an edit removed from the old text or brought into the new one."""
    words = [word for paragraph in new for word in paragraph]
    gone = set(range(len(old.split()))) - {word.origin for word in words}
    return gone, {at for at, word in enumerate(words) if word.origin is None}


def words_marked(text: str, mask: bytearray) -> set[int]:
    """The numbers of the words of which a letter or digit is marked; of a mark alone, the mark."""
    found = set()
    for number, match in enumerate(re.finditer(r"\S+", text)):
        start, end = match.span()
        if any(mask[start:end]):
            letters = [at for at in range(start, end) if text[at].isalnum()] or range(start, end)
            if any(mask[at] for at in letters):
                found.add(number)
    return found


def units_cut(text: str, mask: bytearray, edited: set[int]) -> list[str]:
    """The numbers, dates and names of which a part is marked, where the edit took all or nothing."""
    cut = []
    for pattern in UNITS:
        for match in pattern.finditer(text):
            first, last = len(text[: match.start()].split()), len(text[: match.end()].split())
            first -= match.start() > 0 and not text[match.start() - 1].isspace()
            truly = [at in edited for at in range(first, last)]
            letters = [mask[at] for at in range(*match.span()) if text[at].isalnum()]
            if any(letters) and not all(letters) and (all(truly) or not any(truly)):
                cut.append(match[0])
    return cut


if __name__ == "__main__":
    main()
