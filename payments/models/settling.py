"""Settling with agencies, and money that nobody collects: statements, uncollected money of households, money written off."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from households.models import Household
from payments.models.lists import PaymentList
from payments.models.payer import Agency
from posasoft.core.models import Located
from posasoft.core.models.located import UUIDv7


def _by() -> models.ForeignKey[models.Model | None, models.Model | None]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")


class Statement(Located):
    """What an agency got, paid and gave back for one month's lists of a province, and its fee; in đồng. Lies at the province.

    ``fee`` = ``payments`` × ``fee_per_payment`` + ``paid`` × ``fee_basis_points`` / 10,000, the second rounded half up to whole đồng once for the
    statement; both terms are those of the contract when the figures were drawn up. ``standing`` is what is still with the agency. Signed by the
    agency's headquarters and by the province; figures that change while one has signed take the signature away, and nothing changes after both.
    Lists sent after that come on a further statement of the month (``sequence``).
    """

    public_id = models.UUIDField(db_default=UUIDv7(), unique=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="statements")
    month = models.DateField()
    sequence = models.SmallIntegerField(default=1)
    lists = models.IntegerField(default=0)
    payments = models.IntegerField(default=0)
    unpaid = models.IntegerField(default=0)
    advance = models.BigIntegerField(default=0)
    paid = models.BigIntegerField(default=0)
    returned = models.BigIntegerField(default=0)
    standing = models.BigIntegerField(default=0)
    fee = models.BigIntegerField(default=0)
    fee_per_payment = models.IntegerField(default=0)
    fee_basis_points = models.IntegerField(default=0)
    made_at = models.DateTimeField(db_default=Now())
    figures_at = models.DateTimeField(db_default=Now())
    agency_signed_by = _by()
    agency_signed_at = models.DateTimeField(null=True)
    province_signed_by = _by()
    province_signed_at = models.DateTimeField(null=True)
    sha256 = models.CharField(max_length=64, default="", blank=True)
    voided_at = models.DateTimeField(null=True)
    voided_reason = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["agency", "month", "province_no", "sequence"], name="payments_statement_once"),
            models.UniqueConstraint(
                fields=["agency", "month", "province_no"],
                condition=Q(agency_signed_at__isnull=True) | Q(province_signed_at__isnull=True),
                name="payments_statement_one_open",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="payments_statement_month"),
            models.CheckConstraint(
                condition=Q(
                    advance=F("paid") + F("returned") + F("standing"), advance__gte=0, paid__gte=0, returned__gte=0, standing__gte=0
                ),
                name="payments_statement_balanced",
            ),
            models.CheckConstraint(
                condition=Q(agency_signed_at__isnull=True, agency_signed_by__isnull=True)
                | Q(agency_signed_at__isnull=False, agency_signed_by__isnull=False, standing=0) & ~Q(sha256=""),
                name="payments_statement_agency_signed",
            ),
            models.CheckConstraint(
                condition=Q(province_signed_at__isnull=True, province_signed_by__isnull=True)
                | Q(province_signed_at__isnull=False, province_signed_by__isnull=False, standing=0) & ~Q(sha256=""),
                name="payments_statement_province_signed",
            ),
            models.CheckConstraint(
                condition=Q(agency_signed_by__isnull=True)
                | Q(province_signed_by__isnull=True)
                | ~Q(agency_signed_by=F("province_signed_by")),
                name="payments_statement_two_people",
            ),
        )
        indexes = (models.Index(fields=["month", "province_no"], name="payments_statement_of_month"),)

    @property
    def is_signed(self) -> bool:
        """Both sides have signed; nothing changes any more."""
        return self.agency_signed_at is not None and self.province_signed_at is not None


class StatementList(Located):
    """A list's part of a statement; a list is settled on one statement only. Money in đồng."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="parts")
    pay_list = models.OneToOneField(PaymentList, on_delete=models.PROTECT, related_name="settled_on")
    payments = models.IntegerField(default=0)
    unpaid = models.IntegerField(default=0)
    advance = models.BigIntegerField(default=0)
    paid = models.BigIntegerField(default=0)
    returned = models.BigIntegerField(default=0)


