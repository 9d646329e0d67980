"""Payment lines, partitioned by month; the owner makes a month's partition on request of the serving role."""

from django.db import migrations

from posasoft.core.rls import ROLE, secure

LINES = f"""
CREATE SEQUENCE payments_paymentline_id_seq AS bigint;
GRANT USAGE, SELECT ON SEQUENCE payments_paymentline_id_seq TO {ROLE};
CREATE TABLE payments_paymentline (
  id bigint NOT NULL DEFAULT nextval('payments_paymentline_id_seq'),
  month date NOT NULL,
  list_id bigint NOT NULL REFERENCES payments_paymentlist (id),
  household_id bigint NOT NULL,
  payee_id bigint NULL,
  amount bigint NOT NULL CHECK (amount >= 0),
  arrears bigint NOT NULL DEFAULT 0 CHECK (arrears >= 0),
  recovery bigint NOT NULL DEFAULT 0 CHECK (recovery >= 0),
  carried bigint NOT NULL DEFAULT 0 CHECK (carried >= 0),
  total bigint NOT NULL,
  components jsonb NOT NULL,
  province_no smallint NOT NULL,
  area_pos bigint NOT NULL,
  CONSTRAINT payments_line_total CHECK (total = amount + arrears - recovery + carried AND total >= 0),
  CONSTRAINT payments_line_key PRIMARY KEY (month, id)
) PARTITION BY LIST (month);
CREATE UNIQUE INDEX payments_line_once ON payments_paymentline (month, household_id, payee_id) NULLS NOT DISTINCT;
CREATE INDEX payments_line_list ON payments_paymentline (list_id);

-- The serving role owns no table, so it asks the owner for a month's partition; a second call finds it there.
CREATE FUNCTION payments_open_month(p_month date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE leaf text := 'payments_paymentline_' || to_char(p_month, 'YYYYMM');
BEGIN
  IF extract(day FROM p_month) <> 1 THEN RAISE EXCEPTION 'not a month: %', p_month; END IF;
  PERFORM pg_advisory_xact_lock(hashtext(leaf));
  IF to_regclass(leaf) IS NULL THEN
    EXECUTE format('CREATE TABLE %I PARTITION OF payments_paymentline FOR VALUES IN (%L)', leaf, p_month);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', leaf);
    EXECUTE format('REVOKE ALL ON %I FROM {ROLE}', leaf);
  END IF;
END $$;
REVOKE ALL ON FUNCTION payments_open_month(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION payments_open_month(date) TO {ROLE};
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_lists"), ("core", "0002_roles")]

    operations = [
        migrations.RunSQL(LINES, "DROP TABLE payments_paymentline; DROP FUNCTION payments_open_month(date); DROP SEQUENCE payments_paymentline_id_seq"),
        secure("payments_paymentlist", "payments_paymentline"),
    ]
