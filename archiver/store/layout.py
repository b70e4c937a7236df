"""Names everything in an archive: article keys, the paths of files, run ids.

Takes normalised URLs, keys and instants; gives relative paths with "/" between components. Every component is portable:
characters `[a-z0-9._~-]` (run ids also `T` and `Z`), at most 120 bytes, no leading or trailing dot, no reserved
device name. So no quoting, letter case, Unicode form or file system can make two names of one, or one name dangerous.
Does not touch the disk.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import unquote, urlsplit


class Place(NamedTuple):
    """Where a record of the evidence begins."""

    file: str
    """Its name, which `evidence_path` turns into a path."""
    offset: int


CONFIG = "archiver.toml"
README = "README.md"
GIT, BARE = ".git", "archive.git"
"""Where the repository of an archive is: with a working tree, and without."""

_KEY = re.compile(r"(?=[^/]{1,120}/)[a-z0-9~_](?:[a-z0-9._~-]*[a-z0-9~_-])?/[0-9a-f]{2}/[a-z0-9-]{1,40}~[0-9a-f]{12}")
_RUN = re.compile(r"\d{8}T\d{6}Z")
_EVIDENCE = re.compile(r"\d{8}T\d{6}Z(?:-\d{1,6})?\.warc\.gz")
_RUN_TIME = "%Y%m%dT%H%M%SZ"
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)")
_HOST_BYTES = 100
_PORT = "~p"
_SLUG_BYTES = 40


def article_key(url: str) -> str:
    """The article key of a normalised URL: "<host>/<h2>/<slug40>~<id12>".

    The id is the start of the SHA-256 of the URL; host and slug are only there for people to read.

    >>> article_key("https://brookmere.example/news/bridge-to-close.html")
    'brookmere.example/ca/bridge-to-close~ca41e6d44e08'
    """
    digest = _sha256(url)
    return f"{_host(url)}/{digest[:2]}/{_slug(url)}~{digest[:12]}"


def is_key(key: str) -> bool:
    """Whether `key` could have come from `article_key`, and so is safe as a path."""
    return _KEY.fullmatch(key) is not None


def article_path(key: str) -> str:
    """Where the text of an article stands."""
    return f"articles/{key}/article.md"


def metadata_path(key: str) -> str:
    """Where the rest of an article stands."""
    return f"articles/{key}/metadata.json"


def run_id(now: datetime, last: str = "") -> str:
    """An id for a run that starts now: "20240426T203812Z".

    Ids only ever rise, so that their order is the order of the runs: when the clock has not moved past the `last` run
    (two runs in one second, a clock set back), the id is the second after it. The log states the true time.
    """
    stamp = now.astimezone(UTC).strftime(_RUN_TIME)
    if stamp <= last:
        after = datetime.strptime(last, _RUN_TIME).replace(tzinfo=UTC) + timedelta(seconds=1)
        stamp = after.strftime(_RUN_TIME)
    return stamp


def run_time(run: str) -> datetime:
    """When a run started, by its id."""
    return datetime.strptime(run, _RUN_TIME).replace(tzinfo=UTC)


def is_run_id(run: str) -> bool:
    """Whether `run` could have come from `run_id`, and so is safe as part of a path."""
    return _RUN.fullmatch(run) is not None


def host_of(key: str) -> str:
    """The host, with its port, that an article key begins with."""
    return key.partition("/")[0]


def newsroom_of(key: str) -> str:
    """The same as addresses have it: "127.0.0.1:8731", not "127.0.0.1~p8731"."""
    host, _, port = host_of(key).rpartition(_PORT)
    return f"{host}:{port}" if host and port.isdigit() else host_of(key)


def evidence_name(run: str, part: int) -> str:
    """The name of the first file with captures of a run, or the second, third, … part of them."""
    return f"{run}.warc.gz" if part == 1 else f"{run}-{part}.warc.gz"


def evidence_path(name: str) -> str:
    """Where an evidence file stands. Raises ValueError when that is no name of one."""
    if not is_evidence_name(name):
        raise ValueError(f"not the name of an evidence file: {name!r}")
    return f"captures/{name[:4]}/{name[4:6]}/{name}"


def is_evidence_name(name: str) -> bool:
    """Whether a file of this name holds captures."""
    return _EVIDENCE.fullmatch(name) is not None


def run_of(name: str) -> str:
    """The run that an evidence file belongs to."""
    return name[: len("20240426T203812Z")]


def is_log_name(name: str) -> bool:
    """Whether a file of this name is the log of a run, closed or not."""
    return is_run_id(name.removesuffix(".gz").removesuffix(".jsonl")) and ".jsonl" in name


def log_path(run: str) -> str:
    """Where a run logs its checks while it goes on; ".gz" is added when it is closed."""
    return f"runs/{run[:4]}/{run[4:6]}/{run}.jsonl"


def _host(url: str) -> str:
    """Host and port as one portable name; distinct names for distinct hosts and ports of real addresses."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    name = re.sub(r"[^a-z0-9._-]", "-", host.lower()).strip(".-") or "~"
    if len(name) > _HOST_BYTES:
        name = f"{name[: _HOST_BYTES - 13].rstrip('.-')}~{_sha256(host)[:12]}"
    if _DEVICES.match(name):
        name = f"~{name}"
    return name if port is None else f"{name}{_PORT}{port}"


def _slug(url: str) -> str:
    """The most telling part of the path, for people: the longest of its segments."""
    try:
        path = unquote(urlsplit(url).path, errors="replace")
    except ValueError:
        path = ""
    plain = unicodedata.normalize("NFKD", path).encode("ascii", "ignore").decode().lower()
    segments = [re.sub(r"\.(?:s?html?|php|aspx?|jsp|amp)$", "", segment) for segment in plain.split("/")]
    slugs = [re.sub(r"[^a-z0-9]+", "-", segment)[:_SLUG_BYTES].strip("-") for segment in segments]
    return max(reversed(slugs), key=len) or "page"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
