"""What the addresses need: each entry gives the parts of an address for one commune's things, made when they are asked for.

`needs` of a row in matrix.py is a name here. A maker gets the side (own or sibling) and the user who asks (or, for the sibling, the
neighbour's user of the same role): what belongs to a user and not to an area is told apart by that.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import Permission
from django.db import connection
from django.utils import timezone

from beneficiaries.models import Case, CaseAttachment, CasePosting, DecisionDocument, Found
from households.models import AreaReform, BulkChange, ChangeRequest, ImportRow, Transfer, Workbook
from payments.models import (
    Agency,
    AgencyPost,
    ApiKey,
    CycleProposal,
    Delivery,
    Notice,
    NoticeTemplate,
    PaymentLine,
    PaymentList,
    Receiver,
    ResultBatch,
    ServiceArea,
    ServicePoint,
    Statement,
    Uncollected,
    VerificationPlan,
    VerificationSample,
    WriteOff,
)
from posasoft.core import audit, vault
from posasoft.core.exports.rules import SECOND
from posasoft.core.models import AreaPermission, AuditEvent, ErrorReport, ExportRequest, Handover, Role, RoleAssignment, SavedView, User
from posasoft.core.scope import COUNTRY
from tests.access.world import CANARY, CANARY_CODE, FAR, FAR_CODE, MONTH, Side
from tests.browser.cast import day

PAPER = b"%PDF-1.4\n%%EOF\n"
Parts = dict[str, Any]
Maker = Callable[[Side, User], Parts]


def located(side: Side) -> dict[str, int]:
    return {"province_no": side.household.province_no, "area_pos": side.household.area_pos}


def _word(side: Side) -> str:
    return {CANARY_CODE: CANARY, FAR_CODE: FAR}.get(side.household.code, "Của mình")


def _colleague(side: Side) -> User:
    """Somebody of the side who asked for things before, and is none of the users that the tests act as."""
    name = f"truoc.{side.commune.code}"
    return User.objects.get_or_create(username=name, defaults={"full_name": f"Người trước {_word(side)}", "password": "!"})[0]


def case(side: Side, _user: User) -> Parts:
    found = Case.objects.filter(household=side.household).first() or Case.objects.create(
        form="335-02", commune=side.commune, household=side.household, person=side.person, applicant=f"{side.person.full_name}",
        status="received", number=f"HS-{side.household.pk}", received_on=day("2026-11-02"), due_on=day("2026-12-01"), **located(side),
    )  # fmt: skip
    return {"public_id": found.public_id}


def case_posted(side: Side, user: User) -> Parts:
    """The case with its list on the notice board."""
    parent = Case.objects.get(public_id=case(side, user)["public_id"])
    if not CasePosting.objects.filter(case=parent).exists():
        CasePosting.objects.create(
            case=parent, place=f"Nhà văn hóa {_word(side)}", since=day("2026-11-16"), until=day("2026-11-30"), **located(side)
        )
    return {"public_id": parent.public_id}


def case_file(side: Side, user: User) -> Parts:
    parent = Case.objects.get(public_id=case(side, user)["public_id"])
    file = CaseAttachment.objects.filter(case=parent).first() or CaseAttachment.objects.create(
        case=parent, stored=vault.store(PAPER, folder="attachments", suffix=".pdf").name, file_name=f"{_word(side)}.pdf",
        media_type="application/pdf", size=1, sha256="0" * 64,
        **located(side),
    )  # fmt: skip
    return {"public_id": parent.public_id, "file_id": file.public_id}


def _request(side: Side, by: User, kind: str, status: str) -> ChangeRequest:
    return ChangeRequest.objects.filter(
        household=side.household, kind=kind, status=status, requested_by=by
    ).first() or ChangeRequest.objects.create(
        kind=kind, status=status, household=side.household, person=side.person, requested_by=by, requested_role="commune_officer",
        payload={"full_name": f"Tên đúng {_word(side)}"}, typed={"full_name": f"Tên đúng {_word(side)}"}, base={"full_name": side.person.full_name},
        reason=f"Sửa tên {_word(side)}", effective_on=day("2026-11-01"), **located(side),
    )  # fmt: skip


def change(side: Side, _user: User) -> Parts:
    """A request that a colleague sent and nobody decided yet."""
    return {"public_id": _request(side, _colleague(side), "correct_name", "submitted").public_id}


def change_own(side: Side, user: User) -> Parts:
    """A draft of one's own."""
    return {"public_id": _request(side, user, "correct_name", "draft").public_id}


