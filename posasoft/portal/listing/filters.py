"""What lists can be cut by. A filter marked wide is served by an index over a province or the country; the others are offered in one commune."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language, gettext_lazy

from households.models import DisabilityDegree, DisabilityType, Poverty, Sex, Studying
from policy import load_law
from posasoft.core.models import AreaClass
from posasoft.core.months import add_months, format_month, parse_month
from posasoft.core.names import sort_key
from posasoft.portal import wording
from posasoft.portal.listing import conditions

Choices = list[tuple[str, Any]]


@dataclass(frozen=True)
class Ask:
    """A filter's question in its moment."""

    today: datetime.date

    @property
    def month(self) -> datetime.date:
        return self.today.replace(day=1)


@dataclass(frozen=True)
class Filter:
    """One question to a list. ``choices`` empty: a number (kind "number") or a month (kind "month") is typed.

    ``condition(value, ask)`` raises ValueError for a value it does not understand; ``estimates`` names the column that the estimate compares.
    """

    key: str
    label: Any
    condition: Callable[[str, Ask], Q]
    kind: str = "choice"
    choices: Callable[[], Choices] = list
    wide: bool = False
    estimates: str = ""

    def text(self, value: str) -> str:
        """The value as a chip shows it."""
        if self.kind == "month":
            return format_month(parse_month(value))
        return str(dict(self.choices()).get(value, value))


def _equals(field: str, allowed: Callable[[], Choices], value: str, _ask: Ask) -> Q:
    if value not in dict(allowed()):
        raise ValueError(value)
    return Q(**{field: value})


def _choice(key: str, label: Any, field: str, choices: Callable[[], Choices], *, wide: bool = False, estimates: str = "") -> Filter:
    return Filter(key, label, partial(_equals, field, choices), choices=choices, wide=wide, estimates=estimates)


def _of(choices: Any) -> Callable[[], Choices]:
    return lambda: [(value, wording.tr(label)) for value, label in choices.choices]


def _ethnic_groups() -> Choices:
    return sorted(wording.ethnic_groups().items(), key=lambda pair: pair[0])


def _benefits() -> Choices:
    """Every benefit that some law knows, by the name of its latest rule in the language of the page."""
    names = {rule.benefit: rule.en if get_language() == "en" else rule.vi for rule in load_law().rules}
    return [("any", gettext_lazy("Bất kỳ")), *sorted(names.items(), key=lambda pair: sort_key(pair[1]))]


DECISIONS = [
    ("active", gettext_lazy("Đang có quyết định")),
    ("ended", gettext_lazy("Quyết định đã hết")),
    ("none", gettext_lazy("Chưa có quyết định")),
]
YES = [("1", gettext_lazy("Có"))]
CONDITIONS = [("current", gettext_lazy("Đang quản lý")), ("ended", gettext_lazy("Đã thôi quản lý"))]
LIVES = [("alive", gettext_lazy("Còn sống")), ("dead", gettext_lazy("Đã mất"))]


def _known(value: str, choices: Choices) -> str:
    if value not in dict(choices):
        raise ValueError(value)
    return value


def _age(value: str) -> int:
    if not value.isdecimal() or not value.isascii() or int(value) > 130:
        raise ValueError(value)
    return int(value)


def _at_least(value: str, ask: Ask) -> Q:
    return Q(born__lte=born_to(value, ask))


def _at_most(value: str, ask: Ask) -> Q:
    return Q(born__gte=born_from(value, ask))


def born_to(value: str, ask: Ask) -> datetime.date:
    """The last birth date of whoever is at least that old today."""
    return _years_back(ask.today, _age(value))


def born_from(value: str, ask: Ask) -> datetime.date:
    """The first birth date of whoever is at most that old today."""
    return _years_back(ask.today, _age(value) + 1) + datetime.timedelta(days=1)


def _years_back(day: datetime.date, years: int) -> datetime.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return datetime.date(day.year - years, 2, 28)


def _changed(value: str, _ask: Ask) -> Q:
    return conditions.in_month("facts_since", parse_month(value))


def _household_changed(value: str, ask: Ask) -> Q:
    return _changed(value, ask) | Q(Exists(conditions.living_members().filter(_changed(value, ask))))


CLASS = _choice("class", gettext_lazy("Phân loại"), "poverty", _of(Poverty), wide=True, estimates="poverty")
DIFFICULTY = _choice(
    "difficulty", gettext_lazy("Vùng khó khăn"), "difficulty", _of(AreaClass.Difficulty), wide=True, estimates="difficulty"
)

