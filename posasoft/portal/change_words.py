"""Declared and registered values in words, for pages that set them side by side."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.change_kinds import KINDS, Field, Type
from households.models import ChangeRequest, Household, Person
from households.operations.requests import Difference
from households.queries.requests import DAY, present_values
from posasoft.core.dates import format_date, format_partial
from posasoft.core.models import Area
from posasoft.portal import wording

DOCUMENTS = {
    **wording.DOCUMENTS,
    "marriage": gettext_lazy("Giấy chứng nhận kết hôn"),
    "divorce": gettext_lazy("Quyết định, bản án ly hôn"),
    "residence": gettext_lazy("Xác nhận thông tin về cư trú"),
    "identity": gettext_lazy("Căn cước, căn cước công dân"),
    "medical": gettext_lazy("Kết quả xét nghiệm, giấy ra viện"),
}
GUARDS = {
    "members": gettext_lazy("Thành viên của hộ"),
    "head": gettext_lazy("Chủ hộ"),
    "raises": gettext_lazy("Đang nuôi con"),
    "person:household_id": gettext_lazy("Hộ của người này"),
    "person:died_on": gettext_lazy("Ngày mất"),
    "person:canonical_id": gettext_lazy("Hồ sơ được giữ lại"),
    "household:ended_on": gettext_lazy("Ngày hộ kết thúc"),
    "household:commune_id": gettext_lazy("Xã, phường"),
    "household:canonical_id": gettext_lazy("Hồ sơ hộ được giữ lại"),
}
EMPTY = "–"


@cache
def ethnic_groups() -> list[tuple[str, str]]:
    """(code, name) of the 54 groups."""
    with wording.ETHNIC_GROUPS.open(encoding="utf-8", newline="") as file:
        return [(row["code"], row["name"]) for row in csv.DictReader(file)]


@dataclass(frozen=True)
class Pair:
    """A field with what is declared and what the registry says now."""

    name: str
    label: str
    declared: str
    registered: str
    is_marked: bool

    @property
    def differs(self) -> bool:
        return self.declared != self.registered


def _people(ids: list[int]) -> str:
    found = Person.objects.in_bulk(ids)
    return ", ".join(found[pk].full_name for pk in ids if pk in found) or EMPTY


def _home(pk: int) -> str:
    home = Household.objects.filter(pk=pk).first()
    head = Person.objects.filter(household_id=pk, relation="head", canonical__isnull=True).first() if home else None
    return f"{home.code} · {head.full_name}" if home and head else (home.code if home else EMPTY)


def _area(pk: int) -> str:
    area = Area.objects.select_related("parent").filter(pk=pk).first()
    if area is None:
        return EMPTY
    return f"{area.name}, {area.parent.name}" if area.parent else area.name


def _newcomers(rows: list[dict[str, Any]]) -> str:
    return "; ".join(f"{row['full_name']} ({_partial(row['born'])})" if row.get("born") else row["full_name"] for row in rows)


def _partial(value: Any) -> str:
    return format_partial(datetime.date.fromisoformat(value[0]), value[1]) if value else EMPTY


def _day(value: Any) -> str:
    return format_date(datetime.date.fromisoformat(value)) if value else EMPTY


_WORDS: dict[Type, Callable[[Any], str]] = {
    Type.DATE: _day,
    Type.PARTIAL: _partial,
    Type.MEMBER: lambda value: _people([value]),
    Type.MEMBERS: _people,
    Type.RECORD: lambda value: _people([value]),
    Type.HOUSEHOLD: _home,
    Type.VILLAGE: _area,
    Type.COMMUNE: _area,
    Type.PEOPLE: _newcomers,
    Type.MONEY: lambda value: f"{number_format(value)} đ",
    Type.ETHNICITY: lambda value: wording.ethnic_group(value) or EMPTY,
    Type.NATIONAL_ID: lambda value: f"••• ••• ••• {str(value)[-3:]}",
}


def in_words(field: Field, value: Any) -> str:
    """A value of a field as people read it."""
    if field.type == Type.YES_NO:
        return _("Có") if value else _("Không")
    if field.type == Type.CHOICE:
        label = dict(field.choices).get(value or "")
        return _(label) if label else EMPTY
    if value in (None, "", []):
        return EMPTY
    return _WORDS.get(field.type, str)(value)


def pairs(request: ChangeRequest) -> list[Pair]:
    """Every field of a request: declared beside registered; the registered side is empty where the registry has nothing of the kind."""
    kind = KINDS[request.kind]
    now = present_values(request)
    rows = []
    if kind.day_label:
        declared = format_date(request.effective_on) if request.effective_on else EMPTY
        rows.append(Pair(DAY, _(kind.day_label), declared, _day(now.get(DAY)), DAY in request.marked))
    for field in kind.fields:
        declared = in_words(field, request.payload.get(field.name))
        registered = in_words(field, now[field.name]) if field.registry else EMPTY
        rows.append(Pair(field.name, _(field.label), declared, registered, field.name in request.marked))
    return rows


@dataclass(frozen=True)
class Clash:
    """A field on which the registry is newer: before, in the registry now, and as declared; a guard has nothing declared."""

    name: str
    label: str
    before: str
    theirs: str
    yours: str
    is_guard: bool


def clash(request: ChangeRequest, difference: Difference) -> Clash:
    """A difference in words."""
    kind, name = KINDS[request.kind], difference.field
    if name.startswith("guard "):
        key = name.removeprefix("guard ")
        words = [_guard(key, value) for value in (difference.before, difference.theirs)]
        return Clash(name, str(GUARDS.get(key, key)), words[0], words[1], _("như đã đề nghị"), True)
    if name == DAY:
        return Clash(name, _(kind.day_label), _day(difference.before), _day(difference.theirs), _day(difference.yours), False)
    field = kind.field(name)
    texts = [in_words(field, value) for value in (difference.before, difference.theirs, difference.yours)]
    return Clash(name, _(field.label), texts[0], texts[1], texts[2], False)


def _guard(key: str, value: Any) -> str:
    if value in (None, [], ""):
        return EMPTY
    if key.endswith("household_id") or key == "household:canonical_id":
        return _home(int(value))
    if key in ("members", "head"):
        return _people(value if isinstance(value, list) else [value])
    if key == "household:commune_id":
        return _area(int(value))
    if key == "raises":
        return _people([child for _kind, child in value])
    return _people([value]) if key == "person:canonical_id" else _day(value)
