"""The ledger: entries by line, a journal of what each statement booked for each list, and the answers of the checker.

Cost decides the form. Entries are inserted by the million in one statement, so nothing is checked row by row but what a CHECK and one index can tell:
a trigger looks at the whole statement (no account of a touched line below zero, the account that was emptied empty), writes one journal row per list
and move, and a constraint on the journal looks at those lists once more at commit. docs/ledger.md has the figures.
"""

import django.db.models.functions.datetime
from django.db import migrations, models

from posasoft.core.rls import EVERY_ROLE, ROLE, admit, append_only, own, secure, seen

# Accounts: BUDGET 1, DUE 2, ORDERED 3, AGENCY 4, PAID 5, RETURNED 6, CARRIED 7, RECOVERED 8, WRITTEN_OFF 9, SUSPENDED 10, FORWARDED 11.
ENTRIES = f"""
CREATE SEQUENCE payments_ledgerentry_id_seq AS bigint CACHE 1;
GRANT USAGE, SELECT ON SEQUENCE payments_ledgerentry_id_seq TO {ROLE};
CREATE TABLE payments_ledgerentry (
  id bigint NOT NULL DEFAULT nextval('payments_ledgerentry_id_seq'),
  month date NOT NULL,
  line_id bigint NOT NULL,
  list_id bigint NOT NULL,
  household_id bigint NOT NULL,
  amount bigint NOT NULL CONSTRAINT payments_ledger_amount CHECK (amount > 0),
  at timestamptz NOT NULL DEFAULT now(),
  source_id bigint NOT NULL,
  area_pos bigint NOT NULL,
  debit smallint NOT NULL,
  credit smallint NOT NULL,
  source_kind smallint NOT NULL,
  province_no smallint NOT NULL,
  CONSTRAINT payments_ledger_move CHECK (debit <> credit AND debit * 100 + credit IN
    (102, 208, 203, 711, 1102, 304, 405, 406, 506, 607, 710, 1007, 709, 1009)),
  CONSTRAINT payments_ledger_once PRIMARY KEY (month, line_id, debit, credit, source_kind, source_id)
) PARTITION BY LIST (month);
CREATE UNIQUE INDEX payments_ledger_paid_once ON payments_ledgerentry (month, line_id) WHERE credit = 5;
-- Few lines are ever carried: the next draft finds them here.
CREATE INDEX payments_ledger_carried ON payments_ledgerentry (province_no) WHERE credit = 7;

CREATE FUNCTION payments_open_ledger(p_month date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE leaf text := 'payments_ledgerentry_' || to_char(p_month, 'YYYYMM');
BEGIN
  IF extract(day FROM p_month) <> 1 THEN RAISE EXCEPTION 'not a month: %', p_month; END IF;
  IF to_regclass(leaf) IS NOT NULL THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(hashtext(leaf));
  IF to_regclass(leaf) IS NULL THEN
    EXECUTE format('CREATE TABLE %I PARTITION OF payments_ledgerentry FOR VALUES IN (%L)', leaf, p_month);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', leaf);
    EXECUTE format('REVOKE ALL ON %I FROM {EVERY_ROLE}', leaf);
  END IF;
END $$;
REVOKE ALL ON FUNCTION payments_open_ledger(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION payments_open_ledger(date) TO {ROLE};
"""
NO_ENTRIES = """
DROP TABLE payments_ledgerentry; DROP SEQUENCE payments_ledgerentry_id_seq; DROP FUNCTION payments_open_ledger(date);
"""

