"""Forms of agencies: contract, counter, who pays where, clerks, keys. What may be is decided in payments.operations; here it is read."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.models import Agency, Channel, ServicePoint
from payments.operations.keys import SCOPES
from posasoft.core.models import Area, Role
from posasoft.core.months import add_months, format_month, parse_month
from posasoft.core.scope import Scope
from posasoft.portal.administration.forms import DAY, DAYS
from posasoft.portal.queries import payers

MONTH = {"inputmode": "numeric", "placeholder": "12/2026", "autocomplete": "off"}


class AgencyForm(forms.Form):
    """An agency with the terms of its contract."""

    code = forms.SlugField(label=gettext_lazy("Mã đơn vị"), max_length=20)
    name = forms.CharField(label=gettext_lazy("Tên đơn vị chi trả"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("Kênh chi trả"), choices=Channel.choices)
    contract_no = forms.CharField(label=gettext_lazy("Số hợp đồng"), max_length=60, required=False)
    contract_from = forms.DateField(
        label=gettext_lazy("Có hiệu lực từ ngày"), required=False, input_formats=DAYS, widget=forms.DateInput(attrs=DAY, format=DAYS[0])
    )
    contract_until = forms.DateField(
        label=gettext_lazy("Hết hiệu lực từ ngày"), required=False, input_formats=DAYS, widget=forms.DateInput(attrs=DAY, format=DAYS[0])
    )
    fee_per_payment = forms.IntegerField(label=gettext_lazy("Phí mỗi lượt chi trả (đồng)"), min_value=0, max_value=1_000_000)
    fee_basis_points = forms.IntegerField(
        label=gettext_lazy("Phí theo số tiền (phần vạn)"), min_value=0, max_value=10_000,
        help_text=gettext_lazy("50 là 0,5 % số tiền đã trả."),
    )  # fmt: skip
    on_time_percent = forms.IntegerField(label=gettext_lazy("Phải trả đúng hạn ít nhất (%)"), min_value=0, max_value=100)
    success_percent = forms.IntegerField(label=gettext_lazy("Phải trả được ít nhất (%)"), min_value=0, max_value=100)
    bic = forms.RegexField(
        label=gettext_lazy("Mã BIC của ngân hàng giữ tài khoản chi"), regex=r"^[A-Z]{6}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3})?$", required=False,
        help_text=gettext_lazy("Chỉ cần với ngân hàng: 8 hoặc 11 ký tự, chữ in hoa."),
    )  # fmt: skip
    paying_account = forms.RegexField(
        label=gettext_lazy("Tài khoản chi"),
        regex=r"^[A-Za-z0-9]{4,34}$",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("Đang chi trả"), required=False, widget=forms.CheckboxInput(attrs={"class": "form-check-input"})
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"].choices = [(value, _(str(label))) for value, label in Channel.choices]  # type: ignore[attr-defined]  # a choice field
        for name in ("fee_per_payment", "fee_basis_points", "on_time_percent", "success_percent"):
            self.fields[name].localize = False


class _CommuneForm(forms.Form):
    """A form that asks for a commune of the acting role's range."""

    commune = forms.CharField(
        label=gettext_lazy("Xã, phường"),
        help_text=gettext_lazy("Gõ mã hoặc tên đầy đủ."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        self.scope = scope

    def clean_commune(self) -> Area:
        text = str(self.cleaned_data["commune"]).strip()
        found = payers.commune(self.scope, text)
        if found is None:
            raise forms.ValidationError(_("Không tìm thấy đúng một xã “%(text)s” trong phạm vi của bạn; hãy gõ mã.") % {"text": text})
        return found


class PointForm(_CommuneForm):
    """A counter."""

    code = forms.CharField(label=gettext_lazy("Mã điểm"), max_length=30)
    name = forms.CharField(label=gettext_lazy("Tên điểm chi trả"), max_length=120)
    address = forms.CharField(label=gettext_lazy("Địa chỉ"), max_length=200, required=False)
    phone = forms.RegexField(label=gettext_lazy("Điện thoại"), regex=r"^[0-9 .+()-]{3,20}$", required=False)
    hours = forms.CharField(label=gettext_lazy("Giờ mở cửa"), max_length=120, required=False)

    field_order = ("code", "name", "commune", "address", "phone", "hours")


class ServiceForm(_CommuneForm):
    """Which counter pays a commune from which month."""

    point = forms.ChoiceField(label=gettext_lazy("Điểm chi trả"), required=False)
    since = forms.CharField(label=gettext_lazy("Từ tháng"), widget=forms.TextInput(attrs=MONTH))

    def __init__(self, *args: Any, points: list[ServicePoint], **options: Any) -> None:
        super().__init__(*args, **options)
        self.points = {str(point.pk): point for point in points if point.is_active}
        self.fields["point"].choices = _points(self.points)  # type: ignore[attr-defined]  # a choice field
        self.fields["since"].initial = format_month(add_months(timezone.localdate().replace(day=1), 1))

    def clean_point(self) -> ServicePoint | None:
        return self.points.get(self.cleaned_data["point"])

    def clean_since(self) -> datetime.date:
        text = str(self.cleaned_data["since"]).strip()
        month, _slash, year = text.partition("/")
        try:
            return parse_month(f"{year}-{int(month):02d}")
        except ValueError as error:
            raise forms.ValidationError(_("“%(text)s” không phải là tháng; hãy viết như 12/2026.") % {"text": text}) from error


class PostForm(forms.Form):
    """Where a clerk stands."""

    assignment = forms.ChoiceField(label=gettext_lazy("Nhân viên"))
    point = forms.ChoiceField(label=gettext_lazy("Làm việc tại"), required=False)

    def __init__(self, *args: Any, scope: Scope, points: list[ServicePoint], **options: Any) -> None:
        super().__init__(*args, **options)
        self.clerks = {str(held.pk): held for held in payers.clerks(scope).order_by("user__full_name")}
        self.points = {str(point.pk): point for point in points if point.is_active}
        choices = [(pk, f"{held.user} ({held.area.name if held.area else _('cả nước')})") for pk, held in self.clerks.items()]
        self.fields["assignment"].choices = choices  # type: ignore[attr-defined]  # a choice field
        # The headquarters sees every province: only the administrator is offered it.
        seats = scope.role == Role.ADMINISTRATOR
        self.fields["point"].required = not seats
        self.fields["point"].choices = _points(self.points)[0 if seats else 1 :]  # type: ignore[attr-defined]  # likewise


class KeyForm(forms.Form):
    """A key of an agency's program."""

    name = forms.CharField(label=gettext_lazy("Chương trình dùng khóa"), max_length=80)
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Được làm"), widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"})
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Hết hạn từ ngày"), input_formats=DAYS, widget=forms.DateInput(attrs=DAY, format=DAYS[0])
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["scopes"].choices = [(code, str(words)) for code, words in SCOPES.items()]  # type: ignore[attr-defined]  # a choice field
        self.fields["expires_on"].initial = f"{timezone.localdate() + datetime.timedelta(days=365):%d/%m/%Y}"


def _points(points: dict[str, ServicePoint]) -> list[tuple[str, str]]:
    return [("", _("Trụ sở, không có quầy")), *((pk, point.name) for pk, point in points.items())]


def first_values(agency: Agency | None) -> dict[str, Any]:
    """What the form of an agency shows at first."""
    shown = agency or Agency(code="", name="", kind=Channel.POST)
    return {name: getattr(shown, name) for name in AgencyForm.base_fields}
