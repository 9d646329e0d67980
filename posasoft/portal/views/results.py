"""Results from agencies: a file is read, looked at row by row, and applied once; what became of a list; a list reopened."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from payments.channels.blank import FORMATS, blank
from payments.documents.answered import answered
from payments.models import AgencyPost, ResultBatch, RowState
from payments.operations import results
from payments.operations.results import ResultRefused
from payments.queries.results import lists_of, rows_of
from payments.statuses import RECEIVED, STAGED
from posasoft.core import audit, jobs
from posasoft.core.access import allow
from posasoft.core.models import Job, Role
from posasoft.core.numbers import whole
from posasoft.core.traces import shows
from posasoft.portal.forms_of_results import ResultsForm
from posasoft.portal.queries import results as held
from posasoft.portal.queries.months import lists_in_scope
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.households import REGISTRY_ROLES
from posasoft.portal.views.lists import TYPES, found_list

CSV = "text/csv; charset=utf-8"
PAGE = 100
# More takes longer than a person waits for a page.
ROWS_AT_ONCE, BYTES_AT_ONCE = 2000, 256 * 1024
ALL_ROWS = 1_000_000


def _batch(request: OfficerRequest, public_id: uuid.UUID) -> ResultBatch:
    """The agency's batch, else 404."""
    found = held.batch(request.scope, public_id)
    if found is None:
        raise Http404
    return found


@allow(Role.AGENCY_CLERK)
def index(request: OfficerRequest) -> HttpResponse:
    """Files and calls so far, and the form that takes a file. The same file again leads to the batch that is there."""
    post = held.post_of(request.scope)
    form = ResultsForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and post is not None and form.is_valid():
        try:
            batch = _taken(request, post, form)
            return redirect("portal:result_batch", batch.public_id)
        except ResultRefused as refusal:
            form.add_error("file", str(refusal))
    rows, after = held.page_of_batches(request.scope, request.GET.get("after", ""))
    return render(request, "portal/results/index.html", {"post": post, "form": form, "rows": rows, "after": after})


def _taken(request: OfficerRequest, post: AgencyPost, form: ResultsForm) -> ResultBatch:
    data, file = form.cleaned_data, form.cleaned_data["file"]
    before = held.batches(request.scope).values_list("pk", flat=True).first() or 0
    batch = results.receive(
        agency=post.agency, service_point=post.service_point, content=file.read(), file_name=file.name, format=form.ending(file),
        client_key=str(data["client_key"]), by=request.scope, declared_rows=data["declared_rows"], declared_amount=data["declared_amount"],
    )  # fmt: skip
    if batch.pk <= before:
        messages.info(request, _("Tệp này đã gửi từ trước; đây là lần gửi đó, không ghi thêm gì."))
    if batch.status == RECEIVED and file.size > BYTES_AT_ONCE:
        jobs.enqueue(kind="payments.stage_results", params={"batch": batch.pk}, by=request.scope, title=_("Đọc tệp kết quả chi trả"))
    elif batch.status == RECEIVED:
        batch = results.stage(batch=batch, by=request.scope)
    return batch


