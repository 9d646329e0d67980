"""A staged batch becomes results: each line once, with its entry in the ledger, in one transaction."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from payments.accounts import SourceKind
from payments.models import ResultBatch
from payments.operations import accounts, ledger
from payments.operations.results.completing import complete
from payments.operations.results.judging import count, judge
from payments.operations.results.standing import ResultRefused, require_agency, writing
from payments.outcomes import ACCOUNT_CLOSED
from payments.statuses import APPLIED, BATCH_MOVES, STAGED
from posasoft.core import audit
from posasoft.core.scope import Scope

# A reopened list whose correction says nothing new is complete again with it.
_LISTS = """
SELECT l.id, l.month FROM payments_paymentlist l
WHERE l.id IN (SELECT DISTINCT list_id FROM payments_resultrow WHERE batch_id = %(batch)s AND state IN ('ready', 'change'))
  OR l.status = 'sent' AND l.id IN (SELECT DISTINCT list_id FROM payments_resultrow WHERE batch_id = %(batch)s AND state = 'same')
    AND EXISTS (SELECT 1 FROM payments_liststep s WHERE s.pay_list_id = l.id AND s.move = 'reopen')
ORDER BY l.id FOR NO KEY UPDATE
"""
_NEW = """
INSERT INTO payments_lineresult (month, line_id, list_id, household_id, amount, outcome, reason, paid_on, proxy_name, agency_id, service_point_id,
  batch_id, by_id, at, booked, province_no, area_pos)
SELECT p.month, p.id, p.list_id, p.household_id, p.total, r.outcome, r.reason,
  CASE r.outcome WHEN 'paid' THEN coalesce(r.paid_on, %(received)s) END, r.proxy, %(agency)s, %(point)s, %(batch)s, %(user)s, %(now)s, true,
  p.province_no, p.area_pos
FROM payments_resultrow r JOIN payments_paymentline p ON p.month = r.month AND p.id = r.line_id
WHERE r.batch_id = %(batch)s AND r.state = 'ready' AND p.month = ANY (%(months)s::date[])
"""
# Paid by mistake, as a reopened list's correction says: what it was before is kept beside it.
_KEEP = """
INSERT INTO payments_resultmark (client_key, month, line_id, list_id, act, reason, before, by_id, province_no, area_pos)
SELECT gen_random_uuid(), x.month, x.line_id, x.list_id, 'corrected', r.reason,
  jsonb_build_object('outcome', x.outcome, 'paid_on', x.paid_on, 'batch_id', x.batch_id, 'service_point_id', x.service_point_id, 'at', x.at),
  %(user)s, x.province_no, x.area_pos
FROM payments_resultrow r JOIN payments_lineresult x ON x.month = r.month AND x.line_id = r.line_id
WHERE r.batch_id = %(batch)s AND r.state = 'change'
"""
_CORRECT = """
UPDATE payments_lineresult x SET outcome = 'unpaid', reason = r.reason, paid_on = NULL, corrected = true, batch_id = %(batch)s, by_id = %(user)s,
  at = %(now)s
FROM payments_resultrow r WHERE r.batch_id = %(batch)s AND r.state = 'change' AND x.month = r.month AND x.line_id = r.line_id
"""
_ROWS = "SELECT month, line_id AS id FROM payments_resultrow WHERE batch_id = %(rows_batch)s AND state = %(rows_state)s"


def apply(*, batch: ResultBatch, by: Scope) -> ResultBatch:
    """Write the results of rows without findings; rows with findings stay and wait for another file. Applied before: nothing happens.

    Rows are judged once more inside, so that what others did meanwhile is a finding and never overwritten. Raises ResultRefused: not staged.
    """
    require_agency(batch.agency_id, batch.service_point_id, by)
    with writing(by):
        held = ResultBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if held.status == APPLIED:
            return held
        if held.status != STAGED:
            raise ResultRefused(_("Tệp này chưa được đọc xong hoặc đã bị từ chối nên không ghi nhận được."))
        lists = _lock(held)
        judge(held)
        _write(held, sorted(set(lists.values())), by)
        ResultBatch.objects.filter(pk=held.pk).update(status=BATCH_MOVES[STAGED, "apply"], applied_by_id=by.user_id, applied_at=Now())
        complete(list(lists), by=by)
        held.refresh_from_db()
        area = (held.province_no, held.area_pos) if held.province_no else None
        audit.record(verb="apply_results", kind="result_batch", object_id=held.public_id, by=by, area=area, states=held.counts)
    return held


def _lock(batch: ResultBatch) -> dict[int, datetime.date]:
    """Months of the lists that the batch would change, by id. Locked in the order of ids, as every other way of writing results does."""
    with connection.cursor() as cursor:
        cursor.execute(_LISTS, {"batch": batch.pk})
        return dict(cursor.fetchall())


def _write(batch: ResultBatch, months: list[datetime.date], by: Scope) -> None:
    parameters: dict[str, Any] = {
        "batch": batch.pk, "agency": batch.agency_id, "point": batch.service_point_id, "user": by.user_id, "months": months,
        "received": timezone.localdate(batch.made_at), "now": timezone.now(),
    }  # fmt: skip
    source = ledger.Source(SourceKind.RESULTS, batch.pk)
    with connection.cursor() as cursor:
        for month in months:
            cursor.execute("SELECT payments_open_results(%s)", [month])
        cursor.execute(_NEW, parameters)
        cursor.execute(_KEEP, parameters)
        cursor.execute(_CORRECT, parameters)
        ledger.book_paid(_lines(batch, "ready", months, " AND outcome = 'paid'"), source=source)
        ledger.book_returned(_lines(batch, "ready", months, " AND outcome = 'unpaid'"), source=source)
        ledger.book_recovered(_lines(batch, "change", months), source=source)
        _end_accounts(batch, by)
        cursor.execute("UPDATE payments_resultrow SET state = 'applied' WHERE batch_id = %s AND state IN ('ready', 'change')", [batch.pk])
    count(batch)


def _lines(batch: ResultBatch, state: str, months: list[datetime.date], which: str = "") -> ledger.Lines:
    return ledger.Lines(_ROWS + which, frozenset(months), {"rows_batch": batch.pk, "rows_state": state})


def _end_accounts(batch: ResultBatch, by: Scope) -> None:
    """Accounts that the bank closed are ended, so that the next list goes another way."""
    closed: dict[datetime.date, list[int]] = {}
    rows = batch.lines.filter(state__in=("ready", "change"), reason=ACCOUNT_CLOSED, month__isnull=False, line_id__isnull=False)
    for month, line_id in rows.values_list("month", "line_id"):
        if month is not None and line_id is not None:
            closed.setdefault(month, []).append(line_id)
    for month, ids in closed.items():
        accounts.end_closed(month=month, lines=ids, by=by)
