-- Spells: the open one is in the wide row, closed ones in households_factspell. Written from households/facts.py.

-- Every closed end lies at or before the open since (a fact cannot have ended after its successor began).
CREATE FUNCTION households_open_since(subject char, fact text, p households_person, h households_household) RETURNS date
LANGUAGE sql IMMUTABLE AS $$ SELECT CASE fact
  WHEN 'membership' THEN (p).household_since
  WHEN 'ethnicity' THEN (p).ethnicity_since
  WHEN 'disability' THEN (p).disability_since
  WHEN 'no_parental_care' THEN (p).no_parental_care_since
  WHEN 'was_in_5_1' THEN (p).was_in_5_1_since
  WHEN 'studying' THEN (p).studying_since
  WHEN 'hiv' THEN (p).hiv_since
  WHEN 'no_supporter' THEN (p).no_supporter_since
  WHEN 'facility_eligible' THEN (p).facility_eligible_since
  WHEN 'pension' THEN (p).pension_since
  WHEN 'other_income' THEN (p).other_income_since
  WHEN 'pregnant' THEN (p).pregnant_since
  WHEN 'fostered_by' THEN (p).fostered_by_since
  WHEN 'boards_at_school' THEN (p).boards_at_school_since
  WHEN 'residence' THEN (h).residence_since
  WHEN 'poverty' THEN (h).poverty_since
END $$;

CREATE FUNCTION households_check_closed_spells() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM new_rows s
    LEFT JOIN households_person p ON s.subject = 'p' AND p.id = s.subject_id
    LEFT JOIN households_household h ON s.subject = 'h' AND h.id = s.subject_id
    WHERE s.until > coalesce(households_open_since(s.subject::char, s.fact, p, h), '-infinity')
  ) THEN
    RAISE EXCEPTION 'a closed spell ends after the open one begins' USING ERRCODE = 'check_violation', CONSTRAINT = 'households_factspell_before_open';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER closed_before_open_insert AFTER INSERT ON households_factspell REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION households_check_closed_spells();
CREATE TRIGGER closed_before_open_update AFTER UPDATE ON households_factspell REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION households_check_closed_spells();

CREATE FUNCTION households_check_open_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM new_rows n JOIN households_factspell s ON s.subject = 'p' AND s.subject_id = n.id
    WHERE s.until > coalesce(CASE s.fact
      WHEN 'membership' THEN n.household_since
      WHEN 'ethnicity' THEN n.ethnicity_since
      WHEN 'disability' THEN n.disability_since
      WHEN 'no_parental_care' THEN n.no_parental_care_since
      WHEN 'was_in_5_1' THEN n.was_in_5_1_since
      WHEN 'studying' THEN n.studying_since
      WHEN 'hiv' THEN n.hiv_since
      WHEN 'no_supporter' THEN n.no_supporter_since
      WHEN 'facility_eligible' THEN n.facility_eligible_since
      WHEN 'pension' THEN n.pension_since
      WHEN 'other_income' THEN n.other_income_since
      WHEN 'pregnant' THEN n.pregnant_since
      WHEN 'fostered_by' THEN n.fostered_by_since
      WHEN 'boards_at_school' THEN n.boards_at_school_since
    END, '-infinity')
  ) THEN
    RAISE EXCEPTION 'the open spell begins before a closed one ends' USING ERRCODE = 'check_violation', CONSTRAINT = 'households_factspell_before_open';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER open_after_closed AFTER UPDATE ON households_person REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION households_check_open_person();

CREATE FUNCTION households_check_open_household() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM new_rows n JOIN households_factspell s ON s.subject = 'h' AND s.subject_id = n.id
    WHERE s.until > coalesce(CASE s.fact
      WHEN 'residence' THEN n.residence_since
      WHEN 'poverty' THEN n.poverty_since
    END, '-infinity')
  ) THEN
    RAISE EXCEPTION 'the open spell begins before a closed one ends' USING ERRCODE = 'check_violation', CONSTRAINT = 'households_factspell_before_open';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER open_after_closed AFTER UPDATE ON households_household REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION households_check_open_household();

