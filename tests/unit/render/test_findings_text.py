"""Findings as people read them."""

from datetime import UTC, datetime

from archiver.diff import classify, diff_articles
from archiver.model import Article, Event, Finding, HeadlineVariant, Revision, Severity
from archiver.render.findings import render_findings
from archiver.render.page import Page

REVISION = Revision(
    key="courier.example/ab/pier~abcdefabcdef",
    event=Event.EDIT,
    captured_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
    source="https://courier.example/pier",
    number=2,
)


def headed(text: str) -> Article:
    return Article(
        headline=text,
        variants=(
            HeadlineVariant(origin="og", text=text),
            HeadlineVariant(origin="title", text=f"{text} - The Ellery Post"),
        ),
    )


def test_evidence_names_its_kind_and_tells_a_headline_once() -> None:
    changes = classify(diff_articles(headed("Pier To Close For 40 Days"), headed("Pier To Close For 50 Days")))
    finding = Finding(
        rule="stealth-edit",
        severity=Severity.HIGH,
        revision=REVISION,
        evidence=changes,
        explanation="The text changed.",
        limits="A finding quotes evidence.",
    )
    lines = list(render_findings([finding], Page(color=False, brackets=True, width=None)))
    assert "    headline, number: [-40 Days-]{+50 Days+} (+25 %)" in lines
    told = [line for line in lines if "Pier To Close" in line]
    assert told == [
        "    headline: [-Pier To Close For 40 Days-]{+Pier To Close For 50 Days+} (likewise og, title)",
    ]
