"""Agencies and their contracts, service points, who pays which commune from which month, and where clerks stand. Keyword-only, one transaction
each, with its audit row. The administrator keeps contracts; a province officer what lies in the own province.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from payments.models import Agency, AgencyPost, ServiceArea, ServicePoint
from payments.operations.sending import hand_sent_to
from posasoft.core import audit
from posasoft.core.access import SYSTEM
from posasoft.core.models import Area, AssignedItem, Role, RoleAssignment
from posasoft.core.months import first_of_month
from posasoft.core.scope import Scope

KIND = "agency"
TERMS = (
    "code", "name", "kind", "contract_no", "contract_from", "contract_until", "fee_per_payment", "fee_basis_points", "on_time_percent",
    "success_percent", "bic", "paying_account", "is_active",
)  # fmt: skip


class AgencyRefused(Exception):
    """What was typed cannot be; the message is for the screen (Vietnamese). ``field`` names the input it is about."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def save_agency(*, agency: Agency | None, terms: dict[str, Any], by: Scope) -> Agency:
    """A new agency, or new terms of one (`TERMS`). Its channel stays what it was once somebody is paid through it. Raises AgencyRefused."""
    if by.role not in (Role.ADMINISTRATOR, SYSTEM):
        raise AgencyRefused(_("Chỉ quản trị hệ thống sửa đơn vị và hợp đồng chi trả."))
    if agency is not None and agency.kind != terms["kind"] and agency.areas.exists():
        raise AgencyRefused(_("Đơn vị đang chi trả qua kênh cũ; không đổi được kênh."), "kind")
    saved = agency or Agency()
    before = {name: getattr(saved, name) for name in TERMS} if agency else {}
    for name in TERMS:
        setattr(saved, name, terms[name])
    try:
        with transaction.atomic():
            saved.save()
    except IntegrityError as error:
        if "payments_agency_contract" in str(error):
            raise AgencyRefused(_("Ngày hết hợp đồng phải sau ngày bắt đầu."), "contract_until") from error
        raise AgencyRefused(_("Mã này đã có đơn vị khác dùng."), "code") from error
    changed = sorted(name for name in TERMS if before.get(name) != terms[name])
    audit.record(verb="set_payer", kind=KIND, object_id=saved.pk, by=by, changed=changed)
    return saved


@transaction.atomic
def save_point(*, agency: Agency, commune: Area, values: dict[str, Any], by: Scope, point: ServicePoint | None = None) -> ServicePoint:
    """A service point in a commune: code, name, address, phone, hours, is_active. Raises AgencyRefused."""
    position = _inside(commune, by)
    saved = point or ServicePoint(agency=agency)
    for name in ("code", "name", "address", "phone", "hours", "is_active"):
        setattr(saved, name, values[name])
    saved.commune, saved.province_no, saved.area_pos = commune, commune.province_no or 0, position
    try:
        with transaction.atomic():
            saved.save()
    except IntegrityError as error:
        raise AgencyRefused(_("Đơn vị đã có điểm chi trả mang mã này."), "code") from error
    _write_down(agency, by, commune, point=saved.pk)
    return saved


@transaction.atomic
def assign_area(*, agency: Agency, commune: Area, point: ServicePoint | None, since: datetime.date, by: Scope) -> ServiceArea:
    """From a month on the agency pays the commune's lists of its channel; whoever did until then ends. Lists already sent stay where they are.

    What was planned for later months gives way. A person gives no month that is over: its families were told where they are paid. Raises
    AgencyRefused.
    """
    position = _inside(commune, by)
    if by.role != SYSTEM and since < first_of_month(timezone.localdate()):
        raise AgencyRefused(_("Tháng đã qua giữ nguyên đơn vị chi trả; hãy chọn từ tháng này trở đi."), "since")
    if point is not None and (point.agency_id != agency.pk or not point.is_active):
        raise AgencyRefused(_("Điểm chi trả không thuộc đơn vị này hoặc đã ngừng hoạt động."), "point")
    if not agency.is_active:
        raise AgencyRefused(_("Đơn vị đã ngừng chi trả."), "point")
    held = ServiceArea.objects.select_for_update().filter(commune=commune, channel=agency.kind)
    held.filter(since__gte=since).delete()
    held.filter(since__lt=since, until__isnull=True).update(until=since)
    held.filter(since__lt=since, until__gt=since).update(until=since)
    made = ServiceArea.objects.create(
        agency=agency, commune=commune, channel=agency.kind, service_point=point, since=since, made_by_id=by.user_id,
        province_no=commune.province_no or 0, area_pos=position,
    )  # fmt: skip
    _write_down(agency, by, commune, since=since.isoformat(), point=point.pk if point else None)
    return made


