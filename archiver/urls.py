"""Addresses of pages: one spelling for one address.

Takes text, gives absolute http(s) addresses in the normal form of RFC 3986 §6 without fragment, or raises
`BadUrl`. Where a browser and the RFC differ on sloppy input (backslashes, numeric hosts, escapes in the host)
the browser's reading (WHATWG URL) is taken, so that nobody sees another host than the one we contact.

Escaped text is compared byte by byte: Unicode composition in a path is left as the site wrote it, because the
server may tell the two apart. Nothing is fetched and nothing is guessed: http and https stay distinct.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv6Address
from typing import NamedTuple
from urllib.parse import unquote, urljoin

from archiver.errors import BadUrl

DEFAULT_PORTS = {"http": 80, "https": 443}

# Parameters that say how a reader came to the page and never which page it is. Matched without regard to case.
# Words that some sites use for content (ref, source, share, id, page, cmp) are not here on purpose.
_TRACKING_PREFIXES = (
    "utm_",  # Google Analytics and everyone who copied it: campaign, medium, source
    "mtm_",  # Matomo campaigns
    "piwik_",  # Matomo under its old name
    "ns_",  # comScore campaigns: ns_mchannel, ns_source, ns_campaign
    "at_custom",  # Piano Analytics, numbered campaign fields
    "__hs",  # HubSpot visitor cookies carried in links
    "fb_action_",  # Facebook, the post that was clicked
)
_TRACKING_NAMES = frozenset(
    (
        *("gclid", "gclsrc", "dclid", "gbraid", "wbraid", "gad_source", "gad_campaignid"),  # Google, click on an ad
        *("_ga", "_gl", "srsltid"),  # Google, visitor and shopping result
        *("fbclid", "fb_source", "fb_ref", "mibextid", "igshid", "igsh"),  # Meta, click and share
        *("twclid", "ref_src", "__twitter_impression"),  # X, click on an ad, embedded post, AMP view
        *("msclkid", "ocid"),  # Microsoft, click on an ad, channel
        *("ttclid", "li_fat_id", "epik", "rdt_cid", "sccid"),  # TikTok, LinkedIn, Pinterest, Reddit, Snap clicks
        *("yclid", "ysclid", "_openstat"),  # Yandex, click and campaign
        *("mc_cid", "mc_eid"),  # Mailchimp, newsletter and subscriber
        *("mkt_tok", "_hsenc", "_hsmi", "hsctatracking"),  # Marketo, HubSpot: recipient of a mail
        *("vero_id", "vero_conv", "oly_anon_id", "oly_enc_id", "ck_subscriber_id", "_kx"),  # mail services: recipient
        *("pk_campaign", "pk_kwd", "pk_keyword", "pk_source", "pk_medium", "pk_content"),  # Matomo, older form
        *("s_cid", "s_kwcid", "ef_id", "icid", "intcid"),  # Adobe Analytics, outer and inner campaigns
        *("at_medium", "at_campaign", "at_format", "at_link_id", "at_link_type", "at_link_origin"),  # Piano Analytics
        *("at_ptr_name", "at_bbc_team", "xtor"),  # Piano as used by broadcasters, and its older form
        *("wt_mc", "wt_zmc"),  # Mapp (Webtrekk) campaigns
        *("smid", "smtyp", "ncid"),  # newsrooms' own marks for social posts and channels
        *("tblci", "dicbo", "oborigurl"),  # Taboola, Outbrain: the widget that was clicked
        *("guccounter", "guce_referrer", "guce_referrer_sig"),  # Yahoo, way through its consent page
        *("_branch_match_id", "_branch_referrer"),  # Branch, deep links of apps
    )
)

_LONGEST = 10_000
"""Characters of path and query, escaped; servers rarely take more than 8,000."""
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(.*)", re.IGNORECASE | re.DOTALL)
_BLANKS = "".join(map(chr, range(0x21))) + "\x7f\u00a0\ufeff\u200b"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_HOST_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_ESCAPE_OR_OTHER = re.compile(r"%([0-9A-Fa-f]{2})|([^A-Za-z0-9\-._~!$&'()*+,;=:@/?])")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


class _Parts(NamedTuple):
    scheme: str
    host: str
    port: int | None
    path: str
    query: str


def normalise_url(url: str) -> str:
    """The one spelling of an absolute http(s) address: what an article is known by.

    Scheme and host in lower case (IDN as punycode, numeric hosts dotted, no final dot), no default port, no
    fragment, dot segments resolved, escapes as in RFC 3986 §6.2.2, tracking parameters dropped, the order of the
    others kept. Idempotent. Raises `BadUrl`; its message never shows a password.
    """
    parts = _parse(url)
    return _unparse(parts._replace(query=_untracked(parts.query)))


def join_url(base: str, reference: str) -> str:
    """The absolute address that `reference` means on the page `base`, normalised but with every parameter kept.

    For links, feeds and redirects, where the site's own words count. Raises `BadUrl`.
    """
    try:
        return _unparse(_parse(urljoin(base, _strip(reference).replace("\\", "/"))))
    except ValueError as error:  # urljoin refuses broken brackets
        raise BadUrl(f"{_shown(reference)}: {error}") from None


def without_tracking(url: str) -> str:
    """The same address without tracking parameters; total: anything that is no http(s) address comes back unchanged."""
    if not url.lower().startswith(("http://", "https://")):
        return url
    rest, mark, fragment = url.partition("#")
    page, _, query = rest.partition("?")
    kept = _untracked(query)
    if kept == query:
        return url
    return page + ("?" + kept if kept else "") + mark + fragment


def host_and_port(url: str) -> tuple[str, int]:
    """Host (IPv6 without brackets) and port of a normalised address."""
    parts = _parse(url)
    return parts.host.strip("[]"), parts.port or DEFAULT_PORTS[parts.scheme]


def origin_of(url: str) -> str:
    """Scheme, host and port of a normalised address: "https://news.example:8443"."""
    parts = _parse(url)
    return _unparse(parts._replace(path="", query=""))


@lru_cache(maxsize=1024)  # on its way through a fetch one address is taken apart a dozen times
def _parse(url: str) -> _Parts:
    text = _strip(url)
    if not text:
        raise BadUrl("the address is empty", hint="give an absolute address such as https://news.example/story")
    if _CONTROL.search(text):
        raise BadUrl(f"{_shown(text)}: a control character stands in the address", hint="remove it")
    scheme, rest = _split_scheme(text)
    rest = rest.partition("#")[0]
    hierarchy, _, query = rest.partition("?")
    hierarchy = hierarchy.replace("\\", "/")
    if not hierarchy.startswith("//"):
        raise BadUrl(f"{_shown(text)}: no host", hint="an address begins with https:// and a host")
    authority, slash, path = hierarchy[2:].partition("/")
    if "@" in authority:
        raise BadUrl(
            f"{_shown(text)}: user names and passwords in addresses are refused, because archives are shared",
            hint=f"write {scheme}://{_shown(authority.rpartition('@')[2] + slash + path)}",
        )
    host, port = _split_port(authority, text)
    try:
        path, query = _without_dots(_escaped("/" + path)), _escaped(query)
        host = _host(host, text)
    except UnicodeEncodeError:
        raise BadUrl(f"{_shown(text)}: a lone surrogate stands in the address") from None
    if len(path) + len(query) > _LONGEST:
        raise BadUrl(f"{_shown(text)}: the address is longer than {_LONGEST:,} characters")
    return _Parts(scheme, host, None if port == DEFAULT_PORTS[scheme] else port, path, query)


def _unparse(parts: _Parts) -> str:
    port = "" if parts.port is None else f":{parts.port}"
    query = "?" + parts.query if parts.query else ""
    return f"{parts.scheme}://{parts.host}{port}{parts.path}{query}"


def _strip(url: str) -> str:
    """Without the blanks and control characters that surround a pasted or sloppily marked-up address."""
    return url.strip(_BLANKS)


def _split_scheme(text: str) -> tuple[str, str]:
    match = _SCHEME.fullmatch(text)
    scheme, rest = (match[1].lower(), match[2]) if match else ("", text)
    if scheme in DEFAULT_PORTS:
        return scheme, rest
    # "news.example:8080/x" is a host and a port, "mailto:desk@news.example" is a scheme.
    if scheme and not ("." in scheme or scheme == "localhost") and not rest[:1].isdigit():
        raise BadUrl(
            f"{_shown(text)}: only http and https addresses can be archived, not {scheme}",
            hint="give an http:// or https:// address",
        )
    offer = "https://" + text.lstrip("/\\")
    try:
        hint = f"did you mean {normalise_url(offer)} ?"
    except BadUrl:
        hint = "give an absolute address such as https://news.example/story"
    raise BadUrl(f"{_shown(text)}: no http:// or https:// at the beginning", hint=hint)


def _split_port(authority: str, text: str) -> tuple[str, int | None]:
    host, colon, digits = authority.rpartition(":")
    if not colon or authority.endswith("]"):
        return authority, None
    if not digits:
        return host, None
    if not re.fullmatch(r"[0-9]{1,5}", digits) or int(digits) > 65535:
        raise BadUrl(f"{_shown(text)}: {_shown(digits)} is no port")
    return host, int(digits)


def _host(host: str, text: str) -> str:
    if host.startswith("[") and host.endswith("]"):
        try:
            if "%" in host:
                raise ValueError
            return f"[{IPv6Address(host[1:-1]).compressed}]"
        except ValueError:
            raise BadUrl(f"{_shown(text)}: {_shown(host)} is no IPv6 address") from None
    name = unquote(host, errors="strict") if "%" in host and _is_utf8(host) else host
    is_international = not name.isascii() or "xn--" in name.lower()
    name = (_punycode(name, text) if is_international else name.lower()).removesuffix(".")
    if not name:
        raise BadUrl(f"{_shown(text)}: no host", hint="an address begins with https:// and a host")
    if len(name) > 253 or not _HOST_NAME.fullmatch(name):
        raise BadUrl(f"{_shown(text)}: {_shown(name)} is no host name")
    last = name.rpartition(".")[2]
    if last.isdigit() or re.fullmatch(r"0x[0-9a-f]*", last):
        return _dotted(name, text)
    return name


def _is_utf8(host: str) -> bool:
    try:
        unquote(host, errors="strict")
    except UnicodeDecodeError:
        return False
    return True


def _punycode(name: str, text: str) -> str:
    import idna  # here, because its tables take 20 ms to load and few hosts need them

    try:
        return idna.encode(name, uts46=True).decode("ascii").lower()
    except UnicodeError as error:
        raise BadUrl(f"{_shown(text)}: {_shown(name)} is no host name ({error})") from None


def _dotted(name: str, text: str) -> str:
    """Decimal, octal, hexadecimal and shortened IPv4 in the usual four parts, as every browser reads them."""
    try:
        numbers = [_number(part) for part in name.split(".")]
        *leading, tail = numbers
        if len(leading) > 3 or any(number > 255 for number in leading) or tail >= 256 ** (4 - len(leading)):
            raise ValueError
    except ValueError:
        raise BadUrl(f"{_shown(text)}: {_shown(name)} is no IPv4 address") from None
    packed = bytes(leading) + tail.to_bytes(4 - len(leading), "big")
    return ".".join(map(str, packed))


def _number(part: str) -> int:
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    return int(part, 8 if part.startswith("0") and part != "0" else 10)


def _escaped(text: str) -> str:
    """Escapes in upper case, none for unreserved characters, one for everything RFC 3986 does not allow."""

    def fix(match: re.Match[str]) -> str:
        if match[1]:
            byte = int(match[1], 16)
            return chr(byte) if byte in _UNRESERVED else f"%{byte:02X}"
        return "".join(f"%{byte:02X}" for byte in match[2].encode())

    return _ESCAPE_OR_OTHER.sub(fix, text)


def _without_dots(path: str) -> str:
    """RFC 3986 §5.2.4 for a path that begins with a slash."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _untracked(query: str) -> str:
    return "&".join(pair for pair in query.split("&") if not _is_tracking(pair.partition("=")[0])) if query else ""


def _is_tracking(name: str) -> bool:
    name = unquote(name).lower()
    return name in _TRACKING_NAMES or name.startswith(_TRACKING_PREFIXES)


def _shown(text: str) -> str:
    """For messages: one line, no password, no control characters, not too long."""
    text = re.sub(r"(//|^)[^/?#\\]*@", r"\1", text)
    text = "".join(char if char.isprintable() else f"\\x{{{ord(char):x}}}" for char in text)
    return text if len(text) <= 120 else text[:117] + "…"
