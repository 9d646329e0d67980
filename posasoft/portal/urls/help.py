"""Help, tours, practice."""

from django.urls import URLPattern

patterns: list[URLPattern] = []
