"""Decisions as papers: numbered, signed, frozen; what each opened and closed; suspensions; the seal that anybody may check."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from beneficiaries.models.decisions import Decision
from beneficiaries.statuses import PAPER_ANNULLED, PAPER_DRAFT, PAPER_PREPARED, PAPER_SIGNED
from households.models import Household, Person
from households.models.registry import keep_history
from posasoft.core.models import Area, Located, UUIDv7


class PaperKind(models.TextChoices):
    """What a decision does. ``annul`` takes back another signed one."""

    GRANT = "grant", "Hưởng trợ cấp"
    ADJUST = "adjust", "Điều chỉnh mức hưởng"
    STOP = "stop", "Thôi hưởng"
    SUSPEND = "suspend", "Tạm dừng"
    RESUME = "resume", "Hưởng lại"
    REFUSE = "refuse", "Từ chối"
    ANNUL = "annul", "Hủy bỏ quyết định"


class Ground(models.TextChoices):
    """Why a benefit is suspended or stopped: Article 2 of Circular 02/2021/TT-BLĐTBXH."""

    UNCOLLECTED = "uncollected", "Không nhận chế độ, chính sách liên tục từ 03 tháng trở lên"
    UNCOOPERATIVE = "uncooperative", "Không chấp hành yêu cầu xác định lại mức độ khuyết tật, điều kiện hưởng hoặc cung cấp thông tin"
    DETAINED = "detained", "Bị tạm giam từ 01 tháng trở lên"
    DEATH = "death", "Đã chết"
    MISSING = "missing", "Mất tích theo quy định của pháp luật"
    INELIGIBLE = "ineligible", "Không còn đủ điều kiện hưởng"
    PRISON = "prison", "Chấp hành án phạt tù ở trại giam"
    DECLINED = "declined", "Từ chối nhận chế độ, chính sách"
    STILL_UNCOOPERATIVE = "still_uncooperative", "Sau 03 tháng tạm dừng vẫn không chấp hành yêu cầu"
    MOVED = "moved", "Chuyển nơi cư trú sang địa bàn khác"


SUSPENSION_GROUNDS = (Ground.UNCOLLECTED, Ground.UNCOOPERATIVE, Ground.DETAINED)
STOP_GROUNDS = tuple(ground for ground in Ground if ground not in SUSPENSION_GROUNDS)


@keep_history()
class DecisionDocument(Located):
    """One decision of the commune's chair. Until it is signed, ``lines`` are the engine's proposal; at signing everything is frozen in ``content``.

    ``lines``: list of {benefit, title, instrument, article, coefficient, amount (đồng a month), from_month, until_month (exclusive), decision,
    once}. ``basis``: what the engine saw ({law_version, checks, mark}); a mark that differs at signing holds the paper back.
    ``ours`` is what the officer wrote: {grounds, notes, recipients}, lists of sentences.
    ``confidential``: it tells of HIV; only the commune's officer and chair see it.
    A received paper (signed by the district until 2025-06-30) has its number as written and no place in our sequence.
    """

    public_id = models.UUIDField(db_default=UUIDv7(), unique=True)
    commune = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=PaperKind)
    status = models.CharField(max_length=10, default=PAPER_DRAFT)
    case = models.ForeignKey("beneficiaries.Case", null=True, on_delete=models.PROTECT, related_name="decision_documents")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="decision_documents")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="decision_documents")
    lines = models.JSONField(default=list)
    basis = models.JSONField(default=dict)
    reasons = models.TextField(default="", blank=True)
    ours = models.JSONField(default=dict)
    ground = models.CharField(max_length=20, choices=Ground, default="", blank=True)
    event_on = models.DateField(null=True)
    annuls = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="annulled_by")
    is_received = models.BooleanField(default=False)
    confidential = models.BooleanField(default=False)

    paper = models.CharField(max_length=20, default="QĐ-UBND")
    year = models.SmallIntegerField(null=True)
    sequence = models.IntegerField(null=True)
    number = models.CharField(max_length=60, default="", blank=True, db_collation="C")
    signed_on = models.DateField(null=True)
    signed_at = models.DateTimeField(null=True)
    signed_place = models.CharField(max_length=120, default="", blank=True)
    signer_name = models.CharField(max_length=120, default="", blank=True)
    signer_title = models.CharField(max_length=120, default="", blank=True)
    content = models.JSONField(null=True)
    sha256 = models.CharField(max_length=64, default="", blank=True)
    check_code = models.CharField(max_length=20, default="", blank=True)

    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(db_default=Now())
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    returned_reason = models.CharField(max_length=500, default="", blank=True)
    held_reason = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=PaperKind.values), name="beneficiaries_paper_kind"),
            models.CheckConstraint(
                condition=Q(status__in=[PAPER_DRAFT, PAPER_PREPARED, PAPER_SIGNED, PAPER_ANNULLED]), name="beneficiaries_paper_status"
            ),
            # Who prepared may not sign: neither through the page, nor the API, nor by hand.
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True) | Q(prepared_by__isnull=True) | ~Q(signed_by=F("prepared_by")),
                name="beneficiaries_paper_two_people",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[PAPER_DRAFT, PAPER_PREPARED])
                | Q(is_received=True, signed_on__isnull=False)
                | (
                    Q(sequence__isnull=False, year__isnull=False, signed_on__isnull=False, signed_by__isnull=False, content__isnull=False)
                    & ~Q(sha256="")
                    & ~Q(number="")
                ),
                name="beneficiaries_paper_signed_whole",
            ),
            models.CheckConstraint(condition=~Q(kind="annul") | Q(annuls__isnull=False), name="beneficiaries_paper_annuls"),
            models.CheckConstraint(
                condition=~Q(kind="refuse") | Q(status=PAPER_DRAFT) | ~Q(reasons=""), name="beneficiaries_paper_reasons"
            ),
            models.UniqueConstraint(fields=["commune", "paper", "year", "sequence"], name="beneficiaries_paper_number"),
            models.UniqueConstraint(
                fields=["annuls"], condition=Q(status__in=[PAPER_PREPARED, PAPER_SIGNED]), name="beneficiaries_paper_annulled_once"
            ),
        )
        indexes = (
            models.Index(fields=["area_pos", "year", "-sequence"], name="beneficiaries_paper_register"),
            models.Index(fields=["area_pos"], condition=Q(status="prepared"), name="beneficiaries_paper_waiting"),
            models.Index(fields=["number"], name="beneficiaries_paper_by_number"),
        )

    def __str__(self) -> str:
        return self.number or f"#{self.pk}"


class DecisionNumber(Located):
    """The last number given by an authority for one kind of paper in a year; the row's lock makes numbers follow without gaps."""

    commune = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    paper = models.CharField(max_length=20)
    year = models.SmallIntegerField()
    last = models.IntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["commune", "paper", "year"], name="beneficiaries_number_once"),)


