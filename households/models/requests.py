"""Changes of the registry as requests: what somebody declares, before anybody answers for it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from households import statuses
from households.models.registry import Change, Household, Person, ResidenceKind
from posasoft.core.models import Area, Located, UUIDv7


class ChangeRequest(Located):
    """One declared change with the day it takes effect. Nothing of it is in the facts before it is applied.

    ``typed`` is the form as typed (a draft may be half done); ``payload`` the declared values by field (dates as ISO text, people and
    households as ids); ``base`` what the registry said of the same fields when the request was sent; ``before`` and ``after`` the rows that
    applying it changed, from which it is undone.
    """

    class Status(models.TextChoices):
        DRAFT = statuses.DRAFT, "Bản nháp"
        SUBMITTED = statuses.SUBMITTED, "Chờ duyệt"
        RETURNED = statuses.RETURNED, "Trả lại để sửa"
        APPROVED = statuses.APPROVED, "Đã duyệt"
        WAITING = statuses.WAITING, "Chờ nơi đến nhận"
        APPLIED = statuses.APPLIED, "Đã ghi vào sổ"
        REFUSED = statuses.REFUSED, "Không chấp nhận"
        WITHDRAWN = statuses.WITHDRAWN, "Đã rút"
        UNDONE = statuses.UNDONE, "Đã hoàn tác"

    public_id = models.UUIDField(db_default=UUIDv7(), unique=True)
    kind = models.CharField(max_length=20)
    status = models.CharField(max_length=16, choices=Status, default=Status.DRAFT)
    household = models.ForeignKey(Household, null=True, on_delete=models.PROTECT, related_name="change_requests")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="change_requests")
    effective_on = models.DateField(null=True)
    typed = models.JSONField(default=dict)
    payload = models.JSONField(default=dict)
    base = models.JSONField(default=dict)
    reason = models.CharField(max_length=300, default="", blank=True)
    documents = models.JSONField(default=list)
    marked = models.JSONField(default=list)
    to_area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    requested_role = models.CharField(max_length=20, default="", blank=True)
    submitted_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=300, default="", blank=True)
    change = models.ForeignKey(Change, null=True, on_delete=models.PROTECT, related_name="requests")
    applied_at = models.DateTimeField(null=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    saved_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (
            models.Index(
                fields=["area_pos", "status", "due_on"],
                condition=Q(status__in=sorted(statuses.OPEN)),
                name="households_request_open",
            ),
            models.Index(fields=["requested_by", "-id"], name="households_request_mine"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=sorted({*statuses.OPEN, *statuses.REQUEST_MOVES.values()})), name="households_request_status"
            ),
            # Who asks does not approve. What a role may apply by itself has no decider.
            models.CheckConstraint(condition=~Q(decided_by=F("requested_by")), name="households_request_two_people"),
            models.CheckConstraint(
                condition=~Q(status=statuses.APPLIED) | Q(change__isnull=False, applied_at__isnull=False),
                name="households_request_applied_complete",
            ),
        )  # fmt: skip


class ChangeSubject(Located):
    """A person or household that a request is about: what finds the open requests and the past changes of a household."""

    request = models.ForeignKey(ChangeRequest, on_delete=models.CASCADE, related_name="subjects")
    subject = models.CharField(max_length=1, choices=(("h", "Hộ"), ("p", "Người")))
    subject_id = models.BigIntegerField()

    class Meta:
        indexes = (models.Index(fields=["subject", "subject_id"], name="households_subject_of"),)
        constraints = (models.UniqueConstraint(fields=["request", "subject", "subject_id"], name="households_subject_once"),)


class Transfer(Located):
    """A transfer as the receiving commune sees it: a row in the receiver's area, with the sheet and nothing else of the household.

    Until it is accepted the household's own rows lie in the sending commune, where the receiver's range does not reach.
    """

    class Status(models.TextChoices):
        WAITING = statuses.WAITING, "Chờ nơi đến nhận"
        ACCEPTED = statuses.ACCEPTED, "Đã nhận"
        REFUSED = statuses.REFUSED, "Không chấp nhận"
        WITHDRAWN = statuses.WITHDRAWN, "Đã rút"
        UNDONE = statuses.UNDONE, "Đã hoàn tác"

    public_id = models.UUIDField(db_default=UUIDv7(), unique=True)
    request = models.OneToOneField(ChangeRequest, on_delete=models.PROTECT, related_name="transfer")
    status = models.CharField(max_length=16, choices=Status, default=Status.WAITING)
    from_area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    to_area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    effective_on = models.DateField()
    sheet = models.JSONField()
    reason = models.CharField(max_length=300, default="", blank=True)
    village = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    residence_kind = models.CharField(max_length=5, choices=ResidenceKind, default="", blank=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(db_default=Now())
    due_on = models.DateField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=300, default="", blank=True)
    household = models.ForeignKey(Household, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = (models.Index(fields=["area_pos", "status"], name="households_transfer_in"),)
        constraints = (
            models.CheckConstraint(condition=~Q(decided_by=F("sent_by")), name="households_transfer_two_people"),
            models.CheckConstraint(
                condition=Q(status__in=[statuses.WAITING, statuses.ACCEPTED, statuses.REFUSED, statuses.WITHDRAWN, statuses.UNDONE]),
                name="households_transfer_status",
            ),
        )
