"""The workbook as the officer filled it in, with every wrong cell red and its reason beside it: mend it there and send it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from households.importing.findings import Cell, ListRefused
from households.importing.texts import is_blank
from households.models import ImportBatch, ImportFinding
from households.workbooks import signing
from households.workbooks.cells import COLUMNS, KEY, written
from households.workbooks.reading import opened, places_of
from households.workbooks.writing import Returned, write_workbook
from posasoft.core import vault

_TITLES = {column.title: column.name for column in COLUMNS}


def returned_workbook(batch: ImportBatch) -> bytes:
    """Return the .xlsx with the texts that came back; rows of known lines stand where they were downloaded, the others below them."""
    if batch.workbook is None:
        raise ListRefused("Danh sách này không phải tệp đã tải từ sổ.")
    texts: dict[int, Mapping[str, str]] = {}
    remarks: dict[int, Mapping[str, str]] = {}
    told = _remarks(batch)
    spare = batch.workbook.persons + 2
    for number, row in _rows(batch):
        place = signing.read_row_key(row.get(KEY, ""), batch.workbook.public_id)
        line = place + 1 if place is not None and place + 1 not in texts else spare
        spare += line == spare
        texts[line] = {
            name: text for name, text in row.items() if name != KEY and (line >= batch.workbook.persons + 2 or name not in _LOCKED)
        }
        if number in told:
            remarks[line] = told[number]
    return write_workbook(batch.workbook, Returned(texts, remarks))


_LOCKED = frozenset(column.name for column in COLUMNS if column.where == "new")


def _rows(batch: ImportBatch) -> Iterator[tuple[int, dict[str, str]]]:
    with vault.as_path(batch.file.name or "") as path:
        found = opened(path)
        if found is None:
            return
        places = places_of(found[1])
        for number, values in enumerate(found[1].rows(), start=1):
            row: dict[str, Cell] = {name: values[index] if index < len(values) else None for name, index in places.items()}
            if number > 1 and not all(is_blank(value) for value in row.values()):
                yield number, {name: written(value) for name, value in row.items()}


def _remarks(batch: ImportBatch) -> dict[int, dict[str, str]]:
    """Errors by row of the file and column; what concerns the whole line stands at the name, which is in sight."""
    found: dict[int, dict[str, str]] = {}
    for finding in ImportFinding.objects.filter(batch=batch, severity="error").order_by("row", "id"):
        name = _TITLES.get(finding.column, "full_name")
        name = "full_name" if name == KEY else name
        cell = found.setdefault(finding.row, {})
        cell[name] = f"{cell[name]}\n{finding.message}" if name in cell else finding.message
    return found
