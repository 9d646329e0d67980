"""The statements that carry accepted rows into the registry, each for all rows at once.

`taken` holds the rows, `taken_block` the households they make. Parameters: batch, change, day (first day of the list's year), day_<fact>
(the same, where a kind of change has a day of its own), blocks, rows, fields (null: all), clean (leave rows with errors), commune, province,
position, kind (rural or urban), code_start (what household codes of the commune begin with).
"""

from households.facts import HOUSEHOLD_FACTS, PERSON_FACTS, Fact, value_sql

# Rows gone from a workbook and rows whose change meets another's wait for an answer; an officer may take some rows or some kinds only.
# A block waits when somebody in it may be a person already known: only an officer can say so.
TAKE = """
CREATE TEMP TABLE taken ON COMMIT DROP AS
SELECT r.*, r.person_id IS NULL AS is_new FROM households_importrow r
WHERE r.batch_id = %(batch)s AND r.decision = 'pending' AND (%(blocks)s::int[] IS NULL OR r.block = ANY(%(blocks)s::int[]))
  AND r.verdict <> 'gone' AND r.conflicts = 0 AND (%(rows)s::bigint[] IS NULL OR r.id = ANY(%(rows)s::bigint[]))
  AND NOT (%(clean)s AND r.errors > 0)
  AND (%(fields)s::text[] IS NULL OR CASE WHEN r.verdict = 'new' THEN 'new' = ANY(%(fields)s::text[])
    ELSE NOT EXISTS (SELECT 1 FROM jsonb_object_keys(r.diff) AS k(name) WHERE k.name <> ALL(%(fields)s::text[])) END)
  AND NOT EXISTS (
    SELECT 1 FROM households_importrow d
    WHERE d.batch_id = r.batch_id AND d.block = r.block AND d.decision = 'pending' AND d.match IN ('doubt', 'fuzzy'))
"""
BLOCKS = """
CREATE TEMP TABLE taken_block ON COMMIT DROP AS
WITH known AS (
  SELECT t.block, min(t.id) AS head_row, coalesce(
    (SELECT k.household_id FROM households_importrow k WHERE k.batch_id = %(batch)s AND k.block = t.block
       AND (k.match = 'key' OR k.decision = 'accepted') AND k.household_id IS NOT NULL ORDER BY k.id LIMIT 1),
    (array_agg(t.household_id ORDER BY (t.relation = 'head') DESC NULLS LAST, t.id) FILTER (WHERE t.household_id IS NOT NULL))[1]) AS household_id
  FROM taken t GROUP BY t.block
), once AS (
  SELECT block, head_row, CASE WHEN row_number() OVER (PARTITION BY household_id ORDER BY block) = 1 THEN household_id END AS household_id FROM known
)
SELECT o.block, o.head_row, o.household_id IS NULL AS is_new,
  coalesce(o.household_id, nextval(pg_get_serial_sequence('households_household', 'id'))) AS household_id,
  v.id AS village_id, coalesce(v.position, h.area_pos, %(position)s) AS area_pos, t.poverty, t.b1, t.b2, t.sheet, t.row,
  (SELECT c.difficulty FROM core_areaclass c WHERE c.area_id IN (coalesce(v.id, h.village_id), %(commune)s)
     AND c.since <= %(day)s AND (c.until IS NULL OR c.until > %(day)s) ORDER BY c.area_id <> %(commune)s DESC LIMIT 1) AS difficulty
FROM once o JOIN taken t ON t.id = o.head_row
LEFT JOIN households_household h ON h.id = o.household_id
LEFT JOIN unnest(%(village_names)s::text[], %(village_ids)s::bigint[]) AS m(name, id) ON m.name = t.village_name
LEFT JOIN core_area v ON v.id = m.id
"""
NUMBER = """
UPDATE taken SET household_id = b.household_id, area_pos = b.area_pos,
  person_id = CASE WHEN taken.is_new THEN nextval(pg_get_serial_sequence('households_person', 'id')) ELSE taken.person_id END
FROM taken_block b WHERE b.block = taken.block
"""
# What undo needs: the columns of known persons and households as they were.
REMEMBER = """
UPDATE households_importrow r SET before = CASE WHEN t.is_new THEN jsonb_build_object('new', true) ELSE jsonb_build_object('person', to_jsonb(p)) END
  || CASE WHEN b.head_row IS NULL THEN '{}'::jsonb WHEN b.is_new THEN jsonb_build_object('household_new', true)
     ELSE jsonb_build_object('household', to_jsonb(h)) END
FROM taken t
LEFT JOIN households_person p ON p.id = t.person_id AND NOT t.is_new
LEFT JOIN taken_block b ON b.head_row = t.id
LEFT JOIN households_household h ON h.id = b.household_id AND NOT b.is_new
WHERE r.id = t.id
"""
NEW_HOUSEHOLDS = """
INSERT INTO households_household (id, code, province_no, area_pos, address, commune_id, village_id, difficulty, residence_kind, residence_since,
  poverty, b1, b2, poverty_since, change_id)
SELECT b.household_id, %(code_start)s || lpad(b.household_id::text, greatest(6, length(b.household_id::text)), '0'),
  %(province)s, b.area_pos,
  '', %(commune)s, b.village_id, b.difficulty, %(kind)s, %(day)s, coalesce(b.poverty, 'none'), b.b1, b.b2, %(day)s, %(change)s
FROM taken_block b WHERE b.is_new
"""
# Ethnicity holds for ever, so it has no first day; the rest holds from the list's first day, or from birth.
NEW_PERSONS = """
INSERT INTO households_person (id, full_name, name_key, name_sort, sex, born, born_precision, province_no, area_pos, household_id, relation,
  household_since, ethnicity, disability_degree, disability_type, disability_certified_on, disability_since, studying, studying_since,
  was_in_5_1, hiv, no_supporter, facility_eligible, pension, other_income, pregnant, boards_at_school, change_id)
SELECT t.person_id, t.full_name, t.name_key, t.name_sort, t.sex, t.born, coalesce(t.born_precision, 'day'), %(province)s, t.area_pos, t.household_id,
  t.relation, greatest(t.born, %(day)s), t.ethnicity, t.disability_degree, t.disability_type,
  CASE WHEN t.disability_degree IS NOT NULL THEN greatest(t.born, %(day)s) END,
  CASE WHEN t.disability_degree IS NOT NULL OR t.disability_type IS NOT NULL THEN greatest(t.born, %(day)s) END,
  t.studying, CASE WHEN t.studying IS NOT NULL THEN greatest(t.born, %(day)s) END,
  false, false, false, false, 0, false, false, false, %(change)s
FROM taken t WHERE t.is_new
"""
# A correction, not a change in time: the name, birth date and sex of a known person as the list has them.
CORRECT_PERSONS = """
UPDATE households_person p SET
  full_name = CASE WHEN t.diff ? 'full_name' THEN t.full_name ELSE p.full_name END,
  name_key = CASE WHEN t.diff ? 'full_name' THEN t.name_key ELSE p.name_key END,
  name_sort = CASE WHEN t.diff ? 'full_name' THEN t.name_sort ELSE p.name_sort END,
  sex = CASE WHEN t.diff ? 'sex' THEN t.sex ELSE p.sex END,
  born = CASE WHEN t.diff ? 'born' THEN t.born ELSE p.born END,
  born_precision = CASE WHEN t.diff ? 'born' THEN t.born_precision ELSE p.born_precision END
FROM taken t WHERE p.id = t.person_id AND NOT t.is_new AND t.diff ?| ARRAY['full_name', 'sex', 'born']
"""


