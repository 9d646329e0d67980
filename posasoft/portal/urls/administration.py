"""Users, roles, hand-over, the switch of practice."""

from django.urls import URLPattern

patterns: list[URLPattern] = []
