"""Ask for a file, agree or refuse, let it expire. One transaction each, with its audit row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from posasoft.core import audit, jobs, notifications, vault
from posasoft.core.exports import rules
from posasoft.core.exports.registry import Bundle, Exporter, columns_for, exporter_of
from posasoft.core.models import ExportRequest, WorkItem
from posasoft.core.scope import COUNTRY, Scope, apply

JOB = "core.export"
WORK = "approve_export"
Status = ExportRequest.Status
# Parameters go into jobs, logs and pages: codes and row ids, never a number of a paper or words.
_CODE = re.compile(r"[\w.:@+/-]{0,60}", re.ASCII)
_PAPER = re.compile(r"(?<![0-9a-f-])\d{9,12}(?![0-9a-f-])")


class ExportRefused(ValueError):
    """The file cannot be asked for or agreed to; the message is for the user."""


@transaction.atomic
def request(*, kind: str, params: Mapping[str, Any], columns: Sequence[str], reason: str, by: Scope, format: str = "xlsx") -> ExportRequest:
    """Ask for a file. Up to 1,000 persons it is made at once; above, a second person is asked. Raises ExportRefused."""
    found = _checked(kind, params, by)
    params = settled(found, params)
    allowed = {column.name for column in columns_for(found, by.role)}
    wanted = [name for name in columns if name in allowed]
    if not wanted:
        raise ExportRefused(_("Hãy chọn ít nhất một cột."))
    if len(reason.strip()) < 10:
        raise ExportRefused(_("Hãy ghi rõ lý do xuất dữ liệu (ít nhất 10 ký tự)."))
    count = _counted(found, params, by)
    needs_second = count > rules.SECOND_ABOVE
    asked = ExportRequest.objects.create(
        kind=kind, params=dict(params), columns=wanted, reason=reason.strip()[:500], count=count, role=by.role, scope_kind=by.kind,
        format=ExportRequest.Format("zip" if isinstance(found, Bundle) else format).value,
        status=Status.WAITING_SECOND if needs_second else Status.APPROVED, scope_hi=by.hi,
        role_assignment_id=by.assignment_id, requested_by_id=by.user_id or 0, area_pos=by.lo, province_no=min(by.lo // 10**10, 99),
    )  # fmt: skip
    asked.refresh_from_db()
    audit.record(verb="ask_export", kind="core_exportrequest", object_id=asked.public_id, by=by, area=_area(asked), what=kind, count=count)
    if needs_second:
        _ask_second(asked, found, by)
    else:
        _start(asked)
    return asked


def _checked(kind: str, params: Mapping[str, Any], by: Scope) -> Exporter:
    found = exporter_of(kind, by.role)
    if found is None or not rules.may_export(by):
        raise ExportRefused(_("Vai trò đang dùng không được xuất dữ liệu này."))
    for value in params.values():
        for text in map(str, value if isinstance(value, list | tuple) else [value]):
            if not _CODE.fullmatch(text) or _PAPER.search(text):
                raise ExportRefused(_("Chỉ xuất được theo bộ lọc, không theo từ tìm kiếm. Hãy bỏ từ tìm kiếm rồi xuất lại."))
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    if ExportRequest.objects.filter(requested_by=by.user_id, created_at__gte=today).count() >= rules.MOST_A_DAY:
        raise ExportRefused(_("Bạn đã yêu cầu %(n)d tệp hôm nay. Hãy đợi đến ngày mai.") % {"n": rules.MOST_A_DAY})
    return found


def settled(found: Exporter, params: Mapping[str, Any]) -> dict[str, Any]:
    """The filters with what they leave open filled in ("the last week" becomes two days), so that everybody means the same ones later."""
    settle = getattr(found, "settled", None)
    try:
        return dict(params) if settle is None else dict(settle(params))
    except ValueError as error:
        raise ExportRefused(str(error)) from error


def _counted(found: Exporter, params: Mapping[str, Any], by: Scope) -> int:
    try:
        count = found.count(by, params)
    except ValueError as error:
        raise ExportRefused(str(error)) from error
    most = rules.MOST_PERSONS[by.role]
    if count > most:
        raise ExportRefused(
            _("Bộ lọc này có %(count)s dòng; vai trò của bạn xuất được nhiều nhất %(most)s. Hãy thu hẹp bộ lọc.")
            % {"count": f"{count:,}".replace(",", "."), "most": f"{most:,}".replace(",", ".")}
        )
    if count == 0:
        raise ExportRefused(_("Bộ lọc này không có ai. Hãy nới bộ lọc."))
    return count


def _area(asked: ExportRequest) -> tuple[int, int]:
    return asked.province_no, asked.area_pos


def _ask_second(asked: ExportRequest, found: Exporter, by: Scope) -> None:
    link = reverse("portal:export_decide", args=[asked.public_id])
    title = _("Duyệt xuất dữ liệu: %(title)s") % {"title": found.title}
    seconds = rules.SECOND[asked.role]
    WorkItem.objects.create(
        kind=WORK, title=title, reason=_("%(count)d dòng dữ liệu cá nhân, cần người thứ hai duyệt") % {"count": asked.count},
        subject_kind="core_exportrequest", subject_id=asked.pk, link=link, role=seconds[0], province_no=asked.province_no, area_pos=asked.area_pos,
    )  # fmt: skip
    notifications.notify(kind="export_second", title=title, link=link, role=seconds[:2], area=asked.area_pos, excluding=by.user_id)


def _start(asked: ExportRequest) -> None:
    """Queue the making of the file in the scope of whoever asked."""
    asker = Scope(asked.scope_kind, asked.area_pos, asked.scope_hi, asked.requested_by_id, asked.role, asked.role_assignment_id)
    job = jobs.enqueue(kind=JOB, params={"export_id": asked.pk}, by=asker, title=_("Lập tệp xuất dữ liệu"))
    ExportRequest.objects.filter(pk=asked.pk).update(job_id=job.pk)
    asked.job_id = job.pk


def _decided(asked: ExportRequest, by: Scope, status: str) -> ExportRequest:
    """The request locked for a decision; raises ExportRefused when it is no longer open or not this user's to decide."""
    asked = ExportRequest.objects.select_for_update().get(pk=asked.pk)
    if not rules.may_approve(asked, by):
        raise ExportRefused(_("Yêu cầu này phải do người khác, có thẩm quyền trên địa bàn, duyệt."))
    if status not in rules.MOVES[asked.status]:
        raise ExportRefused(_("Yêu cầu này đã được quyết định."))
    WorkItem.objects.filter(kind=WORK, subject_id=asked.pk, done_at__isnull=True).update(done_at=Now())
    return asked


