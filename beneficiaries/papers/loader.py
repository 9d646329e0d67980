"""Reads the papers' YAML; every mistake is refused with file and line."""

from __future__ import annotations

import csv
import datetime
import functools
from pathlib import Path

from beneficiaries.papers.model import ALWAYS, KINDS, TYPES, Choice, Field, Item, Paper, Procedure, Section, Stage, When
from policy.yamlfiles import Table, read_yaml

FOLDER = Path(__file__).parent / "forms"
POSTING = ("required", "allowed", "none")
# What a field may be prefilled with or answer; beneficiaries.queries.registered and operations.accepting know each of these.
FACTS = frozenset(
    {
        "ethnicity", "studying", "no_parental_care", "hiv", "no_supporter", "facility_eligible", "pension", "other_income", "pregnant",
        "fostered_by", "disability.degree", "disability.type", "disability.certified", "died",
    }
)  # fmt: skip
PREFILLS = frozenset(
    {
        "person.full_name", "person.born", "person.sex", "person.ethnicity", "person.id_number", "person.schooling", "person.studying",
        "person.pension", "person.assistance", "person.disabled", "person.disability_certified_on", "person.disability_type",
        "person.disability_degree", "person.no_parental_care", "person.hiv", "person.other_income", "person.no_supporter",
        "person.facility_eligible", "person.pregnant", "person.fostered_by", "person.died_on", "household.address", "household.poverty",
        "household.head", "children", "small_children",
    }
)  # fmt: skip


class _Reader:
    """Papers of a folder, with the parts and choices they share."""

    def __init__(self, folder: Path, ethnic_groups: tuple[Choice, ...]) -> None:
        self.folder = folder
        common = read_yaml(folder / "common.yaml")
        common.check_keys(("parts", "choices", "papers_to_attach"))
        self.choices = {"ethnicity": ethnic_groups} | {
            name: self._choices(common.table("choices"), name) for name in common.table("choices")
        }
        parts = common.table("parts")
        self.parts = {name: self._part(parts.table(name)) for name in parts}
        items = common.table("papers_to_attach")
        self.items = {name: self._item(name, items.table(name)) for name in items}

    def papers(self) -> list[Paper]:
        found: list[Paper] = []
        for path in sorted(self.folder.glob("decree-*.yaml")):
            found += self._decree(read_yaml(path), {paper.code for paper in found})
        return found

    def procedures(self) -> list[Procedure]:
        top = read_yaml(self.folder / "procedures.yaml")
        top.check_keys(("procedures",))
        return [self._procedure(table) for table in top.tables("procedures")]

    def _choices(self, table: Table, name: str) -> tuple[Choice, ...]:
        rows = table.tables(name)
        for row in rows:
            row.check_keys(("value", "label"))
        return tuple(Choice(str(number), row.text("value"), row.text("label")) for number, row in enumerate(rows, start=1))

    def _part(self, table: Table) -> tuple[str, tuple[Field, ...]]:
        table.check_keys(("title", "fields"))
        fields = tuple(self._field(row) for row in table.tables("fields"))
        names = [field.name for field in fields]
        for row in table.tables("fields"):
            if names.count(row.text("name")) > 1:
                raise row.fail(f"field '{row['name']}' is written twice in this part", "name")
        return table.text("title"), fields

    def _field(self, table: Table, *, column: bool = False) -> Field:
        table.check_keys(("name", "label", "type"), ("required", "prefill", "fact", "choices", "columns", "links", "when"))
        kind, fact, prefill, choices = (table.text(key) for key in ("type", "fact", "prefill", "choices"))
        self._one_of(table, "type", kind, TYPES[:-1] if column else TYPES)
        if fact:
            self._one_of(table, "fact", fact, FACTS)
        if prefill:
            self._one_of(table, "prefill", prefill, PREFILLS)
        if (kind == "choice") != bool(choices) or (choices and choices not in self.choices):
            raise table.fail(f"'choices' of a field of type '{kind}' must be a known list, not {choices!r}", "choices")
        if (kind == "rows") != bool(table.get("columns")):
            raise table.fail("'columns' belong to a field of type 'rows', and to no other")
        columns = tuple(self._field(row, column=True) for row in table.tables("columns"))
        return Field(
            table.text("name"), table.text("label"), kind, table.flag("required"), prefill, fact, self.choices.get(choices, ()), columns,
            table.text("links"), self._when(table),
        )  # fmt: skip

    def _when(self, table: Table) -> When:
        if table.get("when") is None:
            return ALWAYS
        when = table.table("when")
        when.check_keys((), ("field", "in", "benefits"))
        if bool(when.get("field")) != bool(when.get("in")):
            raise when.fail("'field' and 'in' belong together")
        return When(when.text("field"), when.texts("in"), when.texts("benefits"))

    def _item(self, name: str, table: Table) -> Item:
        table.check_keys(("label", "article"), ("when", "optional"))
        return Item(name, table.text("label"), table.text("article"), table.flag("optional"), self._when(table))

    def _decree(self, top: Table, known: set[str]) -> list[Paper]:
        top.check_keys(("decree", "from", "layout", "papers"), ("until",))
        self._one_of(top, "layout", top.text("layout"), ("seen", "not_seen"))
        papers = []
        for table in top.tables("papers"):
            table.check_keys(("code", "number", "title", "kind", "article", "benefits", "checklist", "sections"))
            if table.text("code") in known:
                raise table.fail(f"code '{table['code']}' is used twice", "code")
            known.add(table.text("code"))
            papers.append(self._paper(top, table))
        return papers

    def _paper(self, top: Table, table: Table) -> Paper:
        self._one_of(table, "kind", table.text("kind"), KINDS)
        for name in table.texts("checklist"):
            self._one_of(table, "checklist", name, self.items)
        sections = tuple(self._section(row, table.texts("benefits")) for row in table.tables("sections"))
        return Paper(
            table.text("code"), table.text("number"), top.text("decree"), table.text("title"), table.text("kind"), table.text("article"),
            table.texts("benefits"), top.day("from"), _until(top), top.text("layout") == "seen", sections,
            tuple(self.items[name] for name in table.texts("checklist")),
        )  # fmt: skip

    def _section(self, row: Table, benefits: tuple[str, ...]) -> Section:
        row.check_keys(("part",), ("when_benefits",))
        self._one_of(row, "part", row.text("part"), self.parts)
        for benefit in row.texts("when_benefits"):
            self._one_of(row, "when_benefits", benefit, benefits)
        title, fields = self.parts[row.text("part")]
        return Section(title, fields, When(benefits=row.texts("when_benefits")))

    def _procedure(self, table: Table) -> Procedure:
        table.check_keys(
            ("kinds", "instrument", "from", "article", "posting", "posting_days", "appeal_days", "certainty", "stages"), ("until",)
        )
        for kind in table.texts("kinds"):
            self._one_of(table, "kinds", kind, KINDS)
        self._one_of(table, "posting", table.text("posting"), POSTING)
        stages = []
        for row in table.tables("stages"):
            row.check_keys(("days", "statuses"))
            stages.append(Stage(row.whole("days"), row.texts("statuses")))
        return Procedure(
            table.texts("kinds"), table.text("instrument"), table.text("article"), table.day("from"), _until(table), table.text("posting"),
            table.whole("posting_days"), table.whole("appeal_days"), table.text("certainty"), tuple(stages),
        )  # fmt: skip

    @staticmethod
    def _one_of(table: Table, key: str, value: str, known: object) -> None:
        if value not in known:  # type: ignore[operator]  # tuples, sets and mappings alike
            raise table.fail(f"'{key}' has the unknown value {value!r}", key)


