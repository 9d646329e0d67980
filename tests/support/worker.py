"""The Celery application of worker processes that tests start and kill: the real one, and the jobs of the tests."""

from __future__ import annotations

import django

from posasoft.celery import app

django.setup()

from tests.support import job_handlers  # noqa: E402  # models can be loaded only after setup

__all__ = ["app", "job_handlers"]
