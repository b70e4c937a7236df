"""Writes tables as CSV (RFC 4180) that a spreadsheet may open.

A cell of text that begins like a formula gets an apostrophe before it, because spreadsheets run formulas, also those
that a page's author put into a headline (OWASP, "CSV Injection"). Numbers stay numbers. Nothing in a cell ends a line
or drives a terminal.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO

from archiver.render.safe import safe

Cell = str | int | float | None

_FORMULA = tuple("=+-@\t\r＝＋－＠")


def csv_line(cells: Sequence[Cell]) -> str:
    """One record without its line end. None is an empty cell."""
    line = StringIO()
    csv.writer(line, lineterminator="").writerow([_cell(cell) for cell in cells])
    return line.getvalue()


def _cell(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    text = " ¶ ".join(map(safe, cell.split("\n")))
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
