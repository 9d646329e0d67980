"""Writes a made list as .xlsx, .xls, .ods or .csv."""

import csv
import datetime as dt
import zipfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import xlwt

from tests.importing.messy import Made


def write(made: Made, folder: Path) -> Path:
    """Write the workbook in the format of its habits and return its path."""
    path = folder / f"list-{made.habits.seed}.{made.habits.suffix}"
    {"xlsx": _xlsx, "xls": _xls, "ods": _ods, "csv": _csv}[made.habits.suffix](made, path)
    return path


def _xlsx(made: Made, path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in made.sheets.items():
        sheet = book.create_sheet(name.replace("/", "-"))
        for row in rows:
            sheet.append(row)
        for top, left, bottom, right in made.merges[name]:
            sheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    book.create_sheet("Sheet2")
    book.save(path)


def _xls(made: Made, path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    date_style = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for name, rows in made.sheets.items():
        sheet = book.add_sheet(name)
        for number, row in enumerate(rows):
            for index, value in enumerate(row):
                if value is not None:
                    sheet.write(number, index, value, date_style) if isinstance(value, dt.date) else sheet.write(number, index, value)
    book.save(str(path))


def _csv(made: Made, path: Path) -> None:
    rows = next(iter(made.sheets.values()))
    # Legacy text is saved by old Excel in its own code page, which keeps the bytes.
    encoding = "latin-1" if made.habits.font else "utf-8-sig"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerows([[_shown(value) for value in row] for row in rows])


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return value.strftime("%d/%m/%Y") if isinstance(value, dt.date) else str(value)


_CONTENT = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' office:version="1.2"><office:body><office:spreadsheet>%s</office:spreadsheet></office:body></office:document-content>'
)
_MANIFEST = (
    '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


def _ods(made: Made, path: Path) -> None:
    tables = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join(f"<table:table-row>{''.join(map(_ods_cell, row)) or '<table:table-cell/>'}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in made.sheets.items()
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        archive.writestr("content.xml", _CONTENT % tables)


def _ods_cell(value: Any) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, dt.date):
        return f'<table:table-cell office:value-type="date" office:date-value="{value.isoformat()}"><text:p>{value}</text:p></table:table-cell>'
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'
