"""Payment lists and their lines, a page at a time."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass

from households.models import Household, Person
from payments.models import PaymentLine, PaymentList
from payments.queries.added import added
from payments.queries.compared import ComparedLine, compared
from payments.statuses import REGULAR
from posasoft.core.numbers import whole
from posasoft.core.scope import Scope
from posasoft.portal.compared_words import KINDS, words
from posasoft.portal.queries.months import after_place, lists_in_scope, place_of

PAGE = 100


@dataclass(frozen=True)
class ListPage:
    """Lists in the order of the tree, and the key of the next page."""

    rows: list[PaymentList]
    after: str


@dataclass(frozen=True)
class LineView:
    """A household's line with the names a reader needs; `parts` is how many benefits it is made of."""

    line: PaymentLine
    payee: str
    household_id: uuid.UUID | None
    code: str
    village: str
    parts: int


@dataclass(frozen=True)
class LinePage:
    rows: list[LineView]
    after: str


def page_of_lists(scope: Scope, month: datetime.date, after: str) -> ListPage:
    """A hundred lists of a month, by area."""
    found = lists_in_scope(scope).filter(month=month).select_related("commune__parent")
    rows = list(after_place(found, after)[: PAGE + 1])
    return ListPage(rows[:PAGE], place_of(rows[PAGE - 1]) if len(rows) > PAGE else "")


def page_of_lines(pay_list: PaymentList, after: str) -> LinePage:
    """A hundred lines of a list, with payees and households, in three queries."""
    found = PaymentLine.objects.filter(month=pay_list.month, list_id=pay_list.pk).order_by("id")
    if (last := whole(after)) is not None:
        found = found.filter(id__gt=last)
    lines = list(found[: PAGE + 1])
    more, lines = len(lines) > PAGE, lines[:PAGE]
    homes = Household.objects.select_related("village").in_bulk([line.household_id for line in lines])
    payees = dict(Person.objects.filter(pk__in=[line.payee_id for line in lines if line.payee_id]).values_list("pk", "full_name"))
    return LinePage([_line(line, homes.get(line.household_id), payees) for line in lines], str(lines[-1].id) if more else "")


@dataclass(frozen=True)
class Chip:
    """One kind of difference: its word, tone and how many lines, for the filter above the list."""

    kind: str
    label: str
    tone: str
    number: int
    money: int


@dataclass(frozen=True)
class ComparedView:
    """A page of a list against the month before: lines with their word, tone and reasons; ``kind`` is the filter in force."""

    rows: list[tuple[ComparedLine, str, str, list[str]]]
    chips: list[Chip]
    kind: str
    number: int
    has_before: bool
    after: str
    before: str
    beside: bool


def page_compared(pay_list: PaymentList, scope: Scope, kind: str, after: str) -> ComparedView:
    """A hundred lines against the month before, or of other lists against the month's regular one, with reasons in words."""
    skip = whole(after) or 0
    found = (compared if pay_list.kind == REGULAR else added)(pay_list, kind=kind, skip=skip)
    rows = [(line, str(KINDS[line.kind][0]), KINDS[line.kind][1], words(line.reasons, scope)) for line in found.rows]
    chips = [Chip(name, str(label), tone, *found.counts.get(name, (0, 0))) for name, (label, tone) in KINDS.items()]
    before = str(max(skip - PAGE, 0)) if skip else ""
    return ComparedView(
        rows, chips, kind if kind in KINDS else "", found.number, found.has_before, str(found.skip or ""), before, found.beside
    )


def _line(line: PaymentLine, home: Household | None, payees: dict[int, str]) -> LineView:
    village = home.village.name if home and home.village else ""
    return LineView(
        line, payees.get(line.payee_id or 0, ""), home.public_id if home else None, home.code if home else "", village, len(line.components)
    )
