"""Forms of the portal."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from households.models import ImportProfile
from posasoft.core.models import Area


class ImportForm(forms.Form):
    """A commune's list on its way in: the file, the commune it is about, and the day it describes."""

    file = forms.FileField(
        label=gettext_lazy("Tệp danh sách"),
        help_text=gettext_lazy("Excel (.xlsx, .xls), LibreOffice (.ods) hoặc .csv. Giữ nguyên tệp như xã đang dùng."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv"}),
    )
    area = forms.ModelChoiceField(label=gettext_lazy("Xã, phường"), queryset=Area.objects.none())
    area_date = forms.DateField(
        label=gettext_lazy("Danh sách lập vào ngày"),
        help_text=gettext_lazy("Ví dụ 31/12/2025. Tuổi, cách ghi năm hai số và tên đơn vị được hiểu theo ngày này."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "31/12/2025"}),
    )
    profile = forms.ModelChoiceField(
        label=gettext_lazy("Mẫu cột đã lưu"),
        queryset=ImportProfile.objects.none(),
        required=False,
        empty_label=gettext_lazy("Tự nhận biết"),
    )

    def __init__(self, *args: Any, communes: QuerySet[Area], profiles: QuerySet[ImportProfile], **options: Any) -> None:
        super().__init__(*args, **options)
        cast("forms.ModelChoiceField[Area]", self.fields["area"]).queryset = communes
        cast("forms.ModelChoiceField[ImportProfile]", self.fields["profile"]).queryset = profiles
        if communes.count() == 1:
            self.fields["area"].initial = communes.first()
        if not profiles.exists():
            del self.fields["profile"]
