"""Addresses of the whole site."""

from django.urls import include, path

from posasoft.portal.urls import door

urlpatterns = [
    path("", include("posasoft.portal.urls")),
    # For programs, with keys of their own.
    path("api/v1/", include("posasoft.api.urls")),
    # The same pages by the names that django-allauth sends people to.
    path("sign-in/", door.sign_in, name="account_login"),
    path("sign-in/code/", door.code, name="mfa_authenticate"),
]

handler400 = "posasoft.portal.views.errors.bad_request"
handler403 = "posasoft.portal.views.errors.forbidden"
handler404 = "posasoft.portal.views.errors.not_found"
handler500 = "posasoft.portal.views.errors.server_error"
