"""The sample list of xã Đồng Văn is read whole."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from households.importing.as_json import reading_as_json
from households.importing.reading import ReadOptions, read_list

SAMPLE = Path(__file__).parents[2] / "samples" / "danh-sach-ho-ngheo-2025.xlsx"


@pytest.fixture(scope="module")
def sample() -> dict[str, Any]:
    return reading_as_json(read_list(SAMPLE, ReadOptions(today=dt.date(2026, 11, 21))))


def person(sample: dict[str, Any], row: int) -> dict[str, Any]:
    return next(person for person in sample["people"] if person["row"] == row)


def messages(sample: dict[str, Any], row: int) -> str:
    return " | ".join(f"{finding['column']}: {finding['message']}" for finding in sample["findings"] if finding["row"] == row)


def test_every_household_and_person_is_found(sample: dict[str, Any]) -> None:
    assert (sample["households"], sample["persons"]) == (180, 671)
    assert [row["row"] for row in sample["rows_skipped"]] == [154, 304, 456, 610, 684, 686, 687]
    assert [person["row"] for person in sample["people"]] == sorted(person["row"] for person in sample["people"])


def test_the_first_head_is_read_as_written(sample: dict[str, Any]) -> None:
    assert person(sample, 9) == {
        "row": 9, "household_row": 9, "name": "Bàn Thùy Hương", "relation": "head", "born": "1949-09-16", "born_precision": "day",
        "sex": "female", "ethnicity": "08", "national_id": "002149240822", "village": "Thôn Nà Cho", "poverty": "poor", "b1": 119, "b2": 60,
        "disability": None, "studying": None, "benefit": None, "died": None, "note": None,
    }  # fmt: skip


def test_members_take_village_class_and_points_from_their_head(sample: dict[str, Any]) -> None:
    husband = person(sample, 10)
    assert (husband["household_row"], husband["village"], husband["poverty"], husband["b1"], husband["b2"]) == (
        9,
        "Thôn Nà Cho",
        "poor",
        119,
        60,
    )
    assert husband["disability"] == {"type": "mobility", "degree": "mild"}
    assert husband["note"] == "đi làm ăn xa"


def test_capitals_of_heads_become_name_case(sample: dict[str, Any]) -> None:
    assert person(sample, 15)["name"] == "Thào Chí Sính"


def test_lost_zeros_come_back_with_a_warning(sample: dict[str, Any]) -> None:
    assert person(sample, 12)["national_id"] == "002090586463"
    assert "Thiếu số 0" in messages(sample, 12)


def test_an_old_card_is_no_national_id(sample: dict[str, Any]) -> None:
    assert person(sample, 22)["national_id"] is None
    assert "CMND" in messages(sample, 22)


def test_dates_keep_their_precision(sample: dict[str, Any]) -> None:
    assert (person(sample, 15)["born"], person(sample, 15)["born_precision"]) == ("1942-01-01", "year")
    assert (person(sample, 30)["born"], person(sample, 30)["born_precision"]) == ("1992-10-01", "month")
    assert person(sample, 51)["born"] == "1982-04-11"
    assert "Năm hai chữ số" in messages(sample, 51)


def test_a_two_digit_year_of_a_child_is_of_this_century(sample: dict[str, Any]) -> None:
    assert person(sample, 237)["born"] == "2025-06-12"


def test_a_tick_under_sex_means_a_woman_and_a_blank_then_a_man(sample: dict[str, Any]) -> None:
    assert person(sample, 48)["sex"] == "female"
    assert person(sample, 58)["sex"] == "male"
    assert "Giới tính" in messages(sample, 48)
    assert "Giới tính" in messages(sample, 58)


def test_a_death_in_a_note_is_read_and_stays_to_be_confirmed(sample: dict[str, Any]) -> None:
    assert person(sample, 31)["died"] == "2025-10"
    assert person(sample, 31)["note"] == "đã chết 10/2025"
    assert "cần xác nhận" in messages(sample, 31)


def test_listed_benefits_keep_article_and_amount(sample: dict[str, Any]) -> None:
    assert person(sample, 17)["benefit"] == {"article": "5.6", "amount": 1_000_000}
    assert person(sample, 56)["disability"] == {"type": "intellectual", "degree": "extremely_severe"}
    assert person(sample, 56)["benefit"] == {"article": "5.6", "amount": 750_000}


def test_school_classes_become_levels(sample: dict[str, Any]) -> None:
    levels = {person(sample, row)["studying"] for row in (27, 33, 41, 40, 90, 113)}
    assert levels == {"lower_secondary", "upper_secondary", "primary", "preschool", "university", "college"}
