"""Small choices kept in cookies, so that the server draws the page right at once."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from posasoft.core.access import SIGNED_IN, allow
from posasoft.portal.requests import OfficerRequest

ONE_YEAR = 365 * 24 * 3600
KEYS = "keys"


@allow(*SIGNED_IN)
@require_POST
def single_keys(request: OfficerRequest) -> HttpResponse:
    """Turn shortcuts of a single key off or on; those with Ctrl stay."""
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(back if safe else "/")
    chosen = "off" if request.POST.get("keys") == "off" else "on"
    response.set_cookie(KEYS, chosen, max_age=ONE_YEAR, samesite="Lax", httponly=True, secure=request.is_secure())
    return response
