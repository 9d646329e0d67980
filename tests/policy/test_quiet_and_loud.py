"""Who is looked at from the wide row alone receives what a look at every day would give; and the statement keeps the shape that is fast."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction

from beneficiaries.evaluation import Scope, month_sql, staged_month
from beneficiaries.evaluation.case_run import _in_time
from beneficiaries.evaluation.case_tables import CASE_TABLES, create_tables, fill_decisions, fill_tables, place
from beneficiaries.evaluation.cases import read_case
from policy import load_law
from tests.policy.families import family

FAMILIES = int(os.environ.get("LAW_FAMILIES", "600"))
PROGRAMMES = ("tcxh", "care", "funeral", "education", "power", "direct")
MONTHS = [date(2018, 6, 1), date(2021, 7, 1), date(2024, 3, 1), date(2024, 11, 1), date(2025, 7, 1), date(2026, 9, 1), date(2026, 10, 1)]
KEYS = "person_id, household_id, benefit, coefficient, amount, arrears, decision_id, law_version"
Rows = set[tuple[Any, ...]]


@pytest.fixture(params=MONTHS, ids=str)
def month(request: pytest.FixtureRequest, db: None) -> Iterator[date]:
    """A month with random families about it; everything was applied for in time."""
    asked: date = request.param
    random = Random(int(os.environ.get("LAW_SEED", "335")))
    cases = [{**family(random.getrandbits(60), asked), "decisions": None} for _ in range(FAMILIES)]
    placed = place([read_case(case, load_law()) for case in cases])
    with transaction.atomic(), connection.cursor() as cursor:
        create_tables(cursor)
        fill_tables(cursor, placed)
        fill_decisions(cursor, _in_time(load_law(), placed))
        yield asked
        transaction.set_rollback(True)


def rows(select: str) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {KEYS} FROM ({select}) x")
        found = cursor.fetchall()
    assert len(found) == len(set(found))
    return set(found)


def staged_rows(month: date) -> Rows:
    staged = staged_month(load_law(), month, CASE_TABLES, programmes=PROGRAMMES)
    with connection.cursor() as cursor:
        for statement in staged.setup:
            cursor.execute(statement)
        cursor.execute(f"CREATE TEMP TABLE answer ON COMMIT DROP AS {staged.select}")
        cursor.execute(f"SELECT {KEYS} FROM answer")
        found = set(cursor.fetchall())
        cursor.execute(f"{staged.teardown}; DROP TABLE answer")
    return found


def test_looking_at_every_day_of_everybody_gives_the_same_rows(month: date) -> None:
    quick = rows(month_sql(load_law(), month, CASE_TABLES, programmes=PROGRAMMES))
    slow = rows(month_sql(load_law(), month, CASE_TABLES, programmes=PROGRAMMES, loud_only=True))
    assert len(quick) > FAMILIES / 20
    assert quick == slow
    assert staged_rows(month) == quick


def statement(month: date = date(2026, 11, 1), **changes: Any) -> str:
    return month_sql(load_law(), month, scope=Scope(area=(10**10, 2 * 10**10)), **changes)


def test_no_case_stands_inside_lateral_values() -> None:
    """It would be set up anew for every row: twenty times slower over a province."""
    assert not re.search(r"LATERAL\s*\(\s*VALUES", statement(), re.IGNORECASE)


def test_rules_are_worked_out_behind_a_fence_and_unnested_by_array() -> None:
    text = statement()
    assert text.count("OFFSET 0") >= 2
    assert len(re.findall(r"unnest\(ARRAY\[w\.c\d+", text)) >= 2


def test_quiet_people_are_judged_without_history() -> None:
    text = statement()
    quiet = text[text.index("FROM (SELECT p.id AS person_id") : text.index("AND NOT EXISTS (SELECT FROM loud WHERE loud.id = p.id)")]
    assert "factspell" not in quiet


def test_a_month_is_given_as_its_first_day() -> None:
    with pytest.raises(ValueError, match="first day"):
        statement(date(2026, 11, 2))


def test_an_unknown_programme_is_named() -> None:
    with pytest.raises(KeyError, match="gifts"):
        statement(programmes=["gifts"])
