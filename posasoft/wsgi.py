"""The application for gunicorn; it does not start with a database role that sees everything."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "posasoft.settings")

application = get_wsgi_application()

from posasoft.core.serving import require_bound_role  # noqa: E402  # it reads settings, which exist from the line above

require_bound_role()
