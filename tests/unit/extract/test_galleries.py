"""A story told by pictures and their captions is an article; a list of other stories with their pictures is none."""

from __future__ import annotations

import pytest

from archiver.extract import extract
from archiver.model import Extraction

TOLD = [
    "Divers lift the first of three bells out of the harbour mud on Sunday.",
    "The choir of Fennick waits on the quay, and sings when the rope is tight.",
    "The smallest bell weighs as much as a horse, says Ned Garrow.",
    "Nobody knows the words on its rim. They are in no language of the coast.",
]
DATE = "<p class='date'>3 May 2031</p>"
TITLE = "The bells of Brisk in pictures"


def figure(n: int, *, image: str = "", caption: str = "") -> str:
    picture = f"<img src='/{n}.jpg' alt=''>"
    picture = f"<a href='{image}'>{picture}</a>" if image else picture
    said = f"<a href='{caption}'>{TOLD[n % 4]}</a>" if caption else TOLD[n % 4]
    return f"<figure>{picture}<figcaption>{said}</figcaption></figure>"


def read(inner: str, *, url: str = "https://paper.example/pictures/bells", title: str = TITLE) -> Extraction:
    html = (
        f"<html lang='en'><head><title>{title}</title></head><body><main><h1>{title}</h1>{inner}</main></body></html>"
    )
    return extract(html, url=url)


def lines(found: Extraction) -> list[str]:
    return [f"{block.kind.value}: {block.text}" for block in found.article.body]


CAPTIONS = [f"caption: {text}" for text in TOLD]


@pytest.mark.parametrize(
    "slides",
    [
        "".join(map(figure, range(4))),
        "".join(f"<div class='slide'>{figure(n)}<span>{n + 1}/4</span></div>" for n in range(4)),
        "".join(figure(n, image=f"/large/{n}.jpg") for n in range(4)),
        "".join(
            f"<div class='item'><img src='/{n}.jpg'><div class='caption'>{text}</div></div>"
            for n, text in enumerate(TOLD)
        ),
    ],
    ids=["figures", "slides", "linked to the large image", "boxes"],
)
def test_the_captions_of_a_photo_story_are_there(slides: str):
    found = read(DATE + slides)
    assert (found.problem, lines(found)) == ("", CAPTIONS)
    assert [figure.src for figure in found.article.figures] == [f"https://paper.example/{n}.jpg" for n in range(4)]
    assert found.article.published is not None
    assert found.article.published.value == "2031-05-03"


def test_one_picture_with_what_it_shows_is_a_story_too():
    found = read(
        f"<p class='byline'>By Mara Holt</p><figure><img src='/1.jpg'><figcaption>{TOLD[1]}</figcaption></figure>"
    )
    assert (found.problem, lines(found)) == ("", CAPTIONS[1:2])
    assert found.article.byline is not None


@pytest.mark.parametrize("intro", ["Eight pictures by Mara Holt.", " ".join(TOLD)])
def test_all_captions_below_a_short_text_are_there(intro: str):
    slides = "".join(f"<div class='slide'>{figure(n)}<span>{n + 1}/20</span></div>" for n in range(20))
    found = read(f"{DATE}<div class='text'><p>{intro}</p></div><div class='slides'>{slides}</div>")
    assert found.problem == ""
    assert lines(found) == [f"paragraph: {intro}", *(CAPTIONS * 5)]


def test_pictures_of_other_stories_below_it_are_none_of_its_own():
    more = "".join(f"<a href='/g/{n}'><img src='/r{n}.jpg'><h4>The regatta of the year {n}</h4></a>" for n in range(3))
    cards = "".join(figure(n, caption=f"/g/{n}") for n in range(4))
    for below in (more, cards):
        found = read(f"{DATE}{''.join(map(figure, range(4)))}<div class='more'><h3>More</h3>{below}</div>")
        assert lines(found) == CAPTIONS


@pytest.mark.parametrize(
    "cards",
    [
        DATE + "".join(figure(n, caption=f"/g/{n}") for n in range(8)),
        "".join(figure(n, image=f"/g/{n}") for n in range(8)),
        "".join(
            f"<time datetime='2031-05-0{n + 1}'>{n + 1} May 2031</time>{figure(n, image=f'/{n}')}" for n in range(8)
        ),
        DATE + "".join(f"{figure(n)}<h3><a href='/g/{n}'>The bells are back in the tower</a></h3>" for n in range(8)),
        DATE + "".join(f"<figure><img src='/{n}.jpg'><figcaption>Regatta {n}</figcaption></figure>" for n in range(8)),
    ],
    ids=["linked captions", "linked pictures", "a date each", "linked headings", "titles"],
)
def test_an_index_of_galleries_is_no_article(cards: str):
    assert read(cards, title="Pictures").problem
    assert read(cards, title="The Brisk Courier", url="https://paper.example/").problem


def test_a_wall_with_a_picture_is_a_wall():
    shown = "<figure><img src='/1.jpg'><figcaption>A photo by Mara Holt for the Courier, 2031.</figcaption></figure>"
    assert read(DATE + shown, title="Page not found").problem == "the page shows an error page"
