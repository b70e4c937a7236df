"""What people see of the audit: findings, changes, figures, blame, in text, CSV and JSON."""

from __future__ import annotations

import csv
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from archiver.cli import run

Said = tuple[int, str, str]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive that the demonstration leaves: a touch, a correction, a stealth edit, a deletion."""
    path = tmp_path_factory.mktemp("audit") / "demo"
    assert run(["demo", str(path)]) == 0
    return path


@pytest.fixture
def say(demo: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    def call(*words: str) -> Said:
        capsys.readouterr()
        code = run(["--archive", str(demo), *words])
        return code, *capsys.readouterr()

    return call


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def test_the_audit_quotes_what_it_found_and_says_what_it_does_not_show(say: Callable[..., Said]) -> None:
    code, out, err = say("audit")
    assert (code, err) == (0, "")
    for rule in ("touched-not-changed", "correction-found", "stealth-edit", "deleted"):
        assert f"\n  {rule}  " in out
        assert f"\n  {rule}: " in out.partition("What this does not show")[2]
    assert "between 2023-03-02 12:00Z and 2023-03-02 13:00Z" in out
    assert "[-spring-]{+autumn+}" in out
    assert "\x1b" not in out


def test_a_rule_an_article_and_a_time_narrow_it(say: Callable[..., Said]) -> None:
    assert "stealth-edit" not in say("audit", "--rule", "deleted")[1]
    assert "deleted" not in say("audit", "old-quay")[1]
    assert "touched-not-changed" not in say("audit", "--since", "2023-03-02T11:30")[1]
    assert say("audit", "--since", "2023-03-02T13:01") == (0, "", "nothing found\n")


def test_findings_as_json_and_as_csv(say: Callable[..., Said]) -> None:
    document = json.loads(say("audit", "--json", "--rule", "stealth-edit")[1])
    (finding,) = document["findings"]
    assert (document["schema_version"], finding["severity"], finding["revision"]["number"]) == (1, "high", 4)
    assert [(it["before"], it["after"]) for it in finding["evidence"]] == [("spring", "autumn")]
    (row,) = rows(say("audit", "--csv", "--rule", "stealth-edit")[1])
    assert (row["rule"], row["before"], row["after"], row["revision"]) == ("stealth-edit", "spring", "autumn", "4")
    assert row["unchanged_since"] < row["captured_at"]


def test_the_rules_are_listed(say: Callable[..., Said]) -> None:
    code, out, _ = say("audit", "--rules")
    assert code == 0
    assert len(out.splitlines()) == 11


def test_figures_in_three_forms(say: Callable[..., Said]) -> None:
    text = say("audit", "--stats", "section")[1]
    assert "Harbour" in text
    assert "at the median" in text
    table = rows(say("audit", "--stats", "month", "--csv")[1])
    assert [(row["month"], row["articles"], row["edited"], row["corrected"]) for row in table] == [
        ("2023-03", "4", "1", "1")
    ]
    (figures,) = json.loads(say("audit", "--stats", "newsroom", "--json")[1])["figures"]
    assert figures["moved_same"] == figures["moved_changed"] == figures["stayed_changed"] == 1
    assert figures["longest_gap_minutes"] == 60


def test_a_newsroom_with_a_port_is_shown_as_its_address_and_found_by_both_names(say: Callable[..., Said]) -> None:
    (figures,) = json.loads(say("audit", "--stats", "newsroom", "--json")[1])["figures"]
    newsroom = figures["newsroom"]
    assert re.fullmatch(r"127\.0\.0\.1:\d+", newsroom)
    assert say("audit", "--stats", "newsroom")[1].startswith(f"{newsroom}\n")
    assert {row["newsroom"] for row in rows(say("changes", "--csv")[1])} == {newsroom}
    everything = say("audit")
    assert say("audit", newsroom) == say("audit", newsroom.replace(":", "~p")) == everything


def test_changes_of_a_kind_or_a_group(say: Callable[..., Said]) -> None:
    table = rows(say("changes", "--kind", "number,quotation", "--csv")[1])
    assert [(row["kind"], row["group"], row["revision"]) for row in table] == [
        ("number", "fact", "3"),
        ("quotation", "fact", "4"),
    ]
    assert rows(say("changes", "--kind", "fact", "--csv")[1]) == table
    document = json.loads(say("changes", "--kind", "stamp", "--json")[1])
    assert [entry["revision"]["number"] for entry in document["changes"]] == [2, 3]
    assert "2,400" in say("changes", "old-quay")[1]


def test_the_ranking_gives_its_reasons(say: Callable[..., Said]) -> None:
    nothing = "nothing changed in the last day; --since looks further back\n"  # that of the demonstration is long past
    assert say("changes", "--ranked") == (0, "", nothing)
    out = say("changes", "--ranked", "--since", "2023-03-01")[1]
    assert out.index("autumn") < out.index("2,400")
    assert "+10  no stamp moved and no notice was added" in out
    ranking = json.loads(say("changes", "--ranked", "--since", "2023-03-01", "--json")[1])["ranking"]
    assert all(it["score"] == sum(reason["points"] for reason in it["reasons"]) for it in ranking)
    assert rows(say("changes", "--ranked", "--since", "2023-03-01", "--csv")[1])[0]["severity"] == "high"


def test_blame_and_when(say: Callable[..., Said]) -> None:
    blamed = say("blame", "old-quay")[1].splitlines()
    assert next(line for line in blamed if "last autumn" in line).startswith("r4 ")
    sentences = json.loads(say("blame", "old-quay@r1", "--json")[1])["sentences"]
    assert {it["revision"]["number"] for it in sentences} == {1}
    code, out, _ = say("when", "old-quay", "2,400 vehicles")
    assert (code, out) == (
        0,
        "r1 to r2: there at the first look, 2023-03-02 10:00Z; "
        "went between 2023-03-02 11:00Z and 2023-03-02 12:00Z (r3)\n",
    )
    code, out, err = say("when", "old-quay", "no such words")
    assert (code, out) == (1, "")
    assert "no such words" in err
    assert json.loads(say("when", "old-quay", "autumn", "--json")[1])["stretches"][0]["first"]["number"] == 4


def test_log_and_diff_take_gits_options(say: Callable[..., Said]) -> None:
    assert "¶11" in say("log", "old-quay", "--stat")[1]
    assert [line.split()[0] for line in say("log", "old-quay", "--only", "number")[1].splitlines()[3:]] == ["r3"]
    assert "[-2,400-]{+3,100+}" in say("log", "old-quay", "--word-diff", "plain")[1]
    assert len(json.loads(say("log", "old-quay", "--only", "notice", "--json")[1])["revisions"]) == 1
    assert "words: 1 removed" in say("diff", "old-quay", "--stat")[1]
    assert "\n-spring\n+autumn\n" in say("diff", "old-quay", "--word-diff", "porcelain")[1]
    assert "\x1b[" in say("diff", "old-quay", "--word-diff", "color")[1]
    notices = say("diff", "old-quay", "r2..r3", "--only", "notice")[1]
    assert "{+Correction: " in notices
    assert "2,400" not in notices
    assert say("diff", "old-quay", "r2..r3", "--only", "headline", "--exit-code")[0] == 0
    assert say("diff", "old-quay", "r2..r3", "--only", "number", "--exit-code")[0] == 1


@pytest.mark.parametrize("form", [[], ["--csv"], ["--json"]])
def test_changes_says_by_its_exit_code_whether_there_are_any(say: Callable[..., Said], form: list[str]) -> None:
    listed = say("changes", "--kind", "number", *form)[1]
    assert say("changes", "--kind", "number", "--exit-code", *form)[:2] == (1, listed)
    assert say("changes", "--kind", "byline", "--exit-code", *form)[0] == 0
    assert say("changes", "--ranked", "--since", "2023-03-01", "--exit-code", *form)[0] == 1
    assert say("changes", "--ranked", "--exit-code", *form)[0] == 0


def test_show_goes_by_either_clock(say: Callable[..., Said]) -> None:
    assert "\nr2 " in say("show", "old-quay@2023-03-02T10:00", "--published")[2]
    assert "\nr4 " in say("show", "old-quay@2023-03-02", "--captured")[2]
    code, _, err = say("show", "old-quay@2023-02-01", "--published")
    assert code == 2
    assert "hint: " in err
    assert say("show", "old-quay", "--published")[0] == 2


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["audit", "no-such-newsroom"], "no such article"),
        (["audit", "no-such-newsroom", "--json"], "no such article"),
        (["audit", "--rule", "stealth"], "no such rule"),
        (["audit", "--since", "yesterday"], "write 2024-04-26"),
        (["changes", "--kind", "typo"], "no such kind"),
        (["diff", "old-quay", "--only", "facts"], "no such kind"),
    ],
)
def test_words_that_are_off(say: Callable[..., Said], words: list[str], why: str) -> None:
    code, out, err = say(*words)
    assert (code, out) == (2, "")
    assert why in err


def at_terminal(command: list[str], environment: dict[str, str]) -> str:
    """What a command prints on a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, env=environment, stdin=theirs, stdout=theirs) as child:
        child.wait(60)
    os.close(theirs)
    shown = os.read(ours, 1 << 16).decode()
    os.close(ours)
    return shown


def test_a_terminal_gets_a_pager_and_a_pipe_gets_none(demo: Path, tmp_path: Path) -> None:
    pager = tmp_path / "pager"
    pager.write_text('#!/bin/sh\nsed "s/^/paged: /"\n')
    pager.chmod(0o755)
    command = [sys.executable, "-m", "archiver", "--archive", str(demo), "log", "old-quay"]
    environment = {**os.environ, "PAGER": str(pager), "TERM": "xterm"}
    piped = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert "paged: " not in piped.stdout
    shown = at_terminal(command, environment)
    assert re.search("paged: (\x1b\\[\\d+m)?r4 ", shown)
    assert "paged: " not in at_terminal([*command[:3], "--no-pager", *command[3:]], environment)
    assert "paged: " not in at_terminal(command, {**environment, "ARCHIVER_NO_PAGER": "1"})
