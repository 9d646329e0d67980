"""What a change would do to the money of this and of past months: run for a moment, evaluated by the one engine, and taken back whole.

Nothing stays: the change is made inside a savepoint that is always rolled back, and its locks go with it.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from beneficiaries import evaluation
from households.change_kinds import KINDS
from households.models import ChangeRequest, Household, Person
from households.operations import requests
from households.operations.places import widened
from households.queries.requests import subjects_of
from policy import load_law
from policy.model import Law
from posasoft.core.models import Area, Level
from posasoft.core.months import add_months, each_month, first_of_month
from posasoft.core.scope import Scope

MOST_MONTHS = 24
# Somebody else works on the same family: better to say so than to let both wait.
PATIENCE = "3s"

# (person id, or minus the household's) and benefit
Key = tuple[int, str]
Money = dict[Key, int]


@dataclass(frozen=True)
class Line:
    """One benefit of one person ("" for a household's own) in a month: đồng due before the change and after it."""

    who: str
    benefit: str
    before: int
    after: int

    @property
    def difference(self) -> int:
        return self.after - self.before


@dataclass(frozen=True)
class Month:
    """A month of all households concerned: đồng due before and after, what released lists have ordered (None: none released), and the lines
    that differ."""

    month: datetime.date
    before: int
    after: int
    ordered: int | None
    lines: tuple[Line, ...]

    @property
    def difference(self) -> int:
        return self.after - self.before

    @property
    def correction(self) -> int:
        """Arrears (positive) or recovery (negative) that the next list would carry for this month; 0 while no list of it is released."""
        return 0 if self.ordered is None else self.difference


@dataclass(frozen=True)
class Preview:
    """Month by month, the oldest first; ``is_cut`` when the change reaches further back than is shown. ``eligible`` is what the coming month
    would give besides, had somebody decided it: a case to open, no money yet."""

    months: tuple[Month, ...]
    is_cut: bool
    eligible: tuple[Line, ...] = ()

    @property
    def changed(self) -> tuple[Month, ...]:
        return tuple(m for m in self.months if m.lines)

    @property
    def arrears(self) -> int:
        return sum(m.correction for m in self.months if m.correction > 0)

    @property
    def recovery(self) -> int:
        return -sum(m.correction for m in self.months if m.correction < 0)

    @property
    def coming(self) -> Month:
        """The month after this one: what the families get from then on."""
        return self.months[-1]


class _TakeBack(Exception):
    """Carries the result out of the savepoint."""

    def __init__(self, after: dict[datetime.date, Money], undecided: Money, names: dict[int, str]) -> None:
        self.after, self.undecided, self.names = after, undecided, names


def preview(request: ChangeRequest, by: Scope, law: Law | None = None) -> Preview:
    """Evaluate the months of a declared request before and after it. Raises requests.Invalid when it cannot be applied, and
    django.db.OperationalError when somebody else holds the family for longer than three seconds."""
    law = law or load_law()
    row = ChangeRequest.objects.get(pk=request.pk)
    months, is_cut = _months(row)
    homes, _ = subjects_of(row)
    with widened(by) if KINDS[row.kind].is_transfer else nullcontext():
        before, names = evaluate(law, homes, months), _names(homes)
        undecided = evaluate(law, homes, months[-1:], "not_enrolled")[months[-1]]
        ordered = _ordered(homes, months)
        result = _afterwards(law, row, by, homes, months)
    names |= result.names
    eligible = tuple(
        Line(names.get(key[0], ""), key[1], 0, result.undecided[key]) for key in sorted(result.undecided) if key not in undecided
    )
    return Preview(tuple(_month(m, before[m], result.after[m], ordered.get(m), names) for m in months), is_cut, eligible)


def _months(row: ChangeRequest) -> tuple[list[datetime.date], bool]:
    """From the month of the change to the coming one; a correction is shown for a year."""
    this = first_of_month(timezone.localdate())
    since = first_of_month(row.effective_on) if row.effective_on else add_months(this, -11)
    first = max(since, add_months(this, -MOST_MONTHS))
    return each_month(first, add_months(this, 2)), first > since


def _afterwards(law: Law, row: ChangeRequest, by: Scope, homes: list[int], months: list[datetime.date]) -> _TakeBack:
    if KINDS[row.kind].is_transfer and "to_residence_kind" not in row.payload:
        # The receiver chooses the village; the preview keeps the kind of residence.
        kind = Household.objects.filter(pk__in=homes).values_list("residence_kind", flat=True).first()
        row.payload = {**row.payload, "to_residence_kind": kind}
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
            work = requests.write(row, by)
            concerned = sorted({*homes, *work.made})
            undecided = evaluate(law, concerned, months[-1:], "not_enrolled")[months[-1]]
            raise _TakeBack(evaluate(law, concerned, months), undecided, _names(concerned))
    except _TakeBack as result:
        return result


def _names(homes: Sequence[int]) -> dict[int, str]:
    return dict(Person.objects.filter(household__in=homes).values_list("pk", "full_name"))


def evaluate(law: Law, homes: Sequence[int], months: Sequence[datetime.date], projection: str = "lines") -> dict[datetime.date, Money]:
    """What the households are due in each month by the law of their province, by the statement of the monthly run ("not_enrolled": what
    they would be due if it were decided)."""
    by_province: dict[int, list[int]] = {}
    for pk, number in Household.objects.filter(pk__in=homes).values_list("pk", "province_no"):
        by_province.setdefault(number, []).append(pk)
    codes = dict(
        Area.objects.filter(level=Level.PROVINCE, position__isnull=False, province_no__in=by_province).values_list("province_no", "code")
    )
    found: dict[datetime.date, Money] = {month: {} for month in months}
    for number, members in by_province.items():
        local = law.for_province(codes.get(number, ""))
        for month in months:
            scope = evaluation.Scope(household_ids=tuple(members))
            sql = evaluation.month_sql(local, month, scope=scope, projection=projection, with_facts=False)
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT coalesce(x.person_id, -x.household_id), x.benefit, sum(x.amount)::bigint FROM ({sql}) x GROUP BY 1, 2"
                )
                found[month] |= {(who, benefit): int(amount) for who, benefit, amount in cursor.fetchall()}
    return found


