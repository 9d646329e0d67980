"""Users and the roles they hold: made, granted, ended, by whom it is allowed to. Keyword-only, one transaction each, with its audit row.

Who may grant what is one table: the administrator every role anywhere; a province officer the commune and cluster roles of the own province.
Nobody grants anything to oneself.
"""

from __future__ import annotations

import datetime

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from posasoft.core import audit, permissions, sessions
from posasoft.core.access import SYSTEM, in_force
from posasoft.core.models import Area, AssignedItem, Level, Role, RoleAssignment, ScopeKind, User
from posasoft.core.names import nfc_name
from posasoft.core.scope import Scope
from posasoft.core.verbs import Verb, verbs_of

# What a role counts its range in, where it is not an area (design: own households, own lists, own programmes).
KINDS = {
    Role.COLLABORATOR: ScopeKind.HOUSEHOLDS,
    Role.AGENCY_CLERK: ScopeKind.LISTS,
    Role.LINE_MINISTRY: ScopeKind.PROGRAMMES,
}
_COMMUNE_ROLES = frozenset({Role.COMMUNE_OFFICER, Role.COMMUNE_CHAIR, Role.COLLABORATOR})
# Who may grant which roles; a role that is missing here grants nothing.
GRANTS: dict[str, frozenset[str]] = {
    Role.ADMINISTRATOR: frozenset(Role.values),
    Role.PROVINCE_OFFICER: _COMMUNE_ROLES | {Role.CLUSTER_OFFICER},
}
# Where a role may stand. None is the whole country.
LEVELS: dict[str, frozenset[str | None]] = {
    Role.COMMUNE_OFFICER: frozenset({Level.COMMUNE}),
    Role.COMMUNE_CHAIR: frozenset({Level.COMMUNE}),
    Role.COLLABORATOR: frozenset({Level.COMMUNE, Level.VILLAGE}),
    Role.CLUSTER_OFFICER: frozenset({Level.CLUSTER}),
    Role.PROVINCE_OFFICER: frozenset({Level.PROVINCE}),
    Role.AGENCY_CLERK: frozenset({Level.COMMUNE, Level.CLUSTER, Level.PROVINCE}),
    Role.LINE_MINISTRY: frozenset({Level.PROVINCE, None}),
    Role.AUDITOR: frozenset({Level.PROVINCE, None}),
    Role.HOTLINE: frozenset({Level.PROVINCE, None}),
    Role.MINISTRY_ANALYST: frozenset({None}),
    Role.ADMINISTRATOR: frozenset({None}),
}


