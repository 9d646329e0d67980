"""The ledger's entries, the journal of its postings, and what the checker said."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from posasoft.core.models import Located


class LedgerEntry(Located):
    """One line's money moved from one account to another (payments/accounts.py), whole, in đồng. Added by ``operations.ledger`` only, never changed.

    Partitioned by the list's month. The source says what it was booked for; a second booking for the same source is no second row.
    """

    pk = models.CompositePrimaryKey("month", "line_id", "debit", "credit", "source_kind", "source_id")
    id = models.BigIntegerField()
    month = models.DateField()
    line_id = models.BigIntegerField()
    list_id = models.BigIntegerField()
    household_id = models.BigIntegerField()
    debit = models.SmallIntegerField()
    credit = models.SmallIntegerField()
    amount = models.BigIntegerField()
    at = models.DateTimeField()
    source_kind = models.SmallIntegerField()
    source_id = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "payments_ledgerentry"


class LedgerPosting(Located):
    """What one statement booked for one list and move: written by the entries' trigger; the check at commit hangs on its rows."""

    month = models.DateField()
    list_id = models.BigIntegerField()
    debit = models.SmallIntegerField()
    credit = models.SmallIntegerField()
    source_kind = models.SmallIntegerField()
    lines = models.IntegerField()
    amount = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (models.Index(fields=["list_id"], name="payments_posting_list"),)


class LedgerCheck(Located):
    """One proof of a province's books: findings is empty, or names the first row that breaks each broken rule.

    A finding is {"rule", "table", "id", "household", "month", "figures": {name: đồng or count}}; ``month`` is null when all months were proved.
    """

    month = models.DateField(null=True)
    checked_at = models.DateTimeField(db_default=Now())
    seconds = models.FloatField()
    lines = models.IntegerField()
    amount = models.BigIntegerField()
    findings = models.JSONField(default=list)

    class Meta:
        indexes = (models.Index(fields=["province_no", "-id"], name="payments_check_latest"),)
