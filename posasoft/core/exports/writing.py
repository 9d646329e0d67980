"""Makes the file: Excel or CSV with a head that says who took what when, streamed into the vault."""

from __future__ import annotations

import csv
import datetime
import io
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from django.db import InterfaceError, OperationalError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from posasoft.core import jobs, notifications, vault
from posasoft.core.access import assignments_of
from posasoft.core.exports import rules
from posasoft.core.exports.operations import JOB
from posasoft.core.exports.registry import Bundle, Column, Exporter, columns_for, exporter_of
from posasoft.core.models import ExportRequest
from posasoft.core.scope import acting
from posasoft.core.vault import Stored

# A cell that begins like this is run as a formula by spreadsheet programs, full-width forms included (ASVS 1.2.10).
_FORMULA = re.compile(r"^[\s]*[=+\-@＝＋－＠\t\r\n]")
_NUMBER = re.compile(r"^-?\d+([.,]\d+)*$")
_EVERY = 500
_MEMORY = Path("/dev/shm")
_ROOM = 512 * 1024 * 1024
Rows = Iterable[Sequence[Any]]


@jobs.handler(JOB)
def make(context: jobs.JobContext) -> dict[str, Any]:
    """Write the file of one request. A second run makes a new file and forgets the first one's."""
    with context.unit():
        asked = ExportRequest.objects.select_related("requested_by", "approved_by").get(pk=context.params["export_id"])
        if asked.status == ExportRequest.Status.READY:
            return {"rows": asked.rows}
        # What was agreed to may have been withdrawn: the role is asked again when the file is made.
        found = exporter_of(asked.kind, asked.role)
        if found is None or ExportRequest.Status.RUNNING not in rules.MOVES[asked.status]:
            raise jobs.JobFailed(_("Yêu cầu xuất dữ liệu này không còn hiệu lực."))
        ExportRequest.objects.filter(pk=asked.pk).update(status=ExportRequest.Status.RUNNING)
    try:
        with context.unit():
            _check_still_meant(context, asked, found)
        return _made(context, asked, found)
    except (OperationalError, InterfaceError, jobs.Fenced):
        # The job comes back, or another worker has it.
        raise
    except Exception:
        with acting(context.scope):
            ExportRequest.objects.filter(pk=asked.pk).update(status=ExportRequest.Status.FAILED)
        raise


def _check_still_meant(context: jobs.JobContext, asked: ExportRequest, found: Exporter) -> None:
    """Raises JobFailed when the asker lost the role meanwhile, or the filter has come to mean many more persons than were agreed to."""
    held = assignments_of(asked.requested_by, timezone.localdate())
    if asked.role_assignment_id is not None and not held.filter(pk=asked.role_assignment_id).exists():
        raise jobs.JobFailed(_("Người yêu cầu không còn vai trò này."))
    agreed = asked.count + asked.count // 10 if asked.approved_by_id else max(asked.count, rules.SECOND_ABOVE)
    if found.count(context.scope, asked.params) > agreed:
        raise jobs.JobFailed(_("Số liệu đã thay đổi nhiều từ khi yêu cầu; hãy yêu cầu lại."))


def _made(context: jobs.JobContext, asked: ExportRequest, found: Exporter) -> dict[str, Any]:
    columns = [column for column in columns_for(found, asked.role) if column.name in asked.columns]
    columns.sort(key=lambda column: asked.columns.index(column.name))
    with context.unit():
        if isinstance(found, Bundle):
            counter = _Counted(
                context, found.files(context.scope, asked.params), found.number_of_files(context.scope, asked.params), every=1
            )
            stored = _zip(head(asked, found), counter)
        else:
            counter = _Counted(context, found.rows(context.scope, asked.params, [column.name for column in columns]), asked.count)
            stored = (_workbook if asked.format == ExportRequest.Format.XLSX else _csv)(head(asked, found), columns, counter)
    try:
        with context.unit():
            ready = timezone.now()
            ExportRequest.objects.filter(pk=asked.pk).update(
                status=ExportRequest.Status.READY, file=stored.name, sha256=stored.sha256, size=stored.size, rows=counter.number, ready_at=ready,
                expires_at=ready + rules.KEPT,
            )  # fmt: skip
            notifications.notify(
                kind="export_ready",
                title=_("Tệp xuất dữ liệu đã sẵn sàng"),
                link=reverse("portal:downloads"),
                users=[asked.requested_by_id],
            )
    except BaseException:
        vault.delete(stored.name)
        raise
    return {"rows": counter.number, "size": stored.size}


class _Counted:
    """The rows on their way, with the job's progress."""

    def __init__(self, context: jobs.JobContext, rows: Iterator[Sequence[Any]], total: int, every: int = _EVERY) -> None:
        self.context, self.rows, self.total, self.number, self.every = context, rows, total, 0, every

    def __iter__(self) -> Iterator[Sequence[Any]]:
        for row in self.rows:
            self.number += 1
            if self.number % self.every == 0:
                self.context.progress(self.number, max(self.total, self.number))
            yield row
        self.context.progress(self.number, max(self.total, self.number))


