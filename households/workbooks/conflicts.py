"""Three ways at once: what was downloaded, what the file says, what the registry says by now."""

from __future__ import annotations

from django.db import connection, transaction

from households.models import ImportBatch, ImportRow
from households.staging.differences import compare
from households.staging.statuses import WrongMoment
from households.staging.villages import village_keys
from households.workbooks.making import NOW_HOUSEHOLD, NOW_PERSON
from posasoft.core import audit
from posasoft.core.scope import Scope

# `meanwhile` maps a field to [downloaded, now]; a conflict is a field that both changed, to different values.
_MEANWHILE = (
    "CREATE TEMP TABLE returning_rows ON COMMIT DROP AS SELECT id, person_id, household_id, base FROM households_importrow"
    " WHERE batch_id = %(batch)s AND base IS NOT NULL AND decision = 'pending' AND verdict <> 'gone'",
    "ANALYZE returning_rows",
    f"""
CREATE TEMP TABLE both_ways ON COMMIT DROP AS
SELECT r.id,
  (SELECT jsonb_object_agg(f.name, jsonb_build_array(r.base->f.name, x.now->f.name)) FROM jsonb_object_keys(r.base || x.now) AS f(name)
   WHERE f.name <> 'born_precision' AND r.base->f.name IS DISTINCT FROM x.now->f.name) AS meanwhile
FROM returning_rows r
JOIN households_person p ON p.id = r.person_id
JOIN households_household h ON h.id = r.household_id
LEFT JOIN core_area v ON v.id = h.village_id
CROSS JOIN LATERAL (SELECT jsonb_strip_nulls({NOW_PERSON} || CASE WHEN r.base ? 'poverty' THEN {NOW_HOUSEHOLD} ELSE '{{}}'::jsonb END) AS now) x
""",
    "ANALYZE both_ways",
    "UPDATE households_importrow r SET meanwhile = b.meanwhile,"
    " conflicts = (SELECT count(*) FROM jsonb_object_keys(coalesce(b.meanwhile, '{}'::jsonb)) AS k(name) WHERE r.diff ? k.name)"
    " FROM both_ways b WHERE b.id = r.id",
    "DROP TABLE both_ways, returning_rows",
)


def look(batch: ImportBatch) -> None:
    """Compare the rows that wait with the registry as it is now: differences, what others changed, conflicts. In a transaction."""
    compare(batch, village_keys(batch))
    with connection.cursor() as cursor:
        for statement in _MEANWHILE:
            cursor.execute(statement, {"batch": batch.pk})


@transaction.atomic
def choose(*, row: ImportRow, field: str, keep_file: bool, by: Scope) -> None:
    """Settle one conflict: the file's value, or the one that somebody else gave the registry meanwhile. Raises WrongMoment."""
    row = ImportRow.objects.select_related("batch__area").select_for_update(of=("self",)).get(pk=row.pk)
    if row.decision != ImportRow.Decision.PENDING or field not in (row.meanwhile or {}) or field not in row.diff:
        raise WrongMoment("Ô này không còn chờ bạn chọn.")
    now = (row.meanwhile or {})[field][1]
    # Either way the officer has seen the newer value: it is what the file is compared with from now on.
    row.base = {name: value for name, value in ((row.base or {}) | {field: now}).items() if value is not None}
    if not keep_file:
        row.told = [name for name in row.told or [] if name != field]
        row.emptied = [name for name in row.emptied or [] if name != field]
        if field not in ("full_name", "village"):
            setattr(row, field, None)
        if field == "village":
            row.village_name = ""
    row.save()
    look(row.batch)
    audit.record(
        verb="choose_value", kind="households_importrow", object_id=row.pk, by=by, area=(row.province_no, row.area_pos), field=field,
        file=keep_file,
    )  # fmt: skip
