"""What a list would change: field by field, old and new, for every row. A blank changes nothing, nor does what was only concluded.

Of a workbook that came back only the cells that were changed count (`told`), and a value taken away on purpose is `emptied`.
"""

from django.db import connection

from households.models import ImportBatch

# name, value in the registry, value in the list. A list that gives only the year does not contradict a full date of that year.
PERSON_FIELDS = (
    # A list may leave out accents; a workbook shows the very name, so that a corrected accent is a correction.
    ("full_name", "p.full_name", "CASE WHEN p.name_key <> r.name_key OR r.told ? 'full_name' THEN r.full_name END"),
    ("sex", "p.sex", "r.sex"),
    (
        "born",
        "to_char(p.born, 'YYYY-MM-DD')",
        "CASE WHEN r.born_precision = 'day' OR p.born IS NULL OR NOT to_char(p.born, 'YYYY-MM-DD')"
        " LIKE left(r.born::text, CASE r.born_precision WHEN 'month' THEN 7 ELSE 4 END) || '%%' THEN to_char(r.born, 'YYYY-MM-DD') END",
    ),
    ("ethnicity", "p.ethnicity", "CASE WHEN NOT r.ethnicity_concluded THEN r.ethnicity END"),
    ("relation", "p.relation", "r.relation"),
    ("disability_degree", "p.disability_degree", "r.disability_degree"),
    ("disability_type", "p.disability_type", "r.disability_type"),
    ("studying", "p.studying", "r.studying"),
)
HOUSEHOLD_FIELDS = (
    ("poverty", "h.poverty", "r.poverty"),
    ("b1", "h.b1::text", "r.b1::text"),
    ("b2", "h.b2::text", "r.b2::text"),
    ("village", "v.name", "CASE WHEN v.name_key IS DISTINCT FROM m.name_key THEN nullif(r.village_name, '') END"),
)


def _pairs(fields: tuple[tuple[str, str, str], ...]) -> str:
    return ", ".join(
        f"'{name}', CASE WHEN r.emptied ? '{name}' AND {old} IS NOT NULL THEN jsonb_build_array({old}, NULL::text)"
        f" WHEN (r.told IS NULL OR r.told ? '{name}') AND {new} IS NOT NULL AND {new} IS DISTINCT FROM {old}"
        f" THEN jsonb_build_array({old}, {new}) END"
        for name, old, new in fields
    )


# Household fields are told once, on the row of the head (the first row of a block). The temporary table is counted, so that the planner,
# whom row-level security misleads about every other table, looks persons up by their keys.
_MATCHED = (
    "CREATE TEMP TABLE matched ON COMMIT DROP AS SELECT r.*, r.row_in_block = 1 AS heads FROM ("
    "SELECT i.*, row_number() OVER (PARTITION BY block ORDER BY id) AS row_in_block FROM households_importrow i WHERE batch_id = %(batch)s) r"
    " WHERE r.person_id IS NOT NULL AND r.decision = 'pending' AND r.verdict <> 'gone'",
    "ANALYZE matched",
    f"""
CREATE TEMP TABLE compared ON COMMIT DROP AS
SELECT r.id, r.benefit_article = '' AND NOT r.noted_dead AS nothing_else,
  jsonb_strip_nulls(jsonb_build_object({_pairs(PERSON_FIELDS)}))
  || CASE WHEN r.heads THEN jsonb_strip_nulls(jsonb_build_object({_pairs(HOUSEHOLD_FIELDS)})) ELSE '{{}}'::jsonb END AS diff
FROM matched r
JOIN households_person p ON p.id = r.person_id
JOIN households_household h ON h.id = r.household_id
LEFT JOIN core_area v ON v.id = h.village_id
LEFT JOIN unnest(%(names)s::text[], %(keys)s::text[]) AS m(name, name_key) ON m.name = r.village_name
""",
    "ANALYZE compared",
    "UPDATE households_importrow r SET diff = c.diff, verdict = CASE WHEN c.diff = '{}'::jsonb AND c.nothing_else THEN 'same' ELSE 'changed' END"
    " FROM compared c WHERE r.id = c.id",
    "DROP TABLE matched, compared",
)
_NEW = (
    "UPDATE households_importrow SET diff = '{}', verdict = 'new'"
    " WHERE batch_id = %s AND decision = 'pending' AND person_id IS NULL AND verdict <> 'new'"
)


def compare(batch: ImportBatch, village_keys: dict[str, str]) -> None:
    """Fill verdict and differences of the rows not yet decided; `village_keys` maps village names of the list to keys of the areas."""
    with connection.cursor() as cursor:
        cursor.execute(_NEW, [batch.pk])
        for statement in _MATCHED:
            cursor.execute(statement, {"batch": batch.pk, "names": list(village_keys), "keys": list(village_keys.values())})
