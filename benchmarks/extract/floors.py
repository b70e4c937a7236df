"""Hold the extractor to what it has reached: means and worst tenths per corpus, and the pages that miss, by name.

    python benchmarks/extract/floors.py FOLDER             # compare; exit 1 where a floor is broken
    python benchmarks/extract/floors.py FOLDER --pin       # write floors.json and misses.json anew

FOLDER holds pages.jsonl, one page a line ("corpus", "key", "url", "file", and any of "texts", "segments", "title",
"authors", "published", "modified"), and the gzip-compressed pages that it names. The pages are other people's and stay
outside this repository; so do their texts: floors and names of pages are all that is kept here.

Text is scored by shingles of four words against the truth that fits best. Half of the pages, chosen by a hash of their
key, were tuned on from the first ("tuned"); the others were looked at late ("held-out") and are unseen no longer.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import statistics
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from archiver.extract import as_record, extract

HERE = Path(__file__).parent
SLACK = 0.002
WORDS = re.compile(r"\w+")


def shingles(text: str, size: int) -> Counter[tuple[str, ...]]:
    found = WORDS.findall(text)
    return Counter(tuple(found[n : n + size]) for n in range(max(1, len(found) - size + 1))) if found else Counter()


def overlap(truth: str, text: str) -> tuple[float, float]:
    """Precision and recall."""
    want, have = shingles(truth, 4), shingles(text, 4)
    both = (want & have).total()
    return both / max(1, have.total()), both / max(1, want.total())


def lines_of(truth: str) -> list[tuple[str, ...]]:
    return [words for line in truth.splitlines() if len(words := tuple(WORDS.findall(line))) >= 8]


def plain(text: str) -> str:
    return " ".join(WORDS.findall(unicodedata.normalize("NFKC", text).casefold()))


def people(names: list[str]) -> set[str]:
    parts = (part for name in names for part in re.split(r"[;,/|&]|\b(?:und|and|y|et)\b", name))
    return {folded for part in parts if (folded := plain(part))}


def scores(page: dict, record: dict) -> Iterator[tuple[str, float]]:
    """Every measure that the page has a truth for, 0 to 1."""
    text = record["text"]
    if page.get("texts"):
        precision, recall = max((overlap(truth, text) for truth in page["texts"]), key=sum)
        yield from (("precision", precision), ("recall", recall))
        truth = page["texts"][-1]
        if want := lines_of(truth):
            have = Counter(tuple(WORDS.findall(line)) for line in text.splitlines())
            yield "paragraphs", (Counter(want) & have).total() / len(want)
            last = shingles(" ".join(want[-1]), 3)
            yield "last paragraph", float((last & shingles(text, 3)).total() * 2 >= last.total())
    if page.get("segments"):
        squeezed = " ".join(text.split())
        wanted, unwanted = page["segments"]
        yield from (("segments kept", float(" ".join(part.split()) in squeezed)) for part in wanted)
        yield from (("segments left out", float(" ".join(part.split()) not in squeezed)) for part in unwanted)
    if page.get("title"):
        yield "title", float(plain(page["title"]) == plain(record["title"]))
        variants = [record["title"], *(variant["text"] for variant in record["variants"])]
        yield "title among variants", float(plain(page["title"]) in map(plain, variants))
    if page.get("authors"):
        want, have = people(page["authors"]), people(record["authors"])
        yield "authors", 2 * len(want & have) / max(1, len(want) + len(have))
    for name in ("published", "modified"):
        if page.get(name):
            yield name, float(str(record[f"date_{name}"])[:10] in page[name])


def measure(folder: Path) -> tuple[dict[str, dict[str, float]], dict[str, list[str]]]:
    """Mean and worst tenth of each measure, by corpus and half; and the pages that miss, by measure."""
    values: defaultdict[str, defaultdict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    misses: defaultdict[str, list[str]] = defaultdict(list)
    for line in (folder / "pages.jsonl").read_text(encoding="utf-8").splitlines():
        page = json.loads(line)
        html = gzip.decompress((folder / page["file"]).read_bytes())
        record = as_record(extract(html, url=page["url"]).article)
        half = ("tuned", "held-out")[int(hashlib.sha256(page["key"].encode()).hexdigest(), 16) % 2]
        for name, value in scores(page, record):
            values[f"{page['corpus']} {half}"][name].append(value)
            if value < 0.9:
                misses[f"{page['corpus']} {name}"].append(page["key"])
    means = {
        group: {
            **{name: round(statistics.fmean(found), 4) for name, found in measures.items()},
            **{
                f"{name}, worst tenth": round(statistics.fmean(sorted(found)[: max(1, len(found) // 10)]), 4)
                for name, found in measures.items()
                if name in ("precision", "recall", "paragraphs")
            },
        }
        for group, measures in sorted(values.items())
    }
    return means, {name: sorted(set(keys)) for name, keys in sorted(misses.items())}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pin", action="store_true", help="take what is measured now as the floors")
    options = parser.parse_args()
    means, misses = measure(options.folder)
    if options.pin:
        (HERE / "floors.json").write_text(json.dumps(means, indent=1) + "\n", encoding="utf-8")
        (HERE / "misses.json").write_text(json.dumps(misses, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    floors = json.loads((HERE / "floors.json").read_text(encoding="utf-8"))
    broken = 0
    for group, measures in floors.items():
        for name, floor in measures.items():
            now = means.get(group, {}).get(name, 0.0)
            fell = now < floor - SLACK
            broken += fell
            print(f"{group:24} {name:26} {now:.4f}  floor {floor:.4f}{'  BROKEN' if fell else ''}")
    return min(broken, 1)


if __name__ == "__main__":
    sys.exit(main())