-- The feed of changes: which households a transaction touched, and the first day on which a rule could see a difference.
-- Readers take rows below the oldest transaction still running, so that a slow transaction is never skipped.

-- An operation knows the first day it touches and says so; for a bare statement the cautious guess stands (what was open is closed from
-- its own beginning, which is earlier than the first day that differs).
CREATE FUNCTION households_effective(guess date) RETURNS date LANGUAGE sql STABLE AS
$$ SELECT CASE WHEN guess IS NOT NULL THEN coalesce(nullif(current_setting('app.effective_from', true), '')::date, guess) END $$;

CREATE FUNCTION households_feed_person_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO households_changefeed (household_id, xid, effective_from, province_no, area_pos)
  SELECT x.household_id, pg_current_xact_id()::text::bigint, households_effective(min(x.day)), min(x.province_no), min(x.area_pos) FROM (
    SELECT unnest(ARRAY[n.household_id, o.household_id]) AS household_id, n.province_no, n.area_pos, least(
      CASE WHEN (n.household_id, n.relation, n.household_since) IS DISTINCT FROM (o.household_id, o.relation, o.household_since) THEN least(coalesce(n.household_since, date '1900-01-01'), coalesce(o.household_since, date '1900-01-01')) END,
      CASE WHEN (n.ethnicity, n.ethnicity_since) IS DISTINCT FROM (o.ethnicity, o.ethnicity_since) THEN least(coalesce(n.ethnicity_since, date '1900-01-01'), coalesce(o.ethnicity_since, date '1900-01-01')) END,
      CASE WHEN (n.disability_degree, n.disability_type, n.disability_certified_on, n.disability_since) IS DISTINCT FROM (o.disability_degree, o.disability_type, o.disability_certified_on, o.disability_since) THEN least(coalesce(n.disability_since, date '1900-01-01'), coalesce(o.disability_since, date '1900-01-01')) END,
      CASE WHEN (n.no_parental_care, n.no_parental_care_since) IS DISTINCT FROM (o.no_parental_care, o.no_parental_care_since) THEN least(coalesce(n.no_parental_care_since, date '1900-01-01'), coalesce(o.no_parental_care_since, date '1900-01-01')) END,
      CASE WHEN (n.was_in_5_1, n.was_in_5_1_since) IS DISTINCT FROM (o.was_in_5_1, o.was_in_5_1_since) THEN least(coalesce(n.was_in_5_1_since, date '1900-01-01'), coalesce(o.was_in_5_1_since, date '1900-01-01')) END,
      CASE WHEN (n.studying, n.studying_since) IS DISTINCT FROM (o.studying, o.studying_since) THEN least(coalesce(n.studying_since, date '1900-01-01'), coalesce(o.studying_since, date '1900-01-01')) END,
      CASE WHEN (n.hiv, n.hiv_since) IS DISTINCT FROM (o.hiv, o.hiv_since) THEN least(coalesce(n.hiv_since, date '1900-01-01'), coalesce(o.hiv_since, date '1900-01-01')) END,
      CASE WHEN (n.no_supporter, n.no_supporter_since) IS DISTINCT FROM (o.no_supporter, o.no_supporter_since) THEN least(coalesce(n.no_supporter_since, date '1900-01-01'), coalesce(o.no_supporter_since, date '1900-01-01')) END,
      CASE WHEN (n.facility_eligible, n.facility_eligible_since) IS DISTINCT FROM (o.facility_eligible, o.facility_eligible_since) THEN least(coalesce(n.facility_eligible_since, date '1900-01-01'), coalesce(o.facility_eligible_since, date '1900-01-01')) END,
      CASE WHEN (n.pension, n.pension_since) IS DISTINCT FROM (o.pension, o.pension_since) THEN least(coalesce(n.pension_since, date '1900-01-01'), coalesce(o.pension_since, date '1900-01-01')) END,
      CASE WHEN (n.other_income, n.other_income_since) IS DISTINCT FROM (o.other_income, o.other_income_since) THEN least(coalesce(n.other_income_since, date '1900-01-01'), coalesce(o.other_income_since, date '1900-01-01')) END,
      CASE WHEN (n.pregnant, n.pregnant_since) IS DISTINCT FROM (o.pregnant, o.pregnant_since) THEN least(coalesce(n.pregnant_since, date '1900-01-01'), coalesce(o.pregnant_since, date '1900-01-01')) END,
      CASE WHEN (n.fostered_by, n.fostered_by_since) IS DISTINCT FROM (o.fostered_by, o.fostered_by_since) THEN least(coalesce(n.fostered_by_since, date '1900-01-01'), coalesce(o.fostered_by_since, date '1900-01-01')) END,
      CASE WHEN (n.boards_at_school, n.boards_at_school_since) IS DISTINCT FROM (o.boards_at_school, o.boards_at_school_since) THEN least(coalesce(n.boards_at_school_since, date '1900-01-01'), coalesce(o.boards_at_school_since, date '1900-01-01')) END,
      CASE WHEN (n.born, n.sex) IS DISTINCT FROM (o.born, o.sex) THEN date '1900-01-01' END,
      CASE WHEN n.died_on IS DISTINCT FROM o.died_on THEN least(n.died_on, o.died_on) END
    ) AS day
    FROM new_rows n JOIN old_rows o ON o.id = n.id
  ) x GROUP BY x.household_id;
  RETURN NULL;
