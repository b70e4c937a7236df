"""What one changed stretch of words means."""

from __future__ import annotations

from typing import NamedTuple

from archiver.model import ChangeKind, Quantity


class Reading(NamedTuple):
    """A meaning with its evidence in words; one side is empty when words were only added or removed."""

    kind: ChangeKind
    before: str
    after: str
    evidence: str
    quantity: Quantity | None = None
