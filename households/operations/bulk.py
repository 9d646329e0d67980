"""One change for many: prepared and looked at, applied at once or asked for, undone as a whole. Keyword-only, with an audit row each.

Who may apply is the table of changes (households.change_kinds): a role that must ask for one household must ask for many, once, and somebody
else answers.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DataError, IntegrityError, InternalError, connection, transaction
from django.db.models import Max, Min, QuerySet
from django.utils import timezone

from households.change_kinds import KINDS, Right
from households.models import BulkChange, BulkRow
from households.operations.bulk_sql import Statements, statements
from households.operations.facts import start_change
from households.statuses import BULK_MOVES
from posasoft.core import audit, jobs
from posasoft.core.history import because
from posasoft.core.models import Area, AreaClass, Job, WorkItem
from posasoft.core.scope import Scope

MOST = 5_000
AT_ONCE = 200
CHUNK = 500
JOB = "households.bulk"
WORK = "approve_bulk"


class BulkRefused(ValueError):
    """The bulk change cannot be done as asked; the message is for the officer (Vietnamese)."""


@dataclass(frozen=True)
class BulkKind:
    """A fact for which one value for many makes sense, the columns it sets, and the kind of change that says who may."""

    code: str
    subject: str
    fact: str
    columns: tuple[str, ...]
    change_kind: str

    def right(self, role: str) -> Right:
        return KINDS[self.change_kind].rights.of(role)

    def may_approve(self, role: str) -> bool:
        return role in KINDS[self.change_kind].rights.approvers


KINDS_OF_BULK = {
    kind.code: kind
    for kind in (
        BulkKind("poverty", "h", "poverty", ("poverty", "b1", "b2"), "poverty"),
        BulkKind("village", "h", "residence", ("village_id", "difficulty"), "move_within"),
        BulkKind("studying", "p", "studying", ("studying",), "schooling"),
        BulkKind("boards_at_school", "p", "boards_at_school", ("boards_at_school",), "schooling"),
        BulkKind("no_supporter", "p", "no_supporter", ("no_supporter",), "supporter"),
    )
}


def kind_of(bulk: BulkChange) -> BulkKind:
    """The kind of a bulk change that was prepared."""
    return KINDS_OF_BULK[bulk.value["kind"]]


def _statements(bulk: BulkChange) -> Statements:
    kind = kind_of(bulk)
    return statements(kind.subject, kind.fact, kind.columns)


def _params(bulk: BulkChange, ids: Sequence[int] = ()) -> dict[str, Any]:
    values = {f"v{number}": value for number, value in enumerate(bulk.value["columns"])}
    return {"bulk": bulk.pk, "change": bulk.change_id, "day": bulk.since, "ids": list(ids), **values}


def _move(bulk: BulkChange, move: str) -> None:
    if (bulk.status, move) not in BULK_MOVES:
        raise BulkRefused(f"Lần sửa này đang ở trạng thái “{bulk.get_status_display()}”, không làm được việc này.")
    bulk.status = BULK_MOVES[bulk.status, move]


def _locked(bulk: BulkChange) -> BulkChange:
    return BulkChange.objects.select_for_update().get(pk=bulk.pk)


@transaction.atomic
def prepare(*, kind: BulkKind, values: Sequence[Any], since: datetime.date, reason: str, targets: QuerySet[Any], by: Scope) -> BulkChange:
    """Write down what would change and what would not, without changing it. ``targets`` gives ids of one commune; ``values`` the columns of
    the kind in order (for a village its id; its class of difficulty is looked up). Raises BulkRefused."""
    if kind.right(by.role) == Right.NO:
        raise BulkRefused("Vai trò của bạn không được sửa thông tin này.")
    if not reason.strip():
        raise BulkRefused("Hãy ghi lý do sửa.")
    if since > timezone.localdate():
        raise BulkRefused("Ngày hiệu lực không được ở sau hôm nay.")
    targets = targets.order_by()
    number = targets[: MOST + 1].count()
    if not 0 < number <= MOST:
        raise BulkRefused(f"Mỗi lần sửa từ 1 đến {MOST:,} dòng.".replace(",", "."))
    place = targets.aggregate(lo=Min("area_pos"), hi=Max("area_pos"), province=Min("province_no"))
    if kind.code == "village":
        values = _village(int(values[0]), place["lo"], place["hi"], since)
    bulk = BulkChange.objects.create(
        subject=kind.subject, fact=kind.fact, value={"kind": kind.code, "columns": list(values)}, since=since, reason=reason.strip()[:300],
        made_by_id=by.user_id, province_no=place["province"], area_pos=place["lo"],
    )  # fmt: skip
    ids, id_params = targets.values("pk").query.sql_with_params()
    sql, params = _numbered(_statements(bulk).prepare("{targets}"), _params(bulk), ids, id_params)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
    audit.record(verb="prepare_bulk", kind="households_bulkchange", object_id=bulk.pk, by=by, area=_area(bulk), rows=number, fact=kind.fact)
    return bulk


def _numbered(sql: str, params: dict[str, Any], inner: str, inner_params: Sequence[Any]) -> tuple[str, dict[str, Any]]:
    """A statement with named parameters around a query set's SQL, whose parameters are by place."""
    named = {f"t{number}": value for number, value in enumerate(inner_params)}
    for name in named:
        inner = inner.replace("%s", f"%({name})s", 1)
    return sql.replace("{targets}", inner), {**params, **named}


