"""Reads of payment lists and their lines, within the caller's scope."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from households import crypto
from payments.models import PaymentList


@dataclass(frozen=True)
class Component:
    """One benefit of one person in one month; a past month is an arrears (positive) or a recovery (negative), in đồng, with its cause as the
    correction keeps it. ``carried``: an earlier list ordered it and nobody collected it."""

    person: str
    benefit: str
    month: datetime.date
    coefficient: Decimal | None
    amount: int
    carried: bool = False
    cause: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class LineRow:
    """One household's line, or one person's own, as a payer reads it; money in đồng. ``national_id`` is the payee's in full, "" when none is known.

    ``receiver`` is who collects for the payee, with the end of his id; ``account`` the provider's code and the end of the number; "" for none.
    """

    number: int
    household_code: str
    payee: str
    born: datetime.date | None
    born_precision: str
    national_id: str
    village: str
    address: str
    amount: int
    arrears: int
    recovery: int
    total: int
    components: tuple[Component, ...]
    carried: int = 0
    receiver: str = ""
    receiver_tail: str = ""
    account: str = ""
    account_tail: str = ""


def lists(month: datetime.date, *, lo: int, hi: int) -> QuerySet[PaymentList]:
    """The lists of a month in a range of area positions, in the order of the tree."""
    return (
        PaymentList.objects.filter(month=month, area_pos__gte=lo, area_pos__lt=hi).select_related("commune").order_by("area_pos", "channel")
    )


# By village and then by name, as the payer calls people up; the latest paper of the payee that has not ended.
_ROWS = """
SELECT row_number() OVER (ORDER BY v.position NULLS LAST, v.name, p.name_sort, h.code, l.person_id NULLS FIRST), h.code,
  coalesce(p.full_name, ''), p.born,
  coalesce(p.born_precision, ''), i.number_enc, coalesce(v.name, ''), coalesce(h.address, ''), l.amount, l.arrears, l.recovery, l.carried, l.total,
  l.components, l.household_id, coalesce(rv.full_name, ''), coalesce(rv.tail, ''), coalesce(ac.provider, ''), coalesce(ac.tail, '')
FROM payments_paymentline l
LEFT JOIN households_household h ON h.id = l.household_id
LEFT JOIN households_person p ON p.id = l.payee_id
LEFT JOIN core_area v ON v.id = h.village_id
LEFT JOIN payments_receiver rv ON rv.id = l.receiver_id
LEFT JOIN payments_account ac ON ac.id = l.account_id
LEFT JOIN LATERAL (
  SELECT n.number_enc FROM households_nationalid n WHERE n.person_id = p.id AND n.until IS NULL AND n.kind <> 'birth'
  ORDER BY (n.kind = 'cccd') DESC, n.since DESC NULLS LAST, n.id DESC LIMIT 1
) i ON true
WHERE l.month = %s AND l.list_id = %s
ORDER BY 1
"""

_NAMES = """
SELECT id, full_name FROM households_person
WHERE id IN (SELECT (x->>'p')::bigint FROM payments_paymentline l, jsonb_array_elements(l.components) x WHERE l.month = %s AND l.list_id = %s)
"""
# Why past months stand on a list: each correction as it was known when the list was released.
_CAUSES = """
SELECT DISTINCT ON (k.household_id, k.person_id, k.benefit, k.month)
  k.household_id, k.person_id, k.benefit, to_char(k.month, 'YYYY-MM'), k.cause::text
FROM payments_correction k
WHERE k.household_id IN (
  SELECT household_id FROM payments_paymentline WHERE month = %(month)s AND list_id = %(list)s AND (arrears > 0 OR recovery > 0))
  AND k.created_at <= coalesce(%(until)s, now())
ORDER BY k.household_id, k.person_id, k.benefit, k.month, k.created_at DESC
"""
CHUNK = 2000
Causes = Mapping[tuple[int, int | None, str, str], Mapping[str, Any]]


def lines(pay_list: PaymentList) -> Iterator[LineRow]:
    """The lines of a list in the order in which it is printed. Holds full national ids: whoever calls records the reading."""
    causes = causes_of(pay_list)
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, [pay_list.month, pay_list.pk])
        names: dict[int, str] = dict(cursor.fetchall())
        cursor.execute(_ROWS, [pay_list.month, pay_list.pk])
        while rows := cursor.fetchmany(CHUNK):
            yield from _read(rows, names, causes)


def causes_of(pay_list: PaymentList) -> Causes:
    """Causes of the list's arrears and recoveries by household, person, benefit and month ("2026-07")."""
    if not pay_list.arrears and not pay_list.recovery:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_CAUSES, {"month": pay_list.month, "list": pay_list.pk, "until": pay_list.released_at})
        return {(home, person, benefit, month): json.loads(cause) for home, person, benefit, month, cause in cursor.fetchall()}


def _read(rows: Sequence[tuple[Any, ...]], names: Mapping[int, str], causes: Causes) -> Iterator[LineRow]:
    ids = iter(crypto.unseal_many([bytes(row[5]) for row in rows if row[5] is not None]))
    for (
        number,
        code,
        payee,
        born,
        precision,
        sealed,
        village,
        address,
        amount,
        arrears,
        recovery,
        carried,
        total,
        parts,
        home,
        *way,
    ) in rows:
        national_id = next(ids) if sealed is not None else ""
        found = components(parts, names, home, causes)
        yield LineRow(
            number, code, payee, born, precision, national_id, village, address, amount, arrears, recovery, total, found, carried, *way
        )


def components(
    stored: str | list[dict[str, Any]], names: Mapping[int, str], household_id: int = 0, causes: Causes = MappingProxyType({})
) -> tuple[Component, ...]:
    """The parts of a line; ``names`` by person id, "" for what belongs to the household."""
    decoded: list[dict[str, Any]] = json.loads(stored) if isinstance(stored, str) else stored
    return tuple(
        Component(
            names.get(part["p"], "") if part["p"] is not None else "",
            part["b"],
            datetime.date.fromisoformat(f"{part['m']}-01"),
            None if part["c"] is None else Decimal(str(part["c"])),
            int(part["a"]),
            "o" in part,
            None if "o" in part else causes.get((household_id, part["p"], part["b"], part["m"])),
        )
        for part in decoded
    )
