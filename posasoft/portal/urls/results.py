"""Results of payments: counter, files, batches."""

from django.urls import URLPattern

patterns: list[URLPattern] = []
