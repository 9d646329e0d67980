"""Saved views, columns, bulk changes."""

from django.urls import URLPattern

patterns: list[URLPattern] = []
