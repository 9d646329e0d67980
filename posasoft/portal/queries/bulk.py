"""Bulk changes as pages show them: counts, reasons, the first rows before and after."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, QuerySet, Value, When
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.models import BulkChange, BulkRow, Household, Person
from households.operations.bulk import KINDS_OF_BULK, BulkKind, kind_of
from posasoft.core.dates import format_date
from posasoft.core.models import Area
from posasoft.core.scope import Scope
from posasoft.portal import wording
from posasoft.portal.queries.scoped import in_scope

SHOWN = 20
LABELS = {
    "poverty": gettext_lazy("Phân loại hộ"),
    "village": gettext_lazy("Thôn, bản, tổ dân phố"),
    "studying": gettext_lazy("Đang học"),
    "boards_at_school": gettext_lazy("Học bán trú"),
    "no_supporter": gettext_lazy("Không có người phụng dưỡng"),
}
WHYS = {
    "same": gettext_lazy("đã đúng như vậy"),
    "later": gettext_lazy("đã có thay đổi sau ngày này"),
    "gone": gettext_lazy("không còn trong sổ vào ngày này"),
    "meanwhile": gettext_lazy("có người vừa sửa, hãy xem lại"),
    "refused": gettext_lazy("trái với dữ liệu đã có"),
}


@dataclass(frozen=True)
class Line:
    """A row of a bulk change in words."""

    name: str
    public_id: Any
    before: str
    since: str
    outcome: str
    label: str
    why: str


def bulk_changes(scope: Scope) -> QuerySet[BulkChange]:
    """Those of the role's range, the newest first."""
    return in_scope(BulkChange.objects.order_by("-pk"), scope)


def offered(subject: str, role: str) -> list[tuple[BulkKind, Any]]:
    """The kinds that a role may apply or ask for."""
    return [(kind, LABELS[code]) for code, kind in KINDS_OF_BULK.items() if kind.subject == subject and kind.right(role) != "no"]


def counts(bulk: BulkChange) -> list[tuple[str, str, int]]:
    """(outcome, words, rows) for every outcome and reason that occurs."""
    found = BulkRow.objects.filter(bulk=bulk).values("outcome", "why").annotate(n=Count("pk")).order_by("outcome", "why")
    return [(row["outcome"], _words(row["outcome"], row["why"]), row["n"]) for row in found]


def _words(outcome: str, why: str) -> str:
    label = wording.tr(BulkRow.Outcome(outcome).label)
    return f"{label}: {WHYS[why]}" if why else label


def lines(bulk: BulkChange, *, failed_first: bool) -> list[Line]:
    """The first rows; after the writing those that failed or were kept come first."""
    wanted = ("failed", "kept") if failed_first else ("waiting",)
    first = Case(When(outcome__in=wanted, then=Value(0)), default=Value(1))
    rows = list(BulkRow.objects.filter(bulk=bulk).order_by(first, "pk")[:SHOWN])
    names = _names(bulk, [row.subject_id for row in rows])
    village = dict(Area.objects.filter(pk__in=_villages(rows)).values_list("pk", "name")) if kind_of(bulk).code == "village" else {}
    return [
        Line(
            *names.get(row.subject_id, ("", None)),
            before=_value(bulk, row.before or {}, village),
            since=_since(row.before or {}),
            outcome=row.outcome,
            label=wording.tr(BulkRow.Outcome(row.outcome).label),
            why=str(WHYS.get(row.why, "")),
        )
        for row in rows
    ]


def _villages(rows: list[BulkRow]) -> list[int]:
    return [row.before["value"]["village_id"] for row in rows if row.before and row.before["value"].get("village_id")]


def _names(bulk: BulkChange, ids: list[int]) -> dict[int, tuple[str, Any]]:
    if bulk.subject == "p":
        return {pk: (name, key) for pk, name, key in Person.objects.filter(pk__in=ids).values_list("pk", "full_name", "public_id")}
    heads = dict(
        Person.objects.filter(household__in=ids, relation="head", canonical=None, died_on=None).values_list("household", "full_name")
    )
    found = Household.objects.filter(pk__in=ids).values_list("pk", "code", "public_id")
    return {pk: (f"{heads.get(pk, '')} · {code}".strip(" ·"), key) for pk, code, key in found}


def _since(before: dict[str, Any]) -> str:
    since = before.get("since")
    return format_date(datetime.date.fromisoformat(since)) if since else ""


def _value(bulk: BulkChange, before: dict[str, Any], village: dict[int, str]) -> str:
    value = before.get("value")
    if kind_of(bulk).code == "village":
        return village.get((value or {}).get("village_id") or 0, _("chưa ghi"))
    if kind_of(bulk).code == "poverty":
        return _poverty(value or {})
    return wording.fact_value(bulk.fact, value) if value is not None else _("không")


def _poverty(value: dict[str, Any]) -> str:
    points = [f"{name} {number_format(value[key])}" for name, key in (("B1", "b1"), ("B2", "b2")) if value.get(key) is not None]
    return " · ".join([wording.poverty(value.get("class") or "none"), *points])


def new_value(bulk: BulkChange) -> str:
    """What the rows become, in words."""
    values = bulk.value["columns"]
    code = kind_of(bulk).code
    if code == "village":
        return str(Area.objects.filter(pk=values[0]).values_list("name", flat=True).first() or "")
    if code == "poverty":
        return _poverty(dict(zip(("class", "b1", "b2"), values, strict=True)))
    return wording.fact_value(bulk.fact, values[0]) if values[0] is not None else _("không")