def transfer(side: Side, user: User) -> Parts:
    found = Transfer.objects.filter(request__household=side.household).first() or Transfer.objects.create(
        request=_request(side, _colleague(side), "transfer", "waiting_receiver"), from_area=side.commune, to_area=side.commune,
        effective_on=day("2026-11-01"),
        sheet={"who": f"Giàng {_word(side)}", "code": side.household.code, "poverty": "poor", "people": [], "kind": "transfer"},
        **located(side),
    )  # fmt: skip
    return {"public_id": found.public_id}


def decision(side: Side, _user: User) -> Parts:
    found = DecisionDocument.objects.filter(household=side.household).first() or DecisionDocument.objects.create(
        kind="grant", household=side.household, person=side.person, commune=side.commune, **located(side)
    )
    return {"public_id": found.public_id}


def bulk(side: Side, _user: User) -> Parts:
    """A colleague's bulk change that waits to be applied."""
    found = BulkChange.objects.filter(area_pos=side.household.area_pos).first() or BulkChange.objects.create(
        subject="h", fact="poverty", value={"kind": "poverty", "columns": ["poor", 100, 20]}, since=day("2026-11-01"),
        reason=f"Đổi loạt {_word(side)}", made_by_id=_colleague(side).pk, **located(side),
    )  # fmt: skip
    return {"public_id": found.public_id}


def _export(side: Side, by: User, **state: Any) -> ExportRequest:
    return ExportRequest.objects.filter(requested_by=by).first() or ExportRequest.objects.create(
        kind="households", reason=f"Báo cáo {_word(side)}", count=1, columns=["code"], scope_kind="area",
        scope_hi=side.commune.position_end, requested_by=by, **(state | located(side)),
    )  # fmt: skip


def export(side: Side, user: User) -> Parts:
    """A file of one's own, made and not yet too old to take."""
    sealed = vault.store(_word(side).encode(), folder="exports", suffix=".csv").name
    now = timezone.now()
    ready = {"ready_at": now, "expires_at": now + datetime.timedelta(days=7), "file": sealed, "format": "csv"}
    return {"public_id": _export(side, user, status="ready", role="commune_officer", **ready).public_id}


def export_waiting(side: Side, user: User) -> Parts:
    """A colleague's request that the user's role is the second person for."""
    mine = RoleAssignment.objects.filter(user=user).values_list("role", flat=True).first() or ""
    asker = next((role for role, seconds in SECOND.items() if mine in seconds), Role.COMMUNE_OFFICER)
    return {"public_id": _export(side, _colleague(side), status="waiting_second", role=asker).public_id}


def saved_view(side: Side, user: User) -> Parts:
    role = RoleAssignment.objects.filter(user=user).values_list("role", flat=True).first() or ""
    found = SavedView.objects.filter(owner=user).first() or SavedView.objects.create(
        page="households", name=f"Góc nhìn {_word(side)}", owner=user, role=role
    )
    return {"public_id": found.public_id}


def handover(side: Side, user: User) -> Parts:
    """The user's own post handed on to a colleague."""
    post = RoleAssignment.objects.filter(user=user).order_by("pk").first()
    assert post is not None
    found = Handover.objects.filter(assignment=post).first() or Handover.objects.create(
        assignment=post, from_user=user, to_user=_colleague(side), effective_on=day("2026-12-01"), made_by_id=user.pk,
        note=f"Bàn giao {_word(side)}", **located(side),
    )  # fmt: skip
    return {"public_id": found.public_id}


def error_report(side: Side, user: User) -> Parts:
    found = ErrorReport.objects.filter(reporter=user).first() or ErrorReport.objects.create(
        reporter=user, text=f"Lỗi ở {_word(side)}", **located(side)
    )
    return {"report_id": found.pk}


def workbook(side: Side, _user: User) -> Parts:
    found = Workbook.objects.filter(area=side.commune).first() or Workbook.objects.create(area=side.commune, layout=1, **located(side))
    return {"public_id": found.public_id}