_ORDERED = """
SELECT (x.m || '-01')::date, sum(x.a)::bigint FROM payments_paymentline o
JOIN payments_paymentlist l ON l.id = o.list_id AND l.month = o.month AND l.released_at IS NOT NULL
CROSS JOIN LATERAL jsonb_to_recordset(o.components) AS x(m text, a bigint)
WHERE o.household_id = ANY(%s) GROUP BY 1
"""
_RELEASED = """
SELECT DISTINCT l.month FROM payments_paymentlist l JOIN households_household h ON h.commune_id = l.commune_id
WHERE h.id = ANY(%s) AND l.released_at IS NOT NULL AND l.month = ANY(%s)
"""


def _ordered(homes: Sequence[int], months: Sequence[datetime.date]) -> dict[datetime.date, int]:
    """Đồng ordered by released lists for each month; only months whose list is released."""
    with connection.cursor() as cursor:
        cursor.execute(_RELEASED, [list(homes), list(months)])
        found = {month: 0 for (month,) in cursor.fetchall()}
        cursor.execute(_ORDERED, [list(homes)])
        found |= {month: int(amount) for month, amount in cursor.fetchall() if month in found}
    return found


def _month(month: datetime.date, before: Money, after: Money, ordered: int | None, names: dict[int, str]) -> Month:
    lines = [
        Line(names.get(who, ""), benefit, before.get((who, benefit), 0), after.get((who, benefit), 0))
        for who, benefit in sorted({*before, *after})
        if before.get((who, benefit), 0) != after.get((who, benefit), 0)
    ]
    return Month(month, sum(before.values()), sum(after.values()), ordered, tuple(lines))
