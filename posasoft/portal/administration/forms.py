"""Forms of users and roles; whether the role may be granted is decided in posasoft.core.roles, here only what was typed is read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from posasoft.core.models import Area, Role
from posasoft.core.roles import grantable
from posasoft.core.scope import Scope
from posasoft.core.verbs import LABELS, Verb
from posasoft.portal.queries import users

DAY = {"inputmode": "numeric", "placeholder": "31/12/2026", "autocomplete": "off"}
DAYS = ["%d/%m/%Y", "%Y-%m-%d"]
WHOLE_COUNTRY = gettext_lazy("Để trống nếu vai trò là của cả nước.")


class UserForm(forms.Form):
    """A new account."""

    full_name = forms.CharField(label=gettext_lazy("Họ và tên"), max_length=120)
    username = forms.CharField(
        label=gettext_lazy("Tên đăng nhập"), max_length=150, widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"})
    )
    email = forms.EmailField(label=gettext_lazy("Thư điện tử"), required=False)


class GrantForm(forms.Form):
    """A role from a day, to a day, on an area; perhaps only some of its verbs."""

    role = forms.ChoiceField(label=gettext_lazy("Vai trò"))
    area = forms.CharField(
        label=gettext_lazy("Địa bàn"), required=False, help_text=gettext_lazy("Gõ tên hoặc mã rồi chọn trong danh sách."),
        widget=forms.TextInput(attrs={"list": "places", "autocomplete": "off"}),
    )  # fmt: skip
    since = forms.DateField(label=gettext_lazy("Từ ngày"), input_formats=DAYS, widget=forms.TextInput(attrs=DAY))
    until = forms.DateField(
        label=gettext_lazy("Đến hết ngày trước ngày"), required=False, input_formats=DAYS, widget=forms.TextInput(attrs=DAY),
        help_text=gettext_lazy("Từ ngày này người dùng không còn vai trò."),
    )  # fmt: skip
    verbs = forms.MultipleChoiceField(
        label=gettext_lazy("Chỉ cấp một số quyền của vai trò"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Không chọn gì là cấp đủ quyền của vai trò."),
    )  # fmt: skip

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        self.scope = scope
        labels = dict(Role.choices)
        self.fields["role"].choices = [(role, _(str(labels[Role(role)]))) for role in grantable(scope)]  # type: ignore[attr-defined]  # a choice field
        self.fields["verbs"].choices = [(verb.value, _(LABELS[verb])) for verb in Verb]  # type: ignore[attr-defined]  # likewise
        self.fields["since"].initial = f"{timezone.localdate():%d/%m/%Y}"
        if scope.role == Role.ADMINISTRATOR:
            self.fields["area"].help_text = f"{self.fields['area'].help_text} {WHOLE_COUNTRY}"

    def clean_area(self) -> Area | None:
        text = str(self.cleaned_data["area"]).strip()
        if not text:
            return None
        found = users.place(self.scope, text)
        if found is None:
            raise forms.ValidationError(_("Không tìm thấy đúng một địa bàn “%(text)s” trong phạm vi của bạn; hãy gõ mã.") % {"text": text})
        return found

    def clean_verbs(self) -> list[str] | None:
        return list(self.cleaned_data["verbs"]) or None


class GiveForm(forms.Form):
    """One verb on one area besides the user's roles."""

    verb = forms.ChoiceField(label=gettext_lazy("Quyền"))
    area = GrantForm.base_fields["area"]
    until = forms.DateField(
        label=gettext_lazy("Đến hết ngày trước ngày"), required=False, input_formats=DAYS, widget=forms.TextInput(attrs=DAY)
    )

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        self.scope = scope
        self.fields["verb"].choices = [(verb.value, _(LABELS[verb])) for verb in Verb]  # type: ignore[attr-defined]  # a choice field

    def clean_area(self) -> Area:
        found = users.place(self.scope, str(self.cleaned_data["area"]))
        if found is None:
            raise forms.ValidationError(_("Không tìm thấy địa bàn này trong phạm vi của bạn."))
        return found


class AssignForm(forms.Form):
    """Households that a collaborator is given, or no longer: all of a village, or one household."""

    text = forms.CharField(label=gettext_lazy("Mã thôn hoặc mã hộ"), max_length=24, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    since = forms.DateField(label=gettext_lazy("Từ ngày"), input_formats=DAYS, widget=forms.TextInput(attrs=DAY))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["since"].initial = f"{timezone.localdate():%d/%m/%Y}"
