"""What the addresses need: each entry gives the parts of an address for one commune's things, made when they are asked for.

`needs` of a row in matrix.py is a name here. A maker gets the side (own or sibling) and the user who asks (or, for the sibling, the
neighbour's user of the same role): what belongs to a user and not to an area is told apart by that.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import Permission

from beneficiaries.models import Case, CaseAttachment, DecisionDocument, Found
from households.models import AreaReform, BulkChange, ChangeRequest, ImportRow, Transfer, Workbook
from posasoft.core import audit, vault
from posasoft.core.models import AreaPermission, AuditEvent, ErrorReport, ExportRequest, Handover, RoleAssignment, SavedView, User
from posasoft.core.scope import COUNTRY
from tests.access.world import CANARY, MONTH, Side
from tests.browser.cast import PROVINCE_NO, day

PAPER = b"%PDF-1.4\n%%EOF\n"
Parts = dict[str, Any]
Maker = Callable[[Side, User], Parts]


def located(side: Side) -> dict[str, int]:
    return {"province_no": PROVINCE_NO, "area_pos": side.household.area_pos}


def _word(side: Side) -> str:
    return CANARY if side.household.code.endswith("000001") else "Của mình"


def case(side: Side, _user: User) -> Parts:
    found = Case.objects.filter(household=side.household).first() or Case.objects.create(
        form="335-02", commune=side.commune, household=side.household, person=side.person, applicant=f"{side.person.full_name}",
        status="received", number=f"HS-{side.household.pk}", received_on=day("2026-11-02"), due_on=day("2026-12-01"), **located(side),
    )  # fmt: skip
    return {"public_id": found.public_id}


def case_file(side: Side, user: User) -> Parts:
    parent = Case.objects.get(public_id=case(side, user)["public_id"])
    file = CaseAttachment.objects.filter(case=parent).first() or CaseAttachment.objects.create(
        case=parent, stored=vault.store(PAPER, folder="attachments", suffix=".pdf").name, file_name=f"{_word(side)}.pdf",
        media_type="application/pdf", size=1, sha256="0" * 64,
        **located(side),
    )  # fmt: skip
    return {"public_id": parent.public_id, "file_id": file.public_id}


def _request(side: Side, user: User, kind: str = "correct_name") -> ChangeRequest:
    return ChangeRequest.objects.filter(household=side.household, kind=kind).first() or ChangeRequest.objects.create(
        kind=kind,
        household=side.household,
        person=side.person,
        reason=f"Sửa tên {_word(side)}",
        effective_on=day("2026-11-01"),
        **located(side),
    )


def change(side: Side, user: User) -> Parts:
    return {"public_id": _request(side, user).public_id}


def transfer(side: Side, user: User) -> Parts:
    found = Transfer.objects.filter(request__household=side.household).first() or Transfer.objects.create(
        request=_request(side, user, "transfer"), from_area=side.commune, to_area=side.commune, effective_on=day("2026-11-01"),
        sheet={"who": f"Giàng {_word(side)}", "code": side.household.code, "poverty": "poor", "people": [], "kind": "transfer"},
        **located(side),
    )  # fmt: skip
    return {"public_id": found.public_id}


def decision(side: Side, _user: User) -> Parts:
    found = DecisionDocument.objects.filter(household=side.household).first() or DecisionDocument.objects.create(
        kind="grant", household=side.household, person=side.person, commune=side.commune, **located(side)
    )
    return {"public_id": found.public_id}


def bulk(side: Side, user: User) -> Parts:
    found = BulkChange.objects.filter(area_pos=side.household.area_pos).first() or BulkChange.objects.create(
        subject="h",
        fact="poverty",
        value={"kind": "poverty", "columns": ["poor", None, None]},
        since=day("2026-11-01"),
        reason=f"Đổi loạt {_word(side)}",
        **located(side),
    )
    return {"public_id": found.public_id}


def export(side: Side, user: User) -> Parts:
    found = ExportRequest.objects.filter(requested_by=user).first() or ExportRequest.objects.create(
        kind="households", reason=f"Báo cáo {_word(side)}", count=1, status="waiting_second", role="commune_officer", scope_kind="area",
        scope_hi=side.commune.position_end, requested_by=user, **located(side),
    )  # fmt: skip
    return {"public_id": found.public_id}


def saved_view(side: Side, user: User) -> Parts:
    role = RoleAssignment.objects.filter(user=user).values_list("role", flat=True).first() or ""
    found = SavedView.objects.filter(owner=user).first() or SavedView.objects.create(
        page="households", name=f"Góc nhìn {_word(side)}", owner=user, role=role
    )
    return {"public_id": found.public_id}


def handover(side: Side, user: User) -> Parts:
    officer = RoleAssignment.objects.filter(role="commune_officer", area=side.commune).first()
    assert officer is not None
    other = User.objects.exclude(pk=officer.user_id).first()
    assert other is not None
    found = Handover.objects.filter(assignment=officer).first() or Handover.objects.create(
        assignment=officer, from_user_id=officer.user_id, to_user=other, effective_on=day("2026-12-01"), made_by_id=officer.user_id,
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
    found = User.objects.filter(roles__role="commune_officer", roles__area=side.commune).first()
    return {"user_id": found.pk if found else 0}


def held_role(side: Side, _user: User) -> Parts:
    found = RoleAssignment.objects.get(role="commune_officer", area=side.commune)
    return {"user_id": found.user_id, "assignment_id": found.pk}


def given(side: Side, user: User) -> Parts:
    who = user_of(side, user)["user_id"]
    verb = Permission.objects.get(codename="may_update")
    found, _made = AreaPermission.objects.get_or_create(user_id=who, permission=verb, content_object=side.commune)
    return {"user_id": who, "permission_id": found.pk}


def event(side: Side, _user: User) -> Parts:
    audit.record(verb="read", kind="household", object_id=side.household.public_id, by=COUNTRY, area=(PROVINCE_NO, side.household.area_pos))
    return {"event_id": AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first()}


THINGS: dict[str, Maker] = {
    "household": lambda side, _user: {"public_id": side.household.public_id},
    "person": lambda side, _user: {"public_id": side.person.public_id},
    "list": lambda side, _user: {"list_id": side.pay_list.pk},
    "list_file": lambda side, _user: {"list_id": side.pay_list.pk, "kind": "xlsx"},
    "import": lambda side, _user: {"public_id": side.batch.public_id},
    "import_row": import_row,
    "job": lambda side, _user: {"job_id": side.job.pk},
    "case": case,
    "case_file": case_file,
    "case_move": lambda side, user: case(side, user) | {"name": "receive"},
    "case_id": lambda side, user: {"case_id": case(side, user)["public_id"]},
    "change": change,
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
# Belongs to a user and not to an area: the neighbour's is another user's, whatever the range.
PERSONAL = frozenset({"view"})
# The same for everybody: names of places, seen from anywhere.
PUBLIC = frozenset({"area", "reform"})
NOBODYS: Parts = dict.fromkeys(("list_id", "job_id", "user_id", "assignment_id", "report_id", "pk", "permission_id"), 0) | dict.fromkeys(
    ("public_id", "case_id"), uuid.UUID(int=7)
)
