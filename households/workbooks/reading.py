"""Reads a workbook that came back: which line is whose, which cells were changed, what cannot be taken and why."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from households.importing.findings import Cell, Disability, Finding, ListRefused, Person
from households.importing.limits import DEFAULT_LIMITS
from households.importing.sheets import Sheet, open_sheets
from households.importing.texts import is_blank
from households.workbooks import cells, signing
from households.workbooks.cells import BY_NAME, COLUMNS, HOUSEHOLD, KEY, KEYS_SHEET, PERSON, SHEET, TITLES
from posasoft.core.names import fold

_NEW_HOUSEHOLD = re.compile(r"(?:ho )?moi ?\d*")
_MISSING = "Thiếu họ tên: dòng mới phải có mã hộ (hoặc MỚI 1, MỚI 2…) và họ tên."


@dataclass(frozen=True)
class Known:
    """A line as downloaded; `code` is its household's, `told` the values of that moment."""

    place: int
    household_id: int
    code: str
    heads: bool
    told: Mapping[str, Any]


@dataclass
class Line:
    """A line read back. `place` is None for an added person; `group` is the household: its id, or the words for a new one."""

    row: int
    place: int | None
    group: int | str
    person: Person
    told: list[str] = field(default_factory=list)
    emptied: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass
class Reader:
    """What reading needs to know: the lines downloaded, the commune's villages by folded name, the latest day a birth may have."""

    workbook: uuid.UUID
    known: Mapping[int, Known]
    villages: Mapping[str, str]
    latest: dt.date
    seen: dict[int, int] = field(default_factory=dict)
    strays: list[Finding] = field(default_factory=list)

    def lines(self, sheet: Sheet) -> Iterator[Line]:
        """Every line that names somebody; lines that cannot be placed are told in `strays`."""
        places = places_of(sheet)
        codes = {fold(line.code): line.household_id for line in self.known.values()}
        for number, values in islice(enumerate(sheet.rows(), start=1), 1, None):
            row = {name: values[index] if index < len(values) else None for name, index in places.items()}
            if all(is_blank(value) for value in row.values()):
                continue
            line = self._line(number, row, codes)
            if line is not None:
                yield line

    def _line(self, number: int, row: Mapping[str, Cell], codes: Mapping[str, int]) -> Line | None:
        key = cells.written(row[KEY])
        if not key:
            return self._added(number, row, codes)
        place = signing.read_row_key(key, self.workbook)
        known = self.known.get(place) if place is not None else None
        if place is None or known is None:
            return self._nothing(number, "Mã dòng đã bị sửa hoặc thuộc tệp khác; dòng này không được đọc. Hãy lấy lại dòng từ tệp đã tải.")
        if place in self.seen:
            return self._nothing(
                number, f"Dòng chép từ dòng {self.seen[place]}; không được đọc. Thêm người mới thì ghi ở các dòng trống cuối bảng."
            )
        self.seen[place] = number
        return self._changed(number, row, known)

    def _nothing(self, number: int, message: str) -> Line | None:
        """No line, and why."""
        self.strays.append(Finding(number, BY_NAME[KEY].title, "error", None, message))
        return None

    def _changed(self, number: int, row: Mapping[str, Cell], known: Known) -> Line:
        told_name = str(known.told.get("full_name", ""))
        line = Line(number, known.place, known.household_id, Person(row=number, household_row=number, name=told_name))
        for name in (*PERSON, *HOUSEHOLD):
            text = cells.written(row[name])
            if is_blank(text) or fold_free(text) == fold_free(cells.shown(name, known.told)):
                self._warn_of_blank(line, name, text, known)
            elif name in HOUSEHOLD and not known.heads:
                self._wrong(line, name, text, "Thông tin của hộ chỉ sửa ở dòng đầu của hộ.")
            elif cells.is_emptied(name, text):
                if known.told.get(name) is not None:
                    line.emptied.append(name)
            else:
                self._take(line, name, text)
        line.person.note = cells.written(row["note"]) or None
        return line

    def _warn_of_blank(self, line: Line, name: str, text: str, known: Known) -> None:
        if is_blank(text) and known.told.get(name) not in (None, "") and (name in PERSON or known.heads):
            hint = f" Muốn bỏ, chọn “{cells.EMPTYING[name]}”." if name in cells.EMPTYING else ""
            line.findings.append(
                Finding(line.row, BY_NAME[name].title, "warning", "", f"Ô để trống không xóa giá trị đang có trong sổ.{hint}")
            )

    def _added(self, number: int, row: Mapping[str, Cell], codes: Mapping[str, int]) -> Line | None:
        code, name = cells.written(row["code"]), cells.written(row["full_name"])
        group: int | str | None = codes.get(fold(code))
        if group is None and _NEW_HOUSEHOLD.fullmatch(fold(code)):
            group = fold(code)
        if group is None:
            told = f"Mã hộ “{code}” không có trong tệp này." if code else "Thiếu mã hộ."
            return self._nothing(number, f"{told} Ghi mã một hộ trong tệp, hoặc MỚI 1, MỚI 2… cho hộ mới.")
        if not name:
            return self._nothing(number, _MISSING)
        line = Line(number, None, group, Person(row=number, household_row=number, name=name))
        for field_name in (*PERSON, *HOUSEHOLD, "national_id"):
            text = cells.written(row[field_name])
            if is_blank(text) or cells.is_emptied(field_name, text):
                continue
            if field_name in HOUSEHOLD and isinstance(group, int):
                self._wrong(line, field_name, text, "Thông tin của hộ có sẵn chỉ sửa ở dòng đầu của hộ.")
                continue
            self._take(line, field_name, text)
        line.person.note = cells.written(row["note"]) or None
        return line

    def _take(self, line: Line, name: str, text: str) -> None:
        try:
            value = cells.parse(name, text, latest=self.latest, villages=self.villages)
        except cells.CellError as error:
            self._wrong(line, name, text, str(error))
            return
        _set(line.person, name, value)
        line.told.append(name)

    def _wrong(self, line: Line, name: str, text: str, message: str) -> None:
        line.findings.append(Finding(line.row, BY_NAME[name].title, "error", text, message))


