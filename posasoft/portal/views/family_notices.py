"""Notices to families: the queue, letters to print village by village, the templates."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from payments.documents.letters import letters as letters_pdf
from payments.models import Medium, NoticeKind
from payments.operations import notice_words, notices
from payments.operations.notice_words import ALLOWED, WordsRefused
from posasoft.core import audit
from posasoft.core.access import allow
from posasoft.core.models import Role
from posasoft.core.months import add_months, first_of_month, format_month, iso_month, parse_month
from posasoft.core.numbers import whole
from posasoft.core.traces import shows
from posasoft.portal.queries import family_notices as queries
from posasoft.portal.queries.areas import by_id
from posasoft.portal.queries.settling import heads_of
from posasoft.portal.requests import OfficerRequest

SENDING = (Role.COMMUNE_OFFICER, Role.CLUSTER_OFFICER, Role.PROVINCE_OFFICER)
SEEING = (*SENDING, Role.COMMUNE_CHAIR, Role.AUDITOR)
WORDING = (Role.MINISTRY_ANALYST, Role.ADMINISTRATOR)


@allow(*SEEING)
@shows("household")
def index(request: OfficerRequest) -> HttpResponse:
    """What waits, what went out, and what could not."""
    rows, after = queries.latest(request.scope, request.GET.get("state", ""), request.GET.get("after", ""))
    audit.seen(by=request.scope, kind="household", ids=[row.household.public_id for row in rows], count=len(rows), page="family_notices")
    heads = heads_of(row.household_id for row in rows)
    today = timezone.localdate()
    first = first_of_month(today)
    context = {
        "rows": [(row, heads.get(row.household_id, "")) for row in rows],
        "after": after,
        "state": request.GET.get("state", ""),
        "counts": queries.counts(request.scope),
        "most": queries.MOST_COUNTED,
        "piles": queries.piles(request.scope, today),
        "sends": request.scope.role in SENDING,
        "months": [(iso_month(month), format_month(month)) for month in (add_months(first, 1), first)],
    }
    return render(request, "portal/family_notices/index.html", context)


@allow(*SENDING)
@require_POST
def queue(request: OfficerRequest) -> HttpResponse:
    """Announce the payment days of a month to everybody on its released lists; pressed twice, nobody is told twice."""
    try:
        month = parse_month(request.POST.get("month", ""))
    except ValueError:
        raise Http404 from None
    number = notices.queue_paydays(month=month, lo=request.scope.lo, hi=request.scope.hi, by=request.scope)
    if number:
        messages.success(request, _("Đã xếp %(n)s thông báo.") % {"n": number})
    else:
        messages.info(request, _("Không có hộ nào cần báo thêm: danh sách chưa phát hành, hoặc đã báo rồi."))
    return redirect("portal:family_notices")


@allow(*SENDING)
@require_POST
@shows("household")
def letters(request: OfficerRequest, area_id: int) -> HttpResponse:
    """The letters of a village as one file; they count as printed from then on and may be printed again for a while."""
    commune = by_id(str(area_id))
    place = whole(request.POST.get("village", "0"))
    if commune is None or place is None:
        raise Http404
    found = queries.letters(request.scope, commune, place, again="again" in request.POST, today=timezone.localdate())
    if not found:
        raise Http404
    written = list(notice_words.written(found))
    village = next((pile.village for pile in queries.piles(request.scope, timezone.localdate()) if pile.place == place), "")
    content = letters_pdf(written, commune=commune.name, village=village)
    notices.mark_printed(notices=found, by=request.scope)
    audit.exported(
        by=request.scope, kind="notice", area=(commune.province_no or 0, commune.position or 0), count=len(found), page="letters"
    )  # fmt: skip
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="thu-bao-{commune.code}-{place}.pdf"'
    return response


class TemplateForm(forms.Form):
    """The words of a notice."""

    title = forms.CharField(label=gettext_lazy("Tiêu đề"), max_length=120)
    body = forms.CharField(label=gettext_lazy("Nội dung"), widget=forms.Textarea(attrs={"rows": 9}), max_length=3000)


@allow(*WORDING, *SEEING)
def templates(request: OfficerRequest) -> HttpResponse:
    """Every notice as it would go out, with examples in place of the variables."""
    shown = []
    for kind in NoticeKind:
        for medium in Medium:
            template = notice_words.current(kind, medium)
            title, body = notice_words.with_examples(medium, template.title, template.body)
            shown.append((kind, medium, template.version, title, body))
    context = {"shown": shown, "edits": request.scope.role in WORDING}
    return render(request, "portal/family_notices/templates.html", context)


@allow(*WORDING)
def template(request: OfficerRequest, kind: str, medium: str) -> HttpResponse:
    """Write a new version; the preview shows what families would read before it is saved."""
    if kind not in NoticeKind.values or medium not in Medium.values:
        raise Http404
    now = notice_words.current(kind, medium)
    form = TemplateForm(request.POST or None, initial={"title": now.title, "body": now.body})
    shown: tuple[str, str] | None = None
    if request.method == "POST" and form.is_valid():
        try:
            shown = notice_words.preview(kind, medium, **form.cleaned_data)
            if "save" in request.POST:
                notice_words.save_template(kind=kind, medium=medium, by=request.scope, **form.cleaned_data)
                messages.success(request, _("Đã lưu bản mới; thông báo đã xếp hàng giữ bản cũ."))
                return redirect("portal:notice_templates")
        except WordsRefused as refused:
            form.add_error("body", str(refused))
    context = {
        "form": form, "shown": shown, "kind": NoticeKind(kind), "medium": Medium(medium),
        "variables": [(name, notice_words.EXAMPLES[name]) for name in sorted(ALLOWED[kind])],
    }  # fmt: skip
    return render(request, "portal/family_notices/template.html", context, status=422 if form.errors else 200)
