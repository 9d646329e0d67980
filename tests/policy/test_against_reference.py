"""The compiled statement and the slow reading agree on families nobody thought of.

`LAW_FAMILIES=50000` looks at more of them than an ordinary run does; `LAW_SEED=7` looks at others.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
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
BATCHES = max(1, int(os.environ.get("LAW_FAMILIES", "1500")) // BATCH)


def difference(case: Case, answer: dict[str, Any]) -> str:
    """In words, how the compiled statement's answer differs from the reading; empty when it does not."""
    reading = evaluate(case)
    lines = differs(reading["lines"], answer["lines"])
    if lines:
        return lines
    if reading["family_total"] != answer["family_total"]:
        return f"  expected a family total of {reading['family_total']}\n  got      {answer['family_total']}"
    return "\n".join(unexplained(reading, answer))


def unexplained(reading: dict[str, Any], answer: dict[str, Any]) -> Iterator[str]:
    """What is paid must have every condition hold, what is refused one that does not; what an overlap took is refused."""
    for line in answer["lines"]:
        if not all(reason["holds"] for reason in line["why"]):
            yield f"  {line['for']} {line['benefit']} is paid on a condition that does not hold: {line['why']}"
    refused = {(refusal["for"], refusal["benefit"]): refusal["why"] for refusal in answer["refused"]}
    for (person, benefit), why in refused.items():
        if all(reason["holds"] for reason in why):
            yield f"  {person} {benefit} is refused though every condition holds: {why}"
    paid = {(line["for"], line["benefit"]) for line in answer["lines"]}
    lost = {(line["for"], line["benefit"]) for line in reading["lost"]}
    yield from (f"  {person} {benefit} is both paid and refused" for person, benefit in paid & refused.keys())
    yield from (f"  {person} {benefit} lost to an overlap and is not among the refused" for person, benefit in lost - refused.keys())


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
