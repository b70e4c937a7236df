"""CSV that no spreadsheet can run."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.render.table import csv_line


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-5 degrees", "@cmd", "＝1+1", "  =1+1"])
def test_a_cell_that_looks_like_a_formula_is_text(text: str) -> None:
    assert csv_line([text]).strip('"').startswith("'")


def test_numbers_stay_numbers_and_nothing_stays_empty() -> None:
    assert csv_line([-5, 0.25, None, "five"]) == "-5,0.25,,five"


@given(st.lists(st.text(), min_size=2, max_size=4))
def test_one_record_is_one_line_that_reads_back(cells: list[str]) -> None:
    line = csv_line(cells)
    assert len(line.splitlines()) <= 1
    assert "\x1b" not in line
    (record,) = csv.reader([line])
    assert len(record) == len(cells)
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in record)
