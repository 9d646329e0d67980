"""Workbooks as pages show them: downloads, kinds of change with their days, cells that two people changed."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from households.models import ImportBatch, ImportRow, Workbook
from households.staging import queries
from households.staging.operations import Taking
from households.workbooks.gone import ANSWERS
from households.workbooks.making import may_leave
from posasoft.core.dates import parse_date
from posasoft.core.models import Area, Level, User
from posasoft.core.numbers import wholes
from posasoft.core.scope import Scope
from posasoft.portal.queries.scoped import in_scope

MOST = 50


@dataclass(frozen=True)
class Kind:
    """A kind of change: its fields, and the fact whose first day is asked (empty: a correction, which has no day of its own)."""

    name: str
    label: Any
    fields: tuple[str, ...]
    fact: str = ""


KINDS = (
    Kind("poverty", gettext_lazy("Phân loại hộ, điểm"), ("poverty", "b1", "b2"), "poverty"),
    Kind("residence", gettext_lazy("Thôn đang ở"), ("village",), "residence"),
    Kind("membership", gettext_lazy("Quan hệ với chủ hộ"), ("relation",), "membership"),
    Kind("disability", gettext_lazy("Khuyết tật"), ("disability_degree", "disability_type"), "disability"),
    Kind("studying", gettext_lazy("Đang học"), ("studying",), "studying"),
    Kind("ethnicity", gettext_lazy("Dân tộc"), ("ethnicity",), "ethnicity"),
    Kind("correction", gettext_lazy("Đính chính họ tên, ngày sinh, giới tính"), ("full_name", "sex", "born")),
    Kind("new", gettext_lazy("Người mới, hộ mới"), ("new",)),
)


@dataclass(frozen=True)
class KindOfBatch:
    """A kind that waits in a list: on how many rows or values."""

    kind: Kind
    count: int


@dataclass(frozen=True)
class Download:
    """A workbook in the list of downloads: who made it, whether it may leave, how many times it came back."""

    workbook: Workbook
    made_by: str
    agreed_by: str
    may_leave: bool
    mine: bool


def areas(scope: Scope) -> QuerySet[Area]:
    """Communes and, for a commune's officer, its villages too: what one workbook may hold."""
    inside = Area.objects.filter(valid_to__isnull=True, position__gte=scope.lo, position__lt=scope.hi)
    communes = inside.filter(level=Level.COMMUNE)
    if communes.count() > 1:
        return communes.select_related("parent").order_by("name_key", "pk")
    return inside.filter(level__in=[Level.COMMUNE, Level.VILLAGE]).select_related("parent").order_by("position")


def downloads(scope: Scope) -> list[Download]:
    """The newest workbooks of the role's range."""
    found = list(in_scope(Workbook.objects.select_related("area"), scope).order_by("-id")[:MOST])
    people = {pk for w in found for pk in (w.made_by_id, w.agreed_by_id) if pk}
    names = dict(User.objects.filter(pk__in=people).values_list("pk", "full_name"))
    return [
        Download(w, names.get(w.made_by_id or 0, ""), names.get(w.agreed_by_id or 0, ""), may_leave(w), w.made_by_id == scope.user_id)
        for w in found
    ]


def kinds_of(batch: ImportBatch, summary: queries.Summary) -> list[KindOfBatch]:
    """The kinds of change that wait in a workbook that came back, each with its number of rows."""
    counts = queries.changed_fields(batch) | {"new": summary.new}
    found = [KindOfBatch(kind, max(counts.get(name, 0) for name in kind.fields)) for kind in KINDS]
    return [entry for entry in found if entry.count]


def taking_asked(post: Mapping[str, Any], rows: list[str], kinds: list[str]) -> Taking:
    """What the form of the review asks to take. Raises ValueError for a day that cannot be read."""
    days: dict[str, datetime.date] = {}
    for kind in KINDS:
        text = str(post.get(f"day_{kind.name}", "")).strip()
        if kind.fact and text:
            days[kind.fact] = parse_date(text)
    by_kind = "by_kind" in post
    return Taking(
        rows=wholes(rows) if "by_row" in post else None,
        fields=[name for kind in KINDS if kind.name in kinds for name in kind.fields] if by_kind else None,
        clean="clean" in post or by_kind,
        days=days,
    )


def row_asked(batch: ImportBatch, row_id: int) -> ImportRow | None:
    """A row of this list by number."""
    return ImportRow.objects.filter(batch=batch, pk=row_id).first()


GONE = tuple((name, gettext_lazy(label)) for name, label in ANSWERS.items())
