"""What people do with a staged list: answer proposals, accept all or part, reject, undo, confirm a death. One transaction each."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from households.facts import HOUSEHOLD_FACTS, PERSON_FACTS
from households.models import Change, ImportBatch, ImportedDeath, ImportRow
from households.operations import confirm_death, start_change
from households.operations.registry import household_code
from households.staging import accept_sql, undo_sql
from households.staging.differences import compare
from households.staging.receiving import read_again, receive_list
from households.staging.statuses import Status, WrongMoment, move
from households.staging.villages import make_villages, village_keys
from households.workbooks.conflicts import look
from posasoft.core import audit
from posasoft.core.history import because
from posasoft.core.models import Hold, WorkItem
from posasoft.core.scope import Scope

__all__ = [
    "Taking",
    "WrongMoment",
    "accept",
    "answer_proposal",
    "confirm_noted_death",
    "read_again",
    "receive_list",
    "refute_noted_death",
    "reject",
    "undo",
]


@dataclass(frozen=True)
class Taking:
    """Which rows of a list are taken: these rows, those whose every change is of these fields ("new": new persons), those without an error.
    ``days`` gives a fact (households.facts) a first day of its own."""

    rows: list[int] | None = None
    fields: list[str] | None = None
    clean: bool = False
    days: Mapping[str, dt.date] = field(default_factory=dict)


@transaction.atomic
def accept(
    *, batch: ImportBatch, by: Scope, blocks: Sequence[int] | None = None, from_day: dt.date | None = None, only: Taking | None = None
) -> dict[str, int]:
    """Carry staged households into the registry (all that wait for no answer, or these blocks); facts hold from `from_day`.

    `from_day` defaults to the first day of the list's year; `only` narrows to rows, kinds of change, rows without errors, and gives kinds a day
    of their own. Returns persons, new persons, households. Raises WrongMoment.
    """
    only = only or Taking()
    batch = ImportBatch.objects.select_related("area__parent", "change").select_for_update(of=("self",)).get(pk=batch.pk)
    move(batch, Status.ACCEPTED)
    if batch.workbook_id:
        # Weeks lie between reading and accepting: what others changed in them is looked at once more.
        look(batch)
    day = from_day or batch.from_day or dt.date(batch.area_date.year, 1, 1)
    change = batch.change or _change(batch, by)
    batch.change, batch.from_day, batch.accepted_at = change, day, timezone.now()
    wanted = ImportRow.objects.filter(batch=batch, decision=ImportRow.Decision.PENDING).exclude(village_name="")
    villages = make_villages(batch, set(wanted.values_list("village_name", flat=True).distinct()), since=day, by=by)
    params: dict[str, Any] = {
        "batch": batch.pk, "change": change.pk, "day": day, "commune": batch.area_id, "province": batch.province_no,
        "code_start": household_code(batch.area, 0)[:-6],
        "position": batch.area.position, "kind": "urban" if batch.area.kind in ("Phường", "Thị trấn") else "rural", "link": _link(batch),
        "village_names": list(villages), "village_ids": [area.pk for area in villages.values()],
        "blocks": list(blocks) if blocks is not None else None, "rows": only.rows, "fields": only.fields, "clean": only.clean,
        **{f"day_{fact.name}": only.days.get(fact.name, day) for fact in (*HOUSEHOLD_FACTS, *PERSON_FACTS)},
    }  # fmt: skip
    with because(change=change.pk, by=by, reason=change.reason, effective_from=day), connection.cursor() as cursor:
        for statement in (accept_sql.TAKE, accept_sql.BLOCKS, accept_sql.NUMBER, *accept_sql.STEPS):
            cursor.execute(statement, params)
        cursor.execute(accept_sql.COUNT)
        persons, new, households = cursor.fetchone()
        cursor.execute("DROP TABLE taken, taken_block")
    batch.save(update_fields=["status", "change", "from_day", "accepted_at"])
    counts = {"persons": persons, "new": new, "households": households}
    audit.record(
        verb="accept_list", kind="households_importbatch", object_id=batch.pk, by=by, area=(batch.province_no, batch.area_pos), **counts
    )
    return counts


def _change(batch: ImportBatch, by: Scope) -> Change:
    return start_change(
        kind="import",
        by=by,
        province_no=batch.province_no,
        area_pos=batch.area_pos,
        reason="Nhập danh sách",
        source=f"danh sách số {batch.pk}",
    )


def _link(batch: ImportBatch) -> str:
    return f"/imports/{batch.public_id}/deaths/"


@transaction.atomic
def reject(*, batch: ImportBatch, blocks: Sequence[int], by: Scope, rows: Sequence[int] = ()) -> int:
    """Leave households of the list out, or single rows; how many rows. They can be downloaded with the reasons beside the cells."""
    chosen = Q(block__in=blocks) | Q(pk__in=rows)
    waiting = ImportRow.objects.filter(chosen, batch=batch, decision=ImportRow.Decision.PENDING)
    number = waiting.update(decision=ImportRow.Decision.REJECTED)
    audit.record(
        verb="reject_rows", kind="households_importbatch", object_id=batch.pk, by=by, area=(batch.province_no, batch.area_pos), rows=number
    )
    return number


@transaction.atomic
def answer_proposal(*, row: ImportRow, same: bool, by: Scope) -> None:
    """Say whether the person of a row is the person that the registry proposes. Raises WrongMoment when the row is decided."""
    row = ImportRow.objects.select_related("batch__area").select_for_update(of=("self",)).get(pk=row.pk)
    if row.decision != ImportRow.Decision.PENDING or row.match not in ("doubt", "fuzzy"):
        raise WrongMoment("Dòng này không còn chờ trả lời.")
    row.match = "officer"
    if not same:
        row.person = row.household = None
        row.score = None
    row.save(update_fields=["match", "person", "household", "score"])
    compare(row.batch, village_keys(row.batch))
    audit.record(
        verb="answer_proposal", kind="households_importrow", object_id=row.pk, by=by, area=(row.province_no, row.area_pos), same=same
    )


@transaction.atomic
def undo(*, batch: ImportBatch, by: Scope) -> None:
    """Take back what an accepted list brought, unless a payment has used it. Raises WrongMoment.

    Known persons and households get their former values, where nobody has changed them since; new households end on the day they began.
    """
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    move(batch, Status.UNDONE)
    used = Hold.objects.filter(
        effect=Hold.Effect.NO_UNDO, subject_kind="households.change", subject_id=batch.change_id or 0, lifted_at=None
    )
    if used.exists():
        raise WrongMoment("Đã có danh sách chi trả dùng dữ liệu này, không thể hoàn tác. Hãy sửa từng hộ.")
    params = {"batch": batch.pk, "change": batch.change_id, "day": batch.from_day}
    with (
        because(change=batch.change_id, by=by, reason="Hoàn tác nhập danh sách", effective_from=batch.from_day),
        connection.cursor() as cursor,
    ):
        for statement in undo_sql.STEPS:
            cursor.execute(statement, params)
    batch.save(update_fields=["status"])
    audit.record(verb="undo_list", kind="households_importbatch", object_id=batch.pk, by=by, area=(batch.province_no, batch.area_pos))


@transaction.atomic
def confirm_noted_death(*, death: ImportedDeath, died_on: dt.date, by: Scope) -> None:
    """The note was right: the person died on that day. The hold is lifted, for the death itself now ends every benefit. Raises WrongMoment."""
    death = _open_death(death)
    change = start_change(kind="import", by=by, province_no=death.province_no, area_pos=death.area_pos, reason="Xác nhận người đã chết")
    confirm_death(person_id=death.person_id, died_on=died_on, change=change, by=by)
    death.died_on, death.confirmed_at = died_on, timezone.now()
    death.save(update_fields=["died_on", "confirmed_at"])
    _close_death(death)


@transaction.atomic
def refute_noted_death(*, death: ImportedDeath, by: Scope) -> None:
    """The note was wrong or about somebody else: the person may be paid again. Raises WrongMoment."""
    death = _open_death(death)
    death.refuted_at = timezone.now()
    death.save(update_fields=["refuted_at"])
    _close_death(death)
    audit.record(verb="refute_death", kind="households_person", object_id=death.person_id, by=by, area=(death.province_no, death.area_pos))


def _open_death(death: ImportedDeath) -> ImportedDeath:
    death = ImportedDeath.objects.select_for_update().get(pk=death.pk)
    if death.confirmed_at or death.refuted_at:
        raise WrongMoment("Việc này đã có người xác nhận.")
    return death


def _close_death(death: ImportedDeath) -> None:
    now = timezone.now()
    Hold.objects.filter(placed_by_kind="households.importeddeath", placed_by_id=death.pk, lifted_at=None).update(lifted_at=now)
    still = ImportedDeath.objects.filter(person_id=death.person_id, confirmed_at=None, refuted_at=None).exclude(pk=death.pk).exists()
    if not still:
        WorkItem.objects.filter(kind="confirm_death", subject_kind="person", subject_id=death.person_id, done_at=None).update(done_at=now)