# SECURITY DEFINER: whether the books balance does not depend on who looks. Months as constants, so that one partition is read.
CHECKS = """
CREATE FUNCTION payments_ledger_booked() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET enable_nestloop = on AS $$
DECLARE m date; bad record;
BEGIN
  FOR m IN SELECT DISTINCT month FROM new_rows LOOP
    EXECUTE format($q$
      SELECT e.line_id, n.debit, sum(CASE WHEN e.credit = n.debit THEN e.amount ELSE -e.amount END) AS left_over
      FROM (SELECT DISTINCT line_id, debit FROM new_rows WHERE month = %1$L AND debit NOT IN (1, 11)) n
      JOIN payments_ledgerentry e ON e.month = %1$L AND e.line_id = n.line_id AND n.debit IN (e.debit, e.credit)
      GROUP BY 1, 2
      HAVING sum(CASE WHEN e.credit = n.debit THEN e.amount ELSE -e.amount END) < 0
        OR n.debit <> 2 AND sum(CASE WHEN e.credit = n.debit THEN e.amount ELSE -e.amount END) <> 0
      LIMIT 1 $q$, m) INTO bad;
    IF bad.line_id IS NOT NULL THEN
      RAISE EXCEPTION 'line % of %: account % would stand at % after this', bad.line_id, m, bad.debit, bad.left_over
        USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_ledger_balance', TABLE = 'payments_ledgerentry';
    END IF;
  END LOOP;
  INSERT INTO payments_ledgerposting (month, list_id, debit, credit, source_kind, lines, amount, at, province_no, area_pos)
  SELECT n.month, n.list_id, n.debit, n.credit, n.source_kind, n.lines, n.amount, now(), l.province_no, l.area_pos
  FROM (SELECT month, list_id, debit, credit, source_kind, count(*) AS lines, sum(amount) AS amount FROM new_rows GROUP BY 1, 2, 3, 4, 5) n
  LEFT JOIN payments_paymentlist l ON l.id = n.list_id AND l.month = n.month;
  RETURN NULL;
END $$;
CREATE TRIGGER booked AFTER INSERT ON payments_ledgerentry REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION payments_ledger_booked();

CREATE FUNCTION payments_ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is only ever added to' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payments_ledger_append_only';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON payments_ledgerentry FOR EACH ROW EXECUTE FUNCTION payments_ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON payments_ledgerposting FOR EACH ROW EXECUTE FUNCTION payments_ledger_append_only();

CREATE FUNCTION payments_ledger_balanced() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET enable_nestloop = on AS $$
DECLARE bad bigint;
BEGIN
  IF NEW.credit = 2 THEN
    -- Released: each line of the list is booked for exactly what it says. Line by line: fresh entries have no statistics to plan a join with.
    EXECUTE format($q$
      SELECT p.id FROM payments_paymentline p CROSS JOIN LATERAL (
        SELECT sum(e.amount) FILTER (WHERE e.debit = 1) AS due, sum(e.amount) FILTER (WHERE e.debit = 11) AS carried,
          sum(e.amount) FILTER (WHERE e.debit = 2 AND e.credit = 8) AS recovered, sum(e.amount) FILTER (WHERE e.debit = 2 AND e.credit = 3) AS ordered
        FROM payments_ledgerentry e WHERE e.month = %1$L AND e.line_id = p.id
      ) b
      WHERE p.month = %1$L AND p.list_id = %2$s AND (p.amount + p.arrears, p.carried, p.recovery, p.total)
        IS DISTINCT FROM (coalesce(b.due, 0), coalesce(b.carried, 0), coalesce(b.recovered, 0), coalesce(b.ordered, 0))
      LIMIT 1 $q$, NEW.month, NEW.list_id) INTO bad;
    IF bad IS NOT NULL THEN
      RAISE EXCEPTION 'line % of %: the ledger does not hold what the line says', bad, NEW.month
        USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_ledger_line', TABLE = 'payments_ledgerentry';
    END IF;
  END IF;
  IF NEW.debit = 11 OR NEW.credit = 11 THEN
    -- Carried over: what left the old line came into the new one, to the đồng.
    EXECUTE format($q$
      SELECT e.line_id FROM payments_paymentline p JOIN payments_ledgerentry e ON e.month = %1$L AND e.line_id = p.id
        AND (e.debit = 11 OR e.credit = 11)
      WHERE p.month = %1$L AND p.list_id = %2$s AND NOT EXISTS (
        SELECT 1 FROM payments_ledgerentry o WHERE o.line_id = e.source_id AND o.source_kind = 6 AND o.source_id = e.line_id
          AND o.amount = e.amount AND (e.debit = 11 AND o.credit = 11 OR e.credit = 11 AND o.debit = 11))
      LIMIT 1 $q$, NEW.month, NEW.list_id) INTO bad;
    IF bad IS NOT NULL THEN
      RAISE EXCEPTION 'line % of %: money carried over has no other side', bad, NEW.month
        USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_ledger_forward', TABLE = 'payments_ledgerentry';
    END IF;
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON payments_ledgerposting DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION payments_ledger_balanced();
"""
NO_CHECKS = """
DROP TRIGGER balanced ON payments_ledgerposting; DROP TRIGGER append_only ON payments_ledgerposting; DROP TRIGGER append_only ON payments_ledgerentry;
DROP TRIGGER booked ON payments_ledgerentry; DROP FUNCTION payments_ledger_booked, payments_ledger_append_only, payments_ledger_balanced;
"""

