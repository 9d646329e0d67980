"""What was released is frozen as a whole: the list's own row, as its lines are, and the orders that keep a benefit-month from being paid twice.

And one more paper by which somebody collects: the application for funeral support, which names who organised the funeral.
"""

from django.db import migrations, models

# Grants stop the serving role from touching some of it; these stop everybody, programs with a mistake and the tables' owner too. Status alone goes
# on, and the checksum of the file is written once, when it is made.
FREEZE = """
CREATE FUNCTION payments_list_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR to_jsonb(NEW) - ARRAY['status', 'file_sha256'] IS DISTINCT FROM to_jsonb(OLD) - ARRAY['status', 'file_sha256']
    OR OLD.file_sha256 NOT IN ('', NEW.file_sha256) OR OLD.status = 'closed' AND NEW.status <> 'closed'
    OR OLD.status = 'reconciled' AND NEW.status NOT IN ('reconciled', 'closed') THEN
    RAISE EXCEPTION 'a released list never changes' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payments_list_frozen',
      TABLE = 'payments_paymentlist';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON payments_paymentlist FOR EACH ROW WHEN (OLD.released_at IS NOT NULL)
  EXECUTE FUNCTION payments_list_frozen();

CREATE FUNCTION payments_ordered_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what was ordered is only ever added to' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payments_ordered_kept',
    TABLE = 'payments_ordered';
END $$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON payments_ordered FOR EACH ROW EXECUTE FUNCTION payments_ordered_kept();
"""
THAW = """
DROP TRIGGER kept ON payments_ordered; DROP TRIGGER frozen ON payments_paymentlist;
DROP FUNCTION payments_ordered_kept(), payments_list_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0012_corrections")]

    operations = [
        migrations.RunSQL(FREEZE, THAW),
        migrations.AlterField(
            model_name="receiver",
            name="paper",
            field=models.CharField(
                choices=[
                    ("authorised", "Giấy ủy quyền"),
                    ("guardian", "Quyết định cử người giám hộ"),
                    ("carer", "Quyết định giao người chăm sóc, nuôi dưỡng"),
                    ("facility", "Văn bản của cơ sở trợ giúp xã hội"),
                    ("funeral", "Tờ khai đề nghị hỗ trợ chi phí mai táng"),
                ],
                max_length=10,
            ),
        ),
        migrations.RemoveConstraint(model_name="receiver", name="payments_receiver_paper"),
        migrations.AddConstraint(
            model_name="receiver",
            constraint=models.CheckConstraint(
                condition=models.Q(("paper__in", ["authorised", "guardian", "carer", "facility", "funeral"])), name="payments_receiver_paper"
            ),
        ),
    ]
