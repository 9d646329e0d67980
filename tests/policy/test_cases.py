"""Every case of the law, file by file, through the compiled statement and through the slow reading."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from beneficiaries.evaluation import evaluate_cases
from tests.policy.reference import evaluate
from tests.policy.reference.compare import differs

CASES = Path(__file__).parent / "cases"
FILES = sorted(CASES.rglob("*.yaml"))
EACH_FILE = pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(CASES).with_suffix("")) for path in FILES])


def cases_of(path: Path) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return cases


@cache
def compiled_answers() -> dict[Path, list[dict[str, Any]]]:
    """Every file's answers from one batch: the statement runs once a month, not once a file."""
    files = {path: cases_of(path) for path in FILES}
    answers = iter(evaluate_cases([case for cases in files.values() for case in cases]))
    return {path: [next(answers) for _ in cases] for path, cases in files.items()}


def differences(cases: list[dict[str, Any]], answers: list[dict[str, Any]]) -> str:
    told = (
        f"{case['name']} ({case['month']})\n{difference}"
        for case, answer in zip(cases, answers, strict=True)
        if (difference := differs(case["expect"], answer["lines"]))
    )
    return "\n".join(told)


@pytest.mark.django_db
@EACH_FILE
def test_the_compiled_law_gives_what_the_article_says(path: Path) -> None:
    cases = cases_of(path)
    answers = compiled_answers()[path]
    assert differences(cases, answers) == ""
    assert [answer["family_total"] for answer in answers] == [sum(line["amount"] for line in case["expect"]) for case in cases]


@EACH_FILE
def test_the_slow_reading_gives_what_the_article_says(path: Path) -> None:
    cases = cases_of(path)
    assert differences(cases, [evaluate(case) for case in cases]) == ""


@EACH_FILE
def test_each_case_of_an_article_has_a_name_of_its_own(path: Path) -> None:
    names = [case["name"] for case in cases_of(path)]
    assert len(names) == len(set(names))
