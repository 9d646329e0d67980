"""A whole national id, once, for a reason."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.crypto import unseal
from households.models import NationalId
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.masking import FULL_ID_ROLES
from posasoft.core.traces import shows
from posasoft.portal.queries import registry
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.households import REGISTRY_ROLES

# Chosen, not typed: the reason stands in the audit trail, where no words of anybody's do.
REASONS = {
    "papers": gettext_lazy("Đối chiếu với giấy tờ người dân mang đến"),
    "correct": gettext_lazy("Sửa số định danh sai hoặc trùng"),
    "payment": gettext_lazy("Đối chiếu danh sách chi trả"),
    "authority": gettext_lazy("Trả lời cơ quan công an, tư pháp, bảo hiểm theo văn bản"),
    "complaint": gettext_lazy("Giải quyết kiến nghị, khiếu nại"),
}


@allow(*sorted(FULL_ID_ROLES & frozenset(REGISTRY_ROLES)))
@shows("person")
def show(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask for a reason; with one, show the numbers in this answer only."""
    person = registry.person(request.scope, public_id)
    if person is None:
        raise Http404
    reason, error = request.POST.get("reason", ""), ""
    numbers: list[tuple[str, str]] = []
    if request.method == "POST" and reason not in REASONS:
        error = _("Hãy chọn lý do cần xem đầy đủ số định danh.")
    elif request.method == "POST":
        papers = NationalId.objects.filter(person=person, until__isnull=True).exclude(kind="birth").order_by("kind")
        numbers = [(paper.get_kind_display(), unseal(bytes(paper.number_enc))) for paper in papers]
        audit.record(
            verb="show_id", kind="person", object_id=person.public_id, by=request.scope, area=(person.province_no, person.area_pos),
            papers=len(numbers), reason=reason,
        )  # fmt: skip
    else:
        audit.seen(by=request.scope, kind="person", ids=[person.public_id], area=(person.province_no, person.area_pos), page="person_id")
    context = {"person": person, "numbers": numbers, "error": error, "reasons": REASONS.items(), "id_tail": registry.id_tail(person)}
    return render(request, "portal/person_id.html", context, status=422 if error else 200)
