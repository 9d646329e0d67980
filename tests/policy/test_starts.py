"""From which month a decision pays, by the month rule in force on the day of signature."""

from __future__ import annotations

from datetime import date

import pytest

from policy import load_law
from policy.starts import birthday, start_month

BORN = date(1950, 8, 20)


@pytest.mark.parametrize(
    ("benefit", "signed", "certified", "expected"),
    [
        ("TCXH-5.6", date(2024, 7, 18), date(2024, 3, 31), date(2024, 3, 1)),
        ("TCXH-5.6", date(2025, 6, 30), date(2024, 3, 31), date(2024, 3, 1)),
        ("TCXH-5.6", date(2025, 7, 1), date(2024, 3, 31), date(2025, 7, 1)),
        ("TCXH-5.6", date(2024, 7, 18), None, date(2024, 7, 1)),
        ("TCXH-5.6", date(2021, 8, 1), date(2020, 5, 1), date(2020, 5, 1)),
        ("TCXH-5.1", date(2024, 7, 18), None, date(2024, 7, 1)),
        ("TCXH-5.5b", date(2025, 6, 2), None, date(2025, 6, 1)),
        ("TCXH-5.5b", date(2025, 9, 2), None, None),
        ("PENSION-SOCIAL", date(2025, 6, 30), None, None),
        ("PENSION-SOCIAL", date(2025, 10, 3), None, date(2025, 10, 1)),
    ],
)
def test_start_month(benefit: str, signed: date, certified: date | None, expected: date | None) -> None:
    assert start_month(load_law(), benefit, signed_on=signed, born=BORN, certified_on=certified) == expected


def test_an_elderly_benefit_begins_with_the_birthday_but_not_before_the_decree() -> None:
    law = load_law()
    assert start_month(law, "TCXH-5.5c", signed_on=date(2023, 2, 1), born=date(1942, 11, 30), certified_on=None) == date(2022, 11, 1)
    assert start_month(law, "TCXH-5.5c", signed_on=date(2023, 2, 1), born=date(1935, 11, 30), certified_on=None) == date(2021, 7, 1)


def test_a_birthday_on_29_february_counts_on_1_march() -> None:
    assert birthday(date(2004, 2, 29), 16) == date(2020, 2, 29)
    assert birthday(date(2004, 2, 29), 22) == date(2026, 3, 1)