def reform(_side: Side, _user: User) -> Parts:
    """A mass change of areas is of the country, whoever looks at it."""
    found = AreaReform.objects.first() or AreaReform.objects.create(title="Sáp nhập", document="NQ 1", effective=day("2027-01-01"))
    return {"public_id": found.public_id}


def finding(side: Side, _user: User) -> Parts:
    found = Found.objects.filter(household=side.household).first() or Found.objects.create(
        kind="died", household=side.household, person=side.person, commune=side.commune, benefit="TCXH-5.6", month=MONTH,
        seen_month=MONTH, mark="", **located(side),
    )  # fmt: skip
    return {"pk": found.pk}


def import_row(side: Side, _user: User) -> Parts:
    row = ImportRow.objects.filter(batch=side.batch).first() or ImportRow.objects.create(
        batch=side.batch, row=1, block=1, full_name=f"Giàng {_word(side)}", name_key="giang", name_sort="giang", **located(side)
    )
    return {"public_id": side.batch.public_id, "row_id": row.pk}


def user_of(side: Side, _user: User) -> Parts:
    """A commune officer of the side: whom a province officer may manage when the commune is in the province."""
    return {"user_id": _officer(side).user_id}


def held_role(side: Side, _user: User) -> Parts:
    found = _officer(side)
    return {"user_id": found.user_id, "assignment_id": found.pk}


def _officer(side: Side) -> RoleAssignment:
    found = RoleAssignment.objects.filter(role="commune_officer", area=side.commune).order_by("pk").first()
    return found or RoleAssignment.objects.create(user=_colleague(side), role="commune_officer", area=side.commune, since=day("2026-01-01"))


def given(side: Side, user: User) -> Parts:
    who = user_of(side, user)["user_id"]
    verb = Permission.objects.get(codename="may_update")
    found, _made = AreaPermission.objects.get_or_create(user_id=who, permission=verb, content_object=side.commune)
    return {"user_id": who, "permission_id": found.pk}


def event(side: Side, _user: User) -> Parts:
    audit.record(
        verb="read",
        kind="household",
        object_id=side.household.public_id,
        by=COUNTRY,
        area=(side.household.province_no, side.household.area_pos),
    )
    return {"event_id": AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first()}


def calendar_proposal(side: Side, _user: User) -> Parts:
    number = located(side)["province_no"]
    # It is the province's, and all its communes read who asked for it.
    somebody, _made = User.objects.get_or_create(
        username=f"truoc.{number}", defaults={"full_name": f"Người tỉnh {number}", "password": "!"}
    )
    CycleProposal.objects.filter(province_no=number).delete()
    asked = CycleProposal.objects.create(
        province_no=number, since=datetime.date(2027, 1, 1), cut_off_day=15, list_by_day=24, pay_from_day=1, pay_to_day=10, report_by_day=19,
        recovery_share_percent=50, second_approval_above=5_000_000_000, reason="x", made_by=somebody,
    )  # fmt: skip
    return {"proposal_id": asked.pk}


def agency(side: Side, user: User) -> Parts:
    """The agency that pays the side's commune; the user, if a clerk, works at its counter there."""
    found, _made = Agency.objects.get_or_create(
        code=f"B{side.commune.code}", defaults={"name": f"Bưu điện {side.commune.code}", "kind": "post"}
    )
    point, _made = ServicePoint.objects.get_or_create(
        agency=found, code="1", defaults={"name": f"Điểm {_word(side)}", "commune": side.commune, **located(side)}
    )
    post = RoleAssignment.objects.filter(user=user, role=Role.AGENCY_CLERK).first()
    if post is not None:
        AgencyPost.objects.get_or_create(assignment=post, defaults={"agency": found, "service_point": point})
    return {"agency_id": found.pk}


def delivery(side: Side, user: User) -> Parts:
    """The side's list as sent to the agency of the side."""
    payer = Agency.objects.get(pk=agency(side, user)["agency_id"])
    content = vault.store(_word(side).encode(), folder="deliveries", suffix=".csv")
    files = [{"format": "csv", "file": content.name, "sha256": content.sha256, "size": content.size}]
    found, _made = Delivery.objects.get_or_create(
        pay_list=side.pay_list, defaults={"agency": payer, "service_point": payer.points.get(), "files": files, **located(side)}
    )
    return {"public_id": found.public_id}


