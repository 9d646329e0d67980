"""Read from the database itself, not from the models: no table about people, money or work without a policy, no view that sees past one."""

from __future__ import annotations

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db

# Columns that make a table one about people or of people's work. An id of an officer (user_id, actor_id) does not.
ABOUT_PEOPLE = (
    r"^(area_pos|household_id|person_id|payee_id|adult_id|child_id|subject_id|full_name|name_key|name_sort|born|died_on|address|national_id"
    r"|number_enc|number_index|token|answers|facts|components|batch_id|case_id|list_id)$"
)
# Tables with such a column, or with officers' data, that every role may read; each with its reason.
OPEN = {
    "core_area": "names of places; practice areas have a policy of their own",
    "core_user": "officers, not citizens: sign-in looks a name up before anybody acts",
    "core_usersession": "found by its key before anybody acts; holds an address of an officer's machine",
}
TABLES = """
SELECT c.relname, c.relrowsecurity, EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid), c.relispartition,
  ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
"""


def rows(statement: str, parameters: list[object] | None = None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def about_people() -> list[tuple[str, bool, bool, bool]]:
    matching = {
        row[0]
        for row in rows(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname ~ %s",
            [ABOUT_PEOPLE],
        )
    }
    return [(name, bound, has_policy, part) for name, bound, has_policy, part, _ in rows(TABLES) if name in matching and name not in OPEN]


def test_every_table_about_people_is_bound_and_says_who_sees_what() -> None:
    found = about_people()
    assert len(found) > 25
    # A partition is reached through its parent; by itself it is closed to everybody but the owner.
    unbound = [name for name, bound, has_policy, part in found if not bound or not (has_policy or part)]
    assert unbound == []


def test_jobs_messages_and_traces_are_bound_too() -> None:
    bound = {name for name, is_bound, has_policy, _, _ in rows(TABLES) if is_bound and has_policy}
    assert {
        "core_auditevent", "core_job", "core_joblogline", "core_outboxmessage", "core_workitem", "core_hold", "core_assigneditem",
        "beneficiaries_run", "beneficiaries_runshard", "households_personevent", "households_householdevent", "households_changefeed",
        "households_searchtoken", "payments_paymentlist", "payments_paymentline", "payments_correction",
    } <= bound  # fmt: skip


def test_an_exception_is_a_table_that_exists() -> None:
    assert set(OPEN) <= {row[0] for row in rows(TABLES)}


def test_every_view_looks_with_the_eyes_of_whoever_asks() -> None:
    views = rows(
        "SELECT relname, coalesce('security_invoker=true' = ANY (reloptions), false) FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'"
    )
    assert views
    assert [name for name, invoker in views if not invoker] == []
    assert rows("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'm'") == []


def test_no_policy_compares_by_prefix_or_forgets_the_empty_setting() -> None:
    """A LIKE of '' admits every row, and parallel workers see another value than their leader."""
    policies = rows(
        "SELECT polrelid::regclass::text, polname, coalesce(pg_get_expr(polqual, polrelid), '') || coalesce(pg_get_expr(polwithcheck, polrelid), '')"
        " FROM pg_policy"
    )
    assert policies
    careless = [
        (table, name)
        for table, name, text in policies
        if "~~" in text or text.count("current_setting(") != text.count("NULLIF(current_setting(")
    ]
    assert careless == []


def test_functions_with_the_owners_rights_name_their_schema() -> None:
    loose = rows(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
        " AND NOT coalesce(array_to_string(proconfig, ',') LIKE '%%search_path=%%', false)"
    )
    assert loose == []
