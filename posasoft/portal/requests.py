"""A request after the middleware: with the acting role's range."""

from __future__ import annotations

from django.http import HttpRequest

from posasoft.core.models import RoleAssignment
from posasoft.core.scope import Scope


class OfficerRequest(HttpRequest):
    """What ScopeMiddleware makes of a request; only a type, never built here."""

    scope: Scope
    assignment: RoleAssignment | None
    practice: bool
