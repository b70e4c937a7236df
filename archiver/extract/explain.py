"""Tell why an article came out as it did. Takes a reading, gives plain values for a terminal or for JSON; pure.

{"url_of_recipe", "problem", "warnings",
"headlines": [{"origin", "text", "chosen"}],
"dates": [{"field", "origin", "text", "value"}],
"containers": [{"path", "score", "chosen"}],          the boxes that weighed most, best first
"blocks": [{"index", "path", "words", "linked", "kept", "reason", "text"}]}   every block of the page, in order
"""

from __future__ import annotations

from archiver.extract.blocks import Box
from archiver.extract.reading import Reading
from archiver.model import PageDate
from archiver.recipes import Recipe

_PATH = 4


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
    return [(name, date) for name, date in found if date is not None]


def _date(name: str, date: PageDate) -> dict[str, str]:
    return {"field": name, "origin": date.origin, "text": date.text, "value": date.iso}


def _blocks(reading: Reading) -> list[dict[str, object]]:
    verdicts = {verdict.candidate.index: verdict for verdict in reading.body.verdicts}
    rows: list[dict[str, object]] = []
    for candidate in reading.layout.candidates:
        verdict = verdicts.get(candidate.index)
        rows.append(
            {
                "index": candidate.index,
                "path": path_of(candidate.box),
                "words": candidate.words,
                "linked": candidate.linked,
                "kept": verdict is not None and verdict.kept,
                "reason": verdict.reason if verdict else "outside the article",
                "text": candidate.text,
            }
        )
    return rows
