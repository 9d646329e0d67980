"""A new case: find the person, choose the paper, key it in its order; saved while it is typed."""

from __future__ import annotations

import datetime
import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from beneficiaries.models import Case, Channel
from beneficiaries.operations import cases
from beneficiaries.operations.case_moves import CaseRefused
from beneficiaries.papers import papers
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.dates import format_date, parse_date
from posasoft.core.models import Area, Level
from posasoft.core.traces import shows
from posasoft.portal import case_forms, words
from posasoft.portal.queries import registry
from posasoft.portal.queries.search import search
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.cases.common import KEYERS, found_case, place


@allow(*KEYERS)
@shows("person")
def new(request: OfficerRequest) -> HttpResponse:
    """Who is it for, and on which paper. POST with words looks for the person, without it opens the draft."""
    if request.method == "POST":
        if "q" not in request.POST:
            return _open(request)
        return redirect(f"{reverse('portal:case_new')}?{urlencode({'w': words.keep(request, request.POST['q'])})}")
    typed = words.of(request, request.GET.get("w", ""))
    person = registry.person(request.scope, _uuid(request.GET.get("person", "")))
    found = search(typed, timezone.localdate(), request.scope) if typed and person is None else None
    if found is not None:
        audit.searched(by=request.scope, words=typed, hits=len(found.people), ids=[hit.person_id for hit in found.people], page="case_new")
    home = registry.household(request.scope, _uuid(request.GET.get("household", "")))
    newcomer = request.GET.get("newcomer", "")
    members = [member.person for member in registry.members(home)] if home and not (person or newcomer or found) else []
    if shown := [person] if person else members:
        place_of = (shown[0].province_no, shown[0].area_pos)
        audit.seen(by=request.scope, kind="person", ids=[each.public_id for each in shown], area=place_of, page="case_new")
    context = {
        "q": typed, "found": found, "person": person, "household": home, "members": members, "newcomer": newcomer, "today": timezone.localdate(),
        "choices": sorted(papers().values(), key=lambda paper: (not paper.in_use(timezone.localdate()), paper.code)),
    }  # fmt: skip
    return render(request, "portal/cases/new.html", context)


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)


def _open(request: OfficerRequest) -> HttpResponse:
    person = registry.person(request.scope, _uuid(request.POST.get("person", "")))
    home = person.household if person else registry.household(request.scope, _uuid(request.POST.get("household", "")))
    try:
        case = cases.open_case(
            form=request.POST.get("form", ""), commune=home.commune if home else _own_commune(request), person=person, household=home,
            by=request.scope, applicant=request.POST.get("name", "")[:120],
        )  # fmt: skip
    except CaseRefused as error:
        messages.error(request, str(error))
        return redirect(request.get_full_path())
    return redirect("portal:case_form", case.public_id)


def _own_commune(request: OfficerRequest) -> Area:
    """The commune of an officer, for somebody who is not in the registry. 404 for a range that is no commune."""
    commune = Area.objects.filter(level=Level.COMMUNE, position=request.scope.lo, position_end=request.scope.hi).first()
    if commune is None:
        raise Http404
    return commune


@allow(*KEYERS)
@shows("case")
def form(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """The paper on the screen. POST saves it, and with `receive` or `next` takes the case in."""
    case = found_case(request, public_id)
    if case.status not in ("draft", "returned"):
        return redirect("portal:case", case.public_id)
    if request.method != "POST":
        audit.seen(by=request.scope, kind="case", ids=[case.public_id], area=place(case), page="form")
        return _page(request, case, {}, format_date(timezone.localdate()))
    problems = _save(request, case)
    action = request.POST.get("action", "save")
    if action == "save":
        if not problems:
            messages.success(request, _("Đã lưu."))
            return redirect("portal:case_form", case.public_id)
        return _page(request, case, problems, request.POST.get("received_on", ""))
    return _receive(request, case, action)


def _save(request: OfficerRequest, case: Case) -> dict[str, str]:
    answers = case_forms.posted_answers(papers()[case.form], request.POST)
    try:
        return cases.save_draft(
            case=case, answers={**case.payload, **answers}, benefits=request.POST.getlist("benefits"), channel=request.POST.get("channel", ""),
            by=request.scope,
        )  # fmt: skip
    except CaseRefused as error:
        messages.error(request, str(error))
        return {}


def _receive(request: OfficerRequest, case: Case, action: str) -> HttpResponse:
    typed = request.POST.get("received_on", "")
    try:
        received_on: datetime.date = parse_date(typed)
    except ValueError as error:
        return _page(request, case, {"received_on": str(error)}, typed)
    try:
        if case.status == "returned":
            cases.advance(case=case, move="resume", by=request.scope)
        else:
            cases.receive(case=case, received_on=received_on, by=request.scope)
    except CaseRefused as error:
        messages.error(request, str(error))
        return _page(request, case, error.problems, typed)
    due = format_date(case.due_on) if case.due_on else ""
    messages.success(request, _("Đã tiếp nhận hồ sơ %(number)s, hạn giải quyết %(due)s.") % {"number": case.number, "due": due})
    return redirect("portal:case_new") if action == "next" else redirect("portal:case", case.public_id)


def _page(request: OfficerRequest, case: Case, problems: dict[str, str], received_on: str) -> HttpResponse:
    paper = papers()[case.form]
    context = {
        "case": case, "paper": paper, "parts": case_forms.parts(case, role=request.scope.role, problems=problems), "problems": problems,
        "channels": Channel.choices, "received_on": received_on, "today": timezone.localdate(),
        "labels": [(name.replace(".", "-"), text) for name, text in problems.items()],
    }  # fmt: skip
    return render(request, "portal/cases/form.html", context, status=422 if problems else 200)


@allow(*KEYERS)
@require_POST
def autosave(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Keep what is typed; says when, and how many places look wrong."""
    case = found_case(request, public_id)
    problems = _save(request, case)
    context = {"saved_at": case.saved_at, "problems": problems, "lost": case.status not in ("draft", "returned")}
    return render(request, "portal/cases/_saved.html", context)