def fold_free(text: str) -> str:
    """Spaces and case aside, the same words with the same accents."""
    return " ".join(text.split()).casefold()


def _set(person: Person, name: str, value: Any) -> None:
    if name == "born":
        person.born, person.born_precision = value.day, value.precision
    elif name == "full_name":
        person.name = value
    elif name == "national_id":
        person.national_id, person.old_id = (value, None) if len(value) == 12 else (None, value)
    elif name.startswith("disability_"):
        held = person.disability or Disability(type=None, degree=None)
        person.disability = Disability(value, held.degree) if name == "disability_type" else Disability(held.type, value)
    else:
        setattr(person, name, value)


def places_of(sheet: Sheet) -> dict[str, int]:
    """Where each column is. Raises ListRefused when one is gone."""
    header = next(iter(sheet.rows()), [])
    places = {TITLES[title].name: index for index, value in enumerate(header) if (title := cells.written(value)) in TITLES}
    missing = [column.title for column in COLUMNS if column.name not in places]
    if missing:
        raise ListRefused(f"Tệp thiếu cột {', '.join(missing)}. Hãy dùng đúng tệp đã tải, không xóa cột.")
    return places


def opened(path: Path) -> tuple[uuid.UUID, Sheet] | None:
    """The workbook's name and its sheet of members; None when the file is no workbook of ours. Raises ListRefused."""
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return None
    sheets = {sheet.name: sheet for sheet in open_sheets(path, DEFAULT_LIMITS)}
    if KEYS_SHEET not in sheets:
        return None
    key = next((cells.written(row[0]) for row in sheets[KEYS_SHEET].rows() if row), "")
    name = signing.read_sheet_key(key)
    if name is None:
        raise ListRefused("Khóa của tệp đã bị sửa, không biết tệp này tải từ đâu. Hãy tải lại tệp và chép các ô đã sửa sang.")
    if SHEET not in sheets:
        raise ListRefused(f"Không thấy trang tính “{SHEET}”. Hãy dùng đúng tệp đã tải, không đổi tên trang.")
    return name, sheets[SHEET]
