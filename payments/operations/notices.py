"""Notices to families: put into the queue by one statement, sent as text messages with retries, or kept for the letters of a village.

Exactly once: a notice has the key of who asked for it, and the same key writes nothing a second time; a text message goes out under the notice's
own id, which the provider sends once. A number that takes no message gets a letter instead.
"""

from __future__ import annotations

import datetime
import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from payments import sms
from payments.models import Medium, Notice, NoticeKind, NoticeState, PaymentList
from payments.operations.notice_words import template_of, written
from payments.providers import PROVIDERS
from payments.queries.cycle import days_of, rule_of
from posasoft.core import audit
from posasoft.core.scope import COUNTRY, Scope, acting

log = logging.getLogger("posasoft.notices")

MOST_TRIES, FIRST_WAIT, AT_ONCE = 5, datetime.timedelta(minutes=5), 100

_TARGETS_OF_LINES = """
SELECT p.household_id, p.month, p.id AS line_id, p.public_id, p.village_pos, p.province_no, p.area_pos, jsonb_build_object(
  'tien', replace(to_char(p.total, 'FM999,999,999,999'), ',', '.'), 'thang', to_char(p.month, 'FMMM/YYYY'),
  'tu_ngay', coalesce(to_char(c.pay_from, 'DD/MM/YYYY'), %(days)s::jsonb->(p.province_no::text)->>0),
  'den_ngay', coalesce(to_char(c.pay_to, 'DD/MM/YYYY'), %(days)s::jsonb->(p.province_no::text)->>1),
  'noi_nhan', CASE WHEN p.account_id IS NOT NULL THEN 'tài khoản ' || coalesce(%(providers)s::jsonb->>a.provider, a.provider)
    ELSE coalesce(s.name || CASE WHEN s.address = '' THEN '' ELSE ', ' || s.address END, 'điểm chi trả của xã') END) AS facts
FROM payments_paymentline p
JOIN payments_paymentlist l ON l.id = p.list_id
LEFT JOIN payments_cycle c ON c.month = p.month AND c.province_no = p.province_no
LEFT JOIN payments_account a ON a.id = p.account_id
LEFT JOIN LATERAL (
  SELECT q.name, q.address FROM payments_servicearea x JOIN payments_servicepoint q ON q.id = x.service_point_id
  WHERE x.commune_id = l.commune_id AND x.channel = l.channel AND x.since <= p.month AND (x.until IS NULL OR x.until > p.month)
  ORDER BY x.since DESC LIMIT 1) s ON true
WHERE p.month = %(month)s AND p.id = ANY (%(ids)s)
"""
_TARGETS_OF_HOUSEHOLDS = """
SELECT h.id AS household_id, %(month)s::date AS month, NULL::bigint AS line_id, NULL::uuid AS public_id, v.position AS village_pos,
  h.province_no, h.area_pos, CASE WHEN %(month)s::date IS NULL THEN '{}'::jsonb
    ELSE jsonb_build_object('thang', to_char(%(month)s::date, 'FMMM/YYYY')) END AS facts
FROM households_household h LEFT JOIN core_area v ON v.id = h.village_id WHERE h.id = ANY (%(ids)s)
"""
# Twelve random digits of sixteen: a collision is refused by the table and drawn again. A text where the family can have one, a letter elsewhere.
_QUEUE = """
INSERT INTO payments_notice (public_id, code, kind, medium, template_id, key, household_id, month, line_id, line_public_id, village_pos, facts,
  state, next_try_at, made_by_id, queued_at, tries, trouble, provider_ref, province_no, area_pos)
SELECT uuidv7(), upper(left(replace(gen_random_uuid()::text, '-', ''), 12)), %(kind)s, x.medium, t.id, %(key)s, x.household_id, x.month, x.line_id,
  x.public_id, x.village_pos, x.facts || %(facts)s::jsonb, 'queued',
  CASE WHEN x.medium = 'text' THEN %(now)s::timestamptz END, %(user)s, %(now)s, 0, '', '',
  x.province_no, x.area_pos
FROM (
  SELECT y.*, CASE WHEN n.wants_texts AND n.phone <> '' AND NOT %(letters)s THEN 'text' ELSE 'letter' END AS medium
  FROM ({targets}) y LEFT JOIN payments_contact n ON n.household_id = y.household_id
) x
JOIN (VALUES ('text', %(text)s), ('letter', %(letter)s)) AS t(medium, id) ON t.medium = x.medium
ON CONFLICT ON CONSTRAINT payments_notice_once DO NOTHING
"""


