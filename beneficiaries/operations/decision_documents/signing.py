"""Signing: many at once, in order, each numbered and frozen; those whose facts have changed since they were prepared are held back."""

from __future__ import annotations

import datetime
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from beneficiaries.models import DecisionDocument, DecisionSeal, PaperKind
from beneficiaries.operations import findings
from beneficiaries.operations.decision_documents import casework, effects
from beneficiaries.operations.decision_documents.notice import notice
from beneficiaries.operations.decision_documents.numbering import next_number, number_text
from beneficiaries.operations.decision_documents.preparing import PAPER_KIND, asked_again, call_the_chair, prepare, submit
from beneficiaries.operations.decision_documents.proposal import DecisionRefused, Proposal
from beneficiaries.operations.decision_documents.proposals import propose
from beneficiaries.operations.decision_documents.wording import content_of, place_name
from beneficiaries.statuses import PAPER_MOVES, PAPER_PREPARED
from posasoft.core import audit, jobs
from posasoft.core.models import Role, User
from posasoft.core.scope import Scope

RECALCULATE = "beneficiaries.recalculate_signed"
# Readable aloud: no 0/O, 1/I/L.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 12


@dataclass
class Signing:
    """What came of a batch: signed in order, and held back with the reason for the screen."""

    signed: list[DecisionDocument] = field(default_factory=list)
    held: list[tuple[DecisionDocument, str]] = field(default_factory=list)


def sign(*, documents: Sequence[DecisionDocument], by: Scope, deputy: bool = False) -> Signing:
    """Sign prepared papers in the order given, as the chair of their commune (``deputy``: on the chair's behalf, "KT. CHỦ TỊCH").

    Each one that still holds is signed; the others are left prepared with a reason. Raises DecisionRefused when ``by`` may not sign at all.
    """
    if by.role != Role.COMMUNE_CHAIR or by.user_id is None:
        raise DecisionRefused("Chỉ Chủ tịch Ủy ban nhân dân cấp xã được ký quyết định (Điều 8 Nghị định 335/2026/NĐ-CP).")
    done = Signing()
    with transaction.atomic():
        order = [document.pk for document in documents]
        # All rows first, in one order for everybody: two chairs with the same papers wait for each other, never in a circle.
        rows = DecisionDocument.objects.select_for_update(of=("self",)).filter(pk__in=order).order_by("pk")
        locked = {row.pk: row for row in rows.select_related("commune__parent", "person", "household", "annuls", "case")}
        for pk in dict.fromkeys(order):
            if pk in locked:
                _one(locked[pk], by, deputy, done)
        for commune in {row.commune for row in locked.values()}:
            call_the_chair(commune)
        _recalculate(done.signed, by)
    return done


def _one(document: DecisionDocument, by: Scope, deputy: bool, done: Signing) -> None:
    try:
        with transaction.atomic():
            _check(document, by)
            _sign(document, by, deputy)
        done.signed.append(document)
    except DecisionRefused as error:
        fresh = DecisionDocument.objects.get(pk=document.pk)
        if fresh.status == PAPER_PREPARED:
            DecisionDocument.objects.filter(pk=document.pk).update(held_reason=str(error)[:500])
        done.held.append((fresh, str(error)))


def _check(document: DecisionDocument, by: Scope) -> None:
    if (document.status, "sign") not in PAPER_MOVES:
        raise DecisionRefused("Quyết định này không còn chờ ký.")
    if document.prepared_by_id == by.user_id:
        raise DecisionRefused("Người soạn không được ký quyết định do mình soạn.")
    if not by.holds(document.area_pos):
        raise DecisionRefused("Quyết định này thuộc địa bàn khác.")


