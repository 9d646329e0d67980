"""A province may pay more, from its month to its month, by its own resolution; the others are not touched."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from beneficiaries.evaluation.case_run import evaluate_cases
from policy import Override, load_law

HA_NOI = "01"


def raised(parameter: str = "standard_level", **changes: Any) -> Override:
    given: dict[str, Any] = {
        "province": HA_NOI, "parameter": parameter, "value": Decimal(650_000), "from_month": date(2025, 1, 1),
        "until_month": date(2026, 7, 1), "article": "Nghị quyết thử",
    }  # fmt: skip
    return Override(**{**given, **changes})


def level(law: Any, month: date, parameter: str = "standard_level") -> int | None:
    found = law.parameters[parameter].level(month)
    return None if found is None else int(found.value)


def test_it_holds_between_its_months_and_the_national_level_after() -> None:
    law = load_law().for_province(HA_NOI, [raised()])
    months = [date(2024, 12, 1), date(2025, 1, 1), date(2026, 6, 1), date(2026, 7, 1), date(2027, 1, 1)]
    assert [level(law, month) for month in months] == [500_000, 650_000, 650_000, 540_000, 540_000]


def test_an_open_one_outlasts_a_national_rise() -> None:
    law = load_law().for_province(HA_NOI, [raised(until_month=None)])
    assert [level(law, date(year, 12, 1)) for year in (2024, 2025, 2026)] == [500_000, 650_000, 650_000]


def test_one_that_ends_between_national_values_gives_back_the_value_in_force() -> None:
    law = load_law().for_province(HA_NOI, [raised(until_month=date(2025, 6, 1))])
    assert [level(law, date(2025, month, 1)) for month in (5, 6)] == [650_000, 500_000]


def test_another_province_and_the_law_itself_stay_as_they_are() -> None:
    law = load_law()
    assert level(law.for_province("79", [raised()]), date(2025, 12, 1)) == 500_000
    law.for_province(HA_NOI, [raised()])
    assert level(law, date(2025, 12, 1)) == 500_000


def test_a_reported_but_unconfirmed_level_is_not_paid() -> None:
    law = load_law()
    assert any(entry.switched_off and entry.province == HA_NOI for entry in law.overrides)
    assert level(law.for_province(HA_NOI), date(2025, 12, 1), "social_pension") == 500_000


def test_another_level_is_another_version_of_the_law() -> None:
    law = load_law()
    assert law.version(date(2025, 12, 1)) != law.for_province(HA_NOI, [raised()]).version(date(2025, 12, 1))


@pytest.mark.django_db
def test_it_is_what_the_family_receives() -> None:
    case = {"name": "severe", "month": "2025-12", "persons": [{"id": "an", "born": "1990", "disability": {"degree": "severe"}}]}
    assert evaluate_cases([case], load_law().for_province(HA_NOI, [raised()]))[0]["family_total"] == 975_000


@pytest.mark.django_db
def test_the_pilot_package_is_off_until_an_administrator_enters_its_amount() -> None:
    case = {
        "name": "pregnant", "month": "2017-05", "programmes": ["opportunity"], "household": {"poverty": "poor"},
        "persons": [{"id": "an", "born": "1990", "pregnant": True}],
    }  # fmt: skip
    law = load_law()
    entered = raised("opportunity_pregnant", value=Decimal(90_000), from_month=date(2016, 1, 1), until_month=None)
    amounts = [evaluate_cases([case], one)[0]["family_total"] for one in (law, law.for_province(HA_NOI, [entered]))]
    assert amounts == [0, 90_000]
