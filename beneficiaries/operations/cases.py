"""Applications: opened, keyed, received, and moved step by step to a decision. One table of moves (beneficiaries.statuses.CASE_MOVES)."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from beneficiaries import statuses
from beneficiaries.models import Case, CasePosting, CaseStep, Channel
from beneficiaries.operations import case_clock, case_moves
from beneficiaries.operations.case_moves import CaseRefused
from beneficiaries.papers import TELLING_BENEFITS, YES, papers
from beneficiaries.papers.answers import read
from beneficiaries.queries.registered import prefilled
from households.models import Household, Person
from posasoft.core import audit
from posasoft.core.models import Area
from posasoft.core.scope import Scope

__all__ = ["CaseRefused", "advance", "next_number", "note_objection", "open_case", "receive", "save_draft"]

COMMUNE_ROLES = frozenset({statuses.OFFICER, statuses.CHAIR})


@transaction.atomic
def open_case(
    *, form: str, commune: Area, by: Scope, person: Person | None = None, household: Household | None = None, applicant: str = "",
    benefits: Collection[str] = (), channel: str = Channel.DESK,
) -> Case:  # fmt: skip
    """A draft on one paper, filled in with what the registry knows. Raises CaseRefused for an unknown paper, benefit, or a foreign commune."""
    paper = papers().get(form)
    if paper is None:
        raise CaseRefused(_("Không có mẫu tờ khai này."))
    home = person.household if person else household
    place = (home.province_no, home.area_pos) if home else (commune.province_no or 0, commune.position or 0)
    if by.role not in COMMUNE_ROLES | {"system"} or not by.holds(place[1]):
        raise CaseRefused(_("Chỉ cán bộ của xã nơi cư trú được lập hồ sơ."))
    chosen = [benefit for benefit in paper.benefits if benefit in benefits] or (list(paper.benefits) if len(paper.benefits) == 1 else [])
    case = Case(
        form=form, benefits=chosen, commune=home.commune if home else commune, person=person, household=home,
        applicant=person.full_name if person else applicant, payload=prefilled(paper, person, home), channel=channel,
        created_by_id=by.user_id, province_no=place[0], area_pos=place[1],
    )  # fmt: skip
    case.confidential = _tells(case)
    case.save()
    case.refresh_from_db(fields=["public_id"])
    # Not the form: one of them tells of HIV.
    audit.record(verb="open", kind="case", object_id=case.public_id, by=by, area=place)
    return case


@transaction.atomic
def save_draft(*, case: Case, answers: Mapping[str, Any], benefits: Collection[str], channel: str, by: Scope) -> dict[str, str]:
    """Keep what is typed, understood or not; returns what is wrong with it by field. Raises CaseRefused once the case was received.

    A returned case takes changes of the marked fields only.
    """
    locked = Case.objects.select_for_update().get(pk=case.pk)
    if locked.status not in (statuses.DRAFT, statuses.RETURNED) or by.role != statuses.OFFICER:
        raise CaseRefused(_("Hồ sơ đã tiếp nhận; lời khai chỉ sửa được khi trả lại để bổ sung."))
    paper = papers()[locked.form]
    if locked.status == statuses.RETURNED:
        marked = {entry["field"] for entry in locked.returned_fields}
        answers = {**locked.payload, **{name: value for name, value in answers.items() if name in marked}}
    else:
        locked.benefits = [benefit for benefit in paper.benefits if benefit in benefits]
        locked.channel = channel if channel in Channel.values else Channel.DESK
    found = read(paper, locked.benefits, answers, complete=False)
    locked.payload, locked.saved_at = found.texts, timezone.now()
    locked.applicant = str(found.texts.get("full_name") or locked.applicant)[:120]
    locked.confidential = _tells(locked)
    locked.save()
    _copy(locked, case)
    return found.problems


def _tells(case: Case) -> bool:
    """Whether the case says that somebody lives with HIV."""
    return bool(TELLING_BENEFITS & set(case.benefits)) or case.payload.get("hiv") == YES


@transaction.atomic
def receive(*, case: Case, received_on: datetime.date, by: Scope, note: str = "") -> Case:
    """Complete papers were handed in on a day: the case gets its number and its clock. Raises CaseRefused (``problems`` by field)."""
    locked = Case.objects.select_for_update().get(pk=case.pk)
    case_moves.check_role(locked, "receive", by)
    paper = papers()[locked.form]
    if received_on > timezone.localdate():
        raise CaseRefused(_("Ngày nhận không được sau hôm nay."), {"received_on": _("Ngày nhận không được sau hôm nay.")})
    if not paper.in_use(received_on):
        raise CaseRefused(_("%(paper)s không dùng cho hồ sơ nhận ngày này.") % {"paper": f"{paper.number} ({paper.decree})"})
    if not locked.benefits:
        raise CaseRefused(_("Chọn ít nhất một chế độ đề nghị hưởng."), {"benefits": _("Chọn ít nhất một chế độ đề nghị hưởng.")})
    problems = read(paper, locked.benefits, locked.payload, complete=True).problems
    if problems:
        raise CaseRefused(_("Tờ khai còn %(n)d chỗ cần xem lại.") % {"n": len(problems)}, problems)
    locked.number = next_number(locked.commune, received_on.year)
    locked.assignee_id = by.user_id
    case_clock.start(locked, received_on)
    _record(locked, "receive", by, note)
    _copy(locked, case)
    return case


def next_number(commune: Area, year: int) -> str:
    """HS-00721-2026-000123. The counter's row is locked until the end of the transaction: a number given up is given again, none is missing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO beneficiaries_casecounter (commune_code, year, last) VALUES (%s, %s, 1)"
            " ON CONFLICT (commune_code, year) DO UPDATE SET last = beneficiaries_casecounter.last + 1 RETURNING last",
            [commune.code, year],
        )
        return f"HS-{commune.code}-{year}-{cursor.fetchone()[0]:06d}"


