"""Papers handed in: added, opened, taken off; the slip that the applicant takes home."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from beneficiaries.models import Case, CaseAttachment
from beneficiaries.operations import attachments
from beneficiaries.operations.case_moves import CaseRefused
from beneficiaries.papers import papers
from posasoft.core import audit, vault
from posasoft.core.access import allow
from posasoft.core.html_to_pdf import render_pdf
from posasoft.core.traces import shows
from posasoft.portal import case_documents
from posasoft.portal.queries import cases
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.cases.common import READERS, found_case, place
from posasoft.portal.views.persons import MAY_READ_DIAGNOSES


@allow(*MAY_READ_DIAGNOSES)
@require_POST
def add(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Keep one or several papers; each is answered for by itself."""
    case = found_case(request, public_id)
    for upload in request.FILES.getlist("files"):
        name, size = upload.name or "tep", upload.size or 0
        try:
            content = upload.read() if size <= attachments.MOST_BYTES else b"\0" * (attachments.MOST_BYTES + 1)
            attachments.attach(case=case, file_name=name, content=content, item=request.POST.get("item", ""), by=request.scope)
            messages.success(request, _("Đã thêm tệp %(name)s.") % {"name": attachments.clean_name(name)})
        except CaseRefused as error:
            messages.error(request, str(error))
    if not request.FILES:
        messages.warning(request, _("Chưa chọn tệp nào."))
    return _back(request, case)


def _back(request: OfficerRequest, case: Case) -> HttpResponse:
    if request.headers.get("HX-Request"):
        paper, files = papers()[case.form], cases.attachments(case)
        given = {file.item for file in files}
        items = [(item, item.code in given) for item in paper.items(case.payload, case.benefits)]
        return render(request, "portal/cases/_files.html", {"case": case, "files": files, "items": items, "may_attach": True, "told": True})
    return redirect("portal:case_form" if case.status in ("draft", "returned") else "portal:case", case.public_id)


def _attachment(request: OfficerRequest, public_id: uuid.UUID, file_id: uuid.UUID) -> CaseAttachment:
    case = found_case(request, public_id)
    found = CaseAttachment.objects.filter(case=case, public_id=file_id, removed_at__isnull=True).select_related("case").first()
    if found is None:
        raise Http404
    return found


@allow(*READERS)
@shows("case")
def show(request: OfficerRequest, public_id: uuid.UUID, file_id: uuid.UUID) -> FileResponse:
    """One paper, for download; never opened inside our pages as anything but a file."""
    paper = _attachment(request, public_id, file_id)
    area = (paper.province_no, paper.area_pos)
    audit.exported(by=request.scope, kind="case", object_id=paper.case.public_id, area=area, sha256=paper.sha256)
    return FileResponse(vault.open_file(paper.stored), as_attachment=True, filename=paper.file_name, content_type=paper.media_type)


@allow(*MAY_READ_DIAGNOSES)
@require_POST
def remove(request: OfficerRequest, public_id: uuid.UUID, file_id: uuid.UUID) -> HttpResponse:
    """Take a paper off a draft."""
    paper = _attachment(request, public_id, file_id)
    try:
        attachments.remove(attachment=paper, by=request.scope)
    except CaseRefused as error:
        messages.error(request, str(error))
    return _back(request, paper.case)


@allow(*MAY_READ_DIAGNOSES)
@shows("case")
def receipt(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """The slip with number, days and the hotline."""
    case = found_case(request, public_id)
    if not case.number:
        raise Http404
    audit.exported(by=request.scope, kind="case", object_id=case.public_id, area=place(case), paper="receipt")
    html = case_documents.receipt(case, cases.attachments(case), timezone.localdate(), getattr(request.user, "full_name", ""))
    response = HttpResponse(render_pdf(html), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{case.number}.pdf"'
    return response
