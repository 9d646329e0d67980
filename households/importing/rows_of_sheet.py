"""Walks the rows of one sheet: passes over what is no person, gathers household blocks, follows village lines."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from households.importing import rowkinds
from households.importing.births import parse_date_cell
from households.importing.findings import Cell, Finding, Household, SkippedRow
from households.importing.header import Header, is_numbering
from households.importing.households_of_list import Surroundings, build_household
from households.importing.layout import Layout
from households.importing.people import RowContext, written_name
from households.importing.relations import read_relation
from households.importing.sheets import Sheet
from households.importing.texts import cached_fold, cell_text, is_blank, is_ditto, words
from households.importing.villages import poverty_of_line, village_of_line

_PERSONAL = words(
    "relation|born|born_male|born_female|born_year|sex|national_id|old_id|ethnicity|disability|disability_type|disability_degree"
    "|studying|benefit"
)
_HOUSEHOLD = ("village", "poverty", "b1", "b2")
_REPEATABLE = ("village", "address", "ethnicity", "poverty", "benefit", "amount", "b1", "b2")

NumberedRow = tuple[int, Sequence[Cell]]


@dataclass
class SheetWalk:
    """One pass over the rows below a heading. `skipped`, `findings` and `totals` grow while households are yielded."""

    sheet: Sheet
    header: Header
    context: RowContext
    surroundings: Surroundings
    skipped: list[SkippedRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    totals: list[tuple[int, dict[str, int]]] = field(default_factory=list)
    _closing: bool = False
    _block: list[NumberedRow] = field(default_factory=list)
    _number: str = ""
    _head_name: str = ""
    _previous: Sequence[Cell] = ()
    _announced: dict[str, str] = field(default_factory=dict)

    def households(self, rows: Iterable[NumberedRow]) -> Iterator[Household]:
        """Yield the households of numbered rows, in order."""
        for number, raw in rows:
            if number <= self.header.last_row or all(value is None for value in raw):
                continue
            row = self._completed(raw)
            why = self._why_skipped(number, row)
            if why is not None:
                self.skipped.append(SkippedRow(number, why, self.context.sheet))
                if why in _ENDS_BLOCK:
                    # The household above is understood before the line changes what holds below it.
                    yield from self._flush()
                    self._enter_section()
                continue
            self._closing = False
            if self._starts_household(row):
                yield from self._flush()
            self._block.append((number, row))
            self._previous = row
        yield from self._flush()

    def _enter_section(self) -> None:
        if "village" in self._announced:
            self.surroundings.village = self.surroundings.last_village = self._announced["village"]
        self.surroundings.poverty = self._announced.get("poverty", self.surroundings.poverty)
        self._announced = {}

    def _flush(self) -> Iterator[Household]:
        if self._block:
            yield build_household(self._block, self.context, self.surroundings)
            self._block = []

    def _completed(self, row: Sequence[Cell]) -> Sequence[Cell]:
        """The row with “as above” signs replaced by what stands above."""
        layout = self.context.layout
        indexes = {layout.columns[name].index for name in _REPEATABLE if name in layout.columns}
        dittos = [index for index in indexes if index < len(row) and is_ditto(row[index])]
        if not dittos:
            return row
        completed = list(row)
        for index in dittos:
            completed[index] = self._previous[index] if index < len(self._previous) else None
        return completed

    def _why_skipped(self, number: int, row: Sequence[Cell]) -> str | None:
        marks = self.sheet.marks
        if number in marks.hidden and not marks.filtered:
            return "Dòng bị ẩn"
        if self._is_header_again(row):
            return "Dòng tiêu đề lặp lại"
        if is_numbering(row):
            return "Dòng đánh số cột"
        if not written_name(self.context.layout, row) and rowkinds.is_signature(row):
            self._closing = True
            return "Phần ký tên"
        if self._has_personal_data(row):
            return self._why_no_name(number, row)
        return self._why_no_person(number, row)

    def _is_header_again(self, row: Sequence[Cell]) -> bool:
        strings = [value for value in row if isinstance(value, str)]
        if not any(cell_text(value) in self.header.texts for value in strings[:3]):
            return False
        texts = [cell_text(value) for value in row if value is not None]
        return len(texts) >= 2 and sum(text in self.header.texts for text in texts) >= max(2, len(texts) * 2 // 3)

    def _has_personal_data(self, row: Sequence[Cell]) -> bool:
        layout = self.context.layout
        if self._relation_known(row):
            return True
        if any(not is_blank(layout.value(row, name)) for name in _PERSONAL):
            return not self._closing and not self._is_misplaced_signature(row)
        return False

    def _relation_known(self, row: Sequence[Cell]) -> bool:
        layout = self.context.layout
        if read_relation(layout.value(row, "relation")).value is not None:
            return True
        born = layout.value(row, "born")
        return not is_blank(born) and parse_date_cell(born).value is not None

    def _is_misplaced_signature(self, row: Sequence[Cell]) -> bool:
        """“TM. ỦY BAN NHÂN DÂN” may stand in the column of ids, a total's figures in any column."""
        layout = self.context.layout
        filled = [name for name in _PERSONAL if not is_blank(layout.value(row, name))]
        if rowkinds.is_signature(row):
            return True
        return rowkinds.is_total(row) and "national_id" not in filled

    def _why_no_name(self, number: int, row: Sequence[Cell]) -> str | None:
        if written_name(self.context.layout, row).strip(" .-"):
            return None
        head = self.context.layout.value(row, "head_name")
        if not is_blank(head):
            return None
        title = self.context.layout.columns["name"].title if "name" in self.context.layout.columns else ""
        self.findings.append(
            Finding(number, title, "error", None, "Dòng có số liệu nhưng không có họ tên; không nhận dòng này", self.context.sheet)
        )
        return "Dòng có số liệu nhưng không có họ tên"

    def _why_no_person(self, number: int, row: Sequence[Cell]) -> str | None:
        texts = [cell_text(value) for value in row if isinstance(value, str) and cached_fold(value)]
        if rowkinds.is_total(row):
            self.totals.append((number, rowkinds.counted(row)))
            return "Dòng cộng"
        if rowkinds.is_page_line(row):
            return "Số trang"
        if rowkinds.is_household_line(written_name(self.context.layout, row) or rowkinds.first_text(row)):
            return _HOUSEHOLD_LINE
        if not self._has_household_data(row) and (line := self._section(texts)):
            return line
        if rowkinds.is_signature(row):
            self._closing = True
            return "Phần ký tên"
        if self._closing or not texts:
            return "Phần ký tên" if self._closing else "Dòng không có họ tên"
        return self._why_not_a_name(number, row)

    def _has_household_data(self, row: Sequence[Cell]) -> bool:
        layout = self.context.layout
        return any(not is_blank(layout.value(row, name)) for name in ("poverty", "b1", "b2", "amount"))

    def _section(self, texts: list[str]) -> str | None:
        """A line that names a village or a class for the rows below; it may count households beside the name."""
        words = [text for text in texts if not is_short_mark(text)]
        if not words or len(words) > 3:
            return None
        village = next((found for text in words if (found := village_of_line(text))), None)
        if village is not None:
            self._announced = {"village": village}
            return _VILLAGE_LINE
        poverty = poverty_of_line(words[0])
        if poverty is not None and not self._closing:
            self._announced = {"poverty": poverty}
            return _CLASS_LINE
        return None

    def _why_not_a_name(self, number: int, row: Sequence[Cell]) -> str | None:
        """A row with a name and nothing else of a person: taken with a warning when it can be one."""
        layout = self.context.layout
        name = written_name(layout, row)
        is_name = 2 <= len(name.split()) <= 6 and not any(character.isdigit() for character in name)
        numbered = not is_blank(layout.value(row, "no")) or self._has_household_data(row) or bool(self._marked(row))
        if is_name and (numbered or not is_blank(layout.value(row, "village"))):
            return None
        if name or len([value for value in row if value is not None]) > 1:
            column = layout.columns.get("name")
            message = "Dòng không giống một người, đã bỏ qua; hãy kiểm tra"
            self.findings.append(Finding(number, column.title if column else "", "warning", name or None, message, self.context.sheet))
        return "Dòng không phải người trong danh sách"

    def _marked(self, row: Sequence[Cell]) -> list[str]:
        return [name for name, _, column in self.context.layout.ticks if column.index < len(row) and not is_blank(row[column.index])]

    def _starts_household(self, row: Sequence[Cell]) -> bool:
        starts = _starts(self.context.layout, row, self._number, self._head_name) or not self._block
        number = _household_number(self.context.layout, row)
        if starts or number:
            self._number = number or self._number
        head = cached_fold(cell_text(self.context.layout.value(row, "head_name")))
        self._head_name = head or self._head_name
        return starts


