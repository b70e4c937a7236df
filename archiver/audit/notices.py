"""Rules about published corrections, clarifications, editor's notes and retractions."""

from __future__ import annotations

from collections.abc import Iterator

from archiver.audit.steps import CORRECTING, History, Step, is_correcting
from archiver.diff.lexicon import lexicon
from archiver.diff.summary import summarise
from archiver.diff.tokens import fold, tokenise
from archiver.model import Change, ChangeKind, Finding, NoticeKind, Severity

_FIRST_LOOK = "What came before the first look is not known."
_BY_WORDS = (
    "Notice and changes are matched by the numbers, names and longer words that they share, which may miss a match or "
    "make one by chance."
)
_LONG_WORD = 5


def correction_found(history: History) -> Iterator[Finding]:
    """A notice that something was wrong, with the sentences that changed along with it."""
    for notice in history.origin.notices:
        if notice.kind in CORRECTING:
            yield Finding(
                rule="correction-found",
                severity=Severity.INFO,
                revision=history.first,
                explanation=f"{_name(notice.kind)} seen at the first look: “{notice.text}”",
                limits=f"{_FIRST_LOOK} Which sentences it speaks of was not seen.",
            )
    for step in history.edits:
        for notice_change in filter(is_correcting, step.notice_changes):
            sentences = _changed_sentences(step)
            matching = tuple(it for it in sentences if _speaks_of(notice_change.after, it))
            count = f"{len(sentences)} sentence{'s'[: len(sentences) != 1]} changed along with it"
            shared = f", {len(matching)} of which share{'s'[: len(matching) == 1]} its words" if sentences else ""
            yield Finding(
                rule="correction-found",
                severity=Severity.INFO,
                revision=step.after,
                others=(step.before,),
                evidence=(notice_change, *(matching or sentences)),
                explanation=f"{_name(notice_change.label)} {notice_change.action}: {count}{shared}.",
                limits=_BY_WORDS,
            )


def notice_without_change(history: History) -> Iterator[Finding]:
    """A notice came that something was wrong, but no change of the text matches it, in this step or before.

    Where other things changed with it, it has to name a figure, since a notice in general words fits anything.
    """
    earlier: list[Step] = []
    for step in history.edits:
        others = step.text_changes
        for notice in filter(is_correcting, step.notice_changes):
            is_vague = not any(word[0].isdigit() for word in _telling(notice.after))
            if notice.action != "added" or (others and is_vague) or _has_match(notice.after, step):
                continue
            if any(_has_match(notice.after, it) for it in earlier):
                continue
            beside = f"what did change is: {summarise(others)}" if others else "nothing else of the text changed"
            yield Finding(
                rule="notice-without-change",
                severity=Severity.LOW if others or earlier else Severity.MEDIUM,
                revision=step.after,
                others=(step.before,),
                evidence=(notice, *others),
                explanation=f"{_name(notice.label)} added: no change that was seen matches its words; {beside}.",
                limits="The change may have been made before the first look, between two looks, or in a picture. "
                + _BY_WORDS,
            )
        if others:
            earlier.append(step)


def notice_removed(history: History) -> Iterator[Finding]:
    """A notice that readers had been given is no longer there."""
    came = {notice.text: (history.first, "stood there at the first look") for notice in history.origin.notices}
    for step in history.steps:
        for change in step.notice_changes:
            if change.after:
                came[change.after] = came.get(change.before, (step.after, f"came in r{step.after.number}"))
            if not step.is_ours and _is_taken_back(change):
                origin, words = came.get(change.before, (step.before, f"stood in r{step.before.number}"))
                yield Finding(
                    rule="notice-removed",
                    severity=_severity_of_loss(change, step),
                    revision=step.after,
                    others=(origin, *((step.before,) if step.before != origin else ())),
                    evidence=(change,),
                    explanation=f"{_name(change.label.partition(' → ')[0])} {_loss(change, step)}, which {words}: "
                    f"“{change.before}”",
                    limits="It may stand elsewhere now, on a page of corrections or in words that the program does not "
                    "know.",
                )


def _is_taken_back(change: Change) -> bool:
    """Whether a notice is gone, or says no more that something was wrong."""
    was, _, now = change.label.partition(" → ")
    return not change.after or (was in CORRECTING and bool(now) and now not in CORRECTING)


def _severity_of_loss(change: Change, step: Step) -> Severity:
    if change.label == NoticeKind.UPDATE:
        return Severity.LOW
    return Severity.MEDIUM if change.after or any(map(is_correcting, step.new_notices)) else Severity.HIGH


def _loss(change: Change, step: Step) -> str:
    """What became of a notice."""
    if change.after:
        return f"now labelled {_name(change.label).lower()}"
    return "replaced by another" if any(map(is_correcting, step.new_notices)) else "gone"


def _has_match(notice: str, step: Step) -> bool:
    """Whether a changed sentence, headline or caption shares telling words with a notice."""
    return any(_speaks_of(notice, it) for it in (*_changed_sentences(step), *step.text_changes))


def _changed_sentences(step: Step) -> tuple[Change, ...]:
    """The sentences that changed with a notice, without those of notices."""
    own = fold("\n".join(f"{change.before}\n{change.after}" for change in step.notice_changes))
    return tuple(
        Change(
            kind=ChangeKind.SENTENCE,
            action="altered" if change.old and change.new else "added" if change.new else "removed",
            field="body",
            weight=0,
            before=" ".join(change.old),
            after=" ".join(change.new),
            evidence=f"a sentence {change.kind} along with the notice",
            old_block=change.old_block,
            new_block=change.new_block,
        )
        for change in step.sentences
        if change.kind != "moved" and not any(fold(sentence) in own for sentence in change.new or change.old)
    )


def _speaks_of(notice: str, change: Change) -> bool:
    return not _telling(notice).isdisjoint(_telling(f"{change.before} {change.after}"))


def _telling(text: str) -> frozenset[str]:
    """The numbers, names and longer words of a text, as they are compared."""
    return frozenset(_telling_words(text))


def _telling_words(text: str) -> Iterator[str]:
    words = lexicon("")
    for token in tokenise(text):
        if token.kind in ("number", "date", "time"):
            yield "".join(letter for letter in token.key if letter.isdigit() or letter in ".,:")
        elif (
            token.kind in ("name", "word", "plain")
            and len(token.key) >= _LONG_WORD
            and token.key not in words.stopwords
        ):
            yield token.key


def _name(kind: str) -> str:
    """What a notice is called: "editors-note" is an editor's note."""
    kind = kind.rpartition(" → ")[2]
    return "Editor’s note" if kind == NoticeKind.EDITORS_NOTE else kind.capitalize()
