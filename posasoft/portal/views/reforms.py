"""Mass changes of areas: the administrator's table, preview, progress, undo; and where a split commune's households belong."""

from __future__ import annotations

import uuid
from pathlib import Path
from tempfile import TemporaryDirectory

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from households.importing.findings import ListRefused
from households.importing.limits import DEFAULT_LIMITS
from households.models import AreaReform
from households.reform import operations, placing, undoing
from households.reform.operations import Line
from households.reform.plan import ReformRefused, check
from households.reform.reading import EXAMPLE, as_text, from_file, from_text
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.dates import parse_date
from posasoft.core.models import Job, Role
from posasoft.core.traces import shows
from posasoft.portal.queries import reforms
from posasoft.portal.queries import work_in_background as background
from posasoft.portal.queries.areas import by_id
from posasoft.portal.requests import OfficerRequest

PLACING_ROLES = (Role.COMMUNE_OFFICER, Role.PROVINCE_OFFICER, Role.ADMINISTRATOR)


def _found(public_id: uuid.UUID) -> AreaReform:
    reform = AreaReform.objects.filter(public_id=public_id).first()
    if reform is None:
        raise Http404
    return reform


def _lines(request: OfficerRequest) -> list[Line]:
    """The table of the form: an uploaded file, else what was typed."""
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        return from_text(request.POST.get("table", ""))
    if (file.size or 0) > DEFAULT_LIMITS.size:
        raise ListRefused(_("Tệp quá lớn."))
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"bang{Path(file.name or '').suffix.lower()}"
        path.write_bytes(file.read())
        return from_file(path)


@allow(Role.ADMINISTRATOR)
def index(request: OfficerRequest) -> HttpResponse:
    """Reforms so far, and the form for another; whatever was typed is shown again with what is wrong."""
    typed = {name: request.POST.get(name, "") for name in ("title", "document", "effective", "table")}
    error = ""
    if request.method == "POST":
        try:
            lines = _lines(request)
            typed["table"] = as_text(lines)
            reform = operations.draft(
                title=typed["title"], document=typed["document"], effective=parse_date(typed["effective"]), lines=lines, by=request.scope
            )
            return redirect("portal:reform", reform.public_id)
        except (ReformRefused, ListRefused, ValueError) as refusal:
            error = str(refusal)
    context = {"reforms": reforms.reforms()[:50], "typed": typed, "error": error, "example": EXAMPLE}
    return render(request, "portal/reforms.html", context)


@allow(Role.ADMINISTRATOR)
def show(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """One reform: its table with counts, what is wrong with it, its progress, what stands against taking it back."""
    reform = _found(public_id)
    job = Job.objects.filter(pk=reform.job_id or 0).first()
    draft = reform.status == AreaReform.Status.DRAFT
    context = {
        "reform": reform,
        "pairs": operations.preview(reform),
        "wrong": check(reform) if draft else [],
        "too_early": draft and reform.effective > timezone.localdate(),
        "view": background.view(job, timezone.now()) if job else None,
        "against": undoing.refusals(reform) if reform.status == AreaReform.Status.DONE else [],
        "waiting": reform.unplaced.filter(placed_at__isnull=True).count(),
    }
    return render(request, "portal/reform.html", context)


@allow(Role.ADMINISTRATOR)
@require_POST
def start(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Carry the table out in the background."""
    try:
        operations.start(reform=_found(public_id), by=request.scope)
        messages.success(request, _("Đang sắp xếp; hộ, người, hồ sơ và người dùng chuyển theo."))
    except ReformRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("portal:reform", public_id)


@allow(Role.ADMINISTRATOR)
@require_POST
def undo(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take the whole reform back in the background."""
    try:
        operations.undo(reform=_found(public_id), by=request.scope)
        messages.success(request, _("Đang hoàn tác; mọi vị trí trở lại như trước khi sắp xếp."))
    except ReformRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("portal:reform", public_id)


@allow(*PLACING_ROLES)
@shows("household")
def unplaced(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """The households of split communes that nobody has placed yet, in the role's range."""
    reform = _found(public_id)
    page = reforms.unplaced(reform, request.scope, request.GET.get("after", ""))
    audit.seen(
        by=request.scope, kind="household", ids=[row.row.household.public_id for row in page.rows], count=len(page.rows), page="unplaced"
    )
    return render(request, "portal/unplaced.html", {"reform": reform, "page": page})


@allow(*PLACING_ROLES)
@require_POST
def place(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Put whole villages, or ticked households, where they belong."""
    reform = _found(public_id)
    to = by_id(request.POST.get("to", ""))
    village = request.POST.get("village", "")
    try:
        if to is None:
            raise ReformRefused(_("Hãy chọn đơn vị mới."))
        page = reforms.unplaced(reform, request.scope, "")
        if village:
            area = next((entry.area for entry in page.villages if str(entry.area.pk) == village), None)
            if area is None:
                raise Http404
            number = placing.place_village(reform=reform, village=area, to=to, by=request.scope)
        else:
            chosen = reforms.household_ids(request.POST.getlist("households"))
            number = placing.place_households(reform=reform, households=chosen, to=to, village=None, by=request.scope)
        messages.success(request, _("Đã xếp %(n)d hộ vào %(name)s.") % {"n": number, "name": to.name})
    except ReformRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("portal:reform_unplaced", public_id)
