"""What a role of another kind than area is given to see, by whoever may grant the role."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.models import RoleAssignment, ScopeKind
from posasoft.core.roles import RoleRefused
from posasoft.portal.administration import assigning
from posasoft.portal.administration.forms import AssignForm
from posasoft.portal.queries import assigned, users
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.users import USER_ROLES


def _held(request: OfficerRequest, user_id: int, assignment_id: int) -> RoleAssignment:
    held = users.manageable(request.scope).filter(pk=assignment_id, user_id=user_id).select_related("area", "user").first()
    if held is None:
        raise Http404
    return held


@allow(*USER_ROLES)
def show(request: OfficerRequest, user_id: int, assignment_id: int) -> HttpResponse:
    """What one role was given, with counts."""
    return _page(request, _held(request, user_id, assignment_id), AssignForm())


@allow(*USER_ROLES)
@require_POST
def change(request: OfficerRequest, user_id: int, assignment_id: int) -> HttpResponse:
    """Give or take away households, or set the benefits; what was typed is shown again when it cannot be."""
    held = _held(request, user_id, assignment_id)
    form = AssignForm(request.POST)
    benefits = held.scope_kind == ScopeKind.PROGRAMMES
    if benefits or form.is_valid():
        try:
            said = _set_benefits(request, held) if benefits else _set_households(request, held, form)
        except RoleRefused as refusal:
            if benefits:
                messages.error(request, str(refusal))
            else:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, said)
            return redirect("portal:user_items", user_id, assignment_id)
    return _page(request, held, form)


def _set_benefits(request: OfficerRequest, held: RoleAssignment) -> str:
    assigning.set_benefits(assignment=held, benefits=request.POST.getlist("benefits"), on=timezone.localdate(), by=request.scope)
    return _("Đã lưu các chế độ được giao.")


def _set_households(request: OfficerRequest, held: RoleAssignment, form: AssignForm) -> str:
    text, day = form.cleaned_data["text"], form.cleaned_data["since"]
    if request.POST.get("do") == "end":
        count = assigning.end_households(assignment=held, text=text, on=day, by=request.scope)
        return _("Đã thôi giao %(count)d hộ.") % {"count": count}
    count = assigning.assign_households(assignment=held, text=text, since=day, by=request.scope)
    return _("Đã giao thêm %(count)d hộ.") % {"count": count}


def _page(request: OfficerRequest, held: RoleAssignment, form: AssignForm) -> HttpResponse:
    given = assigned.benefits(held)
    context = {
        "held": held,
        "who": held.user,
        "form": form,
        "villages": assigned.villages(held),
        "lists": assigned.lists(held),
        "benefits": [(code, name, code in given) for code, name in assigning.benefits_of_law().items()],
    }
    audit.record(verb="read", kind="core_user", object_id=held.user_id, by=request.scope)
    return render(request, "portal/users/assigned.html", context)
