"""Says how a newsroom corrects itself: findings about single articles, and figures over many.

    revisions + articles ── read_history ── History ─┬─ apply_rules ── Findings
                                                     ├─ rank ───────── the edits worth a look first
                                                     └─ Census ─────── figures per newsroom, section, month

Everything is a pure function of what was captured. A finding quotes evidence and never a motive; what cannot be told
from the evidence (our own extractor, the site's clock, a day that had not ended) gives none.
"""

from __future__ import annotations

from archiver.audit.rules import RULES, apply_rules
from archiver.audit.steps import History, Step, read_history

__all__ = ["RULES", "History", "Step", "apply_rules", "read_history"]
