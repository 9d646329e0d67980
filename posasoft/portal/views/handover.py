"""The wizard of handing over a post: whose, to whom, what goes along, the minutes."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from posasoft.core.access import SIGNED_IN, allow
from posasoft.core.models import Handover, RoleAssignment, User
from posasoft.portal import handover as desk
from posasoft.portal.handover import minutes
from posasoft.portal.handover.operations import may_hand_over
from posasoft.portal.queries import handovers
from posasoft.portal.requests import OfficerRequest


class HandoverForm(forms.Form):
    """The post, the successor by user name, the day and what must be said."""

    assignment = forms.ModelChoiceField(label=gettext_lazy("Vai trò bàn giao"), queryset=RoleAssignment.objects.none())
    to_user = forms.CharField(
        label=gettext_lazy("Tên đăng nhập của người nhận"), max_length=150, widget=forms.TextInput(attrs={"autocapitalize": "none"})
    )
    effective_on = forms.DateField(label=gettext_lazy("Bàn giao từ ngày"))
    note = forms.CharField(
        label=gettext_lazy("Lưu ý cho người nhận"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, posts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["assignment"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = posts
            field.label_from_instance = handovers.post_label  # type: ignore[method-assign,assignment]  # Django's documented hook
            field.empty_label = None

    def clean_to_user(self) -> User:
        """The successor; names the user name that nobody has."""
        name = str(self.cleaned_data["to_user"]).strip()
        found = User.objects.filter(username=name, is_active=True).first()
        if found is None:
            raise forms.ValidationError(_("Không có tài khoản đang hoạt động nào tên “%(name)s”.") % {"name": name})
        return found


def _found(request: OfficerRequest, public_id: uuid.UUID) -> Handover:
    mine = Q(from_user_id=request.scope.user_id) | Q(to_user_id=request.scope.user_id) | Q(made_by_id=request.scope.user_id)
    row = Handover.objects.filter(mine, public_id=public_id).select_related("assignment__area", "from_user", "to_user", "made_by").first()
    if row is None:
        raise Http404
    return row


@allow(*SIGNED_IN)
def index(request: OfficerRequest) -> HttpResponse:
    """Hand-overs the user gave, took or made, and the form for a new one."""
    posts = handovers.posts(request.scope)
    form = HandoverForm(request.POST or None, posts=posts, initial={"effective_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            row = desk.draft(by=request.scope, **asked)
        except desk.HandoverError as error:
            form.add_error(None, str(error))
        else:
            return redirect("portal:handover", row.public_id)
    context = {"form": form, "rows": handovers.of_user(request.scope), "has_posts": posts.exists()}
    return render(request, "portal/handovers.html", context, status=422 if form.is_bound else 200)


@allow(*SIGNED_IN)
def show(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """One hand-over: what will go along, or what went."""
    row = _found(request, public_id)
    context = {
        "row": row,
        "piles": desk.piles(row.assignment, row.to_user_id) if row.status == Handover.Status.DRAFT else minutes.moved(row),
        "may": may_hand_over(row.assignment, request.scope),
    }
    return render(request, "portal/handover.html", context)


@allow(*SIGNED_IN)
@require_POST
def complete(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Hand over for good."""
    row = _found(request, public_id)
    try:
        desk.complete(handover=row, by=request.scope)
    except desk.HandoverError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Đã bàn giao. Biên bản ở ngay dưới đây; in hai bản để hai bên ký."))
    return redirect("portal:handover", public_id)


@allow(*SIGNED_IN)
@require_POST
def drop(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Give up a draft."""
    desk.drop(handover=_found(request, public_id), by=request.scope)
    messages.success(request, _("Đã bỏ bản nháp bàn giao."))
    return redirect("portal:handovers")


@allow(*SIGNED_IN)
def minutes_pdf(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """The minutes as PDF, to be signed by both."""
    row = _found(request, public_id)
    response = HttpResponse(minutes.as_pdf(row), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="bien-ban-ban-giao-{row.pk}.pdf"'
    return response
