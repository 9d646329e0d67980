"""What the program does by itself, and when (Vietnamese time): names of tasks with seconds between or a time of day."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep": {"task": "posasoft.sweep", "schedule": 30.0},
    "permissions": {"task": "posasoft.permissions", "schedule": crontab(minute=1, hour=0)},
    "escalate-cases": {"task": "beneficiaries.escalate_cases", "schedule": 1800.0},
    "send_notices": {"task": "payments.send_notices", "schedule": 60.0},
    "people_nightly": {"task": "payments.people_nightly", "schedule": crontab(minute=15, hour=1)},
    "keep_calendar": {"task": "payments.keep_calendar", "schedule": crontab(minute=10, hour=0)},
    "close_counter_days": {"task": "payments.close_counter_days", "schedule": crontab(minute=30, hour=0)},
    "settle_nightly": {"task": "payments.settle_nightly", "schedule": crontab(minute=45, hour=1)},
    "check_ledger": {"task": "payments.check_ledger", "schedule": crontab(minute=30, hour=2)},
    "sweep_sessions": {"task": "posasoft.sweep_sessions", "schedule": 600.0},
    "seal_audit": {"task": "posasoft.seal_audit", "schedule": 60.0},
    "hand_out_heads": {"task": "posasoft.hand_out_heads", "schedule": crontab(minute=5, hour=0)},
    "expire_exports": {"task": "posasoft.expire_exports", "schedule": crontab(minute=20)},
    "send_digests": {"task": "posasoft.send_digests", "schedule": crontab(minute=0, hour=7)},
}