def _unless_emptied(field: str, value: str) -> str:
    """The value, or nothing where a workbook takes it away on purpose."""
    return f"CASE WHEN t.emptied ? '{field}' THEN NULL ELSE {value} END"


PERSON_TARGETS = {
    "membership": ("t.household_id", "coalesce(t.relation, p.relation)"),
    "ethnicity": ("CASE WHEN t.ethnicity_concluded THEN p.ethnicity ELSE coalesce(t.ethnicity, p.ethnicity) END",),
    # A degree without a certificate counts as certified on that day.
    "disability": (
        _unless_emptied("disability_degree", "coalesce(t.disability_degree, p.disability_degree)"),
        _unless_emptied("disability_degree", "coalesce(t.disability_type, p.disability_type)"),
        _unless_emptied(
            "disability_degree",
            "CASE WHEN coalesce(t.disability_degree, p.disability_degree) IS DISTINCT FROM p.disability_degree"
            " THEN greatest(coalesce(t.born, p.born), %(day_disability)s::date) ELSE p.disability_certified_on END",
        ),
    ),
    "studying": (_unless_emptied("studying", "coalesce(t.studying, p.studying)"),),
}
HOUSEHOLD_TARGETS = {
    "poverty": ("coalesce(b.poverty, p.poverty)", "coalesce(b.b1, p.b1)", "coalesce(b.b2, p.b2)"),
    "residence": (
        "p.commune_id",
        "coalesce(b.village_id, p.village_id)",
        "CASE WHEN b.village_id IS NULL OR b.village_id = p.village_id THEN p.difficulty ELSE b.difficulty END",
        "p.residence_kind",
    ),
}
_BARE = {"poverty": """'{"b1": null, "b2": null, "class": "none"}'::jsonb"""}


