"""A derived SQLite index over an archive: articles, revisions, their words, where evidence lies, how each URL stands.

A function of the git history and the check logs alone: it may be deleted at any time and is built again. It carries
the tip and the run that it stands for; whoever opens it lets it catch up from there. The only user of sqlite3.

schema     the tables
database   the file: opened, emptied, written in transactions
filling    what it is told
questions  what it answers
words      the words of all revisions, found again
"""

from archiver.index.filling import Filling
from archiver.index.questions import Entry, Known, Questions, Record
from archiver.index.words import Hit, Words


class Index(Questions, Filling, Words):
    """An open index, a context manager. Every method is a short transaction of its own, or part of `writing`."""


__all__ = ["Entry", "Hit", "Index", "Known", "Record"]
