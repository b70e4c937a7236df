"""Turns articles and revisions into the bytes that git keeps, and back.

`article_text` and `metadata_text` give the two files of an article, `read_article` takes them back: the article that
went in, for every article whose texts are what `archiver.text` promises (NFC, one line, no control characters).
`commit_message` and `parse_commit` do the same for what is known about a revision. `FORMAT.md` is the specification.
Nothing that a page says can add a line, a block or a trailer: what would break a line becomes a space.
Does not touch git or the disk.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal

import msgspec

from archiver.errors import StoreError
from archiver.model import Article, Block, BlockKind, Event, PageDate, Revision
from archiver.store.layout import is_key, is_run_id

FORMAT = 1
"""Version of the on-disk format. It rises when a reader of the older one would read something wrong."""

_MARKS = {
    BlockKind.PARAGRAPH: "",
    BlockKind.SUBHEAD: "## ",
    BlockKind.QUOTE: "> ",
    BlockKind.ITEM: "- ",
    BlockKind.ROW: "| ",
    BlockKind.CAPTION: "[caption] ",
}
_RESERVED = ("# ", "\\", *(mark for mark in _MARKS.values() if mark))
_EVENTS = {event.value: event for event in Event}
_SUBJECT_LENGTH = 100
_MACHINE_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:T\S*)?")
_TRAILER = re.compile(r"^([A-Za-z0-9-]+): (.*)", re.M)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class Dates(msgspec.Struct, frozen=True):
    """What the index needs of `metadata.json`."""

    format: int = FORMAT
    published: PageDate | None = None
    site_stamp: PageDate | None = None


class _Version(msgspec.Struct):
    format: int


_version = msgspec.json.Decoder(_Version)
_dates = msgspec.json.Decoder(Dates)
_article = msgspec.json.Decoder(Article)


def article_text(article: Article) -> str:
    """`article.md`: the article as a reader sees it, a header, a blank line and one block per line."""
    header = [f"# {_line(article.headline)}"] if article.headline else []
    header += [_escape(line) for line in _furniture(article) if line]
    body = [_MARKS[block.kind] + _block_text(block) for block in article.body]
    return "\n".join([*header, "", *body, ""])


def metadata_text(revision: Revision, article: Article) -> str:
    """`metadata.json`: everything that the page states beside its body. Fields at their default are left out."""
    known = {"format": FORMAT, "key": revision.key, "url": revision.source, "status": revision.status}
    facts = {name: value for name, value in _facts(article) if name != "body"} | known
    line = json.dumps(facts, default=_plain, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
    return msgspec.json.format(line, indent=2).decode() + "\n"


def read_article(article_md: str, metadata_json: str) -> Article:
    """The article that the two files stand for.

    Raises StoreError when they are damaged or in a newer format.
    """
    article = read_metadata(metadata_json)
    lines = article_md.split("\n")[:-1]
    start = lines.index("") + 1 if "" in lines else len(lines)
    return replace(article, body=tuple(map(_read_block, lines[start:])))


def read_metadata(metadata_json: str | bytes) -> Article:
    """The article without its body. Raises StoreError when the file is damaged or in a newer format."""
    try:
        version = _version.decode(metadata_json).format
        if version > FORMAT:
            raise StoreError(
                f"metadata.json is in format {version}, this program reads {FORMAT}", hint="update the program"
            )
        return _article.decode(metadata_json)
    except msgspec.DecodeError as error:
        raise StoreError(f"metadata.json cannot be read: {error}", hint="run 'archiver check'") from error


def read_dates(metadata_json: bytes) -> Dates:
    """The dates of an article alone, a tenth of the work; none where the file is damaged or in a newer format."""
    try:
        dates = _dates.decode(metadata_json)
    except msgspec.DecodeError:
        return Dates()
    return dates if dates.format <= FORMAT else Dates()


def text_sha256(article: Article) -> str:
    """SHA-256 of the bytes of `article.md`, hex."""
    return hashlib.sha256(article_text(article).encode()).hexdigest()


def commit_message(revision: Revision) -> str:
    """One line for people, then what we observed as git trailers, one line each.

    Instants are kept to the second, in UTC.
    """
    trailers = [
        ("Article", revision.key),
        ("Event", revision.event),
        *(("Change", change) for change in revision.changes),
        ("Captured", _instant(revision.captured_at)),
        ("Unchanged-Since", revision.unchanged_since and _instant(revision.unchanged_since)),
        ("Status", revision.status if revision.status != "live" else ""),
        ("Successor", revision.successor),
        ("Run", revision.run),
        ("Capture", revision.record_id),
        ("Capture-SHA256", revision.capture_sha256),
        *(("Part-SHA256", digest) for digest in revision.part_sha256),
        ("Text-SHA256", revision.text_sha256),
        ("Extractor", revision.extractor),
        ("Recipe", revision.recipe),
        ("Source", revision.source),
        ("Headline", revision.headline),
        ("Summary", revision.summary),
    ]
    lines = [f"{name}: {_line(value).strip()}" for name, value in trailers if value]
    return "\n".join([_subject(revision), "", *lines, ""])


def parse_commit(message: str, commit: str = "") -> Revision | None:
    """The revision that the message of a commit tells of, or None when the message is not one of ours.

    `number` is not in the message and stays 0.
    """
    trailers = _TRAILER.findall(message.rstrip("\n").rpartition("\n\n")[2])
    values = defaultdict(str, reversed(trailers))  # of one that is there twice, the first counts
    key, run, since, status = values["Article"], values["Run"], values["Unchanged-Since"], _status(values["Status"])
    event = _EVENTS.get(values["Event"])
    if not is_key(key) or (run and not is_run_id(run)) or status is None or event is None:
        return None
    try:
        captured_at = _read_instant(values["Captured"])
        unchanged_since = _read_instant(since) if since else None
    except ValueError:
        return None
    return Revision(
        key=key,
        event=event,
        captured_at=captured_at,
        unchanged_since=unchanged_since,
        source=values["Source"],
        status=status,
        successor=values["Successor"] if is_key(values["Successor"]) else "",
        headline=values["Headline"],
        summary=values["Summary"],
        changes=tuple(value for name, value in trailers if name == "Change"),
        run=run,
        record_id=values["Capture"],
        capture_sha256=values["Capture-SHA256"],
        part_sha256=tuple(value for name, value in trailers if name == "Part-SHA256"),
        text_sha256=values["Text-SHA256"],
        extractor=values["Extractor"],
        recipe=values["Recipe"],
        commit=commit,
    )


def _furniture(article: Article) -> Iterable[str]:
    """The lines between headline and body, verbatim, in the order of the page."""
    yield article.standfirst
    byline = article.byline.text if article.byline else ""
    published = article.published.text if article.published and _is_visible(article.published) else ""
    yield " ".join(part for part in (byline, published) if part)
    yield from (stamp.text for stamp in article.stamps)
    yield article.site_stamp.text if article.site_stamp else ""


def _is_visible(date: PageDate) -> bool:
    """Whether readers see the date: not when its text is only the attribute of a time element."""
    return date.origin == "text" or (date.origin == "time" and not _MACHINE_DATE.fullmatch(date.text))


def _block_text(block: Block) -> str:
    return _escape(block.text) if block.kind is BlockKind.PARAGRAPH else _line(block.text)


def _read_block(line: str) -> Block:
    for kind, mark in _MARKS.items():
        if mark and line.startswith(mark):
            return Block(kind=kind, text=line.removeprefix(mark))
    return Block(kind=BlockKind.PARAGRAPH, text=line.removeprefix("\\"))


def _escape(text: str) -> str:
    """The text as one line that no reader takes for a headline or a marked block."""
    line = _line(text)
    return f"\\{line}" if line.startswith(_RESERVED) else line


def _line(text: str) -> str:
    """The text with everything that could end a line, or drive a terminal, turned into a space."""
    return text if text.isprintable() else _UNSAFE.sub(" ", text)  # nothing unsafe is printable, and this is soon seen


def _plain(value: object) -> dict[str, object]:
    """A value of the model as JSON has it."""
    return dict(_facts(value))


def _facts(value: Any) -> Iterator[tuple[str, object]]:  # noqa: ANN401 - whatever a field of the model may hold
    """The fields of a value of the model that do not stand at their default."""
    for name, default in _defaults(value.__class__):
        if (item := getattr(value, name)) != default:
            yield name, item


@cache
def _defaults(kind: type) -> tuple[tuple[str, object], ...]:
    return tuple((field.name, field.default) for field in fields(kind))


def _subject(revision: Revision) -> str:
    """Event, summary and headline in that order; the headline is cut first."""
    summary = _shorten(_line(revision.summary), _SUBJECT_LENGTH - 30)
    start = f"{revision.event}: {summary} — " if summary else f"{revision.event}: "
    headline = _shorten(_line(revision.headline), _SUBJECT_LENGTH - len(start))
    return (start + (headline or revision.id)).strip()


def _shorten(text: str, length: int) -> str:
    words = " ".join(text.split())
    if len(words) <= length:
        return words
    cut = words[: length - 1]
    return (cut.rpartition(" ")[0] if " " in cut[length // 2 :] else cut).rstrip(" ,;:.—–-") + "…"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _read_instant(text: str) -> datetime:
    if not _INSTANT.fullmatch(text):
        raise ValueError(f"not an instant: {text!r}")
    return datetime.fromisoformat(text)  # a tenth of the time of strptime, which counts over a million revisions


def _status(text: str) -> Literal["live", "gone"] | None:
    return "live" if text == "" else "gone" if text == "gone" else None