def change_fact(fact: Fact, subject: str) -> tuple[str, ...]:
    """Statements that give a fact its listed value from the day on and close what held before; a newer value in the registry stays."""
    table, source = ("households_person", "taken t ON t.person_id = p.id AND NOT t.is_new") if subject == "p" else (
        "households_household", "taken_block b ON b.household_id = p.id AND NOT b.is_new"
    )  # fmt: skip
    targets = (PERSON_TARGETS if subject == "p" else HOUSEHOLD_TARGETS)[fact.name]
    columns = [column for column, _ in fact.columns]
    new = ", ".join(f"{target} AS new_{column}" for target, column in zip(targets, columns, strict=True))
    differs = f"({', '.join(targets)}) IS DISTINCT FROM ({', '.join(f'p.{column}' for column in columns)})"
    alias = "t" if subject == "p" else "b"
    unstated = _BARE.get(fact.name) or ("'null'::jsonb" if fact.is_scalar else "'{}'::jsonb")
    day = f"%(day_{fact.name})s"
    empty = f"jsonb_strip_nulls(c.value) IN ('{{}}'::jsonb, {unstated}) OR c.value IN ('null'::jsonb, {unstated}) OR c.value IS NULL"
    return (
        f"CREATE TEMP TABLE changing ON COMMIT DROP AS SELECT p.id, {value_sql(fact, 'p')} AS value, p.{fact.since} AS since, p.province_no,"
        f" p.area_pos, {alias}.sheet, {alias}.row, {new} FROM {table} p JOIN {source} WHERE {differs}",
        'INSERT INTO households_importfinding (batch_id, province_no, area_pos, sheet, row, "column", severity, value, message)'
        " SELECT %(batch)s, province_no, area_pos, sheet, row, '', 'warning', '', 'Sổ đăng ký có giá trị mới hơn danh sách, giữ nguyên'"
        f" FROM changing WHERE since > {day}",
        f"UPDATE {table} p SET {', '.join(f'{column} = c.new_{column}' for column in columns)}, {fact.since} = {day},"
        f" fact_changes = coalesce(p.fact_changes, '{{}}') || jsonb_build_object('{fact.name}', %(change)s::bigint)"
        f" FROM changing c WHERE p.id = c.id AND (c.since IS NULL OR c.since <= {day})",
        "INSERT INTO households_factspell (subject, subject_id, fact, value, since, until, change_id, province_no, area_pos)"
        f" SELECT '{subject}', c.id, '{fact.name}', c.value, c.since, {day}, %(change)s, c.province_no, c.area_pos FROM changing c"
        f" WHERE (c.since IS NULL OR c.since < {day}) AND NOT (c.since IS NULL AND ({empty}))",
        "DROP TABLE changing",
    )


