"""What must hold after the faults: the client's log against the rows, and the ledger's own proof. Nothing else is remembered."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db import connection

from payments.operations.proving import prove
from payments.statuses import DRAFT, MOVES, ORDERED, PENDING, RELEASED
from tests.faults.client import OK, UNKNOWN, Log
from tests.support.database import owner

# Moves of lists that the client asks for by name; each leaves one row of payments_liststep.
STEPS = ("prepare", "check", "approve", "release", "send", "reopen", "reconcile")

# Rows as they are, without what says when; readings and refusals are trails of reading, not money.
_DIGEST = {
    "payments_paymentlist": "to_jsonb(t) - 'created_at'",
    "payments_paymentline": "to_jsonb(t)",
    "payments_ordered": "to_jsonb(t)",
    "payments_ledgerentry": "to_jsonb(t)",
    "payments_ledgerposting": "to_jsonb(t)",
    "payments_delivery": "to_jsonb(t)",
    "payments_listfile": "to_jsonb(t)",
    "payments_resultbatch": "to_jsonb(t)",
    "payments_resultrow": "to_jsonb(t)",
    "payments_lineresult": "to_jsonb(t)",
    "payments_resultmark": "to_jsonb(t)",
    "payments_statement": "to_jsonb(t)",
    "core_assigneditem": "to_jsonb(t)",
    "payments_liststep": "CASE WHEN move <> 'read_anomalies' THEN to_jsonb(t) END",
    "core_dutydone": "to_jsonb(t)",
    "core_hold": "to_jsonb(t)",
}


def digest() -> dict[str, tuple[int, str]]:
    """Number and hash of the rows of each table that is money."""
    found = {}
    with owner(), connection.cursor() as cursor:
        for table, row in _DIGEST.items():
            cursor.execute(
                f"SELECT count(x), md5(coalesce(string_agg(x::text, '|' ORDER BY x::text), '')) FROM (SELECT {row} AS x FROM {table} t) y"
            )
            found[table] = tuple(cursor.fetchone())
    return found


def problems(log: Log, lists: list[int]) -> list[str]:
    """Everything that does not agree, in words; empty when all is well."""
    with owner():
        return [*_steps(log, lists), *_states(lists), *_wholeness(lists), *_results(log), *_paid_twice(), *_books()]


def _rows(query: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def _steps(log: Log, lists: list[int]) -> Iterator[str]:
    """Every acknowledged move is there, once however often it was sent; one that nobody acknowledged may be; a refused one is not."""
    there = Counter(
        _rows(
            "SELECT s.move, s.pay_list_id, u.username FROM payments_liststep s JOIN core_user u ON u.id = s.by_id"
            " WHERE s.pay_list_id = ANY (%s) AND s.move = ANY (%s)",
            lists,
            list(STEPS),
        )
    )
    asked = {(row.act.verb, list_id, row.act.user) for row in log.sent for list_id in row.act.lists if row.act.verb in STEPS}
    for verb, list_id, user in sorted(asked | set(there)):
        answers = Counter(log.answers(verb, list_id, user))
        number = there[verb, list_id, user]
        if not min(1, answers[OK]) <= number <= min(1, answers[OK] + answers[UNKNOWN]):
            yield f"{verb} of list {list_id} by {user}: {number} times in the database, the client was told {dict(answers)}"


def _states(lists: list[int]) -> Iterator[str]:
    """A list stands where its steps lead."""
    for list_id, status, moves in _rows(
        "SELECT l.id, l.status, array_agg(s.move ORDER BY s.id) FILTER (WHERE s.move <> 'read_anomalies') FROM payments_paymentlist l"
        " LEFT JOIN payments_liststep s ON s.pay_list_id = l.id WHERE l.id = ANY (%s) GROUP BY l.id",
        lists,
    ):
        state = DRAFT
        for move in moves or []:
            state = MOVES.get((state, move), f"{move} from {state}")
        if state != status:
            yield f"list {list_id} is {status}, its steps lead to {state}"


# Released, and what a release writes, are there together or not at all.
_WHOLE = """
SELECT l.id, l.status = ANY (%s), l.checksum <> '', l.number <> '',
  (SELECT count(*) FROM payments_ordered o WHERE o.list_id = l.id) > 0,
  (SELECT count(*) FROM payments_ledgerentry e WHERE e.list_id = l.id AND e.debit = 2 AND e.credit = 3) = l.households,
  EXISTS (SELECT 1 FROM core_dutydone d WHERE d.object_kind = 'payment_list' AND d.object_id = l.id AND d.duty = 'release'),
  EXISTS (SELECT 1 FROM core_auditevent a WHERE a.verb = 'release' AND a.object_kind = 'payment_list' AND a.object_id = l.id::text),
  EXISTS (SELECT 1 FROM core_hold h WHERE h.placed_by_kind = 'payments.paymentlist' AND h.placed_by_id = l.id)
