"""Forms of the portal."""

from __future__ import annotations

from django import forms
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.utils.translation import gettext_lazy


class SignInForm(AuthenticationForm):
    """User name and password. The message does not say which of the two was wrong."""

    username = UsernameField(
        label=gettext_lazy("Tên đăng nhập"), widget=forms.TextInput(attrs={"autofocus": True, "autocapitalize": "none"})
    )
    password = forms.CharField(
        label=gettext_lazy("Mật khẩu"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    error_messages = {
        "invalid_login": gettext_lazy("Tên đăng nhập hoặc mật khẩu không đúng. Mật khẩu phân biệt chữ hoa, chữ thường."),
        "inactive": gettext_lazy("Tài khoản này đã ngừng hoạt động."),
    }
