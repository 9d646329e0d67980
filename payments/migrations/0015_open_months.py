"""The first of a month opens its partition without standing in anybody's way; of two at once, one waits and finds it there. And less to write.

CREATE TABLE … PARTITION OF locks the whole table against every reader until the end of a release; ATTACH does not. Whether the leaf is there is asked
once more under the advisory lock, of the catalogue itself: to_regclass() would give back the "no" that it had remembered.
"""

import django.db.models.deletion
from django.db import migrations, models

from posasoft.core.rls import EVERY_ROLE

TABLES = {
    "payments_open_month": "payments_paymentline", "payments_open_ordered": "payments_ordered", "payments_open_ledger": "payments_ledgerentry",
    "payments_open_results": "payments_lineresult",
}  # fmt: skip
# Whoever waited takes a lock on the leaf, and so hears that its parent has got it.
OPEN = f"""
CREATE OR REPLACE FUNCTION {{function}}(p_month date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE leaf text := '{{table}}_' || to_char(p_month, 'YYYYMM');
BEGIN
  IF extract(day FROM p_month) <> 1 THEN RAISE EXCEPTION 'not a month: %', p_month; END IF;
  IF to_regclass(leaf) IS NOT NULL THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(hashtext(leaf));
  IF EXISTS (SELECT 1 FROM pg_class WHERE relname = leaf AND relnamespace = 'public'::regnamespace) THEN
    EXECUTE format('LOCK TABLE %I IN ACCESS SHARE MODE', leaf);
    RETURN;
  END IF;
  EXECUTE format('CREATE TABLE %I (LIKE {{table}} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', leaf);
  EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', leaf);
  EXECUTE format('REVOKE ALL ON %I FROM {EVERY_ROLE}', leaf);
  EXECUTE format('ALTER TABLE {{table}} ATTACH PARTITION %I FOR VALUES IN (%L)', leaf, p_month);
END $$;
"""


# As for lines (0004): a foreign key looks the list up once for each order, a third of the time of writing them. A released list is never deleted.
HAS_LIST = """
ALTER TABLE payments_ordered DROP CONSTRAINT payments_ordered_list_id_fkey;
CREATE FUNCTION payments_ordered_has_list() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET enable_nestloop = on AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM (SELECT DISTINCT list_id FROM new_rows) n WHERE NOT EXISTS (SELECT 1 FROM payments_paymentlist l WHERE l.id = n.list_id)) THEN
    RAISE EXCEPTION 'an order needs its list' USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'payments_ordered_list', TABLE = 'payments_ordered';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER has_list AFTER INSERT ON payments_ordered REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION payments_ordered_has_list();
"""
NO_HAS_LIST = """
DROP TRIGGER has_list ON payments_ordered; DROP FUNCTION payments_ordered_has_list();
ALTER TABLE payments_ordered ADD CONSTRAINT payments_ordered_list_id_fkey FOREIGN KEY (list_id) REFERENCES payments_paymentlist (id);
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0014_readers_read")]

    operations = [
        *(migrations.RunSQL(OPEN.format(function=function, table=table), migrations.RunSQL.noop) for function, table in TABLES.items()),
        migrations.RunSQL(HAS_LIST, NO_HAS_LIST),
        # (batch, row_no) and (batch, state) find a batch's rows as well.
        migrations.AlterField(
            "resultrow",
            "batch",
            models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="payments.resultbatch"
            ),
        ),
    ]
