"""`python -m benchmarks [NAME…]`: run the measurements named, or all; print one line for each figure."""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = ("audit", "start", "snapshot", "store", "schedule")

for name in sys.argv[1:] or NAMES:
    print(f"# {name}")
    import_module(f"benchmarks.{name}").main()
