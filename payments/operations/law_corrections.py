"""A law that counts in months already paid: computed and shown province by province, carried by drafts once the province agrees."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from beneficiaries.models import Run, RunShard
from beneficiaries.operations import recalculate
from beneficiaries.operations.compute import prepare
from beneficiaries.operations.reopen import months_computed
from beneficiaries.operations.runs import WORKERS
from beneficiaries.operations.spans import by_index, execute
from payments.models import LawCorrection
from payments.operations import corrections, drafts
from payments.statuses import AGREED, LAW_MOVES, SHOWN
from policy import load_law
from policy.model import Law
from posasoft.core import audit, shared_jobs
from posasoft.core.models import Area, Job, Level, WorkItem
from posasoft.core.months import add_months, format_month
from posasoft.core.scope import Scope, apply

JOB = "payments.law_effects"
TASK = "law_correction"
_LONGEST = 60  # characters of a document's name, as LawCorrection.instrument keeps it
ROLES = ("province_officer", "ministry_analyst")


class LawCorrectionRefused(Exception):
    """The effects of a law cannot be computed or agreed to so; the message is for the screen (Vietnamese)."""


@dataclass(frozen=True)
class Instrument:
    """A document of the law that counts in months already computed, from its first such month. ``province`` is the code of the province whose
    council resolved on it; empty for a document of the country."""

    name: str
    signed: datetime.date | None
    from_month: datetime.date
    province: str = ""


_TOTALS = """
SELECT to_char(month, 'YYYY-MM'), benefit, count(*), count(DISTINCT household_id),
  coalesce(sum(due - ordered) FILTER (WHERE due > ordered), 0)::bigint, coalesce(sum(ordered - due) FILTER (WHERE due < ordered), 0)::bigint
FROM caused WHERE cause ->> 'kind' = 'law' AND law_id = %s GROUP BY 1, 2 ORDER BY 1, 2
"""


def instruments(provinces: Iterable[str] = ()) -> list[Instrument]:
    """Documents with an amount or a rule in the months computed so far, the one signed last first; then the resolutions of these provinces (codes)
    on amounts of their own, the latest first."""
    months = months_computed()
    if not months:
        return []
    law = load_law()
    sources = [(level.source, level.from_month) for parameter in law.parameters.values() for level in parameter.levels]
    sources += [(rule.source, rule.from_month) for rule in law.rules]
    found: dict[str, Instrument] = {}
    for source, month in sources:
        known = found.get(source.instrument)
        if month <= months[-1] and (known is None or month < known.from_month):
            found[source.instrument] = Instrument(source.instrument, source.signed, month)
    national = sorted(found.values(), key=lambda each: (each.signed or datetime.date.min, each.from_month), reverse=True)
    return national + _resolutions(set(provinces), law, months[-1])


def _resolutions(provinces: set[str], law: Law, last: datetime.date) -> list[Instrument]:
    """A resolution of several amounts is one document, from the first month of any."""
    found: dict[tuple[str, str], Instrument] = {}
    for entry in sorted(law.overrides, key=lambda entry: entry.from_month):
        if entry.province in provinces and not entry.switched_off and entry.from_month <= last:
            name = entry.article[:_LONGEST]
            found.setdefault((entry.province, name), Instrument(name, None, entry.from_month, entry.province))
    return sorted(found.values(), key=lambda each: each.from_month, reverse=True)


def provinces_of(scope: Scope) -> list[Area]:
    """The provinces that lie in a range, in the order of the tree."""
    return list(Area.objects.filter(level=Level.PROVINCE, position__gte=scope.lo, position_end__lte=scope.hi).order_by("position"))


def affected(instrument: str, areas: list[Area]) -> list[Area]:
    """Of these provinces those in which a document counts: all for one of the country, one for the resolution of its council."""
    counts_in = {each.province for each in instruments(area.code for area in areas) if each.name == instrument}
    return [area for area in areas if counts_in & {"", area.code}]


def largest_first(areas: Iterable[Area]) -> list[int]:
    """Their ids by the households the latest run found in them, so that the last province to finish is a small one."""
    latest = Run.objects.filter(kind=Run.Kind.MONTH).order_by("-month", "-pk").first()
    known = dict(RunShard.objects.filter(run=latest).values_list("province_no", "households")) if latest else {}
    return [area.pk for area in sorted(areas, key=lambda area: (-known.get(area.province_no or 0, 0), area.position or 0))]


def start(*, instrument: str, by: Scope) -> Job:
    """Have a document's effects computed for the provinces in scope, by as many workers as share a month; the job to watch."""
    title = _("Tác động của %(law)s với các tháng đã chi") % {"law": instrument}
    workers = min(WORKERS, len(affected(instrument, provinces_of(by))))
    return shared_jobs.enqueue(kind=JOB, params={"instrument": instrument}, by=by, title=title, workers=workers)