HOUSEHOLDS = (
    CLASS,
    DIFFICULTY,
    Filter(
        "benefit", gettext_lazy("Hưởng tháng này"),
        lambda value, ask: Q(conditions.receives(_known(value, _benefits()), ask.month, household=OuterRef("pk"))), choices=_benefits,
    ),
    Filter(
        "decision", gettext_lazy("Quyết định"),
        lambda value, ask: conditions.decided(_known(value, DECISIONS), ask.month, household=OuterRef("pk")), choices=lambda: DECISIONS,
    ),
    Filter(
        "no_id", gettext_lazy("Có người thiếu số định danh"),
        lambda value, _ask: Q(Exists(conditions.living_members().filter(conditions.without_paper("pk")))) if _known(value, YES) else Q(),
        choices=lambda: YES,
    ),
    Filter("changed", gettext_lazy("Thay đổi trong tháng"), _household_changed, kind="month"),
    Filter(
        "state", gettext_lazy("Tình trạng"), lambda value, _ask: Q(ended_on__isnull=_known(value, CONDITIONS) == "current"),
        choices=lambda: CONDITIONS,
    ),
)  # fmt: skip

PERSONS = (
    _choice("sex", gettext_lazy("Giới tính"), "sex", _of(Sex), wide=True, estimates="sex"),
    Filter("age_from", gettext_lazy("Từ tuổi"), _at_least, kind="number", wide=True),
    Filter("age_to", gettext_lazy("Đến tuổi"), _at_most, kind="number", wide=True),
    _choice("ethnicity", gettext_lazy("Dân tộc"), "ethnicity", _ethnic_groups, wide=True, estimates="ethnicity"),
    _choice("degree", gettext_lazy("Mức khuyết tật"), "disability_degree", _of(DisabilityDegree), wide=True, estimates="disability_degree"),
    _choice("disability", gettext_lazy("Dạng khuyết tật"), "disability_type", _of(DisabilityType), wide=True, estimates="disability_type"),
    _choice("class", gettext_lazy("Phân loại hộ"), "household__poverty", _of(Poverty)),
    _choice("difficulty", gettext_lazy("Vùng khó khăn"), "household__difficulty", _of(AreaClass.Difficulty)),
    _choice("studying", gettext_lazy("Đang học"), "studying", _of(Studying)),
    Filter(
        "benefit", gettext_lazy("Hưởng tháng này"),
        lambda value, ask: Q(
            conditions.receives(_known(value, _benefits()), ask.month, person=OuterRef("pk"), household=OuterRef("household_id"))
        ),
        choices=_benefits,
    ),
    Filter(
        "decision", gettext_lazy("Quyết định"),
        lambda value, ask: conditions.decided(
            _known(value, DECISIONS), ask.month, person=OuterRef("pk"), household=OuterRef("household_id")
        ),
        choices=lambda: DECISIONS,
    ),
    Filter(
        "no_id", gettext_lazy("Thiếu số định danh"),
        lambda value, _ask: conditions.without_paper("pk") if _known(value, YES) else Q(), choices=lambda: YES,
    ),
    Filter(
        "first_january", gettext_lazy("Ghi sinh ngày 01/01"),
        lambda value, ask: Q(born__in=conditions.first_of_january(ask.today)) if _known(value, YES) else Q(), choices=lambda: YES,
    ),
    Filter("changed", gettext_lazy("Thay đổi trong tháng"), _changed, kind="month"),
    Filter(
        "state", gettext_lazy("Còn sống"), lambda value, _ask: Q(died_on__isnull=_known(value, LIVES) == "alive"), choices=lambda: LIVES
    ),
)  # fmt: skip


def estimate_of(chosen: dict[str, str], filters: tuple[Filter, ...], ask: Ask) -> dict[str, str] | None:
    """The chosen filters as the estimate takes them; None when it does not know one of them."""
    known: dict[str, str] = {}
    columns = {f.key: f.estimates for f in filters if f.estimates}
    for key, value in chosen.items():
        if key in columns:
            known[columns[key]] = value
        elif key == "age_from":
            known["born_to"] = born_to(value, ask).isoformat()
        elif key == "age_to":
            known["born_from"] = born_from(value, ask).isoformat()
        else:
            return None
    return known


def window(chosen_month: datetime.date, back: int = 12) -> list[datetime.date]:
    """The months offered where one is asked for, the latest first."""
    return [add_months(chosen_month, -step) for step in range(back + 1)]
