"""A small country for fault tests: some provinces with some families each, and the rows of a run without what may differ between two runs."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction

from beneficiaries import operations
from beneficiaries.models import Run
from payments.operations import work_run
from posasoft.core.scope import COUNTRY, acting
from tests.households.cast import area
from tests.support.database import owner

NOVEMBER = datetime.date(2026, 11, 1)
PROVINCES = range(11, 17)

_FAMILIES = """
INSERT INTO households_change (kind, reason, source, province_no, area_pos, at) VALUES ('generated', '', '', 11, 0, now());
INSERT INTO households_household (code, address, commune_id, residence_kind, poverty, change_id, province_no, area_pos)
SELECT a.code || '-' || n, '', a.id, 'rural', 'poor', (SELECT max(id) FROM households_change), a.province_no, a.position
FROM core_area a, generate_series(1, {homes}) n WHERE a.level = 'commune' ORDER BY a.position;
INSERT INTO households_person (full_name, name_key, name_sort, sex, born, born_precision, relation, household_id, change_id, province_no, area_pos,
  was_in_5_1, hiv, no_supporter, facility_eligible, pension, other_income, pregnant, boards_at_school, disability_degree, disability_type)
SELECT 'Người ' || n, 'nguoi', 'nguoi', 'female', date '1940-01-01' + (h.id * 37 + n * 9000)::int %% 25000, 'day',
  CASE n WHEN 1 THEN 'head' ELSE 'child' END, h.id, h.change_id, h.province_no, h.area_pos, false, false, false, false, 0, false, false, false,
  CASE WHEN (h.id + n) %% 4 = 0 THEN 'severe' END, CASE WHEN (h.id + n) %% 4 = 0 THEN 'mobility' END
FROM households_household h, generate_series(1, 3) n;
INSERT INTO beneficiaries_decision (person_id, household_id, benefit, signed_on, from_month, number, source, change_id, province_no, area_pos)
SELECT id, household_id, 'TCXH-5.6', '2024-01-05', '2024-01-01', '', 'decision', change_id, province_no, area_pos
FROM households_person WHERE disability_degree = 'severe';
"""

_ROWS = (
    (
        "beneficiaries_entitlement",
        "household_id, person_id, benefit, coefficient, amount, from_month, until_month, law_version, decision_id",
    ),
    ("beneficiaries_package", "household_id, payee_id, amount, lines, from_month, until_month"),
    ("payments_paymentlist", "month, commune_id, channel, households, amount, arrears, recovery, status"),
    ("payments_paymentline", "month, household_id, payee_id, amount, arrears, recovery, total, components::text"),
)


def settle(*, provinces: Iterable[int] = PROVINCES, communes: int = 1, homes: int = 30) -> None:
    """Provinces of some communes with some families each: six of one commune with thirty."""
    for number in provinces:
        province = area("province", f"{number}", f"Tỉnh {number}", number * 10**10, 10**10)
        below = [
            area("commune", f"{number}{one:03}", f"Xã {number}-{one}", number * 10**10 + one * 10**6, 10**4, province)
            for one in range(1, communes + 1)
        ]
        type(province).objects.filter(pk__in=[place.pk for place in (province, *below)]).update(province_no=number)
    with owner(), connection.cursor() as cursor:
        for statement in _FAMILIES.format(homes=homes).replace("%%", "%").split(";\n"):
            if statement.strip():
                cursor.execute(statement)


def begin() -> Run:
    """A run of November, with its jobs, in one committed transaction."""
    with acting(COUNTRY):
        return operations.start_run(month=NOVEMBER, by=COUNTRY)


def rows() -> list[Any]:
    """Everything a run wrote, without ids and run numbers."""
    found = []
    with connection.cursor() as cursor:
        for table, columns in _ROWS:
            cursor.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2, 3")
            found.append(sorted(cursor.fetchall(), key=str))
    return found


def undisturbed() -> list[Any]:
    """The rows of a run that nothing disturbs; taken back afterwards."""
    run = begin()
    work_run(run.pk)
    found = rows()
    assert all(found)
    with transaction.atomic(), owner(), connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE payments_ordered, payments_listdrift, payments_paymentline, payments_paymentlist, payments_correction,"
            " beneficiaries_entitlement, beneficiaries_package,"
            " beneficiaries_reopened, beneficiaries_runshard, beneficiaries_run, core_job, core_joblogline, core_outboxmessage CASCADE"
        )
    return found
