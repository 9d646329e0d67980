"""Rejected rows as a workbook: the commune's own columns as they came, and the reasons beside them."""

import datetime as dt
import io
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import xlsxwriter

from households.importing.reading import ListReading, ReadOptions, SheetReading, decoded_rows, read_list
from households.models import ImportBatch, ImportFinding, ImportRow
from households.staging.masking import masked
from posasoft.core import vault
from posasoft.core.masking import may_see_full

_REASON = "Lỗi"
_ROW = "Dòng trong tệp gốc"
_SEVERITIES = {"error": "Lỗi", "warning": "Cần xem", "info": "Cách hiểu"}
Remarks = dict[tuple[str, int], list[ImportFinding]]


def rejected_workbook(batch: ImportBatch, *, role: str) -> bytes:
    """Return an .xlsx with the heading, every rejected row and every row with an error, a column of reasons and comments on the cells.

    Built from the kept file, so that the cells are those that the commune wrote; a role that may not see whole ids gets their last digits.
    """
    remarks = _remarks(batch)
    wanted = _wanted(batch, remarks)
    with vault.as_path(str(batch.file.name)) as path:
        reading = read_list(path, ReadOptions(today=batch.area_date, fields=dict(batch.fields)))
        return _workbook_of(reading, remarks, wanted, hidden=not may_see_full(role))


def _workbook_of(reading: ListReading, remarks: Remarks, wanted: set[tuple[str, int]], *, hidden: bool) -> bytes:
    output = io.BytesIO()
    book = xlsxwriter.Workbook(output, {"in_memory": True, "default_date_format": "dd/mm/yyyy", "strings_to_formulas": False})
    styles = {
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1}),
        "wrong": book.add_format({"bg_color": "#FDE7C7"}),
    }
    for sheet in reading.sheets:
        name = sheet.sheet.name if len(reading.sheets) > 1 else ""
        rows = [(number, _hide(row) if hidden else row) for number, row in _rows(sheet, name, wanted)]
        _write(book.add_worksheet(_title(sheet.sheet.name)), sheet, name, rows, remarks, styles)
    book.close()
    return output.getvalue()


def _remarks(batch: ImportBatch) -> Remarks:
    found: Remarks = defaultdict(list)
    for finding in ImportFinding.objects.filter(batch=batch).exclude(severity="info").order_by("row", "id"):
        found[finding.sheet, finding.row].append(finding)
    return found


def _wanted(batch: ImportBatch, remarks: Remarks) -> set[tuple[str, int]]:
    rejected = ImportRow.objects.filter(batch=batch, decision=ImportRow.Decision.REJECTED).values_list("sheet", "row")
    accepted = set(ImportRow.objects.filter(batch=batch, decision=ImportRow.Decision.ACCEPTED).values_list("sheet", "row"))
    wrong = {place for place, findings in remarks.items() if any(finding.severity == "error" for finding in findings)}
    return (set(rejected) | wrong) - accepted


def _title(name: str) -> str:
    return "".join("-" if character in "[]:*?/\\" else character for character in name)[:31] or "Danh sách"


def _hide(row: Any) -> list[Any]:
    """The cells with numbers of papers masked; a number of eight digits or more in a list of people is one."""
    numbers = (str(int(value)) if isinstance(value, int | float) and abs(value) >= 10_000_000 else value for value in row)
    return [masked(value) if isinstance(value, str) else value for value in numbers]


def _write(target: Any, sheet: SheetReading, name: str, rows: list[tuple[int, Any]], remarks: Remarks, styles: dict[str, Any]) -> None:
    columns = sheet.header.columns
    places = {column.title: position for position, column in enumerate(columns)}
    for position, column in enumerate(columns):
        target.write_string(0, position, column.title, styles["head"])
    for offset, title in enumerate((_ROW, _REASON)):
        target.write_string(0, len(columns) + offset, title, styles["head"])
    target.set_column(len(columns) + 1, len(columns) + 1, 60)
    target.freeze_panes(1, 0)
    for line, (number, row) in enumerate(rows, start=1):
        for position, column in enumerate(columns):
            _cell(target, line, position, row[column.index] if column.index < len(row) else None)
        findings = remarks.get((name, number), [])
        target.write_number(line, len(columns), number)
        target.write_string(line, len(columns) + 1, "; ".join(_sentence(finding) for finding in findings) or "Không nhận")
        _comment(target, line, places, findings, styles["wrong"], row, columns)


def _rows(sheet: SheetReading, name: str, wanted: set[tuple[str, int]]) -> Iterator[tuple[int, Any]]:
    return ((number, row) for number, row in decoded_rows(sheet) if (name, number) in wanted)


def _cell(target: Any, line: int, position: int, value: Any, style: Any = None) -> None:
    if isinstance(value, str):
        target.write_string(line, position, value, style)
    elif isinstance(value, dt.datetime | dt.date):
        target.write_datetime(line, position, value, style)
    elif value is not None:
        target.write(line, position, value if isinstance(value, bool | int | float) else str(value), style)


def _sentence(finding: ImportFinding) -> str:
    place = f"{finding.column}: " if finding.column else ""
    return f"[{_SEVERITIES[finding.severity]}] {place}{finding.message}"


def _comment(target: Any, line: int, places: dict[str, int], findings: list[ImportFinding], style: Any, row: Any, columns: Any) -> None:
    by_column: dict[str, list[str]] = defaultdict(list)
    for finding in findings:
        by_column[finding.column].append(finding.message)
    for title, messages in by_column.items():
        if title in places:
            index = columns[places[title]].index
            _cell(target, line, places[title], row[index] if index < len(row) else None, style)
            target.write_comment(line, places[title], "\n".join(messages))
