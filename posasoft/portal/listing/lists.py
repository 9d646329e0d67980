"""The two lists of the registry: rows, orders, filters, columns."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, Sum, Value, When, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy

from beneficiaries.models import Entitlement
from households.models import Household, NationalId, Person
from posasoft.core.masking import masked_id
from posasoft.portal.listing import columns, conditions, filters
from posasoft.portal.listing.columns import Column
from posasoft.portal.listing.filters import Filter
from posasoft.portal.listing.ordering import Sort
from posasoft.portal.queries import registry

NO_DAY = datetime.date(1, 1, 1)
CLASS_ORDER = {"poor": 0, "near_poor": 1, "none": 2}


def _class_rank(field: str) -> Case:
    return Case(*(When(**{field: value}, then=Value(rank)) for value, rank in CLASS_ORDER.items()), default=Value(9))


def _head_name(rows: QuerySet[Household]) -> QuerySet[Household]:
    heads = Person.objects.filter(household=OuterRef("pk"), relation="head", canonical__isnull=True, died_on__isnull=True)
    found: QuerySet[Household] = rows.annotate(head_sort=Coalesce(Subquery(heads.order_by("pk").values("name_sort")[:1]), Value("")))
    return found


def _package(month: datetime.date) -> Callable[[QuerySet[Any]], QuerySet[Any]]:
    def annotate(rows: QuerySet[Any]) -> QuerySet[Any]:
        packages = registry.packages_of(month).filter(household=OuterRef("pk")).order_by().values("amount")
        found: QuerySet[Any] = rows.annotate(due=Coalesce(Subquery(packages[:1]), Value(0)))
        return found

    return annotate


def _lines_of(month: datetime.date) -> QuerySet[Entitlement]:
    return Entitlement.objects.filter(conditions.lasting(month), superseded_by_run__isnull=True)


def _own_lines(month: datetime.date) -> Callable[[QuerySet[Any]], QuerySet[Any]]:
    def annotate(rows: QuerySet[Any]) -> QuerySet[Any]:
        lines = _lines_of(month).filter(household=OuterRef("household_id"), person=OuterRef("pk"))
        summed = lines.order_by().values("person").annotate(amount=Sum("amount")).values("amount")
        found: QuerySet[Any] = rows.annotate(due=Coalesce(Subquery(summed[:1]), Value(0)))
        return found

    return annotate


def _born(rows: QuerySet[Any]) -> QuerySet[Any]:
    found: QuerySet[Any] = rows.annotate(day_of_birth=Coalesce("born", Value(NO_DAY)))
    return found


@dataclass(frozen=True)
class PersonRow:
    """A line of the list of persons; ``paper`` is masked by role, ``amount`` đồng of the month (None: nothing due)."""

    person: Person
    paper: str
    amount: int | None
    today: datetime.date

    @property
    def household(self) -> Household:
        return self.person.household

    @property
    def title(self) -> str:
        return self.person.full_name

    @property
    def under(self) -> str:
        return ""

    @property
    def key(self) -> Any:
        return self.person.public_id


def _person_rows(taken: Sequence[Person], today: datetime.date, role: str) -> list[PersonRow]:
    # Not joined to the page's own statement: under row-level security the planner takes both tables for small and would sort the country.
    prefetch_related_objects(list(taken), "household__commune", "household__village")
    keys = [person.pk for person in taken]
    lines = _lines_of(today.replace(day=1)).filter(person__in=keys, household__in={person.household_id for person in taken})
    amounts = dict(lines.order_by().values_list("person").annotate(amount=Sum("amount")))
    papers = NationalId.objects.filter(person__in=keys, until__isnull=True).exclude(kind="birth")
    tails = dict(papers.values_list("person", "tail"))
    return [PersonRow(p, masked_id(tails[p.pk], role) if p.pk in tails else "", amounts.get(p.pk), today) for p in taken]


@dataclass(frozen=True)
class HouseholdRow:
    """A line of the list of households; ``amount`` is the package of the month in đồng (None: nothing due)."""

    household: Household
    head: Person | None
    members: int
    amount: int | None

    @property
    def title(self) -> str:
        return self.head.full_name if self.head else self.household.code

    @property
    def under(self) -> str:
        return self.household.code

    @property
    def key(self) -> Any:
        return self.household.public_id


def _household_rows(taken: Sequence[Household], today: datetime.date, _role: str) -> list[HouseholdRow]:
    prefetch_related_objects(list(taken), "commune", "village")
    found = registry.rows_of(list(taken), today.replace(day=1))
    return [HouseholdRow(row.household, row.head, row.members, row.amount) for row in found]


@dataclass(frozen=True)
class ListKind:
    """One list: ``subject`` as facts name it (h, p), ``page`` its address name and the key of its views."""

    page: str
    subject: str
    title: Any
    row_view: str
    first: Any
    filters: tuple[Filter, ...]
    columns: tuple[Column, ...]
    sorts: Callable[[datetime.date], tuple[Sort, ...]]
    everything: Callable[[], QuerySet[Any]]
    rows: Callable[[Sequence[Any], datetime.date, str], list[Any]]
    named_by: str
    current: dict[str, str]


def _household_sorts(today: datetime.date) -> tuple[Sort, ...]:
    return (
        Sort("area", gettext_lazy("Địa bàn"), ("area_pos",), wide=True),
        Sort("name", gettext_lazy("Tên chủ hộ"), ("head_sort",), _head_name),
        Sort("code", gettext_lazy("Mã hộ"), ("code",)),
        Sort("class", gettext_lazy("Phân loại"), ("class_rank",), lambda rows: rows.annotate(class_rank=_class_rank("poverty"))),
        Sort("amount", gettext_lazy("Gói tháng này"), ("due",), _package(today.replace(day=1))),
    )


def _person_sorts(today: datetime.date) -> tuple[Sort, ...]:
    return (
        Sort("area", gettext_lazy("Địa bàn, họ tên"), ("area_pos", "name_sort"), wide=True),
        Sort("name", gettext_lazy("Họ tên"), ("name_sort",)),
        Sort("born", gettext_lazy("Ngày sinh"), ("day_of_birth",), _born),
        Sort(
            "class", gettext_lazy("Phân loại hộ"), ("class_rank",), lambda rows: rows.annotate(class_rank=_class_rank("household__poverty"))
        ),
        Sort("code", gettext_lazy("Mã hộ"), ("of_code",), lambda rows: rows.annotate(of_code=F("household__code"))),
        Sort("amount", gettext_lazy("Hưởng tháng này"), ("due",), _own_lines(today.replace(day=1))),
    )


HOUSEHOLDS = ListKind(
    page="households", subject="h", title=gettext_lazy("Hộ gia đình"), row_view="portal:household", first=gettext_lazy("Chủ hộ"),
    filters=filters.HOUSEHOLDS, columns=columns.HOUSEHOLDS, sorts=_household_sorts,
    everything=lambda: Household.objects.filter(canonical__isnull=True),
    rows=_household_rows, named_by="members", current={"state": "current"},
)  # fmt: skip
PERSONS = ListKind(
    page="persons", subject="p", title=gettext_lazy("Người"), row_view="portal:person", first=gettext_lazy("Họ tên"),
    filters=filters.PERSONS, columns=columns.PERSONS, sorts=_person_sorts,
    everything=lambda: Person.objects.filter(canonical__isnull=True),
    rows=_person_rows, named_by="pk", current={"state": "alive"},
)  # fmt: skip
LISTS = {kind.page: kind for kind in (HOUSEHOLDS, PERSONS)}
