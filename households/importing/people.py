"""One row of cells becomes one person, every doubt a finding on its cell."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from households.importing.ages import Hints, understand_birth
from households.importing.benefits import read_amount, read_article
from households.importing.births import RawDate, parse_date_cell
from households.importing.conditions import level_of_age, read_disability, read_disability_degree, read_disability_type, read_studying
from households.importing.ethnic_groups import read_ethnicity
from households.importing.findings import Benefit, Cell, Disability, Finding, Person, Read, Remark, error, info, warning
from households.importing.header import Column
from households.importing.identities import Identity, compare, read_identity, year_of
from households.importing.layout import Layout, evident_sex
from households.importing.notes import Death, death_on, read_death
from households.importing.relations import read_relation, read_sex
from households.importing.texts import cell_text, is_blank, is_mark, is_no
from posasoft.core.names import name_case, nfc_name

_NUMBERED_NAME = re.compile(r"^\s*(?:\d{1,3}(?:\.\d{1,2})?\s*[.)\-/]|[-+*•–])\s*(?=\D)")
_BRACKETS = re.compile(r"\s*\(([^()]*)\)\s*")
_SEX_WORDS = {"male": "nam", "female": "nữ"}


@dataclass
class RowContext:
    """What the rows before this one, and the sheet, say."""

    layout: Layout
    latest: dt.date
    sheet: str = ""
    head_year: int | None = None


@dataclass
class _Draft:
    """A row being understood."""

    context: RowContext
    number: int
    row: Sequence[Cell]
    findings: list[Finding] = field(default_factory=list)

    def value(self, name: str) -> Cell:
        return self.context.layout.value(self.row, name)

    def remark(self, name: str | Column | None, remarks: Sequence[Remark]) -> None:
        """Put remarks on the cell of a field (or a column); on the row when the list has no such column."""
        if not remarks:
            return
        column = self.context.layout.columns.get(name) if isinstance(name, str) else name
        raw = self.row[column.index] if column is not None and column.index < len(self.row) else None
        for entry in remarks:
            value = cell_text(raw) if raw is not None else None
            title = column.title if column is not None else ""
            self.findings.append(Finding(self.number, title, entry.severity, value, entry.message, self.context.sheet))


def read_person(number: int, row: Sequence[Cell], context: RowContext) -> tuple[Person, list[Finding]]:
    """Understand one row; household values (village, poverty, b1, b2) are read by the household."""
    draft = _Draft(context, number, row)
    name, aside = _name(draft)
    person = Person(row=number, household_row=number, name=name, sheet=context.sheet)
    person.relation = _relation(draft, aside)
    identity = _identity(draft)
    person.national_id, person.old_id = identity.national_id, identity.old_id
    person.studying = _taken(draft, "studying", read_studying)
    _birth(draft, person)
    person.sex = _sex(draft, person)
    person.ethnicity = _taken(draft, "ethnicity", read_ethnicity)
    person.disability = _disability(draft)
    person.benefit = _benefit(draft)
    _school_by_age(draft, person)
    _note_and_death(draft, person, aside)
    if person.national_id is not None:
        draft.remark("national_id", compare(person.national_id, person.sex, person.born.year if person.born else None))
    return person, draft.findings


def _taken(draft: _Draft, name: str, reader: Callable[[Cell], Read[str]]) -> str | None:
    read = reader(draft.value(name))
    draft.remark(name, read.remarks)
    return read.value


def written_name(layout: Layout, row: Sequence[Cell]) -> str:
    """The name as the row writes it, family and given columns joined; the head may stand in a column of heads only."""
    value = layout.value(row, "name")
    if is_blank(value):
        value = layout.value(row, "head_name")
    if layout.has("name_given"):
        value = f"{cell_text(layout.value(row, 'name_family'))} {cell_text(layout.value(row, 'name_given'))}"
    return cell_text(value)


def _name(draft: _Draft) -> tuple[str, str]:
    """The name in name case, and what stands in brackets behind it."""
    text = _NUMBERED_NAME.sub("", written_name(draft.context.layout, draft.row))
    aside = "; ".join(match[1] for match in _BRACKETS.finditer(text))
    if aside:
        text = _BRACKETS.sub(" ", text)
    name = name_case(nfc_name(text).strip(" .,;:-*"))
    if re.search(r"\d", name):
        draft.remark("name", (warning("Họ tên có chữ số, hãy kiểm tra"),))
    return name, aside


def _relation(draft: _Draft, aside: str) -> str | None:
    read = read_relation(draft.value("relation"))
    draft.remark("relation", read.remarks)
    if read.value is None and aside and is_blank(draft.value("relation")):
        beside = read_relation(aside)
        if beside.value is not None and not beside.remarks:
            draft.remark("name", (info(f"Quan hệ “{aside}” lấy từ ngoặc sau họ tên"),))
            return beside.value
    return read.value


def _identity(draft: _Draft) -> Identity:
    read = read_identity(draft.value("national_id"))
    draft.remark("national_id", read.remarks)
    found = read.value or Identity(None)
    if draft.context.layout.has("old_id"):
        older = read_identity(draft.value("old_id"))
        if older.value is not None and older.value.national_id and found.national_id is None:
            draft.remark("old_id", (*older.remarks, info("Số 12 chữ số ở cột CMND, lấy làm số định danh")))
            return older.value
        return Identity(found.national_id, found.old_id or (older.value.old_id if older.value else None))
    return found


def _birth(draft: _Draft, person: Person) -> None:
    name = next((name for name in ("born", "born_male", "born_female") if not is_blank(draft.value(name))), "born")
    raw = _birth_parts(draft, name)
    if raw is None:
        return
    hints = Hints(
        relation=person.relation,
        head_year=draft.context.head_year,
        id_year=year_of(person.national_id) if person.national_id else None,
        studying=person.studying,
    )
    read = understand_birth(raw, hints, draft.context.latest)
    draft.remark(name if draft.context.layout.has(name) else "born_year", read.remarks)
    if read.value is not None:
        person.born, person.born_precision = read.value.day, read.value.precision


def _birth_parts(draft: _Draft, name: str) -> RawDate | None:
    if not draft.context.layout.has(name) and draft.context.layout.has("born_year"):
        parts = [cell_text(draft.value(part)) for part in ("born_day", "born_month", "born_year")]
        parsed = parse_date_cell("/".join(part for part in parts if part and part != "0") or None)
        draft.remark("born_year", parsed.remarks)
        return parsed.value
    parsed = parse_date_cell(draft.value(name), draft.context.layout.dates)
    draft.remark(name, parsed.remarks)
    return parsed.value


def _sex(draft: _Draft, person: Person) -> str | None:
    layout = draft.context.layout
    ticks = [(value, column) for name, value, column in layout.ticks if name == "sex"]
    if ticks:
        return _ticked_sex(draft, ticks)
    for name, sex in (("born_male", "male"), ("born_female", "female")):
        if not is_blank(draft.value(name)):
            return sex
    cell = draft.value("sex")
    if is_blank(cell):
        return _blank_sex(draft) if layout.has("sex") else None
    if is_mark(cell) and layout.sex.tick is not None:
        return _tick_under_sex(draft, person, layout.sex.tick)
    read = read_sex(cell)
    draft.remark("sex", read.remarks)
    return read.value


def _ticked_sex(draft: _Draft, ticks: list[tuple[str, Column]]) -> str | None:
    marked = [(value, column) for value, column in ticks if not is_blank(_at(draft.row, column)) and not is_no(_at(draft.row, column))]
    if len(marked) == 1:
        return marked[0][0]
    if marked:
        draft.remark(marked[1][1], (error("Đánh dấu cả Nam và Nữ; để trống, hãy sửa lại"),))
        return None
    if len(ticks) == 1:
        # A single column “Nữ” ticks the women; the others are men.
        return "male" if ticks[0][0] == "female" else "female"
    evidence = evident_sex(draft.context.layout, draft.row)
    if evidence is not None:
        draft.remark(ticks[0][1], (warning(f"Không đánh dấu giới tính, hiểu là {_SEX_WORDS[evidence]}"),))
    return evidence


def _tick_under_sex(draft: _Draft, person: Person, tick: str) -> str | None:
    evidence = evident_sex(draft.context.layout, draft.row)
    if evidence is not None and evidence != tick:
        draft.remark(
            "sex",
            (warning(f"“x” ở cột này thường là {_SEX_WORDS[tick]}, nhưng quan hệ hoặc số định danh là {_SEX_WORDS[evidence]}; để trống"),),
        )
        return None
    draft.remark("sex", (warning(f"“x” ở cột giới tính, hiểu là {_SEX_WORDS[tick]}"),))
    return tick


def _blank_sex(draft: _Draft) -> str | None:
    habit = draft.context.layout.sex.blank
    evidence = evident_sex(draft.context.layout, draft.row)
    sex = evidence or habit
    if sex is not None:
        source = "danh sách chỉ đánh dấu người kia" if evidence is None else "quan hệ, số định danh hoặc chữ đệm"
        draft.remark("sex", (warning(f"Giới tính để trống, hiểu là {_SEX_WORDS[sex]} (theo {source})"),))
    return sex


def _at(row: Sequence[Cell], column: Column) -> Cell:
    return row[column.index] if column.index < len(row) else None


def _disability(draft: _Draft) -> Disability | None:
    both = read_disability(draft.value("disability"))
    draft.remark("disability", both.remarks)
    kind = _taken(draft, "disability_type", read_disability_type) or _tick_of(draft, "disability_type")
    degree = _taken(draft, "disability_degree", read_disability_degree) or _tick_of(draft, "disability_degree")
    found = both.value or Disability(None, None)
    kind, degree = kind or found.type, degree or found.degree
    if kind is None and degree is None:
        return found if both.value is not None else None
    if kind is None and not is_blank(draft.value("disability_degree")):
        draft.remark("disability_degree", (info("Có mức độ nhưng không có dạng tật"),))
    if degree is None and not is_blank(draft.value("disability_type")):
        draft.remark("disability_type", (warning("Có dạng tật nhưng không có mức độ"),))
    return Disability(kind, degree)


def _tick_of(draft: _Draft, name: str) -> str | None:
    """The value of the one ticked column of a group; two ticks are an error."""
    marked = [(value, column) for field_name, value, column in draft.context.layout.ticks if field_name == name and _ticked(draft, column)]
    if len(marked) > 1:
        draft.remark(marked[1][1], (error("Đánh dấu nhiều ô cùng nhóm; để trống, hãy sửa lại"),))
        return None
    return marked[0][0] if marked else None


def _ticked(draft: _Draft, column: Column) -> bool:
    cell = _at(draft.row, column)
    if is_blank(cell) or is_no(cell):
        return False
    if not is_mark(cell):
        draft.remark(column, (warning(f"“{cell_text(cell)}” ở cột đánh dấu, hiểu là có"),))
    return True


def _benefit(draft: _Draft) -> Benefit | None:
    article = _taken(draft, "benefit", read_article)
    amount = read_amount(draft.value("amount"), unit=1000 if draft.context.layout.thousands else 1)
    draft.remark("amount", amount.remarks)
    return Benefit(article, amount.value) if article is not None or amount.value is not None else None


def _school_by_age(draft: _Draft, person: Person) -> None:
    cell = draft.value("studying")
    if is_blank(cell) or person.born is None:
        return
    age = draft.context.latest.year - person.born.year
    if is_mark(cell) and not isinstance(cell, int | float):
        person.studying = level_of_age(age)
        draft.findings = [finding for finding in draft.findings if finding.column != draft.context.layout.columns["studying"].title]
        draft.remark("studying", (warning("Đánh dấu đang học, bậc học suy ra từ tuổi"),))
    elif person.studying in ("nursery", "preschool", "primary", "lower_secondary", "upper_secondary") and age > 25:
        draft.remark("studying", (warning(f"{age} tuổi còn học phổ thông, hãy kiểm tra"),))


def _note_and_death(draft: _Draft, person: Person, aside: str) -> None:
    layout = draft.context.layout
    cells = [(column, _at(draft.row, column)) for column in layout.notes]
    texts = [cell_text(value) for _, value in cells if not is_blank(value)]
    person.note = "; ".join([*texts, *([aside] if aside and read_relation(aside).value is None else [])]) or None
    sources: list[tuple[str | Column | None, Cell]] = [*cells, ("name", aside or None)]
    for source, text in sources:
        read = read_death(text, draft.context.latest)
        draft.remark(source, read.remarks)
        _apply_death(person, read.value)
    if not is_blank(draft.value("died")):
        stated = death_on(draft.value("died"), draft.context.latest)
        draft.remark("died", stated.remarks)
        _apply_death(person, stated.value or Death(None, None))


def _apply_death(person: Person, death: Death | None) -> None:
    if death is not None:
        person.noted_dead = True
        person.died = person.died or death.on