def compute_effects(*, instrument: str, area: Area, by: Scope) -> LawCorrection:
    """Compute the months of a province again since the document counts, and keep what comes out differently without carrying it.

    The spans are right from then on; the money waits. Computed twice before the province agrees, months apart too, it is the same row, with the
    figures of the second time. Raises LawCorrectionRefused for a document that counts in no month computed, and when the province has agreed
    already; RunRefused while a run is going.
    """
    chosen = next((each for each in instruments([area.code]) if each.name == instrument), None)
    if chosen is None:
        raise LawCorrectionRefused(_("Văn bản này không có mức hay quy định nào áp dụng cho tháng đã tính."))
    law, months = load_law().for_province(area.code), months_computed()
    place = Scope("area", area.position or 0, area.position_end or 0, by.user_id, by.role)
    with transaction.atomic():
        row = _row(chosen, law, months, area, by)
        cause = json.dumps({"kind": "law", "law": row.pk})
        run = recalculate(household_ids=None, from_month=row.from_month, by=place, reason=instrument, cause=cause)
        # As the month's own run sees it: what another province ordered is not ours.
        apply(place)
        _compare(row, run.pk)
        apply(by)
        audit.record(
            verb="compute_effects", kind="law_correction", object_id=row.pk, by=by, area=(row.province_no, row.area_pos),
            instrument=instrument, households=row.households, arrears=row.arrears, recovery=row.recovery,
        )  # fmt: skip
        _ask(row)
    return row


def _row(chosen: Instrument, law: Law, months: list[datetime.date], area: Area, by: Scope) -> LawCorrection:
    values = {
        "from_month": max(chosen.from_month, months[0]), "through_month": months[-1], "area_pos": area.position or 0, "run_id": 0,
        "started_by_id": by.user_id, "status": SHOWN, "decided_by": None, "decided_at": None, "reason": "",
    }  # fmt: skip
    key = {"province_no": area.province_no, "instrument": chosen.name}
    version = {"law_version": law.version(months[-1])}
    # The open corrections name the row they wait for: months later, when another document has changed the version of the last month, it is the same.
    row = LawCorrection.objects.select_for_update().filter(**key).exclude(status=AGREED).order_by("pk").first()
    if row is None:
        row, _made = LawCorrection.objects.select_for_update().get_or_create(**key, **version, defaults=values)
    if row.status == AGREED:
        raise LawCorrectionRefused(_("Tỉnh đã đồng ý với tác động của văn bản này."))
    LawCorrection.objects.filter(pk=row.pk).update(**values, **version)
    row.refresh_from_db()
    return row


def _compare(row: LawCorrection, run_id: int) -> None:
    """What the recalculation changed in months whose lists are released, into the open corrections and the totals of the row."""
    prepare()
    following = add_months(row.through_month, 1)
    with by_index():
        execute(drafts.WITHHELD, {"province": row.province_no})
    corrections.bring_up_to_date(run_id=run_id, month=following, province_no=row.province_no, law=(row.pk, row.from_month))
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, [row.pk])
        found = cursor.fetchall()
        cursor.execute("SELECT count(DISTINCT household_id) FROM caused WHERE cause ->> 'kind' = 'law' AND law_id = %s", [row.pk])
        (households,) = cursor.fetchone()
    corrections.forget()
    execute("DROP TABLE held, withheld")
    names = ("month", "benefit", "lines", "households", "arrears", "recovery")
    row.totals = [dict(zip(names, line, strict=True)) for line in found]
    row.households, row.run_id = households, run_id
    row.arrears, row.recovery = sum(line[4] for line in found), sum(line[5] for line in found)
    row.save(update_fields=["totals", "households", "run_id", "arrears", "recovery"])


def _ask(row: LawCorrection) -> None:
    WorkItem.objects.get_or_create(
        kind=TASK, subject_kind="payments.lawcorrection", subject_id=row.pk, done_at=None,
        defaults={
            "title": _("Đồng ý tác động của %(law)s") % {"law": row.instrument}, "link": "/paying/effects/", "role": "province_officer",
            "reason": _("Các tháng từ %(since)s đã chi thay đổi; danh sách sau chỉ mang khoản này khi tỉnh đồng ý.")
            % {"since": format_month(row.from_month)},
            "province_no": row.province_no, "area_pos": row.area_pos,
        },
    )  # fmt: skip


def decide(*, rows: Iterable[LawCorrection], move: str, reason: str, by: Scope) -> list[LawCorrection]:
    """Agree to what a law changes (drafts drawn up from now on carry it), or set it aside; all rows or none.

    Raises LawCorrectionRefused without a reason, for a row that cannot move so, for another role, and for whoever had it computed.
    """
    if by.role not in ROLES:
        raise LawCorrectionRefused(_("Chỉ cán bộ tỉnh hoặc bộ đồng ý với tác động của văn bản."))
    if not reason.strip():
        raise LawCorrectionRefused(_("Hãy ghi lý do hoặc căn cứ."))
    ids = [row.pk for row in rows]
    with transaction.atomic():
        locked = list(LawCorrection.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
        if len(locked) != len(set(ids)) or any((row.status, move) not in LAW_MOVES for row in locked):
            raise LawCorrectionRefused(_("Có mục không còn chờ quyết định."))
        if any(row.started_by_id is not None and row.started_by_id == by.user_id for row in locked):
            raise LawCorrectionRefused(_("Người đã cho tính không tự đồng ý; cần một người khác."))
        for row in locked:
            row.status, row.reason, row.decided_by_id = LAW_MOVES[row.status, move], reason.strip()[:500], by.user_id
            LawCorrection.objects.filter(pk=row.pk).update(status=row.status, reason=row.reason, decided_by_id=by.user_id, decided_at=Now())
            audit.record(
                verb=move, kind="law_correction", object_id=row.pk, by=by, area=(row.province_no, row.area_pos), instrument=row.instrument,
                arrears=row.arrears, recovery=row.recovery, reason=row.reason,
            )  # fmt: skip
        WorkItem.objects.filter(kind=TASK, subject_kind="payments.lawcorrection", subject_id__in=ids, done_at=None).update(done_at=Now())
    return locked
