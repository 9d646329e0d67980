"""Views of lists under a name, and the columns of a list."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from posasoft.core import saved_views
from posasoft.core.access import allow
from posasoft.core.models import RoleAssignment, SavedView
from posasoft.portal import words
from posasoft.portal.listing.lists import LISTS
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.households import REGISTRY_ROLES
from posasoft.portal.views.registry_lists import PLAIN, found_kind, state_of


def _assignment(request: OfficerRequest) -> RoleAssignment:
    if request.assignment is None:
        raise Http404
    return request.assignment


def _found(request: OfficerRequest, public_id: uuid.UUID) -> SavedView:
    """A view that the officer may use, else 404."""
    assignment = _assignment(request)
    for page in LISTS:
        view = saved_views.visible(assignment, page).filter(public_id=public_id).first()
        if view is not None:
            return view
    raise Http404


def _list(page: str, query: str) -> HttpResponse:
    return redirect(f"{reverse(f'portal:{page}')}?{query or f'view={PLAIN}'}")


@allow(*REGISTRY_ROLES)
def open_view(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """The list as the view has it."""
    view = _found(request, public_id)
    query = QueryDict(view.query, mutable=True)
    query["view"] = str(view.public_id)
    if view.words:
        query["words"] = words.keep(request, view.words)
    return _list(view.page, query.urlencode())


@allow(*REGISTRY_ROLES)
@require_POST
def save(request: OfficerRequest, page: str) -> HttpResponse:
    """Keep the list as it stands under a name."""
    assignment, kind = _assignment(request), found_kind(page)
    state = state_of(request, kind, QueryDict(request.POST.get("query", "")))
    chosen = [key for key in request.POST.getlist("column") if key in {column.key for column in kind.columns}]
    try:
        view = saved_views.keep(
            page=page,
            name=request.POST.get("title", ""),
            query=state.query(words="", view=""),
            words=state.words,
            columns=chosen,
            share=request.POST.get("share") == "1",
            assignment=assignment,
            by=request.scope,
        )
    except saved_views.ViewRefused as refusal:
        messages.error(request, str(refusal))
        return _list(page, state.query())
    messages.success(request, _("Đã lưu bộ lọc “%(name)s”.") % {"name": view.name})
    return redirect("portal:view_open", view.public_id)


@allow(*REGISTRY_ROLES)
@require_POST
def drop(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Delete one's own view."""
    view = _found(request, public_id)
    page, name = view.page, view.name
    try:
        saved_views.drop(view=view, by=request.scope)
        messages.success(request, _("Đã xóa bộ lọc “%(name)s”.") % {"name": name})
    except saved_views.ViewRefused as refusal:
        messages.error(request, str(refusal))
    return _list(page, "")


@allow(*REGISTRY_ROLES)
@require_POST
def set_default(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Open the list with this view from now on; a second time, plainly again."""
    view = _found(request, public_id)
    assignment = _assignment(request)
    known = saved_views.preference(assignment.user_id, view.page)
    is_default = known is not None and known.default_view_id == view.pk
    saved_views.choose_default(user_id=assignment.user_id, page=view.page, view=None if is_default else view)
    said = _("Danh sách mở bình thường.") if is_default else _("Danh sách sẽ mở với bộ lọc “%(name)s”.") % {"name": view.name}
    messages.success(request, said)
    return redirect("portal:view_open", view.public_id)


@allow(*REGISTRY_ROLES)
@require_POST
def choose_columns(request: OfficerRequest, page: str) -> HttpResponse:
    """The columns of the list from now on; filters and page stay."""
    kind = found_kind(page)
    state = state_of(request, kind, QueryDict(request.POST.get("query", "")))
    wanted = [] if "usual" in request.POST else [c.key for c in kind.columns if c.key in request.POST.getlist("column")]
    saved_views.choose_columns(user_id=_assignment(request).user_id, page=page, columns=wanted)
    # A named view brings its own columns; one's own choice stands above it.
    return _list(page, state.query(view=""))
