"""Reads a list from a file: the one entrance of this package.

`read_list(path, options)` yields households in the order of the file; afterwards the reading holds the rows passed over and
the findings on the file as a whole. Extra memory does not grow with the number of rows, but for the ids (to find doubles).
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from households.importing.columns import FIELD_TITLES, field_of_label
from households.importing.findings import Cell, Finding, Household, ListRefused, Person, SkippedRow
from households.importing.fonts import Decoder, decoder_for, encoding_name
from households.importing.header import SEARCHED_ROWS, Column, Header, find_header
from households.importing.households_of_list import Surroundings
from households.importing.layout import Layout, lay_out
from households.importing.limits import DEFAULT_LIMITS, Limits
from households.importing.people import RowContext
from households.importing.rows_of_sheet import NumberedRow, SheetWalk
from households.importing.sheets import Sheet, open_sheets
from households.importing.texts import cell_text
from households.importing.villages import poverty_of_line, village_of_line, village_of_sheet
from households.importing.xlsx_marks import SheetMarks

_SAMPLE = 3000
_YEAR = re.compile(r"\b(?:năm|nam)\s*(20\d\d)\b", re.IGNORECASE)
_FULL_DATE = re.compile(r"ngày\s*(\d{1,2})\s*(?:/|tháng|-)\s*(\d{1,2})\s*(?:/|năm|-)\s*(20\d\d)", re.IGNORECASE)


@dataclass(frozen=True)
class ReadOptions:
    """`list_date` bounds birth dates when the title gives none; `fields` are corrected columns by heading; `limits` of the file."""

    today: dt.date
    list_date: dt.date | None = None
    fields: dict[str, str] = field(default_factory=dict)
    limits: Limits = DEFAULT_LIMITS


@dataclass
class SheetReading:
    """One sheet that holds a list, ready to be walked."""

    sheet: Sheet
    header: Header
    layout: Layout
    decoder: Decoder
    surroundings: Surroundings
    list_date: dt.date
    latest: dt.date


@dataclass
class ListReading:
    """A file being read. `skipped` and `findings` are complete when `households` is exhausted."""

    sheets: list[SheetReading]
    skipped: list[SkippedRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    household_count: int = 0
    person_count: int = 0
    _ids: dict[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def list_date(self) -> dt.date:
        """The day the list was made, as its title says, else as given."""
        return self.sheets[0].list_date

    @property
    def row_count(self) -> int:
        return sum(reading.sheet.height for reading in self.sheets)

    def households(self) -> Iterator[Household]:
        """Yield every household with its findings."""
        for reading in self.sheets:
            yield from self._households_of(reading)

    def _households_of(self, reading: SheetReading) -> Iterator[Household]:
        name = reading.sheet.name if len(self.sheets) > 1 else ""
        context = RowContext(layout=reading.layout, latest=reading.latest, sheet=name)
        walk = SheetWalk(reading.sheet, reading.header, context, reading.surroundings, skipped=self.skipped, findings=self.findings)
        households = persons = 0
        for household in walk.households(decoded_rows(reading)):
            self._check_ids(household, reading.layout)
            _add_cell_findings(household, reading)
            households, persons = households + 1, persons + len(household.people)
            yield household
        self.household_count += households
        self.person_count += persons
        self.findings.extend(_font_findings(reading, name))
        self.findings.extend(_total_findings(walk, households, persons, name))

    def _check_ids(self, household: Household, layout: Layout) -> None:
        column = layout.columns.get("national_id") or layout.columns.get("old_id")
        title = column.title if column else ""
        for person in household.people:
            if person.national_id is None:
                continue
            earlier = self._ids.setdefault(person.national_id, (person.row, person.sheet))
            if earlier != (person.row, person.sheet):
                message = "Số định danh trùng với dòng {row}; hai người hoặc ghi hai lần, hãy kiểm tra"
                household.findings.append(_double(person, title, message.format(row=earlier[0])))
                self.findings.append(Finding(earlier[0], title, "warning", person.national_id, message.format(row=person.row), earlier[1]))


def _double(person: Person, title: str, message: str) -> Finding:
    return Finding(person.row, title, "warning", person.national_id, message, person.sheet)


def read_list(path: Path, options: ReadOptions) -> ListReading:
    """Open a file and find its lists. Raises ListRefused with a Vietnamese sentence when there is none."""
    sheets = open_sheets(path, options.limits)
    readings: list[SheetReading] = []
    findings: list[Finding] = []
    for sheet in sheets:
        if sheet.height == 0:
            continue
        reading = _prepare(sheet, options)
        if reading is None or not sheet.visible:
            why = "Trang tính bị ẩn, không đọc" if not sheet.visible else "Trang tính không có tiêu đề danh sách, không đọc"
            findings.append(Finding(1, "", "info", sheet.name, why, sheet.name))
        else:
            readings.append(reading)
    if not readings:
        raise ListRefused("Không tìm thấy dòng tiêu đề có cột họ tên trong tệp. Hãy kiểm tra lại danh sách.")
    for reading in readings:
        name = reading.sheet.name if len(readings) > 1 else ""
        reading.surroundings.village = reading.surroundings.village or (
            village_of_sheet(name) if not reading.layout.has("village") else None
        )
        findings.extend(_column_findings(reading, name))
    return ListReading(readings, findings=findings)


def _prepare(sheet: Sheet, options: ReadOptions) -> SheetReading | None:
    sample = [(number, _as_shown(number, row, sheet.marks)) for number, row in enumerate(islice(sheet.rows(), _SAMPLE), start=1)]
    decoder = decoder_for(row for _, row in sample)
    decoded: list[NumberedRow] = [(number, decoder.row(number, row)) for number, row in sample]
    header = find_header(_headings(sample, decoded), sheet.merges)
    if header is None:
        return None
    header = header.with_fields({column.index: options.fields[column.title] for column in header.columns if column.title in options.fields})
    above = [cell_text(value) for number, row in decoded if number < header.first_row for value in row if isinstance(value, str)]
    below = [row for number, row in decoded if number > header.last_row]
    list_date, latest = _dates(above, options)
    surroundings = Surroundings(village=_title_village(above), poverty=_title_poverty(above, sheet.name))
    decoder.converted.clear()
    decoder.first.clear()
    return SheetReading(sheet, header, lay_out(header, below, " ".join(above)), decoder, surroundings, list_date, latest)


def _headings(raw: Sequence[NumberedRow], decoded: Sequence[NumberedRow]) -> list[NumberedRow]:
    """The first rows as headings may be read: a heading typed in Unicode above a column in an old font stays as it is."""
    return [
        (number, [_heading(typed, value) for typed, value in zip(row, read, strict=True)])
        for (number, row), (_, read) in zip(raw[:SEARCHED_ROWS], decoded, strict=False)
    ]


def _heading(typed: Cell, read: Cell) -> Cell:
    if not isinstance(typed, str) or not isinstance(read, str) or typed == read:
        return read
    return typed if field_of_label(read) is None and field_of_label(typed) is not None else read


def _dates(above: Sequence[str], options: ReadOptions) -> tuple[dt.date, dt.date]:
    """The list's own day, and the last day that its dates may name (the end of the list's year)."""
    given = options.list_date or options.today
    text = " ".join(above)
    for day, month, year in _FULL_DATE.findall(text):
        try:
            given = dt.date(int(year), int(month), int(day))
        except ValueError:
            continue
        return given, dt.date(given.year, 12, 31)
    years = [int(year) for year in _YEAR.findall(text)]
    if years:
        last = dt.date(max(years), 12, 31)
        return min(last, max(given, last)) if options.list_date is None else given, max(last, given)
    return given, dt.date(given.year, 12, 31)


def _title_village(above: Sequence[str]) -> str | None:
    """A line of the title such as “Thôn: Lũng Táo”; the commune's own line is none."""
    return next((village for text in above if len(text) <= 60 and (village := village_of_line(text))), None)


