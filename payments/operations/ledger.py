"""The one way into the ledger: each verb moves whole lines from one account to another with one INSERT … SELECT.

A verb may be delivered twice: for the same source it writes nothing the second time. For another source it is refused, because the money no longer
stands where it should come from. Whoever calls owns the transaction and writes the audit row of the act that is booked.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, connection, transaction

from payments.accounts import Account, SourceKind


class LedgerRefused(Exception):
    """The money is not where the move takes it from; nothing was booked. The message is for the screen (Vietnamese)."""


@dataclass(frozen=True)
class Source:
    """What a move is booked for: a list released, a delivery, a batch of results …"""

    kind: SourceKind
    id: int


@dataclass(frozen=True)
class Lines:
    """Lines of payment lists as a SELECT of (month, id); ``months`` names every month that can occur in it."""

    sql: str
    months: frozenset[datetime.date]
    params: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of_lines(cls, month: datetime.date, ids: Sequence[int]) -> Lines:
        """These lines of one month's lists."""
        sql = "SELECT %(lines_month)s::date AS month, unnest(%(lines_ids)s::bigint[]) AS id"
        return cls(sql, frozenset({month}), {"lines_month": month, "lines_ids": list(ids)})

    @classmethod
    def of_lists(cls, list_ids: Sequence[int]) -> Lines:
        """All lines of these lists that pay something."""
        sql = """SELECT p.month, p.id FROM payments_paymentline p
          WHERE p.month = ANY (%(lists_months)s::date[]) AND p.list_id = ANY (%(lists_ids)s::bigint[]) AND p.total > 0"""
        months = months_of(list_ids)
        return cls(sql, months, {"lists_ids": list(list_ids), "lists_months": sorted(months)})


_COLUMNS = "month, line_id, list_id, household_id, debit, credit, amount, source_kind, source_id, province_no, area_pos"

_POST = f"""
INSERT INTO payments_ledgerentry ({_COLUMNS})
SELECT {_COLUMNS} FROM ({{moves}}) m
ON CONFLICT (month, line_id, debit, credit, source_kind, source_id) DO NOTHING
"""

_RELEASE = """
SELECT p.month, p.id AS line_id, p.list_id, p.household_id, v.debit, v.credit, v.amount, %(kind)s::smallint AS source_kind, p.list_id AS source_id,
  p.province_no, p.area_pos
FROM payments_paymentline p
CROSS JOIN LATERAL (VALUES (1::smallint, 2::smallint, p.amount + p.arrears), (2, 8, p.recovery), (2, 3, p.total)) AS v(debit, credit, amount)
WHERE p.month = ANY (%(months)s::date[]) AND p.list_id = ANY (%(lists)s::bigint[]) AND v.amount > 0
"""
_WHOLE_LINES = """
SELECT p.month, p.id AS line_id, p.list_id, p.household_id, {debit}::smallint AS debit, %(credit)s::smallint AS credit, p.total AS amount,
  %(kind)s::smallint AS source_kind, %(source)s::bigint AS source_id, p.province_no, p.area_pos
FROM ({lines}) w JOIN payments_paymentline p ON p.month = w.month AND p.id = w.id
WHERE p.month = ANY (%(months)s::date[])
"""


def post(moves: str, parameters: dict[str, Any], months: frozenset[datetime.date]) -> int:
    """Book what a SELECT of the entries' columns yields, in one statement; how many entries are new.

    Raises LedgerRefused when an account of a line would not come out even, or a line would be paid twice; the transaction goes on without it.
    """
    with _refusing(), transaction.atomic(), connection.cursor() as cursor:
        for month in sorted(months):
            cursor.execute("SELECT payments_open_ledger(%s)", [month])
        cursor.execute(_POST.format(moves=moves), parameters)
        return int(cursor.rowcount)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
        if name.startswith("payments_ledger") or name.endswith("_month_line_id_idx"):
            raise LedgerRefused(f"Sổ cái không nhận: {str(error).splitlines()[0]}") from error
        raise


def months_of(list_ids: Sequence[int]) -> frozenset[datetime.date]:
    """The months of these lists."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT month FROM payments_paymentlist WHERE id = ANY (%s)", [list(list_ids)])
        return frozenset(row[0] for row in cursor.fetchall())


def book_release(list_ids: Sequence[int]) -> int:
    """Lists are frozen: what is due is booked and ordered, recoveries are kept back, carried money leaves its old line. Source: the list."""
    months = months_of(list_ids)
    parameters = {"lists": list(list_ids), "months": sorted(months), "kind": int(SourceKind.LIST)}
    return _forward(list_ids, months) + post(_RELEASE, parameters, months)


def _forward(list_ids: Sequence[int], months: frozenset[datetime.date]) -> int:
    """Carried money is a component that names the line it comes from ("o"): it leaves that line and enters this one, each for the other's sake.

    A function of the database's owner: the old line may lie in a commune that whoever releases does not see.
    """
    with _refusing(), transaction.atomic(), connection.cursor() as cursor:
        for month in sorted(months):
            cursor.execute("SELECT payments_open_ledger(%s)", [month])
        cursor.execute("SELECT payments_book_forward(%s, %s)", [list(list_ids), sorted(months)])
        return int(cursor.fetchone()[0])


def book_sent(lines: Lines, *, source: Source) -> int:
    """The agency has the list: ORDERED → AGENCY."""
    return _move(lines, Account.ORDERED, Account.AGENCY, source)


def book_paid(lines: Lines, *, source: Source) -> int:
    """The family has the money: AGENCY → PAID."""
    return _move(lines, Account.AGENCY, Account.PAID, source)


def book_returned(lines: Lines, *, source: Source) -> int:
    """The agency could not pay and gives the money back: AGENCY → RETURNED."""
    return _move(lines, Account.AGENCY, Account.RETURNED, source)


def book_recovered(lines: Lines, *, source: Source) -> int:
    """Money that reached the wrong hands was given back whole: PAID → RETURNED, and is owed to the family as before.

    Overpayment of the right family is no such thing: its correction keeps it back from later lines (RECOVERED, booked at release).
    """
    return _move(lines, Account.PAID, Account.RETURNED, source)


def book_carried(lines: Lines, *, source: Source) -> int:
    """Unpaid money waits for a later list: RETURNED → CARRIED."""
    return _move(lines, Account.RETURNED, Account.CARRIED, source)


def book_suspended(lines: Lines, *, source: Source) -> int:
    """Uncollected for too long: CARRIED → SUSPENDED, no longer offered to the next list."""
    return _move(lines, Account.CARRIED, Account.SUSPENDED, source)


def book_resumed(lines: Lines, *, source: Source) -> int:
    """The family was found: SUSPENDED → CARRIED."""
    return _move(lines, Account.SUSPENDED, Account.CARRIED, source)


def book_written_off(lines: Lines, *, source: Source, suspended: bool = False) -> int:
    """Nobody is owed the money any more: CARRIED (or SUSPENDED) → WRITTEN_OFF."""
    return _move(lines, Account.SUSPENDED if suspended else Account.CARRIED, Account.WRITTEN_OFF, source)


def _move(lines: Lines, debit: Account, credit: Account, source: Source) -> int:
    parameters = {"credit": int(credit), "kind": int(source.kind), "source": source.id, "months": sorted(lines.months), **lines.params}
    return post(_WHOLE_LINES.format(lines=lines.sql, debit=int(debit)), parameters, lines.months)
