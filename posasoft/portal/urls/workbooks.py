"""Excel round trip; mass change of areas."""

from django.urls import URLPattern

patterns: list[URLPattern] = []
