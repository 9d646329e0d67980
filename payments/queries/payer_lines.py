"""The lines of a released list as the agency that pays it needs them, in the order in which people are called up."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from households import crypto


@dataclass(frozen=True)
class ListHead:
    """What a file says about its list; ``payable`` is đồng."""

    number: str
    month: datetime.date
    commune: str
    channel: str
    payable: int
    commune_id: int
    province_no: int


@dataclass(frozen=True)
class PayerLine:
    """One payment; money in đồng, ``line`` is the public id, which comes back with the result."""

    number: int
    line: str
    household_code: str
    payee: str
    born: datetime.date | None
    born_precision: str
    national_id: str
    village: str
    amount: int
    arrears: int
    recovery: int
    carried: int
    total: int
    holder: str
    provider: str
    account: str


_HEAD = """
SELECT l.number, l.month, a.name, l.channel, l.amount + l.arrears - l.recovery + l.carried,
  l.commune_id, l.province_no
FROM payments_paymentlist l JOIN core_area a ON a.id = l.commune_id WHERE l.id = %s AND l.released_at IS NOT NULL
"""
_LINES = """
SELECT row_number() OVER (ORDER BY v.position NULLS LAST, v.name, p.name_sort, h.code, l.id), l.public_id::text, h.code,
  coalesce(p.full_name, ''), p.born, coalesce(p.born_precision, ''), i.number_enc, coalesce(v.name, ''),
  l.amount, l.arrears, l.recovery, l.carried, l.total, coalesce(c.holder_name, ''),
  coalesce(c.provider, ''), c.number_enc
FROM payments_paymentline l
JOIN households_household h ON h.id = l.household_id
LEFT JOIN households_person p ON p.id = l.payee_id
LEFT JOIN core_area v ON v.id = h.village_id
LEFT JOIN LATERAL (
  SELECT n.number_enc FROM households_nationalid n WHERE n.person_id = p.id AND n.until IS NULL AND n.kind <> 'birth'
  ORDER BY (n.kind = 'cccd') DESC, n.since DESC NULLS LAST, n.id DESC LIMIT 1
) i ON true
LEFT JOIN payments_account c ON c.id = l.account_id
WHERE l.month = %s AND l.list_id = %s AND l.total > 0
ORDER BY 1
"""
CHUNK = 2000


def head(list_id: int) -> ListHead:
    """Raises LookupError for a list that is not released or not in scope."""
    with connection.cursor() as cursor:
        cursor.execute(_HEAD, [list_id])
        row = cursor.fetchone()
    if row is None:
        raise LookupError(list_id)
    return ListHead(*row)


def lines(list_id: int, month: datetime.date) -> Iterator[PayerLine]:
    """Lines that pay something. Holds full national ids and account numbers: whoever calls records the reading."""
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [month, list_id])
        while rows := cursor.fetchmany(CHUNK):
            yield from _read(rows)


def _read(rows: Sequence[tuple[Any, ...]]) -> Iterator[PayerLine]:
    sealed = [bytes(row[place]) for row in rows for place in (6, -1) if row[place] is not None]
    numbers = iter(crypto.unseal_many(sealed))
    for row in rows:
        national_id = next(numbers) if row[6] is not None else ""
        account = next(numbers) if row[-1] is not None else ""
        values: tuple[Any, ...] = (*row[:6], national_id, *row[7:-1], account)
        yield PayerLine(*values)
