"""A decision on its way to the chair's desk: drafted from the engine, edited, handed up, sent back, thrown away."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from beneficiaries.models import Case, DecisionDocument, PaperKind
from beneficiaries.operations.decision_documents import casework
from beneficiaries.operations.decision_documents.engine import Subject, law_of, rule_of, tells_a_diagnosis
from beneficiaries.operations.decision_documents.proposal import Asked, DecisionRefused, Proposal
from beneficiaries.operations.decision_documents.proposals import propose
from beneficiaries.statuses import PAPER_DRAFT, PAPER_MOVES, PAPER_PREPARED
from households.models import Household, Person
from posasoft.core import audit
from posasoft.core.models import Area, WorkItem
from posasoft.core.scope import Scope

PAPER_KIND = "decision_document"
WAITING, RETURNED = "decisions.waiting", "decisions.returned"
SUBJECT = "beneficiaries.decisiondocument"
# Whose own words go on paper, and how many.
MOST_SENTENCES, LONGEST = 10, 500


def prepare(
    *, kind: str, by: Scope, case: Case | None = None, person: Person | None = None, household: Household | None = None,
    benefits: Sequence[str] = (), ground: str = "", event_on: datetime.date | None = None, reasons: str = "",
    annuls: DecisionDocument | None = None,
) -> DecisionDocument:  # fmt: skip
    """Draft a decision from what the engine finds today. Raises DecisionRefused when it finds nothing, or a draft of the same waits already."""
    subject = _subject(case, person, household, annuls)
    wanted = tuple(benefits) or tuple(case.benefits if case else ())
    asked = Asked(kind, subject, timezone.localdate(), wanted, ground, event_on, annuls)
    with transaction.atomic():
        _refuse_twice(asked)
        proposal = propose(asked)
        home = subject.household
        document = DecisionDocument.objects.create(
            kind=kind, commune=_commune_of(home), case=case, person=subject.person, household=home, annuls=annuls,
            event_on=event_on, ground=proposal.ground, prepared_by_id=by.user_id, lines=proposal.lines, basis=_basis(asked, proposal),
            reasons=(reasons or casework.reasons_of(case) or proposal.reasons).strip(), confidential=_is_confidential(asked, proposal, case),
            province_no=home.province_no, area_pos=home.area_pos,
        )  # fmt: skip
        _audit("prepare", document, by)
    document.refresh_from_db()
    return document


def _subject(case: Case | None, person: Person | None, household: Household | None, annuls: DecisionDocument | None) -> Subject:
    if annuls is not None:
        return Subject(annuls.person, annuls.household)
    person = person or (case.person if case else None)
    home = household or (person.household if person else None) or (case.household if case else None)
    if home is None:
        raise DecisionRefused("Hồ sơ chưa gắn với người hoặc hộ trong sổ.")
    return Subject(person, home)


def _commune_of(home: Household) -> Area:
    """The unit in force under whose tree position the household lies now: a merged commune's successor signs."""
    return (
        Area.objects.filter(level="commune", position__lte=home.area_pos, position_end__gt=home.area_pos).order_by("-position").first()
        or home.commune
    )


def _refuse_twice(asked: Asked) -> None:
    same = DecisionDocument.objects.filter(
        kind=asked.kind, person=asked.subject.person, household=asked.subject.household, annuls=asked.annuls, status=PAPER_PREPARED
    )
    if any(paper.basis.get("benefits", []) == sorted(set(asked.benefits)) for paper in same):
        raise DecisionRefused("Một quyết định cùng loại cho người này đang chờ ký.")


def _basis(asked: Asked, proposal: Proposal) -> dict[str, object]:
    return {
        "benefits": sorted(set(asked.benefits)), "ground": asked.ground, "law_version": proposal.law_version, "checks": proposal.checks,
        "mark": proposal.mark, "day": asked.day.isoformat(),
    }  # fmt: skip


def _is_confidential(asked: Asked, proposal: Proposal, case: Case | None) -> bool:
    law = law_of(asked.subject.household)
    codes = {line["benefit"] for line in proposal.lines} | set(asked.benefits)
    return bool(case and case.confidential) or any(tells_a_diagnosis(rule_of(law, code, asked.month)) for code in codes)


def asked_again(document: DecisionDocument, day: datetime.date) -> Asked:
    """The question that a document answered, asked on another day."""
    subject = Subject(document.person, document.household)
    benefits = tuple(document.basis.get("benefits", ()))
    return Asked(document.kind, subject, day, benefits, document.basis.get("ground", ""), document.event_on, document.annuls)


def _change(document: DecisionDocument, move: str) -> DecisionDocument:
    """The row, locked, if the move is allowed from where it stands."""
    locked = DecisionDocument.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if (locked.status, move) not in PAPER_MOVES:
        raise DecisionRefused(_NOT_NOW[move])
    return locked


_NOT_NOW = {
    "submit": "Quyết định này không còn là bản nháp.",
    "return": "Quyết định này không còn chờ ký.",
    "sign": "Quyết định này không còn chờ ký.",
    "annul": "Chỉ hủy bỏ được quyết định đã ký.",
}


