"""One statement, whatever the way: in steps or whole, quiet people fast or everybody day by day."""

import datetime as dt

import pytest

from beneficiaries.evaluation import Scope, month_sql, staged_month
from policy import load_law

# A month of change (the new decree), one in the past that needs history, and the one that follows the generator's last day.
MONTHS = [dt.date(2026, 12, 1), dt.date(2026, 10, 1), dt.date(2024, 3, 1)]
COLUMNS = "person_id, household_id, benefit, coefficient, amount, arrears, decision_id, law_version, facts"


@pytest.mark.parametrize("month", MONTHS, ids=str)
def test_a_province_in_steps_gives_what_the_whole_statement_gives(registry, month):
    law = load_law()
    for projection in ("lines", "not_enrolled", "no_longer"):
        columns = COLUMNS if projection != "no_longer" else "person_id, household_id, benefit, decision_id"
        staged = staged_month(law, month, scope=Scope(area=(10**10, 2 * 10**10)), projection=projection)
        for statement in staged.setup:
            registry.execute(statement)
        registry.execute(f"CREATE TEMP TABLE in_steps AS {staged.select}")
        registry.execute(staged.teardown)
        registry.execute("SET LOCAL enable_nestloop = off")
        registry.execute(
            f"CREATE TEMP TABLE whole AS {month_sql(law, month, scope=Scope(area=(10**10, 2 * 10**10)), projection=projection)}"
        )
        if projection == "lines":
            assert registry.execute("SELECT count(*) > 100 FROM whole").fetchone() == (True,)
        for one, other in (("in_steps", "whole"), ("whole", "in_steps")):
            assert registry.execute(f"SELECT {columns} FROM {one} EXCEPT ALL SELECT {columns} FROM {other}").fetchall() == []
        registry.execute("DROP TABLE in_steps, whole")


@pytest.mark.parametrize("month", MONTHS, ids=str)
def test_looking_at_everybody_day_by_day_changes_nothing(registry, month):
    law = load_law()
    registry.execute("SET LOCAL enable_nestloop = off")
    registry.execute(f"CREATE TEMP TABLE fast AS {month_sql(law, month, with_facts=False)}")
    registry.execute(f"CREATE TEMP TABLE slow AS {month_sql(law, month, with_facts=False, loud_only=True)}")
    for one, other in (("fast", "slow"), ("slow", "fast")):
        assert registry.execute(f"SELECT {COLUMNS} FROM {one} EXCEPT ALL SELECT {COLUMNS} FROM {other}").fetchall() == []
