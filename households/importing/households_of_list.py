"""Rows become household blocks: the head's row, blank cells below it, values that belong to the whole household."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from households.importing.findings import Cell, Finding, Household, Person
from households.importing.layout import Layout
from households.importing.people import RowContext, read_person
from households.importing.relations import read_poverty
from households.importing.texts import cell_text, is_blank, is_no
from households.importing.villages import village_of_line

_BLANK_ETHNICITY = "Ô để trống dưới chủ hộ, hiểu là cùng dân tộc với chủ hộ"


@dataclass
class Surroundings:
    """What lines between the households say for the rows below them, and the village last written."""

    village: str | None = None
    poverty: str | None = None
    last_village: str | None = None


@dataclass
class _Block:
    row: int
    people: list[Person] = field(default_factory=list)
    cells: list[tuple[int, Sequence[Cell]]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def build_household(rows: Sequence[tuple[int, Sequence[Cell]]], context: RowContext, surroundings: Surroundings) -> Household:
    """Understand the rows of one household; `rows` starts with the head's row."""
    block = _Block(rows[0][0])
    context.head_year = None
    for number, row in rows:
        person, findings = read_person(number, row, context)
        person.household_row = block.row
        block.people.append(person)
        block.cells.append((number, row))
        block.findings.extend(findings)
        if number == block.row and person.born is not None:
            context.head_year = person.born.year
    _name_head(block, context)
    _share_household_values(block, context, surroundings)
    _share_ethnicity(block, context)
    _check_ages(block, context)
    raw = {number: tuple(row) for number, row in block.cells}
    return Household(block.row, block.people, block.findings, raw, context.sheet)


def _finding(block: _Block, context: RowContext, row: int, name: str, severity: str, value: Cell, message: str) -> None:
    column = context.layout.columns.get(name)
    shown = cell_text(value) if value is not None else None
    block.findings.append(Finding(row, column.title if column else "", severity, shown, message, context.sheet))  # type: ignore[arg-type]  # callers pass literals


def _name_head(block: _Block, context: RowContext) -> None:
    """The first person is the head when the list does not word relations; two heads in one block are an error to look at."""
    first = block.people[0]
    heads = [person for person in block.people if person.relation == "head"]
    if not heads and first.relation is None:
        first.relation = "head"
        if context.layout.has("relation"):
            _finding(block, context, first.row, "relation", "info", None, "Dòng đầu của hộ, hiểu là chủ hộ")
    elif not heads:
        _finding(block, context, first.row, "relation", "warning", None, "Hộ không có dòng chủ hộ")
    for extra in heads[1:]:
        _finding(block, context, extra.row, "relation", "warning", None, "Hộ có hai chủ hộ, hãy kiểm tra")


def _share_household_values(block: _Block, context: RowContext, surroundings: Surroundings) -> None:
    village = _village(block, context, surroundings)
    poverty = _poverty(block, context) or (surroundings.poverty if not _poverty_written(block, context.layout) else None)
    b1, b2 = _points(block, context, "b1"), _points(block, context, "b2")
    for person in block.people:
        person.village, person.poverty, person.b1, person.b2 = village, poverty, b1, b2
    if b2 is not None and poverty is not None and (poverty == "poor") != (b2 >= 30):
        _finding(block, context, block.row, "b2", "warning", b2, "Điểm B2 không khớp với phân loại hộ (hộ nghèo: B2 từ 30), hãy kiểm tra")


def _first_filled(block: _Block, layout: Layout, name: str) -> tuple[int, Cell] | None:
    """The household's own cell: the head's, else the first filled one below."""
    for number, row in block.cells:
        value = layout.value(row, name)
        if not is_blank(value):
            return number, value
    return None


