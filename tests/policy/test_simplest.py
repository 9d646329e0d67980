"""A difference between the two readings is shown by the smallest family that still has it."""

from __future__ import annotations

from typing import Any

from tests.policy.reference import evaluate
from tests.policy.simplest import simplest

FAMILY: dict[str, Any] = {
    "name": "a large family",
    "month": "2023-05",
    "programmes": ["tcxh", "care"],
    "household": {"poverty": [{"to": "2023-05-10", "value": "near_poor"}, {"from": "2023-05-10", "value": "poor"}], "area": None},
    "persons": [
        {"id": "me", "born": "1985-01-01", "raises_alone": ["an", "be"], "pregnant": True, "hiv": True},
        {"id": "an", "born": "2013-01-01", "studying": "primary"},
        {"id": "be", "born": "2016-01-01", "disability": {"degree": "severe", "type": "sight"}},
        {"id": "ong", "born": "1940-01-01", "no_supporter": True},
    ],
}


def receives_5_4(cases: list[dict[str, Any]]) -> list[bool]:
    return [any(line["benefit"] == "TCXH-5.4" for line in evaluate(case)["lines"]) for case in cases]


def test_what_the_difference_does_not_need_is_taken_away() -> None:
    least = simplest(FAMILY, receives_5_4)
    assert least["persons"] == [{"id": "me", "born": "1985-01-01", "raises_alone": ["be"]}, {"id": "be", "born": "2016-01-01"}]
    assert least["household"]["poverty"] == "near_poor"
    assert "programmes" not in least


def test_what_is_left_still_shows_the_difference() -> None:
    assert receives_5_4([simplest(FAMILY, receives_5_4)]) == [True]


def test_nobody_names_a_person_who_was_taken_away() -> None:
    least = simplest(FAMILY, lambda cases: [any(p["id"] == "me" for p in case["persons"]) for case in cases])
    assert least["persons"] == [{"id": "me", "born": "1985-01-01"}]
