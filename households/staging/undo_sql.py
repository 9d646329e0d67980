"""The statements that take an accepted list back. Parameters: batch, change, day.

A fact is given its former value only while it still stands as the list set it (`fact_changes` names the list's change).
"""

from households.facts import HOUSEHOLD_FACTS, PERSON_FACTS, Fact
from households.staging.accept_sql import HOUSEHOLD_TARGETS, PERSON_TARGETS

_BEFORE = {"p": ("households_person", "person"), "h": ("households_household", "household")}


def _restore(fact: Fact, subject: str) -> str:
    table, key = _BEFORE[subject]
    columns = [*(column for column, _ in fact.columns), fact.since]
    return (
        f"UPDATE {table} p SET {', '.join(f'{column} = o.{column}' for column in columns)},"
        f" fact_changes = coalesce(o.fact_changes, '{{}}'::jsonb) || (p.fact_changes - '{fact.name}')"
        f" FROM households_importrow r, jsonb_populate_record(NULL::{table}, r.before->'{key}') o"
        f" WHERE r.batch_id = %(batch)s AND r.before ? '{key}' AND p.id = o.id AND (p.fact_changes->>'{fact.name}')::bigint = %(change)s"
    )


_FACTS = [
    (subject, fact)
    for subject, facts, targets in (("p", PERSON_FACTS, PERSON_TARGETS), ("h", HOUSEHOLD_FACTS, HOUSEHOLD_TARGETS))
    for fact in facts
    if fact.name in targets
]
_STANDING = (
    "(s.subject = 'p' AND EXISTS (SELECT 1 FROM households_person p WHERE p.id = s.subject_id AND (p.fact_changes->>s.fact)::bigint = %(change)s"
    " AND households_open_since('p', s.fact, p, NULL) = s.until))"
    " OR (s.subject = 'h' AND EXISTS ("
    "SELECT 1 FROM households_household h WHERE h.id = s.subject_id AND (h.fact_changes->>s.fact)::bigint = %(change)s"
    " AND households_open_since('h', s.fact, NULL, h) = s.until))"
)
_OURS = "p.household_id IN (SELECT household_id FROM households_importrow WHERE batch_id = %(batch)s)"
_PLACED = (
    ("households_nationalid", "x.person_id = p.id"),
    ("households_factspell", "x.subject = 'p' AND x.subject_id = p.id"),
    ("households_raising", "x.adult_id = p.id"),
    ("households_searchtoken", "x.person_id = p.id"),
)

STEPS = (
    # Spells that the list closed are open again; first they go, for the open value takes their place.
    f"DELETE FROM households_factspell s WHERE s.change_id = %(change)s AND ({_STANDING})",
    *(_restore(fact, subject) for subject, fact in _FACTS),
    "UPDATE households_person p SET full_name = o.full_name, name_key = o.name_key, name_sort = o.name_sort, sex = o.sex, born = o.born,"
    " born_precision = o.born_precision FROM households_importrow r, jsonb_populate_record(NULL::households_person, r.before->'person') o"
    " WHERE r.batch_id = %(batch)s AND r.before ? 'person' AND r.diff ?| ARRAY['full_name', 'sex', 'born'] AND p.id = o.id"
    " AND p.name_key = r.name_key",
    "UPDATE households_household h SET area_pos = o.area_pos FROM households_importrow r, jsonb_populate_record(NULL::households_household,"
    " r.before->'household') o WHERE r.batch_id = %(batch)s AND r.before ? 'household' AND h.id = o.id"
    " AND h.village_id IS NOT DISTINCT FROM o.village_id AND h.area_pos <> o.area_pos",
    "UPDATE households_person p SET area_pos = h.area_pos FROM households_household h"
    f" WHERE p.household_id = h.id AND p.area_pos <> h.area_pos AND {_OURS}",
    *(
        f"UPDATE {table} x SET area_pos = p.area_pos FROM households_person p WHERE {on} AND x.area_pos <> p.area_pos AND {_OURS}"
        for table, on in _PLACED
    ),
    "UPDATE households_household h SET ended_on = %(day)s, poverty = 'none' FROM households_importrow r"
    " WHERE r.batch_id = %(batch)s AND r.before ? 'household_new' AND h.id = r.household_id",
    "UPDATE households_nationalid SET until = %(day)s WHERE change_id = %(change)s AND until IS NULL",
    "DELETE FROM households_searchtoken s USING households_importrow r WHERE r.batch_id = %(batch)s AND r.before ? 'new'"
    " AND s.person_id = r.person_id",
    "DELETE FROM households_importedbenefit WHERE import_batch_id = %(batch)s AND pulled_at IS NULL",
    "UPDATE households_importedbenefit SET withdrawn_at = now() WHERE import_batch_id = %(batch)s",
    "UPDATE core_hold SET lifted_at = now() WHERE lifted_at IS NULL AND placed_by_kind = 'households.importeddeath'"
    " AND placed_by_id IN (SELECT id FROM households_importeddeath WHERE import_batch_id = %(batch)s AND confirmed_at IS NULL)",
    "UPDATE core_workitem SET done_at = now() WHERE done_at IS NULL AND kind = 'confirm_death' AND subject_kind = 'person'"
    " AND subject_id IN (SELECT person_id FROM households_importeddeath WHERE import_batch_id = %(batch)s AND confirmed_at IS NULL)",
    "UPDATE households_importeddeath SET refuted_at = now() WHERE import_batch_id = %(batch)s AND confirmed_at IS NULL AND refuted_at IS NULL",
)