def _sign(document: DecisionDocument, by: Scope, deputy: bool) -> None:
    day = timezone.localdate()
    proposal = _proposed_again(document, day)
    if document.kind != PaperKind.ANNUL and proposal.mark != document.basis.get("mark"):
        raise DecisionRefused(_what_changed(document, proposal))
    document.lines = proposal.lines
    sequence = next_number(document, day.year)
    document.year, document.sequence, document.number = day.year, sequence, number_text(sequence, document.paper)
    document.signed_on, document.signed_at, document.signed_place = day, timezone.now(), place_name(document.commune)
    document.signed_by_id, document.held_reason = by.user_id, ""
    document.status = PAPER_MOVES[PAPER_PREPARED, "sign"]
    document.check_code = "".join(secrets.choice(_ALPHABET) for _ in range(CODE_LENGTH))
    signer = _signer(document, by, deputy)
    document.signer_name, document.signer_title = signer["name"], signer["title"]
    content = content_of(document, day=day, number=document.number, signer=signer)
    document.content = content | {"check_code": document.check_code, "notice": notice(document)}
    document.sha256 = hashed(document.content)
    document.save()
    DecisionSeal.objects.create(
        check_code=document.check_code, number=document.number, signed_on=day, issuer=content["issuer"].replace("\n", " "),
        sha256=document.sha256,
    )  # fmt: skip
    effects.apply(document, by=by)
    if document.annuls:
        DecisionSeal.objects.filter(check_code=document.annuls.check_code).update(annulled_on=day)
    casework.follow(document, by=by)
    benefits = {line["benefit"] for line in document.lines} | {line["replaces"] for line in document.lines if line.get("replaces")}
    findings.settle(person_id=document.person_id, household_id=document.household_id, benefits=benefits, by=by)
    audit.record(
        verb="sign", kind=PAPER_KIND, object_id=document.public_id, by=by, area=(document.province_no, document.area_pos),
        number=document.number, paper=document.kind,
    )  # fmt: skip


def _proposed_again(document: DecisionDocument, day: datetime.date) -> Proposal:
    try:
        return propose(asked_again(document, day))
    except DecisionRefused as error:
        raise DecisionRefused(f"Dữ liệu đã thay đổi từ khi soạn: {error}") from error


def _what_changed(document: DecisionDocument, proposal: Proposal) -> str:
    """Name the lines and conditions that differ from those the paper was prepared on."""
    before = {(c["benefit"], c["text"]): c["value"] for c in document.basis.get("checks", [])}
    differing = [
        c["text"] for c in proposal.checks if (c["benefit"], c["text"]) in before and before[c["benefit"], c["text"]] != c["value"]
    ]
    old, new = ({(line["benefit"], line["amount"]) for line in lines} for lines in (document.lines, proposal.lines))
    differing += ["mức hoặc khoản hưởng"] if old != new else []
    return f"Dữ liệu đã thay đổi từ khi soạn ({'; '.join(differing[:4]) or 'nơi cư trú'}); hãy trả lại để soạn lại."


def hashed(content: dict[str, Any]) -> str:
    """SHA-256 of the frozen content in one way of writing JSON: whoever has the content can make it again."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _signer(document: DecisionDocument, by: Scope, deputy: bool) -> dict[str, str]:
    """A personal competence of the chair: the title alone; a deputy signs in the chair's stead (Decree 30/2020 Article 13)."""
    user = User.objects.get(pk=by.user_id or 0)
    title, before = ("PHÓ CHỦ TỊCH", "KT. CHỦ TỊCH") if deputy else ("CHỦ TỊCH", "")
    return {"name": user.full_name, "title": title, "before": before}


def _recalculate(signed: list[DecisionDocument], by: Scope) -> None:
    """One job for the batch: the months from the earliest one that any of the papers touches."""
    touched = [document for document in signed if document.lines and document.kind != PaperKind.REFUSE]
    if not touched:
        return
    since = min(line["from_month"] for document in touched for line in document.lines)
    households = sorted({document.household_id for document in touched})
    jobs.enqueue(kind=RECALCULATE, params={"households": households, "since": since}, by=by, title="Tính lại sau khi ký quyết định")


def annul(*, document: DecisionDocument, reason: str, by: Scope) -> DecisionDocument:
    """Prepare the paper that takes a signed one back; it annuls when it is signed itself. Raises DecisionRefused."""
    if (document.status, "annul") not in PAPER_MOVES or document.kind == PaperKind.ANNUL:
        raise DecisionRefused("Chỉ hủy bỏ được quyết định đã ký và chưa bị hủy bỏ.")
    if not reason.strip():
        raise DecisionRefused("Hãy ghi lý do hủy bỏ.")
    with transaction.atomic():
        drafted = prepare(kind=PaperKind.ANNUL, annuls=document, reasons=reason, by=by)
        return submit(document=drafted, by=by)
