"""Lists on their way into the registry: the file, its rows as understood, what was found, and what acceptance brought."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from households.models.registry import Change, Household, Person
from households.models.workbooks import Workbook
from posasoft.core.models import Area, Located, UUIDv7


class ImportProfile(models.Model):
    """Which heading means which field in the lists of one province: corrected once, used for every list with these headings."""

    province_no = models.SmallIntegerField()
    name = models.CharField(max_length=100)
    fields = models.JSONField(default=dict)
    made_by_id = models.BigIntegerField(null=True)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["province_no", "name"], name="households_importprofile_once"),)

    def __str__(self) -> str:
        return self.name


class ImportBatch(Located):
    """One uploaded list. Its file is kept as it came; the list's year begins on ``from_day`` for what is accepted."""

    class Status(models.TextChoices):
        RECEIVED = "received", "Đã nhận tệp"
        STAGING = "staging", "Đang đọc"
        STAGED = "staged", "Chờ xem xét"
        ACCEPTED = "accepted", "Đã nhận vào sổ"
        UNDONE = "undone", "Đã hoàn tác"
        REFUSED = "refused", "Không đọc được"

    public_id = models.UUIDField(db_default=UUIDv7(), unique=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    area_date = models.DateField()
    list_date = models.DateField(null=True)
    from_day = models.DateField(null=True)
    file = models.FileField(upload_to="imports/", max_length=200)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    profile = models.ForeignKey(ImportProfile, null=True, on_delete=models.SET_NULL, related_name="+")
    fields = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    status = models.CharField(max_length=8, choices=Status, default=Status.RECEIVED)
    job_id = models.BigIntegerField(null=True)
    refusal = models.CharField(max_length=500, default="", blank=True)
    household_count = models.IntegerField(default=0)
    person_count = models.IntegerField(default=0)
    skipped = models.JSONField(default=list)
    change = models.ForeignKey(Change, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    workbook = models.ForeignKey(Workbook, null=True, on_delete=models.PROTECT, related_name="uploads")
    uploaded_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    staged_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["area_pos", "-id"]), models.Index(fields=["sha256"]))

    def __str__(self) -> str:
        return self.file_name


class ImportRow(Located):
    """One person of a list: values as understood, whom the registry knows by them, and what was decided. Blank never deletes."""

    class Verdict(models.TextChoices):
        NEW = "new", "Mới"
        CHANGED = "changed", "Thay đổi"
        SAME = "same", "Không đổi"
        GONE = "gone", "Không còn trong tệp"

    class Decision(models.TextChoices):
        PENDING = "pending", "Chưa quyết định"
        ACCEPTED = "accepted", "Đã nhận"
        REJECTED = "rejected", "Không nhận"

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    sheet = models.CharField(max_length=100, default="", blank=True)
    row = models.IntegerField()
    block = models.IntegerField()
    full_name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=120, db_collation="C")
    name_sort = models.CharField(max_length=240, db_collation="C")
    relation = models.CharField(max_length=6, null=True)  # noqa: DJ001 - null means: not stated, as in the registry
    born = models.DateField(null=True)
    born_precision = models.CharField(max_length=5, null=True)  # noqa: DJ001 - null goes with a birth date that is not stated
    sex = models.CharField(max_length=6, null=True)  # noqa: DJ001 - null means: not stated
    ethnicity = models.CharField(max_length=2, null=True)  # noqa: DJ001 - null means: not stated
    ethnicity_concluded = models.BooleanField(default=False)
    id_kind = models.CharField(max_length=5, default="", blank=True)
    number_enc = models.BinaryField(null=True)
    number_index = models.BinaryField(null=True)
    tail = models.CharField(max_length=3, default="", blank=True)
    village_name = models.CharField(max_length=200, default="", blank=True)
    poverty = models.CharField(max_length=9, null=True)  # noqa: DJ001 - null means: not stated
    b1 = models.SmallIntegerField(null=True)
    b2 = models.SmallIntegerField(null=True)
    disability_degree = models.CharField(max_length=16, null=True)  # noqa: DJ001 - null means: not stated
    disability_type = models.CharField(max_length=14, null=True)  # noqa: DJ001 - null means: not stated
    studying = models.CharField(max_length=15, null=True)  # noqa: DJ001 - null means: not stated
    benefit_article = models.CharField(max_length=6, default="", blank=True)
    benefit_amount = models.BigIntegerField(null=True)
    noted_dead = models.BooleanField(default=False)
    died = models.CharField(max_length=10, default="", blank=True)
    died_on = models.DateField(null=True)
    note = models.CharField(max_length=500, default="", blank=True)
    errors = models.SmallIntegerField(default=0)
    warnings = models.SmallIntegerField(default=0)
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    household = models.ForeignKey(Household, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    match = models.CharField(max_length=10, default="", blank=True)
    score = models.SmallIntegerField(null=True)
    verdict = models.CharField(max_length=7, choices=Verdict, default="", blank=True)
    diff = models.JSONField(default=dict)
    decision = models.CharField(max_length=8, choices=Decision, default=Decision.PENDING)
    before = models.JSONField(null=True)
    # Rows of a workbook that came back: fields whose cell was changed (null: a plain list, every cell counts), the values downloaded,
    # fields emptied on purpose, what others changed meanwhile, and which of two values an officer chose.
    told = models.JSONField(null=True)
    base = models.JSONField(null=True)
    emptied = models.JSONField(null=True)
    meanwhile = models.JSONField(null=True)
    conflicts = models.SmallIntegerField(default=0)
    gone = models.CharField(max_length=8, default="", blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["batch", "sheet", "row"], name="households_importrow_once"),)
        indexes = (models.Index(fields=["batch", "block"]), models.Index(fields=["batch", "verdict"]))

    def __str__(self) -> str:
        return f"dòng {self.row}"


class ImportFinding(Located):
    """One remark on one cell of a list, in Vietnamese; numbers of identity papers are masked."""

    class Severity(models.TextChoices):
        ERROR = "error", "Lỗi"
        WARNING = "warning", "Cần xem"
        INFO = "info", "Cách hiểu"

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="findings")
    sheet = models.CharField(max_length=100, default="", blank=True)
    row = models.IntegerField()
    column = models.CharField(max_length=200, default="", blank=True)
    severity = models.CharField(max_length=7, choices=Severity)
    value = models.CharField(max_length=300, default="", blank=True)
    message = models.CharField(max_length=500)

    class Meta:
        indexes = (models.Index(fields=["batch", "severity", "row"]),)

    def __str__(self) -> str:
        return self.message


class ImportedBenefit(Located):
    """A benefit that an accepted list says is being paid; the layer of decisions takes it over as an inherited decision."""

    import_batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="benefits")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+", db_index=False)
    benefit = models.CharField(max_length=12)
    amount = models.BigIntegerField(null=True)
    from_day = models.DateField()
    pulled_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["import_batch", "person", "benefit"], name="households_importedbenefit_once"),)
        indexes = (models.Index(fields=["id"], condition=Q(pulled_at__isnull=True), name="households_importedbenefit_new"),)


class ImportedDeath(Located):
    """A death noted in an accepted list, waiting for confirmation; until then a hold keeps the person from being paid."""

    import_batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="deaths")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    noted = models.CharField(max_length=10, default="", blank=True)
    died_on = models.DateField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    refuted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["import_batch", "person"], name="households_importeddeath_once"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(refuted_at__isnull=True),
                name="households_importeddeath_one_answer",
            ),
        )
