"""People who move between households: a fact of the household is that of the household of the day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from beneficiaries.evaluation import Tables, month_sql
from beneficiaries.evaluation.case_tables import CASE_TABLES, create_tables, fill_tables, place
from beneficiaries.evaluation.cases import read_case
from policy import load_law

BA, ME, CON = 1, 2, 3
POOR, OTHER = 1, 2
CASES = [
    {
        "name": "poor household", "month": "2026-11", "household": {"poverty": "poor"},
        "persons": [
            {"id": "ba", "born": "1960-02-10", "no_supporter": True},
            {"id": "me", "born": "1985-02-10", "raises_alone": ["con"]},
            {"id": "con", "born": "2010-05-20", "studying": "upper_secondary"},
        ],
    },
    {"name": "another household", "month": "2026-11", "household": {"poverty": "none"}, "persons": [{"id": "chu", "born": "1980-02-10"}]},
]  # fmt: skip
EVERYBODY_ENROLLED = Tables(CASE_TABLES.person, CASE_TABLES.household, CASE_TABLES.spell, CASE_TABLES.raising, None)


@pytest.fixture(autouse=True)
def registry(db: None) -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        create_tables(cursor)
        fill_tables(cursor, place([read_case(case, load_law()) for case in CASES]))
        yield
        transaction.set_rollback(True)


def run(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def move(person: int, day: str, *, since: int, to: int) -> None:
    run("UPDATE case_person SET household_id = %s, household_since = %s WHERE id = %s", to, day, person)
    run(
        "INSERT INTO case_spell (subject, subject_id, fact, value, until) "
        "VALUES ('p', %s, 'membership', jsonb_build_object('household_id', %s::bigint, 'relation', null), %s)",
        person, since, day,
    )  # fmt: skip


def lines(month: str, benefit: str) -> list[tuple[int, int, int]]:
    """(person, household, amount) of a benefit, the same when everybody is looked at day by day."""
    found = []
    for loud_only in (False, True):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT person_id, household_id, amount FROM ("
                + month_sql(load_law(), date.fromisoformat(f"{month}-01"), EVERYBODY_ENROLLED, programmes=["tcxh"], loud_only=loud_only)
                + ") x WHERE benefit = %s ORDER BY 1",
                [benefit],
            )
            found.append(cursor.fetchall())
    assert found[0] == found[1]
    return found[0]


def test_moving_out_of_a_poor_household_is_paid_for_its_month_there_and_not_after() -> None:
    move(BA, "2026-11-10", since=POOR, to=OTHER)
    assert [lines(month, "TCXH-5.5a") for month in ("2026-10", "2026-11", "2026-12")] == [[(BA, POOR, 810_000)], [(BA, POOR, 810_000)], []]


def test_moving_into_a_poor_household_is_paid_from_its_month() -> None:
    run("UPDATE case_person SET household_id = %s WHERE id = %s", OTHER, BA)
    move(BA, "2026-11-10", since=OTHER, to=POOR)
    assert [lines(month, "TCXH-5.5a") for month in ("2026-10", "2026-11", "2026-12")] == [[], [(BA, POOR, 810_000)], [(BA, POOR, 810_000)]]


def test_a_move_after_the_month_does_not_change_it() -> None:
    move(BA, "2026-12-10", since=POOR, to=OTHER)
    assert lines("2026-10", "TCXH-5.5a") == [(BA, POOR, 810_000)]


def test_a_child_counts_wherever_it_lives() -> None:
    move(CON, "2025-03-10", since=POOR, to=OTHER)
    assert lines("2026-11", "TCXH-5.4") == [(ME, POOR, 540_000)]


def test_from_one_poor_household_to_another_is_no_break_for_a_child_of_sixteen() -> None:
    run("UPDATE case_household SET poverty = 'near_poor' WHERE id = %s", OTHER)
    move(ME, "2026-07-10", since=POOR, to=OTHER)
    assert lines("2026-11", "TCXH-5.4") == [(ME, OTHER, 540_000)]


def test_through_a_household_that_is_not_poor_it_is_one() -> None:
    move(ME, "2026-07-10", since=POOR, to=OTHER)
    run("UPDATE case_household SET poverty = 'poor', poverty_since = '2026-08-01' WHERE id = %s", OTHER)
    assert lines("2026-11", "TCXH-5.4") == []


def test_a_record_merged_into_another_is_never_paid() -> None:
    run("UPDATE case_person SET canonical_id = %s WHERE id = %s", ME, BA)
    assert lines("2026-11", "TCXH-5.5a") == []