class DecisionEffect(Located):
    """What a signed paper did to one decision of the register: opened it, or moved its end. ``until_before`` lets an annulment put it back."""

    class What(models.TextChoices):
        OPENED = "opened", "Bắt đầu hưởng"
        CLOSED = "closed", "Kết thúc hưởng"
        CONFIRMED = "confirmed", "Xác nhận mức hưởng"
        SUSPENDED = "suspended", "Tạm dừng chi trả"
        RESUMED = "resumed", "Chi trả lại"

    document = models.ForeignKey(DecisionDocument, on_delete=models.PROTECT, related_name="effects")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="effects")
    what = models.CharField(max_length=9, choices=What)
    from_month = models.DateField()
    until_before = models.DateField(null=True)
    until_after = models.DateField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["document", "decision", "what"], name="beneficiaries_effect_once"),)


@keep_history()
class Suspension(Located):
    """A benefit that stays due but is left out of payment lists from a month on (Circular 02/2021 Article 2.3; Article 9.4 of 335/2026).

    While it is open nothing of its months is ordered or counted as a difference; resumed, they come as arrears; stopped, they are due no more.
    """

    class Ended(models.TextChoices):
        RESUMED = "resumed", "Chi trả lại, truy lĩnh"
        STOPPED = "stopped", "Thôi hưởng từ tháng tạm dừng"
        ANNULLED = "annulled", "Quyết định tạm dừng bị hủy"

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="suspensions")
    document = models.ForeignKey(DecisionDocument, on_delete=models.PROTECT, related_name="suspensions")
    ground = models.CharField(max_length=20, choices=Ground)
    from_month = models.DateField()
    until_month = models.DateField(null=True)
    ended_how = models.CharField(max_length=8, choices=Ended, default="", blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(DecisionDocument, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(from_month__day=1), name="beneficiaries_suspension_month"),
            models.CheckConstraint(
                condition=Q(until_month__isnull=True) | Q(until_month__gte=F("from_month")), name="beneficiaries_suspension_period"
            ),
            models.CheckConstraint(
                condition=Q(ended_how="", ended_at__isnull=True) | (~Q(ended_how="") & Q(ended_at__isnull=False)),
                name="beneficiaries_suspension_ended",
            ),
            models.UniqueConstraint(fields=["decision"], condition=Q(ended_at__isnull=True), name="beneficiaries_suspension_one_open"),
        )
        indexes = (models.Index(fields=["province_no"], name="beneficiaries_suspension_prov"),)


class DecisionSeal(models.Model):
    """What anybody with the check code of a paper may see: number, day, issuer, hash. Nothing about persons, so no area and no fence."""

    check_code = models.CharField(max_length=20, primary_key=True)
    number = models.CharField(max_length=60)
    signed_on = models.DateField()
    issuer = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    annulled_on = models.DateField(null=True)