def _title_poverty(above: Sequence[str], sheet_name: str) -> str | None:
    """The class that the sheet's name or its title gives to every household."""
    return poverty_of_line(sheet_name) or poverty_of_line(" ".join(above))


def _as_shown(number: int, row: list[Cell], marks: SheetMarks) -> list[Cell]:
    """The row with dates as far as the sheet shows them: 10/1992 typed is stored as its first day."""
    if not marks.shown_as_month and not marks.shown_as_year:
        return row
    return [
        f"{value:%m/%Y}"
        if isinstance(value, dt.date) and (number, index) in marks.shown_as_month
        else f"{value:%Y}"
        if isinstance(value, dt.date) and (number, index) in marks.shown_as_year
        else value
        for index, value in enumerate(row)
    ]


def decoded_rows(reading: SheetReading) -> Iterator[NumberedRow]:
    """The rows below the heading with their numbers, in Unicode."""
    for number, raw in enumerate(reading.sheet.rows(), start=1):
        if number <= reading.header.last_row:
            continue
        yield number, reading.decoder.row(number, _as_shown(number, raw, reading.sheet.marks))


def _add_cell_findings(household: Household, reading: SheetReading) -> None:
    """Cells whose value Excel did not store: a formula never calculated, or one in error."""
    marks = reading.sheet.marks
    if not marks.no_result and not marks.in_error:
        return
    for number in household.raw:
        for column in reading.header.columns:
            if (number, column.index) in marks.no_result:
                message = "Công thức chưa có kết quả lưu trong tệp; ô được coi là trống. Hãy mở bằng Excel và lưu lại"
                household.findings.append(Finding(number, column.title, "error", None, message, household.sheet))
            elif (number, column.index) in marks.in_error:
                household.findings.append(
                    Finding(number, column.title, "error", None, "Ô báo lỗi (#…); được coi là trống", household.sheet)
                )


