"""Every request acts in one transaction, one role and one range of areas; every view is closed until it names its roles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from posasoft.core import audit, practice
from posasoft.core.access import ANYONE, SESSION_KEY, assignments_of, scope_of
from posasoft.core.models import RoleAssignment, User
from posasoft.core.scope import apply

Handler = Callable[[HttpRequest], HttpResponse]


def chosen_assignment(request: HttpRequest) -> RoleAssignment | None:
    """The role the user acts in: the one chosen in the session if it is still in force, else the most local one."""
    user = get_user(request)
    if not isinstance(user, User) or not user.is_active:
        return None
    roles = list(assignments_of(user, timezone.localdate()))
    wanted = request.session.get(SESSION_KEY)
    return next((role for role in roles if role.pk == wanted), roles[0] if roles else None)


class ScopeMiddleware:
    """Opens the request's transaction and binds it to the acting role's range; a failed request leaves nothing behind."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            assignment = chosen_assignment(request)
            practised = practice.stand_in(request, assignment)
            request.practice = practised is not None  # type: ignore[attr-defined]  # the frame colours itself by it
            request.scope = practised[0] if practised else scope_of(assignment)  # type: ignore[attr-defined]  # Django's request is open
            apply(request.scope)  # type: ignore[attr-defined]  # set one line above
            if practised and assignment:
                assignment = practice.assignment_in(practised[1], assignment, practised[0].role)
            request.assignment = assignment  # type: ignore[attr-defined]  # read by the guard and by templates
            response = self.get_response(request)
            # An error page is a response here, not an exception: without this a half-done change would be committed.
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response


class GuardMiddleware:
    """Refuses a view that does not admit the acting role."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> HttpResponseBase | None:
        allowed: frozenset[str] = getattr(view, "allowed_roles", frozenset())
        if allowed == ANYONE:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if request.scope.role not in allowed:  # type: ignore[attr-defined]  # set by ScopeMiddleware
            # The route, never the address. A refusal is an answer, not a failure: the row is committed with it.
            route = request.resolver_match.route if request.resolver_match else ""
            audit.record(verb="denied", kind="page", object_id=route[:60], by=request.scope)  # type: ignore[attr-defined]  # as above
            raise PermissionDenied
        return None
