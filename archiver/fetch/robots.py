"""robots.txt as RFC 9309 has it. The matching itself is protego's.

Takes the final answer to a request for /robots.txt, gives `Rules`. Pure: fetching, redirects and caching for the
length of a run are the caller's. 4xx means that there are no rules; 5xx and silence mean that all is closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from protego import Protego

AGENT: Final = "archiver"
"""The product token that sites address us by; also the first word of the User-Agent header."""
READ_BYTES: Final = 512 * 1024
"""Read and parsed of a robots.txt; the standard asks for at least 500 KiB."""
MAX_HOPS: Final = 5


@dataclass(frozen=True, slots=True)
class Rules:
    """What one origin (scheme, host and port) allows us in this run."""

    closed: str = ""
    """Why nothing may be fetched, or ""."""
    parser: Protego | None = None

    def refusal(self, url: str) -> str:
        """Why this address may not be fetched, or ""."""
        if self.closed:
            return f"{self.closed}, so nothing is fetched there"
        if self.parser is not None and not self.parser.can_fetch(url, AGENT):
            return f"robots.txt disallows {url} for {AGENT}"
        return ""

    @property
    def delay_s(self) -> float:
        """Seconds between requests that the site asks for, 0 when it is silent."""
        if self.parser is None:
            return 0.0
        rate = self.parser.request_rate(AGENT)
        return max(self.parser.crawl_delay(AGENT) or 0.0, rate.seconds / rate.requests if rate else 0.0)


def rules_from(status: int, content: bytes) -> Rules:
    """The rules that an answer sets: `content` is the body, of which READ_BYTES count."""
    if 200 <= status < 300:
        return Rules(parser=Protego.parse(_text(content)))
    if status >= 500:
        return Rules(closed=f"robots.txt answered {status}")
    return Rules()


def _text(content: bytes) -> str:
    """Whole lines only: a rule cut in the middle would mean another one ("Disallow: /" of "Disallow: /desk")."""
    if len(content) >= READ_BYTES:
        content = content[:READ_BYTES]
        content = content[: max(content.rfind(b"\n"), content.rfind(b"\r")) + 1]
    return content.decode("utf-8-sig", errors="replace").replace("\0", "")