def list_sent(side: Side, user: User) -> Parts:
    """The side's list with its results in; the world's lists have no entries in the ledger, so that nothing of them can be booked."""
    delivery(side, user)
    PaymentList.objects.filter(pk=side.pay_list.pk).update(status="results_in")
    return {"list_id": side.pay_list.pk}


def counter_line(side: Side, user: User) -> Parts:
    found = list_sent(side, user)["list_id"]
    return {"line": PaymentLine.objects.filter(month=side.pay_list.month, list_id=found).values_list("public_id", flat=True).first()}


def counter_village(side: Side, user: User) -> Parts:
    list_sent(side, user)
    return {"village_id": side.household.village_id or side.commune.pk}


def result_batch(side: Side, user: User) -> Parts:
    """A file that the counter of the side sent."""
    payer = Agency.objects.get(pk=agency(side, user)["agency_id"])
    kept = vault.store(_word(side).encode(), folder="results", suffix=".csv")
    found, _made = ResultBatch.objects.get_or_create(
        agency=payer, client_key="x",
        defaults={
            "service_point": payer.points.get(), "file": kept.name, "format": "csv", "sha256": kept.sha256, "status": "staged",
            **located(side),
        },
    )  # fmt: skip
    return {"public_id": found.public_id}


def agency_service(side: Side, user: User) -> Parts:
    payer = Agency.objects.get(pk=agency(side, user)["agency_id"])
    found, _made = ServiceArea.objects.get_or_create(
        agency=payer, commune=side.commune, channel="post", defaults={"since": day("2026-01-01"), **located(side)}
    )
    return {"agency_id": payer.pk, "area_id": found.pk}


def agency_key(side: Side, user: User) -> Parts:
    payer = agency(side, user)["agency_id"]
    found, _made = ApiKey.objects.get_or_create(
        agency_id=payer,
        prefix=side.commune.code,
        defaults={"name": "x", "hash": "x", "scopes": ["deliveries.read"], "expires_on": day("2027-01-01")},
    )
    return {"agency_id": payer, "key_id": found.pk}


def statement(side: Side, user: User) -> Parts:
    """The statement of the side's agency in the side's province; a clerk at a counter does not see it (tests/settling/test_statements.py)."""
    payer = Agency.objects.get(pk=agency(side, user)["agency_id"])
    province = side.commune.parent
    assert province is not None
    found, _made = Statement.objects.get_or_create(
        agency=payer, month=MONTH, province_no=side.household.province_no, defaults={"lists": 1, "area_pos": province.position}
    )
    return {"public_id": Statement.objects.get(pk=found.pk).public_id}


def uncollected(side: Side, _user: User) -> Parts:
    """The side's family has not come for three months."""
    found, _made = Uncollected.objects.get_or_create(
        household=side.household,
        defaults={"since": day("2026-09-01"), "last_month": MONTH, "months": 3, "amount": 3_000_000, **located(side)},
    )
    return {"public_id": Uncollected.objects.get(pk=found.pk).public_id}


def write_off(side: Side, _user: User) -> Parts:
    """A colleague's request that waits for an answer."""
    asked = {"amount": 1, "ground": "no_heir", "reason": f"Biên bản {_word(side)}", "asked_by": _colleague(side), **located(side)}
    found, _made = WriteOff.objects.get_or_create(household=side.household, month=MONTH, line_id=side.pay_list.pk, defaults=asked)
    return {"public_id": WriteOff.objects.get(pk=found.pk).public_id}


def receiver(side: Side, user: User) -> Parts:
    """Somebody who collects for the household, recorded by a colleague."""
    found = Receiver.objects.filter(household=side.household).first() or Receiver.objects.create(
        household=side.household, full_name=f"Người nhận {_word(side)}", number_enc=b"x", number_index=b"x", tail="123", relation="con",
        paper="authorised", paper_no="1", paper_on=day("2026-01-02"), since=day("2026-01-05"), until=day("2027-01-05"),
        made_by=_colleague(side), **located(side),
    )  # fmt: skip
    return {"public_id": found.public_id}


