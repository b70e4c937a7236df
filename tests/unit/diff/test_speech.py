import pytest

from archiver.diff.lexicon import lexicon
from archiver.diff.notices import notice_kind
from archiver.diff.sides import quotations
from archiver.diff.speech import sources


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "The roof fell, police said.", ["police said"]),
        ("en", "Police said that the roof fell.", ["Police said that"]),
        ("en", "“It fell,” said the mayor of Skarn, who saw it.", ["said the mayor of Skarn"]),
        ("en", "It fell, according to two people who saw it.", ["according to two people who saw it"]),
        ("en", "The court was told that it fell.", ["The court was told that"]),
        ("en", "They were told to leave.", []),
        ("en", "The roof fell, a study found.", ["a study found"]),
        ("en", "A walker found the coin in a field.", []),
        ("en", "The report was long.", []),
        ("de", "Das Dach fiel, wie die Polizei mitteilte.", ["die Polizei mitteilte"]),
        ("de", "Das sagte ein Sprecher der Bergwacht.", ["Das sagte ein Sprecher der Bergwacht"]),
        ("de", "Nach Angaben der Stadt fiel das Dach.", ["Nach Angaben der Stadt"]),
        ("de", "Das Dach fiel, so die Feuerwehr.", ["so die Feuerwehr"]),
        ("de", "Dem Gutachten zufolge fiel das Dach.", ["Dem Gutachten zufolge"]),
        ("de", "Es gab 12 Verletzte.", []),
    ],
)
def test_who_says_it(language, text, expected):
    assert [text[start:end] for start, end in sources(text, lexicon(language))] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'I left,' he said. 'It was late.'", ["I left,", "It was late."]),
        ("The teams' coach left the players' bus.", []),
        ("It isn't the '90s or rock 'n' roll.", []),
        ("Er nannte es ‚Unsinn‘ und „Quatsch“.", ["Unsinn", "Quatsch"]),
        ("She said: “He told me ‘no’ twice.”", ["He told me ‘no’ twice."]),
        ("“It goes on", ["It goes on"]),
    ],
)
def test_quotations(text, expected):
    assert [text[start:end] for start, end in quotations(text)] == expected


@pytest.mark.parametrize("hostile", ["x said ", "said by x ", "as a b c put ", "‘x ", "'x ", "this a story ", "A B "])
def test_no_repetition_makes_them_slow(hostile):
    """Quadratic work on these would take minutes."""
    words = lexicon("")
    text = hostile * 30_000
    assert all(0 <= start < end <= len(text) for start, end in sources(text, words))
    assert len(quotations(text)) <= len(text)
    assert notice_kind(text, words, is_at_edge=True) == ""
