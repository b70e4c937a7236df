"""Tell why an article came out as it did. Takes a reading, gives plain values for a terminal or for JSON; pure.

{"recipe", "problem", "warnings", "headline",
"headlines": [{"origin", "text", "chosen"}],
"standfirst", "byline": {"text", "names"} or None,
"dates": [{"field", "origin", "text", "value"}],      those of the article first, then those that are not it
"containers": [{"path", "score", "chosen"}],          the boxes that weighed most, best first
"blocks": [{"index", "path", "words", "linked", "kept", "reason", "text"}]}   every block of the page, in order
"""

from __future__ import annotations

from archiver.extract.blocks import Box, Candidate
from archiver.extract.body import Verdict
from archiver.extract.reading import Reading
from archiver.extract.stamps import seen_dates
from archiver.model import PageDate
from archiver.recipes import Recipe

_PATH = 4
_NEAR = 8
"""Blocks around the article whose dates may be taken for its own."""


def explain_reading(reading: Reading, recipe: Recipe | None) -> dict[str, object]:
    """The findings behind one extraction."""
    article = reading.extraction.article
    return {
        "recipe": _recipe(recipe),
        "problem": reading.extraction.problem,
        "warnings": list(reading.extraction.warnings),
        "headline": article.headline,
        "headlines": [
            {"origin": variant.origin, "text": variant.text, "chosen": variant.text == article.headline}
            for variant in article.variants
        ],
        "standfirst": article.standfirst,
        "byline": {"text": article.byline.text, "names": list(article.byline.names)} if article.byline else None,
        "dates": [_date(name, date) for name, date in _dates(reading)],
        "containers": [
            {"path": path_of(box), "score": round(score, 1), "chosen": box is reading.body.region.core}
            for box, score in reading.body.region.rivals
        ],
        "blocks": _blocks(reading),
    }


def path_of(box: Box | None) -> str:
    """Where a box stands, as a selector of its nearest names: "article > div.story > p"."""
    names: list[str] = []
    while box is not None and box.tag and len(names) < _PATH:
        names.append(".".join([box.tag, *box.name.split()[:2]]))
        box = box.parent
    return " > ".join(reversed(names))


def _recipe(recipe: Recipe | None) -> dict[str, str] | None:
    if recipe is None:
        return None
    return {"host": recipe.host, "valid_until": recipe.valid_until.isoformat() if recipe.valid_until else ""}


def _dates(reading: Reading) -> list[tuple[str, PageDate]]:
    article, declared = reading.extraction.article, reading.declared
    found = [("published", article.published), ("modified", article.modified), ("site stamp", article.site_stamp)]
    found += [("stamp", date) for date in article.stamps]
    found += [("declared published", date) for date in declared.published]
    found += [("declared modified", date) for date in declared.modified]
    kept = [candidate.index for candidate in reading.body.kept]
    if kept:
        begin = min(kept[0], reading.headline.index if reading.headline else kept[0])
        around = range(max(0, begin - _NEAR), kept[-1] + _NEAR)
        seen = seen_dates(reading.layout, declared.language, around)
        found += [(f"seen {one.label}".strip(), one.date) for one in seen]
    return [(name, date) for name, date in found if date is not None]


def _date(name: str, date: PageDate) -> dict[str, str]:
    return {"field": name, "origin": date.origin, "text": date.text, "value": date.iso}


def _blocks(reading: Reading) -> list[dict[str, object]]:
    verdicts = {verdict.candidate.index: verdict for verdict in reading.body.verdicts}
    told = {text for block in reading.extraction.article.body for text in (block.text, *block.text.split(" | "))}
    rows: list[dict[str, object]] = []
    for candidate in reading.layout.candidates:
        verdict = verdicts.get(candidate.index)
        is_kept = verdict is not None and verdict.kept and candidate.text in told
        rows.append(
            {
                "index": candidate.index,
                "path": path_of(candidate.box),
                "words": candidate.words,
                "linked": candidate.linked,
                "kept": is_kept,
                "reason": _reason(reading, candidate, verdict, is_kept=is_kept),
                "text": candidate.text,
            }
        )
    return rows


def _reason(reading: Reading, candidate: Candidate, verdict: Verdict | None, *, is_kept: bool) -> str:
    """That of the verdict, or what became of a block after it."""
    article = reading.extraction.article
    if candidate is reading.headline:
        return "headline"
    if candidate.text == article.standfirst:
        return "standfirst"
    if verdict is None:
        return "outside the article"
    if not verdict.kept or is_kept:
        return verdict.reason
    is_byline = article.byline is not None and article.byline.text in candidate.text
    return "byline" if is_byline else "repeats the headline, or is about the author"
