"""Anybody with a paper in hand may check that it was signed, and that its text is the one signed; nothing about persons is told."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render

from beneficiaries.models import DecisionSeal
from posasoft.core.access import ANYONE, allow
from posasoft.portal.requests import OfficerRequest


@allow(*ANYONE)
def check(request: OfficerRequest, code: str = "") -> HttpResponse:
    """Number, day, issuer and hash of the paper with this code."""
    typed = request.GET.get("code", "").strip().upper().replace(" ", "")
    if typed and typed.isalnum() and len(typed) <= 20:
        return redirect("portal:decision_check", typed)
    seal = DecisionSeal.objects.filter(check_code=code.upper()).first() if code else None
    return render(request, "portal/decisions/check.html", {"seal": seal, "code": code}, status=404 if code and seal is None else 200)
