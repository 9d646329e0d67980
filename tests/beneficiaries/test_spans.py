"""Spans: months written one after the other leave the rows that all months at once would; a second time writes nothing."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from beneficiaries.operations import spans
from beneficiaries.operations.rebuild import rebuild
from beneficiaries.operations.spans import ENTITLEMENTS, PACKAGES, Step, execute, write_month
from posasoft.core.months import add_months

pytestmark = pytest.mark.django_db

FIRST = datetime.date(2026, 9, 1)
MONTHS = [add_months(FIRST, number) for number in range(5)]
PROVINCE = 3
ONCE = ("POWER",)

# (household, person, benefit) → amount: what is due in one month.
Due = dict[tuple[int, int | None, str], int]
KEYS = [(1, 11, "TCXH-5.6"), (1, 12, "PENSION-SOCIAL"), (1, None, "POWER"), (2, 21, "TCXH-5.6"), (2, None, "POWER")]
a_month = st.dictionaries(st.sampled_from(KEYS), st.sampled_from([540_000, 810_000, 1_080_000]))
some_months = st.lists(a_month, min_size=len(MONTHS), max_size=len(MONTHS))

COLUMNS = "household_id, person_id, benefit, coefficient, amount, law_version, decision_id, facts, province_no, area_pos"
TYPES = "household_id bigint, person_id bigint, benefit text, coefficient numeric, amount bigint, law_version text, decision_id bigint, facts jsonb"


@contextmanager
def thrown_away() -> Iterator[None]:
    """One example's rows are gone before the next example begins."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def fill(table: str, rows: list[tuple[datetime.date, Due]]) -> None:
    execute(f"CREATE TEMP TABLE {table} (month date, {TYPES}, province_no smallint, area_pos bigint) ON COMMIT DROP")
    for month, due in rows:
        for (household, person, benefit), amount in due.items():
            execute(
                f"INSERT INTO {table} VALUES (%(m)s, %(h)s, %(p)s, %(b)s, NULL, %(a)s, 'law', NULL, NULL, {PROVINCE}, 0)",
                {"m": month, "h": household, "p": person, "b": benefit, "a": amount},
            )


def write(month: datetime.date, due: Due, *, frozen: bool = False, run: int = 1) -> spans.Written:
    fill("due", [(month, due)])
    written = write_month(ENTITLEMENTS, "due", Step(run, month, add_months(month, 1), PROVINCE, frozen, ONCE))
    execute("DROP TABLE due")
    return written


def stored() -> set[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT household_id, person_id, benefit, amount, from_month, until_month FROM beneficiaries_entitlement WHERE superseded_by_run IS NULL"
        )
        return set(cursor.fetchall())


def expected(months: list[Due]) -> set[tuple[Any, ...]]:
    """The longest runs of equal amounts, worked out the slow way."""
    rows = set()
    for key in KEYS:
        began: datetime.date | None = None
        for month, due in zip(MONTHS, months, strict=False):
            before = months[MONTHS.index(month) - 1].get(key) if month != FIRST else None
            amount, single = due.get(key), key[2] in ONCE
            if began and (amount != before or single):
                rows.add((*key, before, began, month))
                began = None
            if amount is not None and began is None:
                began = month
        if began:
            last = MONTHS[len(months) - 1]
            rows.add((*key, months[-1][key], began, add_months(last, 1) if key[2] in ONCE else None))
    return rows


@given(months=some_months)
@settings(max_examples=40, deadline=None)
def test_months_one_after_the_other_leave_the_longest_runs_of_equal_months(months: list[Due]) -> None:
    with thrown_away():
        for month, due in zip(MONTHS, months, strict=True):
            write(month, due)
        assert stored() == expected(months)