_VILLAGE_LINE = "Dòng tên thôn"
_CLASS_LINE = "Dòng phân nhóm hộ"
_HOUSEHOLD_LINE = "Dòng tên hộ"
# A total may stand at the foot of a page, in the middle of a household: it ends nothing.
_ENDS_BLOCK = frozenset((_VILLAGE_LINE, _CLASS_LINE, _HOUSEHOLD_LINE, "Phần ký tên"))


def is_short_mark(text: str) -> bool:
    """A numbering such as I, A, 2 before the name of a section."""
    return len(text.strip(" .)")) <= 4 and (text.strip(" .)").isalnum()) and (text.isupper() or text.strip(" .)").isdigit())


def _starts(layout: Layout, row: Sequence[Cell], number: str, head_name: str) -> bool:
    """Whether a row opens a household: by its relation, its own column of heads, its number, or its household cells."""
    relation = read_relation(layout.value(row, "relation")).value
    if _separate_heads(layout):
        head = cached_fold(cell_text(layout.value(row, "head_name")))
        numbered = not layout.number_on_every_row and _new_number(layout, row, number)
        return bool(head) and (head != head_name or relation == "head" or numbered)
    if layout.relation_states_heads:
        return relation == "head" or (relation is None and _looks_like_head(layout, row))
    return _new_number(layout, row, number) or (
        not _has_numbers(layout) and any(not is_blank(layout.value(row, name)) for name in ("village", "poverty", "b1"))
    )


