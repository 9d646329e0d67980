"""Agencies that pay, their service points, who pays what where, what they were sent, and the keys of their programs."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now

from payments.models.lists import Channel, PaymentList
from posasoft.core.models import Area, Located, RoleAssignment
from posasoft.core.models.located import UUIDv7


class Months(Func):
    """The months from one to before another (null: open end) as a range, for constraints that refuse an overlap."""

    function = "daterange"
    output_field = DateRangeField()


def _by() -> models.ForeignKey[models.Model | None, models.Model | None]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")


class Agency(models.Model):
    """Who pays under a contract, through one channel.

    ``fee_per_payment`` is đồng for each payment made, ``fee_basis_points`` hundredths of a percent of the money paid; both may be charged.
    ``on_time_percent`` and ``success_percent`` are the contract's criteria that the scorecard compares with. ``paying_account`` is the office's own
    account, out of which the agency pays; ``bic`` names the bank that holds it (ISO 9362).
    """

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=Channel)
    contract_no = models.CharField(max_length=60, default="", blank=True)
    contract_from = models.DateField(null=True, blank=True)
    contract_until = models.DateField(null=True, blank=True)
    fee_per_payment = models.IntegerField(default=0)
    fee_basis_points = models.IntegerField(default=0)
    on_time_percent = models.SmallIntegerField(default=95)
    success_percent = models.SmallIntegerField(default=98)
    bic = models.CharField(max_length=11, default="", blank=True)
    paying_account = models.CharField(max_length=34, default="", blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=Channel.values), name="payments_agency_kind"),
            models.CheckConstraint(
                condition=Q(contract_from__isnull=True) | Q(contract_until__isnull=True) | Q(contract_until__gt=F("contract_from")),
                name="payments_agency_contract",
            ),
            models.CheckConstraint(
                condition=Q(fee_per_payment__gte=0, fee_basis_points__gte=0, fee_basis_points__lte=10_000)
                & Q(on_time_percent__gte=0, on_time_percent__lte=100, success_percent__gte=0, success_percent__lte=100),
                name="payments_agency_terms",
            ),
        )

    def __str__(self) -> str:
        return self.name


class ServicePoint(Located):
    """A counter of an agency. It lies in a commune and may serve others (ServiceArea)."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="points")
    code = models.CharField(max_length=30)
    name = models.CharField(max_length=120)
    commune = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=200, default="", blank=True)
    phone = models.CharField(max_length=20, default="", blank=True)
    hours = models.CharField(max_length=120, default="", blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["agency", "code"], name="payments_point_once"),)

    def __str__(self) -> str:
        return self.name


class ServiceArea(Located):
    """Who pays the lists of a commune and channel, from a month on. One at a time; ``service_point`` null: the agency's headquarters."""

    commune = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="areas")
    service_point = models.ForeignKey(ServicePoint, null=True, blank=True, on_delete=models.PROTECT, related_name="areas")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    made_by = _by()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(since__day=1) & (Q(until__isnull=True) | Q(until__day=1)), name="payments_servicearea_months"
            ),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="payments_servicearea_period"),
            ExclusionConstraint(
                name="payments_servicearea_one_payer",
                expressions=[
                    ("commune", RangeOperators.EQUAL),
                    ("channel", RangeOperators.EQUAL),
                    (Months(F("since"), F("until")), RangeOperators.OVERLAPS),
                ],
            ),
        )
        indexes = (models.Index(fields=["service_point"], name="payments_servicearea_point"),)


class AgencyPost(models.Model):
    """For whom a clerk's role works. ``service_point`` null: headquarters, which sees deliveries, statements and uploads of its agency, no person."""

    assignment = models.ForeignKey(RoleAssignment, on_delete=models.PROTECT, related_name="agency_posts")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="posts")
    service_point = models.ForeignKey(ServicePoint, null=True, blank=True, on_delete=models.PROTECT, related_name="posts")
    made_by = _by()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["assignment"], name="payments_post_once"),)
        indexes = (models.Index(fields=["service_point"], name="payments_post_point"),)


class ApiKey(models.Model):
    """A key of an agency's program. Only ``hash`` (SHA-256, hex) of the key is kept; ``prefix`` is its readable part, by which it is found."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=16, unique=True)
    hash = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=30))
    expires_on = models.DateField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = _by()
    last_used_at = models.DateTimeField(null=True)
    made_by = _by()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(scopes__len__gt=0), name="payments_apikey_may_something"),)


class ApiCall(models.Model):
    """A request of a program, counted for the limits per key and address. ``key`` null: it was refused before a key was known."""

    key = models.ForeignKey(ApiKey, null=True, on_delete=models.PROTECT, related_name="calls")
    address = models.GenericIPAddressField(null=True)
    at = models.DateTimeField(db_default=Now())
    refused = models.BooleanField(default=False)

    class Meta:
        indexes = (
            models.Index(fields=["key", "at"], name="payments_apicall_key"),
            models.Index(fields=["address", "at"], condition=Q(refused=True), name="payments_apicall_refused"),
        )


class Delivery(Located):
    """A released list as sent to the agency that pays it, once.

    ``files`` is [{"format", "file", "sha256", "size"}]: names in the vault, what they hold. Receipt is confirmed by a person of the agency or by
    its program's key, never by who sent it.
    """

    public_id = models.UUIDField(db_default=UUIDv7(), unique=True)
    pay_list = models.OneToOneField(PaymentList, on_delete=models.PROTECT, related_name="delivery")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="deliveries")
    service_point = models.ForeignKey(ServicePoint, null=True, on_delete=models.PROTECT, related_name="deliveries")
    files = models.JSONField(default=list)
    sent_at = models.DateTimeField(db_default=Now())
    sent_by = _by()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = _by()
    confirmed_key = models.ForeignKey(ApiKey, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True, confirmed_key__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False, confirmed_key__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=True, confirmed_key__isnull=False),
                name="payments_delivery_confirmed_by_one",
            ),
            models.CheckConstraint(
                condition=Q(sent_by__isnull=True) | Q(confirmed_by__isnull=True) | ~Q(sent_by=F("confirmed_by")),
                name="payments_delivery_other_hand",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(confirmed_at__gte=F("sent_at")), name="payments_delivery_in_order"
            ),
        )
        indexes = (
            models.Index(fields=["agency", "-id"], name="payments_delivery_agency"),
            models.Index(fields=["service_point", "-id"], name="payments_delivery_point"),
            models.Index(fields=["area_pos", "-id"], name="payments_delivery_area"),
        )
