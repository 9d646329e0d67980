"""The invented decisions agree with the law: nearly all are paid, and the planted gaps are what the engine finds."""

import pytest

from beneficiaries.evaluation import month_sql
from policy import load_law

from .conftest import AS_OF

MONTH = AS_OF.replace(day=1)


@pytest.fixture
def law():
    return load_law()


def test_nearly_every_open_decision_is_due(registry, law):
    registry.execute(f"CREATE TEMP TABLE due AS {month_sql(law, MONTH, programmes=['tcxh', 'care'])}")
    due, all_open = registry.execute(
        "SELECT count(*) FILTER (WHERE EXISTS (SELECT FROM due WHERE due.decision_id = d.id)), count(*)"
        " FROM beneficiaries_decision d WHERE until_month IS NULL"
    ).fetchone()
    assert due > 0.93 * all_open
    assert all_open > 400


def test_who_was_left_without_a_decision_is_found(generated, registry, law):
    missed = {(truth.person_id, truth.detail.split(" ")[0]) for truth in generated[1].truths if truth.detail.endswith(" missed")}
    registry.execute(f"CREATE TEMP TABLE found AS {month_sql(law, MONTH, programmes=['tcxh', 'care'], projection='not_enrolled')}")
    found = {(person, benefit) for person, benefit in registry.execute("SELECT person_id, benefit FROM found").fetchall()}
    assert len(missed & found) > 0.9 * len(missed)