def _separate_heads(layout: Layout) -> bool:
    return layout.has("head_name") and layout.columns["head_name"] is not layout.columns.get("name")


def _looks_like_head(layout: Layout, row: Sequence[Cell]) -> bool:
    """A head whose relation was left blank: numbered and with cells that only heads fill."""
    if layout.household_cells_on_every_row or layout.number_on_every_row:
        return False
    return _household_cells(layout, row) and (not is_blank(layout.value(row, "no")) or not layout.has("no"))


def _household_cells(layout: Layout, row: Sequence[Cell]) -> bool:
    return any(not is_blank(layout.value(row, name)) for name in _HOUSEHOLD)


def _has_numbers(layout: Layout) -> bool:
    return layout.has("household_no", "no", "household_code")


def _household_number(layout: Layout, row: Sequence[Cell]) -> str:
    for name in ("household_no", "household_code", "no"):
        if layout.has(name):
            return cell_text(layout.value(row, name)).strip(" .")
    return ""


def _new_number(layout: Layout, row: Sequence[Cell], number: str) -> bool:
    """Whether the row's household number differs; 1.1 below 1 is a member. A number on every row says nothing where cells of the household do."""
    found = _household_number(layout, row)
    if not found or found == number:
        return False
    if not layout.has("household_no", "household_code") and layout.number_on_every_row and not layout.household_cells_on_every_row:
        return any(not is_blank(layout.value(row, name)) for name in ("village", "poverty", "b1", "b2")) or not layout.has(
            "village", "poverty", "b1", "b2"
        )
    return not (number and found.startswith(f"{number}.")) and "." not in found
