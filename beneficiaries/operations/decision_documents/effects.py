"""What a signed paper does to the register: decisions opened and closed, suspensions begun and ended; and how an annulment puts it back."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from beneficiaries.models import Decision, DecisionDocument, DecisionEffect, PaperKind, Suspension
from beneficiaries.operations.decision_documents.proposal import DecisionRefused
from households.models import Change
from households.operations import start_change
from posasoft.core.history import because
from posasoft.core.scope import Scope

What = DecisionEffect.What


def _month(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def apply(document: DecisionDocument, *, by: Scope) -> None:
    """Write what the paper says into the register; the feed of changes learns of it by trigger. Raises DecisionRefused when it no longer fits."""
    change = start_change(
        kind=Change.Kind.DECISION, by=by, province_no=document.province_no, area_pos=document.area_pos,
        reason=f"Quyết định số {document.number}", source=document.number,
    )  # fmt: skip
    try:
        with transaction.atomic(), because(change=change.pk, by=by, reason=change.reason):
            _KINDS[PaperKind(document.kind)](document, change)
    except IntegrityError as error:
        raise DecisionRefused("Sổ hưởng trợ cấp đã thay đổi: khoản này đã có quyết định khác đang có hiệu lực.") from error


def _effect(document: DecisionDocument, decision: Decision, what: str, before: datetime.date | None, after: datetime.date | None) -> None:
    DecisionEffect.objects.create(
        document=document, decision=decision, what=what, from_month=decision.from_month, until_before=before, until_after=after,
        province_no=document.province_no, area_pos=document.area_pos,
    )  # fmt: skip


def _open(document: DecisionDocument, line: dict[str, Any], change: Change) -> None:
    until = _month(line["until_month"]) if line["until_month"] else None
    decision = Decision.objects.create(
        person=document.person, household=document.household, benefit=line["benefit"], signed_on=document.signed_on,
        from_month=_month(line["from_month"]), until_month=until, number=document.number, source=Decision.Source.DECISION, change=change,
        province_no=document.province_no, area_pos=document.area_pos,
    )  # fmt: skip
    _effect(document, decision, What.OPENED, None, until)


def _close(document: DecisionDocument, decision: Decision, end: datetime.date) -> None:
    before, after = decision.until_month, max(end, decision.from_month)
    Decision.objects.filter(pk=decision.pk).update(until_month=after)
    _effect(document, decision, What.CLOSED, before, after)


def _locked(line: dict[str, Any]) -> Decision:
    found = Decision.objects.select_for_update().filter(pk=line["decision"]).first()
    if found is None:
        raise DecisionRefused("Quyết định đang hưởng không còn trong sổ.")
    return found


def _grant(document: DecisionDocument, change: Change) -> None:
    for line in document.lines:
        if not line.get("confirms"):
            _open(document, line, change)


def _adjust(document: DecisionDocument, change: Change) -> None:
    for line in document.lines:
        decision = _locked(line)
        if line.get("replaces"):
            _close(document, decision, _month(line["from_month"]))
            _open(document, line, change)
        else:
            _effect(document, decision, What.CONFIRMED, decision.until_month, decision.until_month)


def _stop(document: DecisionDocument, change: Change) -> None:
    for line in document.lines:
        decision = _locked(line)
        _close(document, decision, _month(line["from_month"]))
        stopped = Suspension.objects.filter(decision=decision, ended_at__isnull=True)
        # The months withheld before a death were the person's own: they come as arrears.
        how = Suspension.Ended.RESUMED if document.ground == "death" else Suspension.Ended.STOPPED
        stopped.update(ended_how=how, ended_at=Now(), ended_by=document, until_month=_month(line["from_month"]))


def _suspend(document: DecisionDocument, change: Change) -> None:
    for line in document.lines:
        decision = _locked(line)
        Suspension.objects.create(
            decision=decision, document=document, ground=document.ground, from_month=_month(line["from_month"]),
            province_no=document.province_no, area_pos=document.area_pos,
        )  # fmt: skip
        _effect(document, decision, What.SUSPENDED, decision.until_month, decision.until_month)


def _resume(document: DecisionDocument, change: Change) -> None:
    month = document.signed_on.replace(day=1) if document.signed_on else None
    for line in document.lines:
        decision = _locked(line)
        open_one = Suspension.objects.select_for_update().filter(decision=decision, ended_at__isnull=True)
        if not open_one.exists():
            raise DecisionRefused("Khoản này không còn bị tạm dừng.")
        until = max(month, _month(line["from_month"])) if month else None
        open_one.update(ended_how=Suspension.Ended.RESUMED, ended_at=Now(), ended_by=document, until_month=until)
        _effect(document, decision, What.RESUMED, decision.until_month, decision.until_month)


def _refuse(document: DecisionDocument, change: Change) -> None:
    """A refusal opens and closes nothing."""


def _annul(document: DecisionDocument, change: Change) -> None:
    """Put back what the annulled paper did, last first; it must be the last to have touched each decision."""
    old = document.annuls
    if old is None or old.status != "signed":
        raise DecisionRefused("Chỉ hủy bỏ được quyết định đã ký và chưa bị hủy bỏ.")
    for effect in old.effects.select_related("decision").order_by("-pk"):
        _check_last(effect)
        if effect.what in (What.OPENED, What.CLOSED):
            # An opened decision is left with an empty span: it stands in the register and pays nothing.
            until = effect.from_month if effect.what == What.OPENED else effect.until_before
            Decision.objects.filter(pk=effect.decision_id).update(until_month=until)
            _effect(document, effect.decision, What.CLOSED if effect.what == What.OPENED else What.OPENED, effect.until_after, until)
    Suspension.objects.filter(document=old).update(ended_how=Suspension.Ended.ANNULLED, ended_at=Now(), ended_by=document)
    Suspension.objects.filter(ended_by=old).update(ended_how="", ended_at=None, ended_by=None, until_month=None)
    DecisionDocument.objects.filter(pk=old.pk).update(status="annulled")


def _check_last(effect: DecisionEffect) -> None:
    later = DecisionEffect.objects.filter(decision=effect.decision_id, document__status="signed", pk__gt=effect.pk)
    blocking = later.exclude(document=effect.document_id).select_related("document").first()
    if blocking is not None:
        raise DecisionRefused(f"Quyết định số {blocking.document.number} ký sau cũng về khoản này; hãy hủy bỏ quyết định đó trước.")


_KINDS = {
    PaperKind.GRANT: _grant,
    PaperKind.ADJUST: _adjust,
    PaperKind.STOP: _stop,
    PaperKind.SUSPEND: _suspend,
    PaperKind.RESUME: _resume,
    PaperKind.REFUSE: _refuse,
    PaperKind.ANNUL: _annul,
}
