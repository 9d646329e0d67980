"""gunicorn's settings on the stage of the fault tests: the application and its pages are loaded before the processes are forked."""

from __future__ import annotations

from importlib import import_module
from typing import Any

preload_app = True
worker_class = "sync"


def when_ready(_server: Any) -> None:
    """Everything a request imports is there already; no connection to the database is carried over a fork."""
    import_module("posasoft.urls")
    import_module("django.db").connections.close_all()
