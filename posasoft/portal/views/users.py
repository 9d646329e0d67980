"""Users and their roles: for the administrator, and for the province officer in the own province."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from posasoft.core import audit, invitations, permissions, roles, second_factor
from posasoft.core.access import allow
from posasoft.core.models import AreaPermission, Role, RoleAssignment, User
from posasoft.core.roles import RoleRefused, grantable
from posasoft.core.verbs import LABELS, Verb
from posasoft.portal import words
from posasoft.portal.administration.forms import GiveForm, GrantForm, UserForm
from posasoft.portal.queries import users
from posasoft.portal.queries.users import Filters
from posasoft.portal.requests import OfficerRequest

USER_ROLES = (Role.PROVINCE_OFFICER, Role.ADMINISTRATOR)


def found_user(request: OfficerRequest, user_id: int) -> User:
    """The user if the acting role sees one of the user's roles, else 404."""
    user = users.visible(request.scope).filter(pk=user_id).first()
    if user is None:
        raise Http404
    return user


@allow(*USER_ROLES)
def index(request: OfficerRequest) -> HttpResponse:
    """Users by name, role and area: who holds which role where today. The name comes by POST and stays in the session."""
    if request.method == "POST":
        asked = {
            "w": words.keep(request, request.POST.get("q", "")),
            "role": request.POST.get("role", ""),
            "area": request.POST.get("area", ""),
        }
        return redirect(f"{reverse('portal:users')}?{urlencode({name: value for name, value in asked.items() if value})}")
    text = request.GET.get("area", "").strip()
    area = users.place(request.scope, text) if text else None
    role = request.GET.get("role", "")
    filters = Filters(words.of(request, request.GET.get("w", "")), role if role in grantable(request.scope) else "", area)
    rows = users.page_of_users(request.scope, filters, timezone.localdate(), request.GET.get("after", ""))
    context = {
        "rows": rows[: users.PAGE],
        "after": rows[users.PAGE - 1].pk if len(rows) > users.PAGE else "",
        "filters": filters,
        "w": request.GET.get("w", ""),
        "area_text": text,
        "area_unknown": bool(text) and area is None,
        "roles": [(code, _(str(Role(code).label))) for code in grantable(request.scope)],
        "places": users.places(request.scope),
    }
    return render(request, "portal/users/index.html", context)


@allow(*USER_ROLES)
def new(request: OfficerRequest) -> HttpResponse:
    """A new account with its first role; the link for the first password is shown once on the user's page."""
    form, grant = UserForm(request.POST or None), GrantForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid() and grant.is_valid():
        try:
            user = roles.create_with_role(**form.cleaned_data, **grant.cleaned_data, by=request.scope)
        except RoleRefused as refusal:
            _show(form if refusal.field in form.fields else grant, refusal)
        else:
            return _invited(request, user, _("Đã tạo tài khoản. Gửi đường dẫn dưới đây cho người dùng để đặt mật khẩu."))
    return render(request, "portal/users/new.html", {"form": form, "grant": grant, "places": users.places(request.scope)})


@allow(*USER_ROLES)
def show(request: OfficerRequest, user_id: int) -> HttpResponse:
    """One user: state of the account, roles with their history, permissions given besides."""
    return _page(request, found_user(request, user_id))


@allow(*USER_ROLES)
@require_POST
def grant(request: OfficerRequest, user_id: int) -> HttpResponse:
    """Give a role from a day on; what was typed is shown again when it cannot be."""
    user = found_user(request, user_id)
    form = GrantForm(request.POST, scope=request.scope)
    if form.is_valid():
        try:
            roles.grant_role(user=user, **form.cleaned_data, by=request.scope)
        except RoleRefused as refusal:
            _show(form, refusal)
        else:
            messages.success(request, _("Đã cấp vai trò."))
            return redirect("portal:user", user.pk)
    return _page(request, user, grant_form=form)


@allow(*USER_ROLES)
@require_POST
def end(request: OfficerRequest, user_id: int, assignment_id: int) -> HttpResponse:
    """End a role today: the user's next request no longer acts in it."""
    user = found_user(request, user_id)
    held = users.manageable(request.scope).filter(pk=assignment_id, user=user).select_related("area", "user").first()
    if held is None:
        raise Http404
    return _done(
        request, user, lambda: roles.end_role(assignment=held, on=timezone.localdate(), by=request.scope), _("Đã kết thúc vai trò.")
    )


