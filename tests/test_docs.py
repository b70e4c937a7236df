"""What the documents say is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click import Context
from transcripts import BLOCK, TRANSCRIBED, make_demo, refreshed, run, steady

from archiver import errors
from archiver.cli import cli
from archiver.config import load

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted(path for path in (ROOT, ROOT / "docs", ROOT / "docs/decisions") for path in path.glob("*.md"))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The archive that the demonstration leaves, and what it printed."""
    folder = tmp_path_factory.mktemp("docs")
    printed = make_demo(folder)
    return folder / "demo", printed


def commands() -> list[str]:
    return cli.list_commands(Context(cli))


@pytest.mark.parametrize("document", TRANSCRIBED, ids=lambda path: path.name)
def test_the_transcripts_are_what_the_commands_print(demo: tuple[Path, str], document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert refreshed(text, demo[0]) == text


def test_a_false_transcript_is_noticed(demo: tuple[Path, str]) -> None:
    false = README.replace("{+autumn+}", "{+winter+}")
    assert false != README
    assert steady(refreshed(false, demo[0])) == steady(README)


def test_the_demonstration_prints_the_diff_of_the_transcript(demo: tuple[Path, str]) -> None:
    diff = BLOCK.findall(README)[0].partition("$ archiver diff old-quay-bridge\n")[2]
    assert "{+autumn+}" in diff
    assert steady(diff) in steady(demo[1])


def test_the_python_example_runs(demo: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> None:
    example = re.findall(r"```python\n(.*?)```", README, re.DOTALL)[0]
    monkeypatch.chdir(demo[0].parent)
    names = {"html": "<h1>Weir opens</h1><p>The weir opened on Monday, a month early.</p>"}
    exec(example.replace('"news"', '"demo"'), names)  # the reader would do the same
    assert names["article"].headline == "Weir opens"
    assert names["diff"]


def test_every_command_is_in_the_table_and_no_other() -> None:
    assert sorted(re.findall(r"^\| `archiver (\w+)", README, re.MULTILINE)) == sorted(commands())


@pytest.mark.parametrize("command", commands())
def test_every_command_helps_with_examples(command: str, tmp_path: Path) -> None:
    shown = run(f"archiver {command} --help", tmp_path)
    assert re.search(rf"^\s+(?:.* )?archiver .*\b{command}\b", shown, re.MULTILINE)
    assert "--json" in shown or command == "demo" or "COMMAND [ARGS]" in shown


def test_the_exit_codes_are_those_of_the_errors() -> None:
    table = README.partition("## Exit codes")[2].partition("## ")[0]
    told = {int(code) for row in re.findall(r"^\| ([\d, ]+) \|", table, re.MULTILINE) for code in row.split(",")}
    raised = {kind.exit_code for kind in vars(errors).values() if isinstance(kind, type)}
    beyond = {errors.SOME_FAILED, errors.NOTHING_REACHED, errors.HUNG_UP, errors.INTERRUPTED, errors.TERMINATED}
    assert told == {0} | raised | beyond


def test_every_module_has_its_place_in_the_architecture() -> None:
    told = set(re.findall(r"`([\w.]+?)(?:/|\.py)?`", (ROOT / "docs/architecture.md").read_text(encoding="utf-8")))
    package = ROOT / "archiver"
    modules = {path.stem for path in package.glob("*.py")} | {
        path.parent.name for path in package.glob("*/__init__.py")
    }
    assert modules <= told


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?://)([^)#]+)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_document_is_in_the_list() -> None:
    listed = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    assert [path.name for path in DOCUMENTS if path.parent.name == "docs" and f"({path.name})" not in listed] == [
        "README.md"
    ]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_cron_line_names_the_program_in_full(document: Path) -> None:
    lines = re.findall(r"^ +\S+(?: \S+){4}  (\S*archiver) ", document.read_text(encoding="utf-8"), re.MULTILINE)
    assert all(program.startswith("/") for program in lines)


def test_the_recipe_of_the_documents_is_one() -> None:
    for block in re.findall(r"```toml\n(.*?)```", (ROOT / "docs/recipes.md").read_text(encoding="utf-8"), re.DOTALL):
        load(f"schema = 1\n{block}", "archiver.toml")


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 150
