"""How well changes are classified, against labels: python -m benchmarks.classify [tune|check] [--misses]

Takes the pairs of tune.jsonl or check.jsonl (README.md says what they hold), makes articles of both sides, compares and
classifies them, and sets what was found beside the labels. Prints precision and recall per class and what was taken
for what; exits 1 when a class is below its floor in floors.toml. Of the check set it shows figures alone.
"""

import argparse
import json
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from archiver.diff import classify, diff_articles
from archiver.model import Article, Block, BlockKind, Byline, Change, ChangeKind, Figure, Notice
from archiver.notices import kind_of

HERE = Path(__file__).parent
FIELDS = ("headline", "standfirst", "byline", "caption", "credit")
WHOLE = (ChangeKind.SENTENCE, ChangeKind.PARAGRAPH, ChangeKind.NOTICE)


class Mark(NamedTuple):
    """A change as the labels write it: its class and the words on both sides."""

    kind: str
    before: str
    after: str

    def shared(self, other: "Mark") -> float:
        """How much two marks speak of the same words: 0 for nothing; the share is 1 when they are the same."""
        if self[1:] == other[1:] or (self.kind == other.kind and self.kind.endswith("-moved")):
            return 1
        sides = list(zip(map(_tokens, self[1:]), map(_tokens, other[1:]), strict=True))
        common = sum((a & b).total() for a, b in sides)
        if not common and not all(any(map(str.isalnum, "".join(mark[1:]))) for mark in (self, other)):
            common = any(a and b and (a in b or b in a) for a, b in zip(self[1:], other[1:], strict=True))
        return common / max(1, sum((a | b).total() for a, b in sides))

    def holds(self, other: "Mark") -> bool:
        """Whether another mark is a part of this one."""
        return self.kind == other.kind and other.before in self.before and other.after in self.after


