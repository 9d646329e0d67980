"""Accounts, receivers, verification, notices, the payment day."""

from django.urls import URLPattern

patterns: list[URLPattern] = []
