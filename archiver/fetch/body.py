"""Bodies: the one content coding that we offer, and whether a body is all there.

Takes a payload and its headers, gives the content or raises `Failed`. Pure. Only gzip is offered, because its
decoder can be bounded and its end recognised; whatever else a server sends, or twice over, is refused.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from archiver.fetch import Failed

_MEMBERS = 16
"""More parts than this in one gzip body (RFC 1952 §2.2 allows any number) are an attack on our time."""

Headers = Sequence[tuple[str, str]]


def decode(payload: bytes, headers: Headers, *, limit: int, partial: bool = False) -> bytes:
    """The content of a payload, `limit` bytes at most; with `partial` what there is of a payload cut by us.

    Raises `Failed`: too-large, or protocol for a coding not offered, damaged or cut.
    """
    codings = [name for name in listed(headers, "content-encoding") if name != "identity"]
    if not codings or not payload:
        return payload[:limit] if partial else payload
    if codings not in (["gzip"], ["x-gzip"]):
        raise Failed("protocol", f"the answer came in a coding that was not offered: {', '.join(codings)}"[:200])
    content = bytearray()
    rest = payload
    for _ in range(_MEMBERS):
        decoder = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        try:
            content += decoder.decompress(rest, limit + 1 - len(content))
        except zlib.error as error:
            raise Failed("protocol", f"the gzip body is damaged ({error})", retry=True) from None
        if len(content) > limit:
            if partial:
                return bytes(content[:limit])
            raise Failed("too-large", f"the body unpacks to more than {limit:,} bytes")
        if not decoder.eof:
            if partial:
                return bytes(content)
            raise Failed("protocol", "the gzip body ends early", retry=True)
        rest = decoder.unused_data
        if not rest.startswith(b"\x1f\x8b"):  # padding after the last member is harmless
            return bytes(content)
    raise Failed("protocol", f"the gzip body has more than {_MEMBERS} parts")


def exceeds_length(payload: bytes | bytearray, headers: Headers, last_read: bytes) -> bool:
    """Whether the server wrote past its Content-Length, so that the payload may be a part only.

    `headers` as received. Told by the bytes that came last, which must end where the payload does; a stray line
    end is forgiven.
    """
    if not payload or not _has_length(headers):
        return False
    return not last_read.rstrip(b"\r\n").endswith(payload[-len(last_read) :].rstrip(b"\r\n"))


def ends_cleanly(payload: bytes | bytearray, headers: Headers, last_read: bytes) -> bool:
    """Whether nothing follows an answer, so that the next one on the connection cannot be mistaken."""
    if payload and _has_length(headers):
        return last_read.endswith(payload[-len(last_read) :])
    return last_read.endswith((b"\r\n\r\n", b"\n\n")) or b"\r\n\r\n".endswith(last_read)


def _has_length(headers: Headers) -> bool:
    """Whether Content-Length says where the body ends: chunks override it (RFC 9112 §6.3)."""
    return bool(listed(headers, "content-length")) and not listed(headers, "transfer-encoding")


def listed(headers: Headers, name: str) -> list[str]:
    """The values of a comma-separated header, over all its lines, in lower case."""
    joined = ",".join(value for key, value in headers if key.lower() == name)
    return [part for value in joined.split(",") if (part := value.strip().lower())]