@transaction.atomic
def end_area(*, area: ServiceArea, month: datetime.date, by: Scope) -> None:
    """The agency no longer pays the commune from a month on; one that had not begun by then goes. Raises AgencyRefused."""
    _inside(area.commune, by)
    if area.since >= month:
        area.delete()
    else:
        ServiceArea.objects.filter(pk=area.pk).update(until=month)
    _write_down(area.agency, by, area.commune, until=month.isoformat())


@transaction.atomic
def set_post(*, assignment: RoleAssignment, agency: Agency, point: ServicePoint | None, by: Scope) -> AgencyPost:
    """Where a clerk stands from now on: at a counter, or (None) in the headquarters. The lists of the counter before are no longer theirs.

    Raises AgencyRefused: no clerk's role, outside the own range, one's own role, or the headquarters by anybody but the administrator.
    """
    if assignment.role != Role.AGENCY_CLERK:
        raise AgencyRefused(_("Chỉ nhân viên chi trả mới được phân về điểm chi trả."), "assignment")
    if by.user_id == assignment.user_id:
        raise AgencyRefused(_("Không ai tự phân công cho mình."), "assignment")
    if assignment.area is not None:
        _inside(assignment.area, by)
    _check_place(assignment, agency, point, by)
    post, made = AgencyPost.objects.update_or_create(
        assignment=assignment, defaults={"agency": agency, "service_point": point, "made_by_id": by.user_id}
    )
    if not made:
        # Items of a counter that was left: sight ends at once, the trail keeps that it was.
        AssignedItem.objects.filter(assignment=assignment, kind="lists").delete()
    hand_sent_to(post)
    audit.record(
        verb="set_payer", kind="core_user", object_id=assignment.user_id, by=by, assignment_id=assignment.pk, agency=agency.pk,
        point=point.pk if point else None,
    )  # fmt: skip
    return post


def _check_place(assignment: RoleAssignment, agency: Agency, point: ServicePoint | None, by: Scope) -> None:
    if point is not None:
        if point.agency_id != agency.pk or not point.is_active:
            raise AgencyRefused(_("Điểm chi trả không thuộc đơn vị này hoặc đã ngừng hoạt động."), "point")
        _inside(point.commune, by)
    # The headquarters sees the files of every province that the agency pays: no province opens that, or takes somebody out of it.
    seated = AgencyPost.objects.filter(assignment=assignment, service_point__isnull=True).exists()
    if (point is None or seated) and by.role not in (Role.ADMINISTRATOR, SYSTEM):
        raise AgencyRefused(_("Trụ sở thấy danh sách của mọi tỉnh: chỉ quản trị hệ thống phân công về trụ sở hoặc rút về."), "point")


def _inside(area: Area, by: Scope) -> int:
    """The area's position when it lies in the acting role's range. Raises AgencyRefused."""
    if by.role not in (Role.ADMINISTRATOR, Role.PROVINCE_OFFICER, SYSTEM):
        raise AgencyRefused(_("Vai trò của bạn không sửa việc chi trả."))
    if area.position is None or not by.holds(area.position):
        raise AgencyRefused(_("Địa bàn này không thuộc phạm vi của bạn hoặc không còn hiện hành."), "commune")
    return area.position


def _write_down(agency: Agency, by: Scope, commune: Area, **detail: Any) -> None:
    area = (commune.province_no or 0, commune.position or 0)
    audit.record(verb="set_payer", kind=KIND, object_id=agency.pk, by=by, area=area, commune=commune.pk, **detail)
