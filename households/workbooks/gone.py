"""Lines that are missing from a workbook that came back: nobody is removed, somebody says what happened."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from households.models import ImportedDeath, ImportRow
from households.staging.operations import WrongMoment, confirm_noted_death
from posasoft.core import audit
from posasoft.core.models import WorkItem
from posasoft.core.scope import Scope

ANSWERS = {"died": "Đã mất", "moved": "Đã chuyển đi", "mistake": "Xóa nhầm, vẫn ở đây"}


@transaction.atomic
def answer_gone(*, row: ImportRow, what: str, day: dt.date | None, by: Scope) -> None:
    """Say what happened to a person whose line is gone: a death is recorded with its day, a move becomes a task, a mistake changes nothing.

    Raises WrongMoment when the row is answered already, ValueError for an answer that is none or a death without a day.
    """
    row = ImportRow.objects.select_related("person", "batch").select_for_update(of=("self",)).get(pk=row.pk)
    if row.verdict != ImportRow.Verdict.GONE or row.decision != ImportRow.Decision.PENDING or row.person is None:
        raise WrongMoment("Dòng này đã có câu trả lời.")
    if what not in ANSWERS:
        raise ValueError("Hãy chọn: đã mất, đã chuyển đi, hay xóa nhầm.")
    if what == "died":
        _died(row, day, by)
    elif what == "moved":
        _moved(row)
    row.gone = what
    row.decision = ImportRow.Decision.REJECTED if what == "mistake" else ImportRow.Decision.ACCEPTED
    row.save(update_fields=["gone", "decision"])
    audit.record(verb="answer_gone", kind="households_importrow", object_id=row.pk, by=by, area=(row.province_no, row.area_pos), what=what)


def _died(row: ImportRow, day: dt.date | None, by: Scope) -> None:
    if day is None or row.person is None:
        raise ValueError("Ghi ngày mất, ví dụ 05/11/2026.")
    death, _ = ImportedDeath.objects.get_or_create(
        import_batch=row.batch,
        person=row.person,
        defaults={"died_on": day, "province_no": row.province_no, "area_pos": row.area_pos},
    )
    confirm_noted_death(death=death, died_on=day, by=by)


def _moved(row: ImportRow) -> None:
    """Moving is a change with two communes: the task leads to the person, where the move is declared."""
    if row.person is None:
        return
    WorkItem.objects.get_or_create(
        kind="declare_move",
        subject_kind="person",
        subject_id=row.person.pk,
        done_at=None,
        defaults={
            "title": f"Báo chuyển đi: {row.person.full_name}"[:200],
            "reason": "Dòng không còn trong tệp Excel; xã trả lời là đã chuyển đi",
            "link": f"/persons/{row.person.public_id}/",
            "role": "commune_officer",
            "province_no": row.person.province_no,
            "area_pos": row.person.area_pos,
        },
    )
