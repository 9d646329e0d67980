"""Months, ages, quarters and school years count as the law counts them."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posasoft.core import months

days = st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31))


@given(days)
def test_a_month_holds_its_days(day):
    first, last = months.first_of_month(day), months.last_day(day)
    assert first <= day <= last
    assert months.first_of_month(last) == first
    assert last + dt.timedelta(days=1) == months.add_months(first, 1)


@given(days, st.integers(-600, 600))
def test_adding_months_is_counted_back(day, count):
    if 1900 <= day.year + count // 12 <= 2150:
        assert months.months_between(day, months.add_months(day, count)) == count


@given(days)
def test_a_month_reads_back_in_both_forms(day):
    month = months.first_of_month(day)
    assert months.parse_month(months.format_month(month)) == month
    assert months.parse_month(months.iso_month(month)) == month


def test_months_are_written_as_people_and_programs_write_them():
    november = dt.date(2026, 11, 1)
    assert (months.format_month(november), months.iso_month(november)) == ("11/2026", "2026-11")
    assert months.parse_month(" 1-2026 ") == dt.date(2026, 1, 1)
    assert months.each_month(dt.date(2026, 11, 1), dt.date(2027, 2, 1)) == [november, dt.date(2026, 12, 1), dt.date(2027, 1, 1)]


@pytest.mark.parametrize("text", ["13/2026", "2026-00", "11/26", "2026", "", "tháng 11", "11/0026"])
def test_what_is_no_month_is_refused(text):
    with pytest.raises(ValueError, match="không phải là tháng"):
        months.parse_month(text)


def test_an_age_is_completed_on_the_birthday():
    born = dt.date(1951, 11, 15)
    assert months.age_on(born, dt.date(2026, 11, 14)) == 74
    assert months.age_on(born, dt.date(2026, 11, 15)) == 75


def test_a_birthday_on_29_february_counts_on_1_march_in_other_years():
    born = dt.date(2004, 2, 29)
    assert months.age_on(born, dt.date(2026, 2, 28)) == 21
    assert months.age_on(born, dt.date(2026, 3, 1)) == 22
    assert months.age_on(born, dt.date(2028, 2, 28)) == 23
    assert months.age_on(born, dt.date(2028, 2, 29)) == 24
    assert months.birthday(born, 22) == dt.date(2026, 3, 1)
    assert months.birthday(born, 24) == dt.date(2028, 2, 29)


@given(days, st.integers(0, 100))
def test_the_birthday_is_the_first_day_of_the_age(born, age):
    birthday = months.birthday(born, age)
    assert months.age_on(born, birthday) == age
    assert age == 0 or months.age_on(born, birthday - dt.timedelta(days=1)) == age - 1


@given(days, st.integers(0, 40_000))
def test_months_of_life_agree_with_years(born, later):
    day = born + dt.timedelta(days=later)
    assert months.months_old_on(born, day) // 12 == months.age_on(born, day)


def test_quarters_and_school_years():
    assert [months.quarter(dt.date(2026, month, 1)) for month in (1, 3, 4, 12)] == [1, 1, 2, 4]
    assert months.quarter_start(dt.date(2026, 11, 20)) == dt.date(2026, 10, 1)
    assert months.school_year(dt.date(2026, 8, 31)) == 2025
    assert months.format_school_year(dt.date(2026, 9, 1)) == "2026–2027"
