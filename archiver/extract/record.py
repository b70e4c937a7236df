"""Give an article as one JSON object: the line that `archiver extract --jsonl` writes. Pure."""

from __future__ import annotations

from archiver.model import Article, BlockKind, PageDate


def as_record(article: Article, *, problem: str = "", warnings: tuple[str, ...] = ()) -> dict[str, object]:
    """The fields of an article under plain names; dates are ISO 8601 as precise as the page.

    `text` is what a reader reads from top to bottom: the standfirst, then the body without captions, one block a line.

    `date_modified` is what the page declares, else the article's latest stamp, else the site's.
    """
    modified = article.modified or _latest(article.stamps) or article.site_stamp
    return {
        "title": article.headline,
        "variants": [{"origin": variant.origin, "text": variant.text} for variant in article.variants],
        "standfirst": article.standfirst,
        "authors": list(article.byline.names) if article.byline else [],
        "byline": article.byline.text if article.byline else "",
        "dateline": article.dateline,
        "date_published": article.published.iso if article.published else None,
        "date_modified": modified.iso if modified else None,
        "stamps": [stamp.text for stamp in article.stamps],
        "site_stamp": article.site_stamp.text if article.site_stamp else None,
        "section": article.section,
        "language": article.language,
        "canonical_url": article.canonical_url,
        "is_free": article.is_free,
        "text": "\n".join(filter(None, (article.standfirst, article.text))),
        "captions": [block.text for block in article.body if block.kind is BlockKind.CAPTION],
        "figures": [{"src": one.src, "caption": one.caption, "credit": one.credit} for one in article.figures],
        "links": [{"text": link.text, "target": link.target} for link in article.links],
        "notices": [{"kind": notice.kind.value, "text": notice.text} for notice in article.notices],
        "problem": problem,
        "warnings": list(warnings),
    }


def _latest(stamps: tuple[PageDate, ...]) -> PageDate | None:
    return max(stamps, key=lambda stamp: stamp.value, default=None)
