"""Celery only wakes workers: what is to be done, by whom and how far it is stands in PostgreSQL (posasoft.core.jobs)."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "posasoft.settings")

app = Celery("posasoft")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.set_default()
app.autodiscover_tasks()
