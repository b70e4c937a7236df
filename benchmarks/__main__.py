"""`python -m benchmarks`: what needs nothing but this repository, one after the other; README.md lists the rest."""

from __future__ import annotations

from importlib import import_module

NAMES = ("start", "snapshot", "store", "audit", "schedule")

for name in NAMES:
    print(f"# {name}", flush=True)
    import_module(f"benchmarks.{name}").main()
