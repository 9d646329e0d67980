"""Every table that lies somewhere, found from the models, so that none is forgotten by a mass change.

Rows carry a tree position; a mass change shifts whole ranges of positions, one statement per table. References to areas are of two kinds:
those of the present follow, those that say where something happened stay. A table that is in neither list fails tests/areas_reform.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps
from django.db import connection

from posasoft.core.models import Area
from posasoft.core.rls import ROLE

# Tables whose positions stay, and why.
STAYS = {
    "core_auditevent": "a sealed trail: it says where something happened then",
    "payments_paymentline": "money rows of past months keep the place where they were paid; released lines are frozen",
    "payments_paymentlist": "as its lines; a draft is drawn up anew for the unit in force",
    "payments_ledgerentry": "added to only: where the money moved then",
    "payments_ledgerposting": "as the entries it sums",
    "payments_ledgercheck": "a proof as it was given",
    "payments_liststep": "who did what with the list then",
    "payments_listdrift": "rewritten by the next run of the month",
    "payments_ordered": "what a released list ordered, where it was paid",
    "payments_correction": "rewritten by the next draft of the unit in force",
    "payments_waiver": "added to only: a recovery given up where it was ordered",
    "payments_lawcorrection": "counts of a whole province",
    "payments_account": "goes with its person, by a trigger of payments 0010",
    "payments_ownline": "goes with its person, by a trigger of payments 0010",
    "payments_receiver": "goes with its household, by a trigger of payments 0010",
    "payments_contact": "goes with its household, by a trigger of payments 0010",
    "payments_cashless": "counts of a month where it was paid",
    "payments_notice": "where the family was told",
    "payments_verificationsample": "asked where the month was paid",
    "payments_delivery": "as its list: where it was sent",
    "payments_lineresult": "as its line: where it was paid or not",
    "payments_resultmark": "added to only: what was pressed at the counter about a line",
    "payments_resultrow": "as the line it speaks of",
    "payments_resultbatch": "as its delivery, or the counter it came from",
    "payments_counterday": "a day at a counter where it stood then",
    "payments_verificationanswer": "added to only: what was told then",
}
# References to an area that say where something was, or that this operation writes itself.
KEPT_LINKS = {
    ("core_area", "parent_id"), ("core_areasuccession", "from_area_id"), ("core_areasuccession", "to_area_id"),
    ("core_clustermembership", "cluster_id"), ("core_clustermembership", "commune_id"), ("core_areaclass", "area_id"),
    ("core_roleassignment", "area_id"), ("core_areapermission", "content_object_id"), ("core_practicespace", "commune_id"),
    ("core_periodlock", "area_id"), ("households_household", "commune_id"), ("households_household", "village_id"),
    ("households_areareformpair", "from_area_id"), ("households_unplacedhousehold", "from_area_id"),
    ("households_unplacedhousehold", "placed_in_id"), ("households_transfer", "from_area_id"),
    ("beneficiaries_decisionnumber", "commune_id"), ("payments_paymentlist", "commune_id"),
    ("payments_cashless", "commune_id"), ("payments_verificationplan", "area_id"),
    # Who pays the new unit is for the province to say: two merged communes may have had two payers.
    ("payments_servicearea", "commune_id"),
}  # fmt: skip
# References of the present: (table, column) → which rows follow.
LINKS = {
    ("core_savedview", "area_id"): "TRUE",
    ("households_workbook", "area_id"): "TRUE",
    ("payments_servicepoint", "commune_id"): "t.is_active",
    ("households_importbatch", "area_id"): "t.status NOT IN ('undone', 'refused')",
    ("households_changerequest", "to_area_id"): "t.status IN ('draft', 'submitted', 'returned', 'approved', 'waiting')",
    ("households_transfer", "to_area_id"): "t.status = 'waiting'",
    ("households_transfer", "village_id"): "t.status = 'waiting'",
    ("beneficiaries_case", "commune_id"): "t.status NOT IN ('closed', 'withdrawn')",
    ("beneficiaries_found", "commune_id"): "t.state IN ('new', 'opened')",
    ("beneficiaries_decisiondocument", "commune_id"): "t.status IN ('draft', 'prepared')",
}


@dataclass(frozen=True)
class Placed:
    """A table with positions; the one of search words has no province beside them."""

    table: str
    has_province: bool


def placed_tables() -> list[Placed]:
    """Tables whose positions follow, history and other tables that only grow aside: the database moves those itself (0006)."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        columns = {field.column for field in model._meta.concrete_fields}
        if "area_pos" in columns and not model._meta.proxy and model._meta.db_table not in STAYS:
            found[model._meta.db_table] = Placed(model._meta.db_table, "province_no" in columns)
    with connection.cursor() as cursor:
        cursor.execute("SELECT t FROM unnest(%s::text[]) AS t WHERE has_table_privilege(%s, t, 'UPDATE')", [sorted(found), ROLE])
        # The feed of changes comes last: triggers write it while the others move.
        return sorted(
            (found[table] for (table,) in cursor.fetchall()), key=lambda placed: (placed.table == "households_changefeed", placed.table)
        )


def links_to_areas() -> set[tuple[str, str]]:
    """Every column that refers to an area, history aside."""
    return {
        (model._meta.db_table, field.column or "")
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.related_model is Area and not any(f.column == "pgh_id" for f in model._meta.concrete_fields)
    }
