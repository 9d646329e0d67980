"""Sign-in, role, theme, language."""

from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.i18n import set_language

from posasoft.core.access import ANYONE, allow
from posasoft.portal.views import session

patterns = [
    path("sign-in/", allow(*ANYONE)(session.SignIn.as_view()), name="sign_in"),
    path("sign-out/", allow(*ANYONE)(LogoutView.as_view()), name="sign_out"),
    path("theme/", session.theme, name="theme"),
    path("language/", allow(*ANYONE)(set_language), name="language"),
    path("role/", session.switch_role, name="switch_role"),
]
