"""The tables of the index, and the number of their form.

Records are kept as JSON beside the columns that are searched; instants sort as text (ISO 8601, UTC). Ids rise in the
order of arrival: those of articles by their first revision, those of revisions by their commits.
"""

from __future__ import annotations

FORMAT = 8
"""Number of the tables below; an index of another number is built again."""

TABLES = """
create table meta (name text primary key, value text not null) without rowid;
create table articles (
    id integer primary key, key text not null unique, short text not null, slug text not null,
    latest integer not null, site_stamp text not null, first_at text not null, seen_at text not null,
    changed_at text not null, source text not null, successor text not null,
    equal_under text not null default '', seed text not null default ''
);
create table revisions (
    id integer primary key, article integer not null, number integer not null, committed blob not null,
    record text not null, site_stamp text not null, run text not null
);
create table pending (article integer primary key);
create table words (
    article integer primary key, taken integer not null, lines integer not null, standing text not null
);
create table lines (id integer primary key, first integer not null, last integer);
create virtual table texts using fts5 (
    text, content = '', columnsize = 0, tokenize = "unicode61 remove_diacritics 2"
);
create virtual table removed using fts5 (
    text, content = '', columnsize = 0, tokenize = "unicode61 remove_diacritics 2"
);
create virtual table gone using fts5 (
    text, content = '', columnsize = 0, tokenize = "unicode61 remove_diacritics 2"
);
insert into texts (texts, rank) values ('hashsize', 33554432);
insert into removed (removed, rank) values ('hashsize', 33554432);
insert into gone (gone, rank) values ('hashsize', 33554432);
create table places (record_id text primary key, file text not null, offset integer not null) without rowid;
create table payloads (sha256 text primary key, record_id text not null, run text not null) without rowid;
create table addresses (url text primary key, key text not null) without rowid;
create table checks (
    url text primary key, at text not null, record text not null, run text not null, event text not null,
    first_at text not null, good_at text not null, failures integer not null
);
"""
"""A row of `checks` may be long, and a table without rowid gives a long row a page of its own."""

INDICES = """
create index articles_short on articles (short);
create index articles_slug on articles (slug);
create index articles_stamp on articles (site_stamp, key) where site_stamp != '';
create index articles_successor on articles (successor) where successor != '';
create unique index revisions_article on revisions (article, number);
create unique index revisions_committed on revisions (committed);
create index addresses_key on addresses (key);
create index checks_event on checks (event);
"""
