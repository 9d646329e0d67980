"""What a province may spend on a programme in a year, against what its lists have taken of it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from payments.models import Budget, PaymentList
from payments.statuses import APPROVED, ORDERED
from policy.loader import load_law
from policy.model import Law

# Every component but money carried over (it was ordered before): of the lists asked about, and of the province's other lists that are approved
# or ordered in the year. Those keep their sums; the lines are read of the lists asked about, and of lists that the system approved (OFFSET 0: list
# by list, by index, and never a year of lines).
_TAKEN = """
WITH wanted AS MATERIALIZED (
  SELECT l.id, l.month, l.id = ANY(%(ids)s) AS asked, l.benefits FROM payments_paymentlist l
  WHERE l.province_no = %(province)s AND l.month >= %(first)s::date AND l.month < (%(first)s::date + interval '1 year')
    AND (l.status = ANY(%(taking)s) OR l.id = ANY(%(ids)s))
), part AS (
  SELECT false AS asked, x.key AS benefit, x.value::bigint AS amount FROM wanted w CROSS JOIN LATERAL jsonb_each_text(w.benefits) AS x
  WHERE NOT w.asked
  UNION ALL
  SELECT w.asked, x.b, x.a FROM wanted w
  CROSS JOIN LATERAL (SELECT p.components FROM payments_paymentline p WHERE p.month = w.month AND p.list_id = w.id OFFSET 0) p
  CROSS JOIN LATERAL jsonb_to_recordset(p.components) AS x(b text, a bigint, o bigint)
  WHERE (w.asked OR w.benefits IS NULL) AND x.o IS NULL
)
SELECT g.programme, coalesce(sum(t.amount) FILTER (WHERE t.asked), 0)::bigint, coalesce(sum(t.amount) FILTER (WHERE NOT t.asked), 0)::bigint
FROM part t JOIN unnest(%(benefits)s::text[], %(programmes)s::text[]) AS g(benefit, programme) ON g.benefit = t.benefit
GROUP BY 1 ORDER BY 1
"""


def lock(lists: Sequence[PaymentList]) -> None:
    """Keep the budgets of these lists' provinces to this transaction, so that two approvals at once cannot spend the same đồng."""
    for province_no, year in sorted({(pay_list.province_no, pay_list.month.year) for pay_list in lists}):
        list(Budget.objects.select_for_update().filter(province_no=province_no, year=year).order_by("pk"))


@dataclass(frozen=True)
class Standing:
    """A programme in a province and year, in đồng; ``budget`` None when none was entered: that warns, it does not refuse."""

    province_no: int
    year: int
    programme: str
    title: str
    budget: int | None
    spent: int
    asked: int
    source: str = ""

    @property
    def percent(self) -> int:
        """How much of the budget is taken, in percent; 0 without one."""
        return round(100 * (self.spent + self.asked) / self.budget) if self.budget else 0

    @property
    def left(self) -> int:
        return (self.budget or 0) - self.spent - self.asked

    @property
    def exceeded(self) -> bool:
        return self.asked > 0 and self.budget is not None and self.spent + self.asked > self.budget


def standing(lists: Sequence[PaymentList]) -> list[Standing]:
    """For each programme that the lists pay: the budget of their province and year, what other lists took, what these ask for."""
    places = sorted({(pay_list.province_no, pay_list.month.year) for pay_list in lists})
    ids = [pay_list.pk for pay_list in lists]
    return [row for province, year in places for row in of_year(province, year, ids) if row.asked]


def of_year(province_no: int, year: int, ids: Sequence[int] = (), *, all_programmes: bool = False) -> list[Standing]:
    """Every programme that takes money or has a budget in a province and year; with ``all_programmes`` every one of that year's law."""
    law = load_law()
    programmes = {rule.benefit: rule.programme for rule in law.rules}
    parameters: dict[str, Any] = {
        "ids": list(ids),
        "province": province_no,
        "first": f"{year}-01-01",
        "benefits": list(programmes),
        "programmes": list(programmes.values()),
        "taking": [APPROVED, *ORDERED],
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN, parameters)
        taken = {programme: (asked, spent) for programme, asked, spent in cursor.fetchall()}
        cursor.execute("SELECT programme, amount, source FROM payments_budget WHERE province_no = %s AND year = %s", [province_no, year])
        given: dict[str, tuple[int, str]] = {programme: (amount, source) for programme, amount, source in cursor.fetchall()}
    known = {rule.programme for month in (1, 12) for rule in law.rules_in(datetime.date(year, month, 1))} if all_programmes else set()
    return [_standing(law, province_no, year, name, taken, given) for name in sorted(taken.keys() | given.keys() | known)]


def _standing(
    law: Law, province_no: int, year: int, name: str, taken: Mapping[str, tuple[int, int]], given: Mapping[str, tuple[int, str]]
) -> Standing:
    title = law.programmes[name].vi if name in law.programmes else name
    asked, spent = taken.get(name, (0, 0))
    budget, source = given.get(name, (None, ""))
    return Standing(province_no, year, name, title, budget, spent, asked, source)
