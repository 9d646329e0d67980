"""Columns that lists can show; the first of each list always stands, for it carries the link."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy

from households.models import Relation, ResidenceKind, Sex, Studying
from posasoft.core.dates import format_date, format_partial
from posasoft.core.money import format_dong, format_number
from posasoft.core.months import age_on
from posasoft.portal import wording
from posasoft.portal.templatetags.ui import poverty_tag


@dataclass(frozen=True)
class Column:
    """A column: ``cell`` gives what the page shows, ``plain`` what a file holds (numbers stay numbers). ``narrow``: also on a phone."""

    key: str
    label: Any
    plain: Callable[[Any], Any]
    cell: Callable[[Any], Any] | None = None
    is_number: bool = False
    is_default: bool = False
    narrow: bool = False

    def show(self, row: Any) -> Any:
        value = self.cell(row) if self.cell else self.plain(row)
        return "" if value is None else value


def _label(choices: Any, value: str | None) -> str:
    return wording.tr(choices(value).label) if value else ""


def _day(value: datetime.date | None) -> str:
    return format_date(value) if value else ""


def _money(value: int | None) -> str:
    return format_dong(value) if value else "–"


def _place(household: Any) -> Any:
    village = household.village.name if household.village else ""
    return format_html('{}<div class="sub">{}</div>', village, household.commune.name)


HOUSEHOLDS = (
    Column("class", gettext_lazy("Phân loại"), lambda r: wording.poverty(r.household.poverty), lambda r: poverty_tag(r.household.poverty),
           is_default=True, narrow=True),
    Column("place", gettext_lazy("Nơi ở"),
           lambda r: " · ".join(a.name for a in (r.household.village, r.household.commune) if a), lambda r: _place(r.household), is_default=True),
    Column("members", gettext_lazy("Số người"), lambda r: r.members, lambda r: format_number(r.members), is_number=True, is_default=True),
    Column("amount", gettext_lazy("Gói tháng này"), lambda r: r.amount, lambda r: _money(r.amount), is_number=True, is_default=True, narrow=True),
    Column("address", gettext_lazy("Địa chỉ"), lambda r: r.household.address),
    Column("b1", gettext_lazy("Điểm B1"), lambda r: r.household.b1, is_number=True),
    Column("b2", gettext_lazy("Điểm B2"), lambda r: r.household.b2, is_number=True),
    Column("class_since", gettext_lazy("Phân loại từ"), lambda r: r.household.poverty_since, lambda r: _day(r.household.poverty_since)),
    Column("difficulty", gettext_lazy("Vùng khó khăn"), lambda r: str(wording.DIFFICULTY.get(r.household.difficulty or "", ""))),
    Column("kind", gettext_lazy("Khu vực"), lambda r: _label(ResidenceKind, r.household.residence_kind)),
    Column("ethnicity", gettext_lazy("Dân tộc chủ hộ"), lambda r: wording.ethnic_group(r.head.ethnicity if r.head else None)),
    Column("since", gettext_lazy("Ở đây từ"), lambda r: r.household.residence_since, lambda r: _day(r.household.residence_since)),
)  # fmt: skip


def _age(row: Any) -> int | None:
    return age_on(row.person.born, row.today) if row.person.born else None


def _born(row: Any) -> str:
    return format_partial(row.person.born, row.person.born_precision) if row.person.born else ""


PERSONS = (
    Column("born", gettext_lazy("Sinh"), _born, is_default=True, narrow=True),
    Column("age", gettext_lazy("Tuổi"), _age, is_number=True, is_default=True),
    Column("sex", gettext_lazy("Giới tính"), lambda r: _label(Sex, r.person.sex), is_default=True),
    Column("place", gettext_lazy("Nơi ở"), lambda r: " · ".join(a.name for a in (r.household.village, r.household.commune) if a),
           lambda r: _place(r.household), is_default=True),
    Column("class", gettext_lazy("Phân loại hộ"), lambda r: wording.poverty(r.household.poverty), lambda r: poverty_tag(r.household.poverty),
           is_default=True, narrow=True),
    Column("amount", gettext_lazy("Hưởng tháng này"), lambda r: r.amount, lambda r: _money(r.amount), is_number=True, is_default=True),
    Column("ethnicity", gettext_lazy("Dân tộc"), lambda r: wording.ethnic_group(r.person.ethnicity)),
    Column("disability", gettext_lazy("Khuyết tật"), lambda r: wording.disability(r.person.disability_degree, r.person.disability_type)),
    Column("studying", gettext_lazy("Đang học"), lambda r: _label(Studying, r.person.studying)),
    Column("id", gettext_lazy("Số định danh"), lambda r: r.paper),
    Column("relation", gettext_lazy("Quan hệ với chủ hộ"), lambda r: _label(Relation, r.person.relation)),
    Column("household", gettext_lazy("Mã hộ"), lambda r: r.household.code),
    Column("boards", gettext_lazy("Học bán trú"), lambda r: gettext("Có") if r.person.boards_at_school else ""),
)  # fmt: skip


def chosen(columns: tuple[Column, ...], wanted: list[str]) -> list[Column]:
    """The columns of these keys in the list's order; the defaults when none is known."""
    found = [column for column in columns if column.key in wanted]
    return found or [column for column in columns if column.is_default]
