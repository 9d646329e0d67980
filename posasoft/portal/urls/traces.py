"""Who looked at what; exports and the download centre; notifications; error reports."""

from django.urls import URLPattern

patterns: list[URLPattern] = []