FACTS = tuple(
    statement
    for subject, facts, targets in (("h", HOUSEHOLD_FACTS, HOUSEHOLD_TARGETS), ("p", PERSON_FACTS, PERSON_TARGETS))
    for fact in facts
    if fact.name in targets
    for statement in change_fact(fact, subject)
)
# Rows of a household carry its place; the village of a known household may have changed.
PLACES = (
    "UPDATE households_household h SET area_pos = b.area_pos FROM taken_block b WHERE h.id = b.household_id AND h.area_pos <> b.area_pos",
    "UPDATE households_person p SET area_pos = b.area_pos, province_no = %(province)s FROM taken_block b"
    " WHERE p.household_id = b.household_id AND p.area_pos <> b.area_pos",
    "UPDATE households_nationalid n SET area_pos = p.area_pos FROM households_person p JOIN taken_block b ON b.household_id = p.household_id"
    " WHERE n.person_id = p.id AND n.area_pos <> p.area_pos",
    "UPDATE households_factspell s SET area_pos = p.area_pos FROM households_person p JOIN taken_block b ON b.household_id = p.household_id"
    " WHERE s.subject = 'p' AND s.subject_id = p.id AND s.area_pos <> p.area_pos",
    "UPDATE households_raising g SET area_pos = p.area_pos FROM households_person p JOIN taken_block b ON b.household_id = p.household_id"
    " WHERE g.adult_id = p.id AND g.area_pos <> p.area_pos",
    "DELETE FROM households_searchtoken s USING households_person p, taken_block b WHERE b.household_id = p.household_id AND s.person_id = p.id",
    "INSERT INTO households_searchtoken (token, area_pos, person_id) SELECT DISTINCT left(word, 40), p.area_pos, p.id"
    " FROM households_person p JOIN taken_block b ON b.household_id = p.household_id, regexp_split_to_table(p.name_key, ' ') AS word"
    " WHERE word <> ''",
)
IDENTITIES = """
INSERT INTO households_nationalid (person_id, kind, number_enc, number_index, tail, change_id, province_no, area_pos)
SELECT t.person_id, t.id_kind, t.number_enc, t.number_index, t.tail, %(change)s, %(province)s, t.area_pos FROM taken t
WHERE t.number_index IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM households_nationalid n WHERE n.person_id = t.person_id AND n.number_index = t.number_index AND n.until IS NULL)
"""
# Paragraph 5 needs its point: the benefits of the elderly differ by it.
BENEFITS = r"""
INSERT INTO households_importedbenefit (import_batch_id, person_id, household_id, benefit, amount, from_day, province_no, area_pos)
SELECT %(batch)s, t.person_id, t.household_id, 'TCXH-' || t.benefit_article, t.benefit_amount, %(day)s, %(province)s, t.area_pos
FROM taken t WHERE t.benefit_article ~ '^5\.([1-46-8]|5[a-d])$' ON CONFLICT DO NOTHING
"""
DEATHS = (
    "INSERT INTO households_importeddeath (import_batch_id, person_id, noted, died_on, province_no, area_pos)"
    " SELECT %(batch)s, t.person_id, t.died, t.died_on, %(province)s, t.area_pos FROM taken t"
    " JOIN households_person p ON p.id = t.person_id WHERE t.noted_dead AND p.died_on IS NULL ON CONFLICT DO NOTHING",
    "INSERT INTO core_hold (effect, subject_kind, subject_id, reason, placed_by_kind, placed_by_id, province_no, area_pos, created_at)"
    " SELECT 'no_payment', 'person', d.person_id, 'Danh sách ghi người này đã chết, chờ xác nhận', 'households.importeddeath', d.id, d.province_no,"
    " d.area_pos, now() FROM households_importeddeath d JOIN taken t ON t.person_id = d.person_id WHERE d.import_batch_id = %(batch)s"
    " ON CONFLICT DO NOTHING",
    "INSERT INTO core_workitem (kind, title, reason, subject_kind, subject_id, link, role, due_on, created_at, province_no, area_pos)"
    " SELECT 'confirm_death', left('Xác nhận người đã chết: ' || t.full_name, 200), left('Danh sách ghi “' || coalesce(nullif(t.note, ''), 'đã chết')"
    " || '”; chưa xác nhận thì không chi trả', 500), 'person', d.person_id, %(link)s, 'commune_officer', NULL, now(), d.province_no, d.area_pos"
    " FROM households_importeddeath d JOIN taken t ON t.person_id = d.person_id WHERE d.import_batch_id = %(batch)s ON CONFLICT DO NOTHING",
)
CERTIFIED = """
INSERT INTO households_importfinding (batch_id, province_no, area_pos, sheet, row, "column", severity, value, message)
SELECT %(batch)s, %(province)s, t.area_pos, t.sheet, t.row, '', 'warning', '',
  'Mức độ khuyết tật không có giấy xác nhận: coi như xác nhận từ ngày ' || to_char(p.disability_certified_on, 'DD/MM/YYYY')
FROM taken t JOIN households_person p ON p.id = t.person_id
WHERE t.disability_degree IS NOT NULL AND (t.is_new OR t.diff ? 'disability_degree') AND p.disability_certified_on IS NOT NULL
"""
DECIDE = """
UPDATE households_importrow r SET decision = 'accepted', person_id = t.person_id, household_id = t.household_id FROM taken t WHERE r.id = t.id
"""
COUNT = "SELECT count(*), count(*) FILTER (WHERE is_new), count(DISTINCT household_id) FROM taken"

STEPS = (
    "ANALYZE taken",
    "ANALYZE taken_block",
    REMEMBER, NEW_HOUSEHOLDS, NEW_PERSONS, CORRECT_PERSONS, *FACTS, *PLACES, IDENTITIES, BENEFITS, *DEATHS, CERTIFIED, DECIDE,
    "UPDATE households_importrow r SET area_pos = t.area_pos FROM taken t WHERE r.id = t.id AND r.area_pos <> t.area_pos",
)  # fmt: skip