def _village(village_id: int, lo: int, hi: int, day: datetime.date) -> list[Any]:
    village = Area.objects.select_related("parent").filter(pk=village_id, level="village", position__isnull=False).first()
    commune = village.parent if village else None
    if village is None or commune is None or not (commune.position or 0) <= lo <= hi < (commune.position_end or 0):
        raise BulkRefused("Thôn mới phải cùng xã với các hộ được chọn.")
    classes = {c.area_id: c.difficulty for c in AreaClass.objects.filter(area__in=[village, commune], until__isnull=True, since__lte=day)}
    return [village.pk, classes.get(village.pk) or classes.get(commune.pk)]


@transaction.atomic
def start(*, bulk: BulkChange, by: Scope, link: str) -> BulkChange:
    """Apply what was looked at, at once or, above two hundred rows, in the background; a role that must ask asks, with a task for whoever
    answers. Raises BulkRefused."""
    bulk = _locked(bulk)
    kind = kind_of(bulk)
    if not BulkRow.objects.filter(bulk=bulk, outcome=BulkRow.Outcome.WAITING).exists():
        raise BulkRefused("Không có dòng nào cần đổi.")
    if kind.right(by.role) == Right.ASK:
        _move(bulk, "ask")
        bulk.save(update_fields=["status"])
        for role in KINDS[kind.change_kind].rights.approvers[:1]:
            WorkItem.objects.create(
                kind=WORK, title="Duyệt sửa hàng loạt", reason=bulk.reason[:300], subject_kind="bulk", subject_id=bulk.pk, link=link,
                role=role, province_no=bulk.province_no, area_pos=bulk.area_pos,
            )  # fmt: skip
    elif kind.right(by.role) == Right.DIRECT:
        _move(bulk, "apply")
        _run(bulk, by)
    else:
        raise BulkRefused("Vai trò của bạn không được sửa thông tin này.")
    audit.record(verb="start_bulk", kind="households_bulkchange", object_id=bulk.pk, by=by, area=_area(bulk), status=bulk.status)
    return bulk


@transaction.atomic
def answer(*, bulk: BulkChange, agree: bool, by: Scope) -> BulkChange:
    """Approve or refuse what somebody else asked for. Raises BulkRefused."""
    bulk = _locked(bulk)
    if bulk.made_by_id == by.user_id or not kind_of(bulk).may_approve(by.role):
        raise BulkRefused("Người đề nghị không tự duyệt; việc này do người có quyền duyệt làm.")
    _move(bulk, "approve" if agree else "refuse")
    bulk.decided_by_id = by.user_id
    if not agree:
        bulk.save(update_fields=["decided_by_id", "status"])
    WorkItem.objects.filter(kind=WORK, subject_kind="bulk", subject_id=bulk.pk, done_at=None).update(done_at=timezone.now())
    if agree:
        _run(bulk, by)
    verb = "approve_bulk" if agree else "refuse_bulk"
    audit.record(verb=verb, kind="households_bulkchange", object_id=bulk.pk, by=by, area=_area(bulk))
    return bulk


def _run(bulk: BulkChange, by: Scope) -> None:
    bulk.change = start_change(
        kind="request",
        by=by,
        province_no=bulk.province_no,
        area_pos=bulk.area_pos,
        reason=bulk.reason,
        source=f"sửa hàng loạt số {bulk.pk}",
    )
    waiting = list(BulkRow.objects.filter(bulk=bulk, outcome=BulkRow.Outcome.WAITING).values_list("subject_id", flat=True)[: AT_ONCE + 1])
    if len(waiting) > AT_ONCE:
        bulk.job_id = jobs.enqueue(kind=JOB, params={"bulk": bulk.pk}, by=by, title="Sửa hàng loạt").pk
    bulk.save(update_fields=["change", "status", "job_id", "decided_by_id"])
    if bulk.job_id is None:
        _write(bulk, waiting, by)
        _finish(bulk, by)


