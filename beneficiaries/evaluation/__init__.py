"""Who is due what in a month: the law of ``policy`` compiled to one SQL statement over the registry's tables.

One engine, four uses; every function below renders the same statement, with another scope or another projection.

``month_sql(law, month, tables=REGISTRY, *, scope=Scope(), programmes=None, projection="lines", with_facts=True, loud_only=False) -> str``
    A SELECT without parameters (dates and codes are literals, so that it can stand in ``INSERT INTO … SELECT``). ``month`` is the first
    day of a month. ``scope`` is ``Scope(area=(lo, hi))`` (a range of positions), ``Scope(household_ids=(1, 2))``, ``Scope(person_ids=(5,))`` or
    ``Scope(household_query="SELECT household_id FROM …")``; empty means the whole country. ``programmes`` limits the benefits (names of
    ``policy/law/programmes.yaml``; default: all that pay money). Columns of the projections:

    - ``lines``: person_id bigint (null for a household's line), household_id bigint, province_no smallint, area_pos bigint, benefit text,
      coefficient numeric(6,3) (null when the amount is fixed), amount bigint (đồng for the month), arrears boolean (the month lies before
      the signature), decision_id bigint (null: needs none), law_version text, facts jsonb (what the rule saw; null without ``with_facts``)
    - ``not_enrolled``: same columns: the conditions hold, but no decision is active in the month (decision_id null)
    - ``no_longer``: person_id, household_id, province_no, area_pos, benefit, decision_id: an active decision whose conditions do not hold

``staged_month(law, month, tables=REGISTRY, *, scope, programmes, projection, with_facts) -> Staged``
    The same statement in steps (``setup``, ``select``, ``teardown``) for a province or the country: temporary tables with statistics of their
    own, inside the caller's transaction. ``month_sql`` is for a household or a few.

``explain(law, month, *, scope, tables=REGISTRY, programmes=None) -> list[Explained]``
    One record per person (and per household for its own benefits) of the scope: what is paid and refused, with every condition, the value it
    saw, article and arithmetic, in Vietnamese and English.

``evaluate_cases(cases: list[dict]) -> list[dict]``
    Cases of ``tests/policy/cases`` (a family, a month, what the law gives), evaluated in temporary tables of the registry's shape; returns
    the JSON objects that ``manage evaluate --json`` prints. Raises ``CaseError`` naming case, field and value.

``load_law()`` comes from ``policy`` and is cached; ``policy.Law.with_overrides`` gives a province its own amounts.
"""

from beneficiaries.evaluation.case_run import evaluate_cases
from beneficiaries.evaluation.cases import CaseError
from beneficiaries.evaluation.explaining import Check, Explained, Finding, explain
from beneficiaries.evaluation.staging import Staged
from beneficiaries.evaluation.statement import month_sql, staged_month
from beneficiaries.evaluation.tables import REGISTRY, Scope, Tables

__all__ = [
    "REGISTRY",
    "CaseError",
    "Check",
    "Explained",
    "Finding",
    "Scope",
    "Staged",
    "Tables",
    "evaluate_cases",
    "explain",
    "month_sql",
    "staged_month",
]
