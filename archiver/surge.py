"""Notice when most articles of one newsroom change in one run: rather a new page design or a wall than so many edits.

Takes what each look came to, in order, gives what to do with it; pure, but for its own count. Small numbers prove
nothing, so the first edits of a newsroom wait until there are enough to judge by, or the run ends.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from archiver.model import Event

ENOUGH = 8
"""Edits from which on the share counts."""
SHARE = 0.5
"""More edits than this among the articles looked at is a surge."""
_LOOKED = frozenset((Event.EDIT, Event.SAME, Event.TOUCH, Event.MOVED))


@dataclass(slots=True)
class _Newsroom:
    looked: int = 0
    edited: int = 0
    is_held: bool = False


class Surges:
    """The count of one run. Give it only looks that were due by age: what a feed states as changed has changed."""

    def __init__(self) -> None:
        self._newsrooms: dict[str, _Newsroom] = defaultdict(_Newsroom)

    @property
    def held(self) -> dict[str, tuple[int, int]]:
        """The newsrooms in a surge: how many articles changed, and of how many."""
        return {host: (room.edited, room.looked) for host, room in self._newsrooms.items() if room.is_held}

    def judge(self, host: str, event: Event) -> Literal["pass", "wait", "hold"]:
        """What to do with an edit: let it pass and all that wait, let it wait, or hold it and all that wait.

        Other looks are counted and pass.
        """
        room = self._newsrooms[host]
        room.looked += event in _LOOKED
        if event is not Event.EDIT:
            return "pass"
        room.edited += 1
        room.is_held = room.is_held or (room.edited >= ENOUGH and room.edited > SHARE * room.looked)
        if room.is_held:
            return "hold"
        return "wait" if room.edited < ENOUGH else "pass"
