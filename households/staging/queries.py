"""What people ask of staged lists. Reads only."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Q, QuerySet

from households.models import Household, ImportBatch, ImportedDeath, ImportFinding, ImportProfile, ImportRow
from posasoft.core.scope import Scope

Severity = ImportFinding.Severity


@dataclass(frozen=True)
class Summary:
    """A staged list in numbers; `proposals` are rows that wait for an answer, `pending` rows not yet decided.

    Of a workbook that came back: `gone` lines that are missing, `conflicts` cells that somebody else changed too, `wrong` rows with an error.
    """

    households: int
    persons: int
    new: int
    changed: int
    same: int
    gone: int
    conflicts: int
    wrong: int
    proposals: int
    pending: int
    accepted: int
    rejected: int
    errors: int
    warnings: int
    infos: int


def batches(scope: Scope) -> QuerySet[ImportBatch]:
    """Lists within a scope, newest first."""
    return ImportBatch.objects.filter(area_pos__gte=scope.lo, area_pos__lt=scope.hi).select_related("area").order_by("-id")


def same_files(batch: ImportBatch) -> QuerySet[ImportBatch]:
    """Earlier batches of the very same file."""
    return ImportBatch.objects.filter(sha256=batch.sha256, id__lt=batch.pk).order_by("-id")


def summary(batch: ImportBatch) -> Summary:
    rows = ImportRow.objects.filter(batch=batch).aggregate(
        persons=Count("id", filter=~Q(verdict="gone")),
        households=Count("block", distinct=True),
        new=Count("id", filter=Q(verdict="new")),
        changed=Count("id", filter=Q(verdict="changed")),
        same=Count("id", filter=Q(verdict="same")),
        gone=Count("id", filter=Q(verdict="gone", decision="pending")),
        conflicts=Count("id", filter=Q(conflicts__gt=0, decision="pending")),
        wrong=Count("id", filter=Q(errors__gt=0, decision="pending")),
        proposals=Count("id", filter=Q(match__in=["doubt", "fuzzy"], decision="pending")),
        pending=Count("id", filter=Q(decision="pending")),
        accepted=Count("id", filter=Q(decision="accepted")),
        rejected=Count("id", filter=Q(decision="rejected")),
    )
    findings = ImportFinding.objects.filter(batch=batch).aggregate(
        errors=Count("id", filter=Q(severity=Severity.ERROR)),
        warnings=Count("id", filter=Q(severity=Severity.WARNING)),
        infos=Count("id", filter=Q(severity=Severity.INFO)),
    )
    return Summary(**rows, **findings)


def findings(batch: ImportBatch, *, severity: str = "", column: str = "") -> QuerySet[ImportFinding]:
    """Findings by row; narrowed to a severity and a column when given."""
    found = ImportFinding.objects.filter(batch=batch).order_by("sheet", "row", "id")
    found = found.filter(severity=severity) if severity in Severity.values else found
    return found.filter(column=column) if column else found


def rows(batch: ImportBatch, *, show: str = "") -> QuerySet[ImportRow]:
    """Rows in the order of the list; `show` is a verdict, or a decision, or "ask" (waits for an answer), "conflict", "wrong" (an error)."""
    found = ImportRow.objects.filter(batch=batch).select_related("person", "household").order_by("id")
    if show in ("conflict", "wrong"):
        return found.filter(decision="pending", **{"conflicts__gt" if show == "conflict" else "errors__gt": 0})
    if show == "ask":
        return found.filter(match__in=["doubt", "fuzzy"], decision="pending")
    if show in ImportRow.Verdict.values:
        return found.filter(verdict=show)
    return found.filter(decision=show) if show in ImportRow.Decision.values else found


def missing_from_list(batch: ImportBatch) -> QuerySet[Household]:
    """Poor and near-poor households of the commune of which the list names nobody: to look into, never to delete."""
    area = batch.area
    named = ImportRow.objects.filter(batch=batch, household__isnull=False).values("household_id")
    return (
        Household.objects.filter(area_pos__gte=area.position, area_pos__lt=area.position_end, ended_on=None, canonical=None)
        .exclude(poverty="none")
        .exclude(id__in=named)
        .order_by("code")
    )


def profiles(province_no: int) -> QuerySet[ImportProfile]:
    """The column profiles of a province."""
    return ImportProfile.objects.filter(province_no=province_no).order_by("name")


def deaths_to_confirm(scope: Scope) -> QuerySet[ImportedDeath]:
    """Deaths noted in accepted lists that nobody has confirmed or refuted."""
    found = ImportedDeath.objects.filter(area_pos__gte=scope.lo, area_pos__lt=scope.hi, confirmed_at=None, refuted_at=None)
    return found.select_related("person", "import_batch").order_by("id")


_FIELDS = """
SELECT k.name, count(*) FROM households_importrow r, jsonb_object_keys(r.diff) AS k(name)
WHERE r.batch_id = %s AND r.decision = 'pending' AND r.conflicts = 0 GROUP BY 1
"""


def changed_fields(batch: ImportBatch) -> dict[str, int]:
    """Field → how many rows that wait for no answer change it."""
    with connection.cursor() as cursor:
        cursor.execute(_FIELDS, [batch.pk])
        return dict(cursor.fetchall())
