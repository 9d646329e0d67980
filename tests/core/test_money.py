"""Amounts are whole đồng, shown with points and read as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posasoft.core.money import format_dong, format_number, parse_dong


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1.234.567 đ", 1_234_567),
        ("1,000,000", 1_000_000),
        ("1 000 000", 1_000_000),
        ("750000", 750_000),
        ("750.000đ", 750_000),
        ("540.000 VNĐ", 540_000),
        ("540.000\u00a0₫", 540_000),
        ("360 nghìn", 360_000),
        ("360 nghìn đồng", 360_000),
        ("360k", 360_000),
        ("1,5 triệu", 1_500_000),
        ("1.5 triệu", 1_500_000),
        ("2tr", 2_000_000),
        ("750000.0", 750_000),
        ("1.500.000,00", 1_500_000),
        ("-20.000", -20_000),
        ("0", 0),
    ],
)
def test_a_typed_amount_is_understood(typed, amount):
    assert parse_dong(typed) == amount


@pytest.mark.parametrize(
    "typed", ["", "x", "1.5", "12.34.567", "1.234,567", "1.23", "ba triệu", "5 xu", "1,0005 nghìn", "9" * 16, "--5", "1,2,3"]
)
def test_an_amount_with_another_reading_is_refused(typed):
    with pytest.raises(ValueError, match="không phải là số tiền"):
        parse_dong(typed)


@given(st.integers(-(10**15), 10**15))
def test_what_is_shown_reads_back(amount):
    assert parse_dong(format_dong(amount)) == amount
    assert parse_dong(format_number(amount)) == amount


def test_money_is_shown_with_points_and_the_sign():
    assert format_dong(1_234_567) == "1.234.567\u00a0đ"
    assert format_dong(0) == "0\u00a0đ"