END $$;
CREATE TRIGGER feed_update AFTER UPDATE ON households_person REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION households_feed_person_update();

CREATE FUNCTION households_feed_household_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO households_changefeed (household_id, xid, effective_from, province_no, area_pos)
  SELECT n.id, pg_current_xact_id()::text::bigint, households_effective(least(
      CASE WHEN (n.commune_id, n.village_id, n.difficulty, n.residence_kind, n.residence_since) IS DISTINCT FROM (o.commune_id, o.village_id, o.difficulty, o.residence_kind, o.residence_since) THEN least(coalesce(n.residence_since, date '1900-01-01'), coalesce(o.residence_since, date '1900-01-01')) END,
      CASE WHEN (n.poverty, n.b1, n.b2, n.poverty_since) IS DISTINCT FROM (o.poverty, o.b1, o.b2, o.poverty_since) THEN least(coalesce(n.poverty_since, date '1900-01-01'), coalesce(o.poverty_since, date '1900-01-01')) END,
      CASE WHEN n.ended_on IS DISTINCT FROM o.ended_on THEN least(n.ended_on, o.ended_on) END
    )), n.province_no, n.area_pos
  FROM new_rows n JOIN old_rows o ON o.id = n.id;
  RETURN NULL;
END $$;
CREATE TRIGGER feed_update AFTER UPDATE ON households_household REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION households_feed_household_update();

CREATE FUNCTION households_feed_persons() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO households_changefeed (household_id, xid, effective_from, province_no, area_pos)
  SELECT x.household_id, pg_current_xact_id()::text::bigint, households_effective(min(x.day)), min(x.province_no), min(x.area_pos) FROM (
    SELECT r.household_id, least(coalesce(r.household_since, date '1900-01-01')) AS day, r.province_no, r.area_pos FROM rows r
  ) x WHERE x.household_id IS NOT NULL GROUP BY x.household_id;
  RETURN NULL;
END $$;
CREATE TRIGGER feed_insert AFTER INSERT ON households_person REFERENCING NEW TABLE AS rows
  FOR EACH STATEMENT EXECUTE FUNCTION households_feed_persons();

CREATE TRIGGER feed_delete AFTER DELETE ON households_person REFERENCING OLD TABLE AS rows
  FOR EACH STATEMENT EXECUTE FUNCTION households_feed_persons();

CREATE FUNCTION households_feed_households() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO households_changefeed (household_id, xid, effective_from, province_no, area_pos)
  SELECT x.household_id, pg_current_xact_id()::text::bigint, households_effective(min(x.day)), min(x.province_no), min(x.area_pos) FROM (
    SELECT r.id AS household_id, coalesce(r.residence_since, date '1900-01-01') AS day, r.province_no, r.area_pos FROM rows r
  ) x WHERE x.household_id IS NOT NULL GROUP BY x.household_id;
  RETURN NULL;
