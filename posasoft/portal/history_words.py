"""Columns and values of kept versions in Vietnamese words."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.facts import HOUSEHOLD_FACTS, PERSON_FACTS
from households.models import Household
from households.models.registry import Poverty, Relation
from posasoft.core.dates import format_date
from posasoft.core.money import format_dong
from posasoft.portal import wording

LABELS = {
    "full_name": gettext_lazy("Họ tên"),
    "sex": gettext_lazy("Giới tính"),
    "born": gettext_lazy("Ngày sinh"),
    "died_on": gettext_lazy("Ngày mất"),
    "household_id": gettext_lazy("Thuộc hộ"),
    "relation": gettext_lazy("Quan hệ với chủ hộ"),
    "disability_degree": gettext_lazy("Mức độ khuyết tật"),
    "disability_type": gettext_lazy("Dạng tật"),
    "disability_certified_on": gettext_lazy("Ngày xác nhận khuyết tật"),
    "address": gettext_lazy("Địa chỉ"),
    "commune_id": gettext_lazy("Xã, phường"),
    "village_id": gettext_lazy("Thôn, bản, tổ dân phố"),
    "difficulty": gettext_lazy("Vùng"),
    "residence_kind": gettext_lazy("Khu vực"),
    "b1": gettext_lazy("Điểm B1"),
    "b2": gettext_lazy("Điểm B2"),
    "ended_on": gettext_lazy("Ngày hộ kết thúc"),
    "canonical_id": gettext_lazy("Gộp vào bản ghi khác"),
}
FACT_OF = {column: fact for facts in (HOUSEHOLD_FACTS, PERSON_FACTS) for fact in facts for column, _key in fact.columns}
# What the filter of the history offers: facts, and the corrections that no fact holds.
CORRECTIONS = ("full_name", "sex", "born", "died_on", "address")


def facts_to_choose(hidden: frozenset[str]) -> list[tuple[str, str]]:
    """(name, words) of the facts that history can be narrowed to."""
    return [(name, str(label)) for name, label in wording.FACTS.items() if name not in hidden] + [("corrections", _("Nhân thân, địa chỉ"))]


def columns_of(fact: str, every: Sequence[str]) -> list[str]:
    """The columns of one fact, of the corrections, or all."""
    if fact == "corrections":
        return [name for name in every if name in CORRECTIONS]
    chosen = [name for name in every if name in FACT_OF and FACT_OF[name].name == fact]
    return chosen or list(every)


def label(column: str) -> str:
    return str(LABELS.get(column) or wording.fact_name(column))


def since(column: str, image: Mapping[str, Any]) -> datetime.date | None:
    """The first day of the new value, where its fact has one."""
    fact = FACT_OF.get(column)
    text = image.get(fact.since) if fact else None
    return datetime.date.fromisoformat(text) if isinstance(text, str) else None


def value(column: str, raw: Any, areas: Mapping[int, str], households: Mapping[int, str]) -> str:
    """A column's value in words; a dash for nothing."""
    if raw in (None, ""):
        return "–"
    if column in ("commune_id", "village_id"):
        return areas.get(int(raw), "–")
    if column == "household_id":
        return households.get(int(raw), _("hộ ở địa bàn khác"))
    if column == "canonical_id":
        return _("Có")
    if column == "ethnicity":
        return wording.ethnic_group(raw)
    if column == "pension":
        return format_dong(int(raw))
    return _coded(column, raw)


def _coded(column: str, raw: Any) -> str:
    if column == "poverty":
        return _(str(Poverty(raw).label))
    if column == "relation" and raw in Relation.values:
        return _(str(Relation(raw).label))
    if column == "disability_type" and raw == "other":
        return _("Khác")
    if isinstance(raw, str) and len(raw) == 10 and raw[4:5] == raw[7:8] == "-":
        return format_date(datetime.date.fromisoformat(raw))
    return wording.seen_value(raw)


def household_codes(ids: Iterable[Any]) -> dict[int, str]:
    """Codes of households in the reader's range."""
    return dict(Household.objects.filter(pk__in=list(ids)).values_list("pk", "code"))
