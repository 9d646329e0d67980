"""To whom money goes: accounts, authorised receivers, lines of one's own, and how a family is reached."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Coalesce, Now

from households.models import Household, Person
from posasoft.core.models import Located
from posasoft.core.models.located import UUIDv7


class Days(Func):
    """The days from one to before another (null: open end) as a range, for constraints that refuse an overlap."""

    function = "daterange"
    output_field = DateRangeField()


def _by() -> models.ForeignKey[models.Model | None, models.Model | None]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")


def _two_hands(name: str) -> models.CheckConstraint:
    """Who recorded it does not confirm it; without a second person it is not used."""
    return models.CheckConstraint(
        condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
        | Q(confirmed_at__isnull=False, confirmed_by__isnull=False) & (Q(made_by__isnull=True) | ~Q(made_by=F("confirmed_by"))),
        name=name,
    )


class AccountKind(models.TextChoices):
    BANK = "bank", "Tài khoản ngân hàng"
    EWALLET = "ewallet", "Ví điện tử"


class Consent(models.TextChoices):
    PAPER = "paper", "Giấy đề nghị đã ký"
    RECORDED = "recorded", "Lời đồng ý được ghi âm"


class Account(Located):
    """A person's bank account or e-wallet, from a day on. Its number is sealed like a national id; rows end and never change what they say.

    Not used before ``cooling_until``, before a second person has confirmed it, nor from ``until`` on. ``name_matches``: the holder's name is the
    person's, accents and order aside; where it is not, ``name_note`` is why the second person confirmed it all the same.
    """

    public_id = models.UUIDField(db_default=UUIDv7(), unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="accounts")
    kind = models.CharField(max_length=8, choices=AccountKind)
    provider = models.CharField(max_length=20)
    number_enc = models.BinaryField()
    number_index = models.BinaryField(db_index=True)
    tail = models.CharField(max_length=3)
    holder_name = models.CharField(max_length=120)
    name_matches = models.BooleanField()
    name_note = models.CharField(max_length=300, default="", blank=True)
    consent = models.CharField(max_length=8, choices=Consent)
    consent_on = models.DateField()
    consent_no = models.CharField(max_length=80)
    since = models.DateField()
    cooling_until = models.DateField()
    until = models.DateField(null=True)
    end_reason = models.CharField(max_length=300, default="", blank=True)
    made_by = _by()
    made_at = models.DateTimeField(db_default=Now())
    confirmed_by = _by()
    confirmed_at = models.DateTimeField(null=True)
    ended_by = _by()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=AccountKind.values, consent__in=Consent.values), name="payments_account_kind"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(until__isnull=True, confirmed_at__isnull=False), name="payments_account_one_open"
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(until__isnull=True, confirmed_at__isnull=True), name="payments_account_one_waiting"
            ),
            _two_hands("payments_account_two_hands"),
            models.CheckConstraint(
                condition=Q(name_matches=True) | Q(confirmed_at__isnull=True) | ~Q(name_note=""), name="payments_account_name_settled"
            ),
            models.CheckConstraint(
                condition=Q(cooling_until__gte=F("since"), consent_on__lte=F("since")) & (Q(until__isnull=True) | Q(until__gte=F("since"))),
                name="payments_account_days",
            ),
        )

    def __str__(self) -> str:
        return f"{self.provider} ••• {self.tail}"


class ReceiverPaper(models.TextChoices):
    AUTHORISED = "authorised", "Giấy ủy quyền"
    GUARDIAN = "guardian", "Quyết định cử người giám hộ"
    CARER = "carer", "Quyết định giao người chăm sóc, nuôi dưỡng"
    FACILITY = "facility", "Văn bản của cơ sở trợ giúp xã hội"
    FUNERAL = "funeral", "Tờ khai đề nghị hỗ trợ chi phí mai táng"


class Receiver(Located):
    """Who collects cash for a household, or for one person with a line of his own, from a day to before another, by which paper."""

    public_id = models.UUIDField(db_default=UUIDv7(), unique=True)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="receivers")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="receivers")
    full_name = models.CharField(max_length=120)
    number_enc = models.BinaryField()
    number_index = models.BinaryField(db_index=True)
    tail = models.CharField(max_length=3)
    phone = models.CharField(max_length=15, default="", blank=True)
    relation = models.CharField(max_length=60)
    paper = models.CharField(max_length=10, choices=ReceiverPaper)
    paper_no = models.CharField(max_length=80)
    paper_on = models.DateField()
    since = models.DateField()
    until = models.DateField()
    end_reason = models.CharField(max_length=300, default="", blank=True)
    made_by = _by()
    made_at = models.DateTimeField(db_default=Now())
    confirmed_by = _by()
    confirmed_at = models.DateTimeField(null=True)
    ended_by = _by()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(paper__in=ReceiverPaper.values), name="payments_receiver_paper"),
            models.CheckConstraint(condition=Q(until__gte=F("since"), paper_on__lte=F("since")), name="payments_receiver_days"),
            _two_hands("payments_receiver_two_hands"),
            ExclusionConstraint(
                name="payments_receiver_one",
                expressions=(
                    ("household", RangeOperators.EQUAL),
                    (Coalesce("person_id", models.Value(0, output_field=models.BigIntegerField())), RangeOperators.EQUAL),
                    (Days("since", "until"), RangeOperators.OVERLAPS),
                ),
            ),
        )

    def __str__(self) -> str:
        return self.full_name


class OwnLineGround(models.TextChoices):
    FACILITY = "facility", "Sống tại cơ sở trợ giúp xã hội"
    BOARDING = "boarding", "Ở nội trú, sống xa hộ"
    WISH = "wish", "Theo nguyện vọng của người hưởng"
    CARER = "carer", "Do người khác ngoài hộ chăm sóc, nuôi dưỡng"


class OwnLine(Located):
    """A person whose money stands on a line of its own and not on the family's, from a month to before another."""

    public_id = models.UUIDField(db_default=UUIDv7(), unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="own_lines")
    ground = models.CharField(max_length=8, choices=OwnLineGround)
    note = models.CharField(max_length=300, default="", blank=True)
    since = models.DateField()
    until = models.DateField(null=True)
    made_by = _by()
    made_at = models.DateTimeField(db_default=Now())
    ended_by = _by()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(ground__in=OwnLineGround.values), name="payments_ownline_ground"),
            models.CheckConstraint(
                condition=Q(since__day=1) & (Q(until__isnull=True) | Q(until__gte=F("since"), until__day=1)), name="payments_ownline_months"
            ),
            ExclusionConstraint(
                name="payments_ownline_one",
                expressions=(("person", RangeOperators.EQUAL), (Days("since", "until"), RangeOperators.OVERLAPS)),
            ),
        )


class Contact(Located):
    """The telephone of a household for notices; ``wants_texts`` false: letters only, by their wish."""

    household = models.OneToOneField(Household, on_delete=models.PROTECT, related_name="contact")
    phone = models.CharField(max_length=15, default="", blank=True)
    wants_texts = models.BooleanField(default=True)
    changed_by = _by()
    changed_at = models.DateTimeField(db_default=Now())


class Cashless(Located):
    """Of a month and commune: lines and adults paid, and of them into an account. Counted, not kept up: `payments.operations.cashless`."""

    month = models.DateField()
    commune = models.ForeignKey("core.Area", on_delete=models.PROTECT, related_name="+")
    lines = models.IntegerField()
    lines_cashless = models.IntegerField()
    adults = models.IntegerField()
    adults_cashless = models.IntegerField()
    amount = models.BigIntegerField()
    amount_cashless = models.BigIntegerField()
    counted_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["month", "commune"], name="payments_cashless_once"),
            models.CheckConstraint(
                condition=Q(lines_cashless__lte=F("lines"), adults_cashless__lte=F("adults"), amount_cashless__lte=F("amount")),
                name="payments_cashless_part",
            ),
        )
