"""Funeral support goes to whoever buried the dead (Decree 20/2021 Article 11, Decree 335/2026 Article 11): a person or a body, named in the case.

What the signed decision's case says becomes a receiver of the dead person's money, in two hands already: who prepared the decision and who signed it.
"""

from __future__ import annotations

import datetime
import json
from typing import Any

from django.db import connection
from django.utils import timezone

from beneficiaries.statuses import CASE_RUNNING, PAPER_SIGNED, RETURNED
from households.crypto import digits_of, seal
from payments.models import Receiver, ReceiverPaper
from posasoft.core import audit
from posasoft.core.names import nfc_name
from posasoft.core.scope import Scope

# How long the organiser may come for the money.
DAYS = 365
_WAITS = """
DELETE FROM missed m WHERE m.benefit = ANY(%(funerals)s) AND EXISTS (
  SELECT 1 FROM beneficiaries_case k WHERE k.person_id = m.person_id AND k.payload ? 'organiser_name' AND k.status = ANY(%(running)s))
"""
_NAMED = """
SELECT DISTINCT ON (m.person_id) m.person_id, m.household_id, m.province_no, m.area_pos, k.number, k.payload, s.signed_on, s.prepared_by_id,
  s.signed_by_id
FROM missed m
JOIN beneficiaries_case k ON k.person_id = m.person_id AND k.payload ? 'organiser_name'
JOIN beneficiaries_decisiondocument s ON s.case_id = k.id AND s.kind = 'grant' AND s.status = %(signed)s
WHERE m.benefit = ANY(%(funerals)s) AND NOT EXISTS (
  SELECT 1 FROM payments_receiver r WHERE r.household_id = m.household_id AND r.person_id = m.person_id AND r.paper = %(paper)s)
ORDER BY m.person_id, s.signed_at DESC
"""
# Cash, to the organiser, on a line in the name of the dead: two funerals of a family are two lines.
_GIVE = """
UPDATE chosen c SET payee_id = c.person_id, receiver_id = r.id, account_id = NULL, channel = %(channel)s
FROM payments_receiver r
WHERE c.benefit = ANY(%(funerals)s) AND r.household_id = c.household_id AND r.person_id = c.person_id AND r.paper = %(paper)s
  AND r.confirmed_at IS NOT NULL AND r.until > %(today)s
"""


def gather(parameters: dict[str, Any], by: Scope) -> None:
    """Before the payees are chosen for ``missed``: leave out funerals whose case is not decided, keep who organised the others."""
    parameters |= {
        "running": [*CASE_RUNNING, RETURNED], "signed": PAPER_SIGNED, "paper": ReceiverPaper.FUNERAL.value, "today": timezone.localdate(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_WAITS, parameters)
        cursor.execute(_NAMED, parameters)
        columns = [column.name for column in cursor.description]
        named = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    for row in named:
        _keep(row, by)


def give() -> str:
    """The statement that hands funerals in ``chosen`` to their organisers; with the parameters of ``gather``."""
    return _GIVE


def _keep(row: dict[str, Any], by: Scope) -> None:
    said = json.loads(row["payload"]) if isinstance(row["payload"], str) else row["payload"]
    number = digits_of(str(said.get("organiser_id") or ""))
    # A body has no paper of its own: the case's number stands for it.
    sealed = seal(number or row["number"] or str(row["person_id"]))
    made = Receiver.objects.create(
        household_id=row["household_id"], person_id=row["person_id"], full_name=nfc_name(str(said["organiser_name"]))[:120],
        number_enc=sealed.number_enc, number_index=sealed.number_index, tail=sealed.tail if number else "",
        phone=digits_of(str(said.get("phone") or ""))[:15], relation=str(said.get("organiser_relation") or "đứng ra mai táng")[:60],
        paper=ReceiverPaper.FUNERAL, paper_no=row["number"][:80], paper_on=row["signed_on"], since=row["signed_on"],
        until=row["signed_on"] + datetime.timedelta(days=DAYS), made_by_id=row["prepared_by_id"], confirmed_by_id=row["signed_by_id"],
        confirmed_at=timezone.now(), province_no=row["province_no"], area_pos=row["area_pos"],
    )  # fmt: skip
    audit.record(
        verb="add_receiver", kind="receiver", object_id=made.public_id, by=by, area=(made.province_no, made.area_pos), paper=made.paper
    )