FROM payments_paymentlist l WHERE l.id = ANY (%s)
"""
# So are a list sent, its delivery, the agency's money and the task of whoever receives it.
_SENT = """
SELECT l.id, l.status <> ALL (%s),
  EXISTS (SELECT 1 FROM payments_delivery d WHERE d.pay_list_id = l.id AND d.files <> '[]'),
  (SELECT count(*) FROM payments_ledgerentry e WHERE e.list_id = l.id AND e.debit = 3 AND e.credit = 4) = l.households,
  EXISTS (SELECT 1 FROM payments_delivery d JOIN core_workitem w ON w.subject_kind = 'payments.delivery' AND w.subject_id = d.id
    WHERE d.pay_list_id = l.id)
FROM payments_paymentlist l WHERE l.id = ANY (%s)
"""


def _wholeness(lists: list[int]) -> Iterator[str]:
    for list_id, *parts in _rows(_WHOLE, list(ORDERED), lists):
        if len(set(parts)) != 1:
            yield f"list {list_id} is released in part: {parts}"
    for list_id, *parts in _rows(_SENT, [DRAFT, *PENDING, RELEASED], lists):
        if len(set(parts)) != 1:
            yield f"list {list_id} is sent in part: {parts}"


def _results(log: Log) -> Iterator[str]:
    """Every line is as the program's last accepted call says, and no line has a result that nobody sent."""
    told: dict[str, tuple[str, str]] = {}
    for act in dict.fromkeys(row.act for row in log.sent if row.act.verb == "results" and row.answer == OK):
        told |= {row["line"]: (row["outcome"], row.get("reason", "")) for row in json.loads(act.call)["rows"]}
    there = {
        str(line): (outcome, reason)
        for line, outcome, reason in _rows(
            "SELECT p.public_id, x.outcome, x.reason FROM payments_lineresult x JOIN payments_paymentline p ON p.month = x.month AND p.id = x.line_id"
        )
    }
    for line in sorted(told.keys() | there.keys()):
        if told.get(line) != there.get(line):
            yield f"line {line} is {there.get(line)}, the client was told {told.get(line)}"


def _paid_twice() -> Iterator[str]:
    for owner_id, benefit, month, times in _rows(
        "SELECT x.p, x.b, x.m, count(*) FROM payments_ledgerentry e JOIN payments_paymentline l ON l.month = e.month AND l.id = e.line_id"
        " CROSS JOIN LATERAL jsonb_to_recordset(l.components) AS x(p bigint, b text, m text, r smallint, o bigint)"
        " WHERE e.credit = 5 AND x.o IS NULL GROUP BY x.p, x.b, x.m, coalesce(x.r, 0) HAVING count(*) > 1"
    ):
        yield f"{benefit} of {month} was paid {times} times to person {owner_id}"


def _books() -> Iterator[str]:
    for province, check in prove():
        for found in check.findings:
            yield f"the ledger of {province.code} breaks {found}"
