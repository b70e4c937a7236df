"""Hypothesis strategies for valid articles and revisions: one line of text each, without control characters."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from archiver.model import (
    Article,
    Block,
    BlockKind,
    Byline,
    Event,
    Figure,
    HeadlineVariant,
    Link,
    Notice,
    NoticeKind,
    PageDate,
    Revision,
)
from archiver.store.layout import article_key, run_id

_MARKS = ("", "# ", "## ", "> ", "- ", "| ", "[caption] ", "\\", "\\\\", "#", "Event: first")
_plain = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=30)
texts = st.builds(lambda mark, text: mark + text, st.sampled_from(_MARKS), _plain)
instants = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)).map(
    lambda at: at.replace(microsecond=0, tzinfo=UTC)
)
hashes = st.binary(min_size=32, max_size=32).map(bytes.hex)
keys = texts.map(lambda text: article_key(f"https://brookmere.example/{text}"))

dates = st.builds(
    PageDate,
    text=texts,
    value=st.sampled_from(("2020-12-30", "2024-04-26T20:38", "2024-04-26T20:38:07")),
    offset=st.sampled_from(("", "+04:00")),
    origin=st.sampled_from(("jsonld", "meta", "time", "text", "url")),
)


def _tuples(items):
    return st.lists(items, max_size=3).map(tuple)


articles = st.builds(
    Article,
    headline=texts,
    variants=_tuples(st.builds(HeadlineVariant, origin=st.sampled_from(("h1", "og", "jsonld", "title")), text=texts)),
    standfirst=texts,
    byline=st.none() | st.builds(Byline, text=texts, names=_tuples(texts)),
    dateline=texts,
    published=st.none() | dates,
    modified=st.none() | dates,
    stamps=_tuples(dates),
    site_stamp=st.none() | dates,
    section=texts,
    language=texts,
    canonical_url=texts,
    is_free=st.sampled_from((None, True, False)),
    body=st.lists(st.builds(Block, kind=st.sampled_from(BlockKind), text=texts), max_size=8).map(tuple),
    figures=_tuples(st.builds(Figure, src=texts, caption=texts, credit=texts)),
    links=_tuples(st.builds(Link, text=texts, target=texts)),
    notices=_tuples(st.builds(Notice, kind=st.sampled_from(NoticeKind), text=texts, date=st.none() | dates)),
)

revisions = st.builds(
    Revision,
    key=keys,
    event=st.sampled_from([event for event in Event if event.is_committed]),
    captured_at=instants,
    unchanged_since=st.none() | instants,
    source=texts.map(str.strip),
    status=st.sampled_from(("live", "gone")),
    headline=texts.map(str.strip),
    summary=texts.map(str.strip),
    changes=_tuples(texts.map(str.strip).filter(bool)),
    run=st.just("") | instants.map(run_id),
    record_id=st.uuids().map("<urn:uuid:{}>".format),
    capture_sha256=hashes,
    text_sha256=hashes,
    extractor=texts.map(str.strip),
    recipe=texts.map(str.strip),
)