@allow(Role.AGENCY_CLERK)
@shows("result_batch")
def show(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """One batch: sums, lists, and the rows with what is wrong with each."""
    batch = _batch(request, public_id)
    audit.seen(by=request.scope, kind="result_batch", ids=[batch.public_id], area=(batch.province_no, batch.area_pos))
    which, after = request.GET.get("show", ""), request.GET.get("after", "")
    which = which if which in held.SHOWN else ""
    skip = min(whole(after) or 0, ALL_ROWS)
    rows = rows_of(batch, states=list(held.SHOWN[which]), skip=skip)
    good = sum(batch.counts.get(state, 0) for state in (RowState.READY, RowState.CHANGE))
    lists = lists_of(batch)
    context = {
        "batch": batch,
        "lists": lists,
        "paid": sum(each.paid_amount for each in lists),
        "rows": rows[:PAGE],
        "after": str(skip + PAGE) if len(rows) > PAGE else "",
        "which": which,
        "bad": batch.counts.get(RowState.FINDING, 0),
        "good": batch.rows - batch.counts.get(RowState.FINDING, 0),
        "applies": good if batch.status == STAGED else 0,
        "staged": batch.status == STAGED,
        "reading": batch.status == RECEIVED,
        "job": _job(request, batch),
    }
    return render(request, "portal/results/batch.html", context)


def _job(request: OfficerRequest, batch: ResultBatch) -> Job | None:
    """Work in the background that the person began for this batch."""
    found = Job.objects.filter(kind__in=("payments.stage_results", "payments.apply_results"), params__batch=batch.pk)
    return found.filter(created_by_id=request.scope.user_id, status__in=(Job.Status.QUEUED, Job.Status.RUNNING)).first()


@allow(Role.AGENCY_CLERK)
@require_POST
def apply(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Book the good rows, once; many of them as work in the background."""
    batch = _batch(request, public_id)
    if batch.status == STAGED and batch.rows > ROWS_AT_ONCE:
        title = _("Ghi nhận kết quả chi trả")
        job = jobs.enqueue(kind="payments.apply_results", params={"batch": batch.pk}, by=request.scope, title=title)
        return redirect("portal:job", job.pk)
    try:
        batch = results.apply(batch=batch, by=request.scope)
        messages.success(request, _("Đã ghi nhận %(n)s dòng.") % {"n": batch.counts.get(RowState.APPLIED, 0)})
    except ResultRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("portal:result_batch", public_id)


@allow(Role.AGENCY_CLERK)
@require_POST
def refuse(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """Drop a file that was sent by mistake; nothing of it is booked."""
    try:
        results.refuse(batch=_batch(request, public_id), by=request.scope, reason=_("Người gửi bỏ tệp này."))
        messages.info(request, _("Đã bỏ tệp; không dòng nào được ghi nhận."))
    except ResultRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("portal:result_batch", public_id)


@allow(Role.AGENCY_CLERK)
@shows("result_batch")
def findings(request: OfficerRequest, public_id: uuid.UUID) -> HttpResponse:
    """The file given back as a workbook, with the program's answer beside each row."""
    batch = _batch(request, public_id)
    rows = rows_of(batch, states=list(held.SHOWN[""]), most=ALL_ROWS)
    response = HttpResponse(answered(batch, rows), content_type=TYPES["xlsx"])
    response["Content-Disposition"] = f'attachment; filename="ket-qua-{batch.public_id}.xlsx"'
    area = (batch.province_no, batch.area_pos)
    audit.exported(by=request.scope, kind="result_batch", object_id=batch.public_id, area=area, count=len(rows), file="findings")
    return response


@allow(Role.AGENCY_CLERK)
@shows("payment_list")
def template(request: OfficerRequest, list_id: int, kind: str) -> HttpResponse:
    """The lines of a list that wait for an answer, as a table to fill in."""
    pay_list = lists_in_scope(request.scope).filter(pk=list_id, status__in=held.WITH_RESULTS).first()
    if pay_list is None or kind not in FORMATS:
        raise Http404
    content, number = blank(pay_list.pk, kind)
    area = (pay_list.province_no, pay_list.area_pos)
    audit.exported(by=request.scope, kind="payment_list", object_id=pay_list.pk, area=area, count=number, file=f"blank.{kind}")
    response = HttpResponse(content, content_type=TYPES.get(kind, CSV))
    response["Content-Disposition"] = f'attachment; filename="ket-qua-{pay_list.number}.{kind}"'
    return response


@allow(*REGISTRY_ROLES)
@shows("payment_list")
def of_list(request: OfficerRequest, list_id: int) -> HttpResponse:
    """What became of a list, line by line."""
    pay_list = found_list(request, list_id)
    standing = held.standing(pay_list, request.scope)
    if standing is None:
        raise Http404
    audit.seen(
        by=request.scope, kind="payment_list", ids=[pay_list.pk], area=(pay_list.province_no, pay_list.area_pos), page="list_results"
    )
    rows, after, which = held.page_of_results(pay_list, request.GET.get("show", ""), request.GET.get("after", ""))
    context = {"list": pay_list, "standing": standing, "rows": rows, "after": after, "which": which}
    return render(request, "portal/results/of_list.html", context)


@allow(Role.COMMUNE_CHAIR, Role.PROVINCE_OFFICER)
@require_POST
def reopen(request: OfficerRequest, list_id: int) -> HttpResponse:
    """Take a list with all its results back to the agency, for a correction; the reason is kept."""
    try:
        seen = whole(request.POST.get("after", ""))
        reason = request.POST.get("reason", "").strip()
        results.reopen(pay_list=found_list(request, list_id), reason=reason, by=request.scope, after=seen)
        messages.success(request, _("Đã mở lại danh sách; đơn vị chi trả gửi được tệp đính chính."))
    except ResultRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("portal:list", list_id)
