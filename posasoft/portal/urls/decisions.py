"""Decisions, their register, signing; what the engine finds each month."""

from django.urls import URLPattern

patterns: list[URLPattern] = []