# A component shows in an entry with its sign: what a line's recovery takes away stands beside the benefit it is taken from.
VIEW = f"""
CREATE VIEW payments_ledger WITH (security_invoker = true) AS
SELECT e.id, e.month AS list_month, e.list_id, e.line_id, e.household_id, c.p AS person_id, c.b AS benefit, (c.m || '-01')::date AS for_month,
  c.o AS carried_from, e.debit, e.credit, CASE WHEN e.credit = 8 THEN -c.a ELSE c.a END AS amount, e.at, e.source_kind, e.source_id,
  e.province_no, e.area_pos
FROM payments_ledgerentry e
JOIN payments_paymentline p ON p.month = e.month AND p.id = e.line_id
CROSS JOIN LATERAL jsonb_to_recordset(p.components) AS c(p bigint, b text, m text, a bigint, o bigint)
WHERE CASE
  WHEN e.debit = 1 THEN c.o IS NULL AND c.a > 0
  WHEN e.credit = 8 THEN c.o IS NULL AND c.a < 0
  WHEN e.debit = 11 THEN c.o = e.source_id
  ELSE true END;
REVOKE ALL ON payments_ledger FROM {EVERY_ROLE};
GRANT SELECT ON payments_ledger TO {EVERY_ROLE};
"""

# Lists released before there was a ledger.
EARLIER = """
DO $$ DECLARE m date; BEGIN
  FOR m IN SELECT DISTINCT month FROM payments_paymentlist WHERE released_at IS NOT NULL LOOP
    PERFORM payments_open_ledger(m);
    INSERT INTO payments_ledgerentry (month, line_id, list_id, household_id, debit, credit, amount, source_kind, source_id, province_no, area_pos)
    SELECT p.month, p.id, p.list_id, p.household_id, v.debit, v.credit, v.amount, 1, p.list_id, p.province_no, p.area_pos
    FROM payments_paymentline p JOIN payments_paymentlist l ON l.id = p.list_id AND l.released_at IS NOT NULL
    CROSS JOIN LATERAL (VALUES (1, 2, p.amount + p.arrears), (2, 8, p.recovery), (2, 3, p.total)) AS v(debit, credit, amount)
    WHERE p.month = m AND v.amount > 0;
  END LOOP;
END $$;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0005_cycle"), ("core", "0003_scope_kinds")]

    operations = [
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                ("province_no", models.SmallIntegerField()),
                ("area_pos", models.BigIntegerField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "month",
                        "line_id",
                        "debit",
                        "credit",
                        "source_kind",
                        "source_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("id", models.BigIntegerField()),
                ("month", models.DateField()),
                ("line_id", models.BigIntegerField()),
                ("list_id", models.BigIntegerField()),
                ("household_id", models.BigIntegerField()),
                ("debit", models.SmallIntegerField()),
                ("credit", models.SmallIntegerField()),
                ("amount", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("source_kind", models.SmallIntegerField()),
                ("source_id", models.BigIntegerField()),
            ],
            options={"db_table": "payments_ledgerentry", "managed": False},
        ),
        migrations.CreateModel(
            name="LedgerPosting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province_no", models.SmallIntegerField()),
                ("area_pos", models.BigIntegerField()),
                ("month", models.DateField()),
                ("list_id", models.BigIntegerField()),
                ("debit", models.SmallIntegerField()),
                ("credit", models.SmallIntegerField()),
                ("source_kind", models.SmallIntegerField()),
                ("lines", models.IntegerField()),
                ("amount", models.BigIntegerField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={"indexes": [models.Index(fields=["list_id"], name="payments_posting_list")]},
        ),
        migrations.CreateModel(
            name="LedgerCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province_no", models.SmallIntegerField()),
                ("area_pos", models.BigIntegerField()),
                ("month", models.DateField(null=True)),
                ("checked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("seconds", models.FloatField()),
                ("lines", models.IntegerField()),
                ("amount", models.BigIntegerField()),
                ("findings", models.JSONField(default=list)),
            ],
            options={"indexes": [models.Index(fields=["province_no", "-id"], name="payments_check_latest")]},
        ),
        migrations.AddField("paymentlist", "carried", models.BigIntegerField(default=0, db_default=0)),
        migrations.RunSQL(ENTRIES, NO_ENTRIES),
        secure("payments_ledgerentry", "payments_ledgerposting", "payments_ledgercheck"),
        append_only("payments_ledgerentry", "payments_ledgerposting", "payments_ledgercheck"),
        migrations.RunSQL(
            f"REVOKE INSERT ON payments_ledgerposting FROM {ROLE}; REVOKE UPDATE ON SEQUENCE payments_ledgerentry_id_seq FROM {ROLE}",
            f"GRANT INSERT ON payments_ledgerposting TO {ROLE}",
        ),
        admit(
            "payments_ledgerentry",
            lists=seen("list_id", "payments_paymentlist"),
            self=f"{seen('household_id', 'households_household')} AND {seen('line_id', 'payments_paymentline')}",
        ),
        admit("payments_ledgerposting", lists=own("list_id", "lists")),
        migrations.RunSQL(CHECKS, NO_CHECKS),
        migrations.RunSQL(VIEW, "DROP VIEW payments_ledger"),
        migrations.RunSQL(EARLIER, migrations.RunSQL.noop),
    ]