def _village(block: _Block, context: RowContext, surroundings: Surroundings) -> str | None:
    found = _first_filled(block, context.layout, "village")
    if found is None:
        return _village_unwritten(block, context, surroundings)
    number, value = found
    village = village_of_line(cell_text(value)) or cell_text(value)
    village = cell_text(value) if village.casefold() == cell_text(value).casefold() and not cell_text(value).isupper() else village
    if number != block.row:
        _finding(block, context, number, "village", "info", value, "Thôn ghi ở dòng thành viên, hiểu là của cả hộ")
    surroundings.last_village = village
    return village


def _village_unwritten(block: _Block, context: RowContext, surroundings: Surroundings) -> str | None:
    if surroundings.village is not None:
        return surroundings.village
    if not context.layout.has("village"):
        found = _first_filled(block, context.layout, "address")
        return cell_text(found[1]) if found else None
    if surroundings.last_village is not None:
        _finding(
            block, context, block.row, "village", "warning", None, f"Ô thôn để trống, hiểu là như hộ trên: {surroundings.last_village}"
        )
    return surroundings.last_village


def _poverty_written(block: _Block, layout: Layout) -> bool:
    return layout.has("poverty") or any(name == "poverty" for name, _, _ in layout.ticks)


def _poverty(block: _Block, context: RowContext) -> str | None:
    ticked = _ticked_poverty(block, context)
    found = _first_filled(block, context.layout, "poverty")
    if found is None:
        return ticked
    number, value = found
    read = read_poverty(value)
    for remark in read.remarks:
        _finding(block, context, number, "poverty", remark.severity, value, remark.message)
    return read.value or ticked


def _ticked_poverty(block: _Block, context: RowContext) -> str | None:
    columns = [(value, column) for name, value, column in context.layout.ticks if name == "poverty"]
    for number, row in block.cells:
        marked = [
            (value, column)
            for value, column in columns
            if column.index < len(row) and not is_blank(row[column.index]) and not is_no(row[column.index])
        ]
        if len(marked) > 1:
            message = "Đánh dấu cả hộ nghèo và hộ cận nghèo; để trống, hãy sửa lại"
            block.findings.append(Finding(number, marked[1][1].title, "error", cell_text(row[marked[1][1].index]), message, context.sheet))
            return None
        if marked:
            return marked[0][0]
    return None


def _points(block: _Block, context: RowContext, name: str) -> int | None:
    found = _first_filled(block, context.layout, name)
    if found is None:
        return None
    number, value = found
    try:
        points = float(str(value).replace(",", "."))
    except ValueError:
        _finding(block, context, number, name, "warning", value, "Điểm không phải số; để trống")
        return None
    if not points.is_integer() or not 0 <= points <= 400:
        severity = "error" if not 0 <= points <= 400 else "warning"
        _finding(
            block, context, number, name, severity, value, "Điểm không hợp lý, hãy kiểm tra" + ("; để trống" if severity == "error" else "")
        )
        return None if severity == "error" else round(points)
    return int(points)


def _share_ethnicity(block: _Block, context: RowContext) -> None:
    """A blank below a filled head means “the same”, as with every blank of a block; marked as concluded, it never overwrites the registry."""
    head = block.people[0]
    for person, (number, row) in zip(block.people[1:], block.cells[1:], strict=True):
        cell = context.layout.value(row, "ethnicity")
        if head.ethnicity is None or person.ethnicity is not None or not is_blank(cell):
            continue
        person.ethnicity = head.ethnicity
        person.concluded = (*person.concluded, "ethnicity")
        _finding(block, context, number, "ethnicity", "info", cell, _BLANK_ETHNICITY)


def _check_ages(block: _Block, context: RowContext) -> None:
    head = block.people[0]
    if head.born is None or head.relation != "head":
        return
    for person in block.people[1:]:
        if person.born is None:
            continue
        gap = person.born.year - head.born.year
        if person.relation == "child" and gap < 10 or person.relation == "parent" and gap > -10:
            _finding(block, context, person.row, "born", "warning", person.born, "Tuổi không khớp với quan hệ với chủ hộ, hãy kiểm tra")
