"""Global search as one types."""

from django.urls import path

from posasoft.portal.views import preferences, search

patterns = [
    path("find/", search.palette, name="palette"),
    path("keys/", preferences.single_keys, name="single_keys"),
]
