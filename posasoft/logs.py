"""What is written to the log and how: one line an event, with the request's id, nothing that was typed."""

from typing import Any

from posasoft.env import env_text

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "posasoft.core.request_ids.WithRequestId"}},
    "formatters": {
        "line": {
            "()": "posasoft.core.request_ids.OneLine",
            "format": "{asctime} {levelname} {name} [{request_id}] {message}",
            "datefmt": "%Y-%m-%dT%H:%M:%S%z",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": env_text("LOG_LEVEL", "WARNING")},
    # They quote what they refuse: addresses in documents, names that were typed, addresses of pages that are not there.
    "loggers": {"weasyprint": {"level": "CRITICAL"}, "axes": {"level": "CRITICAL"}, "django.request": {"level": "ERROR"}},
}
