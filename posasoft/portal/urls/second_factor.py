"""Second factor, password, sessions."""

from django.urls import URLPattern

patterns: list[URLPattern] = []
