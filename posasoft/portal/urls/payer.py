"""The portal of the paying agency."""

from django.urls import URLPattern

patterns: list[URLPattern] = []
