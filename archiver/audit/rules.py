"""The rules of the audit, by name, and what applies them.

A rule is a pure function from the history of one article to findings. Each finding quotes what was seen, says between
which two looks it happened, and what it does not show.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from archiver.audit import edits, notices, pages
from archiver.audit.steps import History
from archiver.model import Finding

Rule = Callable[[History], Iterator[Finding]]

RULES: Mapping[str, Rule] = {
    "stealth-edit": edits.stealth_edit,
    "touched-not-changed": edits.touched_not_changed,
    "fact-without-notice": edits.fact_without_notice,
    "correction-found": notices.correction_found,
    "notice-without-change": notices.notice_without_change,
    "notice-removed": notices.notice_removed,
    "headline-swapped": pages.headline_swapped,
    "stamp-backwards": pages.stamp_backwards,
    "published-changed": pages.published_changed,
    "byline-removed": pages.byline_removed,
    "deleted": pages.deleted,
}


def apply_rules(history: History, rules: Collection[str] = RULES.keys()) -> tuple[Finding, ...]:
    """What these rules, by default all, find in the history of an article, in the order of time."""
    found = [finding for name, rule in RULES.items() if name in rules for finding in rule(history)]
    return tuple(sorted(found, key=lambda finding: finding.revision.captured_at))
