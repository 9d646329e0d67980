"""A file or a call with results comes in: kept whole, once per agency, content and key; then read into rows and judged."""

from __future__ import annotations

import codecs
import datetime
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from payments.channels import Answer, Answers, ChannelRefused, face
from payments.channels.packed import GZIP, unpacked
from payments.channels.table import END
from payments.models import Agency, ApiKey, Delivery, ResultBatch, ResultRow, ServicePoint
from payments.operations.results.judging import judge
from payments.operations.results.rows import answers_of
from payments.operations.results.standing import ResultRefused, require_agency, writing
from payments.outcomes import PAID
from payments.statuses import APPLIED, BATCH_MOVES, RECEIVED, REFUSED, STAGED
from posasoft.core import audit, vault
from posasoft.core.money import format_dong, format_number
from posasoft.core.scope import Scope

LARGEST = 40 * 1024 * 1024
_INSERT = """
INSERT INTO payments_resultrow (batch_id, row_no, line, outcome, reason, amount, paid_on, proxy, state, findings, province_no, area_pos)
SELECT %(batch)s, x.row_no, x.line, x.outcome, x.reason, x.amount, x.paid_on, x.proxy, 'finding', x.findings::jsonb, 0, 0
FROM unnest(%(row_no)s::int[], %(line)s::text[], %(outcome)s::text[], %(reason)s::text[], %(amount)s::bigint[], %(paid_on)s::date[],
  %(proxy)s::text[], %(findings)s::text[]) AS x(row_no, line, outcome, reason, amount, paid_on, proxy, findings)
"""


