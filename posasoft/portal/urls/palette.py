"""Global search as one types."""

from django.urls import URLPattern

patterns: list[URLPattern] = []
