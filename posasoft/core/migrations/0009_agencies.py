"""What roles of the agencies see: released lists that are theirs to pay, and lines of the lists assigned to them."""

from django.db import migrations, models

from posasoft.core.rls import USER, own, seen

# A list that was rejected on its way, or is only approved, is nobody's outside the administration. The headquarters of an agency, and its
# program, sees the lists sent to it without their lines; a clerk at a counter sees those assigned, with theirs.
LISTS = f"released_at IS NOT NULL AND ({own('id', 'lists')} OR {seen('id', 'payments_delivery', 'pay_list_id')})"
LINES = f"{own('list_id', 'lists')} AND {seen('list_id', 'payments_paymentlist')}"
OF_LISTS = seen("list_id", "payments_paymentlist")
# Tasks of a delivery are for everybody of the agency who sees the delivery.
MINE = f"assignee_id = {USER}"
TASKS = f"{MINE} OR (role = 'agency_clerk' AND subject_kind = 'payments.delivery' AND {seen('subject_id', 'payments_delivery')})"

WAS = {
    "payments_paymentlist": f"status <> 'draft' AND {own('id', 'lists')}",
    "payments_paymentline": OF_LISTS,
    "payments_ledgerentry": OF_LISTS,
    "payments_ledgerposting": own("list_id", "lists"),
    "core_workitem": MINE,
}
IS = {
    "payments_paymentlist": LISTS,
    "payments_paymentline": LINES,
    "payments_ledgerentry": LINES,
    "payments_ledgerposting": OF_LISTS,
    "core_workitem": TASKS,
}


def policies(conditions: dict[str, str]) -> str:
    return ";\n".join(f"ALTER POLICY lists_scope ON {table} USING ({condition})" for table, condition in conditions.items())


class Migration(migrations.Migration):
    dependencies = (("core", "0008_own_handovers"), ("payments", "0007_payer"))
    operations = (
        migrations.RunSQL(policies(IS), policies(WAS)),
        migrations.AlterField(
            model_name="exportrequest",
            name="format",
            field=models.CharField(choices=[("xlsx", "Excel"), ("csv", "CSV"), ("zip", "ZIP")], default="xlsx", max_length=4),
        ),
    )
