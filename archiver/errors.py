"""Everything the tool raises on purpose. Each class carries the exit code of the command that meets it.

    ArchiverError            1   failed
    ├── UsageError           2   the words of the command, or a configuration, are off
    │   ├── BadUrl           2
    │   ├── ConfigError      2
    │   ├── UnknownArticle   2
    │   └── BadRevision      2
    ├── StoreError           1   the archive could not be read or written
    │   └── ForeignArchive   1   its git configuration could run or redirect something
    ├── HookFailed           1   the user's own code for a newsroom raised
    ├── NoArchive           10
    ├── ArchiveLocked       11
    └── ArchiveDamaged      12

Beyond these: 3 finished but some sources failed, 4 nothing could be reached, 129 the terminal was
closed, 130 interrupted, 143 terminated.
"""

from __future__ import annotations

import errno

SOME_FAILED = 3
NOTHING_REACHED = 4
HUNG_UP = 129
INTERRUPTED = 130
TERMINATED = 143

SHORT = {
    errno.EMFILE: "allow more, for example with 'ulimit -n 256'",
    errno.ENFILE: "the whole machine has no more",
    errno.ENOSPC: "make room, then run again",
    errno.EDQUOT: "make room, then run again",
    errno.EFBIG: "allow larger files, see 'ulimit -f'",
    errno.EROFS: "make it writable",
    errno.EIO: "look at the disk",
}
"""What machines run short of, and what to do; no faults of ours, wherever they strike. Ready before it is needed."""


class ArchiverError(Exception):
    """What happened, where and why, in one line; `hint` says what to do next."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(ArchiverError):
    """The request itself cannot be carried out."""

    exit_code = 2


class BadUrl(UsageError):
    """Not an absolute http or https address."""


class ConfigError(UsageError):
    """`archiver.toml` does not say what it may say."""


class UnknownArticle(UsageError):
    """No article, or more than one, fits the words given."""


class BadRevision(UsageError):
    """No such revision, or not a revision expression."""


class StoreError(ArchiverError):
    """git, the disk or the evidence failed."""


class ForeignArchive(StoreError):
    """The archive's git configuration contains what this tool never writes."""


class HookFailed(ArchiverError):
    """The user's own code for a newsroom raised; the page was not read."""


class NoArchive(ArchiverError):
    """There is no archive where one was expected."""

    exit_code = 10


class ArchiveLocked(ArchiverError):
    """Another run is writing."""

    exit_code = 11


class ArchiveDamaged(ArchiverError):
    """A check found damage."""

    exit_code = 12