class Uncollected(Located):
    """A household that has not come for its money three months in a row or longer (Circular 02/2021 Article 2.3.a); one open row at most.

    ``since`` to ``last_month`` are list months. ``answer`` is what the village found out. The money itself is suspended when the chair has signed
    the suspension, not before; it ends when the family is paid again, or is found and asks, or the money is written off.
    """

    class Answer(models.TextChoices):
        WILL_COME = "will_come", "Gia đình sẽ đến nhận"
        NEEDS_PROXY = "needs_proxy", "Cần người nhận thay hoặc trả tại nhà"
        AWAY = "away", "Đi khỏi địa phương, chưa chuyển hộ khẩu"
        MOVED = "moved", "Đã chuyển đi nơi khác"
        DIED = "died", "Người hưởng đã chết"
        DECLINES = "declines", "Không nhận nữa"
        NOT_FOUND = "not_found", "Không tìm thấy gia đình"

    public_id = models.UUIDField(db_default=UUIDv7(), unique=True)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="uncollected")
    since = models.DateField()
    last_month = models.DateField()
    months = models.SmallIntegerField()
    amount = models.BigIntegerField()
    found_at = models.DateTimeField(db_default=Now())
    answer = models.CharField(max_length=12, choices=Answer, default="", blank=True)
    note = models.CharField(max_length=500, default="", blank=True)
    answered_by = _by()
    answered_at = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["household"], condition=Q(ended_at__isnull=True), name="payments_uncollected_one_open"),
            models.CheckConstraint(
                condition=Q(since__day=1, last_month__day=1, last_month__gt=F("since"), months__gte=3), name="payments_uncollected_months"
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True) | ~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False),
                name="payments_uncollected_answer",
            ),
        )
        indexes = (models.Index(fields=["area_pos", "id"], condition=Q(ended_at__isnull=True), name="payments_uncollected_open"),)


class WriteOff(Located):
    """The money of one line that nobody will ever be owed again: asked with a reason by one person, agreed to or refused by another."""

    class Ground(models.TextChoices):
        NO_HEIR = "no_heir", "Người hưởng đã chết, không có người được nhận"
        NOT_DUE = "not_due", "Khoản không được hưởng, đã có kết luận"
        DECLINED = "declined", "Gia đình có văn bản từ chối nhận"
        EXPIRED = "expired", "Quá thời hạn chi theo quy định, đã nộp lại ngân sách"

    class State(models.TextChoices):
        ASKED = "asked", "Chờ duyệt"
        DONE = "done", "Đã xóa khoản phải trả"
        REFUSED = "refused", "Không đồng ý"

    public_id = models.UUIDField(db_default=UUIDv7(), unique=True)
    month = models.DateField()
    line_id = models.BigIntegerField()
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    ground = models.CharField(max_length=10, choices=Ground)
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    asked_by = _by()
    asked_at = models.DateTimeField(db_default=Now())
    decided_by = _by()
    decided_at = models.DateTimeField(null=True)
    decided_reason = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["month", "line_id"], condition=Q(state__in=["asked", "done"]), name="payments_writeoff_once"),
            models.CheckConstraint(condition=Q(amount__gt=0) & ~Q(reason=""), name="payments_writeoff_why"),
            models.CheckConstraint(
                condition=Q(state="asked", decided_at__isnull=True, decided_by__isnull=True)
                | Q(state__in=["done", "refused"], decided_at__isnull=False, decided_by__isnull=False, asked_by__isnull=False)
                & ~Q(decided_by=F("asked_by")),
                name="payments_writeoff_two_people",
            ),
        )
        indexes = (models.Index(fields=["area_pos", "id"], condition=Q(state="asked"), name="payments_writeoff_waiting"),)
