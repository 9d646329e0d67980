"""How many are paid into an account: counted per commune and month by one statement, so that pages of the country read 3,321 rows and no lines."""

from __future__ import annotations

import datetime

from django.db import connection, transaction
from django.utils import timezone

from posasoft.core.months import add_months, first_of_month
from posasoft.core.scope import COUNTRY, acting

ADULT = 18

# Of released lists. An adult: who is paid was eighteen on the first day of the month (the indicator counts adults); one person once in a commune.
_COUNT = """
INSERT INTO payments_cashless (month, commune_id, lines, lines_cashless, adults, adults_cashless, amount, amount_cashless, counted_at, province_no,
  area_pos)
SELECT %(month)s, x.commune_id, count(*), count(*) FILTER (WHERE x.cashless),
  count(DISTINCT x.payee_id) FILTER (WHERE x.adult), count(DISTINCT x.payee_id) FILTER (WHERE x.adult AND x.cashless),
  sum(x.total), coalesce(sum(x.total) FILTER (WHERE x.cashless), 0), now(), x.province_no, x.area_pos
FROM (
  SELECT l.commune_id, l.province_no, l.area_pos, p.total, p.payee_id, p.account_id IS NOT NULL AS cashless,
    n.born <= (%(month)s::date - make_interval(years => %(adult)s)) AS adult
  FROM payments_paymentlist l JOIN payments_paymentline p ON p.month = l.month AND p.list_id = l.id
  LEFT JOIN households_person n ON n.id = p.payee_id
  WHERE l.month = %(month)s AND p.month = %(month)s AND l.released_at IS NOT NULL AND l.area_pos >= %(lo)s AND l.area_pos < %(hi)s
) x
GROUP BY x.commune_id, x.province_no, x.area_pos
ON CONFLICT (month, commune_id) DO UPDATE SET lines = excluded.lines, lines_cashless = excluded.lines_cashless, adults = excluded.adults,
  adults_cashless = excluded.adults_cashless, amount = excluded.amount, amount_cashless = excluded.amount_cashless, counted_at = excluded.counted_at
WHERE (payments_cashless.lines, payments_cashless.lines_cashless, payments_cashless.adults, payments_cashless.adults_cashless,
    payments_cashless.amount, payments_cashless.amount_cashless)
  IS DISTINCT FROM (excluded.lines, excluded.lines_cashless, excluded.adults, excluded.adults_cashless, excluded.amount, excluded.amount_cashless)
"""


def count(*, month: datetime.date, lo: int, hi: int) -> int:
    """Count a month's released lists in a range of positions; how many communes differ from the count before."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_COUNT, {"month": month, "lo": lo, "hi": hi, "adult": ADULT})
        return int(cursor.rowcount)


def count_recent() -> int:
    """The nightly task: this month and the ones beside it, over the country."""
    month = first_of_month(timezone.localdate())
    number = 0
    for shift in (-1, 0, 1):
        with acting(COUNTRY):
            number += count(month=add_months(month, shift), lo=COUNTRY.lo, hi=COUNTRY.hi)
    return number
