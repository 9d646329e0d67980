"""Forms of the door: user name and password, code, new password."""

from __future__ import annotations

import unicodedata
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm
from allauth.mfa.base.forms import AuthenticateForm
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from posasoft.core import second_factor
from posasoft.core.models import User


def code_field(label: Any, help_text: Any = "") -> forms.CharField:
    """A field for a code of six digits or a recovery code; phones offer digits and the code of the app."""
    attributes = {
        "autocomplete": "one-time-code",
        "inputmode": "numeric",
        "autocapitalize": "none",
        "spellcheck": "false",
        "autofocus": True,
    }
    return forms.CharField(label=label, help_text=help_text, max_length=20, widget=forms.TextInput(attrs=attributes))


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth ships no types
    """User name and password. The message does not say which of the two was wrong."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {"autofocus": True, "autocapitalize": "none", "autocomplete": "username", "spellcheck": "false"}
        self.fields["login"] = forms.CharField(label=gettext_lazy("Tên đăng nhập"), max_length=150, widget=forms.TextInput(attrs=names))
        hidden = forms.PasswordInput(attrs={"autocomplete": "current-password"})
        self.fields["password"] = forms.CharField(label=gettext_lazy("Mật khẩu"), strip=False, max_length=500, widget=hidden)
        self.order_fields(["login", "password"])

    def add_prefix(self, field_name: str) -> str:
        """The name by which password managers know the field."""
        return "username" if field_name == "login" else str(super().add_prefix(field_name))

    def clean_login(self) -> str:
        return unicodedata.normalize("NFKC", self.cleaned_data["login"]).strip()


class CodeForm(AuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The second step of signing in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = code_field(
            gettext_lazy("Mã xác thực"), gettext_lazy("Sáu chữ số trên ứng dụng xác thực, hoặc một mã dự phòng.")
        )

    def clean_code(self) -> str:
        """Raises ValidationError for a code that is wrong, used before, or one too many."""
        code: str = self.cleaned_data["code"]
        if second_factor.too_many_wrong(self.user):
            raise get_adapter().validation_error("too_many_login_attempts")
        self.authenticator = second_factor.accept(user=self.user, code=code)
        if self.authenticator is None:
            raise get_adapter().validation_error("incorrect_code")
        self.authenticator.user = self.user
        return code


class EnrolForm(forms.Form):
    """The first code of a new app."""

    code = code_field(gettext_lazy("Mã sáu chữ số đang hiện trên ứng dụng"))


class ConfirmForm(forms.Form):
    """Who is there, again: the password, and a code of whoever has a second factor."""

    password = forms.CharField(
        label=gettext_lazy("Mật khẩu"),
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    code = code_field(gettext_lazy("Mã xác thực"), gettext_lazy("Sáu chữ số trên ứng dụng xác thực, hoặc một mã dự phòng."))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.factor = user, None
        if second_factor.has(user):
            self.fields["code"].widget.attrs.pop("autofocus", None)
        else:
            del self.fields["code"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        if second_factor.too_many_wrong(self.user):
            raise ValidationError(gettext("Nhập sai quá nhiều lần. Hãy thử lại sau vài phút."))
        if not self.user.check_password(data["password"]):
            second_factor.note_wrong(user=self.user)
            self.add_error("password", gettext("Mật khẩu không đúng."))
        elif "code" in self.fields:
            self.factor = second_factor.accept(user=self.user, code=data["code"])
            if self.factor is None:
                self.add_error("code", get_adapter().validation_error("incorrect_code"))
        return data


def new_password_field(label: Any, help_text: Any = "") -> forms.CharField:
    hidden = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=label, help_text=help_text, strip=False, max_length=500, widget=hidden)


class NewPasswordForm(forms.Form):
    """A new password, twice."""

    password = new_password_field(
        gettext_lazy("Mật khẩu mới"),
        gettext_lazy("Ít nhất 12 ký tự. Một câu dễ nhớ là tốt nhất; được dùng dấu tiếng Việt và khoảng trắng."),
    )
    again = new_password_field(gettext_lazy("Nhập lại mật khẩu mới"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "password" in data and data["password"] != data.get("again"):
            self.add_error("again", gettext("Hai lần nhập không giống nhau."))
        return data


class ChangePasswordForm(NewPasswordForm):
    """The present password and a new one."""

    present = forms.CharField(
        label=gettext_lazy("Mật khẩu hiện tại"),
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("present", "password", "again")

    def clean_present(self) -> str:
        """Raises ValidationError for a wrong password, and for any after too many wrong ones."""
        present: str = self.cleaned_data["present"]
        if second_factor.too_many_wrong(self.user):
            raise ValidationError(gettext("Nhập sai quá nhiều lần. Hãy thử lại sau vài phút."))
        if not self.user.check_password(present):
            second_factor.note_wrong(user=self.user)
            raise ValidationError(gettext("Mật khẩu không đúng."))
        return present


class EmailForm(forms.Form):
    """Where digests of notifications go."""

    email = forms.EmailField(
        label=gettext_lazy("Thư điện tử"), required=False, max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