class RoleRefused(Exception):
    """The user or the role cannot be changed so; the message is for the screen (Vietnamese). ``field`` names the input it is about."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def grant_role(
    *,
    user: User,
    role: str,
    area: Area | None,
    since: datetime.date,
    by: Scope,
    until: datetime.date | None = None,
    verbs: list[str] | None = None,
) -> RoleAssignment:
    """Give a user a role on an area (None: the whole country) from a day on; the same grant twice is one grant.

    ``verbs`` narrows the role to some of its verbs. Raises RoleRefused when ``by`` may not grant it, or the role cannot stand there.
    """
    if by.role != SYSTEM:
        _check_reach(user, role, area, by)
        _check_place(role, area)
    _check_verbs(role, verbs)
    if until is not None and until <= since:
        raise RoleRefused(_("Ngày kết thúc phải sau ngày bắt đầu."), "until")
    assignment, made = RoleAssignment.objects.get_or_create(
        user=user, role=role, area=area, since=since,
        defaults={"scope_kind": KINDS.get(Role(role), ScopeKind.AREA), "until": until, "verbs": verbs, "granted_by_id": by.user_id},
    )  # fmt: skip
    if not made and by.role != SYSTEM:
        raise RoleRefused(_("Người này đã có vai trò đó tại địa bàn đó từ ngày đó."), "role")
    permissions.bring_up_to_date(user=user)
    audit.record(
        verb="grant_role", kind="core_user", object_id=user.pk, by=by, area=_place(area), role=role, area_id=area.pk if area else None,
        since=since.isoformat(), until=until.isoformat() if until else None, verbs=verbs,
    )  # fmt: skip
    return assignment


@transaction.atomic
def end_role(*, assignment: RoleAssignment, on: datetime.date, by: Scope) -> None:
    """Take a role away from a day on: from then the user no longer acts in it, from the next request if the day is today.

    One ended before it began never was, and keeps its row with an end one day after its beginning. Raises RoleRefused when ``by`` may not.
    """
    if by.role != SYSTEM:
        _check_reach(assignment.user, assignment.role, assignment.area, by)
    until = max(on, assignment.since + datetime.timedelta(days=1))
    if RoleAssignment.objects.filter(pk=assignment.pk).exclude(until__lte=until).update(until=until):
        AssignedItem.objects.filter(assignment=assignment, until__isnull=True, since__lt=until).update(until=until)
        permissions.bring_up_to_date(user=assignment.user)
        audit.record(
            verb="end_role", kind="core_user", object_id=assignment.user_id, by=by, area=_place(assignment.area), role=assignment.role,
            assignment_id=assignment.pk, until=until.isoformat(),
        )  # fmt: skip


@transaction.atomic
def create_user(*, username: str, full_name: str, email: str, by: Scope) -> User:
    """A user without a password and without a role; an invitation lets the person choose the password. Raises RoleRefused for bad values."""
    _check_may_administer(by)
    user = User(
        username=User.normalize_username(username.strip()), full_name=nfc_name(full_name), email=User.objects.normalize_email(email.strip())
    )
    if not user.full_name:
        raise RoleRefused(_("Họ và tên không được để trống."), "full_name")
    user.set_unusable_password()
    try:
        UnicodeUsernameValidator()(user.username)
        with transaction.atomic():
            user.save(force_insert=True)
    except ValidationError as error:
        raise RoleRefused(_("Tên đăng nhập chỉ gồm chữ, số và các dấu @ . + - _"), "username") from error
    except IntegrityError as error:
        raise RoleRefused(_("Tên đăng nhập này đã có người dùng."), "username") from error
    audit.record(verb="create", kind="core_user", object_id=user.pk, by=by)
    return user


@transaction.atomic
def create_with_role(
    *, username: str, full_name: str, email: str, role: str, area: Area | None, since: datetime.date, until: datetime.date | None,
    verbs: list[str] | None, by: Scope,
) -> User:  # fmt: skip
    """A user with the first role, or neither. Raises RoleRefused."""
    user = create_user(username=username, full_name=full_name, email=email, by=by)
    grant_role(user=user, role=role, area=area, since=since, until=until, verbs=verbs, by=by)
    return user


@transaction.atomic
def deactivate(*, user: User, by: Scope) -> None:
    """Close an account: every session of it ends with this transaction, and no role of it counts. Raises RoleRefused."""
    check_may_manage(user, by)
    if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        user.is_active = False
        sessions.end_all(user_id=user.pk, by=by)
        permissions.bring_up_to_date(user=user)
        audit.record(verb="deactivate", kind="core_user", object_id=user.pk, by=by)


@transaction.atomic
def reactivate(*, user: User, by: Scope) -> None:
    """Open an account again; the roles still in force count again. Raises RoleRefused."""
    check_may_manage(user, by)
    if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        user.is_active = True
        permissions.bring_up_to_date(user=user)
        audit.record(verb="reactivate", kind="core_user", object_id=user.pk, by=by)


def grantable(scope: Scope) -> list[str]:
    """Roles that the acting role may grant, in the order of the list of roles."""
    return [role for role in Role.values if role in GRANTS.get(scope.role, ())]


def check_may_manage(user: User, by: Scope) -> None:
    """Raises RoleRefused unless ``by`` may close, open or invite this user: not oneself, and every role of the user one that ``by`` could grant."""
    _check_may_administer(by)
    if by.user_id == user.pk:
        raise RoleRefused(_("Không ai tự thay đổi tài khoản của mình ở đây."))
    for assignment in user.roles.filter(in_force(timezone.localdate())).select_related("area"):
        _check_reach(user, assignment.role, assignment.area, by)


def check_may_assign(assignment: RoleAssignment, by: Scope) -> None:
    """Raises RoleRefused unless ``by`` could grant this role there: who grants a role says what it sees."""
    _check_may_administer(by)
    if by.role != SYSTEM:
        _check_reach(assignment.user, assignment.role, assignment.area, by)


def _check_may_administer(by: Scope) -> None:
    if by.role != SYSTEM and Verb.ADMINISTER not in verbs_of(by.role):
        raise RoleRefused(_("Vai trò của bạn không quản lý người dùng."))


def _check_reach(user: User, role: str, area: Area | None, by: Scope) -> None:
    """Not oneself, a role that ``by`` may grant, inside its range."""
    if by.user_id == user.pk:
        raise RoleRefused(_("Không ai được tự cấp hoặc tự thu vai trò của mình."))
    if role not in GRANTS.get(by.role, ()):
        raise RoleRefused(_("Vai trò của bạn không được cấp vai trò này."), "role")
    if area is None:
        inside = by.role == Role.ADMINISTRATOR
    else:
        # A unit of the past has no place in the tree any more: only the administrator ends what stood there.
        inside = by.role == Role.ADMINISTRATOR if area.position is None else by.lo <= area.position < by.hi
    if not inside:
        raise RoleRefused(_("Địa bàn này không thuộc phạm vi của bạn hoặc không còn hiện hành."), "area")


def _check_place(role: str, area: Area | None) -> None:
    if (area.level if area else None) not in LEVELS[role]:
        raise RoleRefused(_("Vai trò này không đặt ở cấp địa bàn đó."), "area")
    if area is not None and area.position is None:
        raise RoleRefused(_("Địa bàn này không thuộc phạm vi của bạn hoặc không còn hiện hành."), "area")


def _check_verbs(role: str, verbs: list[str] | None) -> None:
    if verbs is not None and (not verbs or not set(verbs) <= {verb.value for verb in verbs_of(role)}):
        raise RoleRefused(_("Chỉ chọn trong các quyền của vai trò, ít nhất một quyền."), "verbs")


def _place(area: Area | None) -> tuple[int, int] | None:
    return (area.province_no or 0, area.position) if area and area.position is not None else None
