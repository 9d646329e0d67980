"""Cycles, approval of lists, budgets."""

from django.urls import URLPattern

patterns: list[URLPattern] = []