@allow(*USER_ROLES)
@require_POST
def switch(request: OfficerRequest, user_id: int) -> HttpResponse:
    """Close the account and end its sessions, or open it again."""
    user = found_user(request, user_id)
    if request.POST.get("to") == "closed":
        return _done(
            request, user, lambda: roles.deactivate(user=user, by=request.scope), _("Đã khóa tài khoản và kết thúc mọi phiên làm việc.")
        )
    return _done(request, user, lambda: roles.reactivate(user=user, by=request.scope), _("Đã mở lại tài khoản."))


@allow(*USER_ROLES)
@require_POST
def invite(request: OfficerRequest, user_id: int) -> HttpResponse:
    """A new one-time link for a password; earlier links are void."""
    user = found_user(request, user_id)
    try:
        roles.check_may_manage(user, request.scope)
    except RoleRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("portal:user", user.pk)
    return _invited(request, user, _("Đường dẫn mới để đặt mật khẩu; các đường dẫn trước không còn dùng được."))


@allow(*USER_ROLES)
@require_POST
def reset_factor(request: OfficerRequest, user_id: int) -> HttpResponse:
    """Take the second factor of a user who lost the phone; the user enrols anew at the next sign-in."""
    user = found_user(request, user_id)
    reason = request.POST.get("reason", "").strip()[:200]
    if not reason:
        messages.error(request, _("Cần ghi lý do."))
        return redirect("portal:user", user.pk)

    def act() -> None:
        roles.check_may_manage(user, request.scope)
        second_factor.reset_second_factor(user=user, by=request.scope, reason=reason)

    return _done(request, user, act, _("Đã xóa mã xác thực; người dùng đăng ký lại ở lần đăng nhập tới."))


@allow(Role.ADMINISTRATOR)
@require_POST
def give(request: OfficerRequest, user_id: int) -> HttpResponse:
    """Give one verb on one area besides the roles."""
    user = found_user(request, user_id)
    form = GiveForm(request.POST, scope=request.scope)
    if not form.is_valid():
        return _page(request, user, give_form=form)
    data = form.cleaned_data

    def act() -> None:
        roles.check_may_manage(user, request.scope)
        permissions.give(user=user, verb=Verb(data["verb"]), area=data["area"], until=data["until"], by=request.scope)

    return _done(request, user, act, _("Đã cấp thêm quyền."))


@allow(Role.ADMINISTRATOR)
@require_POST
def take_back(request: OfficerRequest, user_id: int, permission_id: int) -> HttpResponse:
    """Take back a verb given besides the roles."""
    user = found_user(request, user_id)
    given = AreaPermission.objects.filter(pk=permission_id, user=user, of_role=False).first()
    if given is None:
        raise Http404

    def act() -> None:
        roles.check_may_manage(user, request.scope)
        permissions.take_back(given=given, by=request.scope)

    return _done(request, user, act, _("Đã thu lại quyền."))


def _done(request: OfficerRequest, user: User, act: Callable[[], None], said: str) -> HttpResponse:
    try:
        act()
    except RoleRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("portal:user", user.pk)


def _invited(request: OfficerRequest, user: User, said: str) -> HttpResponse:
    """The user's page with the link, shown this once: only its hash is kept."""
    link = request.build_absolute_uri(invitations.invite(user=user, by=request.scope))
    messages.success(request, said)
    return _page(request, user, link=link)


def _show(form: Form, refusal: RoleRefused) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


def _page(
    request: OfficerRequest, user: User, *, grant_form: GrantForm | None = None, give_form: GiveForm | None = None, link: str = ""
) -> HttpResponse:
    today = timezone.localdate()
    history = users.history(request.scope, user)
    is_administrator = request.scope.role == Role.ADMINISTRATOR
    context = {
        "who": user,
        "is_me": user.pk == request.scope.user_id,
        "rows": [(row, _state(row, today), _verbs(row)) for row in history],
        "granters": users.granters(history),
        "grant_form": grant_form or GrantForm(scope=request.scope),
        "give_form": (give_form or GiveForm(scope=request.scope)) if is_administrator else None,
        "given": [(row, _(LABELS[Verb(row.permission.codename.removeprefix("may_"))])) for row in users.given(request.scope, user)],
        "places": users.places(request.scope),
        "has_factor": second_factor.has(user),
        "link": link,
        "link_days": settings.INVITATION_DAYS,
    }
    audit.record(verb="read", kind="core_user", object_id=user.pk, by=request.scope)
    return render(request, "portal/users/show.html", context)


def _state(row: RoleAssignment, today: datetime.date) -> str:
    if row.until is not None and row.until <= today:
        return "ended"
    return "coming" if row.since > today else "now"


def _verbs(row: RoleAssignment) -> list[str]:
    return [_(LABELS[Verb(verb)]) for verb in row.verbs or ()]
