-- What lists and search stand on: words of addresses, and estimates of how many rows a list has.

-- The search key of posasoft.core.names.fold, for text that SQL statements write. tests/lists holds the two together.
CREATE FUNCTION households_fold(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT btrim(regexp_replace(
    translate(lower(regexp_replace(normalize(words, NFKD), '[\u0300-\u036f]', '', 'g')), 'ĐđÐðƉɖƀłøy''’‘ʼʹ´`′＇-', 'ddddddbloi'),
    '[^0-9a-z]+', ' ', 'g'))
$$;

-- Words that stand in nearly every address find nothing.
CREATE FUNCTION households_address_words(address text) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT DISTINCT left(word, 40) FROM regexp_split_to_table(households_fold(address), ' ') AS word
  WHERE word <> '' AND word NOT IN ('so', 'nha', 'duong', 'pho')
$$;

CREATE FUNCTION households_address_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO households_addresstoken (token, area_pos, household_id)
  SELECT word, n.area_pos, n.id FROM new_rows n, households_address_words(n.address) AS word WHERE n.address <> ''
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER address_insert AFTER INSERT ON households_household REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION households_address_insert();

CREATE FUNCTION households_address_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM new_rows n JOIN old_rows o ON o.id = n.id WHERE (n.address, n.area_pos) IS DISTINCT FROM (o.address, o.area_pos)) THEN
    RETURN NULL;
  END IF;
  DELETE FROM households_addresstoken t USING new_rows n JOIN old_rows o ON o.id = n.id
  WHERE t.household_id = n.id AND (n.address, n.area_pos) IS DISTINCT FROM (o.address, o.area_pos);
  INSERT INTO households_addresstoken (token, area_pos, household_id)
  SELECT word, n.area_pos, n.id FROM new_rows n JOIN old_rows o ON o.id = n.id, households_address_words(n.address) AS word
  WHERE n.address <> '' AND (n.address, n.area_pos) IS DISTINCT FROM (o.address, o.area_pos);
  RETURN NULL;
END $$;
CREATE TRIGGER address_update AFTER UPDATE ON households_household REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION households_address_update();

CREATE FUNCTION households_address_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM households_addresstoken t USING old_rows o WHERE t.household_id = o.id;
  RETURN NULL;
END $$;
CREATE TRIGGER address_delete AFTER DELETE ON households_household REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION households_address_delete();

INSERT INTO households_addresstoken (token, area_pos, household_id)
SELECT word, h.area_pos, h.id FROM households_household h, households_address_words(h.address) AS word WHERE h.address <> '';

-- How many rows a list has, as the planner sees it from its statistics, within the reader's own range. The serving role may not read the
-- statistics of tables under row-level security, and under it the planner takes any range for one two-hundredth of the table; so the owner asks.
-- Only whitelisted columns are compared, each with one quoted value; the answer is a number of the planner's, never a count of rows.
CREATE FUNCTION households_estimate(subject text, lo bigint, hi bigint, conditions jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  plan json;
  question text := 'canonical_id IS NULL';
  wanted record;
BEGIN
  lo := greatest(lo, nullif(current_setting('app.scope_lo', true), '')::bigint);
  hi := least(hi, nullif(current_setting('app.scope_hi', true), '')::bigint);
  IF nullif(current_setting('app.scope_lo', true), '') IS NULL OR lo >= hi THEN
    RETURN 0;
  END IF;
  question := question || CASE subject WHEN 'h' THEN ' AND ended_on IS NULL' ELSE ' AND died_on IS NULL' END;
  FOR wanted IN SELECT key, value FROM jsonb_each_text(conditions) LOOP
    question := question || CASE
      WHEN wanted.key = 'born_from' THEN format(' AND born >= %L::date', wanted.value)
      WHEN wanted.key = 'born_to' THEN format(' AND born <= %L::date', wanted.value)
      WHEN wanted.key IN ('poverty', 'difficulty', 'sex', 'ethnicity', 'disability_degree', 'disability_type')
        THEN format(' AND %I = %L', wanted.key, wanted.value)
      ELSE ' AND false' END;
  END LOOP;
  EXECUTE format('EXPLAIN (FORMAT JSON) SELECT FROM %I WHERE area_pos >= %s AND area_pos < %s AND %s',
    CASE subject WHEN 'h' THEN 'households_household' ELSE 'households_person' END, lo, hi, question) INTO plan;
  RETURN (plan->0->'Plan'->>'Plan Rows')::numeric::bigint;
END $$;
