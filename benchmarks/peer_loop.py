"""What one would write in an afternoon: httpx, trafilatura, GitPython, one page after the other. Not part of archiver.

`PYTHON peer_loop.py FOLDER < urls`: a folder that is a git repository, with the validators of the last time beside it.
Asks conditionally, extracts, compares the text with the file, writes and commits what is new. Keeps no evidence,
obeys no robots.txt, and believes every 304 and every page.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import git
import httpx
import trafilatura


def main() -> None:
    """One run over the addresses on stdin."""
    folder = Path(sys.argv[1])
    state = folder.with_suffix(".json")
    known = json.loads(state.read_text()) if state.exists() else {}
    repo = git.Repo(folder) if folder.exists() else git.Repo.init(folder)
    with httpx.Client(timeout=30) as client:
        for url in sys.stdin.read().split():
            response = client.get(url, headers={"If-None-Match": known[url]} if url in known else {})
            if response.status_code != 200:
                continue
            text = trafilatura.extract(response.text, url=url) or ""
            path = folder / f"{hashlib.sha256(url.encode()).hexdigest()}.txt"
            if not path.exists() or path.read_text() != text:
                path.write_text(text)
                repo.index.add([path.name])
                repo.index.commit(url)
            known[url] = response.headers.get("etag", "")
    state.write_text(json.dumps(known))


main()