@transaction.atomic
def approve(*, asked: ExportRequest, by: Scope) -> None:
    """The second person agrees; the file is made. Raises ExportRefused."""
    asked = _decided(asked, by, Status.APPROVED)
    ExportRequest.objects.filter(pk=asked.pk).update(status=Status.APPROVED, approved_by=by.user_id, decided_at=Now())
    audit.record(verb="approve_export", kind="core_exportrequest", object_id=asked.public_id, by=by, area=_area(asked), count=asked.count)
    _start(asked)


@transaction.atomic
def refuse(*, asked: ExportRequest, why: str, by: Scope) -> None:
    """The second person does not agree, and says why. Raises ExportRefused."""
    if not why.strip():
        raise ExportRefused(_("Hãy ghi lý do không duyệt."))
    asked = _decided(asked, by, Status.REFUSED)
    ExportRequest.objects.filter(pk=asked.pk).update(
        status=Status.REFUSED, approved_by=by.user_id, refusal=why.strip()[:500], decided_at=Now()
    )
    audit.record(verb="refuse_export", kind="core_exportrequest", object_id=asked.public_id, by=by, area=_area(asked))
    notifications.notify(
        kind="export_refused",
        title=_("Yêu cầu xuất dữ liệu không được duyệt"),
        link=reverse("portal:downloads"),
        users=[asked.requested_by_id],
    )


@transaction.atomic
def downloaded(*, asked: ExportRequest, by: Scope) -> None:
    """The file is handed over: counted, and one audit row with its hash."""
    asked = ExportRequest.objects.select_for_update().get(pk=asked.pk)
    asked.downloads += 1
    asked.save(update_fields=["downloads"])
    audit.exported(
        by=by, kind="core_exportrequest", object_id=asked.public_id, area=_area(asked), count=asked.rows, what=asked.kind,
        columns=asked.columns, filters=sorted(asked.params), sha256=asked.sha256, approved_by=asked.approved_by_id,
    )  # fmt: skip


def expire() -> int:
    """Delete the files whose time is over; how many."""
    with transaction.atomic():
        apply(COUNTRY)
        over = list(ExportRequest.objects.select_for_update(skip_locked=True).filter(status=Status.READY, expires_at__lte=timezone.now()))
        _forget(over)
    return len(over)


def _forget(over: Iterable[ExportRequest]) -> None:
    for asked in over:
        # The file first: a file without its row would lie for ever, a row without its file says on the page that it is gone.
        vault.delete(asked.file)
        ExportRequest.objects.filter(pk=asked.pk).update(status=Status.EXPIRED, file="")
        audit.record(verb="expire_export", kind="core_exportrequest", object_id=asked.public_id, by=COUNTRY, area=_area(asked))
