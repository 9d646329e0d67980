"""Who still waits for cash at a service point, village by village, in the order in which people are called up."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class CashLine:
    """One payment to hand over; ``total`` is đồng, ``receiver`` who collects for the payee, with the end of his id, "" for nobody."""

    month: datetime.date
    commune: str
    village: str
    household_code: str
    payee: str
    born: datetime.date | None
    born_precision: str
    receiver: str
    receiver_tail: str
    total: int


# "Not paid" that the ledger does not hold yet is no answer for good: the family may come on the next day.
_WAITING = """
SELECT l.month, c.name, coalesce(v.name, ''), h.code, coalesce(p.full_name, ''), p.born, coalesce(p.born_precision, ''),
  coalesce(y.full_name, ''), coalesce(y.tail, ''), l.total
FROM payments_delivery d
JOIN payments_paymentlist s ON s.id = d.pay_list_id AND s.status = 'sent'
JOIN core_area c ON c.id = s.commune_id
JOIN payments_paymentline l ON l.month = s.month AND l.list_id = s.id AND l.total > 0
JOIN households_household h ON h.id = l.household_id
LEFT JOIN core_area v ON v.id = h.village_id
LEFT JOIN households_person p ON p.id = l.payee_id
LEFT JOIN payments_receiver y ON y.id = l.receiver_id
LEFT JOIN payments_lineresult r ON r.month = l.month AND r.line_id = l.id
WHERE d.service_point_id = %(point)s AND (%(village)s::bigint IS NULL OR coalesce(h.village_id, s.commune_id) = %(village)s)
  AND (r.line_id IS NULL OR (r.outcome = 'unpaid' AND NOT r.booked))
ORDER BY c.position, v.position NULLS LAST, v.name, p.name_sort, h.code, l.month, l.id
"""
CHUNK = 2000


def waiting(point_id: int, *, village: int | None = None) -> Iterator[CashLine]:
    """Lines of lists sent to the point without an answer for good; of one village (the commune: of households in none) or of all."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"point": point_id, "village": village})
        while rows := cursor.fetchmany(CHUNK):
            yield from (CashLine(*row) for row in rows)
