"""A workbook in an officer's hands: downloaded, edited as in Excel, sent back."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from households.models import ImportBatch, Workbook
from households.staging.operations import receive_list
from households.workbooks.cells import COLUMNS, SHEET
from households.workbooks.writing import write_workbook
from posasoft.core import jobs
from posasoft.core.models import Area
from posasoft.core.scope import COUNTRY
from tests.households.cast import JANUARY

PLACES = {column.name: number for number, column in enumerate(COLUMNS, start=1)}


class Paper:
    """The sheet of members, by names of people and columns."""

    def __init__(self, content: bytes) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(content))
        self.sheet: Worksheet = self.book[SHEET]

    def _row(self, name: str) -> int:
        column = PLACES["full_name"]
        return next(number for number in range(2, self.sheet.max_row + 1) if self.sheet.cell(number, column).value == name)

    def get(self, name: str, column: str) -> Any:
        return self.sheet.cell(self._row(name), PLACES[column]).value

    def set(self, name: str, column: str, value: Any) -> None:
        self.sheet.cell(self._row(name), PLACES[column]).value = value

    def add(self, **values: Any) -> int:
        """Write a person on the first free row; which row."""
        free = next(number for number in range(2, self.sheet.max_row + 2) if not self.sheet.cell(number, PLACES["full_name"]).value)
        for column, value in values.items():
            self.sheet.cell(free, PLACES[column]).value = value
        return free

    def clear(self, name: str) -> None:
        number = self._row(name)
        for column in PLACES.values():
            self.sheet.cell(number, column).value = None

    def bytes(self) -> bytes:
        output = io.BytesIO()
        self.book.save(output)
        return output.getvalue()


def downloaded(workbook: Workbook) -> Paper:
    return Paper(write_workbook(workbook))


def send_back(paper: Paper, area: Area, folder: Path, name: str = "ve.xlsx") -> ImportBatch:
    path = folder / name
    path.write_bytes(paper.bytes())
    with path.open("rb") as file:
        batch = receive_list(file=file, name=name, area=area, area_date=JANUARY.replace(month=11), by=COUNTRY)
    jobs.run_all(beating=False)
    batch.refresh_from_db()
    return batch


def edited(workbook: Workbook, area: Area, folder: Path, edit: Callable[[Paper], None]) -> ImportBatch:
    paper = downloaded(workbook)
    edit(paper)
    return send_back(paper, area, folder)