def head(asked: ExportRequest, found: Exporter) -> list[tuple[str, str]]:
    """Who, when, why, by which filters, as of when: the first lines of every file."""
    now = timezone.localtime()
    lines = [
        (_("Nội dung"), str(found.title)),
        (_("Người xuất"), f"{asked.requested_by.full_name} ({asked.requested_by.username})"),
        (_("Lý do"), asked.reason),
        (_("Số liệu tại thời điểm"), now.strftime("%d/%m/%Y %H:%M")),
        (_("Mã yêu cầu"), str(asked.public_id)),
    ]
    if asked.approved_by:
        lines.append((_("Người duyệt"), f"{asked.approved_by.full_name} ({asked.approved_by.username})"))
    lines += [(_("Bộ lọc: %(name)s") % {"name": name}, value) for name, value in found.describe(asked.params)]
    return [*lines, (_("Lưu ý"), _("Tệp có dữ liệu cá nhân. Không chuyển cho người không có nhiệm vụ; xóa khi dùng xong."))]


def _workbook(head_lines: list[tuple[str, str]], columns: Sequence[Column], rows: Rows) -> Stored:
    with tempfile.TemporaryDirectory(prefix="posasoft-", dir=_scratch()) as folder:
        path = Path(folder) / "export.xlsx"
        options = {"constant_memory": True, "tmpdir": folder, "strings_to_formulas": False, "strings_to_urls": False}
        book = xlsxwriter.Workbook(str(path), options)
        try:
            bold = book.add_format({"bold": True})
            _about(book.add_worksheet("Thông tin"), head_lines, bold)
            _data(book.add_worksheet("Dữ liệu"), columns, rows, bold, book.add_format({"num_format": "dd/mm/yyyy"}))
        except BaseException:
            for sheet in book.worksheets():
                sheet.row_data_fh.close()
            raise
        book.close()
        with path.open("rb") as file:
            return vault.store(file, folder="exports", suffix=".xlsx")


def _zip(head_lines: list[tuple[str, str]], files: Rows) -> Stored:
    """Files that are compressed already, with who took them for what in the first."""
    with tempfile.TemporaryDirectory(prefix="posasoft-", dir=_scratch()) as folder:
        path = Path(folder) / "export.zip"
        with zipfile.ZipFile(path, "w") as bundle:
            bundle.writestr("thong-tin.txt", "\r\n".join(f"{name}: {value}" for name, value in head_lines))
            for name, content in files:
                bundle.writestr(name, content)
        with path.open("rb") as file:
            return vault.store(file, folder="exports", suffix=".zip")


def _about(sheet: Any, head_lines: list[tuple[str, str]], bold: Any) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 80)
    for line, (name, value) in enumerate(head_lines):
        sheet.write_string(line, 0, name, bold)
        sheet.write_string(line, 1, value)


def _data(sheet: Any, columns: Sequence[Column], rows: Rows, bold: Any, day: Any) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(columns) - 1, 20)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, str(column.title), bold)
    for line, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            _cell(sheet, line, place, value, day)


def _scratch() -> str | None:
    """Where the workbook is put together before it is encrypted: in memory where there is room, else the system's own temporary folder."""
    return str(_MEMORY) if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM else None


def _cell(sheet: Any, line: int, place: int, value: Any, day: Any) -> None:
    """Text is always text, never a formula."""
    if value is None:
        return
    if isinstance(value, datetime.datetime):
        sheet.write_string(line, place, timezone.localtime(value).strftime("%d/%m/%Y %H:%M:%S"))
    elif isinstance(value, datetime.date):
        sheet.write_datetime(line, place, datetime.datetime.combine(value, datetime.time()), day)
    elif isinstance(value, int) and not isinstance(value, bool):
        sheet.write_number(line, place, value)
    else:
        sheet.write_string(line, place, text_of(value))


def text_of(value: Any) -> str:
    """A cell as text, for CSV and for what Excel has no type for."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Có") if value else _("Không")
    if isinstance(value, datetime.datetime):
        return timezone.localtime(value).strftime("%d/%m/%Y %H:%M:%S")
    return value.strftime("%d/%m/%Y") if isinstance(value, datetime.date) else str(value)


def harmless(text: str) -> str:
    """Text that a spreadsheet program reads as text: an apostrophe before what would be a formula; plain negative numbers stay."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.match(text) else text


def _csv(head_lines: list[tuple[str, str]], columns: Sequence[Column], rows: Rows) -> Stored:
    def lines() -> Iterator[list[str]]:
        yield from ([name, value] for name, value in head_lines)
        yield []
        yield [str(column.title) for column in columns]
        yield from ([text_of(value) for value in row] for row in rows)

    return vault.store(_Encoded(lines()), folder="exports", suffix=".csv")


class _Encoded:
    """Rows as bytes of a CSV file, made as they are read."""

    def __init__(self, rows: Iterator[list[str]]) -> None:
        self._rows, self._ready = rows, "\ufeff".encode()
        self._text = io.StringIO(newline="")
        self._writer = csv.writer(self._text, delimiter=";")

    def read(self, size: int = -1) -> bytes:
        while len(self._ready) < size and (row := next(self._rows, None)) is not None:
            self._writer.writerow([harmless(text) for text in row])
            self._ready += self._text.getvalue().encode()
            self._text.seek(0)
            self._text.truncate()
        taken, self._ready = self._ready[:size], self._ready[size:]
        return taken

    def seekable(self) -> bool:
        return False
