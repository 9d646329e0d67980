"""Writes a workbook: instructions, one row per member with locked ids and drop-downs, room for new rows, the hidden keys."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import xlsxwriter
from django.utils import timezone
from xlsxwriter.utility import xl_col_to_name

from households.models import Household, NationalId, Workbook, WorkbookRow
from households.workbooks import cells, signing
from households.workbooks.cells import COLUMNS, KEY, KEYS_SHEET, SHEET
from posasoft.core.models import Area, Level

SPARE_ROWS = 300
_LISTS = "Danh mục"
_LISTED = ("village", "poverty", "relation", "sex", "ethnicity", "disability_degree", "disability_type", "studying")
_GUIDE = (
    "Sửa các ô màu trắng rồi lưu lại. Ô màu xám không sửa được.",
    "Ô có mũi tên: chọn trong danh sách. Đưa chuột lên tiêu đề cột để xem cách ghi.",
    "Ô để trống không xóa giá trị đang có. Muốn bỏ khuyết tật hay thôi học, chọn “Không khuyết tật”, “Không đi học”.",
    "Thông tin của hộ (thôn, phân loại, điểm) chỉ sửa ở dòng đầu của hộ.",
    "Thêm người: ghi ở các dòng trống cuối bảng, mã hộ của người ấy và họ tên. Hộ mới: ghi MỚI 1 cho mọi người của hộ thứ nhất, MỚI 2 cho hộ sau.",
    "Người đã mất hay chuyển đi: xóa nội dung cả dòng. Khi gửi lên, phần mềm sẽ hỏi từng người; không ai bị xóa khỏi sổ.",
    "Không đổi tên trang, không xóa cột, không chép cột “Mã dòng” (cột ẩn).",
    "Gửi lên ở mục Nhập danh sách. Sửa trong nhiều tuần cũng được: phần mềm so từng ô với lúc tải và với sổ lúc gửi.",
)
_MAY = {"autofilter": True, "sort": False, "format_columns": True, "format_rows": True, "select_locked_cells": True}


@dataclass(frozen=True)
class Returned:
    """What a workbook that came back said: the text of each cell by row number, and the remarks on it."""

    texts: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    remarks: Mapping[int, Mapping[str, str]] = field(default_factory=dict)


class Sheets:
    """One workbook being written, row after row in constant memory."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self.output = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.output, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        base = {"valign": "top", "border": 1, "border_color": "#C9CFCE"}
        self.styles = {
            "head": self.book.add_format({**base, "bold": True, "text_wrap": True, "bg_color": "#DDEBE8"}),
            "locked": self.book.add_format({**base, "bg_color": "#EEF0F0", "font_color": "#4A5553", "num_format": "@"}),
            "open": self.book.add_format({**base, "locked": False, "num_format": "@"}),
            "wrong": self.book.add_format({**base, "locked": False, "bg_color": "#F8C9C0", "num_format": "@"}),
            "wrong_locked": self.book.add_format({**base, "bg_color": "#F8C9C0", "num_format": "@"}),
            "title": self.book.add_format({"bold": True, "font_size": 14}),
            "text": self.book.add_format({"text_wrap": True, "valign": "top"}),
        }
        self.guide = self.book.add_worksheet("Hướng dẫn")
        self.sheet = self.book.add_worksheet(SHEET)
        self.lists = self.book.add_worksheet(_LISTS)
        self.keys = self.book.add_worksheet(KEYS_SHEET)

    def write_guide(self) -> None:
        """What the file is, of which moment, and how to work in it."""
        stamp = timezone.localtime(self.workbook.made_at)
        self.guide.set_column(0, 0, 110)
        self.guide.write_string(0, 0, f"Danh sách hộ của {self.workbook.area.name}", self.styles["title"])
        counts = f"{self.workbook.households} hộ, {self.workbook.persons} người"
        self.guide.write_string(1, 0, f"Số liệu của sổ lúc {stamp:%H:%M} ngày {stamp:%d/%m/%Y}: {counts}.", self.styles["text"])
        self.guide.write_string(2, 0, "Tệp chứa thông tin cá nhân: không gửi qua thư, không để ở máy dùng chung.", self.styles["text"])
        for number, line in enumerate(_GUIDE, start=1):
            self.guide.write_string(number + 3, 0, f"{number}. {line}", self.styles["text"])
        self.guide.protect("", {"format_columns": True})

    def write_head(self) -> None:
        """Titles with their notes; what stays in sight; the hidden column of keys."""
        for position, column in enumerate(COLUMNS):
            self.sheet.set_column(position, position, column.width, None, {"hidden": column.name == KEY})
            self.sheet.write_string(0, position, column.title, self.styles["head"])
            self.sheet.write_comment(0, position, column.note, {"x_scale": 2})
        self.sheet.freeze_panes(1, 7)
        self.sheet.repeat_rows(0)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.protect("", _MAY)

    def write_lists(self, villages: Iterable[str], last: int) -> None:
        """The words of every drop-down on a sheet of their own, and the drop-downs that read them."""
        for place, name in enumerate(_LISTED):
            words = list(villages) if name == "village" else cells.options(name)
            for line, word in enumerate(words):
                self.lists.write_string(line, place, word)
            position = next(i for i, column in enumerate(COLUMNS) if column.name == name)
            if not words:
                continue
            letter = xl_col_to_name(place)
            self.sheet.data_validation(
                1, position, last, position,
                {
                    "validate": "list", "source": f"='{_LISTS}'!${letter}$1:${letter}${len(words)}", "error_title": COLUMNS[position].title,
                    "error_message": "Hãy chọn một giá trị trong danh sách.", "error_type": "stop",
                },
            )  # fmt: skip
        for name in ("b1", "b2"):
            position = next(i for i, column in enumerate(COLUMNS) if column.name == name)
            self.sheet.data_validation(1, position, last, position, {
                "validate": "custom", "value": "=TRUE", "input_title": COLUMNS[position].title, "input_message": "Số nguyên từ 0 đến 1.000",
            })  # fmt: skip
        self.lists.protect("")
        self.lists.hide()
        self.keys.write_string(0, 0, signing.sheet_key(self.workbook.public_id))
        self.keys.very_hidden()

    def write_row(self, line: int, values: Mapping[str, str], editable: set[str], remarks: Mapping[str, str]) -> None:
        """One row; a remark paints its cell red and stands beside it as a comment."""
        for position, column in enumerate(COLUMNS):
            is_open = column.name in editable
            wrong = column.name in remarks
            style = "wrong" if wrong and is_open else "wrong_locked" if wrong else "open" if is_open else "locked"
            self.sheet.write_string(line, position, values.get(column.name, ""), self.styles[style])
            if wrong:
                self.sheet.write_comment(line, position, remarks[column.name], {"x_scale": 2})

    def finish(self) -> bytes:
        self.sheet.activate()
        self.book.close()
        return self.output.getvalue()


