"""Reconciliation, statements, scorecards, uncollected money."""

from django.urls import URLPattern

patterns: list[URLPattern] = []
