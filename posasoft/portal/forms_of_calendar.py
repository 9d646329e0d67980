"""Forms of the calendar of paying and of budgets. What may be is decided in payments.operations.calendar; here it is read."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.models import CycleRule
from payments.operations.calendar import FIELDS, Rule
from posasoft.core.money import format_number
from posasoft.core.months import format_month, parse_month

WHOLE = {"inputmode": "numeric", "autocomplete": "off"}


class MoneyField(forms.Field):
    """Whole đồng, with or without points between thousands."""

    widget = forms.TextInput(attrs={**WHOLE, "maxlength": 24})

    def to_python(self, value: Any) -> int | None:
        text = re.sub(r"[.\s]|đ$", "", str(value or ""))
        if text and not (text.isdecimal() and len(text) <= 18):
            raise forms.ValidationError(_("Nhập số tiền bằng đồng, ví dụ 5.000.000.000."))
        return int(text) if text else None


def _day(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=28, widget=forms.TextInput(attrs=WHOLE))


class RuleForm(forms.Form):
    """A rule of the calendar with the reason for it."""

    since = forms.CharField(
        label=gettext_lazy("Áp dụng từ tháng"), max_length=7, widget=forms.TextInput(attrs={**WHOLE, "placeholder": "12/2026"})
    )
    cut_off_day = _day(gettext_lazy("Ngày chốt thay đổi (tháng trước)"))
    list_by_day = _day(gettext_lazy("Ngày phải có danh sách (tháng trước, trước ngày 25)"))
    pay_from_day = _day(gettext_lazy("Chi từ ngày"))
    pay_to_day = _day(gettext_lazy("Chi đến ngày"))
    report_by_day = _day(gettext_lazy("Ngày phải báo cáo (trước ngày 20)"))
    recovery_share_percent = forms.IntegerField(
        label=gettext_lazy("Mức thu hồi mỗi kỳ (% số được nhận)"), min_value=0, max_value=100, widget=forms.TextInput(attrs=WHOLE)
    )
    second_approval_above = MoneyField(label=gettext_lazy("Danh sách trên mức này cần hai người duyệt (đồng)"))
    reason = forms.CharField(label=gettext_lazy("Lý do, căn cứ"), max_length=500, min_length=10, widget=forms.Textarea(attrs={"rows": 2}))

    def clean_since(self) -> Any:
        try:
            return parse_month(self.cleaned_data["since"])
        except ValueError as error:
            raise forms.ValidationError(_("Nhập tháng, ví dụ 12/2026.")) from error

    def rule(self) -> Rule:
        """What was filled in; only of a valid form."""
        return Rule(self.cleaned_data["since"], **{name: self.cleaned_data[name] for name in FIELDS})


def initial_of(rule: CycleRule, since: Any) -> dict[str, Any]:
    """The rule in force as the form's first values, from the month on that is asked."""
    found = {name: getattr(rule, name) for name in FIELDS}
    return {**found, "second_approval_above": format_number(rule.second_approval_above), "since": format_month(since)}


class BudgetForm(forms.Form):
    """What a province may spend on a programme in a year, and from where it comes."""

    amount = MoneyField(label=gettext_lazy("Dự toán năm (đồng)"))
    source = forms.CharField(label=gettext_lazy("Nguồn kinh phí, số quyết định giao"), max_length=200, min_length=5)
