"""Forms of results: what a clerk says at the counter, the day of a cash sheet, a file with answers. What may be is decided in payments.operations."""

from __future__ import annotations

import uuid
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.channels.cells import money
from payments.models import Receiver
from payments.outcomes import OTHER, REASONS
from posasoft.portal.administration.forms import DAY, DAYS

PAYEE, RECEIVER, SOMEBODY = "payee", "receiver", "other"
FORMATS = ("xlsx", "csv", "gz", "xml")
LARGEST = 40 * 1024 * 1024


class _Keyed(forms.Form):
    """A form that does its work once, however often it is sent."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **(options | {"initial": {"client_key": uuid.uuid4()}}))


class PaidForm(_Keyed):
    """Paid, and into whose hand."""

    who = forms.ChoiceField(label=gettext_lazy("Người nhận tiền"), widget=forms.RadioSelect)
    proxy_name = forms.CharField(label=gettext_lazy("Họ tên người nhận thay"), max_length=120, required=False)
    proxy_tail = forms.RegexField(
        label=gettext_lazy("Ba số cuối giấy tờ của người nhận thay"), regex=r"^[0-9]{3}$", required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "3"}),
        error_messages={"invalid": gettext_lazy("Ghi đúng ba chữ số cuối.")},
    )  # fmt: skip
    proxy_relation = forms.CharField(label=gettext_lazy("Quan hệ với người hưởng"), max_length=60, required=False)

    def __init__(self, *args: Any, payee: str, receiver: Receiver | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.receiver = receiver
        choices = [(PAYEE, payee)]
        if receiver:
            choices.append((RECEIVER, _("%(name)s, người được ủy quyền") % {"name": receiver.full_name}))
        choices.append((SOMEBODY, _("Người khác nhận thay")))
        who: Any = self.fields["who"]
        who.choices, who.initial = choices, RECEIVER if receiver else PAYEE

    def clean(self) -> dict[str, Any]:
        """Who collects for somebody is written down in full."""
        data = dict(super().clean() or {})
        if data.get("who") == SOMEBODY:
            for name in ("proxy_name", "proxy_tail", "proxy_relation"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("Cần ghi khi người khác nhận thay."))
        return data

    def proxy(self) -> dict[str, str]:
        """What the result keeps of who collected, {} for the payee in person."""
        data = self.cleaned_data
        if data["who"] == RECEIVER and self.receiver:
            return {"proxy_name": self.receiver.full_name, "proxy_tail": self.receiver.tail, "proxy_relation": self.receiver.relation}
        if data["who"] == SOMEBODY:
            return {name: str(data[name]) for name in ("proxy_name", "proxy_tail", "proxy_relation")}
        return {}


class UnpaidForm(_Keyed):
    """Not paid, and why."""

    reason = forms.ChoiceField(label=gettext_lazy("Lý do không trả"))
    note = forms.CharField(label=gettext_lazy("Ghi thêm"), max_length=300, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].choices = [("", _("Chọn lý do")), *((code, _(text)) for code, text in REASONS.items())]  # type: ignore[attr-defined]  # a choice field

    def clean(self) -> dict[str, Any]:
        data = dict(super().clean() or {})
        if data.get("reason") == OTHER and not data.get("note"):
            self.add_error("note", _("Lý do khác thì ghi rõ lý do gì."))
        return data


class UndoForm(_Keyed):
    """A mark taken back, and why."""

    reason = forms.CharField(label=gettext_lazy("Vì sao bỏ lần ghi"), max_length=300)


class SheetForm(forms.Form):
    """The payment day that a cash sheet is printed for."""

    day = forms.DateField(label=gettext_lazy("Ngày chi trả"), input_formats=DAYS, widget=forms.DateInput(attrs=DAY, format=DAYS[0]))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **(options | {"initial": {"day": timezone.localdate()}}))


class ResultsForm(_Keyed):
    """A file with answers; what the sender says it holds shows whether all of it arrived."""

    file = forms.FileField(
        label=gettext_lazy("Tệp kết quả"),
        help_text=gettext_lazy("Tệp xlsx, csv hoặc csv nén (.csv.gz) theo mẫu; ngân hàng gửi cả pain.002 (xml). Đến 40 MB."),
    )  # fmt: skip
    declared_rows = forms.IntegerField(
        label=gettext_lazy("Số dòng trong tệp"), min_value=0, max_value=1_000_000, required=False,
        help_text=gettext_lazy("Bắt buộc với tệp csv không có hàng cuối “Hết tệp” hay “Tổng cộng”; ghi vào thì phát hiện được tệp gửi thiếu."),
    )  # fmt: skip
    declared_amount = forms.CharField(
        label=gettext_lazy("Tổng số tiền đã trả (đồng)"), max_length=20, required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if self.ending(file) not in FORMATS:
            raise forms.ValidationError(
                _("Chỉ nhận tệp xlsx, csv, csv.gz hoặc xml; “%(name)s” không phải. Mở bằng Excel và lưu lại thành .xlsx.")
                % {"name": file.name}
            )
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(
                _("Tệp lớn hơn 40 MB. Nén csv thành .csv.gz, hoặc chia theo tỉnh, theo danh sách rồi gửi từng tệp.")
            )
        return file

    def clean_declared_amount(self) -> int | None:
        try:
            return money(self.cleaned_data["declared_amount"])
        except ValueError:
            raise forms.ValidationError(_("Ghi số đồng nguyên, như 1.200.000.")) from None

    @staticmethod
    def ending(file: UploadedFile[Any]) -> str:
        """xlsx, csv, xml or whatever the name ends in."""
        return PurePath(file.name or "").suffix.lower().lstrip(".")
