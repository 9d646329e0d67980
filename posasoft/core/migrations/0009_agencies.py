"""What roles of the agencies see: released lists that are theirs to pay, and lines of the lists assigned to them."""

from django.db import migrations

from posasoft.core.rls import own, seen

# A list that was rejected on its way, or is only approved, is nobody's outside the administration. The headquarters of an agency, and its
# program, sees the lists sent to it without their lines; a clerk at a counter sees those assigned, with theirs.
LISTS = f"released_at IS NOT NULL AND ({own('id', 'lists')} OR {seen('id', 'payments_delivery', 'pay_list_id')})"
LINES = f"{own('list_id', 'lists')} AND {seen('list_id', 'payments_paymentlist')}"
OF_LISTS = seen("list_id", "payments_paymentlist")

WAS = {
    "payments_paymentlist": f"status <> 'draft' AND {own('id', 'lists')}",
    "payments_paymentline": OF_LISTS,
    "payments_ledgerentry": OF_LISTS,
    "payments_ledgerposting": own("list_id", "lists"),
}
IS = {
    "payments_paymentlist": LISTS,
    "payments_paymentline": LINES,
    "payments_ledgerentry": LINES,
    "payments_ledgerposting": OF_LISTS,
}


def policies(conditions: dict[str, str]) -> str:
    return ";\n".join(f"ALTER POLICY lists_scope ON {table} USING ({condition})" for table, condition in conditions.items())


class Migration(migrations.Migration):
    dependencies = (("core", "0008_own_handovers"), ("payments", "0007_payer"))
    operations = (migrations.RunSQL(policies(IS), policies(WAS)),)
