"""A language is added by adding its file."""

import tomllib
from importlib.resources import files

import pytest

from archiver.diff.lexicon import Lexicon, lexicon, load
from archiver.diff.notices import notice_kind
from archiver.diff.settle import readings_of
from archiver.diff.words import compare_words

TOY = """
negations = ["nul"]
modals = ["posh"]
sayings = ["kvek"]
hedges = ["mebi"]
days = ["unutag", "dutag"]
[numbers]
tri = 3
kvar = 4
[notices]
piece = "artik"
correction = ["korekt:"]
[newsroom]
update = ["ti {piece} {any}novig"]
"""


@pytest.fixture
def toy(tmp_path):
    (tmp_path / "toy.toml").write_text(TOY, "utf-8")
    return load(tmp_path)["toy"]


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("La pont fal.", "La pont nul fal.", "negation"),
        ("La pont fal.", "La pont posh fal.", "modality"),
        ("La pont fal.", "La pont mebi fal.", "hedging"),
        ("La pont fal.", "La pont fal, pol kvek.", "attribution"),
        ("La pont fal unutag.", "La pont fal dutag.", "date-time"),
        ("Vid tri pont.", "Vid kvar pont.", "number"),
        ("Vid 3 pont.", "Vid 4 pont.", "number"),
        ("La pont fal.", "La dom fal.", "wording"),
    ],
)
def test_a_third_language_is_read_by_its_file(toy, old, new, kind):
    assert {reading.kind.value for reading in readings_of(compare_words(old, new), toy)} == {kind}


def test_its_notices_are_known(toy):
    assert notice_kind("Korekt: la pont star.", toy) == "correction"
    assert notice_kind("Hodi ti artik est novig.", toy, is_at_edge=True) == "update"
    assert notice_kind("La pont est novig.", toy, is_at_edge=True) == ""


def test_the_files_hold_what_the_lexicon_knows():
    tables = {"notices", "newsroom", "numbers"}
    known = set(Lexicon.__dataclass_fields__)
    for file in files("archiver.diff").joinpath("languages").iterdir():
        assert set(tomllib.loads(file.read_text("utf-8"))) == known, file.name
    assert tables < known


def test_an_unknown_language_is_read_with_all_lists():
    assert lexicon("xx") is lexicon("")
    assert lexicon("en-GB") is lexicon("en")