def queue(
    *,
    kind: str,
    key: str,
    by: Scope,
    month: datetime.date | None = None,
    lines: Sequence[int] | None = None,
    households: Sequence[int] | None = None,
    facts: Mapping[str, str] | None = None,
    only_letters: bool = False,
) -> int:
    """Queue a notice of a kind for lines of a month, or for households, once per key; how many were written.

    ``facts`` adds variables of the template (such as ``ly_do``), the same for all. Runs under the caller's scope. Raises ValueError for an unknown
    kind, and where neither or both of lines and households are given.
    """
    if kind not in NoticeKind.values or (lines is None) == (households is None) or (lines is not None and month is None):
        raise ValueError("a notice is of a known kind and for lines of a month or for households")
    ids = list(lines if lines is not None else households or ())
    parameters: dict[str, Any] = {
        "kind": kind, "key": key[:100], "month": month, "ids": ids, "user": by.user_id, "now": timezone.now(), "letters": only_letters,
        "facts": json.dumps(dict(facts or {})), "providers": json.dumps({code: one.name for code, one in PROVIDERS.items()}),
    }  # fmt: skip
    written_rows = 0
    if ids:
        parameters["days"] = json.dumps(_days(month) if month is not None and lines is not None else {})
        parameters |= {medium: template_of(kind, medium).pk for medium in Medium.values}
        targets = _TARGETS_OF_LINES if lines is not None else _TARGETS_OF_HOUSEHOLDS
        written_rows = _insert(_QUEUE.replace("{targets}", targets), parameters)
    if written_rows:
        audit.record(verb="queue_notices", kind="notice", by=by, notices=written_rows, of=kind)
    return written_rows


def _days(month: datetime.date) -> dict[int, list[str]]:
    """First and last day of payment of each province with lists in a month, by its rule: for months that nobody opened."""
    provinces = PaymentList.objects.filter(month=month).values_list("province_no", flat=True).distinct().order_by("province_no")
    found = {province: days_of(rule_of(province, month), month) for province in provinces}
    return {province: [f"{days.pay_from:%d/%m/%Y}", f"{days.pay_to:%d/%m/%Y}"] for province, days in found.items()}


def _insert(statement: str, parameters: dict[str, Any]) -> int:
    for attempt in range(3):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, parameters)
                return int(cursor.rowcount)
        except IntegrityError:
            # Two codes fell together: drawn anew, all of them.
            if attempt == 2:
                raise
    return 0


def queue_paydays(*, month: datetime.date, lo: int, hi: int, by: Scope) -> int:
    """Tell every household on a released list of a month, in a range of positions, when and where it is paid; how many notices were written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.id FROM payments_paymentlist l JOIN payments_paymentline p ON p.month = l.month AND p.list_id = l.id"
            " WHERE l.month = %s AND l.area_pos >= %s AND l.area_pos < %s AND l.released_at IS NOT NULL AND l.status IN ('released', 'sent')",
            [month, lo, hi],
        )
        ids = [row[0] for row in cursor.fetchall()]
    return queue(kind="payday", key=f"payday:{month:%Y-%m}", month=month, lines=ids, by=by)


def send_due(*, most: int = 1000) -> dict[str, int]:
    """Send the text messages whose time has come, at most ``most``, in transactions of AT_ONCE; counts by what became of them."""
    counts: dict[str, int] = {}
    for _batch in range(-(-most // AT_ONCE)):
        with acting(COUNTRY):
            due = list(
                Notice.objects.select_for_update(skip_locked=True, of=("self",))
                .filter(state=NoticeState.QUEUED, medium=Medium.TEXT, next_try_at__lte=timezone.now())
                .select_related("template")
                .order_by("next_try_at", "pk")[: min(AT_ONCE, most)]
            )
            for notice, words in written(due):
                state = _send(notice, words.phone, words.body, words.wants_texts)
                counts[state] = counts.get(state, 0) + 1
        if len(due) < AT_ONCE:
            break
    if counts:
        log.info("notices: %s", ", ".join(f"{state} {number}" for state, number in sorted(counts.items())))
    return counts


def _send(notice: Notice, phone: str, body: str, wants_texts: bool) -> str:
    """Send one and write down what became of it."""
    now = timezone.now()
    if not phone or not wants_texts:
        return _as_letter(notice, "" if phone else "no_phone")
    answer = sms.send(sms.Text(str(notice.public_id), phone, body))
    notice.tries += 1
    notice.trouble = answer.trouble[:120]
    if answer.state == sms.State.SENT:
        notice.state, notice.provider_ref, notice.done_at, notice.next_try_at = NoticeState.SENT, answer.provider_ref[:80], now, None
    elif answer.state == sms.State.NEVER or notice.tries >= MOST_TRIES:
        return _as_letter(notice, answer.trouble or "never")
    else:
        notice.next_try_at = now + FIRST_WAIT * 4 ** (notice.tries - 1)
    notice.save(update_fields=["state", "tries", "trouble", "provider_ref", "done_at", "next_try_at"])
    return "sent" if answer.state == sms.State.SENT else "later"


def _as_letter(notice: Notice, trouble: str) -> str:
    notice.medium, notice.template = Medium.LETTER, template_of(notice.kind, Medium.LETTER)
    notice.trouble, notice.next_try_at = trouble[:120], None
    notice.save(update_fields=["medium", "template", "trouble", "next_try_at", "tries"])
    return "letter"


def mark_printed(*, notices: Sequence[Notice], by: Scope) -> int:
    """The letters of these notices were made as a file to print; how many were not before. Printed again is no change."""
    ids = [notice.pk for notice in notices]
    with transaction.atomic():
        number = Notice.objects.filter(pk__in=ids, state=NoticeState.QUEUED).update(state=NoticeState.PRINTED, done_at=timezone.now())
        if number:
            audit.record(verb="print_letters", kind="notice", by=by, notices=number)
    return number
