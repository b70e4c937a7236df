"""The demonstration: a fictional newspaper and the four moments at which `archiver demo` looks at it.

`STEPS` says what the newspaper does at each moment and what a check of each article must find. The newspaper
itself is `archiver.demo.newsroom.Newsroom`; what it prints lies in `courier/`, as data.
"""

from __future__ import annotations

from dataclasses import dataclass

from archiver.model import Event

__all__ = ["BRIDGE", "FERRY", "LANTERNS", "STEPS", "WAREHOUSE", "Step"]

BRIDGE = "/town/old-quay-bridge-to-close/"
WAREHOUSE = "/harbour/fund-chair-leased-relatives-warehouse/"
LANTERNS = "/town/lantern-parade-returns/"
FERRY = "/harbour/how-to-take-the-ferry/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One moment in the life of the newspaper."""

    moment: int
    """What `Newsroom.moment` is set to: 1, 2, …"""
    name: str
    explanation: str
    """One line: what the newsroom did since the step before."""
    expected: tuple[tuple[str, Event], ...]
    """Path of each article, and what a check of it comes to."""


STEPS = (
    Step(
        moment=1,
        name="first sight",
        explanation="Four articles that the archive has never seen.",
        expected=((BRIDGE, Event.FIRST), (WAREHOUSE, Event.FIRST), (LANTERNS, Event.FIRST), (FERRY, Event.FIRST)),
    ),
    Step(
        moment=2,
        name="only the stamp",
        explanation="The bridge story's “Last update” line moves, and not a word of it changes.",
        expected=((BRIDGE, Event.TOUCH), (WAREHOUSE, Event.SAME), (LANTERNS, Event.SAME), (FERRY, Event.SAME)),
    ),
    Step(
        moment=3,
        name="a correction",
        explanation="The bridge story gets another number, a correction notice that says so, and a new stamp.",
        expected=((BRIDGE, Event.EDIT), (WAREHOUSE, Event.SAME), (LANTERNS, Event.SAME), (FERRY, Event.SAME)),
    ),
    Step(
        moment=4,
        name="quietly",
        explanation="A quotation in the bridge story changes under the old stamp; the warehouse story is withdrawn.",
        expected=((BRIDGE, Event.EDIT), (WAREHOUSE, Event.GONE), (LANTERNS, Event.SAME), (FERRY, Event.SAME)),
    ),
)
