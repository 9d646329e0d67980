-- The history of what a mass change of areas moved follows it, so that the successor reads it. The serving role may not change history;
-- this function may, of every table that only grows but the audit trail, and only positions, only those that the named step of a reform shifts, in the step's own transaction.
CREATE FUNCTION households_history_follows(p_step bigint, p_back boolean) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  shifts jsonb;
  event record;
  moved bigint := 0;
  here bigint;
BEGIN
  SELECT s.log->'shifts' INTO shifts FROM households_areareformstep s JOIN households_areareform r ON r.id = s.reform_id
  WHERE s.id = p_step AND s.undone_at IS NULL AND r.status = CASE WHEN p_back THEN 'undoing' ELSE 'running' END;
  IF shifts IS NULL THEN
    RAISE EXCEPTION 'no such step of a running reform' USING ERRCODE = 'no_data_found';
  END IF;
  FOR event IN
    SELECT c.relname, EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'province_no') AS has_province
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind = 'r' AND NOT c.relispartition AND c.relname NOT LIKE 'core\_audit%'
      AND NOT has_table_privilege('posasoft_app', c.oid, 'UPDATE')
      AND EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'area_pos')
    ORDER BY c.relname
  LOOP
    EXECUTE format(
      'UPDATE %I t SET area_pos = t.area_pos + CASE WHEN $2 THEN -m.delta ELSE m.delta END'
      || CASE WHEN event.has_province THEN ', province_no = CASE WHEN $2 THEN m.from_province ELSE m.to_province END' ELSE '' END ||
      ' FROM jsonb_to_recordset($1) AS m(lo bigint, hi bigint, delta bigint, from_province smallint, to_province smallint)'
      ' WHERE t.area_pos >= m.lo + CASE WHEN $2 THEN m.delta ELSE 0 END AND t.area_pos < m.hi + CASE WHEN $2 THEN m.delta ELSE 0 END',
      event.relname) USING shifts, p_back;
    GET DIAGNOSTICS here = ROW_COUNT;
    moved := moved + here;
  END LOOP;
  RETURN moved;
END $$;
REVOKE ALL ON FUNCTION households_history_follows(bigint, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION households_history_follows(bigint, boolean) TO posasoft_app;