def sentences(text: str) -> list[str]:
    """Lines of an officer's text, without empty ones; at most MOST_SENTENCES of LONGEST letters."""
    return [line.strip()[:LONGEST] for line in text.splitlines() if line.strip()][:MOST_SENTENCES]


def edit(
    *, document: DecisionDocument, by: Scope, reasons: str = "", grounds: str = "", notes: str = "", recipients: str = ""
) -> DecisionDocument:
    """Change what the officer may word: reasons, further grounds, notes, recipients. Raises DecisionRefused for a paper that is no draft."""
    with transaction.atomic():
        locked = _change(document, "submit")
        locked.reasons = "\n".join(sentences(reasons))
        locked.ours = {"grounds": sentences(grounds), "notes": sentences(notes), "recipients": sentences(recipients)}
        locked.save(update_fields=["reasons", "ours"])
        _audit("edit", locked, by)
    return locked


def submit(*, document: DecisionDocument, by: Scope) -> DecisionDocument:
    """Hand the draft to the chair, proposed anew from the facts of today. Raises DecisionRefused without reasons where they are needed."""
    with transaction.atomic():
        locked = _change(document, "submit")
        if locked.kind in (PaperKind.REFUSE, PaperKind.ANNUL) and not locked.reasons.strip():
            raise DecisionRefused("Hãy ghi lý do: quyết định từ chối hoặc hủy bỏ không được để trống lý do.")
        _refuse_twice(asked_again(locked, timezone.localdate()))
        renew(locked)
        locked.status = PAPER_MOVES[PAPER_DRAFT, "submit"]
        # Whoever hands it up answers for it, whoever began the draft.
        locked.prepared_by_id, locked.prepared_at = by.user_id, timezone.now()
        locked.returned_reason = locked.held_reason = ""
        locked.save()
        close_work(RETURNED, [locked.pk])
        call_the_chair(locked.commune)
        _audit("submit", locked, by)
    return locked


def renew(document: DecisionDocument) -> None:
    """Take the engine's proposal of today into an unsigned document (not saved)."""
    asked = asked_again(document, timezone.localdate())
    proposal = propose(asked)
    document.lines, document.ground = proposal.lines, proposal.ground
    document.basis = _basis(asked, proposal)


def send_back(*, document: DecisionDocument, reason: str, by: Scope) -> DecisionDocument:
    """The chair returns a paper to the officer. Raises DecisionRefused without a reason."""
    if not reason.strip():
        raise DecisionRefused("Hãy ghi lý do trả lại để cán bộ biết cần sửa gì.")
    with transaction.atomic():
        locked = _change(document, "return")
        locked.status, locked.returned_reason = PAPER_MOVES[PAPER_PREPARED, "return"], reason.strip()[:LONGEST]
        locked.save(update_fields=["status", "returned_reason"])
        WorkItem.objects.get_or_create(
            kind=RETURNED, subject_kind=SUBJECT, subject_id=locked.pk, done_at=None,
            defaults={
                "title": "Quyết định bị trả lại", "reason": locked.returned_reason, "link": f"/decisions/{locked.public_id}/",
                "role": "commune_officer", "province_no": locked.province_no, "area_pos": locked.area_pos,
            },
        )  # fmt: skip
        call_the_chair(locked.commune)
        _audit("return", locked, by)
    return locked


def discard(*, document: DecisionDocument, by: Scope) -> None:
    """Throw a draft away; its history stays. Raises DecisionRefused for anything else."""
    with transaction.atomic():
        locked = _change(document, "submit")
        _audit("discard", locked, by)
        close_work(RETURNED, [locked.pk])
        locked.delete()


def call_the_chair(commune: Area) -> None:
    """One task per commune while papers wait for a signature."""
    waiting = DecisionDocument.objects.filter(commune=commune, status=PAPER_PREPARED).count()
    if not waiting:
        WorkItem.objects.filter(kind=WAITING, subject_id=commune.pk, done_at__isnull=True).update(done_at=Now())
        return
    WorkItem.objects.update_or_create(
        kind=WAITING, subject_kind="core.area", subject_id=commune.pk, done_at=None,
        defaults={
            "title": "Quyết định chờ ký", "reason": f"{waiting} quyết định đang chờ Chủ tịch ký", "link": "/decisions/waiting/",
            "role": "commune_chair", "province_no": commune.province_no or 0, "area_pos": commune.position or 0,
        },
    )  # fmt: skip


def close_work(kind: str, ids: Iterable[int]) -> None:
    """Close the tasks about these documents."""
    WorkItem.objects.filter(kind=kind, subject_kind=SUBJECT, subject_id__in=list(ids), done_at__isnull=True).update(done_at=Now())


def _audit(verb: str, document: DecisionDocument, by: Scope) -> None:
    audit.record(
        verb=verb, kind=PAPER_KIND, object_id=document.public_id, by=by, area=(document.province_no, document.area_pos), paper=document.kind
    )
