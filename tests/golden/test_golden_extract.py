"""Each page here shows what the extractor must make of one kind of page; all pages, papers and people are invented.

To look at a change: delete the .json, run `python tests/golden/test_golden_extract.py`, and read the diff.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archiver.extract import as_record, extract

PAGES = sorted((Path(__file__).parent / "extract").glob("*.html"))


def read(page: Path) -> dict[str, object]:
    found = extract(page.read_bytes(), url=f"https://paper.example/news/{page.stem}")
    record = as_record(found.article, problem=found.problem, warnings=found.warnings)
    record["blocks"] = [[block.kind.value, block.text] for block in found.article.body]
    return record


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_is_read_as_agreed(page: Path):
    assert read(page) == json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))


if __name__ == "__main__":
    for page in PAGES:
        if not page.with_suffix(".json").exists():
            text = json.dumps(read(page), ensure_ascii=False, indent=1)
            page.with_suffix(".json").write_text(text + "\n", encoding="utf-8")