_MEMBER = {column.name for column in COLUMNS if column.where == "member"}
_HEAD = _MEMBER | {column.name for column in COLUMNS if column.where == "head"}
_NEW = _HEAD | {column.name for column in COLUMNS if column.where == "new"}


def write_workbook(workbook: Workbook, returned: Returned | None = None) -> bytes:
    """The .xlsx of a download; with what came back, the same workbook with the officer's texts, red cells and comments."""
    returned = returned or Returned()
    sheets = Sheets(workbook)
    sheets.write_guide()
    sheets.write_head()
    rows = list(WorkbookRow.objects.filter(workbook=workbook).order_by("place"))
    codes = dict(Household.objects.filter(pk__in={row.household_id for row in rows}).values_list("pk", "code"))
    tails = _tails(rows)
    for row in rows:
        line = row.place
        values = {name: cells.shown(name, row.told) for name in (*cells.PERSON, *cells.HOUSEHOLD)}
        values |= {KEY: signing.row_key(workbook.public_id, row.place), "code": codes.get(row.household_id, "")}
        values["national_id"] = f"••• {tails[row.person_id]}" if row.person_id in tails else ""
        sheets.write_row(
            line, {**values, **returned.texts.get(line + 1, {})}, _HEAD if row.heads else _MEMBER, returned.remarks.get(line + 1, {})
        )
    last = max(len(rows) + SPARE_ROWS, *returned.texts, 0)
    for line in range(len(rows) + 1, last + 1):
        sheets.write_row(line, returned.texts.get(line + 1, {}), _NEW, returned.remarks.get(line + 1, {}))
    sheets.write_lists(_village_names(workbook.area), last)
    return sheets.finish()


def _tails(rows: list[WorkbookRow]) -> dict[int, str]:
    held = NationalId.objects.filter(person__in=[row.person_id for row in rows], until=None).exclude(kind="birth")
    return dict(held.values_list("person", "tail"))


def _village_names(area: Area) -> list[str]:
    commune = area.parent if area.level == Level.VILLAGE else area
    found = Area.objects.filter(level=Level.VILLAGE, parent=commune, valid_to__isnull=True)
    return list(found.order_by("position").values_list("name", flat=True))
