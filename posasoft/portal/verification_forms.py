"""Forms of verification after payment: drawing a sample, and what a family told."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from payments.models import Collected, Mode
from payments.operations.verification import Told
from posasoft.core.models import Area
from posasoft.core.months import add_months, first_of_month, format_month, iso_month

YES_NO = (("", "—"), ("yes", gettext_lazy("Có")), ("no", gettext_lazy("Không")))


def _truth(value: str) -> bool | None:
    return {"yes": True, "no": False}.get(value)


class PlanForm(forms.Form):
    """Which lines to draw from, and how sure one wants to be."""

    month = forms.ChoiceField(label=gettext_lazy("Tháng chi trả"))
    area = forms.ModelChoiceField(label=gettext_lazy("Địa bàn"), queryset=Area.objects.none())
    strata = forms.MultipleChoiceField(
        label=gettext_lazy("Chia tầng theo"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[("channel", gettext_lazy("Hình thức chi")), ("point", gettext_lazy("Điểm chi trả")), ("reason", gettext_lazy("Kết quả chi trả"))],
    )  # fmt: skip
    confidence = forms.TypedChoiceField(label=gettext_lazy("Độ tin cậy"), coerce=int, choices=[(95, "95 %"), (90, "90 %"), (99, "99 %")])
    margin = forms.DecimalField(label=gettext_lazy("Sai số (±, phần trăm)"), min_value=1, max_value=20, decimal_places=1, initial=5)

    def __init__(self, *args: Any, areas: list[Area], **options: Any) -> None:
        super().__init__(*args, **options)
        first = first_of_month(timezone.localdate())
        months = [add_months(first, -back) for back in range(6)]
        cast("forms.ChoiceField", self.fields["month"]).choices = [(iso_month(month), format_month(month)) for month in months]
        queryset = Area.objects.filter(pk__in=[area.pk for area in areas]).order_by("level", "name_key")
        cast("forms.ModelChoiceField[Area]", self.fields["area"]).queryset = queryset
        if len(areas) == 1:
            self.fields["area"].initial = areas[0]


class AnswerForm(forms.Form):
    """What was told; a family that was not reached is asked again another day."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    mode = forms.ChoiceField(label=gettext_lazy("Cách hỏi"), choices=Mode.choices)
    asked_on = forms.DateField(
        label=gettext_lazy("Hỏi ngày"), widget=forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "05/11/2026"})
    )
    reached = forms.ChoiceField(label=gettext_lazy("Có gặp được gia đình không"), choices=YES_NO[1:])
    received = forms.ChoiceField(label=gettext_lazy("Gia đình đã nhận tiền chưa"), choices=YES_NO, required=False)
    amount = forms.IntegerField(
        label=gettext_lazy("Nhận bao nhiêu (đồng)"), min_value=0, required=False, localize=True,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    collected_by = forms.ChoiceField(label=gettext_lazy("Ai nhận"), choices=[("", "—"), *Collected.choices], required=False)
    was_charged = forms.ChoiceField(label=gettext_lazy("Có ai thu tiền, đòi chi thêm không"), choices=YES_NO, required=False)
    fee = forms.IntegerField(
        label=gettext_lazy("Bị thu bao nhiêu (đồng)"), min_value=0, required=False, localize=True,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("Ghi chú"), max_length=500, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("initial", {"client_key": uuid.uuid4(), "asked_on": timezone.localdate(), "reached": "yes"})
        super().__init__(*args, **options)

    def told(self) -> Told:
        """What was told, of a valid form; of a family not reached only how and when it was tried."""
        given = self.cleaned_data
        if not _truth(given["reached"]):
            return Told(given["mode"], given["asked_on"], reached=False, note=given["note"])
        return Told(
            given["mode"], given["asked_on"], reached=True, received=_truth(given["received"]), amount=given["amount"],
            collected_by=given["collected_by"], was_charged=_truth(given["was_charged"]), fee=given["fee"], note=given["note"],
        )  # fmt: skip
