"""How one sheet is laid out: which column holds which field, and the habits that only the whole column shows."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from households.importing.births import DateHabit, habit_of
from households.importing.columns import NAME_FIELDS, fold_label
from households.importing.findings import Cell
from households.importing.header import Column, Header
from households.importing.identities import read_identity, sex_of
from households.importing.relations import read_relation, read_sex, sex_of_relation
from households.importing.texts import cell_text, is_blank, is_mark

_THOUSANDS = re.compile(r"nghin dong|ngan dong|1 ?000 ?(d|dong|vnd)\b|nghin d\b|ngan d\b|dvt nghin|\bnghin\b|\bngan\b")


@dataclass(frozen=True)
class SexHabit:
    """What a tick and a blank mean in a column headed “Giới tính” (some lists tick the women only); None: nothing."""

    tick: str | None = None
    blank: str | None = None


@dataclass(frozen=True)
class Layout:
    """Columns by field. `ticks` are columns whose mark states a value: (field, value, column)."""

    columns: dict[str, Column]
    notes: tuple[Column, ...] = ()
    ticks: tuple[tuple[str, str, Column], ...] = ()
    unused: tuple[Column, ...] = ()
    thousands: bool = False
    dates: DateHabit = DateHabit()
    sex: SexHabit = SexHabit()
    relation_states_heads: bool = False
    number_on_every_row: bool = False
    household_cells_on_every_row: bool = False

    @cached_property
    def indexes(self) -> dict[str, int]:
        """Column positions by field."""
        return {name: column.index for name, column in self.columns.items()}

    def has(self, *names: str) -> bool:
        return any(name in self.columns for name in names)

    def value(self, row: Sequence[Cell], name: str) -> Cell:
        """The cell of a field in a row; None when the list has no such column."""
        index = self.indexes.get(name)
        return row[index] if index is not None and index < len(row) else None


def lay_out(header: Header, sample: Sequence[Sequence[Cell]], title_text: str) -> Layout:
    """Choose one column per field and judge the habits by sample rows (below the heading)."""
    chosen, notes, ticks, unused = _choose(_settled(header.columns, sample), sample)
    _name_alone(chosen)
    amount = chosen.get("amount")
    unit_text = fold_label(" ".join(amount.path)) if amount else ""
    thousands = bool(amount) and bool(
        _THOUSANDS.search(unit_text) or re.search(r"d(v|on vi) ?t(inh)? (la )?(nghin|ngan|1 ?000)", fold_label(title_text))
    )
    base = Layout(chosen, tuple(notes), tuple(ticks), tuple(unused), thousands)
    return _with_habits(base, sample)


def _settled(columns: Iterable[Column], sample: Sequence[Sequence[Cell]]) -> list[Column]:
    """Ticks under Nam/Nữ are sex marks, dates there are birth dates of that sex."""
    pairs = {"born_male": "sex=male", "born_female": "sex=female", "sex=male": "born_male", "sex=female": "born_female"}
    settled: list[Column] = []
    for column in columns:
        filled = [row[column.index] for row in sample if column.index < len(row) and not is_blank(row[column.index])]
        marks = sum(is_mark(value) for value in filled)
        dates = len(filled) - marks
        wrong = (column.field or "").startswith("born_") and marks > dates or (column.field or "").startswith("sex=") and dates > marks
        settled.append(Column(column.index, column.title, pairs[column.field], column.path) if wrong and column.field in pairs else column)
    return settled


Chosen = tuple[dict[str, Column], list[Column], list[tuple[str, str, Column]], list[Column]]


def _choose(columns: Sequence[Column], sample: Sequence[Sequence[Cell]]) -> Chosen:
    chosen: dict[str, Column] = {}
    notes: list[Column] = []
    ticks: list[tuple[str, str, Column]] = []
    unused: list[Column] = []
    filled = Counter(index for row in sample for index, value in enumerate(row) if not is_blank(value))
    for column in columns:
        if column.field is None or column.field in ("ignore", "person_no"):
            unused.append(column)
        elif column.field == "note":
            notes.append(column)
        elif "=" in column.field:
            name, _, value = column.field.partition("=")
            ticks.append((name, value, column))
        elif column.field in chosen and filled[column.index] <= filled[chosen[column.field].index]:
            unused.append(column)
        else:
            unused.extend([chosen[column.field]] if column.field in chosen else [])
            chosen[column.field] = column
    return chosen, notes, ticks, unused


def _name_alone(chosen: dict[str, Column]) -> None:
    """A list with one column of names uses it for everybody, whatever its heading; family and given names make one."""
    names = [name for name in NAME_FIELDS if name in chosen]
    if names in (["head_name"], ["member_name"]):
        chosen["name"] = chosen[names[0]]
    if "name_family" in chosen and "name" in chosen and "name_given" not in chosen:
        chosen["name_given"] = chosen.pop("name")
    if "member_name" in chosen and "name" in chosen and "head_name" not in chosen and names != ["member_name"]:
        chosen["head_name"], chosen["name"] = chosen["name"], chosen["member_name"]
    elif "member_name" in chosen and "head_name" in chosen:
        chosen["name"] = chosen["member_name"]


@dataclass
class _Seen:
    dates: list[Cell] = field(default_factory=list)
    ticked: Counter[str] = field(default_factory=Counter)
    blank: Counter[str] = field(default_factory=Counter)
    ticks: int = 0
    words: int = 0
    heads: int = 0
    persons: int = 0
    numbered: int = 0
    household_cells: int = 0


def _with_habits(layout: Layout, sample: Sequence[Sequence[Cell]]) -> Layout:
    seen = _Seen()
    for row in sample:
        if not is_blank(layout.value(row, "name")) or not is_blank(layout.value(row, "name_given")):
            _see(layout, row, seen)
    everywhere = max(1, seen.persons * 9 // 10)
    return Layout(
        layout.columns,
        layout.notes,
        layout.ticks,
        layout.unused,
        layout.thousands,
        dates=habit_of(seen.dates),
        sex=_sex_habit(layout, seen),
        relation_states_heads=seen.heads > 0,
        number_on_every_row=seen.numbered >= everywhere,
        household_cells_on_every_row=seen.household_cells >= everywhere,
    )


def _see(layout: Layout, row: Sequence[Cell], seen: _Seen) -> None:
    seen.persons += 1
    seen.dates.extend(value for name in ("born", "born_male", "born_female") if not is_blank(value := layout.value(row, name)))
    relation = layout.value(row, "relation")
    seen.heads += read_relation(relation).value == "head"
    seen.numbered += not is_blank(layout.value(row, "no"))
    cells = [layout.value(row, name) for name in ("village", "poverty", "b1", "household_no")]
    cells += [row[column.index] for name, _, column in layout.ticks if name == "poverty" and column.index < len(row)]
    seen.household_cells += any(not is_blank(value) for value in cells)
    if layout.has("sex"):
        _see_sex(layout.value(row, "sex"), evident_sex(layout, row), seen)


def _see_sex(value: Cell, evidence: str | None, seen: _Seen) -> None:
    if is_blank(value):
        seen.blank[evidence or ""] += 1
    elif is_mark(value):
        seen.ticks += 1
        seen.ticked[evidence or ""] += 1
    elif read_sex(value).value:
        seen.words += 1


def evident_sex(layout: Layout, row: Sequence[Cell]) -> str | None:
    """The sex that relation (vợ, bố), national id or the middle names Thị and Văn agree on, or None."""
    identity = read_identity(layout.value(row, "national_id")).value
    names = cell_text(layout.value(row, "name")).casefold().split()
    found = {
        sex_of_relation(layout.value(row, "relation")),
        sex_of(identity.national_id) if identity and identity.national_id else None,
        "female" if "thị" in names[1:-1] else "male" if "văn" in names[1:-1] else None,
    } - {None}
    return found.pop() if len(found) == 1 else None


def _sex_habit(layout: Layout, seen: _Seen) -> SexHabit:
    """A tick under “Giới tính” marks the women, unless ids and relations say the men; the blanks are then the others."""
    if not seen.ticks:
        return SexHabit()
    tick = "male" if seen.ticked["male"] > seen.ticked["female"] else "female"
    other = "male" if tick == "female" else "female"
    return SexHabit(tick, other if seen.blank[other] >= seen.blank[tick] else None)
