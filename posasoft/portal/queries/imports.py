"""Staged lists as pages show them: household by household, with what each row would change."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from households.models import Household, ImportBatch, ImportFinding, ImportRow, Person
from households.models.registry import Relation
from households.staging import queries
from posasoft.core.models import Area, Level
from posasoft.core.money import format_dong
from posasoft.core.numbers import whole
from posasoft.core.scope import Scope
from posasoft.portal import wording
from posasoft.portal.queries.scoped import in_scope

PAGE = 25
MOST_MISSING = 100
SHOWN = ("", "ask", "new", "changed", "same", "rejected", "gone", "conflict", "wrong")
FIELDS = {
    "full_name": gettext_lazy("Họ tên"),
    "sex": gettext_lazy("Giới tính"),
    "born": gettext_lazy("Sinh"),
    "ethnicity": gettext_lazy("Dân tộc"),
    "relation": gettext_lazy("Quan hệ"),
    "disability_degree": gettext_lazy("Mức độ khuyết tật"),
    "disability_type": gettext_lazy("Dạng tật"),
    "studying": gettext_lazy("Đang học"),
    "poverty": gettext_lazy("Phân loại hộ"),
    "b1": gettext_lazy("Điểm B1"),
    "b2": gettext_lazy("Điểm B2"),
    "village": gettext_lazy("Thôn, bản, tổ dân phố"),
}


@dataclass(frozen=True)
class Both:
    """A field that somebody else changed since the workbook was downloaded; `new` is the file's value where the file changed it too."""

    field: str
    name: str
    base: str
    now: str
    new: str
    conflict: bool


@dataclass(frozen=True)
class RowView:
    """A person of the list: what the list says, what would change as (field, old, new), and whether somebody must say who it is."""

    row: ImportRow
    facts: list[str]
    changes: list[tuple[str, str, str]]
    asks: bool
    both: list[Both]
    wrong: list[ImportFinding]


@dataclass(frozen=True)
class Block:
    """A household of the list; `open` while it may still be accepted or rejected."""

    number: int
    rows: list[RowView]
    open: bool


@dataclass(frozen=True)
class BlockPage:
    blocks: list[Block]
    after: str


def communes(scope: Scope) -> QuerySet[Area]:
    """Communes in force that the role covers, by name."""
    inside = Area.objects.filter(level=Level.COMMUNE, valid_to__isnull=True, position__gte=scope.lo, position__lt=scope.hi)
    return inside.order_by("name_key", "pk")


def batches(scope: Scope) -> QuerySet[ImportBatch]:
    """Lists of communes in the role's range, the newest first."""
    return in_scope(queries.batches(scope), scope)


def words(field: str, value: Any) -> str:
    """A value of a staged row in words; empty for none."""
    if field == "ethnicity":
        return wording.ethnic_group(value)
    if field == "relation" and value in Relation.values:
        return wording.tr(Relation(value).label)
    return "" if value in (None, "") else wording.seen_value(value)


def _facts(row: ImportRow) -> list[str]:
    """What the list says about somebody whom the registry does not know yet."""
    if row.verdict != ImportRow.Verdict.NEW:
        return []
    benefit = f"Đ.{row.benefit_article}" + (f": {format_dong(row.benefit_amount)}" if row.benefit_amount else "")
    said = (
        words("relation", row.relation),
        wording.poverty(row.poverty) if row.poverty and row.relation == Relation.HEAD else "",
        wording.disability(row.disability_degree, row.disability_type),
        words("studying", row.studying),
        benefit if row.benefit_article else "",
    )
    return [text for text in said if text]


def _view(row: ImportRow, wrong: list[ImportFinding]) -> RowView:
    changes = [(str(FIELDS.get(name, name)), words(name, old), words(name, new)) for name, (old, new) in row.diff.items()]
    waiting = row.decision == ImportRow.Decision.PENDING
    both = [
        Both(
            name,
            str(FIELDS.get(name, name)),
            words(name, base),
            words(name, now),
            words(name, row.diff.get(name, ["", ""])[1]),
            name in row.diff,
        )
        for name, (base, now) in (row.meanwhile or {}).items()
    ]
    return RowView(
        row, _facts(row), changes, waiting and row.match in ("doubt", "fuzzy") and row.person_id is not None, both if waiting else [], wrong
    )


def page_of_blocks(batch: ImportBatch, show: str, after: str) -> BlockPage:
    """Twenty-five households that have a row of the wanted kind, with all their rows."""
    wanted = queries.rows(batch, show=show)
    if (last := whole(after)) is not None:
        wanted = wanted.filter(block__gt=last)
    numbers = list(wanted.order_by("block").values_list("block", flat=True).distinct()[: PAGE + 1])
    rows = ImportRow.objects.filter(batch=batch, block__in=numbers[:PAGE]).select_related("person", "household").order_by("block", "pk")
    wrong: dict[tuple[str, int], list[ImportFinding]] = {}
    if batch.workbook_id:
        for finding in queries.findings(batch, severity="error").filter(row__in=[row.row for row in rows if row.errors]):
            wrong.setdefault((finding.sheet, finding.row), []).append(finding)
    blocks = []
    for number, found in groupby(rows, key=lambda row: row.block):
        members = [_view(row, wrong.get((row.sheet, row.row), [])) for row in found]
        blocks.append(Block(number, members, any(m.row.decision == ImportRow.Decision.PENDING for m in members)))
    return BlockPage(blocks, str(numbers[PAGE - 1]) if len(numbers) > PAGE else "")


def missing(batch: ImportBatch) -> list[tuple[Household, str]]:
    """The first poor households of the commune of which the list names nobody, each with its head's name."""
    found = list(queries.missing_from_list(batch)[:MOST_MISSING])
    heads = Person.objects.filter(household__in=found, relation="head", canonical=None).values_list("household_id", "full_name")
    names = dict(heads)
    return [(household, names.get(household.pk, "")) for household in found]