def _until(table: Table) -> datetime.date | None:
    return None if table.get("until") is None else table.day("until")


def ethnic_groups() -> tuple[Choice, ...]:
    """The 54 groups of the official list; the code is what is typed."""
    path = Path(__file__).parents[2] / "posasoft" / "core" / "data" / "ethnic_groups.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(Choice(row["code"], row["code"], row["name"]) for row in csv.DictReader(file))


def load_papers(folder: Path = FOLDER) -> tuple[Paper, ...]:
    """Every paper of a folder. Raises policy.LawError, which begins with ``file:line:``."""
    return tuple(_Reader(folder, ethnic_groups()).papers())


def load_procedures(folder: Path = FOLDER) -> tuple[Procedure, ...]:
    """Every clock of a folder. Raises policy.LawError."""
    return tuple(_Reader(folder, ethnic_groups()).procedures())


@functools.cache
def papers() -> dict[str, Paper]:
    """The papers in use, by code."""
    return {paper.code: paper for paper in load_papers()}


@functools.cache
def _procedures() -> tuple[Procedure, ...]:
    return load_procedures()


def papers_on(day: datetime.date) -> list[Paper]:
    """The papers that an applicant hands in on a day of receipt."""
    return [paper for paper in papers().values() if paper.in_use(day)]


def procedure_of(kind: str, received_on: datetime.date) -> Procedure:
    """The clock for a case received on a day; raises LookupError before the first one known (2021-07-01)."""
    for procedure in _procedures():
        if kind in procedure.kinds and procedure.since <= received_on and (procedure.until is None or received_on < procedure.until):
            return procedure
    raise LookupError(f"no procedure for {kind} on {received_on}")
