"""Ours and the others, as functions: two texts in, which characters of each are marked as changed out.

Every engine is given words in the way that suits it best. A peer that is not installed is left out; none of
them is needed for anything else: `pip install diff-match-patch rapidfuzz redlines htmldiff2 typing_extensions`.
"""

import re
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path

from archiver.diff import diff_articles
from archiver.model import Article, Block, BlockKind

Masks = tuple[bytearray, bytearray]
Engine = Callable[[str, str], Masks]


def ours(old: str, new: str) -> Masks:
    articles = [
        Article(body=tuple(Block(kind=BlockKind.PARAGRAPH, text=line) for line in text.split("\n"))) for text in (old, new)
    ]
    diff = diff_articles(*articles)
    masks = bytearray(len(old)), bytearray(len(new))
    starts = [_line_starts(old), _line_starts(new)]
    for block in diff.blocks:
        old_at = _places(block.old, block.old_text, starts[0])
        new_at = _places(block.new, block.new_text, starts[1])
        for span in block.spans:
            if not span.is_kept:
                for at in old_at[span.old_start : span.old_start + len(span.old)]:
                    masks[0][at] = 1
                for at in new_at[span.new_start : span.new_start + len(span.new)]:
                    masks[1][at] = 1
    return masks


def _line_starts(text: str) -> list[int]:
    starts = [0]
    starts += [match.end() for match in re.finditer("\n", text)]
    return starts


def _places(blocks: Iterable[int], text: str, starts: list[int]) -> list[int]:
    """For each character of a block change's text its place in the whole text."""
    return [
        starts[block] + at
        for block, line in zip(blocks, text.split("\n"), strict=False)
        for at in range(len(line) + 1)
    ]


def _from_opcodes(a: list[str], b: list[str], opcodes: Iterable[tuple[str, int, int, int, int]]) -> Masks:
    """Masks from changes between two lists of pieces that make up the texts."""
    masks = []
    for side, pieces in enumerate((a, b)):
        mask, starts, end = bytearray(sum(map(len, pieces))), [0], 0
        for piece in pieces:
            end += len(piece)
            starts.append(end)
        for tag, *bounds in opcodes:
            if tag != "equal":
                first, last = starts[bounds[2 * side]], starts[bounds[2 * side + 1]]
                mask[first:last] = b"\1" * (last - first)
        masks.append(mask)
    return masks[0], masks[1]


def _words(text: str) -> list[str]:
    return re.findall(r"\S+\s*|\s+", text)


def difflib_words(old: str, new: str) -> Masks:
    a, b = _words(old), _words(new)
    return _from_opcodes(a, b, SequenceMatcher(None, a, b).get_opcodes())


def difflib_exact(old: str, new: str) -> Masks:
    a, b = _words(old), _words(new)
    return _from_opcodes(a, b, SequenceMatcher(None, a, b, autojunk=False).get_opcodes())


def rapidfuzz_words(old: str, new: str) -> Masks:
    a, b = _words(old), _words(new)
    opcodes = import_module("rapidfuzz.distance").Indel.opcodes(a, b)
    return _from_opcodes(a, b, [(op.tag, op.src_start, op.src_end, op.dest_start, op.dest_end) for op in opcodes])


def redlines_words(old: str, new: str) -> Masks:
    diff = import_module("redlines").Redlines(old, new)
    pieces: list[tuple[str, str]] = []
    markup = re.sub(r"<span style='color:(\w+)[^>]*>(.*?)</span>", r"\0\1\0\2\0", diff.output_markdown, flags=re.S)
    parts = markup.split("\0")
    for kept, color, text in zip(parts[0::3], [*parts[1::3], ""], [*parts[2::3], ""], strict=False):
        pieces += [(" ", kept), ("-" if color == "red" else "+", text)]
    return _walked(old, new, pieces)


def diff_match_patch_words(old: str, new: str) -> Masks:
    """By words, which the library can do only through lines, with its semantic clean-up."""
    library = import_module("diff_match_patch").diff_match_patch()
    library.Diff_Timeout = 0
    a, b = ("\n".join(word.replace("\n", "\v") for word in _words(text)) + "\n" for text in (old, new))
    short_a, short_b, lines = library.diff_linesToChars(a, b)
    diffs = library.diff_main(short_a, short_b, False)
    library.diff_charsToLines(diffs, lines)
    library.diff_cleanupSemantic(diffs)
    masks = bytearray(), bytearray()
    for sign, text in diffs:
        size = len(text.replace("\n", ""))
        for side, only in ((0, -1), (1, 1)):
            if sign in (0, only):
                masks[side].extend(bytes([sign != 0]) * size)
    return masks


def git_words(old: str, new: str) -> Masks:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("a", "b")]
        for path, text in zip(paths, (old, new), strict=True):
            path.write_text(text + "\n", "utf-8")
        command = ["git", "diff", "--no-index", "--no-color", "--word-diff=porcelain", "-U99999", "a", "b"]
        out = subprocess.run(command, cwd=folder, capture_output=True, check=False).stdout.decode()
    lines = out.split("\n")
    body = lines[next((n for n, line in enumerate(lines, 1) if line.startswith("@@")), len(lines)) :]
    return _walked(old, new, [(line[:1], line[1:]) for line in body if line[:1] in (" ", "+", "-")])


def htmldiff2_words(old: str, new: str) -> Masks:
    def page(text: str) -> str:
        return "".join(f"<p>{line.replace('&', '&amp;').replace('<', '&lt;')}</p>" for line in text.split("\n"))

    reader = _Marks()
    reader.feed(import_module("htmldiff2").render_html_diff(page(old), page(new)))
    return _walked(old, new, reader.pieces)


class _Marks(HTMLParser):
    """The text of a page with `ins` and `del`, in pieces."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[tuple[str, str]] = []
        self.signs = [" "]

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in ("ins", "del"):
            self.signs.append("+" if tag == "ins" else "-")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ins", "del"):
            self.signs.pop()

    def handle_data(self, data: str) -> None:
        self.pieces.append((self.signs[-1], data))


def _walked(old: str, new: str, pieces: Iterable[tuple[str, str]]) -> Masks:
    """Masks from pieces of text that are kept, removed or added, whatever became of the white space between them."""
    texts = old, new
    masks = bytearray(len(old)), bytearray(len(new))
    at = [0, 0]
    for sign, text in pieces:
        for letter in text:
            if letter.isspace():
                continue
            for side, only in ((0, "-"), (1, "+")):
                if sign in (" ", only):
                    while at[side] < len(texts[side]) and texts[side][at[side]].isspace():
                        at[side] += 1
                    masks[side][at[side]] = sign != " "
                    at[side] += 1
    return masks


ENGINES: dict[str, Engine] = {
    "archiver": ours,
    "difflib words": difflib_words,
    "difflib words, autojunk off": difflib_exact,
    "rapidfuzz Indel": rapidfuzz_words,
    "diff-match-patch words": diff_match_patch_words,
    "git --word-diff": git_words,
    "redlines": redlines_words,
    "htmldiff2": htmldiff2_words,
}
