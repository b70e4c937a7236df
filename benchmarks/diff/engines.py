"""Ours and the others, as functions: two texts in, out what tells which characters of each are marked as changed.

Every engine is given words in the way that suits it best. A peer that is not installed is left out; none of
them is needed for anything else: `pip install diff-match-patch rapidfuzz redlines htmldiff2 typing_extensions`.
"""

import re
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from difflib import SequenceMatcher
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path

from archiver.diff import diff_articles
from archiver.model import Article, Block, BlockKind, Diff

Masks = tuple[bytearray, bytearray]
Result = Callable[[], Masks]
"""Called when the time has been taken: making masks is no part of comparing."""
Engine = Callable[[str, str], Result]


def ours(old: str, new: str) -> Result:
    diff = diff_articles(_article(old), _article(new))
    return lambda: _masks(diff, old, new)


def _masks(diff: Diff, old: str, new: str) -> Masks:
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


def _article(text: str) -> Article:
    return Article(body=tuple(Block(kind=BlockKind.PARAGRAPH, text=line) for line in text.split("\n")))


def _line_starts(text: str) -> list[int]:
    starts = [0]
    starts += [match.end() for match in re.finditer("\n", text)]
    return starts


def _places(blocks: Iterable[int], text: str, starts: list[int]) -> list[int]:
    """For each character of a block change's text its place in the whole text."""
    return [
        starts[block] + at for block, line in zip(blocks, text.split("\n"), strict=False) for at in range(len(line) + 1)
    ]


def _by_words(old: str, new: str, opcodes: Iterable[tuple[str, int, int, int, int]]) -> Result:
    """Masks from changes between the two lists of words."""
    return lambda: _walked(old, new, _pieces(old.split(), new.split(), opcodes))


def _pieces(a: list[str], b: list[str], opcodes: Iterable[tuple[str, int, int, int, int]]) -> Iterator[tuple[str, str]]:
    for tag, i, i_end, j, j_end in opcodes:
        if tag == "equal":
            yield " ", "".join(a[i:i_end])
        else:
            yield "-", "".join(a[i:i_end])
            yield "+", "".join(b[j:j_end])


def difflib_words(old: str, new: str) -> Result:
    return _by_words(old, new, SequenceMatcher(None, old.split(), new.split()).get_opcodes())


def difflib_exact(old: str, new: str) -> Result:
    return _by_words(old, new, SequenceMatcher(None, old.split(), new.split(), autojunk=False).get_opcodes())


def rapidfuzz_words(old: str, new: str) -> Result:
    opcodes = import_module("rapidfuzz.distance").Indel.opcodes(old.split(), new.split())
    return _by_words(old, new, [(op.tag, op.src_start, op.src_end, op.dest_start, op.dest_end) for op in opcodes])


def redlines_words(old: str, new: str) -> Result:
    operations = import_module("redlines.processor").WholeDocumentProcessor().process(old, new)
    chunks = operations[0].source_chunk, operations[0].test_chunk
    a, b = (["".join(token.replace("¶", "").split()) for token in chunk.text] for chunk in chunks)
    return lambda: _walked(old, new, _pieces(a, b, [operation.opcodes for operation in operations]))


def diff_match_patch_words(old: str, new: str) -> Result:
    """By words, which the library can do only through lines, with its semantic clean-up."""
    library = import_module("diff_match_patch").diff_match_patch()
    library.Diff_Timeout = 0
    short_old, short_new, lines = library.diff_linesToChars(*("\n".join(text.split()) + "\n" for text in (old, new)))
    diffs = library.diff_main(short_old, short_new, False)
    library.diff_charsToLines(diffs, lines)
    library.diff_cleanupSemantic(diffs)
    return lambda: _walked(old, new, [(" +-"[sign], text) for sign, text in diffs])


def git_words(old: str, new: str) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("a", "b")]
        for path, text in zip(paths, (old, new), strict=True):
            path.write_text(text + "\n", "utf-8")
        command = ["git", "diff", "--no-index", "--no-color", "--word-diff=porcelain", "-U99999", "a", "b"]
        out = subprocess.run(command, cwd=folder, capture_output=True, check=False).stdout.decode()
    lines = out.split("\n")
    body = lines[next((n for n, line in enumerate(lines, 1) if line.startswith("@@")), len(lines)) :]
    return lambda: _walked(old, new, [(line[:1], line[1:]) for line in body if line[:1] in (" ", "+", "-")])


def htmldiff2_words(old: str, new: str) -> Result:
    def page(text: str) -> str:
        return "".join(f"<p>{line.replace('&', '&amp;').replace('<', '&lt;')}</p>" for line in text.split("\n"))

    reader = _Marks()
    reader.feed(import_module("htmldiff2").render_html_diff(page(old), page(new)))
    return lambda: _walked(old, new, reader.pieces)


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
    """Masks from pieces of text that are kept, removed or added, whatever became of the spaces between them."""
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