def letters(side: Side, _user: User) -> Parts:
    """A letter that waits for the printer."""
    template = NoticeTemplate.objects.get_or_create(kind="payday", medium="letter", version=1, defaults={"title": "x", "body": "x"})[0]
    Notice.objects.get_or_create(
        kind="payday", key="x", household=side.household,
        defaults={"code": f"{side.household.pk:012X}", "medium": "letter", "template": template, **located(side)},
    )  # fmt: skip
    Notice.objects.filter(household=side.household).update(state="queued")
    return {"area_id": side.household.commune_id}


def verification(side: Side, user: User) -> Parts:
    """A plan with the side's line in its sample."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM payments_paymentline WHERE month = %s AND household_id = %s ORDER BY id LIMIT 1", [MONTH, side.household.pk]
        )
        row = cursor.fetchone()
    found = VerificationSample.objects.filter(household=side.household).select_related("plan").first() or VerificationSample.objects.create(
        plan=VerificationPlan.objects.create(month=MONTH, area=side.commune, seed=1, population=1, size=1), number=1, month=MONTH,
        line_id=row[0] if row else 0, household=side.household, stratum_size=1, **located(side),
    )  # fmt: skip
    return {"public_id": found.plan.public_id}


THINGS: dict[str, Maker] = {
    "receiver": receiver,
    "letters": letters,
    "verification": verification,
    "verification_answer": lambda side, user: verification(side, user) | {"place": 1},
    "statement": statement,
    "statement_file": lambda side, user: statement(side, user) | {"kind": "xlsx"},
    "uncollected": uncollected,
    "write_off": write_off,
    "agency": agency,
    "agency_service": agency_service,
    "agency_key": agency_key,
    "delivery": delivery,
    "list_sent": list_sent,
    "list_blank": lambda side, user: list_sent(side, user) | {"kind": "csv"},
    "counter_line": counter_line,
    "counter_village": counter_village,
    "result_batch": result_batch,
    "delivery_file": lambda side, user: delivery(side, user) | {"kind": "csv"},
    "household": lambda side, _user: {"public_id": side.household.public_id},
    "person": lambda side, _user: {"public_id": side.person.public_id},
    "list": lambda side, _user: {"list_id": side.pay_list.pk},
    "calendar_proposal": calendar_proposal,
    "list_file": lambda side, _user: {"list_id": side.pay_list.pk, "kind": "xlsx"},
    "import": lambda side, _user: {"public_id": side.batch.public_id},
    "import_row": import_row,
    "job": lambda side, _user: {"job_id": side.job.pk},
    "case": case,
    "case_file": case_file,
    "case_posted": case_posted,
    "case_move": lambda side, user: case(side, user) | {"name": "check"},
    "case_id": lambda side, user: {"case_id": case(side, user)["public_id"]},
    "change": change,
    "change_own": change_own,
    "export_waiting": export_waiting,
    "transfer": transfer,
    "decision": decision,
    "bulk": bulk,
    "export": export,
    "view": saved_view,
    "handover": handover,
    "workbook": workbook,
    "finding": finding,
    "reform": reform,
    "area": lambda side, _user: {"area_id": side.commune.pk},
    "error_report": error_report,
    "user": user_of,
    "held_role": held_role,
    "given": given,
    "event": event,
}
# What an address reads from its query or its form: the same for both sides, so that the other side's is tried there too.
ASKED: dict[str, Maker] = {
    "person": lambda side, _user: {"person": str(side.person.public_id)},
    "household": lambda side, _user: {"household": str(side.household.public_id)},
    "decision": lambda side, user: {"id": str(decision(side, user)["public_id"])},
}
# Belongs to a user and not to an area: the neighbour's is another user's, whatever the range.
PERSONAL = frozenset({"view", "export", "handover", "change_own"})
# The same for everybody: names of places, seen from anywhere.
PUBLIC = frozenset({"area", "reform", "agency"})
NUMBERS = (
    "list_id",
    "village_id",
    "job_id",
    "user_id",
    "assignment_id",
    "report_id",
    "pk",
    "permission_id",
    "agency_id",
    "area_id",
    "key_id",
)
NOBODYS: Parts = dict.fromkeys(NUMBERS, 0) | dict.fromkeys(("public_id", "case_id", "line"), uuid.UUID(int=7))
