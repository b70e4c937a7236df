"""Whatever a page, a server or a command line says, no command sends it to the terminal as a command of its own."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.cli import run
from archiver.config import default_text
from archiver.model import (
    Article,
    Block,
    BlockKind,
    Byline,
    Event,
    Figure,
    HeadlineVariant,
    Link,
    Notice,
    NoticeKind,
    PageDate,
    Revision,
)
from archiver.store.git import GitStore
from archiver.store.layout import article_key

from .conftest import START

HOSTILE = "\x1b[2J\x1b]0;owned\x07 \x9b31m \u202ednuora gniog\u202c \u2066x\u2069 \u200f \u2028 \U000e0041"
SGR = re.compile(r"\x1b\[[\d;]*m")
LOOKS = (
    "ls",
    "log PAGE --all",
    "log PAGE --stat",
    "log PAGE --word-diff plain",
    "log PAGE --only fact",
    "show PAGE",
    "show PAGE@r1",
    "diff PAGE r1..latest",
    "diff PAGE r1..latest --side-by-side",
    "diff PAGE r1..latest --stat",
    "diff PAGE r1..latest --word-diff color",
    "diff PAGE r1..latest --word-diff porcelain",
    "blame PAGE",
    "when PAGE council",
    "changes",
    "changes --csv",
    "changes --ranked --since 2026-01-01",
    "audit",
    "audit --csv",
    "audit --stats section",
    "search council",
    "status",
    "held ls",
    "watch ls",
    "stats",
    "when PAGE HOSTILE",
    "search HOSTILE",
    "show HOSTILE",
    "diff PAGE HOSTILE",
    "snapshot http://HOSTILE",
    "HOSTILE",
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive as somebody else may have made it, with hostile text in every part of an article.

    (Ours never has it: the extractor drops what no reader sees.)
    """
    url = "https://tarnhaven.example/bridge"
    path = tmp_path_factory.mktemp("hostile") / "archive"
    notice = f"Correction: {HOSTILE} we had the wrong number."
    first = Article(
        headline=f"Bridge {HOSTILE} to close",
        variants=(HeadlineVariant(origin="og", text=f"Bridge {HOSTILE}"),),
        standfirst=f"The council {HOSTILE} voted.",
        byline=Byline(text=f"By Ada {HOSTILE} Quill"),
        stamps=(PageDate(text=f"Updated {HOSTILE} today", value="2026-03-01", origin="text"),),
        body=_blocks("About 1,400 people cross the bridge.", f"The council of {HOSTILE} Tarnhaven voted on Monday."),
        figures=(Figure(src=f"https://tarnhaven.example/{HOSTILE}", caption=f"The pier {HOSTILE}", credit="A. Quill"),),
        links=(Link(text=f"the count {HOSTILE}", target=f"https://tarnhaven.example/{HOSTILE}"),),
    )
    second = replace(
        first,
        headline=f"Bridge {HOSTILE} will close",
        standfirst="",
        byline=Byline(text=f"By {HOSTILE}"),
        stamps=(PageDate(text=f"Updated {HOSTILE} tomorrow", value="2026-03-02", origin="text"),),
        body=_blocks(
            f"About {HOSTILE} 1,600 people cross the bridge.", *(block.text for block in first.body[1:]), notice
        ),
        figures=(Figure(src="", caption=f"{HOSTILE} pier", credit=f"B. {HOSTILE}"),),
        links=(),
        notices=(Notice(kind=NoticeKind.CORRECTION, text=notice),),
    )
    with GitStore.create(path, now=START, config_text=default_text()) as store, store.lock(START):
        store.recover(START)
        drafts = [
            (
                Revision(
                    key=article_key(url),
                    event=event,
                    captured_at=START + timedelta(hours=hour),
                    source=f"{url}/{HOSTILE}",
                    headline=article.headline,
                    summary=f"number {HOSTILE}",
                ),
                article,
            )
            for hour, event, article in ((0, Event.FIRST, first), (1, Event.EDIT, second))
        ]
        with store.writer() as writer:
            writer.append(drafts)
    return path


def _blocks(*texts: str) -> tuple[Block, ...]:
    return tuple(Block(kind=BlockKind.PARAGRAPH, text=text) for text in texts)


def harmful(text: str) -> set[str]:
    """What in a text could command a terminal or turn its writing direction."""
    return {
        letter
        for letter in text
        if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(letter) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
        or letter in "\u200e\u200f\u061c"
        or "\U000e0000" <= letter <= "\U000e007f"
    } - {"\n"}


def test_no_command_sends_what_a_stranger_wrote(
    hostile: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLICOLOR_FORCE", "1")
    for command in LOOKS:
        words = [word.replace("PAGE", "bridge").replace("HOSTILE", HOSTILE) for word in command.split(" ")]
        code = run(["--archive", str(hostile), *words])
        out, err = capsys.readouterr()
        assert not harmful(SGR.sub("", out + err)), command
        assert "fault in archiver" not in err, command
        if "HOSTILE" not in command:
            assert code in (0, 3), (command, err)
    run(["--archive", str(hostile), "diff", "bridge", "r1..latest"])
    assert r"\u202ednuora" in capsys.readouterr().out


@pytest.mark.parametrize("words", ["ls", "log PAGE", "show PAGE", "diff PAGE r1..latest", "changes", "audit"])
def test_json_has_every_letter_and_sends_none_of_them_raw(
    hostile: Path, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    assert run(["--archive", str(hostile), *words.replace("PAGE", "bridge").split(), "--json"]) == 0
    out = capsys.readouterr().out
    assert not harmful(out)
    assert "\u202ednuora" in json.dumps(json.loads(out), ensure_ascii=False)
