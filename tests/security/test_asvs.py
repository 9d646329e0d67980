"""docs/security/ answers every requirement, and names only tests and pages that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "security"
# Section → how many requirements of levels 1 and 2 it has, numbered from 1 (OWASP ASVS 5.0.0).
SECTIONS = {
    **{"1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1},
    **{"3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4},
    **{"5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4},
    **{"7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1},
    **{"11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1, "12.1": 3, "12.2": 2, "12.3": 4},
    **{"13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7},
    **{"16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3},
}
ASKED = [f"{section}.{number}" for section, count in SECTIONS.items() for number in range(1, count + 1)]
ROW = re.compile(r"^\| ([\d.]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def rows(page: str) -> list[tuple[str, str, str]]:
    return ROW.findall((FOLDER / page).read_text(encoding="utf-8"))


def test_every_requirement_of_the_second_level_is_answered_once() -> None:
    assert len(ASKED) == 210
    assert [number for number, _asked, _answer in rows("asvs.md")] == ASKED


def test_each_of_the_47_tests_has_its_row() -> None:
    assert [int(number) for number, _asked, _answer in rows("tests.md")] == list(range(1, 48))


@pytest.mark.parametrize("page", ["asvs.md", "tests.md"])
def test_what_is_named_exists(page: str) -> None:
    gone = []
    for number, _asked, answer in rows(page):
        for named in re.findall(r"`((?:tests|docs|static)/[^`]+|requirements\.lock)`", answer):
            path, _, function = named.partition("::")
            file = ROOT / path
            if not file.exists() or (function and not re.search(rf"^def {function}\(", file.read_text(encoding="utf-8"), re.MULTILINE)):
                gone.append(f"{number}: {named}")
    assert gone == []


@pytest.mark.parametrize("page", ["asvs.md", "tests.md"])
def test_every_answer_is_one(page: str) -> None:
    for number, _asked, answer in rows(page):
        assert len(answer.strip()) > 10, number
