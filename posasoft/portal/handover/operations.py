"""Drafting, completing and dropping a hand-over. One transaction each, with its audit row."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from posasoft.core import access, audit
from posasoft.core.models import AssignedItem, Handover, RoleAssignment, User
from posasoft.core.roles import RoleRefused, end_role, grant_role
from posasoft.core.scope import WHOLE_COUNTRY, Scope, unbound
from posasoft.portal.handover.work import pass_on


class HandoverError(ValueError):
    """The post cannot be handed over as asked; the message is for the officer."""


@transaction.atomic
def draft(*, assignment: RoleAssignment, to_user: User, effective_on: datetime.date, note: str, by: Scope) -> Handover:
    """Prepare the hand-over of a post: nothing moves yet. A draft of the same post is replaced. Raises HandoverError."""
    _check(assignment, to_user, by)
    if by.user_id is None:
        raise ValueError("somebody hands over")
    area = assignment.area
    values = {
        "from_user_id": assignment.user_id,
        "to_user": to_user,
        "effective_on": effective_on,
        "note": note,
        "made_by_id": by.user_id,
        "province_no": (area.province_no or 0) if area else 0,
        "area_pos": (area.position or 0) if area else 0,
    }
    with unbound(by):
        row, _made = Handover.objects.update_or_create(assignment=assignment, status=Handover.Status.DRAFT, defaults=values)
        audit.record(verb="draft_handover", kind="handover", object_id=row.pk, by=by, area=(row.province_no, row.area_pos))
    return row


@transaction.atomic
def complete(*, handover: Handover, by: Scope) -> Handover:
    """The post passes: its open work is the successor's at once; the predecessor's role ends on the day, the successor's begins.

    Raises HandoverError when it is done already, or when the successor has no such role and the actor may not give it.
    """
    with unbound(by):
        return _complete(handover, by)


def _complete(handover: Handover, by: Scope) -> Handover:
    row = Handover.objects.select_for_update(of=("self",)).select_related("assignment__area", "to_user").get(pk=handover.pk)
    if row.status != Handover.Status.DRAFT:
        raise HandoverError(_("Biên bản này đã hoàn tất."))
    assignment = row.assignment
    _check(assignment, row.to_user, by)
    successor = _hold_role(assignment, row.to_user, row.effective_on, by)
    row.moved = pass_on(assignment, row.to_user_id)
    _pass_on_items(assignment, successor, row.effective_on)
    # Nobody takes a role from oneself by hand; laying it down with minutes and a successor is the one way, so the system does it.
    end_role(assignment=assignment, on=row.effective_on, by=Scope("area", *WHOLE_COUNTRY, user_id=by.user_id, role=access.SYSTEM))
    row.status = Handover.Status.DONE
    row.save(update_fields=["moved", "status"])
    Handover.objects.filter(pk=row.pk).update(done_at=Now())
    audit.record(verb="complete_handover", kind="handover", object_id=row.pk, by=by, area=(row.province_no, row.area_pos), moved=row.moved)
    row.refresh_from_db()
    return row


@transaction.atomic
def drop(*, handover: Handover, by: Scope) -> None:
    """Give up a draft; a completed hand-over stays for ever."""
    with unbound(by):
        Handover.objects.filter(pk=handover.pk, status=Handover.Status.DRAFT).delete()
        audit.record(verb="drop_handover", kind="handover", object_id=handover.pk, by=by)


def _pass_on_items(assignment: RoleAssignment, successor: RoleAssignment, day: datetime.date) -> None:
    """The households, lists or programmes of the post are the successor's from the day on which they cease to be the predecessor's."""
    fields = AssignedItem.objects.filter(assignment=assignment, until__isnull=True).values("kind", "object_id", "code", "since")
    AssignedItem.objects.bulk_create(
        [AssignedItem(**item | {"assignment": successor, "since": max(day, item["since"])}) for item in fields], ignore_conflicts=True
    )


def may_hand_over(assignment: RoleAssignment, by: Scope) -> bool:
    """The holder of a post, and whoever may administer roles where it lies."""
    if by.user_id == assignment.user_id:
        return True
    return access.may(by, access.Verb.ADMINISTER, assignment.area.position if assignment.area else None)


def _check(assignment: RoleAssignment, to_user: User, by: Scope) -> None:
    if not may_hand_over(assignment, by):
        raise HandoverError(_("Bạn không giữ vai trò này và không có quyền quản trị ở địa bàn này."))
    if to_user.pk == assignment.user_id:
        raise HandoverError(_("Người nhận phải là người khác."))
    if not to_user.is_active:
        raise HandoverError(_("Tài khoản của người nhận đã ngừng hoạt động."))
    if assignment.until is not None and assignment.until <= timezone.localdate():
        raise HandoverError(_("Vai trò này đã kết thúc, không còn gì để bàn giao."))


def _hold_role(assignment: RoleAssignment, to_user: User, day: datetime.date, by: Scope) -> RoleAssignment:
    held = to_user.roles.filter(Q(until__isnull=True) | Q(until__gt=day), role=assignment.role, area=assignment.area).first()
    if held is not None:
        return held
    try:
        return grant_role(user=to_user, role=assignment.role, area=assignment.area, since=day, by=by)
    except RoleRefused as error:
        raise HandoverError(
            _("%(name)s chưa có vai trò này ở địa bàn. Nhờ quản trị cấp vai trò trước, hoặc nhờ quản trị hoàn tất bàn giao.")
            % {"name": to_user.full_name}
        ) from error
