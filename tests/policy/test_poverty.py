"""Poor, near-poor or neither: the lines and cut-offs of each period, at their edges."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from policy import LawError
from policy.poverty import classify, load_periods


@pytest.mark.parametrize(
    ("day", "residence", "b1", "b2", "expected"),
    [
        (date(2019, 6, 1), "rural", 120, 0, "poor"),
        (date(2019, 6, 1), "rural", 121, 30, "poor"),
        (date(2019, 6, 1), "rural", 121, 20, "near_poor"),
        (date(2019, 6, 1), "rural", 151, 90, "none"),
        (date(2021, 12, 31), "urban", 140, 0, "poor"),
        (date(2021, 12, 31), "urban", 175, 20, "near_poor"),
        (date(2022, 1, 1), "rural", 120, 0, "near_poor"),
        (date(2022, 1, 1), "rural", 140, 30, "poor"),
        (date(2022, 1, 1), "rural", 141, 120, "none"),
        (date(2026, 12, 31), "urban", 175, 30, "poor"),
        (date(2026, 12, 31), "urban", 176, 30, "none"),
    ],
)
def test_by_score_sheet(day: date, residence: str, b1: int, b2: int, expected: str) -> None:
    assert classify(day, residence, b1=b1, b2=b2) == expected


@pytest.mark.parametrize(
    ("day", "residence", "income", "deprivations", "expected"),
    [
        (date(2015, 6, 1), "rural", 400_000, 0, "poor"),
        (date(2015, 6, 1), "rural", 520_000, 9, "near_poor"),
        (date(2018, 6, 1), "rural", 700_000, 0, "poor"),
        (date(2018, 6, 1), "rural", 700_001, 3, "poor"),
        (date(2018, 6, 1), "urban", 1_300_000, 2, "near_poor"),
        (date(2018, 6, 1), "urban", 1_300_001, 9, "none"),
        (date(2024, 6, 1), "rural", 1_500_000, 3, "poor"),
        (date(2024, 6, 1), "rural", 1, 2, "near_poor"),
        (date(2024, 6, 1), "urban", 2_000_001, 12, "none"),
        (date(2027, 6, 1), "rural", 2_200_000, 3, "poor"),
        (date(2027, 6, 1), "urban", 2_800_000, 2, "near_poor"),
    ],
)
def test_by_income_and_deprivations(day: date, residence: str, income: int, deprivations: int, expected: str) -> None:
    assert classify(day, residence, income=income, deprivations=deprivations) == expected


@pytest.mark.parametrize(
    ("day", "given"),
    [
        (date(2010, 1, 1), {"b1": 1, "b2": 1}),
        (date(2027, 1, 1), {"b1": 100, "b2": 30}),
        (date(2024, 1, 1), {"b1": 100}),
        (date(2024, 1, 1), {"income": 100}),
        (date(2024, 1, 1), {}),
    ],
)
def test_it_does_not_guess(day: date, given: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"no poverty lines|score sheet|give b1 and b2"):
        classify(day, "rural", **given)


def test_residence_must_be_known() -> None:
    with pytest.raises(ValueError, match="rural or urban"):
        classify(date(2024, 1, 1), "island", b1=1, b2=1)


def test_the_periods_hold_their_indicators() -> None:
    assert [len(period.indicators) for period in load_periods()] == [0, 10, 12, 12]


def test_a_gap_between_periods_is_refused(tmp_path: Path) -> None:
    period = (
        "  - {{from: {}, until: {}, instrument: X, article: Y, certainty: found, income_only: true, line_income: {{rural: 1, urban: 1}}}}\n"
    )
    path = tmp_path / "poverty.yaml"
    path.write_text("periods:\n" + period.format("2020-01-01", "2021-01-01") + period.format("2022-01-01", "2023-01-01"), encoding="utf-8")
    with pytest.raises(LawError, match=r"poverty.yaml:3: gap: the period before ends on 2021-01-01"):
        load_periods(path)
