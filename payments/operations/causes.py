"""Why a past month comes out differently: named once, when the difference is found, from what was changed since the month was listed.

A cause is {"kind": …} with, where it is known, "change" (the registry's change: who, when, why), "decision", "on" (a day), "person" (a member of
the family whose fact it was), "law" and "instrument" (the computation of a law's effects) or "reason". Kinds: a fact of households.facts, death,
born, decision, moved, family, law, hold_lifted, suspension_ended, request, late.
"""

from __future__ import annotations

from typing import Any

from beneficiaries.operations import execute

# A fact that was changed since the month was listed; one that held in the month before one that began later, the newest before the older.
_FACT = """(
  SELECT jsonb_build_object('kind', f.key, 'change', k.id)
  FROM jsonb_each_text({row}.fact_changes) f JOIN households_change k ON k.id = f.value::bigint
  WHERE k.at > m.known_at
  ORDER BY (coalesce((to_jsonb({row}) ->> (f.key || '_since'))::date, d.month) < d.month + interval '1 month') DESC, k.at DESC, k.id DESC LIMIT 1)"""
_FAMILY = f"""(
  SELECT jsonb_build_object('kind', 'family', 'fact', y.found ->> 'kind', 'change', (y.found ->> 'change')::bigint, 'person', y.id)
  FROM (SELECT o.id, {_FACT.format(row="o")} AS found FROM households_person o
    WHERE o.household_id = d.household_id AND o.id IS DISTINCT FROM d.person_id) y
  WHERE y.found IS NOT NULL ORDER BY (y.found ->> 'change')::bigint DESC LIMIT 1)"""
_EVENT = """(
  SELECT jsonb_strip_nulls(jsonb_build_object('kind', {kind}, 'on', {day}, 'change', (v.pgh_context ->> 'change')::bigint))
  FROM households_personevent v WHERE v.id = p.id AND v.{column} IS DISTINCT FROM p.{column} {when}
  ORDER BY v.pgh_id DESC LIMIT 1)"""
_DEATH = f"""coalesce({_EVENT.format(kind="'death'", day="p.died_on", column="died_on", when="")},
  jsonb_build_object('kind', 'death', 'on', p.died_on))"""
_BORN = _EVENT.format(kind="'born'", day="NULL::date", column="born", when="AND v.pgh_created_at > m.known_at")
# The decision under which it is due was entered late; or the one under which it was ordered had ended by then.
_DECIDED = """coalesce((
  SELECT jsonb_build_object('kind', 'decision', 'decision', x.id, 'change', x.change_id) FROM beneficiaries_decision x
  WHERE x.id = d.decision_id AND x.created_at > m.known_at), (
  SELECT jsonb_build_object('kind', 'decision', 'decision', x.id, 'change', x.change_id) FROM beneficiaries_decision x
  WHERE d.due = 0 AND x.household_id = d.household_id AND x.person_id IS NOT DISTINCT FROM d.person_id AND x.benefit = d.benefit
    AND x.until_month <= d.month ORDER BY x.until_month DESC LIMIT 1))"""
_LAW = "jsonb_strip_nulls(jsonb_build_object('kind', 'law', 'law', c.law_id, 'instrument', w.instrument))"

# The amount of a rule is a parameter of the law times a coefficient: what a unit is worth changes by law only. (Where two provinces pay
# differently, the months of each stay its own and are not compared.)
_NAMED = f"""
CREATE TEMP TABLE named ON COMMIT DROP AS
SELECT d.*, c.law_id, CASE
  WHEN d.due < d.ordered AND p.died_on < d.month OR d.ordered = 0 AND date_trunc('month', p.died_on) = d.month THEN {_DEATH}
  WHEN d.unit_due <> d.unit_ordered THEN {_LAW}
  ELSE coalesce({_DECIDED},
    CASE WHEN d.ordered_by <> d.household_id THEN '{{"kind": "moved"}}'::jsonb END,
    {_FACT.format(row="p")}, {_BORN}, {_FACT.format(row="h")},
    CASE WHEN c.law_id IS NULL OR d.month < c.law_from THEN {_FAMILY} END,
    CASE WHEN d.month >= c.law_from THEN {_LAW} END,
    CASE WHEN c.cause ->> 'kind' <> 'registry' THEN c.cause END, '{{"kind": "late"}}')
  END AS cause
FROM difference d
JOIN concerned c ON c.household_id = d.household_id
JOIN ordered_month m ON m.month = d.month
JOIN households_household h ON h.id = d.household_id
LEFT JOIN households_person p ON p.id = d.person_id
LEFT JOIN payments_lawcorrection w ON w.id = c.law_id
WHERE d.due <> d.ordered
"""
# What a law changes waits until the province agreed: to that computation, or, for a family that something else brought here, to the months.
_CAUSED = """
CREATE TEMP TABLE caused ON COMMIT DROP AS
SELECT n.*, n.cause ->> 'kind' = 'law' AND NOT EXISTS (
  SELECT 1 FROM payments_lawcorrection a WHERE a.province_no = %(province)s AND a.status = 'agreed'
    AND (a.id = n.law_id OR n.law_id IS NULL AND n.month BETWEEN a.from_month AND a.through_month)) AS waits
FROM named n
"""


def name_causes(parameters: dict[str, Any]) -> None:
    """Make ``caused`` from ``difference``: every difference with its cause, and whether it waits for the province's agreement to a law."""
    execute("ANALYZE difference")
    execute(_NAMED, parameters)
    execute(_CAUSED, parameters)
    execute("ANALYZE caused")