def carry_on(context: jobs.JobContext) -> dict[str, Any]:
    """The background job: a chunk a transaction, so that a stop or a killed worker leaves whole chunks."""
    with context.unit():
        bulk = BulkChange.objects.get(pk=context.params["bulk"])
        total = BulkRow.objects.filter(bulk=bulk).exclude(outcome=BulkRow.Outcome.LEFT_OUT).count()
    done = 0
    while True:
        with context.unit():
            waiting = BulkRow.objects.filter(bulk=bulk, outcome=BulkRow.Outcome.WAITING).order_by("subject_id")
            ids = list(waiting.values_list("subject_id", flat=True)[:CHUNK])
            if ids:
                _write(bulk, ids, context.scope)
            else:
                _finish(bulk, context.scope)
        if not ids:
            return {"rows": total}
        done += len(ids)
        context.progress(min(done, total), total)


def _write(bulk: BulkChange, ids: Sequence[int], by: Scope) -> None:
    """These rows in one go; if the database refuses them, in halves, until the row that it refuses stands alone and is noted."""
    try:
        with (
            transaction.atomic(),
            because(change=bulk.change_id, by=by, reason=bulk.reason, effective_from=bulk.since),
            connection.cursor() as cursor,
        ):
            for sql in _statements(bulk).apply():
                cursor.execute(sql, _params(bulk, ids))
    except (DataError, IntegrityError, InternalError):
        if len(ids) == 1:
            BulkRow.objects.filter(bulk=bulk, subject_id=ids[0]).update(outcome=BulkRow.Outcome.FAILED, why="refused")
            return
        half = len(ids) // 2
        _write(bulk, ids[:half], by)
        _write(bulk, ids[half:], by)


def _finish(bulk: BulkChange, by: Scope) -> None:
    bulk = _locked(bulk)
    if (bulk.status, "finish") not in BULK_MOVES:
        return
    _move(bulk, "finish")
    bulk.applied_at = timezone.now()
    bulk.save(update_fields=["status", "applied_at"])
    done = BulkRow.objects.filter(bulk=bulk, outcome=BulkRow.Outcome.DONE).count()
    audit.record(verb="apply_bulk", kind="households_bulkchange", object_id=bulk.pk, by=by, area=_area(bulk), rows=done)


@transaction.atomic
def drop(*, bulk: BulkChange, by: Scope) -> None:
    """Throw a prepared bulk change away; nothing was changed. Raises BulkRefused."""
    bulk = _locked(bulk)
    _move(bulk, "drop")
    bulk.save(update_fields=["status"])
    audit.record(verb="drop_bulk", kind="households_bulkchange", object_id=bulk.pk, by=by, area=_area(bulk))


# A list released after the change was written has paid by it: a hold of the month lies over the commune.
_PAID = """
SELECT EXISTS (SELECT FROM core_hold x
  WHERE x.effect = 'no_undo' AND x.lifted_at IS NULL AND (
    (x.subject_kind = 'households.change' AND x.subject_id = %(change)s)
    OR (x.subject_kind = 'beneficiaries.month' AND x.subject_id >= %(month)s AND x.created_at >= %(applied)s AND EXISTS (
      SELECT FROM households_bulkrow r JOIN core_area c ON c.position <= r.area_pos AND c.position_end > r.area_pos AND c.level = 'commune'
      WHERE r.bulk_id = %(bulk)s AND r.outcome = 'done' AND x.area_pos >= c.position AND x.area_pos < c.position_end))))
"""


@transaction.atomic
def undo(*, bulk: BulkChange, by: Scope) -> int:
    """Give every row its former value back where nobody changed it since; how many. Raises BulkRefused when money was released on it."""
    bulk = _locked(bulk)
    _move(bulk, "undo")
    params = {**_params(bulk), "month": int(bulk.since.strftime("%Y%m")), "applied": bulk.applied_at}
    with connection.cursor() as cursor:
        cursor.execute(_PAID, params)
        if cursor.fetchone()[0]:
            raise BulkRefused("Đã có danh sách chi trả phát hành theo dữ liệu này, không thể hoàn tác. Hãy sửa từng hộ.")
    with because(change=bulk.change_id, by=by, reason="Hoàn tác sửa hàng loạt", effective_from=bulk.since), connection.cursor() as cursor:
        for sql in _statements(bulk).undo():
            cursor.execute(sql, params)
    bulk.undone_at = timezone.now()
    bulk.save(update_fields=["status", "undone_at"])
    number = BulkRow.objects.filter(bulk=bulk, outcome=BulkRow.Outcome.UNDONE).count()
    audit.record(verb="undo_bulk", kind="households_bulkchange", object_id=bulk.pk, by=by, area=_area(bulk), rows=number)
    return number


def _area(bulk: BulkChange) -> tuple[int, int]:
    return bulk.province_no, bulk.area_pos


def job_of(bulk: BulkChange) -> Job | None:
    """The background job that writes it, if there is one."""
    return Job.objects.filter(pk=bulk.job_id).first() if bulk.job_id else None