@dataclass
class Tally:
    """What was found of one set."""

    right: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    taken: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(label, what we said): "nothing" where one side has none."""

    def figures(self, kind: str) -> tuple[float, float]:
        """Precision and recall of a class."""
        right = self.right[kind]
        return right / max(1, right + self.wrong[kind]), right / max(1, right + self.missed[kind])


def main() -> int:
    options = argparse.ArgumentParser(prog="benchmarks.classify", description=__doc__)
    options.add_argument("name", nargs="?", metavar="set", choices=("tune", "check"), default="tune")
    options.add_argument("--misses", action="store_true", help="print what was classed wrongly, of tune alone")
    wanted = options.parse_args()
    tally = Tally()
    for line in (HERE / f"{wanted.name}.jsonl").read_text("utf-8").splitlines():
        pair = json.loads(line)
        labels = [Mark(label["class"], label["before"], label["after"]) for label in pair["labels"]]
        missed, wrong = judge(labels, list(found_in(pair)), tally)
        if wanted.misses and wanted.name == "tune" and (missed or wrong):
            show(pair, missed, wrong)
    report(tally)
    return below_floor(tally, wanted.name)


def found_in(pair: dict[str, Any]) -> Iterator[Mark]:
    """The changes of a pair, named as the labels name them. A field counts once, whatever changed in it."""
    seen = set()
    for change in classify(diff_articles(article(pair, 0), article(pair, 1))):
        before, after = change.before, change.after
        if change.field in (*FIELDS, "notice") and change.field not in seen:
            seen.add(change.field if change.field in FIELDS else "")
            if change.field in FIELDS:
                yield Mark(change.field, *pair["fields"][change.field])
            elif change.kind is ChangeKind.NOTICE:
                yield Mark(named(change), before, after)
        elif change.field == "body":
            yield Mark(named(change), before, after)


def named(change: Change) -> str:
    """The class of a change in the words of the labels."""
    if change.kind is ChangeKind.LAYOUT:
        lines = change.before.count("\n"), change.after.count("\n")
        return f"paragraph-{'split' if lines[0] < lines[1] else 'merged'}" if lines[0] != lines[1] else "layout"
    action = "deleted" if change.action == "removed" and change.kind is not ChangeKind.NOTICE else change.action
    return f"{change.kind}-{action}" if change.kind in WHOLE else change.kind.value


def article(pair: dict[str, Any], side: int) -> Article:
    """One side of a pair, with the notices that the extractor would find."""
    texts = pair["after" if side else "before"]
    fields = {name: values[side] for name, values in pair.get("fields", {}).items()}
    notices = ((kind_of(text), text) for text in texts)
    figure = Figure(caption=fields.get("caption", ""), credit=fields.get("credit", ""))
    return Article(
        headline=fields.get("headline", ""),
        standfirst=fields.get("standfirst", ""),
        byline=Byline(text=fields["byline"]) if fields.get("byline") else None,
        language=pair["language"],
        body=tuple(Block(kind=BlockKind.PARAGRAPH, text=text) for text in texts),
        figures=(figure,) if figure.line else (),
        notices=tuple(Notice(kind=kind, text=text) for kind, text in notices if kind),
    )


def judge(labels: list[Mark], found: list[Mark], tally: Tally) -> tuple[list[Mark], list[Mark]]:
    """Pair labels and findings of one class one to one, those with most words in common first; then what is left.

    A second finding within the words of a label that has its finding is a part of the same change, and no error.
    """
    scores = [(a.shared(b), -i, -j) for i, a in enumerate(labels) for j, b in enumerate(found) if a.kind == b.kind]
    missed, wrong = dict(enumerate(labels)), dict(enumerate(found))
    for score, i, j in sorted(scores, reverse=True):
        if score > 0 and -i in missed and -j in wrong:
            tally.right[missed.pop(-i).kind] += 1
            del wrong[-j]
    left = [mark for mark in wrong.values() if not any(label.holds(mark) for label in labels)]
    tally.missed.update(label.kind for label in missed.values())
    tally.wrong.update(mark.kind for mark in left)
    for label in missed.values():
        tally.taken[label.kind, _nearest(label, left)] += 1
    for mark in left:
        if _nearest(mark, list(missed.values())) == "nothing":
            tally.taken[
                _nearest(mark, labels) + "*" if _nearest(mark, labels) != "nothing" else "nothing", mark.kind
            ] += 1
    return list(missed.values()), left


def _nearest(mark: Mark, others: list[Mark]) -> str:
    """The class of the mark with most words in common."""
    best = max(others, key=mark.shared, default=mark)
    return best.kind if best is not mark and mark.shared(best) > 0 else "nothing"


def _tokens(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.casefold()))


def show(pair: dict[str, Any], missed: list[Mark], wrong: list[Mark]) -> None:
    print(pair["id"], *(f"  - {text}" for text in pair["before"]), *(f"  + {text}" for text in pair["after"]), sep="\n")
    for name, marks in (("missed", missed), ("wrong", wrong)):
        for mark in marks:
            print(f"      {name:7} {mark.kind}: {mark.before!r} → {mark.after!r}")


def report(tally: Tally) -> None:
    print(f"{'class':20} labels  found  precision  recall     F1")
    for kind in sorted({*tally.right, *tally.missed, *tally.wrong}):
        labels, found = tally.right[kind] + tally.missed[kind], tally.right[kind] + tally.wrong[kind]
        score = 2 * tally.right[kind] / (labels + found)
        precision, recall = tally.figures(kind)
        print(f"{kind:20} {labels:6} {found:6}  {precision:9.3f}  {recall:6.3f}  {score:5.3f}")
    right, missed, wrong = (counter.total() for counter in (tally.right, tally.missed, tally.wrong))
    print(f"{'all':20} {right + missed:6} {right + wrong:6}  {right / (right + wrong):9.3f}  ", end="")
    print(f"{right / (right + missed):6.3f}  {2 * right / (2 * right + missed + wrong):5.3f}")
    print("\nlabel → what we said, where they differ (* beside a label that was found)")
    for (label, said), count in sorted(tally.taken.items(), key=lambda item: (-item[1], item[0])):
        print(f"{count:4}  {label} → {said}")


def below_floor(tally: Tally, name: str) -> int:
    """1 when a class lost ground."""
    floors: dict[str, list[float]] = tomllib.loads((HERE / "floors.toml").read_text("utf-8")).get(name, {})
    lost = [(kind, floor) for kind, floor in floors.items() if any(map(float.__lt__, tally.figures(kind), floor))]
    for kind, floor in lost:
        print(f"{kind}: below its floor of {floor[0]} precision and {floor[1]} recall", file=sys.stderr)
    return bool(lost)


if __name__ == "__main__":
    sys.exit(main())