END $$;
CREATE TRIGGER feed_insert AFTER INSERT ON households_household REFERENCING NEW TABLE AS rows
  FOR EACH STATEMENT EXECUTE FUNCTION households_feed_households();

CREATE TRIGGER feed_delete AFTER DELETE ON households_household REFERENCING OLD TABLE AS rows
  FOR EACH STATEMENT EXECUTE FUNCTION households_feed_households();

CREATE FUNCTION households_feed_spells() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO households_changefeed (household_id, xid, effective_from, province_no, area_pos)
  SELECT x.household_id, pg_current_xact_id()::text::bigint, households_effective(min(x.day)), min(x.province_no), min(x.area_pos) FROM (
    SELECT CASE WHEN r.subject = 'h' THEN r.subject_id ELSE p.household_id END AS household_id, coalesce(r.since, date '1900-01-01') AS day, r.province_no, r.area_pos
    FROM rows r LEFT JOIN households_person p ON r.subject = 'p' AND p.id = r.subject_id
  ) x WHERE x.household_id IS NOT NULL GROUP BY x.household_id;
  RETURN NULL;
END $$;
CREATE TRIGGER feed_insert AFTER INSERT ON households_factspell REFERENCING NEW TABLE AS rows
  FOR EACH STATEMENT EXECUTE FUNCTION households_feed_spells();

CREATE TRIGGER feed_delete AFTER DELETE ON households_factspell REFERENCING OLD TABLE AS rows
  FOR EACH STATEMENT EXECUTE FUNCTION households_feed_spells();

CREATE TRIGGER feed_update_new AFTER UPDATE ON households_factspell REFERENCING NEW TABLE AS rows
  FOR EACH STATEMENT EXECUTE FUNCTION households_feed_spells();
CREATE TRIGGER feed_update_old AFTER UPDATE ON households_factspell REFERENCING OLD TABLE AS rows
  FOR EACH STATEMENT EXECUTE FUNCTION households_feed_spells();

CREATE FUNCTION households_feed_raising() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO households_changefeed (household_id, xid, effective_from, province_no, area_pos)
  SELECT x.household_id, pg_current_xact_id()::text::bigint, households_effective(min(x.day)), min(x.province_no), min(x.area_pos) FROM (
    SELECT p.household_id, coalesce(r.since, date '1900-01-01') AS day, r.province_no, r.area_pos FROM rows r JOIN households_person p ON p.id = r.adult_id
  ) x WHERE x.household_id IS NOT NULL GROUP BY x.household_id;
  RETURN NULL;
END $$;
CREATE TRIGGER feed_insert AFTER INSERT ON households_raising REFERENCING NEW TABLE AS rows
  FOR EACH STATEMENT EXECUTE FUNCTION households_feed_raising();

CREATE TRIGGER feed_delete AFTER DELETE ON households_raising REFERENCING OLD TABLE AS rows
  FOR EACH STATEMENT EXECUTE FUNCTION households_feed_raising();

CREATE TRIGGER feed_update_new AFTER UPDATE ON households_raising REFERENCING NEW TABLE AS rows
  FOR EACH STATEMENT EXECUTE FUNCTION households_feed_raising();
CREATE TRIGGER feed_update_old AFTER UPDATE ON households_raising REFERENCING OLD TABLE AS rows
  FOR EACH STATEMENT EXECUTE FUNCTION households_feed_raising();

-- Every spell of a person, open and closed, under the reader's own row-level security.
CREATE VIEW households_person_fact WITH (security_invoker = true) AS
SELECT r.id AS subject_id, 'membership'::text AS fact, jsonb_build_object('household_id', r.household_id, 'relation', r.relation) AS value, r.household_since AS since, NULL::date AS until, r.province_no, r.area_pos
  FROM households_person r
UNION ALL
SELECT r.id AS subject_id, 'ethnicity'::text AS fact, to_jsonb(r.ethnicity) AS value, r.ethnicity_since AS since, NULL::date AS until, r.province_no, r.area_pos
  FROM households_person r
