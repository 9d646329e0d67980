"""05/11 is 5 November, whoever reads it: our parser, Django's forms, the screens."""

import datetime as dt

import pytest
from django import forms
from django.template import Context, Template
from django.utils import formats, translation
from hypothesis import given
from hypothesis import strategies as st

from posasoft.core.dates import PartialDate, format_long, parse_date, parse_partial

FIFTH_OF_NOVEMBER = dt.date(2026, 11, 5)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("typed", ["05/11/2026", "5/11/2026", "5-11-2026", "5.11.2026", "05112026", "2026-11-05"])
def test_the_day_comes_before_the_month_in_every_form(typed, language):
    with translation.override(language):
        assert forms.DateField().clean(typed) == FIFTH_OF_NOVEMBER
    assert parse_date(typed) == FIFTH_OF_NOVEMBER


def test_vietnamese_formats_show_days_first_and_points_between_thousands():
    with translation.override("vi"):
        assert formats.date_format(FIFTH_OF_NOVEMBER, "SHORT_DATE_FORMAT") == "05/11/2026"
        assert formats.date_format(FIFTH_OF_NOVEMBER, "YEAR_MONTH_FORMAT") == "11/2026"
        assert formats.number_format(1234567, force_grouping=True) == "1.234.567"


@pytest.mark.parametrize(
    ("typed", "day", "precision"),
    [
        ("16/09/1949", dt.date(1949, 9, 16), "day"),
        ("9/1949", dt.date(1949, 9, 1), "month"),
        ("1949-09", dt.date(1949, 9, 1), "month"),
        ("1949", dt.date(1949, 1, 1), "year"),
    ],
)
def test_a_birth_date_keeps_its_precision(typed, day, precision):
    assert parse_partial(typed) == PartialDate(day, precision)


@given(st.dates(dt.date(1900, 1, 1), dt.date(9999, 11, 30)), st.sampled_from(["day", "month", "year"]))
def test_a_partial_date_reads_back(day, precision):
    shown = str(PartialDate(day, precision))
    again = parse_partial(shown)
    assert again.precision == precision
    assert again.day <= day <= again.last


@pytest.mark.parametrize("typed", ["31/02/2026", "13/13/2026", "5/11/26", "", "hôm qua", "2026-13-01"])
def test_what_is_no_date_is_refused(typed):
    with pytest.raises(ValueError, match="không phải là ngày"):
        parse_partial(typed)


def test_a_month_is_not_a_full_date():
    with pytest.raises(ValueError, match="chưa đủ"):
        parse_date("11/2026")


def test_documents_pad_days_below_10_and_the_first_two_months():
    assert format_long(FIFTH_OF_NOVEMBER) == "ngày 05 tháng 11 năm 2026"
    assert format_long(dt.date(2026, 2, 15)) == "ngày 15 tháng 02 năm 2026"
    assert format_long(dt.date(2026, 7, 15)) == "ngày 15 tháng 7 năm 2026"


def test_templates_show_money_months_dates_and_words():
    template = Template(
        "{% load vn %}{{ a|money }}|{{ a|number }}|{{ d|month }}|{{ d|iso_month }}|{{ d|vn_date }}|{{ d|long_date }}|{{ d|born:'year' }}|"
        "{{ a|words }}"
        "{{ n|money }}{{ n|number }}{{ n|month }}{{ n|iso_month }}{{ n|vn_date }}{{ n|long_date }}{{ n|born }}{{ n|words }}"
    )
    shown = template.render(Context({"a": 1_205_000, "d": FIFTH_OF_NOVEMBER, "n": None}))
    assert shown == (
        "1.205.000\u00a0đ|1.205.000|11/2026|2026-11|05/11/2026|ngày 05 tháng 11 năm 2026|2026|Một triệu hai trăm linh năm nghìn đồng"
    )
