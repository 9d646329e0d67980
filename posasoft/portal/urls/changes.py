"""Requests for changes of the registry, transfers, splits, merges."""

from django.urls import URLPattern

patterns: list[URLPattern] = []
