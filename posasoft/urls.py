"""Addresses of the whole site."""

from django.urls import include, path

urlpatterns = [
    path("", include("posasoft.portal.urls")),
]

handler400 = "posasoft.portal.views.errors.bad_request"
handler403 = "posasoft.portal.views.errors.forbidden"
handler404 = "posasoft.portal.views.errors.not_found"
handler500 = "posasoft.portal.views.errors.server_error"
