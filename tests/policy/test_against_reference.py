"""The compiled statement and the slow reading agree on families nobody thought of.

`LAW_FAMILIES=50000` looks at more of them than an ordinary run does; `LAW_SEED=7` looks at others.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
import yaml
from hypothesis import Phase, given, seed, settings

from beneficiaries.evaluation import evaluate_cases
from tests.policy.families import Case, batches
from tests.policy.reference import evaluate
from tests.policy.reference.compare import differs
from tests.policy.simplest import simplest

BATCH = 250
BATCHES = max(1, int(os.environ.get("LAW_FAMILIES", "3000")) // BATCH)


def difference(case: Case, answer: dict[str, Any]) -> str:
    """In words, how the compiled statement's answer differs from the reading; empty when it does not."""
    reading = evaluate(case)
    lines = differs(reading["lines"], answer["lines"])
    if lines or reading["family_total"] == answer["family_total"]:
        return lines
    return f"  expected a family total of {reading['family_total']}\n  got      {answer['family_total']}"


def differing(cases: list[Case]) -> list[bool]:
    return [bool(difference(case, answer)) for case, answer in zip(cases, evaluate_cases(cases), strict=True)]


def as_text(case: Case) -> str:
    return yaml.safe_dump([case], sort_keys=False, allow_unicode=True, default_flow_style=None, width=140)


@pytest.mark.django_db
@seed(int(os.environ.get("LAW_SEED", "2021")))
@settings(max_examples=BATCHES, deadline=None, database=None, phases=[Phase.generate])
@given(batches(BATCH))
def test_both_readings_of_the_law_agree_on_random_families(batch: list[Case]) -> None:
    verdicts = differing(batch)
    if True in verdicts:
        least = simplest(batch[verdicts.index(True)], differing)
        pytest.fail(
            f"{verdicts.count(True)} of {BATCH} differ, at the least:\n{as_text(least)}{difference(least, evaluate_cases([least])[0])}"
        )