def _font_findings(reading: SheetReading, sheet: str) -> list[Finding]:
    titles = {column.index: column.title for column in reading.header.columns}
    found: list[Finding] = []
    for (index, encoding), count in sorted(reading.decoder.converted.items()):
        row, text = reading.decoder.first[index, encoding]
        message = f"{count} ô viết bằng phông {encoding_name(encoding)}, đã đổi sang Unicode"
        found.append(Finding(row, titles.get(index, ""), "info", text, message, sheet))
    return found


def _total_findings(walk: SheetWalk, households: int, persons: int, sheet: str) -> list[Finding]:
    """Compare what the grand total says with what was read."""
    if not walk.totals:
        return []
    row, stated = walk.totals[-1]
    counted = {"households": (households, "hộ"), "persons": (persons, "người")}
    return [
        Finding(row, "", "warning", str(number), f"Dòng cộng ghi {number} {counted[name][1]}, đọc được {counted[name][0]}", sheet)
        for name, number in stated.items()
        if number != counted[name][0]
    ]


def _column_findings(reading: SheetReading, sheet: str) -> list[Finding]:
    used = {column.index for column in _used(reading.layout)}
    found: list[Finding] = []
    for column in reading.header.columns:
        if column.index not in used and column.field not in ("ignore", "no"):
            message = (
                "Cột không nhận ra, không dùng"
                if column.field is None
                else f"Trùng cột “{FIELD_TITLES.get(column.field, column.field)}”, không dùng"
            )
            found.append(Finding(reading.header.last_row, column.title, "info", None, message, sheet))
    return found + _surroundings_findings(reading, sheet)


def _surroundings_findings(reading: SheetReading, sheet: str) -> list[Finding]:
    """What the title or the sheet's name gives to every row is told once."""
    layout, around = reading.layout, reading.surroundings
    written = layout.has("poverty") or any(name == "poverty" for name, _, _ in layout.ticks)
    told = []
    if around.poverty is not None and not written:
        told.append(
            "Mọi hộ được hiểu là " + ("hộ nghèo" if around.poverty == "poor" else "hộ cận nghèo") + " theo tiêu đề hoặc tên trang tính"
        )
    if around.village is not None:
        told.append(f"Hộ không ghi thôn được hiểu là ở {around.village} theo tiêu đề hoặc tên trang tính")
    return [Finding(reading.header.first_row, "", "info", None, message, sheet) for message in told]


def _used(layout: Layout) -> list[Column]:
    return [*layout.columns.values(), *layout.notes, *(column for _, _, column in layout.ticks)]


def sample_values(reading: SheetReading, column: Column, count: int = 3) -> list[Cell]:
    """A few values below a heading, for people who correct the columns."""
    found: list[Cell] = []
    for _, row in decoded_rows(reading):
        if column.index < len(row) and row[column.index] is not None:
            found.append(row[column.index])
        if len(found) == count:
            break
    return found