@transaction.atomic
def advance(*, case: Case, move: str, by: Scope, note: str = "", **details: Any) -> Case:
    """Make one move of the table. ``details`` by move (see beneficiaries.operations.case_moves). Raises CaseRefused with a sentence for the
    officer: a wrong role or status, the same person twice where two are asked for, reasons that are missing."""
    locked = Case.objects.select_for_update(of=("self",)).select_related("commune", "person", "household").get(pk=case.pk)
    case_moves.check_role(locked, move, by)
    case_moves.EFFECTS[move](locked, by, note, details)
    _record(locked, move, by, note)
    _copy(locked, case)
    return case


@transaction.atomic
def note_objection(*, posting: CasePosting, text: str, outcome: str, by: Scope) -> None:
    """Note what somebody objected to a posting, or how it was concluded (the same text again, with its outcome). Raises CaseRefused without words."""
    if by.role != statuses.OFFICER or not text.strip():
        raise CaseRefused(_("Ghi nội dung ý kiến."))
    kept = [entry for entry in posting.objections if entry["text"] != text.strip()]
    posting.objections = [*kept, {"on": timezone.localdate().isoformat(), "text": text.strip(), "outcome": outcome.strip()}]
    posting.save(update_fields=["objections"])
    place = (posting.province_no, posting.area_pos)
    audit.record(verb="objection", kind="case", object_id=posting.case.public_id, by=by, area=place, concluded=bool(outcome.strip()))


def _record(case: Case, move: str, by: Scope, note: str) -> None:
    before = case.status
    case.status = statuses.CASE_MOVES[before, move]
    case_clock.step(case)
    case.save()
    CaseStep.objects.create(
        case=case, move=move, from_status=before, to_status=case.status, by_id=by.user_id, role=by.role, note=note,
        province_no=case.province_no, area_pos=case.area_pos,
    )  # fmt: skip
    case_clock.remind(case)
    audit.record(verb=move, kind="case", object_id=case.public_id, by=by, area=(case.province_no, case.area_pos), status=case.status)


def _copy(source: Case, target: Case) -> None:
    """The caller's object says what was stored."""
    for field in Case._meta.concrete_fields:
        setattr(target, field.attname, getattr(source, field.attname))
