"""Decisions that another authority signed on paper, noted in the register: the district chairman's until 2025-06-30 (Article 8 of 20/2021)."""

from __future__ import annotations

import datetime

from django.db import transaction

from beneficiaries.models import Decision, DecisionDocument, DecisionEffect, PaperKind
from beneficiaries.operations.decision_documents.preparing import PAPER_KIND
from beneficiaries.operations.decision_documents.proposal import DecisionRefused
from beneficiaries.statuses import PAPER_SIGNED, TWO_LEVELS_FROM
from households.models import Change, Person
from households.operations import start_change
from policy import load_law
from policy.starts import start_month
from posasoft.core import audit
from posasoft.core.months import first_of_month
from posasoft.core.scope import Scope

LONGEST_NUMBER = 60


def receive(
    *, person: Person, benefit: str, number: str, signed_on: datetime.date, signer: str, by: Scope, from_month: datetime.date | None = None
) -> DecisionDocument:
    """Note a paper from before 2025-07-01 and open the decision it gave; without ``from_month`` the month rule of the day of signature says it.

    Raises DecisionRefused for a later day (the commune's own papers are signed here), without a number, for a benefit that did not exist then,
    and when the benefit already has an open decision.
    """
    number, signer = number.strip()[:LONGEST_NUMBER], signer.strip()[:120]
    if not number or not signer:
        raise DecisionRefused("Hãy ghi số quyết định và người ký như trên bản giấy.")
    if signed_on >= TWO_LEVELS_FROM:
        raise DecisionRefused("Từ 01/7/2025 Chủ tịch xã ký quyết định: hãy soạn và ký tại đây.")
    law = load_law()
    start = from_month or start_month(
        law, benefit, signed_on=signed_on, born=person.born, certified_on=person.disability_certified_on
    )  # fmt: skip
    if start is None:
        raise DecisionRefused("Khoản này chưa có vào ngày ký quyết định.")
    if Decision.objects.filter(person=person, benefit=benefit, until_month__isnull=True).exists():
        raise DecisionRefused("Người này đã có quyết định đang có hiệu lực về khoản này.")
    place = {"province_no": person.province_no, "area_pos": person.area_pos}
    with transaction.atomic():
        change = start_change(kind=Change.Kind.DECISION, by=by, reason=f"Quyết định số {number}", source=number, **place)
        line = {"benefit": benefit, "from_month": first_of_month(start).isoformat(), "until_month": None, "amount": 0, "coefficient": None}
        document = DecisionDocument.objects.create(
            kind=PaperKind.GRANT, status=PAPER_SIGNED, is_received=True, commune=person.household.commune, person=person,
            household=person.household, number=number, signed_on=signed_on, year=signed_on.year, signer_name=signer,
            signer_title="CHỦ TỊCH ỦY BAN NHÂN DÂN HUYỆN", prepared_by_id=by.user_id, lines=[line], **place,
        )  # fmt: skip
        opened = Decision.objects.create(
            person=person, household=person.household, benefit=benefit, signed_on=signed_on, from_month=first_of_month(start), number=number,
            source=Decision.Source.DECISION, change=change, **place,
        )  # fmt: skip
        DecisionEffect.objects.create(document=document, decision=opened, what="opened", from_month=opened.from_month, **place)
        document.refresh_from_db()
        audit.record(
            verb="receive", kind=PAPER_KIND, object_id=document.public_id, by=by, area=(person.province_no, person.area_pos), number=number
        )
    return document