@given(months=some_months, draft=a_month)
@settings(max_examples=40, deadline=None)
def test_a_month_computed_again_leaves_the_rows_of_the_last_time_and_then_writes_nothing(months: list[Due], draft: Due) -> None:
    with thrown_away():
        for month, due in zip(MONTHS[:-1], months, strict=False):
            write(month, due)
        write(MONTHS[-1], draft)
        write(MONTHS[-1], months[-1])
        assert stored() == expected(months)
        again = write(MONTHS[-1], months[-1])
        assert (again.opened, again.closed) == (0, 0)


@given(wrong=some_months, right=some_months, since=st.integers(0, len(MONTHS) - 1), released=st.integers(-1, len(MONTHS) - 1))
@settings(max_examples=60, deadline=None)
def test_past_months_corrected_leave_the_rows_of_months_that_were_right_from_the_start(
    wrong: list[Due], right: list[Due], since: int, released: int
) -> None:
    known = [*wrong[:since], *right[since:]]
    with thrown_away():
        for month, due in zip(MONTHS, wrong, strict=True):
            write(month, due)
        execute("CREATE TEMP TABLE reopened (household_id bigint, from_month date) ON COMMIT DROP")
        for household in (1, 2):
            execute("INSERT INTO reopened VALUES (%(h)s, %(m)s)", {"h": household, "m": MONTHS[since]})
        fill("due_again", [(month, due) for month, due in zip(MONTHS, right, strict=True) if month >= MONTHS[since]])
        execute(
            "CREATE TEMP TABLE family_again ON COMMIT DROP AS SELECT month, household_id, NULL::bigint AS payee_id, sum(amount)::bigint AS amount,"
            " count(*)::smallint AS lines, province_no, area_pos FROM due_again GROUP BY month, household_id, province_no, area_pos"
        )
        frozen = MONTHS[released] if released >= 0 else None
        before = stored()
        rebuild(run_id=2, last=MONTHS[-1], frozen_through=frozen, once=ONCE)
        assert stored() == expected(known)
        kept = {row for row in before - stored() if frozen and row[4] <= frozen}
        assert kept == superseded()


def superseded() -> set[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT household_id, person_id, benefit, amount, from_month, until_month FROM beneficiaries_entitlement WHERE superseded_by_run = 2"
        )
        return set(cursor.fetchall())


def test_a_row_that_a_released_list_was_drawn_from_is_superseded_and_its_earlier_months_stand() -> None:
    key = (1, 11, "TCXH-5.6")
    write(MONTHS[0], {key: 540_000})
    write(MONTHS[1], {}, frozen=False)
    write(MONTHS[1], {key: 540_000})
    write(MONTHS[1], {}, frozen=True, run=2)
    assert superseded() == {(*key, 540_000, MONTHS[0], None)}
    assert stored() == {(*key, 540_000, MONTHS[0], MONTHS[1])}


def test_the_neighbouring_province_is_left_alone() -> None:
    write(MONTHS[0], {(1, 11, "TCXH-5.6"): 540_000})
    execute("UPDATE beneficiaries_entitlement SET province_no = 4")
    write(MONTHS[1], {})
    assert stored() == {(1, 11, "TCXH-5.6", 540_000, MONTHS[0], None)}


def test_packages_are_spans_of_payee_and_sum() -> None:
    for month, payee in ((MONTHS[0], 5), (MONTHS[1], 5), (MONTHS[2], 6)):
        execute(
            "CREATE TEMP TABLE family ON COMMIT DROP AS SELECT 1::bigint AS household_id, %(p)s::bigint AS payee_id, 540000::bigint AS amount,"
            " 1::smallint AS lines, 3::smallint AS province_no, 0::bigint AS area_pos",
            {"p": payee},
        )
        write_month(PACKAGES, "family", Step(1, month, add_months(month, 1), PROVINCE, False, ()))
        execute("DROP TABLE family")
    with connection.cursor() as cursor:
        cursor.execute("SELECT payee_id, from_month, until_month FROM beneficiaries_package ORDER BY from_month")
        assert cursor.fetchall() == [(5, MONTHS[0], MONTHS[2]), (6, MONTHS[2], None)]
