"""What pages that are made to be trouble cost, each in a process of its own, and whether the text survives them.

`python -m benchmarks.hostile`, or with NAME… for some. CPU is what extraction takes, without
the start of the process; memory is the peak above what the process had before, which held the page.
"""

from __future__ import annotations

import base64
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

MB = 1_000_000
LONGEST_S = 100
STORY = (
    "<h1>Harbour bridge closes for repairs</h1>"
    "<p>The harbour bridge in Brisk will be closed for three weeks from Monday, the council said.</p>"
    "<p>Engineers found cracks in two of the eleven cables during an inspection in March.</p>"
)
AFTER = "<p>Buses will run over the old bridge in the meantime, said the engineer Ada Quill on Friday.</p>"
WORDS = "The council of Brisk met again today and voted for the new budget, which grows by three percent. "


def page(trouble: str, head: str = "") -> str:
    """A page with trouble between its story and its last paragraph."""
    return f"<html><head>{head}</head><body><main>{STORY}{trouble}{AFTER}</main></body></html>"


def fill(piece: str, size: int = 50 * MB) -> str:
    """The same piece over and over."""
    return piece * (size // len(piece))


def count(piece: str, pieces: int) -> str:
    """So many pieces that differ in their number."""
    return "".join(piece.replace("#", str(n)) for n in range(pieces))


def nested(levels: int, tag: str = "div") -> str:
    """A page whose story stands below so many elements."""
    return f"<html><body>{f'<{tag}>' * levels}{STORY}{f'</{tag}>' * levels}{AFTER}</body></html>"


def ld(data: str) -> str:
    """A page with such structured data."""
    return page("", f'<script type="application/ld+json">{data}</script>')


def noise(size: int) -> bytes:
    """Random bytes with a story around them."""
    return page("#").encode().replace(b"#", random.Random(7).randbytes(size))


PAGES: dict[str, Callable[[], str | bytes]] = {
    "50 MB, one text": lambda: page(f"<p>{fill(WORDS)}</p>"),
    "50 MB, one word": lambda: page(f"<p>{'x' * 50 * MB}</p>"),
    "50 MB, bare text": lambda: page(fill(WORDS)),
    "50 MB, white space": lambda: page(" " * 50 * MB),
    "50 MB, paragraphs": lambda: page(fill(f"<p>{WORDS * 5}</p>")),
    "50 MB, small elements": lambda: page(fill("<div><b>x</b></div>")),
    "1,000,000 spans": lambda: page(f"<p>{fill('<span>x</span> ', 15 * MB)}</p>"),
    "1,000,000 links": lambda: page(f"<p>{count('<a href=/#>x</a> ', 1_000_000)}</p>"),
    "1,000,000 boxes": lambda: page(count("<div class=c#></div>", 1_000_000)),
    "1,000,000 line breaks": lambda: page(f"<p>{'x<br>' * 1_000_000}</p>"),
    "1,000,000 list items": lambda: page(f"<ul>{'<li>x' * 1_000_000}</ul>"),
    "100,000 paragraphs": lambda: page(count(f"<p>#. {WORDS}</p>", 100_000)),
    "100,000 headings": lambda: page(count("<h1>Report # of the council</h1>", 100_000)),
    "100,000 articles": lambda: page(count(f"<article><h2>Report #</h2><p>{WORDS}</p></article>", 100_000)),
    "100,000 captions": lambda: page(count(f"<figure><img src=/#><figcaption>{WORDS}</figcaption></figure>", 100_000)),
    "100,000 images": lambda: page(count("<img src=/#.png alt=x>", 100_000)),
    "100,000 dates": lambda: page(count("<p>Updated: # May 2031 20:38</p>", 100_000)),
    "100,000 notices": lambda: page(count(f"<p>Correction: # {WORDS}</p>", 100_000)),
    "100,000 bylines": lambda: page(count("<p class=byline>By Ada Quill and Ned Garrow #</p>", 100_000)),
    "100,000 registers": lambda: page(count("<p>Town #: <a href=/#>A</a> <a href=/#>B</a></p>", 100_000)),
    "50 MB, table": lambda: page(f"<table>{fill('<tr><td>Brisk<td>1,204<td>3.2</tr>')}</table>"),
    "50 MB, script": lambda: page(f"<script>{fill('var a = [1, 2, 3];')}</script>"),
    "50 MB, unclosed script": lambda: f"<html><body>{STORY}{AFTER}<script>{fill('if (a < b) {c()}')}",
    "50 MB, comment": lambda: page(f"<!--{fill('a > b ')}-->"),
    "50 MB, JSON-LD": lambda: ld('{"@graph": [' + fill('{"@type": "Thing", "name": "x"},') + "0]}"),
    "4.9 MB, JSON-LD": lambda: ld('{"@graph": [' + fill('{"@type": "Thing", "name": "x"},', 49 * MB // 10) + "0]}"),
    "4.9 MB, articleBody": lambda: ld('{"@type": "Article", "articleBody": "' + fill("&lt;a &amp;", 4 * MB) + '"}'),
    "100,000 JSON-LD": lambda: page("", fill('<script type="application/ld+json">{"@type":"X"}</script>', 6 * MB)),
    "JSON-LD, 100,000 deep": lambda: ld("[" * 100_000),
    "JSON-LD, objects deep": lambda: ld('{"a":' * 100_000),
    "JSON-LD, long number": lambda: ld('{"@type": "Article", "datePublished": ' + "9" * 100_000 + "}"),
    "100,000 metas": lambda: page("", fill("<meta name=author content='Ada Quill'>", 4 * MB)),
    "50 MB, base64 images": lambda: page(
        (f'<img src="data:image/png;base64,{base64.b64encode(b"x" * 1500).decode()}">') * 25_000
    ),
    "50 MB, one base64 image": lambda: page(f'<img src="data:image/png;base64,{"QUJD" * (50 * MB // 4)}">'),
    "300 nested": lambda: nested(300),
    "2,050 nested": lambda: nested(2_050),
    "5,000 nested": lambda: nested(5_000),
    "100,000 nested": lambda: nested(100_000),
    "100,000 nested spans": lambda: nested(100_000, "span"),
    "100,000 nested lists": lambda: nested(100_000, "ul><li"),
    "1,000,000 nested": lambda: nested(1_000_000),
    "100,000 attributes": lambda: page(f"<div {count('a#=# ', 100_000)}>{WORDS}</div>"),
    "100,000 attributes, spread": lambda: page(count(f"<div {count('a#=# ', 3_900)}>x</div>", 26)),
    "100,000 bare attributes": lambda: page(f"<div {count('a# ', 100_000)}>{WORDS}</div>"),
    "100,000 attributes, quoted >": lambda: page(f"""<div {count('a#=">" ', 100_000)}>{WORDS}</div>"""),
    "10 MB attribute": lambda: page(f'<p title="{fill(WORDS, 10 * MB)}">{WORDS}</p>'),
    "10 MB class": lambda: page(f'<p class="{count("c# ", 1_500_000)}">{WORDS}</p>'),
    "10 MB style": lambda: page(f'<p style="{fill("display ", 10 * MB)}">{WORDS}</p>'),
    "10 MB href": lambda: page(f'<p>{WORDS}<a href="/{"x" * 10 * MB}">here</a></p>'),
    "10 MB headline": lambda: page(f"<h1>{fill(WORDS, 10 * MB)}</h1>"),
    "unclosed everything": lambda: page(fill("<div><p><b><i><ul><li><a href=x>", MB)),
    "unclosed tables": lambda: page(fill("<table><tr><td>", MB)),
    "50 MB of <": lambda: page("<" * 50 * MB),
    "50 MB of &": lambda: page("&" * 50 * MB),
    "50 MB of entities": lambda: page(fill("&amp;&#x41; ")),
    "50 MB, end tags": lambda: page(fill("</b></i>")),
    "50 MB, NULs": lambda: page("\0" * 50 * MB),
    "50 MB, noise": lambda: noise(50 * MB),
    "50 MB, lying charset": lambda: page(fill("<p>Fünf Brücken. "), "<meta charset=utf-8>").encode("cp1252"),
    "50 MB, UTF-16, no mark": lambda: page(fill(f"<p>{WORDS}</p>", 25 * MB)).encode("utf-16-le"),
    "50 MB, UTF-16": lambda: page(fill(f"<p>{WORDS}</p>", 25 * MB)).encode("utf-16"),
    "50 MB, no charset": lambda: page(fill("<p>Мост через реку закрыт на три недели. </p>")).encode("cp1251"),
    "1 MB, date of digits": lambda: page(f"<time datetime={'1' * MB}>{'1' * MB}</time>"),
    "1 MB, date of dots": lambda: page(f"<p>Updated: {fill('1. 2. ', MB)}</p>"),
}  # fmt: skip


def main(names: list[str] | None = None) -> None:
    """A line for each page."""
    print(f"{'page':30} {'MB':>5} {'CPU s':>7} {'peak MB':>7}  text", flush=True)
    for name in names or PAGES:
        made = PAGES[name]()
        html = made if isinstance(made, bytes) else made.encode()
        print(f"{name:30} {len(html) / MB:5.1f}", end=" ", flush=True)
        try:
            subprocess.run([sys.executable, __file__, "--one"], input=html, check=True, timeout=LONGEST_S)
        except subprocess.SubprocessError as error:
            print(error.__class__.__name__, flush=True)


def one(html: bytes) -> None:
    """Extract one page, and say what that took."""
    from archiver.extract import extract

    extract(STORY, url="https://paper.example/")  # what is loaded once is not the page's fault
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak begins again at what is held now; Linux
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    found = extract(html, url="https://paper.example/bridge")
    cpu, peak = time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # in kilobytes
    lost = sum(piece not in found.article.text for piece in ("closed for three weeks", "eleven cables", "Buses will"))
    said = "; ".join(filter(None, (f"LOST {lost} of 3" if lost else "", found.problem, *found.warnings)))
    print(f"{cpu:7.2f} {(peak - before) / 1024:7.0f}  {said[:110]}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["--one"]:
        one(sys.stdin.buffer.read())
    else:
        main(sys.argv[1:])