def receive(
    *, agency: Agency, content: bytes, format: str, client_key: str, by: Scope, service_point: ServicePoint | None = None,
    delivery: Delivery | None = None, file_name: str = "", key: ApiKey | None = None, declared_rows: int | None = None,
    declared_amount: int | None = None,
) -> ResultBatch:  # fmt: skip
    """Keep what came in. The same content or key of an agency again is the batch that it was; one refused before is read again.

    ``client_key`` is made by the sender. Raises ResultRefused: not of this agency, an empty or too large file, a key used for another content.
    """
    require_agency(agency.pk, service_point.pk if service_point else None, by)
    if not content or len(content) > LARGEST:
        raise ResultRefused(
            _("Tệp rỗng hoặc lớn hơn %(size)s MB. Tệp lớn: nén csv thành .csv.gz, hoặc chia theo tỉnh, theo danh sách.")
            % {"size": LARGEST // 2**20}
        )
    sha256 = hashlib.sha256(content).hexdigest()
    with writing(by):
        # Two deliveries of one file at once: the second waits here and finds the first.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('payments.results'), %s)", [agency.pk % 2**31])
        found = _found(agency, sha256, client_key)
        if found is not None:
            require_agency(agency.pk, found.service_point_id, by)
            return _again(found, declared_rows, declared_amount)
        kept = vault.store(content, folder="results", suffix=f".{format}")
        place = delivery or service_point
        try:
            batch = ResultBatch.objects.create(
                agency=agency, service_point=service_point, delivery=delivery, file=kept.name, file_name=file_name[:200], format=format,
                sha256=sha256, client_key=client_key[:80], declared_rows=declared_rows, declared_amount=declared_amount, by_id=by.user_id,
                key=key, made_at=timezone.now(), province_no=place.province_no if place else 0, area_pos=place.area_pos if place else 0,
            )  # fmt: skip
            _audit("receive_results", batch, by, sha256=sha256)
        except BaseException:
            vault.delete(kept.name)
            raise
    batch.refresh_from_db()
    return batch


def _found(agency: Agency, sha256: str, client_key: str) -> ResultBatch | None:
    same_key = ResultBatch.objects.filter(agency=agency, client_key=client_key[:80]).first()
    if same_key is not None and same_key.sha256 != sha256:
        raise ResultRefused(
            _("Khóa “%(key)s” đã dùng cho một tệp khác. Mỗi lần gửi một tệp mới phải có khóa mới.") % {"key": client_key[:80]}
        )
    return same_key or ResultBatch.objects.filter(agency=agency, sha256=sha256).first()


def _again(batch: ResultBatch, rows: int | None, amount: int | None) -> ResultBatch:
    if batch.status == REFUSED:
        batch.status, batch.refusal, batch.declared_rows, batch.declared_amount = RECEIVED, "", rows, amount
        batch.save(update_fields=["status", "refusal", "declared_rows", "declared_amount"])
    return batch


def stage(*, batch: ResultBatch, by: Scope) -> ResultBatch:
    """Read the batch into rows with findings. A file that cannot be read, or is not what its sender said it holds, is refused whole.

    Staging again judges the rows against what is known now; an applied batch stays as it is.
    """
    require_agency(batch.agency_id, batch.service_point_id, by)
    with writing(by):
        held = ResultBatch.objects.select_for_update(of=("self",)).select_related("agency").get(pk=batch.pk)
        if held.status in (APPLIED, REFUSED):
            return held
        if held.status == RECEIVED:
            try:
                answers = _read(held)
                _check_declared(held, answers)
            except ChannelRefused as refusal:
                return _refuse(held, str(refusal), by)
            _write(held, answers)
        judge(held)
        ResultBatch.objects.filter(pk=held.pk).update(status=BATCH_MOVES[held.status, "stage"])
        held.refresh_from_db()
        if batch.status != STAGED:
            _audit("stage_results", held, by, rows=held.rows, states=held.counts)
    return held


def refuse(*, batch: ResultBatch, by: Scope, reason: str = "") -> ResultBatch:
    """Put a batch aside that is not to be applied; one that was applied stays. Raises ResultRefused."""
    require_agency(batch.agency_id, batch.service_point_id, by)
    with writing(by):
        held = ResultBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if held.status == APPLIED:
            raise ResultRefused(_("Tệp này đã được ghi nhận nên không bỏ được. Nếu sai, đề nghị xã mở lại danh sách để đính chính."))
        return held if held.status == REFUSED else _refuse(held, reason.strip() or "Người gửi bỏ tệp này.", by)


def _refuse(batch: ResultBatch, why: str, by: Scope) -> ResultBatch:
    batch.lines.all().delete()
    batch.status, batch.refusal, batch.rows, batch.paid, batch.counts = BATCH_MOVES[batch.status, "refuse"], why[:500], 0, 0, {}
    batch.save(update_fields=["status", "refusal", "rows", "paid", "counts"])
    _audit("refuse_results", batch, by)
    return batch


def _read(batch: ResultBatch) -> Answers:
    with vault.open_file(batch.file) as source:
        content = source.read()
    packed = batch.format == GZIP
    if packed:
        content = unpacked(content)
    format = "csv" if packed else batch.format
    if format == "csv":
        _check_whole(content)
    answers = answers_of(content) if format == "json" else face(batch.agency.kind).read(content, format)
    if not answers:
        raise ChannelRefused("Tệp không có dòng kết quả nào. Điền cột “Kết quả” rồi gửi lại.")
    # A packed file carries its own length and checksum.
    answers.whole = answers.whole or packed
    return answers


def _check_whole(content: bytes) -> None:
    """A text table that was cut ends inside a row: no end of line, and fewer cells than the others."""
    wide = content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    rows = content.decode("utf-16" if wide else "latin-1", "replace").split("\n")
    for separator in ";\t,":
        most = max(row.count(separator) for row in rows)
        if most >= 3:
            if rows[-1] and rows[-1].count(separator) < most:
                raise ChannelRefused("Hàng cuối của tệp bị cắt giữa chừng; tệp chưa tải lên hết. Gửi lại cả tệp.")
            return


def _check_declared(batch: ResultBatch, answers: Answers) -> None:
    """A half-uploaded file says so by its own figures, or its sender does. Rows without a sum of their own are not compared."""
    wanted, found = batch.declared_rows, len(answers)
    if wanted is None and not answers.whole:
        raise ChannelRefused(
            f"Tệp csv có {format_number(found)} dòng kết quả nhưng không có hàng cuối “{END}” hay “Tổng cộng” khớp số tiền, nên không biết đã tải lên"
            " đủ chưa. Gửi lại tệp này và ghi số dòng kết quả, hoặc gửi tệp xlsx; chưa dòng nào được ghi nhận."
        )
    if wanted is not None and wanted != found:
        raise ChannelRefused(
            f"Người gửi báo {format_number(wanted)} dòng kết quả nhưng tệp chỉ có {format_number(found)} dòng."
            " Có thể tệp bị cắt khi gửi; chưa dòng nào được ghi nhận."
        )
    paid = [answer.amount for answer in answers if answer.outcome == PAID]
    total = sum(amount or 0 for amount in paid)
    if batch.declared_amount is not None and None not in paid and total != batch.declared_amount:
        raise ChannelRefused(
            f"Người gửi báo đã trả {format_dong(batch.declared_amount)} nhưng các dòng cộng lại {format_dong(total)}."
            " Kiểm tra lại tệp; chưa dòng nào được ghi nhận."
        )


def _write(batch: ResultBatch, answers: Sequence[Answer]) -> None:
    ResultRow.objects.filter(batch=batch).delete()
    days: list[datetime.date | None] = [answer.paid_on for answer in answers]
    columns: dict[str, list[Any]] = {
        "row_no": [answer.number for answer in answers], "line": [answer.line[:80] for answer in answers],
        "outcome": [answer.outcome for answer in answers], "reason": [answer.reason for answer in answers],
        "amount": [answer.amount for answer in answers], "paid_on": days, "proxy": [answer.proxy[:120] for answer in answers],
        "findings": [_findings(answer) for answer in answers],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, {"batch": batch.pk, **columns})


def _findings(answer: Answer) -> str:
    said = [{"code": "read", "field": one.field, "value": one.value[:200], "message": one.message} for one in answer.findings]
    return json.dumps(said, ensure_ascii=False)


def _audit(verb: str, batch: ResultBatch, by: Scope, **detail: Any) -> None:
    area = (batch.province_no, batch.area_pos) if batch.province_no else None
    audit.record(verb=verb, kind="result_batch", object_id=batch.public_id, by=by, area=area, agency=batch.agency_id, **detail)
