"""Sign-in, role, theme, language."""

from django.urls import path
from django.views.i18n import set_language

from posasoft.core.access import ANYONE, allow
from posasoft.portal.views import session

sign_in = allow(*ANYONE)(session.SignIn.as_view())
code = allow(*ANYONE)(session.Code.as_view())

patterns = [
    path("sign-in/", sign_in, name="sign_in"),
    path("sign-in/code/", code, name="sign_in_code"),
    path("sign-in/first/<str:link>/", session.first_password, name="first_password"),
    path("sign-out/", allow(*ANYONE)(session.SignOut.as_view()), name="sign_out"),
    path("theme/", session.theme, name="theme"),
    path("language/", allow(*ANYONE)(set_language), name="language"),
    path("role/", session.switch_role, name="switch_role"),
]
