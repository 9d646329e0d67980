"""Applications on their way to a decision."""

from django.urls import URLPattern

patterns: list[URLPattern] = []