UNION ALL
SELECT r.id AS subject_id, 'disability'::text AS fact, jsonb_build_object('degree', r.disability_degree, 'type', r.disability_type, 'certified', r.disability_certified_on) AS value, r.disability_since AS since, NULL::date AS until, r.province_no, r.area_pos
  FROM households_person r
UNION ALL
SELECT r.id AS subject_id, 'no_parental_care'::text AS fact, to_jsonb(r.no_parental_care) AS value, r.no_parental_care_since AS since, NULL::date AS until, r.province_no, r.area_pos
  FROM households_person r
UNION ALL
SELECT r.id AS subject_id, 'was_in_5_1'::text AS fact, to_jsonb(r.was_in_5_1) AS value, r.was_in_5_1_since AS since, NULL::date AS until, r.province_no, r.area_pos
  FROM households_person r
UNION ALL
SELECT r.id AS subject_id, 'studying'::text AS fact, to_jsonb(r.studying) AS value, r.studying_since AS since, NULL::date AS until, r.province_no, r.area_pos
  FROM households_person r
UNION ALL
SELECT r.id AS subject_id, 'hiv'::text AS fact, to_jsonb(r.hiv) AS value, r.hiv_since AS since, NULL::date AS until, r.province_no, r.area_pos
  FROM households_person r
UNION ALL
SELECT r.id AS subject_id, 'no_supporter'::text AS fact, to_jsonb(r.no_supporter) AS value, r.no_supporter_since AS since, NULL::date AS until, r.province_no, r.area_pos
  FROM households_person r
UNION ALL
SELECT r.id AS subject_id, 'facility_eligible'::text AS fact, to_jsonb(r.facility_eligible) AS value, r.facility_eligible_since AS since, NULL::date AS until, r.province_no, r.area_pos
  FROM households_person r
UNION ALL
SELECT r.id AS subject_id, 'pension'::text AS fact, to_jsonb(r.pension) AS value, r.pension_since AS since, NULL::date AS until, r.province_no, r.area_pos
  FROM households_person r
UNION ALL
SELECT r.id AS subject_id, 'other_income'::text AS fact, to_jsonb(r.other_income) AS value, r.other_income_since AS since, NULL::date AS until, r.province_no, r.area_pos
  FROM households_person r
UNION ALL
SELECT r.id AS subject_id, 'pregnant'::text AS fact, to_jsonb(r.pregnant) AS value, r.pregnant_since AS since, NULL::date AS until, r.province_no, r.area_pos
  FROM households_person r
UNION ALL
SELECT r.id AS subject_id, 'fostered_by'::text AS fact, to_jsonb(r.fostered_by) AS value, r.fostered_by_since AS since, NULL::date AS until, r.province_no, r.area_pos
  FROM households_person r
UNION ALL
SELECT r.id AS subject_id, 'boards_at_school'::text AS fact, to_jsonb(r.boards_at_school) AS value, r.boards_at_school_since AS since, NULL::date AS until, r.province_no, r.area_pos
  FROM households_person r
UNION ALL
SELECT s.subject_id, s.fact, s.value, s.since, s.until, s.province_no, s.area_pos FROM households_factspell s WHERE s.subject = 'p';

-- Every spell of a household, open and closed, under the reader's own row-level security.
CREATE VIEW households_household_fact WITH (security_invoker = true) AS
SELECT r.id AS subject_id, 'residence'::text AS fact, jsonb_build_object('commune_id', r.commune_id, 'village_id', r.village_id, 'difficulty', r.difficulty, 'kind', r.residence_kind) AS value, r.residence_since AS since, NULL::date AS until, r.province_no, r.area_pos
  FROM households_household r
UNION ALL
SELECT r.id AS subject_id, 'poverty'::text AS fact, jsonb_build_object('class', r.poverty, 'b1', r.b1, 'b2', r.b2) AS value, r.poverty_since AS since, NULL::date AS until, r.province_no, r.area_pos
  FROM households_household r
UNION ALL
SELECT s.subject_id, s.fact, s.value, s.since, s.until, s.province_no, s.area_pos FROM households_factspell s WHERE s.subject = 'h';
